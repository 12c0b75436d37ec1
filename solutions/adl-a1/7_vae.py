"""Gradient estimators for an expectation, and a small variational autoencoder of digits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import vae_net as net
import vae_routes as again
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]
BLUE, ORANGE, GREEN, BLACK = "#0B559F", "#C25A00", "#007F5F", "#222222"
SQUARES = 9  # decoded images in a row
DIGITS = ["#0B559F", "#C25A00", "#007F5F", "#8E2F6B", "#222222"] * 2


# part (e): both estimators of a gradient


@value(route=again.variances_by_moments, digits=4, tolerance=1e-11)
def variances(dimensions: Array, mean: float, deviation: float) -> dict[str, Array]:
    """Closed forms of the variances over the dimension, for a mean with equal entries."""
    return closed_variances(dimensions, mean, deviation)


def closed_variances(d: Array, mean: float, deviation: float) -> dict[str, Array]:
    """The closed forms of part (e), with $|mu|^2 = d mean^2$."""
    a, v = d * mean**2, deviation**2
    best = a + mean**2 + v * (d + 2) / 2
    return {
        "score": a**2 / (4 * v) + a * (d + 4) / 2 + mean**2 + v * (d + 2) * (d + 4) / 4,
        "centred": best + v,
        "best": best,
        "path": v + 0 * d,
    }


@value(route=again.simulated_by_blocks, digits=2)
def simulated(dimensions: Array, mean: float, deviation: float, draws: float) -> dict[str, Array]:
    """Variances of the estimators over simulated draws."""
    made: dict[str, list[float]] = {"score": [], "centred": [], "path": []}
    for d in dimensions.astype(int).tolist():
        noise = np.random.default_rng(d).standard_normal((int(draws), d))
        z = mean + deviation * noise
        height = (z**2).sum(axis=1) / 2
        score = noise[:, 0] / deviation
        middle = d * (mean**2 + deviation**2) / 2
        for name, terms in zip(
            made, (height * score, (height - middle) * score, z[:, 0]), strict=True
        ):
            made[name].append(float(terms.var(ddof=1)))
    return {name: np.array(entries) for name, entries in made.items()}


def worst_by_loops(variances: Arrays, simulated: Arrays) -> float:
    """A loop over all entries."""
    ratios = [
        simulated[name][place] / variances[name][place]
        for name in simulated
        for place in range(len(simulated[name]))
    ]
    return float(100 * max(max(ratios) - 1, 1 - min(ratios)))


@value(route=worst_by_loops, digits=1)
def deviation_most(variances: Arrays, simulated: Arrays) -> float:
    """Largest difference between a simulated variance and its closed form, in per cent of it."""
    gaps = [np.abs(simulated[name] - variances[name]) / variances[name] for name in simulated]
    return float(100 * np.max(gaps))


def mean_and_error(terms: Array, claim: float) -> dict[str, float]:
    """A mean, its standard error and what it should be."""
    error = float(terms.std(ddof=1)) / math.sqrt(terms.size)
    return {"estimate": float(terms.mean()), "error": error, "claim": claim}


@value(route=again.unbiased_by_loops, digits=3)
def unbiased(mean: float, deviation: float, draws: float, many: float) -> dict[str, float]:
    r"""Mean of the score-function estimator of $\partial \beta/\partial\mu_1$ over the draws."""
    noise = np.random.default_rng(0).standard_normal((int(draws), int(many)))
    height = ((mean + deviation * noise) ** 2).sum(axis=1) / 2
    return mean_and_error(height * noise[:, 0] / deviation, mean)


@value(route=again.pathwise_by_loops, digits=3)
def pathwise(mean: float, deviation: float, draws: float, many: float) -> dict[str, float]:
    """Mean of the reparameterised estimator of the same derivative over the same draws."""
    noise = np.random.default_rng(0).standard_normal((int(draws), int(many)))
    return mean_and_error(mean + deviation * noise[:, 0], mean)


@value(route=again.jump_by_loops, digits=4)
def jump(mean: float, deviation: float, draws: float) -> dict[str, float]:
    """Mean of the score-function estimator for a step, and the density at the step."""
    noise = np.random.default_rng(0).standard_normal(int(draws))
    claim = math.exp(-((mean / deviation) ** 2) / 2) / (deviation * math.sqrt(2 * math.pi))
    return mean_and_error((mean + deviation * noise > 0) * noise / deviation, claim)


@value(route=again.waves_by_quadrature, digits=4)
def waves(frequencies: Array, deviation: float) -> dict[str, Array]:
    r"""Variances for $f(\zeta) = \sin(k\zeta)$ at mean zero."""
    return closed_waves(frequencies, deviation)


def closed_waves(k: Array, deviation: float) -> dict[str, Array]:
    """The closed forms for a sine at mean zero."""
    t = (k * deviation) ** 2
    square = k**2 * np.exp(-t)
    score = (1 - (1 - 4 * t) * np.exp(-2 * t)) / (2 * deviation**2)
    return {"path": k**2 * (1 + np.exp(-2 * t)) / 2 - square, "score": score - square}


@value(route=again.cross_by_newton, digits=3)
def cross() -> float:
    """The product $k^2 s^2$ at which both variances are equal, by bisection."""
    low, high = 1.0, 2.0
    for _ in range(60):
        t = (low + high) / 2
        below = t - 1 < (3 * t - 1) * math.exp(-2 * t)
        low, high = (t, high) if below else (low, t)
    return low


# part (g): the autoencoder


def trained(epochs: float, step_size: float) -> Array:
    """The parameters after training."""
    return np.array(net.course(int(epochs), step_size)[-1])


@value(route=again.setup_by_loops)
def setup() -> dict[str, int]:
    """Sizes of the net and of its data."""
    count, pixels = net.images()[0].shape
    return {
        "hidden": net.HIDDEN, "parameters": net.flat(net.start_net()).size, "batch": net.BATCH,
        "training": net.TRAINING, "held": count - net.TRAINING, "pixels": pixels,
    }  # fmt: skip


@value(route=again.history_by_autograd, digits=2)
def history(epochs: float, step_size: float, looked: float) -> dict[str, Array]:
    """Mean bound of training and held-out images, by quadrature over the noise."""
    found, count = [], int(looked)
    images, _ = net.images()
    x = np.concatenate([images[:count], images[net.TRAINING :]])
    for row in net.course(int(epochs), step_size):
        bounds = net.bounds_of(net.net_of(row), x, 8)
        found.append([bounds[:count].mean(), bounds[count:].mean()])
    columns = np.array(found).T
    return {"training": columns[0], "held": columns[1]}


@value(route=again.evidence_by_grid, digits=3)
def evidence(epochs: float, step_size: float, shown: float) -> dict[str, float]:
    """Means over held-out images: evidence, bound, both divergences, and the fit."""
    part = net.net_of(trained(epochs, step_size))
    x = net.images()[0][net.TRAINING :][: int(shown)]
    z = net.lattice(7.0, 0.08)
    joint = net.log_joint(part, x, z)
    top = joint.max(axis=0)
    log_p = top + np.log(np.exp(joint - top).sum(axis=0) * 0.08**2)
    mu, lam = net.encode(part, x)
    gaps = []
    for n in range(len(x)):
        log_q = (-((z - mu[n]) ** 2) / np.exp(lam[n]) - lam[n]).sum(axis=1) / 2
        log_q -= math.log(2 * math.pi)
        gaps.append(float(np.exp(log_q) @ (log_q - joint[:, n] + log_p[n])) * 0.08**2)
    return {
        "log_p": float(log_p.mean()), "bound": float(net.first_bounds(part, x, 40).mean()),
        "gap": float(np.mean(gaps)), "prior": float(net.divergence(mu, lam).mean()),
        "fit": float(net.expected_fit(part, x, 40).mean()), "least": min(gaps),
    }  # fmt: skip


@value(route=again.point_by_slices, digits=4)
def point(epochs: float, step_size: float) -> dict[str, Array]:
    """The first held-out image, with the mean and the variances of its encoder."""
    x = net.images()[0][net.TRAINING]
    mu, lam = net.encode(net.net_of(trained(epochs, step_size)), x[None])
    return {"x": x, "mean": mu[0], "variance": np.exp(lam[0])}


@value(route=again.noise_by_single_draws, digits=4)
def noise(samples: float) -> Array:
    """Noise samples for the table."""
    return np.random.default_rng(0).standard_normal((int(samples), 2))


def hand_by_autograd(
    point: Arrays, epochs: float, step_size: float, noise: Array
) -> dict[str, Array]:
    """Automatic differentiation."""
    row = again.course_by_autograd(epochs, step_size)[-1]
    return again.by_autograd(point["x"], row, (point["mean"], point["variance"]), noise)


def auto_by_complex_step(
    point: Arrays, epochs: float, step_size: float, noise: Array
) -> dict[str, Array]:
    """Complex steps."""
    equal = np.full(len(noise), 1 / len(noise))
    row = trained(epochs, step_size)
    return again.by_complex_step(point["x"], row, (point["mean"], point["variance"]), noise, equal)


def limit_by_complex_step(point: Arrays, epochs: float, step_size: float) -> dict[str, Array]:
    """Complex steps of a quadrature with other nodes."""
    line, weights = np.polynomial.hermite_e.hermegauss(50)
    nodes = np.array([[one, two] for one in line for two in line])
    both = np.array([one * two for one in weights for two in weights]) / (2 * math.pi)
    row = again.course_by_autograd(epochs, step_size)[-1]
    return again.by_complex_step(point["x"], row, (point["mean"], point["variance"]), nodes, both)


@value(route=hand_by_autograd, digits=6)
def hand(point: Arrays, epochs: float, step_size: float, noise: Array) -> dict[str, Array]:
    """Gradients with $M$ noise samples by the formulas of part (g)."""
    row = trained(epochs, step_size)
    return by_formula(point, row, noise, np.full(len(noise), 1 / len(noise)))


@value(route=auto_by_complex_step, digits=6)
def auto(point: Arrays, epochs: float, step_size: float, noise: Array) -> dict[str, Array]:
    """The same gradients by automatic differentiation."""
    row = again.course_by_autograd(epochs, step_size)[-1]
    return again.by_autograd(point["x"], row, (point["mean"], point["variance"]), noise)


@value(route=limit_by_complex_step, digits=6, tolerance=1e-7)
def limit(point: Arrays, epochs: float, step_size: float) -> dict[str, Array]:
    """Gradients of the exact bound, the limit of many samples, by quadrature."""
    return by_formula(point, trained(epochs, step_size), *net.nodes(70))


def by_formula(point: Arrays, row: Array, noise: Array, weights: Array) -> dict[str, Array]:
    """The gradients of part (g) for weighted noise samples. Shapes: noise (M, d), weights (M,)."""
    part, x = net.net_of(row), point["x"]
    mean, variance = point["mean"], point["variance"]
    z = mean + np.sqrt(variance) * noise
    hidden = np.tanh(z @ part[6] + part[7])
    rest = x - 1 / (1 + np.exp(-net.decode(part, z)))
    slopes = (rest @ part[8].T * (1 - hidden**2)) @ part[6].T  # of the fit, for each sample
    return {
        "mean": -mean + weights @ slopes,
        "variance": (1 / variance - 1 + weights @ (noise * slopes) / np.sqrt(variance)) / 2,
    }


# tables and figures


@table
def growth() -> TableRows:
    """Variances over the dimension: closed forms and simulation."""
    rows = [
        [
            rf"$\val{{dimensions[{place}]}}$",
            *(
                rf"\val{{{source}.{name}[{place}]}}"
                for name in ("path", "centred", "score")
                for source in ("variances", "simulated")
            ),
        ]
        for place in range(1, 6)
    ]
    head = [
        "$d$", "$P_i$", "simulated", "$B_i$", "simulated", "$S_i$", "simulated",
    ]  # fmt: skip
    return TableRows("rdddddd", head, rows)


@table
def sines() -> TableRows:
    """Variances for sines of several frequencies."""
    rows = [
        [
            rf"\val{{frequencies[{place}]}}",
            rf"\val{{waves.path[{place}]}}",
            rf"\val{{waves.score[{place}]}}",
        ]
        for place in range(1, 7)
    ]
    return TableRows("ddd", ["$k$", "reparameterised", "score function"], rows)


@table
def slopes() -> TableRows:
    """Gradients by formula, by autograd, and their limit."""
    rows = [
        [
            rf"$\partial/\partial {symbol}_{place}{power}$",
            *(rf"\val{{{name}.{key}[{place}]}}" for name in ("hand", "auto", "limit")),
        ]
        for key, symbol, power in (("mean", r"\mu", ""), ("variance", r"\sigma", "^2"))
        for place in (1, 2)
    ]
    head = ["Derivative", "by formula", "automatic", "exact bound"]
    return TableRows("lddd", head, rows)


@figure
def spread(dimensions: Array, simulated: Arrays, mean: float, deviation: float) -> Figure:
    """Variances over the dimension, and over the frequency of a sine."""
    made = Figure(figsize=(6.2, 2.6))
    left, right = made.subplots(1, 2, gridspec_kw={"wspace": 0.25})
    d = np.geomspace(1, 256, 60)
    lines = closed_variances(d, mean, deviation)
    for name, colour, line, mark, label in (
        ("score", ORANGE, "--", "s", "$S_i$"),
        ("centred", GREEN, "-.", "^", "$B_i$"),
        ("path", BLUE, "-", "o", "$P_i$"),
    ):
        left.loglog(d, lines[name], line, color=colour, label=label)
        left.loglog(dimensions, simulated[name], mark, color=colour, ms=4, fillstyle="none")
    left.set(xlabel="dimension $d$", ylabel="variance")
    left.legend(loc="upper left")
    k = np.geomspace(0.25, 16, 120)
    heights = closed_waves(k, deviation)
    right.loglog(k, heights["score"], "--", color=ORANGE, label="score function")
    right.loglog(k, heights["path"], "-", color=BLUE, label="reparameterised")
    right.set(xlabel=r"frequency $k$ of $\sin(k\zeta)$")
    right.legend(loc="lower right")
    return made


@figure
def training(history: Arrays, epochs: float, step_size: float) -> Figure:
    """The bound over the epochs, and the encoder's means of the held-out digits."""
    made = Figure(figsize=(6.2, 3.0))
    left, right = made.subplots(1, 2, gridspec_kw={"wspace": 0.25})
    looks = net.EVERY * np.arange(history["held"].size)
    left.plot(looks[1:], history["training"][1:], "-", color=BLUE, label="training")
    left.plot(looks[1:], history["held"][1:], "--", color=ORANGE, label="held out")
    left.set(xlabel="epoch", ylabel="mean bound in nats")
    left.legend(loc="lower right")
    x, labels = net.images()
    means, _ = net.encode(net.net_of(trained(epochs, step_size)), x[net.TRAINING :])
    _scatter(right, means, labels[net.TRAINING :])
    return made


