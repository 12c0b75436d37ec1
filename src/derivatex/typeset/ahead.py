"""Engines that wait for documents which are still to be written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from derivatex.processes import Processes
from derivatex.typeset.passes import body_of

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.document import Document
    from derivatex.typeset.passes import Job
    from derivatex.typeset.turn import Turn

BEFORE = 20  # lines before the last change that may change next: those of its paragraph


@dataclass
class Waiting:
    """Engines that wait for the next document of a folder, as long as somebody writes it.

    The next change is most likely where the last one was: one engine has already read what stands
    before, and another one nothing, for changes elsewhere.
    """

    processes: Processes = field(default_factory=Processes)
    turns: dict[Path, list[Turn]] = field(default_factory=dict)
    lines: dict[Path, list[str]] = field(default_factory=dict)

    def take(self, folder: Path) -> list[Turn]:
        """The engines that wait for this folder's document."""
        return self.turns.pop(folder, [])

    def give_back(self, folder: Path, turns: list[Turn]) -> None:
        """Let those that still wait do so."""
        self.turns[folder] = [turn for turn in turns if not turn.is_over]

    def prepare(self, job: Job, document: Document) -> None:
        """Start engines for the document that will follow this one."""
        end(self.take(job.folder))
        ours = replace(job, processes=self.processes)
        spare = ours.turn(document.preamble)
        if spare.loaded is None:  # without a format there is nothing to do ahead
            spare.end()
            return
        lines = body_of(document, spare.loaded).splitlines(keepends=True)
        last = self.lines.get(job.folder, lines)
        same = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(lines, last, strict=False))
        )
        ahead = ours.turn(document.preamble)
        ahead.tell(document, "".join(lines[: max(same - BEFORE, 0)]))
        self.lines[job.folder] = lines
        self.turns[job.folder] = [ahead, spare]

    def end(self) -> None:
        """End them all."""
        for turns in self.turns.values():
            end(turns)
        self.turns.clear()


def end(turns: list[Turn]) -> None:
    """End engines that nobody needs."""
    for turn in turns:
        turn.end()
