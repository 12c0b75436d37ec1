from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from derivatex.mathtex.errors import MathError
from derivatex.mathtex.instance import DOMAINS
from derivatex.mathtex.judge import check
from derivatex.mathtex.scope import Same
from derivatex.mathtex.session import Setting
from derivatex.mathtex.tree import Number
from derivatex.mathtex.vocabulary import Size
from tests.mathtex.problem import Problem, Sym

if TYPE_CHECKING:
    from collections.abc import Callable

P = Problem({"x": "n", "A": "n, m", "a": ""}, define=("b = a^2",))


def test_instances_are_drawn_from_the_seed() -> None:
    """The same seed and draw give the same values; another gives others."""
    one, again, other = (P.session(seed).evaluator(Setting(), 0) for seed in (0, 0, 1))
    first, second, third = (it.member("a", (), it.scope) for it in (one, again, other))
    assert first == second != third
    next_draw = P.session().evaluator(Setting(), 1)
    assert first != next_draw.member("a", (), next_draw.scope)


def test_a_new_symbol_changes_no_other() -> None:
    """Every symbol has random numbers of its own."""
    more = P.but(symbols={"z": "n", **P.symbols, "q": ""})
    np.testing.assert_array_equal(P.value("x"), more.value("x"))


def test_sizes_are_distinct() -> None:
    """What fits by accident of equal sizes is rejected on every draw."""
    problem = P.but(dims="n m k l")
    for seed in range(5):
        session = problem.session(seed)
        for draw in range(5):
            evaluator = session.evaluator(Setting(), draw)
            sizes = [evaluator.size(name, ()) for name in ("n", "m", "k", "l")]
            assert len(set(sizes)) == 4
            assert min(sizes) >= 2


def test_sizes_keep_their_bounds() -> None:
    """`least`, `most` and `size` are kept on every draw."""
    dims = {"R": Size(), "H": Size(least=Number("4")), "d": Size(most=2), "K": Size(fixed=3)}
    problem = P.but(dims={**dims, "n": Size(), "m": Size()})
    for draw in range(8):
        h, d, k = (problem.value(name, draw) for name in "HdK")
        assert h >= 4
        assert d <= 2
        assert k == 3


def test_a_size_that_is_drawn_last_is_not_always_the_same() -> None:
    """Where other sizes leave one value, that one is taken on some draws, and others on others."""
    bounded = {"L": Size(least=Number("1"), most=3), "T": Size(most=4)}
    dims = {"n": Size(), "S": Size(), **bounded, "V": Size()}
    problem = Problem({"x": "n", "a": ""}, dims=dims)
    found = {problem.value("L", draw) for draw in range(8)}
    assert len(found) > 1
    alone = Problem({"x": "n", "a": ""}, dims={"n": Size(most=2), "L": bounded["L"]})
    assert {alone.value("L", draw) for draw in range(12)} == {1, 3}


def test_a_size_that_cannot_be_drawn_is_refused() -> None:
    """A lower bound above the upper one is an error of the declaration."""
    problem = P.but(dims={"n": Size(least=Number("5"), most=3), "m": Size()})
    with pytest.raises(MathError, match="has no value"):
        problem.value("n")


CHECKS: dict[str, Callable[[Any], Any]] = {
    "real": lambda it: np.all(np.isfinite(it)),
    "positive": lambda it: np.all(it > 0.1),
    "negative": lambda it: np.all(it < -0.1),
    "nonzero": lambda it: np.all(np.abs(it) > 0.1),
    "unit": lambda it: np.all((it > 0) & (it < 1)),
    "sign": lambda it: np.all(np.abs(it) == 1),
    "binary": lambda it: np.all((it == 0) | (it == 1)),
    "integer": lambda it: np.all(it == np.round(it)),
    "simplex": lambda it: (
        np.all(it > 0) and np.allclose(it.sum(axis=-1 if it.shape[1] > 1 else 0), 1)
    ),
    "one-hot": lambda it: np.all(it.sum(axis=1 if it.shape[1] > 1 else 0) == 1),
    "symmetric": lambda it: np.array_equal(it, it.T),
    "positive definite": lambda it: np.all(np.linalg.eigvalsh(it) > 0) and np.allclose(it, it.T),
    "orthogonal": lambda it: np.allclose(it.T @ it, np.eye(len(it))),
    "diagonal": lambda it: np.array_equal(it, np.diag(np.diag(it))) and np.all(np.diag(it) != 0),
    "invertible": lambda it: abs(np.linalg.det(it)) > 1e-6,
    "unit vector": lambda it: np.isclose(np.linalg.norm(it), 1),
    "identity": lambda it: np.array_equal(it, np.eye(len(it))),
    "ones": lambda it: np.all(it == 1),
    "zeros": lambda it: np.all(it == 0),
}
SQUARE = {"symmetric", "positive definite", "orthogonal", "diagonal", "invertible", "identity"}


