from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.check.literals import plain_numbers, typed_numbers
from derivatex.solution import State
from derivatex.tex.markup import Math, Prose, Source
from tests.authoring import Text, mutated

if TYPE_CHECKING:
    from tests.authoring import Author

MODULE = r"""
from matplotlib.figure import Figure

def by_addition(x):
    return x + x

@value(route=by_addition, digits=2)
def double(x):
    return 2 * x

@table
def both():
    return TableRows("lr", ["What", "Number"], [["double", r"\val{double}"]])

@figure
def curve(x, double):
    made = Figure(figsize=(3, 2))
    axes = made.subplots()
    axes.plot([x, double], [0, 1250])
    axes.set_title(f"from {x:g}")
    return made

@figure
def drawn():
    return Tikz(r"\begin{tikzpicture}\node at (1.25,2.5) {$\val{x}$};\end{tikzpicture}")
"""
BLOCKS = r"""
- text: |
    Our Figure~\ref{fig:curve}, Figure~\ref{fig:drawn} and Table~\ref{tab:both}
    show CIFAR-10 and $x_{12}$ at $x = \val{x}$.
- define: 'd = 2 x'
- derive:
    - tex: 'd &= 2 \cdot \val{x} = \val{double}'
      because: two is one and one
- table: both
  caption: The double.
- figure: curve
  caption: The line.
  alt: A line.
- figure: drawn
  caption: The node.
  alt: A node.
- sanity: It is even.
"""
GOOD = Text(MODULE, BLOCKS, "symbols: {x: {given: 0.75}}")


def test_no_hand_typed_number(author: Author) -> None:
    """Values, givens, single digits, indices and names are no hand-typed numbers."""
    assert author.errors(GOOD) == []
    (verdict,) = author.verdicts(GOOD, "literal")
    assert (verdict.state, verdict.claim) == (State.PASSED, "every text")


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        (r"x = \val{x}$", "x = 0.75$", "0.75$"),
        ("show CIFAR", "show 28 CIFAR", "28 C"),
        ("because: two", "unverified: In 25 words.\n      because: two", "25 w"),
        ("two is one and one", "two is 1.5 and one", "1.5"),
        ("The double.", "The double of 0.75.", "0.75."),
        ("The line.", "The line to 15.", "15"),
        ("alt: A line.", "alt: A line to 1.5.", "1.5"),
        ("It is even.", "It is 100.", "100"),
    ],
)
def test_one_number_typed(author: Author, old: str, new: str, number: str) -> None:
    """A number typed into prose, mathematics, a caption, a reason or an alt text fails there."""
    text = mutated(GOOD, old, new)
    assert author.errors(text) == [("hand-typed", author.at(number))]


UNREAD = "unverified: It is a test.\n      because: two"


@pytest.mark.parametrize(
    ("new", "number"),
    [(r"d &= 2 \cdot 0.75 = \val{double}", "0.75 ="), (r"d &= 12 = \val{double}", "12 =")],
)
def test_a_number_in_a_line_that_is_not_read(author: Author, new: str, number: str) -> None:
    """A number typed into a line that nothing evaluates fails there."""
    text = mutated(GOOD, r"d &= 2 \cdot \val{x} = \val{double}", new)
    text = mutated(text, "because: two", UNREAD)
    assert author.errors(text) == [("hand-typed", author.at(number))]


def test_a_number_in_a_line_that_is_read(author: Author) -> None:
    """In a relation that is evaluated a number may stand, for there it is checked."""
    good = mutated(GOOD, r"2 \cdot \val{x} =", r"\frac{14}{7} \val{x} =")
    assert author.errors(good) == []
    wrong = mutated(good, "{14}", "{15}")
    assert {id_ for id_, _ in author.errors(wrong)} == {"equation"}


def test_title(author: Author) -> None:
    """A number typed into a problem's title fails there."""
    text = mutated(GOOD, "A number", "A number near 0.75")
    assert author.errors(text) == [("hand-typed", author.at("0.75\n"))]


