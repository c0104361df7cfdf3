"""The roles that suites play in figures and tables: what each stands for, and what it asks of a
suite.

A config gives a role to a suite, `roles: {large: main_32}`; an item names the roles that it shows
(items.py).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

Config = dict[str, Any]


class Role(NamedTuple):
    """What a suite stands for."""

    about: str  # after "a suite in the place of ..."
    items: str  # where it is shown, for the config reference
    # what the paper ran in its place (sections 4.1 and 4.4, appendix A)
    paper: Mapping[str, Any] = MappingProxyType({})
    # how the report words what the paper is only remembered to say
    unsure: Mapping[str, str] = MappingProxyType({})
    # no grid or list of class counts; of restarts, its items show the first
    one_setting: bool = False
    class_counts: bool = False  # its suite lists numbers of classes per model
    accuracy: bool = False  # its items show how often the judge names samples rightly
    resolutions: bool = False  # the same at every side of `scores.resolutions`
    scores: bool = False  # its items show the class score, of `select` and of `report`
    judge_needed: bool = True  # for these scores; else a suite without a judge does without them
    # its suites have one group of classes and no grid, and the same data, side and judge
    alike: bool = False
    system: str | None = None  # what its suite trains


ROLES = {
    "large": Role(
        "the paper's models of 128 x 128 ImageNet images",
        "Figures 1 to 9",
        {"dataset": "imagenet", "side": 128, "classes_per_model": 10},
        one_setting=True,
        accuracy=True,
        resolutions=True,
    ),
    "small": Role(
        "the paper's models of 64 x 64 ImageNet images",
        "Figure 2",
        {"dataset": "imagenet", "side": 64, "classes_per_model": 10},
        one_setting=True,
        accuracy=True,
        resolutions=True,
    ),
    "search": Role(
        "the paper's search over CIFAR-10 settings",
        "section 4.4",
        {"dataset": "cifar10", "side": 32, "classes_per_model": 10, "settings": 27},
        scores=True,
    ),
    "class_count": Role(
        "the paper's sweep over classes per model",
        "Figure 10",
        {
            "dataset": "imagenet",
            "side": 128,
            "classes_per_model": list(range(10, 101, 10)),
            "restarts": 9,
        },
        {
            "classes_per_model": "10 to 100; the counts between are not stated",
            "restarts": "9 (unverified)",
        },
        class_counts=True,
        accuracy=True,
    ),
    "widened": Role(
        "the paper's models of 64 x 64 images, with as many parameters as those of 128 x 128",
        "claim not_just_bigger",
        {"dataset": "imagenet", "side": 64, "classes_per_model": 10},
        one_setting=True,
        accuracy=True,
    ),
    "systems": Role(
        "the systems that are compared, AC-GAN first",
        "items systems and ablation",
        scores=True,
        alike=True,
    ),
    "settings": Role(
        "settings, or restarts, that are compared", "item settings", scores=True, judge_needed=False
    ),
    "critics": Role(
        "the systems that the critics' plots compare, AC-GAN first",
        "items of docs/critics.md",
        scores=True,
        resolutions=True,
        alike=True,
    ),
    "capacity": Role(
        "numbers of classes per model, at several widths and losses",
        "item capacity",
        accuracy=True,
        class_counts=True,
    ),
    "grouped": Role(
        "models of alike and of unlike classes", "item grouped", accuracy=True, one_setting=True
    ),
    "weights": Role(
        "weights of the class loss in D's loss and in G's", "item weights", scores=True
    ),
    "images": Role(
        "plain GANs of one class and of several, by the number of training images",
        "item images",
        scores=True,
        system="gan",
    ),
    "by_step": Role(
        "a model that is watched at several steps of its training",
        "item by_step",
        scores=True,
        judge_needed=False,
        one_setting=True,
    ),
    "rated": Role("what people are asked to name", "item human_check", judge_needed=False),
    "one_class": Role(
        "a plain GAN of one class", "claim one_class_fails", scores=True, system="gan"
    ),
    "improved": Role(
        "Improved GAN (Salimans et al. 2016)", "Figure 7, left", system="improved_gan"
    ),
}
# The words for roles in configs of earlier versions, in their section `figures`.
OLD_WORDS = {"high": "large", "low": "small", "grid": "search", "sweep": "class_count"}


def with_roles(config: Mapping[str, Any]) -> Config:
    """A config with the section `roles`, whatever version it was written for: its old section
    `figures`, with the old words, stands above it.
    """
    if not isinstance(config.get("figures"), Mapping):
        return dict(config)
    renamed = {OLD_WORDS.get(word, word): named for word, named in config["figures"].items()}
    rest = {name: value for name, value in config.items() if name != "figures"}
    roles = {**(config.get("roles") or {}), **renamed}
    return {**rest, "roles": roles}


def suites_in(config: Config, role: str) -> list[str]:
    """The suites that play a role: none, one, or several."""
    named = config["roles"].get(role)
    return [] if named is None else [named] if isinstance(named, str) else list(named)


def roles_of(config: Config, suite: str) -> list[str]:
    """The roles that a suite plays, in the order of ROLES."""
    return [role for role in ROLES if suite in suites_in(config, role)]


def plays(config: Config, suite: str, asks: str) -> bool:
    """Whether a suite plays a role that asks something of it, as `accuracy` or `scores`."""
    return any(getattr(ROLES[role], asks) for role in roles_of(config, suite))
