"""Slopes of two losses, gradients through deep networks, and units that die."""

from __future__ import annotations

import decimal
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad as autograd
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]
Arrays: TypeAlias = Mapping[str, Array]

LOGITS = np.linspace(-6, 14, 201)  # of the figure
CASES = (("sigmoid", 1), ("wide", 16), ("tanh", 1), ("halved", 1), ("relu", 2), ("huge", 256))
NEAR = 5  # layers below the top, of the claims about ReLU
HIDDEN, POINTS, INPUTS, STEPS = 100, 200, 10, 10  # of the network whose units die
STYLES = (
    ("relu", r"ReLU, $H v = 2$", "black", "-", "o"),
    ("tanh", "tanh, $H v = 1$", "#0B559F", "--", "s"),
    ("sigmoid", r"$\sigma$, $H v = 1$", "#B8321A", "-.", "^"),
)


# second routes


def in_decimals(logits: Array) -> dict[str, list[float]]:
    """Arithmetic with fifty digits."""
    made: dict[str, list[float]] = {"squared": [], "entropy": [], "loss": []}
    with decimal.localcontext(prec=50):
        for logit in logits:
            power = decimal.Decimal(float(logit)).exp()
            p = power / (1 + power)
            made["squared"].append(float((2 * p * p / (1 + power)).log10()))
            made["entropy"].append(float(p))
            made["loss"].append(float((1 + power).ln()))
    return made


def modules_by_numpy(logits: Array) -> dict[str, float]:
    """The same operations on arrays."""
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-logits))
        entries = {"loss": -np.log(1 - p), "slope": p / (p * (1 - p)) * (p * (1 - p))}
    made = {
        f"{it}_{n}": float(row[n - 1]) for it, row in entries.items() for n in range(1, 1 + p.size)
    }
    return {name: number for name, number in made.items() if math.isfinite(number)}


def rounds_by_bisection() -> float:
    """Bisection for that logit."""
    low, high = 1.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if 1 / (1 + math.exp(-middle)) == 1 else (middle, high)
    return high


def curve_by_tanh() -> dict[str, Array]:
    r"""With $\sigma(z) = \tfrac12 (1 + \tanh \tfrac z2)$."""
    p = (1 + np.tanh(LOGITS / 2)) / 2
    other = (1 + np.tanh(-LOGITS / 2)) / 2
    return {"Q": p * p, "E": -np.log(other), "dQ": 2 * p * p * other, "dE": p}


def depth_by_loops(size: Numbers) -> dict[str, Array]:
    """One network at a time; slopes from the activations."""
    layers, width, count = (int(size[it]) for it in ("layers", "width", "networks"))
    made = {}
    for k, (name, scale) in enumerate(CASES):
        streams = [np.random.default_rng([0, k, layer]) for layer in range(layers + 2)]
        squares = np.zeros((count, layers + 1))
        for network in range(count):
            vector = streams[0].normal(size=width)
            maps, slopes = [], []
            for layer in range(1, layers + 1):
                matrix = streams[layer].normal(size=(width, width)) * math.sqrt(scale / width)
                summed = matrix @ vector
                if name == "tanh":
                    vector = np.tanh(summed)
                    slopes.append(1 - vector * vector)
                elif name in {"relu", "halved"}:
                    vector = np.where(summed > 0, summed, 0)
                    slopes.append(np.sign(vector))
                else:
                    vector = 1 / (1 + np.exp(-summed))
                    slopes.append(vector - vector * vector)
                maps.append(matrix)
            row = streams[layers + 1].normal(size=width)
            row /= math.sqrt(row @ row)
            for layer in range(layers, -1, -1):
                squares[network, layer] = row @ row
                if layer:
                    row = (row * slopes[layer - 1]) @ maps[layer - 1]
        mean = squares.sum(axis=0) / count
        made[name] = np.array([math.log10(it) for it in mean])
        spread = ((squares / mean - 1) ** 2).sum(axis=0) / (count - 1)
        made[name + "_error"] = np.sqrt(spread / count)
    return made


def ends_by_powers(depth: Arrays, size: Numbers) -> dict[str, float]:
    """Powers and roots."""
    made = {}
    for name, _ in CASES:
        rms = math.sqrt(10 ** float(depth[name][0]))
        made[name] = math.log10(rms)
        made[name + "_factor"] = rms ** (1 / size["layers"])
    return made


