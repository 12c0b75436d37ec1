from __future__ import annotations

import numpy as np
import pytest

from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "x": "n",
        "y": "n",
        "u": "m",
        "A": "n, n",
        "B": "n, n",
        "C": "n, n",
        "W": "m, n",
        "S": Sym("n, n", "symmetric"),
        "K": Sym("n, n", "positive definite"),
        "R": Sym("n, n", "invertible"),
        "Q": Sym("n, n", "orthogonal"),
        "D": Sym("n, n", "diagonal"),
        "I": Sym("n, n", "identity"),
        r"\mathbf{1}": Sym("n", "ones"),
        "v": Sym("n", "positive"),
        "a": "",
        "b": "",
        "c": Sym("", "positive"),
        "p": Sym("", "positive"),
        r"\delta": Sym(None, "kronecker"),
    },
    indices={"i": "n", "j": "n", "k": "n", "r": "m"},
)

PAIRS = [
    # products
    (r"(A B)^\top = B^\top A^\top", r"(A B)^\top = A^\top B^\top", "order"),
    (r"A (B + C) = A B + A C", r"A (B + C) = A B + C A", "order"),
    (r"x^\top A y = y^\top A^\top x", r"x^\top A y = y^\top A x", "transpose"),
    (r"a (W x) = W (a x)", r"a (W x) = -W (a x)", "sign"),
    (r"a \cdot b = b a", r"a \cdot b = 2 b a", "factor"),
    (
        r"x \odot y = \operatorname{diag}(x) y",
        r"x \odot y = \operatorname{diag}(x) y^{\odot 2}",
        "power",
    ),
    (r"(x \odot y) \oslash v = x \odot (y \oslash v)", r"(x \odot y) \oslash v = x \odot y", ""),
    (r"2 x \odot y = 2 (x \odot y)", r"2 x \odot y = 4 (x \odot y)", "factor"),
    (r"(x y^\top)_{ij} = x_i y_j", r"(x y^\top)_{ij} = x_j y_i", "index"),
    (r"x^\top y = \sum_i x_i y_i", r"x^\top y = \sum_i x_i x_i", ""),
    (r"(W x)_r = \sum_j W_{rj} x_j", r"(W x)_r = 3 \sum_j W_{rj} x_j", "factor"),
    (r"(A B)_{ij} = \sum_k A_{ik} B_{kj}", r"(A B)_{ij} = \sum_k A_{ik} B_{jk}", "index"),
    (r"W^\top u = \sum_r u_r W_{r:}", r"W^\top u = -\sum_r u_r W_{r:}", "sign"),
    (r"W x = \sum_j x_j W_{:j}", r"W x = \sum_j x_j^2 W_{:j}", "power"),
    # scripts
    (r"A^2 = A A", "A^2 = A A A", "chain"),
    (r"A^3 = A A^2", "A^3 = A^2", "power"),
    (r"R R^{-1} = I", r"R R^{-1} = -I", "sign"),
    (r"R^{-\top} = (R^\top)^{-1}", r"R^{-\top} = R^{-1}", "transpose"),
    (r"R^{-1} R^{-1} = (R R)^{-1}", r"R^{-1} R^{-1} = R^{-1}", ""),
    (r"Q^\top Q = I", r"Q^\top Q = 2 I", "factor"),
    (r"Q^{-1} = Q^\top", "Q^{-1} = Q", "transpose"),
    (r"W W^+ W = W", r"W W^+ W = -W", "sign"),
    (r"(W W^+)^\top = W W^+", r"(W W^+)^\top = 2 W W^+", "factor"),
    (r"x^{\odot 2} = x \odot x", r"x^{\odot 2} = x \odot x \odot x", "chain"),
    (r"(x^{\odot 3})_i = x_i^3", r"(x^{\odot 3})_i = x_i^2", "power"),
    (r"c^{-2} = 1/(c c)", r"c^{-2} = 1/c", ""),
    (r"c^{a + b} = c^a c^b", r"c^{a - b} = c^a c^b", ""),
    # functions
    (r"\log(c p) = \log c + \log p", r"\log(c p) = \log c - \log p", "sign"),
    (r"\exp(a + b) = \exp(a) \exp(b)", r"\exp(a + b) = \exp(a)", ""),
    (r"\tanh a = \frac{\sinh a}{\cosh a}", r"\tanh a = -\frac{\sinh a}{\cosh a}", "sign"),
    (r"\sin^2 a + \cos^2 a = 1", r"\sin^2 a - \cos^2 a = 1", ""),
    (r"\exp(x)_i = \exp(x_i)", r"\exp(x)_i = \exp(2 x_i)", ""),
    (r"\det(A B) = \det A \det B", r"\det(A B) = \det A", ""),
    (r"\det(2 A) = 2^n \det A", r"\det(2 A) = 2 \det A", ""),
    (r"\log \det K = \operatorname{logdet}(K)", r"\log \det K = -\operatorname{logdet}(K)", "sign"),
    (
        r"\operatorname{tr}(A B) = \operatorname{tr}(B A)",
        r"\operatorname{tr}(A B) = \operatorname{tr}(A B^\top)",
        "transpose",
    ),
    (r"\operatorname{tr} A = \sum_i A_{ii}", r"\operatorname{tr} A = \sum_{i,j} A_{ij}", ""),
    (r"\operatorname{tr}(x y^\top) = y^\top x", r"\operatorname{tr}(x y^\top) = -y^\top x", "sign"),
    (r"\operatorname{diag}(A)_i = A_{ii}", r"\operatorname{diag}(A)_i = A_{i1}", ""),
    (
        r"\operatorname{diag}(\mathbf{1}) = I",
        r"\operatorname{diag}(\mathbf{1}) = \frac12 I",
        "factor",
    ),
    (r"\operatorname{vec}(x y^\top)_i = x_i y_1", None, ""),
    (
        r"\operatorname{softmax}(x + a \mathbf{1}) = \operatorname{softmax}(x)",
        r"\operatorname{softmax}(x + a \mathbf{1}) = \operatorname{softmax}(-x)",
        "sign",
    ),
    (
        r"\operatorname{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}",
        r"\operatorname{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{-x_j}}",
        "",
    ),
    (
        r"\operatorname{softplus}(a) = \log(1 + e^a)",
        r"\operatorname{softplus}(a) = \log(1 + e^{-a})",
        "sign",
    ),
    (r"\operatorname{relu}(a) = \max(0, a)", r"\operatorname{relu}(a) = \min(0, a)", ""),
    (r"\operatorname{relu}(x)_i = \max\{x_i, 0\}", r"\operatorname{relu}(x)_i = x_i", ""),
    (r"(a)_+ - (-a)_+ = a", r"(a)_+ + (-a)_+ = a", ""),
    (r"|a| = (a)_+ + (-a)_+", r"|a| = (a)_+", ""),
    (r"\operatorname{sign}(a) |a| = a", r"\operatorname{sign}(a) |a| = -a", "sign"),
    (r"\sqrt{c^2} = c", r"\sqrt{c^2} = c^2", "power"),
    (r"\sqrt[3]{c^3} = c", r"\sqrt[3]{c^3} = 3 c", "factor"),
    (r"\operatorname{rank}(x y^\top) = 1", r"\operatorname{rank}(x y^\top) = 2", "factor"),
    (r"\max_i x_i = -\min_i (-x_i)", r"\max_i x_i = -\max_i (-x_i)", ""),
    (r"\max(a, b) + \min(a, b) = a + b", r"\max(a, b) + \min(a, b) = a - b", "sign"),
    # sums and products
    (r"\sum_{i=1}^n x_i = \mathbf{1}^\top x", r"\sum_{i=1}^{n} x_i = x^\top x", ""),
    (r"\mathbf{1}^\top x = \sum_{i=1}^n x_i", r"\mathbf{1}^\top x = \sum_{i=1}^{n-1} x_i", "bound"),
    (
        r"\sum_{i=1}^n (x_i + a) = \mathbf{1}^\top x + n a",
        r"\sum_{i=1}^n x_i + a = \mathbf{1}^\top x + n a",
        "",
    ),
    (
        r"\sum_{i \ne j} A_{ij} = \sum_{i,j} A_{ij} - \operatorname{tr} A",
        r"\sum_{i \ne j} A_{ij} = \sum_{i,j} A_{ij}",
        "",
    ),
    (
        r"\sum_{i,j} x_i y_j = (\sum_i x_i)(\sum_j y_j)",
        r"\sum_{i,j} x_i y_j = n (\sum_i x_i)(\sum_j y_j)",
        "factor",
    ),
    (
        r"\sum_{j < i} S_{ij} = \frac12 \sum_{i \ne j} S_{ij}",
        r"\sum_{j < i} S_{ij} = \sum_{i \ne j} S_{ij}",
        "factor",
    ),
    (
        r"\sum_{j=1}^{i} x_j - x_i = \sum_{j=1}^{i-1} x_j",
        r"\sum_{j=1}^{i} x_j = \sum_{j=1}^{i-1} x_j",
        "bound",
    ),
    (
        r"\sum_{i \in \{1, \dots, n\}} x_i = \sum_i x_i",
        r"\sum_{i \in \{1, \dots, n - 1\}} x_i = \sum_i x_i",
        "",
    ),
    (
        r"\sum_i \sum_j A_{ij} x_i x_j = x^\top A x",
        r"\sum_i \sum_j A_{ij} x_i x_j = x^\top A y",
        "",
    ),
    (r"\sum_i a = n a", r"\sum_i a = a", "factor"),
    (r"\prod_{i=1}^n e^{x_i} = e^{\sum_i x_i}", r"\prod_{i=1}^n e^{x_i} = e^{x_1}", ""),
    (
        r"\prod_{i=1}^{n} x_i = x_n \prod_{i=1}^{n-1} x_i",
        r"\prod_{i=1}^{n} x_i = \prod_{i=1}^{n-1} x_i",
        "bound",
    ),
    (r"\sum_{k=1}^{n} k = \frac{n (n + 1)}{2}", r"\sum_{k=1}^{n} k = \frac{n (n - 1)}{2}", "sign"),
    (
        r"\prod_{k=0}^{n-1} (c + k) = c \prod_{k=1}^{n-1} (c + k)",
        r"\prod_{k=0}^{n-1} (c + k) = \prod_{k=1}^{n-1} (c + k)",
        "",
    ),
    (r"\sum_{k=0}^{n} \binom{n}{k} = 2^n", r"\sum_{k=1}^{n} \binom{n}{k} = 2^n", ""),
    # norms
    (r"\|x\|^2 = x^\top x", r"\|x\| = x^\top x", ""),
    (r"\|x\|_2 = \sqrt{x^\top x}", r"\|x\|_1 = \sqrt{x^\top x}", ""),
    (r"x^\top x = \|x\|_2^2", r"x^\top x = \|x\|_1^2", "power"),
    (r"\|x\|_1 = \sum_i |x_i|", r"\|x\|_1 = |\sum_i x_i|", ""),
    (r"\|x\|_\infty = \max_i |x_i|", r"\|x\|_\infty = \max_i x_i", ""),
    (r"\|x\|_p^p = \sum_i |x_i|^p", r"\|x\|_p = \sum_i |x_i|^p", ""),
    (
        r"\|W\|_F^2 = \operatorname{tr}(W^\top W)",
        r"\|W\|_F^2 = 2 \operatorname{tr}(W^\top W)",
        "factor",
    ),
    (r"\langle x, y \rangle = x^\top y", r"\langle x, y \rangle = -x^\top y", "sign"),
    (
        r"\langle A, B \rangle = \operatorname{tr}(A^\top B)",
        r"\langle A, B \rangle = \operatorname{tr}(A B)",
        "transpose",
    ),
    (r"|a b| = |a| |b|", r"|a b| = a b", ""),
    # Iverson brackets and matrices
    (r"\sum_j [i = j] x_j = x_i", r"\sum_j [i \ne j] x_j = x_i", ""),
    (
        r"\llbracket i = j \rrbracket = \delta_{ij}",
        r"\llbracket i = j \rrbracket = 2 \delta_{ij}",
        "factor",
    ),
    (
        r"\mathbb{1}[a > 0] = \frac{1 + \operatorname{sign}(a)}{2}",
        r"\mathbb{1}[a < 0] = \frac{1 + \operatorname{sign}(a)}{2}",
        "",
    ),
    (r"I_{ij} = \mathbb{1}\{i = j\}", r"I_{ij} = \mathbb{1}\{i \ne j\}", ""),
    (r"\sum_j \delta_{ij} x_j = x_i", r"\sum_j \delta_{ij} x_j = x_1", ""),
    (
        r"\det \begin{bmatrix} a & b \\ c & p \end{bmatrix} = a p - b c",
        r"\det \begin{bmatrix} a & b \\ c & p \end{bmatrix} = a p + b c",
        "sign",
    ),
    (
        r"\begin{bmatrix} A & B \end{bmatrix} [x; y] = A x + B y",
        r"\begin{bmatrix} A & B \end{bmatrix} [x; y] = A x - B y",
        "sign",
    ),
    (
        r"\begin{pmatrix} A & B \\ B & A \end{pmatrix} [x; x] = [A x + B x; B x + A x]",
        r"\begin{pmatrix} A & B \\ B & A \end{pmatrix} [x; x] = [A x; B x]",
        "",
    ),
    (
        r"\begin{vmatrix} a & b \\ c & p \end{vmatrix} = a p - b c",
        r"\begin{vmatrix} a & b \\ c & p \end{vmatrix} = a p",
        "",
    ),
    (r"\|[x; y]\|^2 = \|x\|^2 + \|y\|^2", r"\|[x; y]\|^2 = \|x\|^2", ""),
    # quotients
    (r"\frac{a + b}{c} = a/c + b/c", r"\frac{a + b}{c} = a/c + b", ""),
    (r"a/(b c) = \frac{a}{b} / c", r"a/(b c) = \frac{a}{b}", ""),
    (
        r"\frac1n \sum_i x_i = \frac{\mathbf{1}^\top x}{n}",
        r"\frac1n \sum_i x_i = \mathbf{1}^\top x",
        "factor",
    ),
    # conditions on letters
    (r"S_{ij} = S_{ji}", r"S_{ij} = -S_{ji}", "sign"),
    (r"\lfloor c \rfloor \le c, \quad c \le \lceil c \rceil", r"\lceil c \rceil \le c", "sign"),
]


