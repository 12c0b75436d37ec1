"""One run of a TeX program: no shell, no file outside its folder, no date, a bounded time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError
from derivatex.processes import Processes

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.model.assignment import Engine

TIME_LIMIT = 180.0  # seconds for one pass
PIPE_SIZE = 1_048_576  # bytes of a document that are told at once
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


class Started:
    """A TeX program that was started.

    With a format of its preamble `loaded` it waits for its document, which is told to it piece by
    piece; without, it reads `<job>.tex` in its folder.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        job: str,
        loaded: Path | None,
        processes: Processes,
    ) -> None:
        """Start it.

        Raises: RefusedError where there is no such program.
        """
        self.engine, self.folder, self.job, self.processes = engine, folder, job, processes
        self.began = time.monotonic()
        more, known = [], environment(folder)
        if loaded is not None:
            more, known = [f"-fmt={loaded.stem}"], {**known, "TEXFORMATS": f"{loaded.parent}:"}
            more.append("-no-parse-first-line")  # for which the pipe would be opened twice
            (folder / f"{job}.tex").symlink_to("/dev/stdin")
        self.process = subprocess.Popen(
            [program(engine.value), *OPTIONS, *more, f"{job}.tex"],
            cwd=folder,
            env=known,
            stdin=subprocess.DEVNULL if loaded is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )
        processes.add(self.process)
        if self.process.stdin is not None:
            os.set_blocking(self.process.stdin.fileno(), False)
            with contextlib.suppress(OSError):  # where so much is not allowed, it is told in pieces
                fcntl.fcntl(self.process.stdin, fcntl.F_SETPIPE_SZ, PIPE_SIZE)

    def tell(self, text: str) -> None:
        """Tell the document, or a piece of it; a program that ended hears nothing."""
        pipe, left = self.process.stdin, memoryview(text.encode())
        self.began = time.monotonic()
        deadline = time.monotonic() + TIME_LIMIT
        try:
            while pipe is not None and left and time.monotonic() < deadline:
                select.select([], [pipe], [], 1.0)
                left = left[pipe.write(left) or 0 :]
        except BrokenPipeError:
            return

    def finish(self) -> Run:
        """Wait until it has ended.

        Raises: RefusedError where it does not.
        """
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            status = self.process.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired:
            message = f"{self.engine.value} did not end within {TIME_LIMIT:g} s"
            found = Diagnostic("tex-time-limit", message, ExitCode.TEX_FAILED)
            raise RefusedError([found]) from None
        finally:
            self.end()
        log = self.folder / f"{self.job}.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return Run(status, time.monotonic() - self.began, text)

    def end(self) -> None:
        """End it, whatever it does."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.processes.remove(self.process)


def run(engine: Engine, folder: Path, job: str) -> Run:
    """Run TeX once on `<job>.tex` in `folder`.

    Raises: RefusedError where there is no engine or it does not end.
    """
    return Started(engine, folder, job, None, Processes()).finish()
