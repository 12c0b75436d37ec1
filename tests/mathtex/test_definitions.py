from __future__ import annotations

import numpy as np
import pytest

from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.tree import Number
from derivatex.mathtex.vocabulary import Size
from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "x": "n",
        "y": "n",
        "W": "m, n",
        "a": "",
        "b": "",
        "c": Sym("", "positive"),
        "O": Sym("m, n"),
        "F": Sym(arguments=("",)),
    },
    dims="n m T",
    indices={"i": "m", "j": "n", "k": "n", "t": "1..T"},
)


def defined(*texts: str, **changes: object) -> Problem:
    """The problem with definitions."""
    return P.but(define=texts, **changes)


@pytest.mark.parametrize(
    ("definitions", "true", "false"),
    [
        (["L = x^\\top x"], "L = \\|x\\|^2", "L = \\|x\\|"),
        (["\\hat{z} = W x"], "\\hat z_i = \\sum_j W_{ij} x_j", "\\hat z_i = W_{i1} x_1"),
        (["L := a b"], "L = b a", "L = b"),
        (["q = a + b, \\quad \\hat s = 2 q"], "\\hat s = 2 a + 2 b", "\\hat s = a + b"),
        (["s = 2 q", "q = a + b"], "s = 2 a + 2 b", "s = 2 a"),
        (["g(u) = u^2 + a"], "g(b) = b^2 + a", "g(b) = b^2 + b"),
        (["g(u) = u^2"], "g(x)_j = x_j^2", "g(x)_j = 2 x_j"),
        (["g(u, v) = u - v"], "g(a, b) = -g(b, a)", "g(a, b) = g(b, a)"),
        (["g(x) = \\|x\\|^2"], "g(2 y) = 4 y^\\top y", "g(2 y) = 2 y^\\top y"),
        (["g(x, a) = a x"], "g(y, 3) = 3 y", "g(y, 3) = 3 x"),
        (["g(x) = W x + a W x"], "g(y) = (1 + a) W y", "g(y) = (1 + b) W y"),
        (
            ["\\sigma(u) = \\frac{1}{1 + e^{-u}}"],
            "\\sigma(-a) = 1 - \\sigma(a)",
            "\\sigma(-a) = -\\sigma(a)",
        ),
        (
            ["\\sigma(u) = \\frac{1}{1 + e^{-u}}"],
            "\\sigma'(a) = \\sigma(a) (1 - \\sigma(a))",
            "\\sigma'(a) = \\sigma(a)",
        ),
        (["P_{ij} = W_{ij} x_j"], "P_{ij} = x_j W_{ij}", "P_{ij} = x_j W_{i1}"),
        (["P_{ij} = W_{ij} x_j"], "P = W \\operatorname{diag}(x)", "P = W"),
        (["P_{ij} = W_{ij} x_j"], "\\sum_j P_{ij} = (W x)_i", "\\sum_j P_{ij} = 2 (W x)_i"),
        (["O_{ij} = W_{ij} + 1"], "O_{ij} - W_{ij} = 1", "O_{ij} + W_{ij} = 1"),
        (["v_j = x_j y_j"], "v = x \\odot y", "v = x"),
        (["v_j = x_j y_j"], "\\sum_j v_j = x^\\top y", "\\sum_j v_j = x^\\top x"),
        (
            ["r_i = \\sum_j W_{ij} x_j, \\quad s = \\sum_i r_i^2"],
            "s = \\|W x\\|^2",
            "s = \\|x\\|^2",
        ),
        (["d_1 = a, \\quad d_2 = b"], "d_1 + d_2 = a + b", "d_1 + d_2 = 2 a"),
        (["x_0 = a x"], "x_0 - x = (a - 1) x", "x_0 - x = a x"),
        (["\\nu_x = a b"], "\\nu_x = b a", "\\nu_x = b"),
        (["u^\\star = a + 1"], "u^\\star - a = 1", "u^\\star = a"),
        (["f(u) = F(u) + a"], "f'(b) = F'(b)", "f'(b) = F(b)"),
        (
            ["f(u) = \\begin{cases} u & \\text{if } u > 0 \\\\ 0 & \\text{otherwise} \\end{cases}"],
            "f(a) = (a)_+",
            "f(a) = a",
        ),
    ],
)
def test_a_definition_binds_its_left_side(definitions: list[str], true: str, false: str) -> None:
    """A quantity, a function, an array or a name counts as its right side from there on."""
    made = defined(*definitions)
    made.verifies(true)
    made.rejects(false)


RECURRENT = Problem(
    {
        "A": "n, n",
        "U": "n, m",
        "x^{(t)}": Sym("m", index={"t": "1..T"}),
        "b": "n",
    },
    dims={"n": Size(), "m": Size(), "T": Size(Number("3"))},
    indices={"t": "1..T", "j": "n"},
)
STEP = r"h^{(t)} = \tanh(A h^{(t-1)} + U x^{(t)} + b)"
FIRST = r"h^{(0)} = b"


def test_a_recurrence_starts_with_its_first_member() -> None:
    """A family whose right side holds its predecessor has the values of a loop."""
    made = RECURRENT.but(define=(STEP, FIRST))
    a, u, b = made.values_of("A", "U", "b")
    hidden = b
    for t in range(1, int(made.value("T")) + 1):
        hidden = np.tanh(a @ hidden + u @ made.value(f"x^{{({t})}}") + b)
        np.testing.assert_allclose(made.value(f"h^{{({t})}}"), hidden)
    made.verifies(r"h^{(1)} = \tanh(A b + U x^{(1)} + b)")
    made.rejects(r"h^{(1)} = \tanh(U x^{(1)} + b)")
    made.verifies(r"h^{(t)} = \tanh(A h^{(t-1)} + U x^{(t)} + b)")
    made.rejects(r"h^{(t)} = \tanh(A h^{(t-1)} + U x^{(t)} - b)", "sign")
    made.verifies(r"h^{(t)}_j = \tanh((A h^{(t-1)} + U x^{(t)} + b)_j)")


