"""What docs/results.md shows of config/cifar10_single.yaml and config/cifar10_readings.yaml on a
copy of CIFAR-10, made from their results: tables, curves, and sheets of samples, with which no
training image comes into git.

python workflow/scripts/photographs_page.py, after the commands of that page
"""

import json
import math
import shutil
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from PIL import Image
from results_page import PAGE, ROOT, markdown, put

from acgan.config.loading import read_yaml
from acgan.figures.drawing import BLACK, BLUE, GREY, RED, STYLE
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.io.words import number

PICTURES = PAGE.parent / "results_cifar10"
COPY = PICTURES / "copy.yaml"
SINGLE, READINGS = (ROOT / f"results/cifar10_{run}" for run in ("single", "readings"))
BY_STEP, ACCURACY, DIVERSITY, CLAIMS, EARLIER, BY_READING = (
    f"<!-- {name}, by python workflow/scripts/photographs_page.py, from results/{run.name} -->"
    for name, run in (
        ("by step", SINGLE),
        ("accuracy", SINGLE),
        ("diversity", SINGLE),
        ("claims", SINGLE),
        ("claims by step", SINGLE),
        ("by reading", READINGS),
    )
)
TILE, GAP = 32, 1  # pixels
JPEG = {"quality": 92, "subsampling": 0}  # colours at full resolution: a net's checkerboard is red

LOSSES = {  # {title: {a column of training.csv: (what it is called, colour)}}
    "source losses": {"d_source": ("D", BLACK), "g_source": ("G", RED)},
    "class losses": {"d_classes": ("D", BLACK), "g_classes": ("G", RED)},
    "share that D gets right": {
        "source_accuracy_real": ("real is real", BLUE),
        "source_accuracy_fake": ("fake is fake", RED),
        "class_accuracy_real": ("class, real", BLACK),
        "class_accuracy_fake": ("class, fake", GREY),
    },
}


def config_of(run: Path) -> dict:
    """The config that results were made by. Raises UserError unless its data are the copy's."""
    config = json.loads((run / "config.json").read_text(encoding="utf-8"))
    for name, copy in read_yaml(COPY)["datasets"].items():
        if config["datasets"].get(name, {}).get("path") != copy["path"]:
            raise UserError(f"{run.name}: its {name} is not that of {COPY.relative_to(ROOT)}")
    return config


def at(of: pd.DataFrame, steps: list[int], measure: str) -> pd.DataFrame:
    """A measure of the snapshots: a row for each class, a column for each of the steps."""
    own = of[(of["suite"] != "real") & (of["measure"] == measure)].dropna(subset="class")
    found = own.pivot(index="class", columns="step", values="value")[steps]
    return found.loc[own["class"].drop_duplicates()]


def decimals(value: float, places: int) -> str:
    return f"{value:.{places}f}".replace("-", "−")


def by_step(
    scores: pd.DataFrame, steps: list[int], heldout: pd.Series, nearness: pd.DataFrame
) -> str:
    """A row for each step that is kept, one of training images and one of held-out ones: the share
    of those named rightly by class, and their distances to training images.
    """
    real = scores[scores["suite"] == "real"]["value"]
    alike, right = at(scores, steps, "ms_ssim"), at(scores, steps, "accuracy")
    near = at(scores, steps, "nearest_l1").mean()
    whole = scores[scores["measure"] == "class_score"].set_index("step")["value"]
    rows = [
        [
            f"{step:,}",
            f"{right[step].mean():.1%}",
            spread(alike[step]),
            f"{(alike[step] > real.max()).sum()} of {len(alike)}",
            decimals(whole[step], 2),
            decimals(near[step], 1),
            decimals(right[step].corr(alike[step]), 2),
        ]
        for step in steps
    ]
    unseen = typical(nearness, "heldout").mean()
    rows.append(["training images", "", spread(real), "", "", "", ""])
    rows.append(["held-out images", f"{heldout.mean():.1%}", "", "", "", decimals(unseen, 1), ""])
    head = ["after steps", "named as asked for", "MS-SSIM, mean (least to most)"]
    head += [f"classes above {real.max():.3f}", "class score", "L1 to the nearest"]
    head += ["r of accuracy and MS-SSIM"]
    return markdown(head, rows)


def typical(nearness: pd.DataFrame, suite: str) -> pd.Series:
    """The median L1 to the nearest training image, by class."""
    of = nearness[(nearness["suite"] == suite) & (nearness["measure"] == "l1")]
    return of.groupby("class")["distance"].median()


