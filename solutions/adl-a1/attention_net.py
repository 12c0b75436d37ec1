"""A stacked LSTM decoder with global attention and input feeding, and its derivatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]


def sigmoid(z: Array) -> Array:
    """The logistic function, without overflow."""
    return np.asarray((1 + np.tanh(z / 2)) / 2)


def softmax(scores: Array) -> Array:
    """Positive weights that add up to one."""
    weights = np.exp(scores - scores.max())
    return np.asarray(weights / weights.sum())


def decode(at: Arrays, forced: Array | None = None) -> dict[str, Array]:
    """Run the decoder; `forced` replaces the first alignment. Gates are stacked as i, f, o, g."""
    steps, (layers, n) = len(at["y"]), at["h0"].shape
    h, m, fed = [*at["h0"]], [*at["m0"]], np.zeros(n)
    kept: dict[str, list[Array]] = {"a": [], "e": [], "h": [], "m": [], "z": [], "fed": []}
    for t in range(steps):
        read = at["E"][:, int(at["y"][t])]  # the word before
        z = np.zeros((layers, 4 * n))
        for k in range(layers):
            z[k] = at["W"][k] @ read + at["U"][k] @ h[k] + at["b"][k]
            if k == 0:
                z[k] += at["F"] @ fed  # input feeding
            i, f, o = sigmoid(z[k, : 3 * n]).reshape(3, n)
            m[k] = f * m[k] + i * np.tanh(z[k, 3 * n :])
            read = h[k] = o * np.tanh(m[k])
        e = at["H"].T @ at["Wa"].T @ h[-1]
        a = softmax(e) if t or forced is None else forced
        fed = np.tanh(at["C"] @ at["H"] @ a + at["Q"] @ h[-1])
        for name, it in zip(kept, (a, e, np.array(h), np.array(m), z, fed), strict=True):
            kept[name].append(it)
    return {name: np.array(them) for name, them in kept.items()}


def reaches(at: Arrays) -> list[Array]:
    r"""Jacobian matrices of $\mathbf{e}_t$ for $\mathbf{a}_1$, t = 2, ..., T, by the chain rule.

    Shapes: n x S tangents of h and m for each layer; each result S x S.
    """
    kept, n = decode(at), len(at["Q"])
    layers, source = len(at["h0"]), at["H"].shape[1]
    moved_h = moved_m = np.zeros((layers, n, source))
    moved_fed = (1 - kept["fed"][0] ** 2)[:, None] * (at["C"] @ at["H"])
    made = []
    for t in range(1, len(at["y"])):
        after_h, after_m = np.zeros_like(moved_h), np.zeros_like(moved_m)
        below = at["F"] @ moved_fed
        for k in range(layers):
            i, f, o = sigmoid(kept["z"][t, k, : 3 * n]).reshape(3, n)
            g, squashed = np.tanh(kept["z"][t, k, 3 * n :]), np.tanh(kept["m"][t, k])
            d_i, d_f, d_o, d_g = (below + at["U"][k] @ moved_h[k]).reshape(4, n, source)
            after_m[k] = (
                f[:, None] * moved_m[k] + (kept["m"][t - 1, k] * f * (1 - f))[:, None] * d_f
            )
            after_m[k] += (g * i * (1 - i))[:, None] * d_i + (i * (1 - g**2))[:, None] * d_g
            after_h[k] = (o * (1 - squashed**2))[:, None] * after_m[k]
            after_h[k] += (squashed * o * (1 - o))[:, None] * d_o
            if k + 1 < layers:
                below = at["W"][k + 1] @ after_h[k]
        moved_h, moved_m = after_h, after_m
        moved_e = at["H"].T @ at["Wa"].T @ moved_h[-1]
        a = kept["a"][t]
        moved_a = (np.diag(a) - np.outer(a, a)) @ moved_e
        moved_fed = at["C"] @ at["H"] @ moved_a + at["Q"] @ moved_h[-1]
        moved_fed = (1 - kept["fed"][t] ** 2)[:, None] * moved_fed
        made.append(moved_e)
    return made


def without(at: Arrays) -> dict[str, Array]:
    """The same decoder without input feeding."""
    return {**at, "F": np.zeros_like(at["F"])}


def covering(source: int, sharp: float, push: float, lead: float) -> dict[str, Array]:
    """A decoder, set by hand, whose cell counts what was read and whose scores avoid it."""
    eye, none = np.eye(source), np.zeros((source, source))
    held = np.vstack([none] * 4)[None]
    return {
        "H": eye, "Wa": sharp * eye, "C": eye, "Q": none, "E": np.zeros((source, 1)),
        "W": held, "U": held, "F": np.vstack([none, none, none, -push * eye]),
        "b": np.repeat([1000.0, 1000.0, 1000.0, 0.0], source)[None],
        "h0": np.zeros((1, source)), "m0": lead * np.arange(source - 1.0, -1, -1)[None],
        "y": np.zeros(source),
    }  # fmt: skip
