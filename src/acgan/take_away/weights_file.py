"""What a weights file says of itself, and whether that may be believed.

A stranger's file is data: nothing in it is carried out, its spec is checked as a config is, and the
nets of that spec are compared with the sizes of the file's tensors before anything is allocated.
"""

import difflib
import json
from pathlib import Path
from typing import Any, NamedTuple

from acgan.config.spec import completed
from acgan.declarations.architecture import ARCHITECTURES
from acgan.io.errors import UserError
from acgan.nets.weights import ABOUT
from acgan.systems import Spec

LONGEST = 1 << 20  # characters of the metadata
LONGEST_NAME = 500  # of a class
MOST_CLASSES = 100_000


class About(NamedTuple):
    """A model by its own words."""

    spec: Spec  # whole
    classes: list[tuple[str, str]]  # (id, name), in the order of the labels


def read(path: Path, spec_file: Path | None = None) -> About:
    """What a weights file says of its model, or a file beside it: what `acgan config spec` printed,
    or the model's provenance.json.

    Raises UserError for a file that is missing, damaged, too old to say anything, or wrong.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise UserError(f"there is no {path}")
    try:
        with safe_open(path, "pt") as file:
            said = (file.metadata() or {}).get(ABOUT)
            shapes = {k: tuple(file.get_slice(k).get_shape()) for k in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path} is no weights file: {str(error).splitlines()[0]}") from error
    if spec_file is None and said is None:
        raise UserError(
            f"{path} does not say what model it holds, as weights from before it did; name the "
            f"spec: --spec provenance.json of the model's folder, or what `acgan config spec` "
            f"printed"
        )
    about = of_spec_file(spec_file) if spec_file else parsed(str(said), str(path))
    check_sizes(about.spec, shapes, path)
    return about


def of_spec_file(path: Path) -> About:
    """The same from a file of its own."""
    from acgan.io.files import read_json

    content = read_json(path)
    spec = content.get("spec", content) if isinstance(content, dict) else content
    ids = content.get("class_ids") if isinstance(content, dict) else None
    if not isinstance(spec, dict) or not isinstance(spec.get("classes"), int):
        raise UserError(f"{path} is no spec: see `acgan config spec --help`")
    if ids is not None and not isinstance(ids, list):
        raise UserError(f"{path} is no spec: its class_ids are no list")
    if ids is None:
        ids = [str(i) for i in range(min(spec["classes"], MOST_CLASSES))]
    return checked({"spec": spec, "classes": [[c, c] for c in ids]}, str(path))


def parsed(text: str, where: str) -> About:
    """The metadata of a file. Raises UserError for one that is wrong, or too long."""
    if len(text) > LONGEST:
        raise UserError(f"{where}: its metadata has {len(text):,} characters; {LONGEST:,} at most")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where}: its metadata is no JSON ({error})") from error
    return checked(content, where)


def checked(content: Any, where: str) -> About:
    """The metadata, checked as a config is. Raises UserError, one line for each problem."""
    from pydantic import ValidationError

    from acgan.take_away.schema import Content

    try:
        spec = completed(content["spec"])
        spec.pop("data", None)
        Content.model_validate({"spec": spec, "classes": content["classes"]})
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{where}: it does not say what model it holds ({error!r})") from error
    except ValidationError as error:
        raise UserError(
            "\n".join(
                f"{where}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:10]
            )
        ) from None
    classes = [(str(c), str(name)) for c, name in content["classes"]]
    if len(classes) != spec["classes"] or len({c for c, _ in classes}) != len(classes):
        raise UserError(f"{where}: {spec['classes']} classes, but other ids than so many")
    of = spec["nets"]["architecture"]
    if spec["side"] not in ARCHITECTURES[of].sides:
        raise UserError(f"{where}: the nets {of} have no side {spec['side']}")
    return About(spec, classes)


def check_sizes(spec: Spec, shapes: dict[str, tuple[int, ...]], path: Path) -> None:
    """Raises UserError unless the file's tensors are those of the spec's generator. The nets are
    built without memory for it, so that a spec cannot ask for more than the file holds.
    """
    import torch

    from acgan.systems.build import build_generator

    try:
        with torch.device("meta"):
            wanted = {
                f"generator.{k}": tuple(v.shape)
                for k, v in build_generator(spec).state_dict().items()
            }
    except (ValueError, RuntimeError, OverflowError, TypeError, KeyError) as error:
        said = str(error).splitlines()[0]
        raise UserError(f"{path}: its spec makes no generator: {said}") from error
    found = {k: v for k, v in shapes.items() if k.startswith("generator.")}
    if wanted != found:
        odd = sorted(set(wanted.items()) ^ set(found.items()))[0][0]
        raise UserError(
            f"{path} does not hold the generator of its spec: {odd} is "
            f"{found.get(odd, 'missing')}, not {wanted.get(odd, 'there')}"
        )


def class_of(asked: str, classes: list[tuple[str, str]], where: str) -> int:
    """The label of a class by its id, its name (or one of its names) or, where no id is a number
    itself, its number. Raises UserError where there is none, or more than one.
    """
    by_number = asked.isdecimal() and not any(c.isdecimal() for c, _ in classes)
    for found in (
        [i for i, (c, _) in enumerate(classes) if c == asked],
        [i for i, (_, name) in enumerate(classes) if asked.casefold() in names_of(name)],
        [int(asked)] if by_number and int(asked) < len(classes) else [],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(classes[i][0] for i in found[:5])
            raise UserError(
                f"{where} has {len(found)} classes called {asked!r}: {ids}; name the id"
            )
    known = list(dict.fromkeys([*(name for _, name in classes), *(c for c, _ in classes)]))
    meant = difflib.get_close_matches(asked, known, n=1)
    cure = f"did you mean {meant[0]!r}?" if meant else f"it has {', '.join(known[:12])}"
    more = " ..." if not meant and len(known) > 12 else ""
    raise UserError(f"{where} has no class {asked!r}; {cure}{more}")


def names_of(name: str) -> set[str]:
    """The name of a class, and each of its words where it has several, as ImageNet's do."""
    return {part.strip().casefold() for part in [name, *name.split(",")]}
