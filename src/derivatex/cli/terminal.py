"""What a command shows, and to whom."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from derivatex.cli.tables import shown
from derivatex.diagnostics import Severity, errors_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.status import Status

    from derivatex.diagnostics import Diagnostic

WIDTH = 120  # of tables where no terminal says how wide it is


class Stream(Console):
    """A console that leaves a closed pipe to its caller, where rich would exit by itself."""

    def on_broken_pipe(self) -> None:
        """Say so."""
        raise BrokenPipeError


class Terminal:
    """What a command shows: results on standard output, everything else on standard error."""

    def __init__(self, *, quiet: bool, verbose: bool, no_color: bool) -> None:
        """Show progress only to a person: where standard error is a terminal."""
        self.quiet, self.verbose = quiet, verbose
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        self.out = Stream(no_color=no_color, highlight=False, markup=False, emoji=False)
        self.err = Stream(
            stderr=True,
            no_color=no_color,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )
        if not self.out.is_terminal:
            self.out.width = WIDTH
        self.status: Status | None = None

    def result(self, text: object) -> None:
        """A line or a table that was asked for."""
        if not self.quiet:
            self.out.print(text)

    def progress(self, text: str) -> None:
        """What is being done now."""
        if self.quiet:
            return
        if self.err.is_terminal:
            self.status = self.status or self.err.status(text)
            self.status.update(text)
            self.status.start()
        elif self.verbose or text.startswith("waiting"):
            self.err.print(text)

    def afresh(self) -> None:
        """Let what comes take the place of what a person has seen."""
        self.rest()
        if self.out.is_terminal and not self.quiet:
            self.out.clear()

    def rest(self) -> None:
        """Take the progress away."""
        if self.status is not None:
            self.status.stop()

    def diagnostics(self, found: Sequence[Diagnostic]) -> None:
        """Every finding, and how many there are; warnings are hushed by `-q`."""
        self.rest()
        listed = [it for it in found if not self.quiet or it.severity is Severity.ERROR]
        for diagnostic in listed:
            self.err.print(shown(diagnostic))
        errors = len(errors_in(listed))
        if errors > 1:
            self.err.print(f"{errors} errors")
