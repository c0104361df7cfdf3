"""The 1,000 ImageNet classes (ILSVRC 2012): names, both orders, and WordNet's is-a tree over them.

imagenet_synsets.csv, made by workflow/scripts/imagenet_synsets.py; the 1,000 classes, then all that
is above them up to `entity`:

wnid        synset id: "n" and the place of the synset in data.noun of WordNet 3.0
name        of a class ImageNet's own words, of what is above it WordNet's
ilsvrc2012  1 to 1000, the challenge's own number; also the output of the Inception graph of
            2015-12-05 (Google's imagenet_2012_challenge_label_map_proto.pbtxt), whose outputs 0 and
            1001 to 1007 stand for nothing
parents     what it is a kind of (hypernyms), separated by ";"; 75 synsets have several
"""

import csv
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np

# The ids, the words above the classes and the is-a links are WordNet's, and this goes with them:
#
# WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved.
# Permission to use, copy, modify and distribute this software and database and its documentation
# for any purpose and without fee or royalty is hereby granted, provided that you agree to comply
# with the following copyright notice and statements, including the disclaimer, and that the same
# appear on ALL copies of the software, database and documentation, including modifications that you
# make for internal use or for distribution. THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND
# PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF
# EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF
# MERCHANTABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE,
# DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR
# OTHER RIGHTS. The name of Princeton University or Princeton may not be used in advertising or
# publicity pertaining to distribution of the software and/or database. Title to copyright in this
# software, database and any associated documentation shall at all times remain with Princeton
# University and LICENSEE agrees to preserve same.


@cache
def table() -> dict[str, dict[str, str]]:
    """The rows of imagenet_synsets.csv by synset id."""
    text = (
        resources.files("acgan.data").joinpath("imagenet_synsets.csv").read_text(encoding="utf-8")
    )
    return {row["wnid"]: row for row in csv.DictReader(text.splitlines())}


@cache
def class_ids() -> list[str]:
    """The 1,000 synset ids, sorted: the order in which nearly all classifiers number their
    outputs.
    """
    return [wnid for wnid, row in table().items() if row["ilsvrc2012"]]


@cache
def ilsvrc2012_order() -> list[str]:
    """The 1,000 synset ids in the challenge's own order (kit fox, English setter, ...)."""
    return sorted(class_ids(), key=lambda wnid: int(table()[wnid]["ilsvrc2012"]))


@cache
def inception2015_class_ids() -> list[str]:
    """The synset id of each of the 1008 outputs of the 2015 graph; unused ones are unused_0 ..."""
    unused = [f"unused_{output}" for output in (0, *range(1001, 1008))]
    return [unused[0], *ilsvrc2012_order(), *unused[1:]]


def name_of(wnid: str) -> str:
    """The words of a class or of a synset above it. Raises KeyError for any other."""
    return table()[wnid]["name"]


def edges_up(wnid: str) -> dict[str, int]:
    """Everything that a synset is a kind of, itself included: {synset id: least number of
    edges}.
    """
    found, level = {wnid: 0}, [wnid]
    while level:
        above = {p for w in level for p in table()[w]["parents"].split(";") if p} - found.keys()
        found |= dict.fromkeys(above, found[level[0]] + 1)
        level = list(above)
    return found


def tree_distances(ids: Sequence[str]) -> np.ndarray:
    """(n, n) edges on the shortest path between synsets through one that both are a kind of.

    Raises KeyError for an id that the table does not have.
    """
    below: dict[str, list[tuple[int, int]]] = {}  # synset above: (position, edges) of those below
    for position, wnid in enumerate(ids):
        for above, edges in edges_up(wnid).items():
            below.setdefault(above, []).append((position, edges))
    distances = np.full((len(ids), len(ids)), np.iinfo(np.int64).max)
    for members in below.values():
        positions, edges = np.array(members).T
        block = np.ix_(positions, positions)
        distances[block] = np.minimum(distances[block], edges[:, None] + edges)
    return distances
