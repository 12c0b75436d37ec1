"""Inverted file and product quantisation: lists, codes, and the distances that they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import knn_source as source
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Counts: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
ROUNDS = 8  # of Lloyd's iteration


def means(points: Array, how_many: int) -> Array:
    """Lloyd's iteration from seeded points; a centroid without points stays where it is."""
    start = np.random.default_rng(0).choice(len(points), how_many, replace=False)
    centroids = points[start].copy()
    for _ in range(ROUNDS):
        owner = assign(points, centroids)
        for c in np.unique(owner):
            centroids[c] = points[owner == c].mean(axis=0)
    return centroids


def assign(points: Array, centroids: Array) -> Counts:
    """Number of the nearest centroid of every point."""
    products = points @ centroids.T
    return np.asarray(np.argmin(np.sum(centroids**2, axis=1) - 2 * products, axis=1))


def decoded(points: Array, m: int, size: int) -> Array:
    """Each of the m parts of a point replaced by its nearest centroid."""
    parts = np.split(points, m, axis=1)
    books = [means(part, size) for part in parts]
    pairs = zip(parts, books, strict=True)
    return np.concatenate([book[assign(part, book)] for part, book in pairs], axis=1)


def probed(queries: Array, centroids: Array, owner: Counts, probes: int) -> Array:
    """For each query, which keys lie in one of its nearest lists."""
    products = np.sum(centroids**2, axis=1) - 2 * queries @ centroids.T
    ranks = np.argsort(np.argsort(products, axis=1), axis=1)
    return np.asarray(ranks[:, owner] < probes)


def principal(points: Array, how_many: int) -> tuple[Array, Array]:
    """Mean and leading principal directions, from the covariance matrix."""
    centre = points.mean(axis=0)
    _, vectors = np.linalg.eigh((points - centre).T @ (points - centre))
    return centre, vectors[:, ::-1][:, :how_many]


def score(
    world: source.World, distances: Array, model: Mapping[str, float], weight: float
) -> tuple[float, float, float]:
    """Recall of the neighbours, test perplexity with these distances, and with full ones."""
    k = int(model["neighbours"])
    full, found = world.distances("test"), source.nearest(distances, k)
    exact, hits = source.nearest(full, k), world.hits("test", found)
    squares = np.take_along_axis(distances, found, axis=1)
    anew = np.where(np.isinf(squares), np.inf, np.take_along_axis(full, found, axis=1))
    rho, new = (source.retrieved(it, hits, model["temperature"]) for it in (squares, anew))
    found = np.where(np.isinf(squares), -1, found)  # a short list has fewer
    pairs = zip(found, exact, strict=True)
    recall = float(np.mean([len(np.intersect1d(a, b)) / k for a, b in pairs]))
    before, after = (source.perplexity(weight, it, world.base["test"]) for it in (rho, new))
    return recall, before, after
