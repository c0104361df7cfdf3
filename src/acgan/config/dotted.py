"""Dotted keys on Snakemake's command line: `snakemake --config training.steps=300`.

Snakemake takes no dot in a key, and says so by a traceback before it reads any file of the
workflow. What it does read earlier is a profile, so profiles/default imports this module.
"""

import re
from functools import reduce
from typing import Any

from snakemake import cli
from snakemake.utils import update_config

from acgan.config.overrides import key_path

DOTTED = re.compile(r"([a-zA-Z_]\w*\.[\w.-]+)=(.*)", re.S)
one_word_keys = cli.parse_config


def parse_config(entries: list[str] | None) -> dict[str, Any]:
    """What Snakemake makes of its `--config`, where a key may be a path as in `training.steps`."""
    config: dict[str, Any] = {}
    for entry in entries or ():
        found = DOTTED.fullmatch(entry)
        if found is None:
            update_config(config, one_word_keys([entry]))
        else:  # the value stays text: overrides.typed reads it
            path = reversed(key_path(found.group(1)))
            nested: Any = reduce(lambda value, part: {part: value}, path, found.group(2))
            update_config(config, nested)
    return config


cli.parse_config = parse_config
