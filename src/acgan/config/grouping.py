"""Which groupings of classes a suite can have, as far as the config tells. Where only the data tell
(ImageNet classes in a folder of one's own), groups.py refuses.
"""

from collections.abc import Iterator

from acgan.config.resolve import BY_FEATURES
from acgan.config.schema import Experiment, Suite
from acgan.data.class_order import IN_ORDER
from acgan.data.sources import SOURCES
from acgan.judges.kinds import KINDS

BY_SYNSETS = ("ilsvrc2012", "similar_wordnet", "dissimilar_wordnet")

Problem = tuple[tuple[str | int, ...], str]


def grouping_problems(e: Experiment, suite: Suite) -> Iterator[Problem]:
    """(path of the key below the suite, what is wrong and what is allowed)."""
    grouping = suite.grouping
    source = e.datasets[suite.dataset].source if suite.dataset in e.datasets else None
    kind = e.judges[suite.judge].kind if suite.judge in e.judges else None
    if isinstance(suite.classes_per_model, list) and grouping not in IN_ORDER:
        yield (
            ("grouping",),
            f"{grouping} makes groups of one size, classes_per_model lists "
            f"{len(suite.classes_per_model)}; allowed with a list: {', '.join(IN_ORDER)}",
        )
    if grouping in BY_SYNSETS and source is not None and SOURCES[source].own_class_ids:
        yield (
            ("grouping",),
            f"{grouping} is for ImageNet classes, which those of {source} are not",
        )
    if grouping in BY_FEATURES and suite.judge is None:
        yield ("grouping",), f"{grouping} asks the suite's judge for features, and it has no judge"
    if grouping in BY_FEATURES and kind is not None and not KINDS[kind].features:
        able = ", ".join(name for name, k in KINDS.items() if k.features)
        yield (
            ("grouping",),
            f"the judge {suite.judge} ({kind}) gives no features, which {grouping} needs; kinds "
            f"that do: {able}",
        )
    if grouping == "file" and suite.groups_file is None:
        yield ("grouping",), "groups_file is missing: the CSV with the columns model and class"
    if grouping != "file" and suite.groups_file is not None:
        yield ("groups_file",), f"only grouping file reads it, not {grouping}"
    if grouping != "random" and suite.grouping_seed != 0:
        yield ("grouping_seed",), f"only grouping random draws groups, not {grouping}"
