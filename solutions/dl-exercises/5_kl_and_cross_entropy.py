"""Expected divergence and cross-entropy of a small network, on tables drawn at random."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]
INPUTS, LABELS = 3, 4
LEAST = 0.2  # of the uniform numbers
WIDTH = 1e-9  # of the interval at which a search stops
UPPER, LOWER = "#0B5394", "#B45309"


# second routes


def joint_by_single_draws(scores: Array) -> Array:
    """Entries drawn one by one and normalised by loops."""
    generator = np.random.Generator(np.random.PCG64(0))
    rows = [[math.exp(score) * generator.uniform(LEAST, 1.0) for score in row] for row in scores]
    total = math.fsum(entry for row in rows for entry in row)
    return np.array([[entry / total for entry in row] for row in rows])


def scores_by_single_draws() -> Array:
    """Entries drawn one by one."""
    generator = np.random.Generator(np.random.PCG64(1))
    return np.array([[generator.normal() for _ in range(LABELS)] for _ in range(INPUTS)])


def entropy_by_chain_rule(joint: Array) -> float:
    """Entropy of the pair less the entropy of the input."""
    inputs = joint.sum(axis=1)
    return float(inputs @ np.log(inputs) - np.sum(joint * np.log(joint)))


def best_by_bisection(joint: Array, scores: Array) -> dict[str, float]:
    """Zero of the common derivative: mean score under the network less mean score of the data."""
    low, high = -8.0, 8.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if slope_at(middle, joint, scores) < 0 else (low, middle)
    return {"kl": low, "ce": high}


def slope_at(theta: float, pairs: Array, logits: Array) -> float:
    """Derivative of either objective for theta."""
    total = 0.0
    for weights, row in zip(pairs, logits, strict=True):
        powers = [math.exp(theta * score) for score in row]
        mean = sum(p * score for p, score in zip(powers, row, strict=True)) / sum(powers)
        total += sum(w * (mean - score) for w, score in zip(weights, row, strict=True))
    return total


def objective_by_joint_laws(
    joint: Array, scores: Array, best: Numbers, far: float
) -> dict[str, Array]:
    """Divergence of two laws of the pair; cross-entropy by log-sum-exp; their difference."""
    inputs = joint.sum(axis=1, keepdims=True)
    divergence, cross = [], []
    for theta in (0.0, best["ce"], far):
        logits = theta * scores
        sums = np.log(np.exp(logits).sum(axis=1, keepdims=True))
        model = inputs * np.exp(logits - sums)
        divergence.append(float(np.sum(joint * np.log(joint / model))))
        cross.append(float(np.sum(joint * (sums - logits))))
    gap = [one - other for one, other in zip(cross, divergence, strict=True)]
    return {"kl": np.array(divergence), "ce": np.array(cross), "gap": np.array(gap)}


def logloss_by_counts(
    joint: Array, scores: Array, best: Numbers, sample: float
) -> dict[str, float]:
    """Relative frequencies of the pairs instead of the pairs; log-sum-exp."""
    drawn = np.random.default_rng(2).choice(joint.size, size=int(sample), p=joint.ravel())
    frequencies = np.bincount(drawn, minlength=joint.size) / int(sample)
    logits = best["ce"] * scores
    losses = (np.log(np.exp(logits).sum(axis=1, keepdims=True)) - logits).ravel()
    mean = float(frequencies @ losses)
    spread = float(frequencies @ (losses - mean) ** 2)
    claim = float(joint.ravel() @ losses)
    return {"estimate": mean, "error": math.sqrt(spread / (sample - 1)), "claim": claim}


def logfour_by_halves() -> float:
    """Twice the logarithm of two."""
    return 2 * math.log1p(1)


# what the report prints


@value(route=scores_by_single_draws, digits=2)
def scores() -> Array:
    """The scores $B$ of the network, drawn at random."""
    return np.random.default_rng(1).normal(size=(INPUTS, LABELS))


@value(route=joint_by_single_draws, digits=3)
def joint(scores: Array) -> Array:
    """The generator's table $p^*(x, y)$: powers of the scores times uniform numbers."""
    drawn = np.exp(scores) * np.random.default_rng(0).uniform(LEAST, 1.0, scores.shape)
    return np.asarray(drawn / drawn.sum())


@value(route=entropy_by_chain_rule, digits=4)
def entropy(joint: Array) -> float:
    """The conditional entropy $h$: the entropy of each row, averaged."""
    total = 0.0
    for row in joint:
        weight = row.sum()
        total -= weight * sum(p * math.log(p) for p in row / weight)
    return total


