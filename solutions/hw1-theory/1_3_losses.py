"""Losses of three linear units: path integrals of their update, profiles, and descents."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]

STEP = 1e-4  # of differences of fourth order
MARGIN = np.linspace(-3.0, 3.0, 122)  # margins that are drawn; none of them is zero
NAMES = {"perceptron": "Perceptron", "adaline": "Adaline", "logistic": "Logistic regression"}
LINES = {"perceptron": ("#C06014", "--"), "adaline": ("black", ":"), "logistic": ("#0B5394", "-")}


# second routes


def score_by_loop(x: Array, w: Array, b: float) -> float:
    """Products added one by one."""
    return math.fsum([b, *(float(p) * float(q) for p, q in zip(w, x, strict=True))])


def along_the_ray(x: Array, w: Array, b: float, y: float) -> Array:
    """Gauss--Legendre quadrature on the straight line."""
    return _along([(np.zeros_like(w), 0.0), (w, b)], x, y)


def along_the_axes(x: Array, w: Array, b: float, y: float) -> Array:
    """The same along the axes, one after the other."""
    corners = [(np.zeros_like(w), 0.0), (np.zeros_like(w), b)]
    corners += [(np.where(np.arange(w.size) <= k, w, 0.0), b) for k in range(w.size)]
    return _along(corners, x, y)


def _along(corners: list[tuple[Array, float]], x: Array, y: float) -> Array:
    """Integrate the negative update over a polygon; a leg is cut where the score changes sign."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    total = np.zeros(3)
    for (w0, b0), (w1, b1) in pairwise(corners):
        first, last = float(w0 @ x) + b0, float(w1 @ x) + b1
        cuts = [0.0, first / (first - last), 1.0] if first * last < 0 else [0.0, 1.0]
        for low, high in pairwise(cuts):
            for node, weight in zip(nodes, weights, strict=True):
                share = low + (high - low) * (node + 1) / 2
                w, b = w0 + share * (w1 - w0), b0 + share * (b1 - b0)
                at = float(b + x @ w)
                errors = np.array([math.copysign(1.0, at), at, math.tanh(at)]) - y
                slopes = errors * float(x @ (w1 - w0)) + errors * (b1 - b0)
                total += slopes * weight * (high - low) / 2
    return total


def profiles_by_margins() -> dict[str, Array]:
    """Losses as functions of the margin, and their differences."""
    made = {}
    for name, loss in MARGIN_LOSSES.items():
        made[name] = np.array([loss(float(m)) for m in MARGIN])
        made[f"{name}_slope"] = np.array([_slope(loss, float(m)) for m in MARGIN])
    return made


def _slope(function: Callable[[float], float], at: float) -> float:
    """Central difference of fourth order."""
    near, far = (
        (function(at + n * STEP) - function(at - n * STEP)) / (2 * n * STEP) for n in (1, 2)
    )
    return (4 * near - far) / 3


MARGIN_LOSSES: dict[str, Callable[[float], float]] = {  # for labels -1 and 1
    "perceptron": lambda m: 2 * max(0.0, -m),
    "adaline": lambda m: (1 - m) ** 2 / 2,
    "logistic": lambda m: math.log1p(math.exp(-2 * m)),
    "printed": lambda m: -2 * math.log1p(math.exp(-m)),
}


def descents_by_differences(
    w: Array, b: float, eta: float, examples: float, rounds: float
) -> dict[str, Array]:
    """Steps against central differences of the losses, as functions of the margin."""
    rng = np.random.default_rng(0)
    labels = np.where(np.arange(int(examples)) % 2 == 0, 1.0, -1.0)
    inputs = rng.normal(size=(int(examples), 2)) + labels[:, None] * np.array([1.0, 0.5])
    made = {}
    for name, loss in MARGIN_LOSSES.items():
        ones = np.full((labels.size, 1), 0.0 if name == "printed" else 1.0)  # printed: no bias
        rows = labels[:, None] * np.hstack([inputs, ones])  # margins are rows @ point
        sides = labels[:, None] * np.hstack([inputs, np.ones_like(ones)])
        points = [np.array([*w, b])]
        for k in list(range(labels.size)) * int(rounds):
            points.append(points[-1] - eta * _gradient(loss, rows[k], points[-1]))
        ends = [points[0], points[-1]]
        means = [math.fsum(loss(float(m)) for m in rows @ end) / labels.size for end in ends]
        wrong = [int(np.sum(sides @ end <= 0)) for end in ends]
        made[name] = np.array([means[0], wrong[0], means[1], wrong[1], *ends[1]])
    return made


def _gradient(loss: Callable[[float], float], row: Array, point: Array) -> Array:
    """Differences of the loss in every coordinate of the point."""

    def moved(k: int) -> Callable[[float], float]:
        return lambda t: loss(float(row @ point + t * row[k]))

    return np.array([_slope(moved(k), 0.0) for k in range(point.size)])


# what the report prints


@value(route=score_by_loop, digits=4)
def score(x: Array, w: Array, b: float) -> float:
    """Score of the given example."""
    return float(w @ x + b)


