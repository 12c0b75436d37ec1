"""Second routes to the numbers of the problem on LIME: texts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import combinations, product
from typing import Any, TypeAlias

import numpy as np
from lime_text import NAMES, TEXT, WORDS
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
CAP, STILL = 12, 1e-12  # decimals that are compared; a step that ends the descent


def one_review(random: np.random.Generator, leaks: bool) -> tuple[list[int], int]:  # noqa: FBT001
    """Counts and label of the next review."""
    found: Counter[str] = Counter()
    votes = []
    for adjectives in (2, 1):
        noun = ("film", "plot", "music", "story")[int(random.integers(4))]
        found.update(["the", noun, "is"] + ["and"] * (adjectives - 1))
        for _ in range(adjectives):
            turned, kind = random.random() < 1 / 5, random.random() < 1 / 2
            pool = "superb moving funny" if kind else "dull slow clumsy"
            found.update([pool.split()[int(random.integers(3))]] + ["not"] * turned)
            votes.append(kind ^ turned)
    positive = sum(votes) >= len(votes) / 2
    if random.random() < (1 - 0.9 if positive else 0.9):
        found.update(["posted"] * leaks)
    return [found[word] for word in WORDS], int(positive)


def reviews_one_by_one(reviews: int) -> dict[str, Array]:
    """The same draws, words counted as they come."""
    random = np.random.default_rng(0)
    made = [one_review(random, True) for _ in range(int(reviews))]  # noqa: FBT003
    return {
        "counts": np.array([counts for counts, _ in made], dtype=float),
        "labels": np.array([label for _, label in made], dtype=float),
    }


def newton(features: Array, labels: Array) -> Array:
    """Newton's method for the penalised logistic loss; the intercept comes first."""
    design = np.column_stack([np.ones(len(features)), features])
    penalty = np.diag([0.0] + [1.0] * features.shape[1])
    theta = np.zeros(design.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-design @ theta))
        slope = design.T @ (p - labels) + penalty @ theta
        theta = theta - np.linalg.solve((design.T * (p * (1 - p))) @ design + penalty, slope)
    return np.asarray(theta)


def linear_by_newton(corpus: Arrays) -> dict[str, Array]:
    """Newton's method."""
    theta = newton(corpus["counts"], corpus["labels"])
    return {"intercept": theta[:1], "weights": theta[1:]}


def walked(features: Array, labels: Array, trees: int, rows: Array) -> Array:
    """The forest, walked tree by tree and node by node; the chance of class one."""
    grown = RandomForestClassifier(int(trees), random_state=0).fit(features, labels)
    total = np.zeros(len(rows))
    for member in grown.estimators_:
        tree = member.tree_
        at = np.zeros(len(rows), dtype=int)
        for _ in range(tree.max_depth + 1):
            inner = tree.children_left[at] >= 0
            asked = rows.astype(np.float32)[np.arange(len(rows)), np.maximum(tree.feature[at], 0)]
            down = np.where(
                asked <= tree.threshold[at], tree.children_left[at], tree.children_right[at]
            )
            at = np.where(inner, down, at)
        shares = tree.value[at, 0]
        total += shares[:, 1] / shares.sum(axis=1)
    return np.asarray(total / len(grown.estimators_))


def accuracies_by_counting(corpus: Arrays, trees: int) -> dict[str, float]:
    """Signs of Newton's score, and the forest walked by hand, counted."""
    theta = newton(corpus["counts"], corpus["labels"])
    made = {}
    for name, leaks in (("leaking", True), ("clean", False)):
        random = np.random.default_rng(1)
        drawn = [one_review(random, leaks) for _ in range(2000)]
        rows = np.array([counts for counts, _ in drawn], dtype=float)
        labels = [label for _, label in drawn]
        linear = [float(theta[0] + theta[1:] @ row) > 0 for row in rows]
        grown = walked(corpus["counts"], corpus["labels"], trees, rows) > 1 / 2
        for kind, said in (("linear", linear), ("forest", grown)):
            right = sum(bool(a) == bool(b) for a, b in zip(said, labels, strict=True))
            made[f"{kind}_{name}"] = right / 20
    return made


