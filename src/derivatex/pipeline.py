"""The whole program on one screen: read, compute, check, render, typeset."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.certificate import certificate
from derivatex.check.examine import Examination, examine
from derivatex.check.sampling import Sampling
from derivatex.compute.run import compute
from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError, in_order
from derivatex.read.assignment import problem_numbers, read_assignment
from derivatex.render.document import render
from derivatex.store import certificates
from derivatex.store.cache import Cache
from derivatex.store.inputs import inputs as read_inputs
from derivatex.store.lock import cannot_write, locked
from derivatex.store.target import BUILD
from derivatex.typeset.passes import typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from derivatex.document import Artifact
    from derivatex.model.assignment import Assignment, Engine
    from derivatex.solution import Solution
    from derivatex.store.target import Target


TOOLS = (
    "derivatex",
    "python and its packages",
)  # what values and verdicts depend on, templates not


@dataclass(frozen=True, slots=True)
class Settings:
    """How to run: where, how many processes side by side, whom to tell."""

    project: Path
    jobs: int
    progress: Callable[[str], None]
    engine: Engine | None = None
    force: bool = False
    sampling: Sampling = field(default_factory=Sampling)
    explain: Callable[[str], None] = lambda _: None

    def cache(self, now: dict[str, str]) -> Cache:
        """What earlier builds left, for tools of today."""
        return Cache(self.project, {name: now[name] for name in TOOLS})


@dataclass(frozen=True, slots=True)
class Examined:
    """An assignment, what its modules computed, and what was found about its claims."""

    assignment: Assignment
    solutions: tuple[Solution, ...]
    examination: Examination

    def inputs(self, now: dict[str, str]) -> dict[str, str]:
        """Everything that the assignment depends on, with the files that its modules read."""
        read = [name for solution in self.solutions for name in solution.read.items()]
        return {**dict(sorted(read)), **now}

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
    inputs: dict[str, str]
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
            if not settings.force and certificates.is_current(it, project, now):
                yield Built(it, None, certificates.recorded_inputs(it, project))
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
        settings.cache(now),
        folder=target.tex(project),
        target=target.pdf(project),
    )
    record = certificates.read_certificate(target, project)
    everything = examined.inputs(now)
    certificates.write_certificate(target, project, record | {"pdf": _pdf(artifact, everything)})
    return Built(target, artifact, everything, examined.examination.diagnostics)


def _examined(target: Target, settings: Settings, now: dict[str, str]) -> Examined:
    """The stages up to the check, and their certificate; the findings are those of all of them."""
    settings.progress(f"reading {target}")
    assignment = read_assignment(settings.project, target.slug, target.problem)
    cache = settings.cache(now)
    solutions, found = compute(cache, assignment, settings.jobs, settings.progress)
    settings.progress(f"checking {target}")
    examination = examine(
        assignment,
        solutions,
        settings.sampling,
        cache,
        is_whole=target.problem is None,
        jobs=settings.jobs,
    )
    for reason in cache.ran:
        settings.explain(reason)
    everything = in_order([*found, *examination.diagnostics, *cache.warnings])
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
        inputs=examined.inputs(now),
        pdf=certificates.read_certificate(target, settings.project).get("pdf"),
    )
    certificates.write_certificate(target, settings.project, record)


def inputs(target: Target, settings: Settings) -> dict[str, str]:
    """The digests of everything that a target depends on.

    Raises: RefusedError where a file cannot be read.
    """
    try:
        engine = settings.engine.value if settings.engine else ""
        return read_inputs(str(settings.project), target.slug, engine)
    except OSError as error:
        path = Path(str(error.filename)).relative_to(settings.project)
        message = f"cannot be read: {(error.strerror or str(error)).lower()}"
        at = Location(path.as_posix())
        refusal = Diagnostic("unreadable-file", message, ExitCode.BAD_INPUT, at)
        raise RefusedError([refusal]) from error


@contextlib.contextmanager
def _writing(settings: Settings) -> Iterator[None]:
    """Hold the folder `build`; what cannot be written there is the user's to mend."""
    with locked(settings.project, settings.progress):
        try:
            yield
        except OSError as error:
            inside = settings.project / BUILD
            if error.filename and not Path(str(error.filename)).is_relative_to(inside):
                raise
            raise RefusedError([cannot_write(error, settings.project)]) from error


def _pdf(artifact: Artifact, inputs: dict[str, str]) -> dict[str, object]:
    """What the certificate says of the PDF."""
    return {
        "inputs": inputs,
        "pages": artifact.pages,
        "sha256": artifact.sha256,
    }
