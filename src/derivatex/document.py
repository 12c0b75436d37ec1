"""A LaTeX document on its way from render to typeset, and what comes of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from derivatex.diagnostics import Location


@dataclass(frozen=True, slots=True)
class Document:
    """LaTeX that compiles by itself, and what its PDF must show.

    It starts with `preamble`, which is the same for every document and can be loaded as a format.
    `origins` has (line of the LaTeX, place in the author's file), in order, for each line that an
    author wrote. `printed` are the numbers that the text of the PDF must hold, as often as listed.
    """

    tex: str
    preamble: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    origins: tuple[tuple[int, Location], ...] = ()
    printed: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    def origin(self, first: int, last: int | None = None) -> Location | None:
        """The place in the author's files behind lines `first` to `last` of the LaTeX.

        A line of a template counts as the author's line before it; None for what derivatex writes
        by itself.
        """
        for line, at in self.origins:
            if first <= line <= (last or first) and at.file:
                return at
        before = bisect_right([line for line, _ in self.origins], first)
        found = self.origins[before - 1][1] if before else None
        return found if found and found.file else None


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of TeX and why it was needed."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Artifact:
    """A PDF that was read back and put in its place, and what it was made of."""

    document: Document
    path: Path
    sha256: str
    pages: int
    passes: tuple[Pass, ...]
