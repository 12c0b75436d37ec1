"""One pass in a folder of its own, which may wait there for a document that is not written yet."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.typeset.engine import Started

if TYPE_CHECKING:
    from derivatex.document import Document
    from derivatex.model.assignment import Engine
    from derivatex.processes import Processes
    from derivatex.typeset.engine import Run

READ_AGAIN = (".aux", ".toc", ".out")  # what one pass writes and the next reads
KEPT = (*READ_AGAIN, ".log", ".pdf")
TURN = ".turn-"


class Turn:
    """One pass of TeX on the document of a folder.

    It runs in a folder below, with what the last pass wrote; what it writes is put in the folder
    when it has ended, so that an interrupted pass leaves nothing there.
    """

    def __init__(
        self, engine: Engine, home: Path, job: str, loaded: Path | None, processes: Processes
    ) -> None:
        """Start TeX where its preamble is `loaded`; it waits for its document.

        Raises: RefusedError where there is no such program.
        """
        self.engine, self.home, self.job = engine, home, job
        self.loaded, self.processes = loaded, processes
        self.folder = Path(tempfile.mkdtemp(prefix=f"{TURN}{os.getpid()}-", dir=home))
        self.told, self.is_over = "", False
        self.read: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.started = None if loaded is None else self._start()

    def suits(self, document: Document, loaded: Path | None, text: str) -> bool:
        """Whether it can go on with a document: what it was told and given is still so."""
        if self.is_over or self.loaded != loaded or not self.folder.is_dir():
            return False
        is_same = self.files == document.files and self.read == digests(self.home, self.job)
        return not self.told or (text.startswith(self.told) and is_same)

    def tell(self, document: Document, text: str) -> None:
        """Tell TeX what comes next of a document whose files lie in the folder above."""
        if not self.told:
            self._prepare(document)
        self.told += text
        if self.started is not None:
            self.started.tell(text)

    def finish(self) -> Run:
        """Wait for the end of the pass, and put what it wrote in the folder above.

        Raises: RefusedError where it does not end.
        """
        try:
            if self.started is None:
                (self.folder / f"{self.job}.tex").write_text(self.told, encoding="utf-8")
                self.started = self._start()
            done = self.started.finish()
            for suffix in KEPT:
                made = self.folder / f"{self.job}{suffix}"
                if made.exists():
                    made.replace(self.home / made.name)
                else:
                    (self.home / made.name).unlink(missing_ok=True)
        finally:
            self.end()
        return done

    def end(self) -> None:
        """End TeX, whatever it does, and remove its folder."""
        self.is_over = True
        if self.started is not None:
            self.started.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def changed(self) -> list[str]:
        """What the pass wrote otherwise than it had read it."""
        now = digests(self.home, self.job)
        return [name for name, digest in now.items() if digest != self.read[name]]

    def _start(self) -> Started:
        return Started(self.engine, self.folder, self.job, self.loaded, self.processes)

    def _prepare(self, document: Document) -> None:
        """Give it what the last pass wrote, and the document's files."""
        self.read = digests(self.home, self.job)
        self.files = dict(document.files)
        for name, digest in self.read.items():
            if digest:
                shutil.copyfile(self.home / name, self.folder / name)
        for name in {file.partition("/")[0] for file in document.files}:
            (self.folder / name).symlink_to(self.home / name)


def digests(folder: Path, job: str) -> dict[str, str]:
    """The digest of each file that passes read again; "" where there is none."""
    paths = {f"{job}{suffix}": folder / f"{job}{suffix}" for suffix in READ_AGAIN}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
        for name, path in paths.items()
    }


def remove_abandoned(home: Path) -> None:
    """Remove the folders of passes whose process was killed."""
    for folder in home.glob(f"{TURN}*"):
        if not _is_alive(int(folder.name.removeprefix(TURN).partition("-")[0])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        """It is somebody else's."""
    return True
