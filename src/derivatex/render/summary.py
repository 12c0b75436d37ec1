"""The verdicts as the report shows them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pylatex import LongTable, NoEscape

from derivatex.render.typesetter import markup
from derivatex.solution import State, typed_value
from derivatex.tex.escape import escape
from derivatex.tex.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from derivatex.solution import Checked, Value, Verdict

ERROR = Notation(digits=2, scientific=True)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of verdicts, and the tables of the last section."""

    values: int
    worst: Markup
    published: int
    agreeing: int
    errata: int
    unchecked: int
    routes: Markup
    roundings: Markup | None
    errata_table: Markup


def summary(checked: Checked) -> Summary:
    """Count what was found."""
    verdicts = checked.verdicts
    routes = [verdict for verdict in verdicts if verdict.kind == "route"]
    agreeing = [it for it in verdicts if it.kind == "published" and it.state is State.PASSED]
    errata = [it for it in verdicts if it.state is State.ERRATUM]
    roundings = [it for it in verdicts if it.kind == "rounding" and it.state is State.NOTED]
    return Summary(
        values=len({(verdict.problem, verdict.claim) for verdict in routes}),
        worst=_error(max((verdict.error or 0.0 for verdict in routes), default=0.0)),
        published=len(agreeing) + len(errata),
        agreeing=len(agreeing),
        errata=len(errata),
        unchecked=sum(verdict.state is State.UNCHECKED for verdict in verdicts),
        routes=_routes_table(checked, routes),
        roundings=_roundings_table(checked, roundings) if roundings else None,
        errata_table=_errata_table(checked, errata),
    )


def _routes_table(checked: Checked, routes: list[Verdict]) -> Markup:
    """One row for each declared function: a record's entries share theirs."""
    worst: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for verdict in routes:
        errors = worst[verdict.problem, verdict.claim.partition(".")[0]]
        errors[verdict.detail] = max(errors[verdict.detail], verdict.error or 0.0)
    described = {
        (solution.problem, value.address.partition(".")[0]): value.describes
        for solution in checked.solutions
        for value in solution.values.values()
    }
    rows = [
        (
            escape(problem),
            _code(name),
            escape(described[problem, name].rstrip(".")),
            escape("; ".join(_words(route) for route in errors)),
            f"${_error(max(errors.values()))}$",
        )
        for (problem, name), errors in worst.items()
    ]
    head = ("", "Value", "What it is", "Other routes", "Difference")
    column = r">{\raggedright\arraybackslash}p{%s\linewidth}"
    return _table(f"ll{column % 0.34}{column % 0.26}r", head, rows)


def _words(route: str) -> str:
    """`fx_by_central_difference` in words: what comes after `by`."""
    return route.partition("by_")[2].replace("_", " ") or route.replace("_", " ")


def _roundings_table(checked: Checked, roundings: list[Verdict]) -> Markup:
    rows = []
    for verdict in roundings:
        ours, theirs = _value(checked, verdict).rounded_otherwise[0]
        rows.append(
            (escape(verdict.problem), _code(verdict.claim), f"${ours.tex}$", f"${theirs.tex}$")
        )
    return _table("llrr", ("", "Value", "Printed", "From printed operands"), rows)


def _errata_table(checked: Checked, errata: list[Verdict]) -> Markup:
    published = {problem.problem: problem.published for problem in checked.assignment.problems}
    rows = []
    for verdict in errata:
        typed = typed_value(verdict.claim, published[verdict.problem][verdict.claim])
        ours = _value(checked, verdict).printed()
        rows.append(
            (
                escape(verdict.problem),
                _code(verdict.claim),
                f"${typed.printed().tex}$",
                f"${ours.tex}$",
            )
        )
    return _table("llrr", ("", "Value", "Published", "Ours"), rows)


def _value(checked: Checked, verdict: Verdict) -> Value:
    return next(
        solution.values[verdict.claim]
        for solution in checked.solutions
        if solution.problem == verdict.problem
    )


def _table(align: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """Rows of LaTeX under a head; the first column is the number of the problem."""
    made = LongTable(align, booktabs=True, width=len(head))
    made.add_row([NoEscape(cell) for cell in head])
    made.add_hline()
    made.end_table_header()
    for row in rows:
        made.add_row([NoEscape(cell) for cell in row])
    return markup(f"{{\\small\\LTleft=0pt {made.dumps()}}}")


def _code(name: str) -> str:
    return f"\\texttt{{{escape(name)}}}"


def _error(error: float) -> Markup:
    return markup(ERROR.printed(error).tex)
