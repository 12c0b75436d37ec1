"""The statuses of relations as the report shows them: in the margin, in counts, in lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pylatex import LongTable, NoEscape, Tabular

from derivatex.render.markup import markup
from derivatex.solution import STATUSES, State
from derivatex.tex.escape import escape
from derivatex.tex.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markupsafe import Markup

    from derivatex.diagnostics import Location
    from derivatex.render.typesetter import Typesetter
    from derivatex.solution import Checked, Verdict
    from derivatex.tex.markup import Math

RELATION = "relation"
ERROR = Notation(digits=2, scientific=True)
MEANINGS = {
    State.VERIFIED: "evaluated from the printed formula",
    State.STAND_IN: "the same, with finite or quadrature stand-ins for probability",
    State.OPTIMALITY: "an optimum, confirmed by slopes and by perturbation",
    State.DEFINITION: "binds a symbol",
    State.PAIRED: "not read; two functions beside it agree",
    State.SIMULATED: "a statistical claim, within four standard errors of a simulation",
    State.CITED: "not read; stated from a reference",
    State.UNVERIFIED: "not read, for the reason given below",
}


class Statuses:
    """The letters in the margin: those of each line of each display."""

    def __init__(self, verdicts: Iterable[Verdict], problem: str) -> None:
        """Sort the relations of one problem by their place."""
        self.letters: dict[tuple[Location, int], list[str]] = defaultdict(list)
        self.rejected: dict[Location, Verdict] = {}
        for verdict in verdicts:
            place = verdict.evaluated
            if verdict.problem != problem or place is None:
                continue
            if verdict.state is State.REJECTED:
                self.rejected[place.display] = verdict
            elif verdict.state.mark not in self.letters[place.display, place.row]:
                self.letters[place.display, place.row].append(verdict.state.mark)

    def of(self, display: Math, row: int) -> str:
        """The letters beside one line; none where it states nothing."""
        return "".join(self.letters.get((display.at, row), ()))


@dataclass(frozen=True, slots=True)
class RelationsPage:
    """What the report says about its relations as a whole."""

    total: int
    draws: int
    at_numbers: int
    counts: tuple[tuple[str, int], ...]
    unverified: int
    worst: Markup
    rejected: int
    statuses: Markup
    not_read: Markup | None
    definitions: Markup | None


def relations_page(checked: Checked, typesetters: Sequence[Typesetter]) -> RelationsPage | None:
    """Counts by status and the lists of the last section; None where no relation is displayed."""
    verdicts = checked.verdicts
    found = [it for it in verdicts if it.kind == RELATION]
    if not found:
        return None
    counts = Counter(it.state for it in found)
    evaluated = [it for it in found if it.evaluated and it.evaluated.draws]
    draws = [it.evaluated.draws for it in evaluated if it.evaluated and it.evaluated.draws > 1]
    defined = [it for it in found if it.state is State.DEFINITION]
    not_read = list(_steps_not_read(checked, typesetters))
    return RelationsPage(
        total=len(found),
        draws=min(draws, default=0),
        at_numbers=len(evaluated) - len(draws),
        counts=tuple((state.value, counts[state]) for state in STATUSES if counts[state]),
        unverified=counts[State.UNVERIFIED],
        worst=_error(max((it.error or 0.0 for it in evaluated), default=0.0)),
        rejected=sum(it.state is State.REJECTED for it in verdicts),
        statuses=_statuses(counts),
        not_read=_not_read(not_read) if not_read else None,
        definitions=_definitions(defined) if defined else None,
    )


def _statuses(counts: Counter[State]) -> Markup:
    made = Tabular("clrl", booktabs=True, width=4)
    made.add_row([NoEscape(head) for head in ("Mark", "Status", "Relations", "Meaning")])
    made.add_hline()
    for state in STATUSES:
        if counts[state]:
            cells = (
                f"\\dxletter{{{state.mark}}}",
                state.value,
                str(counts[state]),
                MEANINGS[state],
            )
            made.add_row([NoEscape(cell) for cell in cells])
    return markup(f"{{\\small {made.dumps()}\\par}}")


def _steps_not_read(
    checked: Checked, typesetters: Sequence[Typesetter]
) -> Iterator[tuple[str, str, str, str]]:
    """Each step that is not read: problem, status, number of lines, and what stands for them."""
    for problem, typeset in zip(checked.assignment.problems, typesetters, strict=True):
        for step in problem.steps():
            if step.unverified:
                state, why = State.UNVERIFIED, typeset.tex(step.unverified)
            elif step.cited:
                state, why = State.CITED, markup(f"\\cite{{{step.cited}}}")
            elif step.paired or step.simulated:
                state = State.PAIRED if step.paired else State.SIMULATED
                name = str(step.paired or step.simulated)
                why = markup(f"\\texttt{{{escape(name)}}}")
            else:
                continue
            yield escape(problem.problem), state.value, str(len(step.tex.rows)), why


def _not_read(found: Sequence[tuple[str, str, str, str]]) -> Markup:
    made = LongTable(r"llr>{\raggedright\arraybackslash}p{0.6\linewidth}", booktabs=True, width=4)
    made.add_row([NoEscape(head) for head in ("Problem", "Status", "Lines", "Reason or source")])
    made.add_hline()
    made.end_table_header()
    for row in found:
        made.add_row([NoEscape(cell) for cell in row])
    return markup(f"{{\\footnotesize\\LTleft=0pt {made.dumps()}}}")


def _definitions(found: Sequence[Verdict]) -> Markup:
    """How each definition was read."""
    made = LongTable(r"l>{\raggedright\arraybackslash}p{0.85\linewidth}", booktabs=True, width=2)
    made.add_row([NoEscape(head) for head in ("Problem", "Read as")])
    made.add_hline()
    made.end_table_header()
    for it in found:
        reading = it.evaluated.reading if it.evaluated else ""
        made.add_row([NoEscape(escape(it.problem)), NoEscape(f"\\texttt{{{_broken(reading)}}}")])
    return markup(f"{{\\footnotesize\\LTleft=0pt {made.dumps()}}}")


def _broken(reading: str) -> str:
    """Plain words in a typewriter face that may break where a reader expects it."""
    shown = str(escape(reading))
    for sign in ("(", "[", ",", "."):
        shown = shown.replace(sign, sign + r"\allowbreak{}")
    return shown


def _error(error: float) -> Markup:
    return markup(ERROR.printed(error).tex)
