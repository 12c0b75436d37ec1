"""Mirror descent with the binary entropy: one step against a grid, and a run near a boundary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
STEPS = 9  # of a run
LISTED = 6  # iterates in the table
CELLS = 40  # of a grid along an interval
FINEST = 1e-8  # the width at which grids end
MIRROR, EUCLID, LEVEL = "#0B5394", "#C06014", "#9A9A9A"


# second routes


def step_by_grid(x0: Array, eps: float, c: Array, Q: Array) -> dict[str, float]:
    """The objective $F$ itself, minimised in each coordinate on ever finer grids."""
    slope = (Q + Q.T) @ (x0 - c) / 2
    found = [_on_grids(float(slope[i]), float(x0[i]), eps) for i in range(2)]
    return {"x1": found[0], "x2": found[1]}


def _on_grids(slope: float, start: float, eps: float) -> float:
    """The least value of one summand of $F$, on grids that close in on it.

    Check: the summand is convex, so the minimiser lies beside the best place of each grid.
    """

    def summand(x: Array) -> Array:
        divergence = x * np.log(x / start) + (1 - x) * np.log((1 - x) / (1 - start))
        return np.asarray(slope * (x - start) + divergence / eps)

    low, high = 0.0, 1.0
    while high - low > FINEST:
        grid = np.linspace(low, high, CELLS + 1)[1:-1]
        best = float(grid[np.argmin(summand(grid))])
        width = (high - low) / CELLS
        low, high = max(low, best - width), min(high, best + width)
    return (low + high) / 2


def mirror_by_odds(x0: Array, eps: float, c: Array, Q: Array) -> Array:
    """Odds multiplied by powers, step by step."""
    run = [x0]
    for _ in range(STEPS):
        odds = run[-1] / (1 - run[-1]) * np.exp(-eps * (Q @ (run[-1] - c)))
        run.append(odds / (1 + odds))
    return np.array(run)


def projected_by_numbers(x0: Array, eps: float, c: Array, Q: Array) -> Array:
    """Both coordinates in plain numbers."""
    (p, q), run = x0, [(float(x0[0]), float(x0[1]))]
    for _ in range(STEPS):
        u, v = p - c[0], q - c[1]
        p, q = p - eps * (Q[0, 0] * u + Q[0, 1] * v), q - eps * (Q[1, 0] * u + Q[1, 1] * v)
        p, q = min(max(p, 0.0), 1.0), min(max(q, 0.0), 1.0)
        run.append((p, q))
    return np.array(run)


def unprojected_by_powers(x0: Array, eps: float, c: Array, Q: Array) -> Array:
    r"""Powers of $I - \varepsilon Q$ applied to $x^0 - c$."""
    factor = np.eye(2) - eps * Q
    return np.array([c + np.linalg.matrix_power(factor, t) @ (x0 - c) for t in range(STEPS + 1)])


def losses_by_expansion(mirror: Array, projected: Array, c: Array, Q: Array) -> Array:
    r"""The square multiplied out: $\frac12 x^\top Q x - c^\top Q x + \frac12 c^\top Q c$."""
    return np.array(
        [
            [0.5 * x @ Q @ x - c @ Q @ x + 0.5 * c @ Q @ c for x in run]
            for run in (mirror, projected)
        ]
    )


def edge_by_descent(c: Array, Q: Array) -> dict[str, float]:
    """Projected gradient descent in the closed square, from its centre."""
    x = np.full(2, 0.5)
    for _ in range(500):
        x = np.minimum(np.maximum(x - (Q @ x - Q @ c) / np.trace(Q), 0), 1)
    return {"x1": float(x[0]), "loss": float((x - c) @ (Q @ x - Q @ c)) / 2}


def longest_by_eigenvalue(Q: Array) -> float:
    """Four over the square root of the largest eigenvalue of $Q^2$."""
    return 4 / math.sqrt(float(np.linalg.eigvalsh(Q @ Q)[-1]))


def saturates_by_spacing() -> int:
    """The logarithm of twice the reciprocal of the machine's precision, rounded up."""
    return math.ceil(math.log(2 / np.finfo(float).eps))


# what the report prints


@value(route=step_by_grid, digits=4, tolerance=1e-6)
def step(x0: Array, eps: float, c: Array, Q: Array) -> dict[str, float]:
    """One step of mirror descent for the example, by the formula."""
    y = np.log(x0 / (1 - x0)) - eps * (Q @ (x0 - c))
    x = 1 / (1 + np.exp(-y))
    return {"x1": float(x[0]), "x2": float(x[1])}


@value(route=mirror_by_odds, digits=4)
def mirror(x0: Array, eps: float, c: Array, Q: Array) -> Array:
    """Iterates of mirror descent, by the dual variable; a row for each, the start first."""
    y = np.log(x0 / (1 - x0))
    run = [x0]
    for _ in range(STEPS):
        y = y - eps * (Q @ (run[-1] - c))
        run.append(1 / (1 + np.exp(-y)))
    return np.array(run)


@value(route=projected_by_numbers, digits=4)
def projected(x0: Array, eps: float, c: Array, Q: Array) -> Array:
    """Iterates of gradient descent with projection to the unit square."""
    run = [x0]
    for _ in range(STEPS):
        run.append(np.clip(run[-1] - eps * (Q @ (run[-1] - c)), 0, 1))
    return np.array(run)


