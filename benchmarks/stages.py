"""Where the time of a run went: `python -m benchmarks.stages [config/demo.yaml]`, in the folder in
which Snakemake ran, after it.

Snakemake keeps when each job began and ended. Beside the seconds of all jobs of a stage stands what
processes take before their work: a job of each kind with nothing to do (`acgan --help`, and the
imports of torch and of pandas).
"""

import json
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from acgan.config import loading
from acgan.workflow.experiment import Experiment
from acgan.workflow.jobs import rules
from benchmarks.timing import Rows, markdown

METADATA = Path(".snakemake/metadata")


def jobs() -> dict[tuple[str, str], float]:
    """{(rule, log): seconds} of every job whose outputs are there."""
    found: dict[tuple[str, str], float] = {}
    for file in METADATA.rglob("*"):
        if file.is_file():
            about = json.loads(file.read_text())
            began, ended = about.get("starttime"), about.get("endtime")
            if began and ended and about.get("log"):
                key = about["rule"], about["log"][0]
                found[key] = max(found.get(key, 0.0), ended - began)
    return found


def rows(config: Path) -> Rows:
    """A row for each stage of the experiment, and one for all."""
    e = Experiment(loading.load([config]))
    stages = {rule.name: rule.stage for rule in rules(e)}
    taken: dict[str, list[float]] = defaultdict(list)
    for (rule, log), seconds in jobs().items():
        if rule in stages and (log.startswith(e.results) or log.startswith("logs/")):
            taken[stages[rule]].append(seconds)
    every = [s for seconds in taken.values() for s in seconds]
    order = list(dict.fromkeys(rule.stage for rule in rules(e)))
    return [
        {
            "stage": stage,
            "jobs": str(len(seconds)),
            "seconds": f"{sum(seconds):,.0f}",
            "share": f"{100 * sum(seconds) / sum(every):.0f} %",
            "seconds a job": f"{sum(seconds) / len(seconds):.1f}",
        }
        for stage, seconds in [*((s, taken[s]) for s in order if taken[s]), ("all", every)]
    ]


def start_seconds() -> Rows:
    """What a process takes before its work."""
    found = []
    for name, statement in (
        ("python", ""),
        ("acgan's commands", "from acgan import cli; cli.parser()"),
        ("pandas", "import pandas"),
        ("torch", "import torch"),
        ("a notebook's kernel and matplotlib", "import papermill, ipykernel, matplotlib.pyplot"),
    ):
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True)
            taken.append(time.perf_counter() - began)
        found.append({"import": name, "seconds": f"{min(taken):.2f}"})
    return found


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("config/demo.yaml")
    print(markdown(rows(chosen)))
    print()
    print(markdown(start_seconds()))
