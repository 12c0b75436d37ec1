"""The assignments that we ship: every problem is there, and is checked as it should be."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from derivatex.check.equations import check_problem
from derivatex.check.examine import Examination, examine
from derivatex.check.sampling import Sampling
from derivatex.compute.run import compute
from derivatex.mathtex.mutation import score
from derivatex.model.blocks import BlockNode, ErratumBlock, MistakeBlock, SanityBlock
from derivatex.read.assignment import read_assignment
from derivatex.solution import STATUSES, Solution, State, entry
from derivatex.store.cache import Cache

if TYPE_CHECKING:
    from derivatex.model.assignment import Assignment, Problem

SOLUTIONS = Path(__file__).parents[1] / "solutions"
PROBLEMS = {
    "lab3": {
        "1": "ab", "2": "ab", "3": "ab", "4": "abc", "5": "abc",
        "6": "abcd", "7": "", "8": "ab", "9": "abcd",
    },
    "dl-exercises": dict.fromkeys(map(str, range(1, 12)), "") | {"3": "ab", "8": "ab"},
    "hw1-theory": {"1.1.1": "abcd", "1.1.2": "abc", "1.2": "abcde", "1.3": "abc"},
    "ee239as-hw3": {"1": "abcd", "2": "abcde", "3": "", "4": ""},
    "adl-a1": {
        "1": "abcde", "2": "", "3": "", "4": "abc", "5": "abc", "6": "ab", "7": "abcdefg",
        "8": "abcd", "9": "ab", "10": "", "11": "abc", "12": "", "14": "",
    },
}  # fmt: skip  # the lettered parts that the source asks for
ERRATA = {
    "lab3": 20,
    "dl-exercises": 20,
    "hw1-theory": 12,
    "ee239as-hw3": 1,
    "adl-a1": 15,
}  # at least
SAMPLED = [("lab3", "2"), ("dl-exercises", "5"), ("dl-exercises", "11"), ("hw1-theory", "1.3")]


@dataclass(frozen=True)
class Report:
    """An assignment, what its modules computed, and what was found."""

    project: Path
    assignment: Assignment
    solutions: dict[str, Solution]
    examination: Examination

    def blocks(self, kind: type[BlockNode]) -> Counter[str]:
        """How many blocks of a kind each problem has."""
        return Counter(
            problem.problem
            for problem in self.assignment.problems
            for block in problem.blocks()
            if isinstance(block, kind)
        )

    def problem(self, number: str) -> Problem:
        """One problem."""
        return next(it for it in self.assignment.problems if it.problem == number)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """The assignments, computed and checked, without what earlier builds remember."""
    project = tmp_path_factory.mktemp("reports")
    shutil.copytree(SOLUTIONS, project / "solutions")
    cache = Cache(project)
    made = {}
    for slug in PROBLEMS:
        assignment = read_assignment(project, slug)
        solutions, found = compute(cache, assignment, 2, lambda _: None)
        assert found == []
        examination = examine(assignment, solutions, Sampling(), cache, is_whole=True, jobs=2)
        made[slug] = Report(project, assignment, {it.problem: it for it in solutions}, examination)
    return made


@pytest.mark.parametrize("slug", PROBLEMS)
def test_every_part_is_there_and_holds(reports: dict[str, Report], slug: str) -> None:
    """Each problem has the parts that its source asks for; nothing is found, not even a warning."""
    report = reports[slug]
    asked = PROBLEMS[slug]
    assert [it.problem for it in report.assignment.problems] == list(asked)
    for problem in report.assignment.problems:
        letters = "".join(part.part for part in problem.parts)
        assert letters.startswith(asked[problem.problem])
    assert [str(it) for it in report.examination.diagnostics] == []
    assert report.examination.checked is not None


@pytest.mark.parametrize(
    ("problem", "address", "whole"), [("3", "best.test", 100), ("4", "outcome.test", 1)]
)
def test_the_nets_know_the_digits(
    reports: dict[str, Report], problem: str, address: str, whole: int
) -> None:
    """The best nets are right for 97 % of the digits that they never saw."""
    held = reports["ee239as-hw3"].solutions[problem].find(address)
    assert held is not None
    assert 0.97 * whole <= entry(held.value.numbers, ()) <= whole


@pytest.mark.parametrize("slug", PROBLEMS)
def test_nine_of_ten_relations_have_a_computed_status(
    reports: dict[str, Report], slug: str
) -> None:
    """At most one relation in ten is unverified or paired."""
    found = Counter(it.state for it in reports[slug].examination.verdicts if it.kind == "relation")
    weak = found[State.UNVERIFIED] + found[State.PAIRED]
    assert found[State.FAILED] == 0
    assert weak <= 0.1 * sum(found[it] for it in STATUSES)


@pytest.mark.parametrize("slug", PROBLEMS)
def test_every_problem_is_complete(reports: dict[str, Report], slug: str) -> None:
    """Each has a mistake that is rejected, and a sanity check."""
    report = reports[slug]
    for kind in (MistakeBlock, SanityBlock):
        assert set(report.blocks(kind)) == set(PROBLEMS[slug]), kind


def test_every_erratum_is_demonstrated(reports: dict[str, Report]) -> None:
    """For each erratum the build rejected what is printed, or found another number."""
    for slug, report in reports.items():
        shown = {
            it.at
            for it in report.examination.verdicts
            if it.kind == "erratum" and it.state in {State.REJECTED, State.ERRATUM}
        }
        errata = [
            block.erratum
            for problem in report.assignment.problems
            for block in problem.blocks()
            if isinstance(block, ErratumBlock)
        ]
        assert len(errata) >= ERRATA[slug]
        assert all({it.at, it.quoted.at} & shown for it in errata)


def test_there_are_figures_enough(reports: dict[str, Report]) -> None:
    """At least one for each assignment, and two for every three problems of all of them."""
    figures = {
        slug: sum(len(it.figures) for it in report.solutions.values())
        for slug, report in reports.items()
    }
    assert all(figures.values())
    assert 3 * sum(figures.values()) >= 2 * sum(map(len, PROBLEMS.values()))


@pytest.mark.parametrize("slug", PROBLEMS)
def test_all_of_it_is_remembered(reports: dict[str, Report], slug: str) -> None:
    """What was computed and checked is recalled: nothing runs again, and no entry is refused."""
    project = reports[slug].project
    cache = Cache(project)
    assignment = read_assignment(project, slug)
    solutions, _ = compute(cache, assignment, 1, lambda _: None)
    examination = examine(assignment, solutions, Sampling(), cache, is_whole=True)
    assert (cache.ran, cache.warnings) == ([], [])
    assert examination == reports[slug].examination


@pytest.mark.parametrize(("slug", "number"), SAMPLED)
def test_no_planted_error_survives(reports: dict[str, Report], slug: str, number: str) -> None:
    """Errors in the formulas of these problems are noticed where they change a value."""
    report = reports[slug]
    outcome = check_problem(
        report.problem(number),
        report.assignment.heading,
        report.solutions[number],
        Sampling(mutants=True),
        f"{slug}/{number}",
    )
    killed, _, survived = score(list(outcome.mutations))
    assert survived == 0
    assert killed > 100
