"""Heads with persistent vectors, a feed-forward layer without biases, and what they compute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]


def softmax(scores: Array) -> Array:
    """Positive weights that add up to one, along the last axis."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def heads_of(heads: int, head: int, context: int, pairs: int) -> dict[str, Array]:
    """Random heads, stacked along the first axis, with a context and a current input."""
    random, d = np.random.default_rng(0), heads * head
    made = {name: random.normal(size=(heads, head, d)) / np.sqrt(d) for name in ("Wq", "Wk", "Wv")}
    made["Wo"] = random.normal(size=(heads, d, head)) / np.sqrt(d)
    made["P"] = random.normal(size=(heads, head, context))
    made["Mk"] = random.normal(size=(heads, head, pairs))
    made["Mv"] = random.normal(size=(heads, head, pairs))
    made["X"] = random.normal(size=(d, context))
    made["x"] = random.normal(size=d)
    return made


def read(at: Arrays) -> dict[str, Array]:
    """Queries, weights and outputs of all heads: one softmax over context and persistent pairs."""
    q = at["Wq"] @ at["x"]
    root, context = np.sqrt(q.shape[1]), at["X"].shape[1]
    keys = np.concatenate([at["Wk"] @ at["X"] + at["P"], at["Mk"]], axis=2)
    values = np.concatenate([at["Wv"] @ at["X"], at["Mv"]], axis=2)
    weights = softmax(np.einsum("rkn,rk->rn", keys, q) / root)
    y = np.einsum("rkn,rn->rk", values, weights)
    alpha, beta = weights[:, :context], weights[:, context:]
    return {"q": q, "alpha": alpha, "beta": beta, "g": alpha.sum(axis=1), "y": y}


def slopes(at: Arrays) -> dict[str, Array]:
    r"""Gradients of half the squared norm of all heads' output, for the persistent vectors."""
    kept = read(at)
    output = np.einsum("rdk,rk->d", at["Wo"], kept["y"])
    delta = np.einsum("rdk,d->rk", at["Wo"], output)
    pull = np.einsum("rkp,rk->rp", at["Mv"], delta) - (kept["y"] * delta).sum(axis=1)[:, None]
    root = np.sqrt(kept["q"].shape[1])
    return {
        "Mk": np.einsum("rk,rp->rkp", kept["q"], kept["beta"] * pull) / root,
        "Mv": np.einsum("rk,rp->rkp", delta, kept["beta"]),
    }


def layer_of(width: int, units: int, inputs: int) -> dict[str, Array]:
    """A feed-forward layer without biases, and inputs of mean zero and length root of d."""
    random = np.random.default_rng(1)
    made = {
        "U": random.normal(size=(width, units)) / np.sqrt(units),
        "V": random.normal(size=(units, width)) / np.sqrt(width),
    }
    x = random.normal(size=(width, inputs))
    x -= x.mean(axis=0)
    return {**made, "x": np.sqrt(width) * x / np.linalg.norm(x, axis=0)}
