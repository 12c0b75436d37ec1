from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivatex.mathtex.cursor import RELATIONS
from derivatex.mathtex.display import statements
from derivatex.mathtex.errors import MathError
from derivatex.mathtex.lexer import tokens
from derivatex.mathtex.printer import printed
from derivatex.mathtex.reader import Reader, read, read_condition
from derivatex.mathtex.tree import (
    Add,
    Apply,
    Big,
    Binder,
    Comparison,
    Div,
    Entry,
    Expectation,
    Interval,
    LawCall,
    Letter,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Space,
    Span,
    Subdifferential,
    Sym,
    Transpose,
)
from tests.mathtex.displays import displays
from tests.mathtex.letters import vocabulary
from tests.mathtex.trees import conditions, formulas

if TYPE_CHECKING:
    from derivatex.mathtex.display import Statement
    from derivatex.mathtex.vocabulary import Vocabulary

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
OF_OTHERS = {r"\in", r"\notin", r"\iff", r"\implies"}  # signs between what is no formula
SETS = (Space, Span, Interval, Subdifferential)
MARKS = (
    "'",
    "^{2}",
    "_{i}",
    " - ",
    " 2 ",
    r"\pi ",
    "!",
    r"\dots ",
    "=",
    "(",
    "|",
    r"\|",
    ":",
    " a ",
)
A, C, X, W = Sym("a"), Sym("c"), Sym("x"), Sym("W")
TWO = Number("2")


@settings(SLOW, max_examples=300)
@given(node=formulas(), has_long_names=st.booleans())
def test_what_is_printed_is_read_back(node: Node, *, has_long_names: bool) -> None:
    """Whatever the formula, reading its LaTeX gives the same tree again."""
    known = vocabulary(has_long_names=has_long_names)
    assert read(printed(node, known), known) == node


@SLOW
@given(conditions())
def test_printed_conditions_are_read_back(node: Node) -> None:
    """Conditions, chains of them and memberships are read back as they were."""
    known = vocabulary()
    assert read_condition(printed(node, known), known) == node


@SLOW
@given(formulas(taken="ij"), st.sampled_from(sorted({*RELATIONS} - OF_OTHERS)))
def test_a_display_is_not_cut_within_a_formula(node: Node, sign: str) -> None:
    """A printed formula is one side of one statement, whatever signs it holds."""
    known = vocabulary()
    for text in (
        f"a {sign} {printed(node, known)}",
        f"{printed(node, known)} {sign} a, \\quad l \\ne t",
    ):
        (found,) = statements(text, known)
        assert {found.left, found.links[0].right} == {A, node}


@SLOW
@given(st.data())
def test_nothing_is_passed_over(data: st.DataObject) -> None:
    """A sign that is put anywhere into a formula is refused, or makes it another formula."""
    known = vocabulary()
    node = data.draw(formulas())
    text = printed(node, known)
    at = data.draw(st.sampled_from([token.start for token in tokens(text)] + [len(text)]))
    made = text[:at] + data.draw(st.sampled_from(MARKS)) + text[at:]
    assert _read(made, known) != node


def _statements(text: str, known: Vocabulary) -> list[Statement]:
    """What a display states; nothing, where it is a mistake that cannot be read."""
    try:
        return statements(text, known)
    except MathError:
        return []


def _read(text: str, known: Vocabulary) -> Node | None:
    """The tree, if there is one."""
    try:
        return read(text, known)
    except MathError:
        return None


@pytest.mark.parametrize("number", range(10))
def test_the_formulas_of_the_subjects_are_read_back(number: int) -> None:
    """Every side of every relation of the test subjects survives being printed."""
    for text, known in displays()[number::10]:
        for statement in _statements(text, known):
            for node in (statement.left, *(link.right for link in statement.links)):
                again = Reader(tokens(printed(node, known)), known, bound=frozenset(statement.free))
                made = again.set() if isinstance(node, SETS) else again.expression()
                again.end()
                assert made == node, text


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Mul((TWO, A, X)), r"2 \, a \, \mathbf{x}"),
        (Mul((A, TWO)), r"a \cdot 2"),
        (Mul((A, Add((C, Neg(TWO))))), r"a \cdot (c - 2)"),
        (Mul((Mul((A, C)), X)), r"(a \, c) \, \mathbf{x}"),
        (Neg(Add((A, C))), "-(a + c)"),
        (Add((Neg(A), Neg(Neg(C)))), "-a - (-c)"),
        (Transpose(W), r"W^{\top}"),
        (Pow(Sym("sigma"), TWO), r"(\sigma)^{2}"),
        (Sym("variance"), r"\sigma^2"),
        (Pow(Sym("sigma"), Number("3")), r"\sigma^{3}"),
        (Pow(Sym("h", (Letter("t"),)), TWO), r"(\mathbf{h}^{(t)})^{2}"),
        (Entry(Sym("h", (Letter("t"),)), (Letter("i"),)), r"\mathbf{h}^{(t)}_{i}"),
        (Entry(W, (Add((Letter("i"), Number("1"))), None)), "W_{i + 1,:}"),
        (Sym("u", (Mul((TWO, Letter("l"))),)), r"u_{(2 \, l)}"),
        (Apply("f", (X,), (), 2), r"f''(\mathbf{x})"),
        (Pow(Div(A, C), TWO), r"(\frac{a}{c})^{2}"),
        (Big("sum", (Binder("k", Number("1"), Sym("n")),), (), A), r"\sum_{k = 1}^{n} a"),
        (
            Expectation("mean", ("z",), LawCall("q", ("z",), ("xi",)), Sym("z")),
            r"\mathbb{E}_{z \sim q(z \mid \boldsymbol{\xi})}[z]",
        ),
    ],
)
def test_how_formulas_are_printed(node: Node, expected: str) -> None:
    """Brackets stand only where they are needed."""
    known = vocabulary()
    assert printed(node, known) == expected
    assert read(expected, known) == node


