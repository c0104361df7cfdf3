"""What all notebooks share: their inputs, the style of a journal's figure, tiles of pictures, and
saving.

In a notebook:
    item = Drawing("figure_04", config, tables, out)
    table = item.table("ms_ssim_by_class")
    ...
    item.finish(figure, data=drawn, caption="...", quantities=[...])
"""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from acgan import systems
from acgan.config.reading import read_config
from acgan.config.resolve import first_restarts, given, lacking, models, names_its_classes, part_of
from acgan.declarations.items import ITEMS
from acgan.declarations.roles import ROLES, suites_in
from acgan.figures.compare import measurement, quantity
from acgan.figures.fonts import use_fonts_for
from acgan.io.files import replacing, write_json
from acgan.io.frames import read_frame, stacked
from acgan.io.words import counted, singular
from acgan.judges.quality import too_poor

# Okabe and Ito's palette, told apart by colour-blind readers too; the names are the paper's
# colours.
BLACK, RED, BLUE, GREEN, ORANGE, GREY = (
    "#000000",
    "#D55E00",
    "#0072B2",
    "#009E73",
    "#E69F00",
    "#767676",
)
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "savefig.bbox": "tight",
    "svg.fonttype": "none",
    "svg.hashsalt": "acgan",
    "pdf.fonttype": 42,
}
WIDTH = 6.3  # inches: the text width of a page


