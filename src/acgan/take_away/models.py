"""Which models of an experiment draw the classes that somebody asks for."""

import re
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from acgan.config.reading import read_config
from acgan.io.errors import UserError
from acgan.io.files import read_json
from acgan.systems import load as system
from acgan.take_away.generator import Generator, about_model, models_in, of_results
from acgan.take_away.weights_file import class_of


def of_suite(
    results: Path,
    suite: str | None,
    models: Sequence[str] | None,
    classes: Sequence[str] | None,
    device: str,
) -> list[tuple[Generator, list[int]]]:
    """[(generator, labels)] of a suite of results/<experiment>: those models that are named, or of
    each class the first that draws it (of several restarts the first). Raises UserError where there
    is none.
    """
    suite, ids = known_models(results, suite)
    if models:
        if strange := [m for m in models if m not in ids]:
            raise UserError(
                f"{results} has no trained model {suite}/{strange[0]}; it has {', '.join(ids[:12])}"
            )
        ids = list(models)
    lost = {m for m in ids if diverged(results / "models" / suite / m)}
    if models and lost:
        print(
            f"{', '.join(sorted(lost))} diverged: drawn as at the last good checkpoint",
            file=sys.stderr,
        )
    elif not [m for m in ids if m not in lost]:
        raise UserError(f"all models of {suite} diverged; --model draws one all the same")
    else:
        ids = [m for m in ids if m not in lost]
    about = {m: about_model(results / "models" / suite / m) for m in ids}
    if system(next(iter(about.values())).spec["objective"]["system"]).given != "class":
        if classes:
            raise UserError(
                f"the generators of {suite} are given no class, so that none can be asked for; "
                f"leave out --class"
            )
        chosen = [(m, None) for m in ids[: None if models else 1]]
        found = [of_results(results, f"{suite}/{m}", device) for m, _ in chosen]
        return [(source, list(range(len(source.rows)))) for source in found]
    if not models:  # of several restarts the first that did not diverge
        families = {re.sub(r"-r\d+$", "", m): m for m in reversed(ids)}
        ids = [m for m in ids if m in families.values()]
    owners: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for model in ids:
        for label, row in enumerate(about[model].classes):
            owners.setdefault(row, []).append((model, label))
    wanted = list(owners)
    if classes:
        of = f"{results} {suite}" + (f", model {', '.join(models)}," if models else "")
        places = [class_of(c, list(owners), of) for c in classes]
        wanted = [list(owners)[i] for i in dict.fromkeys(places)]
    labels: dict[str, list[int]] = {}
    for row in wanted:
        for model, label in owners[row] if models else owners[row][:1]:
            labels.setdefault(model, []).append(label)
    return [(of_results(results, f"{suite}/{m}", device), own) for m, own in labels.items()]


def diverged(folder: Path) -> bool:
    """Whether a model's training ended so: no picture stands for it."""
    return "diverged" in read_json(folder / "provenance.json")


def known_models(results: Path, suite: str | None) -> tuple[str, list[str]]:
    """A suite, the first unless one is named, and its trained models."""
    if not (results / "config.json").is_file():
        cure = "; unpack it" if zipfile.is_zipfile(results) else ""
        raise UserError(f"{results} is no results folder: it has no config.json{cure}")
    every: dict[str, list[str]] = {}
    for name in models_in(results):
        of, _, model = name.partition("/")
        every.setdefault(of, []).append(model)
    order = [s for s in read_config(results / "config.json")["suites"] if s in every]
    suite = suite or next(iter(order or every))
    if suite not in every:
        raise UserError(f"{results} has no trained models of {suite}; it has {', '.join(order)}")
    return suite, every[suite]
