from __future__ import annotations

import pytest

from derivatex.mathtex.diagnose import diagnose
from tests.mathtex.problem import Problem, Sym

P = Problem(
    {
        "x": "n",
        "y": "n",
        "A": "n, n",
        "B": "n, n",
        "W": "m, n",
        "u": "m",
        "a": "",
        "b": "",
        "c": Sym("", "positive"),
        "f": Sym(arguments=("",)),
        "F": Sym(arguments=("", "")),
        "h^{(t)}": Sym("n", index={"t": "0..T"}),
    },
    dims="n m T",
    indices={"i": "n", "j": "n", "r": "m", "t": "1..T"},
    define=(r"z = W x", r"e = A y", r"\phi(v) = \tanh(v)"),
)


@pytest.mark.parametrize(
    ("tex", "kind"),
    [
        (r"(a - b)^2 = a^2 + 2 a b + b^2", "sign"),
        (r"\nabla_x \|W x\|^2 = -2 W^\top W x", "sign"),
        (r"\nabla_x \|W x\|^2 = W^\top W x", "factor"),
        (r"(a + b)^2 = a^2 + a b + b^2", "factor"),
        (r"\frac1n \sum_i x_i = \sum_i x_i", "factor"),
        (r"\|x + y\|^2 = \|x\|^2 + 2 x^\top y + 3 \|y\|^2", "factor"),
        (r"\nabla_x (u^\top W x) = W u", "transpose"),
        (r"x^\top A y = y^\top A x", "transpose"),
        (r"(A B)^\top = A^\top B^\top", "order"),
        (r"F(a, b) + c = F(b, a) + c", "order"),
        (r"(A^\top)_{ij} = A_{ij}", "index"),
        (r"(A x)_i = \sum_j A_{ji} x_j", "index"),
        (r"h^{(t)} + h^{(t-1)} = h^{(t)} + h^{(t-2)}, \quad t > 1", "index"),
        (r"\sum_{i=1}^{n} x_i = \sum_{i=1}^{n-1} x_i", "bound"),
        (r"\sum_{i=1}^{n} x_i = \sum_{i=2}^{n} x_i", "bound"),
        (r"(a + b)^2 = a^2 + 2 a b + b^2 + c", "term"),
        (r"x^\top x = \|x\|", "power"),
        (r"\frac{\partial}{\partial c} c^4 = 4 c^4", "power"),
        (r"A^{-1} A A = A^{-1}", "power"),
        (r"\frac{\partial \tanh(a)^2}{\partial a} = 2 \tanh(a)", "chain"),
        (r"\frac{\partial}{\partial a} f(a)^2 = 2 f(a)", "chain"),
        (r"\nabla_x \|\phi(z)\|^2 = 2 W^\top \phi(z)", "chain"),
        (r"x_i = x_i [i > 1]", "boundary"),
        (r"x_i = x_i [i < n]", "boundary"),
        (r"\frac{\partial e}{\partial x} = A", "zero"),
        (r"a = f(b)", "value"),
        (r"W x = y", "shape"),
        (r"\log(-c) = a", "nan"),
        (r"a = b \text{ if } c < 0", "vacuous"),
    ],
)
def test_a_failure_has_its_kind(tex: str, kind: str) -> None:
    """Of the changes that would mend a wrong relation, the one of its kind is found."""
    P.rejects(tex, kind)


@pytest.mark.parametrize("kind", ["transpose", "order", "bound", "chain", "boundary", "power"])
def test_a_sign_is_nothing_else(kind: str) -> None:
    """A kind that would not mend it is not found, even where it is looked for."""
    session = P.session()
    (relation,) = P.relations(r"x^\top y = -y^\top x", session)
    from derivatex.mathtex.judge import check  # noqa: PLC0415

    result = check(relation, session)
    assert kind not in diagnose(relation, result, session, kind).kinds


def test_a_hint_says_what_to_change() -> None:
    """It names the change that would make the sides agree."""
    for tex, words in (
        (r"a + b = a - b", "sign"),
        (r"a^2 = 3 a^2", "agree"),
        (r"(A B)^\top = A^\top B^\top", "exchanged"),
        (r"a b \ge a b + c", "the other way round"),
        (r"x_i = x_i + [i = 1] c", "term"),
    ):
        session, relation, result = next(iter(P.results(tex)))
        assert words in diagnose(relation, result, session).hint, tex


def test_a_missing_term_is_found_in_an_established_form() -> None:
    """What was verified for the left side before tells which term is missing."""
    P.rejects(
        r"\|x - y\|^2 &= \|x\|^2 - 2 x^\top y + \|y\|^2 \\ \|x - y\|^2 &= \|x\|^2 + \|y\|^2", "term"
    )


def test_what_holds_has_no_kind() -> None:
    """A relation that passes is not diagnosed."""
    session, relation, result = next(iter(P.results("a + b = b + a")))
    assert diagnose(relation, result, session).kinds == ()


@pytest.mark.parametrize(("steps", "kinds"), [(1_000_000, "power"), (10, "value")])
def test_a_search_ends(monkeypatch: pytest.MonkeyPatch, steps: int, kinds: str) -> None:
    """After so many steps of evaluation the search for a repair ends without one."""
    monkeypatch.setattr("derivatex.mathtex.diagnose.MAX_STEPS", steps)
    session, relation, result = next(iter(P.results(r"(a + b) (a - b) c = (a^2 - b^2) c^2")))
    assert diagnose(relation, result, session).kinds == (kinds,)
