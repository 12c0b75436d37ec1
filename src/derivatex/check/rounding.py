"""Rounding honesty: what a reader who recomputes would find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.check.texts import asks_for_digits, calls, printed_addresses
from derivatex.solution import State

if TYPE_CHECKING:
    from derivatex.check.finding import Findings
    from derivatex.solution import Value
    from derivatex.tex.markup import Fragment
    from derivatex.tex.scan import Call

KIND = "rounding"
SPACES = {r"\,", r"\:", r"\;", r"\!", r"\ ", r"\quad", r"\qquad", "~", "&"}
NO_OPERAND = SPACES | {
    "+",
    "-",
    "(",
    "[",
    r"\bigl",
    r"\Bigl",
    r"\biggl",
    r"\Biggl",
    r"\displaystyle",
}


def check_rounding(findings: Findings) -> None:
    """Recompute from printed operands, and look at what stands before each rounded number."""
    printed = printed_addresses(findings)
    for value in findings.solution.values.values():
        found = value.from_printed
        if value.address in printed and found and set(found.operands) <= printed:
            _recompute(findings, value)
    _check_equals(findings)


def _recompute(findings: Findings, value: Value) -> None:
    different = value.rounded_otherwise
    if not different:
        detail = "its printed operands give the same digits"
        findings.found(KIND, value.address, State.PASSED, detail=detail, at=value.at)
        return
    ours, theirs = different[0]
    detail = f"printed as {ours.plain}; its operands as printed give {theirs.plain}"
    findings.found(KIND, value.address, State.NOTED, detail=detail, at=value.at)


def _check_equals(findings: Findings) -> None:
    r"""`=` before a rounded number claims what is not so: `\approx` does not."""
    for text, call in calls(findings, "val"):
        held = findings.solution.find(call.argument)
        if held is None or not _follows_equals(text, call):
            continue
        digits = int(call.option) if asks_for_digits(call) else None
        if not all(held.value.printed(indices, digits).exact for indices in held.entries):
            message = rf"`=` before \val{{{call.argument}}}, which is printed rounded"
            findings.failed(
                KIND,
                call.argument,
                message,
                id_="rounded-equals",
                at=text.locate(call.start),
                hint=r"write `\approx`",
            )


def _follows_equals(text: Fragment, call: Call) -> bool:
    """Whether `=` stands before a number, but for signs, brackets and spaces."""
    before = [token.text for token in text.scan.tokens if token.start < call.start]
    while before and before[-1] in NO_OPERAND:
        before.pop()
    return before[-1:] == ["="]
