"""What an erratum quotes, and numbers in places where few would look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.authoring import Text, mutated

if TYPE_CHECKING:
    from tests.authoring import Author

MODULE = """
def by_hand():
    "Twice a half."
    return 0.125 + 0.125

@value(route=by_hand, digits=2)
def quarter():
    "A quarter."
    return 0.25

@figure
def drawn(quarter):
    return Tikz(r"\\begin{tikzpicture}[scale=1.25]\\node at (0.5,0.75) {a $\\val{quarter}$};"
                r"\\end{tikzpicture}")
"""
BLOCKS = r"""
- text: It is $\val{quarter}$, in print $\published{quarter}$, in Figure~\ref{fig:drawn}.
- figure: drawn
  caption: A node.
  alt: A node.
- erratum:
    of: quarter
    kind: misprint
    printed: q = 0.26
    right: q = \val{quarter}
    why: A slip.
"""
HEAD = """
symbols: {q: {given: 0.25}, p: {given: 0.25}, r: {given: 0.5}}
published: {quarter: 0.26}
"""
GOOD = Text(MODULE, BLOCKS, HEAD)


def test_an_honest_erratum(author: Author) -> None:
    """An erratum that quotes the published number and shows ours is accepted."""
    assert author.errors(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("q = 0.26", "q = 0.27", "q = 0.27"),
        ("q = 0.26", "q = r", "q = r"),
        ("q = 0.26", "0.26 = 0.28", "0.26 = 0.28"),
        (r"right: q = \val{quarter}", r"right: q = p", "q = p"),
    ],
)
def test_a_quote_changed(author: Author, old: str, new: str, place: str) -> None:
    """The twin: another number in the quote, or none of ours as what is right, is refused."""
    assert author.errors(mutated(GOOD, old, new)) == [("misquoted-erratum", author.at(place))]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"A quarter."', '"About 0.77 of it."', "@value"),
        ('"Twice a half."', '"About 0.77 of it."', "@value"),
        (r"{a $\val{quarter}$}", r"{0.77 $\val{quarter}$}", "@figure"),
    ],
)
def test_a_number_typed_where_it_prints(author: Author, old: str, new: str, line: str) -> None:
    """A number in a docstring that the report shows, or in a node's words, is hand-typed."""
    assert author.errors(mutated(GOOD, old, new)) == [("hand-typed", author.line(line))]


@pytest.mark.parametrize(
    "words",
    [r"$x \tag{7.75}$", r"$7.\!75$", r"$7{.}75$", r"$1\,2$", r"$7{}.75$"],
)
def test_a_number_taken_apart(author: Author, words: str) -> None:
    """Digits that stand together on the page are a number, however they were typed."""
    text = mutated(GOOD, "It is", f"{words} It is")
    assert {id_ for id_, _ in author.errors(text)} == {"hand-typed"}


def test_a_decimal_in_the_heading(author: Author) -> None:
    """The heading may have a year, and no result."""
    assert author.errors(mutated(GOOD, GOOD.source, "Set in 2021.")) == []
    found = author.errors(mutated(GOOD, GOOD.source, "It is 3.75."))
    assert [id_ for id_, _ in found] == ["hand-typed"]