@pytest.mark.parametrize(("true", "false", "kind"), PAIRS)
def test_arithmetic(true: str, false: str | None, kind: str) -> None:
    """What is true is verified on every instance, its corrupted twin rejected for its reason."""
    P.verifies(true)
    if false is not None:
        P.rejects(false, kind)


def test_numbers_are_numpys() -> None:
    """Products, functions and norms have the values that NumPy gives them."""
    x, y, matrix, wide, k = P.values_of("x", "y", "A", "W", "K")
    flat = x.ravel()
    powers = np.exp(flat - flat.max())
    wanted = {
        r"x^\top y": flat @ y.ravel(),
        "W A x": wide @ matrix @ x,
        r"x y^\top": np.outer(x, y),
        r"x \odot y": x * y,
        r"x \oslash y": x / y,
        "A^3": np.linalg.matrix_power(matrix, 3),
        "W^+": np.linalg.pinv(wide),
        "R^{-1}": np.linalg.inv(P.value("R")),
        r"\det A": np.linalg.det(matrix),
        r"\log \det K": np.linalg.slogdet(k)[1],
        r"\operatorname{tr} A": np.trace(matrix),
        r"\operatorname{diag}(A)": np.diag(matrix)[:, None],
        r"\operatorname{diag}(x)": np.diag(flat),
        r"\operatorname{vec}(W)": wide.reshape(-1, 1, order="F"),
        r"\operatorname{softmax}(x)": (powers / powers.sum())[:, None],
        r"\operatorname{softplus}(x)": np.logaddexp(0, x),
        r"\|x\|_1": np.abs(flat).sum(),
        r"\|x\|": np.linalg.norm(flat),
        r"\|x\|_\infty": np.abs(flat).max(),
        r"\|x\|_3": (np.abs(flat) ** 3).sum() ** (1 / 3),
        r"\|W\|_F": np.linalg.norm(wide),
        r"\langle W, W \rangle": (wide**2).sum(),
        r"\operatorname{rank}(W)": np.linalg.matrix_rank(wide),
        r"\sum_{i \ne j} A_{ij}": matrix.sum() - np.trace(matrix),
        r"\sum_{j < i} A_{ij}": np.tril(matrix, -1).sum(),
        r"\prod_{i=1}^{n} x_i": flat.prod(),
        r"\max_i x_i": flat.max(),
        r"\min_{i,j} A_{ij}": matrix.min(),
        r"A_{1:}": matrix[0][:, None],
        r"A_{:2}": matrix[:, 1][:, None],
        r"\begin{bmatrix} A & x \\ y^\top & 3 \end{bmatrix}": np.block(
            [[matrix, x], [y.T, np.full((1, 1), 3.0)]]
        ),
        r"\sqrt[3]{c}": np.cbrt(P.value("c")),
        r"\binom{7}{3}": 35.0,
        r"5!": 120.0,
        r"\lceil 2.1 \rceil - \lfloor 2.9 \rfloor": 1.0,
        r"\operatorname{sign}(x)": np.sign(x),
        r"\arctan(x)": np.arctan(x),
        r"|a|": abs(P.value("a")),
    }
    for tex, number in wanted.items():
        np.testing.assert_allclose(P.value(tex), number, rtol=1e-12, err_msg=tex)


