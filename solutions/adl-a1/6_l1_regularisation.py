"""Soft thresholding by an L1 penalty beside the scaling by an L2 penalty, and a coupled case."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import l1_regularisation_routes as again
import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
SPACING, REACH, SAMPLES = 0.001, 10, 200  # of the grid; triples of curvature, centre, strength
SIZE = 200  # weights of the seeded quadratic
CLOSE = 1e-9
TICKS = (r"$-\alpha/\kappa$", "$0$", r"$\alpha/\kappa$")
BLUE, ORANGE, PURPLE, GREEN, GREY = "#1F5A94", "#C06014", "#8E2F6B", "#3A7D44", "0.45"
LINES = (
    (BLUE, "-"), (ORANGE, "--"), (PURPLE, "-."), (GREEN, (0, (5, 1, 1, 1, 1, 1))), (GREY, ":"),
)  # fmt: skip


# the five weights


@value(route=again.thresholds_by_entries, digits=2)
def thresholds(h: Array, alpha: float) -> Array:
    r"""Thresholds $\alpha/H_{ii}$."""
    return np.asarray(alpha / h)


@value(route=again.limits_by_entries, digits=2)
def limits(star: Array, h: Array) -> Array:
    """Strengths from which on a weight is zero."""
    return np.asarray(h * np.abs(star))


@value(route=again.soft_by_clipping, digits=3)
def soft(star: Array, h: Array, alpha: float) -> Array:
    r"""Minimiser $\mathbf{s}$ with the L1 penalty."""
    return shrink(star, alpha / h)


@value(route=again.ridge_by_solving, digits=3)
def ridge(star: Array, h: Array, alpha: float) -> Array:
    r"""Minimiser $\mathbf{r}$ with the L2 penalty."""
    return np.asarray(h / (h + alpha) * star)


@value(route=again.grid_by_rounding, digits=6)
def grid() -> dict[str, float]:
    r"""Search for the minimiser of $\psi$ on a grid: triples, spacing, half of it, error."""
    generator = np.random.default_rng(0)
    kappa, c = generator.uniform(0.5, 3, SAMPLES), generator.normal(0, 2, SAMPLES)
    alpha = generator.uniform(0, 3, SAMPLES)
    t = np.arange(-REACH / SPACING, REACH / SPACING + 1) * SPACING
    rows = zip(kappa, c, alpha, strict=True)
    best = np.array([t[np.argmin(k / 2 * (t - m) ** 2 + a * np.abs(t))] for k, m, a in rows])
    gap = np.max(np.abs(best - shrink(c, alpha / kappa)))
    return {"samples": SAMPLES, "spacing": SPACING, "half": SPACING / 2, "gap": float(gap)}


def shrink(centre: Array, threshold: Array) -> Array:
    """Move every entry towards zero by its threshold, but not beyond."""
    return np.asarray(np.sign(centre) * np.maximum(np.abs(centre) - threshold, 0))


# many weights


@value(route=again.drawn_one_by_one)
def drawn() -> Array:
    r"""Seeded $w_i^*$ (normal), and $H_{ii}$ (a power of ten, exponent uniform)."""
    generator = np.random.default_rng(0)
    return np.array([generator.normal(size=SIZE), 10 ** generator.uniform(-1, 1, SIZE)])


@value(route=again.strengths_by_list, digits=2)
def strengths() -> Array:
    """Strengths in the table."""
    return np.array([digit * 10.0**power for power in range(-2, 2) for digit in (1, 3)][:-1])


@value(route=again.size_by_counting)
def size(drawn: Array) -> int:
    """Number of weights."""
    return drawn.shape[1]


@value(route=again.zeros_by_comparison)
def zeros(drawn: Array, strengths: Array) -> dict[str, Array]:
    """Entries that are exactly zero, with the L1 and with the L2 penalty, for each strength."""
    star, h = drawn
    lasso = [np.count_nonzero(shrink(star, a / h) == 0) for a in strengths]
    squares = [np.count_nonzero(h / (h + a) * star == 0) for a in strengths]
    return {"lasso": np.array(lasso, dtype=float), "ridge": np.array(squares, dtype=float)}


@value(route=again.expected_by_integration, digits=1, tolerance=1e-8)
def expected(drawn: Array, strengths: Array) -> Array:
    """Expected number of zeros with the L1 penalty, for these curvatures."""
    return np.array([sum(math.erf(a / (h * math.sqrt(2))) for h in drawn[1]) for a in strengths])


@value(route=again.deviation_by_integration, digits=1)
def deviation(drawn: Array, strengths: Array, zeros: Mapping[str, Array]) -> float:
    """Largest distance of a count from its expectation, in standard deviations."""
    found = []
    for a, count in zip(strengths, zeros["lasso"], strict=True):
        chance = np.array([math.erf(a / (h * math.sqrt(2))) for h in drawn[1]])
        found.append(abs(count - chance.sum()) / math.sqrt(chance @ (1 - chance)))
    return float(max(found))


@value(route=again.edge_as_percentage, digits=2)
def edge() -> float:
    """What counts as small."""
    return 0.01


@value(route=again.small_by_ratio)
def small(drawn: Array, strengths: Array, edge: float) -> Array:
    """Small entries with the L2 penalty, for each strength."""
    star, h = drawn
    return np.array([np.count_nonzero(np.abs(h / (h + a) * star) < edge) for a in strengths])


@value(route=again.costs_by_entries, digits=1)
def costs(drawn: Array, strengths: Array) -> dict[str, Array]:
    """Rise of the loss above its minimum with either penalty, for each strength."""
    star, h = drawn
    lasso = [h @ (shrink(star, a / h) - star) ** 2 / 2 for a in strengths]
    squares = [h @ (h / (h + a) * star - star) ** 2 / 2 for a in strengths]
    return {"lasso": np.array(lasso), "ridge": np.array(squares)}


# coupled weights


@value(route=(again.code_by_coordinates, again.code_by_proximal_steps), digits=3)
def code(G: Array, b: Array, beta: float) -> Array:
    """Minimiser of $F$, from all patterns of signs."""
    found = []
    for signs in product((-1.0, 0.0, 1.0), repeat=b.size):
        sign = np.array(signs)
        on, x = sign != 0, np.zeros(b.size)
        x[on] = np.linalg.solve(G[np.ix_(on, on)], (G @ b - beta * sign)[on])
        is_least = np.all(np.abs(G @ (b - x)) <= beta + CLOSE)
        if is_least and np.array_equal(np.sign(x), sign):
            found.append(np.round(x, 12))
    return np.asarray(np.mean(found, axis=0))


@value(route=again.plain_by_clipping, digits=3)
def plain(G: Array, b: Array, beta: float) -> Array:
    """The formula, as if there were no coupling."""
    return shrink(b, beta / np.diag(G))


@value(route=again.pull_by_columns, digits=3)
def pull(G: Array, b: Array, code: Array) -> Array:
    r"""Pull $\mathbf{G} (\mathbf{b} - \mathbf{x})$ of the loss at the minimiser."""
    return np.asarray(G @ (b - code))


@value(route=again.worth_by_expansion, digits=3)
def worth(G: Array, b: Array, beta: float, code: Array, plain: Array) -> dict[str, float]:
    """Values of $F$ at the minimiser and at the formula."""
    pairs = {"code": code, "plain": plain}
    return {
        name: float((x - b) @ G @ (x - b) / 2 + beta * np.abs(x).sum()) for name, x in pairs.items()
    }


@value(route=again.mean_by_closed_form, digits=4)
def mean() -> float:
    r"""Posterior mean for $\kappa = \alpha = 1$ and $c = 1/2$, by quadrature beside zero."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    total = np.zeros(2)
    for side in (-1, 1):
        t = side * 5 * (nodes + 1)  # beyond ten the density is below 1e-19
        density = np.exp(-((t - 1 / 2) ** 2) / 2 - np.abs(t)) * weights
        total += np.array([density.sum(), density @ t])
    return float(total[1] / total[0])


