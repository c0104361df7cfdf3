"""One file from a URL to a path: verified, and resumed however often it breaks off.

    download(Remote("https://example.org/val.tar", "md5:29b2...", 6744924160), Path("data/val.tar"))

Bytes go to a hidden part file beside the final name (partfile.py); a repeated command asks for the
rest of it. The final name appears once the checksum is right.
"""

from __future__ import annotations

import contextlib
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from acgan.fetch.checksum import checksum_of, split, verify
from acgan.fetch.credentials import Credentials, check_url, credentials_from
from acgan.fetch.partfile import Part, gigabytes, hidden
from acgan.fetch.progress import Progress
from acgan.fetch.web import Broken, Refused, answer, span
from acgan.io.errors import UserError
from acgan.io.locks import locked

if TYPE_CHECKING:
    import requests

__all__ = [
    "Credentials",
    "Remote",
    "checksum_of",
    "credentials_from",
    "download",
    "probe",
    "verify",
]

CHUNK = 1 << 18
ATTEMPTS = 8  # in a row that bring no new byte; however many bring some
PROBES = ("HEAD", "GET", "GET")  # HEAD is the cheaper; some servers refuse it
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds; doubled from one such attempt to the next
SPARE = 1 << 28  # bytes of disk that a file of unknown size must leave free
LONGEST_RETRY_AFTER = 600.0  # seconds that a server may ask us to wait


class Remote(NamedTuple):
    """A file on a server."""

    url: str
    checksum: str  # "md5:<hex>" or "sha256:<hex>"
    bytes: int | None = None  # its size, if known beforehand
    environment: str = ""  # prefix of the variables that its credentials come from, for messages


def download(
    remote: Remote,
    out: Path,
    *,
    credentials: Credentials | None = None,
    what: str = "",
    cure: str = "",
) -> None:
    """Fetch a file to `out`, or verify the one that is there.

    A repeated call goes on where the last one stopped, and of two processes the second waits.

    `what` names the file in messages, `cure` says what to do when it cannot be had. Raises
    UserError in one line; nothing unverified is ever left at `out`.
    """
    what = what or out.name
    cure = cure or f"get it from {remote.url} ({remote.checksum}) and put it at {out}"
    check_url(remote.url, credentials, remote.environment)
    split(remote.checksum)
    try:
        if out.exists():
            hidden(out, "part.json").unlink(missing_ok=True)  # of one killed right after the rename
            return verify(out, remote.checksum, what)
        out.parent.mkdir(parents=True, exist_ok=True)
        lock = hidden(out, "part.lock")
        with locked(lock, f"{out} is being fetched", wait=True, remove=True):
            if out.exists():
                return verify(out, remote.checksum, what)
            with Part(out, remote.url, remote.checksum) as part, interruptible(part, what):
                complete(remote, part, credentials, what, cure)
                part.finish(out)
    except OSError as error:  # of the disk: those of the network are Broken or Refused
        raise UserError(
            f"cannot write {out}: {error.strerror}; free space or fix the folder's permissions, "
            "then repeat the command: what came so far is kept"
        ) from error
    return None


def complete(
    remote: Remote, part: Part, credentials: Credentials | None, what: str, cure: str
) -> None:
    """Bring a part to its whole, right content. Once, a resumed one that is wrong starts over."""
    going_on = f", going on at {gigabytes(part.held)}" if part.held else ""
    say(f"downloading {remote.url}{going_on}")
    part.check_room(remote.bytes)
    for last in (False, True):
        with Progress(what, remote.bytes or part.note["bytes"], part.held) as progress:
            try:
                fill(remote, part, credentials, progress)
            except Refused as error:
                raise UserError(f"cannot download {what} ({error}); {cure}") from error
        algorithm, expected = split(remote.checksum)
        found = checksum_of(part.path, algorithm, what)
        if found == expected:
            return
        over = part.resumed and not last
        part.restart()
        if not over:
            break
        say(f"{what} was put together wrongly (its {algorithm} is {found}): starting over")
    raise UserError(
        f"{remote.url} gave another file than {what}: its {algorithm} is {found}, not {expected}; "
        f"{cure}"
    )


def fill(remote: Remote, part: Part, credentials: Credentials | None, progress: Progress) -> None:
    """Ask for the rest again and again until all is there. Raises Refused when that is hopeless."""
    idle, most = 0, part.held
    if remote.bytes is not None and part.held > remote.bytes:
        part.restart()
    while not is_whole(remote, part):
        try:
            return receive(remote, part, credentials, progress)
        except Broken as error:
            idle = 0 if part.held > most else idle + 1
            most = max(most, part.held)
            if idle >= ATTEMPTS:
                if remote.bytes is None and part.held and is_right(remote, part):
                    return None  # its server named a wrong length
                kept = f", {gigabytes(part.held)} are kept" if part.held else ""
                raise Refused(f"{error}, {ATTEMPTS} times without a new byte{kept}") from error
            wait = wait_seconds(idle, error.wait)
            at = gigabytes(part.held)
            progress.say(f"{progress.what}: {error} at {at}; trying again in {wait:.1f} s")
            time.sleep(wait)
    return None


