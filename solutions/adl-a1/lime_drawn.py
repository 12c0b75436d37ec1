"""Figures of the problem on LIME."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
BLUE, ORANGE, PURPLE, GREEN, GREY = "#1F5A94", "#C06014", "#8E2F6B", "#3A7D44", "0.45"
LINES = (
    (BLUE, "-", "o"), (ORANGE, "--", "s"), (PURPLE, "-.", "^"), (GREEN, (0, (5, 1, 1, 1)), "D"),
    (GREY, ":", "v"),
)  # fmt: skip
SIDE = 8  # pixels of a side
PARTS = (
    ("component $j$", "a distinct word of the text", "a super-pixel"),
    (r"$x_t$", "how often word $t$ occurs", "level of pixel $t$"),
    (r"$S_{tj} = 1$", "word $t$ is component $j$", "pixel $t$ lies in super-pixel $j$"),
    (r"base $\mathbf{b}$", r"$\mathbf{0}$: removed", "grey, black, or the mean"),
    (r"draw of $\mathbf{z}'$", "number of words, then which", "a coin for each super-pixel"),
    (r"$D(\mathbf{x}, \mathbf{z})$", "cosine distance", r"$\|\mathbf{x} - \mathbf{z}\|_2$"),
    (r"$f(\mathbf{z})$", "probability of the class", "probability of the class"),
    (r"$\Omega(g)$", "at most $K$ words", "at most $K$ super-pixels"),
    ("shown", "bars, words in colour", "super-pixels with positive weight"),
)  # what each part of the objective is
KINDS = {"chance": "Probability", "rule": "Rule", "forest": "Forest"}
FAINT = 0.05  # weights below get no sign
LABEL = {"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.8}


def draw_text(
    names: Sequence[str], products: Array, exact: Arrays, sampled: Array, bars: Array
) -> Figure:
    """Bars of the weights for the linear score and for the forest."""
    made = Figure(figsize=(6.2, 2.35))
    left, right = made.subplots(1, 2, sharey=True)
    places = np.arange(len(names))[::-1]
    left.barh(places, exact["odds"][1:], color=BLUE, alpha=0.55, height=0.7, label="LIME")
    left.plot(products, places, "D", color=ORANGE, ms=4, label=r"$\beta_t x_t$")
    right.barh(places, exact["forest"][1:], color=BLUE, alpha=0.55, height=0.7,
               label="LIME, all masks")  # fmt: skip
    right.errorbar(sampled[1:], places, xerr=bars, fmt="o", color=ORANGE, ms=3, capsize=2,
                   label="LIME, one sample")  # fmt: skip
    left.set_yticks(places, names)
    left.set(xlabel="weight", title="Linear score")
    right.set(xlabel="weight", title="Forest")
    for axis in (left, right):
        axis.axvline(0, color=GREY, lw=0.6)
        axis.legend(loc="lower left")
    return made


def draw_spread(names: Sequence[str], sizes: Array, spread: Arrays, tau: Array) -> Figure:
    """Spread against the number of samples, and how often the top words agree."""
    made = Figure(figsize=(6.2, 2.3))
    left, right = made.subplots(1, 2, width_ratios=(1.35, 1))
    for (colour, line, mark), word in zip(LINES, ("posted", "dull", "superb"), strict=False):
        j = list(names).index(word)
        left.plot(sizes, spread["deviations"][:, j], mark, color=colour, ms=4, label=word)
        left.plot(sizes, tau[j] / np.sqrt(sizes), color=colour, ls=line, lw=0.9)
    left.set(xscale="log", yscale="log", xlabel="samples $N$", ylabel="standard deviation")
    left.legend(loc="lower left", ncols=2)
    right.plot(sizes, spread["top"], "o-", color=BLUE, ms=4)
    right.set(xscale="log", xlabel="samples $N$", ylabel="same set of words, %", ylim=(0, 105))
    for axis in (left, right):
        axis.set_xticks(sizes, [f"{int(it)}" for it in sizes])
        axis.tick_params(axis="x", which="minor", bottom=False)
    return made


def _outline(axis: Axes, segments: Array, colour: str) -> None:
    """Lines between super-pixels."""
    grid = segments.reshape(SIDE, SIDE)
    for row in range(SIDE):
        for column in range(SIDE):
            if column + 1 < SIDE and grid[row, column] != grid[row, column + 1]:
                axis.plot([column + 0.5] * 2, [row - 0.5, row + 0.5], color=colour, lw=1)
            if row + 1 < SIDE and grid[row, column] != grid[row + 1, column]:
                axis.plot([column - 0.5, column + 0.5], [row + 0.5] * 2, color=colour, lw=1)
    axis.set(xticks=[], yticks=[], xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))


def draw_digit(digit: Array, segments: Array, seen: Arrays) -> Figure:
    """The digit with its super-pixels, and the weights of three classifiers."""
    made = Figure(figsize=(6.2, 1.95))
    axes = made.subplots(1, 4)
    axes[0].imshow(digit.reshape(SIDE, SIDE), cmap="gray", interpolation="nearest")
    axes[0].set_title("Digit")
    for k in range(int(segments.max()) + 1):
        rows, columns = np.nonzero(segments.reshape(SIDE, SIDE) == k)
        middle = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
        place = (columns[middle], rows[middle])
        axes[0].text(*place, str(k + 1), ha="center", va="center", bbox=LABEL)
        for axis, name in zip(axes[1:], KINDS, strict=True):
            if abs(seen[name][k]) > FAINT:
                sign = "+" if seen[name][k] > 0 else "\N{MINUS SIGN}"
                axis.text(*place, sign, ha="center", va="center", bbox=LABEL)
    for axis, (name, title) in zip(axes[1:], KINDS.items(), strict=True):
        weights = seen[name][segments.astype(int)].reshape(SIDE, SIDE)
        shown = axis.imshow(weights, cmap="PuOr_r", vmin=-0.9, vmax=0.9, interpolation="nearest")
        axis.set_title(title)
    for axis in axes:
        _outline(axis, segments, ORANGE if axis is axes[0] else GREY)
        axis.spines[:].set_visible(True)
    made.colorbar(shown, ax=list(axes), shrink=0.75, pad=0.02, label="weight")
    return made


def draw_limits(widths: Array, curves: Array, ends: Arrays) -> Figure:
    """Weights against the width; short lines at both sides mark the limits."""
    made = Figure(figsize=(6.2, 2.2))
    axis = made.subplots()
    order = np.argsort(-np.abs(ends["broad"]))[: len(LINES)]
    width = np.sqrt(widths)
    for (colour, line, mark), j in zip(LINES, order, strict=True):
        axis.plot(width, curves[:, j], color=colour, ls=line, label=f"$j = {j + 1}$")
        axis.plot(width[0], ends["narrow"][j], mark, color=colour, ms=5, clip_on=False)
        axis.plot(width[-1], ends["broad"][j], mark, color=colour, ms=5, clip_on=False)
    axis.axhline(0, color="0.8", lw=0.5, zorder=0)
    axis.set(xscale="log", xlabel=r"width $\sigma$ of the kernel", ylabel="weight",
             xlim=(width[0], width[-1]))  # fmt: skip
    axis.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return made
