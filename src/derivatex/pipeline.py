"""The whole way of one target on one screen: read, compute, check, render, typeset."""

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
from derivatex.model.assignment import Engine, is_among
from derivatex.processes import Processes
from derivatex.read.assignment import read_assignment
from derivatex.render.document import preamble, render
from derivatex.store import certificates
from derivatex.store.cache import Cache
from derivatex.store.inputs import inputs as read_inputs
from derivatex.store.lock import cannot_write, locked
from derivatex.store.target import BUILD
from derivatex.typeset.passes import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from derivatex.document import Artifact
    from derivatex.model.assignment import Assignment
    from derivatex.solution import Solution
    from derivatex.store.target import Target
    from derivatex.typeset.turn import Turn


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

    def of(self, wanted: str) -> Examined:
        """One problem of it, or several from one to another, as if they had been examined alone."""
        problems = tuple(it for it in self.assignment.problems if is_among(it.problem, wanted))
        return Examined(
            self.assignment.model_copy(update={"problems": problems}),
            tuple(it for it in self.solutions if is_among(it.problem, wanted)),
            self.examination.of(problems),
        )


@dataclass(frozen=True, slots=True)
class Work:
    """A target on its way: `now` are the digests of everything that it depends on."""

    target: Target
    settings: Settings
    now: dict[str, str]
    processes: Processes = field(default_factory=Processes)

    @property
    def folder(self) -> Path:
        """Where its LaTeX is written and typeset."""
        return self.target.tex(self.settings.project)

    def examined(self) -> Examined:
        """Read, compute and check, and write the certificate.

        Raises: RefusedError where the assignment cannot be read.
        """
        target, settings = self.target, self.settings
        settings.progress(f"reading {target}")
        cache = settings.cache(self.now)
        assignment = read_assignment(settings.project, target.slug, target.problem, cache)
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
        self.certify(examined)
        return examined

    def ahead(self) -> Turn:
        """Start TeX, which loads the format of the preamble while all else is to be done."""
        return self.job(self.settings.engine or Engine.PDFLATEX).turn(preamble())

    def typeset(self, examined: Examined, ready: Sequence[Turn] = ()) -> Artifact:
        """Render and typeset what passed its checks, and note its digest in the certificate.

        Raises: RefusedError where something did not pass, or TeX refuses.
        """
        checked = examined.examination.checked
        if checked is None:
            raise RefusedError(examined.examination.diagnostics)
        only = self.target.problem if self.target.is_submission else None
        document = render(checked, is_handout=self.target.is_handout, only=only)
        job = self.job(self.settings.engine or checked.assignment.heading.engine)
        artifact = job.typeset(document, self.target.pdf(self.settings.project), ready)
        record = certificates.read_certificate(self.target, self.settings.project)
        pdf = {
            "inputs": examined.inputs(self.now),
            "pages": artifact.pages,
            "sha256": artifact.sha256,
        }
        certificates.write_certificate(self.target, self.settings.project, record | {"pdf": pdf})
        return artifact

    def certify(self, examined: Examined) -> None:
        """Write the certificate; what it says of the PDF stays until the next PDF is whole."""
        examination = examined.examination
        record = certificate(
            examined.solutions,
            examination.verdicts,
            examination.diagnostics,
            inputs=examined.inputs(self.now),
            pdf=certificates.read_certificate(self.target, self.settings.project).get("pdf"),
        )
        certificates.write_certificate(self.target, self.settings.project, record)

    def job(self, engine: Engine) -> Job:
        """What typesets the target's document, in a folder of its own."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = self.target.pdf(self.settings.project).stem
        return Job(engine, self.folder, name, self.settings.cache(self.now), self.processes)


def check(target: Target, settings: Settings) -> Examined:
    """Read, compute and check a target, and write its certificate.

    Raises: RefusedError where the assignment cannot be read or the certificate not written.
    """
    with writing(settings):
        return Work(target, settings, inputs(target, settings)).examined()


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
def writing(settings: Settings) -> Iterator[None]:
    """Hold the folder `build`; what cannot be written there is the user's to mend."""
    with locked(settings.project, settings.progress):
        try:
            yield
        except OSError as error:
            inside = settings.project / BUILD
            if error.filename and not Path(str(error.filename)).is_relative_to(inside):
                raise
            raise RefusedError([cannot_write(error, settings.project)]) from error