@value(route=best_by_bisection, digits=4, tolerance=1e-6)
def best(joint: Array, scores: Array) -> dict[str, float]:
    """The minimisers of $F$ and of $G$, each by golden section of its own objective."""
    return {
        "kl": golden(divergence_of, joint, scores),
        "ce": golden(cross_entropy_of, joint, scores),
    }


@value(route=objective_by_joint_laws, digits=4)
def objective(
    joint: Array, scores: Array, best: Numbers, entropy: float, far: float
) -> dict[str, Array]:
    """Expected divergence, expected cross-entropy and entropy for three parameters."""
    models = [network(theta, scores) for theta in (0.0, best["kl"], far)]
    return {
        "kl": np.array([divergence_of(joint, model) for model in models]),
        "ce": np.array([cross_entropy_of(joint, model) for model in models]),
        "gap": np.full(len(models), entropy),
    }


@value(route=logloss_by_counts, digits=4)
def logloss(joint: Array, scores: Array, best: Numbers, sample: float) -> dict[str, float]:
    """Log loss of a sample, its standard error, and the cross-entropy."""
    model = network(best["ce"], scores)
    drawn = np.random.default_rng(2).choice(joint.size, size=int(sample), p=joint.ravel())
    losses = -np.log(model.ravel()[drawn])
    error = float(losses.std(ddof=1)) / math.sqrt(sample)
    return {
        "estimate": float(losses.mean()),
        "error": error,
        "claim": cross_entropy_of(joint, model),
    }


@value(route=logfour_by_halves, digits=4)
def logfour() -> float:
    """Logarithm of the number of labels."""
    return math.log(LABELS)


def network(theta: float, scores: Array) -> Array:
    """The law of the label for each input: softmax of each row of theta times the scores."""
    powers = np.exp(theta * scores)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def divergence_of(joint: Array, model: Array) -> float:
    """Expected divergence: that of each row, weighted by the probability of its input."""
    total = 0.0
    for row, predicted in zip(joint, model, strict=True):
        weight = row.sum()
        total += weight * float(np.sum(row / weight * np.log(row / weight / predicted)))
    return total


def cross_entropy_of(joint: Array, model: Array) -> float:
    """Expected cross-entropy: mean of minus the logarithm of the model's probability."""
    return -float(np.sum(joint * np.log(model)))


def golden(of: Callable[[Array, Array], float], pairs: Array, logits: Array) -> float:
    """Parameter at which an objective is least, by golden section between -8 and 8.

    Source: Kiefer (1953), Sequential minimax search for a maximum.
    """

    def function(theta: float) -> float:
        return of(pairs, network(theta, logits))

    low, high, ratio = -8.0, 8.0, (math.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > WIDTH:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return (low + high) / 2


@table
def objectives() -> TableRows:
    """Both objectives and their difference."""
    heads = ("$0$", r"$\val{best.kl}$", r"$\val{far}$")
    rows = [
        [head, *(rf"\val{{objective.{name}[{place}]}}" for name in ("ce", "kl", "gap"))]
        for place, head in enumerate(heads, start=1)
    ]
    return TableRows(
        "lddd", [r"$\theta$", r"$G_\theta$", r"$F_\theta$", r"$G_\theta - F_\theta$"], rows
    )


@figure
def curves(joint: Array, scores: Array, best: Numbers, entropy: float) -> Figure:
    """Both objectives over the parameter, with their minima and their distance."""
    made = Figure(figsize=(4.6, 2.5))
    axis = made.subplots()
    grid = np.linspace(-1.5, 2.5, 201)
    cross = [cross_entropy_of(joint, network(theta, scores)) for theta in grid]
    divergence = [divergence_of(joint, network(theta, scores)) for theta in grid]
    axis.plot(grid, cross, "-", color=UPPER, label=r"cross-entropy $G_\theta$")
    axis.plot(grid, divergence, "--", color=LOWER, label=r"divergence $F_\theta$")
    for theta in (-1.0, best["kl"], 2.0):
        foot = divergence_of(joint, network(theta, scores))
        axis.annotate(
            "", (theta, foot + entropy), (theta, foot), arrowprops={"arrowstyle": "<->", "lw": 0.7}
        )
        axis.text(theta + 0.06, foot + entropy / 2, "$h$")
    marks = ((best["ce"], cross_entropy_of, UPPER), (best["kl"], divergence_of, LOWER))
    for theta, of, colour in marks:
        axis.plot(theta, of(joint, network(theta, scores)), "o", color=colour, markersize=4)
    axis.set_xlabel(r"parameter $\theta$")
    axis.set_ylabel("nats")
    axis.set_ylim(bottom=0)
    axis.legend(loc="upper center", bbox_to_anchor=(0.45, 1.0))
    return made
