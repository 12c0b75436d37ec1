"""Second routes to the numbers of the problem on LIME: images, and picks of reviews."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from lime_routes import all_masks, by_sklearn, descent, moments, newton, walked, weighted
from lime_text import WORDS
from sklearn.datasets import load_digits

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
SEEN = (2, 4)  # the super-pixels that the known classifiers look at
INKED = 4  # the level from which on a super-pixel counts as inked
SPOTS = "12 15 32 35 52 55 62 65 30 37"  # rows and columns where the centres start


def pairs() -> tuple[Array, Array]:
    """Threes and eights, one by one."""
    bunch = load_digits()
    kept = [(row, target) for row, target in zip(bunch.data, bunch.target, strict=True)
            if target in {3, 8}]  # fmt: skip
    return np.array([row for row, _ in kept]), np.array([(it - 3) / 5 for _, it in kept])


def digit_by_target() -> Array:
    """Picked from the list of threes and eights."""
    return np.array(pairs()[0][48])


def segments_by_loops(digit: Array) -> Array:
    """K-means, pixel by pixel."""
    points = [(k // 8, k % 8, digit[k] / 10) for k in range(64)]
    centres = [points[8 * int(spot[0]) + int(spot[1])] for spot in SPOTS.split()]
    labels: list[int] = []
    for _ in range(10):
        labels = []
        for point in points:
            far = [sum((a - b) ** 2 for a, b in zip(point, c, strict=True)) for c in centres]
            labels.append(far.index(min(far)))
        for k in range(len(centres)):
            mine = [point for point, label in zip(points, labels, strict=True) if label == k]
            centres[k] = tuple(sum(axis) / len(mine) for axis in zip(*mine, strict=True))
    return np.array(labels, dtype=float)


def regions_by_set(segments: Array) -> int:
    """Distinct labels."""
    return len(set(segments.tolist()))


def gaps_by_loops(digit: Array, segments: Array) -> Array:
    """Pixel by pixel."""
    found = [0.0] * (int(max(segments)) + 1)
    for level, label in zip(digit, segments, strict=True):
        found[int(label)] += float(level) * float(level)
    return np.array(found)


def hidden(digit: Array, segments: Array, base: float) -> Array:
    """The images of all masks, super-pixel by super-pixel."""
    rows = []
    for mask in all_masks(int(max(segments)) + 1):
        row = digit.copy()
        for k, on in enumerate(mask):
            if not on:
                row[segments == k] = base
        rows.append(row)
    return np.array(rows)


def training() -> tuple[Array, Array]:
    """All but every fourth."""
    pixels, labels = pairs()
    train = [k for k in range(len(labels)) if k % 4]
    return pixels[train], labels[train]


def replies_by_walking(digit: Array, segments: Array, trees: int) -> dict[str, Array]:
    """Newton's method on the pixels that are looked at; the forest walked by hand."""
    pixels, labels = training()
    images = hidden(digit, segments, 0.0)
    sees = [k for k, label in enumerate(segments) if int(label) in SEEN]
    theta = newton(pixels[:, sees], labels)
    odds = theta[0] + images[:, sees] @ theta[1:]
    rule = [
        float(all(np.mean([row[k] for k in sees if segments[k] == it]) > INKED for it in SEEN))
        for row in images
    ]
    return {
        "odds": odds,
        "chance": 1 / (1 + np.exp(-odds)),
        "rule": np.array(rule),
        "forest": walked(pixels, labels, trees, images),
    }


def grey_by_walking(digit: Array, segments: Array, trees: int, level: float) -> Array:
    """The forest walked by hand."""
    return walked(*training(), trees, hidden(digit, segments, level))


def present_by_exponentials(gaps: Array, broad: float) -> Array:
    """Half of one plus a hyperbolic tangent."""
    return np.array([(1 + math.tanh(gap / broad / 2)) / 2 for gap in gaps])


def near(gaps: Array, broad: float) -> tuple[Array, Array]:
    """All masks and the kernel at each."""
    z = all_masks(gaps.size)
    return z, np.prod(np.where(z == 0, np.exp(-gaps / broad), 1.0), axis=1)


def seen_by_sklearn(  # noqa: PLR0913, PLR0917  # two bases, each with its kernel
    replies: Arrays, grey: Array, gaps: Array, digit: Array, segments: Array,
    broad: float, level: float,
) -> dict[str, Array]:  # fmt: skip
    """Scikit-learn's least squares with the kernel as weights."""
    z, weights = near(gaps, broad)
    other = np.array([sum((digit[segments == k] - level) ** 2) for k in range(gaps.size)])
    made = {name: by_sklearn(z, replies[name], weights)[0][1:] for name in replies}
    return {**made, "grey": by_sklearn(z, grey, near(other, broad)[1])[0][1:]}


