"""The figures of the problem on adversarial nets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from gan_net import EVERY, Game, drawn, generate, nets, sigmoid
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
BLUE, ORANGE, GREEN, GREY, BLACK = "#0B559F", "#C25A00", "#007F5F", "#777777", "#222222"
LOWEST = -math.log(4)


def criterion(grid: Array, curve: Arrays, families: Arrays) -> Figure:
    """C over the distance of two normal laws, and over JSD for three families."""
    made = Figure(figsize=(6.2, 2.5))
    left, right = made.subplots(1, 2, sharey=True, gridspec_kw={"wspace": 0.08})
    left.plot(grid, curve["c"], color=BLUE)
    for axis in (left, right):
        for height in (LOWEST, 0):
            axis.axhline(height, color=GREY, lw=0.6, ls=":")
    left.annotate("$0$", (0.1, 0), (2, -9), textcoords="offset points", color=GREY)
    left.annotate(r"$-\log 4$", (4.2, LOWEST), (2, 3), textcoords="offset points", color=GREY)
    left.set(xlabel=r"distance $\delta$ of two normal laws", ylabel="$C(G)$")
    line = np.array([0, math.log(2)])
    right.plot(line, LOWEST + 2 * line, color=GREY, lw=0.8, label=r"$-\log 4 + 2\,\mathrm{JSD}$")
    right.plot(
        curve["j"][::6], curve["c"][::6], "o", color=BLUE, fillstyle="none", label="normal laws"
    )
    right.plot(families["j"], families["c"], "x", color=ORANGE, label="random laws")
    right.plot(
        families["moved_j"], families["moved_c"], "s", color=GREEN, fillstyle="none", ms=3.5,
        label="moved blocks",
    )  # fmt: skip
    right.set_xlabel(r"$\mathrm{JSD}(p_{\mathrm{data}} \,\|\, p_g)$")
    right.legend(loc="lower right")
    return made


def slopes(grid: Array, curve: Arrays) -> Figure:
    """Sizes of the slopes of both losses of G: by the logit, by the distance of normal laws."""
    made = Figure(figsize=(6.2, 2.4))
    left, right = made.subplots(1, 2, gridspec_kw={"wspace": 0.28})
    s = np.linspace(-7, 7, 141)
    left.plot(s, sigmoid(s), "-", color=BLUE, label=r"$\log(1 - D)$")
    left.plot(s, sigmoid(-s), "--", color=ORANGE, label=r"$-\log D$")
    left.set(xlabel="logit $s$ of $D(G(z))$", ylabel="size of the slope in $s$")
    left.legend(loc="center right")
    far = grid[1:]
    right.semilogy(far, curve["plain"][1:], "-", color=BLUE)
    right.semilogy(far, curve["other"][1:], "--", color=ORANGE)
    right.set(xlabel=r"distance $\delta$ of two normal laws", ylabel=r"slope in $\delta$")
    return made


def panels(rows: Array, game: Game) -> Figure:
    """Densities, discriminator and generator at four moments."""
    made = Figure(figsize=(6.2, 4.3))
    axes = made.subplots(
        2, 2, sharex=True, sharey=True, gridspec_kw={"wspace": 0.06, "hspace": 0.12}
    )
    x = np.linspace(-5, 5, 401)
    for letter, axis, row in zip("abcd", axes.flat, rows, strict=True):
        shown = drawn(row, x, game)
        axis.plot(x, shown["data"], ":", color=BLACK, lw=1.6, label=r"$p_{\mathrm{data}}$")
        axis.plot(x, shown["made"], "-", color=GREEN, label="$p_g$")
        axis.plot(x, shown["d"], "--", color=BLUE, label="$D$")
        axis.plot(x, shown["best"], "-.", color=ORANGE, lw=0.8, label="$D^*_G$")
        _arrows(axis, row)
        axis.annotate(f"({letter})", (-4.9, 0.9))
        axis.set(xlim=(-5.2, 5.2), ylim=(-0.5, 1.02), yticks=[0, 0.5, 1])
    for axis in axes[1]:
        axis.set_xlabel("$x$, and $z$ on the lower line")
    for axis in axes[:, 0]:
        axis.set_ylabel("densities, and $D$")
    handles, names = axes[0, 0].get_legend_handles_labels()
    made.legend(handles, names, loc="outside upper center", ncol=4)
    return made


def _arrows(axis: Axes, row: Array) -> None:
    """The noise on a lower line, the samples on an upper one, joined."""
    z = np.linspace(-2.1, 2.1, 15)
    x = generate(nets(row)[1], z)
    low, high = -0.44, -0.1
    for height in (low, high):
        axis.plot([-5, 5], [height, height], color=BLACK, lw=0.7)
    for start, end in zip(z, x, strict=True):
        style = {"arrowstyle": "-|>", "lw": 0.5, "color": GREY, "mutation_scale": 5}
        axis.annotate(
            "", (end, high), (start, low), arrowprops={**style, "shrinkA": 0, "shrinkB": 0}
        )
    axis.annotate("$z$", (5.0, low), (-9, 3), textcoords="offset points")


def failures(
    row: Array, courses: Arrays, stuck: Mapping[str, float], orbits: Arrays, game: Game
) -> Figure:
    """Courses from a distant start, the collapsed generator, the paths of one point."""
    made = Figure(figsize=(6.2, 2.5))
    left, middle, right = made.subplots(1, 3, gridspec_kw={"width_ratios": [1.15, 1, 1]})
    rounds = EVERY * np.arange(courses["plain"].size)
    left.plot(rounds, courses["plain"], "-", color=BLUE, label=r"$\log(1 - D)$")
    left.plot(rounds, courses["other"], "--", color=ORANGE, label=r"$-\log D$")
    for height in (LOWEST, stuck["first"]):
        left.axhline(height, color=GREY, lw=0.6, ls=":")
    left.set(xlabel="round", ylabel="$C(G)$")
    left.legend(loc="upper right")
    x = np.linspace(-4.5, 5.5, 401)
    shown = drawn(row, x, game)
    middle.plot(x, shown["data"], ":", color=BLACK, lw=1.6, label=r"$p_{\mathrm{data}}$")
    middle.plot(x, shown["made"], "-", color=GREEN, label="$p_g$")
    middle.set(xlabel="$x$")
    middle.legend(loc="upper right")
    right.plot(*orbits["together"], "-", color=ORANGE, lw=0.9, label="together")
    right.plot(
        *orbits["turns"][:, : orbits["together"].shape[1]], "--", color=BLUE, label="in turns"
    )
    right.plot(0, 0, "+", color=BLACK)
    right.set(xlabel=r"$\vartheta$", ylabel=r"$\psi$", aspect="equal")
    right.set(xlim=(-2.6, 2.6), ylim=(-2.4, 4.2), yticks=[-2, 0, 2])
    right.yaxis.labelpad = 0
    right.legend(loc="upper center")
    return made
