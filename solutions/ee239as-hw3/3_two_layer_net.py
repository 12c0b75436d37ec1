"""A two-layer net: gradients checked, a poor training explained, a search, and its best net."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import two_layer_data as images
import two_layer_figures as drawn
import two_layer_routes as again
import two_layer_study as study
import two_layer_tables as rows
import two_layer_toy as toy
import two_layer_toy_routes as anew
from two_layer import Plan, forward, loss_and_gradients

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]
LAST = 50  # steps over which the final loss is averaged


# the data


@value(route=again.sizes_by_counting)
def sizes() -> dict[str, int]:
    """Sizes of the three sets and of an image; pixels that never change in training."""
    return {
        "training": len(images.Y),
        "validation": len(images.VALIDATION_Y),
        "test": len(images.TEST_Y),
        "pixels": math.prod(images.SHAPE),
        "classes": len(images.CLASSES),
        "measured": images.MEASURED,
        "constant": int((np.ptp(images.X, axis=0) == 0).sum()),
    }


@value(route=again.chance_by_newton, digits=4)
def chance(sizes: Numbers) -> dict[str, float]:
    """Loss and accuracy, in per cent, of guessing."""
    return {"loss": math.log(sizes["classes"]), "accuracy": 100 / sizes["classes"]}


@table
def data() -> TableRows:
    """Which images this report shows."""
    return rows.data(images.NAME)


# the toy net


@value(route=anew.toy_scores_by_loops, digits=8)
def toy_scores(toy_inputs: int, toy_width: int, toy_classes: int) -> Array:
    """Scores of the toy net."""
    return forward(*study.toy_net(toy_inputs, toy_width, toy_classes))[0]


@value(route=anew.toy_loss_by_columns, digits=11, tolerance=1e-13)
def toy_loss(toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float) -> float:
    """Loss of the toy net."""
    net, x = study.toy_net(toy_inputs, toy_width, toy_classes)
    return loss_and_gradients(net, x, toy.LABELS, toy_reg)[0]


@value(route=(anew.toy_gradients_by_complex_steps, anew.toy_gradients_by_autograd), digits=4)
def toy_gradients(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float
) -> dict[str, Array]:
    """Gradients of the toy net by the formulas of part (a)."""
    net, x = study.toy_net(toy_inputs, toy_width, toy_classes)
    _, gradients = loss_and_gradients(net, x, toy.LABELS, toy_reg)
    return dict(zip(toy.NAMES, gradients, strict=True))


@value(route=anew.entries_by_shapes)
def entries(toy_gradients: Arrays) -> dict[str, int]:
    """Entries of each gradient of the toy net."""
    counts = {name: toy_gradients[name].size for name in toy.NAMES}
    return {**counts, "all": sum(counts.values())}


@value(route=anew.largest_by_taylor, digits=8)
def largest(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float, toy_step: float
) -> dict[str, float]:
    """The largest entry of each gradient, by the formulas and by central differences."""
    pairs = study.compared(toy_inputs, toy_width, toy_classes, toy_reg, toy_step)
    return study.largest(dict(zip(toy.NAMES, pairs, strict=True)))


@value(route=anew.errors_by_taylor, digits=2, tolerance=1e-4)
def errors(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float, toy_step: float
) -> Array:
    """The largest relative error of a central difference in each gradient, by $h^2$."""
    pairs = study.compared(toy_inputs, toy_width, toy_classes, toy_reg, toy_step)
    return np.array([study.relative_error(*pair) / toy_step**2 for pair in pairs])


@value(route=anew.worst_by_taylor, digits=2, scientific=True, tolerance=1e-3)
def worst(
    toy_inputs: int, toy_width: int, toy_classes: int, toy_reg: float, toy_step: float
) -> float:
    """The largest relative error of a central difference, over all entries of all gradients."""
    pairs = study.compared(toy_inputs, toy_width, toy_classes, toy_reg, toy_step)
    return max(study.relative_error(*pair) for pair in pairs)


@value(route=anew.kink_by_loops, digits=4)
def kink(toy_inputs: int, toy_width: int, toy_classes: int, toy_step: float) -> dict[str, float]:
    """The input of a ReLU that is nearest to its kink, and how far a step can move one."""
    net, x = study.toy_net(toy_inputs, toy_width, toy_classes)
    nearest = np.abs(x @ net.w1.T + net.b1).min()
    return {"nearest": float(nearest), "reach": toy_step * max(1.0, float(np.abs(x).max()))}


@table
def gradient_check() -> TableRows:
    """Each gradient of the toy net: entries, the largest by both ways, relative error."""
    return rows.gradient_check(toy.NAMES)


@value(route=anew.toy_rank_by_projections)
def toy_rank(toy_inputs: int, toy_width: int, toy_classes: int) -> int:
    """Rank of the hidden layer of the toy images before training."""
    hidden = forward(*study.toy_net(toy_inputs, toy_width, toy_classes))[1]
    return int(np.linalg.matrix_rank(hidden))


@value(route=anew.toy_curve_by_columns, digits=4)
def toy_curve(  # noqa: PLR0913, PLR0917
    toy_inputs: int, toy_width: int, toy_classes: int, toy_rate: float, toy_penalty: float,
    decay: float, batch: int, toy_steps: int
) -> Array:  # fmt: skip
    """Loss of the toy net at every step of its training."""
    plan = Plan(toy_width, (0.0, 0.0), toy_rate, decay, toy_penalty, batch, toy_steps)
    return np.array(study.toy_run(toy_inputs, toy_classes, plan).losses)


@value(route=anew.toy_steady_by_columns, digits=4)
def toy_steady(  # noqa: PLR0913, PLR0917
    toy_inputs: int, toy_width: int, toy_classes: int, toy_rate: float, toy_penalty: float,
    batch: int, toy_steps: int
) -> float:  # fmt: skip
    """Loss of the toy net at the last step of a training whose rate does not decay."""
    plan = Plan(toy_width, (0.0, 0.0), toy_rate, 1.0, toy_penalty, batch, toy_steps)
    return study.toy_run(toy_inputs, toy_classes, plan).losses[-1]


@figure
def toy_training(toy_curve: Array) -> Figure:
    """Loss of the toy net against the step."""
    return drawn.toy_training(toy_curve)


# the default run


@value(route=again.poor_plan_by_order, digits=4)
def poor_plan(  # noqa: PLR0913, PLR0917
    width: int, spread: float, rate: float, decay: float, reg: float, batch: int, steps: int
) -> dict[str, float]:  # fmt: skip
    """The settings of the default run."""
    same = {"rate": rate, "decay": decay, "reg": reg, "batch": batch, "steps": steps}
    return {"width": width, "first": spread, "second": spread, **same, "scale": 1}


@value(route=(again.poor_run_by_columns, again.poor_run_by_autograd), digits=4, tolerance=1e-7)
def poor_run(poor_plan: Numbers) -> dict[str, Any]:
    """The default run: loss of every batch, and accuracies on the way."""
    return study.as_value(study.trained(poor_plan))


@value(route=again.poor_by_images, digits=1)
def poor(poor_plan: Numbers) -> dict[str, float]:
    """Accuracies of the default net, in per cent, and how many classes it ever answers."""
    found = study.accuracies(poor_plan)
    answers = study.answers(poor_plan, images.TEST_X)
    return {
        **found,
        "gap": found["training"] - found["validation"],
        "test": 100 * float((answers == images.TEST_Y).mean()),
        "answers": len(np.unique(study.answers(poor_plan, images.VALIDATION_X))),
    }


@value(route=again.end_by_loops, digits=4, tolerance=1e-7)
def poor_end(poor_run: Arrays, chance: Numbers) -> dict[str, float]:
    """Loss at the first step, its mean over the last, and what part of guessing's is gone."""
    losses = poor_run["loss"]
    last = float(losses[-LAST:].mean())
    return {"first": float(losses[0]), "last": last, "fallen": 1 - last / chance["loss"]}


