"""What a command line puts over a config: `snakemake --config training.steps=300 title=2024`."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel

from acgan.config.loading import KeyPath, model_at


def typed(overrides: Any, path: KeyPath = ()) -> Any:
    """Values of `snakemake --config a={b: 13}` as YAML means them: Snakemake hands nested ones on
    as text, and takes `title=2024` for a number. A key that holds text gets text.
    """
    if isinstance(overrides, Mapping):
        return {name: typed(value, (*path, name)) for name, value in overrides.items()}
    if isinstance(overrides, list):
        return [typed(value, path) for value in overrides]
    value = overrides
    if isinstance(overrides, str):
        with contextlib.suppress(yaml.YAMLError):
            value = yaml.safe_load(overrides)
    return value if value is None or not holds_text(model_at(path)) else str(overrides)


def holds_text(annotation: Any) -> bool:
    """Whether a key holds text, or a list of it, and no number or truth value."""

    def kinds(annotation: Any) -> Iterator[Any]:
        inner = get_args(annotation)
        if get_origin(annotation) is Annotated:
            inner = inner[:1]
        if not inner or get_origin(annotation) is Literal:
            yield annotation
        else:
            for one in inner:
                yield from kinds(one)

    found = set(kinds(annotation))
    return str in found and not found & {int, float, bool}


def key_path(dotted: str) -> list[str]:
    """The parts of a dotted key; keys of a grid and files of `checksums` have dots of their own."""
    parts = dotted.split(".")
    for end in range(1, len(parts)):
        found = model_at(tuple(parts[:end]))
        if get_origin(found) is dict and not holds_sections(found):
            return [*parts[:end], ".".join(parts[end:])]
    return parts


def holds_sections(mapping: Any) -> bool:
    value = get_args(mapping)[1]
    return isinstance(value, type) and issubclass(value, BaseModel)
