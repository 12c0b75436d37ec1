"""What a report depends on, by content.

This module and `current` are imported before anything else, to find out whether there is anything
to do: they import nothing that is slow to import, and know paths as strings.
"""

from __future__ import annotations

import os
import sys

try:
    from _blake2 import blake2b  # what `hashlib` offers, without waiting for OpenSSL
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SOLUTIONS = "solutions"
ABSENT = "absent"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGED = os.path.join(PACKAGE, "templates")
CHECKOUT = os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "templates")


def digest(data: bytes) -> str:
    """BLAKE2b of 32 bytes, in hexadecimal."""
    return blake2b(data, digest_size=32).hexdigest()


def of_file(path: str) -> str:
    """The digest of a file; ABSENT where there is none."""
    try:
        return digest(_read(path))
    except OSError:
        return ABSENT


def template_folder() -> str:
    """Where the templates lie: in the installed package, or at the top of a checkout."""
    return PACKAGED if os.path.isdir(PACKAGED) else CHECKOUT


def inputs(project: str, slug: str, engine: str = "") -> dict[str, str]:
    """The digest of everything that the reports of an assignment depend on, by name.

    Raises: OSError where a file cannot be read.
    """
    return {**sources(project, slug), **tools(engine)}


def sources(project: str, slug: str) -> dict[str, str]:
    """The digest of each file of an assignment's folder, by its path from the project's.

    Raises: OSError where a file cannot be read.
    """
    start = len(project) + 1
    return {path[start:]: digest(_read(path)) for path in files(f"{project}/{SOLUTIONS}/{slug}")}


def tools(engine: str = "") -> dict[str, str]:
    """The digests of what turns an assignment into a report: templates, derivatex, libraries."""
    return {
        "templates": together(template_folder()),
        "derivatex": together(PACKAGE),
        "python and its packages": python(),
        "engine": f"{engine or 'as the assignment says'}, {tex()}",
    }


def python() -> str:
    """The digest of Python's version and of the names and versions of the installed packages."""
    installed = sorted(
        entry
        for folder in dict.fromkeys(sys.path)
        if folder and os.path.isdir(folder)
        for entry in os.listdir(folder)
        if entry.endswith(".dist-info")
    )
    return digest(f"{sys.version}\n{installed}".encode())


def tex() -> str:
    """Which TeX there is: its file, told from another one by its size and its time."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        try:
            path = os.path.realpath(os.path.join(folder, "pdflatex"))
            known = os.stat(path)
        except OSError:
            continue
        return f"{path} {known.st_size} {known.st_mtime_ns}"
    return "no TeX"


def files(folder: str) -> Iterator[str]:
    """Every file below a folder, in one order, without hidden ones and what Python writes there."""
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from files(entry.path)
        elif entry.is_file():
            yield entry.path


def together(folder: str) -> str:
    """One digest for all files below a folder, by name and content."""
    start = len(folder) + 1
    listed = [f"{path[start:]} {digest(_read(path))}" for path in files(folder)]
    return digest("\n".join(listed).encode())


def of_all(found: dict[str, str]) -> str:
    """One digest for named digests."""
    return digest("\n".join(f"{name} {found[name]}" for name in sorted(found)).encode())


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
