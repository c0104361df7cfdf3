"""The results that dvc.lock names, somebody else's or your own of another commit: from DVC's cache, and
what that lacks from the remote; checked byte by byte, and so that Snakemake takes them for done.

    python workflow/scripts/pull.py [--experiment demo] [STAGE ...]     # or: make pull STAGES=tables

Repeating the command goes on. DVC gives files the date of their arrival, by which Snakemake would make
everything again; it is told that they are done, but for what does not follow from this very checkout.
"""

import argparse
import hashlib
import json
import os
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
        sys.exit(f"error: dvc {arguments[0]} failed; mend that, then repeat the command")
    return run.stdout


def fetch(outs: list[dict], targets: list[str]) -> None:
    """Into DVC's cache, what it lacks of these outputs; exit where that cannot be had. Nothing else is
    touched, since a checkout of what is not whole would leave less than there was.
    """
    if not lacking(outs):
        return
    settings = dict(line.split("=", 1) for line in dvc("config", "--list").splitlines())
    name = settings.get("core.remote")
    if name is None:
        sys.exit("error: not all of it is in DVC's cache, and no remote is named to fetch it from: "
                 "dvc remote add --local --default storage ADDRESS")  # fmt: skip
    address = settings.get(f"remote.{name}.url", name)
    print(f"fetching from {address}", flush=True)
    print(dvc("fetch", *targets), end="")
    still = lacking(outs)
    if still:
        sys.exit(f"error: neither DVC's cache nor {address} holds all of {', '.join(still)}; "
                 "`dvc push` from where it was made")  # fmt: skip


def lacking(outs: list[dict]) -> list[str]:
    """The outputs of which the cache does not hold every file."""
    cache = cache_folder()
    return [
        out["path"]
        for out in outs
        if not in_cache(cache, out["md5"]).exists()
        or not all(in_cache(cache, md5).exists() for _, md5 in files_of(out, cache))
    ]


def put_in_place(targets: list[str], advice: str) -> None:
    """From the cache, which holds all of it; exit with advice where that would lose what lies here only."""
    command = [BIN / "dvc", "checkout", *targets]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if "without confirmation" in run.stderr:
        sys.exit(f"{run.stderr}error: edited here, and it lies nowhere else; {advice}")
    if run.returncode:
        sys.exit(f"{run.stderr}error: dvc checkout failed; mend that, then repeat the command")


def cache_folder() -> Path:
    return Path(dvc("cache", "dir").strip()) / "files/md5"


def stages_in(lock: Path) -> dict[str, dict]:
    """What a dvc.lock says of each stage."""
    return yaml.safe_load(lock.read_text())["stages"] if lock.is_file() else {}


def kept_in_git(file: Path) -> set[str]:
    """The outputs of a dvc.yaml that DVC does not cache."""
    found = set()
    for stage in yaml.safe_load(file.read_text())["stages"].values():
        for out in (*stage["outs"], *stage.get("metrics", ())):
            found |= {path for path, options in out.items() if not options.get("cache", True)}
    return found


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
            if not path.is_file() or md5_of(path) != md5:
                path.unlink(missing_ok=True)
                copy = in_cache(cache, md5)
                intact = copy.is_file() and md5_of(copy) == md5
                if not intact:
                    copy.unlink(missing_ok=True)
                where = "here, not in the cache" if intact else "in the cache or on the remote"
                yield f"{path} is damaged, {where}"


def check(outs: list[dict]) -> None:
    """Read every byte of outputs; exit where one is damaged."""
    bad = list(damaged(outs, cache_folder()))
    for what in bad:
        print(f"error: {what}", file=sys.stderr)
    if bad:
        sys.exit("error: removed here; repeat the command. If the same is damaged again, so is the remote's copy: "
                 "remove it there and `dvc push` from where it was made")  # fmt: skip


def changed_here(targets: list[str]) -> dict[str, list[str]]:
    """By stage, what of this checkout differs from what made its results; what is only missing here (data,
    models) does not.
    """
    found = {}
    for target, changes in json.loads(dvc("status", "--json", *targets) or "{}").items():
        deps = [c["changed deps"] for c in changes if isinstance(c, dict) and "changed deps" in c]
        names = sorted({what for d in deps for what, state in d.items() if state != "deleted"})
        if names:
            found[target.split(":")[-1]] = names
    return found


