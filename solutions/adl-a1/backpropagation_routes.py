"""Second routes of problem 1: other draws, other arithmetic, other derivatives."""

from __future__ import annotations

import cmath
import gzip
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import pairwise
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Theta: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.complex128]] | Array

TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better


def plan_one_by_one() -> dict[str, Array]:
    """The same draws, one at a time."""
    random = np.random.Generator(np.random.PCG64(0))
    made = {}
    for name in "abcdefgh":
        depth = int(random.integers(1, 7))
        batch = int(random.integers(2, 6))
        penalty = int(random.integers(1, 10)) / 10
        widths = [int(random.integers(2, 8)) for _ in range(depth + 1)]
        if name == "e":
            widths = widths[:2]
        elif name == "f":
            penalty = 0.0
        elif name == "g":
            batch = 1
        elif name == "h":
            widths = [widths[0]] * len(widths)
        made[name] = np.array([batch, penalty, *widths], dtype=float)
    return made


def stock_one_by_one(plan: Arrays) -> dict[str, Array]:
    """The same draws, one at a time."""
    random = np.random.Generator(np.random.PCG64(1))
    made: dict[str, Array] = {}
    for name, (batch, _, *widths) in plan.items():
        count = sum(int(above) * (int(below) + 1) for below, above in pairwise(widths))
        made[name + "_theta"] = np.array([random.normal() for _ in range(count)])
        x = [[random.normal() for _ in range(int(batch))] for _ in range(int(widths[0]))]
        t = [[random.exponential() for _ in range(int(batch))] for _ in range(int(widths[-1]))]
        made[name + "_x"] = np.array(x)
        totals = [sum(column) for column in zip(*t, strict=True)]
        made[name + "_t"] = np.array(
            [[entry / total for entry, total in zip(row, totals, strict=True)] for row in t]
        )
    return made


def _layers(theta: Theta, widths: list[int]) -> Iterator[tuple[list[list[Any]], list[Any]]]:
    """Weights and biases, layer by layer, as lists of numbers."""
    numbers = iter(theta)
    for below, above in pairwise(widths):
        matrix = [[next(numbers) for _ in range(below)] for _ in range(above)]
        yield matrix, [next(numbers) for _ in range(above)]


def _bend(u: complex, place: int) -> complex:
    """The function of a hidden layer, real or complex."""
    if place % 3 == 2:  # noqa: PLR2004
        return u if u.real > 0 else 0
    return cmath.tanh(u) if place % 3 == 0 else 1 / (1 + cmath.exp(-u))


def _data_loss(theta: Theta, widths: list[int], x: Array, t: Array) -> complex:
    """The cross-entropies alone, number by number, real or complex."""
    layers, total = list(_layers(theta, widths)), 0j
    for i in range(x.shape[1]):
        h: list[complex] = [complex(number) for number in x[:, i]]
        for place, (matrix, bias) in enumerate(layers):
            z = [
                sum(w * v for w, v in zip(row, h, strict=True)) + b
                for row, b in zip(matrix, bias, strict=True)
            ]
            h = [_bend(u, place) for u in z]
        norm = cmath.log(sum(cmath.exp(u) for u in z))
        total -= sum(w * (u - norm) for w, u in zip(t[:, i], z, strict=True))
    return total


def _by_examples(
    theta: Array, widths: list[int], x: Array, t: Array, wrong: str
) -> list[tuple[Array, Array]]:
    """Gradients of the cross-entropies, example by example, with a planted error."""
    layers = [(np.array(matrix), np.array(bias)) for matrix, bias in _layers(theta, widths)]
    made = [(np.zeros_like(matrix), np.zeros_like(bias)) for matrix, bias in layers]
    for i in range(x.shape[1]):
        inputs, slopes, h = [], [], x[:, i]
        for place, (matrix, bias) in enumerate(layers):
            inputs.append(h)
            z = matrix @ h + bias
            h = np.array([_bend(complex(u), place).real for u in z])
            relu = np.heaviside(z, 0.0)
            slopes.append((1 - h * h, h * (1 - h), relu)[place % 3])
        y = np.exp(z) / np.exp(z).sum()
        delta = t[:, i] * (y - 1) if wrong == "diagonal" else y - t[:, i]
        for place in range(len(layers) - 1, -1, -1):
            made[place][0][:] += np.outer(delta, inputs[place])
            made[place][1][:] += delta
            if place:
                matrix = layers[place][0]
                back = matrix @ delta if wrong == "straight" else delta @ matrix
                delta = back * slopes[place - 1]
    return made


