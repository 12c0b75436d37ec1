"""Roots of the scalar equation of the composite proximal step, and the minimiser on a grid."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Cases: TypeAlias = "Mapping[str, Array]"  # by the name of a case, a number for each root
FAR = 8.0  # beyond all roots
HALVINGS = 60
CELLS = 60  # of a grid along an axis
FINEST = 1e-8  # the width at which grids end
REAL = 1e-6  # the largest imaginary part of a real root
COLOURS = ("#2E7D32", "#C06014", "#0B5394")
STYLES = ("-", "--", "-.")


# second routes


def roots_by_polynomial(lam: float, sizes: Array, norms: Array) -> dict[str, Array]:
    r"""Real roots of the polynomial $(l - \|a\|)(1 + l^2)^2 + 2\varepsilon\lambda l$."""

    def real(size: float, norm: float) -> Array:
        found = np.roots(np.array([1, -norm, 2, -2 * norm, 1 + 2 * size * lam, -norm]))
        return np.asarray(np.sort(found[np.abs(found.imag) < REAL].real))

    return {
        "short": real(sizes[0], norms[1]),
        "low": real(sizes[2], norms[0]),
        "high": real(sizes[2], norms[1]),
    }


def slopes_by_differences(lam: float, sizes: Array, lengths: Cases) -> dict[str, Array]:
    r"""Central differences of $\psi$."""
    step = 1e-5

    def slope(size: float, l: Array) -> Array:  # noqa: E741
        up, down = l + step, l - step
        ends = [p + 2 * size * lam * p / (1 + p * p) ** 2 for p in (up, down)]
        return np.asarray((ends[0] - ends[1]) / (2 * step))

    return {
        name: slope(float(sizes[k]), lengths[name])
        for name, k in (("short", 0), ("low", 2), ("high", 2))
    }


def heights_in_the_plane(
    lam: float, sizes: Array, norms: Array, lengths: Cases, direction: Array
) -> dict[str, Array]:
    r"""The objective $F$ in the plane, for $\theta^t = 0$, and $\frac\varepsilon2 \|g\|^2$."""

    def objective(size: float, norm: float, length: float) -> float:
        gradient, theta = -norm * direction / size, length * direction
        square = float(theta @ theta)
        fixed = size / 2 * float(gradient @ gradient)
        return float(gradient @ theta) + lam * square / (1 + square) + square / (2 * size) + fixed

    cases = {"short": (0, 1), "low": (2, 0), "high": (2, 1)}
    return {
        name: np.array([objective(sizes[i], norms[j], length) for length in lengths[name]])
        for name, (i, j) in cases.items()
    }


def minimisers_by_grid(
    lam: float, sizes: Array, norms: Array, direction: Array
) -> dict[str, Array]:
    """The objective itself, on ever finer grids in the plane."""

    def least(size: float, goal: Array) -> Array:
        centre, half = np.zeros(2), FAR
        while half > FINEST:
            axis = np.linspace(-half, half, CELLS + 1)
            p, q = np.meshgrid(centre[0] + axis, centre[1] + axis)
            squares = p * p + q * q
            away = (p - goal[0]) ** 2 + (q - goal[1]) ** 2
            k = np.unravel_index(
                np.argmin(lam * squares / (1 + squares) + away / 2 / size), p.shape
            )
            centre, half = np.array([p[k], q[k]]), half * 4 / CELLS
        return centre

    return {
        "short": least(sizes[0], norms[1] * direction),
        "low": least(sizes[2], norms[0] * direction),
        "high": least(sizes[2], norms[1] * direction),
    }


def unique_by_difference(lam: float) -> float:
    """The reciprocal of the steepest fall of the slope of the regulariser, on a fine grid."""
    l = np.linspace(0, FAR, 800001)  # noqa: E741
    bends = np.gradient(2 * lam * l / (1 + l * l) ** 2, l)
    return float(-1 / bends.min())


# what the report prints


@value(route=unique_by_difference, digits=4, tolerance=1e-6)
def unique(lam: float) -> float:
    r"""The largest $\varepsilon$ for which $\psi$ still increases."""
    return 2 / lam


@value(route=roots_by_polynomial, digits=4)
def lengths(lam: float, sizes: Array, norms: Array) -> dict[str, Array]:
    r"""Roots $l$ of $\psi(l) = \|a\|$, by bisection between changes of sign."""
    return {
        "short": _bisected(lam * float(sizes[0]), float(norms[1])),
        "low": _bisected(lam * float(sizes[2]), float(norms[0])),
        "high": _bisected(lam * float(sizes[2]), float(norms[1])),
    }


def _bisected(product: float, norm: float) -> Array:
    """The roots for a product of step size and strength.

    Check: a root of even order would be missed; the second route would find it.
    """

    def gap(l: float) -> float:  # noqa: E741
        return l + 2 * product * l / (1 + l * l) ** 2 - norm

    ends = np.linspace(0, FAR, 801)
    found = []
    for low, high in pairwise(ends):
        left, right = float(low), float(high)
        if gap(left) * gap(right) >= 0:
            continue
        for _ in range(HALVINGS):
            middle = (left + right) / 2
            left, right = (left, middle) if gap(left) * gap(middle) < 0 else (middle, right)
        found.append((left + right) / 2)
    return np.array(found)


@value(route=slopes_by_differences, digits=3, tolerance=1e-7)
def slopes(lam: float, sizes: Array, lengths: Cases) -> dict[str, Array]:
    r"""The slopes $\psi'(l)$ at the roots."""
    cases = {"short": 0, "low": 2, "high": 2}
    return {
        name: 1 + 2 * sizes[k] * lam * (1 - 3 * lengths[name] ** 2) / (1 + lengths[name] ** 2) ** 3
        for name, k in cases.items()
    }


