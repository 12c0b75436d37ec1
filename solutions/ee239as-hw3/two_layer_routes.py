"""Second routes to the values of problem 3; none calls what computes the value itself."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import two_layer_again as second
from two_layer_data import MEASURED, SHAPE, TEST_X, TEST_Y, VALIDATION_X, VALIDATION_Y, X, Y

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]


# the data


def sizes_by_counting() -> dict[str, int]:
    """Images, pixels and labels counted one by one."""
    return {
        "training": sum(1 for _ in X),
        "validation": sum(1 for _ in VALIDATION_X),
        "test": sum(1 for _ in TEST_X),
        "pixels": sum(1 for _ in X[0]),
        "classes": len(set(Y.tolist())),
        "measured": sum(1 for _ in zip(X, range(1000), strict=False)),
        "constant": sum(bool(np.all(column == column[0])) for column in X.T),
    }


def chance_by_newton(sizes: Numbers) -> dict[str, float]:
    """Newton's iteration for the loss whose exponential is the number of classes."""
    loss = 1.0
    for _ in range(50):
        loss -= 1 - sizes["classes"] * math.exp(-loss)
    return {"loss": loss, "accuracy": 100 * math.exp(-loss)}


# the default run


@functools.cache
def _sets() -> second.Sets:
    return second.sets((X, Y, VALIDATION_X, VALIDATION_Y), MEASURED)


PLAN = ("width", "first", "second", "rate", "decay", "reg", "batch", "steps", "scale")


def _setting(plan: Numbers) -> second.Setting:
    width, first, other, rate, decay, reg, batch, steps, scale = (float(plan[key]) for key in PLAN)
    stds = first, other
    return second.Setting(int(width), stds, rate, decay, reg, int(batch), int(steps), scale)


@functools.cache
def _course(setting: second.Setting) -> second.Course:
    """The training by itself, not beside others."""
    return second.train_second(_sets(), setting)


def _parts(course: second.Course) -> dict[str, Any]:
    return {
        "loss": course.losses,
        "training": course.training,
        "validation": course.validation,
    }


def poor_plan_by_order(  # noqa: PLR0913, PLR0917
    width: int, spread: float, rate: float, decay: float, reg: float, batch: int, steps: int
) -> dict[str, float]:  # fmt: skip
    """The same numbers in their order."""
    return dict(zip(PLAN, (width, *[spread] * 2, rate, decay, reg, batch, steps, 1), strict=True))


def poor_run_by_columns(poor_plan: Numbers) -> dict[str, Any]:
    """The training repeated by the second net."""
    return _parts(_course(_setting(poor_plan)))


def poor_run_by_autograd(poor_plan: Numbers) -> dict[str, Any]:
    """The training repeated with gradients by automatic differentiation."""
    return _parts(second.train_second(_sets(), _setting(poor_plan), second.by_autograd))


def _answers(plan: Numbers, images: Array) -> list[int]:
    """The classes that the second net gives after a training, one image after the other."""
    setting = _setting(plan)
    found = []
    w1, w2 = _course(setting).net
    for image in images:
        hidden = np.einsum("hd,d->h", w1, np.append(image / setting.scale, 1))
        scores = np.einsum("ch,h->c", w2, np.append(np.clip(hidden, 0, None), 1))
        found.append(max(range(len(scores)), key=scores.tolist().__getitem__))
    return found


def _per_cent(answers: list[int], labels: Array) -> float:
    return 100 * [a == b for a, b in zip(answers, labels, strict=True)].count(True) / len(labels)


def poor_by_images(poor_plan: Numbers) -> dict[str, float]:
    """The second net, image by image."""
    seen = _answers(poor_plan, VALIDATION_X)
    training = _per_cent(_answers(poor_plan, X[:MEASURED]), Y[:MEASURED])
    return {
        "training": training,
        "validation": _per_cent(seen, VALIDATION_Y),
        "gap": training - _per_cent(seen, VALIDATION_Y),
        "test": _per_cent(_answers(poor_plan, TEST_X), TEST_Y),
        "answers": len(set(seen)),
    }


