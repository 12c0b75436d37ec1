"""Second routes to the numbers of the LSTM: they share no code with the net itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]
Examples: TypeAlias = list[tuple[dict[str, Array], Array, Array]]

TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better
FAR = 1000.0  # a bias that makes a gate exactly zero or one in double precision
CASES = {"closed": (None, -FAR, None), "open": (None, FAR, None),
         "all": (FAR, FAR, FAR), "hold": (-FAR, FAR, FAR)}  # fmt: skip


# the same draws, and the loss for autograd and for complex steps


def drawn(seed: int, sizes: tuple[int, int, int], steps: int) -> tuple[dict[str, Array], Array]:
    """Weights and inputs, drawn one after the other."""
    inputs, units, classes = sizes
    random = np.random.Generator(np.random.PCG64(seed))
    shapes = {
        "W": (4 * units, inputs), "U": (4 * units, units), "b": (4 * units,),
        "V": (classes, units), "c": (classes,), "s0": (units,), "h0": (units,),
    }  # fmt: skip
    made = {}
    for name, shape in shapes.items():
        draws = np.array([random.normal() for _ in range(math.prod(shape))]).reshape(shape)
        made[name] = draws / math.sqrt(shape[1]) if len(shape) > 1 else draws
    x = [[random.normal() for _ in range(inputs)] for _ in range(steps)]
    return made, np.array(x)


def examples(trials: Array) -> Examples:
    """Net, inputs and targets of each trial."""
    made = []
    for seed, row in enumerate(trials):
        inputs, units, classes, steps = (int(it) for it in row)
        at, x = drawn(seed, (inputs, units, classes), steps)
        marked = [[float(k == t % classes) for k in range(classes)] for t in range(steps)]
        made.append((at, x, np.array(marked)))
    return made


def traced(at: Mapping[str, Any], x: Array, targets: Array) -> Any:  # noqa: ANN401
    """Loss for arrays that autograd traces."""
    cell, state, total = at["s0"], at["h0"], 0.0
    n = len(cell)
    for now, target in zip(x, targets, strict=True):
        z = anp.dot(at["W"], now) + anp.dot(at["U"], state) + at["b"]
        let_in, keep, show = (0.5 + 0.5 * anp.tanh(z[k * n : (k + 1) * n] / 2) for k in range(3))
        cell = keep * cell + let_in * anp.tanh(z[3 * n :])
        state = show * anp.tanh(cell)
        logits = anp.dot(at["V"], state) + at["c"]
        total = total + anp.log(anp.sum(anp.exp(logits))) - anp.sum(target * logits)
    return total


def by_autograd(at: Arrays, x: Array, targets: Array) -> dict[str, Array]:
    """Automatic differentiation of the loss."""
    start = {name: np.array(part) for name, part in at.items()}
    made = grad(lambda moved: traced(moved, x, targets))(start)
    return {name: np.asarray(made[name]) for name in at}


def by_complex_steps(at: Arrays, x: Array, targets: Array) -> dict[str, Array]:
    """Complex step of every entry."""
    n, made = len(at["s0"]), {}
    for name, part in at.items():
        slopes = np.zeros(part.shape)
        for place in np.ndindex(*part.shape):
            to = {it: other.astype(complex) for it, other in at.items()}
            to[name][place] += 1j * TINY
            cell, state, total = to["s0"], to["h0"], 0j
            for now, target in zip(x, targets, strict=True):
                z = (to["W"] @ now + to["U"] @ state + to["b"]).reshape(4, n)
                gates = 1 / (1 + np.exp(-z[:3]))
                cell = gates[1] * cell + gates[0] * np.tanh(z[3])
                state = gates[2] * np.tanh(cell)
                shares = np.exp(to["V"] @ state + to["c"])
                total -= np.log((target * shares).sum() / shares.sum())
            slopes[place] = total.imag / TINY
        made[name] = slopes
    return made


def by_joint_jacobians(at: Arrays, x: Array, targets: Array) -> dict[str, Array]:
    """Errors of the pair of cell and state, handed back by the transposed joint Jacobians."""
    n, pairs, slopes, joints, slips = len(at["s0"]), [(at["s0"], at["h0"])], [], [], []
    for now, target in zip(x, targets, strict=True):
        cell, state = pairs[-1]
        z = (at["W"] @ now + at["U"] @ state + at["b"]).reshape(4, n)
        let_in, keep, show = 1 / (1 + np.exp(-z[:3]))
        offer = np.tanh(z[3])
        after = keep * cell + let_in * offer
        bend = show * (1 - np.tanh(after) ** 2)
        parts = (offer * let_in * (1 - let_in), cell * keep * (1 - keep), 0 * keep,
                 let_in * (1 - offer**2))  # fmt: skip
        above = np.hstack([np.diag(part) for part in parts])
        below = bend[:, None] * above
        below[:, 2 * n : 3 * n] += np.diag(np.tanh(after) * show * (1 - show))
        slope = np.vstack([above, below])  # of the pair for the four sums
        kept = np.vstack([np.diag(keep), np.diag(bend * keep)])
        slopes.append(slope)
        joints.append(np.hstack([kept, slope @ at["U"]]))
        pairs.append((after, show * np.tanh(after)))
        shares = np.exp(at["V"] @ pairs[-1][1] + at["c"])
        slips.append(shares / shares.sum() - target)
    made = {name: np.zeros(part.shape) for name, part in at.items()}
    error = np.zeros(2 * n)
    for t in reversed(range(len(x))):
        error[n:] += at["V"].T @ slips[t]
        hidden = slopes[t].T @ error
        made["V"] += np.outer(slips[t], pairs[t + 1][1])
        made["c"] += slips[t]
        made["W"] += np.outer(hidden, x[t])
        made["U"] += np.outer(hidden, pairs[t][1])
        made["b"] += hidden
        error = joints[t].T @ error
    return {**made, "s0": error[:n], "h0": error[n:]}


# routes of the table of trials


def trials_one_by_one() -> Array:
    """Drawn one by one."""
    random = np.random.Generator(np.random.PCG64(0))
    rows = [[int(random.integers(2, 7)) for _ in range(4)] for _ in range(5)]
    rows[0][3] = rows[1][1] = 1
    rows[4][3] = 30
    return np.array(rows)


def _norms(way: Callable[[Arrays, Array, Array], dict[str, Array]], trials: Array) -> Numbers:
    made = {}
    for number, example in enumerate(examples(trials), 1):
        squares = [float(it) ** 2 for part in way(*example).values() for it in part.flat]
        made[f"t{number}"] = math.sqrt(math.fsum(squares))
    return made


def norms_by_complex_steps(trials: Array) -> Numbers:
    """Complex steps of the loss."""
    return _norms(by_complex_steps, trials)


def norms_by_joint_jacobians(trials: Array) -> Numbers:
    """Products of joint Jacobians."""
    return _norms(by_joint_jacobians, trials)


def agreement_again(trials: Array, most: int) -> dict[str, int]:
    """Joint Jacobians against complex steps."""
    made = {}
    for number, example in enumerate(examples(trials), 1):
        one, two = by_joint_jacobians(*example), by_complex_steps(*example)
        gaps = [float(abs(one[name] - two[name]).max()) for name in one]
        size = max(float(abs(part).max()) for part in two.values())
        made[f"t{number}"] = max(k for k in range(most + 1) if max(gaps) <= size / 10**k)
    return made


# routes of the experiments


def curves_by_autograd(  # noqa: PLR0913, PLR0917  # the operands of the value
    biases: Array, gains: Array, rnn_gains: Array, inputs: int, classes: int,
    size: int, lag: int, steps: int, draws: int,
) -> dict[str, Array]:  # fmt: skip
    """Automatic differentiation for a change of every cell, all nets in one batch."""
    nets = [drawn(seed, (inputs, size, classes), steps) for seed in range(draws)]
    batch = {name: np.array([at[name] for at, _ in nets]) for name in ("W", "U", "V")}
    x, made = np.array([it for _, it in nets]), {}
    for number, bias in enumerate(biases, 1):
        slopes, gates = lstm_slopes(batch, x, 1.0, float(bias))
        made[f"full_{number}"] = fading(slopes, lag)
        left = np.cumsum(np.log(gates[:, : steps - lag - 1 : -1]), axis=1)
        paths = np.concatenate([slopes[:, -1:], np.exp(left) * slopes[:, -1:]], axis=1)
        made[f"path_{number}"] = fading(paths[:, ::-1], lag)
    for number, gain in enumerate(gains, 1):
        slopes, _ = lstm_slopes(batch, x, float(gain), float(biases[1]))
        made[f"gain_{number}"] = fading(slopes, lag)
    for number, gain in enumerate(rnn_gains, 1):
        made[f"rnn_{number}"] = fading(rnn_slopes(batch, x, float(gain)), lag)
    return made


def fading(slopes: Array, lag: int) -> Array:
    """Mean logarithm of the size at each lag, less that at lag zero.

    Shapes: slopes (N, T, n) -> (lag + 1).
    """
    sizes = np.log(np.sqrt((slopes**2).sum(axis=2))) / math.log(10)
    return np.asarray((sizes - sizes[:, -1:]).mean(axis=0)[::-1][: lag + 1])


def last_loss(weights: Array, state: Any) -> Any:  # noqa: ANN401
    """Cross-entropies of the last step, summed over the batch; the class is the first."""
    logits = anp.einsum("bkj,bj->bk", weights, state)
    return anp.sum(anp.log(anp.sum(anp.exp(logits), axis=1)) - logits[:, 0])


def lstm_slopes(batch: Arrays, x: Array, gain: float, bias: float) -> tuple[Array, Array]:
    """Derivatives of the last loss by what is added to each cell; the forget gates.

    Shapes: x (N, T, d) -> (N, T, n), (N, T, n).
    """
    (count, steps, _), n = x.shape, batch["U"].shape[2]
    gates = np.zeros((count, steps, n))

    def loss(nudges: Any) -> Any:  # noqa: ANN401
        cell = state = anp.zeros((count, n))
        for t in range(steps):
            z = anp.einsum("bij,bj->bi", batch["W"], x[:, t])
            z = z + gain * anp.einsum("bij,bj->bi", batch["U"], state)
            let_in = 0.5 + 0.5 * anp.tanh(z[:, :n] / 2)
            keep = 0.5 + 0.5 * anp.tanh((z[:, n : 2 * n] + bias) / 2)
            gates[:, t] = getattr(keep, "_value", keep)
            cell = keep * cell + let_in * anp.tanh(z[:, 3 * n :]) + nudges[:, t]
            state = (0.5 + 0.5 * anp.tanh(z[:, 2 * n : 3 * n] / 2)) * anp.tanh(cell)
        return last_loss(batch["V"], state)

    return np.asarray(grad(loss)(np.zeros(gates.shape))), gates


def rnn_slopes(batch: Arrays, x: Array, gain: float) -> Array:
    """Derivatives of the last loss of an RNN by what is added to each state."""
    (count, steps, _), n = x.shape, batch["U"].shape[2]

    def loss(nudges: Any) -> Any:  # noqa: ANN401
        state = anp.zeros((count, n))
        for t in range(steps):
            z = anp.einsum("bij,bj->bi", batch["W"][:, 3 * n :], x[:, t])
            z = z + gain * anp.einsum("bij,bj->bi", batch["U"][:, 3 * n :], state)
            state = anp.tanh(z) + nudges[:, t]
        return last_loss(batch["V"], state)

    return np.asarray(grad(loss)(np.zeros((count, steps, n))))


def corners_by_autograd(inputs: int, units: int, classes: int, short: int) -> dict[str, float]:
    """Automatic differentiation, gates saturated by their biases; the limits of the products."""
    made = {}
    at, x = drawn(7, (inputs, units, classes), short + 2)
    targets = np.array([[float(k == t % classes) for k in range(classes)] for t in range(len(x))])
    for case, biases in CASES.items():
        net = {name: np.array(part) for name, part in at.items()}
        for gate, bias in enumerate(biases):
            if bias is not None:
                net["b"][gate * units : (gate + 1) * units] = bias
        with np.errstate(over="ignore"):  # autograd divides by the square of a huge cosh
            slopes = by_autograd(net, x, targets)["b"].reshape(4, units)
            before, last = (at_cell(net, x, targets[-1], back) for back in (short, 0))
        made[f"{case}_bf"], made[f"{case}_bg"] = np.sqrt((slopes[[1, 3]] ** 2).sum(axis=1))
        made[f"{case}_full"] = math.sqrt(before @ before) / math.sqrt(last @ last)
        made[f"{case}_path"] = float(biases[1] == FAR)
    return {name: float(number) for name, number in made.items()}


def at_cell(net: Arrays, x: Array, target: Array, back: int) -> Array:
    """Derivative of the last cross-entropy by the cell `back` steps before the last."""
    n, start = len(net["s0"]), len(x) - back

    def run(cell: Any, state: Any, part: Array) -> Any:  # noqa: ANN401
        show = None
        for now in part:
            z = anp.dot(net["W"], now) + anp.dot(net["U"], state) + net["b"]
            let_in, keep, show = (
                0.5 + 0.5 * anp.tanh(z[k * n : (k + 1) * n] / 2) for k in range(3)
            )
            cell = keep * cell + let_in * anp.tanh(z[3 * n :])
            state = show * anp.tanh(cell)
        return cell, state, show

    here, _, shown = run(net["s0"], net["h0"], x[:start])

    def loss(cell: Any) -> Any:  # noqa: ANN401
        _, state, _ = run(cell, shown * anp.tanh(cell), x[start:])
        logits = anp.dot(net["V"], state) + net["c"]
        return anp.log(anp.sum(anp.exp(logits))) - anp.sum(target * logits)

    return np.asarray(grad(loss)(here))
