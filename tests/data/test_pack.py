"""Packing: from files to arrays, what stops it, and that memory does not grow with a class."""

import subprocess
import sys
from pathlib import Path

import archives
import numpy as np
import pytest
from running import ROOT
from sourcing import dataset

from acgan.data import imagenet, packed
from acgan.data.decode import squares
from acgan.data.pack import index, pack
from acgan.io.errors import UserError
from acgan.io.files import read_csv

CLASSES = imagenet.class_ids()


@pytest.fixture
def own(tmp_path) -> Path:
    """Three classes of four images."""
    for k, name in enumerate("abc"):
        (tmp_path / "own" / name).mkdir(parents=True)
        for i in range(4):
            (tmp_path / "own" / name / f"{i}.jpg").write_bytes(archives.jpeg(10 * k + i))
    return tmp_path / "own"


def test_every_side_holds_every_image_in_order(own, tmp_path):
    pack(dataset("folder", own, classes=3), [32, 16], tmp_path / "out")
    for side in (32, 16):
        folder = tmp_path / "out" / str(side)
        entries = packed.read_index(folder)
        assert [(e.id, e.images) for e in entries] == [("a", 4), ("b", 4), ("c", 4)]
        for k, entry in enumerate(entries):
            images = packed.load_class(folder, entry)
            assert isinstance(images, np.memmap)
            for i in range(4):
                content = archives.jpeg(10 * k + i)
                assert np.array_equal(images[i], squares(content, [32, 16])[[32, 16].index(side)])
        assert read_csv(folder / "unreadable.csv") == []
        assert not list(folder.glob(".*"))


def test_parts_put_together_are_the_whole(own, tmp_path):
    chosen = dataset("folder", own, classes=3, images=12)
    pack(chosen, [16], tmp_path / "whole")
    for part in range(2):
        pack(chosen, [16], tmp_path / "parts", part, 2)
    folder = tmp_path / "parts/16"
    index(chosen, folder, sorted((folder / "parts").glob("[0-9][0-9][0-9].csv")))
    assert (folder / "index.csv").read_text() == (tmp_path / "whole/16/index.csv").read_text()
    for c in "abc":
        assert (folder / f"{c}.npy").read_bytes() == (tmp_path / f"whole/16/{c}.npy").read_bytes()


@pytest.mark.parametrize("room", [1, 3, 4, 100])
def test_a_class_is_the_same_whatever_its_buffer(tmp_path, monkeypatch, room):
    monkeypatch.setattr(packed, "BUFFER", room * 3 * 16**2)
    images = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3)).astype(np.uint8)
    writer = packed.ClassWriter(tmp_path / "x", "a", 16)
    for image in images:
        writer.append(image)
    assert not (tmp_path / "x/a.npy").exists()  # nothing half-written stands under its name
    writer.close()
    assert np.array_equal(np.load(tmp_path / "x/a.npy"), images)
    packed.write_class(tmp_path / "y", "a", images)
    assert (tmp_path / "x/a.npy").read_bytes() == (tmp_path / "y/a.npy").read_bytes()


def spoil(own: Path, *names: str) -> None:
    for name in names:
        (own / name).write_bytes((own / name).read_bytes()[:300])


def test_an_image_that_does_not_decode_stops_the_pack_with_its_name(own, tmp_path):
    spoil(own, "b/2.jpg")
    with pytest.raises(
        UserError,
        match=r"own/b/2.jpg cannot be decoded \(.*\); fix or remove it, or .*unreadable: 1",
    ) as error:
        pack(dataset("folder", own, classes=3), [16], tmp_path / "out")
    assert "\n" not in str(error.value)
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]  # nothing stays


def test_what_to_do_about_a_damaged_image_depends_on_where_it_came_from(own, tmp_path):
    spoil(own, "a/0.jpg")
    files = [archives.jpeg(0), b"no image"]
    np.savez(
        tmp_path / "a.npz",
        data=np.frombuffer(b"".join(files), np.uint8),
        offsets=np.cumsum([0, *map(len, files)]),
        labels=np.array([0, 0]),
        class_names=np.array(["a"]),
    )
    (tmp_path / "imagenette2.tgz").write_bytes(
        archives.tar_of({"imagenette2/train/n01440764/0.JPEG": b"no image"}, "w:gz")
    )
    for chosen, cure in (
        (dataset("folder", own, classes=3), "fix or remove it"),
        (dataset("npz", tmp_path / "a.npz", classes=1), "fix or remove it"),
        (dataset("imagenette", tmp_path), "get its archive again"),
    ):
        with pytest.raises(UserError, match=rf"; {cure}, or admit it with `unreadable: 1`"):
            pack(chosen, [16], tmp_path / "out")
    with pytest.raises(UserError, match="holds 12 images, the data set has 13; fix its files, or"):
        (own / "a/0.jpg").write_bytes(archives.jpeg(0))
        pack(dataset("folder", own, classes=3, images=13), [16], tmp_path / "out")


def test_so_many_are_left_out_and_listed_as_the_config_admits(own, tmp_path):
    spoil(own, "b/2.jpg", "c/0.jpg")
    admitted = dataset("folder", own, classes=3, unreadable=2, images=12)
    pack(admitted, [16], tmp_path / "out")
    assert [e.images for e in packed.read_index(tmp_path / "out/16")] == [4, 3, 3]
    listed = [row["image"] for row in read_csv(tmp_path / "out/16/unreadable.csv")]
    assert listed == [str(own / "b/2.jpg"), str(own / "c/0.jpg")]
    spoil(own, "a/1.jpg")
    with pytest.raises(UserError, match=r"c/0.jpg cannot be decoded"):
        pack(admitted, [16], tmp_path / "again")


