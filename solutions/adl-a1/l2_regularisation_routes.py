"""Second routes to the numbers of the problem on L2 regularisation."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
STEPS = 4000  # of gradient descent, at most
STILL = 1e-16  # a move that changes nothing


def eigenvalues_by_solver(hessian: Array) -> Array:
    """Symmetric eigenvalue solver."""
    return np.asarray(np.linalg.eigvalsh(hessian))


def hessian_by_outer_products(Q: Array, sigma: Array) -> Array:
    """Outer products of the eigenvectors, added up."""
    total = np.zeros(Q.shape)
    for q, s in zip(Q.T, sigma, strict=True):
        total += max(float(s), 0.0) * np.outer(q, q)
    return total


def components_by_solving(Q: Array, star: Array) -> Array:
    r"""Solution $\mathbf{z}$ of $\mathbf{Q} \mathbf{z} = \mathbf{w}^*$."""
    return np.asarray(np.linalg.solve(Q, star))


def descended(hessian: Array, star: Array, alpha: float) -> Array:
    """Gradient descent on the penalised quadratic, from zero."""
    w, step = np.zeros(star.size), 1 / (float(np.trace(hessian)) + alpha)
    for _ in range(800):
        w = w - step * (alpha * w + hessian @ (w - star))
    return w


def minimiser_by_descent(hessian: Array, star: Array, alpha: float) -> Array:
    """Gradient descent from zero."""
    return descended(hessian, star, alpha)


def path_by_descent(hessian: Array, star: Array, strengths: Array) -> Array:
    """Gradient descent from zero."""
    return np.array([descended(hessian, star, float(alpha)) for alpha in strengths])


def strengths_by_list() -> Array:
    """The list."""
    return np.array([1 / 40, 1 / 4, 1, 4, 40])


def factors_by_path(Q: Array, path: Array, components: Array) -> Array:
    r"""Components of the minimisers over those of $\mathbf{w}^*$."""
    return np.asarray((path @ Q) / components)


def ratios_by_components(factors: Array, components: Array) -> Array:
    """Lengths from the components along the eigenvectors."""
    squares = [sum((f * z) ** 2 for f, z in zip(row, components, strict=True)) for row in factors]
    return np.asarray(np.sqrt(np.array(squares) / sum(z * z for z in components)))


def counts_by_trace(hessian: Array, strengths: Array) -> Array:
    r"""Traces of $(\mathbf{H} + \alpha \mathbf{I})^{-1} \mathbf{H}$."""
    eye = np.eye(len(hessian))
    return np.array([np.trace(np.linalg.solve(hessian + a * eye, hessian)) for a in strengths])


def rises_by_components(eigenvalues: Array, factors: Array, components: Array) -> Array:
    """Component by component."""
    lost = ((1 - factors) * components) ** 2
    return np.array([sum(c * x / 2 for c, x in zip(eigenvalues, row, strict=True)) for row in lost])


def kept_by_turning(Q: Array, minimiser: Array) -> Array:
    r"""Components of the minimiser."""
    return np.array([float(q @ minimiser) for q in Q.T])


def search_by_angles(hessian: Array, star: Array, minimiser: Array) -> dict[str, float]:
    """The angle of each point."""
    radius, angles = float(np.hypot(*minimiser)), [k * np.pi / 500 for k in range(1000)]
    steps = [(radius * np.cos(a) - star[0], radius * np.sin(a) - star[1]) for a in angles]
    (a, b), (_, c) = hessian
    rises = [a * x * x + 2 * b * x * y + c * y * y for x, y in steps]
    best = angles[rises.index(min(rises))]
    turn = best - float(np.arctan2(minimiser[1], minimiser[0]))
    chord = [2 * radius * abs(np.sin(it / 2)) for it in (turn, np.pi / 500)]
    return {"points": len(angles), "gap": chord[0], "spacing": chord[1]}


def amount_by_counting(data: Array) -> int:
    """Rows counted."""
    return sum(1 for _ in data)


def data_by_rows() -> Array:
    """The same draws, one by one."""
    generator = np.random.default_rng(0)
    draws = [float(generator.normal()) for _ in range(120)]
    made = []
    for one, two in zip(draws[::2], draws[1::2], strict=True):
        chance = 1 / (1 + np.exp(-2 * one - 0.75 * two))
        made.append([2 * one, two / 2, 1 if generator.uniform() < chance else -1])
    return np.array(made, dtype=float)


def slope(data: Array, w: Array) -> Array:
    """Gradient of the mean logistic loss."""
    signed = data[:, :2] * data[:, 2:]
    return -np.asarray(np.mean(signed / (1 + np.exp(signed @ w))[:, None], axis=0))


def walked(data: Array, alpha: float) -> Array:
    """Gradient descent on the penalised logistic loss."""
    bound = float(np.linalg.norm(data[:, :2], 2)) ** 2 / (4 * len(data))
    w = np.zeros(2)
    for _ in range(STEPS):
        move = (slope(data, w) + alpha * w) / (bound + alpha)
        w = w - move
        if np.max(np.abs(move)) < STILL:
            break
    return w


def free_by_descent(data: Array) -> Array:
    """Gradient descent."""
    return walked(data, 0.0)


def penalised_by_descent(data: Array, levels: Array) -> Array:
    """Gradient descent."""
    return np.array([walked(data, float(alpha)) for alpha in levels])


def bend_by_differences(data: Array, free: Array) -> Array:
    """Complex steps of the gradient."""
    signed = (data[:, :2] * data[:, 2:]).astype(complex)
    columns = [
        np.mean(-signed / (1 + np.exp(signed @ (free + 1e-30j * e)))[:, None], axis=0).imag / 1e-30
        for e in np.eye(2)
    ]
    return np.array(columns)


def levels_by_list() -> Array:
    """The list."""
    return np.array([0.0001, 0.001, 0.01, 0.1, 1, 10, 100])


def predicted_by_eigenvectors(bend: Array, free: Array, levels: Array) -> Array:
    """Scaled components along the eigenvectors."""
    roots, vectors = np.linalg.eigh(bend)
    kept = roots / (roots + levels[:, None])
    return np.asarray((kept * (vectors.T @ free)) @ vectors.T)


def lengths_by_hypot(penalised: Array, predicted: Array) -> dict[str, Array]:
    """Lengths by Pythagoras."""
    pairs = {"exact": penalised, "formula": predicted}
    return {name: np.array([float(np.hypot(*w)) for w in rows]) for name, rows in pairs.items()}


def relative_by_hypot(penalised: Array, predicted: Array) -> Array:
    """Lengths by Pythagoras."""
    pairs = zip(penalised, predicted, strict=True)
    return np.array([float(np.hypot(*(w - v)) / np.hypot(*w)) for w, v in pairs])


def fall_by_hypot(penalised: Array, predicted: Array) -> float:
    """Lengths by Pythagoras."""
    off = [float(np.hypot(*(w - v))) for w, v in zip(penalised, predicted, strict=True)]
    return off[1] / off[0]


def far_by_labels(data: Array, free: Array, bend: Array) -> float:
    """The gradient at zero from the labels alone."""
    push = data[:, :2].T @ data[:, 2] / (2 * len(data))
    return float(np.hypot(*(bend @ free - push)) / np.hypot(*push))
