"""Downward bounds of random connectives against all truth values of a grid."""

from __future__ import annotations

import numpy as np
from logic_net import TINY, Array, Neuron, both, downward, either, implies, terms


def outcome(row: Array, kind: int, step: float) -> tuple[Neuron, Array, tuple[float, float]]:
    """A random connective, bounds of its operands and of its value."""
    bias, weights = (5 + np.floor(21 * row[0])) * step, 1 + np.floor(3 * row[1:4])
    ends = np.sort(np.floor(11 * row[4:10]).reshape(3, 2), axis=1) * step
    own = np.sort(np.array([0, 0, 2, 4, 6, 8, 10, 10])[np.floor(8 * row[10:]).astype(int)]) * step
    kinds = (both, either, implies)
    made = {"a": weights[0], "b": weights[1]} | (
        {"c": weights[2]} if kinds[kind] is not implies else {}
    )
    neuron = kinds[kind](float(bias), **made)
    return neuron, ends[: len(made)], (float(own[0]), float(own[1]))


def consistent(neuron: Neuron, ends: Array, own: tuple[float, float], step: float) -> Array:
    """All points of the grid within the bounds for which the value is within its own."""
    sides = [np.arange(round(low / step), round(high / step) + 1) * step for low, high in ends]
    points = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, len(ends))
    values = np.clip(neuron.theta + points @ neuron.c, 0, 1)
    kept: Array = points[(values > own[0] - TINY) & (values < own[1] + TINY)]
    return kept


def wrong_ends(neuron: Neuron, ends: Array, own: tuple[float, float], rule: str) -> Array:
    """Two wrong rules: the other operands' wrong ends; an inverse where there is none."""
    state = dict(zip(neuron.parts, map(tuple, ends), strict=True))
    least, most = terms(neuron, state)
    low, high = own
    if rule == "own":
        least, most = most, least
        low, high = (low if low > TINY else -np.inf), (high if high < 1 - TINY else np.inf)
    floor = (low - neuron.theta - (most.sum() - most)) / neuron.c
    ceiling = (high - neuron.theta - (least.sum() - least)) / neuron.c
    turned = neuron.c < 0
    return np.stack([np.where(turned, ceiling, floor), np.where(turned, floor, ceiling)], axis=1)


def tried(draws: Array, step: float) -> dict[str, float]:
    """Counts for random weights; and the widest slack if all weights are one."""
    even = draws.copy()
    even[:, 1:4] = 0
    return {**counted(draws, step), "even": counted(even, step)["slack"]}


def counted(draws: Array, step: float) -> dict[str, float]:
    """Consistent points of all trials, how many each rule cuts off, and the widest slack."""
    made = dict.fromkeys(("points", "sound", "own", "flat", "met"), 0)
    slack = 0.0
    for number, row in enumerate(draws):
        neuron, ends, own = outcome(row, number % 3, step)
        points = consistent(neuron, ends, own, step)
        if not len(points):
            continue
        made["points"] += len(points)
        made["met"] += 1
        state = dict(zip(neuron.parts, map(tuple, ends), strict=True))
        sound = np.array(downward(neuron, state, own))
        rules = {"sound": sound} | {it: wrong_ends(neuron, ends, own, it) for it in ("own", "flat")}
        for rule, found in rules.items():
            off = (points < found[:, 0] - 1e-9) | (points > found[:, 1] + 1e-9)
            made[rule] += int(off.any(axis=1).sum())
        low, high = np.maximum(sound[:, 0], ends[:, 0]), np.minimum(sound[:, 1], ends[:, 1])
        gaps = np.concatenate([points.min(axis=0) - low, high - points.max(axis=0)])
        slack = max(slack, float(gaps.max()))
    return {**made, "slack": round(slack, 12)}
