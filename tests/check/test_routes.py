from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from derivatex.check.routes import difference
from derivatex.solution import State
from tests.authoring import Text, mutated

if TYPE_CHECKING:
    from tests.authoring import Author

THIRD = """
def by_series():
    return sum(0.3 * 0.1 ** k for k in range(20))

@value(route=by_series, digits=4, tolerance=1e-9)
def third():
    return 1 / 3
"""
GOOD = Text(THIRD, r"- text: It is \val{third}.")
EXACT = """
def by_addition():
    return 0.75 + 0.75 + 0.75

@value(route=by_addition, digits=2)
def nine_quarters():
    return 2.25
"""
PLAIN = Text(EXACT, r"- text: It is \val{nine_quarters}.")
VECTOR = """
def by_hand():
    return [1, 2, 3]

@value(route=by_hand)
def counted():
    return [1, 2, 3]
"""
RECORD = """
def by_hand():
    return {"low": 1, "high": 3}

@value(route=by_hand)
def ends():
    return {"low": 1, "high": 3}
"""


def test_agreement(author: Author) -> None:
    """A value that its route confirms passes, and the verdict names the route."""
    verdicts = author.verdicts(GOOD, "route")
    assert [(it.claim, it.state, it.detail) for it in verdicts] == [
        ("third", State.PASSED, "by_series")
    ]
    assert author.errors(GOOD) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "id_"),
    [
        (GOOD, "1 / 3", "1 / 3.0001", "route-disagrees"),
        (GOOD, "0.3 *", "0.4 *", "route-disagrees"),
        (GOOD, "range(20)", "range(3)", "route-disagrees"),
        (GOOD, "1 / 3", "math.nan", "not-finite"),
        (GOOD, "1 / 3", "-math.inf", "not-finite"),
        (GOOD, "tolerance=1e-9", "tolerance=1e-2", "loose-tolerance"),
        (GOOD, "digits=4", "digits=12", "loose-tolerance"),
        (PLAIN, "return 2.25", "return 2.26", "route-disagrees"),
    ],
)
def test_one_number_changed(author: Author, text: Text, old: str, new: str, id_: str) -> None:
    """One changed number makes the check fail at the value's declaration."""
    assert author.errors(text) == []
    found = author.errors(mutated(text, old, new))
    assert found == [(id_, author.line("@value"))]


def test_one_entry_changed(author: Author) -> None:
    """One changed entry of a vector fails, and the message names its place."""
    text = Text(VECTOR, r"- text: They are $\val{counted}$.")
    assert author.errors(text) == []
    examination = author.examine(mutated(text, "return [1, 2, 3]\n\n@", "return [1, 2, 4]\n\n@"))
    (found,) = examination.diagnostics
    assert found.id == "route-disagrees"
    assert found.message.startswith("`counted[3]` is 3, but 4 by `by_hand`")


def test_one_named_entry_changed(author: Author) -> None:
    """Of a mapping's entries, only the changed one fails."""
    text = Text(RECORD, r"- text: From \val{ends.low} to \val{ends.high}.")
    assert author.errors(text) == []
    mutant = mutated(text, '"high": 3}\n\n@', '"high": 4}\n\n@')
    states = {it.claim: it.state for it in author.verdicts(mutant, "route")}
    assert states == {"ends.low": State.PASSED, "ends.high": State.FAILED}


def test_shape(author: Author) -> None:
    """A route that gives another shape fails, even where its numbers are the same."""
    text = Text(VECTOR, r"- text: They are $\val{counted}$.")
    mutant = mutated(text, "return [1, 2, 3]\n\n@", "return [[1], [2], [3]]\n\n@")
    assert author.errors(mutant) == [("route-shape", author.line("@value"))]


@pytest.mark.parametrize("number", ["math.nan", "math.inf", "-math.inf"])
@pytest.mark.parametrize(("text", "own"), [(GOOD, "sum(0.3 *"), (PLAIN, "0.75 + 0.75 + 0.75")])
def test_route_without_a_number(author: Author, text: Text, own: str, number: str) -> None:
    """A route that gives NaN or an infinity confirms nothing."""
    mutant = mutated(text, f"return {own}", f"return {number} + 0 * {own}")
    assert author.errors(mutant) == [("route-disagrees", author.line("@value"))]


def test_loose_tolerance_of_an_exact_number(author: Author) -> None:
    """Digits that happen to be exact need a route that confirms them as much as rounded ones."""
    loose = mutated(PLAIN, "digits=2", "digits=2, tolerance=0.5")
    mutant = mutated(loose, "0.75 + 0.75 + 0.75", "2.0")
    assert author.errors(mutant) == [("loose-tolerance", author.line("@value"))]


def test_more_digits_than_the_tolerance_survives(author: Author) -> None:
    r"""Digits that `\val[n]` asks for are held to the tolerance like the value's own."""
    loose = mutated(GOOD, "tolerance=1e-9", "tolerance=1e-6")
    assert author.errors(loose) == []
    shown = replace(loose, blocks=r"- text: It is \val[12]{third}.")
    assert [id_ for id_, _ in author.errors(shown)] == ["loose-tolerance"]


def test_no_route_at_all(author: Author) -> None:
    """A value without a second route cannot be printed."""
    text = mutated(GOOD, "route=by_series", "route=()")
    assert author.errors(text) == [("no-route", author.line("@value"))]


def test_every_route_is_heard(author: Author) -> None:
    """Of two routes, one that disagrees is enough to fail."""
    second = "def by_hand():\n    return 0.3333\n"
    text = mutated(GOOD, "route=by_series", "route=(by_series, by_hand)")
    text = replace(text, module=second + text.module)
    assert [(it.state, "by_hand" in it.detail) for it in author.verdicts(text, "route")] == [
        (State.PASSED, False),
        (State.FAILED, True),
    ]


def test_large_integers(author: Author) -> None:
    """Integers beyond the range of a float are compared all the same."""
    text = mutated(PLAIN, "return 2.25", "return math.factorial(200)")
    text = mutated(text, "0.75 + 0.75 + 0.75", "math.prod(range(1, 201))")
    assert author.errors(text) == []


def test_difference() -> None:
    """The largest gap, the largest size and the place of the gap; NaN counts as infinite."""
    assert difference((1.0, 2.0), (1.5, -4.0)) == (6.0, 4.0, (2,))
    assert difference(1.0, math.nan)[0] == math.inf
