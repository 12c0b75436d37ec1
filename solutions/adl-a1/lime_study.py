"""Explanations of the text for all masks and for samples, subsets of words, picks of reviews."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import TypeAlias

import lime_text as text
import numpy as np

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
SIZE = len(text.NAMES)
FRESH = 2000  # new reviews, on which the classifiers are judged


def all_weights(width: float) -> Array:
    """The law of the masks times the kernel."""
    kept = text.masks(SIZE).sum(axis=1)
    return np.asarray(text.law(SIZE) * text.proximity(kept, SIZE, width))


def accuracy(corpus: Arrays, trees: int) -> dict[str, float]:
    """Percentages of new reviews that are classified rightly, with and without the leak."""
    made = {}
    for name, leaks in (("leaking", True), ("clean", False)):
        counts, labels = text.reviews(FRESH, 1, leaks)
        for kind, fit in (
            ("linear", text.logistic(corpus["counts"], corpus["labels"])),
            ("forest", text.forest(corpus["counts"], corpus["labels"], trees)),
        ):
            made[f"{kind}_{name}"] = 100 * float(np.mean(fit.predict(counts) == labels))
    return made


def condition(width: float, tiny: float) -> dict[str, float]:
    """Logarithm to base ten of the condition number of the normal equations at two widths."""
    design = np.column_stack([np.ones(2**SIZE), text.masks(SIZE)])
    made = {}
    for name, wide in (("usual", width), ("tiny", tiny)):
        root = np.sqrt(all_weights(wide))
        made[name] = 2 * math.log10(np.linalg.cond(design * root[:, None]))
    return made


def dummy(width: float) -> dict[str, float]:
    """Weight of the third of three words where the label is the product of the first two."""
    z = text.masks(3)
    near = text.proximity(z.sum(axis=1), 3, width)
    kinds = {"both": text.law(3) * near, "draw": text.law(3), "kernel": near}
    y = z[:, 0] * z[:, 1]
    return {name: float(text.fitted(z, y, weights)[3]) for name, weights in kinds.items()}


def picked(scores: Arrays, width: float, length: int) -> dict[str, Array]:
    """The words that K-Lasso picks for the forest, and the best subset, for each K."""
    z, weights, y = text.masks(SIZE), all_weights(width), scores["forest"]
    made = {}
    for most in range(1, length + 1):
        made[f"lasso{most}"] = np.array(text.k_lasso(z, y, weights, most)) + 1.0
        sets = {
            chosen: text.share(z[:, chosen], y, weights, text.fitted(z[:, chosen], y, weights))
            for chosen in combinations(range(SIZE), most)
        }
        made[f"best{most}"] = np.array(max(sets, key=lambda it: sets[it])) + 1.0
    return made


def refits(scores: Arrays, width: float, length: int, picked: Arrays) -> dict[str, Array]:
    """Shares explained after least squares on the picked words, and the weights for the last."""
    z, weights, y = text.masks(SIZE), all_weights(width), scores["forest"]
    made: dict[str, list[float]] = {"lasso": [], "best": []}
    for name, shares in made.items():
        for most in range(1, length + 1):
            columns = z[:, picked[f"{name}{most}"].astype(int) - 1]
            theta = text.fitted(columns, y, weights)
            shares.append(text.share(columns, y, weights, theta))
            if name == "lasso":
                last = theta[1:]
    return {**{name: np.array(them) for name, them in made.items()}, "weights": last}


def spread(  # noqa: PLR0913, PLR0917  # the sizes of the experiment
    scores: Arrays, exact: Arrays, width: float, sizes: Array, seeds: int, length: int
) -> dict[str, Array]:
    """Standard deviations over seeds, for each number of samples, and how often the top agrees."""
    best = set(np.argsort(-np.abs(exact["forest"][1:]))[: int(length)])
    deviations, tops = [], []
    for count in sizes:
        rows = np.array([
            text.explained(scores["forest"], int(count), seed, width)[1:]
            for seed in range(int(seeds))
        ])  # fmt: skip
        deviations.append(rows.std(axis=0, ddof=1))
        order = np.argsort(-np.abs(rows), axis=1)[:, : int(length)]
        tops.append(100 * np.mean([set(row) == best for row in order]))
    return {"deviations": np.array(deviations), "top": np.array(tops)}


def tau(scores: Arrays, exact: Arrays, width: float) -> Array:
    r"""Limits $\tau_j$ of $\sqrt{N}$ times the standard deviation, for the forest."""
    design = np.column_stack([np.ones(2**SIZE), text.masks(SIZE)])
    rest = scores["forest"] - design @ exact["forest"]
    weights = text.proximity(design[:, 1:].sum(axis=1), SIZE, width)
    inner = design.T @ (design * (text.law(SIZE) * weights)[:, None])
    outer = design.T @ (design * (text.law(SIZE) * (weights * rest) ** 2)[:, None])
    inverse = np.linalg.inv(inner)
    return np.asarray(np.sqrt(np.diag(inverse @ outer @ inverse))[1:])


def squares(  # noqa: PLR0913, PLR0917  # the sizes of the experiment
    scores: Arrays, exact: Arrays, tau: Array, width: float, trials: int, samples: int
) -> dict[str, float]:
    """N times the squared error of the weight of `posted`, over other seeds, and its claim."""
    found = np.array([
        text.explained(scores["forest"], int(samples), seed, width)[1]
        for seed in range(1000, 1000 + int(trials))
    ])  # fmt: skip
    each = samples * (found - exact["forest"][1]) ** 2
    error = each.std(ddof=1) / math.sqrt(each.size)
    return {"estimate": float(each.mean()), "error": float(error), "claim": float(tau[0] ** 2)}


def matrix(corpus: Arrays, linear: Arrays, picks: int, few: int, width: float) -> Array:
    """Explanations of the first reviews: sizes of weights, a row for each review."""
    made = np.zeros((int(picks), len(text.WORDS)))
    for row, counts in zip(made, corpus["counts"], strict=False):
        present = np.flatnonzero(counts)
        z = text.masks(present.size)
        kept = z.sum(axis=1)
        weights = text.law(present.size) * text.proximity(kept, present.size, width)
        y = z @ (counts * linear["weights"])[present] + linear["intercept"][0]
        chosen = text.k_lasso(z, y, weights, int(few))
        row[present[chosen]] = np.abs(text.fitted(z[:, chosen], y, weights)[1:])
    return made


def cover(matrix: Array) -> dict[str, Array]:
    """Covered shares for one to three picks: greedy, best, mean over all picks."""
    seen, worth = matrix > 0, np.sqrt(matrix.sum(axis=0))
    made: dict[str, list[float]] = {"greedy": [], "best": [], "mean": []}
    picks: list[int] = []
    for budget in range(1, 4):
        gains = [worth[seen[[*picks, i]].any(axis=0)].sum() for i in range(len(matrix))]
        picks.append(int(np.argmax(gains)))
        sets = [worth[seen[list(them)].any(axis=0)].sum()
                for them in combinations(range(len(matrix)), budget)]  # fmt: skip
        for name, it in (("greedy", max(gains)), ("best", max(sets)), ("mean", np.mean(sets))):
            made[name].append(float(it / worth.sum()))
    return {name: np.array(them) for name, them in made.items()}
