"""Who may write in the folder `build`."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError
from derivatex.files import remove_unfinished, write_beside
from derivatex.store.target import BUILD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
