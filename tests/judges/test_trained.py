"""Judges that a rule trains on any data set: what they learn, what they take for what, and when
they are too poor.
"""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from running import ROOT

from acgan import cli
from acgan.config import loading
from acgan.data import packed
from acgan.io.errors import UserError
from acgan.io.files import read_csv
from acgan.judges import KINDS, Judge, load_judge, mistakes
from acgan.judges.kinds import trained_cnn
from acgan.judges.quality import too_poor
from notebooks import caption


def config_file(folder, kind: str, **keys):
    """An experiment whose only judge is trained on `packed_digits`' three classes."""
    data = {"source": "folder", "path": "pictures", "classes": 3, "holdout": 0.2}
    config = {
        "experiment": "own",
        "title": "own",
        "datasets": {"own": data, "own_heldout": data | {"split": "heldout"}},
        "judges": {"j": {"kind": kind, "train": "own", "test": "own_heldout", "side": 16} | keys},
        "suites": {"s": {"dataset": "own", "side": 16, "classes_per_model": 3, "judge": "j"}},
        "roles": {"large": "s"},
    }
    file = folder / "own.yaml"
    file.write_text(json.dumps(config))
    return file


@pytest.mark.parametrize(
    ("kind", "keys"), [("trained_cnn", {"epochs": 15, "shift": 0.0}), ("finetuned", {"flip": True})]
)
def test_a_judge_learns_the_classes_of_its_data(packed_digits, tmp_path, capsys, kind, keys):
    config, data = config_file(tmp_path, kind, **keys), packed_digits
    made = [tmp_path / f"{name}.safetensors" for name in "ab"]
    if kind == "finetuned":  # slow on many images
        data = tmp_path / "few"
        for c in "012":
            packed.write_class(data, c, np.load(packed_digits / f"{c}.npy")[:8])
        packed.write_index(data, {c: c for c in "012"})
        made.pop()
    for out in made:
        command = ["judge", "--config", config, "--judge", "j", "--train", data, "--test", data]
        command += ["--weights", out, "--accuracy", out.with_suffix(".csv")]
        assert cli.main([*map(str, command)]) == 0
    rows = pd.read_csv(made[0].with_suffix(".csv"), dtype={"class": str})
    assert set(rows["split"]) == {"train", "heldout"} and rows["accuracy"].mean() > 0.95
    assert "too poor" not in capsys.readouterr().out
    assert len({out.read_bytes() for out in made}) == 1
    settings = loading.load([config])["judges"]["j"]
    judge = load_judge("j", settings, made[0])
    assert judge.class_ids == ["0", "1", "2"] and judge.features is not None
    ones = torch.from_numpy(np.load(data / "1.npy")[:4]).permute(0, 3, 1, 2)
    assert judge.probabilities(ones).argmax(1).tolist() == [1, 1, 1, 1]
    confusion, calibration = (tmp_path / f"{name}.csv" for name in ("confusion", "calibration"))
    command = ["judge-mistakes", "--config", config, "--judge", "j", "--test", data]
    command += ["--judge-weights", made[0], "--confusion", confusion, "--calibration", calibration]
    assert cli.main([*map(str, command)]) == 0
    images = sum(e.images for e in packed.read_index(data))
    right = sum(int(r["images"]) for r in read_csv(confusion) if r["class"] == r["named"])
    assert right > 0.9 * images
    assert sum(int(r["images"]) for r in read_csv(calibration)) == images


@pytest.mark.parametrize("side", [16, 32, 64, 128])
def test_a_trained_cnn_reads_every_side_that_models_have(side):
    from acgan.judges import cnn

    net = cnn.build(trained_cnn.shape({"side": side}), 5)
    assert net(torch.zeros(2, 3, side, side)).shape == (2, 5)
    shape = trained_cnn.shape({"side": side})
    assert net[: cnn.LAYERS * len(shape.maps)](torch.zeros(1, 3, side, side)).shape[2:] == (4, 4)


