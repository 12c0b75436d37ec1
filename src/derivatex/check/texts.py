"""What of a problem is read as LaTeX, and what its texts call for: the ground of several checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.model.assignment import fragments
from derivatex.solution import IN_DRAWING
from derivatex.tex.markup import Math

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.check.finding import Findings
    from derivatex.tex.markup import Fragment, Source
    from derivatex.tex.scan import Call

MAX_DIGITS = 15  # a float has no more
IN_DOLLARS = re.compile(r"\$([^$]*)\$")


def asks_for_digits(call: Call) -> bool:
    r"""Whether a `\val` names digits of its own, and can have them."""
    return call.option.isdecimal() and int(call.option) <= MAX_DIGITS


def texts_of(findings: Findings) -> Iterator[Fragment]:
    """What of a problem is read as LaTeX: the YAML's texts, tables, formulas in drawings."""
    yield from fragments(findings.problem)
    for table in findings.solution.tables.values():
        for row in (table.head, *table.rows):
            yield from row
    for figure in findings.solution.figures.values():
        for formula in IN_DOLLARS.findall(figure.tikz or ""):
            yield Math.placed(formula, figure.at)


def calls(findings: Findings, *names: str) -> Iterator[tuple[Fragment, Call]]:
    """The calls of these commands on the page."""
    for text in texts_of(findings):
        for call in text.scan.called(*names):
            yield text, call


def printed_addresses(findings: Findings) -> set[str]:
    """The addresses of all values of which something is printed."""
    addresses = {call.argument for _, call in calls(findings, "val")}
    for figure in findings.solution.figures.values():
        if figure.tikz is not None:
            addresses |= set(tikz_addresses(figure.tikz))
    held = (findings.solution.find(address) for address in addresses)
    return {found.value.address for found in held if found}


def tikz_addresses(code: Source) -> Iterator[str]:
    r"""The arguments of `\val` in a drawing."""
    for match in IN_DRAWING.finditer(code):
        yield match["address"].strip()
