"""The results that dvc.lock names, somebody else's or your own of another commit: from DVC's cache,
and what that lacks from the remote; checked byte by byte, and so that Snakemake takes them for
done.

python workflow/scripts/pull.py [--experiment demo] [STAGE ...]     # or: make pull STAGES=tables

Repeating the command goes on. Files get the date of their arrival, by which Snakemake would make
everything again; it learns that they are done, but for what does not follow from this very
checkout.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

from acgan.config import loading
from acgan.config.spec import short_config
from acgan.io.errors import UserError
from acgan.io.files import write_json
from acgan.workflow.checkout import check_own_code
from acgan.workflow.dvc_lock import (
    Survey,
    is_whole,
    lacking,
    outputs_of,
    put_in_place,
    read_by,
    stages_in,
    survey,
)
from acgan.workflow.dvc_pipeline import place

BIN = Path(sys.executable).parent


def dvc(*arguments: str) -> str:
    """What a DVC command prints. Exits where it fails; it has said why."""
    run = subprocess.run([BIN / "dvc", *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        print(run.stdout, end="")
        sys.exit(f"error: dvc {arguments[0]} failed; fix that, then repeat the command")
    return run.stdout


def fetch(outs: list[dict], cache: Path, targets: list[str]) -> None:
    """Into DVC's cache, what is neither there nor in place; exit where that cannot be had."""
    if not lacking(outs, cache):
        return
    settings = dict(line.split("=", 1) for line in dvc("config", "--list").splitlines())
    name = settings.get("core.remote")
    if name is None:
        sys.exit(
            "error: not all of it is in DVC's cache, and no remote is named to fetch it from: "
            "dvc remote add --local --default storage ADDRESS"
        )
    address = settings.get(f"remote.{name}.url", name)
    print(f"fetching from {address}", flush=True)
    output = dvc("fetch", *targets)
    still = lacking(outs, cache)
    if still:
        sys.exit(
            f"error: neither DVC's cache nor {address} holds all of {', '.join(still)}; if the "
            f"address is right, `dvc push` from where it was made"
        )
    print(output, end="")


def ignored(files: set[Path]) -> set[Path]:
    """Those that .dvcignore names."""
    command = [BIN / "dvc", "check-ignore", "--stdin"]
    given = "".join(f"{file}\n" for file in files)
    run = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=False)
    return {Path(line) for line in run.stdout.splitlines()}


def exit_if_unsaved(found: Survey, advice: str) -> None:
    if found.unsaved:
        more = f" and {len(found.unsaved) - 1} more" * (len(found.unsaved) > 1)
        sys.exit(
            f"error: {found.unsaved[0]}{more}: edited or damaged here, and the cache has no copy. "
            f"Nothing is put in place; {advice}"
        )


def changed_here(targets: list[str]) -> dict[str, list[str]]:
    """By stage, what of this checkout differs from what made its results.

    What is only missing here (data, models) does not.
    """
    found = {}
    for target, changes in json.loads(dvc("status", "--json", *targets) or "{}").items():
        deps = [c["changed deps"] for c in changes if isinstance(c, dict) and "changed deps" in c]
        names = sorted({what for d in deps for what, state in d.items() if state != "deleted"})
        if names:
            found[target.split(":")[-1]] = names
    return found


def exit_if_settings_differ(changed: dict[str, list[str]], config: str, resolved: str) -> None:
    """What is put in place would pass for results of the settings of this checkout."""
    for stage, names in changed.items():
        if resolved in names:
            sys.exit(
                f"error: {config} differs here from the settings that made these {stage}, which "
                f"would pass for its own (git diff {resolved}). Nothing is put in place: "
                "check out what made them, repeat the command, then edit it."
            )


def exit_if_made_of_others(
    changed: dict[str, list[str]], locked: dict[str, dict], stages: list[str]
) -> None:
    """What is put in place would pass for made of what lies here and stays."""
    others = [locked[name] for name in locked if name not in stages]
    left = {out["path"] for stage in others for out in stage.get("outs", ())}
    for stage in stages:
        for name in left.intersection(changed.get(stage, ())):
            sys.exit(
                f"error: {name} differs here from what these {stage} were made of. Nothing is put "
                f"in place: pull all, or move {name} away and repeat the command."
            )


