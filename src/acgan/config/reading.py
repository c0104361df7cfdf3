"""Read a config without the library that checks one: a GPU host needs none to train."""

from pathlib import Path
from typing import Any

from acgan.config.resolve import Config, models, spec
from acgan.config.spec import whole_config
from acgan.io.errors import UserError
from acgan.io.files import read_json


def read_config(path: Path) -> Config:
    """A resolved config.json with every key; a YAML experiment is checked and resolved.

    Raises UserError for a file that cannot be read and for a config that is wrong.
    """
    if path.suffix == ".json":
        return whole_config(read_json(path))
    from acgan.config import loading

    return loading.load([path])


def read_spec(path: Path, name: str) -> tuple[Config, dict[str, Any]]:
    """A config and in it the spec of the model suite/id. Raises UserError where it has none."""
    config = read_config(path)
    suite, _, model = name.partition("/")
    try:
        return config, spec(config, suite, model)
    except KeyError:
        known = [f"{s}/{m.id}" for s in config["suites"] for m in models(config, s)]
        more = " ..." if len(known) > 12 else ""
        raise UserError(
            f"{path} has no model {name}; it has {', '.join(known[:12])}{more}"
        ) from None
