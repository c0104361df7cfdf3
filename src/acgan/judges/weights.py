"""Weight files of judges: where each lies, what it must hold, and how it gets there.

    acgan fetch-weights inception_v3_tf2015

A published file is pinned by its whole sha256, checked after the download and at every use. The
first eight digits stand in the file's name, as its publisher put them; the rest are those that
several independent projects state for these files.
"""

from pathlib import Path

from acgan import fetch as fetching
from acgan.io.errors import UserError
from acgan.judges.kind import Pinned, Settings
from acgan.judges.kinds import KINDS

FOLDER = Path("data/weights")


def kinds_by_file() -> dict[str, str]:
    """{published weight file: the kind of judge that reads it}."""
    return {kind.pinned.file: name for name, kind in KINDS.items() if kind.pinned}


def place(settings: Settings) -> Path | None:
    """Where the config says that a judge's weights lie; None if a rule or a package holds them."""
    if settings.get("weights"):
        return Path(settings["weights"])
    pinned = KINDS[settings["kind"]].pinned
    return FOLDER / pinned.file if pinned else None


def is_fetched(settings: Settings) -> bool:
    """Whether the weights are a published file that `acgan fetch-weights` puts where they lie."""
    return KINDS[settings["kind"]].pinned is not None and not settings.get("weights")


def missing(name: str, settings: Settings, weights: Path | None = None) -> str:
    """One line: which file is missing, where to get it, its checksum, where to put it."""
    kind, path = KINDS[settings["kind"]], weights or place(settings)
    if kind.is_trained_here:
        where = f" at {path}" if path else "; name them with --judge-weights"
        return (
            f"the weights of the judge {name} are missing{where}; make them: snakemake "
            f"results/<experiment>/judges/{name}.safetensors"
        )
    if kind.pinned:
        return (
            f"the weights of the judge {name} are missing: get {kind.pinned.url} (sha256 "
            f"{kind.pinned.sha256}) and put it at {path}, or run: acgan fetch-weights "
            f"{settings['kind']} --out {path}"
        )
    checksum = f" (sha256 {settings['sha256']})" if settings.get("sha256") else ""
    return (
        f"the weights of the judge {name} are missing: put the state dict of its "
        f"{settings.get('architecture') or settings['kind']}{checksum} at {path}, or change "
        f"judges.{name}.weights"
    )


def checked(name: str, settings: Settings, weights: Path | None) -> Path:
    """The weight file, there and of the right checksum. Raises UserError otherwise."""
    path, pinned = weights or place(settings), KINDS[settings["kind"]].pinned
    if path is None or not path.is_file():
        raise UserError(missing(name, settings, weights))
    verify(path, pinned.sha256 if pinned else settings.get("sha256"), name)
    return path


def verify(path: Path, sha256: str | None, name: str) -> None:
    """Raise UserError unless the file has this sha256 (None: any)."""
    if sha256:
        fetching.verify(path, f"sha256:{sha256}", f"the weight file of {name}")


def fetch(name: str, pinned: Pinned, out: Path) -> None:
    """Download to `out`, unless it is there already.

    A repeated call goes on where the last one stopped. Raises UserError when it cannot be had,
    when it is another file, and when it cannot be written; nothing wrong is ever left at `out`.
    """
    remote = fetching.Remote(pinned.url, f"sha256:{pinned.sha256}")
    cure = f"get it from {pinned.url} (sha256 {pinned.sha256}) and put it at {out}"
    fetching.download(remote, out, what=f"the weight file of {name}", cure=cure)