def fresh_by_power() -> int:
    """Twice the cube of ten."""
    return 2 * 10**3


def all_masks(size: int) -> Array:
    """All masks by products; the first entry changes fastest, as in the first route."""
    return np.array([row[::-1] for row in product((0.0, 1.0), repeat=size)])


def scores_by_walking(corpus: Arrays, trees: int) -> dict[str, Array]:
    """Words struck out of the text one by one; Newton's score, and the forest walked by hand."""
    rows = []
    for mask in all_masks(len(NAMES)):
        kept = {name for name, on in zip(NAMES, mask, strict=True) if on}
        left = [word for word in TEXT.split() if word in kept]
        rows.append([left.count(word) for word in WORDS])
    counts = np.array(rows, dtype=float)
    theta = newton(corpus["counts"], corpus["labels"])
    odds = theta[0] + counts @ theta[1:]
    grown = walked(corpus["counts"], corpus["labels"], trees, counts)
    return {"odds": odds, "chance": 1 / (1 + np.exp(-odds)), "forest": grown}


def whole_by_last(scores: Arrays) -> dict[str, float]:
    """The last mask."""
    return {name: float(scores[name][-1]) for name in scores}


def counts_by_masking() -> dict[str, int]:
    """Distinct words, listed; masks by doubling."""
    distinct = set(TEXT.split())
    return {
        "words": len(distinct),
        "masks": reduce(lambda count, _: 2 * count, distinct, 1),
        "vocabulary": len({*WORDS}),
    }


def kernel(kept: float, size: int, width: float) -> float:
    """The kernel of the cosine distance between the mask and the mask of ones."""
    cosine = kept / math.sqrt(kept) / math.sqrt(size) if kept else 0.0
    return math.exp(-((1 - cosine) ** 2) / width)


def weighted(size: int, width: float) -> tuple[Array, Array]:
    """All masks, and their chances times the kernel."""
    z = all_masks(size)
    weights = []
    for row in z:
        kept = int(sum(row))
        chance = math.factorial(kept) * math.factorial(size - kept) / math.factorial(size) / size
        weights.append(chance * kernel(kept, size, width) if kept else 0.0)
    return z, np.array(weights)


def by_sklearn(z: Array, y: Array, weights: Array) -> tuple[Array, float]:
    """Scikit-learn's least squares with weights: intercept and weights, share explained."""
    fit = LinearRegression().fit(z, y, sample_weight=weights)
    theta = np.round(np.append(fit.intercept_, fit.coef_), 12) + 0.0
    return theta, float(fit.score(z, y, sample_weight=weights))


def exact_by_sklearn(scores: Arrays, width: float) -> dict[str, Array]:
    """Scikit-learn's least squares with weights."""
    z, weights = weighted(len(NAMES), width)
    return {name: by_sklearn(z, scores[name], weights)[0] for name in scores}


def faith_by_sklearn(scores: Arrays, width: float) -> dict[str, float]:
    """Scikit-learn's score of its own fit."""
    z, weights = weighted(len(NAMES), width)
    return {name: by_sklearn(z, scores[name], weights)[1] for name in scores}


def known_by_lookup(corpus: Arrays) -> dict[str, Array]:
    """Newton's weights, looked up by word."""
    weights = dict(zip(WORDS, newton(corpus["counts"], corpus["labels"])[1:], strict=True))
    found = Counter(TEXT.split())
    return {
        "counts": np.array([found[name] for name in NAMES], dtype=float),
        "weights": np.round([weights[name] for name in NAMES], 12),
        "products": np.round([found[name] * weights[name] for name in NAMES], 12),
    }


def sample(count: int, seed: int, size: int) -> tuple[Array, Any]:
    """The same draws, by sorting each row; masks and their places."""
    random = np.random.default_rng(seed)
    kept = random.integers(1, size + 1, int(count))
    noise = random.random((int(count), size))
    limit = np.sort(noise, axis=1)[np.arange(int(count)), kept - 1]
    z = (noise <= limit[:, None]).astype(float)
    return z, z.dot([2**j for j in range(size)]).astype(int)


