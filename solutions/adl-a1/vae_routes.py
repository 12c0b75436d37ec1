"""Second routes of the problem on the variational autoencoder; nothing here is shared with it."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad
from sklearn.datasets import load_digits

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
WIDTH = 32  # hidden units
TINY = 1e-30  # of complex steps
ENDS = np.cumsum([64 * WIDTH, WIDTH, 2 * WIDTH, 2, 2 * WIDTH, 2, 2 * WIDTH, WIDTH, 64 * WIDTH, 64])


# the estimators of part (e)


def variances_by_moments(dimensions: Array, mean: float, deviation: float) -> dict[str, Array]:
    """Quadrature for one coordinate, cumulants for the others."""
    eps, weights = np.polynomial.hermite_e.hermegauss(12)
    weights = weights / math.sqrt(2 * math.pi)
    z = mean + deviation * eps
    made: dict[str, list[float]] = {"score": [], "centred": [], "best": [], "path": []}
    for d in dimensions.tolist():
        others = (d - 1) * (mean**2 + deviation**2)
        spread = (d - 1) * (4 * mean**2 * deviation**2 + 2 * deviation**4)
        first = (z**2 + others) / 2  # the mean of l, given the first coordinate
        second = (z**4 + 2 * z**2 * others + others**2 + spread) / 4
        score = eps / deviation
        slope = float(weights @ (first * score))
        steep = float(weights @ (first * score**2)) * deviation**2
        for name, c in (("score", 0.0), ("centred", float(weights @ first)), ("best", steep)):
            square = weights @ ((second - 2 * c * first + c * c) * score**2)
            made[name].append(float(square) - slope**2)
        made["path"].append(float(weights @ z**2 - (weights @ z) ** 2))
    return {name: np.array(entries) for name, entries in made.items()}


def simulated_by_blocks(
    dimensions: Array, mean: float, deviation: float, draws: float
) -> dict[str, Array]:
    """Draws in blocks, sums of powers."""
    made: dict[str, list[float]] = {"score": [], "centred": [], "path": []}
    for d in dimensions.astype(int).tolist():
        generator, sums = np.random.Generator(np.random.PCG64(d)), np.zeros((3, 2))
        for _ in range(10):
            eps = generator.standard_normal((int(draws) // 10, d))
            z = mean + deviation * eps
            height = np.einsum("ni,ni->n", z, z) / 2
            centre = d * (mean * mean + deviation * deviation) / 2
            score = eps[:, 0] / deviation
            for row, term in enumerate((height * score, (height - centre) * score, z[:, 0])):
                sums[row] += term.sum(), (term * term).sum()
        spread = (sums[:, 1] - sums[:, 0] ** 2 / draws) / (draws - 1)
        for name, entry in zip(made, spread, strict=True):
            made[name].append(float(entry))
    return {name: np.array(entries) for name, entries in made.items()}


def _summary(terms: list[float], claim: float) -> dict[str, float]:
    """Mean, standard error and claim of a list."""
    count = len(terms)
    mean = math.fsum(terms) / count
    spread = math.fsum((term - mean) ** 2 for term in terms) / (count - 1)
    return {"estimate": mean, "error": math.sqrt(spread / count), "claim": claim}


def unbiased_by_loops(mean: float, deviation: float, draws: float, many: float) -> dict[str, float]:
    """Loops over the draws."""
    rng, terms = np.random.default_rng(0), []
    for _ in range(int(draws)):
        eps = rng.standard_normal(int(many)).tolist()
        terms.append(sum((mean + deviation * e) ** 2 for e in eps) / 2 * eps[0] / deviation)
    return _summary(terms, mean)


def pathwise_by_loops(mean: float, deviation: float, draws: float, many: float) -> dict[str, float]:
    """Loops over the draws."""
    rng = np.random.default_rng(0)
    terms = [mean + deviation * rng.standard_normal(int(many))[0] for _ in range(int(draws))]
    return _summary(terms, mean)


def jump_by_loops(mean: float, deviation: float, draws: float) -> dict[str, float]:
    """Loops over the draws; the slope of the error function by a central difference."""
    rng = np.random.default_rng(0)
    noise = [rng.standard_normal() for _ in range(int(draws))]
    terms = [e / deviation if mean + deviation * e > 0 else 0.0 for e in noise]
    step, scale = 1e-4, deviation * math.sqrt(2)
    heights = [math.erf((mean + k * step) / scale) for k in (-2, -1, 1, 2)]
    slope = (heights[0] - 8 * heights[1] + 8 * heights[2] - heights[3]) / (12 * step)
    return _summary(terms, slope / 2)


def waves_by_quadrature(frequencies: Array, deviation: float) -> dict[str, Array]:
    """Sums over a fine grid."""
    eps = np.linspace(-12, 12, 4801)
    weights = np.exp(-(eps**2) / 2)
    weights = weights / weights.sum()
    made: dict[str, list[float]] = {"path": [], "score": []}
    for k in frequencies.tolist():
        for name, term in (
            ("path", k * np.cos(k * deviation * eps)),
            ("score", np.sin(k * deviation * eps) * eps / deviation),
        ):
            made[name].append(float(weights @ (term - weights @ term) ** 2))
    return {name: np.array(entries) for name, entries in made.items()}


def cross_by_newton() -> float:
    """Newton's iteration."""
    t = 1.2
    for _ in range(30):
        fall = math.exp(-2 * t)
        t -= (t - 1 - (3 * t - 1) * fall) / (1 - 3 * fall + 2 * (3 * t - 1) * fall)
    return t


