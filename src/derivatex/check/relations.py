"""The relations of every problem: those that were checked before are not checked again.

Only where something has changed are the checker, and NumPy with it, imported at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivatex.check.canonical import Canonical
from derivatex.check.texts import printed_addresses
from derivatex.store.cache import Step
from derivatex.store.inputs import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.check.finding import Findings, Outcome
    from derivatex.check.sampling import Sampling
    from derivatex.model.assignment import Assignment, Heading, Problem
    from derivatex.solution import Solution
    from derivatex.store.cache import Cache


@dataclass(frozen=True, slots=True)
class Task:
    """A problem whose relations are to be checked, in its canonical form, and the way back."""

    problem: Problem
    heading: Heading
    solution: Solution
    sampling: Sampling
    target: str
    canonical: Canonical

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the checker is told."""
        return (self.problem, self.heading, self.solution, self.sampling, self.target)


def check_relations(
    assignment: Assignment,
    solutions: Sequence[Solution],
    sampling: Sampling,
    jobs: int,
    cache: Cache,
) -> list[Outcome]:
    """Check the relations of every problem that was computed, several problems side by side."""
    problems = {problem.problem: problem for problem in assignment.problems}
    tasks = [_task(assignment, problems[it.problem], it, sampling) for it in solutions]
    steps = [_step(task, cache) for task in tasks]
    if sampling.mutants:
        return _checked([(task, {}) for task in tasks], jobs)
    outcomes = [cache.recall(step) for step in steps]
    missing = [k for k, outcome in enumerate(outcomes) if outcome is None]
    made = _checked([(tasks[k], _results(steps[k], cache)) for k in missing], jobs)
    for k, outcome in zip(missing, made, strict=True):
        cache.keep(_memory(steps[k], cache), dict(outcome.results))
        outcomes[k] = replace(outcome, results={})
        cache.keep(steps[k], outcomes[k])
    return [task.canonical.placed(it) for task, it in zip(tasks, outcomes, strict=True)]


def warn_of_idle(findings: Findings, idle: Sequence[str]) -> None:
    """A symbol that is declared and never used is most likely misspelled somewhere."""
    if not idle:
        return
    used = printed_addresses(findings)
    solution = findings.solution
    used |= {it for made in solution.values.values() for it in made.operands}
    used |= {it for made in solution.figures.values() for it in made.operands}
    for name in idle:
        if name not in used:
            message = f"the symbol `{name}` is declared and never used"
            at = findings.problem.symbols[name].at
            hint = "remove it, or is it spelled otherwise?"
            findings.warned("never-used", message, at, hint)


def _task(assignment: Assignment, problem: Problem, solution: Solution, sampling: Sampling) -> Task:
    canonical = Canonical()
    target = f"{assignment.slug}/{problem.problem}"
    if sampling.mutants:  # which are not remembered: they have the author's places
        return Task(problem, assignment.heading, solution, sampling, target, canonical)
    copied, heading = canonical.of(problem), canonical.of(assignment.heading)
    return Task(copied, heading, solution, sampling, target, canonical)


def _step(task: Task, cache: Cache) -> Step:
    """What the verdicts on a problem's relations depend on."""
    values = {
        name: (it.numbers, it.notation, [leaf.text for leaf in it.given.values()])
        for name, it in task.solution.values.items()
    }
    sampling = task.sampling
    inputs = {
        f"the formulas of {task.target}": task.canonical.digest,
        f"the values of {task.target}": digest(repr(sorted(values.items())).encode()),
        "the draws": f"{sampling.draws} from {sampling.seed}",
        **cache.tools,
    }
    what = f"the relations of problem {task.problem.problem} were checked"
    return Step("checked", task.target, what, inputs)


def _memory(step: Step, cache: Cache) -> Step:
    """Where what is remembered of a problem's single relations is kept, whatever they are."""
    return Step("relation", step.name, "", cache.tools)


def _results(step: Step, cache: Cache) -> dict[str, Any]:
    found: dict[str, Any] = cache.recall(_memory(step, cache)) or {}
    return found


def _checked(tasks: list[tuple[Task, dict[str, Any]]], jobs: int) -> list[Outcome]:
    if not tasks:
        return []
    from derivatex.check.equations import check_problem  # noqa: PLC0415  # it imports NumPy

    told = [(*task.arguments, results) for task, results in tasks]
    if jobs < 2 or len(told) < 2:  # noqa: PLR2004
        return [check_problem(*it) for it in told]
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # as slow to import
    from multiprocessing import get_context  # noqa: PLC0415

    with ProcessPoolExecutor(min(jobs, len(told)), get_context("forkserver")) as pool:
        return list(pool.map(check_problem, *zip(*told, strict=True)))