def kept_by_recursion(depth: Arrays) -> Numbers:
    r"""The claim layer by layer, with the factor $2 \cdot \tfrac12$."""
    claim = 1.0
    for _ in range(NEAR):
        claim = 2 * claim / 2
    mean = math.exp(math.log(10) * float(depth["relu"][-1 - NEAR]))
    return {"estimate": mean, "error": mean * float(depth["relu_error"][-1 - NEAR]), "claim": claim}


def lost_by_recursion(depth: Arrays) -> Numbers:
    """The mean square is doubled for each layer."""
    mean = math.exp(math.log(10) * float(depth["halved"][-1 - NEAR]))
    error = mean * float(depth["halved_error"][-1 - NEAR])
    for _ in range(NEAR):
        mean, error = mean + mean, error + error
    return {"estimate": mean, "error": error, "claim": 1.0}


def bound_by_halving(size: Numbers) -> float:
    """Halved twice for each layer."""
    bound = 1.0
    for _ in range(2 * int(size["layers"])):
        bound /= 2
    return math.log10(bound)


def size_by_products() -> dict[str, int]:
    """Products."""
    made = {"layers": 5 * 6, "width": 8 * 10, "networks": 4 * 10}
    return {**made, "hidden": 10 * 10, "points": 2 * 10 * 10, "inputs": 2 * 5, "steps": 5 + 5}


