"""Cases at the edges of what docs/equations.md promises, each once a fault."""

from __future__ import annotations

import pytest

from derivatex.mathtex.errors import MathError
from derivatex.mathtex.tree import Number
from derivatex.mathtex.vocabulary import Size
from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "x": "n",
        "y": "n",
        "A": "n, n",
        "a": "",
        "b": "",
        "c": Sym("", "positive"),
        "s": "",
        "Q": Sym("k, k", "orthogonal"),
        "z": Sym(is_outcome=True),
        "r": Sym(law="z"),
        r"\epsilon": Sym(is_outcome=True),
        "p": Sym(law="epsilon", normal=("a", "c")),
        "w": Sym("n", random=("0", "c")),
        "f": Sym(arguments=("",)),
        "h^{(t)}": Sym("", index={"t": "0..T"}),
    },
    dims={"n": Size(most=4), "T": Size(), "k": Size(fixed=2)},
    indices={"i": "n", "j": "n", "t": "1..T"},
    define=(r"g = a^2",),
)


@pytest.mark.parametrize(
    "tex",
    [
        (r"e^{1000 + c} = a"),
        (r"a = \infty"),
        (r"\frac{\partial}{\partial \epsilon} \log p(\epsilon) = 0"),
        (r"a^{0.5} = b"),
        (r"\frac{\partial}{\partial a} f(a c) = f'(a c)"),
        (r"|s| = -s"),
        (r"\operatorname{sign}(a) = \begin{cases} 1 & a \ge 0 \\ -1 & a \le 0 \end{cases}"),
        (r"Q^\top = Q"),
    ],
)
def test_what_is_wrong_is_rejected(tex: str) -> None:
    """A wrong relation, or one that says nothing, is rejected."""
    P.rejects(tex)


@pytest.mark.parametrize(
    "tex",
    [
        (r"\sum_{j \ne i} x_j = \sum_j x_j - x_i"),
        (r"x_i + \sum_{j \ne i} x_j = \sum_j x_j"),
        (r"\sum_{j < i} x_j = \sum_{j=1}^{i-1} x_j"),
        (r"\prod_{t=1}^{T+1} c = c^{T+1}"),
        (r"\prod_{t=T}^{1} h^{(t)} = \prod_{t=1}^{T} h^{(t)}"),
        (r"a > b \iff b < a"),
        (r"a > c \implies a > 0"),
        (r"\frac{\partial}{\partial \epsilon} \epsilon^2 = 2 \epsilon"),
        (r"\mathbb{E}[w_i w_j] = c [i = j]"),
        (r"|s| = -s \text{ if } s < 0, \quad |s| = s \text{ if } s > 0"),
        (r"n! = \prod_{j=1}^n j"),
        (r"a \overset{\text{def}}{=} a + 0"),
        (r"x_i = x_i + 0 \quad (i = 1, \dots, n)"),
    ],
)
def test_what_is_true_is_verified(tex: str) -> None:
    """A true relation is verified."""
    P.verifies(tex)


@pytest.mark.parametrize(
    ("first", "second", "true"),
    [
        ("s_t = s_{t-1} + x_t", "s_0 = 0", "s_2 = x_1 + x_2"),
        ("u = a + b, \\quad v = 2 u", "q = v", "q = 2 a + 2 b"),
    ],
)
def test_definitions(first: str, second: str, true: str) -> None:
    """A recurrence with a given first or last member, and several definitions in a line."""
    problem = Problem(
        {"x": "T", "a": "", "b": "", "c": ""},
        dims={"T": Size(fixed=4)},
        indices={"t": "T", "l": "T"},
        define=(first, second),
    )
    problem.verifies(true)


def test_a_branch_that_no_number_reaches_is_refused() -> None:
    """A function by cases whose last branch can never apply says something that is not meant."""
    rho = r"\rho(u) = \begin{cases} u & u > 0 \\ -u & u \le 0 \\ 7 & u^2 < 0 \end{cases}"
    with pytest.raises(MathError, match="branch 3 of the cases"):
        P.but(define=(rho,)).verifies(r"\rho(a) = |a|")
    whole = rho.replace(r" \\ 7 & u^2 < 0", "")
    P.but(define=(whole,)).verifies(r"\rho(a) = |a|")


def test_a_bold_vector_has_light_entries() -> None:
    r"""`v_i` is an entry of the declared `\\mathbf{v}`, unless `v` itself is declared."""
    bold = Problem(
        {r"\mathbf{v}": "n", r"\mathbf{h}^{(t)}": Sym("n", index={"t": "0..T"})},
        dims={"n": Size(), "T": Size()},
        indices={"i": "n", "t": "1..T"},
    )
    bold.verifies(r"\|\mathbf{v}\|^2 = \sum_i v_i^2")
    bold.verifies(r"\mathbf{h}^{(t)}_i = h_i^{(t)}")
    bold.rejects(r"\|\mathbf{v}\|^2 = 2 \sum_i v_i^2")
    with pytest.raises(MathError, match="not declared"):
        bold.verifies(r"v = \mathbf{v}")


def test_a_column_of_one_entry_is_a_number_beside_a_number() -> None:
    """Where a size is one, a product that collapses and a column that does not still fit."""
    small = Problem(
        {"T": "N - 2, N", "x": "N", "b": "", r"\mathbf{1}": Sym("N - 2", "ones"), "y": "N - 2"},
        dims={"N": Size(least=Number("3"), most=3)},
    )
    small.verifies(r"T x + b \mathbf{1} = b \mathbf{1} + T x")
    small.verifies(r"(T x) \odot y = y \odot (T x) + b \mathbf{1} - b \mathbf{1}")
    small.rejects(r"T x + b \mathbf{1} = T x - b \mathbf{1}")
    larger = small.but(dims={"N": Size(least=Number("4"))})
    larger.rejects(r"T x + b = T x + b \mathbf{1}")