def spread(values: pd.Series) -> str:
    """Mean, least and most."""
    mean, least, most = (decimals(v, 3) for v in (values.mean(), values.min(), values.max()))
    return f"{mean} ({least} to {most})"


def accuracy_by_class(scores: pd.DataFrame, steps: list[int], heldout: pd.Series) -> str:
    """A row for each class: how many samples are named rightly after each of the steps, and how
    many held-out images.
    """
    right = at(scores, steps, "accuracy")
    rows = [
        [name, *(f"{v:.1%}" for v in row), f"{heldout[name]:.1%}"] for name, row in right.iterrows()
    ]
    return markdown(["class", *(f"{s:,}" for s in steps), "held-out images"], rows)


def diversity_by_class(scores: pd.DataFrame, steps: list[int], nearness: pd.DataFrame) -> str:
    """A row for each class: MS-SSIM after each of the steps and of training images; how far samples
    of the end and held-out images are from training images.
    """
    real = scores[scores["suite"] == "real"].set_index("class")["value"]
    unseen, near = typical(nearness, "heldout"), at(scores, steps, "nearest_l1")[steps[-1]]
    rows = [
        [
            name,
            *(decimals(v, 3) for v in row),
            decimals(real[name], 3),
            decimals(near[name], 1),
            decimals(unseen[name], 1),
        ]
        for name, row in at(scores, steps, "ms_ssim").iterrows()
    ]
    head = ["class", *(f"{s:,}" for s in steps), "training images", "L1 to the nearest"]
    return markdown([*head, "of held-out images"], rows)


def claims(found: pd.DataFrame) -> str:
    """A row for each of the paper's statements that one model can speak to."""
    rows = []
    asked = found[found["value"].notna()].fillna({"unit": "", "note": ""})
    for _, claim in asked.iterrows():
        value = number(claim["value"], claim["unit"])
        if math.isfinite(claim["low"]):
            low, high = (number(claim[end], claim["unit"]) for end in ("low", "high"))
            value += f" ({low} to {high})"
        quantity = "; ".join(filter(None, (claim["quantity"], claim["note"])))
        bar = f"{claim['supported']} {number(claim['threshold'], claim['unit'])}"
        rows.append([claim["statement"], quantity, value, bar, verdict(claim)])
    return markdown(["the paper says", "here", "value", "supported if", "verdict"], rows)


def claims_by_step(found: dict[int, pd.DataFrame]) -> str:
    """A row for each of these statements, with its value and verdict after each of the steps."""
    frames = {s: f.fillna({"unit": ""}).set_index("claim") for s, f in found.items()}
    last = frames[max(frames)]
    rows = []
    for name, claim in last[last["value"].notna()].iterrows():
        row = [claim["quantity"]]
        for _, frame in sorted(frames.items()):
            value = number(frame.loc[name, "value"], claim["unit"])
            row.append(f"{value}, {verdict(frame.loc[name])}")
        rows.append(row)
    return markdown(["quantity", *(f"{s:,}" for s in sorted(frames))], rows)


def verdict(claim: pd.Series) -> str:
    """Of a model, which the page says is one."""
    return str(claim["verdict"]).removesuffix(" (of these models)")


def by_reading(run: Path, suites: list[str]) -> str:
    """A row for each reading of an open point, with a number for each of its models."""
    shown = {"accuracy": "{:.1%}", "judged_ms_ssim": "{:.3f}", "class_score": "{:.2f}"}
    rows = []
    for suite in suites:
        found = pd.read_csv(run / "tables" / suite / "model_measures.csv")
        values = found[found["suite"] == suite].groupby("measure")["value"].agg(list)
        cells = [", ".join(map(form.format, values[m])) for m, form in shown.items()]
        lost = [f"{sum(values[m]):.0f} of {len(values[m])}" for m in ("collapsed", "diverged")]
        rows.append([suite.replace("_", " "), *cells, *lost])
    head = ["reading", "named as asked for", "MS-SSIM, judged", "class score"]
    return markdown([*head, "collapsed", "diverged"], rows)


