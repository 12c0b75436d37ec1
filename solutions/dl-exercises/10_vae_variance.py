"""The evidence lower bound of a small VAE as a function of the decoder's variance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]
NODES = 20  # of the quadrature: exact for polynomials of degree 39
STEP = 1e-4  # of central differences
CURVE, CHORD, OTHER = "#0B5394", "#B45309", "#5B2A86"


# second routes


def points_by_single_draws(count: float) -> Array:
    """Drawn point by point."""
    generator = np.random.Generator(np.random.PCG64(0))
    hidden = [generator.standard_normal() for _ in range(int(count))]
    noise = [[generator.standard_normal() for _ in range(2)] for _ in range(int(count))]
    return np.array(
        [
            [t + 0.3 * first, 0.5 * t * t + 0.3 * second]
            for t, (first, second) in zip(hidden, noise, strict=True)
        ]
    )


def small_by_moments(points: Array, slope: float, width: float) -> dict[str, float]:
    """Moments of a normal law in closed form instead of quadrature."""
    first = second = kappa = 0.0
    for one, two in points:
        mean = slope * one
        square = mean**2 + width
        fourth = mean**4 + 6 * mean**2 * width + 3 * width**2
        first += ((one - mean) ** 2 + width) / len(points)
        second += (two**2 - two * square + fourth / 4) / len(points)
        kappa += (square - 1 - math.log(width)) / (2 * len(points))
    v = (first + second) / 2
    return {
        "v": v,
        "kappa": kappa,
        "bound": -math.log(2 * math.pi * math.e * v) - kappa,
        "first": first,
        "second": second,
        "gain": math.log(v / math.sqrt(first * second)),
    }


def search_by_closed_form(points: Array, slope: float, width: float) -> float:
    """The closed form, with the moments of a normal law."""
    mean = slope * points[:, 0]
    square = mean**2 + width
    fourth = mean**4 + 6 * mean**2 * width + 3 * width**2
    errors = (points[:, 0] - mean) ** 2 + width
    errors += points[:, 1] ** 2 - points[:, 1] * square + fourth / 4
    return float(errors.mean()) / 2


def level_by_single_densities(points: Array, slope: float, width: float, small: Numbers) -> Array:
    """Quadrature of each log density, less the divergence."""
    deviations = np.sqrt(small["v"] * np.array([1 / 3, 1.0, 3.0, 9.0]))
    heights = [bound_of(deviation, points, slope, width) for deviation in deviations]
    return np.array(heights) - small["kappa"]


def shape_by_central_differences(small: Numbers) -> dict[str, Array]:
    """Central differences of the bound."""

    def bound(deviation: float) -> float:
        return -2 * math.log(deviation) - small["v"] / deviation**2

    rows = []
    for variance in (small["v"] / 3, small["v"], 3 * small["v"], 9 * small["v"]):
        here = math.sqrt(variance)
        low, middle, high = bound(here - STEP), bound(here), bound(here + STEP)
        rows.append([(high - low) / (2 * STEP), (high - 2 * middle + low) / STEP**2])
    columns = np.array(rows).T
    return {"slope": columns[0], "curvature": columns[1]}


def sampled_by_noise(
    points: Array, slope: float, width: float, small: Numbers, draws: float
) -> dict[str, float]:
    """Loops over the pairs, with the hidden variable as mean plus scaled noise."""
    generator = np.random.default_rng(1)
    chosen = generator.integers(len(points), size=int(draws))
    noise = generator.standard_normal(int(draws))
    total = squares = 0.0
    for place, step in zip(chosen, noise, strict=True):
        one, two = points[place]
        hidden = slope * one + math.sqrt(width) * step
        error = ((one - hidden) ** 2 + (two - hidden**2 / 2) ** 2) / 2
        total += error
        squares += error**2
    mean = total / draws
    spread = (squares - draws * mean**2) / (draws - 1)
    return {"estimate": mean, "error": math.sqrt(spread / draws), "claim": small["v"]}


# what the report prints


@value(route=points_by_single_draws, digits=3)
def points(count: float) -> Array:
    """The data: points on the decoder's curve, with normal noise of deviation three tenths."""
    generator = np.random.default_rng(0)
    hidden = generator.standard_normal(int(count))
    noise = generator.standard_normal((int(count), 2))
    return np.column_stack([hidden, hidden**2 / 2]) + 0.3 * noise


@value(route=small_by_moments, digits=4)
def small(points: Array, slope: float, width: float) -> dict[str, float]:
    """Expected errors, divergence, bound and gain of single variances, by quadrature."""
    hidden, weights = hidden_nodes(points, slope, width)
    first = float(np.mean((points[:, :1] - hidden) ** 2 @ weights))
    second = float(np.mean((points[:, 1:] - hidden**2 / 2) ** 2 @ weights))
    v = (first + second) / 2
    ratio = (hidden**2 - (hidden - slope * points[:, :1]) ** 2 / width) / 2
    kappa = float(np.mean(ratio @ weights)) - math.log(width) / 2
    return {
        "v": v,
        "kappa": kappa,
        "bound": bound_of(math.sqrt(v), points, slope, width) - kappa,
        "first": first,
        "second": second,
        "gain": math.log(v) - math.log(first) / 2 - math.log(second) / 2,
    }


