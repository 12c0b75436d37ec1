"""All checks of an assignment, and the one place where a `Checked` is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivatex.check.finding import Findings
from derivatex.check.literals import check_literals, heading_numbers
from derivatex.check.published import check_published
from derivatex.check.references import check_citations, check_references
from derivatex.check.rounding import check_rounding
from derivatex.check.routes import check_routes
from derivatex.diagnostics import Diagnostic, errors_in, in_order
from derivatex.model import DefineBlock, DeriveBlock
from derivatex.solution import Checked, Solution, State, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from derivatex.model import Assignment, Problem
    from derivatex.tex.markup import Math

UNCHECKED = "typeset; relations between formulas are not evaluated yet"


@dataclass(frozen=True, slots=True)
class Examination:
    """The verdicts on every claim; `checked` is there only where none of them failed."""

    verdicts: tuple[Verdict, ...]
    diagnostics: tuple[Diagnostic, ...]
    checked: Checked | None


def examine(
    assignment: Assignment, solutions: Sequence[Solution], *, is_whole: bool
) -> Examination:
    """Check every claim of those of an assignment's problems that could be computed.

    Only a whole assignment can say which works are never cited.
    """
    verdicts: list[Verdict] = []
    diagnostics: list[Diagnostic] = []
    problems = {problem.problem: problem for problem in assignment.problems}
    for solution in solutions:
        findings = Findings(problems[solution.problem], solution)
        check_routes(findings)
        check_published(findings)
        check_references(findings)
        check_literals(findings)
        check_rounding(findings)
        _count_relations(findings)
        verdicts += findings.verdicts
        diagnostics += findings.diagnostics
    diagnostics += heading_numbers(assignment.heading)
    diagnostics += check_citations(assignment, solutions, is_whole=is_whole)
    passed = not errors_in(diagnostics) and len(solutions) == len(problems)
    checked = Checked(assignment, tuple(solutions), tuple(verdicts)) if passed else None
    return Examination(tuple(verdicts), in_order(diagnostics), checked)


def _count_relations(findings: Findings) -> None:
    """Say of every displayed line that its formulas were not evaluated: nothing is passed over."""
    for text in _displays(findings.problem):
        for row in text.rows:
            claim = " ".join(row.split())
            findings.found("relation", claim, State.UNCHECKED, detail=UNCHECKED, at=row.at)


def _displays(problem: Problem) -> Iterator[Math]:
    for block in problem.blocks():
        if isinstance(block, DeriveBlock):
            yield from (step.tex for step in block.derive)
        elif isinstance(block, DefineBlock):
            yield from block.define
