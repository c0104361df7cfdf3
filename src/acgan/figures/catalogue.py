"""The paper's figures and tables, in its order: what each is called, which suites it needs, and
what it is drawn from.

One item is one notebook (notebooks/<item>.py), one rule and named target (`snakemake figure_04`),
one folder (results/<experiment>/figures/<item>/) and one card of the report.
"""

from typing import Any, NamedTuple


class Item(NamedTuple):
    """One figure or table."""

    title: str
    needs: tuple[str, ...]  # parts in the config's `figures` section; the first is what it shows
    tables: tuple[str, ...]  # names of tables.py, one at least that says which models have scores
    sheets: tuple[str, ...] = ()  # names of sheets.py


ITEMS = {
    "figure_01": Item(
        "Samples of five classes", ("high",), ("accuracy_by_class",), ("selected_samples",)
    ),
    "figure_02": Item(
        "Resolution and discriminability",
        ("high", "low"),
        ("accuracy_by_resolution", "accuracy_by_class", "resolution_tests"),
        ("resolutions",),
    ),
    "figure_03": Item(
        "Examples of MS-SSIM", ("high",), ("ms_ssim_by_class",), ("ms_ssim_examples",)
    ),
    "figure_04": Item(
        "Diversity of samples and of training data", ("high",), ("ms_ssim_by_class",)
    ),
    "figure_05": Item("Diversity during training", ("high",), ("trajectory", "ms_ssim_by_class")),
    "figure_06": Item(
        "Accuracy against diversity", ("high",), ("accuracy_by_class", "ms_ssim_by_class")
    ),
    "figure_07": Item("Random samples", ("high",), ("trajectory",), ("random_samples",)),
    "figure_08": Item("Nearest training images", ("high",), ("neighbours",), ("nearest_images",)),
    "figure_09": Item(
        "Walks through the latent space", ("high",), ("accuracy_by_class",), ("latent_walks",)
    ),
    "figure_10": Item("Classes per model and diversity", ("sweep",), ("sweep",)),
    "diagram": Item("Four architectures", (), ()),
    "table_1": Item("Nets and hyper-parameters, large images", ("high",), ("layers",)),
    "table_2": Item("Nets and hyper-parameters, small images", ("grid",), ("layers",)),
    "table_cifar10": Item("Score of the best setting (section 4.4)", ("grid",), ("grid",)),
    "album": Item(
        "Ten samples of every class (section 4.7)", ("high",), ("trajectory",), ("album",)
    ),
}


# Tables and sheets made of the suites `high` and `low`: whatever is drawn from one of them needs
# both.
OF_BOTH = {
    "accuracy_by_resolution",
    "accuracy_by_class",
    "resolution_tests",
    "ms_ssim_by_class",
    "selected_samples",
    "resolutions",
    "ms_ssim_examples",
    "nearest_images",
    "latent_walks",
}


def suites_of(config: dict[str, Any], item: Item) -> set[str]:
    """The suites whose models are trained for an item alone."""
    if not item.tables + item.sheets or item.tables == ("layers",):
        return set()
    parts = {*item.needs, *(["low"] if OF_BOTH & {*item.tables, *item.sheets} else [])}
    return {config["figures"][part] for part in parts} - {None}


def items_of(config: dict[str, Any]) -> dict[str, Item]:
    """The items that an experiment has suites for."""
    return {
        name: item
        for name, item in ITEMS.items()
        if all(config["figures"][part] for part in item.needs)
    }
