"""What can go wrong, as values: where, what, and what to do about it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitCode(IntEnum):
    """What the process tells its caller."""

    OK = 0
    BUG = 1  # of ours: the only case that shows a traceback
    USAGE = 2  # a command line that makes no sense
    BAD_INPUT = 3  # what was written cannot be read or run
    CHECK_FAILED = 4  # it was read and run, and a claim is false
    TEX_FAILED = 5  # it was checked, and could not be typeset
    INTERRUPTED = 130  # Ctrl-C, as shells number it


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops the build."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file; line and column count from 1, a file alone has line 0."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Write the place as editors read it: `file:line:column`."""
        return f"{self.file}:{self.line}:{max(self.column, 1)}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: an id to search for, a place, what is wrong, and a hint.

    `code` is the exit status that this finding asks for where it is an error.
    """

    id: str
    message: str
    code: ExitCode
    at: Location | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR
    notes: tuple[str, ...] = ()  # lines between message and hint

    def __str__(self) -> str:
        """Write the finding in the one form in which every message appears."""
        place = f"{self.at}: " if self.at else ""
        notes = "".join(f"\n  {note}" for note in self.notes)
        hint = f"\n  hint  {self.hint}" if self.hint else ""
        return f"{place}{self.severity}[{self.id}]: {self.message}{notes}{hint}"


class RefusedError(Exception):
    """A user's mistake, or several: never our bug, never shown with a traceback."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep the findings, in the order of the files' lines and without repetitions."""
        self.diagnostics = in_order(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))

    @property
    def code(self) -> ExitCode:
        """The status of the earliest stage that refused."""
        return exit_code(self.diagnostics)

    def __reduce__(self) -> tuple[type[RefusedError], tuple[tuple[Diagnostic, ...]]]:
        """Pickle by the findings, so that a refusal can leave a worker process."""
        return type(self), (self.diagnostics,)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place, each finding once."""
    nowhere = Location("")
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda found: found.at or nowhere))


def errors_in(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Only those that stop the build."""
    return tuple(found for found in diagnostics if found.severity is Severity.ERROR)


def exit_code(diagnostics: Iterable[Diagnostic]) -> ExitCode:
    """The smallest code among the errors: that of the earliest stage; OK without any."""
    return min((found.code for found in errors_in(diagnostics)), default=ExitCode.OK)


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word, or list what there is where none is near."""
    words = sorted(set(known))
    near = difflib.get_close_matches(wrong, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"known here: {', '.join(f'`{word}`' for word in words)}" if words else ""
