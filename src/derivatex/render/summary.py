"""The verdicts as the report shows them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pylatex import LongTable, NoEscape

from derivatex.render.markup import markup
from derivatex.render.relations import RelationsPage, relations_page
from derivatex.solution import State
from derivatex.tex.escape import escape
from derivatex.tex.markup import Prose
from derivatex.tex.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markupsafe import Markup

    from derivatex.render.marks import Marks
    from derivatex.render.typesetter import Typesetter
    from derivatex.solution import Checked, Held, Value, Verdict

ERROR = Notation(digits=2, scientific=True)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of verdicts, and the tables of the last section."""

    values: int
    worst: Markup
    published: int
    agreeing: int
    errata: int
    data: tuple[tuple[Markup, int], ...]
    relations: RelationsPage | None
    routes: Markup
    roundings: Markup | None


def summary(checked: Checked, typesetters: Sequence[Typesetter]) -> Summary:
    """Count what was found; there is a typesetter for each problem."""
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
        data=_data(checked),
        relations=relations_page(checked, typesetters),
        routes=_routes_table(checked, routes, typesetters[0].marks),
        roundings=_roundings_table(checked, roundings) if roundings else None,
    )


def _routes_table(checked: Checked, routes: list[Verdict], marks: Marks) -> Markup:
    """One row for each declared function: a record's entries share theirs."""
    worst: dict[tuple[str, str], float] = defaultdict(float)
    for verdict in routes:
        key = (verdict.problem, verdict.claim.partition(".")[0])
        worst[key] = max(worst[key], verdict.error or 0.0)
    values = {
        (solution.problem, value.address.partition(".")[0]): value
        for solution in checked.solutions
        for value in solution.values.values()
    }
    rows = [
        (
            escape(problem),
            _code(name),
            marks.mark(values[problem, name].at) + _described(values[problem, name].describes),
            _described("; ".join(_phrases(values[problem, name]))),
            f"${_error(error)}$",
        )
        for (problem, name), error in worst.items()
    ]
    head = ("Problem", "Value", "What it is", "Other routes", "Difference")
    column = r">{\raggedright\arraybackslash}p{%s\linewidth}"
    return _table(f"ll{column % 0.25}{column % 0.27}r", head, rows, r"\footnotesize")


def _roundings_table(checked: Checked, roundings: list[Verdict]) -> Markup:
    rows = []
    for verdict in roundings:
        held = _held(checked, verdict)
        ours, theirs = held.value.rounded_otherwise[0]
        rows.append(
            (escape(verdict.problem), _code(verdict.claim), f"${ours.tex}$", f"${theirs.tex}$")
        )
    head = ("Problem", "Value", "Printed", "From printed operands")
    return _table("llrr", head, rows, r"\small")


def _held(checked: Checked, verdict: Verdict) -> Held:
    """What a verdict is about."""
    for solution in checked.solutions:
        held = solution.find(verdict.claim) if solution.problem == verdict.problem else None
        if held is not None:
            return held
    raise KeyError(verdict.claim)  # a bug: verdicts are about what there is


def _table(align: str, head: Sequence[str], rows: Sequence[Sequence[str]], size: str) -> Markup:
    """Rows of LaTeX under a head, at the left margin, over as many pages as it takes."""
    made = LongTable(align, booktabs=True, width=len(head))
    made.add_row([NoEscape(cell) for cell in head])
    made.add_hline()
    made.end_table_header()
    for row in rows:
        made.add_row([NoEscape(cell) for cell in row])
    return markup(f"{{{size}\\LTleft=0pt {made.dumps()}}}")


def _phrases(value: Value) -> Iterator[str]:
    """What a value's routes are; those after the first go on in small letters."""
    for number, route in enumerate(value.routes):
        words = route.describes or route.name
        goes_on = number and words[1:2].islower()
        yield words[0].lower() + words[1:] if goes_on else words


def _described(docstring: str) -> str:
    """The first line of a docstring: LaTeX if it can be read as such, else plain words."""
    text = Prose(docstring)
    return escape(docstring) if text.scan.faults or text.scan.calls else str(text)


def _code(name: str) -> str:
    return f"\\texttt{{{escape(name)}}}"


def _data(checked: Checked) -> tuple[tuple[Markup, int], ...]:
    """The folders of the data files that modules read, each with their number."""
    read = {Path(name) for solution in checked.solutions for name in solution.read}
    folders = Counter(
        path.parent.name if path.is_absolute() else path.parent.as_posix()
        for path in read
        if path.suffix != ".py"
    )
    return tuple((markup(escape(folder)), count) for folder, count in sorted(folders.items()))


def _error(error: float) -> Markup:
    return markup(ERROR.printed(error).tex)
