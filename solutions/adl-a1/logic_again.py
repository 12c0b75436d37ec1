"""Second routes of the random trials, in fractions."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TypeAlias

import numpy as np

Terms: TypeAlias = tuple[int, list[int], list[list[int]], tuple[int, int]]
Table: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def draws_one_by_one(count: int) -> Table:
    """The same numbers one after the other."""
    random = np.random.default_rng(0)
    return np.array([[random.random() for _ in range(12)] for _ in range(count)])


def trials_by_loops(draws: Table, step: float) -> dict[str, float]:
    """Fractions and loops over all points, in whole steps."""
    ones = [[row[0], 0.0, 0.0, 0.0, *row[4:]] for row in draws.tolist()]
    return {**_looped(draws.tolist(), step), "even": _looped(ones, step)["slack"]}


def _looped(draws: list[list[float]], step: float) -> dict[str, float]:
    """Counts of points, and the widest slack."""
    made = dict.fromkeys(("points", "sound", "own", "flat", "met"), 0)
    slack = Fraction(0)
    for number, row in enumerate(draws):
        implication = number % 3 > 1
        size = 2 if implication else 3
        bias, w = 5 + int(21 * row[0]), [1 + int(3 * it) for it in row[1 : 1 + size]]
        ends = [sorted((int(11 * row[4 + 2 * i]), int(11 * row[5 + 2 * i]))) for i in range(size)]
        low, high = sorted((0, 0, 2, 4, 6, 8, 10, 10)[int(8 * it)] for it in row[10:])
        theta = (bias - 10 * sum(w), 10 - bias, 10 - bias + 10 * w[0])[number % 3]
        if implication:
            w[0] = -w[0]
        sides = (range(a, b + 1) for a, b in ends)
        sums = {it: theta + sum(c * at for c, at in zip(w, it, strict=True))
                for it in itertools.product(*sides)}  # fmt: skip
        points = [it for it, z in sums.items() if low <= min(10, max(0, z)) <= high]
        made["points"] += len(points)
        made["met"] += bool(points)
        for rule in ("sound", "own", "flat"):
            rules = [_ends(rule, (theta, w, ends, (low, high)), k) for k in range(size)]
            made[rule] += sum(any(not a <= at <= b for at, (a, b) in zip(it, rules, strict=True))
                              for it in points)  # fmt: skip
            if rule == "sound" and points:
                for k, (a, b) in enumerate(rules):
                    column = [it[k] for it in points]
                    low_k, high_k = (Fraction(it) for it in ends[k])
                    slack = max(slack, min(column) - max(a, low_k), min(b, high_k) - max(column))
    return {**made, "slack": float(slack) * step}


def _ends(rule: str, of: Terms, k: int) -> tuple[Fraction, Fraction]:
    """What a rule says of one operand, in tenths."""
    theta, w, ends, own = of
    far, top = Fraction(10**6), 10
    low = Fraction(own[0]) if own[0] > 0 or rule == "flat" else -far
    high = Fraction(own[1]) if own[1] < top or rule == "flat" else far
    rest = [
        sorted((c * a, c * b)) for i, (c, (a, b)) in enumerate(zip(w, ends, strict=True)) if i != k
    ]
    most, least = sum(it[1] for it in rest), sum(it[0] for it in rest)
    if rule == "own":
        most, least = least, most
    two = (low - theta - most) / w[k], (high - theta - least) / w[k]
    return two if w[k] > 0 else (two[1], two[0])
