"""Lock files: of two processes that would write the same thing, one works and the other waits.

The lock is the kernel's (flock), so it goes with its holder however that ends.
"""

import contextlib
import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from acgan.io.errors import UserError


@contextlib.contextmanager
def locked(path: Path, busy: str, wait: bool, remove: bool = False) -> Iterator[None]:
    """Hold the lock file `path`; `busy` says what its holder does, as in "x is being trained".

    A second holder says who the first is, then waits if `wait`, or raises UserError. `remove` takes
    the file away at the end.
    """
    while True:
        with open(path, "a+", encoding="utf-8") as handle:
            take(handle, busy, wait)
            if not is_still(handle, path):  # the holder whom we waited for removed it
                continue
            handle.truncate(0)
            since = time.strftime("%Y-%m-%d %H:%M:%S")
            json.dump({"pid": os.getpid(), "host": socket.gethostname(), "since": since}, handle)
            handle.flush()
            try:
                yield
            finally:
                if remove:
                    path.unlink(missing_ok=True)
            return


def take(handle: IO[str], busy: str, wait: bool) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    except BlockingIOError:
        handle.seek(0)
    try:
        holder = json.loads(handle.read())
        who = f"process {holder['pid']} on {holder['host']}, since {holder['since']}"
    except (ValueError, KeyError):
        who = "another process"
    if not wait:
        raise UserError(f"{busy} by {who}; wait for it, or stop it and repeat the command")
    print(f"{busy} by {who}; waiting for it", flush=True)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno != errno.ESTALE:  # removed meanwhile, on a network's disk
            raise


def is_still(handle: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except OSError:
        return False
