"""Reading archives member by member; nothing is unpacked to disk.

What is no plain file in its place (a link, a device, an absolute path, `..`) is refused, since an
archive comes from elsewhere; so is a member larger than any image.
"""

import contextlib
import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from acgan.io.errors import UserError

LARGEST_IMAGE = 200 << 20  # bytes
LONGEST_NAME = 1 << 20  # bytes of a header that holds a long name
LINKS_AND_DEVICES = (
    tarfile.DIRTYPE,
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
)


class Header(tarfile.TarInfo):
    """A member's header, read more strictly than tarfile does.

    tarfile reads a long name, whatever its size, into memory, and takes the place where an archive
    was cut off or damaged for its end.
    """

    @classmethod
    def fromtarfile(cls, tar: tarfile.TarFile) -> "Header":
        try:
            return super().fromtarfile(tar)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # the end as it should be
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"it breaks off or holds no header: {error}") from error

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type == tarfile.GNUTYPE_SPARSE:  # a chain of headers without end
            raise tarfile.ReadError("a sparse file")
        plain = self.type in (*tarfile.REGULAR_TYPES, *LINKS_AND_DEVICES)
        if not plain and self.size > LONGEST_NAME:
            raise tarfile.ReadError(f"a header of {self.size:,} bytes")
        return super()._proc_member(tar)  # type: ignore[misc]


def files(
    archive: IO[bytes], name: str, *, seekable: bool = False, end: float = float("inf")
) -> Iterator[tuple[str, bytes]]:
    """(path, content) of each file in a tar; see `members`."""
    for member, tar in members(archive, name, LARGEST_IMAGE, seekable=seekable, end=end):
        with damage_named(name):
            if seekable:  # tarfile's own reader costs a tenth of the packing
                archive.seek(member.offset_data)
                content = archive.read(member.size)
            else:
                content = tar.extractfile(member).read()  # type: ignore[union-attr]
            if len(content) < member.size:
                raise EOFError(f"it ends within {member.name!r}")
        yield member.name, content


def members(
    archive: IO[bytes],
    name: str,
    largest: int,
    *,
    seekable: bool = False,
    end: float = float("inf"),
) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """The header of each file in a tar, in its order, and the open tar. Unless the archive is
    `seekable` the file must be read before the next is asked for; a gzipped one is decompressed as
    it is read. The tar begins where the archive stands, and has to end before its position `end`.

    Raises UserError for a damaged or empty archive, and for a member that is no plain file below
    the archive's own root or is larger than `largest` bytes; a folder is passed over.
    """
    found, mode = 0, "r:" if seekable else "r|*"
    with damage_named(name):
        tar = tarfile.open(fileobj=archive, mode=mode, tarinfo=Header)  # type: ignore[call-overload]  # noqa: SIM115
    while True:
        with damage_named(name):
            member = tar.next()
            if member is None:
                break
            tar.members = []  # it would keep every header
            refuse_unsafe(member, name, largest)
            if seekable and member.offset_data + member.size > end:
                raise EOFError("it is shorter than its files")
        if member.isfile():
            found += 1
            yield member, tar
    if not found:
        raise UserError(f"{name} holds no file; get it again")


@contextlib.contextmanager
def damage_named(name: str) -> Iterator[None]:
    """Turn what a damaged archive leads its reader into into one line."""
    try:
        yield
    except (
        tarfile.TarError,
        EOFError,
        zlib.error,
        gzip.BadGzipFile,
        ValueError,
        IndexError,
        RecursionError,
    ) as error:
        raise UserError(f"{name} is damaged or no tar archive ({error}); get it again") from error


def refuse_unsafe(member: tarfile.TarInfo, name: str, largest: int) -> None:
    path = PurePosixPath(member.name)
    if member.issym() or member.islnk():
        kind = "a link"
    elif not (member.isreg() or member.isdir()) or member.issparse():
        kind = "a device or the like"
    elif path.is_absolute():
        kind = "an absolute path"
    elif ".." in path.parts or "\\" in member.name:
        kind = "a path that leaves the archive"
    elif member.size > largest:
        kind = f"{member.size:,} bytes long, more than the {largest:,} that it may be"
    else:
        return
    raise UserError(f"{name}: refused, since its member {member.name!r} is {kind}")
