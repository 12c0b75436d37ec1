"""Digits, super-pixels, classifiers for threes and eights, and the masks of one digit."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from lime_text import forest, masks
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
DIGITS = (3, 8)
CHOSEN = 48  # the digit that is explained, among the threes and eights
HELD = 4  # every fourth digit is held out
SIDE, ROUNDS, INK = 8, 10, 0.1  # pixels of a side; k-means: rounds, weight of a grey level
STARTS = ((1, 2), (1, 5), (3, 2), (3, 5), (5, 2), (5, 5), (6, 2), (6, 5), (3, 0), (3, 7))
LOOKED = (2, 4)  # the super-pixels that the known classifiers look at
LEVEL = 4  # a super-pixel counts as inked if its mean level is higher


def digits() -> tuple[Array, Array]:
    """Threes and eights: pixels, and whether it is an eight."""
    bunch = load_digits()
    keep = np.isin(bunch.target, DIGITS)
    labels = np.array(bunch.target[keep] == DIGITS[1], dtype=float)
    return np.array(bunch.data[keep], dtype=float), labels


def super_pixels(x: Array) -> Array:
    """K-means of row, column and level, from a grid of centres."""
    rows, columns = np.divmod(np.arange(x.size), SIDE)
    points = np.column_stack([rows, columns, INK * x])
    centres = np.array([points[SIDE * row + column] for row, column in STARTS])
    for _ in range(ROUNDS):
        distances = ((points[:, None] - centres) ** 2).sum(axis=2)
        labels = distances.argmin(axis=1)
        centres = np.array([points[labels == k].mean(axis=0) for k in range(len(centres))])
    return np.asarray(labels, dtype=float)


def summed(segments: Array, amounts: Array) -> Array:
    """Sums of the pixels' amounts over each super-pixel."""
    return np.array([amounts[segments == k].sum() for k in range(int(segments.max()) + 1)])


def shown(x: Array, segments: Array, base: Array) -> Array:
    """The images of all masks: a hidden super-pixel shows the base."""
    z = masks(int(segments.max()) + 1)
    return np.asarray(base + z[:, segments.astype(int)] * (x - base))


def looking(pixels: Array, labels: Array, segments: Array) -> LogisticRegression:
    """Logistic regression that sees the pixels of the chosen super-pixels only."""
    sees = np.isin(segments, LOOKED)
    return LogisticRegression(tol=1e-12, solver="newton-cholesky").fit(pixels * sees, labels)


def ruled(images: Array, segments: Array) -> Array:
    """One where both chosen super-pixels are inked, else zero."""
    inked = [images[:, segments == k].mean(axis=1) > LEVEL for k in LOOKED]
    return np.asarray(np.all(inked, axis=0).astype(float))


def answers(x: Array, segments: Array, base: Array, trees: int) -> dict[str, Array]:
    """What each classifier says to the images of all masks."""
    pixels, labels = digits()
    train = np.arange(len(labels)) % HELD != 0
    images = shown(x, segments, base)
    known = looking(pixels[train], labels[train], segments)
    sees = np.isin(segments, LOOKED)
    return {
        "odds": known.decision_function(images * sees),
        "chance": known.predict_proba(images * sees)[:, 1],
        "rule": ruled(images, segments),
        "forest": forest(pixels[train], labels[train], trees).predict_proba(images)[:, 1],
    }


def presence(gaps: Array, width: float) -> Array:
    """The chance of each super-pixel under the kernel; width is squared."""
    return np.asarray(1 / (1 + np.exp(-gaps / width)))


def differences(y: Array, p: Array) -> Array:
    """Differences of conditional means, the super-pixels independent with these chances."""
    z = masks(p.size)
    weights = np.prod(np.where(z == 1, p, 1 - p), axis=1)
    on = (weights * y) @ z / (weights @ z)
    off = (weights * y) @ (1 - z) / (weights @ (1 - z))
    return np.asarray(on - off)
