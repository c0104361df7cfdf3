"""Classes and models of few images: scored as far as that goes, else refused before training."""

import math

import numpy as np
import pytest
import torch
import yaml
from running import ROOT

from acgan.config import loading
from acgan.data import packed
from acgan.groups.grouping import write_groups
from acgan.io.errors import UserError
from acgan.io.files import write_csv
from acgan.io.frames import read_frame, stacked
from acgan.judges import Judge
from acgan.scores.accuracy import accuracy
from acgan.scores.base import COLUMNS, Scored
from acgan.scores.feature_distances import feature_distances
from acgan.tables.accuracy import accuracy_by_class, accuracy_by_resolution
from acgan.tables.registry import Asked
from acgan.workflow import preflight as check


def bright_is_bee(images: torch.Tensor) -> torch.Tensor:
    bright = (images.float().mean((1, 2, 3)) > 100).float()
    return torch.stack([1 - bright, bright], 1)


def scored(ants: int, bees: int) -> Scored:
    """Dark ants and bright bees, which the judge always names rightly."""
    images = [np.full((n, 16, 16, 3), level, np.uint8) for n, level in ((ants, 0), (bees, 200))]
    judge = Judge("mine", "local_classifier", ["ant", "bee"], bright_is_bee)
    return Scored("real", "", 0, ["ant", "bee"], images, judge, ROOT, [16])


def test_a_small_class_is_cut_into_as_many_subsets_as_fit(tmp_path, capsys):
    config = {"scores": {"subsets": 10}}
    out = tmp_path / "accuracy.csv"
    write_csv(out, COLUMNS, accuracy(config, scored(12, 9)))
    said = "real: 9 subsets, not 10: the smallest class has no more images"
    assert said in capsys.readouterr().out
    by_class = accuracy_by_class(Asked(config, "s", [out], {"ant": "ant", "bee": "bee"})).set_index(
        "class"
    )
    assert by_class["accuracy"].to_dict() == {"ant": 1, "bee": 1}
    assert by_class["subsets"].to_dict() == {"ant": 9, "bee": 9}
    # every subset is a mean over both classes
    curve = accuracy_by_resolution(Asked(config, "s", [out], {}))
    assert len(curve) == 9 and set(curve["classes"]) == {2}
    write_csv(out, COLUMNS, accuracy(config, scored(12, 10)))
    assert "subsets" not in capsys.readouterr().out


@pytest.mark.parametrize("cell", ["", "nan"])
def test_a_cell_without_a_number_leaves_its_column_one_of_numbers(tmp_path, cell):
    """`nan` is what files of before hold; a class may be called so."""
    file = tmp_path / "scores.csv"
    file.write_text(f"class,value\nnan,{cell}\nbee,0.5\n")
    table = read_frame(file)
    assert table["value"].mean() == 0.5 and list(table["class"]) == ["nan", "bee"]


def test_no_number_is_written_as_an_empty_cell(tmp_path):
    file = tmp_path / "scores.csv"
    write_csv(
        file, ("class", "value"), [("nan", math.nan), ("bee", np.float64("nan")), ("ant", 1.5)]
    )
    assert file.read_text() == "class,value\nnan,\nbee,\nant,1.5\n"


def test_files_without_rows_leave_columns_of_numbers(tmp_path):
    empty, full = tmp_path / "empty.csv", tmp_path / "full.csv"
    write_csv(empty, COLUMNS, [])
    write_csv(full, COLUMNS, [("s", "m", "a", "accuracy", 16, 0, 0.5)])
    table = stacked([read_frame(path) for path in (empty, full)])
    assert table["value"].dtype == float and table["side"].dtype == int


def own_config(tmp_path, **scores) -> dict:
    """A grid of one class a model, with feature distances."""
    config = {
        "experiment": "own",
        "title": "own",
        "datasets": {"own": {"source": "folder", "path": "pictures", "classes": 2}},
        "judges": {"lite": {"kind": "efficientnet_lite0"}},
        "suites": {
            "own_16": {
                "dataset": "own",
                "side": 16,
                "classes_per_model": 1,
                "judge": "lite",
                "samples_per_class": 20,
            }
        },
        "roles": {"search": "own_16"},
        "scores": {
            "subsets": 2,
            "select": {"samples": 10, "groups": 2},
            "report": {"samples": 10, "groups": 2},
        }
        | scores,
    }
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(config))
    return loading.load([file])


def pack(folder, **images: int) -> None:
    for name, count in images.items():
        packed.write_class(folder, name, np.zeros((count, 16, 16, 3), np.uint8))
    packed.write_index(folder, {name: name for name in images})


def test_too_few_training_images_for_feature_distances_are_refused_before_training(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    config, data = own_config(tmp_path), tmp_path / "data/own/16"
    pack(data, ant=4, bee=3)
    said = "feature distances need at least 4 training images of each model: g001 has 3"
    with pytest.raises(UserError, match=said):
        write_groups(config, "own_16", data, tmp_path / "groups.csv")
    assert not (tmp_path / "groups.csv").exists()
    found = [f for f in check.check(config) if f.what == "suite own_16"]
    assert [f.state for f in found] == [check.MISSING] and said in found[0].text
    assert "scores.feature_distances: false" in found[0].text
    config = own_config(tmp_path, feature_distances=False)
    write_groups(config, "own_16", data, tmp_path / "groups.csv")
    assert not [f for f in check.check(config) if f.what == "suite own_16"]


def test_feature_distances_of_too_few_images_are_one_line(tmp_path):
    """Where groups were made before the images went."""
    from safetensors.torch import save_file

    features = tmp_path / "features.safetensors"
    save_file({"ant": torch.zeros(2, 8), "bee": torch.zeros(1, 8)}, features)
    s = scored(20, 20)
    judge = s.judge._replace(features=lambda images: torch.zeros(len(images), 8))
    s = s._replace(judge=judge, real_features=features)
    config = {"scores": {"select": {"samples": 4}, "report": {"samples": 8}}}
    with pytest.raises(
        UserError, match="at least 4 samples and as many training images, not 8 and 3"
    ):
        list(feature_distances(config, s))
