"""The table of the 1,000 ImageNet classes is what its sources say, and a tree over all of them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from reference import REFERENCE
from running import ROOT

from acgan.data import imagenet

SOURCES = {
    "--samples": REFERENCE / "data/imagenet1k_samples128.npz",
    "--outputs": REFERENCE / "oracles/inception2015_outputs.csv",
    "--wordnet": Path("/usr/share/wordnet/data.noun"),  # Debian's wordnet-base
}
MISSING = [str(path) for path in SOURCES.values() if not path.exists()]


@pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} missing: see ACGAN_REFERENCE_DATA")
def test_the_table_is_made_again_byte_for_byte(tmp_path):
    script, out = ROOT / "workflow/scripts/imagenet_synsets.py", tmp_path / "again.csv"
    inputs = [str(word) for pair in SOURCES.items() for word in pair]
    subprocess.run([sys.executable, script, *inputs, "--out", out], check=True)
    assert out.read_bytes() == (ROOT / "src/acgan/data/imagenet_synsets.csv").read_bytes()


def test_outputs_of_the_2015_graph_stand_for_the_1000_classes():
    outputs, ids = imagenet.inception2015_class_ids(), imagenet.class_ids()
    assert ids == sorted(set(ids)) and len(ids) == 1000
    assert sorted(outputs[1:1001]) == ids and len(set(outputs)) == 1008
    assert [outputs[0], *outputs[1001:]] == [
        "unused_0",
        *(f"unused_{i}" for i in range(1001, 1008)),
    ]
    assert (outputs[1], outputs[3]) == ("n02119789", "n02110185")  # kit fox, Siberian husky


def test_names_and_orders():
    first, own = imagenet.class_ids()[:2], imagenet.ilsvrc2012_order()[:3]
    assert [imagenet.name_of(w) for w in first] == [
        "tench, Tinca tinca",
        "goldfish, Carassius auratus",
    ]
    assert [imagenet.name_of(w).partition(",")[0] for w in own] == [
        "kit fox",
        "English setter",
        "Siberian husky",
    ]
    assert sorted(imagenet.ilsvrc2012_order()) == imagenet.class_ids()


def test_every_synset_is_an_entity_and_no_class_is_a_kind_of_another():
    classes = set(imagenet.class_ids())
    assert imagenet.name_of("n00001740") == "entity"
    for wnid in imagenet.table():
        above = imagenet.edges_up(wnid)
        assert "n00001740" in above
        assert not classes & (above.keys() - {wnid})


def test_distances_in_the_tree():
    ids = imagenet.class_ids()
    distances = imagenet.tree_distances(ids)
    at = {imagenet.name_of(w).partition(",")[0]: i for i, w in enumerate(ids)}
    assert distances[at["tench"], at["goldfish"]] == 2  # both cyprinids
    assert distances[at["Siberian husky"], at["malamute"]] == 2  # both sled dogs
    assert distances[at["tabby"], at["beagle"]] == 6  # both domestic animals: 2 and 4 edges
    assert (distances == distances.T).all() and (np.diag(distances) == 0).all()
    assert distances[~np.eye(1000, dtype=bool)].min() == 2 and distances.max() == 26
    some = imagenet.tree_distances(ids[100:110])
    assert (some == distances[100:110, 100:110]).all()
    with pytest.raises(KeyError):
        imagenet.tree_distances(["n00000000"])
