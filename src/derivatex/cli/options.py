"""Options that several commands have."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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


jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    help="Problems computed side by side; as many as there are processors by default.",
)