def is_whole(remote: Remote, part: Part) -> bool:
    size = part.note["bytes"] if remote.bytes is None else remote.bytes
    return size is not None and part.held == size


def is_right(remote: Remote, part: Part) -> bool:
    algorithm, expected = split(remote.checksum)
    return checksum_of(part.path, algorithm) == expected


def wait_seconds(idle: int, retry_after: float) -> float:
    """Twice as long each time, spread so that many clients do not come back at once."""
    wait = min(FIRST_WAIT * 2**idle, LONGEST_WAIT) * random.uniform(0.5, 1.0)
    return max(wait, min(retry_after, LONGEST_RETRY_AFTER))


def receive(
    remote: Remote, part: Part, credentials: Credentials | None, progress: Progress
) -> None:
    """One request for the rest, to the end of its body. Raises Broken when it ends too early."""
    headers = part.headers()
    with answer("GET", remote.url, headers, credentials, remote.environment) as response:
        begin, total = span(response)
        if response.status_code == 416:
            if total == part.held:
                return  # all was there
            raise anew(part, "it does not reach that far")
        check_size(remote, total, response)
        found = {
            "etag": response.headers.get("ETag"),
            "bytes": total,
            "last_modified": response.headers.get("Last-Modified"),
        }
        if part.held and not part.same_file(found):
            progress.say(f"{progress.what} has changed on its server: starting anew")
            part.restart()
        if begin is None or begin > part.held:  # the rest of what we hold no longer
            raise anew(part, "an answer without the beginning")
        part.describe(found)
        part.resumed = part.resumed or part.held > 0
        size = total if remote.bytes is None else remote.bytes
        progress.total = size
        keep(part, response, part.held - begin, size, progress)


def anew(part: Part, reason: str) -> Broken:
    part.restart()
    return Broken(reason)


def keep(
    part: Part, response: requests.Response, skip: int, size: int | None, progress: Progress
) -> None:
    """Append a body to the part, without its first `skip` bytes, which are held already."""
    before = part.held
    part.check_room(size)
    while data := response.raw.read1(CHUNK, decode_content=False):
        data, skip = data[skip:], max(0, skip - len(data))
        if size is None:
            part.check_room(part.held + len(data) + SPARE)
        elif part.held + len(data) > size:
            part.cut(before)
            raise Refused(f"more than its {size} bytes came: it is another file")
        part.append(data)
        progress.at(part.held)
    if skip:
        raise anew(part, "it has become shorter")
    if size is not None and part.held < size:
        raise Broken("closed early")


def check_size(remote: Remote, total: int | None, response: requests.Response) -> None:
    """Raise Refused when the server has a file of another size than the one we want."""
    if None not in (total, remote.bytes) and total != remote.bytes:
        page = "text/html" in response.headers.get("Content-Type", "")
        hint = ", a web page: perhaps it wants a login" if page else ""
        raise Refused(f"it has {total} bytes, not {remote.bytes}{hint}")


@contextlib.contextmanager
def interruptible(part: Part, what: str) -> Iterator[None]:
    """Ctrl-C and SIGTERM leave the part, and say so."""

    def stop(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    main = threading.current_thread() is threading.main_thread()  # others may set no handler
    before = signal.signal(signal.SIGTERM, stop) if main else None
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        say(f"interrupted: {gigabytes(part.held)} of {what} are kept; repeat the command to go on")
        raise
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def probe(
    remote: Remote, credentials: Credentials | None = None, *, what: str = "", cure: str = ""
) -> int | None:
    """Whether the file can be had, at the cost of a few bytes: its size if the server names it.

    Raises UserError in one line when it cannot, or when it has another size than `remote.bytes`.
    """
    check_url(remote.url, credentials, remote.environment)
    what = what or remote.url.rpartition("/")[2]
    cure = cure or f"see whether {remote.url} can be reached from here, and whether it moved"
    for attempt, method in enumerate(PROBES):
        try:
            return look(method, remote, credentials)
        except Refused as error:
            failure: Exception = error
            if method == "GET":
                break
        except Broken as error:
            failure = error
            if attempt < len(PROBES) - 1:
                time.sleep(wait_seconds(attempt, 0))
    raise UserError(f"cannot download {what} ({failure}); {cure}") from failure


def look(method: str, remote: Remote, credentials: Credentials | None) -> int | None:
    headers = {"Range": "bytes=0-0"} if method == "GET" else {}
    with answer(method, remote.url, headers, credentials, remote.environment) as response:
        size = span(response)[1]
        if method == "HEAD" and not size:
            raise Refused("its HEAD tells no size")
        check_size(remote, size, response)
        return size


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
