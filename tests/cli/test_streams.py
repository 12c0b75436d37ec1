"""Standard output and standard error: closed, full, no terminal, or a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from derivatex import pipeline
from derivatex.cli import commands

if TYPE_CHECKING:
    from tests.conftest import Project

LIMIT = 60.0  # seconds
DERIVATEX = [sys.executable, "-m", "derivatex"]


def test_a_bug_of_ours_is_told_as_one(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An exception that nobody foresaw gives status 1, a traceback and a plea to report it."""

    def stumble(*_: object, **__: object) -> None:
        message = "nobody foresaw this"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(pipeline, "read_assignment", stumble)
    ran = project.run(capfd, "check", "demo")
    assert ran.code == 1
    assert "Traceback" in ran.err
    assert "ZeroDivisionError: nobody foresaw this" in ran.err
    assert "this is a bug of derivatex: please report it" in ran.err


def test_a_closed_pipe_is_quiet(project: Project) -> None:
    """A reader who has seen enough is no failure, and nothing is said about it."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [*DERIVATEX, "list"],
            cwd=project.root,
            stdout=pipe,
            stderr=subprocess.PIPE,
            check=False,
            timeout=LIMIT,
        )
    assert done.stderr == b""
    assert done.returncode == 0


def test_a_full_output_is_no_bug_of_ours(project: Project) -> None:
    """Where the output cannot be written, that is said, and without a traceback."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
        done = subprocess.run(
            [*DERIVATEX, "list"],
            cwd=project.root,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=LIMIT,
        )
    assert b"Traceback" not in done.stderr
    assert b"no space left on device" in done.stderr.lower()
    assert done.returncode == 3


@pytest.mark.parametrize("arguments", [["list"], ["check"], ["check", "-v"], ["doctor"]])
def test_no_escape_codes_without_a_terminal(project: Project, arguments: list[str]) -> None:
    """What is written into a file or a pipe holds no escape codes and no carriage returns."""
    ran = project.process(*arguments)
    assert ran.out
    assert "\x1b" not in ran.out + ran.err
    assert "\r" not in ran.out + ran.err


def test_no_escape_codes_in_errors_without_a_terminal(project: Project) -> None:
    """A diagnostic in a pipe is the bare line that editors and scripts read."""
    project.replace(project.yaml, "points:", "pionts:")
    ran = project.process("check")
    first = "solutions/demo/1-square.yaml:9:5: error[unknown-key]: unknown key `pionts`"
    assert ran.err == f"{first}\n  hint  did you mean `points`?\n"


def test_a_long_diagnostic_stays_on_its_line(project: Project) -> None:
    """However narrow the terminal is said to be, a diagnostic in a pipe is not wrapped."""
    long = "a" * 200
    project.replace(project.yaml, "points:", f"{long}:")
    ran = project.process("check", environment={"COLUMNS": "40"})
    assert ran.err.startswith(
        f"solutions/demo/1-square.yaml:9:5: error[unknown-key]: unknown key `{long}`\n"
    )


@pytest.mark.parametrize(
    ("options", "is_coloured"), [([], True), (["--no-color"], False)], ids=["colours", "none"]
)
def test_a_terminal_has_colours(project: Project, options: list[str], *, is_coloured: bool) -> None:
    """On a terminal an error is red, unless `--no-color` is given."""
    project.replace(project.yaml, "points:", "pionts:")
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [*DERIVATEX, "check", *options],
        cwd=project.root,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    assert done.wait(LIMIT) == 3
    os.close(theirs)
    shown = os.read(ours, 100_000).decode("utf-8")
    os.close(ours)
    assert "unknown key" in shown
    assert ("31m" in shown) == is_coloured


@pytest.mark.parametrize("arguments", [["list"], ["check"], ["check", "-v"]])
def test_an_output_without_unicode(project: Project, arguments: list[str]) -> None:
    """A standard output that takes ASCII alone gets a table all the same."""
    ran = project.process(*arguments, environment={"PYTHONIOENCODING": "ascii"})
    assert "Traceback" not in ran.err
    assert ran.code == 0
    assert ran.out.isascii()
    assert ran.out


def test_a_diagnostic_without_unicode(project: Project) -> None:
    """A standard error that takes ASCII alone gets the diagnostic all the same."""
    project.replace(project.yaml, "points:", "püнkts:")
    ran = project.process("check", environment={"PYTHONIOENCODING": "ascii"})
    assert "Traceback" not in ran.err
    assert "error[unknown-key]" in ran.err
    assert ran.code == 3


def test_run_returns_and_never_exits(capfd: pytest.CaptureFixture[str]) -> None:
    """The command line returns its status to whoever calls it within Python."""
    assert commands.run(["--nosuch"]) == 2
    assert "No such option" in capfd.readouterr().err
