"""Layers and nets of any depth: their gradients checked, and their training on images."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import general_checks as checks
import general_checks_again as checks_again
import general_figures as drawn
import general_runs as runs
import general_runs_again as runs_again
import general_tables as rows
import numpy as np
from general import accuracy, net_loss, scores, start
from general_checks import chain, instance, layer_parts, worst_decimals
from general_data import CLASSES, DATA, PIXELS, TEST, TRAINING, VALIDATION
from general_runs import WATCHED, fitted, overfitted, planned, trained
from layers import relu_backward, relu_forward

from derivatex import TableRows, Tikz, figure, table, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]
SHOWN = 30  # units whose weights are drawn


# the layers and small nets, checked


@value(route=checks_again.layer_norms, digits=4)
def layer(sizes: Array) -> dict[str, float]:
    """Frobenius norms of what the layers compute for a random batch."""
    return {name: float(np.linalg.norm(part)) for name, part in layer_parts(sizes).items()}


@value(route=checks_again.layer_agreement)
def layer_places(sizes: Array, h: float, most: int) -> dict[str, int]:
    """Decimals to which the layers agree with loops and with central differences."""
    return checks.layer_decimals(sizes, h, most)


@value(route=checks_again.kinks_by_branches, digits=2)
def kinks(points: Array, h: float) -> dict[str, Array]:
    """Slope of the ReLU in its backward pass, and central difference, near the kink."""
    z = points * h
    quotient = (relu_forward(z + h)[0] - relu_forward(z - h)[0]) / (2 * h)
    return {"slope": relu_backward(np.ones(z.shape), z), "quotient": quotient}


@value(route=checks_again.toy_by_autograd, digits=4)
def toy(toy_sizes: Array, check: float) -> dict[str, float]:
    """Loss, and norms of its gradients, of a two-layer net, with and without penalty."""
    return checks.two_layer_norms(toy_sizes, check)


@value(route=checks_again.toy_agreement)
def toy_places(toy_sizes: Array, check: float, h: float, most: int) -> dict[str, int]:
    """Decimals to which the backward pass and central differences agree for the two-layer net."""
    images, *widths = map(int, toy_sizes)
    return {
        f"{name}_{kind}{number}": places
        for name, strength in (("plain", 0.0), ("regular", check))
        for number, pair in enumerate(worst_decimals(widths, images, strength, h, most), start=1)
        for kind, places in zip("Wb", pair, strict=True)
    }


@value(route=checks_again.deep_by_autograd, digits=4)
def deep(deep_sizes: Array, depths: Array, check: float) -> dict[str, float]:
    """Losses of random nets of several depths without and with regularisation."""
    found = {}
    for depth in depths:
        net, x, labels = instance(chain(deep_sizes, depth), int(deep_sizes[0]))
        for name, strength in (("plain", 0.0), ("regular", check)):
            found[f"{name}{depth:.0f}"] = net_loss(net, x, labels, strength)[0]
    return found


@value(route=checks_again.deep_agreement)
def deep_places(
    deep_sizes: Array, depths: Array, check: float, h: float, most: int
) -> dict[str, int]:
    """The least number of decimals to which any gradient of these nets agrees."""
    found = {}
    for depth in depths:
        widths, images = chain(deep_sizes, depth), int(deep_sizes[0])
        for name, strength in (("plain", 0.0), ("regular", check)):
            pairs = worst_decimals(widths, images, strength, h, most)
            found[f"{name}{depth:.0f}"] = min(itertools.chain(*pairs))
    return found


@value(route=checks_again.parameters_by_arrays)
def parameters(deep_sizes: Array, depths: Array, hidden: int, tiny: Array) -> dict[str, int]:
    """How many weights and biases these nets and the trained ones have."""
    nets = {f"L{depth:.0f}": chain(deep_sizes, depth) for depth in depths}
    nets["trained"] = [PIXELS, int(hidden), CLASSES]
    nets["small"] = [PIXELS, int(tiny[1]), int(tiny[1]), CLASSES]
    pairs = {name: itertools.pairwise(widths) for name, widths in nets.items()}
    return {name: sum((below + 1) * above for below, above in it) for name, it in pairs.items()}


@value(route=checks_again.margin_by_stacks, digits=2, scientific=True)
def margin(toy_sizes: Array, deep_sizes: Array, depths: Array) -> float:
    """Smallest size of an input of a ReLU in any of the checked nets."""
    return checks.least_input(toy_sizes, deep_sizes, depths)


@value(route=checks_again.level_by_series, digits=4)
def level() -> float:
    r"""$\log C$."""
    return math.log(CLASSES)


@value(route=checks_again.initial_by_stacks, digits=2, scientific=True, tolerance=1e-6)
def initial(spread: float, depths: Array, opening: Array) -> dict[str, float]:
    r"""At small weights: the loss less $\log C$, and twice the largest score."""
    images, wide, small = int(opening[0]), int(opening[1]), float(opening[2])
    x, labels = TRAINING[0][:images].astype(float) / spread, TRAINING[1][:images]
    found = {}
    for depth in depths:
        widths = [PIXELS, *[wide] * (int(depth) - 1), CLASSES]
        net = start(widths, small, np.random.default_rng(0))
        found[f"excess{depth:.0f}"] = net_loss(net, x, labels, 0.0)[0] - math.log(CLASSES)
        found[f"bound{depth:.0f}"] = 2 * float(np.abs(scores(net, x)).max())
    return found


# the trained net


@value(route=runs_again.counts_by_labels)
def counts() -> dict[str, int]:
    """Numbers of images, pixels and classes; `watched` are the training images looked at."""
    sizes = {name: len(DATA[f"{name}_x"]) for name in ("training", "validation", "test")}
    looked = min(WATCHED, sizes["training"])
    return {**sizes, "pixels": PIXELS, "classes": CLASSES, "watched": looked}


@value(route=runs_again.spread_by_rows, digits=4)
def spread(square: float) -> float:
    """What every image is divided by."""
    x = TRAINING[0]
    return math.sqrt(float(np.einsum("nd,nd->", x, x, dtype=float)) / (len(x) * square))


@value(route=runs_again.search_by_autograd, digits=4)
def search(spread: float, plan: Array, rates: Array, strengths: Array, hidden: int) -> Array:
    """Validation accuracy for each step size (row) and strength of regularisation (column)."""
    widths = (PIXELS, int(hidden), CLASSES)
    x, labels = VALIDATION[0].astype(float) / spread, VALIDATION[1]
    plans = [
        planned(plan, spread, float(rate), float(strength))
        for rate, strength in itertools.product(rates, strengths)
    ]
    found = [accuracy(run.net, x, labels) for run in runs.fitted_all(widths, plans)]
    return np.reshape(found, (len(rates), len(strengths)))


@value(route=runs_again.best_by_sorting, digits=4)
def best(search: Array, rates: Array, strengths: Array) -> dict[str, float]:
    """The best settings; among equals the smaller step size, then the stronger regularisation."""
    row = int(search.max(axis=1).argmax())
    column = int(max(np.flatnonzero(search[row] == search.max())))
    settings = {"rate": float(rates[row]), "strength": float(strengths[column])}
    return {**settings, "accuracy": float(search[row, column])}


@value(route=runs_again.curves_by_autograd, digits=4, tolerance=1e-6)
def curves(best: Numbers, spread: float, plan: Array, hidden: int) -> dict[str, Array]:
    """Loss of every step, and accuracies after every period."""
    run = trained(best, plan, spread, hidden)
    training, validation = np.array(run.seen).T
    return {"loss": np.array(run.losses), "training": training, "validation": validation}


@value(route=runs_again.outcome_by_loops, digits=4, tolerance=1e-6)
def outcome(
    best: Numbers, curves: Arrays, spread: float, plan: Array, hidden: int
) -> dict[str, float]:
    """Accuracies at the end, standard error for the test set, mean losses, penalty."""
    net, period = trained(best, plan, spread, hidden).net, int(plan[2])
    squares = sum(float((w**2).sum()) for w, _ in net)
    right = accuracy(net, TEST[0].astype(float) / spread, TEST[1])
    return {
        "training": float(curves["training"][-1]),
        "validation": float(curves["validation"][-1]),
        "test": right,
        "error": math.sqrt(right * (1 - right) / len(TEST[1])),
        "first": float(curves["loss"][:period].mean()),
        "last": float(curves["loss"][-period:].mean()),
        "penalty": best["strength"] / 2 * squares,
    }


@value(route=runs_again.confusion_by_loops)
def confusion(best: Numbers, spread: float, plan: Array, hidden: int) -> Array:
    """Test images of each class (row) by the class that the net gives them (column)."""
    net = trained(best, plan, spread, hidden).net
    guesses = scores(net, TEST[0].astype(float) / spread).argmax(axis=1)
    found = np.zeros((CLASSES, CLASSES), int)
    np.add.at(found, (TEST[1], guesses), 1)
    return found


@value(route=runs_again.wrong_by_diagonal)
def wrong(confusion: Array) -> int:
    """Test images that are given another class than theirs."""
    return int(sum(number for (i, j), number in np.ndenumerate(confusion) if i != j))


@value(route=runs_again.confused_by_sorting)
def confused(confusion: Array) -> int:
    """Largest number beside the diagonal."""
    return int((confusion - np.diag(np.diag(confusion))).max())


@value(route=runs_again.linear_by_autograd, digits=4)
def linear(best: Numbers, spread: float, plan: Array) -> dict[str, float]:
    """The same without a hidden layer: accuracies."""
    net = fitted((PIXELS, CLASSES), planned(plan, spread, best["rate"], best["strength"])).net
    sets = {"validation": VALIDATION, "test": TEST}
    return {name: accuracy(net, x.astype(float) / spread, y) for name, (x, y) in sets.items()}


@value(route=runs_again.gain_by_counting)
def gain(outcome: Numbers, linear: Numbers, counts: Numbers) -> dict[str, int]:
    """Images that the hidden layer gets right in addition."""
    sets = ("validation", "test")
    return {name: round((outcome[name] - linear[name]) * counts[name]) for name in sets}


@value(route=runs_again.noise_by_wrong, digits=1)
def noise(outcome: Numbers, counts: Numbers) -> float:
    """The standard error in images."""
    return outcome["error"] * counts["test"]


@value(route=runs_again.shrink_by_logarithms, digits=4)
def shrink(best: Numbers, plan: Array) -> float:
    r"""The part of the start that is left by the regularisation."""
    steps, _, period, decay = plan
    rates = best["rate"] * decay ** (np.arange(int(steps)) // int(period))
    return float(np.prod(1 - rates * best["strength"]))


@value(route=runs_again.patterns_by_autograd, digits=2, tolerance=1e-6)
def patterns(
    best: Numbers, shrink: float, spread: float, plan: Array, hidden: int
) -> dict[str, float]:
    """First layer: correlation of the weights of neighbouring pixels, and Frobenius norms."""
    found = {}
    for name, part in runs.first_layer(best, shrink, spread, plan, hidden)[0].items():
        images = part.T.reshape(-1, *DATA["shape"])
        left, right = images[:, :, :-1].ravel(), images[:, :, 1:].ravel()
        found[f"{name}_alike"] = float(np.corrcoef(left, right)[0, 1])
        found[f"{name}_norm"] = float(np.linalg.norm(part))
    return found


@value(route=runs_again.small_by_autograd, digits=4, tolerance=1e-6)
def small(spread: float, tiny: Array) -> dict[str, Array]:
    """Loss and accuracies on a few images, with their labels and with shuffled ones."""
    found: dict[str, Array] = {}
    for name, seed in (("own", 0), ("shuffled", 1)):
        run = overfitted(tuple(tiny.tolist()), spread, float(tiny[5]), 1.0, seed)
        training, validation = np.array(run.seen).T
        found |= {f"{name}_loss": np.array(run.losses)}
        found |= {f"{name}_training": training, f"{name}_validation": validation}
    return found


@value(route=runs_again.reached_by_loops)
def reached(small: Arrays, tiny: Array) -> dict[str, int]:
    """The step after which the few images are all right at all records to the end."""
    steps = {}
    for name in ("own", "shuffled"):
        is_right = small[f"{name}_training"] == 1
        steps[name] = int(tiny[4]) * int(len(is_right) - np.argmin(is_right[::-1]) + 1)
    return steps


@value(route=runs_again.ends_by_autograd, digits=4, tolerance=1e-6)
def ends(small: Arrays) -> dict[str, float]:
    """Accuracies and loss at the end."""
    return {name: float(numbers[-1]) for name, numbers in small.items()}


@value(route=runs_again.tries_by_autograd)
def tries(spread: float, tiny: Array, scales: Array, paces: Array) -> Array:
    """Images right of the few at the end: scale of the start (row), step size (column)."""
    found = np.zeros((len(scales), len(paces)), int)
    for row, column in np.ndindex(*found.shape):
        scale, pace = float(scales[row]), float(paces[column])
        run = overfitted(tuple(tiny.tolist()), spread, pace, scale)
        found[row, column] = round(run.seen[-1][0] * float(tiny[0]))
    return found


@value(route=runs_again.frequent_by_sorting)
def frequent(tiny: Array) -> int:
    """Images of the most frequent class among the few."""
    return int(np.bincount(TRAINING[1][: int(tiny[0])]).max())


# tables and figures


@table
def affine() -> TableRows:
    """Each result of the affine layer: formula, shape, norm, agreement."""
    return rows.affine()


@table
def kink(points: Array) -> TableRows:
    """Inputs near zero: slope of the backward pass, central difference."""
    return rows.kink(points.tolist())


@table
def two_layers() -> TableRows:
    """Each parameter: shape, norm of its gradient and agreement, at both strengths."""
    return rows.two_layers()


@table
def several(depths: Array) -> TableRows:
    """Each depth: number of parameters, losses, agreement."""
    return rows.several(depths.tolist())


@table
def beginning(depths: Array) -> TableRows:
    r"""Each depth: the loss less $\log C$, and its bound."""
    return rows.beginning(depths.tolist())


@table
def data() -> TableRows:
    """The data, the net and the plan."""
    return rows.data(DATA["name"])


@table
def settings(rates: Array, strengths: Array) -> TableRows:
    """Each step size and strength of regularisation: validation accuracy."""
    return rows.settings(rates.tolist(), strengths.tolist())


@table
def starts(scales: Array, paces: Array) -> TableRows:
    """Each scale of the start and step size: images right at the end."""
    return rows.starts(scales.tolist(), paces.tolist())


@figure
def passes() -> Tikz:
    """Forward and backward pass through the layers."""
    return drawn.of_passes()


@figure
def descent(curves: Arrays, plan: Array) -> Figure:
    """Loss and accuracies of the trained net."""
    return drawn.of_descent(curves, int(plan[2]))


@figure
def errors(confusion: Array) -> Figure:
    """The confusion matrix of the test images."""
    return drawn.of_errors(confusion, DATA["classes"])


@figure
def weights(best: Numbers, shrink: float, spread: float, plan: Array, hidden: int) -> Figure:
    """Weights of the first layer as images, and what was learned of them."""
    parts, (out, _) = runs.first_layer(best, shrink, spread, plan, hidden)
    order = np.argsort(-np.linalg.norm(out, axis=1), kind="stable")[:SHOWN]
    return drawn.of_weights({name: part.T[order] for name, part in parts.items()}, DATA["shape"])


@figure
def few(small: Arrays, tiny: Array) -> Figure:
    """Loss and accuracies on a few images."""
    return drawn.of_few(small, int(tiny[4]))
