"""The terminal, held for one picture that is drawn again and again.

Commands write to the terminal by themselves (`acgan train ... | tee log`), past every library that
draws on it. So while the picture is up, their output goes to a file, and back to the terminal when
it is taken down.
"""

import atexit
import contextlib
import os
import sys
from pathlib import Path

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

STDOUT, STDERR = 1, 2
NO_SCREEN = ("dumb", "unknown", "")  # terminals that cannot go back to a line


def is_terminal(stream: int) -> bool:
    """Whether a stream is a terminal that a picture can be drawn on, and ours: a job in the
    background would draw over its shell.
    """
    if not os.isatty(stream) or os.environ.get("TERM", "") in NO_SCREEN:
        return False
    try:
        return os.tcgetpgrp(stream) == os.getpgrp()
    except OSError:  # a terminal that controls nothing
        return True


class Screen:
    """The terminal behind stdout and stderr; what commands write there goes to the file `stray`."""

    def __init__(self, stray: Path, no_color: bool = False):
        self.is_up = True
        self.stray = stray
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        self.terminal = os.fdopen(os.dup(STDERR), "w", encoding=encoding, errors="replace")
        self.console = Console(file=self.terminal, no_color=no_color or None)
        self.ours = self.turn_away()
        # It also has what this process prints stand above the picture.
        self.live = Live(console=self.console, auto_refresh=False)
        self.live.start()
        atexit.register(self.close)

    def turn_away(self) -> dict[int, int]:
        """Have commands write to the file; {stream: a copy of it as it was}."""
        sys.stdout.flush()
        sys.stderr.flush()
        ours = {stream: os.dup(stream) for stream in (STDOUT, STDERR)}
        with open(self.stray, "ab") as file:
            for stream in ours:
                os.dup2(file.fileno(), stream)
        return ours

    @property
    def height(self) -> int:
        """Lines of the terminal, which may have been drawn larger or smaller."""
        with contextlib.suppress(OSError):
            size = os.get_terminal_size(self.terminal.fileno())
            if size.columns and size.lines:
                self.console.size = (size.columns, size.lines)
        return self.console.height

    def draw(self, picture: RenderableType) -> None:
        self.live.update(picture, refresh=True)

    def say(self, text: str, style: str = "") -> None:
        """Lines that stay, above the picture; a path is not broken."""
        self.console.print(Text(text, style), soft_wrap=True)

    def close(self) -> None:
        """Leave the last picture where it is and give the terminal back; one that has gone is no
        error.
        """
        if not self.is_up:
            return
        self.is_up = False
        atexit.unregister(self.close)
        with contextlib.suppress(Exception):
            self.live.stop()
        for stream, own in self.ours.items():
            os.dup2(own, stream)
            os.close(own)
        with contextlib.suppress(OSError):
            self.terminal.close()
        with contextlib.suppress(OSError):
            if self.stray.is_file() and not self.stray.stat().st_size:
                self.stray.unlink()
