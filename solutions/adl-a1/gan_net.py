"""A generator and a discriminator on the real line, and their training by Algorithm 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from derivatex import listing

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Net: TypeAlias = list[Array]
Players: TypeAlias = tuple[Net, Net]

UNITS, BENDS = 16, 6  # hidden units of the discriminator, bends of the generator
EVERY = 30  # rounds between two looks at a course
_EVEN = np.linspace(-4.6, 4.6, 1201)
LOOKS, STEPS = np.sinh(_EVEN), np.cosh(_EVEN) * (_EVEN[1] - _EVEN[0])  # quadrature over the noise


@dataclass(frozen=True)
class Game:
    """What both players are given: the mixture of the data, the batch and the step sizes."""

    weights: Array
    means: Array
    deviations: Array
    batch: int
    rate_d: float
    rate_g: float
    plain: bool = False  # the loss of G: log(1 - D), not -log D


def game_of(mixture: Array, batch: float, rate_d: float, rate_g: float) -> Game:
    """The game for a matrix whose rows are weights, means and deviations."""
    weights, means, deviations = mixture
    return Game(weights, means, deviations, int(batch), float(rate_d), float(rate_g))


# the two nets


def start_nets(shift: float) -> Players:
    """A discriminator with random bends, and a generator that is nearly linear, moved by a shift.

    Shapes: three times (UNITS,), then (1,); two times (1,), then three times (BENDS,).
    """
    rng = np.random.default_rng(0)
    slopes = rng.standard_normal(UNITS)
    places = rng.uniform(-3, 3, UNITS)
    net_d = [slopes, -slopes * places, 0.3 * rng.standard_normal(UNITS), np.zeros(1)]
    heights, bends = np.full(BENDS, -2.0), np.linspace(-1.5, 1.5, BENDS)
    net_g = [np.full(1, float(shift)), np.full(1, math.log(0.5)), heights, np.zeros(BENDS), bends]
    return net_d, net_g


def sigmoid(s: Array) -> Array:
    """The logistic sigmoid."""
    return np.asarray(0.5 * (1 + np.tanh(s / 2)))


def logit(net_d: Net, x: Array) -> Array:
    """The discriminator's logit. Shapes: x (N,) -> (N,)."""
    w, b, v, c = net_d
    return np.asarray(np.tanh(np.outer(x, w) + b) @ v + c)


def generate(net_g: Net, z: Array) -> Array:
    """The generator, which rises with z. Shapes: z (N,) -> (N,)."""
    c, slope, height, steep, place = net_g
    bends = np.tanh(np.exp(steep) * np.subtract.outer(z, place))
    return np.asarray(c + np.exp(slope) * z + bends @ np.exp(height))


def stretch(net_g: Net, z: Array) -> Array:
    """The derivative of the generator. Shapes: z (N,) -> (N,)."""
    _, slope, height, steep, place = net_g
    bends = np.tanh(np.exp(steep) * np.subtract.outer(z, place))
    return np.asarray(np.exp(slope) + (1 - bends**2) @ np.exp(height + steep))


# the data


def log_density(x: Array, game: Game) -> Array:
    """The logarithm of the data's density. Shapes: x (N,) -> (N,)."""
    scaled = np.subtract.outer(x, game.means) / game.deviations
    scale = np.log(game.weights / (game.deviations * math.sqrt(2 * math.pi)))
    return np.asarray(np.logaddexp.reduce(scale - scaled**2 / 2, axis=1))


def draw_data(game: Game, rng: np.random.Generator, count: int) -> Array:
    """Samples of the data."""
    second = (rng.random(count) < game.weights[1]).astype(int)
    return np.asarray(game.means[second] + game.deviations[second] * rng.standard_normal(count))


# training


def gradient_d(net_d: Net, x: Array, fake: Array) -> Net:
    """Gradient of the mean of log D(x) + log(1 - D(fake)), by backpropagation."""
    w, b, v, _ = net_d
    both = np.concatenate([x, fake])
    hidden = np.tanh(np.outer(both, w) + b)
    is_data = np.repeat([1.0, 0.0], [len(x), len(fake)])
    signal = (is_data - sigmoid(logit(net_d, both))) / len(x)  # for the logits
    back = np.outer(signal, v) * (1 - hidden**2)
    return [both @ back, back.sum(axis=0), signal @ hidden, signal.sum(keepdims=True)]


def gradient_g(net_d: Net, net_g: Net, z: Array, *, plain: bool) -> Net:
    """Gradient of the mean of -log D(G(z)), or of log(1 - D(G(z))) if plain."""
    w, b, v, _ = net_d
    _, slope, height, steep, place = net_g
    fake = generate(net_g, z)
    rate = sigmoid(logit(net_d, fake))
    signal = (-rate if plain else rate - 1) / len(z)  # for the logits
    hidden = np.tanh(np.outer(fake, w) + b)
    signal = signal * ((1 - hidden**2) @ (v * w))  # for the samples G(z), through D
    shifted = np.subtract.outer(z, place)
    bends = np.tanh(np.exp(steep) * shifted)
    inner = np.outer(signal, np.exp(height + steep)) * (1 - bends**2)
    to_slope, to_height = np.exp(slope) * (signal @ z), (signal @ bends) * np.exp(height)
    to_steep, to_place = (inner * shifted).sum(axis=0), -inner.sum(axis=0)
    return [signal.sum(keepdims=True), to_slope, to_height, to_steep, to_place]


