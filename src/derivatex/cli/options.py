"""Options that several commands have."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derivatex.check.sampling import Sampling
from derivatex.cli.terminal import Terminal
from derivatex.diagnostics import ExitCode, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable


def give_up_output() -> None:
    """Let nothing more be written to a standard output that cannot take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def common(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Give a command the options that all commands have."""

    @click.option("-C", "--project", type=click.Path(path_type=Path), help="The project's folder.")
    @click.option("-q", "--quiet", is_flag=True, help="Show errors only.")
    @click.option("-v", "--verbose", is_flag=True, help="Show every step and every claim.")
    @click.option("--no-color", is_flag=True, help="Show no colours.")
    @functools.wraps(command)
    def with_terminal(
        *args: Any,
        quiet: bool,
        verbose: bool,
        no_color: bool,
        **options: Any,
    ) -> ExitCode:
        terminal = Terminal(quiet=quiet, verbose=verbose, no_color=no_color)
        try:
            return command(*args, terminal=terminal, **options)
        except RefusedError as refused:
            terminal.diagnostics(refused.diagnostics)
            return refused.code
        except BrokenPipeError:  # the reader has seen enough
            give_up_output()
            return ExitCode.OK
        finally:
            terminal.rest()

    return with_terminal


def sampled(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Give a command the options that say how relations are evaluated."""

    @click.option("--seed", type=click.IntRange(0), default=0, help="Where the draws start.")
    @click.option(
        "--draws", type=click.IntRange(1, 100), default=5, help="Instances for each relation."
    )
    @click.option("--mutants", is_flag=True, help="Plant errors, and count those that are noticed.")
    @functools.wraps(command)
    def with_sampling(
        *args: Any,
        seed: int,
        draws: int,
        mutants: bool,
        **options: Any,
    ) -> ExitCode:
        return command(*args, sampling=Sampling(seed, draws, mutants), **options)

    return with_sampling


jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Problems computed side by side; as many as there are processors by default.",
)
