from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.solution import State
from tests.authoring import Text, mutated

if TYPE_CHECKING:
    from tests.authoring import Author

MODULE = """
def by_newton():
    guess = 1.0
    for _ in range(8):
        guess = (guess + 2 / guess) / 2
    return guess

@value(route=by_newton, digits=3)
def root():
    return math.sqrt(2)

def by_hand():
    return [[1, 2], [3, 4]]

@value(route=by_hand)
def cells():
    return [[1, 2], [3, 4]]
"""
AGREES = Text(
    MODULE,
    r"""
    - text: |
        It is \val{root}, in print $\published{root}$.
        They are $\val{cells}$, in print $\published{cells}$.
    """,
    """
    published:
      root: 1.41
      cells: [[1, 2], [3, 4]]
    """,
)
ACCUSES = Text(
    MODULE,
    r"""
    - text: 'They are \val{root}, $\published{root}$ and $\val{cells}$.'
    - erratum:
        of: root
        kind: misprint
        printed: \sqrt{2} = 1.44
        right: \sqrt{2} \approx \val{root}
        why: A digit is printed twice.
    """,
    """
    published:
      root: 1.44
    """,
)


def test_agreement_at_the_last_digit(author: Author) -> None:
    """A published number that is ours, rounded to its own digits, passes."""
    verdicts = author.verdicts(AGREES, "published")
    assert [(it.claim, it.state, it.detail) for it in verdicts] == [
        ("root", State.PASSED, "agrees at its last digit"),
        ("cells", State.PASSED, "4 entries agree"),
    ]
    assert author.errors(AGREES) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("1.41", "1.42", "1.42"),
        ("1.41", "1.415", "1.415"),
        ("1.41", "1.4143", "1.4143"),
        ("[3, 4]]\n", "[3, 5]]\n", "5]]"),
    ],
)
def test_one_published_digit_changed(author: Author, old: str, new: str, place: str) -> None:
    """One changed digit of a published number fails at that number."""
    found = author.errors(Text(MODULE, AGREES.blocks, AGREES.head.replace(old, new)))
    assert found == [("published-disagrees", author.at(place))]


def test_the_entry_is_named(author: Author) -> None:
    """The message names the entry, the published number and ours."""
    examination = author.examine(mutated(AGREES, "cells: [[1, 2]", "cells: [[1, 7]"))
    (found,) = examination.diagnostics
    assert found.message == "`cells[1,2]` is published as 7; ours is 2 (2)"
    assert examination.checked is None


def test_one_of_our_digits_changed(author: Author) -> None:
    """Where it is ours that is wrong, with both its routes, the published number shows it."""
    text = Text(MODULE.replace("sqrt(2)", "sqrt(2.1)").replace("+ 2 /", "+ 2.1 /"), AGREES.blocks)
    text = Text(text.module, text.blocks, AGREES.head)
    assert author.errors(text) == [("published-disagrees", author.at("1.41"))]


def test_shape(author: Author) -> None:
    """A published vector in the place of a matrix fails."""
    text = mutated(AGREES, "cells: [[1, 2], [3, 4]]", "cells: [1, 2]")
    assert author.errors(text) == [("published-shape", author.at("1, 2]"))]


def test_name(author: Author) -> None:
    """A published number of which nothing is computed fails at the number."""
    text = mutated(AGREES, "root: 1.41", "roof: 1.41")
    text = mutated(text, r", in print $\published{root}$.", ".")
    assert author.errors(text) == [("unknown-value", author.at("1.41"))]


def test_an_erratum_explains(author: Author) -> None:
    """A published number that is wrong and has its erratum stops nothing, and is counted."""
    assert author.errors(ACCUSES) == []
    verdict, quote = author.verdicts(ACCUSES, "erratum")
    assert verdict.state is State.ERRATUM
    assert verdict.detail == "`root` is published as 1.44; ours is 1.4142136 (1.414)"
    assert (quote.state, quote.claim) == (State.REJECTED, r"\sqrt{2} = 1.44")
    assert author.verdicts(ACCUSES, "published") == []


def test_a_false_erratum(author: Author) -> None:
    """An erratum about a published number that is right fails at the erratum."""
    text = mutated(ACCUSES, "root: 1.44", "root: 1.41")
    assert author.errors(text) == [("false-erratum", author.at("of: root"))]


def test_an_erratum_about_nothing(author: Author) -> None:
    """An erratum about another name neither excuses the number nor passes itself."""
    text = mutated(ACCUSES, "of: root", "of: cells")
    assert author.errors(text) == [
        ("published-disagrees", author.at("1.44\nparts")),
        ("unknown-value", author.at("of: cells")),
    ]


def test_two_errata_of_one_number(author: Author) -> None:
    """A second erratum about the same number fails and names the line of the first."""
    first = ACCUSES.blocks[ACCUSES.blocks.index("- erratum") :].rstrip()
    text = Text(MODULE, f"{ACCUSES.blocks.rstrip()}\n    {first}\n", ACCUSES.head)
    (found,) = author.examine(text).diagnostics
    assert (found.id, found.message) == (
        "duplicate-erratum",
        "`root` has two errata; the first is on line 11",
    )


def test_the_printed_operands_explain_an_erratum(author: Author) -> None:
    """Where operands as printed give the published number, the verdict says so."""
    module = """
    def by_hand():
        return 0.006

    def again():
        return 600.0

    @value(route=by_hand, digits=2)
    def small():
        return 0.006

    @value(route=again)
    def large(small):
        return 1e5 * small
    """
    blocks = r"""
    - text: $\val{small}$ gives $\val{large}$, in print $\published{large}$.
    - erratum:
        of: large
        kind: imprecise
        printed: 10^5 s = 1000
        right: l = \val{large}
        why: The operand was rounded first.
    """
    head = "symbols: {s: {given: 0.006}, l: {given: 600}}\npublished: {large: 1000}"
    text = Text(module, blocks, head)
    assert author.errors(text) == []
    verdict, _ = author.verdicts(text, "erratum")
    assert verdict.detail.endswith("; its operands as printed give the published number")


def test_a_number_that_is_none_agrees_with_nothing(author: Author) -> None:
    """NaN is not what the source prints."""
    text = mutated(AGREES, "math.sqrt(2)", "math.nan")
    (verdict, _) = author.verdicts(text, "published")
    assert verdict.state is State.FAILED
