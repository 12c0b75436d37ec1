"""An LSTM in NumPy, forward and backward, and an RNN beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from derivatex import listing

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Gradients: TypeAlias = dict[str, Array]


def sigmoid(u: Array) -> Array:
    """The logistic function, without overflow."""
    return np.asarray((1 + np.tanh(u / 2)) / 2)


@listing
def forward(at: Arrays, x: Array) -> dict[str, Array]:
    """All quantities of the net; W, U and b are stacked in the order i, f, q, g."""
    n = len(at["s0"])
    gates, s, h = [], [at["s0"]], [at["h0"]]
    for x_t in x:
        z = at["W"] @ x_t + at["U"] @ h[-1] + at["b"]
        i, f, q = sigmoid(z[: 3 * n]).reshape(3, n)
        g = np.tanh(z[3 * n :])
        s.append(f * s[-1] + i * g)
        h.append(q * np.tanh(s[-1]))
        gates.append((i, f, q, g))
    o = np.array(h[1:]) @ at["V"].T + at["c"]
    o -= o.max(axis=1, keepdims=True)  # leaves the softmax as it is
    log_y = o - np.log(np.exp(o).sum(axis=1, keepdims=True))
    return {"gates": np.array(gates), "s": np.array(s), "h": np.array(h), "log_y": log_y}


@listing
def backward(at: Arrays, x: Array, kept: Arrays, delta_o: Array) -> tuple[Gradients, Array]:
    """Gradients for `at`, and all errors of the cell; `kept` is what `forward` returned."""
    s, h, cell_errors = kept["s"], kept["h"], []
    made = {name: np.zeros(part.shape) for name, part in at.items()}
    made["V"], made["c"] = delta_o.T @ h[1:], delta_o.sum(axis=0)
    delta_z, carried = np.zeros(len(at["b"])), np.zeros(len(at["s0"]))  # of step tau + 1
    for t in range(len(x), 0, -1):
        i, f, q, g = kept["gates"][t - 1]
        bent = np.tanh(s[t])
        delta_h = at["V"].T @ delta_o[t - 1] + at["U"].T @ delta_z
        delta_s = q * (1 - bent**2) * delta_h + carried
        cell_errors.append(delta_s)
        delta_i, delta_f = delta_s * g * i * (1 - i), delta_s * s[t - 1] * f * (1 - f)
        delta_q, delta_g = delta_h * bent * q * (1 - q), delta_s * i * (1 - g**2)
        delta_z = np.concatenate([delta_i, delta_f, delta_q, delta_g])
        made["W"] += np.outer(delta_z, x[t - 1])
        made["U"] += np.outer(delta_z, h[t - 1])
        made["b"] += delta_z
        carried = f * delta_s  # to the cell of the step before
    made["h0"], made["s0"] = at["U"].T @ delta_z, carried
    return made, np.array(cell_errors[::-1])


def weights_of(
    random: np.random.Generator, inputs: int, units: int, classes: int
) -> dict[str, Array]:
    """Normal parameters and initial states; variances are one over the number of columns.

    Shapes: W (4n, d), U (4n, n), b (4n), V (K, n), c (K), s0 (n), h0 (n).
    """
    return {
        "W": random.normal(size=(4 * units, inputs)) / np.sqrt(inputs),
        "U": random.normal(size=(4 * units, units)) / np.sqrt(units),
        "b": random.normal(size=4 * units),
        "V": random.normal(size=(classes, units)) / np.sqrt(units),
        "c": random.normal(size=classes),
        "s0": random.normal(size=units),
        "h0": random.normal(size=units),
    }


def rnn_errors(at: Arrays, x: Array, output: Array, target: Array) -> Array:
    """Errors of the states of an RNN for the cross-entropy of the last step.

    Shapes: W (n, d), U (n, n), x (T, d), output (K, n), target (K) -> (T, n).
    """
    states = [np.zeros(len(at["U"]))]
    for x_t in x:
        states.append(np.tanh(at["W"] @ x_t + at["U"] @ states[-1]))
    shares = np.exp(output @ states[-1])
    errors = [output.T @ (shares / shares.sum() - target)]
    for state in states[:1:-1]:
        errors.append(at["U"].T @ ((1 - state**2) * errors[-1]))
    return np.array(errors[::-1])
