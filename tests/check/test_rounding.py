from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.solution import State
from tests.authoring import Text, mutated

if TYPE_CHECKING:
    from tests.authoring import Author

MODULE = r"""
def third_by_series():
    return sum(0.3 * 0.1 ** k for k in range(20))

def product_by_hand():
    return 100 * (0.25 + 1 / 12)

@value(route=third_by_series, digits=3)
def third():
    return 1 / 3

@value(route=product_by_hand, digits=1)
def hundredfold(third):
    return 100 * third

@table
def both():
    return TableRows("lr", ["What", "Number"], [["third", r"$t \approx \val{third}$"]])
"""
BLOCKS = r"""
- text: |
    With $h \approx \val{third}$ the result is $r \approx \val{hundredfold}$
    for $x = \val{x}$, see~\ref{tab:both}.
- table: both
  caption: Both.
"""
GOOD = Text(MODULE, BLOCKS, "symbols: {x: {given: 0.75}}")


def test_printed_operands_give_the_printed_result(author: Author) -> None:
    """A reader who recomputes from what is printed finds what is printed."""
    assert author.errors(GOOD) == []
    (verdict,) = author.verdicts(GOOD, "rounding")
    assert (verdict.claim, verdict.state) == ("hundredfold", State.PASSED)


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("digits=3", "digits=2", "printed as 33.3; its operands as printed give 33"),
        ("digits=1", "digits=2", "printed as 33.33; its operands as printed give 33.3"),
    ],
)
def test_one_digit_changed(author: Author, old: str, new: str, detail: str) -> None:
    """One digit too few in the operand, or too many in the result, and the reader is told."""
    text = mutated(GOOD, old, new)
    (verdict,) = author.verdicts(text, "rounding")
    assert (verdict.claim, verdict.state, verdict.detail) == ("hundredfold", State.NOTED, detail)
    assert author.errors(text) == []


def test_operands_that_are_not_printed(author: Author) -> None:
    """Where an operand is not printed no reader can recompute."""
    text = mutated(GOOD, r"With $h \approx \val{third}$ the", "The")
    text = mutated(text, r"$t \approx \val{third}$", "a third")
    text = mutated(text, "digits=3", "digits=2")
    assert author.verdicts(text, "rounding") == []


@pytest.mark.parametrize(
    "equals",
    [
        r"= \val{hundredfold}",
        r"= -\val{hundredfold}",
        r"=\,\val{hundredfold}",
        r"= {\val{hundredfold}}",
        r"= \val[3]{hundredfold}",
        r"= \left(\val{hundredfold}\right)",
    ],
)
def test_equals_before_a_rounded_number(author: Author, equals: str) -> None:
    r"""`=` before a rounded number fails where the number stands; `\approx` does not."""
    text = mutated(GOOD, r"\approx \val{hundredfold}", equals)
    place = r"\val[3]{h" if "[3]" in equals else r"\val{hundredfold}"
    assert author.errors(text) == [("rounded-equals", author.at(place))]
    assert author.errors(mutated(text, "r =", r"r \approx")) == []


def test_equals_across_an_alignment(author: Author) -> None:
    """`=` before the alignment's mark claims as much as after it."""
    step = r"""
    - derive:
        - tex: '\val{hundredfold} &= \val{hundredfold}'
          because: it is
    """.replace("\n    ", "\n")
    after = Text(MODULE, BLOCKS + step, GOOD.head)
    place = r"\val{hundredfold}'"
    assert author.errors(after) == [("rounded-equals", author.at(place))]
    before = mutated(after, "} &=", "} =&")
    assert author.errors(before) == [("rounded-equals", author.at(place))]
    assert author.errors(mutated(after, "} &=", r"} &\approx")) == []


def test_equals_before_more_digits(author: Author) -> None:
    """A number that is exact in its own notation is not exact with fewer digits."""
    module = "@value(route=lambda: 9 / 4, digits=2)\ndef square():\n    return 2.25\n"
    exact = Text(module, r"- text: It is $s = \val{square}$.")
    assert author.errors(exact) == []
    rounded = mutated(exact, r"\val{", r"\val[1]{")
    assert author.errors(rounded) == [("rounded-equals", author.at(r"\val[1]"))]


def test_equals_in_a_table(author: Author) -> None:
    """`=` before a rounded number in a table's cell fails at the table's function."""
    text = mutated(GOOD, r"t \approx", "t =")
    assert author.errors(text) == [("rounded-equals", author.line("@table"))]


def test_equals_in_a_drawing(author: Author) -> None:
    """`=` before a rounded number in a drawing fails at the figure's function."""
    figure = '\n@figure\ndef drawn():\n    return Tikz(r"\\node {$t = \\val{third}$};")\n'
    block = "- figure: drawn\n  caption: 'A node, \\ref{fig:drawn}.'\n  alt: A node.\n"
    text = Text(MODULE + figure, BLOCKS + block, GOOD.head)
    assert author.errors(text) == [("rounded-equals", author.line("@figure"))]
    assert author.errors(mutated(text, "t =", r"t \approx")) == []


def test_equals_before_a_matrix(author: Author) -> None:
    """One rounded entry makes a whole vector a rounded one."""
    module = "@value(route=lambda: [9 / 4, 0.5], digits=2)\ndef pair():\n    return [2.25, 0.5]\n"
    exact = Text(module, r"- text: They are $p = \val{pair}$.")
    assert author.errors(exact) == []
    rounded = Text(module.replace("9 / 4", "18 / 8.001").replace("2.25", "18 / 8.001"))
    rounded = Text(rounded.module, exact.blocks)
    assert author.errors(rounded) == [("rounded-equals", author.at(r"\val{pair}"))]


def test_too_many_digits(author: Author) -> None:
    """A senseless number of digits is a mistake of the author's, told to him as one."""
    text = mutated(GOOD, r"\approx \val{hundredfold}", r"= \val[9999]{hundredfold}")
    found = author.errors(text)
    assert ("bad-digits", author.at(r"\val[9999]")) in found
