"""The nets of `general` again, for second routes: other parameters, gradients by autograd.

A net is a stack of one matrix for each layer; its last row is the bias.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad, value_and_grad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Stack: TypeAlias = list[Array]
Pair: TypeAlias = tuple[Array, Array]
TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better


def launched(widths: Sequence[int], scale: float, random: np.random.Generator) -> Stack:
    """Normal weights over a row of zeros."""
    return [
        np.vstack([random.normal(0, scale * (2 / below) ** 0.5, (below, above)), np.zeros(above)])
        for below, above in itertools.pairwise(widths)
    ]


def outputs(stack: Stack, rows: Array) -> Array:
    """Scores, for real and for complex numbers; each row gets a one for the bias."""
    ones = anp.ones((len(rows), 1))
    for layer, matrix in enumerate(stack):
        positive = rows * (anp.real(rows) > 0) if layer else rows
        rows = anp.dot(anp.concatenate([positive, ones], axis=1), matrix)
    return rows


def cost(stack: Stack, rows: Array, marks: Array, strength: float) -> Any:  # noqa: ANN401
    """The loss from the logarithm of the sum of powers; `marks` has a one for each class."""
    found = outputs(stack, rows)
    top = anp.max(anp.real(found), axis=1)
    logarithms = anp.log(anp.sum(anp.exp(found - top[:, None]), axis=1)) + top
    data = anp.sum(logarithms - anp.sum(found * marks, axis=1)) / len(rows)
    if not strength:
        return data
    return data + strength / 2 * sum(anp.sum(matrix[:-1] ** 2) for matrix in stack)


def slopes(stack: Stack, rows: Array, labels: Array, strength: float) -> Stack:
    """Gradients by automatic differentiation."""
    marks = np.eye(stack[-1].shape[1])[labels]
    return [np.asarray(slope) for slope in grad(cost)(stack, rows, marks, strength)]


def by_complex_steps(function: Callable[[Array], Any], at: Array) -> Array:
    """The gradient of a function of an array, entry by entry."""
    found = np.zeros(at.shape)
    for place in np.ndindex(*at.shape):
        moved = at.astype(complex)
        moved[place] += TINY * 1j
        found[place] = function(moved).imag / TINY
    return found


def stack_by_complex_steps(stack: Stack, rows: Array, labels: Array, strength: float) -> Stack:
    """Gradients by complex steps."""
    marks = np.eye(stack[-1].shape[1])[labels]

    def one(layer: int) -> Callable[[Array], Any]:
        def function(matrix: Array) -> Any:  # noqa: ANN401
            return cost([*stack[:layer], matrix, *stack[layer + 1 :]], rows, marks, strength)

        return function

    return [by_complex_steps(one(layer), matrix) for layer, matrix in enumerate(stack)]


def agreement(ours: Array, theirs: Array, most: int) -> int:
    """Decimals to which two arrays agree, relative to the largest entry."""
    apart = float(abs(ours - theirs).max() / abs(theirs).max())
    return int(most) if apart == 0 else min(int(most), math.floor(-math.log10(apart)))


def hits(stack: Stack, rows: Array, labels: Array) -> int:
    """Images whose score is largest at their class, counted one by one."""
    found = outputs(stack, rows)
    return sum(
        int(max(range(len(row)), key=row.__getitem__)) == int(y)
        for row, y in zip(found, labels, strict=True)
    )


def descended(
    stack: Stack,
    data: Pair,
    plan: Sequence[float],
    random: np.random.Generator,
    watched: Iterable[Pair] = (),
) -> tuple[Stack, list[float], list[list[float]]]:
    """Descent on the data term with shrinking weights, which is descent on the loss.

    The plan holds steps, batch, period, decay, rate, strength and divisor.
    """
    steps, batch, period, decay, rate, strength, divisor = plan
    stack = [matrix.copy() for matrix in stack]
    kinds = stack[-1].shape[1]
    losses, seen = [], []
    for step in range(1, int(steps) + 1):
        chosen = random.integers(0, len(data[1]), int(batch))
        rows = np.array(data[0][chosen], dtype=float) / divisor
        marks = np.eye(kinds)[data[1][chosen]]
        loss, moved = value_and_grad(cost)(stack, rows, marks, 0.0)
        squares = sum(float(np.vdot(matrix[:-1], matrix[:-1])) for matrix in stack)
        losses.append(float(loss) + strength * squares / 2)
        for matrix, slope in zip(stack, moved, strict=True):
            matrix[:-1] *= 1 - rate * strength
            np.subtract(matrix, rate * slope, out=matrix)
        if step % int(period) == 0:
            rate *= decay
            found = [hits(stack, np.array(x, float) / divisor, y) / len(y) for x, y in watched]
            seen.append(found)
    return stack, losses, seen
