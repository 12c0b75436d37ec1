"""The computation of an assignment alone, in one process: no cache, no LaTeX, nothing beside.

Run: `python benchmarks/computation.py PROJECT SLUG [PROBLEM] [--values]`; with `--values` the
relations are not evaluated.
"""

from __future__ import annotations

import sys
from pathlib import Path

from derivatex.check.equations import check_problem
from derivatex.check.sampling import Sampling
from derivatex.compute.evaluate import Task
from derivatex.compute.worker import run
from derivatex.read.assignment import read_assignment


def main() -> None:
    """Compute every value, table and figure, and evaluate every relation, one after the other."""
    folder, slug, *rest = (it for it in sys.argv[1:] if it != "--values")
    project = Path(folder)
    assignment = read_assignment(project, slug, rest[0] if rest else None)
    for problem in assignment.problems:
        task = Task(project, problem.problem, problem.module, problem.givens)
        solution = run(task, lambda _what, _line: None)
        if "--values" not in sys.argv:
            check_problem(problem, assignment.heading, solution, Sampling(), slug)


if __name__ == "__main__":
    main()
