"""Preamble formats: what TeX knows after the preamble, dumped once and loaded by each pass.

A format depends on the preamble, on the TeX program, and on every file that was read while it was
made. pdflatex alone can dump: the other engines read the preamble on each pass.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.files import write_beside
from derivatex.model.assignment import Engine
from derivatex.store.cache import Step
from derivatex.store.inputs import digest, of_file, tex
from derivatex.typeset.engine import TIME_LIMIT, environment, program

if TYPE_CHECKING:
    from derivatex.store.cache import Cache

JOB = "preamble"
DUMPING = r"\def\dxdumping{}"  # by which the preamble knows, to do more for every run
Seen = tuple[str, str]  # a file's signature and the digest of its content
_ONE_AT_A_TIME = threading.Lock()  # reports are typeset side by side
MAX_KEPT = 4  # formats of 20 MB each


def format_of(preamble: str, engine: Engine, cache: Cache) -> Path | None:
    """The format of a preamble, made now if there is none; None where it cannot be made."""
    if engine is not Engine.PDFLATEX:
        return None
    step = Step(
        "format",
        engine.value,
        "the preamble was dumped",
        {"the preamble": digest(preamble.encode()), "TeX": tex(), **cache.tools},
    )
    path = cache.folder / "formats" / f"{step.key}.fmt"
    with _ONE_AT_A_TIME:
        seen: dict[str, Seen] | None = cache.recall(step)
        changed = [name for name, it in (seen or {}).items() if not _is_as_it_was(name, *it)]
        if seen and not changed:
            return path
        if changed:
            cache.ran.append(f"{step.what}: {', '.join(changed)} changed")
        read = _dumped(preamble, path)
        if read is None:
            return None
        cache.keep(step, {name: (_signature(name), of_file(name)) for name in [str(path), *read]})
        for old in sorted(path.parent.glob("*.fmt"), key=lambda it: it.stat().st_mtime)[:-MAX_KEPT]:
            old.unlink(missing_ok=True)
    return path


def _dumped(preamble: str, path: Path) -> list[str] | None:
    """Dump a preamble at `path`; the files that were read, None where it failed."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{JOB}.tex").write_text(f"{DUMPING}{preamble}\n\\dump\n", encoding="utf-8")
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


def _read(recorded: Path, folder: Path) -> list[str]:
    """The files that a run read, beside its own."""
    lines = recorded.read_text(encoding="utf-8").splitlines()
    names = {line.partition(" ")[2] for line in lines if line.startswith("INPUT ")}
    return sorted(it for it in names if it.startswith(os.sep) and not it.startswith(str(folder)))


def _signature(name: str) -> str:
    """What tells a file from another one without its being read."""
    seen = Path(name).stat()
    return f"{seen.st_ino},{seen.st_size},{seen.st_mtime_ns}"


def _is_as_it_was(name: str, signature: str, content: str) -> bool:
    """Whether a file is the one that it was; it is read only where it seems to be another."""
    try:
        return _signature(name) == signature or of_file(name) == content
    except OSError:
        return False
