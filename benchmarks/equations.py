"""How long a relation takes, and how the work grows with relations and draws.

Run: `python benchmarks/equations.py`.
The documents are those of tests/projects/subjects; each figure is a median of interleaved runs.
"""

from __future__ import annotations

import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from derivatex.check import equations, memory
from derivatex.check.sampling import Sampling
from derivatex.compute.run import compute
from derivatex.mathtex import judge
from derivatex.read.assignment import read_assignment
from derivatex.store.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivatex.mathtex.relation import Relation, Result
    from derivatex.mathtex.session import Session
    from derivatex.model.assignment import Assignment, Problem
    from derivatex.solution import Solution

PROJECT = Path(__file__).parent.parent / "tests" / "projects" / "subjects"
RUNS = 3
DRAWS = (5, 10, 20, 40)
REPEATS = (1, 2, 4, 8)
GROWN = "19"  # the problem whose relations are repeated: its parts define nothing


def main() -> None:
    """Print the three tables."""
    assignment = read_assignment(PROJECT, "subjects")
    solutions, found = compute(Cache(PROJECT), assignment, 1, lambda _: None)
    if found:
        sys.exit("\n".join(map(str, found)))
    per_relation(assignment, solutions)
    by_draws(assignment, solutions)
    by_relations(assignment, solutions)


def per_relation(assignment: Assignment, solutions: list[Solution]) -> None:
    """The time of each relation at five draws, and of all documents on one core."""
    times: list[float] = []
    genuine = judge.check

    def timed(relation: Relation, session: Session) -> Result:
        start = time.perf_counter()
        result = genuine(relation, session)
        times.append(time.perf_counter() - start)
        return result

    with patch.object(memory, "check", timed):  # only here, to look inside
        whole = median(partial(check_all, assignment, solutions, Sampling()))
    quartiles = [1000 * it for it in statistics.quantiles(times, n=20)]
    print(f"{len(times) // RUNS} relations of {len(assignment.problems)} documents, 5 draws each")
    print(f"  median {quartiles[9]:.1f} ms, 95 % within {quartiles[18]:.1f} ms a relation")
    print(f"  all documents, mistakes included: {whole:.1f} s on one core")


def by_draws(assignment: Assignment, solutions: list[Solution]) -> None:
    """How the time of one problem grows with the number of draws."""
    print("draws      seconds   seconds a draw")
    for draws in DRAWS:
        seconds = median(partial(check_one, assignment, solutions, 1, Sampling(0, draws)))
        print(f"{draws:5d} {seconds:12.3f} {seconds / draws:16.4f}")


def by_relations(assignment: Assignment, solutions: list[Solution]) -> None:
    """How the time of one problem grows when its parts are repeated."""
    print("relations  seconds   milliseconds a relation")
    for repeats in REPEATS:
        count = check_one(assignment, solutions, repeats, Sampling())
        seconds = median(partial(check_one, assignment, solutions, repeats, Sampling()))
        print(f"{count:5d} {seconds:12.3f} {1000 * seconds / count:16.2f}")


def check_one(
    assignment: Assignment, solutions: list[Solution], repeats: int, sampling: Sampling
) -> int:
    """Check the problem that grows, and count its relations."""
    problem = next(it for it in assignment.problems if it.problem == GROWN)
    solution = next(it for it in solutions if it.problem == GROWN)
    made = repeated(problem, repeats)
    outcome = equations.check_problem(made, assignment.heading, solution, sampling, "bench")
    return sum(it.kind == "relation" for it in outcome.verdicts)


def repeated(problem: Problem, times: int) -> Problem:
    """The problem with its parts several times: as many relations more."""
    return problem.model_copy(update={"parts": problem.parts * times})


def check_all(assignment: Assignment, solutions: list[Solution], sampling: Sampling) -> None:
    """Check every document, one after the other."""
    for problem, solution in zip(assignment.problems, solutions, strict=True):
        equations.check_problem(problem, assignment.heading, solution, sampling, "bench")


def median(run: Callable[[], object]) -> float:
    """The median time of several runs, in seconds."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