# tables


@table
def five(star: Array) -> TableRows:
    r"""Each weight: $w_i^*$, curvature, threshold, strength at which it vanishes, both results."""
    names = "star[{0}] h[{0}] thresholds[{0}] limits[{0}] soft[{0}] ridge[{0}]"
    rows = [
        [f"${k}$", *(rf"\val{{{name.format(k)}}}" for name in names.split())]
        for k in range(1, len(star) + 1)
    ]
    head = ["$i$", "$w_i^*$", "$H_{ii}$", r"$\alpha/H_{ii}$", "$H_{ii}|w_i^*|$", "$s_i$", "$r_i$"]
    return TableRows("rdddddd", head, rows)


@table
def sparsity(strengths: Array) -> TableRows:
    """Each strength: zeros, found and expected; zeros and small entries with L2; both costs."""
    names = "strengths[{0}] zeros.lasso[{0}] expected[{0}] zeros.ridge[{0}] small[{0}]"
    names += " costs.lasso[{0}] costs.ridge[{0}]"
    rows = [
        [rf"\val{{{name.format(k)}}}" for name in names.split()]
        for k in range(1, len(strengths) + 1)
    ]
    head = [r"$\alpha$", "Zeros, L1", "Expected", "Zeros, L2", "Small, L2"]
    return TableRows("drdrrdd", [*head, "Cost, L1", "Cost, L2"], rows)


