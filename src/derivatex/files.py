"""Writing so that nothing is lost: beside, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

UNFINISHED = ".unfinished-"


def write_beside(target: Path, data: bytes) -> None:
    """Put `data` at `target` at once: a reader sees the old file or the new one, whole.

    Raises: OSError where the folder cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, data)
    except OSError as error:
        if error.filename:
            error.filename, error.filename2 = str(target), None  # and not the file beside it
        raise


def _write(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}{UNFINISHED}", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process was writing, in a folder and the folders in it."""
    for path in [*folder.glob(f".*{UNFINISHED}*"), *folder.glob(f"*/.*{UNFINISHED}*")]:
        path.unlink(missing_ok=True)
