"""Outputs as a dvc.lock names them: what of them is here, and putting the rest in place from DVC's
cache, file by file.

`dvc checkout` removes a whole folder where one of its files cannot be had, with all that DVC does
not track in it, such as the resume states of trainers.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from acgan.fetch.checksum import checksum_of
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.workflow.dvc_pipeline import pipelines


class Survey(NamedTuple):
    """What is to be done to put outputs in place."""

    copy: dict[Path, str]  # md5 of each file that is missing here, or another
    remove: list[Path]  # what they do not hold
    unsaved: list[Path]  # of what would be replaced or removed, that of which the cache has no copy


def stages_in(lock: Path) -> dict[str, dict]:
    """What a dvc.lock says of each stage. Raises UserError where it cannot be read."""
    if not lock.is_file():
        return {}
    try:
        return dict(yaml.safe_load(lock.read_text())["stages"])
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise UserError(f"{lock} cannot be read; git checkout {lock}") from error


def outputs_of(declared: dict[str, dict]) -> dict[str, bool]:
    """Of each output of the stages of a dvc.yaml, whether DVC keeps it; if not, it is in git."""
    found = {}
    for stage in declared.values():
        for out in (*stage.get("outs", ()), *stage.get("metrics", ())):
            path, options = next(iter(out.items())) if isinstance(out, dict) else (out, {})
            found[path] = options.get("cache", True)
    return found


def read_by(stages: list[dict]) -> Iterator[dict]:
    """The outputs that stages read and do not make: added by hand (a .dvc file), or made by another
    experiment's pipeline, and what that read in turn.
    """
    locks = [file.with_name("dvc.lock") for file in pipelines(Path())]
    others = [stage for lock in locks for stage in stages_in(lock).values()]
    seen = {out["path"] for stage in stages for out in stage.get("outs", ())}
    to_do = [dep["path"] for stage in stages for dep in stage.get("deps", ())]
    while to_do:
        path = to_do.pop()
        if path in seen:
            continue
        seen.add(path)
        added = Path(f"{path}.dvc")
        if added.is_file():
            outs = yaml.safe_load(added.read_text())["outs"]
            yield from (out | {"path": str(added.with_name(out["path"]))} for out in outs)
            continue
        for stage in others:
            made = [out for out in stage.get("outs", ()) if out["path"] == path]
            yield from made
            to_do += [dep["path"] for dep in stage.get("deps", ()) if made]


def in_cache(cache: Path, md5: str) -> Path:
    return cache / md5[:2] / md5[2:]


def files_of(out: dict, cache: Path) -> Iterator[tuple[Path, str]]:
    """(path, md5) of every file of an output; of a folder the list lies in the cache. Raises
    UserError, and removes the list, if that is damaged.
    """
    md5 = out["md5"]
    if not md5.endswith(".dir"):
        yield Path(out["path"]), md5
        return
    listed = in_cache(cache, md5)
    if checksum_of(listed, "md5") != md5.removesuffix(".dir"):
        listed.unlink()
        raise UserError(
            f"the list of the files of {out['path']} is damaged in the cache; removed, repeat the "
            f"command"
        )
    for entry in json.loads(listed.read_text()):
        yield Path(out["path"]) / entry["relpath"], entry["md5"]


def is_whole(path: Path, md5: str) -> bool:
    return path.is_file() and checksum_of(path, "md5", str(path)) == md5


def lacking(outs: list[dict], cache: Path) -> list[str]:
    """The outputs of which a file is neither in the cache nor in place."""
    return [
        out["path"]
        for out in outs
        if (out["md5"].endswith(".dir") and not in_cache(cache, out["md5"]).exists())
        or not all(
            in_cache(cache, md5).exists() or is_whole(path, md5)
            for path, md5 in files_of(out, cache)
        )
    ]


def survey(outs: list[dict], cache: Path, ignored: Callable[[set[Path]], set[Path]]) -> Survey:
    """Read every byte of outputs as they are here. `ignored` says which of some files DVC does not
    track.
    """
    wanted = {path: md5 for out in outs for path, md5 in files_of(out, cache)}
    copy = {path: md5 for path, md5 in wanted.items() if not is_whole(path, md5)}
    here = {file for out in outs for file in Path(out["path"]).rglob("*") if file.is_file()}
    others = here - set(wanted)
    remove = sorted(others - ignored(others))
    unsaved = [
        path
        for path in (*(path for path in copy if path.is_file()), *remove)
        if not in_cache(cache, checksum_of(path, "md5")).exists()
    ]
    return Survey(copy, remove, unsaved)


def put_in_place(found: Survey, cache: Path) -> list[str]:
    """Copy from the cache and remove the rest.

    The files of which the cache's copy is damaged, and so is removed. Raises UserError when the
    disk is full or a folder cannot be written.
    """
    damaged = []
    for path, md5 in found.copy.items():
        copy = in_cache(cache, md5)
        if is_whole(copy, md5):
            with replacing(path) as partial:
                shutil.copyfile(copy, partial)
        else:
            copy.unlink(missing_ok=True)  # of another file with the same bytes it has been removed
            damaged.append(str(path))
    for path in found.remove:
        path.unlink()
    return damaged
