"""Second routes to the values of problem 3 that are about the toy net."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import two_layer_again as second
import two_layer_toy as toy

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]


def _toy_net(inputs: int, width: int, classes: int) -> tuple[second.Pair, Array]:
    """Weights with columns for the biases, and images as columns, drawn by the same seeds."""
    random, again = np.random.RandomState(0), np.random.RandomState(1)
    parts = [random.normal(0, 0.1, size) for size in ((width, inputs), (classes, width))]
    w1, w2 = (np.hstack([part, np.zeros((len(part), 1))]) for part in parts)
    return (w1, w2), again.normal(0, 10, (5, inputs)).T


def toy_scores_by_loops(toy_inputs: int, toy_width: int, toy_classes: int) -> Array:
    """Loops over images, classes, units and pixels."""
    (w1, w2), columns = _toy_net(toy_inputs, toy_width, toy_classes)
    scores = np.zeros((columns.shape[1], toy_classes))
    for i, c, j in np.ndindex(*scores.shape, toy_width):
        score = math.fsum(w1[j, d] * columns[d, i] for d in range(toy_inputs))
        scores[i, c] += w2[c, j] * max(score, 0.0)
    return scores


def toy_loss_by_columns(toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float) -> float:
    """The second net, in which images are columns and logarithms are fused."""
    net, columns = _toy_net(toy_inputs, toy_width, toy_classes)
    return second.by_columns(net, columns, toy.LABELS, toy_reg)[0]


def toy_gradients_by_autograd(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float
) -> dict[str, Array]:
    """Automatic differentiation of the loss."""
    net, columns = _toy_net(toy_inputs, toy_width, toy_classes)
    g1, g2 = second.by_autograd(net, columns, toy.LABELS, toy_reg)[1]
    return {"W1": g1[:, :-1], "b1": g1[:, -1], "W2": g2[:, :-1], "b2": g2[:, -1]}


def toy_gradients_by_complex_steps(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float
) -> dict[str, Array]:
    """Complex steps of the loss."""
    return toy.complex_slopes(toy_inputs, toy_width, toy_classes, toy_reg)


def entries_by_shapes(toy_inputs: int, toy_width: int, toy_classes: int) -> dict[str, int]:
    """Products of the sizes."""
    counts = {"W1": toy_width * toy_inputs, "b1": toy_width, "W2": toy_classes * toy_width}
    counts["b2"] = toy_classes
    return {**counts, "all": sum(counts.values())}


def largest_by_taylor(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float, toy_step: float
) -> dict[str, float]:
    """Complex steps, and the error term of Taylor's theorem for the differences."""
    found: dict[str, float] = {}
    parts = toy.taylor(toy_inputs, toy_width, toy_classes, toy_reg, toy_step)
    for name, (exact, shifted) in parts.items():
        pairs = zip(exact.ravel().tolist(), shifted.ravel().tolist(), strict=True)
        largest = max(pairs, key=lambda pair: abs(pair[0]))
        found |= {f"analytic_{name}": largest[0], f"numeric_{name}": largest[1]}
    return found


def errors_by_taylor(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float, toy_step: float
) -> list[float]:
    """The error term of Taylor's theorem, with third derivatives from complex steps."""
    parts = toy.taylor(toy_inputs, toy_width, toy_classes, toy_reg, toy_step)
    return [
        max(
            abs(b - a) / max(abs(a) + abs(b), 1e-8) / (toy_step * toy_step)
            for a, b in zip(exact.ravel().tolist(), shifted.ravel().tolist(), strict=True)
        )
        for exact, shifted in parts.values()
    ]


def worst_by_taylor(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float, toy_step: float
) -> float:
    """The same over all gradients, in units of one."""
    found = errors_by_taylor(toy_inputs, toy_width, toy_classes, toy_reg, toy_step)
    return max(found) * toy_step * toy_step


def kink_by_loops(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_step: float
) -> dict[str, float]:
    """Loops over images and units."""
    (w1, _), columns = _toy_net(toy_inputs, toy_width, toy_classes)
    nearest = min(abs(float(row[:-1] @ column)) for row in w1 for column in columns.T)
    largest = max(1.0, *(abs(float(pixel)) for column in columns for pixel in column))
    return {"nearest": nearest, "reach": toy_step * largest}


def toy_rank_by_projections(toy_inputs: int, toy_width: int, toy_classes: int) -> int:
    """Columns that are left, one image after the other, when those before are projected out."""
    (w1, _), columns = _toy_net(toy_inputs, toy_width, toy_classes)
    kept: list[Array] = []
    for column in columns.T:
        left = np.clip(w1[:, :-1] @ column, 0, None)
        for direction in kept:
            left = left - (direction @ left) * direction
        length = math.hypot(*left)
        if length > 1e-9:  # noqa: PLR2004  # what rounding leaves of nothing
            kept.append(left / length)
    return len(kept)


def toy_curve_by_columns(  # noqa: PLR0913, PLR0917
    toy_inputs: int, toy_width: int, toy_classes: int, toy_rate: float, toy_penalty: float,
    decay: float, batch: int, toy_steps: int
) -> Array:  # fmt: skip
    """The second net, with a closed form of the decaying rate."""
    net, columns = _toy_net(toy_inputs, toy_width, toy_classes)
    rates = [toy_rate * decay**step for step in range(toy_steps)]
    return _descended(net, columns, rates, toy_penalty, batch)


def toy_steady_by_columns(  # noqa: PLR0913, PLR0917
    toy_inputs: int, toy_width: int, toy_classes: int, toy_rate: float, toy_penalty: float,
    batch: int, toy_steps: int
) -> float:  # fmt: skip
    """The second net, at one rate."""
    net, columns = _toy_net(toy_inputs, toy_width, toy_classes)
    return float(_descended(net, columns, [toy_rate] * toy_steps, toy_penalty, batch)[-1])


def _descended(
    net: second.Pair, columns: Array, rates: list[float], penalty: float, batch: int
) -> Array:
    """The losses of a descent at given rates."""
    random = np.random.default_rng(0)
    losses = []
    for rate in rates:
        chosen = random.integers(5, size=batch)
        loss, (g1, g2) = second.by_columns(net, columns[:, chosen], toy.LABELS[chosen], penalty)
        net = net[0] - rate * g1, net[1] - rate * g2
        losses.append(loss)
    return np.array(losses)
