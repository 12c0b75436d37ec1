"""A small softmax network under attack: every corner of the box, and the linear prediction."""

from __future__ import annotations

import cmath
import itertools
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Net: TypeAlias = "Mapping[str, Array]"  # weights U (m, n) and V (K, m), an input x (n,)
TINY = 1e-30  # of complex steps
LOWER = 1e-12  # of two log-probabilities that differ by more than rounding
PLANE, SHOWN = (4, 2), 3  # the inputs that the figure varies, and which size of the box it shows
RED, BLUE, GREEN, GREY = "#B22222", "#0B5394", "#2E7D32", "#8A8A8A"


# second routes: one input at a time, in plain numbers


def net_by_streams(bounds: Array) -> dict[str, Array]:
    """The same stream of random numbers, drawn one by one."""
    stream = np.random.Generator(np.random.PCG64(1))
    hidden = np.array(
        [[stream.normal() * 1.5 / math.sqrt(10) for _ in range(10)] for _ in range(8)]
    )
    outer = np.array([[stream.normal() / math.sqrt(2) for _ in range(8)] for _ in range(3)])
    return {
        "U": hidden,
        "V": outer,
        "x": np.array([bounds[0] + (bounds[1] - bounds[0]) * stream.random() for _ in range(10)]),
    }


def scores(net: Net, x: list[complex]) -> list[complex]:
    """The log-probabilities of all classes at one input, by loops; complex inputs are allowed."""
    units = [cmath.tanh(sum(w * v for w, v in zip(row, x, strict=True))) for row in net["U"]]
    logits = [sum(w * v for w, v in zip(row, units, strict=True)) for row in net["V"]]
    total = cmath.log(sum(cmath.exp(z) for z in logits))
    return [z - total for z in logits]


def label_by_loops(net: Net) -> int:
    """The class with the largest log-probability, by loops."""
    found = [z.real for z in scores(net, [complex(v) for v in net["x"]])]
    return 1 + max(range(3), key=lambda k: found[k])


def clean_by_loops(net: Net, label: int) -> float:
    """Loops over units and classes."""
    return scores(net, [complex(v) for v in net["x"]])[label - 1].real


def gradient_by_complex_step(net: Net, label: int) -> Array:
    """Complex step of each input."""
    inputs = [complex(v) for v in net["x"]]
    moved = [[*inputs[:i], v + 1j * TINY, *inputs[i + 1 :]] for i, v in enumerate(inputs)]
    return np.array([scores(net, x)[label - 1].imag / TINY for x in moved])


def linear_by_corners(net: Net, label: int, gradient: Array, sizes: Array) -> Array:
    """The least value of the linear function over all corners, one by one."""
    least = min(
        sum(s * slope for s, slope in zip(signs, gradient, strict=True))
        for signs in itertools.product((-1, 1), repeat=10)
    )
    start = scores(net, [complex(v) for v in net["x"]])[label - 1].real
    return np.array([start + size * least for size in sizes])


def attacked_by_loops(net: Net, label: int, gradient: Array, sizes: Array) -> dict[str, Array]:
    """Each corner by itself, in plain numbers."""
    signs = [math.copysign(1, -slope) for slope in gradient]
    found: dict[str, list[float]] = {"chosen": [], "best": [], "lower": [], "mean": []}
    kinds = []
    for size in sizes:
        at = [complex(v + size * s) for v, s in zip(net["x"], signs, strict=True)]
        chosen = [z.real for z in scores(net, at)]
        corners = [
            scores(net, [complex(v + size * s) for v, s in zip(net["x"], corner, strict=True)])
            for corner in itertools.product((-1, 1), repeat=10)
        ]
        heights = [it[label - 1].real for it in corners]
        found["chosen"].append(chosen[label - 1])
        found["best"].append(min(heights))
        found["lower"].append(sum(it < chosen[label - 1] - LOWER for it in heights))
        found["mean"].append(math.fsum(heights) / len(heights))
        kinds.append(1 + max(range(3), key=lambda k: chosen[k]))
    return {**{name: np.array(it) for name, it in found.items()}, "predicted": np.array(kinds)}


