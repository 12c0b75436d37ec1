"""Forward pass, backward pass and step of a perceptron of any depth; its loss for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import autograd.numpy as anp
import numpy as np

from derivatex import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Pair: TypeAlias = tuple[Array, Array]

KINDS = ("tanh", "logistic", "relu")  # layer 1, 2, 3, and again from the first
APPLY: Mapping[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "logistic": lambda u: 1 / (1 + np.exp(-u)),
    "relu": lambda u: np.maximum(u, 0),
}
SLOPE: Mapping[str, Callable[[Array], Array]] = {
    "tanh": lambda u: 1 - np.tanh(u) ** 2,
    "logistic": lambda u: 1 / (2 + np.exp(u) + np.exp(-u)),
    "relu": lambda u: (u > 0).astype(float),
}


@dataclass
class Net:
    """Weights and biases of layers 1 to L, and the kinds of the hidden functions."""

    weights: list[Array]
    biases: list[Array]
    kinds: list[str]


@listing
def forward(net: Net, x: Array) -> tuple[list[Array], list[Array], Array]:
    """The z of layers 1 to L, the h of layers 0 to L - 1, and y; column i is example i."""
    z: list[Array] = []
    h = [x]
    for layer, (matrix, bias) in enumerate(zip(net.weights, net.biases, strict=True), start=1):
        z.append(matrix @ h[-1] + bias[:, None])
        if layer < len(net.weights):
            h.append(APPLY[net.kinds[layer - 1]](z[-1]))
    odds = np.exp(z[-1] - z[-1].max(axis=0))  # the shift changes no quotient
    return z, h, odds / odds.sum(axis=0)


@listing
def backward(net: Net, z: list[Array], h: list[Array], d: Array, lam: float) -> list[Pair]:
    """The gradients of every layer; the columns of d are the deltas of the output layer."""
    gradients: list[Pair] = []
    for layer in range(len(net.weights), 0, -1):  # W, z and f of layer l stand at place l - 1
        matrix = net.weights[layer - 1]
        gradients.append((d @ h[layer - 1].T + 2 * lam * matrix, d.sum(axis=1)))
        if layer > 1:
            d = SLOPE[net.kinds[layer - 2]](z[layer - 2]) * (matrix.T @ d)
    return gradients[::-1]


@listing
def step(net: Net, x: Array, t: Array, lam: float, eta: float) -> None:
    """One step of gradient descent on a minibatch; it starts when all gradients are known."""
    z, h, y = forward(net, x)
    gradients = backward(net, z, h, t.sum(axis=0) * y - t, lam)
    for place, (of_weights, of_biases) in enumerate(gradients):
        net.weights[place] = net.weights[place] - eta * of_weights
        net.biases[place] = net.biases[place] - eta * of_biases


def split(theta: Any, widths: list[int]) -> tuple[list[Any], list[Any]]:  # noqa: ANN401
    """Weights and biases from the column that stacks them."""
    weights, biases, at = [], [], 0
    for below, above in pairwise(widths):
        weights.append(theta[at : at + above * below].reshape(above, below))
        biases.append(theta[at + above * below : at + above * (below + 1)])
        at += above * (below + 1)
    return weights, biases


def flat(gradients: list[Pair]) -> Array:
    """The gradients in the order of the parameters."""
    return np.concatenate([part.ravel() for pair in gradients for part in pair])


def loss_of(theta: Any, widths: list[int], x: Array, t: Array, lam: float) -> Any:  # noqa: ANN401
    """The regularised loss, for automatic differentiation."""
    weights, biases = split(theta, widths)
    h = x
    for layer, (matrix, bias) in enumerate(zip(weights, biases, strict=True)):
        z = anp.dot(matrix, h) + anp.reshape(bias, (-1, 1))
        kind = KINDS[layer % 3]
        if kind == "tanh":
            h = anp.tanh(z)
        else:
            h = 0.5 + 0.5 * anp.tanh(z / 2) if kind == "logistic" else anp.where(z > 0, z, 0.0)
    top = anp.max(z, axis=0)
    y_log = z - top - anp.log(anp.sum(anp.exp(z - top), axis=0))
    return -anp.sum(t * y_log) + lam * sum(anp.sum(matrix**2) for matrix in weights)