def _scatter(axis: Axes, means: Array, labels: Array) -> None:
    """Points drawn as the digits they stand for."""
    for digit, colour in enumerate(DIGITS):
        chosen = means[labels == digit]
        axis.plot(
            chosen[:, 0], chosen[:, 1], ls="", marker=f"${digit}$", color=colour, ms=4, mew=0.2
        )
    axis.set(xlabel=r"$\mu_1$", ylabel=r"$\mu_2$")
    axis.set_aspect("equal", adjustable="datalim")


@figure
def decoded(epochs: float, step_size: float) -> Figure:
    """Probabilities of the pixels for a square grid of latent vectors."""
    made = Figure(figsize=(3.9, 3.8))
    axis = made.subplots()
    line = np.linspace(-2, 2, SQUARES)
    z = np.stack(np.meshgrid(line, line[::-1]), axis=-1)
    on = 1 / (1 + np.exp(-net.decode(net.net_of(trained(epochs, step_size)), z)))
    tiles = np.pad(on.reshape(SQUARES, SQUARES, 8, 8), ((0, 0), (0, 0), (1, 1), (1, 1)))
    tiles = tiles.swapaxes(1, 2).reshape(10 * SQUARES, 10 * SQUARES)
    reach = 2 + 2 / (SQUARES - 1)
    axis.imshow(tiles, cmap="gray_r", vmin=0, vmax=1, extent=(-reach, reach, -reach, reach))
    axis.set(xlabel="$z_1$", ylabel="$z_2$", xticks=[-2, -1, 0, 1, 2], yticks=[-2, -1, 0, 1, 2])
    return made
