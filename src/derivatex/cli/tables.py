"""What the command line shows: diagnostics, tables, progress. It prints nothing by itself."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from derivatex.diagnostics import Diagnostic, Severity
from derivatex.solution import State, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.mathtex.mutation import Mutation
    from derivatex.typeset.doctor import Need

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}
LONGEST_CLAIM = 48  # characters of a claim that a table shows
STATES = {
    State.PASSED: "green",
    State.NOTED: "yellow",
    State.ERRATUM: "magenta",
    State.REJECTED: "magenta",
    State.VERIFIED: "green",
    State.STAND_IN: "green",
    State.OPTIMALITY: "green",
    State.DEFINITION: "cyan",
    State.PAIRED: "yellow",
    State.SIMULATED: "yellow",
    State.CITED: "yellow",
    State.UNVERIFIED: "yellow",
    State.FAILED: "bold red",
}


def shown(diagnostic: Diagnostic) -> Text:
    """A diagnostic in colours; without them it is its own text."""
    text = Text(str(diagnostic))
    text.highlight_regex(rf"{diagnostic.severity}\[[\w-]+\]", COLOURS[diagnostic.severity])
    text.highlight_regex(r"\n  (hint|read as|draw|rerun) ", "cyan")
    return text


def checks_table(title: str, verdicts: Sequence[Verdict]) -> Table:
    """One row for each problem and kind of check, with counts by state and the largest error."""
    table = Table(title=title, title_justify="left")
    states = [state for state in STATES if any(it.state is state for it in verdicts)]
    for head in ("problem", "check", *states, "largest error"):
        table.add_column(str(head), justify="left" if head in {"problem", "check"} else "right")
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.problem, verdict.kind].append(verdict)
    for (problem, kind), group in groups.items():
        counts = [sum(verdict.state is state for verdict in group) for state in states]
        cells = [
            Text(str(count) if count else "·", style=STATES[state] if count else "dim")
            for state, count in zip(states, counts, strict=True)
        ]
        errors = [verdict.error for verdict in group if verdict.error is not None]
        table.add_row(problem, kind, *cells, f"{max(errors):.1e}" if errors else "")
    return table


def verdicts_table(verdicts: Sequence[Verdict]) -> Table:
    """One row for each claim."""
    table = Table("problem", "check", "claim", "state", "detail", box=None)
    for verdict in verdicts:
        state = Text(verdict.state.value, style=STATES[verdict.state])
        claim = Text(verdict.claim)
        claim.truncate(LONGEST_CLAIM, overflow="ellipsis")
        error = f" (difference {verdict.error:.1e})" if verdict.error is not None else ""
        if verdict.evaluated and verdict.evaluated.reading:
            error = f"{'; ' if verdict.detail else ''}read as {verdict.evaluated.reading}{error}"
        table.add_row(verdict.problem, verdict.kind, claim, state, Text(verdict.detail + error))
    return table


def mutants_report(mutations: Sequence[Mutation]) -> str:
    """The score of planted errors, and those that went unnoticed."""
    from derivatex.mathtex.mutation import score  # noqa: PLC0415  # it imports NumPy

    killed, equal, survived = score(list(mutations))
    counts = f"{killed} rejected, {equal} without effect on the value, {survived} survived"
    lines = [f"{len(mutations)} errors planted: {counts}"]
    lines += [
        f"{it.at}: {'same value' if it.is_equal else 'SURVIVED'}: {it.words}: {it.reading}"
        for it in mutations
        if not it.is_killed
    ]
    return "\n".join(lines)


def needs_table(needs: Sequence[Need]) -> Table:
    """What a machine has of what is needed."""
    table = Table("needed", "Debian package", "found")
    for need in needs:
        found = Text(need.found or "missing", style="green" if need.found else "bold red")
        table.add_row(need.name, need.package, found)
    return table


def list_table(rows: Sequence[Sequence[str]]) -> Table:
    """Assignments and problems with their claims and their state."""
    table = Table("target", "title", "claims", "state")
    for row in rows:
        table.add_row(*row)
    return table


def claims(certificate: dict[str, Any], problem: str | None) -> str:
    """The claims of a certificate by state, in words; of one problem, or of all."""
    counted: dict[str, int] = defaultdict(int)
    for verdict in certificate.get("verdicts", []):
        if problem in {None, verdict.get("problem")}:
            counted[str(verdict.get("state"))] += 1
    return ", ".join(f"{count} {state}" for state, count in counted.items()) or "not checked yet"
