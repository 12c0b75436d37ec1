"""Second routes of problem 3: nothing here is shared with what they check."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]

TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better
SIZES = ("small", "large")  # of the inputs
CLASSES = 4
POWERS = {"shear": 60, "nilpotent": 12, "saturated": 12}  # the largest lag that is drawn


def drawn_by_loops(units: int, horizon: int) -> dict[str, Array]:
    """The same draws, one by one; the orthogonal matrix by the Gram-Schmidt process."""
    random = np.random.Generator(np.random.PCG64(0))

    def block(*shape: int) -> Array:
        return np.array([random.normal() for _ in range(math.prod(shape))]).reshape(shape)

    columns: list[Array] = []
    for raw in block(units, units).T:
        left = raw.copy()
        for _ in range(2):  # once more, against rounding
            for column in columns:
                left = left - (left @ column) * column
        columns.append(left / math.sqrt(float(left @ left)))
    rotation = np.array(columns).T
    signs = np.sign(np.diag(np.linalg.qr(rotation)[1]))  # those that Householder's method chooses
    made = {"x": block(horizon, units), "V": block(CLASSES, units) / math.sqrt(units)}
    return {"rotation": rotation * signs, **made}


def norms_by_complex_steps(drawn: Arrays, scales: Array, amplitudes: Array) -> dict[str, Array]:
    r"""Complex steps of an earlier state, followed to the last one; eigenvalues of $A^\top A$."""
    x, units = drawn["x"], len(drawn["rotation"])
    made = {}
    for name, amplitude in zip(SIZES, amplitudes, strict=True):
        rows = []
        for scale in scales:
            moved: list[list[complex]] = []
            for lag in range(len(x)):
                state = np.zeros((units, units), dtype=complex)
                for t in range(1, len(x) + 1):
                    state = np.tanh(scale * state @ drawn["rotation"].T + amplitude * x[t - 1])
                    if t == len(x) - lag:
                        state = state + 1j * TINY * np.eye(units)
                slopes = state.imag / TINY
                moved.append(np.linalg.eigvalsh(slopes @ slopes.T)[-1] ** 0.5)
            rows.append(moved)
        made[name] = np.array(rows)
    return made


def last_norm(drawn: Arrays, scale: float, amplitude: float) -> float:
    """Jacobian matrices multiplied from the right to the left, then the largest singular value."""
    weights, product = scale * drawn["rotation"], np.eye(len(drawn["rotation"]))
    state = np.tanh(amplitude * drawn["x"][0])
    for now in drawn["x"][1:]:
        state = np.tanh(weights @ state + amplitude * now)
        product = (weights * (1 - state**2)[:, None]) @ product
    return float(np.linalg.svd(product, compute_uv=False)[0])


def grown_by_singular_values(drawn: Arrays, scales: Array, amplitudes: Array) -> dict[str, float]:
    """The product formed in the order of time, and its singular values."""
    small, large = amplitudes
    return {"middle": last_norm(drawn, scales[1], small), "top": last_norm(drawn, scales[2], large)}


def fallen_by_singular_values(drawn: Arrays, scales: Array, amplitudes: Array) -> float:
    """The product formed in the order of time, and its singular values."""
    return last_norm(drawn, scales[1], amplitudes[1])


def bounds_by_logarithms(drawn: Arrays, scales: Array, amplitudes: Array) -> dict[str, Array]:
    """Sums of logarithms."""
    lags = np.arange(len(drawn["x"]))
    made = {"upper": np.outer(np.log(scales), lags) / math.log(10)}
    for name, amplitude in zip(SIZES, amplitudes, strict=True):
        rows = []
        for scale in scales:
            state, least = np.zeros(len(drawn["rotation"])), []
            for now in drawn["x"]:
                state = np.tanh(scale * drawn["rotation"] @ state + amplitude * now)
                least.append(math.log(1 - float(np.abs(state).max()) ** 2) + math.log(scale))
            sums = [math.fsum(least[len(least) - lag :]) for lag in lags]
            rows.append(np.array(sums) / math.log(10))
        made[name] = np.array(rows)
    return made


def shares_by_autograd(
    drawn: Arrays, scales: Array, amplitudes: Array, lags: Array
) -> dict[str, Array]:
    r"""Automatic differentiation for the copy of $\mathbf{U}$ that each step uses."""
    made = {}
    for name, amplitude in zip(SIZES, amplitudes, strict=True):
        columns = []
        for scale in scales:

            def loss(copies: Any, amplitude: float = amplitude) -> Any:  # noqa: ANN401
                state = np.zeros(len(drawn["rotation"]))
                for copy, now in zip(copies, drawn["x"], strict=True):
                    state = anp.tanh(anp.dot(copy, state) + amplitude * now)
                logits = anp.dot(drawn["V"], state)
                return anp.log(anp.sum(anp.exp(logits))) - logits[0]

            slopes = grad(loss)(np.array([scale * drawn["rotation"]] * len(drawn["x"])))
            sizes = np.sqrt((slopes**2).sum(axis=(1, 2)))[::-1]
            columns.append(np.log10(sizes[lags.astype(int)]) - math.log10(sizes[0]))
        made[name] = np.array(columns).T
    return made


def powers_by_closed_forms(
    a: float, beta: float, kappa: float, theta: float, omega: float
) -> dict[str, Array]:
    """Closed forms of the norms."""
    lag = np.arange(1, POWERS["shear"] + 1)
    on, off = a**lag, lag * beta * a ** (lag - 1)
    shear = (off + np.sqrt(off**2 + 4 * on**2)) / 2
    lag = np.arange(1, POWERS["nilpotent"] + 1)
    nilpotent = kappa * math.sqrt(2 + 2 * theta**2) * (kappa * (1 - theta)) ** (lag - 1)
    low, high = 0.1, omega
    for _ in range(60):  # bisection for tanh(z) = z / omega
        middle = (low + high) / 2
        low, high = (middle, high) if math.tanh(middle) > middle / omega else (low, middle)
    saturated = (2 * low / math.sinh(2 * low)) ** np.arange(1, POWERS["saturated"] + 1)
    return {
        name: np.concatenate([[1.0], made])
        for name, made in (("shear", shear), ("nilpotent", nilpotent), ("saturated", saturated))
    }


def shear_by_repeated_squares(
    a: float, beta: float, roots: Array, late: int
) -> dict[str, float | Array]:
    """Products of the matrix with itself; the norm as the root of an eigenvalue."""
    matrix = np.array([[a, beta], [0, a]])

    def norm(lag: int) -> float:
        made = np.linalg.matrix_power(matrix, lag)
        return math.sqrt(np.linalg.eigvalsh(made @ made.T)[-1])

    lag = max(range(1, late), key=norm)
    root = np.array([norm(int(it)) ** (1 / it) for it in roots])
    return {"lag": lag, "peak": norm(lag), "late": norm(late), "sigma": norm(1), "root": root}


def factor_by_trace(kappa: float, theta: float) -> float:
    """Trace of the matrix of a step."""
    return float(np.trace(np.diag([1, theta]) @ (kappa * np.array([[1, -1], [1, -1]]))))


def fixed_by_bisection(omega: float) -> dict[str, float]:
    """Bisection; the slope from hyperbolic functions."""
    low, high = 0.1, omega
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if math.tanh(middle) * omega > middle else (low, middle)
    return {"state": low / omega, "slope": 2 * low / math.sinh(2 * low)}


def guess_by_series() -> float:
    """Series of the inverse hyperbolic tangent of one third."""
    return math.fsum(2 / (k * 3**k) for k in range(1, 40, 2))


def horizon_by_products(shrink: float, epsilon: float) -> int:
    """Factors multiplied until the product is small enough."""
    product, lag = 1.0, 0
    while product > epsilon:
        product, lag = product * shrink, lag + 1
    return lag


def memory_by_rows(
    strengths: Array, delays: Array, rates: Array, counts: Array
) -> dict[str, Array]:
    """Sequences as rows, one score instead of two logits, gradients as one contraction."""
    (noise, step), (hidden, batch, updates, window) = rates, counts.astype(int)
    losses = np.zeros((len(delays), len(strengths) - 1))
    for place in np.ndindex(*losses.shape):
        delay, random = int(delays[place[0]]), np.random.default_rng(0)
        rotation = np.linalg.qr(random.normal(size=(hidden, hidden)))[0]
        U, w = strengths[place[1]] * rotation, random.normal(size=hidden)  # noqa: N806
        pair = random.normal(size=(2, hidden)) / math.sqrt(hidden)
        v, b, c, seen = pair[1] - pair[0], np.zeros(hidden), 0.0, []
        for _ in range(updates):
            bits = random.integers(0, 2, size=batch)
            x = noise * random.normal(size=(delay + 1, batch))
            x[0] = 2 * bits - 1
            h, dz = np.zeros((delay + 2, batch, hidden)), np.zeros((delay + 1, batch, hidden))
            for t in range(delay + 1):
                h[t + 1] = np.tanh(np.outer(x[t], w) + h[t] @ U.T + b)
            share = 1 / (1 + np.exp(-h[-1] @ v - c))
            seen.append(-np.mean(np.log(np.where(bits == 1, share, 1 - share))))
            dz[-1] = np.outer(share - bits, v) * (1 - h[-1] ** 2)
            for t in range(delay, 0, -1):
                dz[t - 1] = (dz[t] @ U) * (1 - h[t] ** 2)
            v = v - 2 * step / batch * (share - bits) @ h[-1]
            c = c - 2 * step / batch * float((share - bits).sum())
            U = U - step / batch * np.einsum("tbi,tbj->ij", dz, h[:-1], optimize=True)  # noqa: N806
            w = w - step / batch * np.einsum("tbi,tb->i", dz, x)
            b = b - step / batch * dz.sum(axis=(0, 1))
        losses[place] = np.mean(seen[-window:])
    return {"loss": losses}


def start_by_rows(strengths: Array, delays: Array, rates: Array, counts: Array) -> dict[str, float]:
    """Complex steps of the sum that the first step computes."""
    noise, (hidden, batch) = rates[0], counts[:2].astype(int)
    errors = {}
    for place in np.ndindex(len(delays), len(strengths)):
        delay, random = int(delays[place[0]]), np.random.default_rng(0)
        rotation = np.linalg.qr(random.normal(size=(hidden, hidden)))[0]
        w, pair = random.normal(size=hidden), random.normal(size=(2, hidden)) / math.sqrt(hidden)
        bits = random.integers(0, 2, size=batch)
        x = noise * random.normal(size=(delay + 1, batch))
        x[0] = 2 * bits - 1
        state = np.tanh(x[0][:, None, None] * w + 1j * TINY * np.eye(hidden))
        for now in x[1:]:
            state = np.tanh(now[:, None, None] * w + strengths[place[1]] * state @ rotation.T)
        score = state @ (pair[1] - pair[0])
        loss = np.log(1 + np.exp(np.where(bits == 1, -1, 1)[:, None] * score))
        mean = float(np.mean(np.sqrt(((loss.imag / TINY) ** 2).sum(axis=1))))
        errors[f"s{place[1] + 1}_d{place[0] + 1}"] = math.log10(mean)
    return errors
