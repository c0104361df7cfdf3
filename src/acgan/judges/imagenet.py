"""The 1,000 ImageNet classes, and which output of the 2015 Inception graph stands for which.

imagenet_classes.csv       wnid, name: synset ids and names of ILSVRC 2012 in the sorted order of
                           the ids, in which nearly all classifiers number their outputs
inception2015_outputs.csv  output, wnid: from Google's imagenet_2012_challenge_label_map_proto.pbtxt,
                           which came with the graph of 2015-12-05; outputs 0 and 1001 to 1007 of
                           its 1008 stand for nothing. Outputs 1 to 1000 are ILSVRC's own order.
"""

import csv
from functools import cache
from importlib import resources


def table(name: str) -> list[dict[str, str]]:
    text = resources.files("acgan.judges").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def class_ids() -> list[str]:
    """The 1,000 synset ids, sorted."""
    return [row["wnid"] for row in table("imagenet_classes.csv")]


@cache
def inception2015_class_ids() -> list[str]:
    """The synset id of each of the 1008 outputs of the 2015 graph; unused ones are unused_0 ..."""
    ids = {int(row["output"]): row["wnid"] for row in table("inception2015_outputs.csv")}
    return [ids.get(output, f"unused_{output}") for output in range(1008)]
