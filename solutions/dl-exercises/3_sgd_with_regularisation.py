"""Exponentially weighted averages, simulated; the proximal step on a grid and as a step of SGD."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
CELLS = 40  # of a grid along an axis
FINEST = 1e-9  # the half width at which grids end
STEPS = 120  # in the figure
BLUE, ORANGE, GREY = "#0B5394", "#C06014", "#9A9A9A"


# second routes


def simulation_by_weights(q: float, runs: int, length: int) -> dict[str, float]:
    """The same noise, weighted by the unrolled sum; moments by their definition."""
    noise = np.random.default_rng(0).normal(size=(length, runs))
    weights = q * (1 - q) ** np.arange(length - 1, -1, -1.0)
    last = weights @ noise
    gaps = last - math.fsum(last) / runs
    variance = math.fsum(gaps**2) / runs
    fourth = math.fsum(gaps**4) / runs
    squares = math.fsum(weights**2)
    return {
        "estimate": variance,
        "error": math.sqrt((fourth - variance**2) / runs),
        "claim": squares / (1 - (1 - q) ** (2 * length)),
    }


def factors_by_weights(rates: Array, small: float) -> dict[str, Array]:
    """Long sums of weights, of their squares and of their ages, added up term by term."""
    ages = np.arange(4000.0)
    weights = [rate * (1 - rate) ** ages for rate in rates]
    squares = np.array([math.fsum(it**2) for it in weights])
    return {
        "variance": squares,
        "deviation": np.array([math.sqrt(it) for it in squares]),
        "lag": np.array([math.fsum(ages * it) for it in weights]),
        "steps": np.array([int(np.argmax((1 - rate) ** ages < small)) for rate in rates]),
    }


def mean_by_difference(before: Array, g: Array, q: float) -> Array:
    """The old average, moved towards the new gradient."""
    return np.asarray(before + q * (g - before))


def prox_by_grid(theta_t: Array, mean: Array, lam: float, eps2: float) -> Array:
    """The objective itself, on ever finer grids in the plane."""
    centre, half = np.zeros(2), 8.0
    while half > FINEST:
        axis = np.linspace(-half, half, CELLS + 1)
        u, v = np.meshgrid(centre[0] + axis, centre[1] + axis)
        linear = mean[0] * (u - theta_t[0]) + mean[1] * (v - theta_t[1])
        away = (u - theta_t[0]) ** 2 + (v - theta_t[1]) ** 2
        k = np.unravel_index(
            np.argmin(linear + lam / 2 * (u * u + v * v) + away / (2 * eps2)), u.shape
        )
        centre, half = np.array([u[k], v[k]]), half * 4 / CELLS
    return centre


def prox_by_gradient_step(theta_t: Array, mean: Array, lam: float, eps2: float) -> Array:
    r"""The step of SGD with $\varepsilon = \varepsilon'/(1 + \lambda\varepsilon')$."""
    size = 1 / (1 / eps2 + lam)
    return np.asarray(theta_t - size * (mean + lam * theta_t))


def partner_by_bisection(lam: float, eps2: float) -> float:
    r"""Bisection for $\varepsilon = \varepsilon' (1 - \lambda\varepsilon)$."""
    low, high = 0.0, 1 / lam
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if middle < eps2 * (1 - lam * middle) else (low, middle)
    return (low + high) / 2


# what the report prints


@value(route=simulation_by_weights, digits=4)
def simulation(q: float, runs: int, length: int) -> dict[str, float]:
    r"""Variance of $\tilde\gamma_t$ over many runs, its standard error, and $q/(2 - q)$."""
    noise = np.random.default_rng(0).normal(size=(length, runs))
    smoothed = np.zeros(runs)
    for new in noise:
        smoothed = (1 - q) * smoothed + q * new
    variance = float(smoothed.var())
    fourth = float(np.mean((smoothed - smoothed.mean()) ** 4))
    return {
        "estimate": variance,
        "error": math.sqrt((fourth - variance**2) / runs),
        "claim": q / (2 - q),
    }


