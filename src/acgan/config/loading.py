"""Read and check a config. A wrong key is refused with file, line, full name, the nearest known
key and what is allowed.
"""

import difflib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from acgan.config import checks, resolve
from acgan.config.schema import Experiment
from acgan.declarations.roles import OLD_WORDS, with_roles
from acgan.io.errors import UserError

KeyPath = tuple[str | int, ...]


class Places(NamedTuple):
    """Where keys may have come from."""

    files: Sequence[Path]
    overrides: Mapping[str, Any]  # of the command line


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML (or JSON) file. Raises UserError with the line of a syntax error."""
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read the config {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else f"{path}"
        raise UserError(f"{where}: not valid YAML: {getattr(error, 'problem', error)}") from error
    if not isinstance(value, dict):
        raise UserError(
            f"{path}: a config is a mapping of keys, this file holds {type(value).__name__}"
        )
    return value


def load(files: Sequence[Path]) -> dict[str, Any]:
    """Check files, later ones over earlier ones, and return the resolved config (see `check`)."""
    merged: dict[str, Any] = {}
    for path in files:
        content = read_yaml(path)
        if said := old_words(content):
            print(f"{path}: {said}", file=sys.stderr)
        merged = merge(merged, with_roles(content))
    return check(merged, files)


def base_of(file: Path) -> Path | None:
    """The config file that another is put over, which its key `base` names."""
    named = read_yaml(file).get("base")
    return None if named is None else file.parent / str(named)


def with_base(
    config: Mapping[str, Any], files: Sequence[Path]
) -> tuple[dict[str, Any], Sequence[Path]]:
    """A merged config over the one that its key `base` names, a file beside the one that has the
    key; and the files, that one first.
    """
    if config.get("base") is None:
        return dict(config), files
    bases = list(dict.fromkeys(b for b in map(base_of, files) if b))
    if len(bases) != 1:
        named = " and ".join(map(str, bases)) or config["base"]
        raise UserError(f"base: one config file of those given names one base, not {named}")
    (base,) = bases
    below = read_yaml(base)
    if below.get("base") is not None:
        raise UserError(f"base: {base} has a base itself; one is enough")
    own = {name: value for name, value in config.items() if name != "base"}
    return merge(with_roles(below), with_roles(own)), [base, *files]


def old_words(config: Mapping[str, Any]) -> str | None:
    """One line for a config whose roles are written as earlier versions had them."""
    figures = config.get("figures")
    if not isinstance(figures, Mapping):
        return None
    roles = {OLD_WORDS.get(word, word): suite for word, suite in figures.items()}
    old, new = (
        ", ".join(f"{k}: {'null' if v is None else v}" for k, v in words.items())
        for words in (figures, roles)
    )
    return f"figures: {{{old}}} is written roles: {{{new}}} now, and read as that"


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`, mapping by mapping."""
    merged = dict(below)
    for name, value in above.items():
        old = merged.get(name)
        merged[name] = (
            merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def without_removed(config: Mapping[str, Any], files: Sequence[Path]) -> dict[str, Any]:
    """Without what a file sets to nothing of the data sets, judges and suites that another has. A
    key that none has stays, so that it is refused, unless nothing is its default.
    """
    below = [read_yaml(file) for file in files if file.is_file()]

    def written(values: Any, path: KeyPath, others: Sequence[Any]) -> Any:
        if not isinstance(values, Mapping):
            return values
        found, fields = {}, fields_of(path)
        for name, value in values.items():
            there = [o[name] for o in others if isinstance(o, Mapping) and o.get(name) is not None]
            optional = name in fields and fields[name].default is None
            if value is not None or not (there or optional):
                found[name] = written(value, (*path, str(name)), there)
        return found

    named = ("datasets", "judges", "suites")
    return {
        section: written(values, (section,), [o.get(section) for o in below])
        if section in named
        else values
        for section, values in config.items()
    }


def check(
    config: Mapping[str, Any], files: Sequence[Path], overrides: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Validate a merged config and return it resolved: plain JSON, every default filled in, suites
    complete.

    `files` are where it came from, for line numbers, and `overrides` what the command line put over
    them; a key in none of them came from there too. Raises UserError with one line per wrong key.
    """
    config, files = with_base(config, files)
    config = without_removed(config, files)
    places = Places(files, with_roles(overrides or {}))
    if unclear := [*unclear_names(config, places), *repeated_keys(files)]:
        raise UserError("\n".join(unclear))
    plain = json.loads(json.dumps(with_roles(config), default=str))
    try:
        experiment = Experiment.model_validate(plain)
    except ValidationError as error:
        lines = {explain(e, plain, places): None for e in error.errors()}
        raise UserError("\n".join(lines)) from None
    problems = [
        f"{(place if is_given(plain, path) else nearest_place)(path, places)}: {dotted(path)}: "
        f"{message}"
        for path, message in checks.problems(experiment)
    ]
    if problems:
        raise UserError("\n".join(problems))
    return resolve.resolved(experiment)


def unclear_names(config: Mapping[str, Any], places: Places) -> Iterator[str]:
    """A line for each name that YAML does not read as text: `010` is 8, `no` is false."""
    for section in ("datasets", "judges", "suites"):
        names = config.get(section)
        for name in names if isinstance(names, Mapping) else ():
            if not isinstance(name, str):
                yield (
                    f"{place((section,), places)}: {section}: YAML reads a name there as "
                    f"{json.dumps(name)}, "
                    'not as text: put it in quotes, as in "010", or choose another'
                )


def repeated_keys(files: Sequence[Path]) -> Iterator[str]:
    """A line for each key that stands twice in one mapping: YAML would take the last in silence."""

    def below(file: Path, node: Any, path: KeyPath) -> Iterator[str]:
        if isinstance(node, yaml.MappingNode):
            lines: dict[str, int] = {}
            for name, value in node.value:
                if not isinstance(name, yaml.ScalarNode):
                    continue
                here, line = (*path, name.value), name.start_mark.line + 1
                if name.value in lines:
                    yield (
                        f"{file}:{line}: {dotted(here)} stands in line {lines[name.value]} already"
                    )
                lines[name.value] = line
                yield from below(file, value, here)

    for file in files:
        yield from below(file, composed(file), ())


def composed(file: Path) -> Any:
    """The nodes of a YAML file, with their lines; None where it cannot be read."""
    try:
        return yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, yaml.YAMLError):
        return None


def is_given(config: Any, path: KeyPath) -> bool:
    """Whether a key was written somewhere; otherwise its default is at fault."""
    for part in path:
        if not isinstance(config, (dict, list)) or (
            isinstance(config, dict) and part not in config
        ):
            return False
        config = config[part]  # type: ignore[index]
    return True


def explain(error: Any, config: Any, places: Places) -> str:
    """One line for one of pydantic's errors."""
    path = tuple(part for part in error["loc"] if in_config(part))
    if error["type"] in ("extra_forbidden", "missing"):
        known = list(fields_of(path[:-1]))
        if error["type"] == "missing":
            return (
                f"{nearest_place(path[:-1], places)}: {dotted(path)} is missing: "
                f"{description(path)}"
            )
        near = difflib.get_close_matches(str(path[-1]), known, 1, 0.5)
        hint = f'; did you mean "{near[0]}"?' if near else "."
        return (
            f"{place(path, places)}: {dotted(path)} is not a known key{hint} Allowed here: "
            f"{', '.join(known)}"
        )
    given = error["input"]
    shown = json.dumps(given) if not isinstance(given, dict) else "a mapping"
    message = error["msg"][0].lower() + error["msg"][1:]
    if isinstance(given, str) and error["type"].startswith(("float", "int")):
        message += " (in YAML, 1e-4 is text: write 0.0001 or 1.0e-4)" if "e" in given else ""
    if error["type"] == "string_type" and not isinstance(given, (dict, list)):
        message += " (text that YAML takes for a number, a date or yes and no stands in quotes)"
    return f"{place(path, places)}: {dotted(path)}: {message}, not {shown}; {description(path)}"


# What pydantic calls the branches of a union.
BRANCHES = ("int", "float", "str", "bool", "[key]", "ClassChoice", "ModelChoice")


def in_config(part: str | int) -> bool:
    """Whether a part of pydantic's error location is a key of the file (and not a branch of a
    union).
    """
    return not (isinstance(part, str) and (part in BRANCHES or "[" in part))


def model_at(path: KeyPath) -> Any:
    """The annotation found by walking the config model along a path: a model class, or None."""
    current: Any = Experiment
    for part in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part))
            if field is None:
                return None
            current = field.annotation
        elif getattr(current, "__origin__", None) is dict:
            current = current.__args__[1]
        else:
            return None
    return current


