"""The toy experiment through `snakemake --profile slurm` on a throw-away SLURM (tests/slurm/up.sh):
`make test-cluster`. All that goes wrong on a cluster goes wrong here, and models, samples and
scores are those of a calm run on one machine, byte for byte.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml
from running import BIN, PRICE, ROOT, TOY, end_all_in, processes_of, snakemake, snakemake_command

from acgan.config import loading
from acgan.io.frames import read_frame
from acgan.workflow.experiment import Experiment
from acgan.workflow.plan import submissions

pytestmark = pytest.mark.cluster
SLURM = ROOT / "tests/slurm"
HOME = Path(os.environ.get("SLURM_TEST_HOME", "/tmp/slurm-test"))
# Of training alone, in jobs whose time limit is a minute; beside others it takes longer.
LONG_SECONDS = 50
# What must be the same byte for byte, wherever it was made.
MADE = (
    "scores/**/*.csv",
    "samples/**/*.npy",
    "judges/**/*.*",
    "models/*/*/tr*.csv",
    "groups/*.csv",
)


def run(*command, **options) -> str:
    return subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=True, **options
    ).stdout


@pytest.fixture(scope="module")
def cluster():
    """Two nodes of two stand-in GPUs each."""
    if os.geteuid() != 0:
        pytest.skip("starting a SLURM needs root")
    claims = {"SLURM_TEST_MEM_MB": "64000", "SLURM_TEST_CPUS": "8"}  # nothing is reserved
    variables = {**os.environ, **claims, "SLURM_TEST_HOME": str(HOME)}
    run("bash", SLURM / "down.sh", env=variables)
    try:
        run("bash", SLURM / "up.sh", "-n", 2, "-g", 2, env=variables)
        yield
    finally:
        run("bash", SLURM / "down.sh", env=variables)


@pytest.fixture
def work(cluster, tmp_path):
    """A folder; what is at work in it at the end of the test ends, however the test ended."""
    yield tmp_path
    subprocess.run(["scancel", "--user=root"], check=False)
    end_all_in(tmp_path)


def profile(folder: Path, **resources) -> Path:
    """The shipped profile, with some resources changed and polls that suit short jobs."""
    shipped = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    del shipped["configfile"]
    shipped["retries"] = 1
    shipped["slurm-init-seconds-before-status-checks"] = 3
    shipped["set-resources"] |= {"train_main_16": {"runtime": 1}, **resources}
    folder.mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(shipped))
    return folder


class Run:
    """A `snakemake --profile slurm` at work."""

    def __init__(self, folder: Path, configs: list[Path], chosen: Path, target: str = "scores"):
        self.out = (folder / "snakemake.out").open("w+")
        command = snakemake_command(folder, target, "--profile", str(chosen), configs=configs)
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=self.out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # a shell's background jobs, and what they start, would not hear Ctrl-C
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def output(self) -> str:
        self.out.seek(0)
        return self.out.read()

    def until(self, what: str, condition, seconds: float = 900):
        """What `condition` gives, once it gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            assert self.process.poll() is None, f"it ended before {what}:\n{self.output()[-4000:]}"
            time.sleep(0.3)
        raise AssertionError(f"no {what} in {seconds} s:\n{self.output()[-4000:]}")

    def ended(self, seconds: float) -> int:
        return self.process.wait(timeout=seconds)


def queue(*states: str) -> dict[int, str]:
    """{job: its node} of the jobs in SLURM's queue."""
    lines = run("squeue", "-h", "-o", "%A %N", *(["-t", ",".join(states)] if states else []))
    return {int(job): rest[0] if rest else "" for job, *rest in map(str.split, lines.splitlines())}


def records() -> dict[int, dict[str, str]]:
    """{job: its fields} of all jobs that SLURM remembers."""
    found = {}
    for line in run("scontrol", "-o", "show", "job").splitlines():
        fields = dict(re.findall(r"(\w+)=(\S*)", line))
        found[int(fields["JobId"])] = fields
    return found


def restarts(job: int) -> int:
    return int(records()[job]["Restarts"])


def started_again(job: int) -> str | None:
    """The node of a job that runs, but not for the first time."""
    return queue("RUNNING").get(job) if restarts(job) else None


def job_of(words: str) -> int | None:
    """The running SLURM job that has a process with these words in its command."""
    for process in psutil.process_iter(["cmdline", "environ"]):
        line = " ".join(process.info["cmdline"] or [])
        job = (process.info["environ"] or {}).get("SLURM_JOB_ID")
        if job and words in line:
            return int(job)
    return None


