"""AC-GAN (Odena, Olah, Shlens, arXiv 1610.09585 v4), reproduced: nets, training, metrics, tables,
figures, report.

One arrow of the pipeline is one module here, one subcommand of `acgan` and one rule in
`workflow/rules/`:

    config -> data -> groups of classes -> models -> samples -> scores -> tables -> figures ->
    report

The package imports neither Snakemake nor DVC; nets, training and metrics need only torch, numpy and
safetensors.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acgan.take_away.generator import Generator

__version__ = "0.1.0"


def load(
    where: str | Path,
    model: str | None = None,
    spec: str | Path | None = None,
    device: str = "auto",
) -> Generator:
    """A trained generator, with `.sample(classes, seeds)`: of results/<experiment> and a model
    suite/id, or of a weights file (take_away/generator.py).
    """
    from acgan.take_away.generator import load

    return load(where, model, spec, device)