@value(route=search_by_closed_form, digits=4, tolerance=1e-6)
def search(points: Array, slope: float, width: float) -> float:
    """The variance at which golden section finds the largest bound."""
    low, high, ratio = 0.001, 4.0, (math.sqrt(5) - 1) / 2
    for _ in range(70):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        at_left = bound_of(math.sqrt(left), points, slope, width)
        at_right = bound_of(math.sqrt(right), points, slope, width)
        low, high = (low, right) if at_left > at_right else (left, high)
    return (low + high) / 2


@value(route=level_by_single_densities, digits=3)
def level(small: Numbers) -> Array:
    """The bound for four variances."""
    variances = small["v"] * np.array([1 / 3, 1.0, 3.0, 9.0])
    return np.asarray(-np.log(2 * math.pi * variances) - small["v"] / variances - small["kappa"])


@value(route=shape_by_central_differences, digits=1, tolerance=1e-5)
def derivative(small: Numbers) -> dict[str, Array]:
    """Slope and curvature of the bound for four variances."""
    v = small["v"]
    variances = v * np.array([1 / 3, 1.0, 3.0, 9.0])
    return {
        "slope": 2 * (v - variances) / variances**1.5,
        "curvature": 2 * (variances - 3 * v) / variances**2,
    }


@value(route=sampled_by_noise, digits=4)
def sampled(
    points: Array, slope: float, width: float, small: Numbers, draws: float
) -> dict[str, float]:
    """Mean of $c(x, z)/d$ over pairs from data and encoder, its standard error, and $v$."""
    generator = np.random.default_rng(1)
    chosen = points[generator.integers(len(points), size=int(draws))]
    hidden = generator.normal(slope * chosen[:, 0], math.sqrt(width))
    decoded = np.column_stack([hidden, hidden**2 / 2])
    errors = np.mean((chosen - decoded) ** 2, axis=1)
    error = float(errors.std(ddof=1)) / math.sqrt(draws)
    return {"estimate": float(errors.mean()), "error": error, "claim": small["v"]}


def hidden_nodes(data: Array, factor: float, variance: float) -> tuple[Array, Array]:
    """Nodes of the hidden variable for each point, and their weights.

    Source: Abramowitz and Stegun (1964), 25.4.46.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    hidden = factor * data[:, :1] + math.sqrt(variance) * nodes
    return hidden, weights / math.sqrt(2 * math.pi)


def bound_of(deviation: float, data: Array, factor: float, variance: float) -> float:
    """Expected log density of the decoder, by quadrature of each log density."""
    hidden, weights = hidden_nodes(data, factor, variance)
    total = 0.0
    for column, decoded in ((0, hidden), (1, hidden**2 / 2)):
        scaled = (data[:, column : column + 1] - decoded) / deviation
        logs = -(scaled**2) / 2 - math.log(math.sqrt(2 * math.pi) * deviation)
        total += float(np.mean(logs @ weights))
    return total


@table
def shape() -> TableRows:
    """The bound with its derivatives at four variances."""
    rows = [
        [
            head,
            rf"\val{{level[{place}]}}",
            rf"\val{{derivative.slope[{place}]}}",
            rf"\val{{derivative.curvature[{place}]}}",
        ]
        for place, head in enumerate(("$v/3$", "$v$", "$3v$", "$9v$"), start=1)
    ]
    head = [
        r"$\sigma^2$", r"$\mathcal{L}(\sigma)$", r"$\mathcal{L}'(\sigma)$",
        r"$\mathcal{L}''(\sigma)$",
    ]  # fmt: skip
    return TableRows("lddd", head, rows)


@figure
def bound(points: Array, slope: float, width: float, small: Numbers, search: float) -> Figure:
    """The bound over the variance and over the deviation, with chords."""
    made = Figure(figsize=(6.2, 2.5))
    left, right = made.subplots(1, 2, gridspec_kw={"wspace": 0.1})
    v = small["v"]

    def height(deviation: float) -> float:
        return bound_of(deviation, points, slope, width)

    deviations = np.linspace(0.55 * math.sqrt(v), 4.2 * math.sqrt(v), 200)
    heights = [height(deviation) for deviation in deviations]
    left.plot(deviations**2, heights, "-", color=CURVE)
    left.plot(v, height(math.sqrt(v)), "o", color=CURVE, markersize=7, fillstyle="none")
    left.plot(search, height(math.sqrt(search)), "x", color=CHORD, markersize=5)
    left.annotate(r"$\sigma^2 = v$", (v, height(math.sqrt(v))), (8, -2), textcoords="offset points")
    left.set_xlabel(r"variance $\sigma^2$")
    left.set_ylabel("expected log density")
    right.plot(deviations, heights, "-", color=CURVE)
    turn = math.sqrt(3 * v)
    right.plot(math.sqrt(v), height(math.sqrt(v)), "o", color=CURVE, fillstyle="none")
    right.plot(turn, height(turn), "s", color=OTHER, markersize=5)
    right.annotate(r"$\sqrt{3v}$", (turn, height(turn)), (6, 4), textcoords="offset points")
    for low, high, line in ((0.65, 1.5, "--"), (2.0, 4.1, ":")):
        ends = [low * math.sqrt(v), high * math.sqrt(v)]
        right.plot(ends, [height(end) for end in ends], line, color=CHORD, marker=".", lw=1.4)
    right.set_xlabel(r"deviation $\sigma$")
    return made
