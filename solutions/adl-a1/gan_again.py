"""Second routes for the nets of gan_net.py: written again, unit by unit, without its code."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad

if TYPE_CHECKING:
    from collections.abc import Callable

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

PEN, KNEE = 16, 6  # units of D, bends of G
LOW, HIGH, MESH = -34.0, 34.0, 8501  # of the quadrature over the samples' line
STEP = 1e-4  # of central differences


class Pair:
    """Both nets as one row of parameters; hidden units are rows, samples are columns."""

    def __init__(self, row: Array) -> None:
        """Views into the row: an assignment to one of them changes it."""
        self.row = row
        cuts = np.cumsum([3 * PEN, 1, 2, 3 * KNEE])
        self.units = row[: cuts[0]].reshape(3, PEN, 1)
        self.rest = row[cuts[0] : cuts[1]]
        self.line = row[cuts[1] : cuts[2]]
        self.bends = row[cuts[2] : cuts[3]].reshape(3, KNEE, 1)

    def score(self, x: Array) -> tuple[Array, Array, Array]:
        """Logit, its derivatives by the parameters (3, PEN, N), and by x."""
        w, b, v = self.units
        tanh = np.tanh(w * x + b)
        bent = v * (1 - tanh * tanh)
        slopes = np.stack([bent * x, bent, tanh])
        return (v * tanh).sum(axis=0) + self.rest, slopes, (bent * w).sum(axis=0)

    def sample(self, z: Array) -> tuple[Array, Array, Array]:
        """G(z), its derivatives by all parameters (2 + 3 KNEE, N), and by z."""
        height, steep, place = self.bends
        tanh = np.tanh(np.exp(steep) * (z - place))
        bent = np.exp(height) * np.exp(steep) * (1 - tanh * tanh)
        rise = math.exp(self.line[1])
        made = self.line[0] + rise * z + (np.exp(height) * tanh).sum(axis=0)
        slopes = np.concatenate(
            [[np.ones_like(z), rise * z], np.exp(height) * tanh, bent * (z - place), -bent]
        )
        return made, slopes, rise + bent.sum(axis=0)

    def up(self, x: Array, fake: Array, rate: float) -> None:
        """One ascent of D."""
        total, rest = np.zeros((3, PEN, 1)), 0.0
        for sign, batch in ((1, x), (-1, fake)):
            s, slopes, _ = self.score(batch)
            wrong = sign / (1 + np.exp(sign * s)) / x.size
            total[..., 0] += np.einsum("abn,n->ab", slopes, wrong)
            rest += wrong.sum()
        self.units += rate * total
        self.rest += rate * rest

    def down(self, z: Array, rate: float, *, plain: bool) -> None:
        """One descent of G."""
        fake, slopes, _ = self.sample(z)
        s, _, by_x = self.score(fake)
        push = 1 / (1 + np.exp(-s if plain else s)) * by_x / z.size
        change = slopes @ push
        self.line += rate * change[:2]
        self.bends[..., 0] += rate * change[2:].reshape(3, KNEE)


def start(shift: float) -> Pair:
    """The same start: the generator's numbers are drawn in the same order."""
    rng = np.random.default_rng(0)
    w = rng.standard_normal(PEN)
    b = -w * rng.uniform(-3, 3, PEN)
    v = 0.3 * rng.standard_normal(PEN)
    line, flat_bends = [shift, math.log(0.5)], [-2.0] * KNEE + [0.0] * KNEE
    return Pair(
        np.concatenate([w, b, v, [0.0], line, flat_bends, np.arange(KNEE) * 3 / (KNEE - 1) - 1.5])
    )


def real(rng: np.random.Generator, mixture: Array, count: int) -> Array:
    """Samples of the data."""
    second = rng.random(count) < mixture[0, 1]
    mean, deviation = np.where(second, mixture[1:, 1:], mixture[1:, :1])
    return np.asarray(mean + deviation * rng.standard_normal(count))


def train(  # noqa: PLR0913
    pair: Pair, rng: np.random.Generator, mixture: Array, plan: tuple[int, float, float],
    counts: tuple[int, int, int], *, plain: bool = False,
) -> None:  # fmt: skip
    """Rounds of ascents and descents, in place."""
    batch, rate_d, rate_g = plan
    rounds, ascents, descents = counts
    for _ in range(rounds):
        for _ in range(ascents):
            x = real(rng, mixture, batch)
            pair.up(x, pair.sample(rng.standard_normal(batch))[0], rate_d)
        for _ in range(descents):
            pair.down(rng.standard_normal(batch), rate_g, plain=plain)


# the routes


