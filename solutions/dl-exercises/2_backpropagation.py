"""Gradients of a layer with two shared parameters, for small sizes; who feeds whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Inputs: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.complex128]] | Array
Slopes: TypeAlias = dict[str, float]
TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better
TOLERANCE = 1e-8
FILLS = ("white", "#D5E4EE", "#6FA3C0")  # of an input that feeds no, one or two outputs


# second routes: the loss itself, moved


def loss_of(a: complex, b: complex, x: Inputs, t: Array) -> complex:
    """Half the squared distance of the outputs to the targets, for real and complex arguments."""
    return complex(sum((a * (x[i] + x[i + 2]) + b - t[i]) ** 2 for i in range(len(x) - 2)) / 2)


def gradient_by_central_differences(a: float, b: float, x: Array, t: Array) -> dict[str, Array]:
    """Central differences of the loss, exact for a square."""
    made = {}
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        steps = np.eye(size) / 2
        ends = [(x[:size] + step, x[:size] - step) for step in steps]
        made[name] = np.array(
            [(loss_of(a, b, up, t) - loss_of(a, b, down, t)).real for up, down in ends]
        )
    return made


def gradient_by_complex_steps(a: float, b: float, x: Array, t: Array) -> dict[str, Array]:
    """Complex steps of the loss."""
    made = {}
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        moved = [x[:size] + 1j * TINY * step for step in np.eye(size)]
        made[name] = np.array([loss_of(a, b, it, t).imag / TINY for it in moved])
    return made


def gradient_by_convolution(a: float, b: float, x: Array, t: Array) -> dict[str, Array]:
    """Full convolution of the upstream gradient with the kernel."""
    kernel, made = np.array([1.0, 0, 1]), {}
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        outputs = a * np.convolve(x[:size], kernel, "valid") + b
        made[name] = a * np.convolve(outputs - t[: size - 2], kernel, "full")
    return made


def slope_by_central_differences(a: float, b: float, x: Array, t: Array) -> Slopes:
    """Central differences of the loss, exact for a square."""
    made = {}
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        part = x[:size]
        moved = loss_of(a + 0.5, b, part, t) - loss_of(a - 0.5, b, part, t)
        made["a_" + name] = moved.real
        moved = loss_of(a, b + 0.5, part, t) - loss_of(a, b - 0.5, part, t)
        made["b_" + name] = moved.real
    return made


def slope_by_complex_steps(a: float, b: float, x: Array, t: Array) -> Slopes:
    """Complex steps of the loss."""
    made = {}
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        made["a_" + name] = loss_of(a + 1j * TINY, b, x[:size], t).imag / TINY
        made["b_" + name] = loss_of(a, b + 1j * TINY, x[:size], t).imag / TINY
    return made


def upstream_by_toeplitz_matrix(a: float, b: float, x: Array, t: Array) -> Array:
    """Toeplitz matrix times the input."""
    matrix = np.eye(len(t), len(x)) + np.eye(len(t), len(x), 2)
    return np.asarray(a * matrix @ x + b - t)


def rows_by_reshaping(
    x: Array, t: Array, upstream: Array, gradient: Mapping[str, Array]
) -> dict[str, Array]:
    """Reshaped."""
    g, last = upstream.reshape(1, -1), gradient["six"].reshape(1, -1)
    return {"x": x.reshape(1, -1), "t": t.reshape(1, -1), "g": g, "gradient": last}


def total_by_sum(gradient: Mapping[str, Array]) -> float:
    """Sum of the gradient."""
    return float(gradient["six"].sum())


def weighted_by_inner_product(gradient: Mapping[str, Array], x: Array) -> float:
    """Inner product of the gradient and the input."""
    return float(gradient["six"] @ x)


# what the report prints


@value(route=upstream_by_toeplitz_matrix)
def upstream(a: float, b: float, x: Array, t: Array) -> Array:
    """Gradient of the example's loss for the outputs."""
    return np.array([a * (x[i] + x[i + 2]) + b - t[i] for i in range(len(t))])