# the data and the net


@cache
def images_by_loops() -> Array:
    """Pixels compared one image at a time."""
    bunch = load_digits()
    order = np.random.Generator(np.random.PCG64(0)).permutation(bunch.target.size).tolist()
    x = [[float(pixel > 15 / 2) for pixel in bunch.images[place].ravel()] for place in order]
    return np.array(x)


def _parts(row: Any) -> list[Any]:  # noqa: ANN401
    """The matrices and vectors of a row of parameters, of any kind of number."""
    starts = [0, *ENDS[:-1].tolist()]
    cut = [row[start:end] for start, end in zip(starts, ENDS.tolist(), strict=True)]
    widths = (WIDTH, 0, 2, 0, 2, 0, WIDTH, 0, 64, 0)
    return [piece.reshape(-1, w) if w else piece for piece, w in zip(cut, widths, strict=True)]


def _reconstruction(parts: list[Any], x: Any, z: Any) -> Any:  # noqa: ANN401
    """Log likelihood summed over pixels, for autograd."""
    logits = anp.dot(anp.tanh(anp.dot(z, parts[6]) + parts[7]), parts[8]) + parts[9]
    return anp.sum(x * logits - anp.logaddexp(0.0, logits), axis=-1)


@cache
def course_by_autograd(epochs: float, step_size: float) -> Array:
    """Gradients by autograd, written as a loss of one row of parameters."""
    generator = np.random.default_rng(1)
    pieces: list[Array] = []
    for height, columns in ((64, WIDTH), (WIDTH, 2), (WIDTH, 2), (2, WIDTH), (WIDTH, 64)):
        drawn = generator.standard_normal((height, columns)) / math.sqrt(height)
        pieces += [drawn.ravel(), np.zeros(columns)]
    pieces[4] = 0 * pieces[4]
    row = np.concatenate(pieces)
    rows: list[Array] = [row]

    def loss(row: Any, x: Array, noise: Array) -> Any:  # noqa: ANN401
        parts = _parts(row)
        hidden = anp.tanh(anp.dot(x, parts[0]) + parts[1])
        mean, logs = anp.dot(hidden, parts[2]) + parts[3], anp.dot(hidden, parts[4]) + parts[5]
        gap = anp.sum(anp.exp(logs) + mean**2 - 1 - logs) / 2
        return (gap - anp.sum(_reconstruction(parts, x, mean + anp.exp(logs / 2) * noise))) / 100

    slope, generator = grad(loss), np.random.default_rng(2)
    low, high, count = np.zeros(row.size), np.zeros(row.size), 0
    for epoch in range(1, int(epochs) + 1):
        order = generator.permutation(1500)
        for chosen in np.split(order, 15):
            count += 1
            down = slope(row, images_by_loops()[chosen], generator.standard_normal((1, 100, 2))[0])
            low += (down - low) / 10
            high += (down * down - high) / 1000
            size = np.sqrt(high / (1 - 0.999**count)) + 1e-8
            row = row - step_size * low / (1 - 0.9**count) / size
        if epoch % 4 == 0:
            rows.append(row)
    return np.array(rows)


def setup_by_loops() -> dict[str, int]:
    """Counted in the data and in the pieces of a row of parameters."""
    count = len(images_by_loops())
    return {
        "hidden": WIDTH, "parameters": sum(part.size for part in _parts(np.zeros(ENDS[-1]))),
        "batch": 1500 // 15, "training": 1500, "held": count - 1500, "pixels": 8 * 8,
    }  # fmt: skip


def _grid(parts: list[Any], x: Array) -> tuple[Array, Array, float]:
    """Latent vectors, log joint densities, and the area of a cell."""
    line = np.arange(-117, 118) * 0.06
    first, second = np.repeat(line, line.size), np.tile(line, line.size)
    logits = np.tanh(np.outer(first, parts[6][0]) + np.outer(second, parts[6][1]) + parts[7])
    logits = logits @ parts[8] + parts[9]
    fits = logits @ x.T - np.log1p(np.exp(logits)).sum(axis=1)[:, None]
    prior = (first**2 + second**2) / 2 + math.log(2 * math.pi)
    return np.array([first, second]), fits - prior[:, None], 0.06**2


