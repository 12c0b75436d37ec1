"""Layers of a fully connected net: each forward, and backward from the gradient of its output."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from derivatex import listing

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]


@listing
def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, tuple[Array, Array]]:
    """The output of an affine layer, and what its backward pass needs.

    Shapes: x (N, ...) with D entries for each input, w (D, M), b (M,) -> (N, M).
    """
    rows = x.reshape(len(x), -1)
    return rows @ w + b, (x, w)


@listing
def affine_backward(upstream: Array, cache: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """The gradients for the input, the weights and the bias.

    Shapes: upstream (N, M) -> those of x, w and b.
    """
    x, w = cache
    rows = x.reshape(len(x), -1)
    return (upstream @ w.T).reshape(x.shape), rows.T @ upstream, upstream.sum(axis=0)


@listing
def relu_forward(z: Array) -> tuple[Array, Array]:
    """The positive part of every entry, and what the backward pass needs."""
    return np.maximum(0, z), z


@listing
def relu_backward(upstream: Array, z: Array) -> Array:
    """The gradient for the input, of any shape; at 0 the slope is 0."""
    return np.asarray(upstream * (z > 0))


@listing
def softmax_loss(scores: Array, labels: Array) -> tuple[float, Array]:
    """Mean cross-entropy of the softmax of each row, and its gradient for the scores.

    Shapes: scores (N, C), labels (N,) with entries from 0 to C - 1 -> a number, (N, C).
    """
    shifted = scores - scores.max(axis=1, keepdims=True)  # no power exceeds one
    sums = np.exp(shifted).sum(axis=1, keepdims=True)
    every = np.arange(len(labels))
    gradient = np.exp(shifted) / sums
    gradient[every, labels] -= 1
    return float(np.mean(np.log(sums[:, 0]) - shifted[every, labels])), gradient / len(labels)
