"""What the README and docs/dvc.md say of the demo agrees with the metrics committed with it."""

import json
import re
import subprocess
import sys

from PIL import Image
from running import ROOT

sys.path.insert(0, str(ROOT / "workflow/scripts"))
import readme

MAKE = "make demo && make readme, then commit results/demo/metrics.json with what they changed"


def committed(path: str) -> dict:
    """A file as git has it: a demo that was run here may have other last digits."""
    git = subprocess.run(["git", "show", f":{path}"], cwd=ROOT, capture_output=True, check=False)
    return json.loads(git.stdout if git.returncode == 0 else (ROOT / path).read_bytes())


def test_numbers_of_the_demo():
    metrics = committed("results/demo/metrics.json")
    text = readme.README.read_text()
    assert f"{readme.BEGIN}\n{readme.numbers(metrics)}\n{readme.END}" in text, MAKE


def test_the_sentence_says_what_was_measured():
    said = readme.numbers(
        {
            "heldout_accuracy.digits_cnn": 0.986,
            "figure_02.accuracy_128": 0.9019,
            "figure_04.mean_samples": 0.474,
            "figure_04.mean_real": 0.422,
            "figure_04.largest_samples": 0.592,
            "figure_04.threshold": 0.558,
        }
    )
    assert re.findall(r"\d+\.\d+", said) == ["98.6", "90.2", "0.47", "0.42", "0.59", "0.56"]


def test_the_picture_is_of_the_same_numbers_and_deviations():
    wanted = readme.stamp(
        *(committed(f"results/demo/{name}.json") for name in ("metrics", "config"))
    )
    with Image.open(readme.PICTURE) as picture:
        assert {name: picture.info.get(name) for name in wanted} == wanted, MAKE


def test_the_example_of_dvc_metrics_diff_begins_from_them():
    """Its column HEAD, in the first example; what follows is of another processor or setting."""
    metrics = committed("results/demo/metrics.json")
    page = (ROOT / "docs/dvc.md").read_text()
    example = page.partition("$ dvc metrics diff HEAD")[2].partition("more;")[0]
    rows = re.findall(r"metrics\.json +(\S+) +([\d.]+) +[\d.]+ +-?[\d.]+", example)
    assert len(rows) == 3
    for name, value in rows:
        digits = len(value.partition(".")[2])
        assert round(metrics[name], digits) == float(value), name
