"""What problem 3 computes on images: plans of trainings, and numbers of trained nets."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import two_layer_toy as toy
from two_layer import Data, Net, Plan, Run, accuracy, loss_and_gradients, predict, train, train_all
from two_layer_data import CLASSES, MEASURED, SHAPE, VALIDATION_X, VALIDATION_Y, X, Y

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Numbers: TypeAlias = Mapping[str, float]
STARTS, ASCENTS = 3, 60  # singular vectors from which the growth constant is sought, and steps


def toy_net(inputs: int, width: int, classes: int) -> tuple[Net, Array]:
    """The notebook's toy net, and its images."""
    return Net(*toy.parameters(inputs, width, classes)), toy.images(inputs)


def toy_run(inputs: int, classes: int, plan: Plan) -> Run:
    """A training of the toy net on its images."""
    net, x = toy_net(inputs, plan.width, classes)
    return train(Data(x, toy.LABELS, x, toy.LABELS, len(x)), plan, net)


def compared(
    inputs: int, width: int, classes: int, reg: float, step: float
) -> list[tuple[Array, Array]]:
    """Each gradient of the toy net by the formulas, and by central differences."""
    net, x = toy_net(inputs, width, classes)
    _, analytic = loss_and_gradients(net, x, toy.LABELS, reg)
    return list(zip(analytic, toy.central_differences(net, x, reg, step), strict=True))


def largest(pairs: Mapping[str, tuple[Array, Array]]) -> dict[str, float]:
    """The entry of largest size of each gradient, and its numeric counterpart."""
    found = {}
    for name, (analytic, numeric) in pairs.items():
        place = np.unravel_index(np.abs(analytic).argmax(), analytic.shape)
        found[f"analytic_{name}"] = float(analytic[place])
        found[f"numeric_{name}"] = float(numeric[place])
    return found


def relative_error(ours: Array, numeric: Array) -> float:
    """The largest relative error of an entry, as the notebook measures it."""
    size = np.maximum(np.abs(ours) + np.abs(numeric), 1e-8)
    return float((np.abs(ours - numeric) / size).max())


def images() -> Data:
    """The images to train on and to validate with."""
    return Data(X, Y, VALIDATION_X, VALIDATION_Y, MEASURED)


_RUNS: dict[Plan, Run] = {}


def runs(plans: Sequence[Plan]) -> list[Run]:
    """Trainings by these plans, two at a time; each is done once.

    Check: none is kept unless all have ended.
    """
    missing = [plan for plan in dict.fromkeys(plans) if plan not in _RUNS]
    if missing:
        _RUNS.update(zip(missing, train_all(images(), missing), strict=True))
    return [_RUNS[plan] for plan in plans]


def as_plan(settings: Numbers) -> Plan:
    """A plan from the entries of a value."""
    stds = float(settings["first"]), float(settings["second"])
    rate, decay, reg = (float(settings[name]) for name in ("rate", "decay", "reg"))
    width, batch, steps = (int(settings[name]) for name in ("width", "batch", "steps"))
    return Plan(width, stds, rate, decay, reg, batch, steps, float(settings["scale"]))


def trained(settings: Numbers) -> Run:
    """The training by the entries of a value."""
    return runs([as_plan(settings)])[0]


def as_value(run: Run) -> dict[str, Any]:
    """The course of a training as the entries of a value."""
    return {"loss": run.losses, "training": run.training, "validation": run.validation}


def answers(settings: Numbers, x: Array) -> Array:
    """What the trained net answers to images, which are divided by its scale."""
    return predict(trained(settings).net, x / float(settings["scale"]))


def accuracies(settings: Numbers) -> dict[str, float]:
    """Per cent of the training and of the validation images."""
    net, scale = trained(settings).net, float(settings["scale"])
    return {
        "training": accuracy(net, X[:MEASURED] / scale, Y[:MEASURED]),
        "validation": accuracy(net, VALIDATION_X / scale, VALIDATION_Y),
    }


def largest_growth() -> float:
    """The largest norm of m(w) over the unit vectors w of some ascents.

    Each begins at a singular vector of the linear part, or opposite to it, and goes on to the
    direction of the slope.
    """
    x, truth = X[:MEASURED].astype(float), np.eye(len(CLASSES))[Y[:MEASURED]] - 1 / len(CLASSES)
    right = np.linalg.svd(truth.T @ x, full_matrices=False)[2][:STARTS]
    w, found = np.vstack([right, -right]).T, 0.0
    for _ in range(ASCENTS):
        before = x @ w
        means = truth.T @ np.maximum(before, 0) / len(x)
        found = max(found, float(np.linalg.norm(means, axis=0).max()))
        w = x.T @ ((truth @ means) * (before > 0))
        w /= np.linalg.norm(w, axis=0)
    return found


def repaired(before: Plan, after: Plan) -> dict[str, Any]:
    """Validation accuracies, in per cent, with no, one, all but one, and all of five repairs."""
    fields = ("scale", "spread", "rate", "decay", "reg")
    one = [before._replace(**{name: getattr(after, name)}) for name in fields]
    others = [after._replace(**{name: getattr(before, name)}) for name in fields]
    found = [run.validation[-1] for run in runs([before, after, *one, *others])]
    count = len(fields)
    return {
        "none": found[0],
        "all": found[1],
        "alone": found[2 : 2 + count],
        "without": found[2 + count :],
    }


def searched(plan: Plan, rates: Array, regs: Array) -> dict[str, Array]:
    """Accuracies and numbers of steps: a row for each rate, a column for each strength."""
    cells = itertools.product(rates.tolist(), regs.tolist())
    found = runs([plan._replace(rate=rate, reg=reg) for rate, reg in cells])
    shape = len(rates), len(regs)
    return {
        "training": np.reshape([run.training[-1] for run in found], shape),
        "validation": np.reshape([run.validation[-1] for run in found], shape),
        "steps": np.reshape([len(run.losses) for run in found], shape),
    }


def filters(weights: Array, spread: float) -> dict[str, float]:
    """How much of the start is left in a first layer, and how alike neighbouring weights are."""
    seed: int = Plan._field_defaults["seed"]
    begun = spread * np.random.default_rng(seed).standard_normal(weights.shape)
    norms = float(np.linalg.norm(weights)), float(np.linalg.norm(begun))
    pictures = weights.reshape(len(weights), *SHAPE)
    ends = (pictures[:, 1:], pictures[:, :, 1:]), (pictures[:, :-1], pictures[:, :, :-1])
    first, second = (np.concatenate([part.ravel() for part in end]) for end in ends)
    first, second = first - first.mean(), second - second.mean()
    return {
        "ratio": norms[0] / norms[1],
        "kept": float((weights * begun).sum()) / math.prod(norms),
        "neighbours": float(first @ second / math.sqrt((first @ first) * (second @ second))),
    }
