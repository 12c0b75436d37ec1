"""Whether a command has nothing to do; decided before anything that is slow is imported.

After a build that left everything as it should be, a record says for which contents it did, and by
what the file system tells each PDF from another file. Only where that has changed is a PDF read.
"""

from __future__ import annotations

import os

from derivatex.store.inputs import SOLUTIONS, digest, of_all, of_file, sources, tools

RECORDS = os.path.join("build", "cache", "current")
SHOWN = "nothing to do"
PDF, READ = "pdf", "read"


def nothing_to_do(arguments: list[str], folder: str) -> list[str] | None:
    """The PDFs that a command line asks for, where all of them are current; else None.

    `folder` is where the command is run; PDFs are named from the project's folder.
    """
    project = _project(folder)
    if project is None or arguments[:1] != ["build"]:
        return None
    try:
        with open(_record(project, arguments), encoding="utf-8") as file:
            known, *lines = file.read().splitlines()
        read: dict[str, list[str]] = {}
        pdfs = []
        for kind, name, *rest in (line.split("\t") for line in lines):
            if kind == PDF:
                pdfs.append((name, *rest))
            else:
                read.setdefault(name, []).extend(rest)
        used = tools()
        found = {
            slug: {**sources(project, slug), **used, **_now(project, it)}
            for slug, it in read.items()
        }
        if not pdfs or known != _together(project, found):
            return None
        is_there = [_is_as_it_was(os.path.join(project, pdf), *seen) for pdf, *seen in pdfs]
    except (OSError, ValueError, TypeError):
        return None  # the record is none, or damaged
    return [pdf for pdf, *_ in pdfs] if all(is_there) else None


def remember(
    project: str, arguments: list[str], known: dict[str, dict[str, str]], pdfs: list[str]
) -> tuple[str, bytes]:
    """Where to record that a command left everything current, and what.

    `known` are the inputs of each assignment, as they were when it was read; those that are not
    among the inputs of every assignment are files that its modules read.
    """
    lines = [_together(project, known)]
    for slug, found in known.items():
        elsewhere = sorted(found.keys() - sources(project, slug).keys() - tools().keys())
        lines.append("\t".join([READ, slug, *elsewhere]))
    for pdf in pdfs:
        path = os.path.join(project, pdf)
        lines.append("\t".join([PDF, pdf, _signature(path), _content(path)]))
    return _record(project, arguments), "\n".join(lines).encode()


def _together(project: str, found: dict[str, dict[str, str]]) -> str:
    """One digest for the inputs of assignments, and for which assignments there are."""
    digests = {slug: of_all(it) for slug, it in found.items()}
    return of_all({**digests, "all assignments": " ".join(_slugs(project))})


def _now(project: str, names: list[str]) -> dict[str, str]:
    """The digests of files that modules read."""
    return {name: of_file(os.path.join(project, name)) for name in names}


def _record(project: str, arguments: list[str]) -> str:
    return os.path.join(project, RECORDS, digest("\0".join(arguments).encode()))


def _is_as_it_was(pdf: str, signature: str, content: str) -> bool:
    return _signature(pdf) == signature or _content(pdf) == content


def _signature(pdf: str) -> str:
    seen = os.stat(pdf)
    return f"{seen.st_ino},{seen.st_size},{seen.st_mtime_ns},{seen.st_ctime_ns}"


def _content(pdf: str) -> str:
    with open(pdf, "rb") as file:
        return digest(file.read())


def _project(folder: str) -> str | None:
    """The nearest folder, from here upwards, that holds solutions."""
    while not os.path.isdir(os.path.join(folder, SOLUTIONS)):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _slugs(project: str) -> list[str]:
    base = os.path.join(project, SOLUTIONS)
    return sorted(
        name
        for name in os.listdir(base)
        if os.path.isfile(os.path.join(base, name, "assignment.yaml"))
    )