@pytest.mark.parametrize(
    ("old", "new", "declaration"),
    [
        (r"r'\val{double}'", "'1.5'", "@table"),
        (r"'Number'", "'Number of 10'", "@table"),
        ("from {x:g}", "from 0.76", "@figure\ndef curve"),
        ("$\\val{x}$}", "$0.75$}", "@figure\ndef drawn"),
    ],
)
def test_one_number_typed_in_the_module(
    author: Author, old: str, new: str, declaration: str
) -> None:
    """A number typed into a table's cell, a figure or a drawing fails at its function."""
    text = mutated(GOOD, old.replace("'", '"'), new.replace("'", '"'))
    assert author.errors(text) == [("hand-typed", author.line(declaration))]


def test_what_an_erratum_quotes(author: Author) -> None:
    """The quoted line of an erratum may hold the source's numbers; its explanation may not."""
    erratum = """
    - erratum:
        of: double
        kind: misprint
        printed: d = 1.6
        right: d = \\val{double}
        why: A misprint.
    """
    head = "symbols: {x: {given: 0.75}}\npublished: {double: 1.6}"
    text = Text(MODULE, BLOCKS + erratum.replace("\n    ", "\n"), head)
    assert author.errors(text) == []
    mutant = mutated(text, "why: A misprint.", "why: A misprint for 1.5.")
    assert author.errors(mutant) == [("hand-typed", author.at("1.5."))]


@pytest.mark.parametrize(
    "setting",
    [
        "axes.set_xscale('log'); axes.set_xlim(1, 8)",
        "axes.set_ylim(0, 3e7)",
        "axes.inset_axes([0.5, 0.5, 0.4, 0.4]).set_xlim(10, 50)",
        "axes.secondary_xaxis('top').set_xlabel('x')",
        "made.colorbar(axes.imshow([[10, 20], [30, 40]]))",
    ],
)
def test_what_an_axis_writes(author: Author, setting: str) -> None:
    """The numbers that matplotlib writes along any axis are not the author's."""
    text = mutated(GOOD, "    axes.set_title", f"    {setting}\n    axes.set_title")
    assert author.errors(text) == []


@pytest.mark.parametrize(
    ("tex", "numbers"),
    [
        ("3x + y_{10} - 7", []),
        (r"\frac12 + \sqrt2 + x^2 + x_{i,12}", []),
        ("0.5", ["0.5"]),
        (".5", [".5"]),
        ("10^{-12}", ["10", "12"]),
        ("x - 10", ["10"]),
        ("x-10", ["10"]),
        ("x-0.75", ["0.75"]),
        (r"2\cdot0.75", ["0.75"]),
        (r"x \approx0.75", ["0.75"]),
        ("3x10", ["10"]),
        (r"\text{at 0.75}", ["0.75"]),
        (r"\textcolor{red}{0.75}", ["0.75"]),
        (r"\bigl(0.75\bigr)", ["0.75"]),
    ],
)
def test_mathematics(tex: str, numbers: list[str]) -> None:
    """In mathematics every decimal and every integer of two digits is found, but for indices."""
    assert [number for number, _ in typed_numbers(Math(tex))] == numbers


@pytest.mark.parametrize(
    ("tex", "numbers"),
    [
        ("CIFAR-10 and ResNet50, with 3 layers", []),
        ("a batch of 64, then 1,000", ["64", "1,000"]),
        (r"a step\quad0.75", ["0.75"]),
        ("$x$-10", ["10"]),
    ],
)
def test_prose(tex: str, numbers: list[str]) -> None:
    """In prose a name may end in digits; nothing else may."""
    assert [number for number, _ in typed_numbers(Prose(tex))] == numbers


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("A 3D plot of CIFAR-10 by ResNet50", []),
        ("from -0.5 to 64", ["0.5", "64"]),
        ("10cm", ["10"]),
        ("28x28", ["28", "28"]),
        ("2.5e3", ["2.5"]),
    ],
)
def test_plain_words(words: str, numbers: list[str]) -> None:
    """In plain words a number is found though a unit or a letter follows it."""
    assert [number for number, _ in plain_numbers(Source(words))] == numbers
