from __future__ import annotations

import pytest

from derivatex.mathtex.display import statements
from derivatex.mathtex.errors import MathError
from derivatex.mathtex.plain import plain
from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "x": "n",
        "y": "n",
        "A": "n, n",
        "W": "m, n",
        "a": "",
        "b": "",
        "c": Sym("", "positive"),
        "f": Sym(arguments=("",)),
        "h^{(t)}": Sym("n", index={"t": "0..T"}),
    },
    dims="n m T",
    indices={"i": "n", "j": "n", "r": "m", "t": "0..T"},
)


def chains(tex: str) -> list[str]:
    """Each statement of a display in plain words, with its conditions behind a bar."""
    vocabulary = P.vocabulary()
    found = []
    for made in statements(tex, vocabulary):
        words = [plain(made.left, vocabulary)]
        for link in made.links:
            words += [link.operator, plain(link.right, vocabulary)]
        conditions = [plain(it, vocabulary) for it in made.conditions]
        conditions += [
            f"{name}: {plain(span.low, vocabulary)}..{plain(span.high, vocabulary)}"
            for name, span in made.ranges.items()
        ]
        found.append(" ".join(words) + "".join(f" | {it}" for it in conditions))
    return found


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        ("a = b", ["a = b"]),
        ("a = b = c", ["a = b = c"]),
        ("a &= b \\\\ &= c", ["a = b = c"]),
        ("a &= b \\\\ &\\le c", ["a = b <= c"]),
        ("a &= b \\\\ b &= c", ["a = b", "b = c"]),
        ("a &= b \\\\ &\\quad + c", ["a = b + c"]),
        ("a &= b \\\\ &\\qquad - c", ["a = b - c"]),
        ("a &= b + \\\\ & c", ["a = b + c"]),
        ("a = b, \\quad b = c", ["a = b", "b = c"]),
        ("(a) &= b, \\\\ (b) &= c", ["a = b", "b = c"]),
        ("a &= b \\\\ (b + c) &= c", ["a = b", "b + c = c"]),
        ("a &= b \\\\ &\\quad (c + a)", ["a = b*(c + a)"]),
        ("a &= b + \\\\ (c + a)", ["a = b + (c + a)"]),
        ("a = b; b = c.", ["a = b", "b = c"]),
        ("a = b \\qquad b = c", ["a = b", "b = c"]),
        ("a &= b & b &= c", ["a = b", "b = c"]),
        ("a = b \\text{ and } b = c", ["a = b", "b = c"]),
        ("a = b, \\quad\\text{so}\\quad b = c", ["a = b", "b = c"]),
        ("a = b, \\\\ b = c", ["a = b", "b = c"]),
        ("a = b \\tag{1} \\\\ b = c \\label{eq}", ["a = b", "b = c"]),
        ("\\boxed{a = b}", ["a = b"]),
        ("a = \\underbrace{b + c}_{\\text{both}}", ["a = b + c"]),
        ("\\begin{aligned} a &= b \\\\ &= c \\end{aligned}", ["a = b = c"]),
        ("a \\coloneqq b", ["a := b"]),
        ("a := b", ["a := b"]),
        ("a \\ne b", ["a != b"]),
        ("a \\approx 0.5", ["a ~ 0.5"]),
        ("a \\overset{(1)}{=} b", ["a = b"]),
        ("x_i = y_i, \\quad i \\ne 1", ["x[i] = y[i] | i != 1"]),
        ("x_i = y_i, \\quad i = 1, \\dots, n", ["x[i] = y[i] | i: 1..n"]),
        ("x_i = y_i \\quad \\text{for } i = 1, \\dots, n", ["x[i] = y[i] | i: 1..n"]),
        ("A_{ij} = 0, \\quad i, j \\in \\{1, \\dots, n\\}", None),
        ("A_{ij} = 0 \\text{ if } i < j", ["A[i, j] = 0 | i < j"]),
        ("A_{ij} = 0 \\text{ for } i < j \\text{ and } j > 1", ["A[i, j] = 0 | i < j | j > 1"]),
        ("f(a) = b \\text{ where } a > 0", ["f(a) = b | a > 0"]),
        ("f(a) = b \\text{ for all } a > 0, \\quad b = c", ["f(a) = b | a > 0", "b = c"]),
        ("f(a) = b \\text{ if } a > 0, \\text{ if } c > a", ["f(a) = b | a > 0 | c > a"]),
        ("f(a) = b, \\quad \\text{with } a = 2", ["f(a) = b | a == 2"]),
        ("x_i = y_i, \\quad \\text{when } a > 0, \\quad 1 \\le i < n", None),
        ("A_{ij} = 0 \\text{ unless } i = j", ["A[i, j] = 0 | [i == j] == 0"]),
        ("W x \\in \\mathbb{R}^m", ["W@x in R(m)"]),
        ("i \\ne j \\implies A_{ij} = 0", None),
    ],
)
def test_a_display_is_cut_into_statements(tex: str, found: list[str] | None) -> None:
    """Rows, commas, gaps and words tell statements apart; conditions belong to the one before."""
    made = chains(tex)
    if found is not None:
        assert [it.replace(" @ ", "@") for it in made] == found