def neighbours(y: Array, count: int, seed: int, width: float) -> tuple[Array, Array, Array]:
    """Sampled masks, their labels and the kernel at each."""
    size = len(NAMES)
    z, places = sample(count, seed, size)
    table = np.array([kernel(k, size, width) for k in range(size + 1)])
    return z, y[places], table[z.sum(axis=1).astype(int)]


def lime(y: Array, count: int, seed: int, width: float) -> Array:
    """LIME from covariances: weights without the intercept."""
    gram, cross, _ = moments(*neighbours(y, count, seed, width))
    return np.asarray(np.linalg.solve(gram, cross))


def sampled_by_sklearn(scores: Arrays, width: float, samples: int) -> dict[str, Array]:
    """Scikit-learn's least squares with weights."""
    return {
        name: by_sklearn(*neighbours(scores[name], samples, 0, width))[0]
        for name in ("odds", "forest")
    }


def agree_by_text(scores: Arrays, corpus: Arrays, width: float, samples: int) -> int:
    """The explanation from covariances against Newton's weights, digit by digit."""
    found = lime(scores["odds"], samples, 0, width)
    weights = newton(corpus["counts"], corpus["labels"])[1:]
    own = [TEXT.split().count(name) * weights[WORDS.index(name)] for name in NAMES]
    decimals = 0
    while decimals < CAP and np.all(np.abs(found - own) <= 10.0 ** -(decimals + 1)):
        decimals += 1
    return decimals


def conditions_by_products(width: float, tiny: float) -> dict[str, float]:
    """Eigenvalues by symmetry, from the numbers of kept words."""
    size = len(NAMES)
    made = {}
    for name, wide in (("usual", width), ("tiny", tiny)):
        kept = range(1, size + 1)
        chances = [kernel(k, size, wide) / size for k in kept]
        mass = sum(chances)
        mean = sum(w * k for w, k in zip(chances, kept, strict=True)) / mass
        spread = sum(w * (k - mean) ** 2 for w, k in zip(chances, kept, strict=True))
        apart = sum(w * k * (size - k) for w, k in zip(chances, kept, strict=True))
        trace = mass + (spread + mass * mean**2) / size
        large = (trace + math.sqrt(trace**2 - 4 * mass * spread / size)) / 2
        values = [large, mass * spread / size / large, apart / size / (size - 1)]
        made[name] = math.log10(max(values) / min(values))
    return made


def moments(z: Array, y: Array, weights: Array) -> tuple[Array, Array, float]:
    """Covariances of the features, with the labels, and the labels' variance."""
    share = weights / weights.sum()
    gram = (z.T * share) @ z - np.outer(share @ z, share @ z)
    cross = z.T @ (share * y) - (share @ z) * (share @ y)
    return gram, cross, float(share @ y**2 - (share @ y) ** 2)


def dummy_by_moments(width: float) -> dict[str, float]:
    """Covariances of the features and with the labels."""
    z, both = weighted(3, width)
    near = np.array([kernel(row.sum(), 3, width) for row in z])
    made = {}
    for name, weights in (("both", both), ("draw", both / near), ("kernel", near)):
        gram, cross, _ = moments(z, z[:, 0] * z[:, 1], weights)
        made[name] = float(np.linalg.solve(gram, cross)[2])
    return made


def descent(gram: Array, cross: Array, most: int) -> list[int]:
    """Coordinate descent along falling penalties: the last support that is not too large."""
    w = np.zeros(cross.size)
    found: list[int] = []
    for level in np.abs(cross).max() * np.geomspace(1, 1e-3, 400)[1:]:
        for _ in range(60):
            before = w.copy()
            for j in range(w.size):
                pull = cross[j] - gram[j] @ w + gram[j, j] * w[j]
                w[j] = math.copysign(max(abs(pull) - level, 0), pull) / gram[j, j]
            if np.abs(w - before).max() < STILL:
                break
        if np.count_nonzero(w) > most:
            break
        found = list(np.flatnonzero(w))
    return found