def ratio_by_products(linear: Array, attacked: Mapping[str, Array], sizes: Array) -> Array:
    """Differences divided twice by the size, one by one."""
    pairs = zip(attacked["chosen"], linear, sizes, strict=True)
    return np.array([(true - line) / size / size for true, line, size in pairs])


def curve_by_differences(net: Net, label: int, gradient: Array) -> float:
    """Second difference along the direction of the attack."""
    step = 1e-4
    at = [
        scores(
            net,
            [
                complex(v - k * step * math.copysign(1, g))
                for v, g in zip(net["x"], gradient, strict=True)
            ],
        )
        for k in (-1, 0, 1)
    ]
    low, middle, high = (it[label - 1].real for it in at)
    return (low - 2 * middle + high) / step**2 / 2


def norm_by_columns(gradient: Array) -> float:
    """Entries added one by one."""
    return math.fsum(max(slope, -slope) for slope in gradient)


def smallest_by_comparing(gradient: Array) -> int:
    """Places compared one by one."""
    return 1 + min(range(len(gradient)), key=lambda i: max(gradient[i], -gradient[i]))


def flipped_by_loops(net: Net, label: int, gradient: Array, sizes: Array) -> dict[str, int]:
    """Each corner by itself, then entry by entry."""

    def height(corner: tuple[int, ...]) -> float:
        at = [complex(v + sizes[1] * s) for v, s in zip(net["x"], corner, strict=True)]
        return scores(net, at)[label - 1].real

    best = min(itertools.product((-1, 1), repeat=10), key=height)
    places = [i for i, s in enumerate(best) if s != (-1 if gradient[i] > 0 else 1)]
    return {"count": len(places), "first": 1 + places[0]}


def least_by_squares(gradient: Array) -> float:
    """The root of the least square, with its sign."""
    place = int(np.argmin(gradient**2))
    return math.copysign(math.sqrt(float(gradient[place]) ** 2), gradient[place])


def inputs_by_counting(net: Net) -> int:
    """Inputs counted one by one."""
    return sum(1 for _ in net["x"])


def corners_by_counting(net: Net) -> int:
    """Corners counted one by one."""
    return sum(1 for _ in itertools.product((-1, 1), repeat=len(net["x"])))


# what the report prints: all inputs at once


@value(route=net_by_streams, digits=3)
def net(bounds: Array) -> dict[str, Array]:
    """Random weights of the network, and the input that is attacked."""
    generator = np.random.default_rng(1)
    return {
        "U": generator.normal(size=(8, 10)) * 1.5 / np.sqrt(10),
        "V": generator.normal(size=(3, 8)) * 2.0 / np.sqrt(8),
        "x": generator.uniform(bounds[0], bounds[1], 10),
    }


def log_probabilities(net: Net, inputs: Array) -> Array:
    """Log-probabilities of all classes: inputs (..., n) to (..., K)."""
    logits = np.tanh(inputs @ net["U"].T) @ net["V"].T
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True)))


def all_corners(count: int) -> Array:
    """All vectors of signs of this length."""
    numbers = np.arange(2**count)
    return np.asarray(1.0 - 2.0 * (numbers[:, None] >> np.arange(count) & 1))


@value(route=label_by_loops)
def label(net: Net) -> int:
    """The class that the network predicts, taken for the correct one; counted from 1."""
    return 1 + int(np.argmax(log_probabilities(net, net["x"])))


@value(route=clean_by_loops, digits=4)
def clean(net: Net, label: int) -> float:
    """Log-probability of the correct class before the attack."""
    return float(log_probabilities(net, net["x"])[label - 1])


@value(route=gradient_by_complex_step, digits=3)
def gradient(net: Net, label: int) -> Array:
    """Gradient of that log-probability, by backpropagation."""
    units = np.tanh(net["U"] @ net["x"])
    logits = net["V"] @ units
    shares = np.exp(logits) / np.exp(logits).sum()
    back = net["V"].T @ ((np.arange(3) == label - 1) - shares)
    return np.asarray(net["U"].T @ ((1 - units**2) * back))