def trained_again(  # noqa: PLR0913, PLR0917  # the numbers of the problem
    mixture: Array, batch: float, rate_d: float, rate_g: float,
    rounds: float, ascents: float, stages: Array,
) -> Array:  # fmt: skip
    """The nets written again, with derivatives for each sample instead of backpropagation."""
    rng, pair = np.random.default_rng(1), start(0.0)
    plan, k = (int(batch), rate_d, rate_g), int(ascents)
    found = []
    for counts in (
        (int(stages[0]), k, 1), (1, int(stages[1]), 0), (1, 0, int(stages[2])), (int(rounds), k, 1),
    ):  # fmt: skip
        train(pair, rng, mixture, plan, counts)
        found.append(pair.row.copy())
    return np.array(found)


def far_again(  # noqa: PLR0913, PLR0917  # the numbers of the problem
    mixture: Array, batch: float, rate_d: float, rate_g: float,
    rounds: float, ascents: float, shift: float, head: float,
) -> dict[str, Array]:  # fmt: skip
    """The same nets, written again."""
    plan, found = (int(batch), rate_d, rate_g), {}
    for name in ("plain", "other"):
        rng, pair = np.random.default_rng(1), start(shift)
        train(pair, rng, mixture, plan, (1, int(head), 0))
        rows = [pair.row.copy()]
        while len(rows) <= rounds / 30:
            train(pair, rng, mixture, plan, (30, int(ascents), 1), plain=name == "plain")
            rows.append(pair.row.copy())
        found[name] = np.array(rows)
    return found


def fixed_again(  # noqa: PLR0913, PLR0917  # the numbers of the problem
    trained: Array, mixture: Array, batch: float, rate_d: float, rate_g: float, alone: float
) -> Array:
    """The generator written again."""
    pair = Pair(trained[1].copy())
    plan = (int(batch), rate_d, rate_g)
    train(pair, np.random.default_rng(2), mixture, plan, (1, 0, int(alone)))
    return pair.row


def on_the_line(row: Array, mixture: Array) -> dict[str, float]:
    """Quadrature over the samples' line, with the inverse of G by Newton's method."""
    pair, x = Pair(row.copy()), np.linspace(LOW, HIGH, MESH)
    mesh = np.linspace(-80, 80, 16001)
    z = np.interp(x, pair.sample(mesh)[0], mesh)
    for _ in range(6):
        made, _, rise = pair.sample(z)
        z = z - (made - x) / rise
    q = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) / pair.sample(z)[2]
    p = np.zeros_like(x)
    for weight, mean, deviation in mixture.T:
        p += weight / deviation * np.exp(-(((x - mean) / deviation) ** 2) / 2)
    p /= math.sqrt(2 * math.pi)
    d, width = 1 / (1 + np.exp(-pair.score(x)[0])), x[1] - x[0]

    def mean_log(weight: Array, inside: Array) -> float:
        there = weight > 0
        return float(width * (weight[there] @ np.log(inside[there])))

    both = p + q + (p + q == 0)
    mean = float(width * (q @ x))
    return {
        "v": mean_log(p, d) + mean_log(q, 1 - d),
        "c": mean_log(p, p / both) + mean_log(q, q / both),
        "j": (mean_log(p, 2 * p / both) + mean_log(q, 2 * q / both)) / 2,
        "mean": mean,
        "sd": math.sqrt(float(width * (q @ (x - mean) ** 2))),
    }


def measures_on_the_line(trained: Array, mixture: Array) -> dict[str, Array]:
    """Quadrature over the samples' line, with the inverse of $G$ by Newton's method."""
    found = [on_the_line(row, mixture) for row in trained]
    made = {name: np.array([each[name] for each in found]) for name in ("v", "c", "j")}
    return {**made, "gap": made["c"] - made["v"]}


def courses_on_the_line(far: dict[str, Array], mixture: Array) -> dict[str, Array]:
    """Quadrature over the samples' line."""
    return {
        name: np.array([on_the_line(row, mixture)["c"] for row in rows])
        for name, rows in far.items()
    }


def stuck_on_the_line(
    far: dict[str, Array], trained: Array, fixed: Array, mixture: Array, look: float
) -> dict[str, float]:
    """Quadrature over the samples' line, powers, and bisection of the slope of $D$."""
    caught = on_the_line(far["other"][int(look / 30)], mixture)
    one, two = mixture[0, 0], Pair(trained[1].copy())
    low, high = 1.0, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        rises = two.score(np.array([middle]))[2][0] > 0
        low, high = (middle, high) if rises else (low, middle)
    return {
        **{name: caught[name] for name in ("c", "mean", "sd")},
        "first": math.log(one**one / (1 + one) ** (1 + one)),
        "before": on_the_line(trained[1], mixture)["sd"],
        "after": on_the_line(fixed, mixture)["sd"],
        "point": on_the_line(fixed, mixture)["mean"],
        "peak": low,
    }


