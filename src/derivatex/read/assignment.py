"""A folder of `solutions/` to an `Assignment`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, Location, RefusedError, errors_in
from derivatex.model.assignment import Assignment, Heading, Problem, is_among, order
from derivatex.read.references import read_references
from derivatex.read.validation import Model, validated
from derivatex.read.yaml_source import load, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.model.assignment import Reference
    from derivatex.store.cache import Cache

FOLDER = "solutions"
HEADING = "assignment.yaml"
BIBLIOGRAPHY = "references.bib"
SLUG = re.compile(r"(?!.*-handout$)[a-z0-9]+(-[a-z0-9]+)*")
TAKEN = {"tex"}
PROBLEM_FILE = re.compile(r"(?P<number>\d+(\.\d+)*)-[a-z0-9-]+\.yaml")


def slugs(project: Path) -> list[str]:
    """The assignments of a project, by the names of their folders.

    Raises: RefusedError where a name would not do for files that are built.
    """
    folders = [heading.parent.name for heading in (project / FOLDER).glob(f"*/{HEADING}")]
    wrong = [name for name in folders if not SLUG.fullmatch(name) or name in TAKEN]
    if wrong:
        hint = "a folder is called by small letters, digits and hyphens; not tex, not *-handout"
        message = "no assignment can be called so"
        raise RefusedError(
            refusal(Location(f"{FOLDER}/{name}"), "bad-folder-name", message, hint)
            for name in wrong
        )
    return sorted(folders)


def problem_numbers(project: Path, slug: str) -> list[str]:
    """The numbers of an assignment's problems, by the names of their files, in order."""
    names = (path.name for path in (project / FOLDER / slug).glob("[!.]*.yaml"))
    numbers = {match["number"] for name in names if (match := PROBLEM_FILE.fullmatch(name))}
    return sorted(numbers, key=order)


def submissions(project: Path, slug: str) -> list[str]:
    """What is handed in of an assignment, as its file says; nothing where that cannot be read."""
    try:
        return list(map(str, read_heading(project, slug).submissions))
    except RefusedError:
        return []  # which is told when the assignment is read


def read_heading(project: Path, slug: str) -> Heading:
    """Read an assignment's own file.

    Raises: RefusedError with its faults.
    """
    found: list[Diagnostic] = []
    heading = _read(project / FOLDER / slug / HEADING, project, Heading, found)
    if heading is None:
        raise RefusedError(found)
    return heading


def read_assignment(
    project: Path, slug: str, problem: str | None = None, cache: Cache | None = None
) -> Assignment:
    """Read an assignment, or its heading and one problem, or those from one to another.

    Raises: RefusedError with the faults of all its files.
    """
    folder = project / FOLDER / slug
    found: list[Diagnostic] = []
    heading = _read(folder / HEADING, project, Heading, found)
    problems = [
        _read_problem(path, project, found)
        for path in sorted(folder.glob("[!.]*.yaml"))
        if path.name != HEADING and (problem is None or _is_wanted(path, problem))
    ]
    if not problems:
        at = Location(f"{FOLDER}/{slug}")
        found.append(refusal(at, "no-problem", "there is no `<n>-<name>.yaml` here"))
    references: tuple[Reference, ...] = ()
    try:
        name = f"{FOLDER}/{slug}/{BIBLIOGRAPHY}"
        references = read_references(folder / BIBLIOGRAPHY, name, cache)
    except RefusedError as refused:
        found += refused.diagnostics
    kept = [made for made in problems if made is not None]
    found += _twice(kept)
    if heading is not None:
        found += _of_nothing(heading, project, slug)
    if errors_in(found) or heading is None:
        raise RefusedError(found)
    return Assignment(
        slug=slug,
        folder=f"{FOLDER}/{slug}",
        heading=heading,
        problems=tuple(sorted(kept, key=lambda made: order(made.problem))),
        references=references,
    )


def _is_wanted(path: Path, problem: str) -> bool:
    match = PROBLEM_FILE.fullmatch(path.name)
    if match is None:  # its name is wrong: it may be the one that is meant
        return path.name.startswith(f"{problem}-")
    return is_among(match["number"], problem)


def _of_nothing(heading: Heading, project: Path, slug: str) -> list[Diagnostic]:
    """Submissions that are not problems of the assignment, from a first to a last."""
    known, others = problem_numbers(project, slug), slugs(project)
    found = []
    for span in heading.submissions:
        first, _, last = span.partition("-")
        lacking = [number for number in (first, last) if number not in known]
        if lacking:
            message = f"there is no problem {' and no problem '.join(lacking)}"
            hint = f"there are {', '.join(known)}"
        elif order(first) >= order(last):
            message = f"problem {last} does not come after {first}"
            hint = "name the first problem, then the last one"
        elif f"{slug}-{span}" in others:
            message = f"its files would be those of the assignment `{slug}-{span}`"
            hint = "call that assignment something else"
        else:
            continue
        found.append(refusal(span.at, "bad-submission", message, hint))
    return found


def _read(path: Path, project: Path, kind: type[Model], found: list[Diagnostic]) -> Model | None:
    name = path.relative_to(project).as_posix()
    try:
        data = load(path, name)
    except RefusedError as refused:
        found += refused.diagnostics
        return None
    return validated(kind, data, found)


def _read_problem(path: Path, project: Path, found: list[Diagnostic]) -> Problem | None:
    at = Location(path.relative_to(project).as_posix())
    match = PROBLEM_FILE.fullmatch(path.name)
    if match is None:
        hint = "call it `<n>-<name>.yaml`, in small letters"
        found.append(refusal(at, "bad-file-name", "no problem can be called so", hint))
        return None
    made = _read(path, project, Problem, found)
    if made is not None and made.problem != match["number"]:
        message = f"the file is named for problem {match['number']} and says {made.problem}"
        found.append(refusal(made.at, "bad-file-name", message, "make the two the same"))
    return made


def _twice(problems: list[Problem]) -> list[Diagnostic]:
    found = []
    first: dict[str, Problem] = {}
    for problem in problems:
        other = first.setdefault(problem.problem, problem)
        if other is not problem:
            message = f"problem {problem.problem} is also in {other.file}"
            found.append(refusal(problem.at, "duplicate-problem", message))
        letters: set[str] = set()
        for part in problem.parts:
            if part.part in letters:
                message = f"part ({part.part}) is given twice"
                found.append(refusal(part.at, "duplicate-part", message))
            letters.add(part.part)
    return found
