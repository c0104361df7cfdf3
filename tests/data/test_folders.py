"""Every file under a class is packed, refused or counted: what programs leave beside pictures,
links, other suffixes; the same for the pack, the list of a data set's files and `dvc add`.
"""

import json
import os
import re
import shutil
import socket
from pathlib import Path

import archives
import pytest
from dvc_project import run
from running import ROOT
from sourcing import dataset, fetch, found

from acgan.data import packed, sources
from acgan.data.folders import HIDDEN, LITTER, Passed, described, files_below
from acgan.data.pack import index, pack
from acgan.data.sources import imagenette
from acgan.io.errors import UserError
from acgan.io.files import read_csv
from acgan.tables.inputs import datasets
from acgan.tables.registry import Asked
from acgan.workflow.preflight import in_place


def picture(path: Path, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(archives.encoded(archives.picture(seed, 24, 20), "PNG"))


@pytest.fixture
def ants(tmp_path) -> Path:
    """Four pictures in each of ant and bee."""
    for k, name in enumerate(("ant", "bee")):
        for i in range(4):
            picture(tmp_path / "pictures" / name / f"{i:03d}.png", 10 * k + i)
    return tmp_path / "pictures"


def leave_litter(*folders: Path) -> None:
    """What programs leave beside pictures: seven files in each folder."""
    for place in folders:
        picture(place / ".ipynb_checkpoints/000-checkpoint.png")
        picture(place / "__MACOSX/000.png")
        picture(place / "@eaDir/000.png/SYNOPHOTO_THUMB_M.png")
        for name in ("._000.png", ".DS_Store", "Thumbs.db", "desktop.ini"):
            (place / name).write_bytes(b"\0\5\26\7")


def packed_images(chosen: dict, out: Path) -> dict[str, int]:
    pack(chosen, [16], out)
    return {entry.id: entry.images for entry in packed.read_index(out / "16")}


def test_what_programs_leave_beside_pictures_is_not_packed_at_any_depth(ants, tmp_path, capsys):
    leave_litter(ants / "ant", ants / "ant/deeper")
    chosen = dataset("folder", ants, classes=2)
    assert packed_images(chosen, tmp_path / "out") == {"ant": 4, "bee": 4}
    assert f"14 files passed over: {HIDDEN} 14" in capsys.readouterr().out


def test_it_does_not_change_the_list_of_the_files(ants, tmp_path):
    chosen = dataset("folder", ants, classes=2)
    before = fetch(tmp_path, chosen)
    leave_litter(ants, ants / "ant", ants / "ant/deeper")
    assert fetch(tmp_path, chosen) == before


def test_litter_in_the_folder_of_classes_is_no_class(ants):
    leave_litter(ants)
    assert list(sources.class_names(dataset("folder", ants, classes=2))) == ["ant", "bee"]


def test_litter_inside_archives_is_passed_over(tmp_path):
    """As macOS packs them, also among the images of a class."""
    name = f"imagenette2/train/{imagenette.CLASS_IDS[0]}/x.JPEG"
    tgz = {name: archives.jpeg(0), f"__MACOSX/{name}": b"x", name.replace("x.J", "._x.J"): b"x"}
    (tmp_path / "imagenette2.tgz").write_bytes(archives.tar_of(tgz, "w:gz"))
    passed = Passed()
    chosen = dataset("imagenette", tmp_path)
    pictures = sources.pictures(chosen, set(imagenette.CLASS_IDS), passed)
    assert [p.content for p in pictures] == [archives.jpeg(0)] and passed == {HIDDEN: 2}

    first = archives.imagenet.class_ids()[0]
    inner = archives.tar_of({f"._{first}_1.JPEG": b"x", f"{first}_1.JPEG": archives.jpeg(1)})
    outer = archives.tar_of({f"__MACOSX/._{first}.tar": b"x", f"{first}.tar": inner})
    (tmp_path / "ILSVRC2012_img_train.tar").write_bytes(outer)
    assert [p.content for p in found(dataset("imagenet", tmp_path), {first})] == [archives.jpeg(1)]

    devkit = archives.imagenet_val([first])[1]
    (tmp_path / "ILSVRC2012_devkit_t12.tar.gz").write_bytes(devkit)
    with_litter = {"._ILSVRC2012_val_00000001.JPEG": b"x", "ILSVRC2012_val_00000001.JPEG": b"y"}
    (tmp_path / "ILSVRC2012_img_val.tar").write_bytes(archives.tar_of(with_litter))
    held = found(dataset("imagenet", tmp_path, split="heldout"), {first})
    assert [p.content for p in held] == [b"y"]


@pytest.mark.xdist_group("dvc")
def test_dvc_add_keeps_what_is_packed_and_every_class_whatever_its_name(ants, tmp_path):
    """Classes called as folders of ours are: state, data, logs, results, models, build."""
    for name in (
        "state",
        "data",
        "logs",
        "results",
        "models",
        "build",
        "results/own/models/s/m/state",
    ):
        picture(ants / name / "0.png")
    (ants / "bee/notes.txt").write_text("no picture")
    leave_litter(ants, ants / "ant", ants / "state/deeper")
    shutil.copy(ROOT / ".dvcignore", tmp_path)
    state = "results/own/models/own_16/n001/state/checkpoint.pt"
    output = run(tmp_path, f"dvc init -q --no-scm; dvc add -q pictures; dvc check-ignore {state}")
    assert output.splitlines()[-1] == state
    md5 = re.search(r"md5: (\w+)\.dir", (tmp_path / "pictures.dvc").read_text())[1]
    listed = json.loads((tmp_path / f".dvc/cache/files/md5/{md5[:2]}/{md5[2:]}.dir").read_text())
    read = {str(Path(p.name).relative_to(ants)) for p in found(dataset("folder", ants, classes=8))}
    assert len(read) == 8 + 7
    assert {entry["relpath"] for entry in listed} == read | {"bee/notes.txt"}


def test_dvcignore_names_the_litter_that_packing_knows():
    assert set(LITTER) | {".*"} <= set((ROOT / ".dvcignore").read_text().splitlines())


def test_linked_folders_are_read(ants, tmp_path):
    picture(ants / ".store/more/9.png")
    (ants / "ant/more").symlink_to("../.store/more")
    picture(ants / ".store/cat/0.png")
    picture(ants / ".store/cat/1.png")
    (ants / "cat").symlink_to(".store/cat")
    chosen = dataset("folder", ants, classes=3)
    before = fetch(tmp_path, chosen)
    assert packed_images(chosen, tmp_path / "out") == {"ant": 5, "bee": 4, "cat": 2}
    (ants / ".store/more/9.png").unlink()
    assert fetch(tmp_path, chosen) != before  # they are in the list too


def test_links_in_a_circle_end_and_are_counted(ants, tmp_path, capsys):
    (ants / "ant/self").symlink_to(".")
    (ants / "ant/all").symlink_to("..")
    (ants / "ant/bees").symlink_to("../bee")
    (ants / "bee/ants").symlink_to("../ant")
    chosen = dataset("folder", ants, classes=2)
    assert packed_images(chosen, tmp_path / "out") == {"ant": 8, "bee": 8}
    assert "passed over: links in a circle" in capsys.readouterr().out
    fetch(tmp_path, chosen)


@pytest.mark.parametrize("name", ["9.png", "more", "."])
def test_a_link_to_nothing_is_refused_before_anything_is_packed(ants, tmp_path, name):
    link = ants / "bee" if name == "." else ants / "bee" / name
    if name == ".":
        shutil.rmtree(link)
    link.symlink_to("gone")
    chosen = dataset("folder", ants, classes=2)
    for act in (lambda: in_place(chosen), lambda: fetch(tmp_path, chosen), lambda: found(chosen)):
        with pytest.raises(UserError, match=rf"{link} is a link to gone, .*fix or remove it"):
            act()


@pytest.mark.parametrize("target", ["file", "folder"])
def test_a_link_that_leaves_the_folder_is_refused_at_the_start(ants, tmp_path, target):
    picture(tmp_path / "other/9.png")
    (ants / "ant/9.png").symlink_to(tmp_path / ("other/9.png" if target == "file" else "other"))
    with pytest.raises(UserError, match="refused, since it is a link that leaves"):
        in_place(dataset("folder", ants, classes=2))


def test_a_linked_folder_that_dvc_add_would_lose_is_refused(ants):
    picture(ants / "bee/more/9.png")
    (ants / "ant/more").symlink_to("../bee/more")
    chosen = dataset("folder", ants, classes=2)
    assert "10 images of 2 classes" in in_place(chosen)
    ants.with_name("pictures.dvc").write_text("outs:\n")
    with pytest.raises(UserError, match=r"ant/more is a link to a folder, .*pictures\.dvc"):
        in_place(chosen)


def test_other_suffixes_are_counted_in_the_log_the_check_and_the_table(ants, tmp_path, capsys):
    for name in ("ant/1.heic", "ant/2.HEIC", "bee/notes.txt", "bee/readme", "loose.png"):
        (ants / name).write_bytes(b"x")
    with socket.socket(socket.AF_UNIX) as pipe:
        pipe.bind(os.path.relpath(ants / "bee/4.png"))
    said = (
        "6 files passed over: .heic 2, .txt 1, in no class folder 1, no plain file 1, no suffix 1"
    )
    chosen = dataset("folder", ants, classes=2)
    assert in_place(chosen).endswith(f"8 images of 2 classes; {said}")
    pack(chosen, [32, 16], tmp_path / "data/own")
    assert said in capsys.readouterr().out
    for part in range(2):
        pack(chosen, [16], tmp_path / "parts", part, 2)
    folder = tmp_path / "parts/16"
    index(chosen, folder, sorted((folder / "parts").glob("[0-9][0-9][0-9].csv")))
    for place in (folder, tmp_path / "data/own/32"):
        rows = {r["reason"]: int(r["files"]) for r in read_csv(place / "passed_over.csv")}
        assert described(Passed(rows)) == said
    indexes = [tmp_path / f"data/own/{side}/index.csv" for side in (32, 16)]
    (row,) = datasets(Asked({"datasets": {"own": chosen}}, None, indexes, {})).to_dict("records")
    assert f"{row['passed_over']} files passed over: {row['passed_over_reasons']}" == said
    (tmp_path / "data/own/32/passed_over.csv").unlink()  # packed before they were counted
    (row,) = datasets(Asked({"datasets": {"own": chosen}}, None, indexes, {})).to_dict("records")
    assert row["passed_over"] == 0


@pytest.mark.parametrize("suffix", [".jfif", ".JPE", ".jpeg"])
def test_jpegs_by_any_of_their_names_are_packed(ants, tmp_path, suffix):
    for i in (2, 3):
        (ants / f"ant/{i:03d}.png").unlink()
        (ants / f"ant/{i:03d}{suffix}").write_bytes(archives.jpeg(i))
    images = packed_images(dataset("folder", ants, classes=2), tmp_path / "out")
    assert images == {"ant": 4, "bee": 4}


def test_a_folder_that_may_not_be_read_is_refused(ants, monkeypatch):
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    picture(ants / "ant/closed/9.png")
    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(UserError, match=r"cannot read .*ant/closed: Permission denied"):
        found(dataset("folder", ants, classes=2))


def test_files_come_in_the_order_of_their_paths(tmp_path):
    for name in ("b/2.png", "b.png", "b/1.png", "a.png", "b/c/0.png", "B.png", "b-.png"):
        picture(tmp_path / name)
    walked = [path for path, _ in files_below(tmp_path)]
    assert walked == sorted(p for p in tmp_path.rglob("*") if p.is_file())
