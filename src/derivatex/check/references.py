"""Names that point at something: values, figures, tables, equations, works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.check.texts import (
    MAX_DIGITS,
    asks_for_digits,
    calls,
    printed_addresses,
    tikz_addresses,
)
from derivatex.diagnostics import Diagnostic, ExitCode, Severity, did_you_mean
from derivatex.model.assignment import fragments
from derivatex.model.blocks import FigureBlock, ListingBlock, TableBlock
from derivatex.solution import State, citations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from derivatex.check.finding import Findings
    from derivatex.diagnostics import Location
    from derivatex.model.assignment import Assignment, Problem
    from derivatex.solution import Solution

KIND = "reference"


def check_references(findings: Findings) -> None:
    """Everything that is named exists, once; what is never named is warned about."""
    before = len(findings.diagnostics)
    count = _check_values(findings)
    _check_blocks(findings)
    count += _check_labels(findings)
    if len(findings.diagnostics) == before:
        findings.found(KIND, "every name", State.PASSED, detail=f"{count} names, all of them known")
    _warn_unused(findings)


def check_citations(
    assignment: Assignment, solutions: Sequence[Solution], *, is_whole: bool
) -> Iterator[Diagnostic]:
    """Works that are cited and not listed; of a whole assignment also those that nobody cites."""
    known = {reference.key: reference.at for reference in assignment.references}
    cited = set()
    for key, at in citations(assignment, solutions):
        cited.add(key)
        if key not in known:
            message = f"the work `{key}` is not in {assignment.bibliography}"
            hint = did_you_mean(key, known)
            yield Diagnostic("unknown-citation", message, ExitCode.CHECK_FAILED, at, hint)
    for key, at in known.items() if is_whole else ():
        if key not in cited:
            message, hint = f"the work `{key}` is never cited", "cite it or remove it"
            yield Diagnostic(
                "never-used", message, ExitCode.CHECK_FAILED, at, hint, Severity.WARNING
            )


def _check_values(findings: Findings) -> int:
    count = 0
    for text, call in calls(findings, "val", "published"):
        count += 1
        at = text.locate(call.start)
        if call.option and not asks_for_digits(call):
            message = f"`{call.option}` is no number of digits"
            hint = f"write \\val[4]{{{call.argument}}}, with at most {MAX_DIGITS}"
            findings.failed(KIND, call.argument, message, id_="bad-digits", at=at, hint=hint)
        if call.name == "published" and not findings.published(call.argument):
            message = f"no published value is given for `{call.argument}`"
            hint = did_you_mean(call.argument, findings.problem.published)
            findings.failed(KIND, call.argument, message, id_="unknown-value", at=at, hint=hint)
        elif call.name == "val":
            _check_address(findings, call.argument, at)
    for figure in findings.solution.figures.values():
        for address in tikz_addresses(figure.tikz) if figure.tikz is not None else ():
            count += 1
            _check_address(findings, address, figure.at)
    return count


def _check_address(findings: Findings, address: str, at: Location) -> None:
    if findings.solution.find(address) is None:
        message = f"the value `{address}` is not computed"
        hint = did_you_mean(address, findings.solution.values)
        findings.failed(KIND, address, message, id_="unknown-value", at=at, hint=hint)


def _check_blocks(findings: Findings) -> None:
    shown: set[tuple[str, str]] = set()
    for block in findings.problem.blocks():
        if isinstance(block, FigureBlock):
            kind, name, known = "figure", block.figure, set(findings.solution.figures)
        elif isinstance(block, TableBlock):
            kind, name, known = "table", block.table, set(findings.solution.tables)
        elif isinstance(block, ListingBlock):
            kind, name, known = "listing", block.listing, set(findings.solution.listings)
            _check_run(findings, block)
        else:
            continue
        if name not in known:
            message = f"no function of {findings.problem.module} makes the {kind} `{name}`"
            findings.failed(
                KIND,
                name,
                message,
                id_=f"unknown-{kind}",
                at=block.at,
                hint=did_you_mean(name, known),
            )
        if (kind, name) in shown:
            message = f"the {kind} `{name}` is shown twice"
            findings.failed(KIND, name, message, id_="shown-twice", at=block.at)
        shown.add((kind, name))


def _check_run(findings: Findings, block: ListingBlock) -> None:
    """Code that is shown was run in this build."""
    listing = findings.solution.listings.get(block.listing)
    if listing is not None and not listing.has_run:
        message = f"the code of `{block.listing}` is shown and was never run"
        hint = "call it from a value, a table or a figure of this problem"
        findings.failed(KIND, block.listing, message, id_="listing-not-run", at=block.at, hint=hint)


def _check_labels(findings: Findings) -> int:
    labels: dict[str, Location] = dict(_block_labels(findings.problem))
    for text, call in calls(findings, "label"):
        at = text.locate(call.start)
        if call.argument in labels:
            message = f"the label `{call.argument}` is set twice"
            findings.failed(KIND, call.argument, message, id_="duplicate-label", at=at)
        labels[call.argument] = at
    named = set()
    for text, call in calls(findings, "ref", "eqref", "pageref"):
        named.add(call.argument)
        if call.argument not in labels:
            message = f"nothing here is labelled `{call.argument}`"
            hint = did_you_mean(call.argument, labels)
            at = text.locate(call.start)
            findings.failed(KIND, call.argument, message, id_="unknown-label", at=at, hint=hint)
    _check_questions(findings, labels)
    for label, at in labels.items():
        if label not in named:
            message = f"nothing refers to `{label}`"
            findings.warned("never-used", message, at, rf"write \ref{{{label}}} where it matters")
    return len(named)


def _check_questions(findings: Findings, labels: dict[str, Location]) -> None:
    """What is asked is understood without the solutions: a handout has none."""
    problem = findings.problem
    asked = [*fragments(problem.define), *(part.question for part in problem.parts)]
    asked += [problem.statement] if problem.statement else []
    there = {call.argument for text in asked for call in text.scan.called("label")}
    for text in asked:
        for call in text.scan.called("ref", "eqref", "pageref"):
            if call.argument in labels and call.argument not in there:
                message = f"a question refers to `{call.argument}`, which stands in a solution"
                hint = "say it in words: a handout has the questions alone"
                at = text.locate(call.start)
                findings.failed(KIND, call.argument, message, id_="not-asked", at=at, hint=hint)


def _block_labels(problem: Problem) -> Iterator[tuple[str, Location]]:
    for block in problem.blocks():
        if isinstance(block, FigureBlock):
            yield f"fig:{block.figure}", block.at
        elif isinstance(block, TableBlock):
            yield f"tab:{block.table}", block.at
        elif isinstance(block, ListingBlock):
            yield f"lst:{block.listing}", block.at


def _warn_unused(findings: Findings) -> None:
    _warn_unused_values(findings)
    solution = findings.solution
    blocks = {
        getattr(block, kind)
        for block in findings.problem.blocks()
        for kind in ("figure", "table", "listing")
        if hasattr(block, kind)
    }
    made = {name: it.at for name, it in solution.figures.items()}
    made |= {name: it.at for name, it in solution.tables.items()}
    listed = {name: it.at for name, it in solution.listings.items()}
    made |= {name: at for name, at in listed.items() if at.file == findings.problem.module}
    for name, at in made.items():
        if name not in blocks:
            findings.warned("never-used", f"`{name}` is never shown", at, "show or remove it")
    shown = {call.argument.partition("[")[0] for _, call in calls(findings, "published")}
    for address, typed in findings.problem.published.items():
        if address.partition("[")[0] not in shown:
            message = f"the published `{address}` is not shown beside ours"
            hint = rf"write \published{{{address}}} where ours stands"
            findings.warned("never-used", message, typed.at, hint)


def _warn_unused_values(findings: Findings) -> None:
    solution = findings.solution
    used = printed_addresses(findings)
    for value in solution.values.values():
        used |= set(value.operands)
    for figure in solution.figures.values():
        used |= set(figure.operands)
    used |= {step.paired or step.simulated or "" for step in findings.problem.steps()}
    records = {address.partition(".")[0] for address in used}
    for value in solution.values.values():
        if (
            not value.is_given
            and value.address not in used
            and value.address.partition(".")[0] not in records
        ):
            message = f"the value `{value.address}` is never used"
            findings.warned("never-used", message, value.at, "print it or remove it")