FALLING = Problem(
    {"A_k": Sym("n, n", index={"k": "0..T"}), "a_k": Sym("", index={"k": "0..T"})},
    dims="n T",
    indices={"k": "1..T", "t": "0..T"},
)


def test_a_product_of_matrices_has_an_order() -> None:
    """It rises with its index from left to right, and falls where the lower bound is the larger."""
    size = int(FALLING.value("T"))
    members = [FALLING.value(f"A_{{{k}}}") for k in range(size + 1)]
    rising = np.linalg.multi_dot([np.eye(len(members[0])), *members[1:]])
    falling = np.linalg.multi_dot([np.eye(len(members[0])), *members[:0:-1]])
    np.testing.assert_allclose(FALLING.value(r"\prod_{k=1}^T A_k"), rising)
    np.testing.assert_allclose(FALLING.value(r"\prod_{k=T}^{0+1} A_k"), falling)
    FALLING.verifies(r"\prod_{k=T}^{t+1} A_k = (\prod_{k=T}^{t+2} A_k) A_{t+1}, \quad 0 \le t < T")
    FALLING.rejects(r"\prod_{k=T}^{t+1} A_k = \prod_{k=t+1}^{T} A_k, \quad 0 \le t < T")


def test_an_empty_sum_is_zero_and_an_empty_product_one() -> None:
    """Of numbers and of matrices."""
    FALLING.verifies(r"\sum_{k=1}^{0} A_k + A_0 = A_0, \quad \sum_{k=1}^0 a_k + a_0 = a_0")
    FALLING.verifies(r"(\prod_{k=T}^{T+1} A_k) A_0 = A_0, \quad \prod_{k=1}^0 a_k = 1")
    FALLING.rejects(r"\prod_{k=1}^0 a_k = 0")


