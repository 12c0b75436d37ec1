"""Room in balls and maps, the tails of two kernels, and gradients of neighbour embeddings."""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Mapping
from typing import TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]

BIG = 10  # dimension of the simulated ball and of the grouped data
EACH = 6  # points in a group
BINS, LAGS = 50, 10  # of the histograms; each point is paired with so many others
RATES = {"sne": 1.0, "tsne": 6.0}  # of gradient descent
TINY = 1e-30  # of complex steps
STEP = 1e-5  # of central differences
BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#333333"


# second routes


def balls_by_recursion(dimensions: Array) -> dict[str, Array]:
    r"""Recursion $c_m = 2\pi \, c_{m-2}/m$, logarithms, integers, norms."""
    volumes = {1: 2.0, 2: math.pi}
    for m in range(3, int(max(dimensions)) + 1):
        volumes[m] = 2 * math.pi / m * volumes[m - 2]
    times = np.array([1 << int(m) for m in dimensions])
    return {
        "volume": np.array([volumes[int(m)] for m in dimensions]),
        "half": np.exp(-math.log(2) / dimensions),
        "tenth": -np.expm1(dimensions * math.log1p(-1 / 10)),
        "times": times,
        "room": np.sqrt(times),
        "crowded": times / 3 - 1 / 3,
        "corners": np.array([np.linalg.norm(np.ones(int(m))) for m in dimensions]),
        "packing": np.sqrt(times / 4) - 1 / 2,
    }


