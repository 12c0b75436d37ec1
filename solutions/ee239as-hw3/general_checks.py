"""Random layers and nets, and their gradients against central differences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from general import Net, net_loss, scores, start
from layers import affine_backward, affine_forward, relu_backward, relu_forward

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]


def sample(sizes: Array) -> tuple[Array, ...]:
    """Input, weights, bias and upstream gradient of an affine layer: N, D and M in `sizes`."""
    random = np.random.default_rng(0)
    N, D, M = map(int, sizes)  # noqa: N806
    return tuple(random.normal(size=size) for size in ((N, D), (D, M), M, (N, M)))


def layer_parts(sizes: Array) -> dict[str, Array]:
    """What both layers compute forward and backward; the ReLU gets the output of the first."""
    x, W, b, upstream = sample(sizes)  # noqa: N806
    Z, cache = affine_forward(x, W, b)  # noqa: N806
    backward = affine_backward(upstream, cache)
    H, z = relu_forward(Z)  # noqa: N806
    parts = (Z, *backward, H, relu_backward(upstream, z), upstream)
    return dict(zip(("Z", "X", "W", "b", "H", "R", "G"), parts, strict=True))


def central(function: Callable[[Array], float], at: Array, h: float) -> Array:
    """Central differences of a function of an array, entry by entry."""
    found = np.zeros(at.shape)
    for place in np.ndindex(*at.shape):
        step = np.zeros(at.shape)
        step[place] = h
        found[place] = (function(at + step) - function(at - step)) / (2 * h)
    return found


def decimals(ours: Array, theirs: Array, most: int) -> int:
    """Decimals to which two arrays agree, relative to the largest entry, counted up to `most`."""
    apart = float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))
    return min(int(most), math.floor(-math.log10(max(apart, 1e-300))))


def net_of(widths: Sequence[int], seed: int = 0) -> tuple[Net, np.random.Generator]:
    """A net with random weights and biases, and the generator behind it."""
    random = np.random.default_rng(seed)
    net = start(widths, 1.0, random)
    return [(W, random.normal(size=b.shape)) for W, b in net], random


def instance(widths: Sequence[int], images: int) -> tuple[Net, Array, Array]:
    """A random net, random inputs, and random classes."""
    net, random = net_of(widths)
    return net, random.normal(size=(images, widths[0])), random.integers(widths[-1], size=images)


def numeric(loss: Callable[[Net], float], net: Net, place: tuple[int, int], h: float) -> Array:
    """Central differences for the layer and its part, W (0) or b (1), at `place`."""
    layer, part = place

    def function(moved: Array) -> float:
        pair = (moved, net[layer][1]) if part == 0 else (net[layer][0], moved)
        return loss([*net[:layer], pair, *net[layer + 1 :]])

    return central(function, net[layer][part], h)


def worst_decimals(
    widths: Sequence[int], images: int, strength: float, h: float, most: int
) -> list[tuple[int, ...]]:
    """For W and b of each layer: decimals to which backward pass and central differences agree."""
    net, x, labels = instance(widths, images)

    def loss(moved: Net) -> float:
        return net_loss(moved, x, labels, strength)[0]

    return [
        tuple(
            decimals(ours, numeric(loss, net, (layer, part), h), most)
            for part, ours in enumerate(pair)
        )
        for layer, pair in enumerate(net_loss(net, x, labels, strength)[1])
    ]


def chain(deep: Array, depth: float) -> list[int]:
    """The widths of a net with `depth` layers: inputs, hidden layers in turn, classes."""
    return [int(width) for width in (deep[1], *deep[3 : 2 + int(depth)], deep[2])]


def layer_decimals(sizes: Array, h: float, most: int) -> dict[str, int]:
    """Agreement of the layers with loops, of their gradients with central differences."""
    x, W, b, upstream = sample(sizes)  # noqa: N806
    parts = layer_parts(sizes)

    def total(x: Array, W: Array, b: Array) -> float:
        return float((upstream * affine_forward(x, W, b)[0]).sum())

    loops = np.array(
        [[sum(map(math.prod, zip(row, column, strict=True))) for column in W.T] for row in x]
    )
    other = {
        "Z": loops + b,
        "X": central(lambda moved: total(moved, W, b), x, h),
        "W": central(lambda moved: total(x, moved, b), W, h),
        "b": central(lambda moved: total(x, W, moved), b, h),
        "H": np.array([[max(entry, 0.0) for entry in row] for row in parts["Z"]]),
        "R": central(lambda z: float((upstream * relu_forward(z)[0]).sum()), parts["Z"], h),
    }
    return {name: decimals(parts[name], numbers, most) for name, numbers in other.items()}


def least_input(toy_sizes: Array, deep_sizes: Array, depths: Array) -> float:
    """The smallest size of an input of a ReLU in the checked nets."""
    images, *widths = map(int, toy_sizes)
    cases = [(widths, images)]
    cases += [(chain(deep_sizes, depth), int(deep_sizes[0])) for depth in depths if depth > 1]
    found = []
    for case in cases:
        net, x, _ = instance(*case)
        found += [np.min(np.abs(scores(net[:layer], x))) for layer in range(1, len(net))]
    return float(min(found))


def two_layer_norms(toy_sizes: Array, check: float) -> dict[str, float]:
    """Losses and norms of gradients, without and with regularisation."""
    images, *widths = map(int, toy_sizes)
    net, x, labels = instance(widths, images)
    found = {}
    for name, strength in (("plain", 0.0), ("regular", check)):
        found[f"{name}_loss"], gradients = net_loss(net, x, labels, strength)
        for number, (of_w, of_b) in enumerate(gradients, start=1):
            found[f"{name}_W{number}"] = float(np.linalg.norm(of_w))
            found[f"{name}_b{number}"] = float(np.linalg.norm(of_b))
    return found
