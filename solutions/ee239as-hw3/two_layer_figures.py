"""The figures of problem 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
BLUE, ORANGE, GREY = "#1F4E9C", "#C06014", "#666666"
ACROSS = 10  # pictures in a row
GAP = 1  # pixels between pictures
SHARP = 64  # dots that a picture is high
CLIPPED = 99.5  # per cent of the weights that are drawn in their own shade


def toy_training(losses: Array) -> Figure:
    """Loss against the step, on a logarithmic axis."""
    made = Figure(figsize=(3.6, 2.1))
    axis = made.subplots()
    axis.semilogy(np.arange(len(losses)), losses, color=BLUE)
    axis.set_xlabel("step")
    axis.set_ylabel("loss of the batch")
    return made


def curves(run: Mapping[str, Array], chance: Mapping[str, float]) -> Figure:
    """Left the loss of every batch, right both accuracies, with what guessing gives."""
    made = Figure(figsize=(6.2, 2.3))
    left, right = made.subplots(1, 2)
    count = len(run["loss"])
    left.plot(np.arange(count), run["loss"], color=BLUE, lw=0.8, label="loss of the batch")
    left.axhline(chance["loss"], color=GREY, ls=":", label="guessing")
    left.set_ylabel("loss $J$")
    marks = np.linspace(0, count, len(run["training"]))
    right.plot(marks, run["training"], color=BLUE, label="training")
    right.plot(marks, run["validation"], color=ORANGE, ls="--", label="validation")
    right.axhline(chance["accuracy"], color=GREY, ls=":", label="guessing")
    right.set_ylabel("accuracy in per cent")
    for axis, top in ((left, 1.25 * max(chance["loss"], run["loss"].max())), (right, 118)):
        axis.set_ylim(0, top)
        axis.set_xlabel("step")
        axis.legend(ncols=3, loc="upper center", columnspacing=1.0, handlelength=1.6)
    return made


def weights(layers: Sequence[Array], shape: Sequence[int]) -> Figure:
    """The pictures of both nets, each net in its own range of shades."""
    made = Figure(figsize=(6.2, 1.75))
    for axis, layer, title in zip(
        made.subplots(1, 2), layers, ("poor net", "best net"), strict=True
    ):
        axis.imshow(_mosaic(layer, shape), cmap="gray", vmin=0, vmax=1, interpolation="none")
        axis.set_title(title)
        axis.set_axis_off()
    return made


def _mosaic(layer: Array, shape: Sequence[int]) -> Array:
    """All pictures of a layer side by side; zero is grey.

    Each weight is a block of shades, so that no viewer blurs its edges.
    """
    limit = np.percentile(np.abs(layer), CLIPPED)
    height, width = shape[0] + GAP, shape[1] + GAP
    down = -(-len(layer) // ACROSS)
    whole = np.ones((down * height - GAP, ACROSS * width - GAP, *shape[2:]))
    for number, row in enumerate(layer):
        top, left = number // ACROSS * height, number % ACROSS * width
        shades = np.clip(row.reshape(shape) / limit, -1, 1) / 2 + 0.5
        whole[top : top + shape[0], left : left + shape[1]] = shades
    block = max(SHARP // shape[0], 1)
    return whole.repeat(block, axis=0).repeat(block, axis=1)


def confusions(counts: Array, classes: Sequence[str]) -> Figure:
    """Counts in shaded cells; a root of the count is the shade, so that single errors are seen."""
    made = Figure(figsize=(3.9, 3.6))
    axis = made.subplots()
    axis.imshow(np.sqrt(counts), vmin=0, vmax=np.sqrt(counts.max()) * 1.1)
    _label(axis, counts)
    places = np.arange(len(classes))
    axis.set_xticks(places, labels=list(classes), rotation=0 if len(classes[0]) == 1 else 90)
    axis.set_yticks(places, labels=list(classes))
    axis.set_xlabel("answer of the net")
    axis.set_ylabel("class")
    axis.spines[:].set_visible(False)
    return made


def _label(axis: Axes, counts: Array) -> None:
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if 2 * np.sqrt(count) > np.sqrt(counts.max()) else "black"
            axis.text(column, row, f"{count:g}", ha="center", va="center", color=colour, fontsize=8)
