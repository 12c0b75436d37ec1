"""One run of a TeX program: no shell, no file outside its folder, no date, a bounded time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.model.assignment import Engine

TIME_LIMIT = 180.0  # seconds for one pass
ENVIRONMENT = {
    "SOURCE_DATE_EPOCH": "0",  # the same inputs give the same bytes
    "FORCE_SOURCE_DATE": "1",
    "openin_any": "p",  # TeX opens no file above its folder
    "openout_any": "p",
    "shell_escape": "f",
    "max_print_line": "10000",  # a message of the log stays on its line
    "error_line": "254",
    "half_error_line": "238",
}
OPTIONS = ("-no-shell-escape", "-interaction=nonstopmode", "-file-line-error")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run left behind."""

    status: int
    seconds: float
    log: str


def program(name: str) -> str:
    """Find a program on the PATH.

    Raises: RefusedError that says how to get it.
    """
    found = shutil.which(name)
    if found is None:
        message = f"`{name}` is not on the PATH"
        hint = "run `derivatex doctor`: it says what is missing and how to get it"
        raise RefusedError([Diagnostic("no-program", message, ExitCode.TEX_FAILED, hint=hint)])
    return found


def environment(folder: Path) -> dict[str, str]:
    """The surroundings of a run: nothing of this machine's own TeX files and settings."""
    kept = {name: it for name, it in os.environ.items() if not name.startswith(("TEX", "BIB"))}
    homes = dict.fromkeys(("TEXMFHOME", "TEXMFCONFIG"), str(folder / "no-texmf"))
    return {**kept, **homes, **ENVIRONMENT}


def run(engine: Engine, folder: Path, job: str, loaded: Path | None = None) -> Run:
    """Run TeX once on `<job>.tex` in `folder`, with a format of its preamble `loaded` if given.

    Raises: RefusedError where there is no engine or it does not end.
    """
    started = time.monotonic()
    more, known = [], environment(folder)
    if loaded is not None:
        more, known = [f"-fmt={loaded.stem}"], {**known, "TEXFORMATS": f"{loaded.parent}:"}
    process = subprocess.Popen(
        [program(engine.value), *OPTIONS, *more, f"{job}.tex"],
        cwd=folder,
        env=known,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = process.wait(TIME_LIMIT)
    except subprocess.TimeoutExpired:
        message = f"{engine.value} did not end within {TIME_LIMIT:g} s"
        raise RefusedError([Diagnostic("tex-time-limit", message, ExitCode.TEX_FAILED)]) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    log = folder / f"{job}.log"
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return Run(status, time.monotonic() - started, text)
