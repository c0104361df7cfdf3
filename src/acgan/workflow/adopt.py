"""Results that an earlier version of this project made, taken over as they are.

Snakemake records of every file by which parameters and from which inputs it was made. The earlier
version wrote whole sections there; where the present config says the same in its shorter form,
`snakemake --touch` records the file anew. Whatever was made otherwise is left to Snakemake, which
makes it again, and a file without a record needs nothing.
"""

import ast
import base64
import binascii
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from acgan import systems
from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.config.spec import SECTIONS, completed, differing, short_config, shortened
from acgan.io.errors import UserError
from acgan.io.files import sha256_of, sha256_of_json, write_json
from acgan.samples import FILES as SAMPLE_FILES
from acgan.samples import KEYS as SAMPLING_KEYS
from acgan.training import FILES as MODEL_FILES
from acgan.workflow.experiment import Experiment
from acgan.workflow.jobs import model_jobs

AT_WORK = "ACGAN_TAKING_OVER"  # set for the Snakemake that only touches
RECORDS = Path(".snakemake/metadata")
# Tables that lie by suite now, and their old names.
FORMER_TABLES = (
    "accuracy_by_class",
    "accuracy_by_resolution",
    "album",
    "feature_distances",
    "grid",
    "latent_walks",
    "layers",
    "ms_ssim_by_class",
    "ms_ssim_examples",
    "nearest_images",
    "neighbours",
    "random_samples",
    "resolution_tests",
    "resolutions",
    "selected_samples",
    "sweep",
    "training",
    "trajectory",
)
# Keys that together only a section written whole has.
WHOLE = {
    "dataset": {"source", "split", "layout", "checksums", "classes"},
    "judge": {"kind", "train", "side", "epochs", "mean", "architecture"},
    "scores": {"resolutions", "subsets", "ms_ssim_pairs", "ms_ssim_all_pairs", "neighbours"},
}
Params = list[Any]
# Whether recorded parameters are those of the present config; None if they are not of the earlier
# version.
Agrees = Callable[[Params], bool | None]


def is_at_work() -> bool:
    """Whether this very process was started to take results over: it must not do so again."""
    return AT_WORK in os.environ


def made_already(e: Experiment) -> list[str]:
    """The files before the tables that an earlier version made as the present config would."""
    if not RECORDS.is_dir() or is_done(e):
        return []
    records = recorded()
    taken: list[str] = []
    others: set[str] = set()  # that were made otherwise, so that what was made of them is, too
    for files, agrees in jobs_before_tables(e):
        present = [file for file in files if Path(file).is_file()]
        found = [records[file] for file in present if file in records]
        said = [agrees(literals(r)) for r in found]
        if not said or None in said:
            continue
        is_whole = len(found) == len(files)
        of_others = any(others.intersection(r["input"]) for r in found)
        if all(said) and is_whole and not of_others and not any(map(is_stale, present, found)):
            taken += present
        else:
            others.update(files)
    return taken


def jobs_before_tables(e: Experiment) -> Iterator[tuple[list[str], Agrees]]:
    """The files of every job before the tables, and who compares its recorded parameters; what a
    job reads comes before it.
    """
    config = e.config
    for d in e.datasets:
        if not e.is_in_package(d):
            yield [f"data/{d}/archives.csv"], section("dataset", e.fetch_keys(d))
        yield [f"data/{d}/{s}/index.csv" for s in e.sides(d)], section("dataset", e.pack_keys(d))
    for name in config["judges"]:
        files = [f"{e.results}/judges/{name}.csv"] if config["judges"][name]["test"] else []
        if e.is_trained(name):
            files.append(str(e.weights(name)))
        yield files, section("judge", e.judge_settings(name))
    for suite in e.suites:
        judge = section("judge", e.asked_settings(suite))
        yield [e.real_features(suite)], judge
        yield [e.groups(suite)], grouping(e, suite)
    for job in model_jobs(e):
        suite = job.suite
        scoring = scores(e, suite)
        files = [f"{m}.csv" for m in e.metrics(suite)]
        each = e.model_ids(suite) if job.ids == ["{model}"] else [None]
        for model in each:
            ids = job.ids if model is None else [model]
            yield e.of_models(e.model(suite), ids, MODEL_FILES), specs(e, suite, ids)
            yield e.of_models(e.samples(suite), ids, SAMPLE_FILES), sampling(e, suite)
            yield e.of_models(e.scores(suite), ids, files), scoring
    for suite in e.suites:
        for metric in ("accuracy", "ms_ssim"):
            yield [e.real_score(suite, metric)], scores(e, suite)


def section(name: str, wanted: Config) -> Agrees:
    """Of jobs whose parameters are one section, less what does not decide their bytes."""
    return lambda params: of_section(params, name, wanted)


def of_section(params: Params, name: str, wanted: Config) -> bool | None:
    whole = [p for p in params if isinstance(p, dict) and set(p) >= WHOLE[name]]
    return differing(whole[0], name) == wanted if whole else None


