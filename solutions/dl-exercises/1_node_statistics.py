"""Variances of a neuron's output: enumerated for small laws, simulated for width and depth."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations, product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Series: TypeAlias = "Mapping[str, Array]"
Pair: TypeAlias = "Sequence[Axes]"  # one above the other
Joint: TypeAlias = dict[tuple[int, ...], Fraction]  # the probability of each vector
Curve: TypeAlias = tuple[str, str, str, str, str]  # name, legend, marker, line, colour
LEVELS = (-1, 0, 1)  # of an input
INPUTS = 3
SINGLE: tuple[Curve, ...] = (
    ("fixed", r"$\tilde\sigma^2 = 1$", "s", "-", "#8E2F6B"),
    ("twice", r"$\tilde\sigma^2 = 2/n$", "^", "--", "#C06014"),
    ("inverse", r"$\tilde\sigma^2 = 1/n$", "o", "-.", "#1F6F8B"),
    ("square", r"$\tilde\sigma^2 = 1/n^2$", "D", ":", "#444444"),
)
DEEP: tuple[Curve, ...] = (
    ("grown", r"no rectifier, $n\tilde\sigma^2 = 2$", "s", "-", "#8E2F6B"),
    ("steady", r"rectifier, $n\tilde\sigma^2 = 2$", "^", "--", "#C06014"),
    ("faded", r"rectifier, $n\tilde\sigma^2 = 1$", "o", "-.", "#1F6F8B"),
)


# small laws, enumerated


def joint_laws() -> dict[str, Joint]:
    """Three laws of the inputs with the same marginals.

    Check: each input is uniform on -1, 0 and 1 under all of them.
    """
    vectors = list(product(LEVELS, repeat=INPUTS))
    orders = list(permutations(LEVELS))
    return {
        "independent": {it: Fraction(1, len(vectors)) for it in vectors},
        "permuted": {it: Fraction(1, len(orders)) for it in orders},
        "equal": {(it,) * INPUTS: Fraction(1, len(LEVELS)) for it in LEVELS},
    }


def variance_of_output(law: Joint, shift: int) -> float:
    """The variance of the output over all outcomes.

    Each weight is `shift - 1` with probability 2/3 and `shift + 2` with probability 1/3.
    """
    single = {shift - 1: Fraction(2, 3), shift + 2: Fraction(1, 3)}
    first = second = Fraction(0)
    for weights in product(single, repeat=INPUTS):
        for inputs, chance in law.items():
            output = sum(w * x for w, x in zip(weights, inputs, strict=True))
            joint = chance * math.prod(single[w] for w in weights)
            first += joint * output
            second += joint * output**2
    return float(second - first**2)


def enumerated_by_formulas() -> dict[str, float]:
    """The formulas of the text, with the covariances of the inputs."""
    made = {}
    for name, covariance in (("independent", 0.0), ("permuted", -1 / 3), ("equal", 2 / 3)):
        spread = 3 * (2 / 3) + 6 * covariance
        made[name + "_square"] = 3 * (2 / 3)
        made[name + "_spread"] = spread
        made[name + "_centred"] = 2 * 3 * (2 / 3)
        made[name + "_shifted"] = 2 * 3 * (2 / 3) + spread
    return made


@value(route=enumerated_by_formulas)
def enumerated() -> dict[str, float]:
    r"""$\mathbb{E}[\|z\|^2]$, $\mathbb{V}[\sum_i z_i]$ and variances of outputs by enumeration."""
    made = {}
    for name, law in joint_laws().items():
        squares = sum(chance * sum(it**2 for it in vector) for vector, chance in law.items())
        made[name + "_square"] = float(squares)
        sums = sum(chance * sum(vector) ** 2 for vector, chance in law.items())
        made[name + "_spread"] = float(sums)  # the sum has mean zero
        made[name + "_centred"] = variance_of_output(law, 0)
        made[name + "_shifted"] = variance_of_output(law, 1)
    return made


def widths_by_powers() -> Array:
    """Powers of two."""
    return np.array([2.0**k for k in range(2, 9)])


def size_by_doubling() -> dict[str, int]:
    """Powers of two by doubling; the layers counted."""
    powers = {"draws": 10, "tails": 16, "networks": 10, "width": 5, "widest": 8}
    return {"depth": len(range(10)), **{name: 1 << power for name, power in powers.items()}}


@value(route=widths_by_powers)
def widths() -> Array:
    """Numbers of inputs of the single neuron."""
    return np.array([4.0, 8, 16, 32, 64, 128, 256])


@value(route=size_by_doubling)
def size(widths: Array) -> dict[str, int]:
    """Draws of the neuron, for $y^2$ and $y^4$; networks, width, depth; most inputs."""
    most = int(widths.max())
    made = {"draws": 1024, "tails": 65536, "networks": 1024, "width": 32, "depth": 10}
    return {**made, "widest": most}


def welford(stream: Iterator[float]) -> tuple[float, float]:
    """The mean of a stream and its standard error, in one pass.

    Source: Welford (1962), Technometrics 4, 419-420.
    """
    count, mean, moment = 0, 0.0, 0.0
    for number in stream:
        count += 1
        step = number - mean
        mean += step / count
        moment += step * (number - mean)
    return mean, math.sqrt(moment / (count - 1) / count)


def sampled_by_streaming(widths: Array, size: Mapping[str, int]) -> dict[str, Array]:
    """One draw at a time, mean and error in one pass."""
    made: dict[str, list[float]] = {}
    powers = {"fixed": (1, 0), "twice": (2, -1), "inverse": (1, -1), "square": (1, -2)}
    for k, (name, (factor, power)) in enumerate(powers.items()):
        for n in map(int, widths):
            weights, inputs = (np.random.default_rng([0, k, n, it]) for it in (0, 1))
            bound = math.sqrt(3 * factor * n**power)
            mean, error = welford(
                float(weights.uniform(-bound, bound, n) @ (inputs.exponential(size=n) - 1)) ** 2
                for _ in range(int(size["draws"]))
            )
            made.setdefault(name, []).append(mean)
            made.setdefault(name + "_error", []).append(error)
    return {name: np.array(numbers) for name, numbers in made.items()}


@value(route=sampled_by_streaming, digits=4)
def sampled(widths: Array, size: Mapping[str, int]) -> dict[str, Array]:
    """Mean squares of the simulated neuron for each number of inputs, and standard errors."""
    made: dict[str, list[float]] = {}
    draws = int(size["draws"])
    for n in map(int, widths):
        variances = {"fixed": 1.0, "twice": 2 / n, "inverse": 1 / n, "square": 1 / n**2}
        for k, (name, variance) in enumerate(variances.items()):
            bound = np.sqrt(3 * variance)
            weights = np.random.default_rng([0, k, n, 0]).uniform(-bound, bound, (draws, n))
            inputs = np.random.default_rng([0, k, n, 1]).exponential(size=(draws, n)) - 1
            squares = np.einsum("di,di->d", weights, inputs) ** 2
            made.setdefault(name, []).append(squares.mean())
            made.setdefault(name + "_error", []).append(squares.std(ddof=1) / np.sqrt(draws))
    return {name: np.array(numbers) for name, numbers in made.items()}


def deep_by_loops(size: Mapping[str, int]) -> dict[str, Array]:
    """One network at a time, layer by layer."""
    made = {}
    width, depth, networks = (int(size[it]) for it in ("width", "depth", "networks"))
    cases = (("grown", 2.0, False), ("steady", 2.0, True), ("faded", 1.0, True))
    for k, (name, factor, bends) in enumerate(cases):
        streams = [np.random.default_rng([0, k, layer]) for layer in range(depth + 1)]
        bound = math.sqrt(3 * factor / width)
        squares = np.zeros((networks, depth))
        for network in range(networks):
            vector = streams[0].exponential(size=width) - 1
            for layer in range(depth):
                vector = streams[layer + 1].uniform(-bound, bound, (width, width)) @ vector
                squares[network, layer] = vector @ vector / width
                if bends:
                    vector = np.maximum(vector, 0)
        made[name] = squares.sum(axis=0) / networks
        deviations = ((squares - made[name]) ** 2).sum(axis=0)
        made[name + "_error"] = np.sqrt(deviations / (networks - 1) / networks)
    return made


@value(route=deep_by_loops, digits=4)
def deep(size: Mapping[str, int]) -> dict[str, Array]:
    """Mean squares of the simulated layers before the rectifier, and standard errors."""
    made: dict[str, list[float]] = {}
    width, networks = int(size["width"]), int(size["networks"])
    for k, (name, scale) in enumerate({"grown": 2.0, "steady": 2.0, "faded": 1.0}.items()):
        bound = np.sqrt(3 * scale / width)
        batch = np.random.default_rng([0, k, 0]).exponential(size=(networks, width)) - 1
        for layer in range(1, int(size["depth"]) + 1):
            drawn = np.random.default_rng([0, k, layer])
            weights = drawn.uniform(-bound, bound, (networks, width, width))
            batch = np.einsum("doi,di->do", weights, batch)
            squares = (batch**2).mean(axis=1)
            made.setdefault(name, []).append(squares.mean())
            made.setdefault(name + "_error", []).append(squares.std(ddof=1) / np.sqrt(networks))
            batch = batch if name == "grown" else batch * (batch > 0)
    return {name: np.array(numbers) for name, numbers in made.items()}


# what is claimed about the simulations


def ended(series: Series, name: str, claim: float) -> dict[str, float]:
    """The last point of a series, beside what is claimed of it."""
    last = len(series[name]) - 1
    return {"estimate": series[name][last], "error": series[name + "_error"][last], "claim": claim}


def kept_by_formula(sampled: Series, size: Mapping[str, int]) -> dict[str, float]:
    """The claim: that many inputs times the variance of a weight."""
    return ended(sampled, "inverse", size["widest"] * (1 / size["widest"]))


def rectified_by_recursion(deep: Series, size: Mapping[str, int]) -> dict[str, float]:
    """The claim: layer by layer."""
    claim = 2.0
    for _ in range(int(size["depth"]) - 1):
        claim = claim / 2 * 2
    return ended(deep, "steady", claim)


def faded_by_recursion(deep: Series, size: Mapping[str, int]) -> dict[str, float]:
    """The claim: layer by layer."""
    claim = 1.0
    for _ in range(int(size["depth"]) - 1):
        claim = claim / 2
    return ended(deep, "faded", claim)


def grown_by_recursion(deep: Series, size: Mapping[str, int]) -> dict[str, float]:
    """The claim: layer by layer."""
    claim = 1.0
    for _ in range(int(size["depth"])):
        claim = 2 * claim
    return ended(deep, "grown", claim)


def record(estimates: Array, errors: Array, claim: float) -> dict[str, float]:
    """The last of some estimates, beside what is claimed of it."""
    return {"estimate": float(estimates[-1]), "error": float(errors[-1]), "claim": claim}


@value(route=kept_by_formula, digits=3)
def kept(sampled: Series) -> dict[str, float]:
    r"""Variance of the neuron with most inputs, $\tilde\sigma^2 = 1/n$."""
    return record(sampled["inverse"], sampled["inverse_error"], 1.0)


@value(route=rectified_by_recursion, digits=3)
def rectified(deep: Series) -> dict[str, float]:
    r"""Variance of the last layer, rectifiers, $n \tilde\sigma^2 = 2$."""
    return record(deep["steady"], deep["steady_error"], 2.0)


@value(route=faded_by_recursion, digits=6)
def faded(deep: Series, size: Mapping[str, int]) -> dict[str, float]:
    r"""Variance of the last layer, rectifiers, $n \tilde\sigma^2 = 1$."""
    return record(deep["faded"], deep["faded_error"], 2.0 ** (1 - size["depth"]))


@value(route=grown_by_recursion, digits=1)
def grown(deep: Series, size: Mapping[str, int]) -> dict[str, float]:
    r"""Variance of the last layer, no rectifier, $n \tilde\sigma^2 = 2$."""
    return record(deep["grown"], deep["grown_error"], 2.0 ** size["depth"])


def kurtosis_by_quadrature() -> float:
    """Gauss-Laguerre and Gauss-Legendre quadrature of the fourth moments."""
    nodes, weights = np.polynomial.laguerre.laggauss(8)
    inputs = weights @ (nodes - 1) ** 4
    nodes, weights = np.polynomial.legendre.leggauss(8)
    return float(inputs * (weights @ (np.sqrt(3) * nodes) ** 4) / 2)


@value(route=kurtosis_by_quadrature, digits=1)
def kurtosis() -> float:
    r"""$K$ of uniform weights and exponential inputs: $\tfrac95 \cdot 9$."""
    return 81 / 5


def tails_by_blocks(kurtosis: float, size: Mapping[str, int]) -> dict[str, float]:
    """Blocks of draws, their sums added up."""
    weights, inputs = (np.random.default_rng([0, 9, it]) for it in (0, 1))
    first = second = 0.0
    blocks, length = int(size["tails"]) // 1024, 1024
    for _ in range(blocks):
        bounded = weights.uniform(-math.sqrt(3), math.sqrt(3), (length, 4))
        fourth = (bounded * (inputs.exponential(size=(length, 4)) - 1)).sum(axis=1) ** 4 / 16
        first += float(fourth.sum())
        second += float(fourth @ fourth)
    count = blocks * length
    mean = first / count
    variance = (second - count * mean**2) / (count - 1)
    return {"estimate": mean, "error": math.sqrt(variance / count), "claim": 3 + (kurtosis - 3) / 4}


@value(route=tails_by_blocks, digits=3)
def tails(size: Mapping[str, int]) -> dict[str, float]:
    r"""$\mathbb{E}[y^4] / \mathbb{V}[y]^2$ for four inputs, $\tilde\sigma^2 = 1/4$."""
    shape = (int(size["tails"]), 4)
    bound = np.sqrt(3 / 4)
    weights = np.random.default_rng([0, 9, 0]).uniform(-bound, bound, shape)
    inputs = np.random.default_rng([0, 9, 1]).exponential(size=shape) - 1
    fourth = np.einsum("di,di->d", weights, inputs) ** 4
    error = fourth.std(ddof=1) / np.sqrt(len(fourth))
    exact = 4 * (9 / 5 / 16) * 9 + 3 * 4 * 3 / 16
    return {"estimate": float(fourth.mean()), "error": float(error), "claim": exact}


# tables and figure


@table
def enumeration() -> TableRows:
    """Each law of the inputs, its moments, and the variance for two laws of the weights."""
    names = {"independent": "independent", "permuted": "a permutation", "equal": "all equal"}
    columns = ("square", "spread", "centred", "shifted")
    rows = [
        [words, *(rf"\val{{enumerated.{law}_{column}}}" for column in columns)]
        for law, words in names.items()
    ]
    heading = [
        "Inputs", r"Mean of $\|z\|^2$", r"Variance of $\sum_i z_i$",
        r"Variance of output, $\mu = 0$", r"the same, $\mu = 1$",
    ]  # fmt: skip
    return TableRows("ldddd", heading, rows)


@table
def simulations() -> TableRows:
    """Each claim with its simulated mean and standard error."""
    settings = {
        "kept": r"neuron, $n = \val{size.widest}$, $\tilde\sigma^2 = 1/n$",
        "rectified": r"layer $\val{size.depth}$, rectifier, $n \tilde\sigma^2 = 2$",
        "faded": r"layer $\val{size.depth}$, rectifier, $n \tilde\sigma^2 = 1$",
        "grown": r"layer $\val{size.depth}$, no rectifier, $n \tilde\sigma^2 = 2$",
        "tails": r"$\mathbb{E}[y^4]/\mathbb{V}[y]^2$, $n = 4$",
    }
    rows = [
        [str(k), words, *(rf"\val{{{name}.{it}}}" for it in ("estimate", "error", "claim"))]
        for k, (name, words) in enumerate(settings.items(), start=1)
    ]
    return TableRows("llddd", ["", "Setting", "Simulated", "Standard error", "Formula"], rows)


@figure
def variances(sampled: Series, widths: Array, deep: Series) -> Figure:
    """Simulated variances and the formulas by width and by depth; below, their ratios."""
    made = Figure(figsize=(6.2, 4.4), layout="constrained")
    axes = made.subplots(2, 2, sharex="col", height_ratios=[3, 2])
    flat, layers = np.ones(len(widths)), np.arange(1.0, len(deep["grown"]) + 1)
    lines = {"fixed": widths, "twice": 2 * flat, "inverse": flat, "square": 1 / widths}
    _curves(axes[:, 0], SINGLE, np.log2(widths), lines, sampled)
    lines = {"grown": 2.0**layers, "steady": 2 + 0 * layers, "faded": 2 ** (1 - layers)}
    _curves(axes[:, 1], DEEP, layers, lines, deep)
    axes[0, 0].set_ylabel(r"variance")
    axes[1, 0].set_ylabel("simulated / formula")
    axes[1, 0].set_xlabel(r"number of inputs: $\log_2 n$")
    axes[1, 1].set_xlabel("layer $l$")
    return made


def _curves(axes: Pair, curves: tuple[Curve, ...], at: Array, lines: Series, dots: Series) -> None:
    """Lines for formulas, markers for the simulation; ratios with bars of two standard errors."""
    handles = []
    for k, (name, label, marker, line, colour) in enumerate(curves):
        axes[0].plot(at, lines[name], line, color=colour)
        axes[0].plot(at, dots[name], marker, color=colour, ms=3.5)
        ratio, bars = dots[name] / lines[name], 2 * dots[name + "_error"] / lines[name]
        moved = at + (k - 1) / 6  # so that bars do not hide one another
        axes[1].errorbar(moved, ratio, bars, fmt=marker, color=colour, ms=3, lw=1, capsize=1.5)
        handles.append(Line2D([], [], color=colour, ls=line, marker=marker, ms=3.5, label=label))
    axes[0].set_yscale("log")
    axes[1].axhline(1, color="black", lw=0.7)
    axes[0].legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0),
        ncols=1 + (curves is SINGLE), frameon=False, handlelength=3,
    )  # fmt: skip
