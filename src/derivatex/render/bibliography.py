"""The bibliography: pybtex reads BibTeX and sets the entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivatex.render.markup import markup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from markupsafe import Markup

    from derivatex.model.assignment import Reference
    from derivatex.render.marks import Marks


@dataclass(frozen=True, slots=True)
class Entry:
    """A work as the list of references shows it."""

    key: str
    entry: Markup


def entries(path: Path, works: Sequence[Reference], cited: set[str], marks: Marks) -> list[Entry]:
    """Set the cited works, in the order of their names, each marked with its place."""
    if not cited:
        return []
    from pybtex.backends.latex import Backend  # noqa: PLC0415  # only where works are cited
    from pybtex.database import parse_file  # noqa: PLC0415
    from pybtex.style.formatting.plain import Style  # noqa: PLC0415

    library = parse_file(str(path))
    formatted = Style().format_bibliography(library, sorted(cited))
    places = {work.key: work.at for work in works}
    backend = Backend()
    return [
        Entry(item.key, markup(marks.mark(places[item.key]) + item.text.render(backend)))
        for item in formatted
    ]
