"""What the command line says of itself, and of words that it does not know."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

import derivatex
from derivatex.cli.commands import cli, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Project

COMMANDS = sorted(cli.commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Every command's help has examples, one a line, that are commands of this very name."""
    assert run([command, "--help"]) == 0
    said = capfd.readouterr().out
    _, found, examples = said.partition("Examples:\n")
    assert found, said
    lines = examples.strip().splitlines()
    assert lines
    assert all(line.split()[:2] == ["derivatex", command] for line in lines)
    assert r"\b" not in said


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_are_understood(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Every option of an example exists."""
    run([command, "--help"])
    examples = capfd.readouterr().out.partition("Examples:\n")[2].strip().splitlines()
    known = {name for it in cli.commands[command].params for name in it.opts}
    for example in examples:
        words = shlex.split(example.partition("    ")[0])
        assert {word for word in words if word.startswith("-")} <= known, example


def test_help_lists_the_commands_and_the_exit_codes(capfd: pytest.CaptureFixture[str]) -> None:
    """The help without a command names every command and every exit code, each legible."""
    assert run(["--help"]) == 0
    said = capfd.readouterr().out
    assert all(f"\n  {command} " in said for command in COMMANDS)
    assert "Exit codes: 0 ok, 1 a bug of derivatex, 2 usage, 3 bad input,\n" in said
    assert r"\b" not in said


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    """`--version` says the package's version."""
    assert run(["--version"]) == 0
    assert derivatex.__version__ in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build", "dmeo"], "no assignment `dmeo`; did you mean `demo`?"),
        (["build", "demo/7"], "no problem `7` in `demo`; known here: `1`"),
        (["check", "dem"], "did you mean `demo`?"),
        (["clean", "nothing"], "no assignment `nothing`"),
        (["build", "../demo"], "no assignment"),
        (["build", "/etc/passwd"], "no assignment"),
        (["build", ""], "no assignment"),
        (["build", "--engine", "pdftex"], "'pdflatex'"),
        (["build", "--jobs", "0"], "0 is not in the range"),
        (["build", "--fast"], "No such option '--fast'"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else "",
)
def test_an_unknown_word(
    project: Project, arguments: list[str], says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A target or option that is none ends with status 2 and names what was meant."""
    ran = project.run(capfd, *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert not ran.out
    assert not (project.root / "build").exists()


def test_an_unknown_command(capfd: pytest.CaptureFixture[str]) -> None:
    """A command that is none ends with status 2."""
    assert run(["biuld"]) == 2
    assert "'biuld'" in capfd.readouterr().err


@pytest.mark.parametrize("command", ["build", "check", "list", "clean"])
def test_outside_a_project(tmp_path: Path, command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Where there is no project, a command ends with status 2, says so and makes nothing."""
    assert run([command, "-C", str(tmp_path)]) == 2
    assert "there is no folder `solutions`" in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_project_without_assignments(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A project in which there is nothing to build ends with status 2."""
    (tmp_path / "solutions").mkdir()
    assert run(["build", "-C", str(tmp_path)]) == 2
    assert "there is no assignment" in capfd.readouterr().err


def test_below_a_project(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The project is found from any folder in it, and a folder's path names its assignment."""
    monkeypatch.chdir(project.root / "solutions/demo")
    assert run(["check", "solutions/demo/", "-q"]) == 0
    assert not capfd.readouterr().err
    assert (project.root / "build/demo.json").exists()
