"""What docs/results.md shows of config/cifar10_single.yaml, made from its results: tables, curves,
and sheets of samples, with which no training image comes into git.

snakemake --configfile config/cifar10_single.yaml && python workflow/scripts/photographs_page.py
"""

import math
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from PIL import Image
from results_page import PAGE, ROOT, markdown, put

from acgan.figures.drawing import BLACK, BLUE, GREY, RED, STYLE
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.io.words import number

TABLES = ROOT / "results/cifar10_single/tables"
PICTURES = PAGE.parent / "results_cifar10"
BY_STEP, BY_CLASS, CLAIMS = (
    f"<!-- {name}, by python workflow/scripts/photographs_page.py, from results/cifar10_single -->"
    for name in ("by step", "by class", "claims")
)
TILE, GAP, QUALITY = 32, 1, 90  # pixels, pixels, WebP's own scale

LOSSES = {  # {title: {a column of training.csv: (what it is called, colour)}}
    "source losses": {"d_source": ("D", BLACK), "g_source": ("G", RED)},
    "class losses": {"d_classes": ("D", BLACK), "g_classes": ("G", RED)},
    "what D says rightly": {
        "source_accuracy_real": ("real is real", BLUE),
        "source_accuracy_fake": ("fake is fake", RED),
        "class_accuracy_real": ("class, real", BLACK),
        "class_accuracy_fake": ("class, fake", GREY),
    },
}


def by_step(scores: pd.DataFrame) -> str:
    """A row for each step that was kept; the last is of training images."""
    real = scores[scores["suite"] == "real"]["value"]
    rows = []
    for step, at in scores[scores["suite"] != "real"].groupby("step"):
        values = {measure: v.set_index("class")["value"] for measure, v in at.groupby("measure")}
        alike, right = values["ms_ssim"], values["accuracy"]
        rows.append(
            [
                f"{step:,.0f}",
                number(right.mean(), "fraction"),
                spread(alike),
                f"{(alike > real.max()).sum()} of {len(alike)}",
                number(values["class_score"].iloc[0]),
                number(values["nearest_l1"].mean()),
                number(right.corr(alike)),
            ]
        )
    rows.append(["training images", "", spread(real), "", "", "", ""])
    head = ["after steps", "named as asked for", "MS-SSIM, mean (least to most)"]
    head += ["classes more alike than any of training images", "class score", "L1 to the nearest"]
    head += ["accuracy with MS-SSIM"]
    return markdown(head, rows)


def spread(values: pd.Series) -> str:
    """Mean, least and most."""
    mean, least, most = map(number, (values.mean(), values.min(), values.max()))
    return f"{mean} ({least} to {most})"


def by_class(scores: pd.DataFrame, judge: pd.DataFrame) -> str:
    """A row for each class, with how many samples are named rightly and their MS-SSIM after each
    step that was kept, the same of real images, and how far samples of the last step are from them.
    """
    real = scores[scores["suite"] == "real"].set_index("class")["value"]
    heldout = judge[judge["split"] == "heldout"].set_index("class")["accuracy"]
    of = scores[scores["suite"] != "real"].dropna(subset="class")
    values = of.pivot(index="class", columns=["measure", "step"], values="value")
    steps = sorted(of["step"].unique())

    def pair(accuracy: float, alike: float) -> str:
        return f"{number(accuracy, 'fraction')}, {number(alike)}"

    rows = []
    for class_id, name in of.drop_duplicates("class").set_index("class")["name"].items():
        row = values.loc[class_id]
        drawn = [pair(row["accuracy", step], row["ms_ssim", step]) for step in steps]
        near = number(row["nearest_l1", steps[-1]])
        rows.append([name, *drawn, pair(heldout[class_id], real[class_id]), near])
    return markdown(
        ["class", *(f"{s:,.0f}" for s in steps), "real images", "L1 to the nearest"], rows
    )


def claims(found: pd.DataFrame) -> str:
    """A row for each of the paper's statements that one model can speak to."""
    rows = []
    for _, claim in found[found["value"].notna()].iterrows():
        value = number(claim["value"], claim["unit"])
        if math.isfinite(claim["low"]):
            low, high = (number(claim[end], claim["unit"]) for end in ("low", "high"))
            value += f" ({low} to {high})"
        rows.append([claim["statement"], claim["quantity"], value, claim["verdict"]])
    return markdown(["the paper says", "here", "value", "verdict"], rows)


def sheets() -> None:
    """A picture for each step: a row of samples for each class, by the same latents."""
    found = pd.read_csv(TABLES / "cifar10/samples_by_step.csv")
    if set(found["kind"]) != {"generated"}:
        raise UserError("samples_by_step.csv has more than samples: no picture of it may be shown")
    for (step, name), tiles in found.groupby(["step", "sheet"]):
        with Image.open(TABLES / "cifar10" / name) as sheet:
            pixels = sheet.convert("RGB")
        size = [(tiles[axis].max() + 1) * (TILE + GAP) - GAP for axis in ("column", "row")]
        picture = Image.new("RGB", (size[0], size[1]), "white")
        for row, column in zip(tiles["row"], tiles["column"], strict=True):
            left, top = column * TILE, row * TILE
            tile = pixels.crop((left, top, left + TILE, top + TILE))
            picture.paste(tile, (column * (TILE + GAP), row * (TILE + GAP)))
        with replacing(PICTURES / f"after_{step:05.0f}_steps.webp") as temporary:
            picture.save(temporary, "WEBP", quality=QUALITY, method=6)


def curves() -> None:
    """The losses' terms, what D says rightly, and MS-SSIM of each class, along the run."""
    training = pd.read_csv(TABLES / "cifar10/training.csv")
    ways = pd.read_csv(TABLES / "cifar10/trajectory.csv")
    scores = pd.read_csv(TABLES / "cifar10/by_step.csv")
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
        with replacing(PICTURES / "curves.png") as temporary:
            figure.savefig(temporary, format="png")
        plt.close(figure)


def main() -> int:
    scored = TABLES / "cifar10/by_step.csv"
    if not scored.is_file():
        print(
            f"there is no {scored.relative_to(ROOT)}: "
            "snakemake --configfile config/cifar10_single.yaml",
            file=sys.stderr,
        )
        return 1
    scores = pd.read_csv(scored)
    put(BY_STEP, by_step(scores))
    put(BY_CLASS, by_class(scores, pd.read_csv(TABLES / "judges.csv")))
    put(CLAIMS, claims(pd.read_csv(TABLES / "claims.csv")))
    PICTURES.mkdir(exist_ok=True)
    sheets()
    curves()
    return 0


if __name__ == "__main__":
    sys.exit(main())
