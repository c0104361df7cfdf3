"""Write what is generated from the config model: `acgan config docs`. A test fails when the
files are stale.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from acgan.config import spec
from acgan.config.schema import (
    Dataset,
    Experiment,
    Judge,
    Nets,
    Objective,
    Report,
    Runtime,
    Scores,
    Suite,
    Training,
)
from acgan.io.files import write_text

REFERENCE = "config/README.md"
SCHEMA = "workflow/schemas/config.schema.json"
OPEN_POINTS = "docs/open_points.md"
DEFAULTS = "src/acgan/config/defaults.json"

LISTS = {"int": "whole numbers", "float": "numbers", "str": "texts"}

HEAD = """# Config

One experiment is one YAML file here and one folder of the same name in `results/`. Check a file
with `acgan config check config/demo.yaml`; run it with `snakemake --configfile config/demo.yaml`;
change keys for one run with `snakemake --config seed=1 training.steps=300`. An unknown or wrong key
is refused with its file and line.

What a file leaves out has the value below, which is the paper's where the paper gives one. A suite
may override any key of `nets`, `objective` and `training` for its own models.

Several files lie over one another, the later ones on top, key by key: `snakemake --configfile
config/cifar10.yaml mine.yaml`. `judges: {inception_v3_tf2015: null}` takes a judge out that a file
below has; so for data sets and suites, and for a key of one: `{epochs: null}` is as if no file had
named it.

