"""Outputs of a dvc.lock: what is here, and what is put in place of it."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from acgan.io.errors import UserError
from acgan.workflow.dvc_lock import lacking, put_in_place, read_by, survey

CACHE = Path("cache")


def in_cache(content: bytes, suffix: str = "") -> str:
    md5 = hashlib.md5(content).hexdigest() + suffix
    copy = CACHE / md5[:2] / md5[2:]
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(content)
    return md5


def folder_of(path: str, files: dict[str, bytes]) -> dict:
    listed = [{"relpath": name, "md5": in_cache(content)} for name, content in files.items()]
    return {"path": path, "md5": in_cache(json.dumps(listed).encode(), ".dir")}


def ignored(files: set[Path]) -> set[Path]:
    return {file for file in files if "state" in file.parts}


@pytest.fixture
def models(tmp_path, monkeypatch) -> dict:
    monkeypatch.chdir(tmp_path)
    return folder_of("models", {"a/weights": b"a", "b/weights": b"b"})


def test_files_come_one_by_one_and_what_dvc_does_not_track_stays(models):
    Path("models/a/state").mkdir(parents=True)
    Path("models/a/state/checkpoint").write_bytes(b"hours")
    found = survey([models], CACHE, ignored)
    assert set(found.copy) == {Path("models/a/weights"), Path("models/b/weights")}
    assert put_in_place(found, CACHE) == []
    assert Path("models/b/weights").read_bytes() == b"b"
    assert Path("models/a/state/checkpoint").is_file()
    assert survey([models], CACHE, ignored) == ({}, [], [])


def test_only_what_the_cache_lacks_is_unsaved(models):
    put_in_place(survey([models], CACHE, ignored), CACHE)
    in_cache(b"older")
    Path("models/a/weights").write_bytes(b"older")
    Path("models/c").write_bytes(b"older")
    found = survey([models], CACHE, ignored)
    assert (list(found.copy), found.remove, found.unsaved) == (
        [Path("models/a/weights")],
        [Path("models/c")],
        [],
    )
    Path("models/a/weights").write_bytes(b"edited")
    Path("models/c").write_bytes(b"new")
    edited = survey([models], CACHE, ignored).unsaved
    assert edited == [Path("models/a/weights"), Path("models/c")]
    put_in_place(found, CACHE)
    assert Path("models/a/weights").read_bytes() == b"a" and not Path("models/c").exists()


def test_a_damaged_copy_is_named_and_removed_and_nothing_is_made_of_it(models):
    twice = folder_of("twice", {"x": b"a", "y": b"a"})
    copy = next(p for p in CACHE.glob("*/*") if p.read_bytes() == b"a")
    copy.write_bytes(b"?")
    found = survey([models, twice], CACHE, ignored)
    assert put_in_place(found, CACHE) == ["models/a/weights", "twice/x", "twice/y"]
    assert not copy.exists() and not Path("models/a/weights").exists()
    assert Path("models/b/weights").is_file()
    assert lacking([models, twice], CACHE) == ["models", "twice"]


def test_what_is_in_place_need_not_be_in_the_cache(models):
    put_in_place(survey([models], CACHE, ignored), CACHE)
    for copy in CACHE.glob("*/*"):
        if not copy.name.endswith(".dir"):
            copy.unlink()
    assert lacking([models], CACHE) == []
    Path("models/b/weights").unlink()
    assert lacking([models], CACHE) == ["models"]


def test_a_damaged_list_is_removed(models):
    listed = next(CACHE.glob("*/*.dir"))
    listed.write_bytes(b"[]")
    with pytest.raises(UserError, match="the list of the files of models is damaged"):
        survey([models], CACHE, ignored)
    assert lacking([models], CACHE) == ["models"]


def test_what_another_experiment_made_is_read_with_what_that_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pictures = {"path": "pictures", "md5": "1" * 32 + ".dir"}
    Path("pictures.dvc").write_text(yaml.safe_dump({"outs": [pictures]}))
    packed = {"path": "data/own/16", "md5": "2" * 32 + ".dir"}
    other = {"stages": {"data": {"deps": [{"path": "pictures"}], "outs": [packed]}}}
    Path("pipelines/own").mkdir(parents=True)
    Path("pipelines/own/dvc.yaml").touch()
    Path("pipelines/own/dvc.lock").write_text(yaml.safe_dump(other))
    mine = [{"deps": [{"path": "data/own/16"}, {"path": "src"}], "outs": []}]
    assert list(read_by(mine)) == [packed, pictures]
