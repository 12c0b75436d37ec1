"""Top-k errors of a small table, of guessing, and of two synthetic classifiers."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
SHOWN = 10  # the largest k of the figure
GROUP = 5  # similar classes in a group
OBJECTS = 8  # the largest number of objects in an image


# second routes: sorting and enumeration instead of counting


def ranks_by_sorting(scores: Array, labels: Array) -> dict[str, Array]:
    """First and last place of the label's score in the sorted row."""
    best, worst = [], []
    for row, coded in zip(scores, labels, strict=True):
        ordered = sorted((float(score) for score in row), reverse=True)
        own = float(row[list(coded).index(1)])
        best.append(ordered.index(own) + 1)
        worst.append(len(ordered) - ordered[::-1].index(own))
    return {"best": np.array(best), "worst": np.array(worst)}


def named_by_dot_product(labels: Array) -> Array:
    """Codes times the numbers of the classes."""
    return np.asarray(labels @ np.arange(1, labels.shape[1] + 1))


def misses_by_lists(scores: Array, labels: Array) -> Array:
    """The k best classes listed, ties with the label first."""
    counts = [0] * scores.shape[1]
    for row, coded in zip(scores, labels, strict=True):
        order = sorted(range(len(row)), key=lambda c: (-row[c], -coded[c]))
        for k in range(1, len(row) + 1):
            counts[k - 1] += not any(coded[c] for c in order[:k])
    return np.array(counts)


def rates_by_enumeration(scores: Array, labels: Array) -> dict[str, Array]:
    """The k best classes listed, for every order in which ties can be broken."""
    classes = scores.shape[1]
    orders = list(permutations(range(classes)))
    missed = np.zeros((len(scores), len(orders), classes))
    for i, (row, coded) in enumerate(zip(scores, labels, strict=True)):
        for place, order in enumerate(orders):
            listed = sorted(order, key=lambda c: -row[c])  # stable: ties stay as in `order`
            first = [coded[c] for c in listed].index(1)
            missed[i, place, :first] = 1
    return {
        "best": missed.min(axis=1).mean(axis=0),
        "random": missed.mean(axis=1).mean(axis=0),
        "worst": missed.max(axis=1).mean(axis=0),
        "guess": np.array([(classes - k) / classes for k in range(1, classes + 1)]),
    }


def total_by_loops(scores: Array, labels: Array) -> dict[str, float]:
    """Larger scores counted one by one."""
    ranks = [
        1 + sum(score > row[list(coded).index(1)] for score in row)
        for row, coded in zip(scores, labels, strict=True)
    ]
    missed = [sum(rank > k for rank in ranks) for k in range(scores.shape[1])]
    return {"errors": sum(missed) / len(ranks), "rank": sum(ranks) / len(ranks)}


def chance_by_products(classes: int) -> dict[str, float]:
    """Products of the probabilities of successive misses."""
    left, five = classes, 1.0
    for _ in range(GROUP):
        five *= (left - 1) / left
        left -= 1
    return {"one": (classes - 1) / classes, "five": five}


def synthetic_by_sorting(drawn: int, kinds: int) -> dict[str, Array]:
    """Each row sorted, the label's place looked up."""
    noise = np.random.default_rng(0).normal(size=(drawn, kinds))
    curves = {}
    for name, near, own in (("a", 4, 1), ("b", 0, 3)):
        places = np.zeros(drawn, dtype=int)
        for i, row in enumerate(noise):
            label = i % kinds
            start = label - label % GROUP
            raised = row.copy()
            raised[start : start + GROUP] += near
            raised[label] += own
            places[i] = list(np.argsort(-raised)).index(label)
        curves[name] = np.array([float(np.mean(places >= k)) for k in range(1, SHOWN + 1)])
    return curves


def perfect_by_formula() -> dict[str, Array]:
    """The closed form."""
    shown = np.arange(1, OBJECTS + 1)
    return {"one": np.maximum(0, 1 - 1 / shown), "five": np.maximum(0, 1 - GROUP / shown)}


# what the report prints


@value(route=named_by_dot_product)
def named(labels: Array) -> Array:
    """Class that each label names."""
    return np.asarray(np.argmax(labels, axis=1) + 1)


@value(route=ranks_by_sorting)
def ranks(scores: Array, labels: Array) -> dict[str, Array]:
    """Best and worst ranks of the labels, by comparisons."""
    own = (scores * labels).sum(axis=1, keepdims=True)
    return {"best": 1 + (scores > own).sum(axis=1), "worst": (scores >= own).sum(axis=1)}


@value(route=misses_by_lists)
def misses(ranks: Mapping[str, Array], scores: Array) -> Array:
    r"""Examples with a rank above $k = 1, \dots, K$."""
    return np.array([np.sum(ranks["best"] > k) for k in range(1, scores.shape[1] + 1)])