class Drawing:
    """One item: where it reads and where it writes."""

    def __init__(self, item: str, config: str, tables: str, out: str):
        self.item, self.tables, self.out = item, Path(tables), Path(out)
        self.config: dict[str, Any] = read_config(Path(config))
        self.about = ITEMS[item]
        mpl.rcdefaults()  # whatever a matplotlibrc says, also where a notebook is opened by hand
        mpl.rcParams.update(STYLE)
        self.left_out: dict[str, list[str]] = {}
        if lacks := lacking(self.config, self.about):
            self.say(f"Nothing to draw: {lacks.said}", pd.DataFrame({"suite": [lacks.suite]}))
        self.left_out = self.without_scores()
        own = next((s for role in self.about.roles[:1] for s in self.suites(role)), None)
        if own and own in self.left_out:
            shown = first_restarts if self.restarts(own) else models
            if len(self.left_out[own]) == len(shown(self.config, own)):
                self.finish_empty(own)

    def suite(self, role: str | None = None) -> str:
        """The suite that plays a role in this experiment, by default the item's first."""
        return suites_in(self.config, role or self.about.roles[0])[0]

    def suites(self, role: str) -> list[str]:
        """The suites that play a role: none, one, or several."""
        return suites_in(self.config, role)

    def without_scores(self) -> dict[str, list[str]]:
        """{suite: its models that diverged in training}: those that no table of the item has, where
        a table of its role tells models apart.
        """
        there: set[tuple[str, str]] = set()  # suites and models that have scores
        told: set[str] = set()  # suites of which a table tells models apart
        if not self.about.roles:  # a table of the experiment itself
            return {}
        for reference in self.about.tables:
            role, _, name = reference.rpartition("/")
            role = role or self.about.roles[0]
            if any(file.is_file() for file in self.files(name, role)):
                table = self.table(name, role)
                if {"suite", "model"} <= set(table):
                    there |= set(table[["suite", "model"]].itertuples(index=False, name=None))
                    told |= set(self.suites(role))
        told |= {suite for suite, _ in there}
        left_out = {}
        shown_suites = (s for role in self.about.roles for s in self.suites(role) if s in told)
        for suite in dict.fromkeys(shown_suites):
            every, first = models(self.config, suite), first_restarts(self.config, suite)
            shown = first if self.restarts(suite) else every
            left_out[suite] = [m.id for m in shown if (suite, m.id) not in there]
        return left_out

    def restarts(self, suite: str) -> int:
        """How many restarts a suite has, of which this item shows the first; 0 if it shows all."""
        roles = [r for r in self.about.roles if suite in self.suites(r) and ROLES[r].one_setting]
        count = self.config["suites"][suite]["restarts"]
        return count if roles and count > 1 else 0

    def finish_empty(self, suite: str) -> None:
        """Say that no model of the suite is left."""
        lost = [(suite, model) for model in self.left_out[suite]]
        data = pd.DataFrame(lost, columns=["diverged_suite", "diverged_model"])
        self.say(f"Nothing to draw: every model of {suite} diverged in training", data)

    def say(self, said: str, data: pd.DataFrame) -> None:
        """Save a figure that says why there is nothing to draw, and end the notebook."""
        figure, ax = plt.subplots(figsize=(0.75 * WIDTH, 1.5))
        ax.set_axis_off()
        ax.text(0.5, 0.5, said, ha="center", va="center")
        self.finish(figure, data, f"{said}.")
        raise SystemExit(0)

    def system(self, role: str) -> str:
        """What the system of a role's suite is called."""
        return systems.load(self.config["suites"][self.suite(role)]["objective"]["system"]).title

    def names_right(self, role: str) -> str | None:
        """The judge that can tell which samples of a role's suite show the class that they were to
        show; None without a judge, or where the generator is given no class.
        """
        suite = self.suite(role)
        own = self.config["suites"][suite]["judge"]
        return own if names_its_classes(self.config, suite) else None

    def rows(self, role: str) -> str:
        """What samples of a role's suite are sorted by: the classes that the generator is given, or
        what stands in their place.
        """
        words = {
            "class": "classes",
            "code": "values of the code (nobody says what they mean)",
            "nothing": "models (the generator is given no class)",
        }
        return words[given(self.config, self.suite(role))]

    def files(self, name: str, role: str | None = None) -> list[Path]:
        """Where a table lies, of every suite that plays a role, or of the whole experiment."""
        if role is None and not self.about.roles:
            return [self.tables / f"{name}.csv"]
        suites = [self.suite()] if role is None else self.suites(role)
        return [self.tables / suite / f"{name}.csv" for suite in suites]

    def table(self, name: str, role: str | None = None) -> pd.DataFrame:
        """A table of the suites that play a role, by default the item's first; class ids are text.
        Of several, those alone that can have it: a generator without classes has no accuracy.

        From then on, matplotlib can write its names.
        """
        files = self.files(name, role)
        return self.read(*([file for file in files if file.is_file()] or files))

    def read(self, *files: Path) -> pd.DataFrame:
        """Tables as one."""
        table = stacked([read_frame(file) for file in files])
        if "name" in table:
            use_fonts_for(table["name"].dropna().unique())
        return table

    def tiles(self, name: str, suite: str | None = None) -> pd.DataFrame:
        """The description of a suite's sheet, by default that of the item's first, with one more
        column, `image`: uint8 (side, side, 3).
        """
        folder = self.tables / (suite or self.suite())
        table = self.read(folder / f"{name}.csv")
        sheets = {
            s: np.asarray(Image.open(folder / s).convert("RGB")) for s in table["sheet"].unique()
        }
        table["image"] = [
            sheets[t.sheet][
                t.row * t.side : (t.row + 1) * t.side, t.column * t.side : (t.column + 1) * t.side
            ]
            for t in table.itertuples()
        ]
        return table

    def part(self) -> str:
        """What a caption must say where an experiment has some of its models or classes alone, or
        an item shows one of several restarts.
        """
        suites = dict.fromkeys(s for role in self.about.roles for s in self.suites(role))
        said = [f"{s}: {part}" for s in suites if (part := part_of(self.config, s))]
        parts = [f"A part alone ({'; '.join(said)}); the paper's numbers need all."] * bool(said)
        first = [f"of {n} restarts of {s}" for s in suites if (n := self.restarts(s))]
        parts += [f"The first {' and '.join(first)}."] * bool(first)
        return " ".join(parts)

    def poor_judges(self) -> str:
        """What a caption must say of judges that name too few of the held-out images rightly."""
        table = self.tables / "judges.csv"
        if "judges" not in self.about.welcome or not table.is_file():
            return ""
        measured = read_frame(table).query("split == 'heldout'")
        suites = [s for role in self.about.roles for s in self.suites(role)]
        said = []
        for judge in dict.fromkeys(self.config["suites"][s]["judge"] for s in suites):
            rows = measured[measured["judge"] == judge]
            if len(rows):
                right = (rows["accuracy"] * rows["images"]).sum() / rows["images"].sum()
                said.append(too_poor(str(judge), self.config["judges"][judge], right))
        return " ".join(f"{text}: what it says here means little." for text in said if text)

    def compare(
        self, number: str, role: str, measured: float, interval: Any, **more: Any
    ) -> dict[str, Any]:
        """A quantity of this item beside the paper's `number` of it, with a verdict, measured on
        the suite of a role.
        """
        suite = self.suite(role)
        return quantity(self.config, suite, self.item, number, measured, interval, **more)

    def measure(
        self, number: str, name: str, measured: float, interval: Any, **more: Any
    ) -> dict[str, Any]:
        """A quantity that the paper does not report: a number with its interval, and no verdict."""
        return measurement(number, name, measured, interval, **more)

    def finish(
        self,
        figure: Figure,
        data: pd.DataFrame,
        caption: str,
        quantities: list[dict[str, Any]] | None = None,
    ) -> None:
        """Save figure.svg, .png and .pdf, what was drawn as data.csv, and item.json (title,
        caption, quantities).
        """
        self.out.mkdir(parents=True, exist_ok=True)
        undated = {"svg": {"Date": None}, "png": {}, "pdf": {"CreationDate": None}}
        for kind, metadata in undated.items():
            with replacing(self.out / f"figure.{kind}") as temporary:
                figure.savefig(temporary, format=kind, metadata=metadata)
        with replacing(self.out / "data.csv") as temporary:
            data.to_csv(temporary, index=False)
        said = f"{caption} {self.part()} {self.poor_judges()} {missing(self.left_out)}"
        about = {
            "id": self.item,
            "title": self.about.title,
            "caption": singular(" ".join(said.split())),
        }
        found = [
            q | {k: singular(q[k]) for k in ("protocol", "resampled")} for q in quantities or []
        ]
        write_json(self.out / "item.json", about | {"quantities": found})


