"""What lies in a folder of pictures, and which of it is passed over: counted, in the log and in the
report, so that no picture is lost in silence.

What is hidden or left behind by a program is no picture, at any depth; .dvcignore names the same,
so that `dvc add` keeps what is packed. Links are followed.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath

from acgan.data.class_names import as_class
from acgan.io.errors import UserError
from acgan.io.files import read_csv

SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".pjpeg",
    ".pjp",
    ".png",
    ".apng",
    ".webp",
    ".bmp",
    ".dib",
    ".gif",
    ".tif",
    ".tiff",
    ".ppm",
    ".pgm",
    ".pbm",
    ".pnm",
)
# Left by Windows, macOS, Synology's disks, Linux's file systems and Python, besides what is hidden.
LITTER = (
    "Thumbs.db",
    "thumbs.db",
    "ehthumbs.db",
    "Desktop.ini",
    "desktop.ini",
    "$RECYCLE.BIN",
    "System Volume Information",
    "__MACOSX",
    "@eaDir",
    "lost+found",
    "__pycache__",
)
HIDDEN = "hidden or left by programs"  # reasons to pass a file over, besides its suffix
NO_SUFFIX = "no suffix"
NO_FILE = "no plain file"
CIRCLE = "links in a circle"
LOOSE = "in no class folder"
LONGEST_SUFFIX = 16  # characters; what is longer tells nothing
NAMED = 5  # reasons in a line

Passed = Counter[str]  # reason: files


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is hidden or left by a program."""
    return name.startswith(".") or name in LITTER


def no_picture(path: PurePath) -> str:
    """Why a file within a folder or an archive is no picture, by its name; "" if it may be one."""
    if any(map(is_litter, path.parts)):
        return HIDDEN
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return ""
    return suffix if suffix.isprintable() and 1 < len(suffix) <= LONGEST_SUFFIX else NO_SUFFIX


def described(passed: Passed) -> str:
    """3 files passed over: .jfif 2, .txt 1."""
    total = passed.total()
    return f"{total:,} file{'s' * (total != 1)} passed over: {reasons(passed)}" if total else ""


def reasons(passed: Passed) -> str:
    """.jfif 2, .txt 1: the most frequent first."""
    ordered = sorted(passed.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{reason} {files:,}" for reason, files in ordered[:NAMED]]
    rest = sum(files for _, files in ordered[NAMED:])
    return ", ".join([*named, *[f"others {rest:,}"] * bool(rest)])


def passed_over(path: Path) -> Passed:
    """What was passed over; nothing where the data were packed before this was counted."""
    rows = read_csv(path) if path.is_file() else []
    return Passed({row["reason"]: int(row["files"]) for row in rows})


def shown(path: Path) -> str:
    """A path as text, also where its name is no valid text."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def entries(folder: Path, cure: str = "fix its permissions") -> list[os.DirEntry[str]]:
    """What a folder holds, sorted by name. Raises UserError where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise UserError(f"cannot read {shown(folder)}: {error.strerror}; {cure}") from error


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder or a link to one. Raises UserError for a link to nothing."""
    if not entry.is_symlink():
        return entry.is_dir()
    path = Path(entry.path)
    try:
        path.stat()
    except OSError as error:
        raise UserError(
            f"{shown(path)} is a link to {shown(path.readlink())}, which cannot be read "
            f"({error.strerror}); fix or remove it"
        ) from error
    return entry.is_dir()


def subfolders(folder: Path) -> dict[str, str]:
    """{class: name of its folder} of the folders in a folder, sorted; litter is passed over. Raises
    UserError for names that cannot be shown, or told apart.
    """
    found: dict[str, str] = {}
    for entry in entries(folder, "it should hold a folder for each class"):
        if is_litter(entry.name) or not is_folder(entry):
            continue
        name = as_class(entry.name)
        if not name.isprintable():
            raise UserError(
                f"{folder}: the folder {name!r} has characters that cannot be shown; rename it"
            )
        if name in found:
            raise UserError(
                f"{folder}: two folders are called {name}, and differ only in how their letters "
                f"are written: {found[name]!a} and {entry.name!a}; rename one"
            )
        found[name] = entry.name
    return dict(sorted(found.items()))


def loose(folder: Path) -> int:
    """How many files lie beside the folders of classes, litter apart."""
    return sum(not is_litter(entry.name) and not is_folder(entry) for entry in entries(folder))


def files_below(
    folder: Path, root: Path | None = None, above: tuple[Path, ...] = ()
) -> Iterator[tuple[Path, str]]:
    """Each file at any depth below a folder, sorted by path, and why it is no picture ("" if it may
    be one); `above` are the folders on the way to this one.

    Raises UserError for what cannot be read, for a link to nothing, and for a link that leaves
    `root`.
    """
    real = folder.resolve()
    if root and folder != root and not above:
        check_link(folder, root)
        above = (root.resolve(),)
    if real in above:
        yield folder, CIRCLE
        return
    for entry in entries(folder):
        path = folder / entry.name
        if is_litter(entry.name):
            yield from ((file, HIDDEN) for file in everything(path))
            continue
        goes_deeper = is_folder(entry)
        if root and entry.is_symlink():
            check_link(path, root)
        if goes_deeper:
            yield from files_below(path, root, (*above, real))
        else:
            yield path, no_picture(PurePath(entry.name)) if entry.is_file() else NO_FILE


def check_link(path: Path, root: Path) -> None:
    """Raise UserError for a link that leaves `root`, and for one to a folder where `dvc add` keeps
    `root`: that leaves out what lies behind it.
    """
    if not path.is_symlink():
        return
    if root.resolve() not in (real := path.resolve(), *real.parents):
        raise UserError(f"{shown(path)}: refused, since it is a link that leaves {root}")
    place = root.absolute()
    added = [Path(f"{kept}.dvc") for kept in (place, *place.parents)]
    if path.is_dir() and (file := next(filter(Path.is_file, added), None)):
        raise UserError(
            f"{shown(path)} is a link to a folder, and DVC leaves it out of what {file.name} "
            f"keeps; put the folder itself there"
        )


def everything(path: Path) -> Iterator[Path]:
    """The files of a folder, however deep, or the file itself; no link is followed."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names)


def pictures_in(
    folder: Path, classes: Collection[str], passed: Passed
) -> Iterator[tuple[str, Path]]:
    """(class, file) of what may be a picture: <folder>/<class>/**/<image>, sorted. Raises UserError
    for what cannot be read and for a link that leaves the folder.
    """
    folder_of = subfolders(folder)
    for class_id in sorted(classes):
        for path, reason in files_below(folder / folder_of[class_id], folder):
            if reason:
                passed[reason] += 1
            else:
                yield class_id, path
    # of several jobs that share the classes, the first counts what belongs to none
    if next(iter(folder_of), None) in classes and (beside := loose(folder)):
        passed[LOOSE] += beside
