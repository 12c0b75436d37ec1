"""Second routes for the value of the game, its slopes, and the game of one point."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

LINE = np.linspace(-14.0, 22.0, 5401)  # of the quadrature for two normal laws
GRID = np.linspace(0.0, 6.0, 49)  # distances that are drawn
TINY = 1e-30  # of complex steps


def bisected(a: float, b: float) -> float:
    """Where the slope of a log t + b log(1 - t) changes its sign."""
    low, high = 0.0, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if a * (1 - middle) > b * middle else (low, middle)
    return (low + high) / 2


def _plus(weight: float, inside: float) -> float:
    """A weighted logarithm; nothing where the weight is zero."""
    return weight * math.log(inside) if weight else 0.0


def example_by_bisection(a: Array, b: Array) -> dict[str, object]:
    """Bisection of the slope, and entropies."""
    best = [bisected(p, q) for p, q in zip(a, b, strict=True)][:-1]
    parts = [_plus(p, d) + _plus(q, 1 - d) for p, q, d in zip(a, b, best, strict=False)]
    entropies = [-sum(_plus(p, p) for p in law) for law in (a, b, (a + b) / 2)]
    return {
        "d": np.array(best),
        "part": np.array(parts),
        "c": math.fsum(parts),
        "j": entropies[2] - (entropies[0] + entropies[1]) / 2,
    }


def two_normals(distance: complex) -> complex:
    """C for two normal laws with variance one, as one expectation."""
    weights = np.exp(-(LINE**2) / 2) / math.sqrt(2 * math.pi) * (LINE[1] - LINE[0])
    # log(1 + e^u) without overflow, for complex u near the real line
    inner = distance * LINE - distance * distance / 2
    turned = np.where(inner.real > 0, -inner, inner)
    soft = np.where(inner.real > 0, inner, 0) + np.log1p(np.exp(turned))
    return complex(-2 * (weights @ soft))


def normals_by_steps(distances: Array) -> dict[str, Array]:
    """One expectation, and its complex step."""
    c = np.array([two_normals(complex(distance)).real for distance in distances])
    slope = np.array([two_normals(distance + 1j * TINY).imag / TINY for distance in distances])
    return {"c": c, "j": (c + math.log(4)) / 2, "plain": slope, "other": distances - slope}


def curve_by_steps() -> dict[str, Array]:
    """One expectation, and its complex step."""
    return normals_by_steps(GRID)


def _random_laws(laws: int, outcomes: int) -> list[tuple[list[float], list[float]]]:
    """Pairs of random laws, from nearly equal to nearly disjoint."""
    rng, pairs = np.random.default_rng(0), []
    for number in range(laws):
        one, two = rng.dirichlet(np.full(outcomes, 0.6), 2)
        share = number / (laws - 1)
        pairs.append((one.tolist(), (share * two + (1 - share) * one).tolist()))
    return pairs


def families_by_formula(laws: float, outcomes: float) -> dict[str, Array]:
    """The best discriminator's formula, and divergences from the mixture; counting."""
    c, j = [], []
    for one, two in _random_laws(int(laws), int(outcomes)):
        c.append(sum(_plus(a, a / (a + b)) + _plus(b, b / (a + b)) for a, b in zip(one, two)))  # noqa: B905
        pairs = [(2 * a / (a + b), 2 * b / (a + b)) for a, b in zip(one, two, strict=True)]
        each = zip(one, two, pairs, strict=True)
        j.append(sum(_plus(a, u) / 2 + _plus(b, v) / 2 for a, b, (u, v) in each))
    apart = np.arange(11) / 10
    return {
        "c": np.array(c), "j": np.array(j),
        "moved_c": (apart - 1) * math.log(4), "moved_j": apart * math.log(2),
    }  # fmt: skip


def saturation_by_steps(logits: Array) -> dict[str, list[float]]:
    """Complex steps of both losses."""
    made: dict[str, list[float]] = {"d": [], "plain": [], "other": []}
    for s in logits.tolist():
        up = cmath.exp(complex(s, TINY))
        made["d"].append((up / (1 + up)).real)
        made["plain"].append(-cmath.log(1 + up).imag / TINY)
        made["other"].append(cmath.log(1 + cmath.exp(complex(-s, -TINY))).imag / TINY)
    return made


def orbits_in_polar(eta: float, circles: float, later: float) -> dict[str, Array]:
    """Lengths and angles, turned step by step."""
    found = {}
    for name, count in (("together", int(circles)), ("turns", int(later))):
        length, angle, path = 1.0, 0.0, [(1.0, 0.0)]
        for _ in range(count):
            theta, psi = length * math.cos(angle), length * math.sin(angle)
            if name == "turns":
                psi -= eta * theta / (1 + math.exp(-psi * theta))
                theta += eta * psi / (1 + math.exp(-psi * theta))
                length, angle = math.hypot(theta, psi), math.atan2(psi, theta)
            else:
                turn = eta / (1 + math.exp(-psi * theta))
                length, angle = length * math.hypot(1, turn), angle - math.atan(turn)
            path.append((length * math.cos(angle), length * math.sin(angle)))
        found[name] = np.array(path).T
    return found


def radii_by_products(eta: float, circles: float, orbits: Mapping[str, Array]) -> dict[str, float]:
    """The product of the factors, and lengths one by one."""
    square = 1.0
    for theta, psi in orbits["together"].T[: int(circles)].tolist():
        square *= 1 + (eta / (1 + math.exp(-psi * theta))) ** 2
    lengths = [math.hypot(theta, psi) for theta, psi in orbits["turns"].T.tolist()]
    return {"end": math.sqrt(square), "least": min(lengths), "most": max(lengths)}


def halves() -> float:
    """The area under a hyperbola."""
    nodes, weights = np.polynomial.legendre.leggauss(20)
    return float(weights @ (1 / (3 + nodes)))