@pytest.mark.parametrize(
    ("tex", "words", "hint"),
    [
        ("a", "states nothing", "text"),
        ("a = b, c", "states nothing", "text"),
        ("a =", "a side of this relation is missing", ""),
        ("= b", "", ""),
        ("a = b \\text{ by the chain rule}", "the words", "because"),
        ("\\text{if } a > 0, \\quad a = b", "a condition of nothing", "before it"),
        ("x_i = y_i, \\quad i = 1, \\dots", "no end", ""),
        ("x_i = y_i \\quad \\text{for } i = 1, \\dots, ", "no end", ""),
        ("a = = b", "missing", ""),
        ("a \\ll b", "", ""),
        ("a \\pm b = c", "says two things", ""),
    ],
)
def test_what_states_nothing_is_refused(tex: str, words: str, hint: str) -> None:
    """A piece without a relation, a dangling condition and prose are errors."""
    error = P.refusal(tex)
    assert words in error.message
    assert hint in error.hint


def test_an_index_of_nothing_is_refused() -> None:
    """A letter that is neither declared as an index nor bound is refused where it stands."""
    with pytest.raises(MathError, match=r"`k` is not declared|`k` is not bound"):
        list(P.results("a = b x_k"))


@pytest.mark.parametrize(
    ("true", "false", "kind"),
    [
        ("(A x)_i = \\sum_j A_{ij} x_j", "(A x)_i = \\sum_j A_{ji} x_j", "index"),
        (
            "\\sum_{j=1}^{i} x_j - \\sum_{j=1}^{i-1} x_j = x_i, \\quad 2 \\le i \\le n",
            "\\sum_{j=1}^{i} x_j - \\sum_{j=2}^{i-1} x_j = x_i, \\quad 2 \\le i \\le n",
            "",
        ),
        (
            "\\|h^{(t)} - h^{(t-1)}\\|^2 = \\|h^{(t-1)} - h^{(t)}\\|^2, \\quad 1 \\le t \\le T",
            "\\|h^{(t)} - h^{(t-1)}\\|^2 = \\|h^{(t-1)} + h^{(t)}\\|^2, \\quad 1 \\le t \\le T",
            "sign",
        ),
        (
            "h^{(t+1)} - h^{(t)} = -(h^{(t)} - h^{(t+1)}), \\quad t < T",
            "h^{(t+1)} - h^{(t)} = h^{(t)} - h^{(t+1)}, \\quad t < T",
            "sign",
        ),
        (
            "h^{(t)} = h^{(t-1)} + (h^{(t)} - h^{(t-1)}), \\quad t = 1, \\dots, T",
            "h^{(t)} = h^{(t-1)}, \\quad t = 1, \\dots, T",
            "",
        ),
        ("[i = j] = 0, \\quad i \\ne j", "[i < j] = 0, \\quad i \\ne j", ""),
        (
            "\\sum_j [i = j] = 1, \\quad \\sum_j [i < j] = n - i",
            "\\sum_j [i < j] = n - 1",
            "",
        ),
        (
            "|a - b| = a - b \\text{ if } a > b",
            "|a - b| = b - a \\text{ if } a > b",
            "",
        ),
        (
            "|a| = a \\text{ for } a > 0, \\quad |a| = -a \\text{ for } a < 0",
            "|a| = a \\text{ for } a > 0, \\quad |a| = a \\text{ for } a < 0",
            "sign",
        ),
        (
            "|a| = a \\text{ unless } a < 0",
            "|a| = -a \\text{ unless } a < 0",
            "sign",
        ),
    ],
)
def test_conditions_restrict_a_statement(true: str, false: str | None, kind: str) -> None:
    """A statement is checked where its conditions hold, for each value of its free indices."""
    P.verifies(true)
    if false is not None:
        P.rejects(false, kind)


def test_each_statement_has_its_own_conditions() -> None:
    """A condition behind the second statement leaves the first alone."""
    P.rejects("|a| = a, \\quad |b| = b \\text{ if } b > 0", "")
    P.verifies("|b| = b \\text{ if } b > 0, \\quad a + b = b + a")


def test_conditions_that_never_hold_say_nothing() -> None:
    """A statement whose conditions hold on no instance is vacuous."""
    P.rejects("a = b \\text{ if } c < 0", "vacuous")
    P.rejects("x_i = y_i, \\quad i > n", "vacuous")
    P.verifies("a + b = b + a \\text{ if } c > 0")
