from __future__ import annotations

import numpy as np
import pytest

from derivatex.mathtex.vocabulary import Size
from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "z": "n",
        "v": "n",
        "w": Sym("n", "simplex"),
        "u": Sym("", "positive"),
        "t": "",
        "a": "",
        "c": Sym("", "positive"),
        r"\lambda": Sym("", "positive"),
        "K": Sym("n, n", "positive definite"),
        "A": "m, n",
        "b": "m",
        "I": Sym("n, n", "identity"),
        "h": Sym(arguments=("n",), domain="convex"),
        r"\Delta": "",
    },
    dims={"n": Size(), "m": Size()},
    indices={"i": "n", "j": "n"},
    define=(
        r"g(v) = \|v\|_1",
        r"r(t) = |t|",
        r"S(v) = \arg\min_z \{ \tfrac12 \|z - v\|^2 + \lambda \|z\|_1 \}",
        r"z^\star = \arg\min_z \{ \|A z - b\|^2 + \lambda \|z\|^2 \}",
    ),
)

PAIRS = [
    (r"\arg\min_z \{ \|z - v\|^2 \} = v", r"\arg\min_z \{ \|z - v\|^2 \} = -v", "sign"),
    (r"\arg\min_z \|z - v\|^2 = v", r"\arg\min_z \|z - v\|^2 = 2 v", "factor"),
    (
        r"\operatorname*{arg\,min}_{z} \|z - v\|^2 = v",
        r"\operatorname*{arg\,min}_{z} \|z - v\|^2 = 0",
        "",
    ),
    (
        r"\arg\max_z (z^\top v - \tfrac12 z^\top K z) = K^{-1} v",
        r"\arg\max_z (z^\top v - \tfrac12 z^\top K z) = K v",
        "power",
    ),
    (
        r"K^{-1} v = \arg\min_z (\tfrac12 z^\top K z - z^\top v)",
        r"K^{-1} v = \arg\min_z (\tfrac12 z^\top K z + z^\top v)",
        "",
    ),
    (
        r"z^\star = (A^\top A + \lambda I)^{-1} A^\top b",
        r"z^\star = (A^\top A - \lambda I)^{-1} A^\top b",
        "sign",
    ),
    (
        (
            r"S(v) = \operatorname{sign}(v) \odot (\operatorname{abs}(v) - \lambda "
            r"\operatorname{abs}(\operatorname{sign}(v)))_+"
        ),
        r"S(v) = v",
        "",
    ),
    (
        (
            r"\arg\min_t \{ \tfrac12 (t - a)^2 + \lambda |t| \} = \operatorname{sign}(a) (|a| - "
            r"\lambda)_+"
        ),
        (
            r"\arg\min_t \{ \tfrac12 (t - a)^2 + \lambda |t| \} = \operatorname{sign}(a) (|a| - "
            r"\lambda)"
        ),
        "",
    ),
    (r"\arg\min_t |t - a| = a", r"\arg\min_t |t - a| = -a", "sign"),
    (r"\arg\min_u \{ u - c \log u \} = c", r"\arg\min_u \{ u - c \log u \} = 2 c", "factor"),
    (r"\arg\min_{u} (u + a^2 u) = 0", r"\arg\min_{u} (u + a^2 u) = 1", ""),
    (
        r"\arg\max_{w \in \Delta} \{ w^\top v - \sum_i w_i \log w_i \} = \operatorname{softmax}(v)",
        (
            r"\arg\max_{w \in \Delta} \{ w^\top v - \sum_i w_i \log w_i \} = "
            r"\operatorname{softmax}(-v)"
        ),
        "sign",
    ),
    (
        r"\arg\min_z \{ \|z - v\|^2 \} = \arg\min_z \{ \tfrac12 z^\top z - z^\top v \}",
        r"\arg\min_z \{ \|z - v\|^2 \} = \arg\min_z \{ z^\top z - z^\top v \}",
        "",
    ),
    (r"\min_z \|z - v\|^2 + c = c", r"\min_z \|z - v\|^2 + c = 2 c", "factor"),
    (r"\max_t (2 a t - t^2) = a^2", r"\max_t (2 a t - t^2) = a^2 / 2", "factor"),
]


@pytest.mark.parametrize(("true", "false", "kind"), PAIRS)
def test_an_optimum_is_confirmed_or_refuted(true: str, false: str, kind: str) -> None:
    """Slopes and perturbations confirm a true optimum and refute another point."""
    P.verifies(true)
    P.rejects(false, kind)


def test_the_status_of_an_optimum() -> None:
    """What perturbation confirms has a status of its own."""
    P.verifies(r"\arg\min_z \|z - v\|^2 = v", "optimality")
    P.verifies(r"z^\star = (A^\top A + \lambda I)^{-1} A^\top b", "optimality")
    P.verifies(r"0 \in \partial g(0 v)", "optimality")


