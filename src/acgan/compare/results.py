"""What is compared: a results folder, whole or with tables alone, or that of a git revision."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from acgan.config.resolve import Config
from acgan.config.spec import whole_config
from acgan.io.errors import UserError
from acgan.io.files import read_json
from acgan.io.frames import read_frame

# What a comparison reads, below results/<experiment>/; pulled from DVC for a revision.
PARTS = ("tables", "figures", "report")


class Results(NamedTuple):
    """One experiment's results."""

    name: str  # as columns are headed
    folder: Path
    config: Config
    metrics: dict[str, float]
    summary: dict[str, Any]  # of its report; empty where that is not there

    def table(self, name: str, suite: str = "") -> pd.DataFrame | None:
        """A table of a suite, or of all; None where it is not there."""
        path = self.folder / "tables" / suite / f"{name}.csv"
        return read_frame(path) if path.is_file() else None

    @property
    def quantities(self) -> dict[tuple[str, str], dict[str, Any]]:
        """{(item, name): quantity} of the report's items, in their order."""
        return {
            (item["id"], q["name"]): q
            for item in self.summary.get("items", [])
            for q in item["quantities"]
        }

    @property
    def claims(self) -> dict[str, dict[str, Any]]:
        """The paper's statements, tested there."""
        return {claim["claim"]: claim for claim in self.summary.get("claims", [])}


def read(folder: Path, name: str = "") -> Results:
    """Raises UserError for a folder that holds no results."""
    if not (folder / "config.json").is_file():
        raise UserError(f"{folder} is no results folder: it has no config.json")
    metrics, summary = folder / "metrics.json", folder / "report/summary.json"
    found = read_json(metrics) if metrics.is_file() else {}
    told = read_json(summary) if summary.is_file() else {}
    if not found and not (folder / "tables").is_dir():
        raise UserError(f"{folder} has neither metrics.json nor tables/; run or pull it first")
    return Results(
        name or str(folder), folder, whole_config(read_json(folder / "config.json")), found, told
    )


def named_apart(folders: list[Path]) -> list[Results]:
    """The results of some folders, each by the end of its path that tells it from the others."""
    whole = [folder.resolve() for folder in folders]
    if len(set(whole)) < len(whole):
        raise UserError("the same folder twice: name two results to compare")
    for length in range(1, max(len(p.parts) for p in whole) + 1):
        names = ["/".join(p.parts[-length:]) for p in whole]
        if len(set(names)) == len(names):
            break
    return [read(folder, name) for folder, name in zip(folders, names, strict=True)]


def of_revisions(
    revisions: list[str], experiment: str, scratch: Path, parts: Sequence[str] = PARTS
) -> list[Results]:
    """The results of an experiment in git revisions, or DVC experiments by name, put into `scratch`
    from git and DVC's cache or remote. Raises UserError for what is not there.
    """
    found = []
    for number, revision in enumerate(revisions):
        folder = scratch / str(number)
        commit = commit_of(revision)
        for file in ("config.json", "metrics.json"):
            text = git("show", f"{commit}:results/{experiment}/{file}")
            if text is None:
                raise UserError(f"{revision} has no results/{experiment}/{file} in git")
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")
        pull(commit, experiment, folder, parts)
        found.append(read(folder, revision))
    return found


def commit_of(revision: str) -> str:
    """The commit of a revision of git, or of a DVC experiment. Raises UserError for neither."""
    known = git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if known is None:
        refs = (git("for-each-ref", "--format=%(objectname) %(refname)", "refs/exps") or "").split(
            "\n"
        )
        known = next((r.split()[0] for r in refs if r.endswith(f"/{revision}")), None)
    if known is None:
        raise UserError(
            f"{revision} is neither a revision of git nor a DVC experiment; `git branch -a` and "
            f"`dvc exp list` name them"
        )
    return known.strip()


def git(*arguments: str) -> str | None:
    """What git prints; None where it fails."""
    try:
        run = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        raise UserError(f"git cannot be run: {error.strerror}") from error
    return run.stdout if run.returncode == 0 else None


def pull(commit: str, experiment: str, folder: Path, parts: Sequence[str]) -> None:
    """What DVC keeps of an experiment's results in a commit; what it has not is left out, and
    said.
    """
    try:
        from dvc.api import DVCFileSystem
    except ImportError as error:
        raise UserError("--revisions needs DVC: pip install 'acgan-repro[pipeline]'") from error
    system = DVCFileSystem(str(Path.cwd()), rev=commit)
    for part in parts:
        place = f"results/{experiment}/{part}"
        try:
            if system.exists(place):
                system.get(place, str(folder / part), recursive=True)
        except Exception as error:  # DVC's own errors are many, and each means: not to be had
            print(f"{place} of {commit[:8]} is not to be had ({error}), so it is left out")
