"""Each source, from files built like its originals: which images of which classes come out."""

import hashlib
import os
import pickle
from pathlib import Path

import archives
import numpy as np
import pytest
from sourcing import counts, dataset, fetch, found

from acgan import cli
from acgan.data import imagenet, sources
from acgan.data.sources import SOURCES, cifar10, imagenette
from acgan.io.errors import UserError
from acgan.io.vision import import_torchvision

CLASSES = imagenet.class_ids()


@pytest.fixture(scope="module")
def train_tar(tmp_path_factory) -> Path:
    """All 1,000 classes, two images each."""
    folder = tmp_path_factory.mktemp("ilsvrc")
    images = {
        c: [
            archives.jpeg(2 * k, width=12, height=10),
            archives.jpeg(2 * k + 1, width=12, height=10),
        ]
        for k, c in enumerate(CLASSES)
    }
    (folder / "ILSVRC2012_img_train.tar").write_bytes(archives.imagenet_train(images))
    return folder


def test_imagenets_training_tar_is_read_class_by_class(train_tar):
    chosen = dataset("imagenet", train_tar)
    assert sources.parts_of(chosen) == 20
    some = found(chosen, {CLASSES[0], CLASSES[999]})
    assert counts(some) == {CLASSES[0]: 2, CLASSES[999]: 2}
    assert some[0].name.endswith(f"ILSVRC2012_img_train.tar/{CLASSES[0]}.tar/{CLASSES[0]}_1.JPEG")
    assert some[0].content == archives.jpeg(0, width=12, height=10)


def test_a_training_tar_with_another_set_of_classes_is_refused(tmp_path):
    tar = tmp_path / "ILSVRC2012_img_train.tar"
    tar.write_bytes(archives.imagenet_train({c: [b"x"] for c in CLASSES[:4]}))
    with pytest.raises(UserError, match=rf"lacks 2 of 3 classes \({CLASSES[4]}, {CLASSES[5]}\)"):
        found(dataset("imagenet", tmp_path), {CLASSES[0], CLASSES[4], CLASSES[5]})
    tar.write_bytes(archives.imagenet_train({"n00000001": [b"x"]}))
    with pytest.raises(UserError, match=r"'n00000001.tar' is no class of ILSVRC2012"):
        found(dataset("imagenet", tmp_path))


def test_validation_images_get_their_class_from_the_devkit(tmp_path):
    labels = [CLASSES[i] for i in (7, 0, 999, 7)]
    val, devkit = archives.imagenet_val(labels)
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(val)
    (tmp_path / "ILSVRC2012_devkit_t12.tar.gz").write_bytes(devkit)
    chosen = dataset("imagenet", tmp_path, split="heldout")
    by_name = {Path(p.name).name: p.class_id for p in found(chosen)}
    assert [by_name[f"ILSVRC2012_val_{i + 1:08d}.JPEG"] for i in range(4)] == labels
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(
        archives.tar_of({"ILSVRC2012_val_00000009.JPEG": b""})
    )
    with pytest.raises(UserError, match="is no validation image"):
        found(chosen)


def test_imagenette_and_its_two_splits(tmp_path):
    (tmp_path / "imagenette2.tgz").write_bytes(archives.imagenette(3))
    train, held = (found(dataset("imagenette", tmp_path, split=s)) for s in ("train", "heldout"))
    assert counts(train) == counts(held) == dict.fromkeys(imagenette.CLASS_IDS, 3)
    assert not {p.content for p in train} & {p.content for p in held}
    assert sources.class_names(dataset("imagenette", tmp_path))["n03888257"] == "parachute, chute"


def test_cifar10_without_running_its_pickles(tmp_path):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(archives.cifar10(20))
    train, held = (found(dataset("cifar10", tmp_path, split=s)) for s in ("train", "heldout"))
    assert counts(train) == dict.fromkeys(cifar10.CLASS_IDS, 10)
    assert counts(held) == dict.fromkeys(cifar10.CLASS_IDS, 2)
    raw_first = np.random.default_rng(0).integers(0, 256, (20, 3072)).astype(np.uint8)[0]
    assert np.array_equal(train[0].content[3, 5], raw_first.reshape(3, 32, 32)[:, 3, 5])
    assert train[0].class_id == "airplane"


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/acgan_was_here",)


@pytest.mark.parametrize(
    "bad", [pickle.dumps(Evil()), b"", b"\x80\x04", pickle.dumps({"data": [1]})]
)
def test_a_pickle_that_is_no_batch_runs_nothing(tmp_path, bad):
    tgz = archives.tar_of({"cifar-10-batches-py/data_batch_1": bad}, "w:gz")
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(tgz)
    with pytest.raises(UserError, match="data_batch_1 is no batch of CIFAR-10"):
        found(dataset("cifar10", tmp_path))
    assert not Path("/tmp/acgan_was_here").exists()


