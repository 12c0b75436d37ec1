"""What is not yet as docs/equations.md says: remove a mark with its fault."""

from __future__ import annotations

import pytest

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
    define=(
        r"g = a^2",
        r"\rho(u) = \begin{cases} u & u > 0 \\ -u & u \le 0 \\ 7 & u^2 < 0 \end{cases}",
    ),
)


def todo(*values: str, why: str) -> object:
    """A case that fails still."""
    return pytest.param(*values, marks=pytest.mark.xfail(reason=f"TODO: {why}", strict=False))


@pytest.mark.parametrize(
    "tex",
    [
        todo(r"e^{1000 + c} = a", why="infinity equals everything"),
        todo(r"a = \infty", why="infinity equals everything"),
        todo(r"\frac{\partial}{\partial \epsilon} \log p(\epsilon) = 0", why="by a normal outcome"),
        todo(r"a^{0.5} = b", why="a power of a negative number is complex"),
        todo(r"\frac{\partial}{\partial a} f(a c) = f'(a c)", why="NestedError in a repair"),
        todo(r"|s| = -s", why="all five draws of `s` have one sign"),
        todo(
            r"\operatorname{sign}(a) = \begin{cases} 1 & a \ge 0 \\ -1 & a \le 0 \end{cases}",
            why="an overlap at zero",
        ),
        todo(r"\rho(a) = |a|", why="a branch in a definition need not be reached"),
        todo(r"Q^\top = Q", why="2 by 2 draws are reflections"),
        todo(r"x - x = 0", why="both sides are always zero"),
        todo(r"a - a \le 0", why="an equality of zeros"),
        todo(r"\frac{\partial y}{\partial x} = A - A", why="zero, but not vacuous"),
    ],
)
def test_what_is_wrong_is_rejected(tex: str) -> None:
    """A wrong relation, or one that says nothing, is rejected."""
    P.rejects(tex)


@pytest.mark.parametrize(
    "tex",
    [
        todo(r"\sum_{j \ne i} x_j = \sum_j x_j - x_i", why="`i` is free, not summed"),
        todo(r"x_i + \sum_{j \ne i} x_j = \sum_j x_j", why="`i` is free, not summed"),
        todo(r"\sum_{j < i} x_j = \sum_{j=1}^{i-1} x_j", why="`i` is free, not summed"),
        todo(r"\prod_{t=1}^{T+1} c = c^{T+1}", why="a rising product is taken for a falling one"),
        todo(
            r"\prod_{t=T}^{1} h^{(t)} = \prod_{t=1}^{T} h^{(t)}", why="a falling product is empty"
        ),
        todo(r"a > b \iff b < a", why="the display is cut at every sign"),
        todo(r"a > c \implies a > 0", why="the display is cut at every sign"),
        todo(
            r"\frac{\partial}{\partial \epsilon} \epsilon^2 = 2 \epsilon", why="by a normal outcome"
        ),
        todo(r"\mathbb{E}[w_i w_j] = c [i = j]", why="rounding of an expectation is not noted"),
        todo(
            r"|s| = -s \text{ if } s < 0, \quad |s| = s \text{ if } s > 0", why="no draw fulfils it"
        ),
        todo(r"n! = \prod_{j=1}^n j", why="a factorial of a letter"),
        todo(r"a \overset{\text{def}}{=} a + 0", why="words over a sign"),
        todo(r"x_i = x_i + 0 \quad (i = 1, \dots, n)", why="a range in brackets"),
    ],
)
def test_what_is_true_is_verified(tex: str) -> None:
    """A true relation is verified."""
    P.verifies(tex)


@pytest.mark.parametrize(
    ("first", "second", "true"),
    [
        todo("s_t = s_{t-1} + x_t", "s_0 = 0", "s_2 = x_1 + x_2", why="an array has no entry 0"),
        todo(
            "g^{(l)} = c g^{(l+1)}", "g^{(T)} = c", "g^{(T-1)} = c^2", why="`T` is read as an index"
        ),
        todo("u = a + b, \\quad v = 2 u", "q = v", "q = 2 a + 2 b", why="`v = 2 u` is a condition"),
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