@value(route=norm_by_columns, digits=4)
def norm(gradient: Array) -> float:
    """The sum of the absolute values of its entries."""
    return float(np.abs(gradient).sum())


@value(route=smallest_by_comparing)
def smallest(gradient: Array) -> int:
    """Its entry of the least absolute value, counted from 1."""
    return 1 + int(np.argmin(np.abs(gradient)))


@value(route=least_by_squares, digits=4)
def least(gradient: Array, smallest: int) -> float:
    """That entry."""
    return float(gradient[smallest - 1])


@value(route=inputs_by_counting)
def inputs(net: Net) -> int:
    """Inputs of the network."""
    return int(net["x"].size)


@value(route=corners_by_counting)
def corners(net: Net) -> int:
    """Corners of the box."""
    return int(2 ** net["x"].size)


@value(route=linear_by_corners, digits=4)
def linear(clean: float, norm: float, sizes: Array) -> Array:
    """The linear prediction of the log-probability after the attack, for each size of the box."""
    return np.asarray(clean - sizes * norm)


@value(route=attacked_by_loops, digits=4)
def attacked(net: Net, label: int, gradient: Array, sizes: Array) -> dict[str, Array]:
    """After the attack: the true log-probability; the best corner; corners below; their mean."""
    heights = [
        log_probabilities(net, net["x"] + size * all_corners(10))[:, label - 1] for size in sizes
    ]
    after = [log_probabilities(net, net["x"] - size * np.sign(gradient)) for size in sizes]
    chosen = np.array([it[label - 1] for it in after])
    return {
        "chosen": chosen,
        "best": np.array([it.min() for it in heights]),
        "lower": np.array(
            [np.sum(it < at - LOWER) for it, at in zip(heights, chosen, strict=True)]
        ),
        "mean": np.array([it.mean() for it in heights]),
        "predicted": np.array([1 + np.argmax(it) for it in after]),
    }


@value(route=ratio_by_products, digits=2)
def ratio(linear: Array, attacked: Mapping[str, Array], sizes: Array) -> Array:
    """What the linear prediction misses, over the square of the size."""
    return np.asarray((attacked["chosen"] - linear) / sizes**2)


@value(route=curve_by_differences, digits=2, tolerance=1e-5)
def curve(net: Net, label: int, gradient: Array) -> float:
    r"""Half the second derivative of $f_y$ along $-\operatorname{sign}(g)$, by the chain rule."""
    way = -np.sign(gradient)
    units = np.tanh(net["U"] @ net["x"])
    logits = net["V"] @ units
    shares = np.exp(logits) / np.exp(logits).sum()
    speed = net["U"] @ way
    first = net["V"] @ ((1 - units**2) * speed)
    second = net["V"] @ (-2 * units * (1 - units**2) * speed**2)
    spread = shares @ first**2 - (shares @ first) ** 2
    return float(second[label - 1] - shares @ second - spread) / 2


@value(route=flipped_by_loops)
def flipped(net: Net, label: int, gradient: Array, sizes: Array) -> dict[str, int]:
    """In the second box: entries in which the best corner is another, and the first, from 1."""
    signs = all_corners(gradient.size)
    heights = log_probabilities(net, net["x"] + sizes[1] * signs)[:, label - 1]
    differs = signs[np.argmin(heights)] * gradient > 0
    return {"count": int(differs.sum()), "first": 1 + int(np.argmax(differs))}


@table
def boxes() -> TableRows:
    """For each size of the box, what was predicted and what is true."""
    rows = [
        [
            rf"\val{{sizes[{k}]}}",
            rf"\val{{linear[{k}]}}",
            rf"\val{{attacked.chosen[{k}]}}",
            rf"\val{{ratio[{k}]}}",
            rf"\val{{attacked.best[{k}]}}",
            rf"\val{{attacked.lower[{k}]}}",
            rf"\val{{attacked.mean[{k}]}}",
            rf"\val{{attacked.predicted[{k}]}}",
        ]
        for k in range(1, 6)
    ]
    head = [
        r"$\varepsilon$", "linear", r"$f_y(\tilde{x}^*)$", r"gap$/\varepsilon^2$",
        "best corner", "below", "mean", "class",
    ]  # fmt: skip
    return TableRows("dddddddd", head, rows)


