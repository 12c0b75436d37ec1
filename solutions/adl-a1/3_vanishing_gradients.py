"""Norms of Jacobian products against their bounds, three counterexamples, a memory task."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure
from vanishing_gradients_routes import (
    CLASSES,
    POWERS,
    SIZES,
    bounds_by_logarithms,
    drawn_by_loops,
    factor_by_trace,
    fallen_by_singular_values,
    fixed_by_bisection,
    grown_by_singular_values,
    guess_by_series,
    horizon_by_products,
    memory_by_rows,
    norms_by_complex_steps,
    powers_by_closed_forms,
    shares_by_autograd,
    shear_by_repeated_squares,
    start_by_rows,
)

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]

BLUE, ORANGE, PURPLE = "#1F5FA8", "#C06014", "#8E2F6B"
STYLES = ((BLUE, "o-"), (ORANGE, "s-"), (PURPLE, "^-"))


# what the report prints


@value(route=drawn_by_loops, digits=4)
def drawn(units: int, horizon: int) -> dict[str, Array]:
    """An orthogonal matrix, inputs and an output matrix from normal draws."""
    random = np.random.default_rng(0)
    rotation = np.linalg.qr(random.normal(size=(units, units)))[0]
    x = random.normal(size=(horizon, units))
    return {"rotation": rotation, "x": x, "V": random.normal(size=(CLASSES, units)) / units**0.5}


def states(drawn: Arrays, scale: float, amplitude: float) -> Array:
    """The states of the network, the initial one first."""
    made = [np.zeros(len(drawn["rotation"]))]
    for now in drawn["x"]:
        made.append(np.tanh(scale * drawn["rotation"] @ made[-1] + amplitude * now))
    return np.array(made)


@value(route=norms_by_complex_steps)
def norms(drawn: Arrays, scales: Array, amplitudes: Array) -> dict[str, Array]:
    """Spectral norm of the Jacobian product for each scale and lag."""
    made = {}
    for name, amplitude in zip(SIZES, amplitudes, strict=True):
        rows = []
        for scale in scales:
            product, row = np.eye(len(drawn["rotation"])), [1.0]
            for state in states(drawn, scale, amplitude)[:1:-1]:
                product = product @ np.diag(1 - state**2) @ (scale * drawn["rotation"])
                row.append(float(np.linalg.norm(product, 2)))
            rows.append(row)
        made[name] = np.array(rows)
    return made


@value(route=grown_by_singular_values, digits=1)
def grown(norms: Arrays) -> dict[str, float]:
    """Norms at the largest lag: second scale and small inputs, third scale and large ones."""
    return {"middle": norms["small"][1, -1], "top": norms["large"][2, -1]}


@value(route=fallen_by_singular_values, digits=2, scientific=True)
def fallen(norms: Arrays) -> float:
    """Norm at the largest lag: second scale and large inputs."""
    return float(norms["large"][1, -1])


@value(route=bounds_by_logarithms, digits=3)
def bounds(drawn: Arrays, scales: Array, amplitudes: Array) -> dict[str, Array]:
    """Decimal logarithms of the upper bound, and of the lower one for small and large inputs."""
    lags = range(len(drawn["x"]))
    made = {"upper": np.log10([[scale**lag for lag in lags] for scale in scales])}
    for name, amplitude in zip(SIZES, amplitudes, strict=True):
        rows = []
        for scale in scales:
            least = scale * (1 - states(drawn, scale, amplitude)[:1:-1] ** 2).min(axis=1)
            rows.append(np.log10(np.concatenate([[1.0], np.cumprod(least)])))
        made[name] = np.array(rows)
    return made


@value(route=shares_by_autograd, digits=1)
def share(drawn: Arrays, scales: Array, amplitudes: Array, lags: Array) -> dict[str, Array]:
    r"""Terms of $\partial J/\partial \mathbf{U}$: logarithm of the norm, less that of lag zero."""
    made = {}
    for name, amplitude in zip(SIZES, amplitudes, strict=True):
        columns = []
        for scale in scales:
            h = states(drawn, scale, amplitude)
            shares = np.exp(drawn["V"] @ h[-1])
            error = drawn["V"].T @ (shares / shares.sum() - np.eye(CLASSES)[0])
            terms = []
            for k in range(len(h) - 1, 0, -1):
                error = (1 - h[k] ** 2) * error
                terms.append(np.linalg.norm(error) * np.linalg.norm(h[k - 1]))
                error = scale * drawn["rotation"].T @ error
            columns.append([math.log10(terms[int(lag)] / terms[0]) for lag in lags])
        made[name] = np.array(columns).T
    return made


@value(route=powers_by_closed_forms)
def powers(a: float, beta: float, kappa: float, theta: float, omega: float) -> dict[str, Array]:
    """Norms of the Jacobian products of the three counterexamples, by running the networks."""
    top = math.sqrt(1 - theta)
    bent = kappa * np.array([[1.0, -1.0], [1.0, -1.0]])
    start = np.array([0.0, top])
    far = 1.0
    for _ in range(200):
        far = math.tanh(omega * far)
    networks = {
        "shear": (np.array([[a, beta], [0.0, a]]), np.zeros(2), np.zeros(2)),
        "nilpotent": (bent, start, np.arctanh(start) - bent @ start),
        "saturated": (np.array([[omega]]), np.array([far]), np.zeros(1)),
    }
    made = {}
    for name, (weights, first, bias) in networks.items():
        state, product, row = first, np.eye(len(weights)), [1.0]
        for _ in range(POWERS[name]):
            state = np.tanh(weights @ state + bias)
            product = np.diag(1 - state**2) @ weights @ product
            row.append(float(np.linalg.norm(product, 2)))
        made[name] = np.array(row)
    return made


@value(route=shear_by_repeated_squares, digits=4, tolerance=1e-7)
def shear(a: float, beta: float, roots: Array, late: int) -> dict[str, float | Array]:
    r"""Largest norm of $\mathbf{B}^m$, its lag, a late norm, $\sigma_{\max}$, roots of norms."""

    def log_norm(lag: Array) -> Array:
        ratio = lag * beta / a  # of the entries of the power
        return lag * math.log(a) + np.log((ratio + np.sqrt(ratio**2 + 4)) / 2)

    first = log_norm(np.arange(1.0, late + 1))
    peak = int(first.argmax())
    return {
        "lag": peak + 1, "peak": math.exp(first[peak]), "late": math.exp(first[-1]),
        "sigma": math.exp(first[0]), "root": np.exp(log_norm(roots) / roots),
    }  # fmt: skip


@value(route=fixed_by_bisection, digits=4)
def fixed(omega: float) -> dict[str, float]:
    """State that a single unit keeps, and the derivative of a step there."""
    state = 1.0
    for _ in range(200):
        state = math.tanh(omega * state)
    return {"state": state, "slope": omega * (1 - state**2)}


@value(route=factor_by_trace)
def factor(kappa: float, theta: float) -> float:
    """Factor of the nilpotent example in every step."""
    return kappa * (1 - theta)


@value(route=guess_by_series, digits=3)
def guess() -> float:
    """Loss of guessing one of two classes."""
    return math.log(2)


@value(route=horizon_by_products)
def needed(shrink: float, epsilon: float) -> int:
    """Lag from which on the bound is below the given share."""
    return math.ceil(math.log(epsilon) / math.log(shrink))


@value(route=memory_by_rows, digits=3, tolerance=1e-5)
def memory(strengths: Array, delays: Array, rates: Array, counts: Array) -> dict[str, Array]:
    r"""The memory task: loss after training, for all but the last scale of $\mathbf{U}$."""
    made = [[trained(it, delay, rates, counts)[1] for it in strengths[:-1]] for delay in delays]
    return {"loss": np.array(made)}


@value(route=start_by_rows, digits=1)
def start(strengths: Array, delays: Array, rates: Array, counts: Array) -> dict[str, float]:
    """The memory task: decimal logarithm of the error at the first step, before training."""
    once = np.array([*counts[:2], 1, 1])
    return {
        f"s{j}_d{k}": math.log10(trained(it, delay, rates, once)[0])
        for j, it in enumerate(strengths, start=1)
        for k, delay in enumerate(delays, start=1)
    }


def trained(strength: float, lag: float, rates: Array, counts: Array) -> tuple[float, float]:
    """Error at the first step before training, mean loss of the last updates.

    `rates`: noise, step length; `counts`: units, sequences, updates, losses that are averaged.
    """
    (noise, length), (hidden, batch, updates, window) = rates, counts.astype(int)
    delay, rate = int(lag), length / batch
    random = np.random.default_rng(0)
    U = strength * np.linalg.qr(random.normal(size=(hidden, hidden)))[0]  # noqa: N806
    W, V = random.normal(size=(hidden, 1)), random.normal(size=(2, hidden)) / hidden**0.5  # noqa: N806
    b, c = np.zeros((hidden, 1)), np.zeros((2, 1))
    losses, error = [], 0.0
    for update in range(updates):
        bits = random.integers(0, 2, size=batch)
        x = noise * random.normal(size=(delay + 1, batch))
        x[0] = 2 * bits - 1
        h = [np.zeros((hidden, batch))]
        for now in x:
            h.append(np.tanh(W * now + U @ h[-1] + b))
        o = V @ h[-1] + c
        losses.append(float(np.logaddexp(0, (o[0] - o[1]) * (2 * bits - 1)).mean()))
        miss = 1 / (1 + np.exp(o[0] - o[1])) - bits
        delta_o = np.array([-miss, miss])
        dW, dU, db = 0 * W, 0 * U, 0 * b  # noqa: N806
        delta_h = V.T @ delta_o
        for t in range(delay + 1, 0, -1):
            delta_z = (1 - h[t] ** 2) * delta_h
            dW += (delta_z @ x[t - 1])[:, None]  # noqa: N806
            dU += delta_z @ h[t - 1].T  # noqa: N806
            db += delta_z.sum(axis=1, keepdims=True)
            delta_h = U.T @ delta_z
        if update == 0:
            error = float(np.linalg.norm(delta_z, axis=0).mean())
        W, U, b = W - rate * dW, U - rate * dU, b - rate * db  # noqa: N806
        V = V - rate * delta_o @ h[-1].T  # noqa: N806
        c = c - rate * delta_o.sum(axis=1, keepdims=True)
    return error, float(np.mean(losses[-window:]))


@table
def shares(lags: Array) -> TableRows:
    """Each lag: share for small and for large inputs."""
    rows = [
        [rf"\val{{lags[{k}]}}"]
        + [rf"\val{{share.{name}[{k},{j}]}}" for name in SIZES for j in (1, 2, 3)]
        for k in range(1, len(lags) + 1)
    ]
    head = [rf"$\sigma = \val{{scales[{j}]}}$" for j in (1, 2, 3)]
    return TableRows("r" + 6 * "d", ["Lag", *head, *head], rows)


@table
def training(delays: Array) -> TableRows:
    """Each delay and scale: error at the first step, loss after training."""
    rows = []
    for k in range(1, len(delays) + 1):
        row = [rf"\val{{delays[{k}]}}"]
        for j in (1, 2, 3):
            row += [rf"\val{{start.s{j}_d{k}}}", rf"\val{{memory.loss[{k},{j}]}}"]
        rows.append([*row, rf"\val{{start.s4_d{k}}}"])
    head = []
    for j in (1, 2, 3):
        head += [rf"$\sigma = \val{{strengths[{j}]}}$", "loss"]
    return TableRows("rddddddd", ["Delay", *head, r"$\sigma = \val{strengths[4]}$"], rows)


@table
def conditions() -> TableRows:
    """Condition; what follows with a saturating activation; what follows without one."""
    return TableRows(
        "llll",
        ["Condition", "Vanishing", "Exploding", "Network"],
        [
            [r"$\sigma_{\max} < 1$", "sufficient", "excludes it", r"$\tanh$ and linear"],
            [r"$\sigma_{\max} > 1$", "allows it", "necessary", r"$\tanh$ and linear"],
            [r"$\sigma_{\min} \mu^{(r)} \ge \chi > 1$", "excludes it", "sufficient", r"$\tanh$"],
            [r"$\rho < 1$", "necessary and sufficient", "excludes it", "linear"],
            [r"$\rho > 1$", "excludes it for some error", "necessary and sufficient", "linear"],
            [r"$\rho < 1$ or $\rho > 1$", "allows it", "allows it", r"$\tanh$"],
            [r"$\mathbf{U}$ orthogonal", "allows it", "excludes it", r"$\tanh$"],
            [r"$\mathbf{U}$ orthogonal", "excludes it", "excludes it", "linear"],
        ],
    )


@figure
def decay(norms: Arrays, bounds: Arrays, scales: Array, amplitudes: Array) -> Figure:
    """Norm of the Jacobian product against the lag, with both bounds."""
    made = Figure(figsize=(6.3, 2.9))
    panels = made.subplots(1, 2, sharey=True)
    for panel, name, amplitude in zip(panels, SIZES, amplitudes, strict=True):
        for k, (scale, style) in enumerate(zip(scales, STYLES, strict=True)):
            colour, mark = style
            label = rf"$\sigma = {scale:g}$"
            panel.semilogy(
                norms[name][k], mark, color=colour, ms=3, markevery=3, lw=1.4, label=label
            )
            panel.semilogy(10 ** bounds["upper"][k], "--", color=colour, lw=0.8)
            panel.semilogy(10 ** bounds[name][k], ":", color=colour, lw=1.1)
        panel.set(
            xlabel="lag $m$", ylim=(1e-8, 1e6), title=f"{name} inputs, deviation {amplitude:g}"
        )
    panels[0].set_ylabel("norm")
    panels[1].legend(loc="lower right")
    return made


@figure
def eigenvalues(powers: Arrays, shear: Numbers, a: float, kappa: float, omega: float) -> Figure:
    """The three counterexamples."""
    made = Figure(figsize=(6.3, 2.4))
    panels = made.subplots(1, 3)
    rates = {"shear": (a, shear["sigma"]), "nilpotent": (0, 2 * kappa), "saturated": (omega, omega)}
    for panel, (name, (radius, sigma)) in zip(panels, rates.items(), strict=True):
        lag = np.arange(len(powers[name]))
        every = max(1, len(lag) // 12)
        panel.semilogy(powers[name], "o-", color=BLUE, ms=2.5, lw=1, markevery=every, label="norm")
        panel.semilogy(lag, sigma**lag, "--", color=ORANGE, lw=1, label=r"$\sigma_{\max}^m$")
        if radius:
            panel.semilogy(lag, radius**lag, ":", color=PURPLE, lw=1.6, label=r"$\rho^m$")
        panel.set(xlabel="lag $m$", title=rf"$\rho = {radius:g}$")
    panels[0].set_ylim(1e-3, 1e3)
    panels[0].legend(loc="upper right")
    return made
