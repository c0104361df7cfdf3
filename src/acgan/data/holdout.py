"""The part of a source of one's own that generators never see: `holdout: 0.2` of each class.

As the images of a class lie, numbered from 0, one of each run of 1 / holdout is held out, drawn at
random: the share is right for every class, however small, and no list of all images is needed.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from acgan.data.source import Picture
from acgan.io.rng import numpy_rng


def held_out(class_id: str, share: float, seed: int) -> Iterator[int]:
    """The numbers of the images of a class that are held out, rising, without end."""
    rng = numpy_rng(seed, f"holdout/{class_id}")
    for run in count():
        yield int((run + rng.random()) / share)


def of_split(pictures: Iterable[Picture], dataset: dict[str, Any]) -> Iterator[Picture]:
    """The pictures of the data set's split: those held out, or the others."""
    numbers: dict[str, Iterator[int]] = {}
    coming: dict[str, int] = {}  # the next one held out
    seen: dict[str, int] = {}
    for picture in pictures:
        of = picture.class_id
        if of not in numbers:
            numbers[of] = held_out(of, dataset["holdout"], dataset["holdout_seed"])
            coming[of], seen[of] = next(numbers[of]), 0
        is_held_out = seen[of] == coming[of]
        while coming[of] <= seen[of]:
            coming[of] = next(numbers[of])
        seen[of] += 1
        if is_held_out == (dataset["split"] == "heldout"):
            yield picture