def end_by_loops(poor_run: Arrays, chance: Numbers) -> dict[str, float]:
    """Sums one by one."""
    losses = poor_run["loss"].tolist()
    last = math.fsum(losses[len(losses) - 50 :]) / 50
    return {"first": losses[0], "last": last, "fallen": -(last - chance["loss"]) / chance["loss"]}


def epoch_by_subtraction(sizes: Numbers, batch: int) -> int:
    """Batches taken away until too few images are left."""
    left, count = sizes["training"], 0
    while left >= batch:
        left, count = left - batch, count + 1
    return count


def rates_by_series(rate: float, decay: float, steps: int, epoch: int) -> dict[str, float]:
    """A geometric series over the whole epochs, and what is left."""
    whole, rest = divmod(steps, epoch)
    series = epoch * (1 - decay**whole) / (1 - decay) + rest * decay**whole
    return {"sum": rate * series, "last": rate * decay ** ((steps - 1) // epoch)}


def growth_by_columns() -> float:
    """The ascents one after the other, with images as columns."""
    columns, labels = X[:MEASURED].T.astype(float), Y[:MEASURED]
    truth = np.equal.outer(np.arange(Y.max() + 1), labels) - 1 / (Y.max() + 1)
    directions = np.linalg.svd(columns @ truth.T, full_matrices=False)[0].T[:3]
    found = []
    for begin in (*directions, *-directions):
        w = begin
        for _ in range(60):
            z = w @ columns
            m = truth @ np.where(z > 0, z, 0) / len(labels)
            found.append(math.hypot(*m))
            slope = columns @ np.where(z > 0, m @ truth, 0)
            w = slope / math.hypot(*slope)
    return max(found)


def exponent_by_logs(growth: float, reg: float, rates_used: Numbers) -> float:
    """Both terms by themselves."""
    return rates_used["sum"] * growth - rates_used["sum"] * reg


def decayed_by_loop(rate: float, decay: float, reg: float, steps: int, epoch: int) -> float:
    """Step after step."""
    left = 1.0
    for step in range(steps):
        left -= rate * decay ** (step // epoch) * reg * left
    return left


# repairs, search, and the best net


def recipe_by_logs(  # noqa: PLR0913, PLR0917
    sizes: Numbers, width: int, fall: float, long: int, steps: int, batch: int
) -> Numbers:  # fmt: skip
    """Moments of the pixels row by row, and exponentials of logarithms."""
    mean = math.fsum(float(row.sum(dtype=float)) for row in X) / X.size
    square = math.fsum(float(np.square(row, dtype=float).sum()) for row in X) / X.size
    exact = {
        "scale": math.sqrt(square - mean**2),
        "first": math.exp(math.log(2 / sizes["pixels"]) / 2),
        "second": math.exp(math.log(2 / width) / 2),
        "decay": math.exp(math.log(fall) * (len(X) // batch) / long),
        "short": math.exp(math.log(fall) * (len(X) // batch) / steps),
    }
    return {name: float(f"{number:.4f}") for name, number in exact.items()}


def repairs_by_columns(
    poor_plan: Numbers, recipe: Numbers, repaired_rate: float, repaired_reg: float
) -> dict[str, Any]:
    """All of these trainings repeated by the second net."""
    keys = ("scale", "spread", "rate", "decay", "reg")
    both = recipe["first"], recipe["second"]
    mended: tuple[Any, ...] = (recipe["scale"], both, repaired_rate, recipe["short"], repaired_reg)
    before = _setting(poor_plan)
    settings = [before, before._replace(**dict(zip(keys, mended, strict=True)))]
    for key, one in zip(keys, mended, strict=True):
        settings.append(before._replace(**{key: one}))
        settings.append(settings[1]._replace(**{key: getattr(before, key)}))
    found = [course.validation[-1] for course in second.train_all_second(_sets(), settings)]
    return {"none": found[0], "all": found[1], "alone": found[2::2], "without": found[3::2]}


def search_by_columns(  # noqa: PLR0913, PLR0917
    width: int, batch: int, long: int, rates: Array, regs: Array, recipe: Numbers
) -> dict[str, Any]:  # fmt: skip
    """The whole search repeated by the second net."""
    begun, scale = (recipe["first"], recipe["second"]), recipe["scale"]
    settings = [
        second.Setting(width, begun, rate, recipe["decay"], reg, batch, long, scale)
        for rate in rates.tolist()
        for reg in regs.tolist()
    ]
    courses = second.train_all_second(_sets(), settings)
    shape = len(rates), len(regs)
    return {
        "training": np.reshape([course.training[-1] for course in courses], shape),
        "validation": np.reshape([course.validation[-1] for course in courses], shape),
        "steps": np.reshape([len(course.losses) for course in courses], shape),
    }


def winner_by_loops(search: Arrays, rates: Array, regs: Array) -> dict[str, float]:
    """Cell after cell, row by row."""
    best = (0, 0)
    for place in np.ndindex(*search["validation"].shape):
        if search["validation"][place] > search["validation"][best]:
            best = place[0], place[1]
    cell = {name: float(search[name][best]) for name in ("training", "validation")}
    row, column = best
    return {"row": row + 1, "column": column + 1, "rate": rates[row], "reg": regs[column], **cell}


def best_plan_by_order(
    width: int, batch: int, long: int, recipe: Numbers, winner: Numbers
) -> dict[str, float]:
    """The same numbers in their order."""
    stds = recipe["first"], recipe["second"]
    numbers = winner["rate"], recipe["decay"], winner["reg"], batch, long, recipe["scale"]
    return dict(zip(PLAN, (width, *stds, *numbers), strict=True))


def best_run_by_columns(best_plan: Numbers) -> dict[str, Any]:
    """The winner trained again, by itself, by the second net."""
    return _parts(_course(_setting(best_plan)))


def best_by_images(best_plan: Numbers) -> dict[str, float]:
    """The second net, image by image."""
    right = _per_cent(_answers(best_plan, TEST_X), TEST_Y)
    wrong = round((100 - right) * len(TEST_Y) / 100)
    share = wrong / len(TEST_Y)
    return {
        "training": _per_cent(_answers(best_plan, X[:MEASURED]), Y[:MEASURED]),
        "validation": _per_cent(_answers(best_plan, VALIDATION_X), VALIDATION_Y),
        "test": right,
        "right": len(TEST_Y) - wrong,
        "error": 100 * math.sqrt(share * (1 - share) / len(TEST_Y)),
    }


def confusion_by_images(best_plan: Numbers) -> Array:
    """The second net, image by image."""
    counts = np.zeros((len(set(Y.tolist())),) * 2, dtype=int)
    for truth, answer in zip(TEST_Y, _answers(best_plan, TEST_X), strict=True):
        counts[truth, answer] += 1
    return counts


# the weights as images


def _filters(weights: Array, begun: Array, sides: tuple[int, ...]) -> dict[str, float]:
    """Ratios of norms, a cosine, and the correlation of neighbours by sums over all pairs."""
    inner = [
        float(np.vdot(a, b)) for a, b in ((weights, begun), (weights, weights), (begun, begun))
    ]
    picture = weights.reshape(len(weights), *sides)
    pairs = [
        (picture[:, r, c].ravel(), picture[:, r + down, c + 1 - down].ravel())
        for down in (0, 1)
        for r in range(sides[0] - down)
        for c in range(sides[1] - 1 + down)
    ]
    left, right = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return {
        "ratio": math.sqrt(inner[1] / inner[2]),
        "kept": inner[0] / math.sqrt(inner[1] * inner[2]),
        "neighbours": float(np.corrcoef(left, right)[0, 1]),
    }


def layers_by_pairs(poor_plan: Numbers, best_plan: Numbers) -> dict[str, float]:
    """The second net's first layers, pair after pair of neighbouring pixels."""
    found: dict[str, float] = {}
    for name, plan in (("poor", poor_plan), ("best", best_plan)):
        weights = _course(_setting(plan)).net[0][:, :-1]
        begun = plan["first"] * np.random.default_rng(0).standard_normal(weights.shape)
        numbers = _filters(weights, begun, SHAPE)
        found |= {f"{name}_{key}": number for key, number in numbers.items()}
    return found