@value(route=heights_in_the_plane, digits=4)
def heights(lam: float, sizes: Array, norms: Array, lengths: Cases) -> dict[str, Array]:
    r"""The values $\varphi(l)$ at the roots."""
    cases = {"short": (0, 1), "low": (2, 0), "high": (2, 1)}
    return {
        name: lam * lengths[name] ** 2 / (1 + lengths[name] ** 2)
        + (lengths[name] - norms[j]) ** 2 / (2 * sizes[i])
        for name, (i, j) in cases.items()
    }


@value(route=minimisers_by_grid, digits=4, tolerance=1e-6)
def minimisers(lengths: Cases, heights: Cases, direction: Array) -> dict[str, Array]:
    r"""The points $\frac{a}{\|a\|}\,l$ with the root of the least height."""
    return {name: direction * lengths[name][np.argmin(heights[name])] for name in lengths}


@table
def stationary() -> TableRows:
    """The roots for three pairs of step size and length."""
    rows = []
    for name, size, norm, words in (
        ("short", 1, 2, ("minimum",)),
        ("low", 3, 1, ("minimum", "maximum", "local minimum")),
        ("high", 3, 2, ("local minimum", "maximum", "minimum")),
    ):
        for k, word in enumerate(words, 1):
            first = [rf"\val{{sizes[{size}]}}", rf"\val{{norms[{norm}]}}"] if k == 1 else ["", ""]
            numbers = [rf"\val{{{of}.{name}[{k}]}}" for of in ("lengths", "slopes", "heights")]
            rows.append([*first, *numbers, word])
    head = [r"$\varepsilon$", r"$\|a\|$", "$l$", r"$\psi'(l)$", r"$\varphi(l)$", r"$\varphi$ has a"]
    return TableRows("dddddl", head, rows)


@figure
def equation(lam: float, sizes: Array, norms: Array, lengths: Cases, heights: Cases) -> Figure:
    r"""The function $\psi$ for a convex and a non-convex regulariser."""
    made = Figure(figsize=(6.3, 2.9))
    left, right = made.subplots(1, 2, sharey=True)
    l = np.linspace(0, 5.5, 400)  # noqa: E741
    for size, colour, style in zip(sizes, COLOURS, STYLES, strict=True):
        label = rf"$\varepsilon = {size:g}$"
        left.plot(l, l + size * lam, style, color=colour, label=label)
        bent = l + size * lam * 2 * l / (1 + l * l) ** 2
        right.plot(l, bent, style, color=colour, label=label)
        if norms[1] > size * lam:
            left.plot([norms[1] - size * lam], [norms[1]], "o", ms=5, color=colour)
    left.axhline(norms[1], color="k", lw=0.7)
    left.set(title=r"convex: $\rho(l) = \lambda l$", ylabel=r"$\psi(l)$")
    for norm in norms:
        right.axhline(norm, color="k", lw=0.7)
    for name, norm, colour in (
        ("short", norms[1], COLOURS[0]),
        ("low", norms[0], COLOURS[2]),
        ("high", norms[1], COLOURS[2]),
    ):
        _mark(right, lengths[name], heights[name], float(norm), colour)
    right.set(title=r"not convex: $\rho(l) = \lambda l^2/(1 + l^2)$")
    for axis in (left, right):
        axis.set(xlabel="$l$", xlim=(0, 5.5), ylim=(0, 10))
    left.legend(loc="lower right")
    return made


def _mark(axis: Axes, roots: Array, heights: Array, norm: float, colour: str) -> None:
    """Roots: filled where the height is least, open at other minima, a cross at a maximum."""
    for k, place in enumerate(roots):
        is_least, is_maximum = k == int(np.argmin(heights)), k % 2 == 1
        axis.plot(
            [place], [norm], "x" if is_maximum else "o", ms=6 if is_maximum else 5, color=colour,
            mfc=colour if is_least else "w", zorder=4,
        )  # fmt: skip
