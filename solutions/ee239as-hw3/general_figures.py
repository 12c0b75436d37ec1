"""The figures of problem 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

from derivatex import Tikz

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Arrays: TypeAlias = Mapping[str, Array]
BLUE, ORANGE, GREY = "#0B5394", "#C06014", "0.6"
ACROSS = 15  # images in a row of the mosaic


def of_descent(curves: Arrays, period: int) -> Figure:
    """Loss of every step with its mean over each period; accuracies after every period."""
    made = Figure(figsize=(6.3, 2.2))
    left, right = made.subplots(1, 2)
    losses = curves["loss"]
    means = losses.reshape(-1, period).mean(axis=1)
    ends = np.arange(1, len(means) + 1) * period
    left.semilogy(np.arange(1, len(losses) + 1), losses, color=GREY, lw=0.6, label="each step")
    left.semilogy(ends - period / 2, means, "o-", color=BLUE, ms=2.5, label="mean of a period")
    left.set(xlabel="step", ylabel="loss $J$ of the batch", xlim=(0, None))
    left.yaxis.set_major_formatter(ScalarFormatter())
    left.yaxis.set_minor_formatter(NullFormatter())
    left.set_yticks([0.2, 0.5, 1, 2])
    left.legend(loc="upper right")
    right.plot(ends, curves["training"], "-", color=BLUE, label="training")
    right.plot(ends, curves["validation"], "--", color=ORANGE, label="validation")
    right.set(xlabel="step", ylabel="accuracy", xlim=(0, None))
    right.legend(loc="lower right")
    return made


def of_weights(filters: Arrays, shape: Sequence[int]) -> Figure:
    """Weights of each unit as an image, and what was learned of them; each kind has its scale."""
    made = Figure(figsize=(6.3, 2.2))
    for axis, name in zip(made.subplots(2, 1), ("weights", "learned"), strict=True):
        board = mosaic(filters[name], shape)
        top = 2.5 * float(np.sqrt(np.nanmean(board**2)))  # what is larger gets the ends' colours
        colours = ScalarMappable(Normalize(-top, top), "cividis")
        if board.ndim == 2:  # noqa: PLR2004  # no colours of its own
            bar = made.colorbar(colours, ax=axis, ticks=[-top, 0, top], fraction=0.02, pad=0.01)
            bar.ax.set_yticklabels(["$-$", "$0$", "$+$"])
            board = np.where(np.isnan(board)[..., None], 1.0, colours.to_rgba(board)[..., :3])
        else:
            board = np.nan_to_num(np.clip(board / (2 * top) + 0.5, 0, 1), nan=1.0)
        axis.imshow(board, interpolation="nearest")
        axis.set(xticks=[], yticks=[], ylabel=name)
        axis.spines[:].set_visible(False)
    return made


def mosaic(tiles: Array, shape: Sequence[int]) -> Array:
    """Images side by side in rows, with gaps that are no numbers."""
    high, wide = shape[0] + 1, shape[1] + 1
    down = -(-len(tiles) // ACROSS)
    board = np.full((down * high - 1, ACROSS * wide - 1, *shape[2:]), np.nan)
    for number, tile in enumerate(tiles.reshape(-1, *shape)):
        row, column = divmod(number, ACROSS)
        board[row * high : (row + 1) * high - 1, column * wide : (column + 1) * wide - 1] = tile
    return board


def of_errors(confusion: Array, classes: Sequence[str]) -> Figure:
    """The confusion matrix, darker where more images are; the colours are those of the roots."""
    made = Figure(figsize=(3.0, 2.6))
    axis = made.subplots()
    axis.imshow(np.sqrt(confusion), vmin=0, vmax=1.5 * np.sqrt(confusion.max()))
    for (i, j), number in np.ndenumerate(confusion):
        if number:
            axis.text(j, i, f"{number:g}", ha="center", va="center", fontsize=7)
    turn = 0 if max(map(len, classes)) < 3 else 90  # noqa: PLR2004  # long names stand upright
    axis.set_xticks(range(len(classes)), classes, rotation=turn)
    axis.set_yticks(range(len(classes)), classes)
    axis.set(xlabel="class that the net gives", ylabel="class of the image")
    axis.spines[:].set_visible(True)
    axis.tick_params(length=0)
    return made


def of_few(small: Arrays, period: int) -> Figure:
    """Loss and accuracies on a few images, with their own labels and with shuffled ones."""
    made = Figure(figsize=(6.3, 2.5))
    left, right = made.subplots(1, 2)
    for name, colour, line in (("own", BLUE, "-"), ("shuffled", ORANGE, "--")):
        losses, accuracies = small[f"{name}_loss"], small[f"{name}_training"]
        left.semilogy(
            np.arange(1, len(losses) + 1),
            losses,
            line,
            color=colour,
            lw=0.9,
            label=f"{name} labels",
        )
        steps = np.arange(1, len(accuracies) + 1) * period
        right.plot(steps, accuracies, line, color=colour, label=f"training, {name} labels")
        right.plot(
            steps,
            small[f"{name}_validation"],
            line,
            color=colour,
            lw=0.6,
            marker=".",
            ms=2.5,
            label=f"validation, {name} labels",
        )
    left.set(xlabel="step", ylabel="loss $E$ of the batch", xlim=(0, None))
    left.legend(loc="lower left")
    right.set(xlabel="step", ylabel="accuracy", ylim=(0, 1.03), xlim=(0, None))
    right.legend(loc="center right", bbox_to_anchor=(1, 0.42))
    return made


def of_passes() -> Tikz:
    """Forward pass (above) and backward pass (below) through the layers."""
    nodes = ("H^{(0)}", "Z^{(1)}", "H^{(1)}", r"\cdots", "H^{(L-1)}", "Z^{(L)}", "J")
    labels = (
        r"W^{(1)},\, b^{(1)}",
        r"\rho",
        "",
        "",
        r"W^{(L)},\, b^{(L)}",
        r"\operatorname{softmax}",
    )
    backs = ("", "G^{(1)}", "", "", "", "G^{(L)}", "1")
    lines = [
        r"\begin{tikzpicture}[every node/.style={inner sep=2pt},",
        r"  box/.style={draw=dxaccent, fill=dxaccent!7, rounded corners=2pt, minimum size=7mm},",
        r"  along/.style={font=\scriptsize, fill=none}, forth/.style={->, >=latex, draw=dxvalue},",
        r"  back/.style={->, >=latex, draw=dxgradient, dashed}]",
    ]
    for number, (node, back) in enumerate(zip(nodes, backs, strict=True)):
        style = "" if node == r"\cdots" else "box, "
        lines.append(rf"\node[{style}] (n{number}) at ({2.15 * number:g},0) {{${node}$}};")
        if back:
            lines.append(rf"\node[along, text=dxgradient, below=4mm] at (n{number}) {{${back}$}};")
    for number, label in enumerate(labels):
        words = rf"node[along, above] {{${label}$}}"
        lines.append(rf"\draw[forth] (n{number}) to[bend left=22] {words} (n{number + 1});")
        if number:
            lines.append(rf"\draw[back] (n{number + 1}) to[bend left=22] (n{number});")
    return Tikz("\n".join([*lines, r"\end{tikzpicture}"]))