def sheets(tables: Path, steps: list[int], out: Path) -> None:
    """A picture for each step: a row of samples for each class, by the same latents. Raises
    UserError if an image is no sample.
    """
    found = pd.read_csv(tables / "samples_by_step.csv")
    if set(found["kind"]) != {"generated"}:
        raise UserError("samples_by_step.csv has more than samples: no picture of it may be shown")
    for (step, name), tiles in found[found["step"].isin(steps)].groupby(["step", "sheet"]):
        with Image.open(tables / name) as sheet:
            pixels = sheet.convert("RGB")
        size = [(tiles[axis].max() + 1) * (TILE + GAP) - GAP for axis in ("column", "row")]
        picture = Image.new("RGB", (size[0], size[1]), "white")
        for row, column in zip(tiles["row"], tiles["column"], strict=True):
            left, top = column * TILE, row * TILE
            tile = pixels.crop((left, top, left + TILE, top + TILE))
            picture.paste(tile, (column * (TILE + GAP), row * (TILE + GAP)))
        with replacing(out / f"after_{step:05.0f}_steps.jpg") as temporary:
            picture.save(temporary, "JPEG", **JPEG)


def curves(tables: Path, out: Path) -> None:
    """The losses' terms, what D gets right, and MS-SSIM of each class, along the run."""
    training, ways = (pd.read_csv(tables / f"{t}.csv") for t in ("training", "trajectory"))
    scores = pd.read_csv(tables / "by_step.csv")
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(2, 2, figsize=(7.2, 4.8), layout="constrained")
        for axis, (title, terms) in zip(axes.flat, LOSSES.items(), strict=False):
            for term, (label, colour) in terms.items():
                of = training[training["term"] == term]
                axis.plot(of["step"] / 1e3, of["value"], color=colour, label=label, linewidth=0.8)
            axis.set(title=title, ylim=(0, None), xlim=(0, None))
            axis.legend(ncols=2)
        last = axes.flat[3]
        for _, of in ways.groupby("class"):
            last.plot(of["step"] / 1e3, of["ms_ssim"], color=GREY, linewidth=0.6)
        mean = ways.groupby("step")["ms_ssim"].mean()
        last.plot(mean.index / 1e3, mean, color=BLACK, label="mean of the classes (grey)")
        least_varied = scores[scores["suite"] == "real"]["value"].max()
        last.axhline(
            least_varied, color=RED, dashes=(4, 2), label="training class that varies least"
        )
        last.set(title="MS-SSIM of samples", ylim=(0, 1), xlim=(0, None))
        last.legend()
        for axis in axes[1]:
            axis.set_xlabel("mini-batches (thousands)")
        with replacing(out / "curves.png") as temporary:
            figure.savefig(temporary, format="png")
        plt.close(figure)


def single() -> None:
    """What is shown of the one model; of statements at earlier steps, those that were tested."""
    tables, steps = SINGLE / "tables/cifar10", config_of(SINGLE)["suites"]["cifar10"]["snapshots"]
    scores, near = (pd.read_csv(tables / f"{t}.csv") for t in ("by_step", "nearness"))
    judge = pd.read_csv(SINGLE / "tables/judges.csv")
    heldout = judge[judge["split"] == "heldout"].set_index("class")["accuracy"]
    runs = {step: SINGLE.with_name(f"{SINGLE.name}_{step}") for step in steps} | {steps[-1]: SINGLE}
    made = {step: run / "tables/claims.csv" for step, run in runs.items()}
    tested = {step: pd.read_csv(file) for step, file in made.items() if file.is_file()}
    put(BY_STEP, by_step(scores, steps, heldout, near))
    put(ACCURACY, accuracy_by_class(scores, steps, heldout))
    put(DIVERSITY, diversity_by_class(scores, steps, near))
    put(CLAIMS, claims(tested[steps[-1]]))
    put(EARLIER, claims_by_step(tested))
    sheets(tables, steps, PICTURES)
    curves(tables, PICTURES)


def readings() -> None:
    """What is shown of the short runs."""
    put(BY_READING, by_reading(READINGS, config_of(READINGS)["roles"]["settings"]))
    shutil.copyfile(READINGS / "figures/settings/figure.png", PICTURES / "readings.png")


def main() -> int:
    shown = 0
    for run, made, show in (
        (SINGLE, "tables/cifar10/by_step.csv", single),
        (READINGS, "figures/settings/figure.png", readings),
    ):
        if (run / made).is_file():
            show()
            shown += 1
        else:
            print(
                f"left as it was, since there is no {run.relative_to(ROOT)}/{made}; the command is "
                f"in {PAGE.relative_to(ROOT)}",
                file=sys.stderr,
            )
    return 0 if shown else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        sys.exit(f"error: {error}")