def ended(folder: Path, seconds: float = 120) -> bool:
    """Whether all that works in a folder ends by itself."""
    end = time.monotonic() + seconds
    while left := processes_of(folder):
        assert time.monotonic() < end, [p.as_dict(["pid", "ppid", "cmdline"]) for p in left]
        time.sleep(0.3)
    return True


def apart(job: int) -> tuple[int, str] | None:
    """A job that trains models on another node than that of `job`, and its node."""
    where = queue("RUNNING")  # SLURM may put all of main_32 beside `job`: grid is then elsewhere
    large = ("train --model main_32/g000", "train --model main_32/g001")
    for words in (*large, "train-together --suite grid"):
        other = job_of(f"acgan {words}")
        if job in where and other in where and where[other] != where[job]:
            return other, where[other]
    return None


def lose_node(node: str) -> None:
    """Everything that runs on a node dies at once, its slurmd too."""
    jobs = [job for job, where in queue("RUNNING").items() if where == node]
    pid = next(
        line.split()[0]
        for line in (HOME / "pids").read_text().splitlines()
        if line.endswith(f"slurmd-{node}")
    )
    victims = [psutil.Process(int(pid))]
    for process in psutil.process_iter(["cmdline", "environ"]):
        line, variables = " ".join(process.info["cmdline"] or []), process.info["environ"] or {}
        if variables.get("SLURMD_NODENAME") == node:
            victims.append(process)
        elif any(f"slurmstepd: [{job}." in line for job in jobs):
            victims.insert(0, process)
    for process in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def long_config(folder: Path) -> Path:
    """The `long` models get as many steps as take LONG_SECONDS here."""
    folder.mkdir()
    configs = [*TOY, SLURM / "cluster.yaml"]
    first = snakemake(folder, "results/cluster/models/main_16/g000/timing.csv", configs=configs)
    assert first.returncode == 0, first.stdout[-3000:]
    timing = read_frame(folder / "results/cluster/models/main_16/g000/timing.csv").iloc[0]
    steps = int(timing["steps"] / timing["seconds"] * LONG_SECONDS)
    long = folder / "long.yaml"
    long.write_text(f"suites: {{main_16: {{training: {{steps: {steps}, log_every: 20}}}}}}\n")
    return long


