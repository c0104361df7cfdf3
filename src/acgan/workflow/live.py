"""A run of Snakemake on a terminal: one picture instead of some lines for every job.

Snakemake's logger plugin `acgan` (src/snakemake_logger_plugin_acgan) hands over what Snakemake
says. From `begin`, which the Snakefile calls when jobs start, to `end` it is drawn; before and
after, and where nothing is drawn, the lines are Snakemake's own. Its log file and those of jobs
keep everything in either case, and what jobs would write to the terminal goes to a file beside it,
.snakemake/log/<time>.jobs.log.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from acgan.io.words import counted, duration
from acgan.workflow.experiment import Experiment
from acgan.workflow.picture import Training, Whole, left, picture
from acgan.workflow.said import INTERRUPTED, Running, failed_group, failed_job, is_of_use
from acgan.workflow.screen import STDERR, STDOUT, Screen, is_terminal
from acgan.workflow.work import Work, work

SECONDS = 1.0  # between two pictures
WAIT_SECONDS = 5.0  # at most, for what Snakemake has said and nobody has read
# Who asks for one of these gets what Snakemake itself makes of it.
ASKED = ("verbose", "dryrun", "debug_dag", "printshellcmds", "show_failed_logs")
SILENCES = {"all", "progress", "rules"}


def is_wanted(settings: Any) -> bool:
    """Whether a run with these settings of Snakemake's output is drawn: on a terminal, unless the
    command line asks for another output. What jobs write to a stdout of its own is wanted there.
    """
    asked = any(getattr(settings, name, False) for name in ASKED)
    silent = SILENCES & {quiet.name.lower() for quiet in settings.quiet or ()}
    return not (asked or silent) and is_terminal(STDOUT) and is_terminal(STDERR)


class Run:
    """One run as it is drawn. Snakemake's records come in one thread, another draws."""

    def __init__(self, e: Experiment, to_do: Work, screen: Screen, is_local: bool):
        self.experiment, self.work, self.screen = e, to_do, screen
        self.is_local = is_local  # no cluster: what is started is at work
        self.began = time.monotonic()
        self.running: dict[int, Running] = {}
        self.failed: set[int] = set()
        self.is_interrupted = False
        self.finished, self.total = 0, len(to_do.jobs)
        self.lock = threading.RLock()
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.redraw, daemon=True)
        self.thread.start()
        if to_do.models:
            threading.Thread(target=self.count_steps, daemon=True).start()

    def count_steps(self) -> None:
        """Ask what a step of each suite takes; as long as that is not known, all take the same."""
        config = str(Path(self.experiment.resolved).absolute())
        command = ["-P", "-m", "acgan.workflow.cost", config]
        asked = subprocess.run(
            [sys.executable, *command], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if asked.returncode == 0:
            self.work.step_seconds = json.loads(asked.stdout)

    # ---- what Snakemake says

    def take(self, record: Any, text: str) -> None:
        """A record, and the text that Snakemake would write."""
        with self.lock:
            event = getattr(record, "event", None)
            if event == LogEvent.JOB_INFO:
                self.failed.discard(record.jobid)  # another try
                self.running[record.jobid] = Running(record)
            elif event == LogEvent.JOB_FINISHED:
                self.finish(record.job_id)
            elif event == LogEvent.JOB_ERROR:
                self.fail(record)
            elif event == LogEvent.GROUP_ERROR:
                self.say_failed(failed_group(record, self.running, self.screen.stray))
            elif event == LogEvent.PROGRESS:
                self.finished, self.total = record.done, record.total
            elif style := is_of_use(record, text):
                self.is_interrupted |= text.startswith(INTERRUPTED)
                self.screen.say(text, style)

    def finish(self, number: int) -> None:
        self.running.pop(number, None)
        if number in self.work.jobs:
            self.work.jobs[number].is_done = True

    def fail(self, record: Any) -> None:
        """Of the jobs of a group, their group has told."""
        job = self.running.pop(record.jobid, None)
        if not self.is_interrupted:
            self.failed.add(record.jobid)
        if not record.indent:
            self.say_failed(failed_job(vars(record), job, self.screen.stray))

    def say_failed(self, text: str) -> None:
        """At once, but for jobs that were told to stop."""
        if not self.is_interrupted:
            self.screen.say(text, "red")

    # ---- what is drawn

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def whole(self, time_told: str) -> Whole:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        told = f"{self.finished:,} of {counted(self.total, 'job')}{failed}"
        name = self.experiment.config["experiment"]
        return Whole(name, self.work.fraction, told, time_told)

    def training(self) -> list[Training]:
        """The models of the jobs that were started; on a cluster those that have said something,
        since the others may wait in its queue.
        """
        found = []
        for number in self.running:
            for m in self.work.models_of(number):
                m.look()
                if m.is_at_work or (self.is_local and m.step is None):
                    speed = m.images_per_second, m.seconds_left
                    found.append(Training(m.name, m.step, m.steps, *speed))
        return found

    def others(self) -> list[str]:
        """What else is at work here, and how much is submitted."""
        here = {n: job for n, job in self.running.items() if self.is_local or job.is_here}
        told = [job.line for n, job in here.items() if not self.work.models_of(n)]
        submitted = len(self.running) - len(here)
        return [*told, *([f"{counted(submitted, 'job')} submitted"] if submitted else [])]

    def draw(self) -> None:
        with self.lock:
            if self.screen.is_up:
                models = self.training()
                whole = self.whole(left(self.work.seconds_left(self.elapsed)))
                self.screen.draw(picture(whole, models, self.others(), self.screen.height))

    def redraw(self) -> None:
        """Draw until the end. Where that fails, as on a terminal that has gone, the run goes on and
        Snakemake's lines come back.
        """
        try:
            self.draw()
            while not self.is_over.wait(SECONDS):
                self.draw()
        except Exception:
            with self.lock:
                self.screen.close()

    @property
    def report(self) -> Path | None:
        """The page, if this run made it."""
        made = any(job.rule == "report" and job.is_done for job in self.work.jobs.values())
        page = Path(self.experiment.results, "report/index.html")
        return page.absolute() if made else None

    def end(self) -> None:
        """Draw the end and give the terminal back."""
        self.is_over.set()
        self.thread.join()
        if not self.screen.is_up:
            return
        try:
            whole = self.whole(f"in {duration(round(self.elapsed))}")
            self.screen.draw(picture(whole, [], [], self.screen.height))
        finally:
            self.screen.close()


def handler(workflow: Any) -> Any:
    """The plugin's handler, if there is one and it draws."""
    found = workflow.logger_manager.get_log_handlers()
    return next((h for h in found if getattr(h, "draws_runs", False)), None)


def wait_for_reader(workflow: Any) -> None:
    """Wait until all that Snakemake has said is read, which another thread does."""
    queue = workflow.logger_manager.queue_listener.queue
    give_up = time.monotonic() + WAIT_SECONDS
    while queue.unfinished_tasks and time.monotonic() < give_up:
        time.sleep(0.02)


def begin(workflow: Any, e: Experiment) -> None:
    """Draw from now on, where a run is drawn. In a Snakefile's onstart."""
    plugin = handler(workflow)
    if plugin is None or workflow.touch:
        return
    wait_for_reader(workflow)
    planned = [(j.jobid, j.rule.name, j.wildcards_dict) for j in workflow.dag.needrun_jobs()]
    logs = [Path(log) for log in workflow.logger_manager.get_logfile()]
    name = logs[0].name.removesuffix(".snakemake.log") if logs else ""
    stray = logs[0].with_name(f"{name}.jobs.log") if logs else Path(os.devnull)
    try:
        screen = Screen(stray, plugin.common_settings.nocolor)
    except OSError:  # the file cannot be written: lines will do
        return
    plugin.run = Run(e, work(e, planned), screen, workflow.local_exec)


def end(workflow: Any) -> None:
    """Draw the end. In onsuccess and onerror: what is written from there on stands below."""
    if plugin := handler(workflow):
        wait_for_reader(workflow)
        plugin.end()
