"""A scratch folder in which results are made again beside the given ones."""

import argparse
import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from acgan.config.resolve import Config
from acgan.io.command import COMMANDS
from acgan.io.errors import UserError
from acgan.workflow.experiment import Experiment

REMADE = ("figures", "report")  # which are not linked, but made in the scratch folder


class Place:
    """Results as the commands of the pipeline expect them: results/<experiment> and data/ below the
    working folder, where what is made again goes to made/.
    """

    def __init__(self, config: Config, results: Path, data: Path, scratch: Path):
        self.given, self.scratch = results.resolve(), scratch
        self.experiment = Experiment(config)
        self.results = scratch / self.experiment.results
        self.results.mkdir(parents=True)
        for part in self.given.iterdir():
            if part.name not in REMADE:
                (self.results / part.name).symlink_to(part)
        if data.is_dir():
            (scratch / "data").symlink_to(data.resolve())

    def there(self, *paths: str) -> list[str]:
        """Those of some paths of the experiment that are missing."""
        return [p for p in paths if not (self.scratch / p).exists()]

    def made(self, path: str) -> Path:
        """Where a file of the experiment is made again."""
        return Path("made", path).absolute()

    def file(self, path: str) -> str:
        """A path of the experiment, below its results."""
        return path.removeprefix(f"{self.experiment.results}/")

    def theirs(self, path: str) -> Path:
        return self.given / self.file(path)


@contextlib.contextmanager
def place_of(config: Config, results: Path, data: Path) -> Iterator[Place]:
    """The scratch folder, as the working folder."""
    with tempfile.TemporaryDirectory(prefix="acgan-verify-") as folder:
        scratch = Path(folder).resolve()
        place = Place(config, results, data, scratch)
        with contextlib.chdir(scratch):
            yield place


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing is said meanwhile, by processes that are started neither: notebooks have kernels."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    kept = {fd: os.dup(fd) for fd in (1, 2)}
    try:
        for fd in kept:
            os.dup2(nowhere, fd)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        for fd, own in kept.items():
            os.dup2(own, fd)
            os.close(own)
        os.close(nowhere)


def run(name: str, *arguments: object) -> None:
    """Carry out a subcommand of the pipeline, in silence. Raises UserError."""
    for package in ("figures", "samples", "scores", "tables"):
        import_module(f"acgan.{package}.commands")
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(name, exit_on_error=False)
    for flag, options in command.arguments:
        parser.add_argument(flag, **options)
    with silence():
        try:
            command.run(parser.parse_args([os.fspath(str(a)) for a in arguments]))
        except (OSError, ValueError, KeyError, IndexError) as error:
            raise UserError(f"{type(error).__name__}: {error}") from error