def exit_if_settings_differ(file: Path, locked: dict[str, dict]) -> None:
    """What is put in place would pass for results of the settings of this checkout."""
    resolved = locked["config"]["outs"][0]["path"]
    resolve = [BIN / "acgan", "config", "resolve", config_of(locked), "--out", resolved]
    if subprocess.run(resolve, check=False).returncode:
        sys.exit(1)  # it has said why
    for stage, names in changed_here([f"{file}:{name}" for name in locked]).items():
        if resolved in names:
            sys.exit(f"error: {config_of(locked)} differs here from the settings that made these {stage}, "
                     f"which would pass for its own (git diff {resolved}). Nothing is put in place: "
                     "check out what made them, repeat the command, then edit it.")  # fmt: skip


def with_what_follows(stages: set[str], locked: dict[str, dict]) -> set[str]:
    """Stages and those that read what they make, and so on."""
    made = {out["path"] for stage in stages for out in locked[stage].get("outs", ())}
    readers = {
        name
        for name, stage in locked.items()
        if made & {dep["path"] for dep in stage.get("deps", ())}
    }
    return stages if readers <= stages else with_what_follows(stages | readers, locked)


def tell_snakemake(done: list[str], config_file: str) -> None:
    """That these stages are done."""
    touch = ["--touch", "--forceall", "--quiet", "all", "--configfile", config_file]
    command = [BIN / "snakemake", *done, *touch]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"{run.stderr}error: in place and intact, but Snakemake failed; mend that, repeat")


def make_newer(names: list[str]) -> None:
    """Give files, and those of folders, the date of now: Snakemake looks into an input only if it is newer
    than what was made of it.
    """
    for path in map(Path, names):
        for file in path.rglob("*") if path.is_dir() else [path]:
            os.utime(file)


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
    declared = yaml.safe_load(file.read_text())["stages"]
    locked = {name: stage for name, stage in stages_in(lock).items() if name in declared}
    stages = args.stages or list(locked)
    unknown = [stage for stage in stages if stage not in locked]
    if unknown:
        sys.exit(f"error: {lock} has no stage {unknown[0]}; it has {', '.join(locked)}")
    exit_if_settings_differ(file, locked)

    targets = [f"{file}:{stage}" for stage in stages]
    beyond = ["--with-deps"] * (not args.stages)
    outs = [out for stage in stages for out in locked[stage].get("outs", ())]
    outs = [out for out in outs if out["path"] not in kept_in_git(file)]
    outs += fetched_with(locked) if beyond else []
    fetch(outs, [*targets, *beyond])
    put_in_place([*targets, *["--force"] * args.force], "FORCE=1 overwrites it")
    if beyond:  # what was added by hand is never overwritten
        put_in_place(
            [*targets, *beyond], "keep it with `dvc add`, or give it up: dvc checkout --force"
        )
    check(outs)

    changed = changed_here(targets)
    again = with_what_follows(set(changed), locked)
    done = [stage for stage in locked if stage not in again and stage != "config"]
    if done and not args.stages:
        tell_snakemake(done if again else ["all"], config_of(locked))
    if again:
        names = sorted({name for found in changed.values() for name in found})
        make_newer(names)
        print(f"In place and intact. But {', '.join(names[:3])} differ here from what made these results: "
              f"{', '.join(s for s in locked if s in again)} will be made again. "
              "To avoid that, check out what made them and repeat the command.")  # fmt: skip
    elif args.stages:
        print(f"In place and intact: {', '.join(stages)} of {args.experiment}.")
    else:
        print(f"In place and intact: all of {args.experiment}. "
              "`dvc repro` and `snakemake` go on from here.")  # fmt: skip


def config_of(locked: dict) -> str:
    """The config file of a pipeline: the one parameter file of its first stage."""
    return next(iter(locked["config"]["params"]))


if __name__ == "__main__":
    main()
