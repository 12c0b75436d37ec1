"""Fully connected nets of any depth: their loss with its gradients, and their training."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from layers import affine_backward, affine_forward, relu_backward, relu_forward, softmax_loss

from derivatex import listing

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Net: TypeAlias = list[tuple[Array, Array]]  # weights and bias of each layer


@dataclass(frozen=True)
class Plan:
    """How a net is trained; every image is divided by `divisor` first."""

    steps: int
    batch: int
    rate: float
    decay: float
    period: int
    strength: float
    divisor: float


@dataclass(frozen=True)
class Run:
    """A trained net, the loss of every step, and the accuracies seen after every period."""

    net: Net
    losses: list[float]
    seen: list[list[float]]


@listing
def start(widths: Sequence[int], scale: float, random: np.random.Generator) -> Net:
    """A net with biases zero and normal weights of variance 2 scale**2 / inputs.

    Source: He, Zhang, Ren and Sun (2015), section 2.2, where the scale is one.
    """
    net: Net = []
    for inputs, outputs in itertools.pairwise(widths):
        w = scale * math.sqrt(2 / inputs) * random.normal(size=(inputs, outputs))
        net.append((w, np.zeros(outputs)))
    return net


@listing
def net_loss(net: Net, images: Array, labels: Array, strength: float) -> tuple[float, Net]:
    """The loss of a net with any number of layers, and its gradients.

    Shapes: images (N, n_0), labels (N,) -> a number, and for each layer those of w and b.
    """
    signal, kept = images, []
    for layer, (w, b) in enumerate(net, start=1):
        signal, affine = affine_forward(signal, w, b)
        relu = None
        if layer < len(net):
            signal, relu = relu_forward(signal)
        kept.append((affine, relu))
    loss, upstream = softmax_loss(signal, labels)
    gradients: Net = []
    for (w, _), (affine, relu) in zip(reversed(net), reversed(kept), strict=True):
        if relu is not None:
            upstream = relu_backward(upstream, relu)
        upstream, for_weights, for_bias = affine_backward(upstream, affine)
        gradients.insert(0, (for_weights + strength * w, for_bias))
        loss += strength / 2 * float((w**2).sum())
    return loss, gradients


@listing
def train(
    net: Net,
    data: tuple[Array, Array],
    plan: Plan,
    random: np.random.Generator,
    watched: Sequence[tuple[Array, Array]] = (),
) -> Run:
    """Descent on random batches, with a step size that decays after every period."""
    images, labels = data
    losses, seen = [], []
    for step in range(plan.steps):
        batch = random.integers(len(images), size=plan.batch)
        inputs = images[batch].astype(float) / plan.divisor
        loss, gradients = net_loss(net, inputs, labels[batch], plan.strength)
        rate = plan.rate * plan.decay ** (step // plan.period)
        net = [
            (w - rate * for_weights, b - rate * for_bias)
            for (w, b), (for_weights, for_bias) in zip(net, gradients, strict=True)
        ]
        losses.append(loss)
        if (step + 1) % plan.period == 0:
            seen.append([accuracy(net, x.astype(float) / plan.divisor, y) for x, y in watched])
    return Run(net, losses, seen)


@listing
def scores(net: Net, images: Array) -> Array:
    """The output of the last affine layer.

    Shapes: (N, n_0) -> (N, C).
    """
    signal = images
    for w, b in net[:-1]:
        signal = relu_forward(affine_forward(signal, w, b)[0])[0]
    return affine_forward(signal, *net[-1])[0]


@listing
def accuracy(net: Net, images: Array, labels: Array) -> float:
    """The part of the images whose largest score is that of their class."""
    return float(np.mean(scores(net, images).argmax(axis=1) == labels))