def dead_by_autograd(speeds: Array) -> list[int]:
    """Descent by automatic differentiation; units counted one by one."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(POINTS, INPUTS))
    labels = np.array([1.0 if point[0] * point[1] > 0 else 0.0 for point in points])
    start = [
        rng.normal(size=(HIDDEN, INPUTS)) * math.sqrt(2 / INPUTS), np.zeros(HIDDEN),
        rng.normal(size=HIDDEN) * math.sqrt(1 / HIDDEN), np.zeros(1),
    ]  # fmt: skip

    def loss(at: list[Any]) -> Any:  # noqa: ANN401  # autograd's own numbers
        logits = anp.dot(anp.maximum(anp.dot(points, at[0].T) + at[1], 0), at[2]) + at[3]
        return anp.mean(anp.logaddexp(0, logits) - labels * logits)

    made = []
    for speed in speeds:
        parameters = start
        for _ in range(STEPS):
            slopes = autograd(loss)(parameters)
            parameters = [p - speed * s for p, s in zip(parameters, slopes, strict=True)]
        weights, bias = parameters[0], parameters[1]
        sums = [
            [float(w @ point + b) for point in points] for w, b in zip(weights, bias, strict=True)
        ]
        made.append(sum(max(row) <= 0 for row in sums))
    return made


# what the report prints


@value(route=in_decimals, digits=4)
def fused(logits: Array) -> dict[str, Array]:
    r"""Label $0$: $\log_{10} Q'(z)$, $E'(z)$ and $E(z)$ from the logit."""
    loss = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    squared = math.log10(2) + (2 * logits - 3 * loss) / math.log(10)
    return {"squared": squared, "entropy": np.exp(logits - loss), "loss": loss}


@value(route=modules_by_numpy, digits=4)
def modules(logits: Array) -> dict[str, float]:
    """Label $0$: loss and its derivative from the rounded output, where finite."""
    return {name: it for name, it in one_by_one(logits).items() if math.isfinite(it)}


def one_by_one(logits: Array) -> dict[str, float]:
    """Sigmoid and binary cross-entropy for the label 0 one after the other, in double precision.

    Check: agrees with the same operations on arrays, where finite.
    """
    made = {}
    for n, logit in enumerate(logits, 1):
        p = 1 / (1 + math.exp(-logit))
        made[f"loss_{n}"] = -math.log(1 - p) if p < 1 else math.inf
        made[f"slope_{n}"] = p / (p * (1 - p)) * (p * (1 - p)) if p < 1 else math.nan
    return made


@value(route=rounds_by_bisection, digits=2)
def rounds() -> float:
    r"""Logit above which $1/(1 + e^{-z})$ is one in double precision."""
    return (int(np.finfo(float).nmant) + 1) * math.log(2)


@value(route=curve_by_tanh)
def curve() -> dict[str, Array]:
    """Both losses and their slopes over the logit, label $0$."""
    p = 1 / (1 + np.exp(-LOGITS))
    loss = np.logaddexp(0, LOGITS)
    return {"Q": p**2, "E": loss, "dQ": 2 * p**2 * np.exp(-loss), "dE": p}


@value(route=size_by_products)
def size() -> dict[str, int]:
    """Layers, width and number of the deep networks; the network whose units die."""
    made = {"layers": 30, "width": 80, "networks": 40}
    return {**made, "hidden": HIDDEN, "points": POINTS, "inputs": INPUTS, "steps": STEPS}


@value(route=depth_by_loops)
def depth(size: Numbers) -> dict[str, Array]:
    """Mean squares of the gradients at every layer, their logarithms, and relative errors."""
    layers, width, count = (int(size[it]) for it in ("layers", "width", "networks"))
    made = {}
    for k, (name, scale) in enumerate(CASES):
        at = np.random.default_rng([0, k, 0]).normal(size=(count, width))
        maps, sums = [], []
        for layer in range(1, layers + 1):
            drawn = np.random.default_rng([0, k, layer]).normal(size=(count, width, width))
            maps.append(drawn * np.sqrt(scale / width))
            sums.append(np.einsum("noi,ni->no", maps[-1], at))
            at = activate(name, sums[-1])
        back = np.random.default_rng([0, k, layers + 1]).normal(size=(count, width))
        back /= np.linalg.norm(back, axis=1, keepdims=True)
        squares = [(back**2).sum(axis=1)]
        for matrix, summed in zip(reversed(maps), reversed(sums), strict=True):
            back = np.einsum("noi,no->ni", matrix, back * slope(name, summed))
            squares.insert(0, (back**2).sum(axis=1))
        found = np.array(squares)
        made[name] = np.log10(found.mean(axis=1))
        made[name + "_error"] = found.std(axis=1, ddof=1) / found.mean(axis=1) / np.sqrt(count)
    return made


def activate(name: str, summed: Array) -> Array:
    """The activation function of a case."""
    if name == "tanh":
        return np.tanh(summed)
    if name in {"relu", "halved"}:
        return np.maximum(summed, 0)
    return np.asarray((1 + np.tanh(summed / 2)) / 2)


def slope(name: str, summed: Array) -> Array:
    """Its derivative."""
    if name == "tanh":
        return np.asarray(np.cosh(summed) ** -2)
    if name in {"relu", "halved"}:
        return (summed > 0).astype(float)
    return np.asarray(np.cosh(summed / 2) ** -2 / 4)


@value(route=ends_by_powers, digits=3)
def ends(depth: Arrays, size: Numbers) -> dict[str, float]:
    r"""Root mean squares at the input: $\log_{10}$ of them, and the factor per layer."""
    made = {}
    for name, _ in CASES:
        made[name] = float(depth[name][0] / 2)
        made[name + "_factor"] = float(10 ** (made[name] / size["layers"]))
    return made


@value(route=kept_by_recursion, digits=3)
def kept(depth: Arrays) -> Numbers:
    """Mean square five layers below the top, ReLU, $H v = 2$."""
    mean = 10 ** depth["relu"][-6]
    return {"estimate": mean, "error": mean * depth["relu_error"][-6], "claim": 1.0}


@value(route=lost_by_recursion, digits=3)
def lost(depth: Arrays) -> Numbers:
    """Mean square five layers below the top, times $2^5$, ReLU, $H v = 1$."""
    mean = 2**5 * 10 ** depth["halved"][-6]
    return {"estimate": mean, "error": mean * depth["halved_error"][-6], "claim": 1.0}


@value(route=bound_by_halving, digits=3)
def bound(size: Numbers) -> float:
    r"""Bound of the root mean square for $\sigma$ with $H v = 1$, its $\log_{10}$."""
    return -size["layers"] * math.log10(4)


@value(route=dead_by_autograd)
def dead(speeds: Array) -> Array:
    """Units that are inactive at all points after the steps, for each learning rate."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(POINTS, INPUTS))
    labels = (points[:, 0] * points[:, 1] > 0).astype(float)
    first = rng.normal(size=(HIDDEN, INPUTS)) * np.sqrt(2 / INPUTS)
    second = rng.normal(size=HIDDEN) * np.sqrt(1 / HIDDEN)
    return np.array([survey(points, labels, first, second, float(speed)) for speed in speeds])


