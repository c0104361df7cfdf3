"""What a terminal shows while it runs, and that elsewhere nothing of it is written.

The workflow is a small one with a stand-in trainer, which takes seconds; that the project's own is
drawn by its profile is tried with one quick target.
"""

import fcntl
import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from running import BIN, ROOT, TOY, snakemake_command

from acgan.config import loading
from acgan.config.spec import short_config
from acgan.workflow import said, status, work

pytestmark = pytest.mark.xdist_group("live")
SNAKEFILE = """
from pathlib import Path
from acgan.config import loading
from acgan.config.spec import short_config
from acgan.io.files import write_json
from acgan.workflow import live
from acgan.workflow.experiment import Experiment

E = Experiment(loading.load(CONFIGS))

onstart:
    write_json(Path(E.resolved), short_config(E.config))
    live.begin(workflow, E)
onsuccess:
    live.end(workflow)
onerror:
    live.end(workflow)
    shell("echo said by onerror >&2")

rule all:
    input:
        "results/toy/report/index.html", "groups.csv"
rule train_main_32:
    output:
        "results/toy/models/main_32/{model}/weights.safetensors"
    log:
        "results/toy/logs/train/main_32/{model}.log"
    message:
        "training main_32/{wildcards.model}"
    shell:
        "PYTHON trainer.py {wildcards.model} 2>&1 | tee -i {log}; touch {output}"
rule groups:
    output:
        "groups.csv"
    log:
        "results/toy/logs/groups.log"
    message:
        "choosing the groups"
    shell:
        "(sleep 1; echo 'error: no such class'; exit 1) > {log} 2>&1"
rule report:
    input:
        expand("results/toy/models/main_32/{m}/weights.safetensors", m=["g000", "g001"])
    output:
        "results/toy/report/index.html"
    log:
        "results/toy/logs/report.log"
    message:
        "writing the report"
    shell:
        "echo page 3 > {log}; sleep 1.5; touch {output}"
"""
# 12 steps as a trainer takes them, as far as others see it.
TRAINER = """
import json, os, sys, time
folder = f"results/toy/models/main_32/{sys.argv[1]}/state"
os.makedirs(folder, exist_ok=True)
for step in range(13):
    with open(f"{folder}/new.json", "w") as file:
        json.dump({"step": step, "steps": 12, "seconds_per_step": 0.4 if step else None}, file)
    os.replace(f"{folder}/new.json", f"{folder}/progress.json")
    sys.stdout.write(f"a line of {sys.argv[1]}'s trainer\\n")
    sys.stdout.flush()
    time.sleep(0.4)
"""
# As the project's profile has it.
RUN = [str(BIN / "snakemake"), "--cores", "3", "--keep-going", "--quiet", "host", "reason"]
LOGGER = ["--logger", "acgan"]
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"  # the cursor


def workflow(folder: Path) -> Path:
    """A folder with the small workflow."""
    folder.mkdir()
    configs = f"[{', '.join(f'Path({str(file)!r})' for file in TOY)}]"
    text = SNAKEFILE.replace("CONFIGS", configs).replace("PYTHON", sys.executable)
    (folder / "Snakefile").write_text(text)
    (folder / "trainer.py").write_text(TRAINER)
    return folder


