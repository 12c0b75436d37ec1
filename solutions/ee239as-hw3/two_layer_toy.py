"""The notebook's toy net: its gradients by differences, and by complex steps.

The notebook fixes the seeds of NumPy's former generator, so that its numbers can be compared.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
NAMES = ("W1", "b1", "W2", "b2")
LABELS = np.array([0, 1, 2, 2, 1])
SPREAD = 0.1
DIGITS = 40  # of the decimal arithmetic, in which differences lose nothing that matters
TINY = 1e-30  # the complex step, which subtracts nothing
WIDE = 1e-3  # the step of second differences of complex steps


def parameters(inputs: int, width: int, classes: int) -> list[Array]:
    """Weights and biases of the toy net."""
    random = np.random.RandomState(0)
    first = SPREAD * random.randn(width, inputs)
    return [first, np.zeros(width), SPREAD * random.randn(classes, width), np.zeros(classes)]


def images(inputs: int) -> Array:
    """The toy images."""
    return 10 * np.random.RandomState(1).randn(len(LABELS), inputs)


# central differences in decimal arithmetic


def central_differences(start: Sequence[Array], x: Array, reg: float, h: float) -> list[Array]:
    """The gradients of the loss by central differences of width h, all but free of rounding.

    Shapes: those of the parameters.
    """
    with localcontext() as context:
        context.prec = DIGITS
        pixels = [[Decimal(float(entry)) for entry in row] for row in x]
        numbers = [Decimal(float(entry)) for part in start for entry in part.flat]
        step, strength = Decimal(str(h)), Decimal(str(reg))
        slopes = []
        for place, number in enumerate(numbers):
            ends = []
            for moved in (number + step, number - step):
                numbers[place] = moved
                ends.append(_decimal_loss(numbers, pixels, strength, [p.shape for p in start]))
            numbers[place] = number
            slopes.append(float((ends[0] - ends[1]) / (2 * step)))
    cuts = np.cumsum([part.size for part in start])[:-1]
    parts = np.split(np.array(slopes), cuts)
    return [part.reshape(like.shape) for part, like in zip(parts, start, strict=True)]


def _decimal_loss(
    numbers: list[Decimal], x: list[list[Decimal]], reg: Decimal, shapes: list[tuple[int, ...]]
) -> Decimal:
    """The loss by loops."""
    parts = iter(numbers)
    (width, inputs), _, (classes, _), _ = shapes
    w1, (b1,), w2, (b2,) = (
        [[next(parts) for _ in range(columns)] for _ in range(rows)]
        for rows, columns in ((width, inputs), (1, width), (classes, width), (1, classes))
    )
    total = Decimal(0)
    for row, label in zip(x, LABELS, strict=True):
        hidden = [max(s, Decimal(0)) for s in _affine(w1, b1, row)]
        scores = list(_affine(w2, b2, hidden))
        total += sum((score.exp() for score in scores), Decimal(0)).ln() - scores[label]
    squares = sum(number**2 for rows in (w1, w2) for row in rows for number in row)
    return total / len(x) + reg / 2 * squares


def _affine(
    weights: list[list[Decimal]], biases: list[Decimal], inputs: list[Decimal]
) -> Iterator[Decimal]:
    """Scores of one image."""
    for row, bias in zip(weights, biases, strict=True):
        yield sum(map(Decimal.__mul__, row, inputs), bias)


# complex steps


def complex_slopes(
    inputs: int, width: int, classes: int, reg: float, ahead: float = 0.0
) -> dict[str, Array]:
    """The partial derivative of the loss in every entry, at a place `ahead` in that entry."""
    random, again = np.random.RandomState(0), np.random.RandomState(1)
    weights = [
        SPREAD * random.standard_normal(size) for size in ((width, inputs), (classes, width))
    ]
    x = 10 * again.standard_normal((5, inputs))
    start = [weights[0], np.zeros(width), weights[1], np.zeros(classes)]
    slopes = {}
    for name, part in zip(NAMES, start, strict=True):
        slopes[name] = np.zeros(part.shape)
        for place in np.ndindex(*part.shape):
            moved = [other.astype(complex) for other in start]
            moved[NAMES.index(name)][place] += ahead + TINY * 1j
            slopes[name][place] = _complex_loss(moved, x, reg).imag / TINY
    return slopes


def _complex_loss(net: list[Array], x: Array, reg: float) -> complex:
    """The loss for complex parameters."""
    before = np.einsum("hd,nd->nh", net[0], x) + net[1]
    hidden = np.where(before.real > 0, before, 0)
    scores = np.einsum("ch,nh->nc", net[2], hidden) + net[3]
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[range(5), [0, 1, 2, 2, 1]]
    return complex(losses.mean() + reg / 2 * ((net[0] ** 2).sum() + (net[2] ** 2).sum()))


def taylor(
    inputs: int, width: int, classes: int, reg: float, h: float
) -> dict[str, tuple[Array, Array]]:
    """The slopes, and what Taylor's theorem says of central differences of width h.

    A difference exceeds the slope by the third derivative times h squared over six.
    """
    here, right, left = (
        complex_slopes(inputs, width, classes, reg, ahead) for ahead in (0.0, WIDE, -WIDE)
    )
    thirds = {name: (right[name] - 2 * here[name] + left[name]) / WIDE**2 for name in NAMES}
    return {name: (here[name], here[name] + h**2 * thirds[name] / 6) for name in NAMES}
