"""What a build depends on, what it left behind, and who may write there.

Nothing is decided by a file's time: contents are compared.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError
from derivatex.files import remove_unfinished, write_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUILD = "build"
PACKAGE = Path(__file__).parent
Certificate = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What to build: an assignment, or one of its problems; its answers, or its questions alone."""

    slug: str
    problem: str | None = None
    is_handout: bool = False

    def __str__(self) -> str:
        """Write the target as it is named on the command line."""
        return f"{self.slug}/{self.problem}" if self.problem else self.slug

    @property
    def stem(self) -> str:
        """Its files' common path, from the folder `build`."""
        return f"{self}{'-handout' if self.is_handout else ''}"

    def pdf(self, project: Path) -> Path:
        """Where its PDF is put."""
        return project / BUILD / f"{self.stem}.pdf"

    def certificate(self, project: Path) -> Path:
        """Where its certificate is put."""
        return project / BUILD / f"{self.stem}.json"

    def tex(self, project: Path) -> Path:
        """Where its LaTeX is written and typeset."""
        job = f"{self.problem or 'report'}{'-handout' if self.is_handout else ''}"
        return project / BUILD / "tex" / self.slug / job


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def inputs(project: Path, folder: str, templates: Path, engine: str) -> dict[str, str]:
    """The digest of everything that a report depends on, by name."""
    try:
        found = {
            path.relative_to(project).as_posix(): digest(path.read_bytes())
            for path in _files(project / folder)
        }
    except OSError as error:
        at = Location(Path(str(error.filename)).relative_to(project).as_posix())
        message = f"cannot be read: {(error.strerror or str(error)).lower()}"
        refusal = Diagnostic("unreadable-file", message, ExitCode.BAD_INPUT, at)
        raise RefusedError([refusal]) from error
    found["templates"] = _together(templates)
    found["derivatex"] = _together(PACKAGE)
    installed = sorted(f"{it.metadata['Name']} {it.version}" for it in distributions())
    found["python and its packages"] = digest(f"{sys.version}\n{installed}".encode())
    found["engine"] = engine
    return found


def read_certificate(target: Target, project: Path) -> Certificate:
    """Read what an earlier run left; nothing where there is none, or it is damaged."""
    try:
        found = json.loads(target.certificate(project).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    verdicts = found.get("verdicts", []) if isinstance(found, dict) else None
    is_ours = isinstance(verdicts, list) and all(isinstance(it, dict) for it in verdicts)
    return found if is_ours else {}


def write_certificate(target: Target, project: Path, certificate: Certificate) -> None:
    """Put a certificate in its place."""
    text = json.dumps(certificate, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False)
    write_beside(target.certificate(project), f"{text}\n".encode())


def is_current(target: Target, project: Path, now: dict[str, str]) -> bool:
    """Whether the PDF that lies there is what these inputs give."""
    recorded = read_certificate(target, project).get("pdf")
    try:
        found = digest(target.pdf(project).read_bytes())
    except OSError:
        return False
    if not isinstance(recorded, dict):
        return False
    return recorded.get("inputs") == now and recorded.get("sha256") == found


@contextlib.contextmanager
def locked(project: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder `build`; where another process does, say so and wait for it.

    Raises: RefusedError where the folder cannot be written.
    """
    build = project / BUILD
    try:
        build.mkdir(exist_ok=True)
        handle = os.open(build / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        write_beside(build / ".writable", b"")
        (build / ".writable").unlink()
    except OSError as error:
        error.filename = str(build)
        raise RefusedError([cannot_write(error, project)]) from error
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting(f"waiting for another build (process {file.read().strip() or 'unknown'})")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        remove_unfinished(build)
        yield


def cannot_write(error: OSError, project: Path) -> Diagnostic:
    """A folder that cannot be written, as a diagnostic."""
    path = Path(str(error.filename or project / BUILD))
    inside = path.is_relative_to(project)
    at = Location((path.relative_to(project) if inside else path).as_posix())
    message = f"cannot be written: {(error.strerror or str(error)).lower()}"
    hint = f"make the folder `{BUILD}` writable, or remove it"
    return Diagnostic("cannot-write", message, ExitCode.BAD_INPUT, at, hint)


def _files(folder: Path) -> list[Path]:
    """Every file below a folder, in one order, without what Python writes there."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    )


def _together(folder: Path) -> str:
    """One digest for all files below a folder, by name and content."""
    listed = [
        f"{path.relative_to(folder).as_posix()} {digest(path.read_bytes())}"
        for path in _files(folder)
    ]
    return digest("\n".join(listed).encode())