This page is generated from `src/acgan/config/schema.py` by `acgan config docs`; so are
`workflow/schemas/config.schema.json` (point your editor's YAML support at it) and
`docs/open_points.md`.
"""

TAIL = """
## Where jobs run

No key of an experiment says where or with how much memory: that is the profile's,
`profiles/slurm/config.yaml`, whose first block is yours to edit.

| key | meaning |
|---|---|
| `default-resources`: `slurm_partition`, `slurm_account`, `constraint` | of every job, for sbatch |
| `default-resources`: `mem_mb`, `runtime` | MB and minutes of a job not in `set-resources` |
| `set-resources`: `train`, `sample`, `pack_imagenet`, ... | the same for one act, and its GPUs |
| `jobs` | submissions in the queue at a time |

What `set-resources` says of `train_cifar10` holds for that suite alone, on top of what it says of
`train`. `gpu` is a number; for GPUs of one type write `gres: "gpu:a100:1"` instead. Numbers may be
Python with `attempt`, which is 1 and grows with each failure: `8000 * min(attempt, 2)` doubles
once.

One model's train, sample and score are one submission, with the sum of their minutes and the most
of their memory and GPUs. CPUs are `training.threads` times `models_per_job`. Training leaves before
its own minutes are over and has its job queued again, so a short `runtime` costs little.
"""

OPEN_HEAD = """# Open points of the paper

What the paper does not say, each as one config key with our default and the reason for it. Change a
key to try another reading; the report lists every key that differs from these defaults. Generated
by `acgan config docs`.

| key | default | allowed | why this default |
|---|---|---|---|
"""


def sections(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """(dotted path, model) of a model and all models below it, each once, in reading order."""
    yield path, model
    for name, field in model.model_fields.items():
        for inner in models_in(field.annotation):
            if model is Suite and inner in (Nets, Objective, Training):
                continue  # the same keys as the experiment's own
            many = "dict" in str(field.annotation).split("[")[0].lower()
            yield from sections(inner, f"{path}.{name}".lstrip(".") + (".<name>" if many else ""))


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in models_in(inner)]


def allowed(field: FieldInfo) -> str:
    """The type of a key and its limits, in words."""
    values = get_args(field.annotation)
    if values and all(isinstance(v, str) for v in values):
        return ", ".join(f"`{v}`" for v in values)
    limits = []
    for limit in field.metadata:
        for name, sign in (("ge", ">="), ("gt", ">"), ("le", "<="), ("lt", "<")):
            if hasattr(limit, name):
                limits.append(f"{sign} {getattr(limit, name)}")
    return " ".join([type_name(field.annotation), *limits])


def type_name(annotation: Any) -> str:
    if get_origin(annotation) in (UnionType, Union) and models_in(annotation):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        named = ["list" if get_origin(a) is list else type_name(a) for a in inner]
        return ", ".join(named) + (", or nothing" if len(inner) < len(get_args(annotation)) else "")
    if get_origin(annotation) is Annotated and isinstance(get_args(annotation)[0], type):
        annotation = get_args(annotation)[0]
    text = getattr(annotation, "__name__", None) if not get_args(annotation) else str(annotation)
    words = {"int": "whole number", "float": "number", "bool": "true or false", "str": "text"}
    if models_in(annotation):
        return "mapping" if len(get_args(annotation)) != 2 else "mapping by name"
    text = str(text).replace("typing.", "")
    if "md5:" in text:
        return "mapping of `md5:...` or `sha256:...`"
    if "[0-9a-f]{64}" in text:
        return "64 hexadecimal digits, or nothing"
    if "StringConstraints" in text:
        return "name" if "None" not in text else "name, or nothing"
    if text.startswith("dict"):
        return "mapping of lists"
    if text.startswith("list"):
        element = next(w for t, w in LISTS.items() if text.startswith(f"list[{t}"))
        also = (", or text" if "| str" in text else "") + (", or nothing" if "None" in text else "")
        return f"list of {element}{also}"
    if text.endswith(" | None") and text.removesuffix(" | None") in words:
        return f"{words[text.removesuffix(' | None')]}, or nothing"
    return words.get(text, "whole number, or a list of them" if "list" in text else text)


def default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required():
        return "**required**"
    if isinstance(value, BaseModel):
        return "see below" if not value.model_fields_set else f"`{value.model_dump()}`"
    return f"`{json.dumps(value)}`" if value is not None else "none"


def reference() -> str:
    """config/README.md."""
    parts = [HEAD]
    for path, model in sections(Experiment):
        parts.append(f"\n## {f'`{path}`' if path else 'Top level'}\n\n{model.__doc__}\n\n")
        parts.append("| key | allowed | default | meaning |\n|---|---|---|---|\n")
        for name, field in model.model_fields.items():
            cells = (f"`{name}`", allowed(field), default(field), field.description or "")
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join([*parts, TAIL])


def open_points() -> str:
    """docs/open_points.md."""
    rows = [OPEN_HEAD]
    for path, model in sections(Experiment):
        for name, field in model.model_fields.items():
            extra = field.json_schema_extra
            if isinstance(extra, dict) and "open_point" in extra:
                cells = (
                    f"`{path}.{name}`",
                    default(field),
                    allowed(field),
                    str(extra["open_point"]),
                )
                rows.append("| " + " | ".join(cells) + " |\n")
    return "".join(rows)


def generated() -> dict[str, str]:
    """{path: content} of every generated file."""
    schema = json.dumps(Experiment.model_json_schema(), indent=1) + "\n"
    return {REFERENCE: reference(), SCHEMA: schema, OPEN_POINTS: open_points(), DEFAULTS: grown()}


def grown() -> str:
    """defaults.json with the keys that are new; no value that is in it changes (spec.py)."""
    sections: dict[str, type[BaseModel]] = {
        "experiment": Experiment,
        "dataset": Dataset,
        "judge": Judge,
        "suite": Suite,
        "nets": Nets,
        "objective": Objective,
        "training": Training,
        "scores": Scores,
        "report": Report,
        "runtime": Runtime,
    }
    known = {
        name: with_new_keys(spec.defaults().get(name, {}), defaults_of(model))
        for name, model in sections.items()
    }
    return json.dumps({str(spec.SET): known}, indent=1) + "\n"


def defaults_of(model: type[BaseModel]) -> dict[str, Any]:
    """{key: default} of a section and those in it; a required key has none. Sections that
    have defaults of their own are left out.
    """
    found = {}
    for name, field in model.model_fields.items():
        apart = spec.WHOLE if model is Experiment else spec.SECTIONS if model is Suite else ()
        if field.is_required() or name in apart:
            continue
        inner = models_in(field.annotation)
        value = field.default
        if isinstance(value, BaseModel):
            value = {**defaults_of(inner[0]), **value.model_dump(mode="json")}
        found[name] = value
    return found


def with_new_keys(known: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    found = dict(known)
    for key, value in now.items():
        old = known.get(key)
        if key not in known:
            found[key] = value
        elif isinstance(old, dict) and old and isinstance(value, dict):
            found[key] = with_new_keys(old, value)
    return found


def write(root: Path) -> None:
    for path, content in generated().items():
        write_text(root / path, content)
        print(f"wrote {path}")