def _radii_in_blocks(draws: int) -> list[float]:
    """Distances of the points in the ball from its centre, block by block."""
    rng = np.random.default_rng(0)
    blocks = (2 * rng.random((int(draws) // 10, BIG)) - 1 for _ in range(10))
    lengths = itertools.chain.from_iterable(np.linalg.norm(block, axis=1) for block in blocks)
    return [float(length) for length in lengths if length <= 1]


def filled_by_blocks(draws: int) -> dict[str, float]:
    """The same points in ten blocks; the recursion for the ball's volume."""
    hits, claim = len(_radii_in_blocks(draws)), math.pi / 4
    for m in range(4, BIG + 1, 2):
        claim *= math.pi / (2 * m)
    error = math.sqrt(hits * (draws - hits) / draws) / draws
    return {"estimate": hits / draws, "error": error, "claim": claim}


def centre_by_blocks(draws: int) -> dict[str, float]:
    """The same points in ten blocks; Gauss--Legendre quadrature."""
    radii = _radii_in_blocks(draws)
    mean = math.fsum(radii) / len(radii)
    variance = math.fsum((radius - mean) ** 2 for radius in radii) / (len(radii) - 1)
    nodes, weights = np.polynomial.legendre.leggauss(BIG)
    claim = float(weights @ (BIG * ((nodes + 1) / 2) ** BIG)) / 2
    return {"estimate": mean, "error": math.sqrt(variance / len(radii)), "claim": claim}


def distances_by_search(draws: int) -> dict[str, Array]:
    """Sorted distances, counted between the borders."""
    found = {}
    for name, m, count in (("disc", 2, int(draws) // 250), ("ball", BIG, int(draws))):
        cube = np.random.default_rng(0).uniform(-1, 1, (count, m))
        inside = cube[np.einsum("ij,ij->i", cube, cube) <= 1]
        gaps = [inside[lag:] - inside[:-lag] for lag in range(1, LAGS + 1)]
        lengths = np.sort(np.linalg.norm(np.concatenate(gaps), axis=1))
        below = np.searchsorted(lengths, 2 * np.arange(BINS + 1) / BINS)
        found[name] = np.diff(below) / len(lengths) * BINS / 2
    return found


def tails_by_hyperbolic_functions(offsets: Array) -> dict[str, Array]:
    """Hyperbolic functions and logarithms."""
    half = offsets**2 / 2
    gauss = 1 / (np.cosh(2 * half) + np.sinh(2 * half))
    student = np.exp(-np.log1p(offsets**2))
    moved = np.sqrt(2 * np.sinh(half)) * np.exp(half / 2)
    return {"gauss": gauss, "student": student, "ratio": student / gauss, "moved": moved}


def example_by_loops(drawing: Array, b: Array) -> dict[str, Array | float]:
    """Loops; the cost from means of both kinds of exponents."""
    pairs = list(itertools.permutations(range(len(drawing)), 2))
    p, q = np.zeros(b.shape), np.zeros(b.shape)
    for i, j in pairs:
        p[i, j], q[i, j] = math.exp(-b[i, j]), math.exp(-(math.dist(drawing[i], drawing[j]) ** 2))
    mean = sum(p[pair] * math.log(p[pair] / q[pair]) for pair in pairs) / p.sum()
    return {"p": p / p.sum(), "q": q / q.sum(), "cost": mean + math.log(q.sum() / p.sum())}


def _costs(moved: Array, b: Array) -> dict[str, complex]:
    """Both costs up to a constant, pair by pair, for real or complex coordinates."""
    mean, total, weights = dict.fromkeys(RATES, 0j), dict.fromkeys(RATES, 0j), 0.0
    for i, j in itertools.combinations(range(len(b)), 2):
        square, weight = complex(((moved[i] - moved[j]) ** 2).sum()), math.exp(-b[i, j])
        for name, kernel in (("sne", cmath.exp(-square)), ("tsne", 1 / (1 + square))):
            mean[name] += weight * cmath.log(kernel)
            total[name] += kernel
        weights += weight
    return {name: cmath.log(total[name]) - mean[name] / weights for name in RATES}


def gradients_by_complex_steps(drawing: Array, b: Array) -> dict[str, Array]:
    """A complex step in each coordinate."""
    moves = 1j * TINY * np.eye(drawing.size).reshape(drawing.size, *drawing.shape)
    costs = [_costs(drawing + move, b) for move in moves]
    return {
        name: np.reshape([it[name].imag / TINY for it in costs], drawing.shape) for name in RATES
    }


def gradients_by_differences(drawing: Array, b: Array) -> dict[str, Array]:
    """Central differences in each coordinate."""
    moves = STEP * np.eye(drawing.size).reshape(drawing.size, *drawing.shape)
    ends = [(_costs(drawing + move, b), _costs(drawing - move, b)) for move in moves]
    slopes = {name: [(up[name] - down[name]).real for up, down in ends] for name in RATES}
    return {name: np.reshape(slope, drawing.shape) / (2 * STEP) for name, slope in slopes.items()}


def groups_by_loops(gap: float, noise: float) -> Array:
    """Loops over the same random numbers."""
    found = np.random.default_rng(0).normal(size=(4 * EACH, BIG))
    for place, point in enumerate(found):
        point[place // EACH] += math.sqrt(gap**2 / 2) / noise
    return noise * found


def maps_by_automatic_differentiation(
    groups: Array, steps: int, momentum: float
) -> dict[str, Array]:
    """The same steps, with gradients by automatic differentiation."""
    off = 1 - np.eye(len(groups))
    weight = off * np.exp(-np.sum((groups[:, None] - groups) ** 2, axis=2))
    weight /= weight.sum()

    def cost(places: Array, name: str) -> float:
        squares = anp.sum((places[:, None] - places) ** 2, axis=2)
        energy = anp.log(1 + squares) if name == "tsne" else squares
        return anp.sum(weight * energy) + anp.log(anp.sum(off * anp.exp(-energy)))  # type: ignore[no-any-return]

    found, slope = {}, grad(cost)
    for name, rate in RATES.items():
        places = before = np.random.default_rng(1).normal(size=(len(groups), 2)) / 10
        for _ in range(int(steps)):
            move = momentum * (places - before) - rate * slope(places, name)
            before, places = places, places + move
        found[name] = places
    return found


def outcome_by_loops(groups: Array, maps: Arrays) -> dict[str, float]:
    """Loops over all pairs; logarithms of similarities."""
    pairs, found = list(itertools.combinations(range(len(groups)), 2)), {}
    same = np.array([i // EACH == j // EACH for i, j in pairs])
    data = np.array([math.dist(groups[i], groups[j]) for i, j in pairs])
    for name, points in {"data": groups, **maps}.items():
        lengths = np.array([math.dist(points[i], points[j]) for i, j in pairs])
        found[name] = min(lengths[~same]) / max(lengths[same])
        energy = np.log1p(lengths**2) if name == "tsne" else lengths**2
        normaliser = math.log(np.exp(-energy).sum() / np.exp(-(data**2)).sum())
        found[f"{name}_pull"] = 100 * float(np.mean((energy + normaliser > data**2)[~same]))
    found.pop("data_pull")
    return found


# what the report prints


@value(route=balls_by_recursion, digits=4, tolerance=1e-12)
def balls(dimensions: Array) -> dict[str, Array]:
    """Unit balls: volume by the Gamma function, and powers."""
    m = np.asarray(dimensions)
    return {
        "volume": np.pi ** (m / 2) / np.array([math.gamma(it) for it in m / 2 + 1]),
        "half": 2.0 ** (-1 / m),
        "tenth": 1 - (9 / 10) ** m,
        "times": 2.0**m,
        "room": 2.0 ** (m / 2),
        "crowded": (2.0**m - 1) / (2**2 - 1),
        "corners": np.sqrt(m),
        "packing": ((2.0**m) ** (1 / 2) - 1) / 2,
    }


def _radii(draws: int) -> Array:
    """Distances of the points in the ball from its centre."""
    cube = np.random.default_rng(0).uniform(-1, 1, (int(draws), BIG))
    lengths = np.sqrt(np.einsum("ij,ij->i", cube, cube))
    return np.asarray(lengths[lengths <= 1])


@value(route=filled_by_blocks, digits=5)
def filled(draws: int) -> dict[str, float]:
    """Share of the cube that the ball fills, simulated and by the Gamma function."""
    share = len(_radii(draws)) / draws
    claim = math.pi ** (BIG / 2) / math.gamma(BIG / 2 + 1) / 2**BIG
    return {"estimate": share, "error": math.sqrt(share * (1 - share) / draws), "claim": claim}


@value(route=centre_by_blocks, digits=4)
def centre(draws: int) -> dict[str, float]:
    """Mean distance from the centre of the unit ball, simulated and claimed."""
    radii = _radii(draws)
    error = float(np.std(radii, ddof=1)) / math.sqrt(len(radii))
    return {"estimate": float(np.mean(radii)), "error": error, "claim": BIG / (BIG + 1)}


@value(route=distances_by_search)
def distances(draws: int) -> dict[str, Array]:
    """Histograms of distances between points in the unit disc and in the unit ball."""
    found = {}
    for name, m, count in (("disc", 2, int(draws) // 250), ("ball", BIG, int(draws))):
        cube = 2 * np.random.default_rng(0).random((count, m)) - 1
        inside = cube[(cube**2).sum(axis=1) <= 1]
        squares = [((inside[lag:] - inside[:-lag]) ** 2).sum(axis=1) for lag in range(1, LAGS + 1)]
        found[name] = np.histogram(np.sqrt(np.concatenate(squares)), BINS, (0, 2), density=True)[0]
    return found


@value(route=tails_by_hyperbolic_functions, digits=4)
def tails(offsets: Array) -> dict[str, Array]:
    """Kernels, their ratio, and the distance in the map that has the same similarity."""
    gauss, student = np.exp(-(offsets**2)), 1 / (1 + offsets**2)
    moved = np.sqrt(np.exp(offsets**2) - 1)
    return {"gauss": gauss, "student": student, "ratio": student / gauss, "moved": moved}


@value(route=example_by_loops, digits=4)
def example(drawing: Array, b: Array) -> dict[str, Array | float]:
    """Similarities of data and map, and the cost."""
    off = 1 - np.eye(len(b))
    p = off * np.exp(-b)
    q = off * np.exp(-((drawing[:, None] - drawing) ** 2).sum(axis=2))
    p, q = p / p.sum(), q / q.sum()
    return {"p": p, "q": q, "cost": float((p * np.log((p + 1 - off) / (q + 1 - off))).sum())}


def _formula(places: Array, weight: Array, *, heavy: bool) -> Array:
    """Gradient by the Laplacian: $4 L Y$, with weights of t-SNE if `heavy`."""
    off = 1 - np.eye(len(places))
    squares = ((places[:, None] - places) ** 2).sum(axis=2)
    kernel = off / (1 + squares) if heavy else off * np.exp(-squares)
    spring = weight / weight.sum() - kernel / kernel.sum()
    spring = spring * kernel if heavy else spring
    return np.asarray(4 * (np.diag(spring.sum(axis=1)) - spring) @ places)


@value(route=(gradients_by_complex_steps, gradients_by_differences), digits=4, tolerance=1e-8)
def gradients(drawing: Array, b: Array) -> dict[str, Array]:
    """Gradients of $C$ and $T$ by their formulas."""
    weight = np.exp(-b) - np.eye(len(b))
    return {name: _formula(drawing, weight, heavy=name == "tsne") for name in RATES}


@value(route=groups_by_loops)
def groups(gap: float, noise: float) -> Array:
    """Four groups of points: centres on four axes, and noise."""
    centres = np.repeat(gap / math.sqrt(2) * np.eye(4, BIG), EACH, axis=0)
    return centres + noise * np.random.default_rng(0).normal(size=centres.shape)


@value(route=maps_by_automatic_differentiation, tolerance=1e-6)
def maps(groups: Array, steps: int, momentum: float) -> dict[str, Array]:
    """Gradient descent with momentum, with the formulas for the gradients."""
    squares = ((groups[:, None] - groups) ** 2).sum(axis=2)
    weight = np.exp(-squares) - np.eye(len(groups))
    found = {}
    for name, rate in RATES.items():
        places = np.random.default_rng(1).normal(size=(len(groups), 2)) / 10
        move = np.zeros(places.shape)
        for _ in range(int(steps)):
            move = momentum * move - rate * _formula(places, weight, heavy=name == "tsne")
            places = places + move
        found[name] = places
    return found


@value(route=outcome_by_loops, digits=2)
def outcome(groups: Array, maps: Arrays) -> dict[str, float]:
    """Smallest distance between groups over the largest within; percentage of pairs that pull."""
    label, one = np.arange(len(groups)) // EACH, np.eye(len(groups))
    same, found = label[:, None] == label, {}
    squares = {
        name: ((it[:, None] - it) ** 2).sum(axis=2) for name, it in {"data": groups, **maps}.items()
    }
    for name, square in squares.items():
        found[name] = math.sqrt(square[~same].min() / square[same].max())
    p = np.exp(-squares["data"]) - one
    for name in maps:
        q = (1 / (1 + squares[name]) if name == "tsne" else np.exp(-squares[name])) - one
        found[f"{name}_pull"] = 100 * float((p / p.sum() > q / q.sum())[~same].mean())
    return found


@table
def ball_table() -> TableRows:
    """One row for each dimension."""
    heading = ["$m$", "$c_m$", "Half within", "Outer tenth", "$2^m$", "$2^{m/2}$"]
    return _rows("dimensions", "balls", ("volume", "half", "tenth", "times", "room"), heading)


@table
def tail_table() -> TableRows:
    """One row for each distance."""
    heading = [
        r"$\delta$", r"$\gamma(\delta)$", r"$\kappa(\delta)$",
        r"$\kappa(\delta)/\gamma(\delta)$", r"$\tau(\delta)$",
    ]  # fmt: skip
    return _rows("offsets", "tails", ("gauss", "student", "ratio", "moved"), heading)


def _rows(given: str, name: str, keys: tuple[str, ...], heading: list[str]) -> TableRows:
    """The given numbers, and beside them the arrays of a value."""
    count, digits = 5 if given == "dimensions" else 6, {"gauss": "[6]"}
    rows = [
        [
            rf"\val{{{given}[{k}]}}",
            *(rf"\val{digits.get(key, '')}{{{name}.{key}[{k}]}}" for key in keys),
        ]
        for k in range(1, count + 1)
    ]
    return TableRows("d" * len(heading), heading, rows)


@figure
def ball_figure(distances: Arrays, dimensions: Array) -> Figure:
    """Share of the volume within a distance; distances between points."""
    made = Figure(figsize=(6.2, 2.4))
    left, right = made.subplots(1, 2)
    at, big = np.linspace(0, 1, 201), int(dimensions[3])
    for m, line, colour in ((1, ":", BLACK), (2, "--", BLUE), (3, "-.", GREEN), (big, "-", ORANGE)):
        left.plot(at, at**m, line, color=colour, label=f"$m = {m}$")
    left.set(xlabel=r"distance $\varrho / R$", ylabel=r"share $V(\varrho)/V(R)$")
    edges = np.linspace(0, 2, BINS + 1)
    for name, m, line, colour in (("disc", 2, "--", BLUE), ("ball", big, "-", ORANGE)):
        right.stairs(distances[name], edges, ls=line, lw=1.2, color=colour, label=f"$m = {m}$")
    right.set(xlabel="distance between two points", ylabel="density")
    left.legend(loc="upper left")
    right.legend(loc="upper left")
    return made


@figure
def tail_figure() -> Figure:
    """Both kernels on a logarithmic scale; distances of equal similarity."""
    made = Figure(figsize=(6.2, 2.5))
    left, right = made.subplots(1, 2)
    at = np.linspace(0, 4, 401)
    left.semilogy(at, np.exp(-(at**2)), "--", color=BLUE, label=r"$\gamma(u) = e^{-u^2}$")
    left.semilogy(at, 1 / (1 + at**2), "-", color=ORANGE, label=r"$\kappa(u) = 1/(1 + u^2)$")
    left.set(xlabel="distance $u$ in the map", ylabel="kernel", ylim=(1e-5, 1.5))
    at = np.linspace(0.3, 4, 371)
    right.semilogy(at, at, "--", color=BLUE, label=r"SNE: $\delta$")
    right.semilogy(at, np.sqrt(np.expm1(at**2)), "-", color=ORANGE, label=r"t-SNE: $\tau(\delta)$")
    right.semilogy(at, at ** (BIG / 2), ":", color=BLACK, label=r"room: $\delta^5$")
    right.set(xlabel=r"distance $\delta$ in the data", ylabel="distance in the map")
    right.set(ylim=(0.2, 3000))
    left.legend(loc="lower left")
    right.legend(loc="upper left")
    return made


@figure
def map_figure(maps: Arrays) -> Figure:
    """Both maps of the groups."""
    made = Figure(figsize=(6.2, 2.6))
    marks = (("o", BLUE), ("s", ORANGE), ("^", GREEN), ("x", BLACK))
    for axis, name, title in zip(
        made.subplots(1, 2), RATES, ("symmetric SNE", "t-SNE"), strict=True
    ):
        for k, (mark, colour) in enumerate(marks):
            points = maps[name][k * EACH : (k + 1) * EACH]
            axis.scatter(*points.T, s=18, marker=mark, color=colour)
        axis.set(title=title, xlabel="first coordinate", ylabel="second coordinate")
        axis.set_aspect("equal", "datalim")
    return made
