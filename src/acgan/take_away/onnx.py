"""A trained generator for other runtimes: `acgan export results/demo --model main_32/g000 --onnx
g000.onnx`.

Its inputs are `latents` float32 (N, latent), `classes` int64 (N,) where G is given any, and `codes`
float32 (N, codes) where it has continuous ones; its output is `images` float32 (N, 3, side, side)
in [-1, 1]. Classes are listed in the file's metadata, as in the weights.
"""

import contextlib
import io
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from acgan.config.spec import described
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.nets.weights import ABOUT
from acgan.systems import system_of
from acgan.systems.build import Drawn, draw_codes, generated
from acgan.take_away.generator import BLOCK, Generator

TOLERANCE = 1e-4  # of a value in [-1, 1], between torch and the other runtime
MISSING = "this needs the packages of the extra `onnx`: pip install 'acgan-repro[onnx]'"


class Whole(nn.Module):
    """G with all that it is given as inputs of its own."""

    def __init__(self, source: Generator):
        super().__init__()
        self.net, self.spec = source.net, source.spec

    def forward(self, latents: Tensor, *given: Tensor) -> Tensor:
        rest = list(given)
        none = torch.zeros(1, dtype=torch.int64).expand(latents.shape[0])
        labels = rest.pop(0) if system_of(self.spec).given != "nothing" else none
        return generated(self.spec, self.net, latents, Drawn(labels, rest[0] if rest else None))


def inputs(source: Generator, count: int) -> dict[str, Tensor]:
    """Some inputs by name: the first seeds, the labels in turn."""
    parts = [source.latent(seed) for seed in range(count)]
    found = {"latents": torch.cat([z for z, _ in parts])}
    if source.given != "nothing":
        found["classes"] = torch.arange(count) % len(source.rows)
    if draw_codes(source.spec, 1, torch.Generator()) is not None:
        found["codes"] = torch.cat([c for _, c in parts if c is not None])
    return found


def export(source: Generator, out: Path) -> str:
    """Write the file after another runtime gave the same pictures; says how near. Raises UserError
    where the packages are missing, the file is there, or the pictures differ.
    """
    try:
        import onnx  # noqa: F401  (which torch's exporter asks for, as for the last)
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise UserError(f"{MISSING} ({error.name} is missing)") from error
    if out.exists():
        raise UserError(f"{out} is there, and nothing is overwritten; name another file")
    if source.uses_batch:
        raise UserError(f"{source.name} draws with the statistics of each batch, which no file has")
    whole, shown = Whole(source).eval(), inputs(source, 3)
    batch = torch.export.Dim("N")
    shapes = [{0: batch} for _ in shown]
    # torch's exporter tells its steps, and warns of its own code
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), quiet():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            whole,
            tuple(shown.values()),
            input_names=list(shown),
            output_names=["images"],
            dynamic_shapes=(shapes[0], tuple(shapes[1:])),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model: Any = program.model_proto
    entry = model.metadata_props.add()
    entry.key, entry.value = ABOUT, described(source.spec, source.about.classes)
    text = model.SerializeToString(deterministic=True)
    session = onnxruntime.InferenceSession(text, providers=["CPUExecutionProvider"])
    worst = max(difference(session, whole, inputs(source, n)) for n in (1, BLOCK))
    if worst > TOLERANCE:
        raise UserError(
            f"{source.name}: onnxruntime and torch differ by {worst:.1g}, more than {TOLERANCE:g}; "
            f"nothing was written"
        )
    with replacing(out) as temporary:
        temporary.write_bytes(text)
    given = json.dumps({name: [str(t.dtype), *t.shape[1:]] for name, t in shown.items()})
    return f"wrote {out}: inputs {given}; onnxruntime and torch differ by {worst:.1g} at most"


def difference(session: Any, whole: nn.Module, given: dict[str, Tensor]) -> float:
    """The largest difference of a value between the two."""
    (theirs,) = session.run(None, {name: t.numpy() for name, t in given.items()})
    with torch.no_grad():
        return float((torch.from_numpy(theirs) - whole(*given.values())).abs().max())


@contextlib.contextmanager
def quiet() -> Any:
    """Without what torch.onnx logs."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
