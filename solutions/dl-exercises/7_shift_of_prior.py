"""Posteriors, decisions and expected losses before and after a shift of the prior."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]
PLACES = 12  # that expectation maximisation settles
ROUNDS = 20000  # of expectation maximisation: it converges linearly
BEFORE, AFTER = "#0B5394", "#B45309"


# second routes


def posterior_by_loops(L: Array, prior: Array, shifted: Array) -> dict[str, Array]:
    """Bayes' rule for each prior by itself, entry by entry."""
    found = {}
    for name, weights in (("before", prior), ("after", shifted)):
        rows = []
        for i in range(L.shape[1]):
            joint = [float(weights[k]) * float(L[k, i]) for k in range(len(weights))]
            rows.append([entry / math.fsum(joint) for entry in joint])
        found[name] = np.array(rows)
    return found


def risk_by_table(L: Array, prior: Array, shifted: Array) -> dict[str, float]:
    """One minus the sum of chosen, largest or smallest joint probabilities."""
    old, new = (weights[:, None] * L for weights in (prior, shifted))
    chosen = np.argmax(old, axis=0)
    return {
        "count": float(L.shape[0] ** L.shape[1]),
        "network": 1 - float(sum(new[k, i] for i, k in enumerate(chosen))),
        "reweighted": 1 - float(sum(max(column) for column in new.T)),
        "best": 1 - float(new.max(axis=0).sum()),
        "worst": 1 - float(new.min(axis=0).sum()),
    }


def before_by_table(L: Array, prior: Array, shifted: Array) -> dict[str, float]:
    """One minus the sum of joint probabilities under the training law."""
    old = prior[:, None] * L
    chosen = np.argmax(shifted[:, None] * L, axis=0)
    least = 1 - float(old.max(axis=0).sum())
    return {
        "network": least,
        "reweighted": 1 - float(sum(old[k, i] for i, k in enumerate(chosen))),
        "best": least,
    }


def covariate_by_loops(
    L: Array,
    prior: Array,
    shifted: Array,
) -> dict[str, Array | float]:
    """The same by loops over inputs and classes."""
    classes, inputs = L.shape
    joint = np.zeros((inputs, classes))
    for i in range(inputs):
        weight = sum(float(shifted[k] * L[k, i]) for k in range(classes))
        evidence = sum(float(prior[k] * L[k, i]) for k in range(classes))
        for k in range(classes):
            joint[i, k] = weight * prior[k] * L[k, i] / evidence
    classes_now = [math.fsum(joint[:, k]) for k in range(classes)]
    right = wrong = 0.0
    for i in range(inputs):
        scores = [classes_now[k] / float(prior[k]) * joint[i, k] for k in range(classes)]
        right += max(joint[i])
        wrong += joint[i, scores.index(max(scores))]
    return {"prior": np.array(classes_now), "network": 1 - right, "reweighted": 1 - wrong}


def estimate_by_linear_equations(L: Array, shifted: Array) -> Array:
    """Least squares: the prior with which the classes mix to the law of the inputs."""
    return np.asarray(np.linalg.lstsq(L.T, L.T @ shifted, rcond=None)[0])


def threshold_by_quadrature(m: float, sigma: float, rare: float) -> dict[str, float]:
    """Error by Simpson's rule, least error by golden section."""

    def density(at: Array, mean: float) -> Array:
        scaled = (at - mean) / sigma
        return np.asarray(np.exp(-(scaled**2) / 2) / (sigma * math.sqrt(2 * math.pi)))

    def simpson(low: float, high: float, mean: float) -> float:
        places = np.linspace(low, high, 2001)
        heights = density(places, mean)
        inner = 4 * heights[1:-1:2].sum() + 2 * heights[2:-1:2].sum()
        return float((heights[0] + inner + heights[-1]) * (places[1] - places[0]) / 3)

    def error(place: float) -> float:
        return rare * simpson(-12.0, place, m) + (1 - rare) * simpson(place, 12.0, -m)

    low, high, ratio = 0.0, 3.0, (math.sqrt(5) - 1) / 2
    for _ in range(60):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if error(left) < error(right) else (left, high)
    return {"new": low, "before": error(0.0), "after": error(low)}


# what the report prints


@value(route=posterior_by_loops, digits=3)
def posterior(L: Array, prior: Array, shifted: Array) -> dict[str, Array]:
    """Posteriors for each input (row): the network's, and reweighted by the ratio of priors."""
    before = (prior[:, None] * L).T
    before = before / before.sum(axis=1, keepdims=True)
    after = before * (shifted / prior)
    return {"before": before, "after": np.asarray(after / after.sum(axis=1, keepdims=True))}


@value(route=risk_by_table, digits=3)
def risk(
    L: Array,
    shifted: Array,
    posterior: Mapping[str, Array],
) -> dict[str, float]:
    """Expected losses in the application: of two decisions and of all classifiers."""
    losses = all_losses(shifted, L)
    network = tuple(int(k) for k in posterior["before"].argmax(axis=1))
    reweighted = tuple(int(k) for k in posterior["after"].argmax(axis=1))
    return {
        "count": float(len(losses)),
        "network": losses[network],
        "reweighted": losses[reweighted],
        "best": min(losses.values()),
        "worst": max(losses.values()),
    }


@value(route=before_by_table, digits=3)
def before(
    L: Array,
    prior: Array,
    posterior: Mapping[str, Array],
) -> dict[str, float]:
    """The same under the law of the training data."""
    losses = all_losses(prior, L)
    network = tuple(int(k) for k in posterior["before"].argmax(axis=1))
    reweighted = tuple(int(k) for k in posterior["after"].argmax(axis=1))
    return {
        "network": losses[network],
        "reweighted": losses[reweighted],
        "best": min(losses.values()),
    }


