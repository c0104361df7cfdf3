"""The examples for other schedulers, `profiles/pbs` and `profiles/kubernetes`. Neither is here: a
`qsub` and a `kubectl` that run what they are given stand in, so this shows what is submitted and
that the jobs come to their end.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from running import ROOT, snakemake

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("profiles")]
SCORES = "results/toy/scores/grid/g000-s00/ms_ssim.csv"
QSUB = """#!/bin/sh
echo "$@" >> submitted
for script in "$@"; do :; done
sh "$script" > /dev/null 2>&1 &
echo $!
"""
KUBECTL = f"""#!{sys.executable}
import pathlib, subprocess, sys
import yaml

folder = pathlib.Path("kubernetes")
folder.mkdir(exist_ok=True)
if sys.argv[1] == "create":
    assert sys.argv[2:] == ["-o", "name", "-f", "-"]
    text = sys.stdin.read()
    name = f"acgan-{{len(list(folder.glob('*.yaml')))}}"
    (folder / f"{{name}}.yaml").write_text(text)
    container, = yaml.safe_load(text)["spec"]["template"]["spec"]["containers"]
    end = folder.resolve() / f"{{name}}.end"
    script = f'"$@" && echo Complete > "{{end}}" || echo Failed > "{{end}}"'
    subprocess.Popen(["sh", "-c", script, "job", *container["command"]],
                     cwd=container["workingDir"], stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL)
    print(f"job.batch/{{name}}")
else:
    assert sys.argv[1] == "get", sys.argv
    end = folder / f"{{pathlib.Path(sys.argv[2]).name}}.end"
    print(end.read_text() if end.exists() else "", end="")
"""


def run_with(profile: str, program: str, text: str, folder: Path) -> None:
    """One model of the toy grid, trained and scored through a stand-in scheduler."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / program).write_text(text)
    (folder / "bin" / program).chmod(0o755)
    (folder / "profiles").symlink_to(ROOT / "profiles")
    run = snakemake(
        folder,
        SCORES,
        "--profile",
        f"profiles/{profile}",
        "--seconds-between-status-checks",
        "1",
        env=os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert (folder / SCORES).is_file()


@pytest.fixture(scope="module")
def by_qsub(tmp_path_factory) -> Path:
    """The folder in which a model was trained and scored through qsub, data and judge included."""
    folder = tmp_path_factory.mktemp("qsub") / "my own runs"
    run_with("pbs", "qsub", QSUB, folder)
    return folder


def test_a_model_is_trained_and_scored_through_qsub(by_qsub):
    asked = re.findall(r"-V (.*?) /.+/snakejob\.(\w+)\.", (by_qsub / "submitted").read_text())
    assert {rule.split("_")[0]: options for options, rule in asked} == {
        "pack": "-l walltime=3600 -l mem=4000mb -l ncpus=1 -l ngpus=0",
        "judge": "-l walltime=3600 -l mem=4000mb -l ncpus=1 -l ngpus=0",
        "real": "-l walltime=3600 -l mem=8000mb -l ncpus=1 -l ngpus=1",
        # train, sample and score of two models: the sum of their minutes, the most of the rest
        "models": "-l walltime=36000 -l mem=8000mb -l ncpus=2 -l ngpus=1",
    }


def test_a_model_is_trained_and_scored_through_kubectl(by_qsub, tmp_path):
    """With the data and the judge that are there."""
    folder = Path(shutil.copytree(by_qsub, tmp_path / "my own runs", symlinks=True))
    for made in ("bin", "profiles", "results/toy/models", "results/toy/samples"):
        (shutil.rmtree if not (folder / made).is_symlink() else Path.unlink)(folder / made)
    shutil.rmtree(folder / "results/toy/scores/grid")
    run_with("kubernetes", "kubectl", KUBECTL, folder)
    jobs = [yaml.safe_load(p.read_text())["spec"] for p in (folder / "kubernetes").glob("*.yaml")]
    dearest = max(jobs, key=lambda job: job["activeDeadlineSeconds"])
    assert dearest["activeDeadlineSeconds"] == 36000
    (container,) = dearest["template"]["spec"]["containers"]
    assert container["resources"] == {
        "requests": {"cpu": "2", "memory": "8000M"},
        "limits": {"memory": "8000M", "nvidia.com/gpu": "1"},
    }


def test_a_job_that_kubernetes_lost_or_ended_has_failed(tmp_path):
    (tmp_path / "kubectl").write_text("#!/bin/sh\necho $ANSWER\n")
    (tmp_path / "kubectl").chmod(0o755)
    for answer, state in {
        "": "running",
        "SuccessCriteriaMet Complete": "success",
        "FailureTarget Failed": "failed",
        'Error from server (NotFound): jobs.batch "acgan-1" not found': "failed",
        "Unable to connect to the server": "running",
    }.items():
        output = subprocess.run(
            [ROOT / "profiles/kubernetes/status", "job.batch/acgan-1"],
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "ANSWER": answer},
        )
        assert output.stdout == f"{state}\n", answer
