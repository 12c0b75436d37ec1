"""The value of the adversarial game, its best discriminator, and a small net that plays it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import gan_again as again
import gan_figures as drawing
import gan_net as net
import gan_theory as theory
import numpy as np

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]

LINE = np.linspace(-12.0, 20.0, 6401)  # of the quadrature for two normal laws
GRID = np.linspace(0.0, 6.0, 49)  # distances that are drawn


# what the report prints: the best discriminator and its value


@value(route=theory.example_by_bisection, digits=4)
def example(a: Array, b: Array) -> dict[str, object]:
    r"""Best discriminator, its part of the value for each outcome, $C$ and JSD of the example."""
    p, q = a[:-1], b[:-1]
    best = p / (p + q)
    parts = np.array([_weighed(p, best), _weighed(q, 1 - best)]).sum(axis=0)
    divergence = (_weighed(p, 2 * best).sum() + _weighed(q, 2 - 2 * best).sum()) / 2
    return {"d": best, "part": parts, "c": float(parts.sum()), "j": float(divergence)}


def _weighed(weights: Array, inside: Array) -> Array:
    """Weighted logarithms, zero where the weight is."""
    return np.asarray(weights * np.log(np.where(weights > 0, inside, 1)))


def normals_of(distances: Array) -> dict[str, Array]:
    """C and JSD for two normal laws, and slopes of both losses of G, by quadrature."""
    found: dict[str, list[float]] = {"c": [], "j": [], "plain": [], "other": []}
    width = LINE[1] - LINE[0]
    for distance in distances:
        p, q = (np.exp(-((LINE - m) ** 2) / 2) / math.sqrt(2 * math.pi) for m in (0, distance))
        m, odds = (p + q) / 2, distance**2 / 2 - distance * LINE
        found["c"].append(-width * float(p @ np.logaddexp(0, -odds) + q @ np.logaddexp(0, odds)))
        entropy = -width * float(m @ np.log(np.where(m > 0, m, 1)))
        found["j"].append(entropy - math.log(2 * math.pi * math.e) / 2)
        believed = width * float(q @ np.exp(-np.logaddexp(0, -odds)))
        found["plain"].append(distance * believed)
        found["other"].append(distance * width * float(q @ np.exp(-np.logaddexp(0, odds))))
    return {name: np.array(column) for name, column in found.items()}


@value(route=theory.normals_by_steps, digits=4)
def normals(distances: Array) -> dict[str, Array]:
    r"""$C$ and JSD of two normal laws, and the slopes of both losses of $G$."""
    return normals_of(distances)


@value(route=theory.curve_by_steps, digits=4)
def curve() -> dict[str, Array]:
    """The same on a grid, for the figures."""
    return normals_of(GRID)


@value(route=theory.families_by_formula, digits=4)
def families(laws: float, outcomes: float) -> dict[str, Array]:
    r"""$C$ by maximising $V$, and JSD by entropies, for random and for moved discrete laws."""
    rng = np.random.default_rng(0)
    mixed = []
    for share in np.linspace(0, 1, int(laws)):
        one, two = rng.dirichlet(np.full(int(outcomes), 0.6), 2)
        mixed.append((one, share * two + (1 - share) * one))
    block = np.repeat([1.0, 0.0], 10) / 10
    moved = [(block, np.roll(block, steps)) for steps in range(11)]
    made = {}
    for name, pairs in (("", mixed), ("moved_", moved)):
        made[f"{name}c"] = np.array([_largest(one, two) for one, two in pairs])
        entropies = [[_entropy(law) for law in (a, b, (a + b) / 2)] for a, b in pairs]
        made[f"{name}j"] = np.array([h[2] - h[0] / 2 - h[1] / 2 for h in entropies])
    return made


def _largest(one: Array, two: Array) -> float:
    """The largest V for two discrete laws: ternary search for D at every outcome at once."""
    low, high = np.zeros_like(one), np.ones_like(one)
    for _ in range(120):
        left, right = (2 * low + high) / 3, (low + 2 * high) / 3
        rises = _weighed(one, left / right) + _weighed(two, (1 - left) / (1 - right)) < 0
        low, high = np.where(rises, left, low), np.where(rises, high, right)
        if float(np.max(high - low)) < 1e-8:  # noqa: PLR2004  # V is flat at its maximum
            break
    d = np.where(two == 0, 1, np.where(one == 0, 0, (low + high) / 2))
    return float(np.sum(_weighed(one, d) + _weighed(two, 1 - d)))


def _entropy(law: Array) -> float:
    """The entropy of a discrete law."""
    return -float(_weighed(law, law).sum())


@value(route=theory.halves, digits=4)
def log2() -> float:
    r"""$\log 2$."""
    return math.log(2)


# the losses of G, and the game of one point


@value(route=theory.saturation_by_steps, digits=4)
def saturation(logits: Array) -> dict[str, Array]:
    r"""$D = \sigma(s)$ and the derivatives of both losses of $G$ for the logit."""
    d = net.sigmoid(logits)
    return {"d": d, "plain": -d, "other": -net.sigmoid(-logits)}


@value(route=theory.orbits_in_polar, digits=4)
def orbits(eta: float, circles: float, later: float) -> dict[str, Array]:
    r"""Paths of $(\vartheta, \psi)$ when both players step together, and in turns."""
    together, turns = [np.array([1.0, 0.0])], [np.array([1.0, 0.0])]
    for _ in range(int(circles)):
        theta, psi = together[-1]
        rate = eta * float(net.sigmoid(np.asarray(psi * theta)))
        together.append(together[-1] + rate * np.array([psi, -theta]))
    for _ in range(int(later)):
        theta, psi = turns[-1]
        psi = psi - eta * float(net.sigmoid(np.asarray(psi * theta))) * theta
        theta = theta + eta * float(net.sigmoid(np.asarray(psi * theta))) * psi
        turns.append(np.array([theta, psi]))
    return {"together": np.array(together).T, "turns": np.array(turns).T}


@value(route=theory.radii_by_products, digits=2)
def radii(orbits: Arrays) -> dict[str, float]:
    """Distance from the solution: at the end of the common steps, and its range in turns."""
    turns = np.hypot(*orbits["turns"])
    end = float(np.hypot(*orbits["together"][:, -1]))
    return {"end": end, "least": float(turns.min()), "most": float(turns.max())}


# the nets


@value(route=again.trained_again, digits=4)
def trained(  # noqa: PLR0913, PLR0917  # the numbers of the problem
    mixture: Array, batch: float, rate_d: float, rate_g: float,
    rounds: float, ascents: float, stages: Array,
) -> Array:  # fmt: skip
    """Parameters of both nets at the four moments."""
    game = net.game_of(mixture, batch, rate_d, rate_g)
    return net.four_moments(game, int(rounds), int(ascents), stages)


@value(route=again.sizes_of_rows)
def sizes(trained: Array) -> dict[str, int]:
    r"""Units of $D$, bends of $G$, and the parameters of both nets."""
    net_d, net_g = net.nets(trained[0])
    counts = (sum(part.size for part in player) for player in (net_d, net_g))
    return {"units": net.UNITS, "bends": net.BENDS, **dict(zip("dg", counts, strict=True))}


@value(route=again.measures_on_the_line, digits=4)
def measures(trained: Array, mixture: Array) -> dict[str, Array]:
    r"""$V$, $C$, their difference, and JSD at the four moments, by quadrature over the noise."""
    game = net.game_of(mixture, 1, 1, 1)
    v, c = np.array([net.measure(row, game) for row in trained]).T
    return {"v": v, "c": c, "j": (c + math.log(4)) / 2, "gap": c - v}


@value(route=again.sampled_again, digits=4)
def sampled(trained: Array, mixture: Array, draws: float, measures: Arrays) -> dict[str, float]:
    r"""$V$ of the trained nets from samples, its standard error, and $V$ by quadrature."""
    rng, count = np.random.default_rng(4), int(draws)
    net_d, net_g = net.nets(trained[3])
    x = net.draw_data(net.game_of(mixture, 1, 1, 1), rng, count)
    fake = net.generate(net_g, rng.standard_normal(count))
    logs = np.log([net.sigmoid(net.logit(net_d, x)), 1 - net.sigmoid(net.logit(net_d, fake))])
    error = math.sqrt(float(logs.var(axis=1, ddof=1).sum()) / count)
    return {"estimate": float(logs.mean(axis=1).sum()), "error": error, "claim": measures["v"][3]}


@value(route=again.far_again, digits=4)
def far(  # noqa: PLR0913, PLR0917  # the numbers of the problem
    mixture: Array, batch: float, rate_d: float, rate_g: float,
    rounds: float, ascents: float, shift: float, head: float,
) -> dict[str, Array]:  # fmt: skip
    """Parameters every few rounds from a distant start, for both losses."""
    game = net.game_of(mixture, batch, rate_d, rate_g)
    return {
        name: net.far_course(
            replace(game, plain=name == "plain"), int(rounds), int(ascents), shift, int(head)
        )
        for name in ("plain", "other")
    }


@value(route=again.courses_on_the_line, digits=4)
def courses(far: Arrays, mixture: Array) -> dict[str, Array]:
    r"""$C(G)$ every few rounds from the distant start, for both losses."""
    game = net.game_of(mixture, 1, 1, 1)
    return {
        name: np.array([net.measure(row, game)[1] for row in rows]) for name, rows in far.items()
    }


@value(route=again.fixed_again, digits=4)
def fixed(  # noqa: PLR0913, PLR0917  # the numbers of the problem
    trained: Array, mixture: Array, batch: float, rate_d: float, rate_g: float, alone: float
) -> Array:
    """The nets after many descents of $G$ against a discriminator that does not answer."""
    game = net.game_of(mixture, batch, rate_d, rate_g)
    return net.against_fixed(trained[1], game, int(alone))


@value(route=again.stuck_on_the_line, digits=4, tolerance=1e-6)
def stuck(
    far: Arrays, trained: Array, fixed: Array, mixture: Array, look: float
) -> dict[str, float]:  # fmt: skip
    r"""$G$ stuck on one mode: $C$, mean, deviation; the formula; $G$ against a fixed $D$."""
    caught = far["other"][int(look) // net.EVERY]
    mean, deviation = net.spread(caught)
    point, after = net.spread(fixed)
    share = float(mixture[0, 0])
    return {
        "c": net.measure(caught, net.game_of(mixture, 1, 1, 1))[1],
        "mean": mean, "sd": deviation,
        "first": share * math.log(share) - (1 + share) * math.log1p(share),
        "before": net.spread(trained[1])[1], "after": after, "point": point,
        "peak": net.peak(trained[1]),
    }  # fmt: skip


@value(route=(again.norms_by_autograd, again.norms_by_differences), digits=4, tolerance=1e-7)
def norms(far: Arrays, mixture: Array, batch: float) -> dict[str, object]:
    r"""Both losses of $G$ and that of $D$ at the distant start: gradients, lengths, mean $D$."""
    rng, count = np.random.default_rng(3), int(batch)
    net_d, net_g = net.nets(far["other"][0])
    z, x = rng.standard_normal(count), net.draw_data(net.game_of(mixture, 1, 1, 1), rng, count)
    fake = net.generate(net_g, z)
    plain, other = (net.gradient_g(net_d, net_g, z, plain=first) for first in (True, False))
    found = {"plain": plain, "other": other, "ascent": net.gradient_d(net_d, x, fake)}
    entries = {f"{name}_entries": np.concatenate(it) for name, it in found.items()}
    lengths = {name: float(np.linalg.norm(entries[f"{name}_entries"])) for name in found}
    return {**entries, **lengths, "belief": float(net.sigmoid(net.logit(net_d, fake)).mean())}


# tables and figures


@table
def cases() -> TableRows:
    """Each outcome of the example: both probabilities, the best D, its part of the value."""
    rows = [
        [
            f"${place}$",
            rf"\val{{a[{place}]}}",
            rf"\val{{b[{place}]}}",
            rf"\val{{example.d[{place}]}}" if place < 5 else "free",  # noqa: PLR2004
            rf"\val{{example.part[{place}]}}" if place < 5 else "$0$",  # noqa: PLR2004
        ]
        for place in range(1, 6)
    ]
    parts = r"$a_i \log y_i^* + b_i \log(1 - y_i^*)$"
    return TableRows("ldddd", ["$i$", "$a_i$", "$b_i$", "$y_i^*$", parts], rows)


@table
def moved(distances: Array) -> TableRows:
    """Each distance: C, JSD and the slopes of both losses."""
    rows = [
        [
            rf"\val{{distances[{place}]}}",
            *(rf"\val{{normals.{name}[{place}]}}" for name in ("c", "j", "plain", "other")),
        ]
        for place in range(1, distances.size + 1)
    ]
    losses = [r"slope, $\log(1 - D)$", r"slope, $-\log D$"]
    return TableRows("ddddd", [r"$\delta$", "$C$", r"$\mathrm{JSD}$", *losses], rows)


@table
def rates(logits: Array) -> TableRows:
    """Each logit: D and the derivatives of both losses."""
    rows = [
        [
            rf"\val{{logits[{place}]}}",
            *(rf"\val{{saturation.{name}[{place}]}}" for name in ("d", "plain", "other")),
        ]
        for place in range(1, logits.size + 1)
    ]
    losses = [r"of $\log(1 - D)$", r"of $-\log D$"]
    return TableRows("dddd", ["$s$", r"$D = \sigma(s)$", *losses], rows)


@table
def moments() -> TableRows:
    """Each panel: V, C, their difference, JSD."""
    panels = ("near the start", "$D$ trained", "$G$ trained", "the end")
    rows = [
        [
            rf"({letter})",
            what,
            *(rf"\val{{measures.{name}[{place}]}}" for name in ("v", "c", "gap", "j")),
        ]
        for place, (letter, what) in enumerate(zip("abcd", panels, strict=True), start=1)
    ]
    head = ["Panel", "Moment", "$V(D, G)$", "$C(G)$", "$C - V$", r"$\mathrm{JSD}$"]
    return TableRows("lldddd", head, rows)


@figure
def criterion(curve: Arrays, families: Arrays) -> Figure:
    """C over the distance of two normal laws, and over JSD for three families."""
    return drawing.criterion(GRID, curve, families)


@figure
def slopes(curve: Arrays) -> Figure:
    """Both losses of G: derivatives for the logit, and for the distance of two normal laws."""
    return drawing.slopes(GRID, curve)


@figure
def panels(trained: Array, mixture: Array) -> Figure:
    """Densities, discriminator and generator at the four moments."""
    return drawing.panels(trained, net.game_of(mixture, 1, 1, 1))


@figure
def failures(  # noqa: PLR0913, PLR0917  # the numbers of the problem
    far: Arrays, courses: Arrays, stuck: Numbers, orbits: Arrays, mixture: Array, look: float
) -> Figure:  # fmt: skip
    """Both losses from a distant start; the collapsed generator; the paths of one point."""
    game = net.game_of(mixture, 1, 1, 1)
    return drawing.failures(far["other"][int(look) // net.EVERY], courses, stuck, orbits, game)