def added_by_newton(digit: Array, segments: Array) -> Array:
    """Newton's weights, summed pixel by pixel."""
    pixels, labels = training()
    sees = [k for k, label in enumerate(segments) if int(label) in SEEN]
    found = np.zeros(int(max(segments)) + 1)
    for k, weight in zip(sees, newton(pixels[:, sees], labels)[1:], strict=True):
        found[int(segments[k])] += weight * digit[k]
    return found


def cast_by_moments(
    replies: Arrays, gaps: Array, broad: float, samples: int, seeds: int
) -> dict[str, Array]:
    """Covariances, seed by seed."""
    z, weights = near(gaps, broad)
    found: dict[str, list[list[float]]] = {"odds": [], "chance": [], "forest": []}
    for seed in range(int(seeds)):
        tossed = np.random.default_rng(seed).integers(0, 2, (int(samples), gaps.size))
        places = sum(column << j for j, column in enumerate(tossed.T))
        for name, rows in found.items():
            gram, cross, _ = moments(z[places], replies[name][places], weights[places])
            rows.append(np.linalg.solve(gram, cross).tolist())
    made = {"odds": np.round(found["odds"][0], 12) + 0.0}
    for name in ("chance", "forest"):
        table = np.array(found[name])
        rest = table - table.sum(axis=0) / len(table)
        made[name] = np.round(np.sqrt((rest**2).sum(axis=0) / (len(table) - 1)), 12)
    return made


def fits_by_sklearn(replies: Arrays, gaps: Array, broad: float) -> dict[str, float]:
    """Scikit-learn's score of its own fit."""
    z, weights = near(gaps, broad)
    return {name: by_sklearn(z, replies[name], weights)[1] for name in replies}


def replied_by_last(digit: Array, trees: int) -> dict[str, float]:
    """The forest walked by hand, for two images."""
    said = walked(*training(), trees, np.array([digit, 0 * digit]))
    return {"digit": float(said[0]), "black": float(said[1])}


def widths_by_powers() -> Array:
    """Powers of ten."""
    return np.array([10 ** (2 + k / 10) for k in range(31)])


def faint_by_twentieth() -> float:
    """A twentieth."""
    return 1 / 20


def curves_by_moments(replies: Arrays, gaps: Array, widths: Array) -> Array:
    """Covariances of the masks for each width."""
    rows = []
    for it in widths:
        z, weights = near(gaps, it)
        gram, cross, _ = moments(z, replies["forest"], weights)
        rows.append(np.linalg.solve(gram, cross))
    return np.array(rows)


def ends_by_places(replies: Arrays, gaps: Array) -> dict[str, Array]:
    """Masks looked up by their entries."""
    said = {tuple(row): y for row, y in zip(all_masks(gaps.size), replies["forest"], strict=True)}
    narrow, broad = [], []
    for j in range(gaps.size):
        steps = []
        for rest in itertools.product((0.0, 1.0), repeat=gaps.size - 1):
            on, off = (*rest[:j], 1.0, *rest[j:]), (*rest[:j], 0.0, *rest[j:])
            steps.append(said[on] - said[off])
        narrow.append(steps[-1])
        broad.append(sum(steps) / len(steps))
    return {"narrow": np.array(narrow), "broad": np.array(broad)}


def matrix_by_descent(corpus: Arrays, picks: int, few: int, width: float) -> Array:
    """Coordinate descent, then covariances."""
    theta = newton(corpus["counts"], corpus["labels"])
    made = np.zeros((int(picks), len(WORDS)))
    for k in range(int(picks)):
        counts = corpus["counts"][k]
        present = [t for t, count in enumerate(counts) if count]
        z, weights = weighted(len(present), width)
        gram, cross, _ = moments(z, z @ (theta[1:] * counts)[present], weights)
        part = descent(gram, cross, int(few))
        found = np.linalg.solve(gram[np.ix_(part, part)], cross[part])
        for j, w in zip(part, found, strict=True):
            made[k, present[j]] = abs(w)
    return made


def cover_by_sets(matrix: Array) -> dict[str, Array]:
    """Sets of words instead of arrays."""
    worth = [math.sqrt(float(column.sum())) for column in matrix.T]
    sets = [frozenset(np.flatnonzero(row).tolist()) for row in matrix]

    def covered(them: tuple[int, ...]) -> float:
        reached = frozenset[int]().union(*(sets[i] for i in them))
        return sum(worth[j] for j in reached) / sum(worth)

    made: dict[str, list[float]] = {"greedy": [], "best": [], "mean": []}
    picks: tuple[int, ...] = ()
    for budget in (1, 2, 3):
        picks = max(((*picks, i) for i in range(len(sets))), key=covered)
        each = [covered(them) for them in itertools.combinations(range(len(sets)), budget)]
        made["greedy"].append(covered(picks))
        made["best"].append(max(each))
        made["mean"].append(sum(each) / len(each))
    return {name: np.array(them) for name, them in made.items()}
