from __future__ import annotations

import numpy as np
import pytest

from derivatex.mathtex.tree import Number
from derivatex.mathtex.vocabulary import Size
from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "x": "n",
        "y": "n",
        "b": "m",
        "W": "m, n",
        "A": "n, n",
        "S": Sym("n, n", "symmetric"),
        "K": Sym("n, n", "positive definite"),
        "Y": "m, n",
        "a": "",
        "c": Sym("", "positive"),
        "f": Sym(arguments=("",)),
        "g": Sym(arguments=("n",)),
        "G": Sym("m", arguments=("n",)),
        "F": Sym(arguments=("n", "")),
        r"\delta": Sym(None, "kronecker"),
        r"\mathbf{1}": Sym("n", "ones"),
    },
    indices={"i": "n", "j": "n", "k": "n", "r": "m", "s": "m"},
    define=(
        r"z = W x + b",
        r"L = \frac12 \|z\|^2",
        r"p = \operatorname{softmax}(x)",
        r"\sigma(u) = \frac{1}{1 + e^{-u}}",
        r"q(x) = x^\top A x",
    ),
)

PAIRS = [
    (
        r"\frac{\partial}{\partial x} (x^\top y) = y",
        r"\frac{\partial}{\partial x} (x^\top y) = -y",
        "sign",
    ),
    (
        r"\frac{\partial}{\partial x} (x^\top A x) = (A + A^\top) x",
        r"\frac{\partial}{\partial x} (x^\top A x) = 2 A x",
        "",
    ),
    (r"\nabla_x (x^\top S x) = 2 S x", r"\nabla_x (x^\top S x) = S x", "factor"),
    (r"\nabla_x^2 (x^\top S x) = 2 S", r"\nabla_x^2 (x^\top S x) = S", "factor"),
    (
        r"\frac{\partial L}{\partial x} = W^\top z",
        r"\frac{\partial L}{\partial x} = W z",
        "transpose",
    ),
    (
        r"\frac{\partial L}{\partial W} = z x^\top",
        r"\frac{\partial L}{\partial W} = x z^\top",
        "transpose",
    ),
    (r"\partial L / \partial b = z", r"\partial L / \partial b = 2 z", "factor"),
    (r"\frac{\partial L}{\partial z} = z", r"\frac{\partial L}{\partial z} = -z", "sign"),
    (r"\frac{dL}{dx} = W^\top (W x + b)", r"\frac{dL}{dx} = W^\top (W x - b)", "sign"),
    (
        r"\frac{\mathrm{d} L}{\mathrm{d} x} = W^\top z",
        r"\frac{\mathrm{d} L}{\mathrm{d} x} = W^\top b",
        "",
    ),
    (r"\frac{\partial z}{\partial x} = W", r"\frac{\partial z}{\partial x} = W^\top", "transpose"),
    (
        r"\frac{\partial z_r}{\partial x_j} = W_{rj}",
        r"\frac{\partial z_r}{\partial x_j} = W_{jr}",
        "",
    ),
    (
        r"\frac{\partial z_r}{\partial W_{sj}} = [r = s] x_j",
        r"\frac{\partial z_r}{\partial W_{sj}} = x_j",
        "",
    ),
    (
        r"\frac{\partial L}{\partial W_{rj}} = z_r x_j",
        r"\frac{\partial L}{\partial W_{rj}} = z_r",
        "",
    ),
    (
        r"\frac{\partial p_i}{\partial x_j} = p_i (\delta_{ij} - p_j)",
        r"\frac{\partial p_i}{\partial x_j} = p_i (\delta_{ij} + p_j)",
        "sign",
    ),
    (
        r"\frac{\partial p}{\partial x} = \operatorname{diag}(p) - p p^\top",
        r"\frac{\partial p}{\partial x} = \operatorname{diag}(p)",
        "",
    ),
    (
        r"\frac{\partial^2 L}{\partial x^2} = W^\top W",
        r"\frac{\partial^2 L}{\partial x^2} = W^\top W^\top",
        "transpose",
    ),
    (
        r"\frac{\partial^2 L}{\partial x \partial b} = W^\top",
        r"\frac{\partial^2 L}{\partial x \partial b} = W",
        "transpose",
    ),
    (
        r"\frac{\partial^2 L}{\partial b \partial x} = W",
        r"\frac{\partial^2 L}{\partial b \partial x} = W^\top",
        "transpose",
    ),
    (
        r"\frac{\partial^2 L}{\partial x_i \partial x_j} = \sum_r W_{ri} W_{rj}",
        r"\frac{\partial^2 L}{\partial x_i \partial x_j} = \sum_r W_{ri} W_{ri}",
        "",
    ),
    (
        r"\frac{\partial}{\partial a} f(a c) = c f'(a c)",
        r"\frac{\partial}{\partial a} f(a c) = -c f'(a c)",
        "",
    ),
    (r"\frac{d^2}{d a^2} f(a) = f''(a)", r"\frac{d^2}{d a^2} f(a) = 2 f''(a)", ""),
    (r"\nabla_x g(A x) = A^\top \nabla g(A x)", r"\nabla_x g(A x) = A \nabla g(A x)", "transpose"),
    (
        r"\nabla^2_x g(A x) = A^\top \nabla^2 g(A x) A",
        r"\nabla^2_x g(A x) = A^\top \nabla^2 g(A x)",
        "",
    ),
    (r"\nabla_x g(a x) = a \nabla g(a x)", r"\nabla_x g(a x) = \nabla g(a x)", ""),
    (
        r"\frac{\partial}{\partial x} G(A x) = \frac{\partial G(A x)}{\partial x}",
        r"\frac{\partial}{\partial x} G(A x) = \frac{\partial G(x)}{\partial x}",
        "",
    ),
    (r"\sigma'(a) = \sigma(a) (1 - \sigma(a))", r"\sigma'(a) = \sigma(a) (1 + \sigma(a))", "sign"),
    (
        r"\sigma''(a) = \sigma'(a) (1 - 2 \sigma(a))",
        r"\sigma''(a) = \sigma'(a) (1 - \sigma(a))",
        "factor",
    ),
    (r"\nabla q(y) = (A + A^\top) y", r"\nabla q(y) = 2 A y", ""),
    (r"\nabla q = (A + A^\top) x", r"\nabla q = A x", ""),
    (
        r"\frac{\partial \log \det K}{\partial K} = K^{-\top}",
        r"\frac{\partial \log \det K}{\partial K} = K",
        "power",
    ),
    (
        r"\frac{\partial}{\partial W} \operatorname{tr}(W^\top Y) = Y",
        r"\frac{\partial}{\partial W} \operatorname{tr}(W^\top Y) = \frac12 Y",
        "factor",
    ),
    (
        r"\frac{\partial}{\partial A} (x^\top A^{-1} y) = -A^{-\top} x y^\top A^{-\top}",
        r"\frac{\partial}{\partial A} (x^\top A^{-1} y) = A^{-\top} x y^\top A^{-\top}",
        "sign",
    ),
    (
        r"\frac{\partial \|x\|}{\partial x} = \frac{x}{\|x\|}",
        r"\frac{\partial \|x\|}{\partial x} = x",
        "",
    ),
    (
        r"\frac{\partial \|x\|_1}{\partial x} = \operatorname{sign}(x)",
        r"\frac{\partial \|x\|_1}{\partial x} = -\operatorname{sign}(x)",
        "sign",
    ),
    (
        r"\frac{\partial}{\partial c} c^3 = 3 c^2",
        r"\frac{\partial}{\partial c} c^3 = 3 c^3",
        "power",
    ),
    (
        r"\frac{\partial}{\partial c} \log c = \frac1c",
        r"\frac{\partial}{\partial c} \log c = c",
        "power",
    ),
    (
        r"\frac{\partial c^a}{\partial a} = c^a \log c",
        r"\frac{\partial c^a}{\partial a} = a c^{a - 1}",
        "",
    ),
    (
        r"\frac{\partial}{\partial x_i} \sum_j x_j^2 = 2 x_i",
        r"\frac{\partial}{\partial x_i} \sum_j x_j^2 = 2 x_i^2",
        "power",
    ),
    (
        r"\frac{\partial x_i}{\partial x_j} = \delta_{ij}",
        r"\frac{\partial x_i}{\partial x_j} = 1",
        "",
    ),
    (
        r"\frac{\partial}{\partial a} (a x) = x",
        r"\frac{\partial}{\partial a} (a x) = 2 x",
        "factor",
    ),
    (
        r"\frac{\partial}{\partial x} \max_j x_j = \frac{\partial}{\partial x} \max_j (x_j + 1)",
        r"\frac{\partial}{\partial x} \max_j x_j = \mathbf{1}",
        "",
    ),
    (r"\nabla_x \log \sum_j e^{x_j} = p", r"\nabla_x \log \sum_j e^{x_j} = -p", "sign"),
    (
        r"\frac{\partial}{\partial x} \operatorname{relu}(a^2 y^\top x) = a^2 y [y^\top x > 0]",
        None,
        "",
    ),
]


