"""Second routes to the checks of problem 4: loops, automatic differentiation, and complex steps."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from general_again import (
    agreement,
    by_complex_steps,
    launched,
    outputs,
    slopes,
    stack_by_complex_steps,
)
from general_data import CLASSES, PIXELS, TRAINING

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Stack: TypeAlias = list[Array]
NAMES = ("Z", "X", "W", "b", "H", "R")


# layers


def raw(sizes: Array) -> tuple[Array, ...]:
    """The random batch, drawn one by one."""
    random = np.random.Generator(np.random.PCG64(0))
    N, D, M = sizes.astype(int).tolist()  # noqa: N806

    def block(rows: int, columns: int) -> Array:
        return np.array([[random.normal() for _ in range(columns)] for _ in range(rows)])

    return block(N, D), block(D, M), block(1, M)[0], block(N, M)


def by_sums(sizes: Array) -> dict[str, Array]:
    """Forward and backward by sums over indices."""
    x, W, b, G = raw(sizes)  # noqa: N806
    Z = np.einsum("nd,dm->nm", x, W) + np.outer(np.ones(len(x)), b)  # noqa: N806
    parts = (Z, np.einsum("nm,dm->nd", G, W), np.einsum("nd,nm->dm", x, G), np.ones(len(x)) @ G)
    positive = np.heaviside(Z, 0)
    return dict(zip(NAMES, (*parts, Z * positive, G * positive), strict=True))


def layer_norms(sizes: Array) -> dict[str, float]:
    """Sums over indices, and squares added one by one."""
    parts = {**by_sums(sizes), "G": raw(sizes)[3]}.items()
    return {name: math.sqrt(math.fsum((part**2).ravel())) for name, part in parts}


def layer_agreement(sizes: Array, most: int) -> dict[str, int]:
    """Sums over indices against products and complex steps."""
    x, W, b, G = raw(sizes)  # noqa: N806
    found = by_sums(sizes)
    other = {
        "Z": np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([W, b]),
        "X": by_complex_steps(lambda moved: (G * (moved @ W + b)).sum(), x),
        "W": by_complex_steps(lambda moved: (G * (x @ moved + b)).sum(), W),
        "b": by_complex_steps(lambda moved: (G * (x @ W + moved)).sum(), b),
        "H": (found["Z"] + np.abs(found["Z"])) / 2,
        "R": by_complex_steps(lambda z: (G * z * (z.real > 0)).sum(), found["Z"]),
    }
    return {name: agreement(found[name], other[name], most) for name in NAMES}


def kinks_by_branches(points: Array) -> dict[str, Array]:
    """The branches of the difference quotient, in multiples of its step."""
    found = [0.0 if t <= -1 else 1.0 if t >= 1 else (t + 1) / 2 for t in points]
    return {"slope": np.array([1.0 if t > 0 else 0.0 for t in points]), "quotient": np.array(found)}


# nets against automatic differentiation and complex steps


def stack_of(widths: list[int], images: int) -> tuple[Stack, Array, Array]:
    """The random net, inputs and classes, as stacked matrices."""
    random = np.random.Generator(np.random.PCG64(0))
    stack = launched(widths, 1.0, random)
    for matrix in stack:
        matrix[-1] = random.normal(0, 1, matrix.shape[1])
    rows = random.normal(0, 1, (images, widths[0]))
    return stack, rows, random.integers(0, widths[-1], images)


def widths_of(deep_sizes: Array, depth: float) -> tuple[list[int], int]:
    """Widths and number of images of a checked net."""
    images, pixels, classes, *hidden = deep_sizes.astype(int).tolist()
    return [pixels, *hidden[: int(depth) - 1], classes], images


def toy_by_autograd(toy_sizes: Array, check: float) -> dict[str, float]:
    """Automatic differentiation of the logarithm of the sum of powers."""
    images, *widths = toy_sizes.astype(int).tolist()
    stack, rows, labels = stack_of(widths, images)
    found = {}
    for name, strength in (("plain", 0.0), ("regular", check)):
        found[f"{name}_loss"] = costed(stack, rows, labels, strength)
        for number, slope in enumerate(slopes(stack, rows, labels, strength), start=1):
            found[f"{name}_W{number}"] = math.sqrt(math.fsum((slope[:-1] ** 2).ravel()))
            found[f"{name}_b{number}"] = math.sqrt(math.fsum(slope[-1] ** 2))
    return found


def costed(stack: Stack, rows: Array, labels: Array, strength: float) -> float:
    """The loss, image by image."""
    losses = []
    for found, label in zip(outputs(stack, rows), labels, strict=True):
        powers = [math.exp(score) for score in found]
        losses.append(-math.log(powers[label] / math.fsum(powers)))
    squares = math.fsum(entry**2 for matrix in stack for entry in matrix[:-1].ravel())
    return math.fsum(losses) / len(losses) + strength * squares / 2


def agreeing(stack: Stack, rows: Array, labels: Array, strength: float, most: int) -> list[int]:
    """Decimals for W and b of each layer: automatic differentiation against complex steps."""
    ours = slopes(stack, rows, labels, strength)
    theirs = stack_by_complex_steps(stack, rows, labels, strength)
    pairs = zip(ours, theirs, strict=True)
    return [
        agreement(one[part], two[part], most) for one, two in pairs for part in (np.s_[:-1], -1)
    ]


def toy_agreement(toy_sizes: Array, check: float, most: int) -> dict[str, int]:
    """Automatic differentiation against complex steps."""
    images, *widths = toy_sizes.astype(int).tolist()
    stack, rows, labels = stack_of(widths, images)
    found: dict[str, int] = {}
    for name, strength in (("plain", 0.0), ("regular", check)):
        keys = (f"{name}_W1", f"{name}_b1", f"{name}_W2", f"{name}_b2")
        places = agreeing(stack, rows, labels, strength, most)
        found |= dict(zip(keys, places, strict=True))
    return found


def deep_by_autograd(deep_sizes: Array, depths: Array, check: float) -> dict[str, float]:
    """Losses image by image."""
    found: dict[str, float] = {}
    for depth in depths.astype(int).tolist():
        case = stack_of(*widths_of(deep_sizes, depth))
        found |= {f"plain{depth}": costed(*case, 0.0), f"regular{depth}": costed(*case, check)}
    return found


def deep_agreement(deep_sizes: Array, depths: Array, check: float, most: int) -> dict[str, int]:
    """Automatic differentiation against complex steps."""
    found = {}
    for depth in depths.astype(int).tolist():
        case = stack_of(*widths_of(deep_sizes, depth))
        for name, strength in (("plain", 0.0), ("regular", check)):
            found[f"{name}{depth}"] = min(agreeing(*case, strength, most))
    return found


def parameters_by_arrays(
    deep_sizes: Array, depths: Array, hidden: int, tiny: Array
) -> dict[str, int]:
    """Entries of the arrays counted."""
    cases = {f"L{depth:.0f}": widths_of(deep_sizes, depth)[0] for depth in depths}
    cases["trained"] = [PIXELS, int(hidden), CLASSES]
    cases["small"] = [PIXELS, *[int(tiny[1])] * 2, CLASSES]
    random = np.random.Generator(np.random.PCG64(0))
    return {
        name: sum(matrix.size for matrix in launched(widths, 1.0, random))
        for name, widths in cases.items()
    }


def margin_by_stacks(toy_sizes: Array, deep_sizes: Array, depths: Array) -> float:
    """The same inputs, from stacked matrices."""
    images, *widths = toy_sizes.astype(int).tolist()
    cases = [(widths, images), *(widths_of(deep_sizes, depth) for depth in depths)]
    least = math.inf
    for case in cases:
        stack, rows, _ = stack_of(*case)
        for end in range(1, len(stack)):
            least = min(least, *(abs(entry) for entry in outputs(stack[:end], rows).ravel()))
    return least


def initial_by_stacks(spread: float, depths: Array, opening: Array) -> dict[str, float]:
    """The excess by series: the logarithm of the mean power, less the score of the class."""
    images, wide = opening[:2].astype(int).tolist()
    rows, labels = np.array(TRAINING[0][:images], float) / spread, TRAINING[1][:images]
    found = {}
    for depth in depths.astype(int).tolist():
        widths = [PIXELS, *[wide] * (depth - 1), CLASSES]
        stack = launched(widths, float(opening[2]), np.random.Generator(np.random.PCG64(0)))
        made = outputs(stack, rows)
        excess = [
            math.log1p(math.fsum(map(math.expm1, row - row[label])) / CLASSES)
            for row, label in zip(made, labels, strict=True)
        ]
        found[f"excess{depth}"] = math.fsum(excess) / len(excess)
        found[f"bound{depth}"] = 2 * max(made.max(), -made.min())
    return found


def level_by_series() -> float:
    """Twice the series of the inverse hyperbolic tangent."""
    ratio = (CLASSES - 1) / (CLASSES + 1)
    return math.fsum(2 * ratio**power / power for power in range(1, 2000, 2))