def best_sets(gram: Array, cross: Array, most: int) -> list[int]:
    """The subset that explains most."""

    def worth(them: Iterable[int]) -> float:
        part = list(them)
        return float(cross[part] @ np.linalg.solve(gram[np.ix_(part, part)], cross[part]))

    return list(max(combinations(range(cross.size), most), key=worth))


def picked_by_descent(scores: Arrays, width: float, length: int) -> dict[str, Array]:
    """Coordinate descent along a grid of penalties; all subsets, from covariances."""
    z, weights = weighted(len(NAMES), width)
    gram, cross, _ = moments(z, scores["forest"], weights)
    made = {}
    for most in range(1, int(length) + 1):
        made[f"lasso{most}"] = np.array(descent(gram, cross, most)) + 1.0
        made[f"best{most}"] = np.array(best_sets(gram, cross, most)) + 1.0
    return made


def refits_by_moments(scores: Arrays, width: float, length: int) -> dict[str, Array]:
    """From covariances."""
    z, weights = weighted(len(NAMES), width)
    gram, cross, variance = moments(z, scores["forest"], weights)
    made: dict[str, list[float]] = {"lasso": [], "best": []}
    last: Array = np.zeros(0)
    for name, pick in (("best", best_sets), ("lasso", descent)):
        for most in range(1, int(length) + 1):
            part = pick(gram, cross, most)
            last = np.array(np.linalg.solve(gram[np.ix_(part, part)], cross[part]), dtype=float)
            made[name].append(float(cross[part] @ last / variance))
    return {**{name: np.array(them) for name, them in made.items()}, "weights": last}


def spread_by_moments(
    scores: Arrays, width: float, sizes: Array, seeds: int, length: int
) -> dict[str, Array]:
    """Covariances for each seed; mean squares minus squared means."""
    z, weights = weighted(len(NAMES), width)
    best = by_sklearn(z, scores["forest"], weights)[0][1:]
    top = {j for _, j in sorted((-abs(w), j) for j, w in enumerate(best))[: int(length)]}
    deviations, shares = [], []
    for count in sizes:
        sums, hits = np.zeros((2, len(NAMES))), 0
        for seed in range(int(seeds)):
            off = lime(scores["forest"], int(count), seed, width) - best
            sums += [off, off**2]
            order = sorted((-abs(w), j) for j, w in enumerate(off + best))
            hits += {j for _, j in order[: int(length)]} == top
        mean = sums / seeds
        deviations.append(np.sqrt((mean[1] - mean[0] ** 2) * seeds / (seeds - 1)))
        shares.append(100 * hits / seeds)
    return {"deviations": np.array(deviations), "top": np.array(shares)}


def tau_by_influence(scores: Arrays, width: float) -> Array:
    """Mean square of each mask's influence on the weights."""
    size = len(NAMES)
    z, weights = weighted(size, width)
    theta = by_sklearn(z, scores["forest"], weights)[0]
    gram, _, _ = moments(z, scores["forest"], weights)
    middle = weights @ z / weights.sum()
    squares = np.zeros(size)
    for row, y, weight in zip(z, scores["forest"], weights, strict=True):
        if weight:
            near = kernel(row.sum(), size, width)
            rest = y - theta[0] - row @ theta[1:]
            moved = np.linalg.solve(gram, row - middle) * rest * near / weights.sum()
            squares += weight / near * moved**2
    return np.asarray(np.sqrt(squares))


def needed_by_division(tau: Array, wanted: float) -> float:
    """The largest, squared after the division."""
    return max(float(it) / wanted for it in tau) ** 2


def error_by_moments(
    scores: Arrays, width: float, trials: int, samples: int, tau: Array
) -> dict[str, float]:
    """Covariances for each seed."""
    z, weights = weighted(len(NAMES), width)
    best = by_sklearn(z, scores["forest"], weights)[0][1]
    each = [
        samples * (lime(scores["forest"], samples, 1000 + k, width)[0] - best) ** 2
        for k in range(int(trials))
    ]
    mean = sum(each) / len(each)
    variance = sum((it - mean) ** 2 for it in each) / (len(each) - 1)
    return {
        "estimate": mean,
        "error": math.sqrt(variance / len(each)),
        "claim": float(np.prod([tau[0], tau[0]])),
    }
