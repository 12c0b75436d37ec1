"""Preamble formats: what TeX knows after the preamble, dumped once and loaded by each pass.

A format depends on the preamble, on the TeX program, and on every file that was read while it was
made. pdflatex alone can dump: the other engines read the preamble on each pass.
"""

from __future__ import annotations

import gzip
import os
import subprocess
from typing import TYPE_CHECKING

from derivatex.files import write_beside
from derivatex.model.assignment import Engine
from derivatex.store.cache import Step
from derivatex.store.inputs import digest, of_file, tex
from derivatex.typeset.engine import TIME_LIMIT, environment, program

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.store.cache import Cache

JOB = "preamble"
MAX_KEPT = 4  # formats of 20 MB each


def format_of(preamble: str, engine: Engine, cache: Cache) -> Path | None:
    """The format of a preamble, made now if there is none; None where it cannot be made."""
    if engine is not Engine.PDFLATEX:
        return None
    step = Step(
        "format",
        engine.value,
        "the preamble was dumped",
        {"the preamble": digest(preamble.encode()), "TeX": tex()},
    )
    path = cache.folder / "formats" / f"{step.key}.fmt"
    known = cache.recall(step)
    if isinstance(known, tuple) and _is_as_it_was(path, *known):
        os.utime(path)
        return path
    read = _dumped(preamble, path)
    if read is None:
        return None
    cache.keep(step, (_signature(path), of_file(str(path))), read)
    for old in sorted(path.parent.glob("*.fmt"), key=lambda it: it.stat().st_mtime)[:-MAX_KEPT]:
        old.unlink(missing_ok=True)
    return path


def _dumped(preamble: str, path: Path) -> dict[str, str] | None:
    """Dump a preamble at `path`; the digests of the files that were read, None where it failed."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{JOB}.tex").write_text(f"{preamble}\n\\dump\n", encoding="utf-8")
    options = ("-ini", "-recorder", "-interaction=nonstopmode", "-no-shell-escape")
    try:
        done = subprocess.run(
            [program("pdflatex"), *options, f"-jobname={JOB}", "&pdflatex", f"{JOB}.tex"],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
            start_new_session=True,
        )
        if done.returncode:
            return None
        read = _read(folder / f"{JOB}.fls", folder)
        write_beside(path, gzip.decompress((folder / f"{JOB}.fmt").read_bytes()))
    except (OSError, subprocess.TimeoutExpired, gzip.BadGzipFile):
        return None
    finally:
        for made in folder.iterdir():
            made.unlink()
        folder.rmdir()
    return read


def _read(recorded: Path, folder: Path) -> dict[str, str]:
    """The digests of the files that a run read, beside its own."""
    lines = recorded.read_text(encoding="utf-8").splitlines()
    names = {line.partition(" ")[2] for line in lines if line.startswith("INPUT ")}
    paths = sorted(
        name for name in names if name.startswith(os.sep) and not name.startswith(str(folder))
    )
    return {path: of_file(path) for path in paths}


def _signature(path: Path) -> str:
    seen = path.stat()
    return f"{seen.st_ino},{seen.st_size},{seen.st_mtime_ns}"


def _is_as_it_was(path: Path, signature: str, content: str) -> bool:
    """Whether a format is the one that was made; it is read only where it seems to be another."""
    try:
        return _signature(path) == signature or of_file(str(path)) == content
    except OSError:
        return False
