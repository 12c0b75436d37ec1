"""The commands that build: `build`, `watch`, `bundle`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derivatex import builds, pipeline
from derivatex.builds import Built, Outcome, Refused
from derivatex.bundle import bundle as bundled
from derivatex.cli.options import common, jobs_option
from derivatex.cli.targets import settings_of, targets_of
from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError, exit_code
from derivatex.files import write_beside
from derivatex.model.assignment import Engine
from derivatex.read.assignment import read_heading
from derivatex.store.current import remember
from derivatex.typeset.ahead import Waiting
from derivatex.watching import saves

if TYPE_CHECKING:
    from derivatex.cli.terminal import Terminal
    from derivatex.store.target import Target


@click.command(
    epilog="""\b
Examples:
  derivatex build                     every report
  derivatex build lab3                build/lab3.pdf
  derivatex build lab3/3              build/lab3/3.pdf
  derivatex build lab3 --problems     the same, and a PDF for each problem
  derivatex build lab3 --explain      why each step ran
  derivatex build lab3 --handout      the questions alone
  derivatex build --engine lualatex   another TeX program"""
)
@click.argument("names", nargs=-1, metavar="[TARGET]...")
@click.option(
    "--engine",
    type=click.Choice([engine.value for engine in Engine]),
    help="In place of the assignment's own.",
)
@click.option("--handout", is_flag=True, help="The questions alone.")
@click.option("--problems", is_flag=True, help="A PDF for each problem, too.")
@click.option("--force", is_flag=True, help="Build even where nothing has changed.")
@click.option("--explain", is_flag=True, help="Say why each step ran.")
@jobs_option
@common
def build(  # noqa: PLR0913  # an option each
    names: tuple[str, ...],
    *,
    engine: str | None,
    handout: bool,
    problems: bool,
    force: bool,
    explain: bool,
    jobs: int,
    project: Path | None,
    terminal: Terminal,
) -> ExitCode:
    """Check and typeset reports; TARGET is `SLUG` or `SLUG/PROBLEM`, all without one.

    With an assignment's report comes what it says is handed in: a PDF of some of its problems,
    and an archive with its LaTeX. A PDF that is there stays until the new one is whole.
    """
    chosen = Engine(engine) if engine else None
    told = terminal.result if explain else None
    settings = settings_of(project, jobs, terminal, engine=chosen, force=force, explain=told)
    found: list[Diagnostic] = []
    made: list[Built] = []
    for it in builds.build(
        targets_of(settings, names, is_handout=handout), settings, each=problems
    ):
        if isinstance(it, Refused):
            terminal.diagnostics(it.diagnostics)
            found += it.diagnostics
        else:
            _show(it, settings, terminal)
            made.append(it)
    for it in made:
        if it.target.is_handed_in:
            _pack(it.target, settings, terminal)
    if not found and not force and not explain and project is None:
        _remember(settings, made)
    return exit_code(found)


@click.command(
    epilog="""\b