def test_the_whole_may_leave_out_no_more_than_its_parts_together(own, tmp_path):
    spoil(own, "a/0.jpg", "c/0.jpg")
    chosen = dataset("folder", own, classes=3, unreadable=1)
    for part in range(2):
        pack(chosen, [16], tmp_path / "out", part, 2)
    folder = tmp_path / "out/16"
    with pytest.raises(UserError, match="2 images cannot be decoded, the config admits 1"):
        index(chosen, folder, sorted((folder / "parts").glob("[0-9][0-9][0-9].csv")))
    assert not (folder / "index.csv").exists()


@pytest.mark.parametrize("left", [0, 1])
def test_a_class_with_fewer_than_two_images_is_refused_by_name(own, tmp_path, left):
    for i in range(left, 4):
        (own / f"b/{i}.jpg").unlink()
    with pytest.raises(
        UserError, match=rf"1 of 3 classes have fewer than 2 images.*: 'b' has {left}"
    ):
        pack(dataset("folder", own, classes=3), [16], tmp_path / "out")
    assert not (tmp_path / "out/16/index.csv").exists()


def test_another_number_of_images_is_refused_with_the_numbers(own, tmp_path):
    with pytest.raises(UserError, match="holds 12 images, the data set has 13"):
        pack(dataset("folder", own, classes=3, images=13), [16], tmp_path / "out")
    (tmp_path / "imagenette2.tgz").write_bytes(archives.imagenette(3))
    with pytest.raises(UserError, match="holds 30 images, the data set has 9,469"):
        pack(dataset("imagenette", tmp_path), [16], tmp_path / "out")
    pack(dataset("imagenette", tmp_path, images=30), [16], tmp_path / "out")
    assert len(packed.read_index(tmp_path / "out/16")) == 10


def test_cifar10_is_packed_as_it_is_and_halved(tmp_path):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archives.cifar10(20))
    pack(dataset("cifar10", tmp_path, images=100), [32, 16], tmp_path / "out")
    entry = packed.read_index(tmp_path / "out/32")[0]
    images = packed.load_class(tmp_path / "out/32", entry)
    first = np.random.default_rng(0).integers(0, 256, (20, 3072)).astype(np.uint8)[0]
    assert np.array_equal(images[0], first.reshape(3, 32, 32).transpose(1, 2, 0))
    assert packed.load_class(
        tmp_path / "out/16", packed.read_index(tmp_path / "out/16")[0]
    ).shape == (10, 16, 16, 3)


def test_a_pack_that_was_killed_leaves_no_index_and_is_repeated(own, tmp_path):
    """Killed with -9 after it wrote a part: the next one writes over what it left."""
    program = (
        "import os, signal\nfrom pathlib import Path\nfrom sourcing import dataset\n"
        "from acgan.data import class_files, pack, packed\npacked.BUFFER = 0\n"
        "class_files.refuse_small = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"pack.pack(dataset('folder', Path({str(own)!r}), classes=3), [16], "
        f"Path({str(tmp_path / 'out')!r}))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "tests/helpers", check=False
    )
    assert killed.returncode == -9
    folder = tmp_path / "out/16"
    assert list(folder.glob(".*")) and not (folder / "index.csv").exists()
    pack(dataset("folder", own, classes=3), [16], tmp_path / "out")
    assert [e.images for e in packed.read_index(folder)] == [4, 4, 4]
    assert not list(folder.glob(".*"))


PEAK = """
import sys
from sourcing import dataset
from acgan.data.pack import pack
from acgan.training.log import peak_memory_mb
from pathlib import Path
made = dataset(sys.argv[1], Path(sys.argv[2]), classes=int(sys.argv[4]))
pack(made, [128, 64], Path(sys.argv[3]))
print(round(peak_memory_mb()))
"""


def peak(source: str, path: Path, out: Path, classes: int) -> int:
    """Peak memory of a process that packs, in MB."""
    run = subprocess.run(
        [sys.executable, "-c", PEAK, source, path, out, str(classes)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "tests/helpers",
    )
    return int(run.stdout.split()[-1])


def test_memory_does_not_grow_with_the_number_of_classes(tmp_path):
    """400 classes of 40 images at 128 are 790 MB, and come mixed from an npz file."""
    content, peaks = archives.jpeg(0, width=140, height=130), []
    for classes in (20, 400):
        names = np.array([f"c{i:03d}" for i in range(classes)])
        labels = np.tile(np.arange(classes), 40)
        data = np.frombuffer(content * len(labels), np.uint8)
        offsets = np.arange(len(labels) + 1) * len(content)
        np.savez(tmp_path / "a.npz", data=data, offsets=offsets, labels=labels, class_names=names)
        peaks.append(peak("npz", tmp_path / "a.npz", tmp_path / f"out{classes}", classes))
    assert peaks[1] < peaks[0] + 200 + len(data) / 1e6 and peaks[1] < 1000, peaks


def test_memory_does_not_grow_with_the_number_of_images(tmp_path):
    """A class of 6,000 images at 128 is 295 MB; packing it takes the same as one of 600."""
    content, peaks = archives.jpeg(0, width=140, height=130), []
    for count in (600, 6000):
        folder = tmp_path / f"{count}/a"
        folder.mkdir(parents=True)
        (folder / "0.jpg").write_bytes(content)
        for i in range(1, count):
            (folder / f"{i}.jpg").hardlink_to(folder / "0.jpg")
        peaks.append(peak("folder", folder.parent, tmp_path / f"out{count}", 1))
    assert peaks[1] < peaks[0] + 60 and peaks[1] < 1000, peaks
