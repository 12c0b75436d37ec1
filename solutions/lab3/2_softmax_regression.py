"""Gradients of softmax regression: an example, and what floating-point numbers do to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Any, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]

STEP = 1e-3  # of the differences; their error, of order STEP to the fourth, is near 1e-14
TINY = 1e-30  # of complex steps
DIGITS = 60  # of decimal arithmetic
FORMATS: dict[str, type[np.floating[Any]]] = {
    "half": np.float16,
    "single": np.float32,
    "double": np.float64,
}
NEAR, FAR = np.linspace(-8.0, 8.0, 81), np.linspace(0.0, 900.0, 91)  # gaps that are drawn
BLUE, RED, GREEN, GREY = "#0B559F", "#B8321A", "#3A7D2C", "#555555"


# the example of part (a): second routes


def loss_of(weights: Array, bias: Array, inputs: Array, target: Array) -> complex:
    """Cross-entropy, for real and complex parameters.

    Shapes: weights (k, d), bias (k), inputs (d), target (k) -> number.
    """
    logits = weights @ inputs + bias
    return complex(np.log(np.exp(logits).sum()) - target @ logits)


def slopes(loss: Callable[[Array], complex], at: Array) -> Array:
    """Central differences of fourth order, in every entry."""
    made = np.zeros(at.shape)
    for place in np.ndindex(*at.shape):
        step = np.zeros(at.shape)
        step[place] = STEP
        near, far = (
            (loss(at + n * step) - loss(at - n * step)).real / (2 * n * STEP) for n in (1, 2)
        )
        made[place] = (4 * near - far) / 3
    return made


def imaginary_slopes(loss: Callable[[Array], complex], at: Array) -> Array:
    """Complex steps, in every entry."""
    made = np.zeros(at.shape)
    for place in np.ndindex(*at.shape):
        step = np.zeros(at.shape, dtype=complex)
        step[place] = 1j * TINY
        made[place] = loss(at + step).imag / TINY
    return made


def logits_by_loops(weights: Array, inputs: Array, bias: Array) -> list[float]:
    """Products added one by one."""
    return [
        float(shift) + math.fsum(float(w) * float(u) for w, u in zip(row, inputs, strict=True))
        for row, shift in zip(weights, bias, strict=True)
    ]


def probabilities_by_gaps(logits: Array) -> list[float]:
    """Reciprocals of sums of $e^{a_r - a_i}$."""
    return [1 / math.fsum(math.exp(other - mine) for other in logits) for mine in logits]


def loss_by_log_sum_exp(weights: Array, bias: Array, inputs: Array, target: Array) -> float:
    """Log-sum-exp of the logits, minus the logit of the true class."""
    return loss_of(weights, bias, inputs, target).real


def by_complex_steps(weights: Array, bias: Array, inputs: Array, target: Array) -> Array:
    """Complex steps of the loss."""
    return imaginary_slopes(lambda at: loss_of(at, bias, inputs, target), weights)


def by_differences(weights: Array, bias: Array, inputs: Array, target: Array) -> Array:
    """Central differences of the loss."""
    return slopes(lambda at: loss_of(at, bias, inputs, target), weights)


# what the report prints of it


@value(route=logits_by_loops)
def logits(weights: Array, inputs: Array, bias: Array) -> Array:
    """Logits of the example."""
    return np.asarray(weights @ inputs + bias)


@value(route=probabilities_by_gaps, digits=4)
def probabilities(logits: Array) -> Array:
    """Probabilities of the example."""
    powers = np.exp(logits)
    return np.asarray(powers / powers.sum())


@value(route=loss_by_log_sum_exp, digits=4)
def loss(probabilities: Array, target: Array) -> float:
    """Loss of the example."""
    return -math.log(float(probabilities @ target))


@value(route=(by_complex_steps, by_differences), digits=4)
def gradient(probabilities: Array, target: Array, inputs: Array) -> Array:
    """Gradient for $W$ of the example, by the formula."""
    return np.outer(probabilities - target, inputs)


# part (b): what floating-point numbers make of a gap; second routes


def modules_in_decimals(gaps: Array) -> dict[str, float]:
    """Decimal arithmetic, rounded to a double after every step."""
    made: dict[str, float] = {}
    with localcontext() as context:
        context.prec = DIGITS
        for n, gap in enumerate(gaps, 1):
            small = (-Decimal(float(gap))).exp()
            p = Decimal(float(small / (1 + small)))
            if not p:
                continue
            made[f"power_{n}"], made[f"loss_{n}"] = float(p.log10()), float(-p.ln())
            slope = float(-1 / p)
            if math.isfinite(slope):
                made[f"steep_{n}"] = float((-Decimal(slope)).log10())
                made[f"logit_{n}"] = float(Decimal(slope) * Decimal(float(p * (1 - p))))
    return made


def fused_in_decimals(gaps: Array) -> dict[str, float]:
    """Decimal arithmetic, rounded to a double once."""
    made = {}
    with localcontext() as context:
        context.prec = DIGITS
        for n, gap in enumerate(gaps, 1):
            p = 1 / (1 + Decimal(float(gap)).exp())
            made[f"power_{n}"] = float(p.log10())
            made[f"loss_{n}"], made[f"logit_{n}"] = float(-p.ln()), float(p - 1)
    return made


def ends_by_bisection() -> dict[str, float]:
    """Bisection with the machine's own numbers."""
    made = {}
    for name, kind in FORMATS.items():
        for which, sign in (("zero", -1), ("over", 1)):
            low, high = 1.0, 1000.0
            for _ in range(80):
                middle = (low + high) / 2
                with np.errstate(all="ignore"):
                    number = kind(np.exp(sign * middle))
                survives = number != 0 and np.isfinite(number)
                low, high = (middle, high) if survives else (low, middle)
            made[f"{name}_{which}"] = low
    return made


