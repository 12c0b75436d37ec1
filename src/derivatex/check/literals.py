"""Hand-typed numbers: what an author typed nobody checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.check.texts import texts_of
from derivatex.diagnostics import Diagnostic, ExitCode
from derivatex.model.blocks import DeriveBlock, ErratumBlock, FigureBlock, MistakeBlock
from derivatex.solution import State, scalars
from derivatex.tex.markup import Prose, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.check.finding import Findings
    from derivatex.diagnostics import Location
    from derivatex.model.assignment import Heading
    from derivatex.solution import Figure
    from derivatex.tex.markup import Fragment, Math, Source

KIND = "literal"
DECIMAL = re.compile(r"(?<![\d.])(?:\d*\.\d+|\d{2,})(?!\d)")
TAKEN_APART = re.compile(  # a number whose digits stand apart: 7.\\!5, 2{.}5, 1\\,2
    r"(?<![\d.])\d+(?:(?:\\[,!:;]|[{}])*\.(?:\\[,!:;]|[{}])+|(?:\\[,!:;]|[{}])+\.|\\[,!])\d+"
)
NO_TEXT = re.compile(r"\$[^$]*\$|\[[^\]]*\]|\([^()]*\)")  # of TikZ: formulas, options, places
IN_BRACES = re.compile(r"\{[^{}]*\}")
AFTER_NAME = re.compile(r"(?<![A-Za-z0-9\\])[A-Za-z]+-?$")  # CIFAR-10 and L2 are names


def check_literals(findings: Findings) -> None:
    """A decimal, or an integer of two digits or more, must be a value or be given.

    In an equation that is evaluated it may stand: there it is checked.
    """
    exempt = {id(text) for text in _evaluated(findings)}
    count = 0
    for text in texts_of(findings):
        if id(text) not in exempt:
            count += 1
            _refuse(findings, typed_numbers(text))
    for plain in _plain_texts(findings):
        count += 1
        _refuse(findings, plain_numbers(plain))
    for value in findings.solution.values.values():
        for words in (value.describes, *(route.describes for route in value.routes)):
            text = Prose.placed(words, value.at)
            is_latex = not text.scan.faults
            _refuse(findings, typed_numbers(text) if is_latex else plain_numbers(text))
    _check_figures(findings)
    if not any(verdict.kind == KIND for verdict in findings.verdicts):
        detail = f"{count} texts without a hand-typed number"
        findings.found(KIND, "every text", State.PASSED, detail=detail)


def heading_numbers(heading: Heading) -> Iterator[Diagnostic]:
    """Decimals in an assignment's heading, where years and the like are free."""
    for text in (heading.title, heading.course, heading.source):
        for number, at in plain_numbers(text) if text else ():
            if "." in number:
                message = f"the number {number} is typed by hand"
                hint = "a result belongs into a problem, as a value"
                yield Diagnostic("hand-typed", message, ExitCode.CHECK_FAILED, at, hint)


def typed_numbers(text: Fragment) -> Iterator[tuple[str, Location]]:
    """The hand-typed numbers of a LaTeX text with their places."""
    for call in text.scan.called("tag"):
        for match in DECIMAL.finditer(call.argument):
            yield match.group(), text.locate(call.start)
    for match in TAKEN_APART.finditer(text):
        yield match.group(), text.locate(match.start())
    for token in text.scan.tokens:
        is_long = len(token.text) > 1
        if token.kind != "number" or not is_long or token.index:
            continue
        if not token.math and AFTER_NAME.search(text[: token.start]):
            continue
        yield token.text, text.locate(token.start)


def plain_numbers(text: Source) -> Iterator[tuple[str, Location]]:
    """The hand-typed numbers of plain words with their places."""
    for match in DECIMAL.finditer(text):
        if not AFTER_NAME.search(text[: match.start()]):
            yield match.group(), text.locate(match.start())


def _evaluated(findings: Findings) -> Iterator[Math]:
    """What is read and evaluated: a wrong number there is a relation that does not hold."""
    for block in findings.problem.blocks():
        if isinstance(block, ErratumBlock):
            yield block.erratum.printed
            if block.erratum.means:
                yield block.erratum.means
        elif isinstance(block, MistakeBlock):
            yield block.mistake.tex
        elif isinstance(block, DeriveBlock):
            yield from (step.tex for step in block.derive if step.is_read)


def _plain_texts(findings: Findings) -> Iterator[Source]:
    yield findings.problem.title
    for block in findings.problem.blocks():
        if isinstance(block, FigureBlock):
            yield block.alt


def _refuse(findings: Findings, numbers: Iterator[tuple[str, Location]]) -> None:
    for number, at in numbers:
        message = f"the number {number} is typed by hand"
        hint = r"compute it as a value and write \val{name}, or declare it under `symbols` as given"
        findings.failed(KIND, number, message, id_="hand-typed", at=at, hint=hint)


def _check_figures(findings: Findings) -> None:
    """A number written into a figure must be one that its function was passed."""
    for figure in findings.solution.figures.values():
        for braces in IN_BRACES.findall(NO_TEXT.sub("", figure.tikz or "")):
            _refuse(findings, plain_numbers(Text.placed(braces, figure.at)))
        known = set(_numbers_of(findings, figure))
        for text in figure.texts:
            for match in DECIMAL.finditer(text):
                number = match.group()
                if number not in known:
                    message = f"the number {number} in the figure `{figure.name}` is no value"
                    hint = "write numbers into a figure from what its function is passed"
                    findings.failed(
                        KIND, number, message, id_="hand-typed", at=figure.at, hint=hint
                    )


def _numbers_of(findings: Findings, figure: Figure) -> Iterator[str]:
    """Every number that a figure's function was passed, as it may write it, without its sign."""
    for address in figure.operands:
        value = findings.solution.values[address]
        for indices, number in scalars(value.numbers):
            yield from DECIMAL.findall(value.printed(indices).plain)
            yield f"{abs(number):g}"