def grouping(e: Experiment, suite: str) -> Agrees:
    chosen = e.config["suites"][suite]
    how = [chosen["grouping"], chosen["grouping_seed"], chosen["groups_file"]]
    models = [list(m) for m in resolve.all_models(e.config, suite)]

    def agrees(params: Params) -> bool | None:
        lists = [p for p in params if isinstance(p, list)]
        return how in lists and models in lists if lists else None

    return agrees


def specs(e: Experiment, suite: str, ids: list[str]) -> Agrees:
    wanted = [e.spec(suite, model) for model in ids]

    def agrees(params: Params) -> bool | None:
        lists = [p for p in params if isinstance(p, list) and p and isinstance(p[0], dict)]
        if not lists or "defaults" in lists[0][0]:
            return None
        return [shortened(completed(spec)) for spec in lists[0]] == wanted

    return agrees


def sampling(e: Experiment, suite: str) -> Agrees:
    wanted = [e.config["suites"][suite][key] for key in SAMPLING_KEYS]

    def agrees(params: Params) -> bool | None:
        lists = [p for p in params if isinstance(p, list)]
        return wanted in lists if lists else None

    return agrees


def scores(e: Experiment, suite: str) -> Agrees:
    asked, sides = e.asked_settings(suite), e.accuracy_sides(suite)

    def agrees(params: Params) -> bool | None:
        whole = of_section(params, "scores", differing(e.config["scores"], "scores"))
        if whole is None:
            return None
        # Where no accuracy is wanted, none is read.
        return (
            whole and of_section(params, "judge", asked) is True and (not sides or sides in params)
        )

    return agrees


def recorded() -> dict[str, Any]:
    """{file: what Snakemake recorded of it}, of files that it finished."""
    found = {}
    for path in RECORDS.rglob("*"):
        # Snakemake cuts long names into folders, each but the last with an @.
        name = "".join(part.removeprefix("@") for part in path.relative_to(RECORDS).parts)
        try:
            if path.is_file():
                record = json.loads(path.read_text())
                if not record["incomplete"]:
                    found[base64.b64decode(name).decode()] = record
        except (ValueError, KeyError, TypeError, OSError, binascii.Error):
            continue  # which Snakemake takes for none, too
    return found


def literals(record: Any) -> Params:
    """The parameters of a record, of which Snakemake keeps the repr."""
    found = []
    for text in record["params"] or []:
        try:
            found.append(ast.literal_eval(text))
        except (ValueError, SyntaxError):
            continue
    return found


def is_stale(file: str, record: Any) -> bool:
    """Whether data or results that a file was made of have changed since."""
    dated = Path(file).stat().st_mtime
    checksums = record.get("input_checksums") or {}
    for name in record["input"]:
        path = Path(name)
        if not name.startswith(("data/", "results/")):
            continue
        if not path.is_file():
            return True
        if path.stat().st_mtime > dated and checksums.get(name) != f"sha256:{sha256_of(path)}":
            return True
    return False


def done_file(e: Experiment) -> Path:
    return Path(f".snakemake/taken_over_{e.config['experiment']}")


def is_done(e: Experiment) -> bool:
    """Whether all that could be taken over for exactly this config has been."""
    path = done_file(e)
    return path.is_file() and path.read_text() == sha256_of_json(e.config)


def done(e: Experiment) -> None:
    """Note that all was taken over, so that the next start need not look at every record."""
    if RECORDS.is_dir() and not is_done(e):
        done_file(e).write_text(sha256_of_json(e.config))


def as_given(config: Config) -> Config:
    """A resolved config as one writes it: without defaults, and what follows from its data sets."""
    short = {key: value for key, value in short_config(config).items() if key != "defaults"}
    short["scores"] = config["scores"]
    for name, suite in short["suites"].items():
        # Whole, since a suite inherits what it leaves out from the experiment's own sections.
        whole = {section: dict(config["suites"][name][section]) for section in SECTIONS}
        known = ("system", *systems.load(whole["objective"]["system"]).keys)
        whole["objective"] = {k: v for k, v in whole["objective"].items() if k in known}
        rest = {k: v for k, v in suite.items() if k != "classes"}
        short["suites"][name] = {**rest, **whole}
    return short


def adopt(e: Experiment, files: list[str], snakefile: str) -> None:
    """Take over files of an earlier version. Raises UserError where Snakemake cannot."""
    print(
        f"{e.results}: taking over {len(files)} files of an earlier version that need not be made "
        "again",
        file=sys.stderr,
        flush=True,
    )
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "config.json")
        write_json(file, as_given(e.config))
        command = [
            sys.executable,
            "-m",
            "snakemake",
            *files,
            "--touch",
            "--cores",
            "1",
            "--snakefile",
            snakefile,
            "--configfile",
            str(file),
        ]
        run = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, AT_WORK: "yes"},
        )
    if run.returncode:
        raise UserError(f"{e.results} could not be taken over: {run.stdout.strip()[-1000:]}")
    for old in former_tables(e):
        old.unlink()


def former_tables(e: Experiment) -> list[Path]:
    """Tables at the places where no rule of this version makes them."""
    folder = Path(e.results, "tables")
    found = [folder / f"{name}{suffix}" for name in FORMER_TABLES for suffix in (".csv", ".webp")]
    return [path for path in [*found, *folder.glob("album_[0-9]*.webp")] if path.is_file()]
