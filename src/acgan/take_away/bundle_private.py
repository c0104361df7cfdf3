"""What a bundle must not tell: where things lay, who ran them, on which machine, and secrets.

What the config itself says of places outside the working folder is known, so it is replaced; all
else that looks private is refused, since nobody can say what it should be instead.
"""

import contextlib
import getpass
import html
import json
import re
import socket
from pathlib import Path, PurePath
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from acgan.config.resolve import Config
from acgan.report.sources import CHECKOUT, PACKAGE

ELSEWHERE = "elsewhere"  # the folder of everything that lay outside the working folder
AFTER = r"(?![\w-])"  # the end of a name
# Pictures inside pages and notebooks, in which any short name turns up by chance.
PICTURE = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")
# Patterns that begin with a fixed text are found fast.
PATH = re.compile(r"/(?:(?<![\w/.~]/)|(?<=file:///))(?:[\w.@+-]+/)+[\w.@+-]+")
SECRETS = {
    "a user and a password": re.compile(r"://[^\s/:@\"'<>{}$]+:[^\s/@\"'<>{}$]+@"),
    "a key of AWS": re.compile(r"A(?<!\wA)(?:KIA|SIA)[0-9A-Z]{16}(?!\w)"),
    "a signed address": re.compile(r"X-Amz-Signature=[0-9a-f]"),
    "a token": re.compile(r"(?:gh[oprsu]_|github_pat_|hf_|glpat-|xox[abp]-)[\w-]{20,}"),
    "a token of a request": re.compile(r"(?:Bearer|Basic) [\w+/.-]{20,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}


class Rules(NamedTuple):
    """What is replaced, and what is looked for."""

    replaced: list[tuple[re.Pattern[str], str]]
    folders: dict[str, re.Pattern[str]]  # in every file
    names: dict[str, re.Pattern[str]]  # in every text but code


def rules(config: Config) -> Rules:
    """Of an experiment. A name that is a word of this project's code betrays nobody."""
    folders = {"the home folder": home(), "the folder of the code": str(CHECKOUT)}
    code = (file.read_text("utf-8") for file in PACKAGE.rglob("*.py"))
    words = {w.lower() for file in code for w in re.findall(r"\w+", file)}
    names = {}
    if (user := who()) and user.lower() not in words:
        names["the name of a user"] = component(user)
    if hosts := [re.escape(name) for name in machines() if name.lower() not in words]:
        pattern = rf"(?<![\w-])(?:{'|'.join(hosts)}){AFTER}"
        names["the name of this machine"] = re.compile(pattern, re.IGNORECASE)
    return Rules(
        [
            (place(form), other)
            for old, new in replacements(config)
            for form, other in forms(old, new)
        ],
        {what: place(folder) for what, folder in folders.items() if folder},
        names,
    )


def place(path: str) -> re.Pattern[str]:
    """A path or URL that does not go on before it, but for JSON's end of a line."""
    head, rest = re.escape(path[0]), re.escape(path[1:])
    return re.compile(rf"{head}(?:(?<![\w/.~-]{head})|(?<=\\[nrt]{head})){rest}{AFTER}")


def component(name: str) -> re.Pattern[str]:
    """A name as one of the folders of a path."""
    name = re.escape(name)
    return re.compile(rf"{name}(?<![\w.~-]{name})(?:(?=/)|(?<=/{name}){AFTER})")


def home() -> str | None:
    """The home folder, unless it is the root of the disk or nobody's."""
    with contextlib.suppress(RuntimeError):
        return str(Path.home()) if len(Path.home().parts) > 1 else None
    return None


def who() -> str | None:
    """Who runs this, if the system knows."""
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return None


def machines() -> list[str]:
    """The name of this machine, with and without its domain."""
    full = socket.gethostname()
    return [name for name in (full, full.partition(".")[0]) if name]


def replacements(config: Config) -> list[tuple[str, str]]:
    """(old, new) of what the config says of places, the longest first: of a place outside, the
    last part of its name; of a URL, all but its secrets.
    """
    sets = config["datasets"].values()
    said = [d["path"] for d in sets]
    said += [j["weights"] for j in config["judges"].values()]
    said += [s["groups_file"] for s in config["suites"].values()]
    outside = {p.rstrip("/") for p in said if p and p.startswith(("/", "~"))} - {""}
    # A `~` is written out where a file is named.
    outside |= {str(Path(p).expanduser()) for p in outside}
    found = [(p, f"{ELSEWHERE}/{PurePath(p).name}") for p in outside]
    found += [(u, public(u)) for u in {d["url"] for d in sets if d["url"]} if u != public(u)]
    return sorted(found, key=lambda one: (-len(one[0]), one))


def public(url: str) -> str:
    """A URL without user and password, and without what follows its path."""
    scheme, place, path, _, _ = urlsplit(url)
    return urlunsplit((scheme, place.rpartition("@")[2], path, "", ""))


def forms(*texts: str) -> list[tuple[str, ...]]:
    """How texts may stand in a file: as they are, in HTML, in JSON."""
    written = (str, html.escape, lambda t: html.escape(t, False), lambda t: json.dumps(t)[1:-1])
    return list(dict.fromkeys(tuple(as_written(t) for t in texts) for as_written in written))


def cleaned(text: str, known: Rules) -> str:
    """The text without what the config says of places."""
    for old, new in known.replaced:
        text = old.sub(lambda _, new=new: new, text)  # type: ignore[misc]
    return text


def private(content: bytes, known: Rules, is_code: bool) -> str | None:
    """What a file tells that it must not, in words; None where there is nothing."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return first(content.decode("latin-1"), known.folders)
    text = re.sub(r"\\[nrt\"]", "\n", PICTURE.sub("", text))  # as JSON writes the end of a line
    if found := first(text, known.folders) or first(text, SECRETS):
        return found
    if is_code:
        return None
    if path := PATH.search(text):
        return f"the path {path[0]}"
    return first(text, known.names)


def first(text: str, patterns: dict[str, re.Pattern[str]]) -> str | None:
    """The first of what patterns find, by its name."""
    return next((what for what, pattern in patterns.items() if pattern.search(text)), None)
