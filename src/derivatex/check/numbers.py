"""The numbers of a problem as its formulas take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from derivatex.mathtex.errors import unreadable
from derivatex.solution import entry, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivatex.check.finding import Findings
    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.tree import Val
    from derivatex.solution import Numbers


def givens_of(findings: Findings) -> dict[str, Value]:
    """What the problem states, by the symbol's key."""
    values = findings.solution.values
    return {name: as_array(values[name].numbers) for name in findings.problem.givens}


def as_array(numbers: Numbers) -> Value:
    """Numbers as arrays of mathtex: a vector is a column."""
    made = np.array(numbers, dtype=float)
    if made.ndim == 0:
        return float(made)
    return made.reshape(-1, 1) if made.ndim == 1 else made


def look_up(findings: Findings) -> Callable[[Val, bool], Value]:
    """How a value within a formula is found: in full, or with the digits that the page shows."""

    def value(node: Val, is_printed: bool) -> Value:  # noqa: FBT001  # as `Instance` calls it
        known = findings.solution.values
        held = findings.published(node.name) if node.is_published else find(known, node.name)
        if held is None:
            raise unreadable(f"no value is called `{node.name}`", node.at)
        digits = int(node.digits) if node.digits.isdecimal() else None
        entries = [
            held.value.printed(place, digits).number
            if is_printed
            else entry(held.value.numbers, place)
            for place in held.entries
        ]
        if not held.shape:
            return float(entries[0])
        shape = (*held.shape, 1) if len(held.shape) == 1 else held.shape
        return np.array(entries, dtype=float).reshape(shape)

    return value
