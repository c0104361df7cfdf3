"""Checksums of files, as their publishers state them: "md5:<hex>" or "sha256:<hex>"."""

import contextlib
import hashlib
from pathlib import Path

from acgan.fetch.progress import Progress
from acgan.io.errors import UserError

DIGITS = {"md5": 32, "sha256": 64}
SHOWN = 1 << 28  # bytes of a file whose checksum takes long enough for a progress bar


def verify(path: Path, checksum: str, what: str = "") -> None:
    """Raise UserError unless the file has this checksum ("md5:<hex>" or "sha256:<hex>")."""
    algorithm, expected = split(checksum)
    if (found := checksum_of(path, algorithm, what or path.name)) != expected:
        raise UserError(
            f"{path} is not {what or 'the right file'}: its {algorithm} is {found}, not "
            f"{expected}; remove it and get it again"
        )


def checksum_of(path: Path, algorithm: str, what: str = "") -> str:
    """Hexadecimal digest of a file, with a progress bar when it is big.

    Raises UserError when it cannot be read.
    """
    digest = hashlib.new(algorithm, usedforsecurity=False)
    try:
        size = path.stat().st_size
        with contextlib.ExitStack() as stack, open(path, "rb") as handle:
            label = f"{algorithm} of {what or path.name}"
            bar = stack.enter_context(Progress(label, size)) if size >= SHOWN else None
            while data := handle.read(1 << 20):
                digest.update(data)
                if bar:
                    bar.at(handle.tell())
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    return digest.hexdigest()


def split(checksum: str) -> tuple[str, str]:
    """Algorithm and digest. Raises UserError unless it is "md5:<hex>" or "sha256:<hex>"."""
    algorithm, _, digest = checksum.lower().partition(":")
    if len(digest) != DIGITS.get(algorithm) or set(digest) - set("0123456789abcdef"):
        raise UserError(f"{checksum!r} is no checksum: write md5:<32 digits> or sha256:<64 digits>")
    return algorithm, digest