def decimals_by_examples(plan: Arrays, stock: Arrays, cap: float) -> dict[str, int]:
    """Example by example, against complex steps of the loss."""
    made = {}
    for name, (batch, lam, *rest) in plan.items():
        widths = [int(width) for width in rest]
        theta, x, t = (stock[f"{name}_{kind}"] for kind in ("theta", "x", "t"))
        steps = 1j * TINY * np.eye(len(theta))
        slopes = np.array([_data_loss(theta + it, widths, x, t).imag / TINY for it in steps])
        pairs = [(np.array(matrix), np.array(bias)) for matrix, bias in _layers(theta, widths)]
        decay = np.concatenate([np.append(2 * w.ravel(), 0 * b) for w, b in pairs])
        for wrong in ("right", "half", "each", "diagonal", "straight"):
            if wrong == "straight" and len(set(widths)) > 1:
                continue
            weight = {"half": lam / 2, "each": lam * batch}.get(wrong, lam)
            parts = _by_examples(theta, widths, x, t, wrong)
            ours = np.concatenate([np.append(w.ravel(), b) for w, b in parts]) + weight * decay
            gap = max(abs(it) for it in ours - slopes - lam * decay)
            made[f"{name}_{wrong}"] = sum(gap < 0.5 * 0.1**d for d in range(1, int(cap) + 1))
    return made


def kink_by_quotients() -> dict[str, float]:
    """Quotients of differences on each side, and their mean."""
    ends = {side: (abs(side) + side) / 2 for side in (-1.0, 0.0, 1.0)}
    left, right = ends[0.0] - ends[-1.0], ends[1.0] - ends[0.0]
    return {"ours": left * right, "automatic": (left + right) / 2}


def _pixels() -> tuple[Array, Array]:
    """The digits from the file of the package: pixels between 0 and 1, and classes."""
    packed = files("sklearn.datasets.data").joinpath("digits.csv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().split()
    numbers = np.array([[float(entry) for entry in line.split(",")] for line in lines])
    return numbers[:, :-1] / 16, numbers[:, -1]


def runs_by_automatic_differentiation(
    train: int, batch: int, epochs: int, rates: Array, units: int
) -> dict[str, Array]:
    """The same runs with automatic derivatives of the loss, rows for examples."""
    pixels, classes = _pixels()
    (rate, penalty), train, batch = rates, int(train), int(batch)

    def scores(parts: Any, x: Array) -> Any:  # noqa: ANN401
        for matrix, bias in parts[:-1]:
            x = anp.dot(x, matrix.T) + bias
            x = anp.where(x > 0, x, 0.0)
        z = anp.dot(x, parts[-1][0].T) + parts[-1][1]
        return z - anp.log(anp.sum(anp.exp(z), axis=1))[:, None]

    def loss(parts: Any, x: Array, t: Array) -> Any:  # noqa: ANN401
        return penalty * sum(anp.sum(w**2) for w, _ in parts) - anp.sum(t * scores(parts, x))

    made = {}
    for depth, name in enumerate(("one", "two", "three")):
        draw, order = (np.random.Generator(np.random.PCG64(seed)) for seed in (2, 3))
        widths = [pixels.shape[1], *depth * [int(units)], len(set(classes))]
        parts = [
            (draw.normal(size=(above, below)) * (2 / below) ** 0.5, np.zeros(above))
            for below, above in pairwise(widths)
        ]
        seen = []
        for epoch in range(int(epochs) + 1):
            y_log = scores(parts, pixels)
            hits = y_log.argmax(axis=1) == classes
            mean = -np.mean([y_log[i, int(classes[i])] for i in range(train)])
            seen.append([mean, 100 * np.mean(~hits[train:])])
            if epoch == epochs:
                break
            for chosen in order.permutation(train).reshape(-1, batch):
                t = (classes[chosen][:, None] == np.arange(widths[-1])) * 1.0
                moves = grad(loss)(parts, pixels[chosen], t)
                pairs = zip(parts, moves, strict=True)
                parts = [(w - rate * dw, b - rate * db) for (w, b), (dw, db) in pairs]
        made[name] = np.array(seen).T
    return made


def final_by_unpacking(runs: Arrays, train: int) -> dict[str, float]:
    """The last columns, by unpacking; the lines of the file, counted."""
    made = {"tested": float(len(_pixels()[1]) - train)}
    for name, (losses, errors) in runs.items():
        *_, made["loss_" + name] = (float(number) for number in losses)
        *_, made["error_" + name] = (float(number) for number in errors)
    return made