def bottom_by_halving() -> dict[str, int]:
    """Halvings of one until the machine has zero."""
    made = {}
    for name, kind in FORMATS.items():
        number, made[name] = kind(1), 1
        while number:
            number, made[name] = kind(number / kind(2)), made[name] - 1
    return made


def overlap_by_integers(pixels: int) -> int:
    """Products of integers, added one by one."""
    pair = np.random.default_rng(0).integers(0, 256, (2, pixels)).tolist()
    return sum(one * other for one, other in zip(*pair, strict=True))


def step_by_descent(pixels: int, classes: int, rate: float) -> dict[str, float]:
    """The step carried out on all weights and biases."""
    made = {}
    for name, scale in (("raw", 1.0), ("scaled", 255.0)):
        first, second = np.random.default_rng(0).integers(0, 256, (2, pixels)) / scale
        errors = np.full(classes, 1 / classes) - np.eye(classes)[0]
        after = -rate * np.outer(errors, first) @ second - rate * errors
        made[f"{name}_gap"] = float(after[0] - after[1])
        made[f"{name}_loss"] = float(np.logaddexp.reduce(after) - after[1])
    return made


def recovery_by_descent(start: float, inputs: Array, speed: float) -> int:
    """Gradient descent on all parameters of two classes."""
    weights, bias, target = np.zeros((2, inputs.size)), np.array([0.0, start]), np.array([1.0, 0.0])
    for count in range(10_000):
        logits = weights @ inputs + bias
        if logits[0] > logits[1]:
            return count
        powers = np.exp(logits - logits.max())
        error = powers / powers.sum() - target
        weights, bias = weights - speed * np.outer(error, inputs), bias - speed * error
    return -1


