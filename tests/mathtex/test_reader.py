from __future__ import annotations

import pytest

from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.plain import plain
from derivatex.mathtex.reader import read
from tests.mathtex.problem import Problem, Sym

PROBLEM = Problem(
    {
        "x": "n",
        "y": "n",
        "A": "n, n",
        "B": "n, n",
        "W": "m, n",
        "a": "",
        "b": "",
        "c": "",
        "f": Sym(arguments=("",)),
        "g": Sym(arguments=("n",)),
        "F": Sym(arguments=("n", "")),
        r"\delta": Sym(None, "kronecker"),
        "h^{(t)}": Sym("n", index={"t": "n"}),
    },
    indices={"i": "n", "j": "n", "t": "n", "k": "n"},
)


def shown(tex: str, problem: Problem = PROBLEM) -> str:
    """How a formula is read: `@` is a product, `∘` one by entries."""
    vocabulary = problem.vocabulary()
    return products(plain(read(tex, vocabulary), vocabulary))


def products(text: str) -> str:
    """Products with one sign, whether they are of numbers or of matrices, and no spaces."""
    text = text.replace(" * ", "∘").replace("**", "^").replace("*", "@")
    return text.replace(" ", "")


def refused(tex: str, problem: Problem = PROBLEM) -> MathError:
    """The error with which a formula is refused."""
    with pytest.raises(MathError) as caught:
        shown(tex, problem)
    assert caught.value.kind is Kind.PARSE
    return caught.value