@listing
def play(
    players: Players, game: Game, rng: np.random.Generator, schedule: tuple[int, int, int]
) -> Players:
    """Rounds of k ascents of D and some descents of G; Algorithm 1 has one descent in each."""
    net_d, net_g = players
    rounds, k, descents = schedule
    for _ in range(rounds):
        for _ in range(k):
            x = draw_data(game, rng, game.batch)
            fake = generate(net_g, rng.standard_normal(game.batch))
            up = gradient_d(net_d, x, fake)
            net_d = [old + game.rate_d * slope for old, slope in zip(net_d, up, strict=True)]
        for _ in range(descents):
            z = rng.standard_normal(game.batch)
            down = gradient_g(net_d, net_g, z, plain=game.plain)
            net_g = [old - game.rate_g * slope for old, slope in zip(net_g, down, strict=True)]
    return net_d, net_g


def flat(net_d: Net, net_g: Net) -> Array:
    """All parameters of both nets in one row."""
    return np.concatenate([*net_d, *net_g])


def nets(row: Array) -> Players:
    """The two nets of a row of parameters."""
    sizes = [UNITS, UNITS, UNITS, 1, 1, 1, BENDS, BENDS, BENDS]
    parts = np.split(row, np.cumsum(sizes)[:-1])
    return parts[:4], parts[4:]


def four_moments(game: Game, rounds: int, k: int, stages: Array) -> Array:
    """Both nets at the four moments of the figure, a row for each.

    The stages: rounds of the start, ascents of D alone, descents of G alone.
    """
    rng = np.random.default_rng(1)
    players = start_nets(0.0)
    warm, alone, against = (int(count) for count in stages)
    rows = []
    for schedule in ((warm, k, 1), (1, alone, 0), (1, 0, against), (rounds, k, 1)):
        players = play(players, game, rng, schedule)
        rows.append(flat(*players))
    return np.array(rows)


def far_course(game: Game, rounds: int, k: int, shift: float, head: int) -> Array:
    """Both nets every few rounds, from where D has learned to reject a distant generator."""
    rng = np.random.default_rng(1)
    players = play(start_nets(shift), game, rng, (1, head, 0))
    rows = [flat(*players)]
    for _ in range(rounds // EVERY):
        players = play(players, game, rng, (EVERY, k, 1))
        rows.append(flat(*players))
    return np.array(rows)


def against_fixed(row: Array, game: Game, descents: int) -> Array:
    """The nets after descents of G against a discriminator that does not answer."""
    return flat(*play(nets(row), game, np.random.default_rng(2), (1, 0, descents)))


# what is measured, by quadrature over the noise, where x = G(z)


def measure(row: Array, game: Game) -> tuple[float, float]:
    """V(D, G), and C(G), which is V for the best D."""
    net_d, net_g = nets(row)
    x = generate(net_g, LOOKS)
    data = log_density(x, game) + np.log(stretch(net_g, LOOKS))  # as densities of z
    noise = -(LOOKS**2) / 2 - math.log(2 * math.pi) / 2
    total, s = np.logaddexp(data, noise), logit(net_d, x)
    p, q = np.exp(data) * STEPS, np.exp(noise) * STEPS
    value = -p @ np.logaddexp(0, -s) - q @ np.logaddexp(0, s)
    return float(value), float(p @ (data - total) + q @ (noise - total))


def spread(row: Array) -> tuple[float, float]:
    """Mean and standard deviation of G(z)."""
    x = generate(nets(row)[1], LOOKS)
    weights = np.exp(-(LOOKS**2) / 2) / math.sqrt(2 * math.pi) * STEPS
    mean = float(weights @ x)
    return mean, math.sqrt(float(weights @ (x - mean) ** 2))


def peak(row: Array) -> float:
    """Where D has its maximum between 1 and 3: a grid that is refined around the largest logit."""
    net_d, _ = nets(row)
    low, high = 1.0, 3.0
    for _ in range(9):
        grid = np.linspace(low, high, 41)
        place = int(np.argmax(logit(net_d, grid)))
        low, high = float(grid[max(place - 1, 0)]), float(grid[min(place + 1, 40)])
    return (low + high) / 2


def drawn(row: Array, where: Array, game: Game) -> dict[str, Array]:
    """What a panel shows: densities of data and generator, D, and the best D."""
    net_d, net_g = nets(row)
    data = np.exp(log_density(where, game))
    noise = np.interp(where, generate(net_g, LOOKS), LOOKS)
    made = np.exp(-(noise**2) / 2) / (math.sqrt(2 * math.pi) * stretch(net_g, noise))
    return {
        "data": data,
        "made": made,
        "d": sigmoid(logit(net_d, where)),
        "best": data / (data + made),
    }
