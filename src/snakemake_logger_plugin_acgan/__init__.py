"""Snakemake's logger plugin `acgan`: on a terminal, a run is drawn (acgan.workflow.live).

profiles/default asks for it. Elsewhere it does nothing, and Snakemake writes its lines itself.
Every process of Snakemake imports this, so it imports what is slow inside.
"""

import sys
from logging import Handler, LogRecord
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

# What the picture says better: it is written where jobs start without one.
HELD = (LogEvent.RESOURCES_INFO, LogEvent.RUN_INFO)
STARTS = (LogEvent.JOB_STARTED, LogEvent.JOB_INFO)


class LogHandler(LogHandlerBase):
    """Snakemake's lines on a terminal, and the picture of a run in their place while there is one.

    Snakemake gives it the filter and the formatter that its own handler has.
    """

    draws_runs = False
    lines: Handler
    held: list[LogRecord]
    run: Any = None  # acgan.workflow.live.Run, while one is drawn
    report: Path | None = None  # that a run has made

    def __post_init__(self) -> None:
        from acgan.workflow.live import is_wanted

        if is_wanted(self.common_settings):
            from snakemake.logging import ColorizingTextHandler

            self.draws_runs, self.held = True, []
            self.lines = ColorizingTextHandler(self.common_settings.nocolor, sys.stderr)

    def emit(self, record: LogRecord) -> None:
        if not self.draws_runs:
            return
        try:
            if self.run and self.run.screen.is_up:
                self.held.clear()
                self.run.take(record, self.format(record))
            else:
                self.write(record)
        except Exception:
            self.handleError(record)

    def write(self, record: LogRecord) -> None:
        """Snakemake's line, unless it is held; with the first job those that were."""
        event = getattr(record, "event", None)
        if event in HELD:
            self.held.append(record)
            return
        self.lines.setFormatter(self.formatter)
        if event in STARTS:
            held, self.held = self.held, []
            for each in held:
                self.lines.emit(each)
        self.lines.emit(record)

    def end(self) -> None:
        """From now on there are lines again."""
        run, self.run = self.run, None
        if run:
            run.end()
            self.report = run.report

    def close(self) -> None:
        """The last word is where the report is."""
        self.end()
        report, self.report = self.report, None
        if report:
            print(f"The report: {report}", file=sys.stderr)
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        return self.draws_runs

    @property
    def writes_to_file(self) -> bool:
        return False

    @property
    def has_filter(self) -> bool:
        return False

    @property
    def has_formatter(self) -> bool:
        return False

    @property
    def needs_rulegraph(self) -> bool:
        return False
