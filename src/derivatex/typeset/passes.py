"""As many passes as a document needs, each with its reason, then the PDF is read back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError, errors_in
from derivatex.document import Artifact, Document, Pass
from derivatex.files import write_beside
from derivatex.typeset.engine import program, run
from derivatex.typeset.formats import format_of
from derivatex.typeset.log import diagnostics, flaws
from derivatex.typeset.readback import page_count, read_back

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.model.assignment import Engine
    from derivatex.store.cache import Cache
    from derivatex.typeset.engine import Run

MAX_PASSES = 5
READ_AGAIN = (".aux", ".toc", ".out")  # what one pass writes and the next reads
POPPLER = ("pdftotext", "pdffonts", "pdfinfo")


def typeset(
    document: Document, engine: Engine, cache: Cache, *, folder: Path, target: Path
) -> Artifact:
    """Typeset in `folder`, read the PDF back, and put it at `target` if all is well.

    Whatever was at `target` before stays there until then.
    Raises: RefusedError with what TeX, or the PDF, has to say.
    """
    for name in (engine.value, *POPPLER):
        program(name)
    job = target.stem
    loaded = format_of(document.preamble, engine, cache) if document.preamble else None
    _write_tree(document, folder, job, loaded)
    passes, log = _settle(document, engine, cache.project, folder=folder, job=job, loaded=loaded)
    pdf = folder / f"{job}.pdf"
    found = flaws(log, document) or read_back(pdf, document)
    if errors_in(found):
        raise RefusedError(found)
    data = pdf.read_bytes()
    write_beside(target, data)
    return Artifact(target, hashlib.sha256(data).hexdigest(), page_count(pdf), passes)


def _write_tree(document: Document, folder: Path, job: str, loaded: Path | None) -> None:
    """Write what TeX reads; where the preamble is loaded, empty lines stand in its place."""
    tex = document.tex
    if loaded is not None:
        tex = "\n" * document.preamble.count("\n") + tex[len(document.preamble) :]
    for name, data in {f"{job}.tex": tex.encode(), **document.files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _settle(  # noqa: PLR0913  # what a run needs
    document: Document,
    engine: Engine,
    project: Path,
    *,
    folder: Path,
    job: str,
    loaded: Path | None,
) -> tuple[tuple[Pass, ...], str]:
    """Run until what a pass writes is what it read.

    Where a pass with the loaded preamble fails, the next ones read it.
    """
    passes: list[Pass] = []
    reason = "the document is new or has changed"
    had_aux = (folder / f"{job}.aux").exists()
    for _ in range(MAX_PASSES):
        before = _digests(folder, job)
        (folder / f"{job}.pdf").unlink(missing_ok=True)
        done = run(engine, folder, job, loaded)
        passes.append(Pass(reason, done.seconds))
        if not _is_sound(done, folder, job):
            if had_aux:  # an interrupted run may have left half a file
                had_aux = False
                _forget(folder, job)
                reason = "the last pass failed on files that an earlier build left"
                continue
            if loaded is not None:
                loaded = None
                _forget(folder, job)
                _write_tree(document, folder, job, loaded)
                reason = "the last pass failed with the preamble's format"
                continue
            raise RefusedError(_why(done, document, project))
        changed = [name for name, digest in _digests(folder, job).items() if digest != before[name]]
        if not changed:
            return tuple(passes), done.log
        reason = f"{', '.join(changed)} changed in the pass before"
    message = f"the references had not settled after {MAX_PASSES} passes"
    raise RefusedError([Diagnostic("unsettled", message, ExitCode.TEX_FAILED)])


def _is_sound(done: Run, folder: Path, job: str) -> bool:
    return done.status == 0 and (folder / f"{job}.pdf").exists()


def _why(done: Run, document: Document, project: Path) -> tuple[Diagnostic, ...]:
    found = diagnostics(done.log, document, project)
    if found:
        return found
    message = f"TeX ended with status {done.status} and without a message"
    hint = f"the last lines of its log: {' / '.join(done.log.splitlines()[-3:])}"
    return (Diagnostic("tex-error", message, ExitCode.TEX_FAILED, hint=hint),)


def _digests(folder: Path, job: str) -> dict[str, str]:
    paths = {f"{job}{suffix}": folder / f"{job}{suffix}" for suffix in READ_AGAIN}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
        for name, path in paths.items()
    }


def _forget(folder: Path, job: str) -> None:
    for suffix in READ_AGAIN:
        (folder / f"{job}{suffix}").unlink(missing_ok=True)