def missing(left_out: dict[str, list[str]], most: int = 8) -> str:
    """What a caption must say of models without scores; the first `most` by name."""
    names = [f"{suite}/{model}" for suite, lost in left_out.items() for model in lost]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (
        f"Left out, since they diverged in training: {', '.join(names[:most])}{more}."
        if names
        else ""
    )


def show_tiles(axes: Axes, tiles: pd.DataFrame, gap: int = 1) -> None:
    """Draw tiles in their rows and columns (those present, in order) with a thin white gap,
    without axes.
    """
    side = int(tiles["side"].iloc[0])
    gap *= 1 + side // 64  # still seen when large tiles are shrunk
    rows = {r: i for i, r in enumerate(sorted(tiles["row"].unique()))}
    columns = {c: i for i, c in enumerate(sorted(tiles["column"].unique()))}
    step = side + gap
    canvas = np.full((len(rows) * step - gap, len(columns) * step - gap, 3), 255, np.uint8)
    for t in tiles.itertuples():
        top, left = rows[t.row] * step, columns[t.column] * step
        canvas[top : top + side, left : left + side] = t.image
    axes.imshow(canvas, interpolation="nearest" if side < 64 else "auto")
    axes.set_axis_off()


def show_strips(axes: Sequence[Axes], strips: dict[str, pd.DataFrame]) -> None:
    """One row of tiles under another, its name left of each, shared out among axes. Tiles of
    smaller sides are enlarged; one without tiles, whose models diverged, is left out.
    """
    strips = {name: tiles for name, tiles in strips.items() if len(tiles)}
    names, side = list(strips), max((int(t["side"].max()) for t in strips.values()), default=1)
    share = -(-len(names) // len(axes))
    for i, ax in enumerate(axes):
        own = names[i * share : (i + 1) * share]
        if not own:
            ax.set_axis_off()
            continue
        parts = []
        for row, name in enumerate(own):
            part = strips[name].assign(row=row, side=side)
            part["image"] = [
                np.kron(t, np.ones((side // len(t), side // len(t), 1), np.uint8))
                for t in part["image"]
            ]
            parts.append(part)
        shown = pd.concat(parts)
        show_tiles(ax, shown)
        label_tiles(ax, shown, left=own)


def counts(config: dict[str, Any], suite: str) -> str:
    """How many models and samples stand behind a suite, for captions."""
    groups = {m.id.partition("-")[0] for m in models(config, suite)}
    samples = config["suites"][suite]["samples_per_class"]
    return f"{counted(len(groups), 'model')}, {samples} samples of each class"


def drawn_of(tiles: pd.DataFrame) -> pd.DataFrame:
    """The description of drawn tiles for data.csv: everything but the pixels."""
    return tiles.drop(columns="image")


def label_tiles(
    axes: Axes, tiles: pd.DataFrame, left: Any = (), above: Any = (), below: Any = ()
) -> None:
    """Texts beside the tiles that show_tiles drew: left of each row, above and below each
    column.
    """
    side, rows = int(tiles["side"].iloc[0]), tiles["row"].nunique()
    step, half = side + 1 + side // 64, side / 2  # as show_tiles sets them
    texts: list[tuple[Any, ...]] = []
    texts += [(t, 0, i * step + half, -4, 0, "right", "center") for i, t in enumerate(left)]
    texts += [(t, i * step + half, 0, 0, 3, "center", "bottom") for i, t in enumerate(above)]
    texts += [
        (t, i * step + half, rows * step, 0, -3, "center", "top") for i, t in enumerate(below)
    ]
    outside: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False}
    for text, x, y, right, up, ha, va in texts:
        axes.annotate(text, (x, y), (right, up), ha=ha, va=va, fontsize=7, **outside)


def short(name: str, width: int = 16) -> str:
    """A class name for a narrow place: the first of its synonyms ("tench, Tinca tinca"), in
    lines of about `width`; matplotlib shall not take a dollar sign for the start of a formula.
    """
    filled = textwrap.fill(name.split(",")[0], width, break_long_words=False)
    return filled.replace("$", r"\$")


def photos(config: dict[str, Any]) -> str:
    """What a caption must say of the training images in a figure."""
    said = {
        "show": "",
        "blur": "Training images are blurred (config key report.real_photos: blur).",
        "omit": (
            "Training images are left out: grey, since the config key report.real_photos is omit "
            "(show or blur puts them in)."
        ),
    }
    return said[config["report"]["real_photos"]]


def t_interval(values: Any) -> tuple[float, float]:
    """95 % interval of a mean of few, about normal values (subsets, groups, restarts): Student's
    t.
    """
    v = np.asarray(values, float)
    if len(v) < 2:
        return math.nan, math.nan
    from scipy import stats  # here: it takes a second, and few notebooks draw such an interval

    half = float(stats.t.ppf(0.975, len(v) - 1) * v.std(ddof=1) / math.sqrt(len(v)))
    return float(v.mean()) - half, float(v.mean()) + half


def mark_threshold(axes: Axes, threshold: float) -> None:
    """The dashed line above which samples of a class are more alike than any training class."""
    label = f"largest training-data mean, {threshold:.2f}"
    axes.axhline(threshold, color=RED, lw=1, ls="--", label=label)


def legend_below(axes: Axes, columns: int, drop: float = 0.18) -> None:
    """A legend under the label of the x axis, where it hides nothing."""
    place = (0.45, -drop)
    axes.legend(ncol=columns, columnspacing=1, loc="upper center", bbox_to_anchor=place)


__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "RED",
    "WIDTH",
    "Drawing",
    "counts",
    "drawn_of",
    "label_tiles",
    "legend_below",
    "mark_threshold",
    "photos",
    "short",
    "show_strips",
    "show_tiles",
    "t_interval",
]