def hearing_ctrl_c() -> None:
    """Whoever runs the tests in the background has Ctrl-C ignored, by what it starts too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def on_its_terminal() -> None:
    hearing_ctrl_c()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """A program in a terminal of its own, 100 characters wide."""

    def __init__(self, command: list[str], folder: Path):
        self.outer, inner = pty.openpty()
        termios.tcsetwinsize(inner, (30, 100))
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {"TERM": "xterm-256color"},
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            preexec_fn=on_its_terminal,
        )
        os.close(inner)
        self.bytes = b""

    def read(self, until: str | None = None) -> str:
        """What it has shown at its end, or when it has shown this."""
        while until is None or until not in self.bytes.decode(errors="replace"):
            try:
                more = os.read(self.outer, 65536)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            self.bytes += more
        return self.bytes.decode()

    def end(self) -> str:
        shown = self.read()
        self.process.wait()
        os.close(self.outer)
        return shown


def words(shown: str) -> str:
    """What stands on a terminal, without what moves and colours it."""
    return ESCAPE.sub("", shown).replace("\r\n", "\n")


def plain(output: str) -> set[str]:
    """Snakemake's lines without what may differ between two runs: their order, numbers, folders."""
    lines = re.sub(r"\[\w{3} \w{3} .*\]|/\S*/(with|without)/", "", output).splitlines()
    return {re.sub(r"\d+", "N", line).strip() for line in lines if "Elapsed" not in line}


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, str]:
    """The same run in a terminal, with the plugin into a pipe, and without it; and what `acgan
    status --watch` writes of the first meanwhile.
    """
    folder = tmp_path_factory.mktemp("live")
    terminal = Terminal([*RUN, *LOGGER], workflow(folder / "terminal"))
    piped = {
        name: subprocess.Popen(
            [*RUN, *more],
            cwd=workflow(folder / name),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, more in (("with", LOGGER), ("without", []))
    }
    terminal.read(until="0 of 5 jobs")
    watch = [str(BIN / "acgan"), "status", "--config", "results/toy/config.json", "--watch"]
    watching = subprocess.Popen(
        [*watch, "--every", "0.3"],
        cwd=folder / "terminal",
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hearing_ctrl_c,
    )
    found = {"terminal": terminal.end(), "folder": str(folder / "terminal")}
    assert terminal.process.returncode == 1
    found |= {name: run.communicate()[0] for name, run in piped.items()}
    watching.send_signal(signal.SIGINT)
    found["watch"] = watching.communicate(timeout=60)[0]
    assert watching.returncode == 0
    return found


def test_a_terminal_shows_a_bar_and_a_line_for_each_model_in_training(runs):
    shown = words(runs["terminal"])
    assert re.search(r"toy  ━+ +0%  0 of 5 jobs", shown)
    for model in ("g000", "g001"):
        assert re.search(rf"main_32/{model}  step +\d+ of 12  125 images/s  +\d s left", shown)
    assert "writing the report" in shown
    assert re.search(r"toy  ━.*  7\d%  3 of 5 jobs, 1 failed  in \d+ s\n", shown)
    assert "a line of g000's trainer" not in shown and "Select jobs" not in shown
    assert max(map(len, re.split("[\r\n]+", words(runs["terminal"])))) <= 100 + len(runs["folder"])


def test_a_failure_is_told_when_it_happens(runs):
    shown = words(runs["terminal"])
    told = (
        "FAILED rule groups (choosing the groups): error: no such class "
        "(log: results/toy/logs/groups.log)\n"
    )
    assert told in shown
    assert shown.index(told) < shown.index("writing the report") < shown.index("said by onerror")
    assert "0 of 5 jobs, 1 failed" in shown


def test_the_last_line_says_where_the_report_is_and_the_cursor_is_back(runs):
    shown = runs["terminal"]
    page = f"{runs['folder']}/results/toy/report/index.html"
    assert words(shown).splitlines()[-1] == f"The report: {page}"
    assert shown.rindex(HIDDEN) < shown.rindex(SHOWN) < shown.index("said by onerror")


def test_the_logs_keep_everything(runs):
    logs = Path(runs["folder"], ".snakemake/log")
    (own,), (printed,) = logs.glob("*.snakemake.log"), logs.glob("*.jobs.log")
    for text in ("Job stats:", "training main_32/g000", "Error in rule groups:", "3 of 5 steps"):
        assert text in own.read_text()
    assert printed.read_text().count("a line of g001's trainer\n") == 13


def test_elsewhere_the_lines_are_snakemakes(runs):
    assert "\x1b" not in runs["with"] and "images/s" not in runs["with"]
    assert "a line of g000's trainer" in runs["with"]
    assert plain(runs["with"]) == plain(runs["without"])


def test_a_watcher_sees_the_same_in_the_files(runs):
    lines = runs["watch"].splitlines()
    assert re.fullmatch(r"toy: \d+%, 0 of 15 models trained", lines[0])
    assert any(re.match(r"main_32/g000: step \d+ of 12, 125 images/s, .* s left", x) for x in lines)
    assert len(lines) == len(set(lines)) and "\x1b" not in runs["watch"]


def test_all_that_is_there_is_the_end_of_watching(tmp_path):
    config = loading.load(TOY)
    for models in status.states(config, tmp_path).values():
        for model in models:
            folder = tmp_path / "models" / model.name
            folder.mkdir(parents=True)
            (folder / "weights.safetensors").touch()
            (folder / "provenance.json").write_text("{}")
    (tmp_path / "report").mkdir()
    (tmp_path / "report/summary.json").touch()
    (tmp_path / "config.json").write_text(json.dumps(short_config(config)))
    watch = [str(BIN / "acgan"), "status", "--watch", "--config", f"{tmp_path}/config.json"]
    shown = Terminal([*watch, "--results", str(tmp_path)], ROOT).end()
    assert HIDDEN in shown and re.search(r"toy  ━+  100%  15 of 15 models trained", words(shown))
    assert words(shown).splitlines()[-1] == f"The report: {tmp_path}/report/index.html"


def test_ctrl_c_gives_the_terminal_back(tmp_path):
    terminal = Terminal([*RUN, *LOGGER], workflow(tmp_path / "run"))
    terminal.read(until="main_32/g000")
    os.write(terminal.outer, b"\x03")
    shown = terminal.end()
    assert terminal.process.returncode == 1
    assert "Terminating processes on user request" in shown
    assert shown.rindex(HIDDEN) < shown.rindex(SHOWN) < shown.index("said by onerror")
    assert "The report" not in shown


def test_who_asks_for_another_output_gets_it(tmp_path):
    asked = (["--verbose"], ["--dry-run"], ["--quiet", "rules"], ["--touch"])
    started = [
        Terminal([*RUN, *LOGGER, *more, "--", "groups.csv"], workflow(tmp_path / str(n)))
        for n, more in enumerate(asked)
    ]
    for terminal in started:
        shown = terminal.end()
        assert HIDDEN not in shown and "Job stats:" in words(shown)


def test_the_projects_profile_asks_for_it(tmp_path):
    command = snakemake_command(tmp_path, "results/toy/groups/main_32.csv")
    shown = Terminal(command, tmp_path).end()
    assert re.search(r"toy  ━+  100%  2 of 2 jobs  in \d+ s\n", words(shown))
    assert (tmp_path / "results/toy/groups/main_32.csv").is_file()


def test_a_job_that_takes_long_says_what_it_is_at(tmp_path, monkeypatch):
    log = tmp_path / "fetch.log"
    log.write_text("a.tar: 12%\ra.tar: 34%\n")
    job = said.Running(
        SimpleNamespace(rule_name="fetch", rule_msg="getting a.tar", log=[log], local=True)
    )
    assert job.line == "getting a.tar"
    monkeypatch.setattr(said, "LONG_SECONDS", 0.0)
    assert job.line == "getting a.tar: a.tar: 34%"
    log.write_text("a.tar: 34%\nerror: the disk is full\n  (of 3 files)\n")
    assert said.last_line(log) == "error: the disk is full"
    assert said.last_line(tmp_path / "none") == ""


def test_of_a_group_the_job_that_wrote_last_is_the_one_that_failed(tmp_path):
    logs = {act: str(tmp_path / f"{act}.log") for act in ("train", "sample", "score")}
    for when, (act, text) in enumerate({"sample": "of an earlier try", "train": "killed"}.items()):
        Path(logs[act]).write_text(text)
        os.utime(logs[act], (when, when))
    jobs = [
        {"jobid": n, "rule_name": act, "log": [log], "rule_msg": None}
        for n, (act, log) in enumerate(logs.items())
    ]
    around = tmp_path / "slurm.log"
    group = SimpleNamespace(job_error_info=jobs, aux_logs=[str(around)])
    told = said.failed_group(group, {}, tmp_path / "printed")
    assert told == f"FAILED rule train: killed (log: {logs['train']}, {around})"


def test_steps_are_weighed_by_what_they_take(tmp_path):
    """Of a model that goes on, those that are left."""
    file = tmp_path / "progress.json"
    file.write_text(json.dumps({"step": 50, "steps": 100, "seconds_per_step": 2.0}))
    begun = work.Model("large", "large/a", 100, 10, file)
    new = work.Model("small", "small/a", 100, 10, tmp_path / "none")
    jobs = {1: work.Job("train_large", 5, [begun]), 2: work.Job("train_small", 5, [new])}
    whole = work.Work(jobs | {3: work.Job("report", 5), 4: work.Job("all", 0)})
    whole.step_seconds = {"large": 3.0, "small": 1.0}
    assert (whole.total, whole.done) == (50 * 3 + 100 + 15, 0)
    begun.look()
    assert begun.step is None  # it was written by an earlier run
    os.utime(file, (time.time() + 9, time.time() + 9))
    file.write_text(json.dumps({"step": 75, "steps": 100, "seconds_per_step": 2.0}))
    begun.look()
    assert (begun.images_per_second, begun.seconds_left) == (5.0, 50.0)
    assert whole.done == 25 * 3 + 5
    jobs[2].is_done = True
    assert whole.done == 25 * 3 + 5 + 100 + 5
    assert whole.seconds_left(185.0) == pytest.approx(80.0)
    assert whole.seconds_left(1.0) is None
