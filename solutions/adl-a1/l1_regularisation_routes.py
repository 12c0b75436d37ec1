"""Second routes to the numbers of the problem on L1 regularisation."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def thresholds_by_entries(h: Array, alpha: float) -> Array:
    """Entry by entry."""
    return np.array([alpha * (1 / float(it)) for it in h])


def limits_by_entries(star: Array, h: Array) -> Array:
    """Entry by entry."""
    return np.array([abs(float(a) * float(b)) for a, b in zip(star, h, strict=True)])


def soft_by_clipping(star: Array, h: Array, alpha: float) -> Array:
    """What is left when the clipped point is subtracted."""
    return star - np.clip(star, -alpha / h, alpha / h)


def ridge_by_solving(star: Array, h: Array, alpha: float) -> Array:
    r"""Linear system $(\mathbf{H} + \alpha \mathbf{I})\, \mathbf{r} = \mathbf{H} \mathbf{w}^*$."""
    hessian = np.diag(h)
    return np.asarray(np.linalg.solve(hessian + alpha * np.eye(h.size), hessian @ star))


def grid_by_rounding() -> dict[str, float]:
    """The formula by clipping, rounded to the nearest grid point."""
    generator = np.random.default_rng(0)
    kappa, c = generator.uniform(0.5, 3, 200), generator.normal(0, 2, 200)
    threshold = generator.uniform(0, 3, 200) / kappa
    least = c - np.clip(c, -threshold, threshold)
    furthest = np.max(np.abs(np.round(least * 1000) / 1000 - least))
    return {"samples": c.size, "spacing": 1 / 1000, "half": 5e-4, "gap": float(furthest)}


def drawn_one_by_one() -> Array:
    """The same draws, one by one."""
    generator = np.random.default_rng(0)
    star = [float(generator.normal()) for _ in range(200)]
    h = [10.0 ** float(generator.uniform(-1, 1)) for _ in range(200)]
    return np.array([star, h])


def strengths_by_list() -> Array:
    """The list."""
    return np.array([0.01, 0.03, 0.1, 0.3, 1, 3, 10])


def size_by_counting(drawn: Array) -> int:
    """Counted."""
    return sum(1 for _ in drawn.T)


def zeros_by_comparison(drawn: Array, strengths: Array) -> dict[str, Array]:
    r"""Pull $H_{ii} |w_i^*|$ of the loss at zero against the strength."""
    pulls = [abs(float(w) * float(h)) for w, h in drawn.T]
    lasso = [sum(it <= a for it in pulls) for a in strengths]
    squares = [sum(it == 0 for it in pulls) for _ in strengths]
    return {"lasso": np.array(lasso, dtype=float), "ridge": np.array(squares, dtype=float)}


def chances(drawn: Array, strengths: Array) -> Array:
    """Probabilities of zero, from the normal density; a row for each strength."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    ends = np.minimum(strengths[:, None] / drawn[1], 9)  # beyond, there is nothing left
    density = np.exp(-((ends[..., None] * (nodes + 1) / 2) ** 2) / 2) * math.sqrt(2 / math.pi)
    return np.asarray(density @ weights * ends / 2)


def expected_by_integration(drawn: Array, strengths: Array) -> Array:
    """The normal density, integrated by Gauss's rule."""
    return np.asarray(chances(drawn, strengths).sum(axis=1))


def deviation_by_integration(drawn: Array, strengths: Array, expected: Array) -> float:
    """Counts of the pulls at zero; variances by Gauss's rule."""
    chance = chances(drawn, strengths)
    spread = np.sqrt(np.sum(chance - chance**2, axis=1))
    count = np.array([sum(abs(w * h) <= a for w, h in drawn.T) for a in strengths])
    return float(np.max(np.abs(count - expected) / spread))


def edge_as_percentage() -> float:
    """One per cent."""
    return 1 / 100


def small_by_ratio(drawn: Array, strengths: Array) -> Array:
    """By the ratio of strength and curvature."""
    return np.array([sum(100 * abs(w) < 1 + a / h for w, h in drawn.T) for a in strengths])


def costs_by_entries(drawn: Array, strengths: Array) -> dict[str, Array]:
    """The moves of the weights, one by one."""
    lasso, squares = [], []
    for a in strengths:
        moves = [min(abs(w), a / h) for w, h in drawn.T]
        lasso.append(sum(h * it * it for it, h in zip(moves, drawn[1], strict=True)) / 2)
        moves = [a * abs(w) / (h + a) for w, h in drawn.T]
        squares.append(sum(h * it * it for it, h in zip(moves, drawn[1], strict=True)) / 2)
    return {"lasso": np.array(lasso), "ridge": np.array(squares)}


def clipped(centre: float, threshold: float) -> float:
    """What is left when the clipped number is subtracted."""
    return centre - max(-threshold, min(threshold, centre))


def code_by_coordinates(G: Array, b: Array, beta: float) -> Array:
    """Coordinate descent from zero."""
    x = np.zeros(b.size)
    for _ in range(400):
        for i in range(b.size):
            rest = sum(G[i, j] * (x[j] - b[j]) for j in range(b.size) if j != i)
            x[i] = clipped(float(b[i] - rest / G[i, i]), float(beta / G[i, i]))
    return x


def code_by_proximal_steps(G: Array, b: Array, beta: float) -> Array:
    """ISTA from zero."""
    x, step = np.zeros(b.size), 1 / float(np.linalg.norm(G, 2))
    for _ in range(2000):
        moved = x - step * (G @ (x - b))
        x = moved - np.clip(moved, -step * beta, step * beta)
    return x


def plain_by_clipping(G: Array, b: Array, beta: float) -> Array:
    """Clipping, entry by entry."""
    return np.array([clipped(float(it), float(beta / G[i, i])) for i, it in enumerate(b)])


def pull_by_columns(G: Array, b: Array, code: Array) -> Array:
    """Columns added up."""
    columns = zip(G.T, b - code, strict=True)
    return np.asarray(sum((column * it for column, it in columns), start=np.zeros(b.size)))


def worth_by_expansion(
    G: Array,
    b: Array,
    beta: float,
    code: Array,
    plain: Array,
) -> dict[str, float]:
    """The square multiplied out."""
    found = {}
    for name, x in (("code", code), ("plain", plain)):
        square = x @ G @ x - 2 * x @ G @ b + b @ G @ b
        found[name] = float(square / 2 + beta * sum(abs(it) for it in x))
    return found


def mean_by_closed_form() -> float:
    """Two truncated normal laws, with the error function."""
    mass = moment = 0.0
    for side in (-1, 1):
        centre = 0.5 - side  # of the normal law on this side of zero
        scale = math.exp(centre * centre / 2)
        part = scale * math.sqrt(math.pi / 2) * math.erfc(-side * centre / math.sqrt(2))
        mass += part
        moment += centre * part + side
    return moment / mass
