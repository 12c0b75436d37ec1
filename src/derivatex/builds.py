"""Builds of several targets: each is typeset while the next is computed and checked."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from derivatex import pipeline
from derivatex.diagnostics import RefusedError
from derivatex.model.assignment import Engine
from derivatex.pipeline import Work
from derivatex.processes import Processes
from derivatex.read.assignment import problem_numbers, submissions
from derivatex.store import certificates
from derivatex.typeset.ahead import end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from derivatex.diagnostics import Diagnostic
    from derivatex.document import Artifact
    from derivatex.pipeline import Examined, Settings
    from derivatex.store.target import Target
    from derivatex.typeset.ahead import Waiting
    from derivatex.typeset.turn import Turn


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a target: no artifact where there was nothing to do."""

    target: Target
    artifact: Artifact | None
    inputs: dict[str, str]
    warnings: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Refused:
    """A target of which nothing was made, and why."""

    target: Target
    diagnostics: tuple[Diagnostic, ...]


Outcome = Built | Refused


def build(
    targets: Sequence[Target],
    settings: Settings,
    *,
    each: bool = False,
    waiting: Waiting | None = None,
) -> Iterator[Outcome]:
    """Make the PDFs of targets, and those of their problems if asked for, where they changed.

    With an assignment's report come those that are handed in, unless somebody still writes.
    What became of them comes in order. Earlier PDFs stay where nothing new could be made.
    Engines that are `waiting` are made use of, and others started for the next build.
    Raises: RefusedError where nothing can be written.
    """
    with pipeline.writing(settings), _Side(settings, waiting) as side:
        begun: deque[Future[Outcome]] = deque()
        for target in targets:
            begun += side.begin(target, each=each)
            while begun and begun[0].done():
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


class _Side(contextlib.AbstractContextManager["_Side"]):
    """Threads that typeset side by side; an interrupted build ends what they started."""

    def __init__(self, settings: Settings, waiting: Waiting | None) -> None:
        self.settings, self.waiting = settings, waiting
        self.pool, self.processes = ThreadPoolExecutor(settings.jobs), Processes()

    def __exit__(self, *_: object) -> None:
        self.processes.end()
        self.pool.shutdown(cancel_futures=True)

    def begin(self, target: Target, *, each: bool) -> list[Future[Outcome]]:
        """Compute and check a target where it changed; begin to typeset it and its problems."""
        begun: list[Future[Outcome]] = []
        settings, project = self.settings, self.settings.project
        try:
            now = pipeline.inputs(target, settings)
            whole: Examined | None = None
            for it in (target, *self._with(target, each=each)):
                if not settings.force and self._is_current(it, now):
                    known = certificates.recorded_inputs(it, project)
                    begun.append(self.pool.submit(Built, it, None, known))
                    continue
                start: float | None = None
                ready: Future[list[Turn]] | None = None
                work = Work(it, settings, now, self.processes)
                if whole is None:
                    start, ready = time.monotonic(), self.pool.submit(self._ahead, work)
                    whole = self._examined(replace(work, target=target), ready)
                examined = whole if it == target else whole.of(str(it.problem))
                if it != target:
                    work.certify(examined)
                settings.progress(f"typesetting {it}")
                begun.append(self.pool.submit(self._typeset, work, examined, ready, start))
        except RefusedError as refused:
            begun.append(self.pool.submit(Refused, target, refused.diagnostics))
        return begun

    def _with(self, target: Target, *, each: bool) -> Iterator[Target]:
        """What is made of the same assignment beside its report."""
        if target.problem:
            return
        project = self.settings.project
        if self.waiting is None and not target.is_handout:
            for span in submissions(project, target.slug):
                yield replace(target, problem=span)
        if each:
            for number in problem_numbers(project, target.slug):
                yield replace(target, problem=number)

    def _is_current(self, target: Target, now: dict[str, str]) -> bool:
        """Whether its PDF is, and what is handed in with it is there."""
        project = self.settings.project
        has_sources = not target.is_handed_in or target.tex(project).is_dir()
        return has_sources and certificates.is_current(target, project, now)

    def _ahead(self, work: Work) -> list[Turn]:
        """Engines that load the preamble's format while all else is to be done."""
        waiting = self.waiting.take(work.folder) if self.waiting else []
        return waiting or [work.ahead()]

    def _examined(self, work: Work, ready: Future[list[Turn]]) -> Examined:
        try:
            return work.examined()
        except BaseException:
            ready.add_done_callback(partial(self._give_back, work))
            raise

    def _typeset(
        self,
        work: Work,
        examined: Examined,
        ready: Future[list[Turn]] | None,
        start: float | None,
    ) -> Outcome:
        start = start or time.monotonic()
        try:
            artifact = work.typeset(examined, ready.result() if ready else ())
        except RefusedError as refused:
            return Refused(work.target, refused.diagnostics)
        finally:
            if ready:
                self._give_back(work, ready)
        seconds = time.monotonic() - start
        if self.waiting is not None:
            self.waiting.prepare(work.job(Engine.PDFLATEX), artifact.document)
        warnings = examined.examination.diagnostics if ready else ()  # once for all
        return Built(work.target, artifact, examined.inputs(work.now), warnings, seconds)

    def _give_back(self, work: Work, ready: Future[list[Turn]]) -> None:
        """Let engines that were not needed wait on, where somebody needs them later."""
        if ready.cancelled() or ready.exception():
            return
        if self.waiting is not None:
            self.waiting.give_back(work.folder, ready.result())
        else:
            end(ready.result())