@value(route=covariate_by_loops, digits=3)
def covariate(
    L: Array,
    prior: Array,
    shifted: Array,
    posterior: Mapping[str, Array],
) -> dict[str, Array | float]:
    """New inputs with the old posterior: class probabilities and expected losses."""
    inputs = shifted @ L
    joint = inputs[:, None] * posterior["before"]
    classes = joint.sum(axis=0)
    places = np.arange(len(inputs))
    chosen = np.argmax(posterior["before"] * classes / prior, axis=1)
    return {
        "prior": classes,
        "network": 1 - float(joint.max(axis=1).sum()),
        "reweighted": 1 - float(joint[places, chosen].sum()),
    }


@value(route=estimate_by_linear_equations, digits=3, tolerance=1e-6)
def estimate(L: Array, prior: Array, shifted: Array) -> Array:
    """The prior that expectation maximisation finds from the law of the inputs.

    Source: Saerens, Latinne and Decaestecker (2002).
    """
    inputs = shifted @ L
    current = prior
    for _ in range(ROUNDS):
        joint = current[:, None] * L
        current = (joint / joint.sum(axis=0)) @ inputs
    return np.round(current, PLACES)


@value(route=threshold_by_quadrature, digits=3, tolerance=1e-6)
def threshold(m: float, sigma: float, rare: float) -> dict[str, float]:
    """New threshold of the normal example; errors with the old and with the new one."""
    new = sigma**2 / (2 * m) * math.log((1 - rare) / rare)
    return {
        "new": new,
        "before": error_at(0.0, m, sigma, rare),
        "after": error_at(new, m, sigma, rare),
    }


def all_losses(weights: Array, laws: Array) -> dict[tuple[int, ...], float]:
    """Expected 0/1 loss of every deterministic classifier, by enumeration.

    Shapes: weights (K,), laws (K, M); a classifier is a tuple of M classes.
    """
    joint = weights[:, None] * laws
    classes, inputs = laws.shape
    losses = {}
    for chosen in product(range(classes), repeat=inputs):
        wrong = [joint[k, i] for i in range(inputs) for k in range(classes) if k != chosen[i]]
        losses[chosen] = math.fsum(wrong)
    return losses


def error_at(place: float, mean: float, spread: float, first: float) -> float:
    """Probability of an error if the first class is chosen above a threshold."""

    def below(scaled: float) -> float:
        return (1 + math.erf(scaled / math.sqrt(2))) / 2

    missed = first * below((place - mean) / spread)
    return missed + (1 - first) * below(-(place + mean) / spread)


@table
def posteriors() -> TableRows:
    """For each input the posteriors before and after, with the decisions."""
    rows = []
    for i in range(1, 5):
        row = [f"${i}$"]
        for name in ("before", "after"):
            row += [rf"\val{{posterior.{name}[{i},{k}]}}" for k in (1, 2, 3)]
            row.append(rf"\val{{decision.{name}[{i}]}}")
        rows.append(row)
    before = [r"$p(1 \mid x)$", r"$p(2 \mid x)$", r"$p(3 \mid x)$", "class"]
    after = ["$r(1, x)$", "$r(2, x)$", "$r(3, x)$", "class"]
    return TableRows("cdddcdddc", ["$x$", *before, *after], rows)


def decision_by_joint(L: Array, prior: Array, shifted: Array) -> dict[str, Array]:
    """Largest joint probability of each input under the law before and after."""
    old, new = prior[:, None] * L, shifted[:, None] * L
    return {"before": 1.0 + np.argmax(old, axis=0), "after": 1.0 + np.argmax(new, axis=0)}


@value(route=decision_by_joint)
def decision(posterior: Mapping[str, Array]) -> dict[str, Array]:
    """The classes for which the posteriors decide, counted from 1."""
    return {
        name: np.array([1.0 + list(row).index(max(row)) for row in rows])
        for name, rows in posterior.items()
    }


@figure
def thresholds(m: float, sigma: float, balanced: float, rare: float, threshold: Numbers) -> Figure:
    """Posteriors with their thresholds, and the error as a function of the threshold."""
    made = Figure(figsize=(6.2, 2.4))
    left, right = made.subplots(1, 2, gridspec_kw={"wspace": 0.12})
    places = np.linspace(-3, 4, 281)
    lines = ((balanced, 0.0, BEFORE, "-", "before"), (rare, threshold["new"], AFTER, "--", "after"))
    for first, cut, colour, line, name in lines:
        odds = 2 * m * places / sigma**2 + math.log(first / (1 - first))
        left.plot(places, 1 / (1 + np.exp(-odds)), line, color=colour, label=name)
        left.axvline(cut, 0, 0.48, color=colour, ls=line, lw=0.7)
    left.axhline(1 / 2, color="0.4", ls=":", lw=0.9)
    left.set_xlabel("input $t$")
    left.set_ylabel("posterior of the first class")
    left.legend(loc="upper left")
    errors = [error_at(place, m, sigma, rare) for place in places]
    right.plot(places, errors, "-", color="0.25")
    right.plot(0.0, threshold["before"], "o", color=BEFORE, label="old threshold")
    right.plot(threshold["new"], threshold["after"], "s", color=AFTER, label="new threshold")
    right.set_xlabel("threshold")
    right.set_ylabel("probability of an error")
    right.set_ylim(bottom=0)
    right.legend(loc="upper right")
    return made
