"""The commands; what they print and return is decided here, what they do elsewhere."""

from __future__ import annotations

import errno
import json
import shutil
import traceback
from typing import TYPE_CHECKING

import click

import derivatex
from derivatex import pipeline
from derivatex.cli import tables
from derivatex.cli.building import build, bundle, watch
from derivatex.cli.options import common, give_up_output, jobs_option, sampled
from derivatex.cli.targets import built_paths, settings_of, state_of, targets_of
from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError, exit_code
from derivatex.read.assignment import read_assignment
from derivatex.store.certificates import read_certificate
from derivatex.store.lock import locked
from derivatex.store.target import Target
from derivatex.typeset import doctor as machine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from derivatex.check.sampling import Sampling
    from derivatex.cli.terminal import Terminal

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # of a stream that takes no more


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Exit codes: 0 ok, 1 a bug of derivatex, 2 usage, 3 bad input,
4 a check failed, 5 TeX failed, 130 interrupted.""",
)
@click.version_option(derivatex.__version__, prog_name="derivatex")
def cli() -> None:
    """Turn solution YAML and Python modules into checked LaTeX reports."""


for made in (build, watch, bundle):
    cli.add_command(made)


@cli.command(
    epilog="""\b
Examples:
  derivatex check                     every claim of every assignment
  derivatex check lab3/3 -v           one problem, with every claim
  derivatex check lab3 --json         the certificate on standard output
  derivatex check lab3/3 --seed 7     other random instances
  derivatex check lab3 --mutants      are planted errors noticed?"""
)
@click.argument("names", nargs=-1, metavar="[TARGET]...")
@click.option("--json", "as_json", is_flag=True, help="Print the certificates as JSON.")
@sampled
@jobs_option
@common
def check(  # noqa: PLR0913  # an option each
    names: tuple[str, ...],
    *,
    as_json: bool,
    sampling: Sampling,
    jobs: int,
    project: Path | None,
    terminal: Terminal,
) -> ExitCode:
    """Check every claim, without TeX, and write the certificates `build/<target>.json`."""
    settings = settings_of(project, jobs, terminal, sampling=sampling)
    found: list[Diagnostic] = []
    certificates = []
    for target in targets_of(settings, names):
        try:
            examined = pipeline.check(target, settings)
            examination = examined.examination
            terminal.rest()
            if as_json:
                certificates.append(read_certificate(target, settings.project))
            elif terminal.verbose:
                terminal.result(tables.verdicts_table(examination.verdicts))
                for solution in examined.solutions:
                    if solution.output:
                        terminal.result(f"problem {solution.problem} wrote:\n{solution.output}")
            else:
                terminal.result(tables.checks_table(str(target), examination.verdicts))
            if sampling.mutants and not as_json:
                terminal.result(tables.mutants_report(examination.mutations))
            terminal.diagnostics(examination.diagnostics)
            found += examination.diagnostics
        except RefusedError as refused:
            terminal.diagnostics(refused.diagnostics)
            found += refused.diagnostics
    if as_json:
        click.echo(json.dumps(certificates, indent=1, ensure_ascii=False))
    return exit_code(found)


@cli.command(name="list", epilog="\b\nExamples:\n  derivatex list")
@common
def list_(*, project: Path | None, terminal: Terminal) -> ExitCode:
    """List assignments and problems, with their claims and the state of their PDFs."""
    settings = settings_of(project, 1, terminal)
    rows: list[tuple[str, str, str, str]] = []
    found: list[Diagnostic] = []
    for target in targets_of(settings, ()):
        try:
            assignment = read_assignment(settings.project, target.slug)
        except RefusedError as refused:
            rows.append((target.slug, "", "", "cannot be read"))
            found += refused.diagnostics
            continue
        certificate = read_certificate(target, settings.project)
        state = state_of(target, settings)
        rows.append(
            (target.slug, assignment.heading.title, tables.claims(certificate, None), state)
        )
        rows += [
            (
                f"{target.slug}/{problem.problem}",
                problem.title,
                tables.claims(certificate, problem.problem),
                state_of(Target(target.slug, problem.problem), settings),
            )
            for problem in assignment.problems
        ]
        rows += [
            (str(it), "to be handed in", "", state_of(it, settings))
            for it in (Target(target.slug, str(span)) for span in assignment.heading.submissions)
        ]
    terminal.out.print(tables.list_table(rows))
    terminal.diagnostics(found)
    return exit_code(found)


@cli.command(
    epilog="""\b
Examples:
  derivatex doctor                    what is missing, and how to get it
  derivatex doctor --all-engines      the same, for lualatex and xelatex too
  derivatex doctor --install          get it, by apt-get"""
)
@click.option("--install", is_flag=True, help="Install what is missing with apt-get.")
@click.option("--all-engines", is_flag=True, help="Ask for lualatex and xelatex too.")
@common
def doctor(
    *, install: bool, all_engines: bool, project: Path | None, terminal: Terminal
) -> ExitCode:
    """Say what this machine lacks for typesetting, and how to get it."""
    del project
    needs = machine.needs(all_engines=all_engines)
    missing = machine.missing_packages(needs)
    if install and missing:
        terminal.progress(f"installing {', '.join(missing)}")
        machine.install(missing)
        needs = machine.needs(all_engines=all_engines)
        missing = machine.missing_packages(needs)
    if not install or missing or terminal.verbose:
        terminal.result(tables.needs_table(needs))
    if not missing:
        terminal.result("everything is there")
        return ExitCode.OK
    hint = f"run `derivatex doctor --install`, or `{machine.install_command(missing)}` as root"
    message = f"missing: {', '.join(missing)}"
    raise RefusedError([Diagnostic("not-installed", message, ExitCode.TEX_FAILED, hint=hint)])


@cli.command(
    epilog="""\b
Examples:
  derivatex clean                     everything that was built
  derivatex clean lab3                what was built of one assignment
  derivatex clean --cache             what is remembered of earlier builds, too"""
)
@click.argument("names", nargs=-1, metavar="[TARGET]...")
@click.option("--cache", is_flag=True, help="Remove what is remembered, too.")
@common
def clean(
    names: tuple[str, ...], *, cache: bool, project: Path | None, terminal: Terminal
) -> ExitCode:
    """Remove what was built; what was computed and checked is remembered."""
    settings = settings_of(project, 1, terminal)
    wanted = targets_of(settings, names) if names else []
    with locked(settings.project, settings.progress):
        for path in built_paths(settings, wanted, with_cache=cache):
            is_folder = path.is_dir() and not path.is_symlink()
            shutil.rmtree(path) if is_folder else path.unlink()
            terminal.result(f"removed {path.relative_to(settings.project)}")
    return ExitCode.OK


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code.

    A mistake of the user's is a message; a bug of ours is the only traceback.
    """
    try:
        return int(cli.main(list(arguments), prog_name="derivatex", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: what was built before is as it was", err=True)
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last resort
        if isinstance(error, OSError) and error.errno in FULL:
            click.echo(f"error[cannot-write]: {str(error.strerror).lower()}", err=True)
            give_up_output()
            return ExitCode.BAD_INPUT
        click.echo(traceback.format_exc(), err=True)
        click.echo("this is a bug of derivatex: please report it with the lines above", err=True)
        return ExitCode.BUG
