"""What was checked, as data: `build/<slug>.json`."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import derivatex
from derivatex.diagnostics import errors_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.diagnostics import Diagnostic
    from derivatex.solution import Solution, Value, Verdict
    from derivatex.store.certificates import Certificate


def certificate(
    solutions: Sequence[Solution],
    verdicts: Sequence[Verdict],
    diagnostics: Sequence[Diagnostic],
    *,
    inputs: dict[str, str],
    pdf: object,
) -> Certificate:
    """Every value with its routes, every verdict and finding, and the digests of what was read.

    `pdf` is what an earlier certificate says of the PDF: it stays true until the next is whole.
    """
    return {
        "counts": _counts(verdicts),
        "inputs": inputs,
        "diagnostics": [str(found) for found in diagnostics],
        "passed": not errors_in(diagnostics),
        "pdf": pdf,
        "tools": {"derivatex": derivatex.__version__, "python": sys.version.split()[0]},
        "values": [
            _value(solution.problem, value)
            for solution in solutions
            for value in solution.values.values()
        ],
        "verdicts": [_verdict(verdict) for verdict in verdicts],
    }


def _counts(verdicts: Sequence[Verdict]) -> dict[str, dict[str, int]]:
    """How many claims of each kind are in each state."""
    counted: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        counted.setdefault(verdict.kind, Counter())[verdict.state.value] += 1
    return {kind: dict(states) for kind, states in counted.items()}


def _value(problem: str, value: Value) -> dict[str, Any]:
    return {
        "address": value.address,
        "at": str(value.at),
        "given": value.is_given,
        "numbers": _plain(value.numbers),
        "problem": problem,
        "routes": {route.name: _plain(route.numbers) for route in value.routes},
        "tolerance": value.tolerance.relative,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    found = {
        "at": str(verdict.at) if verdict.at else None,
        "claim": verdict.claim,
        "detail": verdict.detail,
        "error": None if verdict.error is None else _plain(verdict.error),
        "kind": verdict.kind,
        "problem": verdict.problem,
        "state": verdict.state.value,
    }
    if verdict.evaluated is None:
        return found
    how = verdict.evaluated
    return found | {
        "counterexample": how.against or None,
        "draws": how.draws,
        "read_as": how.reading,
        "wrong": how.wrong or None,
    }


def _plain(numbers: Any) -> Any:  # noqa: ANN401  # numbers nested to any depth
    """Numbers as JSON can hold them: NaN and infinity by their names."""
    if isinstance(numbers, tuple):
        return [_plain(item) for item in numbers]
    return numbers if abs(numbers) < float("inf") else str(numbers)
