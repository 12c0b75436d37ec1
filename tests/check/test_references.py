from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.check.texts import tikz_addresses
from derivatex.solution import State
from derivatex.tex.markup import RawTex
from tests.authoring import Text, mutated

if TYPE_CHECKING:
    from tests.authoring import Author

MODULE = r"""
def by_hand():
    return {"low": 1, "high": 3}

@value(route=by_hand)
def ends():
    return {"low": 1, "high": 3}

def by_counting():
    return [4, 5]

@value(route=by_counting)
def pair():
    return [4, 5]

@table
def both():
    return TableRows("lr", ["What", "Number"], [["high", r"\val{ends.high}"]])

@figure
def line():
    return Tikz(r"\begin{tikzpicture}\node {$\val{pair[1]}$};\end{tikzpicture}")
"""
BLOCKS = r"""
- text: |
    As \cite{euler1768, gauss1809} say, Table~\ref{tab:both} and Figure~\ref{fig:line}
    agree with \eqref{eq:one}: $\val{ends.low}$, $\val[2]{pair[2]}$, $\published{pair}$.
- derive:
    - tex: '1 = \val{ends.low} \label{eq:one}'
      because: it is the low one
- table: both
  caption: The ends.
- figure: line
  caption: The node.
  alt: A node.
"""
WORKS = "@misc{euler1768,\n title={E}}\n@misc{gauss1809,\n title={G}}\n"
GOOD = Text(MODULE, BLOCKS, "published: {pair: [4, 5]}", works=WORKS)


def test_every_name_is_known(author: Author) -> None:
    """Names that all lead somewhere pass without an error or a warning."""
    assert author.examine(GOOD).diagnostics == ()
    (verdict,) = author.verdicts(GOOD, "reference")
    assert (verdict.state, verdict.claim) == (State.PASSED, "every name")


@pytest.mark.parametrize(
    ("old", "new", "id_", "place"),
    [
        (r"$\val{ends.low}$", r"$\val{ends.lou}$", "unknown-value", r"\val{ends.lou}"),
        (r"$\val{ends.low}$", r"$\val{ends}$", "unknown-value", r"\val{ends}"),
        (r"\val[2]{pair[2]}", r"\val[2]{pair[3]}", "unknown-value", r"\val[2]"),
        (r"\val[2]{pair[2]}", r"\val[2]{pair[0]}", "unknown-value", r"\val[2]"),
        (r"\val[2]{pair[2]}", r"\val[2]{pair[2,1]}", "unknown-value", r"\val[2]"),
        (r"\val[2]{pair[2]}", r"\val[two]{pair[2]}", "bad-digits", r"\val[two]"),
        (r"\val[2]{pair[2]}", r"\val[16]{pair[2]}", "bad-digits", r"\val[16]"),
        (r"\published{pair}", r"\published{ends.low}", "unknown-value", r"\published"),
        (r"\published{pair}", r"\published{pair[3]}", "unknown-value", r"\published"),
        (r"\ref{tab:both}", r"\ref{tab:bath}", "unknown-label", r"\ref{tab:bath}"),
        (r"\ref{fig:line}", r"\ref{fig:lint}", "unknown-label", r"\ref{fig:lint}"),
        (r"\eqref{eq:one}", r"\eqref{eq:two}", "unknown-label", r"\eqref{eq:two}"),
        (r"\label{eq:one}", r"\label{tab:both}\label{eq:one}", "duplicate-label", r"\label{tab"),
        ("gauss1809}", "gauss1810}", "unknown-citation", r"\cite"),
        ("- table: both", "- table: bath", "unknown-table", "table: bath"),
        ("- figure: line", "- figure: lint", "unknown-figure", "figure: lint"),
    ],
)
def test_one_name_changed(author: Author, old: str, new: str, id_: str, place: str) -> None:
    """One changed name fails where it stands."""
    found = author.errors(mutated(GOOD, old, new))
    assert (id_, author.at(place)) in found


@pytest.mark.parametrize(
    ("old", "new", "declaration"),
    [
        (r"\val{ends.high}", r"\val{ends.hihg}", "@table"),
        (r"\val{pair[1]}", r"\val{pear[1]}", "@figure"),
    ],
)
def test_one_name_changed_in_the_module(
    author: Author, old: str, new: str, declaration: str
) -> None:
    """A table's cell or a drawing that names no value fails at its function."""
    found = author.errors(mutated(GOOD, old, new))
    assert found == [("unknown-value", author.line(declaration))]