def fields_of(path: KeyPath) -> Mapping[str, FieldInfo]:
    """The fields of the model there, if it is one."""
    model = model_at(path)
    return model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}


def description(path: KeyPath) -> str:
    """The documentation of a key."""
    for end in range(len(path), 0, -1):
        field = fields_of(path[: end - 1]).get(str(path[end - 1]))
        if field is not None:
            return field.description or ""
    return "see config/README.md"


def dotted(path: KeyPath) -> str:
    return ".".join(map(str, path))


def place(path: KeyPath, places: Places) -> str:
    """`file:line` of a key that a file holds, in the last that does.

    "command line" if none does, or if the command line gave it anew.
    """
    for file in reversed(places.files) if not (path and is_given(places.overrides, path)) else ():
        line = line_of(file, path)
        if line is not None:
            return f"{file}:{line}"
    return "command line" if path else ", ".join(map(str, places.files))


def nearest_place(path: KeyPath, places: Places) -> str:
    """The place of a key that may be left out: its own, else that of the nearest mapping around
    it.
    """
    for end in range(len(path), 0, -1):
        found = place(path[:end], places)
        if found != "command line":
            return found
    return place((), places)


def line_of(file: Path, path: KeyPath) -> int | None:
    node, line = composed(file), None
    if path[:1] == ("roles",) and not list(children(node, "roles")):
        old = {role: word for word, role in OLD_WORDS.items()}
        path = ("figures", *(old.get(str(part), part) for part in path[1:2]), *path[2:])
    for part in path:
        found = list(children(node, part))
        if not found:
            return None
        line, node = found[-1]
    return line


def children(node: Any, part: str | int) -> Iterator[tuple[int, Any]]:
    """(line, value node) of the entries of a YAML node under a key or position."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(part):
                yield name.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        yield node.value[part].start_mark.line + 1, node.value[part]