@pytest.mark.parametrize(
    ("tex", "reading"),
    [
        ("a b c", "a @ b @ c"),
        (r"a \cdot b", "a @ b"),
        (r"a \times b", "a @ b"),
        ("2a", "2 @ a"),
        ("-a b", "-a @ b"),
        ("a - b c", "a - b @ c"),
        ("-a^2", "-a**2"),
        ("2a^2", "2 @ a**2"),
        ("a / b", "a/b"),
        ("a / (bc)", "a/(b @ c)"),
        ("ab / c", "a @ b/c"),
        ("a / b / c", "a/b/c"),
        (r"\frac ab c", "a/b @ c"),
        (r"\frac12 a", "1/2 @ a"),
        (r"\frac1{n} a", "1/n @ a"),
        ("a(b + c)", "a @ (b + c)"),
        ("f(b + c)", "f(b + c)"),
        (r"f\left(a\right)b", "f(a) @ b"),
        ("f^2(a)", "f(a)**2"),
        ("f(a)^2", "f(a)**2"),
        ("f'(a)", "f'(a)"),
        ("f''(a)", "f''(a)"),
        ("g(x)", "g(x)"),
        ("F(x, a)", "F(x, a)"),
        ("F(x; a)", "F(x, a)"),
        (r"x^\top y", "x.T @ y"),
        ("x^T y", "x.T @ y"),
        (r"(A B)^\top", "(A @ B).T"),
        ("A^{-1}", "A**(-1)"),
        (r"A^{-\top}", "(A**(-1)).T"),
        ("A^{-T}", "(A**(-1)).T"),
        ("A^2", "A**2"),
        ("W^+", "pinv(W)"),
        (r"x^{\odot 2}", "x.**2"),
        ("x_i", "x[i]"),
        ("A_{ij}", "A[i, j]"),
        ("A_{ji}", "A[j, i]"),
        ("A_{i:}", "A[i, :]"),
        ("A_{:j}", "A[:, j]"),
        ("A_{i,j+1}", "A[i, j + 1]"),
        ("x_i^2", "x[i]**2"),
        ("x^2_i", "x[i]**2"),
        ("(A x)_i", "(A @ x)[i]"),
        (r"A_{ij}^\top", "A[i, j].T"),
        (r"(A^\top)_{ij}", "A.T[i, j]"),
        (r"2 A \odot B", "2 @ (A * B)"),
        (r"(A B) \odot A", "(A @ B) * A"),
        (r"x \oslash y", "x ./ y"),
        (r"a\, x \odot y", "a @ (x * y)"),
        (r"\log a", "log(a)"),
        (r"\ln a", "log(a)"),
        (r"\log \det A", "log(det(A))"),
        (r"\log f(a)", "log(f(a))"),
        (r"\log(ab)", "log(a @ b)"),
        (r"(\log a)\, b", "log(a) @ b"),
        (r"\log a^2", "log(a**2)"),
        (r"\log^2 a", "log(a)**2"),
        (r"\exp(a) b", "exp(a) @ b"),
        (r"e^{a b}", "e**(a @ b)"),
        (r"\operatorname{softmax}(x)_i", "softmax(x)[i]"),
        (r"\mathrm{tr}(A)", "trace(A)"),
        (r"\text{tr}\, A", "trace(A)"),
        (r"\operatorname{Tr}[A]", "trace(A)"),
        (r"\operatorname{diag}(x) y", "diag(x) @ y"),
        (r"\sqrt{a}", "root(a)"),
        (r"\sqrt[3]{a}", "root(a, 3)"),
        (r"\max(a, b)", "max(a, b)"),
        (r"\max\{0, a\}", "max(0, a)"),
        (r"\max_j x_j", "max[j](x[j])"),
        (r"\sum_{i=1}^n x_i y_i", "sum[i=1..n](x[i] @ y[i])"),
        (r"\sum_{i=1}^n x_i + a", "sum[i=1..n](x[i]) + a"),
        (r"\sum_i a x_i - b", "sum[i](a @ x[i]) - b"),
        (r"\sum_{i,j} A_{ij}", "sum[i, j](A[i, j])"),
        (r"\sum_{i \ne j} A_{ij}", "sum[i, j, i != j](A[i, j])"),
        (r"\sum_{i} \sum_{j} A_{ij}", "sum[i](sum[j](A[i, j]))"),
        (r"\sum_{i \in \{1, \dots, n\}} x_i", "sum[i=1..n](x[i])"),
        (r"\sum\nolimits_{i=1}^{n} x_i", "sum[i=1..n](x[i])"),
        (r"\prod_{i=1}^{n} x_i", "prod[i=1..n](x[i])"),
        (r"\|x\|", "norm(x)"),
        (r"\|x\|_2^2", "norm2(x)**2"),
        (r"\|x\|_1", "norm1(x)"),
        (r"\|x\|_\infty", "norminfinity(x)"),
        (r"\|x\|_p", "normp(x)"),
        (r"\|W\|_F^2", "normF(W)**2"),
        (r"\lVert x \rVert^2", "norm(x)**2"),
        ("|a|", "abs(a)"),
        ("|a - b| c", "abs(a - b) @ c"),
        (r"\left|a\right|\left|b\right|", "abs(a) @ abs(b)"),
        (r"\langle x, y \rangle", "inner(x, y)"),
        ("[i = j]", "[i == j]"),
        (r"\llbracket i \ne j \rrbracket", "[i != j]"),
        (r"\mathbb{1}[i = j]", "[i == j]"),
        (r"\mathbf{1}\{i \le j\}", "[i <= j]"),
        ("[a + b] c", "(a + b) @ c"),
        ("(a)_+", "plus(a)"),
        ("[x; y]", "[x; y]"),
        (r"\begin{bmatrix} a & b \\ b & c \end{bmatrix}", "[a, b; b, c]"),
        (r"\delta_{ij}", "kronecker(i, j)"),
        (r"\binom{3}{2}", "binomial(3, 2)"),
        (r"\pi a", "pi @ a"),
        (r"h^{(t)}", "h^(t)<t>"),
        (r"\lfloor a \rfloor", "floor(a)"),
        (r"3!", "factorial(3)"),
        ("x_{i + 1}", "x[i + 1]"),
        (r"\operatorname{sign}(a)", "sign(a)"),
        (r"\operatorname{sgn} a", "sign(a)"),
        (r"\operatorname{logdet} A", "logdet(A)"),
    ],
)
def test_a_formula_has_one_reading(tex: str, reading: str) -> None:
    """Every form of docs/equations.md is read as that page says."""
    problem = PROBLEM.but(symbols={**PROBLEM.symbols, "p": Sym("", "positive")})
    assert shown(tex, problem) == products(reading)


