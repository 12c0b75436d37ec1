from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.render.document import render
from tests.authoring import Text, mutated

if TYPE_CHECKING:
    from derivatex.document import Document
    from tests.authoring import Author

MODULE = """
from derivatex import listing

@listing
def twice(x):
    '''Twice as much.'''
    return 2 * x  # by a product

def four_by_hand():
    return 4

@value(route=four_by_hand)
def four():
    return twice(2)
"""
BLOCKS = r"""
- text: Listing~\ref{lst:twice} gives $\val{four}$.
- listing: twice
  caption: A product.
"""
GOOD = Text(MODULE, BLOCKS)


def rendered(author: Author, text: Text) -> Document:
    """The report."""
    checked = author.examine(text).checked
    assert checked is not None
    return render(checked)


def test_code_that_ran_is_shown(author: Author) -> None:
    """A listing is the function's own code, with its place and its caption."""
    listing = author.compute(GOOD).listings["twice"]
    assert listing.code.splitlines()[0] == "def twice(x):"
    assert listing.code.splitlines()[-1] == "    return 2 * x  # by a product"
    assert str(listing.at) == str(author.at_module("def twice"))
    tex = rendered(author, GOOD).tex
    assert r"\dxlisting{A product.}" in tex
    assert r"\dxkeyword{return}\ 2\ *\ x" in tex


def test_code_that_did_not_run(author: Author) -> None:
    """The twin: a function that nothing has called is not shown."""
    wrong = mutated(GOOD, "return twice(2)", "return 4")
    assert author.errors(wrong) == [("listing-not-run", author.at("listing: twice"))]


def test_code_of_another_name(author: Author) -> None:
    """A listing that no function is, is told with the name that is meant."""
    wrong = mutated(GOOD, "listing: twice", "listing: twise")
    found = [id_ for id_, _ in author.errors(wrong)]
    assert set(found) == {"unknown-listing", "unknown-label"}


def test_a_listing_that_is_not_shown(author: Author) -> None:
    """Code that is declared to be shown and is not, is warned about."""
    unused = Text(MODULE, r"- text: It is $\val{four}$.")
    assert [id_ for id_, _ in author.warnings(unused)] == ["never-used"]


def test_two_routes_may_not_share_a_listing(author: Author) -> None:
    """A route that calls the code of a listing shares it like any other code."""
    wrong = mutated(GOOD, "    return 4\n", "    return twice(2)\n")
    assert [id_ for id_, _ in author.errors(wrong)] == ["route-shares-code"]
