"""All checks of an assignment, and the one place where a `Checked` is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivatex.check.finding import Findings
from derivatex.check.literals import check_literals, heading_numbers
from derivatex.check.published import check_published
from derivatex.check.references import check_citations, check_references
from derivatex.check.relations import check_relations, warn_of_idle
from derivatex.check.rounding import check_rounding
from derivatex.check.routes import check_routes
from derivatex.diagnostics import Diagnostic, errors_in, in_order
from derivatex.solution import Checked, Solution, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.check.sampling import Sampling
    from derivatex.mathtex.mutation import Mutation
    from derivatex.model.assignment import Assignment, Problem
    from derivatex.store.cache import Cache


@dataclass(frozen=True, slots=True)
class Examination:
    """The verdicts on every claim; `checked` is there only where none of them failed."""

    verdicts: tuple[Verdict, ...]
    diagnostics: tuple[Diagnostic, ...]
    checked: Checked | None
    mutations: tuple[Mutation, ...] = ()

    def of(self, problems: tuple[Problem, ...]) -> Examination:
        """What was found about some problems: no problem's claims depend on another's."""
        numbers = {it.problem for it in problems}
        files = {name for it in problems for name in (it.file, it.module)}
        verdicts = tuple(it for it in self.verdicts if it.problem in numbers)
        diagnostics = tuple(it for it in self.diagnostics if it.at and it.at.file in files)
        checked = None
        if self.checked:
            assignment = self.checked.assignment.model_copy(update={"problems": problems})
            solutions = tuple(it for it in self.checked.solutions if it.problem in numbers)
            checked = Checked(assignment, solutions, verdicts)
        return Examination(verdicts, diagnostics, checked)


def examine(  # noqa: PLR0913  # a stage
    assignment: Assignment,
    solutions: Sequence[Solution],
    sampling: Sampling,
    cache: Cache,
    *,
    is_whole: bool,
    jobs: int = 1,
) -> Examination:
    """Check every claim of those of an assignment's problems that could be computed.

    Only a whole assignment can say which works are never cited.
    """
    verdicts: list[Verdict] = []
    diagnostics: list[Diagnostic] = []
    mutations: list[Mutation] = []
    problems = {problem.problem: problem for problem in assignment.problems}
    outcomes = check_relations(assignment, solutions, sampling, jobs, cache)
    for solution, relations in zip(solutions, outcomes, strict=True):
        findings = Findings(problems[solution.problem], solution)
        check_routes(findings)
        check_published(findings)
        check_references(findings)
        check_literals(findings)
        check_rounding(findings)
        warn_of_idle(findings, relations.idle)
        verdicts += [*findings.verdicts, *relations.verdicts]
        diagnostics += [*findings.diagnostics, *relations.diagnostics]
        mutations += relations.mutations
    diagnostics += heading_numbers(assignment.heading)
    diagnostics += check_citations(assignment, solutions, is_whole=is_whole)
    passed = not errors_in(diagnostics) and len(solutions) == len(problems)
    checked = Checked(assignment, tuple(solutions), tuple(verdicts)) if passed else None
    return Examination(tuple(verdicts), in_order(diagnostics), checked, tuple(mutations))