def test_the_first_member_may_be_declared() -> None:
    """A declared symbol with the print of the first member is that member."""
    made = RECURRENT.but(symbols={**RECURRENT.symbols, "h^{(0)}": "n"}, define=(STEP,))
    made.verifies(r"h^{(1)} = \tanh(A h^{(0)} + U x^{(1)} + b)")
    made.rejects(r"h^{(1)} = \tanh(A b + U x^{(1)} + b)")
    other = RECURRENT.but(
        symbols={**RECURRENT.symbols, "h^{(t)}": Sym("n", index={"t": "0..T"})}, define=(STEP,)
    )
    other.verifies(r"h^{(1)} = \tanh(A h^{(0)} + U x^{(1)} + b)")
    other.rejects(r"h^{(1)} = \tanh(A b + U x^{(1)} + b)")


def test_a_recurrence_may_run_backwards() -> None:
    """Where the last member is declared, the others follow from their successors."""
    made = RECURRENT.but(
        symbols={**RECURRENT.symbols, "g^{(t)}": Sym("n", index={"t": "1..T"})},
        indices={"t": "1..T", "l": "1..T-1"},
        define=(r"g^{(l)} = A g^{(l+1)} + b",),
    )
    made.verifies(r"g^{(T-1)} = A g^{(T)} + b, \quad g^{(T-2)} = A A g^{(T)} + A b + b")
    made.rejects(r"g^{(T-1)} = A g^{(T)} - b", "sign")


def test_a_recurrence_without_a_first_member_never_ends() -> None:
    """It is refused with a hint, and no stack overflows."""
    with pytest.raises(MathError) as caught:
        RECURRENT.but(define=(STEP,)).session()
    assert "first member" in caught.value.hint or "restrict" in caught.value.hint


def test_numbers_by_recurrence_are_an_array() -> None:
    """A family of numbers with indices from 1 has a whole, which is a column."""
    made = Problem({"x": "T", "c": ""}, dims="T", indices={"t": "T"}, define=(r"s_t = c x_t",))
    made.verifies(r"s = c x, \quad \sum_t s_t = c \sum_t x_t")
    made.rejects(r"s = x")


def test_numbers_by_recurrence_with_a_first_member() -> None:
    """A cumulative sum is a recurrence of numbers."""
    made = Problem(
        {"x": "T"},
        dims="T",
        indices={"t": "T"},
        define=(r"s^{(t)} = s^{(t-1)} + x_t", r"s^{(0)} = 0"),
    )
    np.testing.assert_allclose(made.value("s^{(T)}"), np.sum(made.value("x")))
    made.verifies(r"s^{(t)} = \sum_{k=1}^{t} x_k")
    made.rejects(r"s^{(t)} = \sum_{k=1}^{t-1} x_k", "bound")


@pytest.mark.parametrize(
    ("texts", "kind", "words", "hint"),
    [
        (["a + b = c"], "parse", "letter with scripts", ""),
        (["x^\\top x = a"], "parse", "", ""),
        (["q"], "parse", "`name = formula`", ""),
        (["q \\le a"], "parse", "has a `=`", ""),
        (["q = a = b"], "parse", "one `=`", "derive"),
        (["q ="], "parse", "missing", ""),
        (["q = z"], "parse", "not declared", ""),
        (["q = x_j"], "parse", "bound by nothing", "name it on the left"),
        (["q = x y"], "shape", "times", ""),
        (["O_{ij} = x"], "shape", "an entry is a number", ""),
        (["x = W y"], "shape", "is declared as", ""),
        (["a = x"], "shape", "is declared as a number", ""),
        (["x(u) = u"], "parse", "not as a function", ""),
        (["f(2) = a"], "parse", "", ""),
        (["f() = a"], "parse", "argument is missing", ""),
        (["q = r", "r = q"], "parse", "never ends", ""),
        (["q = q + 1"], "parse", "never ends", "first member"),
        (["q = \\frac{a}"], "parse", "", ""),
    ],
)
def test_a_faulty_definition_is_refused(texts: list[str], kind: str, words: str, hint: str) -> None:
    """What cannot be read, does not fit its declaration or never ends binds nothing."""
    with pytest.raises(MathError) as caught:
        defined(*texts).session()
    assert caught.value.kind is Kind(kind)
    assert words in caught.value.message
    assert hint in caught.value.hint


def test_an_error_says_which_text_it_is_about() -> None:
    """Of several texts, the number of the faulty one is kept."""
    with pytest.raises(MathError) as caught:
        defined("q = a", "r = z").session()
    assert getattr(caught.value, "source", None) == 1


def test_a_member_outside_its_range_is_refused() -> None:
    """`h^{(T+1)}` is no member of a family up to `T`."""
    made = RECURRENT.but(define=(STEP, FIRST))
    error = made.refusal(r"h^{(T+1)} = b")
    assert "outside" in error.message
    assert "restrict" in error.hint


def test_a_group_is_defined_anew_at_its_place() -> None:
    """A later group may use what an earlier one bound."""
    session = defined("q = a + b").session()
    readings = session.define(["r = 2 q", "s(u) = r u"])
    assert [(it.source, it.name) for it in readings] == [(0, "r"), (1, "s")]
    assert [it.start for it in readings] == [0, 0]
