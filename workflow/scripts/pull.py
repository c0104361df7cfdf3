"""The results that dvc.lock names, somebody else's or your own of another commit: from DVC's cache, and
what that lacks from the remote; checked byte by byte, and so that Snakemake takes them for done.

    python workflow/scripts/pull.py [--experiment demo] [STAGE ...]     # or: make pull STAGES=tables

Repeating the command goes on. DVC gives files the date of their arrival, by which Snakemake would make
everything again; it is told that they are done only where they were made by this very checkout.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from acgan.config.pipeline import pipelines, place

BIN = Path(sys.executable).parent


def dvc(*arguments: str) -> str:
    """What a DVC command prints. Exits where it fails; it has said why."""
    run = subprocess.run([BIN / "dvc", *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        print(run.stdout, end="")
        sys.exit(
            f"error: dvc {arguments[0]} failed; mend that, then repeat the command "
            "(with FORCE=1 to overwrite what was edited here)"
        )
    return run.stdout


def put_in_place(targets: list[str]) -> None:
    """From the cache where it holds all of them, so that no remote is needed; else from the remote."""
    local = subprocess.run([BIN / "dvc", "checkout", *targets], capture_output=True, check=False)
    if local.returncode:
        print(dvc("pull", *targets), end="")


def stages_in(lock: Path) -> dict[str, dict]:
    """What a dvc.lock says of each stage."""
    return yaml.safe_load(lock.read_text())["stages"] if lock.is_file() else {}


def fetched_with(own: dict[str, dict]) -> Iterator[dict]:
    """The outputs beyond those of the stages `own` that they read: added by hand (a .dvc file), or made by
    another experiment's pipeline.
    """
    made = {out["path"] for stage in own.values() for out in stage.get("outs", ())}
    others = [o for file in pipelines(Path()) for stage in stages_in(file.with_name("dvc.lock")).values()
              for o in stage.get("outs", ())]  # fmt: skip
    for path in {dep["path"] for stage in own.values() for dep in stage.get("deps", ())} - made:
        added = Path(f"{path}.dvc")
        if added.is_file():
            outs = yaml.safe_load(added.read_text())["outs"]
            yield from (out | {"path": str(added.with_name(out["path"]))} for out in outs)
        else:
            yield from (out for out in others if out["path"] == path)


def md5_of(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "md5").hexdigest()


def in_cache(cache: Path, md5: str) -> Path:
    return cache / md5[:2] / md5[2:]


def files_of(out: dict, cache: Path) -> Iterator[tuple[Path, str]]:
    """(path, md5) of every file of an output in dvc.lock; of a folder its list lies in the cache."""
    md5 = out["md5"]
    if not md5.endswith(".dir"):
        yield Path(out["path"]), md5
        return
    listed = in_cache(cache, md5)
    if md5_of(listed) != md5.removesuffix(".dir"):
        listed.unlink()
        sys.exit(
            f"error: the list of the files of {out['path']} is damaged in the cache; removed, repeat the command"
        )
    for entry in json.loads(listed.read_text()):
        yield Path(out["path"]) / entry["relpath"], entry["md5"]


def damaged(outs: list[dict], cache: Path) -> Iterator[str]:
    """What is not as dvc.lock says, in words. It is removed, and so is its copy in the cache if that is
    damaged too, so that the next call takes an intact one.
    """
    for out in outs:
        for path, md5 in files_of(out, cache):
            if md5_of(path) != md5:
                path.unlink()
                copy = in_cache(cache, md5)
                intact = copy.is_file() and md5_of(copy) == md5
                if not intact:
                    copy.unlink(missing_ok=True)
                where = "here, not in the cache" if intact else "in the cache or on the remote"
                yield f"{path} is damaged, {where}"


def other_checkout(targets: list[str]) -> list[str]:
    """What of this checkout differs from what the results were made by; what is only missing here
    (data, models) does not.
    """
    status = json.loads(dvc("status", "--json", *targets) or "{}")
    changes = [change for found in status.values() for change in found if isinstance(change, dict)]
    deps = [change.get("changed deps", {}) for change in changes]
    found = [what for changed in deps for what, state in changed.items() if state != "deleted"]
    return sorted(set(found))


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--experiment", default="demo", help="default: demo")
    options.add_argument(
        "--force", action="store_true", help="overwrite results that were edited here"
    )
    options.add_argument("stages", nargs="*", metavar="STAGE", help="as tables; default: all")
    return options.parse_args()


def main() -> None:
    args = arguments()
    file = place(args.experiment)
    lock = file.with_name("dvc.lock")
    if not lock.is_file():
        sys.exit(
            f"error: there is no {lock}: nobody has committed a `dvc repro` of {args.experiment}"
        )
    if subprocess.run([sys.executable, "workflow/scripts/unlock.py"], check=False).returncode:
        sys.exit(1)  # it has said why
    locked = stages_in(lock)
    stages = args.stages or list(locked)
    unknown = [stage for stage in stages if stage not in locked]
    if unknown:
        sys.exit(f"error: {lock} has no stage {unknown[0]}; it has {', '.join(locked)}")
    targets = [f"{file}:{stage}" for stage in stages]
    put_in_place([*targets, *["--with-deps"] * (not args.stages), *["--force"] * args.force])

    cache = Path(dvc("cache", "dir").strip()) / "files/md5"
    outs = [out for stage in stages for out in locked[stage].get("outs", ())]
    outs += [] if args.stages else fetched_with(locked)
    kept = [out for out in outs if "md5" in out and in_cache(cache, out["md5"]).exists()]
    bad = list(damaged(kept, cache))
    for what in bad:
        print(f"error: {what}", file=sys.stderr)
    if bad:
        sys.exit("error: removed here; repeat the command. If the same is damaged again, so is the remote's copy: "
                 "remove it there and `dvc push` from where it was made")  # fmt: skip

    changed = other_checkout(targets)
    if changed:
        print(f"In place and intact. But {', '.join(changed[:3])} differ here from what made these results, and "
              "Snakemake makes again what follows from them. Check out their commit to avoid that.")  # fmt: skip
    elif args.stages:
        print(f"In place and intact: {', '.join(stages)} of {args.experiment}.")
    else:
        touch = ["--touch", "--forceall", "--quiet", "all", "--configfile", config_of(locked)]
        command = [BIN / "snakemake", "all", *touch]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(
                f"{run.stderr}error: in place and intact, but Snakemake failed; mend that, repeat"
            )
        print(
            f"In place and intact: all of {args.experiment}. `dvc repro` and `snakemake` go on from here."
        )


def config_of(locked: dict) -> str:
    """The config file of a pipeline: the one parameter file of its first stage."""
    return next(iter(locked["config"]["params"]))


if __name__ == "__main__":
    main()