def test_the_nearest_name_is_suggested(author: Author) -> None:
    """An unknown name comes with the one that it may have been."""
    examination = author.examine(mutated(GOOD, r"$\val{ends.low}$", r"$\val{ends.lou}$"))
    (found,) = examination.diagnostics
    assert found.message == "the value `ends.lou` is not computed"
    assert found.hint == "did you mean `ends.low`?"


def test_shown_twice(author: Author) -> None:
    """A table that is shown a second time fails there."""
    text = mutated(GOOD, "- figure: line", "- table: both\n  caption: Again.\n- figure: line")
    (found,) = author.errors(text)
    assert found[0] == "shown-twice"
    assert found[1] is not None
    assert found[1].line == author.at("caption: Again.").line - 1


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (r"\eqref{eq:one}", "this", r"\label{eq:one}"),
        (r", $\published{pair}$", "", "[4, 5]"),
        (r"Table~\ref{tab:both}", "This", "table: both"),
    ],
)
def test_what_is_never_used_in_the_yaml(author: Author, old: str, new: str, place: str) -> None:
    """A label, a published number or a table that nothing refers to is warned about."""
    text = mutated(GOOD, old, new)
    assert author.errors(text) == []
    (found,) = author.warnings(text)
    assert found[0] == "never-used"
    assert found[1] is not None
    assert found[1].line == author.at(place).line


@pytest.mark.parametrize(
    ("addition", "declaration"),
    [
        ("@value(route=lambda: 7, digits=1)\ndef unused():\n    return 7\n", "@value(route=lambda"),
        ("@table\ndef unused():\n    return TableRows('l', ['One'], [])\n", "@table\ndef unused"),
        ("@figure\ndef unused():\n    return Tikz('')\n", "@figure\ndef unused"),
    ],
)
def test_what_is_never_used_in_the_module(author: Author, addition: str, declaration: str) -> None:
    """A value, a table or a figure that is never shown is warned about, at its function."""
    text = Text(MODULE + addition, BLOCKS, GOOD.head, works=WORKS)
    assert author.errors(text) == []
    assert author.warnings(text) == [("never-used", author.line(declaration))]


def test_a_work_that_is_never_cited(author: Author) -> None:
    """A work that no text cites is warned about, at its entry."""
    text = mutated(GOOD, "euler1768, gauss1809", "euler1768")
    (found,) = author.warnings(text)
    assert found[0] == "never-used"
    assert str(found[1]) == "solutions/made/references.bib:3:1"


@pytest.mark.parametrize(
    ("source", "id_"),
    [
        (r"After \cite{nobody1900}.", "unknown-citation"),
        (r"It gives $\val{ends.low}$.", "bad-value"),
        (r"See \ref{tab:both}.", "bad-value"),
    ],
)
def test_names_in_the_heading(author: Author, source: str, id_: str) -> None:
    """The assignment's own text cites works that exist, and names nothing of a problem."""
    text = Text(MODULE, BLOCKS, GOOD.head, works=WORKS, source=source)
    (found,) = author.errors(text)
    assert found[0] == id_
    assert found[1] is not None
    assert found[1].file == "solutions/made/assignment.yaml"


def test_a_work_that_the_heading_cites(author: Author) -> None:
    """A work that only the assignment's own text cites is cited."""
    text = mutated(GOOD, "euler1768, gauss1809", "euler1768")
    text = mutated(text, "The questions were", r"After \cite{gauss1809} these were")
    assert author.warnings(text) == []


def test_a_work_that_a_table_cites(author: Author) -> None:
    """A citation in a table's cell is one: it must be known, and then its work is cited."""
    text = mutated(GOOD, "euler1768, gauss1809", "euler1768")
    text = mutated(text, '["high",', r'[r"high \cite{gauss1809}",')
    assert author.examine(text).diagnostics == ()
    mutant = mutated(text, r"\cite{gauss1809}", r"\cite{gauss1810}")
    assert author.errors(mutant) == [("unknown-citation", author.line("@table"))]


def test_addresses_in_a_drawing() -> None:
    r"""Every `\val` of a drawing is found."""
    code = RawTex(r"\node {$\val{a}$}; \node {$\val{b.c} + \val{d[1,2]}$};")
    assert list(tikz_addresses(code)) == ["a", "b.c", "d[1,2]"]
