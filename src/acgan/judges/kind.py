"""What is known of a kind of judge before one is loaded, and how it is loaded.

Each kind is a module of judges/kinds/ that declares `KIND`; nothing else names it. No module there
imports torch before it is asked for a judge: checking a config and planning read the facts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from acgan.data import imagenet
from acgan.data.sources import SOURCES
from acgan.judges.base import Judge

Settings = dict[str, Any]  # a section `judges.<name>` of the resolved config
# Path of a key below the judge, what is wrong with it and what is allowed.
Problem = tuple[tuple[str | int, ...], str]


class Pinned(NamedTuple):
    """A published weight file."""

    url: str
    sha256: str

    @property
    def file(self) -> str:
        return self.url.rpartition("/")[2]


def nothing(settings: Settings) -> Iterator[Problem]:
    yield from ()


class Kind(NamedTuple):
    """A kind of judge."""

    about: str  # for the config's reference, after its name and a colon
    # (name, settings, weight file or None of one in a package, device); the file is there, and the
    # right one where it is pinned
    load: Callable[[str, Settings, Any, str], Judge]
    knows: Callable[[str], bool]  # whether it can name the classes of a source
    class_ids: Callable[[str, Settings], Collection[str]]  # that a judge of this name can name
    # 1e9 operations of judging one image, stated: the net's paper, two operations a multiplication
    gflop: float
    features: bool = True  # whether it gives features
    logits: bool = False  # whether it gives logits with gradients
    # (settings, seed, packed folder, weights to write)
    train: Callable[[Settings, int, Path, Path], None] | None = None
    package: str | None = None  # the installed package that holds its weights, or their backbone
    pinned: Pinned | None = None  # its published weights
    keys: tuple[str, ...] = ()  # of the config, that not every kind reads: they must be there
    more_keys: tuple[str, ...] = ()  # the same, that may be left out
    problems: Callable[[Settings], Iterator[Problem]] = nothing  # beyond those of its keys
    tried: Callable[[Judge, Settings], None] | None = None  # raises UserError where it cannot work
    inception: bool = False  # a judge of it may be called Inception
    # of the graph that gives the Inception Score and FID: what their names bear in the place of the
    # judge's
    standard: str | None = None

    @property
    def is_trained_here(self) -> bool:
        """Whether a rule trains it; all others come trained."""
        return self.train is not None


def any_source(source: str) -> bool:
    """Whatever its data or its config say."""
    return True


def known_once_trained(name: str, settings: Settings) -> list[str]:
    """Of a kind that learns the classes of its training data, which its weight file names."""
    return []


def imagenets(source: str) -> bool:
    """Whether the classes of a source are ImageNet's, or may be once its files are there."""
    return not SOURCES[source].own_class_ids


def imagenet_ids(name: str, settings: Settings) -> list[str]:
    """The class ids of a judge that knows ImageNet's 1,000 classes."""
    return imagenet.class_ids()