def curve_by_powers() -> dict[str, Array]:
    """Powers, sums, and norms of two entries."""
    own, other = 1 / (1 + np.exp(NEAR)), np.exp(NEAR) / (1 + np.exp(NEAR))
    error = np.stack([own - 1, other])
    through = np.stack([own, other]) * (error - own * error[0] - other * error[1])
    loss = FAR + np.log(1 + np.exp(-FAR))
    return {
        "near_loss": -np.log(own),
        "near_slope": 1 / own,
        "near_norm": np.hypot(error[0], error[1]),
        "near_squared": np.hypot(through[0], through[1]),
        "far_loss": np.log10(loss),
        "far_slope": loss * np.log10(np.e),
        "far_norm": np.log10(np.sqrt(2) / (1 + np.exp(-FAR))),
    }


# what the report prints of it


def one_by_one(gaps: Array) -> dict[str, float]:
    """Softmax and loss as two modules, in double precision, for two classes.

    Returns for each gap: decimal logarithms of the true class's probability and of the size of the
    loss's derivative for it; the loss; its derivative for the logit.
    """
    with np.errstate(all="ignore"):
        small = np.exp(-gaps)
        p = small / (1 + small)
        slope = -1 / p
        found = {"power": np.log10(p), "steep": np.log10(-slope), "loss": -np.log(p)}
        found["logit"] = slope * (p * (1 - p))
    return {f"{name}_{n}": float(it) for name in found for n, it in enumerate(found[name], 1)}


@value(route=modules_in_decimals, digits=5)
def modules(gaps: Array) -> dict[str, float]:
    r"""Loss and its derivatives by two modules, in double precision, where finite."""
    return {name: it for name, it in one_by_one(gaps).items() if math.isfinite(it)}


@value(route=fused_in_decimals, digits=5)
def fused(gaps: Array) -> dict[str, float]:
    r"""$\log_{10} \hat y_c$, loss and derivative for $a_c$, computed from the gap directly."""
    made = {}
    for n, gap in enumerate(gaps, 1):
        made[f"loss_{n}"] = float(np.logaddexp(0, gap))
        made[f"power_{n}"] = -made[f"loss_{n}"] / math.log(10)
        made[f"logit_{n}"] = math.exp(-gap) / (1 + math.exp(-gap)) - 1
    return made


@value(route=ends_by_bisection, digits=2)
def ends() -> dict[str, float]:
    r"""Gaps $\Delta$ from which $e^{-\Delta}$ rounds to zero, and $e^\Delta$ overflows."""
    made = {}
    for name, kind in FORMATS.items():
        about = np.finfo(kind)
        made[f"{name}_zero"] = (1 + int(about.nmant) - int(about.minexp)) * math.log(2)
        largest = math.log(2 - 0.5 ** (int(about.nmant) + 1))
        made[f"{name}_over"] = (int(about.maxexp) - 1) * math.log(2) + largest
    return made


@value(route=bottom_by_halving)
def bottom() -> dict[str, int]:
    """Binary logarithm of the smallest positive number of each format."""
    finest = {name: np.finfo(kind) for name, kind in FORMATS.items()}
    return {name: int(it.minexp) - int(it.nmant) for name, it in finest.items()}


@value(route=overlap_by_integers)
def overlap(pixels: int) -> float:
    """Inner product of two random images."""
    first, second = np.random.default_rng(0).integers(0, 256, (2, pixels))
    return float(first @ second)


@value(route=step_by_descent, digits=2)
def step(overlap: float, classes: int, rate: float) -> dict[str, float]:
    """Gap and loss at the second image, after one step with the first."""
    made = {}
    for name, product in (("raw", overlap), ("scaled", overlap / 255**2)):
        gap = made[f"{name}_gap"] = rate * (product + 1)
        made[f"{name}_loss"] = gap + math.log1p((classes - 1) * math.exp(-gap))
    return made


@value(route=recovery_by_descent)
def recovery(start: float, inputs: Array, speed: float) -> int:
    """Steps of gradient descent until the true class leads."""
    gap, count = start, 0
    while gap >= 0:
        gap -= 2 * speed * (float(inputs @ inputs) + 1) / (1 + math.exp(-gap))
        count += 1
    return count


