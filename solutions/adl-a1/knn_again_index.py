"""Second routes to the numbers of the search: lists, tables of distances, and loops."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import knn_again as again
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Counts: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Settings: TypeAlias = "Mapping[str, Any]"
Found: TypeAlias = "tuple[Counts, Array]"  # numbers of the keys that were looked at, and distances


def large_by_logs(
    entries: int, units: int, bytes_code: int, cells: int, visited: int
) -> dict[str, float]:
    """Sums of logarithms."""
    n, d, m = math.log10(entries), math.log10(units), math.log10(bytes_code)
    c, p = math.log10(cells), math.log10(visited)
    logs = {
        "keys": n + d + math.log10(4) - 9,
        "codes": n + m - 9,
        "ratio": math.log10(4) + d - m,
        "share": 2 + p - c,
        "scanned": n + p - c - 6,
        "lists": (p + n + m - d) / 2 - 3,
        "millions": n - 6,
    }
    return {name: 10**it for name, it in logs.items()}


def setup_by_name(lists: int, probe: int, size: int) -> dict[str, float]:
    """Keys and arguments, paired."""
    return dict(zip(("lists", "probe", "size"), (lists, probe, size), strict=True))


def bytes_by_bits(width: int, parts: Array, size: int, narrow: Array) -> dict[str, Any]:
    """Bits, eight to a byte."""
    bits = next(it for it in range(64) if 2**it == size)
    codes, short = ([it * b / 8 for it in row] for row, b in ((parts, bits), (narrow, 32)))
    return {"whole": 32 * width / 8, "codes": np.array(codes), "narrow": np.array(short)}


def owners(points: Array, centroids: Array) -> Counts:
    """Nearest centroid of each point, from differences."""
    return np.asarray(np.argmin([gaps(it, points) for it in centroids], axis=0))


def gaps(query: Array, keys: Array) -> Array:
    """Squared distances to one query, from differences."""
    return np.asarray(np.einsum("ij,ij->i", keys - query, keys - query))


def lloyd(points: Array, how_many: int) -> Array:
    """Lloyd's iteration with sums by the owner."""
    generator = np.random.default_rng(0)
    centroids = points[generator.choice(len(points), how_many, replace=False)]
    for _ in range(8):
        owner = owners(points, centroids)
        sizes = np.bincount(owner, minlength=how_many)
        columns = [np.bincount(owner, it, minlength=how_many) for it in points.T]
        filled, centroids = sizes > 0, centroids.copy()
        centroids[filled] = np.array(columns).T[filled] / sizes[filled, None]
    return centroids


def first(squares: Array, numbers: Counts, k: int) -> Found:
    """The nearest of those that were looked at; ties go to the smaller number."""
    if len(squares) > k:
        close = np.flatnonzero(squares <= np.partition(squares, k - 1)[k - 1] + 1e-6)
        numbers, squares = numbers[close], squares[close]
    order = np.lexsort((numbers, np.round(squares, 7)))[:k]
    return numbers[order], squares[order]


class Judge:
    """The test text, its exact neighbours, and what a search makes of it."""

    def __init__(self, plan: Settings, model: Settings, main: Mapping[str, float]) -> None:
        """Find the exact neighbours."""
        self.texts, self.base, keys = again.prepared(plan, model)
        self.keys, self.queries = keys["train"], keys["test"]
        self.k, self.temperature = int(model["neighbours"]), model["temperature"]
        self.weight, self.numbers = main["weight"], np.arange(len(self.keys))
        self.exact = [set(first(gaps(q, self.keys), self.numbers, self.k)[0]) for q in self.queries]

    def chance(self, t: int, near: Counts, squares: Array) -> float:
        """Probability of the word that came at place t, by the mixture."""
        shares = [math.exp(float(squares[0] - it) / self.temperature) for it in squares]
        values = [self.texts["train"][i + 1] for i in near]
        pairs = zip(shares, values, strict=True)
        right = sum(a for a, word in pairs if word == self.texts["test"][t + 1])
        return float(self.weight * right / sum(shares) + (1 - self.weight) * self.base["test"][t])

    def score(self, search: Callable[[Array], Found], queries: Array | None = None) -> list[float]:
        """Recall, perplexity, the same with full distances, and share of keys looked at."""
        hits, looked, losses, full = 0, 0, 0.0, 0.0
        for t, query in enumerate(self.queries if queries is None else queries):
            numbers, squares = search(query)
            near, least = first(squares, numbers, self.k)
            hits, looked = hits + len(self.exact[t] & set(near)), looked + len(numbers)
            losses -= math.log(self.chance(t, near, least))
            full -= math.log(self.chance(t, near, gaps(self.queries[t], self.keys[near])))
        n, size = len(self.queries), len(self.keys)
        return [hits / n / self.k, math.exp(losses / n), math.exp(full / n), looked / n / size]


class Lists:
    """Lists of the numbers of the keys, one for each centroid."""

    def __init__(self, keys: Array, how_many: int) -> None:
        """Put each key into its list."""
        self.centroids = lloyd(keys, how_many)
        self.owner = owners(keys, self.centroids)
        self.lists = [np.flatnonzero(self.owner == c) for c in range(how_many)]

    def near(self, query: Array, probes: int) -> Counts:
        """The nearest lists of a query."""
        return np.argsort(gaps(query, self.centroids))[:probes]

    def members(self, query: Array, probes: int) -> Counts:
        """All numbers in its nearest lists."""
        return np.concatenate([self.lists[c] for c in self.near(query, probes)])


