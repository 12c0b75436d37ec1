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
    (r"x \odot y = \operatorname{diag}(x) y", r"x \odot y = \operatorname{diag}(x) y^{\odot 2}", "power"),
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
    (r"\operatorname{tr}(A B) = \operatorname{tr}(B A)", r"\operatorname{tr}(A B) = \operatorname{tr}(A B^\top)", "transpose"),
    (r"\operatorname{tr} A = \sum_i A_{ii}", r"\operatorname{tr} A = \sum_{i,j} A_{ij}", ""),
    (r"\operatorname{tr}(x y^\top) = y^\top x", r"\operatorname{tr}(x y^\top) = -y^\top x", "sign"),
    (r"\operatorname{diag}(A)_i = A_{ii}", r"\operatorname{diag}(A)_i = A_{i1}", "value"),
    (r"\operatorname{diag}(\mathbf{1}) = I", r"\operatorname{diag}(\mathbf{1}) = \frac12 I", "factor"),
    (r"\operatorname{vec}(x y^\top)_i = x_i y_1", None, ""),
    (r"\operatorname{softmax}(x + a \mathbf{1}) = \operatorname{softmax}(x)", r"\operatorname{softmax}(x + a \mathbf{1}) = \operatorname{softmax}(-x)", "sign"),
    (r"\operatorname{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}", r"\operatorname{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{-x_j}}", ""),
    (r"\operatorname{softplus}(a) = \log(1 + e^a)", r"\operatorname{softplus}(a) = \log(1 + e^{-a})", "sign"),
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
    (r"\sum_{i=1}^n (x_i + a) = \mathbf{1}^\top x + n a", r"\sum_{i=1}^n x_i + a = \mathbf{1}^\top x + n a", ""),
    (r"\sum_{i \ne j} A_{ij} = \sum_{i,j} A_{ij} - \operatorname{tr} A", r"\sum_{i \ne j} A_{ij} = \sum_{i,j} A_{ij}", ""),
    (r"\sum_{i,j} x_i y_j = (\sum_i x_i)(\sum_j y_j)", r"\sum_{i,j} x_i y_j = n (\sum_i x_i)(\sum_j y_j)", "factor"),
    (r"\sum_{j < i} S_{ij} = \frac12 \sum_{i \ne j} S_{ij}", r"\sum_{j < i} S_{ij} = \sum_{i \ne j} S_{ij}", "factor"),
    (r"x_i + \sum_{j < i} x_j + \sum_{j > i} x_j = \sum_j x_j", r"x_i + \sum_{j < i} x_j + \sum_{j \ge i} x_j = \sum_j x_j", ""),
    (r"x_i + \sum_{j \ne i} x_j = \sum_j x_j", r"x_i - \sum_{j \ne i} x_j = \sum_j x_j", ""),
    (r"\sum_{j=1}^{i} x_j - x_i = \sum_{j=1}^{i-1} x_j", r"\sum_{j=1}^{i} x_j = \sum_{j=1}^{i-1} x_j", "bound"),
    (r"\sum_{i \in \{1, \dots, n\}} x_i = \sum_i x_i", r"\sum_{i \in \{1, \dots, n - 1\}} x_i = \sum_i x_i", ""),
    (r"\sum_i \sum_j A_{ij} x_i x_j = x^\top A x", r"\sum_i \sum_j A_{ij} x_i x_j = x^\top A y", ""),
    (r"\sum_i a = n a", r"\sum_i a = a", "factor"),
    (r"\prod_{i=1}^n e^{x_i} = e^{\sum_i x_i}", r"\prod_{i=1}^n e^{x_i} = e^{x_1}", ""),
    (r"\prod_{i=1}^{n} x_i = x_n \prod_{i=1}^{n-1} x_i", r"\prod_{i=1}^{n} x_i = \prod_{i=1}^{n-1} x_i", "bound"),
    (r"\sum_{k=1}^{n} k = \frac{n (n + 1)}{2}", r"\sum_{k=1}^{n} k = \frac{n (n - 1)}{2}", "sign"),
    (r"\prod_{k=1}^{n+1} k = (n + 1)!", r"\prod_{k=1}^{n+1} k = n!", ""),
    (r"\prod_{k=0}^{n-1} (c + k) = c \prod_{k=1}^{n-1} (c + k)", r"\prod_{k=0}^{n-1} (c + k) = \prod_{k=1}^{n-1} (c + k)", ""),
    (r"\sum_{k=0}^{n} \binom{n}{k} = 2^n", r"\sum_{k=1}^{n} \binom{n}{k} = 2^n", ""),
    # norms
    (r"\|x\|^2 = x^\top x", r"\|x\| = x^\top x", ""),
    (r"\|x\|_2 = \sqrt{x^\top x}", r"\|x\|_1 = \sqrt{x^\top x}", ""),
    (r"x^\top x = \|x\|_2^2", r"x^\top x = \|x\|_1^2", "power"),
    (r"\|x\|_1 = \sum_i |x_i|", r"\|x\|_1 = |\sum_i x_i|", ""),
    (r"\|x\|_\infty = \max_i |x_i|", r"\|x\|_\infty = \max_i x_i", ""),
    (r"\|x\|_p^p = \sum_i |x_i|^p", r"\|x\|_p = \sum_i |x_i|^p", ""),
    (r"\|W\|_F^2 = \operatorname{tr}(W^\top W)", r"\|W\|_F^2 = 2 \operatorname{tr}(W^\top W)", "factor"),
    (r"\langle x, y \rangle = x^\top y", r"\langle x, y \rangle = -x^\top y", "sign"),
    (r"\langle A, B \rangle = \operatorname{tr}(A^\top B)", r"\langle A, B \rangle = \operatorname{tr}(A B)", "transpose"),
    (r"|a b| = |a| |b|", r"|a b| = a b", ""),
    # Iverson brackets and matrices
    (r"\sum_j [i = j] x_j = x_i", r"\sum_j [i \ne j] x_j = x_i", ""),
    (r"\llbracket i = j \rrbracket = \delta_{ij}", r"\llbracket i = j \rrbracket = 2 \delta_{ij}", "factor"),
    (r"\mathbb{1}[a > 0] = \frac{1 + \operatorname{sign}(a)}{2}", r"\mathbb{1}[a < 0] = \frac{1 + \operatorname{sign}(a)}{2}", ""),
    (r"I_{ij} = \mathbb{1}\{i = j\}", r"I_{ij} = \mathbb{1}\{i \ne j\}", ""),
    (r"\sum_j \delta_{ij} x_j = x_i", r"\sum_j \delta_{ij} x_j = x_1", ""),
    (r"\det \begin{bmatrix} a & b \\ c & p \end{bmatrix} = a p - b c", r"\det \begin{bmatrix} a & b \\ c & p \end{bmatrix} = a p + b c", "sign"),
    (r"\begin{bmatrix} A & B \end{bmatrix} [x; y] = A x + B y", r"\begin{bmatrix} A & B \end{bmatrix} [x; y] = A x - B y", "sign"),
    (r"\begin{pmatrix} A & B \\ B & A \end{pmatrix} [x; x] = [A x + B x; B x + A x]", r"\begin{pmatrix} A & B \\ B & A \end{pmatrix} [x; x] = [A x; B x]", ""),
    (r"\begin{vmatrix} a & b \\ c & p \end{vmatrix} = a p - b c", r"\begin{vmatrix} a & b \\ c & p \end{vmatrix} = a p", ""),
    (r"\|[x; y]\|^2 = \|x\|^2 + \|y\|^2", r"\|[x; y]\|^2 = \|x\|^2", ""),
    # quotients
    (r"\frac{a + b}{c} = a/c + b/c", r"\frac{a + b}{c} = a/c + b", ""),
    (r"a/(b c) = \frac{a}{b} / c", r"a/(b c) = \frac{a}{b}", ""),
    (r"\frac1n \sum_i x_i = \frac{\mathbf{1}^\top x}{n}", r"\frac1n \sum_i x_i = \mathbf{1}^\top x", "factor"),
    # conditions on letters
    (r"S_{ij} = S_{ji}", r"S_{ij} = -S_{ji}", "sign"),
    (r"\lfloor c \rfloor \le c, \quad c \le \lceil c \rceil", r"\lceil c \rceil \le c", "sign"),
]


@pytest.mark.parametrize(("true", "false", "kind"), PAIRS)
def test_arithmetic(true: str, false: str | None, kind: str) -> None:
    """What is true is verified on every instance, and its corrupted twin rejected for its reason."""
    P.verifies(true)
    if false is not None:
        P.rejects(false, kind)
