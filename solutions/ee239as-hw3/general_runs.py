"""The trainings of problem 4, each made once in a process."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeAlias

import numpy as np
from general import Plan, Run, start, train
from general_data import CLASSES, PIXELS, TRAINING, VALIDATION

from derivatex import listing

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Numbers: TypeAlias = Mapping[str, float]
WATCHED = 1000  # training images on which the accuracy is watched, at most
PROCESSES = 2


@functools.cache
def fitted(widths: tuple[int, ...], plan: Plan, *, is_watched: bool = False) -> Run:
    """A net trained on all training images; its accuracies may be watched."""
    random = np.random.default_rng(0)
    sets = [(TRAINING[0][:WATCHED], TRAINING[1][:WATCHED]), VALIDATION] if is_watched else []
    return train(start(widths, 1.0, random), TRAINING, plan, random, sets)


@listing
def fitted_all(widths: tuple[int, ...], plans: Sequence[Plan]) -> list[Run]:
    """A net trained by each plan, in the order of the plans."""
    with ProcessPoolExecutor(PROCESSES) as processes:
        return list(processes.map(functools.partial(fitted, widths), plans))


def planned(plan: Array, spread: float, rate: float, strength: float) -> Plan:
    """A plan from the numbers of the problem."""
    steps, batch, period, decay = map(float, plan)
    return Plan(int(steps), int(batch), rate, decay, int(period), strength, spread)


def trained(best: Numbers, plan: Array, spread: float, hidden: int) -> Run:
    """The net with the best settings."""
    found = planned(plan, spread, best["rate"], best["strength"])
    return fitted((PIXELS, int(hidden), CLASSES), found, is_watched=True)


@functools.cache
def overfitted(
    tiny: tuple[float, ...], spread: float, rate: float, scale: float, seed: int | None = None
) -> Run:
    """A three-layer net trained on a few images, and watched on others where a seed is given.

    A seed that is not zero shuffles the labels.
    """
    images, wide, batch, steps, period = map(int, tiny[:5])
    x, labels = TRAINING[0][:images], TRAINING[1][:images]
    if seed:
        labels = np.random.default_rng(seed).permutation(labels)
    random = np.random.default_rng(0)
    plan = Plan(steps, batch, rate, 1.0, period, 0.0, spread)
    net = start((PIXELS, wide, wide, CLASSES), scale, random)
    others = [] if seed is None else [VALIDATION]
    return train(net, (x, labels), plan, random, [(x, labels), *others])


def first_layer(
    best: Numbers, shrink: float, spread: float, plan: Array, hidden: int
) -> tuple[dict[str, Array], tuple[Array, Array]]:
    """First layer at the start, at the end, and what was learned of it; and the last layer."""
    launched = start((PIXELS, int(hidden), CLASSES), 1.0, np.random.default_rng(0))[0][0]
    first, last = trained(best, plan, spread, hidden).net
    parts = {"start": launched, "weights": first[0], "learned": first[0] - shrink * launched}
    return parts, last
