"""The documents of tests/projects/subjects: eighteen subjects that are typeset and checked."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from derivatex.builds import Built, build
from derivatex.check.equations import check_problem
from derivatex.check.sampling import Sampling
from derivatex.compute.run import compute
from derivatex.diagnostics import errors_in
from derivatex.mathtex.mutation import score
from derivatex.model.blocks import MistakeBlock
from derivatex.model.claims import Fault
from derivatex.pipeline import Settings
from derivatex.read.assignment import read_assignment
from derivatex.solution import STATUSES, Solution, State
from derivatex.store.cache import Cache
from derivatex.store.target import Target

if TYPE_CHECKING:
    from derivatex.check.finding import Outcome
    from derivatex.model.assignment import Assignment

PROJECT = Path(__file__).parent / "projects" / "subjects"
NUMBERS = [str(number) for number in range(1, 20)]  # one subject has two documents
SAMPLED = ("1", "6", "12", "16", "19")  # whose relations are mutated in the tests
SEEDS = (
    1,
    2,
    29,
)  # of the documents that are cheap to check again; at 29 many thresholds are not met

# Mutants that the checker lets pass have the value of the original on every instance.
# They are no errors; this says of each kind of change why that can be.
EXPLAINED = {
    "a condition of a sum left out": "the term that the condition excludes is zero",
    "a factor left out": "the factor is one: probabilities that add up to one, or a zero beside it",
    "a number larger by one": "it multiplies a sum of deviations from a mean, which is zero",
    "a transpose left out": "the matrix is symmetric",
    "arguments exchanged": "the function is symmetric",
    "half": "the term is zero",
    "twice": "the term is zero",
    "the sign": "the term is zero, or belongs to a symmetric law or to a free baseline",
    "transposed": "the matrix is symmetric",
    "two factors exchanged": "the factors commute: powers of one matrix, or diagonal matrices",
    "two indices exchanged": "the array is symmetric in them",
    "without": "the term is zero, or does not depend on what is minimised",
    "an index": "the term does not depend on what is minimised",
    "` for `": "the bracket beside it holds only where the two indices agree",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents in a folder of their own: nothing is remembered of an earlier run."""
    made = tmp_path_factory.mktemp("subjects") / "project"
    shutil.copytree(PROJECT, made, ignore=shutil.ignore_patterns("build"))
    return made


@pytest.fixture(scope="module")
def assignment(project: Path) -> Assignment:
    """All documents, as they are read."""
    return read_assignment(project, "subjects")


@pytest.fixture(scope="module")
def solutions(project: Path, assignment: Assignment) -> dict[str, Solution]:
    """What their modules compute."""
    made, found = compute(Cache(project), assignment, 2, lambda _: None)
    assert not found
    return {solution.problem: solution for solution in made}


def checked(
    assignment: Assignment, solutions: dict[str, Solution], number: str, sampling: Sampling
) -> Outcome:
    """One document's relations."""
    problem = next(it for it in assignment.problems if it.problem == number)
    return check_problem(
        problem, assignment.heading, solutions[number], sampling, f"subjects/{number}"
    )


@pytest.fixture(scope="module")
def findings(assignment: Assignment, solutions: dict[str, Solution]) -> dict[str, Outcome]:
    """What is found in every document."""
    return {number: checked(assignment, solutions, number, Sampling()) for number in NUMBERS}


def test_every_relation_of_every_document_holds(findings: dict[str, Outcome]) -> None:
    """No document has an error or an unused symbol."""
    assert [str(it) for found in findings.values() for it in found.diagnostics] == []
    assert [name for found in findings.values() for name in found.idle] == []


def test_there_are_enough_of_them(findings: dict[str, Outcome]) -> None:
    """At least 200 relations beside definitions, and at least 80 wrong ones, all read."""
    states = Counter(it.state for found in findings.values() for it in found.verdicts)
    held = sum(states[it] for it in STATUSES if it is not State.DEFINITION)
    assert held >= 200
    assert states[State.REJECTED] >= 80
    assert {State.VERIFIED, State.STAND_IN, State.OPTIMALITY, State.DEFINITION} <= states.keys()
    assert states[State.UNVERIFIED] == states[State.PAIRED] == states[State.FAILED] == 0


def test_every_mistake_is_rejected_for_its_stated_reason(
    assignment: Assignment, findings: dict[str, Outcome]
) -> None:
    """Each names its kind, the build finds that kind, and there is one of almost every kind."""
    mistakes = [
        block.mistake
        for problem in assignment.problems
        for block in problem.blocks()
        if isinstance(block, MistakeBlock)
    ]
    stated = Counter(it.kind for it in mistakes)
    assert None not in stated
    found = Counter(
        Fault(it.evaluated.wrong)
        for each in findings.values()
        for it in each.verdicts
        if it.state is State.REJECTED and it.evaluated
    )
    assert found == stated
    assert set(Fault) - set(found) <= {Fault.VACUOUS}


@pytest.mark.parametrize("number", SAMPLED)
def test_no_planted_error_survives(
    assignment: Assignment, solutions: dict[str, Solution], number: str
) -> None:
    """Every mutant is rejected, or has the original's value, for a reason that is known."""
    mutations = checked(assignment, solutions, number, Sampling(mutants=True)).mutations
    killed, equal, survived = score(list(mutations))
    assert survived == 0
    assert killed > 20 * equal
    unexplained = [
        it.words
        for it in mutations
        if it.is_equal and not any(reason in it.words for reason in EXPLAINED)
    ]
    assert unexplained == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("number", ["1", "5", "6", "9", "10", "12", "14", "15", "16", "19"])
def test_other_instances_find_the_same(
    assignment: Assignment, solutions: dict[str, Solution], number: str, seed: int
) -> None:
    """No false alarm and no wrong relation accepted on other draws."""
    found = checked(assignment, solutions, number, Sampling(seed=seed))
    assert [str(it) for it in errors_in(found.diagnostics)] == []


@pytest.mark.tex
def test_the_documents_are_typeset(project: Path) -> None:
    """They become one report, with the letters of all statuses and every rejected mistake."""
    settings = Settings(project, 2, lambda _: None)
    (built,) = build([Target("subjects")], settings)
    assert isinstance(built, Built)
    assert built.artifact is not None
    assert built.artifact.pages > 40
    tex = (project / "build" / "tex" / "subjects" / "report" / "subjects.tex").read_text()
    for letter in "vsod":
        assert f"\\dxletter{{{letter}}}" in tex
    assert tex.count("A common mistake.") >= 80
    assert tex.count("Rejected by the build:") == tex.count("A common mistake.")
