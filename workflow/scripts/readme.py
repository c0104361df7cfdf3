"""What the README says of the demo, made from its metrics: the numbers and the picture.

python workflow/scripts/readme.py    (make readme: after make demo, where Chromium is installed)
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, PngImagePlugin

from acgan.config.spec import whole_config
from acgan.io.errors import UserError
from acgan.io.files import read_json, replacing, write_text
from acgan.report.deviations import deviations, merged

ROOT = Path(__file__).parents[2]
DEMO, README, PICTURE = (ROOT / p for p in ("results/demo", "README.md", "docs/report.png"))
BEGIN, END = "<!-- by make readme, from results/demo/metrics.json -->", "<!-- end -->"
WINDOW, SIZE = (1160, 2592), (820, 1832)


def numbers(metrics: dict[str, float]) -> str:
    """The README's sentence."""
    m = metrics
    judge, samples = (
        f"{100 * m[name]:.1f} %"
        for name in ("heldout_accuracy.digits_cnn", "figure_02.accuracy_128")
    )
    means, most = (
        [f"{m[f'figure_04.{name}']:.2f}" for name in names]
        for names in (("mean_samples", "mean_real"), ("largest_samples", "threshold"))
    )
    return (
        f"The judge names {judge} of held-out digits and {samples} of the 32x32 samples rightly; "
        f"class mean\nMS-SSIM is {means[0]} for samples and {means[1]} for training digits on "
        f"average, {most[0]} and {most[1]} at most."
    )


def stamp(metrics: dict[str, float], config: dict) -> dict[str, str]:
    """What the picture is of; it stands in the file."""
    return {
        "metrics": json.dumps(metrics, sort_keys=True),
        "deviations": str(len(merged(deviations(whole_config(config))))),
    }


def is_of(summary: dict, metrics: dict[str, float]) -> bool:
    """Whether a report has the numbers of metrics.json."""
    return all(
        [q["measured"] for q in item["quantities"] if q["measured"] is not None]
        == [v for name, v in metrics.items() if name.startswith(f"{item['id']}.")]
        for item in summary["items"]
    )


def photograph(page: Path, about: dict[str, str]) -> None:
    """The top of the report as Chromium shows it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        raise UserError(
            "the picture needs Chromium: apt-get install chromium, then repeat the command"
        )
    with tempfile.TemporaryDirectory() as scratch:
        shot = Path(scratch) / "shot.png"
        command = [
            chromium,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={scratch}/profile",
            f"--window-size={WINDOW[0]},{WINDOW[1]}",
            f"--screenshot={shot}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        text = PngImagePlugin.PngInfo()
        for name, value in about.items():
            text.add_text(name, value)
        with replacing(PICTURE) as temporary, Image.open(shot) as picture:
            small = picture.convert("RGB").crop((0, 0, *WINDOW)).resize(SIZE)
            small.save(temporary, "PNG", optimize=True, pnginfo=text)


def main() -> None:
    metrics, config = (read_json(DEMO / name) for name in ("metrics.json", "config.json"))
    report = DEMO / "report"
    if not is_of(read_json(report / "summary.json"), metrics):
        raise UserError(
            f"{report} is of other numbers than {DEMO}/metrics.json: make demo, then repeat the "
            f"command"
        )
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    write_text(README, f"{before}{BEGIN}\n{numbers(metrics)}\n{END}{rest.partition(END)[2]}")
    photograph(report / "index.html", stamp(metrics, config))


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
