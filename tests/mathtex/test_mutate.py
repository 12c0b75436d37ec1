from __future__ import annotations

import pytest

from derivatex.mathtex.arrays import quiet
from derivatex.mathtex.mutate import Error, mutants
from derivatex.mathtex.mutation import planted, score
from derivatex.mathtex.plain import plain
from derivatex.mathtex.reader import read
from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "x": "n",
        "y": "n",
        "A": "n, n",
        "W": "m, n",
        "u": "m",
        "a": "",
        "b": "",
        "F": Sym(arguments=("", "")),
        "h^{(t)}": Sym("n", index={"t": "0..T"}),
    },
    dims="n m T",
    indices={"i": "n", "j": "n", "t": "1..T"},
    values={"v": (0.1234567, 0.123)},
)


@pytest.mark.parametrize(
    ("tex", "kind", "other"),
    [
        ("a - b", Error.SIGN, "a + b"),
        ("a - b", Error.SIGN, "-a - b"),
        ("a - b", Error.TERM, "a"),
        ("a", Error.SIGN, "-a"),
        ("a", Error.FACTOR, "2 a"),
        (r"a", Error.FACTOR, r"a/2"),
        (r"2 a", Error.FACTOR, "a"),
        (r"2 a", Error.FACTOR, "3 a"),
        (r"x^\top y", Error.TRANSPOSE, "x y"),
        ("A x", Error.TRANSPOSE, r"A^\top x"),
        ("A W", Error.ORDER, "W A"),
        ("F(a, b)", Error.ORDER, "F(b, a)"),
        ("A_{ij}", Error.INDEX, "A_{ji}"),
        ("A_{ij}", Error.INDEX, "A_{i,j+1}"),
        ("h^{(t)}", Error.INDEX, "h^{(t+1)}"),
        ("h^{(t-1)}", Error.INDEX, "h^{(t)}"),
        (r"\sum_{i=1}^{n} x_i", Error.BOUND, r"\sum_{i=1}^{n-1} x_i"),
        (r"\sum_{i=1}^{n} x_i", Error.BOUND, r"\sum_{i=1+1}^{n} x_i"),
        (r"\sum_{i \ne j} A_{ij}", Error.BOUND, r"\sum_{i, j} A_{ij}"),
        ("a^2", Error.POWER, "a"),
        ("A^{-1}", Error.POWER, "A"),
        (r"\|x\|_1", Error.POWER, r"\|x\|_2"),
        (r"x \odot y", Error.CHAIN, "y"),
        ("a b", Error.CHAIN, "b"),
        ("0.25", Error.DIGIT, "0.26"),
        ("0.99", Error.DIGIT, "1.00"),
        (r"\max(a, b)", Error.ORDER, r"\min(a, b)"),
    ],
)
def test_every_error_is_planted(tex: str, kind: Error, other: str) -> None:
    """Each kind of error that docs/equations.md names is among the mutants, once."""
    vocabulary = P.vocabulary()
    found = [
        (change.kind, plain(made, vocabulary))
        for change, made in mutants(read(tex, vocabulary), vocabulary)
    ]
    assert (kind, plain(read(other, vocabulary), vocabulary)) in found
    assert len({text for _, text in found}) >= len(found) - 2


def test_no_mutant_is_the_original() -> None:
    """A planted error changes the formula."""
    vocabulary = P.vocabulary()
    for tex in (r"x^\top A y + a^2 b", r"\sum_{i=1}^n A_{ij} x_i", r"F(a, b) - 0.5"):
        node = read(tex, vocabulary)
        made = [other for _, other in mutants(node, vocabulary)]
        assert node not in made
        assert len(made) > 4


@pytest.mark.parametrize(
    "tex",
    [
        r"\nabla_x \|W x - u\|^2 = 2 W^\top (W x - u)",
        r"(a + b)^2 = a^2 + 2 a b + b^2",
        r"(A x)_i = \sum_{j=1}^n A_{ij} x_j",
        r"x^\top A y = \sum_{i,j} A_{ij} x_i y_j",
        r"\frac{\partial}{\partial A} x^\top A y = x y^\top",
        r"a^2 + b^2 \ge 2 a b",
        r"W x \in \mathbb{R}^m",
        r"\|x + y\|^2 = \|x\|^2 + 2 \langle x, y \rangle + \|y\|^2",
    ],
)
def test_planted_errors_are_noticed(tex: str) -> None:
    """Every mutant of a verified relation is rejected, or has the value of the original."""
    session = P.session()
    with quiet():
        (relation,) = P.relations(tex, session)
        found = list(planted(relation, session, "here"))
    killed, equal, survived = score(found)
    assert survived == 0, [it.reading for it in found if not it.is_killed and not it.is_equal]
    assert killed > equal


def test_an_equal_mutant_is_no_error() -> None:
    """The transpose of a symmetric matrix changes nothing, and is counted apart."""
    problem = P.but(symbols={"S": Sym("n, n", "symmetric"), "x": "n"})
    session = problem.session()
    with quiet():
        (relation,) = problem.relations(r"S^\top x = S x", session)
        found = list(planted(relation, session, "here"))
    assert [it.kind for it in found if it.is_equal] == ["transpose"]
