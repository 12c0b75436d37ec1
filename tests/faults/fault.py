"""A planted fault: how it changes the small project, and what must be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivatex.diagnostics import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "solutions/demo/"
HEADING, PROBLEM, MODULE, WORKS = (
    "assignment.yaml",
    "1-square.yaml",
    "1_square.py",
    "references.bib",
)
MARK = "▸"  # in an edit's new text: where the message must point; it is taken out again
LINE = "▹"  # the same where only the line can be known


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file: `old`, which stands there once, or the whole file, becomes `new`.

    A lone surrogate in `new` stands for the byte that it escapes.
    """

    file: str
    old: str | None
    new: str | None  # None removes the file

    def plant(self, root: Path) -> str:
        """Change the file; return the place that is marked, as a message must start with it."""
        path = root / FOLDER / self.file
        if self.new is None:
            path.unlink()
            return ""
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        old = text if self.old is None else self.old
        assert self.old is None or text.count(old) == 1, f"{old!r} must stand once in {path.name}"
        text = self.new if self.old is None else text.replace(old, self.new)
        before, mark, after = text.partition(LINE if LINE in text else MARK)
        path.write_bytes((before + after).encode("utf-8", "surrogateescape"))
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        place = f"{FOLDER}{self.file}:{line}:"
        return {MARK: f"{place}{column}: ", LINE: place, "": ""}[mark]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its name: its edits, one of them with the mark, and the message it must give."""

    name: str
    edits: tuple[Edit, ...]
    code: ExitCode
    id: str
    says: str = ""  # somewhere in the message or its hint
    at: str = ""  # the place, where no edit marks it

    def plant(self, root: Path) -> str:
        """Change the project; return what the message must start with."""
        return "".join([edit.plant(root) for edit in self.edits]) or self.at


def heading(name: str, old: str | None, new: str, id_: str, says: str = "") -> Fault:
    """Make a fault of the assignment's heading that cannot be read."""
    return Fault(name, (Edit(HEADING, old, new),), ExitCode.BAD_INPUT, id_, says)


def problem(name: str, old: str | None, new: str, id_: str, says: str = "") -> Fault:
    """Make a fault of the problem's YAML that cannot be read."""
    return Fault(name, (Edit(PROBLEM, old, new),), ExitCode.BAD_INPUT, id_, says)


def module(name: str, old: str | None, new: str, id_: str, says: str = "") -> Fault:
    """Make a fault of the problem's module that cannot be run."""
    return Fault(name, (Edit(MODULE, old, new),), ExitCode.BAD_INPUT, id_, says)


def works(name: str, old: str | None, new: str, id_: str, says: str = "") -> Fault:
    """Make a fault of the bibliography that cannot be read."""
    return Fault(name, (Edit(WORKS, old, new),), ExitCode.BAD_INPUT, id_, says)


def claim(name: str, edit: Edit, id_: str, says: str = "") -> Fault:
    """Make a claim of any file false."""
    return Fault(name, (edit,), ExitCode.CHECK_FAILED, id_, says)


def typeset(name: str, old: str, new: str, id_: str, says: str = "") -> Fault:
    """Make a fault of the problem's YAML that TeX alone can find."""
    return Fault(name, (Edit(PROBLEM, old, new),), ExitCode.TEX_FAILED, id_, says)
