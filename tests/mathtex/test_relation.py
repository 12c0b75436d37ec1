from __future__ import annotations

import pytest

from derivatex.mathtex.judge import check
from derivatex.mathtex.vocabulary import Size
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
        "s": Sym("", "sign"),
        "k": Sym("", "integer"),
        "q": Sym("", "unit"),
        "f": Sym(arguments=("",)),
        "d": "",
        r"\mathbf{1}": Sym("n", "ones"),
        "w": "n",
        "K": Sym("n, n", "positive definite"),
    },
    indices={"i": "n", "j": "n"},
    define=(r"g = a^2 c", r"L(u) = \frac{1}{1 + e^{-u}}"),
    given={"d": 2.0},
    values={"dx": (3.14159265, 3.14)},
)

PAIRS = [
    # order
    (r"(a - b)^2 \ge 0", r"(a - b)^2 \le 0", "sign"),
    (r"a b \le \frac{a^2 + b^2}{2}", r"a b \ge \frac{a^2 + b^2}{2}", "sign"),
    (r"|x^\top y| \le \|x\| \|y\|", r"|x^\top y| \ge \|x\| \|y\|", "sign"),
    (r"\|x + y\| < \|x\| + \|y\|", r"\|x + y\| > \|x\| + \|y\|", "sign"),
    (r"0 < q < 1", r"1 < q", "sign"),
    (r"c > 0", r"c < 0", "sign"),
    (r"L(a) < 1, \quad L(a) > 0", r"L(a) > 1", "sign"),
    (r"-1 \le \tanh x_i \le 1", r"\tanh x_i \ge 1", "sign"),
    (r"\|x\|_\infty \le \|x\|_2 \le \|x\|_1", r"\|x\|_1 \le \|x\|_\infty", "sign"),
    (r"\|x\|_1 \le n \|x\|_\infty", r"n \|x\|_1 \le \|x\|_\infty", ""),
    (r"x^\top K x > 0", r"x^\top K x < 0", "sign"),
    (r"a \ne b", r"a \ne a + 0", ""),
    # chains
    (
        r"\|x + y\|^2 = \|x\|^2 + 2 x^\top y + \|y\|^2 \le (\|x\| + \|y\|)^2",
        r"\|x + y\|^2 = \|x\|^2 + x^\top y + \|y\|^2 \le (\|x\| + \|y\|)^2",
        "factor",
    ),
    # sets
    (
        r"W x \in \mathbb{R}^m, \quad W \in \mathbb{R}^{m \times n}",
        r"W \in \mathbb{R}^{n \times m}",
        "shape",
    ),
    (r"x^\top y \in \mathbb{R}", r"x \in \mathbb{R}", "shape"),
    (r"s \in \{-1, 1\}", r"s \in \{0, 1\}", ""),
    (r"k \in \{1, \dots, 5\}", r"k \in \{7, \dots, 9\}", ""),
    (r"q \in (0, 1)", r"q \in [1, 2]", ""),
    (r"q \notin (1, 2)", r"q \notin [0, 1]", ""),
    # decimals
    (r"\pi \approx 3.14", r"\pi \approx 3.15", ""),
    (r"\pi \approx 3.1416", r"\pi \approx 3.1415", ""),
    (r"\sqrt{2} \approx 1.41", r"\sqrt{2} \approx 1.42", ""),
    (r"e \approx 2.72", r"e \approx 2.71", ""),
    (r"d^2 + \val{dx} \approx 7.14", r"d^2 + \val{dx} \approx 7.15", ""),
    (r"\val{dx} = 3.14", r"\val{dx} = 3.1416", ""),
    (r"\val{dx} + d \approx 5.1416", r"\val{dx} + d \approx 5.14", ""),
    (r"\val{dx} \cdot d = 6.28", r"\val{dx} \cdot d = 6.29", ""),
    # definitions
    (r"g \coloneqq a^2 c", r"g \coloneqq a c^2", ""),
]


@pytest.mark.parametrize(("true", "false", "kind"), PAIRS)
def test_relations(true: str, false: str, kind: str) -> None:
    """Each sign of docs/equations.md says what it says there."""
    P.verifies(true)
    if r"\approx 5.14" in false:
        P.verifies(false)  # within half a unit of the last digit
        return
    P.rejects(false, kind)