def exit_if_git_differs(outs: list[dict]) -> None:
    """What git keeps of the results is of other ones."""
    for out in outs:
        path = out["path"]
        if not is_whole(Path(path), out["md5"]):
            sys.exit(
                f"error: {path}, which git keeps, is not that of these results. Nothing is put in "
                f"place: git checkout {path}, then repeat the command"
            )


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
    touch = ["--touch", "--forceall", "--quiet", "progress", "--configfile", config_file]
    command = [BIN / "snakemake", *done, *touch]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(
            f"{(run.stdout + run.stderr)[-2000:]}error: in place and intact, but Snakemake failed; "
            "fix that, then repeat the command"
        )


def make_newer(names: list[str]) -> None:
    """Give files, and those of folders, the date of now: Snakemake looks into an input only if it
    is newer than what was made of it. Pictures of one's own keep theirs, which Snakemake does not
    ask for.
    """
    for path in map(Path, names):
        if path.is_file():
            os.utime(path)
        elif not Path(f"{path}.dvc").exists():
            for file in filter(Path.is_file, path.rglob("*")):
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
    if not file.is_file():
        sys.exit(f"error: there is no {file}, so no experiment {args.experiment}")
    if not lock.is_file():
        sys.exit(
            f"error: there is no {lock}: nobody has committed a `dvc repro` of {args.experiment}"
        )
    if subprocess.run([sys.executable, "workflow/scripts/unlock.py"], check=False).returncode:
        sys.exit(1)  # it has said why
    declared = yaml.safe_load(file.read_text())["stages"]
    locked = {name: stage for name, stage in stages_in(lock).items() if name in declared}
    stages = args.stages or list(locked)
    unknown = [stage for stage in ["config", *stages] if stage not in locked]
    if unknown:
        sys.exit(f"error: {lock} has no stage {unknown[0]}; it has {', '.join(locked)}")
    config = next(iter(locked["config"]["params"]))  # the one parameter file of the stage
    resolved = locked["config"]["outs"][0]["path"]
    write_json(Path(resolved), short_config(loading.load([Path(config)])))
    targets = [f"{file}:{stage}" for stage in stages]
    kept = outputs_of(declared)
    outs = [out for stage in stages for out in locked[stage].get("outs", ()) if out["path"] in kept]
    before = changed_here([f"{file}:{name}" for name in locked])
    exit_if_settings_differ(before, config, resolved)
    exit_if_made_of_others(before, locked, stages)
    exit_if_git_differs([o for o in outs if not kept[o["path"]] and o["path"] != resolved])

    cache = Path(dvc("cache", "dir").strip()) / "files/md5"
    own = [out for out in outs if kept[out["path"]]]
    beyond = [] if args.stages else list(read_by([locked[stage] for stage in stages]))
    fetch([*own, *beyond], cache, [*targets, *["--with-deps"] * (not args.stages)])
    found = [survey(outs, cache, ignored) for outs in (own, beyond)]
    if not args.force:
        exit_if_unsaved(found[0], "FORCE=1 puts the results in its place")
    exit_if_unsaved(found[1], "keep it with `dvc add`, or move it away")
    files = sum(len(part.copy) for part in found)
    print(f"{files} {'file is' if files == 1 else 'files are'} put in place", flush=True)
    damaged = [path for part in found for path in put_in_place(part, cache)]
    for path in damaged:
        print(f"error: {path} is damaged in the cache or on the remote", file=sys.stderr)
    if damaged:
        sys.exit(
            "error: removed from the cache; repeat the command. If the same is damaged again, so "
            "is the remote's copy: remove it there and `dvc push` from where it was made"
        )

    changed = changed_here(targets)
    again = with_what_follows(set(changed), locked)
    done = [stage for stage in locked if stage not in again and stage != "config"]
    whole = set(locked) == set(declared) and not again
    if done and not args.stages:
        tell_snakemake(["all"] if whole else done, config)
    names = sorted({name for found in changed.values() for name in found})
    make_newer(names)
    here = "all" if whole and not args.stages else ", ".join(stages)
    print(f"In place and intact: {here} of {args.experiment}.", end=" ")
    if again:
        print(
            f"But {', '.join(names[:3])} differ here from what made these results: "
            f"`dvc repro` goes over {', '.join(s for s in locked if s in again)} again. "
            "To avoid that, check out what made them and repeat the command.",
            end=" ",
        )
    elif not args.stages:
        print("`dvc repro` and `snakemake` go on from here.", end=" ")
    print()


if __name__ == "__main__":
    try:
        check_own_code()
        main()
    except UserError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("\ninterrupted; repeat the command to go on")