Examples:
  derivatex watch                     every report, again whenever a file is saved
  derivatex watch lab3/3              one problem"""
)
@click.argument("names", nargs=-1, metavar="[TARGET]...")
@jobs_option
@common
def watch(
    names: tuple[str, ...], *, jobs: int, project: Path | None, terminal: Terminal
) -> ExitCode:
    """Build reports, and again what a save affects, until Ctrl-C.

    Earlier PDFs stay while something is wrong.
    """
    watched = _Watched(names, settings_of(project, jobs, terminal), terminal)
    try:
        watched.build(None)
        terminal.result("watching; Ctrl-C ends it")
        for saved in saves(watched.settings.project):
            watched.build(saved)
    except KeyboardInterrupt:
        terminal.result("watched no longer: what was built is as it was")
    finally:
        watched.waiting.end()
    return ExitCode.OK


@dataclass
class _Watched:
    """Reports that are built again and again; what is told takes the place of what was."""

    names: tuple[str, ...]
    settings: pipeline.Settings
    terminal: Terminal
    waiting: Waiting = field(default_factory=Waiting)
    wrong: set[Target] = field(default_factory=set)  # of which something was told last
    has_told: bool = False  # in this round
    rounds: int = 0

    def build(self, saved: frozenset[str] | None) -> None:
        """Build what a save affects; what is wrong is told, and may be mended by the next one."""
        self.has_told = not self.rounds  # before the first nothing is to be taken away
        try:
            targets = targets_of(self.settings, self.names)
            wanted = [it for it in targets if saved is None or it.slug in saved]
            for it in builds.build(wanted, self.settings, waiting=self.waiting) if wanted else ():
                if (
                    isinstance(it, Refused)
                    or it.artifact
                    or it.target in self.wrong
                    or not self.rounds
                ):
                    self._tell(it)
        except RefusedError as refused:
            self.terminal.diagnostics(refused.diagnostics)
        except click.UsageError as error:
            error.show()
        self.rounds += 1

    def _tell(self, it: Outcome) -> None:
        if not self.has_told:
            self.terminal.afresh()
        self.has_told = True
        if isinstance(it, Refused):
            self.wrong.add(it.target)
            self.terminal.diagnostics(it.diagnostics)
        else:
            self.wrong.discard(it.target)
            _show(it, self.settings, self.terminal)


def _remember(settings: pipeline.Settings, made: list[Built]) -> None:
    """Record that all is current, so that the same command need not be run again."""
    known = {built.target.slug: built.inputs for built in made}
    paths = [built.target.pdf(settings.project) for built in made]
    paths += [it.target.bundle(settings.project) for it in made if it.target.is_handed_in]
    names = [str(path.relative_to(settings.project)) for path in paths]
    try:
        record = remember(str(settings.project), sys.argv[1:], known, names)
        write_beside(Path(record[0]), record[1])
    except OSError:
        return  # it is found out again


def _show(built: Built, settings: pipeline.Settings, terminal: Terminal) -> None:
    """Say what became of a target, and how long it took."""
    terminal.diagnostics(built.warnings)
    path = built.target.pdf(settings.project).relative_to(settings.project)
    if built.artifact is None:
        terminal.result(f"{path}  nothing to do")
        return
    pages, passes = built.artifact.pages, len(built.artifact.passes)
    terminal.result(
        f"{path}  {pages} page{'s' * (pages > 1)}, {passes} TeX pass{'es' * (passes > 1)}, "
        f"{built.seconds:.{1 if built.seconds >= 1 else 2}f} s"
    )
    if terminal.verbose:
        for number, it in enumerate(built.artifact.passes, start=1):
            terminal.result(f"  pass {number}  {it.seconds:.1f} s  {it.reason}")


@click.command(
    epilog="""\b
Examples:
  derivatex bundle lab3               build/lab3.zip: PDF, LaTeX, code, certificate""",
)
@click.argument("slug", metavar="SLUG")
@jobs_option
@common
def bundle(slug: str, *, jobs: int, project: Path | None, terminal: Terminal) -> ExitCode:
    """Build a report where it changed, and pack it with its LaTeX and its certificate.

    SLUG may be what an assignment says is handed in, too: `adl-a1/1-10`.
    """
    settings = settings_of(project, jobs, terminal)
    (target,) = targets_of(settings, (slug,))
    if target.problem and not target.is_submission:
        raise click.UsageError("a bundle holds a whole assignment: name it alone")
    if not target.tex(settings.project).is_dir():
        settings = replace(settings, force=True)
    made = list(builds.build([target], settings))
    for it in made:
        if isinstance(it, Refused):
            raise RefusedError(it.diagnostics)
        _show(it, settings, terminal)
    for it in made:
        _pack(it.target, settings, terminal)
    return ExitCode.OK


def _pack(target: Target, settings: pipeline.Settings, terminal: Terminal) -> None:
    """Write the archive of a report that was built, where it is another one."""
    path = target.bundle(settings.project)
    with pipeline.writing(settings):
        engine = settings.engine or read_heading(settings.project, target.slug).engine
        data = bundled(target, settings.project, engine.value)
        if not path.is_file() or path.read_bytes() != data:
            write_beside(path, data)
    terminal.result(path.relative_to(settings.project))
