"""What `--seed`, `--draws` and `--mutants` change, and what is printed of planted errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from derivatex.cli.tables import mutants_report
from derivatex.mathtex.mutation import Mutation

if TYPE_CHECKING:
    from tests.conftest import Project

LINE = r"'x^2 &= x \cdot x = \val{square}'"
GIVEN = "  x: {given: 1.5}\n"
TWICE = "  x: {given: 1.5}\n  y: {}\n"


def relations(project: Project) -> list[dict[str, str]]:
    """The certificate's verdicts on relations."""
    record = json.loads((project.root / "build/demo.json").read_text(encoding="utf-8"))
    return [it for it in record["verdicts"] if it["kind"] == "relation"]


def wrong(project: Project) -> Project:
    """The small project with a relation that fails on random numbers."""
    project.replace(project.yaml, GIVEN, TWICE)
    project.replace(project.yaml, LINE, "'y + x &= y - x'")
    return project


def test_a_failure_names_its_seed(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """The message of a failed relation has the command that repeats it, which does."""
    wrong(project)
    ran = project.run(capfd, "check", "demo", "--seed", "5")
    assert ran.code == 4
    (command,) = (it for it in ran.err.splitlines() if it.strip().startswith("rerun"))
    words = command.split()[1:]
    assert words[:3] == ["derivatex", "check", "demo/1"]
    assert words[3:] == ["--seed", "5"]
    again = project.run(capfd, *words[1:])
    assert (again.code, again.err) == (4, ran.err)


def test_another_seed_has_other_instances(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """The same seed gives the same counterexample, another seed another; both are failures."""
    wrong(project)
    first, again, other = (
        project.run(capfd, "check", "demo", "--seed", seed) for seed in ("1", "1", "2")
    )
    assert first.err == again.err
    assert first.err.replace("--seed 1", "--seed 2") != other.err
    assert (first.code, other.code) == (4, 4)


@pytest.mark.parametrize("draws", ["2", "7"])
def test_draws(project: Project, draws: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A relation is evaluated on as many instances as are asked for; at givens there is one."""
    project.replace(project.yaml, LINE, r"'x^2 &= x \cdot x'")
    ran = project.run(capfd, "check", "demo", "--draws", draws, "--json")
    assert ran.code == 0
    assert [it["state"] for it in relations(project)] == ["verified"]
    assert json.loads(ran.out)[0]["passed"] is True


@pytest.mark.parametrize(
    "options", [("--draws", "0"), ("--draws", "-1"), ("--draws", "many"), ("--seed", "x")]
)
def test_senseless_numbers(
    project: Project, options: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """The twin: no instance at all, or a number that is none, is a mistake of usage."""
    ran = project.run(capfd, "check", "demo", *options)
    assert ran.code == 2
    assert options[0] in ran.err


def test_mutants_are_counted(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`--mutants` plants errors in what is verified and says how many were rejected."""
    ran = project.run(capfd, "check", "demo", "--mutants")
    assert ran.code == 0, ran.err
    (line,) = (it for it in ran.out.splitlines() if "errors planted" in it)
    planted, rejected, equal, survived = (int(it) for it in line.split() if it.isdecimal())
    assert planted == rejected + equal + survived
    assert rejected > 0
    assert survived == 0
    assert "SURVIVED" not in ran.out


def test_without_being_asked_nothing_is_planted(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """The twin: without `--mutants` nothing is said of planted errors, nor within JSON."""
    assert "planted" not in project.run(capfd, "check", "demo").out
    ran = project.run(capfd, "check", "demo", "--mutants", "--json")
    assert json.loads(ran.out)[0]["passed"] is True


def test_a_mutant_of_the_same_value_is_no_error(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """A planted change that changes no value is listed, counted apart, and no failure."""
    project.replace(project.yaml, LINE, "'x^2 &= x x + 0 x'")
    ran = project.run(capfd, "check", "demo", "--mutants")
    assert ran.code == 0, ran.err
    listed = [it for it in ran.out.splitlines() if "same value" in it]
    assert all(it.startswith("solutions/demo/1-square.yaml:17:") for it in listed)
    assert f" {len(listed)} without effect on the value" in ran.out
    assert any("the second term" in it for it in listed)


def test_a_mutant_that_survives_is_listed() -> None:
    """An error that is not noticed is listed with its place, what was changed and its reading."""
    mutations = [
        Mutation("f.yaml:3:4", "sign", "the sign of b", "a - b", is_killed=True),
        Mutation("f.yaml:3:4", "term", "without b", "a", is_killed=False, is_equal=True),
        Mutation("f.yaml:5:6", "factor", "twice b", "a + 2*b", is_killed=False),
    ]
    counted, *listed = mutants_report(mutations).splitlines()
    assert counted.startswith("3 errors planted: 1 rejected, 1 without effect")
    assert counted.endswith("1 survived")
    assert listed == [
        "f.yaml:3:4: same value: without b: a",
        "f.yaml:5:6: SURVIVED: twice b: a + 2*b",
    ]
    assert "SURVIVED" not in mutants_report(mutations[:2])


def test_mutants_of_what_is_false(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """What fails has no mutants: its failure is told, and its exit code stands."""
    ran = wrong(project).run(capfd, "check", "demo", "--mutants")
    assert ran.code == 4
    assert "0 errors planted" in ran.out
    assert "error[equation]" in ran.err


def test_check_verbose_shows_how_lines_were_read(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """`check -v` shows the status and the reading of each relation."""
    ran = project.run(capfd, "check", "demo", "-v")
    assert ran.code == 0
    words = " ".join(ran.out.replace("│", " ").split())
    assert "verified" in words
    assert "read as" in words


def test_statuses_are_counted(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`check` has a column for each status that occurs, and none for another."""
    ran = project.run(capfd, "check", "demo")
    assert "verified" in ran.out
    assert "unverified" not in ran.out
    step = "because: that is"
    project.replace(project.yaml, step, f"unverified: For the test.\n            {step}")
    ran = project.run(capfd, "check", "demo")
    assert ran.code == 0
    assert "unverified" in ran.out.replace("\n", " ") or "unveri" in ran.out