@figure
def box(net: Net, label: int, gradient: Array, sizes: Array) -> Figure:
    """The attack in a plane of two inputs, and the log-probability over the size of the box."""
    made = Figure(figsize=(6.3, 2.9))
    left, right = made.subplots(1, 2, width_ratios=[1.12, 1.0])
    _plane(made, left, net, label, gradient, float(sizes[SHOWN]))
    _over_sizes(right, net, label, gradient)
    return made


def _plane(  # noqa: PLR0913, PLR0917
    made: Figure, axis: Axes, net: Net, label: int, gradient: Array, size: float
) -> None:
    """Level lines, the box, the gradient and the corner that is chosen."""
    one, two = PLANE
    x, slope = net["x"], gradient[list(PLANE)]
    ticks = np.linspace(-1.8 * size, 1.8 * size, 61)
    inputs = np.tile(x, (ticks.size, ticks.size, 1))
    inputs[..., one] += ticks[None, :]
    inputs[..., two] += ticks[:, None]
    heights = log_probabilities(net, inputs)[..., label - 1]
    levels = axis.contourf(x[one] + ticks, x[two] + ticks, heights, levels=12, alpha=0.75)
    made.colorbar(levels, ax=axis, label="$f_y$", shrink=0.85)
    corners = size * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    axis.plot(x[one] + corners[:, 0], x[two] + corners[:, 1], "-", color="k", lw=1.2)
    across = np.array([slope[1], -slope[0]]) / np.max(np.abs(slope)) * 4 * size
    chosen = -size * np.sign(slope)
    for centre, style in ((np.zeros(2), ":"), (chosen, "--")):
        ends = np.array([centre - across, centre + across]) + x[list(PLANE)]
        axis.plot(ends[:, 0], ends[:, 1], style, color=RED, lw=1.0)
    length = 0.75 * size / np.max(np.abs(slope))
    start = (x[one], x[two])
    axis.annotate("", start - length * slope, start, arrowprops={"arrowstyle": "->", "lw": 1.3})
    axis.plot(*start, "o", ms=4, color="k")
    axis.plot(*(start + chosen), "s", ms=6, color=RED, zorder=4)
    axis.annotate("$x$", start, (4, -10), textcoords="offset points")
    axis.annotate("$-g$", start - length * slope, (-4, 6), textcoords="offset points")
    axis.annotate(r"$\tilde{x}^*$", start + chosen, (-15, 3), textcoords="offset points")
    axis.set(xlabel=f"$x_{{{one + 1}}}$", ylabel=f"$x_{{{two + 1}}}$", aspect="equal")
    axis.set_xlim(x[one] + ticks[0], x[one] + ticks[-1])
    axis.set_ylim(x[two] + ticks[0], x[two] + ticks[-1])


def _over_sizes(axis: Axes, net: Net, label: int, gradient: Array) -> None:
    """Log-probabilities after attacks of growing size."""
    sizes = np.linspace(0, 1, 41)
    start = log_probabilities(net, net["x"])[label - 1]

    def along(way: Array) -> Array:
        return log_probabilities(net, net["x"] + sizes[:, None] * way)[:, label - 1]

    heights = np.array([along(signs) for signs in all_corners(gradient.size)])
    axis.plot(sizes, heights.mean(axis=0), ":", color=GREY, label="mean of all corners")
    axis.plot(
        sizes, along(-gradient / np.abs(gradient).max()), "-.", color=GREEN, label="along $-g$"
    )
    axis.plot(sizes, start - sizes * np.abs(gradient).sum(), "--", color=RED, label="linear")
    axis.plot(sizes, along(-np.sign(gradient)), "-", color=RED, label=r"at $\tilde{x}^*$")
    axis.plot(
        sizes, heights.min(axis=0), "-", color=BLUE, lw=0.9, marker=".", ms=3, label="best corner"
    )
    axis.set(xlabel=r"$\varepsilon$", ylabel="$f_y$", xlim=(0, 1), ylim=(-8.2, -0.4))
    axis.legend(loc="lower left")
