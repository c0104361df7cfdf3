"""The order in which a suite's grouping takes the classes of a data set, where that needs no
image.
"""

from collections.abc import Sequence

from acgan.data import imagenet
from acgan.io.rng import numpy_rng

IN_ORDER = ("consecutive", "ilsvrc2012", "random")  # have first n classes for every n


def in_order(grouping: str, seed: int, ids: Sequence[str]) -> list[str]:
    """Class ids in the order of one of IN_ORDER. Raises KeyError for an id that is no class of
    ImageNet, of `ilsvrc2012`.
    """
    if grouping == "ilsvrc2012":
        number = {wnid: i for i, wnid in enumerate(imagenet.ilsvrc2012_order())}
        return sorted(ids, key=number.__getitem__)
    if grouping == "random":
        return [ids[i] for i in numpy_rng(seed, "grouping").permutation(len(ids))]
    return list(ids)