@value(route=(along_the_ray, along_the_axes), digits=4)
def potential(score: float, y: float) -> Array:
    """Rise of the three losses from the origin to $(w, b)$, by their closed forms."""
    return np.array(
        [
            abs(score) - y * score,
            (y - score) ** 2 / 2 - y**2 / 2,
            math.log(math.cosh(score)) - y * score,
        ]
    )


@value(route=profiles_by_margins, digits=4, tolerance=1e-8)
def profiles() -> dict[str, Array]:
    r"""Losses for $y = 1$ with their slopes $\tilde y - y$, where the figure draws them."""
    s = MARGIN
    return {
        "perceptron": np.abs(s) - s,
        "perceptron_slope": np.sign(s) - 1,
        "adaline": s * s / 2 - s + 0.5,
        "adaline_slope": s - 1,
        "logistic": np.log(np.cosh(s)) - s + math.log(2),
        "logistic_slope": np.tanh(s) - 1,
    }


@value(route=descents_by_differences, digits=4, tolerance=1e-8)
def descents(w: Array, b: float, eta: float, examples: float, rounds: float) -> dict[str, Array]:
    """Mean loss and misclassified examples, before and after; final weights and bias.

    By the update; for the printed loss by its derivative.
    """
    rng = np.random.default_rng(0)
    y = np.array([1.0, -1.0] * int(examples))[: int(examples)]
    x = rng.normal(size=(y.size, 2)) + np.outer(y, [1.0, 0.5])
    outputs: dict[str, Callable[[float], float]] = {
        "perceptron": lambda s: float(np.sign(s)), "adaline": float, "logistic": math.tanh,
    }  # fmt: skip
    made = {}
    for name in (*outputs, "printed"):
        weights, bias = w.copy(), b
        before = summary(name, weights, bias, x, y)
        for _ in range(int(rounds)):
            for example, target in zip(x, y, strict=True):
                if name == "printed":
                    push = -2 * target / (1 + math.exp(target * float(weights @ example)))
                else:
                    push = target - outputs[name](float(weights @ example) + bias)
                    bias += eta * push
                weights = weights + eta * push * example
        after = summary(name, weights, bias, x, y)
        made[name] = np.array([*before, *after, *weights, bias])
    return made


def summary(name: str, weights: Array, bias: float, x: Array, y: Array) -> tuple[float, float]:
    """Mean loss and number of misclassified examples.

    Shapes: weights (2), x (N, 2), y (N).
    """
    s = x @ weights + bias
    losses = {
        "perceptron": np.abs(s) - y * s,
        "adaline": (y - s) ** 2 / 2,
        "logistic": np.log(np.cosh(s)) - y * s + math.log(2),
        "printed": -2 * np.log(1 + np.exp(-y * (x @ weights))),
    }
    return float(losses[name].mean()), float(np.count_nonzero(np.sign(s) != y))


@table
def paths() -> TableRows:
    """Each algorithm: output, antiderivative, rise of the loss."""
    psi = [
        (r"$\operatorname{sign}(s)$", "$|s|$"),
        ("$s$", r"$\frac12 s^2$"),
        (r"$\tanh(s)$", r"$\log\cosh s$"),
    ]
    rows = [
        [title, *psi[k], rf"\val{{potential[{k + 1}]}}"] for k, title in enumerate(NAMES.values())
    ]
    head = ["Algorithm", r"Output $\tilde y$", r"$\Psi(s)$", "$L(w, b) - L(0, 0)$"]
    return TableRows("llld", head, rows)


@table
def runs() -> TableRows:
    """Each algorithm: mean loss and misclassified examples, before and after."""
    names = {**NAMES, "printed": "Loss printed by the source"}
    rows = [
        [title, *(rf"\val{{descents.{name}[{k}]}}" for k in (1, 3, 2, 4))]
        for name, title in names.items()
    ]
    head = ["Algorithm", "Loss before", "after", "Misclassified before", "after"]
    return TableRows("ldddd", head, rows)


@figure
def losses(profiles: Mapping[str, Array]) -> Figure:
    """Losses and slopes against the margin."""
    made = Figure(figsize=(6.2, 2.6))
    left, right = made.subplots(1, 2)
    for name, (colour, line) in LINES.items():
        left.plot(MARGIN, profiles[name], color=colour, ls=line, label=NAMES[name])
        _sides(right, profiles[f"{name}_slope"], colour, line)
    ends = profiles["perceptron_slope"][[0, -1]]
    right.plot([0.0, 0.0], ends, "o", color=LINES["perceptron"][0], mfc="white", ms=4)
    left.set(xlim=(-3, 3), ylim=(-0.2, 6.2), xlabel="margin $ys$", ylabel="loss")
    right.set(xlim=(-3, 3), ylim=(-4.2, 2.2), xlabel="margin $ys$", ylabel="slope of the loss")
    left.legend(loc="upper right")
    return made


def _sides(axis: Axes, slopes: Array, colour: str, line: str) -> None:
    """A curve in two pieces, which are not joined at zero."""
    for side in (MARGIN < 0, MARGIN > 0):
        axis.plot(MARGIN[side], slopes[side], color=colour, ls=line)