@value(route=factors_by_weights, digits=4)
def factors(rates: Array, small: float) -> dict[str, Array]:
    r"""Variance and deviation that are left, lag, and steps until the start is forgotten."""
    forgotten = [
        1 if rate >= 1 else math.ceil(math.log(small) / math.log(1 - rate)) for rate in rates
    ]
    return {
        "variance": rates / (2 - rates),
        "deviation": np.sqrt(rates / (2 - rates)),
        "lag": (1 - rates) / rates,
        "steps": np.array(forgotten),
    }


@value(route=mean_by_difference, digits=4)
def mean(before: Array, g: Array, q: float) -> Array:
    """The smoothed gradient of the example."""
    return np.asarray((1 - q) * before + q * g)


@value(route=(prox_by_grid, prox_by_gradient_step), digits=4, tolerance=1e-6)
def prox(theta_t: Array, mean: Array, lam: float, eps2: float) -> Array:
    """The proximal step of the example."""
    return np.asarray((theta_t - eps2 * mean) / (1 + eps2 * lam))


@value(route=partner_by_bisection, digits=4)
def partner(lam: float, eps2: float) -> float:
    """The step size with which SGD makes the same step."""
    return eps2 / (1 + lam * eps2)


@table
def tradeoff() -> TableRows:
    """For each weight: what is left of the noise, the lag, how long the start matters."""
    rows = [
        [
            rf"\val{{rates[{k}]}}",
            *(
                rf"\val{{factors.{name}[{k}]}}"
                for name in ("variance", "deviation", "lag", "steps")
            ),
        ]
        for k in range(1, 5)
    ]
    head = ["$q$", "variance", "deviation", "lag", "steps"]
    return TableRows("ddddd", head, rows)


@figure
def smoothing(rates: Array, noise: float) -> Figure:
    """The bias of the start with its correction, and the lag behind a mean that moves."""
    made = Figure(figsize=(6.3, 2.7))
    left, right = made.subplots(1, 2)
    generator = np.random.default_rng(0)
    t = np.arange(1.0, STEPS + 1)
    constant = np.ones(STEPS)
    moving = 1 - 2.4 * np.clip((t - STEPS / 2) / (STEPS / 2), 0, None)
    for axis, level in ((left, constant), (right, moving)):
        _dots(axis, t, level, level + noise * generator.normal(size=STEPS), rates)
    left.set_ylim(-1.2, 3.2)
    right.set_ylim(-3.2, 2.8)
    left.legend(loc="upper right", ncols=2, handlelength=2.2)
    right.legend(loc="lower left", handlelength=2.2)
    return made


def _dots(axis: Axes, t: Array, level: Array, gradients: Array, rates: Array) -> None:
    """Gradients with their averages; a constant mean shows the start, a moving one the lag."""
    is_start = bool(np.ptp(level) == 0)
    axis.plot(t, gradients, ".", ms=2.5, color=GREY)
    axis.plot(t, level, "-", lw=0.7, color="k")
    if is_start:
        average = _averaged(gradients, float(rates[2]), 0.0)
        weights = 1 - (1 - rates[2]) ** t
        axis.plot(t, average, "--", color=ORANGE, label=r"$\tilde{\gamma}_t$")
        axis.plot(t, average / weights, "-", color=BLUE, label=r"$\hat{\gamma}_t$")
    else:
        for rate, colour, style in ((rates[1], ORANGE, "--"), (rates[2], BLUE, "-")):
            average = _averaged(gradients, float(rate), float(level[0]))
            axis.plot(t, average, style, color=colour, label=f"$q = {rate:g}$")
    axis.set(xlabel="step $t$", xlim=(0, STEPS))


def _averaged(gradients: Array, rate: float, start: float) -> Array:
    """Exponentially weighted averages after each gradient."""
    found = []
    for gradient in gradients:
        start = (1 - rate) * start + rate * float(gradient)
        found.append(start)
    return np.array(found)