def test_the_scores_of_a_cluster_where_everything_goes_wrong(work):
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:4.0f} s  {text}", flush=True)

    # ---- the reference: a calm run on one machine
    local, folder = work / "local", work / PRICE
    configs = [*TOY, SLURM / "cluster.yaml", long_config(local)]
    command = snakemake_command(local, "scores", configs=configs)
    with (local / "snakemake.out").open("w") as out:
        calm = subprocess.Popen(command, cwd=local, stdout=out, stderr=subprocess.STDOUT)
    say("the calm run began")

    # ---- Ctrl-C: jobs are cancelled and end with all that they started, the lock is released
    folder.mkdir()
    at = Run(folder, configs, profile(work / "profile"))
    at.until("a running job", lambda: job_of("acgan pack"))
    os.killpg(at.process.pid, signal.SIGINT)
    assert at.ended(120) != 0
    assert not queue("RUNNING", "PENDING")
    assert not list((folder / ".snakemake/locks").glob("*"))
    assert ended(folder)
    say("Ctrl-C ended it and its jobs")

    # ---- kill -9: the jobs live on; scancel, unlock, repeat the command
    at = Run(folder, configs, profile(work / "profile"))
    at.until("a running job", lambda: job_of("acgan judge"))
    at.process.kill()
    at.ended(10)
    assert queue("RUNNING", "PENDING")
    run("scancel", *queue())
    unlock = [sys.executable, ROOT / "workflow/scripts/unlock.py"]
    unlock += snakemake_command(folder, configs=configs)[1:]
    assert "unlocking" in run(*unlock, cwd=folder)  # whatever a cancelled job still does
    assert ended(folder)
    say("kill -9 of Snakemake: its jobs were cancelled, the folder is free again")

    # ---- a failing job, one that takes too much memory, a lost node, a job over its time limit,
    # a preempted one
    state = folder / "results/cluster/models/sweep/n002/state"
    state.mkdir(parents=True, exist_ok=True)
    (state / "checkpoint.pt").write_bytes(b"damaged")
    little = {
        "score_real": {"mem_mb": "100 * min(attempt, 2) if wildcards.suite == 'sweep' else 8000"}
    }
    first_job = max(records(), default=0) + 1
    at = Run(folder, configs, profile(work / "little", **little))
    long_job = at.until("the long job", lambda: job_of("acgan train-together --suite main_16"))
    lost, node = at.until("a job on the other node", lambda: apart(long_job))
    lose_node(node)
    say(f"{node} died under job {lost}")
    at.until("the loss of the node", lambda: queue("RUNNING", "PENDING").get(lost) != node)
    start = ["setsid", "slurmd", "-D", "-N", node, "-f", "/etc/slurm/slurm.conf"]
    with open(HOME / f"log/slurmd-{node}.again", "w") as log:
        again = subprocess.Popen(start, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    with (HOME / "pids").open("a") as pids:
        pids.write(f"{again.pid} slurmd-{node}\n")
    other = at.until("a second start of the long job", lambda: started_again(long_job))
    before = restarts(long_job)
    say(f"job {long_job} left before its time limit and was queued again")
    urgent = ["-p", "urgent", "-w", other, "--gpus=2", "--exclusive", "-o", "/dev/null"]
    urgent_job = int(run("sbatch", "--parsable", *urgent, "--wrap", "sleep 1"))
    at.until("a preempted job", lambda: restarts(long_job) > before)
    say(f"an urgent job took {other} from it")
    assert at.ended(1800) != 0
    told, jobs = at.output(), {n: r for n, r in records().items() if n >= first_job}
    say("it ended, with the failures that it must have")
    failed = {line for line in told.splitlines() if line.startswith("FAILED")}
    assert any("train_sweep" in f and "checkpoint.pt is damaged" in f for f in failed), told[-4000:]
    assert any("score_real" in f and "memory limit" in f for f in failed), told[-4000:]
    assert len(failed) == 2, failed
    assert restarts(lost) >= 1
    memory = [r["MinMemoryNode"] for r in jobs.values() if "score_real" in r.get("Comment", "")]
    assert {m: memory.count(m) for m in memory} == {"100M": 1, "200M": 1, "8000M": 2}, memory

    # ---- fixed, the same command goes on to the end
    (state / "checkpoint.pt").unlink()
    at = Run(folder, configs, profile(work / "profile"))
    assert at.ended(1800) == 0, at.output()[-4000:]
    say("fixed and repeated, it came to its end")
    assert calm.wait(timeout=1800) == 0, (local / "snakemake.out").read_text()[-3000:]
    say("the calm run is done")
    done = [
        j
        for j, r in records().items()
        if r["JobState"] == "COMPLETED" and j >= first_job and j != urgent_job
    ]
    planned = submissions(Experiment(loading.load(configs))) - 2  # both were packed before
    assert len(done) == planned, (len(done), planned)  # each ended well once
    say(f"SLURM completed {len(done)} jobs, as planned")
    made = [f.relative_to(local) for part in MADE for f in local.glob(f"results/cluster/{part}")]
    assert len(made) > 60
    for name in made:
        assert (folder / name).read_bytes() == (local / name).read_bytes(), name
    again = snakemake(folder, "scores", "-n", configs=configs)
    assert "Nothing to be done" in again.stdout
    status = run(
        BIN / "acgan", "status", "--config", folder / "results/cluster/config.json", cwd=folder
    )
    assert status.count("done") and "FAILED" not in status


def test_speed_is_measured_on_a_node_and_the_profile_written_by_it(work):
    toy, only = loading.load(TOY), work / "only.yaml"
    gone = dict.fromkeys([s for s in toy["suites"] if s != "main_16"])
    roles = dict.fromkeys(role for role, suite in toy["roles"].items() if suite)
    only.write_text(yaml.safe_dump({"suites": gone, "roles": {**roles, "large": "main_16"}}))
    configs = [*TOY, only]
    chosen = profile(work / "profile")
    assert Run(work, configs, chosen, "speed").ended(300) == 0
    (measured,) = (work / "speed").glob("*.json")
    assert "acgan, 16x16" in measured.read_text()
    assert "taken: " in (work / "results/toy/logs/speed.log").read_text()
    resolved = work / "results/toy/config.json"
    command = [BIN / "acgan", "plan", "--config", resolved, "--write-profile", chosen]
    assert "written to" in run(*command, cwd=work)
    written = yaml.safe_load((chosen / "config.yaml").read_text())["set-resources"]
    assert re.fullmatch(r"\d+ \* min\(attempt, 2\)", written["train"]["runtime"])