@pytest.mark.parametrize(("true", "false", "kind"), PAIRS)
def test_derivatives(true: str, false: str | None, kind: str) -> None:
    """A true derivative is verified, a corrupted one rejected for its reason."""
    P.verifies(true)
    if false is not None:
        P.rejects(false, kind)


def test_derivatives_are_differences() -> None:
    """Derivatives have the values of formulas and differences that share no code with them."""
    x, matrix, b = P.values_of("x", "W", "b")
    z = matrix @ x + b
    np.testing.assert_allclose(P.value(r"\frac{\partial L}{\partial x}"), matrix.T @ z)
    np.testing.assert_allclose(P.value(r"\frac{\partial L}{\partial W}"), z @ x.T)
    powers = np.exp(x - x.max()).ravel()
    p = powers / powers.sum()
    jacobian = np.diag(p) - np.outer(p, p)
    np.testing.assert_allclose(P.value(r"\frac{\partial p}{\partial x}"), jacobian, atol=1e-14)
    np.testing.assert_allclose(P.value(r"\nabla^2_x L"), matrix.T @ matrix, atol=1e-12)
    k = P.value("K")
    np.testing.assert_allclose(P.value(r"\nabla_K \log \det K"), np.linalg.inv(k).T)
    sigma = 1 / (1 + np.exp(-P.value("a")))
    np.testing.assert_allclose(P.value(r"\sigma''(a)"), sigma * (1 - sigma) * (1 - 2 * sigma))