def test_augmentation_changes_each_image_on_its_own_and_mirrors_half():
    from acgan.judges import cnn

    ramp = torch.linspace(0, 1, 16).repeat(400, 3, 16, 1)
    rng = torch.Generator().manual_seed(0)
    none = cnn.Augmentation(rotate=0, zoom=0, shift=0, flip=False)
    assert torch.allclose(cnn.augment(ramp, none, rng), ramp, atol=1e-5)
    mirrored = cnn.augment(ramp, none._replace(flip=True), rng)
    rising = (mirrored[:, 0, 8, 15] > mirrored[:, 0, 8, 0]).double().mean()
    assert 0.4 < rising < 0.6
    moved = cnn.augment(ramp, none._replace(shift=0.2), rng)
    assert moved[:, 0, 8, 8].std() > 0.02


def test_what_is_taken_for_what_and_how_sure(tmp_path):
    packed.write_class(tmp_path, "dark", np.zeros((4, 16, 16, 3), np.uint8))
    light = np.full((4, 16, 16, 3), 200, np.uint8)
    light[0] = 100  # taken for dark
    packed.write_class(tmp_path, "light", light)
    packed.write_index(tmp_path, {"dark": "dark", "light": "light"})

    def probabilities(images: torch.Tensor) -> torch.Tensor:
        level = images.float().mean((1, 2, 3)) / 255
        return torch.stack([1 - level, level], 1)

    judge = Judge("eye", "made up", ["dark", "light"], probabilities)
    confusion, calibration = mistakes.measure(judge, tmp_path)
    assert confusion == [
        ("eye", "dark", "dark", 4),
        ("eye", "light", "dark", 1),
        ("eye", "light", "light", 3),
    ]
    found = {(row[1], row[3]): row[4:] for row in calibration}
    assert found[(0.6, 1)] == pytest.approx((155 / 255, 0.0), abs=1e-6)
    assert found[(0.7, 3)] == pytest.approx((200 / 255, 1.0), abs=1e-6)
    assert found[(0.9, 4)] == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"side": 24}, "side: it reads 16, 32, 64, 128 pixels, not 24"),
        ({"weights": "own.pt"}, "trained_cnn takes no weight file: a rule trains them"),
        ({"train": None}, "train is missing: a trained_cnn is trained and tested"),
        ({"kind": "finetuned", "rotate": 5.0}, "rotate: finetuned has its own; the key is for"),
    ],
)
def test_a_judge_that_cannot_be_trained_is_refused(tmp_path, keys, says):
    with pytest.raises(UserError, match=says):
        loading.load([config_file(tmp_path, **({"kind": "trained_cnn"} | keys))])


def test_a_judge_below_its_least_accuracy_is_said_to_be_too_poor(tmp_path):
    said = "digits_cnn is too poor a judge: it names 55.0% of the held-out images rightly"
    assert said in str(too_poor("digits_cnn", {"least_accuracy": 0.97}, 0.55))
    assert too_poor("digits_cnn", {"least_accuracy": 0.5}, 0.55) is None
    config = loading.load([ROOT / "config/demo.yaml"])
    tables = tmp_path / "tables"
    (tables / "grid").mkdir(parents=True)
    rows = [
        (
            "grid",
            f"g000-s{s:02d}",
            f"class_score_digits_cnn_1k_5x200_{p}",
            16,
            g,
            5.0,
            p,
            0.001,
            0.1,
        )
        for s in range(4)
        for p in ("select", "report")
        for g in range(2)
    ]
    columns = ["suite", "model", "metric", "side", "group", "score", "purpose"]
    columns += ["training.d_learning_rate", "nets.activation_noise"]
    pd.DataFrame(rows, columns=columns).to_csv(tables / "grid/search.csv", index=False)
    judges = pd.DataFrame(
        [("digits_cnn", "heldout", "0", 100, 0.6), ("digits_cnn", "heldout", "1", 100, 0.5)],
        columns=["judge", "split", "class", "images", "accuracy"],
    )
    judges.to_csv(tables / "judges.csv", index=False)
    told = caption("table_cifar10", tmp_path, config)
    assert said in told and "what it says here means little" in told
    judges.assign(accuracy=0.99).to_csv(tables / "judges.csv", index=False)
    assert "too poor" not in caption("table_cifar10", tmp_path, config)


def test_every_kind_that_is_trained_here_is_trained_and_tested():
    assert {name for name, kind in KINDS.items() if kind.is_trained_here} == {
        "digits_cnn",
        "finetuned",
        "trained_cnn",
    }
