"""A process that ends with what started it, and what it started ends with it."""

import os
import threading
import time

import psutil

POLL_SECONDS = 1.0


def end_with_parent() -> None:
    """From now on, end this process once the one that started it has ended.

    A scheduler that cancels a job may leave over what a job's Snakemake and its commands are: an
    orphan that nobody waits for, and that may wait for ever itself.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(POLL_SECONDS)
        for child in psutil.Process().children(recursive=True):
            child.terminate()  # a trainer saves its state
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