def _batch_losses(
    row: Array, mixture: Array, count: int
) -> tuple[dict[str, Callable[[Any], Any]], float]:
    """Both losses of G and that of D on a batch, as functions of the whole row; the mean of D."""
    rng = np.random.default_rng(3)
    z = rng.standard_normal(count)
    x, cut = real(rng, mixture, count), 3 * PEN + 1

    def generated(own: Any) -> Any:  # noqa: ANN401  # an array, or autograd's box of one
        height, steep, place = (anp.reshape(own[i : i + KNEE], (KNEE, 1)) for i in (2, 8, 14))
        tanh = anp.tanh(anp.exp(steep) * (z - place))
        return own[0] + anp.exp(own[1]) * z + anp.sum(anp.exp(height) * tanh, axis=0)

    def logits(own: Any, at: Any) -> Any:  # noqa: ANN401
        w, b, v = anp.reshape(own[: 3 * PEN], (3, PEN, 1))
        return anp.sum(v * anp.tanh(w * at + b), axis=0) + own[3 * PEN]

    def second(own: Any) -> Any:  # noqa: ANN401
        return -anp.mean(anp.logaddexp(0.0, logits(row[:cut], generated(own[cut:]))))

    def other(own: Any) -> Any:  # noqa: ANN401
        return anp.mean(anp.logaddexp(0.0, -logits(row[:cut], generated(own[cut:]))))

    def value(own: Any) -> Any:  # noqa: ANN401
        fake = logits(own, generated(row[cut:]))
        return -anp.mean(anp.logaddexp(0.0, -logits(own, x)) + anp.logaddexp(0.0, fake))

    believed = float(np.mean(1 / (1 + np.exp(-logits(row, generated(row[cut:]))))))
    return {"plain": second, "other": other, "ascent": value}, believed


def _with_lengths(slopes: dict[str, Array], believed: float) -> dict[str, object]:
    """Gradients by the whole row, cut to the player's own parameters, and their lengths."""
    cut = 3 * PEN + 1
    found: dict[str, object] = {}
    for name, slope in slopes.items():
        found[name] = float(np.linalg.norm(slope))
        found[f"{name}_entries"] = slope[:cut] if name == "ascent" else slope[cut:]
    return {**found, "belief": believed}


def norms_by_autograd(far: dict[str, Array], mixture: Array, batch: float) -> dict[str, object]:
    """Automatic differentiation."""
    row = far["other"][0]
    losses, believed = _batch_losses(row, mixture, int(batch))
    return _with_lengths({name: grad(loss)(row) for name, loss in losses.items()}, believed)


def norms_by_differences(far: dict[str, Array], mixture: Array, batch: float) -> dict[str, object]:
    """Central differences."""
    row = far["other"][0]
    losses, believed = _batch_losses(row, mixture, int(batch))
    steps, found = STEP * np.eye(row.size), {}
    for name, loss in losses.items():
        near, wide = (
            np.array([loss(row + n * e) - loss(row - n * e) for e in steps]) / (2 * n * STEP)
            for n in (1, 2)
        )
        found[name] = (4 * near - wide) / 3
    return _with_lengths(found, believed)


def sampled_again(
    trained: Array, mixture: Array, draws: float, measures: dict[str, Array]
) -> dict[str, float]:
    """The same samples, the nets written again, and sums of squares."""
    rng, pair, count = np.random.default_rng(4), Pair(trained[3].copy()), int(draws)
    x, z = real(rng, mixture, count), rng.standard_normal(count)
    first = -np.log1p(np.exp(-pair.score(x)[0]))
    second = -np.log1p(np.exp(pair.score(pair.sample(z)[0])[0]))
    squares = sum(float(part @ part) - float(part.sum()) ** 2 / count for part in (first, second))
    estimate = float(first.sum() + second.sum()) / count
    error = math.sqrt(squares / (count - 1) / count)
    return {"estimate": estimate, "error": error, "claim": float(measures["v"][3])}


def sizes_of_rows(trained: Array) -> dict[str, int]:
    """Counted from the length of a row."""
    rest = trained.shape[1] - 3 * PEN - 1
    return {
        "units": (trained.shape[1] - rest - 1) // 3,
        "bends": (rest - 2) // 3,
        "d": 3 * PEN + 1,
        "g": rest,
    }