def survey(points: Array, labels: Array, first: Array, second: Array, speed: float) -> int:
    """Descend on binary cross-entropy from biases zero, and count the dead units."""
    bias, offset = np.zeros(len(first)), 0.0
    for _ in range(STEPS):
        sums = points @ first.T + bias
        active = sums * (sums > 0)
        error = ((1 + np.tanh((active @ second + offset) / 2)) / 2 - labels) / len(points)
        back = np.outer(error, second) * (sums > 0)
        second = second - speed * (active.T @ error)
        offset -= speed * float(error.sum())
        first, bias = first - speed * (back.T @ points), bias - speed * back.sum(axis=0)
    return int((np.max(points @ first.T + bias, axis=0) <= 0).sum())


@table
def saturation(logits: Array) -> TableRows:
    """Each logit: slopes of both losses; loss and slope by two modules."""
    found = one_by_one(logits)
    words = {"inf": r"$\infty$", "nan": "nan"}

    def cell(name: str) -> str:
        return words.get(str(found[name]), rf"\val{{modules.{name}}}")

    rows = [
        [
            rf"\val{{logits[{n}]}}",
            *(rf"\val{{fused.{it}[{n}]}}" for it in ("squared", "entropy", "loss")),
            cell(f"loss_{n}"),
            cell(f"slope_{n}"),
        ]
        for n in range(1, logits.size + 1)
    ]
    first = ["$z$", r"$\log_{10} Q'(z)$", "$E'(z)$", "$E(z)$"]
    return TableRows("dddddd", [*first, "Two modules: $E(z)$", "$E'(z)$"], rows)


@table
def depths() -> TableRows:
    """Each case: scale, bound of the factor per layer, what is measured."""
    names = {
        "sigmoid": (r"$\sigma$", "1", r"$\le 1/4$"),
        "wide": (r"$\sigma$", r"\val{scale[1]}", r"$\le 1$"),
        "huge": (r"$\sigma$", r"\val{scale[2]}", r"$\le 4$"),
        "tanh": (r"$\tanh$", "1", r"$\le 1$"),
        "halved": ("ReLU", "1", r"$= 1/\sqrt 2$"),
        "relu": ("ReLU", "2", "$= 1$"),
    }
    rows = [
        [*words, rf"\val{{ends.{name}_factor}}", rf"\val{{ends.{name}}}"]
        for name, words in names.items()
    ]
    heading = [r"$\varphi$", "$H v$", "Factor per layer", "Measured", r"$\log_{10}$ at $l = 0$"]
    return TableRows("lrldd", heading, rows)


@figure
def losses(curve: Arrays) -> Figure:
    """Both losses and their slopes against the logit, label 0."""
    made = Figure(figsize=(6.2, 2.0), layout="constrained")
    for axis, before, prime in zip(made.subplots(1, 2), ("", "d"), ("", "'"), strict=True):
        axis.plot(LOGITS, curve[before + "E"], color="black", label=f"$E{prime}(z)$")
        axis.plot(LOGITS, curve[before + "Q"], color="#B8321A", ls="--", label=f"$Q{prime}(z)$")
        axis.set(xlabel="logit $z$", ylabel="slope" if prime else "cost")
        axis.set_xlim(LOGITS[0], LOGITS[-1])
        axis.legend(loc="lower center" if prime else "upper left")
    made.axes[1].set_yscale("log")
    return made


@figure
def gradients(depth: Arrays) -> Figure:
    """Root mean squares of the gradients at the layers; the upper curves once more, enlarged."""
    made = Figure(figsize=(6.2, 2.4), layout="constrained")
    for axis, shown in zip(made.subplots(1, 2), (STYLES, STYLES[:2]), strict=True):
        for name, label, colour, line, marker in shown:
            rms = 10 ** (depth[name] / 2)
            axis.plot(np.arange(rms.size), rms, line, c=colour, marker=marker, ms=2.5, label=label)
        axis.set_yscale("log")
        axis.invert_xaxis()
        axis.set_xlabel("layer $l$, from output to input")
        axis.legend(loc="lower left")
    made.axes[0].set_ylabel(r"$\|\gamma^{(l)}\|$, root mean square")
    made.axes[1].set_ylim(0.05, 5)
    return made