@value(
    route=(gradient_by_central_differences, gradient_by_complex_steps, gradient_by_convolution),
    tolerance=TOLERANCE,
)
def gradient(a: float, x: Array, upstream: Array) -> dict[str, Array]:
    """Gradients for the first inputs, by cases."""
    made = {}
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        entries = np.zeros_like(x[:size])
        for j in range(1, size + 1):
            if j <= min(2, size - 2):
                entries[j - 1] = a * upstream[j - 1]
            elif 3 <= j <= size - 2:  # noqa: PLR2004
                entries[j - 1] = a * (upstream[j - 1] + upstream[j - 3])
            elif j >= max(3, size - 1):
                entries[j - 1] = a * upstream[j - 3]
        made[name] = entries
    return made


@value(route=(slope_by_central_differences, slope_by_complex_steps), tolerance=TOLERANCE)
def slope(x: Array, upstream: Array) -> Slopes:
    """Gradients for the parameters, for the first inputs."""
    made = {}
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        part = upstream[: size - 2]
        made["a_" + name] = float(part @ (x[: size - 2] + x[2:size]))
        made["b_" + name] = float(part.sum())
    return made


@value(route=rows_by_reshaping)
def rows(x: Array, t: Array, upstream: Array, gradient: Mapping[str, Array]) -> dict[str, Array]:
    """Columns of the example as rows."""
    columns = {"x": x, "t": t, "g": upstream, "gradient": gradient["six"]}
    return {name: column[None, :] for name, column in columns.items()}


@value(route=total_by_sum)
def total(a: float, upstream: Array) -> float:
    """Sum of the gradient for the inputs: each output is handed back twice."""
    return float(sum(2 * a * it for it in upstream))


@value(route=weighted_by_inner_product)
def weighted(a: float, slope: Mapping[str, float]) -> float:
    """Inputs times their gradients, through the gradient for the factor."""
    return a * slope["a_six"]


@table
def sizes() -> TableRows:
    """Each size with the gradients for the inputs and for both parameters."""
    rows = []
    for name, size in {"three": 3, "four": 4, "five": 5, "six": 6}.items():
        entries = [rf"\val{{gradient.{name}[{j}]}}" for j in range(1, size + 1)]
        ends = [rf"\val{{slope.{it}_{name}}}" for it in ("a", "b")]
        rows.append([f"${size}$", *entries, *[""] * (6 - size), *ends])
    heading = [f"$x_{j}$" for j in range(1, 7)]
    return TableRows("l" + 8 * "d", ["$N$", *heading, "$a$", "$b$"], rows)


@figure
def wiring() -> Figure:
    """Inputs below, outputs above, for three sizes."""
    made = Figure(figsize=(6.2, 1.9), layout="constrained")
    axes = made.subplots(1, 3, width_ratios=[3, 4, 6])
    for axis, size in zip(axes, (3, 4, 6), strict=True):
        _wires(axis, size)
    return made


def _wires(axes: Axes, size: int) -> None:
    """One wiring diagram."""
    fed = [0] * size
    for i in range(1, size - 1):
        for j, line in ((i, "-"), (i + 2, "--")):
            axes.plot([j, i + 1], [0, 1], line, color="#333333", zorder=1)
            fed[j - 1] += 1
        _node(axes, (i + 1, 1), f"$y_{i}$", "#F4E3D3")
    for j in range(1, size + 1):
        _node(axes, (j, 0), f"$x_{j}$", FILLS[fed[j - 1]])
    axes.set_xlim(0.4, size + 0.6)
    axes.set_ylim(-0.35, 1.35)
    axes.axis("off")
    axes.set_title(f"$N = {size}$")


def _node(axes: Axes, at: tuple[float, float], name: str, fill: str) -> None:
    """A node with its name."""
    axes.text(
        *at, name, ha="center", va="center", fontsize=9,
        bbox={"boxstyle": "circle,pad=0.25", "fc": fill, "ec": "#333333", "lw": 0.8},
    )  # fmt: skip