@pytest.mark.parametrize(
    "tex",
    [
        r"0 = 0",
        r"\sum_{i=1}^{0} x_i = 0",
        r"[i < j][j < i] = 0",
        r"0 \cdot a \ge 0",
        r"a = b \text{ if } c < 0",
        r"|a| = \begin{cases} a & a > 0 \\ -a & a \le 0 \\ 7 & c < 0 \end{cases}",
    ],
)
def test_what_says_nothing_is_vacuous(tex: str) -> None:
    """Zeros on both sides, a condition that never holds, a branch that is never reached."""
    P.rejects(tex, "vacuous")


def test_proportional_to() -> None:
    r"""`\propto` holds where the ratio does not depend on what varies."""
    P.verifies(r"c e^{2 a + b} \propto e^{2 a}", varying="a")
    P.rejects(r"c e^{2 a + b} \propto e^{a}", varying="a")
    P.verifies(r"g \propto a^2", varying="a")
    P.rejects(r"g \propto b", varying="a")
    error = P.refusal(r"a b \propto b")
    assert "as what varies" in error.message
    assert "varying" in error.hint


def test_where_restricts_the_instances() -> None:
    """Only instances for which every condition holds are compared."""
    P.verifies(r"|a| = a", where=("a > 0",))
    P.rejects(r"|a| = -a", "sign", where=("a > 0",))
    P.verifies(r"\max(a, b) = a", where=("a > b", "b > 0"))
    P.rejects(r"a = b", "vacuous", where=("a > 0", "a < 0"))
    P.verifies(r"\operatorname{relu}(x) = x", where=("x > 0",))
    P.verifies(r"W^+ W = (W^\top W)^{-1} W^\top W", where=("m > n",))
    P.rejects(r"W W^+ = (W^\top W)^{-1}", "shape", where=("m > n",))


def test_at_solves_its_equations() -> None:
    """Lines that hold at a solution only are checked there, and nowhere else."""
    P.verifies(r"w = A^{-1} y", at={"w": "A w = y"})
    P.rejects(r"w = A y", at={"w": "A w = y"})
    P.rejects(r"w = A^{-1} y")
    P.verifies(r"a^3 + a - c = 0", at={"a": "a^3 + a = c"})
    P.verifies(r"y^\top A w = y^\top y", at={"w": "A w = y"})
    P.verifies(r"a + b = c, \quad a - b = 2 c", at={"a": "a + b = c", "b": "a - b = 2 c"})
    P.rejects(r"a = b", "vacuous", at={"a": "a^2 = -1"})
    P.verifies(
        r"\frac{\partial}{\partial w} \|A w - y\|^2 = 0 w", at={"w": r"A^\top A w = A^\top y"}
    )
    P.rejects(r"\frac{\partial}{\partial w} \|A w - y\|^2 = w", at={"w": r"A^\top A w = A^\top y"})


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            r"|a| = \begin{cases} a & \text{if } a > 0 \\ -a & \text{otherwise} \end{cases}",
            r"|a| = \begin{cases} -a & \text{if } a > 0 \\ a & \text{otherwise} \end{cases}",
        ),
        (
            r"\max(a, b) = \begin{cases} a & a \ge b \\ b & a < b \end{cases}",
            r"\max(a, b) = \begin{cases} b & a \ge b \\ a & a < b \end{cases}",
        ),
        (
            r"|a| = \begin{cases} a & \text{if } a \ge 0 \\ -a & \text{if } a \le 0 \end{cases}",
            r"|a| = \begin{cases} a & \text{if } a > -1 \\ -a & \text{if } a < 1 \end{cases}",
        ),
        (
            r"[i = j] = \begin{cases} 1 & \text{if } i = j \\ 0 & \text{if } i \ne j \end{cases}",
            r"[i = j] = \begin{cases} 1 & \text{if } i < j \\ 0 & \text{otherwise} \end{cases}",
        ),
        (
            (
                r"\operatorname{sign}(a) = \begin{cases} 1 & a > 0 \\ 0 & a = 0 \\ -1 & a < 0 "
                r"\end{cases}"
            ),
            (
                r"\operatorname{sign}(a) = \begin{cases} 1 & a > 0 \\ 2 & a = 0 \\ -1 & a < 0 "
                r"\end{cases}"
            ),
        ),
        (
            (
                r"[0 < a < 1] = \begin{cases} 1 & \text{if } a > 0 \text{ and } a < 1 \\ 0 & "
                r"\text{otherwise} \end{cases}"
            ),
            r"[0 < a < 1] = \begin{cases} 0 & \text{if } a > 0 \\ 1 & \text{otherwise} \end{cases}",
        ),
    ],
)
def test_cases(true: str, false: str) -> None:
    """Every branch is reached, zeros included, and branches that overlap agree."""
    P.verifies(true)
    P.rejects(false)