class Codes:
    """Codes of points, and tables of the distances between parts of a query and centroids."""

    def __init__(self, points: Array, m: int, size: int) -> None:
        """Find the centroids of each part, and code the points."""
        parts = points.reshape(len(points), m, -1).transpose(1, 0, 2)
        self.books = [lloyd(part, size) for part in parts]
        pairs = zip(parts, self.books, strict=True)
        self.codes = np.array([owners(part, book) for part, book in pairs])

    def distances(self, query: Array, numbers: Counts) -> Array:
        """Sums of entries of the table."""
        parts = query.reshape(len(self.books), -1)
        table = np.array([gaps(part, book) for part, book in zip(parts, self.books, strict=True)])
        return np.asarray(np.take_along_axis(table, self.codes[:, numbers], axis=1).sum(axis=0))


def inverted_by_lists(
    plan: Settings, model: Settings, main: Mapping[str, float], lists: int, probes: Array
) -> dict[str, Array]:
    """The lists of the nearest centroids, joined."""
    judge = Judge(plan, model, main)
    cells = Lists(judge.keys, int(lists))

    def search(query: Array, probes: int) -> Found:
        numbers = cells.members(query, probes)
        return numbers, gaps(query, judge.keys[numbers])

    found = np.array([judge.score(partial(search, probes=int(p))) for p in probes])
    return {"recall": found[:, 0], "test": found[:, 1], "scanned": found[:, 3]}


def uneven_by_counting(plan: Settings, model: Settings, lists: int) -> dict[str, float]:
    """Counted list by list."""
    keys = again.prepared(plan, model)[2]["train"]
    sizes = [len(it) for it in Lists(keys, int(lists)).lists]
    return {"even": lists**-1, "ours": sum(it * it for it in sizes) / sum(sizes) ** 2}


def quantised_by_tables(
    plan: Settings, model: Settings, main: Mapping[str, float], setup: Settings, parts: Array
) -> dict[str, Array]:
    """Tables of distances between parts of the query and centroids."""
    judge = Judge(plan, model, main)
    cells = Lists(judge.keys, int(setup["lists"]))
    residuals = judge.keys - cells.centroids[cells.owner]

    def listed(query: Array, codes: Codes) -> Found:
        near = cells.near(query, int(setup["probe"]))
        found = [codes.distances(query - cells.centroids[c], cells.lists[c]) for c in near]
        return np.concatenate([cells.lists[c] for c in near]), np.concatenate(found)

    def whole(query: Array, codes: Codes) -> Found:
        return judge.numbers, codes.distances(query, judge.numbers)

    rows = []
    for m in parts:
        plain, rest = (Codes(it, int(m), int(setup["size"])) for it in (judge.keys, residuals))
        found = judge.score(partial(whole, codes=plain)), judge.score(partial(listed, codes=rest))
        rows.append([*found[0][:3], *found[1][:3]])
    names = ("recall", "test", "anew", "listed", "mixed", "renewed")
    return dict(zip(names, np.array(rows).T, strict=True))


def projected_by_svd(
    plan: Settings, model: Settings, main: Mapping[str, float], narrow: Array
) -> dict[str, Array]:
    """Principal directions from the singular vectors of the centred keys."""
    judge = Judge(plan, model, main)
    centred = judge.keys - judge.keys.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2]

    def search(query: Array, low: Array) -> Found:
        return judge.numbers, gaps(query, low)

    rows = []
    for r in narrow:
        some = directions[: int(r)].T
        found = judge.score(partial(search, low=judge.keys @ some), judge.queries @ some)
        rows.append(found[:3])
    return dict(zip(("recall", "test", "anew"), np.array(rows).T, strict=True))


def fewer_by_loops(
    plan: Settings, model: Settings, main: Mapping[str, float], unsure: float
) -> dict[str, float]:
    """Token by token, and the kept half as an array of its own."""
    judge = Judge(plan, model, main)
    size = int(sum(plan["sizes"])) + 1
    every = {"train": judge.texts["train"], "valid": [], "test": []}
    for word in range(size):  # all pairs of a word with each other word, one after the other
        every["test"] += [it for other in range(size) for it in (word, other)]
    table = again.base_by_counts(every, model["smooth"], size)["test"][::2].reshape(size, size)
    asked, losses = 0, 0.0
    for t, last in enumerate(judge.texts["test"][:-1]):
        chance = float(judge.base["test"][t])
        if -math.fsum(it * math.log(it) for it in table[last]) > unsure:
            asked += 1
            near, squares = first(gaps(judge.queries[t], judge.keys), judge.numbers, judge.k)
            chance = judge.chance(t, near, squares)
        losses -= math.log(chance)
    draw = np.random.default_rng(2).random
    kept = np.array([i for i in judge.numbers if draw() < 1 / 2])
    half = judge.keys[kept]
    found = judge.score(lambda query: (kept, gaps(query, half)))
    n = len(judge.queries)
    return {
        "asked": asked / n,
        "adaptive": math.exp(losses / n),
        "kept": len(kept) / len(judge.keys),
        "recall": found[0],
        "pruned": found[1],
    }
