"""The whole program on one screen: read, compute, check, render, typeset."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex import store
from derivatex.certificate import certificate
from derivatex.check.displays import Sampling
from derivatex.check.examine import Examination, examine
from derivatex.compute.run import compute
from derivatex.diagnostics import Diagnostic, RefusedError, in_order
from derivatex.model.assignment import Engine
from derivatex.read.assignment import FOLDER, problem_numbers, read_assignment
from derivatex.render.document import render
from derivatex.render.environment import template_folder
from derivatex.typeset.engine import banner
from derivatex.typeset.passes import typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from derivatex.document import Artifact
    from derivatex.model.assignment import Assignment
    from derivatex.solution import Solution
    from derivatex.store import Target


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run: where, how many processes side by side, whom to tell."""

    project: Path
    jobs: int
    progress: Callable[[str], None]
    engine: Engine | None = None
    force: bool = False
    sampling: Sampling = Sampling()


@dataclass(frozen=True, slots=True)
class Examined:
    """An assignment, what its modules computed, and what was found about its claims."""

    assignment: Assignment
    solutions: tuple[Solution, ...]
    examination: Examination

    def of(self, number: str) -> Examined:
        """One problem of it, as if it had been examined alone."""
        problem = next(it for it in self.assignment.problems if it.problem == number)
        return Examined(
            self.assignment.model_copy(update={"problems": (problem,)}),
            tuple(it for it in self.solutions if it.problem == number),
            self.examination.of(problem),
        )


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a target: no artifact where there was nothing to do."""

    target: Target
    artifact: Artifact | None
    warnings: tuple[Diagnostic, ...] = ()


def check(target: Target, settings: Settings) -> Examined:
    """Read, compute and check a target, and write its certificate.

    Raises: RefusedError where the assignment cannot be read or the certificate not written.
    """
    with _writing(settings):
        return _examined(target, settings, inputs(target, settings))


def build(target: Target, settings: Settings, *, each: bool = False) -> Iterator[Built]:
    """Make a target's PDF, and that of each of its problems if asked for, where they changed.

    Raises: RefusedError with the findings of the stage that refused; earlier PDFs stay.
    """
    project = settings.project
    with _writing(settings):
        now = inputs(target, settings)
        numbers = problem_numbers(project, target.slug) if each and not target.problem else ()
        whole: Examined | None = None
        for it in (target, *(replace(target, problem=number) for number in numbers)):
            if not settings.force and store.is_current(it, project, now):
                yield Built(it, None)
                continue
            whole = whole or _examined(target, settings, now)
            examined = whole if it == target else whole.of(str(it.problem))
            if it != target:
                _certify(it, settings, now, examined)
            built = _typeset(it, settings, now, examined)
            yield built if it == target else replace(built, warnings=())  # said already


def _typeset(target: Target, settings: Settings, now: dict[str, str], examined: Examined) -> Built:
    """Typeset what passed its checks, and note its digest.

    Raises: RefusedError where something did not pass, or TeX refuses.
    """
    project = settings.project
    checked = examined.examination.checked
    if checked is None:
        raise RefusedError(examined.examination.diagnostics)
    settings.progress(f"typesetting {target}")
    artifact = typeset(
        render(project, checked, is_handout=target.is_handout),
        settings.engine or checked.assignment.heading.engine,
        project=project,
        folder=target.tex(project),
        target=target.pdf(project),
    )
    record = store.read_certificate(target, project)
    store.write_certificate(target, project, record | {"pdf": _pdf(artifact, now)})
    return Built(target, artifact, examined.examination.diagnostics)


def _examined(target: Target, settings: Settings, now: dict[str, str]) -> Examined:
    """The stages up to the check, and their certificate; the findings are those of all of them."""
    settings.progress(f"reading {target}")
    assignment = read_assignment(settings.project, target.slug, target.problem)
    solutions, found = compute(settings.project, assignment, settings.jobs, settings.progress)
    settings.progress(f"checking {target}")
    examination = examine(
        assignment,
        solutions,
        settings.sampling,
        is_whole=target.problem is None,
        jobs=settings.jobs,
    )
    everything = in_order([*found, *examination.diagnostics])
    examination = replace(examination, diagnostics=everything)
    examined = Examined(assignment, tuple(solutions), examination)
    _certify(target, settings, now, examined)
    return examined


def _certify(target: Target, settings: Settings, now: dict[str, str], examined: Examined) -> None:
    """Write the certificate; what it says of the PDF stays until the next PDF is whole."""
    examination = examined.examination
    record = certificate(
        examined.solutions,
        examination.verdicts,
        examination.diagnostics,
        inputs=now,
        pdf=store.read_certificate(target, settings.project).get("pdf"),
    )
    store.write_certificate(target, settings.project, record)


def inputs(target: Target, settings: Settings) -> dict[str, str]:
    """The digests of everything that a target depends on."""
    engine = f"{settings.engine or 'as the assignment says'}, {banner(Engine.PDFLATEX)}"
    folder = f"{FOLDER}/{target.slug}"
    return store.inputs(settings.project, folder, template_folder(), engine)


@contextlib.contextmanager
def _writing(settings: Settings) -> Iterator[None]:
    """Hold the folder `build`; what cannot be written there is the user's to mend."""
    with store.locked(settings.project, settings.progress):
        try:
            yield
        except OSError as error:
            inside = settings.project / store.BUILD
            if error.filename and not Path(str(error.filename)).is_relative_to(inside):
                raise
            raise RefusedError([store.cannot_write(error, settings.project)]) from error


def _pdf(artifact: Artifact, inputs: dict[str, str]) -> dict[str, object]:
    """What the certificate says of the PDF."""
    return {
        "inputs": inputs,
        "pages": artifact.pages,
        "sha256": artifact.sha256,
    }
