"""Which assignments somebody's saves may have changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.store.inputs import SOLUTIONS, template_folder
from derivatex.store.target import BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from watchfiles import Change

QUIET = 10  # milliseconds without another change: an editor writes several files, or one in steps
LONGEST = 400  # milliseconds until changes that do not end are told
START = 1000  # milliseconds without a change, after which changes are surely seen
DATA = "data"


def saves(project: Path) -> Iterator[frozenset[str] | None]:
    """The assignments in whose folders something changed; None where it may concern all of them.

    Hidden files, and what editors and Python leave beside a file, concern nobody.
    """
    from watchfiles import watch  # noqa: PLC0415  # which no other command needs

    folders = [project / SOLUTIONS, project / DATA, Path(template_folder())]
    there = [folder for folder in folders if folder.is_dir()]
    base = (project / SOLUTIONS).resolve()
    told_of_start = False
    for changed in watch(
        *there,
        watch_filter=_concerns,
        step=QUIET,
        debounce=LONGEST,
        rust_timeout=START,
        yield_on_timeout=True,
    ):
        if not changed:
            if not told_of_start:
                yield None  # what was saved before it could be seen
            told_of_start = True
            continue
        paths = [Path(path) for _, path in changed]
        if all(path.is_relative_to(base) for path in paths):
            yield frozenset(path.relative_to(base).parts[0] for path in paths if path != base)
        else:
            yield None


def _concerns(_: Change, path: str) -> bool:
    """Whether a change of a file may change a report."""
    parts = Path(path).parts
    is_passing = parts[-1].endswith(("~", ".swp", ".swx", ".tmp")) or parts[-1] == "4913"
    is_hidden = any(part.startswith((".", "#")) for part in parts[-2:])
    return not (is_passing or is_hidden or "__pycache__" in parts or BUILD in parts[-2:])