def test_kaggles_layout_of_both_splits(tmp_path):
    labels = [CLASSES[i] for i in (3, 3, 500)]
    archives.kaggle(tmp_path, 2, labels)
    train = dataset("imagenet", tmp_path, layout="kaggle")
    assert counts(found(train, set(CLASSES[:3]))) == dict.fromkeys(CLASSES[:3], 2)
    assert sources.parts_of(train) == 20
    held = dataset("imagenet", tmp_path, layout="kaggle", split="heldout")
    assert [p.class_id for p in found(held)] == labels
    (tmp_path / "ILSVRC/Data/CLS-LOC/train" / CLASSES[0]).rename(tmp_path / "gone")
    with pytest.raises(UserError, match=f"lacks 1 class .*{CLASSES[0]}"):
        found(train, set(CLASSES[:3]))


def test_hugging_faces_layout_in_both_forms(tmp_path):
    pytest.importorskip("pyarrow")
    archives.huggingface_parquet(tmp_path / "new", "train", [0, 1, 999, 1])
    archives.huggingface_tars(tmp_path / "old", [CLASSES[i] for i in (0, 1, 999, 1)])
    for form in ("new", "old"):
        chosen = dataset("imagenet", tmp_path / form, layout="huggingface")
        assert sources.parts_of(chosen) == 1
        assert counts(found(chosen)) == {CLASSES[0]: 1, CLASSES[1]: 2, CLASSES[999]: 1}
    table = next((tmp_path / "new/data").glob("*.parquet"))
    table.write_bytes(table.read_bytes()[:100])
    with pytest.raises(UserError, match="is damaged or no part of imagenet-1k"):
        found(dataset("imagenet", tmp_path / "new", layout="huggingface"))
    with pytest.raises(UserError, match="holds neither train-"):
        found(dataset("imagenet", tmp_path, layout="huggingface"))


@pytest.fixture
def own(tmp_path) -> Path:
    """Two classes in folders, one with a name that would be markup and a folder inside."""
    for k, name in enumerate(["<script>alert(1)</script>"[:8], "tench é"]):
        (tmp_path / "own" / name / "more").mkdir(parents=True)
        for i in range(3):
            place = tmp_path / "own" / name / ("more" if i == 2 else "")
            (place / f"{i}.png").write_bytes(archives.encoded(archives.picture(9 * k + i), "PNG"))
        (tmp_path / "own" / name / "notes.txt").write_text("no image")
    (tmp_path / "own/.hidden").mkdir()
    return tmp_path / "own"


def test_a_folder_of_ones_own(own):
    chosen = dataset("folder", own, classes=2)
    assert list(sources.class_names(chosen)) == ["<script>", "tench é"]
    assert counts(found(chosen)) == {"<script>": 3, "tench é": 3}
    with pytest.raises(
        UserError, match=r"holds 2 classes \('<script>', 'tench é' \.\.\.\), the config says 3"
    ):
        sources.class_names(dataset("folder", own, classes=3))


def test_a_folder_named_after_a_synset_gets_its_name(own):
    (own / "<script>").rename(own / "n01440764")
    assert sources.class_names(dataset("folder", own, classes=2))["n01440764"].startswith("tench")


def test_a_link_out_of_the_folder_is_refused(own, tmp_path):
    (tmp_path / "secret.png").write_bytes(archives.encoded(archives.picture(0), "PNG"))
    (own / "tench é/0.png").unlink()
    (own / "tench é/0.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(UserError, match="refused, since it is a link that leaves"):
        found(dataset("folder", own, classes=2))


def test_a_folder_name_that_cannot_be_shown_is_refused(own):
    (own / "a\nb").mkdir()
    with pytest.raises(UserError, match=r"'a\\nb' has characters that cannot be shown; rename it"):
        sources.class_names(dataset("folder", own, classes=3))


def npz(path: Path, files: list[bytes], labels: list[int], changed: dict | None = None) -> Path:
    offsets = np.cumsum([0, *map(len, files)])
    data = np.frombuffer(b"".join(files), np.uint8)
    arrays = {
        "data": data,
        "offsets": offsets,
        "labels": np.array(labels),
        "class_names": np.array(["a", "b"]),
    }
    np.savez(path, **arrays | (changed or {}))
    return path


def test_npz_files_of_both_forms(tmp_path):
    files = [archives.jpeg(i) for i in range(4)]
    path = npz(
        tmp_path / "files.npz", files, [0, 1, 1, 0], {"wnids": np.array(["n01440764", "n01443537"])}
    )
    chosen = dataset("npz", path, classes=2)
    assert sources.class_names(chosen) == {"n01440764": "a", "n01443537": "b"}
    assert [p.content for p in found(chosen)] == files
    pixels = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3)).astype(np.uint8)
    np.savez(
        tmp_path / "pixels.npz",
        x_train=pixels,
        y_train=np.array([0, 0, 1, 1]),
        x_test=pixels[:2],
        y_test=np.array([1, 0]),
        class_names=np.array(["a", "b"]),
    )
    train, held = (
        found(dataset("npz", tmp_path / "pixels.npz", classes=2, split=s))
        for s in ("train", "heldout")
    )
    assert counts(train) == {"a": 2, "b": 2} and [p.class_id for p in held] == ["b", "a"]
    assert np.array_equal(train[3].content, pixels[3])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"labels": np.array([0, 1, 1, 2])}, "labels beyond its 2 classes"),
        ({"labels": np.array([0.0, 1, 1, 0])}, "offsets do not fit"),
        ({"offsets": np.array([0, 5, 3, 9, 12])}, "offsets do not fit"),
        ({"offsets": np.array([0, 5, 9])}, "offsets do not fit"),
        ({"class_names": np.array(["a", "a"])}, "'a' stands there twice"),
        ({"class_names": np.array(["a", "../b"])}, "is no file name"),
        ({"class_names": np.array([{}, {}], object)}, "cannot read"),
    ],
)
def test_a_damaged_npz_is_one_line(tmp_path, changed, says):
    path = npz(tmp_path / "a.npz", [archives.jpeg(i) for i in range(4)], [0, 1, 1, 0], changed)
    with pytest.raises(UserError, match=says):
        found(dataset("npz", path, classes=2))


