"""torchvision imports beside whatever torch is installed, a CPU-only one included."""

import subprocess
import sys


def test_torchvision_imports_and_its_python_parts_work():
    script = (
        "from acgan.io.vision import import_torchvision; tv = import_torchvision(); import torch;"
        "from torchvision.transforms.v2 import functional as F;"
        "print(tuple(F.resize(torch.zeros(3, 32, 32), [16, 16]).shape), import_torchvision() is tv)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "(3, 16, 16) True", run.stderr


def test_training_and_metrics_need_neither_pandas_nor_snakemake():
    """A GPU host has torch, numpy and safetensors; nets, engine and metrics must import with no
    more.
    """
    script = (
        "import sys; missing = ('pandas', 'pydantic', 'yaml', 'snakemake', 'dvc', 'matplotlib', "
        "'PIL', 'scipy');"
        "sys.modules.update(dict.fromkeys(missing));"  # None there makes an import fail
        "import acgan.cli, acgan.training.loop, acgan.samples.draw, acgan.scores.write, "
        "acgan.judges.kinds.digits_cnn, acgan.groups.grouping, acgan.config.resolve;print('ok')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "ok", run.stderr