LAYOUTS = [
    ("mixed", r"\frac{\partial L}{\partial x} = W^\top z"),
    ("numerator", r"\frac{\partial L}{\partial x} = z^\top W"),
    ("denominator", r"\frac{\partial L}{\partial x} = W^\top z"),
    ("mixed", r"\frac{\partial L}{\partial W} = z x^\top"),
    ("numerator", r"\frac{\partial L}{\partial W} = x z^\top"),
    ("denominator", r"\frac{\partial L}{\partial W} = z x^\top"),
    ("mixed", r"\frac{\partial z}{\partial x} = W"),
    ("numerator", r"\frac{\partial z}{\partial x} = W"),
    ("denominator", r"\frac{\partial z}{\partial x} = W^\top"),
    ("mixed", r"\frac{\partial (a x)}{\partial a} = x"),
    ("numerator", r"\frac{\partial (a x)}{\partial a} = x"),
    ("denominator", r"\frac{\partial (a x)}{\partial a} = x^\top"),
    (
        "numerator",
        (
            r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial z} \frac{\partial "
            r"z}{\partial x}"
        ),
    ),
    (
        "denominator",
        (
            r"\frac{\partial L}{\partial x} = \frac{\partial z}{\partial x} \frac{\partial "
            r"L}{\partial z}"
        ),
    ),
    (
        "mixed",
        (
            r"\frac{\partial L}{\partial x} = (\frac{\partial z}{\partial x})^\top \frac{\partial "
            r"L}{\partial z}"
        ),
    ),
]


@pytest.mark.parametrize(("layout", "tex"), LAYOUTS)
def test_a_layout_says_which_way_a_derivative_lies(layout: str, tex: str) -> None:
    """Each cell of the table of layouts: it holds in its layout, and its transpose does not."""
    P.verifies(tex, layout=layout)
    left, _, right = tex.partition("=")
    P.rejects(f"{left} = ({right})^\\top", layout=layout)


H = Problem(
    {
        "A": "n, n",
        "u": "n",
        "v": "n",
        "h^{(0)}": "n",
        "x^{(t)}": Sym("n", index={"t": "1..T"}),
    },
    dims={"n": Size(most=3), "T": Size(Number("3"))},
    indices={"t": "1..T", "i": "n", "j": "n", "k": "1..T"},
    define=(
        r"a^{(t)} = A h^{(t-1)} + x^{(t)}",
        r"h^{(t)} = \tanh(a^{(t)})",
        r"J = \sum_{k=1}^T v^\top h^{(k)}",
        r"e = A u",
        r"M = \|e\|^2 + u^\top e",
    ),
)


def test_a_derivative_is_total() -> None:
    """Everything that depends on a quantity changes with it, later steps included."""
    H.verifies(r"\frac{\partial J}{\partial h^{(T)}} = v")
    H.verifies(
        r"\frac{\partial J}{\partial h^{(t)}} = v + (\frac{\partial h^{(t+1)}}{\partial "
        r"h^{(t)}})^\top"
        r" \frac{\partial J}{\partial h^{(t+1)}}, \quad t < T"
    )
    H.rejects(r"\frac{\partial J}{\partial h^{(t)}} = v, \quad t < T")
    H.rejects(r"\frac{\partial J}{\partial h^{(t)}} = v", "")
    H.verifies(r"\frac{\partial M}{\partial e} = 2 e + u")
    H.verifies(r"\frac{\partial M}{\partial u} = 2 A^\top A u + (A + A^\top) u")
    H.rejects(r"\frac{\partial M}{\partial u} = e")