@pytest.mark.parametrize(
    ("tex", "words", "hint"),
    [
        (r"x y = a", "times a column", r"a^\top b"),
        (r"x + a = y", "a column of", r"\mathbf{1}"),
        (r"W^\top x = u", "", "transposing"),
        (r"x W = u", "", ""),
        (r"x/y = x", "division by", r"\oslash"),
        (r"x^2 = y", "a power of", r"\odot"),
        (r"W^2 = W", "a power of", r"x \odot x"),
        (r"W^{-1} W = I", "a power of", ""),
        (r"\det W = a", "the determinant of", ""),
        (r"\operatorname{tr} W = a", "the trace of", ""),
        (r"\operatorname{softmax}(W) = W", "the softmax of", ""),
        (r"e^x = x", "`e` to an array", r"\exp"),
        (r"|x| = a", "`|…|` of", r"\operatorname{abs}"),
        (r"x \odot u = x", "by entries with", ""),
        (r"a \odot x = x", "by entries with", "juxtaposition"),
        (r"x^\top y = x", "the left side is a number", ""),
        (r"x = x^\top", "the left side is a column", "transposing"),
        (r"[x; a] = [A; b]", "", ""),
        (r"\begin{bmatrix} A & u \end{bmatrix} x = x", "blocks of a matrix", ""),
        (r"A_{i,n+1} = a", "entry", "restrict"),
        (r"x_0 = a", "entry 0", "restrict"),
        (r"\|W\| = a", "which norm", r"\|W\|_F"),
        (r"\|A\|_2 = a", "largest singular value", r"\|W\|_F"),
        (r"\sum_{k=1}^a x_k = b", "no whole number", ""),
        (r"\sqrt{x} = x", "a root of", ""),
    ],
)
def test_what_does_not_fit_is_refused(tex: str, words: str, hint: str) -> None:
    """A product, sum or function of shapes that do not fit says what would."""
    error = P.refusal(tex)
    assert words in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    "tex",
    [
        r"\log(-c) = a",
        r"1/(a - a) = b",
        r"\sqrt{-c} = a",
        r"\frac{\log 0}{c} = a",
        r"(-1)! = a",
        r"\det \log(-K) = a",
    ],
)
def test_what_is_undefined_is_no_number(tex: str) -> None:
    """A logarithm of a negative number, a division by zero, a singular inverse are refused."""
    P.rejects(tex, "nan")


def test_cases_take_the_first_that_holds() -> None:
    """A branch without a condition counts where no other does."""
    cases = r"\begin{cases} a & \text{if } a > 0 \\ -a & \text{otherwise} \end{cases}"
    assert P.value(cases) == abs(P.value("a"))
    P.verifies(rf"|a| = {cases}")
    P.rejects(rf"a = {cases}")
