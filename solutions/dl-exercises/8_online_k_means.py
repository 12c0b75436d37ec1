"""Online and standard k-means on a mixture, a constant rate, and counts of operations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]
MEANS = ((0.0, 0.0), (4.0, 0.5), (1.5, 3.5))  # of the mixture
START = ((-1.0, 1.0), (0.0, 1.2), (1.0, 1.0))  # of the centres
STEPS = 60  # after which the start of a run is forgotten
COLOURS = ("#0B5394", "#B45309", "#5B2A86")


# second routes


def data_by_single_draws(count: float) -> Array:
    """Drawn number by number."""
    generator = np.random.Generator(np.random.PCG64(0))
    labels = [int(generator.integers(3)) for _ in range(int(count))]
    return np.array(
        [[centre + 0.8 * generator.standard_normal() for centre in MEANS[k]] for k in labels]
    )


def standard_by_loops(data: Array) -> dict[str, Array | float]:
    """Loops over examples and centres."""
    centres = [list(centre) for centre in START]
    owners: list[int] = []
    passes, once = 0, 0.0
    while True:
        found = [nearest_by_loops(example, centres) for example in data]
        if found == owners:
            break
        owners = found
        passes += 1
        for k in range(len(centres)):
            cell = [example for example, owner in zip(data, owners, strict=True) if owner == k]
            centres[k] = [math.fsum(it[axis] for it in cell) / len(cell) for axis in range(2)]
        if passes == 1:
            once = loss_by_loops(data, centres)
    return {
        "passes": float(passes),
        "objective": loss_by_loops(data, centres),
        "once": once,
        "centres": np.array(centres),
    }


def nearest_by_loops(example: Array, centres: list[list[float]]) -> int:
    """Number of the closest centre."""
    distances = [math.dist(example, centre) for centre in centres]
    return distances.index(min(distances))


def loss_by_loops(data: Array, centres: list[list[float]]) -> float:
    """Objective per example."""
    losses = [min(math.dist(example, centre) ** 2 for centre in centres) for example in data]
    return math.fsum(losses) / len(data)


def online_by_loops(data: Array, standard: Mapping[str, Array], rates: Array) -> dict[str, Array]:
    """Loops over coordinates, with closed forms of the rates."""
    found = {}
    for name in ("large", "small", "mean", "fast"):
        centres = [list(centre) for centre in START]
        counts = [0, 0, 0]
        for example in data:
            k = nearest_by_loops(example, centres)
            counts[k] += 1
            rate = {
                "large": rates[0],
                "small": rates[1],
                "mean": 1 / counts[k],
                "fast": rates[2] * math.exp((counts[k] - 1) * math.log(rates[3])),
            }[name]
            centres[k] = [
                (1 - rate) * old + rate * new for old, new in zip(centres[k], example, strict=True)
            ]
        squares = [
            math.dist(one, other) ** 2
            for one, other in zip(centres, standard["centres"], strict=True)
        ]
        found[name] = np.array([loss_by_loops(data, centres), math.sqrt(sum(squares) / 3)])
    return found


def stationary_by_weights(rates: Array, chains: float) -> dict[str, float]:
    """Weighted sums of the noise instead of the recurrence."""
    large = float(rates[0])
    noise = np.random.default_rng(3).standard_normal((STEPS, int(chains)))
    weights = large * (1 - large) ** np.arange(STEPS - 1, -1, -1)
    ends = weights @ noise
    squares = (ends - ends.sum() / chains) ** 2
    variance = float(squares.sum()) / (chains - 1)
    spread = float(np.sum(squares**2)) / chains - (float(squares.sum()) / chains) ** 2
    claim = large**2 / (1 - (1 - large) ** 2)
    return {"estimate": variance, "error": math.sqrt(spread / chains), "claim": claim}


def operations_by_formula(few: float) -> dict[str, int]:
    """The formulas."""
    m, n, centres = int(few), 2, 3
    return {"online": n * m * centres + n * m + m, "standard": n * m * centres + n * centres}


# what the report prints


@value(route=data_by_single_draws, digits=3)
def data(count: float) -> Array:
    """The examples: draws from a mixture of three normal laws with deviation four fifths."""
    generator = np.random.default_rng(0)
    labels = generator.integers(3, size=int(count))
    return np.array(MEANS)[labels] + 0.8 * generator.standard_normal((int(count), 2))


@value(route=standard_by_loops, digits=4)
def standard(data: Array) -> dict[str, Array | float]:
    """Standard $k$-means: iterations, objective per example at the end and after one, centres."""
    centres = np.array(START)
    owners = np.full(len(data), -1)
    passes, once = 0, 0.0
    while True:
        found = squares_of(data, centres).argmin(axis=1)
        if np.array_equal(found, owners):
            break
        owners = found
        passes += 1
        centres = np.array([data[owners == k].mean(axis=0) for k in range(len(centres))])
        once = once or float(squares_of(data, centres).min(axis=1).mean())
    objective = float(squares_of(data, centres).min(axis=1).mean())
    return {"passes": float(passes), "objective": objective, "once": once, "centres": centres}


@value(route=online_by_loops, digits=4)
def online(data: Array, standard: Mapping[str, Array], rates: Array) -> dict[str, Array]:
    """For each rate after one pass: objective per example, distance from standard $k$-means."""
    found = {}
    for name, rate in rates_of(rates).items():
        centres = paths_of(data, rate)[-1]
        objective = float(squares_of(data, centres).min(axis=1).mean())
        gaps = centres - standard["centres"]
        found[name] = np.array([objective, math.sqrt(float((gaps**2).sum()) / len(centres))])
    return found


@value(route=stationary_by_weights, digits=4)
def stationary(rates: Array, chains: float) -> dict[str, float]:
    """Variance of a centre with a constant rate, its standard error, and the formula."""
    large = float(rates[0])
    noise = np.random.default_rng(3).standard_normal((STEPS, int(chains)))
    centres = np.zeros(int(chains))
    for step in noise:
        centres = centres + large * (step - centres)
    squares = (centres - centres.mean()) ** 2
    error = float(squares.std()) / math.sqrt(chains)
    return {
        "estimate": float(centres.var(ddof=1)),
        "error": error,
        "claim": large / (2 - large),
    }


@value(route=operations_by_formula)
def operations(data: Array, few: float) -> dict[str, int]:
    """Multiplications and divisions that are counted while the algorithms run."""
    return {
        "online": counted_online(data[: int(few)]),
        "standard": counted_standard(data[: int(few)]),
    }


class Counted:
    """A number that counts its multiplications and divisions."""

    total = 0

    def __init__(self, number: float) -> None:
        """Wrap a number."""
        self.number = number

    def __sub__(self, other: Counted) -> Counted:
        """Subtract, which is not counted."""
        return Counted(self.number - other.number)

    def __add__(self, other: Counted) -> Counted:
        """Add, which is not counted."""
        return Counted(self.number + other.number)

    def __mul__(self, other: Counted) -> Counted:
        """Multiply."""
        Counted.total += 1
        return Counted(self.number * other.number)

    def __truediv__(self, other: Counted) -> Counted:
        """Divide."""
        Counted.total += 1
        return Counted(self.number / other.number)

    def __lt__(self, other: Counted) -> bool:
        """Compare, which is not counted."""
        return self.number < other.number


Point: TypeAlias = list[Counted]


def counted(points: Array | Sequence[tuple[float, float]]) -> list[Point]:
    """Points whose coordinates count operations."""
    return [[Counted(float(number)) for number in point] for point in points]


def closest(example: Point, centres: list[Point]) -> int:
    """Number of the closest centre."""
    found, least = 0, Counted(math.inf)
    for k, centre in enumerate(centres):
        square = Counted(0.0)
        for one, other in zip(example, centre, strict=True):
            gap = one - other
            square = square + gap * gap
        if square < least:
            found, least = k, square
    return found


def counted_online(examples: Array) -> int:
    """Operations of one online pass with the rate 1/n."""
    centres, Counted.total = counted(START), 0
    counts = [Counted(0.0) for _ in centres]
    for example in counted(examples):
        k = closest(example, centres)
        counts[k] = counts[k] + Counted(1.0)
        rate = Counted(1.0) / counts[k]
        centres[k] = [
            old + rate * (new - old) for old, new in zip(centres[k], example, strict=True)
        ]
    return Counted.total


def counted_standard(examples: Array) -> int:
    """Operations of one iteration of standard k-means."""
    centres, Counted.total = counted(START), 0
    sums = counted([(0.0, 0.0)] * len(centres))
    counts = [Counted(0.0) for _ in centres]
    for example in counted(examples):
        k = closest(example, centres)
        counts[k] = counts[k] + Counted(1.0)
        sums[k] = [one + other for one, other in zip(sums[k], example, strict=True)]
    for k, total in enumerate(sums):
        centres[k] = [number / counts[k] for number in total]
    return Counted.total


def squares_of(examples: Array, centres: Array) -> Array:
    """Squared distances. Shapes: (m, n), (K, n) -> (m, K)."""
    return np.asarray(((examples[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2))


def rates_of(rates: Array) -> dict[str, Callable[[int], float]]:
    """The rates as functions of the number of examples that a centre has got."""
    large, small, first, ratio = (float(it) for it in rates)
    return {
        "large": lambda _: large,
        "small": lambda _: small,
        "mean": lambda n: 1 / n,
        "fast": lambda n: first * ratio ** (n - 1),
    }


def paths_of(examples: Array, rate: Callable[[int], float]) -> Array:
    """Centres before and after each step of one online pass. Shapes: (m, n) -> (m + 1, K, n)."""
    centres = np.array(START)
    counts = [0] * len(centres)
    path = [centres.copy()]
    for example in examples:
        k = int(((centres - example) ** 2).sum(axis=1).argmin())
        counts[k] += 1
        centres[k] += rate(counts[k]) * (example - centres[k])
        path.append(centres.copy())
    return np.array(path)


@table
def results() -> TableRows:
    """Objective and distance for each rate, and for standard k-means."""
    names = {
        "large": r"$\val{rates[1]}$",
        "small": r"$\val{rates[2]}$",
        "mean": "$1/n_k$",
        "fast": r"$\val{rates[3]} \cdot \val{rates[4]}^{n_k - 1}$",
    }
    rows = [
        [f"online, rate {rate}", rf"\val{{online.{name}[1]}}", rf"\val{{online.{name}[2]}}"]
        for name, rate in names.items()
    ]
    rows.append(["standard, one iteration", r"\val{standard.once}", ""])
    rows.append(
        [r"standard, $\val{standard.passes}$ iterations", r"\val{standard.objective}", "$0$"]
    )
    return TableRows("ldd", ["Method", "$F/m$", "Distance"], rows)


@figure
def trajectories(data: Array, standard: Mapping[str, Array], rates: Array) -> Figure:
    """Paths of the centres for four rates."""
    made = Figure(figsize=(6.0, 4.9))
    panels = made.subplots(2, 2, sharex=True, sharey=True).flat
    titles = (
        rf"constant rate ${rates[0]:g}$",
        rf"constant rate ${rates[1]:g}$",
        "rate $1/n_k$",
        rf"rate ${rates[2]:g} \cdot {rates[3]:g}^{{n_k - 1}}$",
    )
    for axis, title, rate in zip(panels, titles, rates_of(rates).values(), strict=True):
        axis.plot(*data.T, ".", color="0.75", markersize=2, zorder=1)
        path = paths_of(data, rate)
        for k, colour in enumerate(COLOURS):
            axis.plot(*path[:, k].T, "-", color=colour, lw=0.8, zorder=2)
            axis.plot(*path[0, k], "o", color=colour, markersize=5, fillstyle="none", zorder=3)
            axis.plot(*path[-1, k], "s", color=colour, markersize=5, zorder=3)
            axis.plot(*standard["centres"][k], "x", color="black", markersize=6, zorder=4)
        axis.set_title(title)
        axis.set_aspect("equal")
    for axis in made.axes[2:]:
        axis.set_xlabel("first coordinate")
    for axis in made.axes[::2]:
        axis.set_ylabel("second coordinate")
    return made