def evidence_by_grid(epochs: float, step_size: float, shown: float) -> dict[str, float]:
    """One grid for all integrals, after training by autograd."""
    parts = _parts(course_by_autograd(epochs, step_size)[-1])
    x = images_by_loops()[1500 : 1500 + int(shown)]
    hidden = np.tanh(x @ parts[0] + parts[1])
    mean, logs = hidden @ parts[2] + parts[3], hidden @ parts[4] + parts[5]
    places, joint, cell = _grid(parts, x)
    log_prior = -(places**2).sum(axis=0) / 2 - math.log(2 * math.pi)
    evidence = np.log(np.exp(joint + 20).sum(axis=0) * cell) - 20
    sums = np.zeros((3, len(x)))
    for n in range(len(x)):
        scaled = (places - mean[n][:, None]) ** 2 / np.exp(logs[n])[:, None]
        log_q = -(scaled + logs[n][:, None]).sum(axis=0) / 2 - math.log(2 * math.pi)
        terms = [joint[:, n] - log_q, log_q - log_prior, joint[:, n] - log_prior]
        sums[:, n] = np.array(terms) @ np.exp(log_q) * cell
    gaps = evidence - sums[0]
    means = [float(it.mean()) for it in (evidence, *sums, gaps)]
    names = ("log_p", "bound", "prior", "fit", "gap")
    return {**dict(zip(names, means, strict=True)), "least": float(gaps.min())}


def history_by_autograd(epochs: float, step_size: float, looked: float) -> dict[str, Array]:
    """Training by autograd, then a product of one-dimensional quadratures."""
    points, weights = np.polynomial.hermite_e.hermegauss(8)
    found, images = [], images_by_loops()
    used = [*range(int(looked)), *range(1500, len(images))]
    for row in course_by_autograd(epochs, step_size):
        parts, x = _parts(row), images[used]
        hidden = np.tanh(x @ parts[0] + parts[1])
        mean, logs = hidden @ parts[2] + parts[3], hidden @ parts[4] + parts[5]
        bounds = (1 + logs - mean**2 - np.exp(logs)).sum(axis=1) / 2
        for one, first in zip(points, weights, strict=True):
            for two, second in zip(points, weights, strict=True):
                weight = first * second / (2 * math.pi)
                z = mean + np.exp(logs / 2) * np.array([one, two])
                logits = np.tanh(z @ parts[6] + parts[7]) @ parts[8] + parts[9]
                lost = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
                bounds += weight * (x * logits - lost).sum(axis=1)
        found.append([float(bounds[: int(looked)].mean()), float(bounds[int(looked) :].mean())])
    columns = np.array(found).T
    return {"training": columns[0], "held": columns[1]}


# the gradient for mean and variance


def _estimate(parts: list[Any], x: Array, mean: Any, variance: Any, noise: Array) -> Any:  # noqa: ANN401
    """The bound with M noise samples, for autograd."""
    prior = anp.sum(1 + anp.log(variance) - mean**2 - variance) / 2
    return prior + anp.mean(_reconstruction(parts, x, mean + anp.sqrt(variance) * noise))


def by_autograd(
    x: Array, trained: Array, law: tuple[Array, Array], noise: Array
) -> dict[str, Array]:
    """Gradients of the bound for mean and variance."""
    parts, (mean, variance) = _parts(trained), law
    return {
        "mean": np.asarray(grad(lambda m: _estimate(parts, x, m, variance, noise))(mean)),
        "variance": np.asarray(grad(lambda v: _estimate(parts, x, mean, v, noise))(variance)),
    }


def by_complex_step(
    x: Array, trained: Array, law: tuple[Array, Array], noise: Array, weights: Array
) -> dict[str, Array]:
    """Gradients of the bound with weighted noise samples, without autograd."""
    mean, variance = law
    out, rest = trained[-64 * (WIDTH + 1) :].reshape(WIDTH + 1, 64), trained[: -64 * (WIDTH + 1)]
    inner = rest[-3 * WIDTH :].reshape(3, WIDTH)  # weights of both coordinates, then biases

    def height(m: Any, v: Any) -> float:  # noqa: ANN401
        z = m + np.sqrt(v) * noise
        logits = np.tanh(z @ inner[:2] + inner[2]) @ out[:-1] + out[-1]
        fits = (x * logits - np.log(1 + np.exp(logits))).sum(axis=-1)
        return float(((1 + np.log(v) - m**2 - v).sum() / 2 + weights @ fits).imag / TINY)

    steps = 1j * TINY * np.eye(2)
    return {
        "mean": np.array([height(mean + step, variance) for step in steps]),
        "variance": np.array([height(mean, variance + step) for step in steps]),
    }


def point_by_slices(epochs: float, step_size: float) -> dict[str, Array]:
    """The parameters cut by hand, after training by autograd."""
    x = images_by_loops()[1500]
    parts = _parts(course_by_autograd(epochs, step_size)[-1])
    hidden = np.tanh(parts[0].T @ x + parts[1])
    return {
        "x": x,
        "mean": parts[2].T @ hidden + parts[3],
        "variance": np.exp(parts[4].T @ hidden + parts[5]),
    }


def noise_by_single_draws(samples: float) -> Array:
    """Drawn one by one."""
    generator = np.random.Generator(np.random.PCG64(0))
    return np.array([[generator.standard_normal() for _ in range(2)] for _ in range(int(samples))])