def test_a_confirmed_formula_counts_in_later_lines() -> None:
    """What is defined as an optimum has the value of its closed form, and a derivative of it."""
    P.verifies(
        r"z^\star &= (A^\top A + \lambda I)^{-1} A^\top b \\"
        r" A^\top (A z^\star - b) + \lambda z^\star &= 0"
    )
    P.verifies(
        r"z^\star &= (A^\top A + \lambda I)^{-1} A^\top b \\"
        r" \frac{\partial z^\star}{\partial b} &= (A^\top A + \lambda I)^{-1} A^\top"
    )


def test_a_smooth_optimum_is_found() -> None:
    """It may be used before its closed form is stated, and has NumPy's value."""
    a, b, rate = P.values_of("A", "b", r"\lambda")
    wanted = np.linalg.solve(a.T @ a + rate * np.eye(a.shape[1]), a.T @ b)
    np.testing.assert_allclose(P.value(r"z^\star"), wanted, rtol=1e-8)
    P.verifies(r"\|A z^\star - b\|^2 + \lambda \|z^\star\|^2 \le \|A v - b\|^2 + \lambda \|v\|^2")
    P.rejects(
        r"\|A z^\star - b\|^2 + \lambda \|z^\star\|^2 \ge \|A v - b\|^2 + \lambda \|v\|^2", "sign"
    )


def test_a_derivative_through_an_optimum_needs_its_formula() -> None:
    """Newton's method is not differentiated."""
    error = P.refusal(r"\frac{\partial z^\star}{\partial b} = A^\top")
    assert "through an optimum" in error.message
    assert "closed form" in error.hint


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\operatorname{sign}(v) \in \partial g(v)", r"-\operatorname{sign}(v) \in \partial g(v)"),
        (r"0 \in \partial g(0 v)", r"0 \in \partial g(v)"),
        (r"\tanh(v) \in \partial g(0 v)", r"2 \operatorname{sign}(v) \in \partial g(0 v)"),
        (r"\tanh a \in \partial r(0)", r"\operatorname{sign}(a) (1 + c) \in \partial r(0)"),
        (r"\nabla h(v) \in \partial h(v)", r"-\nabla h(v) \in \partial h(v)"),
    ],
)
def test_subgradients(true: str, false: str) -> None:
    """A line through the point lies below a convex function, or it is no subgradient."""
    P.verifies(true, "optimality")
    P.rejects(false)


@pytest.mark.parametrize(
    ("tex", "words", "hint"),
    [
        (r"\arg\min_z \|z\|^2 \le v", "compared by `=`", ""),
        (r"\arg\min_z \|z - v\|^2 = a", "the optimum is a column", ""),
        (r"\arg\min_{3} \|z\| = v", "no argmin over", "name a symbol"),
        (r"v \in \partial a", "", ""),
        (r"b \in \partial g(v)", "a subgradient at", ""),
        (r"\arg\min_z \|z - v\|^2 = \arg\min_t (t - a)^2", "different shapes", ""),
    ],
)
def test_what_is_no_optimum_is_refused(tex: str, words: str, hint: str) -> None:
    """An optimum of another shape, in an inequality or over no symbol is an error."""
    error = P.refusal(tex)
    assert words in error.message
    assert hint in error.hint


def test_a_bound_of_the_domain_is_respected() -> None:
    """No point outside a declared domain is an optimum; at its edge slopes may point outwards."""
    P.rejects(r"\arg\min_u (u + 1)^2 = -1")
    P.verifies(r"\arg\min_u (u + 1)^2 = 0")
    P.rejects(r"\arg\min_t (t + 1)^2 = 0")


BOX = Problem(
    {
        "q": "n",
        "e": Sym("n", "unit"),
        "s": Sym("n", "simplex"),
        r"\mathbf{1}": Sym("n", "ones"),
        "E": "",
        r"\Delta": "",
    },
    define=(
        r"k_i = [q_i < 0]",
        r"l_i = [q_i \ge 0]",
        r"p_i = [q_i = \min_j q_j]",
        r"o_i = [q_i = \max_j q_j]",
    ),
    indices={"i": "n", "j": "n"},
)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (r"\arg\min_{e \in E} q^\top e = k", r"\arg\min_{e \in E} q^\top e = l"),
        (r"\arg\max_{e \in E} q^\top e = l", r"\arg\max_{e \in E} q^\top e = k"),
        (
            r"\arg\min_{e \in E} \|e - \tfrac12 \mathbf{1} + k\|^2 = \tfrac12 (\mathbf{1} - k)",
            r"\arg\min_{e \in E} \|e - \tfrac12 \mathbf{1} + k\|^2 = \tfrac14 (\mathbf{1} - k)",
        ),
        (r"\arg\min_{s \in \Delta} q^\top s = p", r"\arg\min_{s \in \Delta} q^\top s = o"),
    ],
)
def test_optima_at_the_bounds_of_a_domain(true: str, false: str) -> None:
    """At a bound the slope may point outwards; elsewhere it vanishes, also beside such entries."""
    BOX.verifies(true, "optimality")
    BOX.rejects(false)
