"""As many passes as a document needs, each with its reason, then the PDF is read back."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError, errors_in
from derivatex.document import Artifact, Document, Pass
from derivatex.files import write_beside
from derivatex.processes import Processes
from derivatex.typeset.engine import program
from derivatex.typeset.formats import format_of
from derivatex.typeset.log import diagnostics, flaws
from derivatex.typeset.readback import read_back
from derivatex.typeset.turn import READ_AGAIN, Turn, remove_abandoned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from derivatex.model.assignment import Engine
    from derivatex.store.cache import Cache
    from derivatex.typeset.engine import Run

MAX_PASSES = 5
POPPLER = ("pdftotext", "pdffonts")
PAGES = re.compile(r"^Output written on .*\((\d+) pages?", re.MULTILINE)
DRAFT = r"\pdfdraftmode=1"


@dataclass
class Job:
    """A document's LaTeX on its way to a PDF: the folder where it is made, and what makes it."""

    engine: Engine
    folder: Path
    name: str
    cache: Cache
    processes: Processes = field(default_factory=Processes)

    def typeset(self, document: Document, target: Path, ready: Sequence[Turn] = ()) -> Artifact:
        """Typeset a document, read the PDF back, and put it at `target` if all is well.

        Whatever was at `target` before stays there until then. Passes that are `ready` wait for the
        document already; one that suits is taken.
        Raises: RefusedError with what TeX, or the PDF, has to say.
        """
        for name in (self.engine.value, *POPPLER):
            program(name)
        loaded = self._format_of(document.preamble)
        _write(document, self.folder, self.name)
        remove_abandoned(self.folder)
        passes, log = self._settle(document, loaded, ready)
        pdf = self.folder / f"{self.name}.pdf"
        found = flaws(log, document) or read_back(pdf, document)
        if errors_in(found):
            raise RefusedError(found)
        data = pdf.read_bytes()
        write_beside(target, data)
        pages = PAGES.search(log)
        count = int(pages[1]) if pages else 0
        return Artifact(document, target, hashlib.sha256(data).hexdigest(), count, passes)

    def turn(self, preamble: str) -> Turn:
        """Start a pass that waits for a document with this preamble."""
        return self._turn(self._format_of(preamble))

    def _format_of(self, preamble: str) -> Path | None:
        return format_of(preamble, self.engine, self.cache) if preamble else None

    def _turn(self, loaded: Path | None) -> Turn:
        return Turn(self.engine, self.folder, self.name, loaded, self.processes)

    def _settle(
        self, document: Document, loaded: Path | None, ready: Sequence[Turn]
    ) -> tuple[tuple[Pass, ...], str]:
        """Run until what a pass writes is what it read.

        Where a pass with the loaded preamble fails, the next ones read it.
        """
        passes: list[Pass] = []
        reason = "the document is new or has changed"
        had_aux = self._has_aux()
        turn = self._ready(document, loaded, ready)
        following: Turn | None = None
        try:
            for _ in range(MAX_PASSES):
                is_draft = loaded is not None and not self._has_aux()
                turn.tell(
                    document,
                    (DRAFT if is_draft else "") + body_of(document, loaded)[len(turn.told) :],
                )
                if is_draft:  # there is another pass: its engine starts meanwhile
                    following = self._turn(loaded)
                done = turn.finish()
                passes.append(Pass(reason, done.seconds))
                if done.status == 0 and (is_draft or self._has(".pdf")):
                    changed = turn.changed()
                    if not changed:
                        return tuple(passes), done.log
                    reason = f"{', '.join(changed)} changed in the pass before"
                elif had_aux:  # an interrupted run may have left half a file
                    had_aux = False
                    self._forget()
                    reason = "the last pass failed on files that an earlier build left"
                elif loaded is not None:
                    loaded = None
                    self._forget()
                    reason = "the last pass failed with the preamble's format"
                else:
                    raise RefusedError(_why(done, document, self.cache.project))
                if following is not None and following.loaded != loaded:
                    following.end()
                    following = None
                turn, following = following or self._turn(loaded), None
        finally:
            turn.end()
            if following is not None:
                following.end()
        message = f"the references had not settled after {MAX_PASSES} passes"
        raise RefusedError([Diagnostic("unsettled", message, ExitCode.TEX_FAILED)])

    def _ready(self, document: Document, loaded: Path | None, ready: Sequence[Turn]) -> Turn:
        """Of the passes that wait and suit, that which knows most of the document; else another."""
        body = body_of(document, loaded)
        suitable = [turn for turn in ready if turn.suits(document, loaded, body)]
        return max(suitable, key=lambda turn: len(turn.told), default=None) or self._turn(loaded)

    def _has(self, suffix: str) -> bool:
        return (self.folder / f"{self.name}{suffix}").exists()

    def _has_aux(self) -> bool:
        return self._has(".aux")

    def _forget(self) -> None:
        for suffix in READ_AGAIN:
            (self.folder / f"{self.name}{suffix}").unlink(missing_ok=True)


def body_of(document: Document, loaded: Path | None) -> str:
    """What TeX reads; where the preamble is loaded, empty lines stand in its place."""
    if loaded is None:
        return document.tex
    return "\n" * document.preamble.count("\n") + document.tex[len(document.preamble) :]


def sources(folder: Path, job: str) -> dict[str, bytes]:
    """The document that was typeset in a folder, and the files that it shows, by name.

    Raises: OSError where there is none.
    """
    shown = sorted(path for path in folder.glob("[!.]*/*") if path.is_file())
    found = {f"{job}.tex": (folder / f"{job}.tex").read_bytes()}
    return found | {path.relative_to(folder).as_posix(): path.read_bytes() for path in shown}


def _write(document: Document, folder: Path, job: str) -> None:
    """Write the document and its files where TeX looks for them, as far as they have changed."""
    written = {f"{job}.tex": document.tex.encode(), **document.files}
    for name, data in written.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            write_beside(path, data)
    for name in sources(folder, job).keys() - written.keys():
        (folder / name).unlink()


def _why(done: Run, document: Document, project: Path) -> tuple[Diagnostic, ...]:
    found = diagnostics(done.log, document, project)
    if found:
        return found
    message = f"TeX ended with status {done.status} and without a message"
    hint = f"the last lines of its log: {' / '.join(done.log.splitlines()[-3:])}"
    return (Diagnostic("tex-error", message, ExitCode.TEX_FAILED, hint=hint),)