@pytest.mark.parametrize("domain", sorted(CHECKS))
def test_a_draw_lies_in_its_domain(domain: str) -> None:
    """Every domain of docs/equations.md draws what it says."""
    assert domain in DOMAINS
    shapes = ["n, n"] if domain in SQUARE else ["n"] if domain == "unit vector" else ["n", "m, n"]
    for shape in shapes:
        problem = Problem({"v": Sym(shape, domain)})
        for draw in range(4):
            assert CHECKS[domain](problem.value("v", draw))


@pytest.mark.parametrize("domain", sorted(SQUARE))
def test_a_domain_of_square_matrices_needs_one(domain: str) -> None:
    """`symmetric` and its like are refused for other shapes."""
    with pytest.raises(MathError, match="square matrix"):
        Problem({"v": Sym("n, m", domain)}).value("v")


def test_a_relation_with_a_value_is_checked_at_the_given_numbers() -> None:
    """Symbols with `given` have their numbers there, and are drawn elsewhere."""
    problem = Problem(
        {"x": "n", "a": "", "y": "n"},
        given={"a": 3.0, "x": np.array([[1.0], [2.0], [4.0]])},
        values={"s": (7.0, 7.0), "q": (9.0, 9.0)},
    )
    problem.verifies(r"\val{s} = \sum_{i=1}^{n} x_i, \quad a^2 = \val{q}")
    problem.rejects(r"\val{s} = \sum_{i=1}^{n} x_i^2")
    problem.rejects(r"a^2 = 9")
    problem.rejects(r"n = 3")
    problem.verifies(r"\val{q} + y_1 = 3 n + y_1")


def test_what_a_relation_was_equal_to_is_remembered() -> None:
    """Established forms are found step by step."""
    session = P.session()
    chain = P.relations(r"b = a^2 = a a", session)
    for relation in chain:
        session.establish(relation)
    assert session.forms_of(chain[0].left) == [chain[0].right, chain[1].right]


def test_no_instance_for_where() -> None:
    """Conditions that contradict one another are vacuous, with a hint."""
    session = P.session()
    (relation,) = P.relations("a = b", session, where=("a > 1", "a < 0"))
    with pytest.raises(MathError, match="no instance satisfies"):
        session.evaluator(relation.setting, 0)


def test_what_was_evaluated_before_changes_no_status() -> None:
    """Zero on both sides is judged by its terms, also where they were computed before."""
    problem = P.but(define=("b = a^2", r"d = (a + b) - b - a"))
    session = problem.session()
    for draw in range(30):
        evaluator = session.evaluator(Setting(), draw)
        evaluator.member("d", (), evaluator.scope)
    (relation,) = problem.relations("d = 0", session)
    assert check(relation, session).passed


def test_a_key_keeps_its_object() -> None:
    """Objects are told apart by where they are, which another cannot take while the key lives."""
    keys = {Same(np.zeros(2)) for _ in range(5)}
    assert len(keys) == 5
    node = Number("1")
    assert Same(node) == Same(node)
    assert Same(node) != Same(Number("1"))


def test_outcomes_are_told_apart_by_their_numbers() -> None:
    """What a memory knows of an outcome is its value, not the place where it lay."""
    scope = P.session().evaluator(Setting(), 0).scope
    known = [scope.happened({"z": (None, value)}).known() for value in (0.5, 0.5, 0.25)]
    assert known[0] == known[1] != known[2]
    arrays = [np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]])]
    assert len({scope.happened({"z": (None, it)}).known() for it in arrays}) == 2


def test_an_evaluation_that_takes_too_long_is_refused() -> None:
    """A formula of too many steps is an error and not a hanging build."""
    problem = Problem({"a": ""}, dims={"n": Size(fixed=60)}, indices=dict.fromkeys("ijkl", "n"))
    error = problem.refusal(r"\sum_{i,j,k,l} a = n^4 a")
    assert "takes too long" in error.message
    assert "smaller" in error.hint
