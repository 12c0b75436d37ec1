"""A normalised linear layer at one point: signed distances, feet and gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import figure, value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.complex128]] | Array
STEP = 1e-5  # of central differences: their error, of order STEP squared, is near 1e-10
TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better
TOLERANCE = 1e-8
LINES = (("-", "#8E2F6B"), ("--", "#C06014"))  # of the two hyperplanes


# second routes: the loss itself, moved; the matrix form; least squares


def loss_of(W: Numbers, b: Numbers, x: Numbers, t: Array) -> complex:
    """Half the squared distance of the outputs to the targets, for real and complex arguments."""
    total = 0j
    for row, bias, target in zip(W, b, t, strict=True):
        norm = sum(entry * entry for entry in row) ** 0.5
        total += ((row @ x + bias) / norm - target) ** 2 / 2
    return complex(total)


def slopes(loss: Callable[[Numbers], complex], at: Array, *, is_complex: bool) -> Array:
    """The derivative of a loss by each entry, by complex steps or by central differences."""
    made = np.zeros(at.shape)
    for place in np.ndindex(*at.shape):
        step = np.zeros(at.shape)
        step[place] = 1
        if is_complex:
            made[place] = loss(at + 1j * TINY * step).imag / TINY
        else:
            made[place] = (loss(at + STEP * step) - loss(at - STEP * step)).real / (2 * STEP)
    return made


def gradient_by_central_differences(
    W: Array,
    b: Array,
    x: Array,
    t: Array,
) -> dict[str, Array]:
    """Central differences of the loss."""
    return {
        "W": slopes(lambda it: loss_of(it, b, x, t), W, is_complex=False),
        "b": slopes(lambda it: loss_of(W, it, x, t), b, is_complex=False),
        "x": slopes(lambda it: loss_of(W, b, it, t), x, is_complex=False),
    }


def gradient_by_complex_steps(
    W: Array,
    b: Array,
    x: Array,
    t: Array,
) -> dict[str, Array]:
    """Complex steps of the loss."""
    return {
        "W": slopes(lambda it: loss_of(it, b, x, t), W, is_complex=True),
        "b": slopes(lambda it: loss_of(W, it, x, t), b, is_complex=True),
        "x": slopes(lambda it: loss_of(W, b, it, t), x, is_complex=True),
    }


def norms_by_hypot(W: Array) -> Array:
    """Hypotenuses."""
    return np.asarray(np.hypot(W[:, 0], W[:, 1]))


def outputs_by_matrix(W: Array, b: Array, x: Array) -> Array:
    """Matrix form."""
    diagonal = np.diag(np.diag(W @ W.T) ** -0.5)
    return np.asarray(diagonal @ (W @ x + b))


def upstream_by_loops(outputs: Array, t: Array) -> Array:
    """Entry by entry."""
    return np.array([output - target for output, target in zip(outputs, t, strict=True)])


def feet_by_least_squares(W: Array, b: Array, x: Array) -> dict[str, Array]:
    """The shortest correction that reaches the hyperplane, by the pseudo-inverse."""
    first, second = (
        x - np.linalg.pinv(row[None, :])[:, 0] * (row @ x + bias)
        for row, bias in zip(W, b, strict=True)
    )
    return {"first": first, "second": second}


def summed_by_matrix(gradient: Mapping[str, Array]) -> Array:
    """Product of the gradient with a row of ones."""
    return np.ones((1, len(gradient["W"]))) @ gradient["W"]


def products_by_trace(W: Array, b: Array, gradient: Mapping[str, Array]) -> dict[str, float]:
    """Diagonals of matrix products."""
    first, second = np.diag(W @ gradient["W"].T)
    outer = np.outer(b, gradient["b"])
    return {
        "w_first": first, "w_second": second, "b_first": outer[0, 0], "b_second": outer[1, 1],
    }  # fmt: skip


# what the report prints


@value(route=norms_by_hypot, digits=4)
def norms(W: Array) -> Array:
    """Norms of the weight vectors."""
    return np.asarray(np.linalg.norm(W, axis=1))


@value(route=outputs_by_matrix, digits=4)
def outputs(W: Array, b: Array, x: Array, norms: Array) -> Array:
    """Outputs of the layer."""
    return np.array([(W[i] @ x + b[i]) / norms[i] for i in range(len(b))])


@value(route=upstream_by_loops, digits=4)
def upstream(outputs: Array, t: Array) -> Array:
    """Gradient of the loss for the outputs."""
    return outputs - t


@value(route=feet_by_least_squares, digits=4)
def feet(W: Array, x: Array, norms: Array, outputs: Array) -> dict[str, Array]:
    """Feet of the perpendiculars."""
    first, second = (x - outputs[i] * W[i] / norms[i] for i in range(len(norms)))
    return {"first": first, "second": second}


@value(
    route=(gradient_by_central_differences, gradient_by_complex_steps),
    digits=4,
    tolerance=TOLERANCE,
)
def gradient(
    W: Array,
    x: Array,
    norms: Array,
    outputs: Array,
    upstream: Array,
) -> dict[str, Array]:
    """Gradients of the loss by the formulas of the text."""
    units = W / norms[:, None]
    ratios = upstream / norms
    return {
        "W": ratios[:, None] * (x - outputs[:, None] * units),
        "b": ratios,
        "x": (upstream[:, None] * units).sum(axis=0),
    }


@value(route=summed_by_matrix, digits=4)
def summed(gradient: Mapping[str, Array]) -> Array:
    """What the sum that the source prints gives for every weight vector."""
    return np.asarray(gradient["W"].sum(axis=0, keepdims=True))


@value(route=products_by_trace, digits=4)
def products(W: Array, b: Array, gradient: Mapping[str, Array]) -> dict[str, float]:
    """Weights and biases times their gradients."""
    made = {}
    for i, name in enumerate(("first", "second")):
        made["w_" + name] = float(sum(W[i] * gradient["W"][i]))
        made["b_" + name] = float(b[i] * gradient["b"][i])
    return made


@figure
def distances(
    W: Array,
    x: Array,
    outputs: Array,
    feet: Mapping[str, Array],
) -> Figure:
    """Both lines with their normals, the input, and its feet."""
    made = Figure(figsize=(5.6, 3.7))
    axes = made.subplots()
    for i, foot in enumerate((feet["first"], feet["second"])):
        unit = W[i] / np.linalg.norm(W[i])
        along = np.array([unit[1], -unit[0]])
        _line(axes, i, unit, foot)
        axes.plot(*zip(x, foot, strict=True), ":", color="#333333", lw=1.2)
        axes.plot(*foot, "o", color=LINES[i][1], ms=4)
        _name(axes, (x + foot) / 2 + 0.5 * along, f"$y_{i + 1} = {outputs[i]:g}$")
        _name(axes, foot - 0.3 * np.sign(outputs[i]) * unit, f"$z_{i + 1}$")
    axes.plot(*x, "o", color="black", ms=5)
    _name(axes, x + np.array([0.25, 0]), "$x$")
    axes.set_aspect("equal")
    axes.set_xlim(-1.6, 3.8)
    axes.set_ylim(-1.2, 3.9)
    axes.set_xlabel("first coordinate")
    axes.set_ylabel("second coordinate")
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)
    return made


def _line(axes: Axes, i: int, unit: Array, foot: Array) -> None:
    """A hyperplane through its foot, with its unit normal a little aside."""
    style, colour = LINES[i]
    along = np.array([unit[1], -unit[0]])
    ends = np.array([foot - 6 * along, foot + 6 * along])
    axes.plot(*ends.T, style, color=colour, label=f"$w_{i + 1}^\\top p + b_{i + 1} = 0$")
    root = foot + (1.2 if i == 0 else -1.2) * along
    tip = root + unit
    arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (tip[0], tip[1]), (root[0], root[1]), arrowprops=arrow)
    _name(axes, tip + 0.2 * unit, f"$u_{i + 1}$")


def _name(axes: Axes, at: Array, name: str) -> None:
    """A name with its middle at a point."""
    axes.text(at[0], at[1], name, ha="center", va="center")
