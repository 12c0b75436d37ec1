"""Marks in the rendered text that say which author's line a line of LaTeX came from.

They are characters of Unicode's private use area, and are taken out before TeX sees the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.diagnostics import Location

if TYPE_CHECKING:
    from derivatex.tex.markup import Source

OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")


class Marks:
    """The places that were marked, by number."""

    def __init__(self) -> None:
        """Start without a mark."""
        self.places: list[Location] = []

    def mark(self, at: Location) -> str:
        """Return a mark for a place."""
        self.places.append(at)
        return f"{OPEN}{len(self.places) - 1}{CLOSE}"

    def unmarked(self) -> str:
        """Return a mark for what no author wrote."""
        return self.mark(Location(""))

    def marked(self, source: Source, tex: str) -> str:
        """Mark each line of `tex`, which has the lines of `source` with its gaps filled."""
        offset, lines = 0, []
        for written, line in zip(source.split("\n"), tex.split("\n"), strict=True):
            lines.append(f"{self.mark(source.locate(offset))}{line}" if line.strip() else line)
            offset += len(written) + 1
        return "\n".join(lines)

    def taken_out(self, text: str) -> tuple[str, tuple[tuple[int, Location], ...]]:
        """The text without its marks, and each marked line's number with its place."""
        origins = []
        lines = text.split("\n")
        for number, line in enumerate(lines, start=1):
            found = MARK.search(line)
            if found:
                origins.append((number, self.places[int(found.group(1))]))
        return MARK.sub("", text), tuple(origins)
