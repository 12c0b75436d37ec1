"""Every planted fault gives one located message, and costs nothing that was there before."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import errors_of
from tests.faults.fault import HEADING, MODULE, PROBLEM, Edit
from tests.faults.faults import FAULTS

if TYPE_CHECKING:
    from tests.faults.conftest import Built
    from tests.faults.fault import Fault

pytestmark = pytest.mark.tex


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_told_once_and_where(
    built: Built, fault: Fault, capfd: pytest.CaptureFixture[str]
) -> None:
    """A fault gives its exit code and one message with its place, and leaves the PDF alone."""
    start = fault.plant(built.root)
    ran = built.project.run(capfd, "build", "demo")
    assert "Traceback" not in ran.out + ran.err
    errors = errors_of(ran)
    assert len(errors) == 1, ran.err
    assert start, "a fault needs its place"
    assert errors[0].startswith(start), errors[0]
    assert f" error[{fault.id}]: " in errors[0]
    assert fault.says in ran.err
    assert ran.code == fault.code
    assert built.is_as_it_was()
    assert not built.strays()


@pytest.mark.parametrize(
    "edits",
    [
        (Edit(PROBLEM, "points: 2", "▸pionts: 2"), Edit(HEADING, "course:", "▸corse:")),
        (Edit(PROBLEM, "points: 2", "▸pionts: 2"), Edit(PROBLEM, "by itself", "by ▸{itself")),
        (
            Edit(MODULE, "math.sqrt(2)", "▸math.sqrt(-1)"),
            Edit(MODULE, "    return made\n", "    ▸raise ValueError\n"),
        ),
        (Edit(PROBLEM, "by itself", "by ▸1.5"), Edit(PROBLEM, r"\approx \val", r"= ▸\val")),
        (Edit(PROBLEM, "We", r"▸\nosuch"), Edit(PROBLEM, "The root", r"▸\nosuch root")),
    ],
    ids=["two files", "key and brace", "value and figure", "two claims", "two macros"],
)
def test_two_faults_are_both_told(
    built: Built, edits: tuple[Edit, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    """Two faults in two places are shown in one run, in the order of their places."""
    places = [edit.plant(built.root) for edit in edits]
    ran = built.project.run(capfd, "build", "demo")
    assert [line.partition("error[")[0] for line in errors_of(ran)] == places, ran.err
    assert "2 errors" in ran.err
    assert built.is_as_it_was()


def test_a_symbol_that_no_formula_holds(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A symbol that is declared and never used is a warning, at its declaration, and no more."""
    at = Edit(PROBLEM, "  x: {given: 1.5}\n", "  x: {given: 1.5}\n  y: ▹{}\n").plant(built.root)
    ran = built.project.run(capfd, "check", "demo")
    assert ran.code == 0
    assert ran.err.startswith(at)
    assert " warning[never-used]: the symbol `y` is declared and never used" in ran.err
    assert "spelled otherwise" in ran.err


def test_faults_of_different_stages_are_told_by_the_earliest(
    built: Built, capfd: pytest.CaptureFixture[str]
) -> None:
    """A claim that is false waits until everything can be read."""
    at = Edit(PROBLEM, "points: 2", "▸pionts: 2").plant(built.root)
    Edit(PROBLEM, "square: 2.25", "square: 2.35").plant(built.root)
    ran = built.project.run(capfd, "build", "demo")
    assert [line.partition("error[")[0] for line in errors_of(ran)] == [at]
    assert ran.code == 3


def test_brackets_without_end_are_refused(built: Built) -> None:
    """YAML that is nested too deeply for any stack is refused like every other fault."""
    nested = "title: " + "[" * 200_000
    at = Edit(PROBLEM, None, f"▹{nested}").plant(built.root)
    ran = built.project.process("build", "demo")
    assert ran.code == 3, f"ended with {ran.code}: {ran.err[-500:]}"
    assert [line.startswith(f"{at}") for line in errors_of(ran)] == [True]
    assert "error[too-deep]" in ran.err
    assert built.is_as_it_was()


def test_a_process_that_is_left_behind(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A module that leaves a process of its own behind has ended when it has ended."""
    leaves = """math.sqrt(2)


import pathlib, subprocess
made = subprocess.Popen(["sleep", "15"], start_new_session=True)
pathlib.Path("left").write_text(str(made.pid))
"""
    Edit(PROBLEM, "problem: 1\n", "problem: 1\ntime_limit: 6\n").plant(built.root)
    Edit(MODULE, "math.sqrt(2)\n", leaves).plant(built.root)
    ran = built.project.run(capfd, "check", "demo", "-q")
    with contextlib.suppress(ProcessLookupError):
        os.kill(int((built.root / "left").read_text(encoding="utf-8")), signal.SIGKILL)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    "kind", ["type('Own', (float,), {})", "enum.IntEnum('Own', {'TWO': 2})"], ids=["float", "int"]
)
def test_a_number_of_a_class_of_the_authors_own(
    built: Built, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A number of a class that the module derives from Python's numbers is a number."""
    Edit(MODULE, "import math\n", f"import enum\nimport math\n\nOwn = {kind}\n").plant(built.root)
    Edit(MODULE, "math.sqrt(2)", "Own(2)").plant(built.root)
    Edit(MODULE, "    return guess", "    return 2").plant(built.root)
    ran = built.project.run(capfd, "check", "demo", "-q")
    assert (ran.code, ran.err) == (0, "")