def test_no_two_formulas_are_printed_alike() -> None:
    """The twin: trees that differ only in how they are bracketed are not printed alike."""
    known = vocabulary()
    nodes = (
        Mul((A, Mul((C, X)))),
        Mul((Mul((A, C)), X)),
        Mul((A, C, X)),
        Neg(Mul((A, C, X))),
        Mul((Neg(A), C, X)),
        Pow(Transpose(W), TWO),
        Transpose(Pow(W, TWO)),
    )
    texts = sorted(printed(node, known) for node in nodes)
    assert all(one != two for one, two in pairwise(texts))


@pytest.mark.parametrize(
    "text",
    [
        r"\mathbf{x}_{i'}",
        r"f(\mathbf{x})'",
        r"\mathrm{e}'",
        r"\sum_{z}^{n} z",
        r"\sum_{k}^{n} a",
        r"\sum_{kk} a",
        r"\sum'_{k} a",
        r"\mathbb{E}^{2}[z]",
        r"W_{:^2,:}",
        r"W_{,i,j}",
        r"q()",
        r"q(z; a)",
        r"\mathbb{E}_{\boldsymbol{\xi} \sim q(z)}[a]",
        r"\int a \int z \,dz \,d\boldsymbol{\xi}",
        r"\begin{bmatrix} 1 & \\ & 1 \end{bmatrix}",
        r"\begin{Vmatrix} a & c \end{Vmatrix}",
        r"[a \in \{\dots\}]",
        r"[a \in \{1, \dots\}]",
        r"[a \in \{1, 3, \dots, n\}]",
        r"[\mathbf{x} \in \mathbb{R}_{+}]",
        r"\arg\min_{\mathbf{x} \in [0, 1]} a",
        r"\arg\min_{\mathbf{x} \in \Delta} a",
        r"\frac{\partial^2 a}{\partial c^{0.5}}",
        r"\frac{\partial a}{\partial c^{99999999999}}",
        r"\partial a",
        r"f^{-1}(\mathbf{x})",
        "2^3!",
        "a + ٣",
    ],
)
def test_what_would_be_passed_over_is_refused(text: str) -> None:
    """Signs that would have no meaning, or another than the page suggests, are refused."""
    known = vocabulary()
    for made in (text, f"({text})"):
        with pytest.raises(MathError):
            read(made, known)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\mathbb{E}[z]^2", r"(\mathbb{E}[z])^2"),
        (r"q(z)^2", r"(q(z))^2"),
        (r"g_{\star}(2 \lvert a \rvert, W)", r"g_{\star}(2 (\lvert a \rvert), W)"),
        (r"\lvert a \lvert c \rvert \rvert", r"\lvert a (\lvert c \rvert) \rvert"),
        (r"\lVert 2 \lVert \mathbf{x} \rVert \rVert", r"\lVert 2 (\|\mathbf{x}\|) \rVert"),
        (r"\int \int a \,dz \,d\boldsymbol{\xi}", r"\int a \,dz \,d\boldsymbol{\xi}"),
        (r"\int a \,dz + \int c \,dz", r"(\int a \,dz) + (\int c \,dz)"),
        (r"\sigma*a", r"\sigma \cdot a"),
        (r"[a \in \{1, 2, \dots, n\}]", r"[a \in \{1, \dots, n\}]"),
    ],
)
def test_two_spellings_are_read_alike(one: str, other: str) -> None:
    """Scripts belong to what stands before them, and bars to their side."""
    known = vocabulary()
    assert read(one, known) == read(other, known)


def test_a_sum_binds_indices_only() -> None:
    """A declared letter in a bound is what it is declared as, and so is a primed one in a sum."""
    known = vocabulary()
    assert read(r"\sum_{k < c} c", known) == Big(
        "sum", (Binder("k"),), (Comparison("<", Letter("k"), C),), C
    )
    assert read("\\sum_{s} s'", known) == Big("sum", (Binder("s"),), (), Sym("primed"))
