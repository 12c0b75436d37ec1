"""Second routes to the trainings of problem 4: automatic differentiation, loops over images."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from general_again import descended, hits, launched, outputs
from general_data import CLASSES, DATA, PIXELS, TEST, TRAINING, VALIDATION

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]
Stack: TypeAlias = list[Array]


@functools.cache
def descent(hidden: int, plan: tuple[float, ...], *, is_watched: bool) -> Any:  # noqa: ANN401
    """The stack, losses and accuracies of a descent on all training images."""
    random = np.random.Generator(np.random.PCG64(0))
    stack = launched([PIXELS, *([hidden] if hidden else []), CLASSES], 1.0, random)
    part = TRAINING[0][: counts_by_labels()["watched"]]
    sets = [(part, TRAINING[1][: len(part)]), VALIDATION] if is_watched else []
    return descended(stack, TRAINING, plan, random, sets)


@functools.cache
def small_descent(
    tiny: tuple[float, ...], divisor: float, pace: float, scale: float, seed: int | None = None
) -> Any:  # noqa: ANN401
    """The same for a three-layer net on a few images."""
    images, wide, batch, steps, period = map(int, tiny[:5])
    data = (TRAINING[0][:images], TRAINING[1][:images])
    if seed:
        order = np.random.Generator(np.random.PCG64(seed)).permutation(images)
        data = (data[0], data[1][order])
    random = np.random.Generator(np.random.PCG64(0))
    stack = launched([PIXELS, wide, wide, CLASSES], scale, random)
    plan = (steps, batch, period, 1.0, pace, 0.0, divisor)
    return descended(stack, data, plan, random, [] if seed is None else [data, VALIDATION])


def settled(best: Numbers, plan: Array, spread: float, hidden: int) -> Any:  # noqa: ANN401
    """The descent with the best settings."""
    numbers = (*plan.tolist(), best["rate"], best["strength"], spread)
    return descent(int(hidden), numbers, is_watched=bool(hidden))


def share(stack: Stack, data: tuple[Array, Array], divisor: float) -> float:
    """The part of the images that are right, one by one."""
    return hits(stack, np.array(data[0], float) / divisor, data[1]) / len(data[1])


def counts_by_labels() -> dict[str, int]:
    """Labels counted by class."""
    sizes = {
        name: sum(int((DATA[f"{name}_y"] == label).sum()) for label in range(CLASSES))
        for name in ("training", "validation", "test")
    }
    shape = {"pixels": math.prod(DATA["shape"]), "classes": len(set(DATA["training_y"].tolist()))}
    return {**sizes, **shape, "watched": min(sizes["training"], 1000)}


def spread_by_rows(square: float) -> float:
    """Squared lengths row by row."""
    lengths = [float(row @ row) for row in (np.array(x, float) for x in TRAINING[0])]
    return math.sqrt(math.fsum(lengths) / len(lengths) / square)


def search_by_autograd(
    spread: float, plan: Array, rates: Array, strengths: Array, hidden: int
) -> Array:
    """Descents by automatic differentiation; images counted one by one."""
    return np.array(
        [
            [
                share(
                    settled({"rate": rate, "strength": it}, plan, spread, hidden)[0],
                    VALIDATION,
                    spread,
                )
                for it in strengths.tolist()
            ]
            for rate in rates.tolist()
        ]
    )


def best_by_sorting(search: Array, rates: Array, strengths: Array) -> dict[str, float]:
    """All settings sorted."""
    every = [
        (-accuracy, rate, -strength)
        for row, rate in zip(search.tolist(), rates.tolist(), strict=True)
        for accuracy, strength in zip(row, strengths.tolist(), strict=True)
    ]
    accuracy, rate, strength = min(every)
    return {"rate": rate, "strength": -strength, "accuracy": -accuracy}


def curves_by_autograd(best: Numbers, spread: float, plan: Array, hidden: int) -> dict[str, Array]:
    """The descent by automatic differentiation."""
    _, losses, seen = settled(best, plan, spread, hidden)
    training, validation = zip(*seen, strict=True)
    found = {"loss": losses, "training": training, "validation": validation}
    return {name: np.array(numbers) for name, numbers in found.items()}


def outcome_by_loops(best: Numbers, spread: float, plan: Array, hidden: int) -> dict[str, float]:
    """The other descent, images counted one by one."""
    stack, losses, seen = settled(best, plan, spread, hidden)
    right, images, period = share(stack, TEST, spread), len(TEST[1]), int(plan[2])
    spread_of_one = [right] * round(images * (1 - right)) + [1 - right] * round(images * right)
    return {
        "training": seen[-1][0],
        "validation": seen[-1][1],
        "test": right,
        "error": math.sqrt(math.fsum(it**2 for it in spread_of_one)) / images,
        "first": math.fsum(losses[:period]) / period,
        "last": math.fsum(losses[len(losses) - period :]) / period,
        "penalty": best["strength"] * sum(math.fsum((it[:-1] ** 2).ravel()) for it in stack) / 2,
    }


def confusion_by_loops(best: Numbers, spread: float, plan: Array, hidden: int) -> Array:
    """The other descent, images sorted one by one."""
    stack = settled(best, plan, spread, hidden)[0]
    made = outputs(stack, np.array(TEST[0], float) / spread)
    pairs = [(int(y), row.tolist().index(max(row))) for y, row in zip(TEST[1], made, strict=True)]
    return np.array([[pairs.count((i, j)) for j in range(CLASSES)] for i in range(CLASSES)])


def wrong_by_diagonal(confusion: Array) -> int:
    """All images less the diagonal."""
    return int(confusion.sum() - np.trace(confusion))


def linear_by_autograd(best: Numbers, spread: float, plan: Array) -> dict[str, float]:
    """The other descent without a hidden layer."""
    stack = settled(best, plan, spread, 0)[0]
    return {"validation": share(stack, VALIDATION, spread), "test": share(stack, TEST, spread)}


def shrink_by_logarithms(best: Numbers, plan: Array) -> float:
    """Sum of logarithms, period by period."""
    steps, _, period, decay = plan.tolist()
    terms = [
        period * math.log1p(-best["rate"] * decay**k * best["strength"])
        for k in range(int(steps) // int(period))
    ]
    return math.exp(math.fsum(terms))


def parts_again(
    best: Numbers, spread: float, plan: Array, hidden: int
) -> tuple[dict[str, Array], Array]:
    """Start, end and learned part of the first layer from the other descent, and its last layer."""
    random = np.random.Generator(np.random.PCG64(0))
    begun = launched([PIXELS, int(hidden), CLASSES], 1.0, random)[0][:-1]
    first, last = settled(best, plan, spread, hidden)[0]
    learned = first[:-1] - begun * shrink_by_logarithms(best, plan)
    return {"start": begun, "weights": first[:-1], "learned": learned}, last


def patterns_by_autograd(
    best: Numbers, spread: float, plan: Array, hidden: int
) -> dict[str, float]:
    """Sums of products over pairs of neighbours, from the other descent."""
    numbers = np.arange(PIXELS).reshape(DATA["shape"])
    one, two = numbers[:, :-1].ravel(), numbers[:, 1:].ravel()
    found = {}
    for name, part in parts_again(best, spread, plan, hidden)[0].items():
        left, right = (part[pixels] - part[pixels].mean() for pixels in (one, two))
        alike = (left * right).sum() / math.sqrt((left**2).sum() * (right**2).sum())
        found[f"{name}_alike"] = float(alike)
        found[f"{name}_norm"] = math.sqrt(math.fsum((part**2).ravel()))
    return found


def small_by_autograd(spread: float, tiny: Array) -> dict[str, Array]:
    """Descents by automatic differentiation."""
    found = {}
    for name, seed in (("own", 0), ("shuffled", 1)):
        run = small_descent(tuple(tiny.tolist()), spread, float(tiny[5]), 1.0, seed)
        training, validation = zip(*run[2], strict=True)
        found[f"{name}_loss"] = np.array(run[1])
        found[f"{name}_training"] = np.array(training)
        found[f"{name}_validation"] = np.array(validation)
    return found


def reached_by_loops(small: Arrays, tiny: Array) -> dict[str, int]:
    """Records looked at one by one from the end."""
    found = {}
    for name in ("own", "shuffled"):
        records = small[f"{name}_training"].tolist()
        while records and records[-1] == 1:
            records.pop()
        found[name] = (len(records) + 1) * int(tiny[4])
    return found


def ends_by_autograd(spread: float, tiny: Array) -> dict[str, float]:
    """The ends of the other descents."""
    return {name: list(numbers)[-1] for name, numbers in small_by_autograd(spread, tiny).items()}


def tries_by_autograd(spread: float, tiny: Array, scales: Array, paces: Array) -> Array:
    """Descents by automatic differentiation; images counted one by one."""
    runs = [
        [small_descent(tuple(tiny.tolist()), spread, pace, scale) for pace in paces.tolist()]
        for scale in scales.tolist()
    ]
    data = (TRAINING[0][: int(tiny[0])], TRAINING[1][: int(tiny[0])])
    rows = np.array(data[0], float) / spread
    return np.array([[hits(run[0], rows, data[1]) for run in row] for row in runs])


def frequent_by_sorting(tiny: Array) -> int:
    """Labels of the few, class by class."""
    labels = TRAINING[1].tolist()[: int(tiny[0])]
    return max(int(labels.count(label)) for label in set(labels))


def confused_by_sorting(confusion: Array) -> int:
    """All pairs of two classes sorted."""
    return max(int(number) for (i, j), number in np.ndenumerate(confusion) if i != j)


def gain_by_counting(best: Numbers, spread: float, plan: Array, hidden: int) -> dict[str, int]:
    """Images that only one of both nets has right, counted one by one."""
    nets = [settled(best, plan, spread, units)[0] for units in (hidden, 0)]
    found = {}
    for name, (x, labels) in (("validation", VALIDATION), ("test", TEST)):
        ours, theirs = (outputs(net, np.array(x, float) / spread).argmax(axis=1) for net in nets)
        pairs = zip(ours, theirs, labels, strict=True)
        found[name] = int(sum(int(a == y) - int(b == y) for a, b, y in pairs))
    return found


def noise_by_wrong(wrong: int, counts: Mapping[str, int]) -> float:
    """From the number of errors."""
    return math.sqrt(wrong * (1 - wrong / counts["test"]))
