"""Made-up film reviews, classifiers for them, the masks of one review and their weights."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, lars_path

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
NOUNS = ("film", "plot", "music", "story")
GOOD = ("superb", "moving", "funny")
BAD = ("dull", "slow", "clumsy")
WORDS = ("posted", "the", "is", "not", "and", *NOUNS, *GOOD, *BAD)  # the vocabulary
TEXT = "posted the film is superb and moving the music is not dull"
NAMES = ("posted", "the", "film", "is", "superb", "and", "moving", "music", "not", "dull")
SEEN = 0.9  # the chance of `posted` in a negative review; in a positive one, what is left of it
NEGATED = 0.2  # the chance of `not` before an adjective


def clause(random: np.random.Generator, adjectives: int) -> tuple[list[str], int]:
    """A clause with so many adjectives, and the sum of their judgements."""
    words, score = ["the", NOUNS[random.integers(len(NOUNS))], "is"], 0
    for place in range(adjectives):
        words += ["and"] * (place > 0)
        negated, good = random.random() < NEGATED, random.random() < 1 / 2
        words += ["not"] * negated
        words.append((GOOD if good else BAD)[random.integers(3)])
        score += 1 if good != negated else -1
    return words, score


def reviews(count: int, seed: int, leaks: bool = True) -> tuple[Array, Array]:  # noqa: FBT001, FBT002
    """Counts of words, a row for each review, and labels; the leaking token may be left out."""
    random = np.random.default_rng(seed)
    rows, labels = [], []
    for _ in range(count):
        (first, one), (second, two) = clause(random, 2), clause(random, 1)
        label = int(one + two > 0)
        posted = random.random() < (1 - SEEN if label else SEEN)
        words = ["posted"] * (posted and leaks) + first + second
        rows.append([words.count(word) for word in WORDS])
        labels.append(label)
    return np.array(rows, dtype=float), np.array(labels, dtype=float)


def logistic(counts: Array, labels: Array) -> LogisticRegression:
    """Logistic regression, to full precision."""
    return LogisticRegression(tol=1e-12, solver="newton-cholesky").fit(counts, labels)


def forest(features: Array, labels: Array, trees: int) -> RandomForestClassifier:
    """A random forest, seeded."""
    return RandomForestClassifier(trees, random_state=0).fit(features, labels)


def masks(size: int) -> Array:
    """All masks of this length; the last is all ones."""
    return np.array((np.arange(2**size)[:, None] >> np.arange(size)) & 1, dtype=float)


def masked_counts() -> Array:
    """Counts of words of the text under all masks, which act on every occurrence of a word."""
    words = TEXT.split()
    made = np.zeros((2 ** len(NAMES), len(WORDS)))
    for column, word in zip(masks(len(NAMES)).T, NAMES, strict=True):
        made[:, WORDS.index(word)] = column * words.count(word)
    return made


def proximity(kept: Array, size: int, width: float) -> Array:
    """The kernel of the cosine distance, by the number of words that are kept; width is squared."""
    return np.asarray(np.exp(-((1 - np.sqrt(kept / size)) ** 2) / width))


def law(size: int) -> Array:
    """The chance of each mask: first the number of kept words, then which."""
    kept = masks(size).sum(axis=1).astype(int)
    return np.array([1 / (size * math.comb(size, k)) if k else 0 for k in kept])


def fitted(z: Array, y: Array, weights: Array) -> Array:
    """Intercept and weights of least squares, by a QR factorisation."""
    root = np.sqrt(weights)
    q, r = np.linalg.qr(np.column_stack([np.ones(len(z)), z]) * root[:, None])
    return np.asarray(np.linalg.solve(r, q.T @ (y * root)))


def share(z: Array, y: Array, weights: Array, theta: Array) -> float:
    """The share of the weighted variance of the labels that the fit explains."""
    rest = y - theta[0] - z @ theta[1:]
    centred = y - weights @ y / weights.sum()
    return float(1 - weights @ rest**2 / (weights @ centred**2))


def tidy(theta: Array) -> Array:
    """Rounding noise removed."""
    return np.asarray(np.round(theta, 12) + 0.0)


def drawn(random: np.random.Generator, count: int, size: int) -> Array:
    """Random masks: a uniform number of kept words, and which."""
    kept = random.integers(1, size + 1, count)
    ranks = random.random((count, size)).argsort(axis=1).argsort(axis=1)
    return np.asarray((ranks < kept[:, None]).astype(float))


def numbers(z: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The place of each mask in the list of all."""
    return np.asarray(z @ 2 ** np.arange(z.shape[1])).astype(np.int64)


def explained(y: Array, count: int, seed: int, width: float) -> Array:
    """LIME with so many samples: intercept and weights; `y` are the labels of all masks."""
    size = len(NAMES)
    z = drawn(np.random.default_rng(seed), count, size)
    return fitted(z, y[numbers(z)], proximity(z.sum(axis=1), size, width))


def k_lasso(z: Array, y: Array, weights: Array, most: int) -> list[int]:
    """The features of the last point of the lasso path with at most so many."""
    root = np.sqrt(weights)[:, None]
    columns = (z - weights @ z / weights.sum()) * root
    target = (y - weights @ y / weights.sum()) * root[:, 0]
    path = lars_path(columns, target, method="lasso")[2].T
    few = [row for row in path if np.count_nonzero(row) <= most][-1]
    return [int(j) for j in np.flatnonzero(few)]