@value(route=curve_by_powers)
def curve() -> dict[str, Array]:
    """What the figure draws, over the gaps."""
    sigmoid, loss = 0.5 * (1 + np.tanh(NEAR / 2)), np.logaddexp(0, FAR)
    return {
        "near_loss": np.logaddexp(0, NEAR),
        "near_slope": 1 + np.exp(NEAR),
        "near_norm": math.sqrt(2) * sigmoid,
        "near_squared": 2 * math.sqrt(2) * sigmoid**2 * (1 - sigmoid),
        "far_loss": np.log10(loss),
        "far_slope": loss / math.log(10),
        "far_norm": 0.5 * math.log10(2) - np.log1p(np.exp(-FAR)) / math.log(10),
    }


@table
def breakdown(gaps: Array) -> TableRows:
    """Each gap: what two modules compute, and what the fused form does."""
    found = one_by_one(gaps)
    words = {math.inf: r"$\infty$", -math.inf: r"$-\infty$"}

    def cell(name: str) -> str:
        number = found[name]
        return "nan" if math.isnan(number) else words.get(number, rf"\val{{modules.{name}}}")

    rows = [
        [
            rf"\val{{gaps[{n}]}}",
            *(cell(f"{it}_{n}") for it in ("power", "steep", "loss", "logit")),
            *(rf"\val{{fused.{it}_{n}}}" for it in ("loss", "logit")),
        ]
        for n in range(1, gaps.size + 1)
    ]
    by_p, by_logit = r"|\partial\ell/\partial\hat y_c|", r"$\partial\ell/\partial a_c$"
    powers = [r"$\log_{10} \hat y_c$", rf"$\log_{{10}} {by_p}$"]
    heading = [r"$\Delta$", *powers, r"$\ell$", by_logit, r"Fused: $\ell$", by_logit]
    return TableRows("ddddddd", heading, rows)


@table
def formats() -> TableRows:
    """Each format: its smallest positive number, and where the two powers leave it."""
    columns = (r"$2^{{\val{{bottom.{}}}}}$", r"\val{{ends.{}_over}}", r"\val{{ends.{}_zero}}")
    rows = [[name, *(it.format(name) for it in columns)] for name in FORMATS]
    ends = [r"$e^\Delta$ overflows from", r"$e^{-\Delta}$ is zero from"]
    return TableRows("lldd", ["Precision", "Smallest positive number", *ends], rows)


@figure
def saturation(curve: Mapping[str, Array], ends: Numbers) -> Figure:
    """Loss and sizes of gradients against the gap, near zero and beyond the range of doubles."""
    made = Figure(figsize=(6.2, 2.6))
    near, far = made.subplots(1, 2)
    for axis, where, gaps in ((near, "near", NEAR), (far, "far", FAR)):
        axis.plot(gaps, curve[f"{where}_loss"], color="black", label=r"$\ell$")
        slope, norm = r"$|\partial\ell/\partial\hat y_c|$", r"$\|\partial\ell/\partial a\|_2$"
        axis.plot(gaps, curve[f"{where}_slope"], color=RED, ls="--", label=slope)
        axis.plot(gaps, curve[f"{where}_norm"], color=BLUE, ls="-.", label=norm)
        axis.set_xlabel(r"gap $\Delta = a_m - a_c$")
    squared = r"$\|\partial Q/\partial a\|_2$"
    near.plot(NEAR, curve["near_squared"], color=GREEN, ls=":", label=squared)
    near.axhline(math.sqrt(2), color=GREY, lw=0.6)
    near.set(xlim=(NEAR[0], NEAR[-1]), ylim=(0, 6), ylabel="loss, sizes of gradients")
    far.set(xlim=(FAR[0], FAR[-1]), ylabel="their logarithms to base ten")
    for end in ("double_over", "double_zero"):
        far.axvline(ends[end], color=GREY, lw=0.6)
    for axis in (near, far):
        axis.legend(loc="upper left")
    return made