def test_cases_that_leave_a_gap_are_undefined() -> None:
    """Where no branch applies there is no value."""
    P.rejects(r"|a| = \begin{cases} a & a > 1 \\ -a & a < -1 \end{cases}", "nan")


def test_every_value_of_a_free_index_counts() -> None:
    """An error at one value of an index, its first or its last, is found."""
    P.rejects(r"x_i = x_i [i < n]", "boundary")
    P.rejects(r"x_i = x_i [i > 1]", "boundary")
    P.verifies(r"x_i = x_i [i > 0]")
    P.verifies(r"A_{ij} - A_{ij} [i = j] = A_{ij} [i \ne j]")


def test_index_ranges_agree() -> None:
    """An index in two places of different sizes is an error of shape."""
    bare = P.but(indices={})
    error = bare.refusal(r"\sum_r W_{rr} = a")
    assert "runs over" in error.message
    assert error.kind == "shape"
    bare.verifies(r"\sum_r W_{rj} x_j = \sum_r x_j W_{rj}, \quad j = 1, \dots, n")
    error = bare.refusal(r"\sum_r a = b")
    assert "over what does `r` run" in error.message


def test_an_error_is_measured() -> None:
    """A result says how far the sides were apart, on how many draws, and where they differ."""
    (_, _, result), *_ = P.results(r"(a + b)^2 = a^2 + 2 a b + b^2")
    assert result.passed
    assert result.draws >= 5
    assert 0 <= result.error < 1e-9
    (_, _, result), *_ = P.results(r"x_i = x_i + [i = 2]")
    assert result.place is not None
    assert dict(result.place.letters) == {"i": 2}
    assert result.place.right is not None
    assert result.place.left is not None
    assert result.place.right - result.place.left == pytest.approx(1)


def test_an_error_of_zeros_is_measured_by_what_they_are_made_of() -> None:
    """Where both sides are zero up to rounding, the error is relative to the terms on the way."""
    (_, _, result), *_ = P.results(r"3 a \cdot 0.1 - 0.3 a = 0")
    assert result.passed
    assert result.error < 1e-12


def test_a_derivative_is_counted_as_confirmed() -> None:
    """Each first derivative was taken a second way."""
    (_, _, result), *_ = P.results(r"\nabla_x (x^\top A x) = (A + A^\top) x")
    assert result.confirmations >= result.draws


def test_a_product_that_cancels_says_something() -> None:
    """A product of arrays that is zero because its terms cancel is no empty statement."""
    problem = P.but(define=(r"v = y - \frac{x^\top y}{x^\top x} x",))
    for tex in (r"x^\top v = 0", r"\langle x, v \rangle = 0", r"\operatorname{tr}(x v^\top) = 0"):
        problem.verifies(tex)


MANY = Problem(
    {"T": "n, n, n, n", "a": ""},
    dims={"n": Size(fixed=6)},
    indices={"i": "n", "j": "n", "k": "n", "l": "n"},
)


@pytest.mark.parametrize(
    "place", ["i = 1", "i = n", "i = j = k = l", "i = 1 < n = l", "i < j", "i + j + k + l = 2 n"]
)
def test_of_many_places_some_are_compared(place: str) -> None:
    """Of 1296 places the corners, the diagonal and others are compared, so none of these hides."""
    wrong = rf"T_{{ijkl}} = T_{{ijkl}} + a [{place}]".replace("i = j = k = l", "i = j] [k = l")
    MANY.rejects(wrong.replace("1 < n = l", "1] [l = n"))
    MANY.verifies(r"T_{ijkl} + a = a + T_{ijkl}")


def test_a_range_that_depends_on_another() -> None:
    """Indices below one another are all met, and fail where one of them is wrong."""
    below = Problem({"A": "n, n"}, indices={"i": "n", "j": "i"})
    below.verifies(r"A_{ij} [j \le i] = A_{ij}, \quad j \in \{1, \dots, i\}")
    below.rejects(r"A_{ij} [j < i] = A_{ij}, \quad j \in \{1, \dots, i\}")


@pytest.mark.parametrize("seed", range(6))
def test_an_equivalence_is_drawn_until_both_truths_occur(seed: int) -> None:
    """A statement that is seldom false is judged where it is; one that never is says nothing."""
    session = P.session(seed)
    right, empty = P.relations(
        r"(1 - a)^2 < 1 &\iff a (2 - a) > 0, \\ a^2 \ge 0 &\iff c > 0", session
    )
    assert check(right, session).passed
    assert check(empty, session).failure == "vacuous"
