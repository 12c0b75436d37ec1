"""A small variational autoencoder for binary images, its bound, gradient and training."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
from sklearn.datasets import load_digits

from derivatex import listing

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Net: TypeAlias = list[Array]
Places: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

PIXELS, HIDDEN, LATENT = 64, 32, 2
SHAPES = (
    (PIXELS, HIDDEN), (HIDDEN,), (HIDDEN, LATENT), (LATENT,), (HIDDEN, LATENT), (LATENT,),
    (LATENT, HIDDEN), (HIDDEN,), (HIDDEN, PIXELS), (PIXELS,),
)  # fmt: skip
TRAINING = 1500  # images; the rest is held out
BATCH = 100
EVERY = 4  # epochs between two looks at a course


def images() -> tuple[Array, Array]:
    """The digits of scikit-learn in a random order, each pixel set to 0 or 1, and their labels."""
    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    return (pixels[order] >= 8).astype(float), labels[order].astype(float)  # noqa: PLR2004


def start_net() -> Net:
    """Random weights, zero biases; the variances of the encoder start at one."""
    rng = np.random.default_rng(1)
    net = [
        rng.standard_normal(shape) / np.sqrt(shape[0]) if len(shape) > 1 else np.zeros(shape)
        for shape in SHAPES
    ]
    net[4] = np.zeros(SHAPES[4])
    return net


def flat(net: Net) -> Array:
    """All parameters in one row."""
    return np.concatenate([part.ravel() for part in net])


def net_of(row: Array) -> Net:
    """The net of a row of parameters."""
    cuts = np.cumsum([np.prod(shape) for shape in SHAPES])[:-1]
    parts = np.split(row, cuts)
    return [part.reshape(shape) for part, shape in zip(parts, SHAPES, strict=True)]


def encode(net: Net, x: Array) -> tuple[Array, Array]:
    """Mean and logarithm of the variances. Shapes: x (N, D) -> (N, d), (N, d)."""
    hidden = np.tanh(x @ net[0] + net[1])
    return hidden @ net[2] + net[3], hidden @ net[4] + net[5]


def decode(net: Net, z: Array) -> Array:
    """Logits of the pixels. Shapes: z (..., d) -> (..., D)."""
    return np.asarray(np.tanh(z @ net[6] + net[7]) @ net[8] + net[9])


def fit(net: Net, x: Array, z: Array) -> Array:
    """The log likelihood of images. Shapes: x (N, D), z (..., N, d) -> (..., N)."""
    logits = decode(net, z)
    return np.asarray((x * logits - np.logaddexp(0, logits)).sum(axis=-1))


@listing
def bound_and_gradient(net: Net, x: Array, noise: Array) -> tuple[float, Net]:
    """Mean bound of a batch and its gradient. Shapes: x (N, D), noise (M, N, d)."""
    v, c, v_mu, c_mu, v_lam, c_lam, u, e, u_out, e_out = net
    h = np.tanh(x @ v + c)
    mu, lam = h @ v_mu + c_mu, h @ v_lam + c_lam  # lam = log sigma^2
    sigma = np.exp(lam / 2)
    z = mu + sigma * noise  # the reparameterisation
    k = np.tanh(z @ u + e)
    logits = k @ u_out + e_out
    fits = (x * logits - np.logaddexp(0, logits)).sum(axis=-1)
    bounds = (1 + lam - mu**2 - sigma**2).sum(axis=-1) / 2 + fits.mean(axis=0)
    scale = 1 / len(x)
    to_logits = (x - 1 / (1 + np.exp(-logits))) * (scale / len(noise))
    to_k = to_logits @ u_out.T * (1 - k**2)
    to_z = to_k @ u.T  # the gradient of the fit, for each noise sample
    to_mu = to_z.sum(axis=0) - scale * mu
    to_lam = (to_z * noise).sum(axis=0) * sigma / 2 + scale * (1 - sigma**2) / 2
    to_h = (to_mu @ v_mu.T + to_lam @ v_lam.T) * (1 - h**2)
    encoder = layer(x, to_h) + layer(h, to_mu) + layer(h, to_lam)
    return float(bounds.mean()), encoder + layer(z, to_k) + layer(k, to_logits)


def layer(inputs: Array, slopes: Array) -> Net:
    """Gradients for weights and biases, summed over all samples. Shapes: (..., a), (..., b)."""
    rows = slopes.reshape(-1, slopes.shape[-1])
    return [inputs.reshape(-1, inputs.shape[-1]).T @ rows, rows.sum(axis=0)]


def batches(epochs: int, samples: int) -> list[tuple[Places, Array]]:
    """Which images each step sees, and its noise."""
    rng = np.random.default_rng(2)
    made = []
    for _ in range(epochs):
        order = rng.permutation(TRAINING)
        for start in range(0, TRAINING, BATCH):
            noise = rng.standard_normal((samples, BATCH, LATENT))
            made.append((order[start : start + BATCH], noise))
    return made


def train(x: Array, epochs: int, samples: int, rate: float) -> Array:
    """The parameters every few epochs of Adam, a row for each look."""
    net = start_net()
    first = [np.zeros_like(part) for part in net]
    second = [np.zeros_like(part) for part in net]
    rows, per_epoch = [flat(net)], TRAINING // BATCH
    for step, (chosen, noise) in enumerate(batches(epochs, samples), start=1):
        _, slopes = bound_and_gradient(net, x[chosen], noise)
        for place, slope in enumerate(slopes):
            first[place] = 0.9 * first[place] + 0.1 * slope
            second[place] = 0.999 * second[place] + 0.001 * slope**2
            mean = first[place] / (1 - 0.9**step)
            net[place] = net[place] + rate * mean / (
                np.sqrt(second[place] / (1 - 0.999**step)) + 1e-8
            )
        if step % (EVERY * per_epoch) == 0:
            rows.append(flat(net))
    return np.array(rows)


@cache
def course(epochs: int, rate: float) -> Array:
    """The training of the report: one noise sample for each image and step."""
    return train(images()[0], epochs, 1, rate)


def nodes(order: int) -> tuple[Array, Array]:
    """Gauss-Hermite nodes in the plane for standard normal noise, and their weights.

    Shapes: (order^2, 2), (order^2,).
    """
    points, weights = np.polynomial.hermite_e.hermegauss(order)
    plane = np.stack(np.meshgrid(points, points, indexing="ij"), axis=-1).reshape(-1, 2)
    return plane, np.outer(weights, weights).ravel() / (2 * np.pi)


def divergence(mu: Array, lam: Array) -> Array:
    """The divergence from the prior, in closed form. Shapes: (N, d), (N, d) -> (N,)."""
    return np.asarray((mu**2 + np.exp(lam) - 1 - lam).sum(axis=-1) / 2)


def expected_fit(net: Net, x: Array, order: int) -> Array:
    """The expected log likelihood of each image, by quadrature over the noise. Shape: (N,)."""
    mu, lam = encode(net, x)
    plane, weights = nodes(order)
    return np.asarray(weights @ fit(net, x, mu + np.exp(lam / 2) * plane[:, None, :]))


def bounds_of(net: Net, x: Array, order: int) -> Array:
    """The bound of each image: expected fit less divergence. Shapes: x (N, D) -> (N,)."""
    return expected_fit(net, x, order) - divergence(*encode(net, x))


def first_bounds(net: Net, x: Array, order: int) -> Array:
    """The bound as it is defined: the mean of log joint less log encoder. Shape: (N,)."""
    mu, lam = encode(net, x)
    plane, weights = nodes(order)
    z = mu + np.exp(lam / 2) * plane[:, None, :]
    log_joint = fit(net, x, z) - (z**2).sum(axis=-1) / 2  # both less d log(2 pi) / 2
    log_q = -((plane**2).sum(axis=1)[:, None] + lam.sum(axis=1)) / 2
    return np.asarray(weights @ (log_joint - log_q))


def lattice(reach: float, step: float) -> Array:
    """A square grid in the plane of the latent vectors. Shape: (K^2, 2)."""
    line = np.arange(-reach, reach + step / 2, step)
    return np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)


def log_joint(net: Net, x: Array, z: Array) -> Array:
    """The logarithm of the joint density. Shapes: x (N, D), z (K, d) -> (K, N)."""
    logits = decode(net, z)
    fits = logits @ x.T - np.logaddexp(0, logits).sum(axis=1, keepdims=True)
    prior = -(z**2).sum(axis=1, keepdims=True) / 2 - np.log(2 * np.pi)
    return np.asarray(fits + prior)