def test_an_npz_that_is_missing_lacking_or_no_npz(tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*: No such file"):
        sources.class_names(dataset("npz", tmp_path / "gone.npz", classes=2))
    (tmp_path / "text.npz").write_text("no")
    with pytest.raises(UserError, match="cannot read"):
        sources.class_names(dataset("npz", tmp_path / "text.npz", classes=2))
    np.savez(tmp_path / "lacks.npz", data=np.zeros(3))
    with pytest.raises(UserError, match="lacks an array"):
        sources.class_names(dataset("npz", tmp_path / "lacks.npz", classes=2))


def md5(path: Path) -> str:
    return f"md5:{hashlib.md5(path.read_bytes()).hexdigest()}"


def test_ones_own_archives_are_checked_against_the_published_checksum(train_tar, tmp_path):
    tar = train_tar / "ILSVRC2012_img_train.tar"
    with pytest.raises(UserError, match="1d675b47d978889d74fa0da5fadfb00e"):
        fetch(tmp_path, dataset("imagenet", train_tar))
    assert not (tmp_path / "archives.csv").exists() and tar.exists()  # the user's file stays
    chosen = dataset("imagenet", train_tar, checksums={tar.name: md5(tar)})
    (row,) = fetch(tmp_path, chosen)
    assert row == {
        "file": tar.name,
        "bytes": str(tar.stat().st_size),
        "checksum": md5(tar),
        "published": "no",
    }


def test_a_missing_archive_says_which_where_and_how(tmp_path):
    with pytest.raises(UserError) as error:
        fetch(tmp_path, dataset("imagenet", tmp_path, split="heldout"))
    text = str(error.value)
    assert "\n" not in text
    for part in (
        str(tmp_path / "ILSVRC2012_img_val.tar"),
        "6.8 GB",
        "29b22e2961454d5413ddabcf34fc5622",
        "https://image-net.org",
    ):
        assert part in text


def test_folders_and_npz_files_are_listed(own, tmp_path):
    (row,) = fetch(tmp_path, dataset("folder", own, classes=2))
    assert row["file"] == "own" and row["checksum"].startswith("sha256 of names and sizes:")
    (own / "tench é/9.png").write_bytes(b"one more")
    (other,) = fetch(tmp_path, dataset("folder", own, classes=2))
    assert other["checksum"] != row["checksum"]
    path = npz(tmp_path / "a.npz", [archives.jpeg(i) for i in range(2)], [0, 1])
    (row,) = fetch(tmp_path, dataset("npz", path, classes=2))
    assert row["checksum"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_fetch_and_pack_say_a_users_mistake_in_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(CONFIG)
    assert cli.main(["fetch", "--config", "c.yaml", "--dataset", "mine", "--out", "a.csv"]) == 2
    assert (
        "nowhere: No such file or directory; it should hold a folder for each class"
        in capsys.readouterr().err
    )
    assert cli.main(["fetch", "--config", "c.yaml", "--dataset", "other", "--out", "a.csv"]) == 2
    assert "the config has no data set other; it has mine" in capsys.readouterr().err


CONFIG = """
experiment: e
title: t
datasets: {mine: {source: folder, path: nowhere, classes: 2}}
judges: {j: {kind: efficientnet_lite0}}
suites: {s: {dataset: mine, side: 32, classes_per_model: 2, judge: j}}
roles: {search: s}
scores: {select: {samples: 100, groups: 5}, report: {samples: 100, groups: 5}}
"""


def test_published_checksums_are_torchvisions():
    vision = import_torchvision().datasets
    published = {
        a.file: a.checksum
        for source in SOURCES.values()
        for archives in source.archives.values()
        for a in archives
    }
    wanted = dict(vision.imagenet.ARCHIVE_META.values())
    wanted["imagenette2.tgz"] = vision.Imagenette._ARCHIVES["full"][1]
    wanted["cifar-10-python.tar.gz"] = vision.CIFAR10.tgz_md5
    assert published == {file: f"md5:{digest}" for file, digest in wanted.items()}
