"""Pooling of a small image, its gradients, and what a shift of the input does to the output."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]

STEP = 1e-3  # of central differences
TINY = 1e-9  # above what rounding leaves of zero
SHIFTS = range(9)  # of the experiment, in pixels
DRAWN = (0, 1, 4)  # shifts of the signal that are drawn
CELL = 4  # side of the cells of the experiments
NOISES, EDGE = 5000, 8  # images of noise, and their sides
STYLES = {"none": ("black", "-"), "max": ("#B8321A", "--"), "average": ("#0B559F", "-.")}
STYLES["norm"] = ("#3A7D2C", ":")
NAMES = {"none": "none", "max": "max", "average": "average", "norm": "$L_2$"}


# second routes: sliding windows where the values use loops, and the other way round


def windows(image: Array, window: Array, stride: int) -> Array:
    """All windows of an image, as views.

    Shapes: image (H, W), window (h, w) -> (P, Q, h, w).
    """
    views = np.lib.stride_tricks.sliding_window_view(image, window.shape)
    return np.asarray(views[::stride, ::stride])


def maxima_by_windows(image: Array, window: Array, hop: Array) -> Array:
    """Sliding windows."""
    return np.asarray(windows(image, window, hop.size).max(axis=(2, 3)))


def averages_by_windows(image: Array, window: Array, hop: Array) -> Array:
    """Sliding windows."""
    return np.asarray(windows(image, window, hop.size).mean(axis=(2, 3)))


def norms_by_windows(image: Array, window: Array, hop: Array, p: float) -> Array:
    """Sliding windows."""
    powers = np.abs(windows(image, window, hop.size)) ** p
    return np.asarray(powers.sum(axis=(2, 3)) ** (1 / p))


def gradients_by_differences(
    image: Array, window: Array, hop: Array, p: float, upstream: Array
) -> dict[str, Array]:
    """Central differences of fourth order of the three losses."""

    def slope(pooled: Callable[[Array], Array]) -> Array:
        made = np.zeros(image.shape)
        for place in np.ndindex(*image.shape):
            step = np.zeros(image.shape)
            step[place] = STEP
            one, two = (
                float((upstream * (pooled(image + n * step) - pooled(image - n * step))).sum()) / n
                for n in (1, 2)
            )
            made[place] = (4 * one - two) / (6 * STEP)
        return made

    return {
        "max": slope(lambda at: windows(at, window, hop.size).max(axis=(2, 3))),
        "average": slope(lambda at: windows(at, window, hop.size).mean(axis=(2, 3))),
        "norm": slope(
            lambda at: (np.abs(windows(at, window, hop.size)) ** p).sum(axis=(2, 3)) ** (1 / p)
        ),
    }


def cell_by_slice(image: Array, window: Array, hop: Array) -> Array:
    """Array slice."""
    return image[hop.size :, hop.size :][: len(window), : len(window.T)]


def growing_by_logarithms(cell: Array, exponents: Array) -> list[float]:
    """Logarithms of powers, added up by log-sum-exp."""
    logs = np.log(np.abs(cell)).ravel()
    return [float(np.exp(np.logaddexp.reduce(p * logs) / p)) for p in exponents]


def ceilings_by_ones(cell: Array, exponents: Array) -> list[float]:
    """Norms of a window that holds its largest entry everywhere."""
    flat = np.full(cell.size, np.abs(cell).max())
    return [float(np.linalg.norm(flat, p)) for p in exponents]


def cubes_by_loops(negative: Array) -> dict[str, float]:
    """Products added one by one."""
    total = sum(number * number * number for number in negative)
    return {"plain": float(total), "sized": float(sum(abs(n) * n * n for n in negative))}


def shifted_by_positions(signal: Array, length: Array) -> list[list[int]]:
    """Every pixel sent to the cell in which it lands."""
    cells = signal.size // length.size
    made = [[0] * cells for _ in range(length.size + 1)]
    for t, row in enumerate(made):
        for place, number in enumerate(signal):
            cell = (place + t) % signal.size // length.size
            row[cell] = max(row[cell], int(number))
    return made


def sensitivity_by_windows(maps: int, wide: int) -> dict[str, Array]:
    """Sliding windows of maps smoothed by the Fourier transform."""
    noise = np.random.default_rng(0).normal(size=(maps, wide, wide))
    box = np.zeros((wide, wide))
    box[np.ix_((0, 1, -1), (0, 1, -1))] = 1
    smooth = np.fft.ifft2(np.fft.fft2(noise) * np.fft.fft2(box)).real
    rectified = np.where(smooth > TINY, smooth, 0.0)
    made: dict[str, list[float]] = {}
    before: dict[str, Array] = {}
    for t in SHIFTS:
        moved = np.concatenate([rectified[:, :, wide - t :], rectified[:, :, : wide - t]], axis=2)
        views = np.lib.stride_tricks.sliding_window_view(moved, (CELL, CELL), axis=(1, 2))
        views = views[:, ::CELL, ::CELL]
        pooled = {"none": moved, "max": views.max(axis=(3, 4)), "average": views.mean(axis=(3, 4))}
        pooled["norm"] = np.sqrt(np.einsum("nijxy,nijxy->nij", views, views))
        before = before or pooled
        for name, now in pooled.items():
            old, gap = before[name], np.abs(now - before[name])
            made.setdefault(name, []).append(math.sqrt(float((gap**2).sum() / (old**2).sum())))
            made.setdefault(f"{name}_share", []).append(float((gap > TINY).mean()))
    return {name: np.array(numbers) for name, numbers in made.items()}


def kept_by_positions() -> dict[str, float]:
    """Whether the largest pixel of both windows lies in their overlap."""
    noise = np.random.default_rng(0).normal(size=(NOISES, EDGE, EDGE))
    hits = []
    for image, (i, j) in itertools.product(noise, np.ndindex(EDGE // CELL, EDGE // CELL - 1)):
        strip = image[CELL * i :, CELL * (j + 1) - 1 :][:CELL, : CELL + 1]
        hits.append(strip.argmax() % (CELL + 1) not in {0, CELL})
    share = sum(hits) / len(hits)
    error = math.sqrt(share * (1 - share) / len(hits))
    return {"estimate": share, "error": error, "claim": (CELL - 1) / (CELL + 1)}


def cost_by_counting(maps_in: int, maps_out: int, side: int, kernel: int, hop: Array) -> Numbers:
    """Arrays and kernel positions counted."""
    small = np.zeros((side, side))[:: hop.size, :: hop.size]
    positions = {}
    for name, image in (("full", np.zeros((side, side))), ("pooled", small)):
        padded = np.pad(image, kernel // 2)
        views = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel))
        positions[name] = views.size
    pairs = len(list(itertools.product(range(maps_in), range(maps_out))))
    return {
        "values": np.zeros((maps_in, side, side)).size,
        "values_pooled": maps_in * small.size,
        "products": pairs * positions["full"],
        "products_pooled": pairs * positions["pooled"],
        "comparisons": maps_in * sum(hop.size**2 - 1 for _ in small.flat),
        "sight": len({hop.size * n + x for n in range(kernel) for x in range(hop.size)}),
    }


# what the report prints


def pool(image: Array, window: Array, stride: int, reduce: Callable[[list[float]], float]) -> Array:
    """Reduce each window to a number, by loops.

    Shapes: image (H, W), window (h, w) -> (P, Q), as many windows as fit.
    Check: equals the reduction of a strided sliding-window view.
    """
    down, across = ((n - k) // stride + 1 for n, k in zip(image.shape, window.shape, strict=True))
    made = np.zeros((down, across))
    for i, j in np.ndindex(down, across):
        made[i, j] = reduce(
            [float(image[i * stride + x, j * stride + y]) for x, y in np.ndindex(*window.shape)]
        )
    return made


@value(route=maxima_by_windows)
def maxima(image: Array, window: Array, hop: Array) -> Array:
    """Max pooling of the image."""
    return pool(image, window, hop.size, max)


@value(route=averages_by_windows, digits=2)
def averages(image: Array, window: Array, hop: Array) -> Array:
    """Average pooling of the image."""
    return pool(image, window, hop.size, lambda cell: math.fsum(cell) / len(cell))


@value(route=norms_by_windows, digits=2)
def norms(image: Array, window: Array, hop: Array, p: float) -> Array:
    """$L_p$ pooling of the image."""
    return pool(image, window, hop.size, lambda cell: sum(abs(n) ** p for n in cell) ** (1 / p))


@value(route=gradients_by_differences, digits=2)
def gradients(
    image: Array, window: Array, hop: Array, p: float, upstream: Array
) -> dict[str, Array]:
    """Gradients of the three losses for the image: each output hands its own to its window."""
    made = {name: np.zeros(image.shape) for name in ("max", "average", "norm")}
    for (i, j), from_above in np.ndenumerate(upstream):
        places = [(i * hop.size + x, j * hop.size + y) for x, y in np.ndindex(*window.shape)]
        winner = max(places, key=lambda place: float(image[place]))
        norm = sum(abs(image[place]) ** p for place in places) ** (1 / p)
        made["max"][winner] += from_above
        for place in places:
            made["average"][place] += from_above / len(places)
            share = (abs(image[place]) / norm) ** (p - 1)
            made["norm"][place] += from_above * np.sign(image[place]) * share
    return made


@value(route=cell_by_slice)
def cell(image: Array, window: Array, hop: Array) -> Array:
    """The window of $M_{22}$."""
    down, across = window.shape
    return np.array(
        [[image[hop.size + x, hop.size + y] for y in range(across)] for x in range(down)]
    )


@value(route=growing_by_logarithms, digits=4)
def growing(cell: Array, exponents: Array) -> Array:
    """$L_p$ pooling of that window for growing $p$."""
    return np.array([np.linalg.norm(cell.ravel(), p) for p in exponents])


@value(route=ceilings_by_ones, digits=4)
def ceilings(cell: Array, exponents: Array) -> Array:
    """The upper bound for it."""
    return np.array([cell.size ** (1 / p) * np.abs(cell).max() for p in exponents])


@value(route=cubes_by_loops)
def cubes(negative: Array) -> dict[str, float]:
    """Sums of third powers, plain and of absolute values."""
    return {
        "plain": float((negative**3).sum()),
        "sized": float((np.abs(negative) * negative**2).sum()),
    }


@value(route=shifted_by_positions)
def shifted(signal: Array, length: Array) -> Array:
    """Max pooling of the signal, one row for each shift."""
    rows = [np.roll(signal, t).reshape(-1, length.size).max(axis=1) for t in range(length.size + 1)]
    return np.stack(rows)


@value(route=sensitivity_by_windows, digits=2)
def sensitivity(maps: int, wide: int) -> dict[str, Array]:
    """Relative change of the output, and share of changed outputs, for each shift."""
    noise = np.random.default_rng(0).normal(size=(maps, wide, wide))
    for axis in (1, 2):
        noise = noise + np.roll(noise, 1, axis) + np.roll(noise, -1, axis)
    rectified = np.where(noise > TINY, noise, 0.0)

    def pooled(moved: Array) -> dict[str, Array]:
        cells = moved.reshape(maps, wide // CELL, CELL, wide // CELL, CELL)
        squares = (cells**2).sum(axis=(2, 4))
        made = {"none": moved, "max": cells.max(axis=(2, 4)), "average": cells.mean(axis=(2, 4))}
        return made | {"norm": np.sqrt(squares)}

    before = pooled(rectified)
    after = [pooled(np.roll(rectified, t, axis=2)) for t in SHIFTS]
    made = {}
    for name, old in before.items():
        gaps = [now[name] - old for now in after]
        made[name] = np.array([np.linalg.norm(gap) / np.linalg.norm(old) for gap in gaps])
        made[f"{name}_share"] = np.array([(np.abs(gap) > TINY).mean() for gap in gaps])
    return made


@value(route=kept_by_positions, digits=4)
def kept() -> dict[str, float]:
    """Share of maxima of cells of noise that a shift by one pixel leaves as they are."""
    noise = np.random.default_rng(0).normal(size=(NOISES, EDGE, EDGE))
    cells = np.lib.stride_tricks.sliding_window_view(noise, (CELL, CELL), axis=(1, 2)).max(
        axis=(3, 4)
    )
    own, moved = cells[:, ::CELL, CELL::CELL], cells[:, ::CELL, CELL - 1 :: CELL]
    same = own == moved[:, :, : own.shape[2]]
    error = float(same.std()) / math.sqrt(same.size)
    return {"estimate": float(same.mean()), "error": error, "claim": 1 - 2 / (CELL + 1)}


@value(route=cost_by_counting)
def cost(maps_in: int, maps_out: int, side: int, kernel: int, hop: Array) -> dict[str, float]:
    """Numbers that are stored and multiplied with and without pooling, by the formulas."""
    stride = hop.size
    products = maps_in * maps_out * kernel**2 * side**2
    return {
        "values": maps_in * side**2,
        "values_pooled": maps_in * (side // stride) ** 2,
        "products": products,
        "products_pooled": products // stride**2,
        "comparisons": maps_in * (side // stride) ** 2 * (stride**2 - 1),
        "sight": (kernel - 1) * stride + stride,
    }


@table
def modules() -> TableRows:
    """Each kind: module, arguments, default stride."""
    rows = [
        ["Max", "SpatialMaxPooling", "kW, kH [, dW, dH, padW, padH]", "the window"],
        ["Average", "SpatialAveragePooling", "kW, kH [, dW, dH, padW, padH]", "one"],
        ["$L_p$", "SpatialLPPooling", "nInputPlane, pnorm, kW, kH [, dW, dH]", "the window"],
    ]
    shown = [[a, rf"\texttt{{nn.{b}}}", rf"\texttt{{{c}}}", d] for a, b, c, d in rows]
    return TableRows("llll", ["Kind", "Module", "Arguments", "Default stride"], shown)


@table
def limits(exponents: Array) -> TableRows:
    """Each exponent: the pooled value and its bound."""
    rows = [
        [rf"\val{{{name}[{n}]}}" for name in ("exponents", "growing", "ceilings")]
        for n in range(1, exponents.size + 1)
    ]
    return TableRows("ddd", ["$p$", r"$\|z\|_p$", r"$m^{1/p} \max_r |z_r|$"], rows)


@figure
def shifts(
    signal: Array, shifted: Array, length: Array, sensitivity: Mapping[str, Array]
) -> Figure:
    """A signal under shifts with its pooled values; two measures of change against the shift."""
    made = Figure(figsize=(6.3, 2.9))
    left, middle, right = made.subplots(1, 3, width_ratios=[1.15, 1, 1])
    tall = 1.4 * float(signal.max())
    places = np.arange(signal.size)
    for row, t in enumerate(DRAWN):
        base = -row * tall
        left.vlines(places, base, base + np.roll(signal, t), color="#777777", lw=1)
        left.plot(places, base + np.roll(signal, t), ".", color="black", ms=3)
        for n, top in enumerate(shifted[t]):
            ends = np.array([n, n + 1]) * length.size - 0.5
            left.plot(ends, [base + top] * 2, color=STYLES["max"][0], lw=1.5)
    middles = [(0.3 - row) * tall for row in range(len(DRAWN))]
    left.set_yticks(middles, [f"$t = {t}$" for t in DRAWN])
    left.tick_params(length=0)
    left.set_xticks(np.arange(0, signal.size + 1, length.size) - 0.5, [])
    left.grid(axis="x", color="#BBBBBB", lw=0.6)
    left.spines[:].set_visible(False)
    left.set_title("signal, maxima of cells")
    for name, (colour, line) in STYLES.items():
        middle.plot(SHIFTS, sensitivity[name], color=colour, ls=line, label=NAMES[name])
        right.plot(SHIFTS, sensitivity[f"{name}_share"], color=colour, ls=line)
    middle.set_title("relative change")
    right.set_title("share of changed outputs")
    for axis in (middle, right):
        axis.set_xlabel("shift $t$ in pixels")
        axis.set_xticks(list(SHIFTS)[::2])
        axis.set_ylim(bottom=0)
    middle.legend(loc="lower right")
    return made