def test_a_local_derivative_holds_the_other_quantities() -> None:
    """Of all that depends on it, only what the numerator's own definition shows changes."""
    H.verifies(r"\frac{\partial J}{\partial h^{(t)}} = v", partial="local")
    H.verifies(r"\frac{\partial M}{\partial u} = e", partial="local")
    H.rejects(r"\frac{\partial M}{\partial u} = 2 A^\top e + e + A^\top u", partial="local")
    H.verifies(r"\frac{\partial M}{\partial e} = 2 e + u", partial="local")
    H.verifies(r"\frac{\partial a^{(t)}}{\partial h^{(t-1)}} = A", partial="local")
    H.rejects(r"\frac{\partial h^{(t)}}{\partial h^{(t-1)}} = A", partial="local")


def test_what_does_not_change_is_zero() -> None:
    """A derivative of what does not depend on its variable is rejected as identically zero."""
    H.rejects(r"\frac{\partial h^{(1)}}{\partial h^{(2)}} = A", "zero")
    H.rejects(r"\frac{\partial e}{\partial v} = A", "zero")


def test_backpropagation_through_time_has_the_loops_value() -> None:
    """The gradient by the matrix of a recurrence is that of the usual backward loop."""
    a, v = H.value("A"), H.value("v")
    count = int(H.value("T"))
    hidden = [H.value("h^{(0)}")]
    for t in range(1, count + 1):
        hidden.append(np.tanh(a @ hidden[-1] + H.value(f"x^{{({t})}}")))
    total, back = np.zeros(a.shape), np.zeros(v.shape)
    for t in range(count, 0, -1):
        local = (v + back) * (1 - hidden[t] ** 2)
        total += local @ hidden[t - 1].T
        back = a.T @ local
    np.testing.assert_allclose(H.value(r"\frac{\partial J}{\partial A}"), total)
    np.testing.assert_allclose(H.value(r"\frac{\partial J}{\partial h^{(0)}}"), back)


def test_members_of_a_family_are_variables() -> None:
    """A derivative by an entry of a member, with its indices in either order."""
    H.verifies(r"\frac{\partial a^{(t)}_i}{\partial x_j^{(t)}} = [i = j]")
    H.rejects(r"\frac{\partial a^{(t)}_i}{\partial x_j^{(t)}} = [i = 1]")
    H.verifies(r"\frac{\partial a_i^{(t)}}{\partial x_i^{(t)}} = 1")
    H.verifies(r"\frac{\partial a_i^{(1)}}{\partial A_{ij}} = h_j^{(0)}")
    H.rejects(r"\frac{\partial a_i^{(1)}}{\partial A_{ij}} = h_i^{(0)}")


@pytest.mark.parametrize(
    ("tex", "words", "hint"),
    [
        (r"\frac{\partial A}{\partial A} = A", "is no matrix", "by entries"),
        (r"\frac{\partial W}{\partial x} = W", "is no matrix", "by entries"),
        (r"\nabla_x^3 g(x) = x", "is no matrix", "by entries"),
        (r"\frac{\partial L}{\partial x_{n+1}} = a", "entries", ""),
        (r"\frac{\partial L}{\partial n} = a", "by a size", ""),
        (r"F'(x, a) = a", "several arguments", r"\partial"),
        (r"\frac{\partial L}{\partial (x + y)} = x", "no derivative can be taken", "by a letter"),
        (r"\nabla L = x", "by what?", r"\nabla_x"),
        (r"\frac{\partial^4 L}{\partial a^4} = a", "order", ""),
    ],
)
def test_what_has_no_layout_is_refused(tex: str, words: str, hint: str) -> None:
    """A derivative that is no number, column or matrix is read by entries only."""
    error = P.refusal(tex)
    assert words in error.message
    assert hint in error.hint


def test_a_kink_is_excluded_by_where() -> None:
    """Derivatives of relu and of absolute values hold beside their kinks."""
    P.verifies(r"\frac{\partial}{\partial a} \operatorname{relu}(a) = 1", where=("a > 0",))
    P.verifies(r"\frac{\partial}{\partial a} |a| = \operatorname{sign}(a)")
    P.rejects(r"\frac{\partial}{\partial a} \operatorname{relu}(a) = 0", where=("a > 0",))