@value(route=unprojected_by_powers, digits=4)
def unprojected(x0: Array, eps: float, c: Array, Q: Array) -> Array:
    """Iterates of gradient descent without projection."""
    run = [x0]
    for _ in range(STEPS):
        run.append(run[-1] - eps * (Q @ (run[-1] - c)))
    return np.array(run)


@value(route=losses_by_expansion, digits=4)
def losses(mirror: Array, projected: Array, c: Array, Q: Array) -> Array:
    r"""Values of $\varphi$ along the runs: mirror descent, projected gradient descent."""
    gaps = np.stack([mirror, projected]) - c
    return np.asarray(np.einsum("rti,ij,rtj->rt", gaps, Q, gaps) / 2)


@value(route=edge_by_descent, digits=4)
def edge(c: Array, Q: Array) -> dict[str, float]:
    r"""The minimiser of $\varphi$ on the upper edge of the square, and its value."""
    place = c[0] - Q[0, 1] * (1 - c[1]) / Q[0, 0]
    gap = np.array([place, 1.0]) - c
    return {"x1": float(place), "loss": float(gap @ (Q @ gap)) / 2}


@value(route=longest_by_eigenvalue, digits=4)
def longest(Q: Array) -> float:
    r"""The step size $4/L$, with the largest eigenvalue of a symmetric 2 by 2 matrix as $L$."""
    middle, half = (Q[0, 0] + Q[1, 1]) / 2, (Q[0, 0] - Q[1, 1]) / 2
    return 4 / float(middle + math.hypot(half, Q[0, 1]))


@value(route=saturates_by_spacing)
def saturates() -> int:
    r"""The smallest integer $y$ for which $\sigma(y)$ is rounded to one in double precision."""
    y = 0
    while 1 / (1 + math.exp(-y)) < 1:
        y += 1
    return y


@table
def run() -> TableRows:
    """The first iterates of both methods."""
    rows = [
        [
            f"${t}$",
            *(rf"\val{{mirror[{t + 1},{i}]}}" for i in (1, 2)),
            rf"\val{{losses[1,{t + 1}]}}",
            *(rf"\val{{projected[{t + 1},{i}]}}" for i in (1, 2)),
            rf"\val{{losses[2,{t + 1}]}}",
        ]
        for t in range(LISTED)
    ]
    head = [
        "$t$", "$x^t_1$", "$x^t_2$", r"$\varphi(x^t)$",
        "projected: $x_1$", "$x_2$", r"$\varphi(x)$",
    ]  # fmt: skip
    return TableRows("ldddddd", head, rows)


@figure
def paths(  # noqa: PLR0913, PLR0917
    x0: Array,
    eps: float,
    c: Array,
    Q: Array,
    mirror: Array,
    unprojected: Array,
    projected: Array,
    edge: Mapping[str, float],
) -> Figure:
    """The runs in the plane, and one step as the step size grows."""
    made = Figure(figsize=(6.3, 3.0))
    left, right = made.subplots(1, 2, width_ratios=[1.0, 1.12])
    _plane(left, lambda x: float((x - c) @ Q @ (x - c)) / 2)
    left.plot(*unprojected.T, ":", marker="x", ms=4, color=EUCLID, label="gradient descent")
    left.plot(*projected.T, "--", marker="s", ms=3, mfc="w", color=EUCLID, label="with projection")
    left.plot(*mirror.T, "-", marker="o", ms=3, color=MIRROR, label="mirror descent")
    left.plot([edge["x1"]], [1], "*", ms=9, color="k", clip_on=False, zorder=5)
    left.plot(*c, "+", ms=7, color="k")
    left.annotate("$c$", (c[0], c[1]), (-10, -3), textcoords="offset points")
    left.annotate("$x^0$", (x0[0], x0[1]), (4, -10), textcoords="offset points")
    left.legend(loc="lower left", handlelength=2.4)
    sizes = np.linspace(0, 3, 121)
    slope = (Q @ (x0 - c))[1]
    straight = x0[1] - sizes * slope
    y = math.log(x0[1] / (1 - x0[1])) - sizes * slope
    scaled = x0[1] - sizes * slope * x0[1] * (1 - x0[1])
    right.axhline(1, color="k", lw=0.6)
    right.plot(sizes, straight, ":", color=EUCLID, label="gradient step")
    right.plot(sizes, np.minimum(straight, 1), "--", color=EUCLID, label="with projection")
    right.plot(sizes, scaled, "-.", color="k", lw=0.9, label="first order of mirror step")
    right.plot(sizes, 1 / (1 + np.exp(-y)), "-", color=MIRROR, label="mirror step")
    right.axvline(eps, color=LEVEL, lw=0.6)
    right.set(ylim=(0, 1.35), xlim=(0, 3), xlabel=r"step size $\varepsilon$", ylabel="$x_2$")
    right.legend(loc="lower right")
    return made


def _plane(axis: Axes, loss: Callable[[Array], float]) -> None:
    """Level lines around the unit square."""
    ticks = np.linspace(0, 1.3, 60)
    heights = [[loss(np.array([p, q])) for p in ticks] for q in ticks]
    axis.contour(ticks, ticks, heights, levels=10, colors=LEVEL, linewidths=0.5)
    axis.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], "-", color="k", lw=0.8)
    axis.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(0, 1.1), ylim=(0, 1.27))
