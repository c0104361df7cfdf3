"""Take a finished model instead of training the same one again: that of another experiment, or this
folder's own, where its resume state was freed (`acgan clean states`).

The same is what bears the same hash: all that training depends on, the images too. Its provenance
comes with it, so that the report says what made it.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from acgan.config.spec import completed, hash_of
from acgan.data import packed
from acgan.io.errors import UserError
from acgan.io.files import read_json, replacing, sha256_of
from acgan.systems import Spec, system_of
from acgan.training import FILES, provenance

KEPT = "state/finished"  # of a model whose resume state was freed, beside it


def files_of(snapshots: Sequence[int]) -> list[str]:
    """What a finished model consists of, the weights last."""
    from acgan.nets.weights import snapshot_file

    return [*FILES[1:], *map(snapshot_file, snapshots), FILES[0]]


def taken_over(
    spec: Spec,
    data: Path,
    class_ids: Sequence[str],
    out: Path,
    others: Sequence[str],
    judge: Path | None,
    snapshots: Sequence[int],
) -> bool:
    """Copy the model into `out`, from what `acgan clean states` kept of it or from the first of the
    experiments results/<experiment>/ that has it whole; whether there was one. A model that is
    begun here is left to go on.
    """
    kept = out / KEPT
    place = Path(spec["suite"], spec["model"])
    folders = {e: Path("results", e, "models") / place for e in others}
    if kept.is_dir():
        folders = {"this folder": kept, **folders}
    if not folders or (out / "state/checkpoint.pt").exists():
        return False
    from acgan.training import checkpoint

    index = {entry.id: entry.sha256 for entry in packed.read_index(data)}
    content = [(class_id, index.get(class_id, "")) for class_id in class_ids]
    whole: dict[str, Any] = completed(spec)
    system = system_of(whole)
    if judge and system.judge(whole["objective"]):
        content.append(("frozen judge", sha256_of(judge)))
    wanted = hash_of(whole, content)
    names = files_of(snapshots)
    for other, folder in folders.items():
        if not all((folder / name).is_file() for name in names):
            continue
        try:
            made = read_json(folder / "provenance.json")
        except UserError:  # damaged: whoever made it will hear of it
            continue
        if made.get("spec_sha256") != wanted:
            continue
        with checkpoint.locked(out / "state", wait=True):
            for name in names:
                with replacing(out / name) as temporary:
                    shutil.copyfile(folder / name, temporary)
        code = str(made.get("code_sha256"))
        by = "" if provenance.is_current(code, whole["objective"]["system"]) else ", of other code"
        print(f"{place}: the finished model of {other} is taken{by}", flush=True)
        return True
    return False
