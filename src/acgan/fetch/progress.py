"""How far a long read or download is: a bar on a terminal, a plain line now and then in a log."""

import sys
import time

PLAIN_SECONDS = 30.0  # between two lines where stderr is no terminal


class Progress:
    """Bytes done of a total (None if unknown), with rate and time left, on stderr.

    A context manager, whose end leaves the last state on the screen.
    """

    def __init__(self, what: str, total: int | None, done: int = 0) -> None:
        from tqdm import tqdm

        self.what, self.total, self.first, self.done = what, total, done, done
        self.began = self.said = time.monotonic()
        self.bar = None
        if sys.stderr.isatty():
            self.bar = tqdm(
                desc=what, total=total, initial=done, unit="B", unit_scale=True, dynamic_ncols=True
            )

    def at(self, done: int) -> None:
        """So many bytes are done; fewer than before when something starts anew."""
        self.done = done
        if self.bar is not None:
            self.bar.total = self.total
            self.bar.update(done - self.bar.n)
        elif time.monotonic() - self.said >= PLAIN_SECONDS:
            self.line()

    def line(self) -> None:
        from tqdm import tqdm

        self.said = time.monotonic()
        text = tqdm.format_meter(
            self.done,
            self.total,
            self.said - self.began,
            ncols=0,
            prefix=self.what,
            unit="B",
            unit_scale=True,
            initial=min(self.first, self.done),
        )
        self.say(text)

    def say(self, text: str) -> None:
        """A line of its own, above the bar if there is one."""
        if self.bar is not None:
            self.bar.write(text, file=sys.stderr)
        else:
            print(text, file=sys.stderr, flush=True)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
        elif self.done != self.first:
            self.line()