@pytest.mark.parametrize(
    ("tex", "words", "hint"),
    [
        (r"AB \odot C", "product beside", "write"),
        (r"A B \odot A", "product beside", r"(A B) \odot C"),
        (r"A \odot B x", "product beside", r"(A \odot B) C"),
        (r"A \odot B \cdot x", "product beside", r"(A \odot B) C"),
        (r"\log ab", "two readings", r"\log(ab)"),
        (r"\log 2a", "two readings", r"\log(ab)"),
        ("exp(a)", "separate letters", r"\exp"),
        ("tr(A)", "separate letters", r"\operatorname{tr}"),
        ("a / bc", "two readings", "a/(bc)"),
        (r"a / b \sum_i x_i", "two readings", "a/(bc)"),
        ("f", "has no argument", "write `f(…)`"),
        ("F(x)", "takes 2 arguments", ""),
        ("f_i(a)", "is a function", "declare `f_i`"),
        ("a_i", "is a number", "declare `a_i`"),
        ("x_{ij}", "has 1 indices, here are 2", "commas"),
        ("A_i", "has 2 indices", "commas"),
        ("A_{ab}", "is no index", "part of a name"),
        (r"x_{\text{max}}", "is no index", "declare a symbol"),
        ("x^*", "is not declared", ""),
        ("x^{(t)}", "superscript", "declare the letter as a family"),
        ("x'", "is not declared", "primed letter"),
        ("(a)'", "a prime on something", ""),
        (r"\sigma(a)", "is not declared", "define it"),
        (r"a \pm b", "says two things", ""),
        ("a +", "missing", ""),
        (r"a \cdot", "missing", ""),
        (r"a \cdot -b", "a sign after a product sign", "bracket"),
        ("a 2", "no sign before it", ""),
        ("(a", "never closed", "add `)`"),
        ("a)", "closes nothing", ""),
        (r"\|x", "never closed", ""),
        ("|a", "never closed", ""),
        (r"\frac{a}{}", "nothing stands after", ""),
        (r"\sum x_i", "over what", r"\sum_{i}"),
        (r"\sum_{a + b} x_i", "", ""),
        (r"\sum_{i \in \mathbb{R}} x_i", "cannot be summed over", r"\{1, \dots, n\}"),
        (r"\max x", "", ""),
        (r"\max(a)", "of one number", "over which index"),
        (r"\exp", "of what?", "argument"),
        (r"\exp_i(a)", "takes no index", ""),
        (r"\log(a, b)", "takes one argument", ""),
        (r"\langle x \rangle", "two sides", "comma"),
        ("(a = b)", "a relation in a bracket", "[i = j]"),
        ("(a, b)", "in a bracket", ""),
        ("[a, b]", "in a bracket", "[a; b]"),
        (r"\begin{bmatrix} a & b \\ c \end{bmatrix}", "differ in length", ""),
        (r"\begin{foo} a \end{foo}", "cannot be read here", ""),
        (
            r"\begin{cases} a \\ b & \text{otherwise} \end{cases}",
            "without a condition",
            "otherwise",
        ),
        (
            (
                r"\begin{cases} a & \text{if } b > 0 \text{ or } c > 0 \\ b & \text{otherwise} "
                r"\end{cases}"
            ),
            "`or` in a condition",
            "two branches",
        ),
        (r"\delta_i", "needs two indices", ""),
        (r"\nabla a", "by what?", r"\nabla_x"),
        (r"\nabla F(x, a)", "by which argument", r"\nabla_x"),
        (r"\frac{\partial a}{\partial 2}", "no derivative can be taken", "by a letter"),
        (r"\frac{\partial^2 a}{\partial b}", "2 times above, 1 times below", ""),
        (r"\frac{\partial a}{\partial b \partial c}", "1 times above, 2 times below", ""),
        (r"\arg z", r"`\arg` of what", r"\arg\min_z"),
        (r"\arg\min a", "over what", r"\arg\min_z"),
        (r"\mathbb{E}_{a}[b]", "is no law", "law:"),
        (r"\int a", "over which outcome", r"\,dz"),
        (r"\mathcal{N}", "needs mean and variance", ""),
        (r"\unknown a", "not declared", "declare it"),
        ("x^{}^2_", "nothing stands after", ""),
        ("x_i_j", "a second `_`", "brackets"),
        (r"5_i", "a number has no index", ""),
        ("a ? b", "cannot be read", ""),
        ("(" * 61 + "a" + ")" * 61, "brackets are open", ""),
    ],
)
def test_what_has_no_reading_is_refused(tex: str, words: str, hint: str) -> None:
    """What is ambiguous or unknown is an error that says what to write instead."""
    error = refused(tex)
    assert words in error.message
    assert hint in error.hint
    assert error.start is not None


def test_an_error_points_at_its_token() -> None:
    """The offset is that of the token that cannot be read."""
    assert refused("a + bz").start == 5
    assert refused(r"\frac{a}{b q}").start == 11
    assert refused("a / bc").start == 2


def test_t_is_a_transpose_until_it_is_declared() -> None:
    r"""Where `T` is a letter, `A^T` is a power and `A^\top` the transpose."""
    declared = PROBLEM.but(symbols={**PROBLEM.symbols, "T": Sym("", "integer")})
    assert shown("A^T", declared) == "A^T"
    assert shown(r"A^\top", declared) == "A.T"
    assert shown("A^T") == "A.T"


def test_a_constant_gives_way_to_a_symbol() -> None:
    r"""`e` and `\pi` are constants unless they are declared."""
    declared = PROBLEM.but(symbols={"e": "n", r"\pi": "n", "x": "n"})
    assert shown(r"e^\top \pi", declared) == "e.T@pi"
    PROBLEM.verifies(r"\log e^a = a, \quad \cos \pi = -1, \quad e^a = \exp(a)")
    declared.rejects(r"x^\top e = 2.718281828459045 x^\top \pi")


def test_words_give_way_to_symbols() -> None:
    r"""A declared `\mathrm{tr}` or `\operatorname{loss}` is a symbol."""
    declared = PROBLEM.but(symbols={r"\mathrm{tr}": "", "a": ""})
    assert shown(r"\mathrm{tr} a", declared) == "tr@a"