@value(route=again.epoch_by_subtraction)
def epoch(sizes: Numbers, batch: int) -> int:
    """Steps of an epoch."""
    return int(sizes["training"]) // batch


@value(route=again.rates_by_series, digits=3, scientific=True)
def rates_used(rate: float, decay: float, steps: int, epoch: int) -> dict[str, float]:
    """Sum of all step sizes of the default run, and the last of them."""
    used = [rate * decay ** (step // epoch) for step in range(steps)]
    return {"sum": math.fsum(used), "last": used[-1]}


@value(route=again.growth_by_columns, digits=4, tolerance=1e-6)
def growth() -> float:
    """The growth constant $s$: the largest that ascents from singular vectors reach."""
    return study.largest_growth()


@value(route=again.exponent_by_logs, digits=2, scientific=True)
def exponent(growth: float, reg: float, rates_used: Numbers) -> float:
    """Logarithm of the factor by which the default run lets weights grow near zero."""
    return (growth - reg) * rates_used["sum"]


@value(route=again.decayed_by_loop, digits=6)
def decayed(rate: float, decay: float, reg: float, steps: int, epoch: int) -> float:
    """The factor by which the regulariser alone shrinks weights in the default run."""
    logs = (math.log1p(-rate * decay ** (step // epoch) * reg) for step in range(steps))
    return math.exp(math.fsum(logs))


@table
def diagnosis(
    poor: Numbers, poor_end: Numbers, growth: float, reg: float, exponent: float
) -> TableRows:
    """What the default run shows, and what it says; the words depend on the numbers."""
    return rows.diagnosis(poor_end["fallen"], poor["gap"], growth - reg, exponent)


@figure
def poor_curves(poor_run: Arrays, chance: Numbers) -> Figure:
    """Loss and accuracies of the default run."""
    return drawn.curves(poor_run, chance)


# repairs, search, and the best net


@value(route=again.recipe_by_logs, digits=4)
def recipe(sizes: Numbers, width: int, fall: float, long: int, steps: int, epoch: int) -> Numbers:  # noqa: PLR0913, PLR0917
    """Standard deviations of pixels and of larger weights, decays, rounded to four decimals."""
    exact = {
        "scale": float(images.X.std(dtype=np.float64)),
        "first": math.sqrt(2 / sizes["pixels"]),
        "second": math.sqrt(2 / width),
        "decay": fall ** (epoch / long),
        "short": fall ** (epoch / steps),
    }
    return {name: round(number, 4) for name, number in exact.items()}


@value(route=again.repairs_by_columns, digits=1)
def repairs(
    poor_plan: Numbers, recipe: Numbers, repaired_rate: float, repaired_reg: float
) -> dict[str, Any]:
    """Validation accuracies, in per cent, without repairs, with all, with one, without one."""
    before = study.as_plan(poor_plan)
    begun, decay, scale = (recipe["first"], recipe["second"]), recipe["short"], recipe["scale"]
    after = before._replace(
        spread=begun, rate=repaired_rate, decay=decay, reg=repaired_reg, scale=scale
    )
    return study.repaired(before, after)


@table
def repairing() -> TableRows:
    """What each repair does alone, and what is missing without it."""
    return rows.repairing()


@value(route=again.search_by_columns, digits=1)
def search(  # noqa: PLR0913, PLR0917
    width: int, batch: int, long: int, rates: Array, regs: Array, recipe: Numbers
) -> dict[str, Array]:  # fmt: skip
    """Accuracies of the search, in per cent, and steps done: a row for each rate."""
    begun, decay, scale = (recipe["first"], recipe["second"]), recipe["decay"], recipe["scale"]
    return study.searched(Plan(width, begun, 0.0, decay, 0.0, batch, long, scale), rates, regs)


@value(route=again.winner_by_loops, digits=4)
def winner(search: Arrays, rates: Array, regs: Array) -> dict[str, float]:
    """The first cell of the search with the highest validation accuracy."""
    row, column = divmod(int(search["validation"].argmax()), len(regs))
    cell = {name: float(search[name][row, column]) for name in ("training", "validation")}
    place = {"row": row + 1, "column": column + 1}
    return {**place, "rate": float(rates[row]), "reg": float(regs[column]), **cell}


@table
def searched(search: Arrays, winner: Numbers, long: int) -> TableRows:
    """Every net of the search."""
    diverged = search["steps"] < long
    return rows.searched(diverged, (int(winner["row"]), int(winner["column"])))


@value(route=again.best_plan_by_order, digits=4)
def best_plan(
    width: int, batch: int, long: int, recipe: Numbers, winner: Numbers
) -> dict[str, float]:
    """The settings of the best net."""
    found = {"width": width, "first": recipe["first"], "second": recipe["second"]}
    found |= {"rate": winner["rate"], "decay": recipe["decay"], "reg": winner["reg"]}
    return {**found, "batch": batch, "steps": long, "scale": recipe["scale"]}


@table
def settings() -> TableRows:
    """All settings of the default run and of the best net."""
    return rows.settings()


@value(route=again.best_run_by_columns, digits=4, tolerance=1e-7)
def best_run(best_plan: Numbers) -> dict[str, Any]:
    """The best net's training as its process returned it: loss of every batch, accuracies."""
    return study.as_value(study.trained(best_plan))


@value(route=again.best_by_images, digits=1)
def best(best_plan: Numbers) -> dict[str, float]:
    """Accuracies of the best net, in per cent, right answers in the test, and a standard error."""
    share = float((study.answers(best_plan, images.TEST_X) != images.TEST_Y).mean())
    return {
        **study.accuracies(best_plan),
        "test": 100 - 100 * share,
        "right": len(images.TEST_Y) - round(share * len(images.TEST_Y)),
        "error": 100 * math.sqrt(share * (1 - share) / len(images.TEST_Y)),
    }


@value(route=again.confusion_by_images)
def confusion(best_plan: Numbers) -> Array:
    """Test images by their class (row) and by the best net's answer (column)."""
    counts = np.zeros((len(images.CLASSES), len(images.CLASSES)), dtype=int)
    np.add.at(counts, (images.TEST_Y, study.answers(best_plan, images.TEST_X)), 1)
    return counts


@figure
def best_curves(best_run: Arrays, chance: Numbers) -> Figure:
    """Loss and accuracies of the best net."""
    return drawn.curves(best_run, chance)


@figure
def confusions(confusion: Array) -> Figure:
    """The confusion matrix as shaded cells."""
    return drawn.confusions(confusion, images.CLASSES)


# the weights as images


@value(route=again.layers_by_pairs, digits=4)
def layers(poor_plan: Numbers, best_plan: Numbers) -> dict[str, float]:
    """First layers: norm by that at the start, cosine with it, correlation of neighbours."""
    found: dict[str, float] = {}
    for net, plan in (("poor", poor_plan), ("best", best_plan)):
        parts = study.filters(study.trained(plan).net.w1, plan["first"])
        found |= {f"{net}_{name}": number for name, number in parts.items()}
    return found


@figure
def weights(poor_plan: Numbers, best_plan: Numbers) -> Figure:
    """First-layer weights as images."""
    nets = [study.trained(plan).net for plan in (poor_plan, best_plan)]
    return drawn.weights([net.w1 for net in nets], images.SHAPE)


@table
def filters() -> TableRows:
    """The first layers in numbers."""
    return rows.filters()