@value(route=rates_by_enumeration, digits=4)
def rates(ranks: Mapping[str, Array], scores: Array) -> dict[str, Array]:
    r"""Top-$k$ errors $E_k$, $\tilde E_k$, $\bar E_k$ and those of guessing, from the ranks."""
    k = np.arange(1, scores.shape[1] + 1)
    best, worst = ranks["best"].reshape(-1, 1), ranks["worst"].reshape(-1, 1)
    shares = np.clip((worst - k) / (worst - best + 1), 0, 1)
    return {
        "best": (best > k).mean(axis=0),
        "random": shares.mean(axis=0),
        "worst": (worst > k).mean(axis=0),
        "guess": 1 - k / len(k),
    }


@value(route=total_by_loops, digits=4)
def total(rates: Mapping[str, Array], ranks: Mapping[str, Array]) -> dict[str, float]:
    """Sum of the errors from $k = 0$ on, and mean rank."""
    return {"errors": 1 + float(rates["best"].sum()), "rank": float(ranks["best"].mean())}


@value(route=chance_by_products, digits=3)
def chance(classes: int) -> dict[str, float]:
    """Errors of guessing among the classes of the challenge."""
    return {"one": 1 - 1 / classes, "five": 1 - GROUP / classes}


@value(route=synthetic_by_sorting, digits=4)
def synthetic(drawn: int, kinds: int) -> dict[str, Array]:
    """Errors of the synthetic classifiers, by counting larger scores (seed 0)."""
    noise = np.random.default_rng(0).normal(size=(drawn, kinds))
    labels = np.arange(drawn) % kinds
    classes = np.arange(kinds)
    is_own = classes == labels[:, None]
    is_near = classes // GROUP == labels[:, None] // GROUP
    curves = {}
    for name, scores in (("a", noise + 4 * is_near + is_own), ("b", noise + 3 * is_own)):
        places = (scores > scores[is_own][:, None]).sum(axis=1)
        curves[name] = np.array([(places >= k).mean() for k in range(1, SHOWN + 1)])
    return curves


@value(route=perfect_by_formula)
def perfect() -> dict[str, Array]:
    """Expected errors of a perfect classifier for $M$ objects, by counting ranks."""
    return {
        name: np.array(
            [
                sum(rank > k for rank in range(1, shown + 1)) / shown
                for shown in range(1, OBJECTS + 1)
            ]
        )
        for name, k in (("one", 1), ("five", GROUP))
    }


@table
def ranking(scores: Array) -> TableRows:
    """Each example: scores, label, best and worst rank."""
    rows, classes = scores.shape
    body = [
        [
            str(i),
            *(rf"\val{{scores[{i},{c}]}}" for c in range(1, classes + 1)),
            rf"\val{{named[{i}]}}",
            *(rf"\val{{ranks.{which}[{i}]}}" for which in ("best", "worst")),
        ]
        for i in range(1, rows + 1)
    ]
    heading = ["$i$", *(f"$S_{{i{c}}}$" for c in range(1, classes + 1))]
    return TableRows(
        "l" + "d" * classes + "ccc", [*heading, "label", r"$r_i$", r"$\bar r_i$"], body
    )


@table
def errors(scores: Array) -> TableRows:
    """Each rule for ties: the errors for all k."""
    ks = range(1, scores.shape[1] + 1)
    names = {
        "best": "$E_k$, for the label",
        "random": r"$\tilde E_k$, at random",
        "worst": r"$\bar E_k$, against the label",
        "guess": "guessing, $1 - k/K$",
    }
    rows = [[text, *(rf"\val{{rates.{name}[{k}]}}" for k in ks)] for name, text in names.items()]
    return TableRows("l" + "d" * len(ks), ["Ties", *(f"$k = {k}$" for k in ks)], rows)


@figure
def curves(synthetic: Mapping[str, Array], perfect: Mapping[str, Array], kinds: int) -> Figure:
    """Errors against k, and errors of a perfect classifier."""
    made = Figure(figsize=(6.2, 2.5))
    left, right = made.subplots(1, 2)
    ks = np.arange(1, SHOWN + 1)
    left.plot(ks, 1 - ks / kinds, ":", color="0.3", label="guessing")
    left.plot(ks, synthetic["a"], "-", marker="o", ms=3, label="A: finds the group")
    left.plot(ks, synthetic["b"], "--", marker="s", ms=3, label="B: finds the label")
    left.set_xlabel("$k$")
    left.set_ylabel("top-$k$ error")
    left.set_ylim(0, 1.02)
    left.legend(loc="center right")
    shown = np.arange(1, OBJECTS + 1)
    right.plot(shown, perfect["one"], "-", marker="o", ms=3, label="top-1")
    right.plot(shown, perfect["five"], "--", marker="s", ms=3, label="top-5")
    right.set_xlabel("$M$")
    right.set_ylabel("expected error")
    right.set_ylim(-0.02, 1.02)
    right.legend()
    return made