# figures


@figure
def thresholding() -> Figure:
    r"""The function $\psi$ in three cases, and both results as functions of $c$."""
    made = Figure(figsize=(6.2, 2.7))
    left, right = made.subplots(1, 2)
    t = np.linspace(-2.2, 3.4, 801)
    for (colour, line), half in zip(LINES, (-3, 1, 5), strict=False):
        c = half / 2
        best = float(shrink(np.array([c]), np.ones(1))[0])
        name = "" if half == 1 else str(half)
        label = rf"$c = {name}\alpha/(2\kappa)$"
        left.plot(t, (t - c) ** 2 / 2 + np.abs(t), color=colour, ls=line, label=label)
        left.plot([best], [(best - c) ** 2 / 2 + abs(best)], "o", color=colour, ms=4)
    left.set(xlabel="$t$", ylabel=r"$\psi(t)$", ylim=(0, 6), yticks=[0])
    centres = np.linspace(-3, 3, 601)
    right.plot(centres, centres, color=GREY, ls=":", lw=0.9, label="no penalty")
    right.plot(centres, centres / 2, color=ORANGE, ls="--", label=r"L2, $\alpha = \kappa$")
    right.plot(centres, shrink(centres, np.ones(1)), color=BLUE, label="L1")
    right.set_xlabel("$c$")
    right.set_yticks([-1, 0, 1], TICKS)
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1.2)
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1.2)
    for axis in (left, right):
        axis.set_xticks([-1, 0, 1], TICKS)
    return made


@figure
def paths(star: Array, h: Array, limits: Array) -> Figure:
    """The five weights against the strength, with either penalty."""
    made = Figure(figsize=(6.2, 2.8))
    axes = made.subplots(1, 2, sharey=True)
    alpha = np.linspace(0, 4, 801)
    for i, (colour, line) in enumerate(LINES):
        lasso = shrink(np.full(alpha.shape, star[i]), alpha / h[i])
        squares = h[i] / (h[i] + alpha) * star[i]
        axes[0].plot(alpha, lasso, color=colour, ls=line)
        axes[0].plot([limits[i]], [0], "o", color=colour, ms=4, clip_on=False)
        axes[1].plot(alpha, squares, color=colour, ls=line, label=f"$i = {i + 1}$")
    axes[0].set(title="L1", ylabel="weight")
    axes[1].set(title="L2")
    for axis in axes:
        axis.set(xlabel=r"$\alpha$", xlim=(0, 4))
    axes[1].legend(loc="upper right", ncols=2)
    return made


@figure
def corners(star: Array, h: Array, soft: Array, ridge: Array) -> Figure:
    """Contours of the loss that touch those of the penalty, for the first two weights."""
    made = Figure(figsize=(6.2, 2.9))
    angle = np.linspace(0, 2 * np.pi, 401)
    circle = np.array([np.cos(angle), np.sin(angle)])
    diamond = np.array([[1, 0, -1, 0, 1], [0, 1, 0, -1, 0]])
    axes = made.subplots(1, 2, sharey=True)
    shapes = ((diamond, 1, soft, r"$\mathbf{s}$"), (circle, 2, ridge, r"$\mathbf{r}$"))
    for axis, (shape, order, best, name) in zip(axes, shapes, strict=True):
        point, centre = best[:2], star[:2]
        level = float(h[:2] @ (point - centre) ** 2)
        for share in (0.2, 1):
            ring = centre[:, None] + np.sqrt(share * level / h[:2])[:, None] * circle
            axis.plot(*ring, color=BLUE, lw=1.3 if share == 1 else 0.7)
        ring = float(np.linalg.norm(point, ord=order)) * shape
        axis.plot(*ring, color=ORANGE, ls="--")
        _mark(axis, centre, point, name)
        axis.set(
            xlabel="$w_1$", aspect="equal", title=f"L{order}", xlim=(-1.4, 4.5), ylim=(-2.7, 1.3)
        )
    axes[0].set_ylabel("$w_2$")
    return made


def _mark(axis: Axes, centre: Array, point: Array, name: str) -> None:
    """Both minimisers, and the axes on which one weight is zero."""
    axis.axhline(0, color=GREY, lw=0.5, zorder=0)
    axis.axvline(0, color=GREY, lw=0.5, zorder=0)
    axis.plot(*centre, "o", color=BLUE, ms=5)
    axis.plot(*point, "s", color=PURPLE, ms=5)
    axis.annotate(r"$\mathbf{w}^*$", tuple(centre), xytext=(5, 3), textcoords="offset points")
    axis.annotate(name, tuple(point), xytext=(7, -10), textcoords="offset points")
