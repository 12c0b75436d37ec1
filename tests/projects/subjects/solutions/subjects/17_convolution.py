"""A small cross-correlation, its gradients, and the true convolution, for the tests."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from derivatex import value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


# second routes


def sizes_by_counting(image: Array, kernel: Array) -> dict[str, int]:
    """Rows and columns counted, all positions tried."""
    fits = [
        (i, j)
        for i, j in np.ndindex(*image.shape)
        if image[i : i + len(kernel), j : j + len(kernel.T)].shape == kernel.shape
    ]
    return {
        "H": sum(1 for _ in image),
        "W": sum(1 for _ in image.T),
        "R": sum(1 for _ in kernel),
        "S": sum(1 for _ in kernel.T),
        "N": len(fits),
    }


def output_by_sliding_windows(image: Array, kernel: Array) -> Array:
    """Contraction of all windows with the kernel."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.asarray(np.einsum("ijrs,rs->ij", windows, kernel))


def convolution_by_fourier_transform(image: Array, kernel: Array) -> Array:
    """Product of Fourier spectra, cut to full overlap."""
    shape = tuple(n + k - 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    full = np.fft.irfft2(np.fft.rfft2(image, shape) * np.fft.rfft2(kernel, shape), shape)
    rows, columns = kernel.shape
    return np.asarray(full[rows - 1 : image.shape[0], columns - 1 : image.shape[1]])


def gradients_by_central_differences(
    image: Array, kernel: Array, upstream: Array
) -> dict[str, Array]:
    """Central differences of the loss, exact for a bilinear layer."""

    def loss(pixels: Array, weights: Array) -> float:
        windows = np.lib.stride_tricks.sliding_window_view(pixels, weights.shape)
        return float(np.einsum("ijrs,rs,ij->", windows, weights, upstream))

    by_image, by_kernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for place in np.ndindex(*image.shape):
        step = np.zeros(image.shape)
        step[place] = 0.5
        by_image[place] = loss(image + step, kernel) - loss(image - step, kernel)
    for place in np.ndindex(*kernel.shape):
        step = np.zeros(kernel.shape)
        step[place] = 0.5
        by_kernel[place] = loss(image, kernel + step) - loss(image, kernel - step)
    return {"image": by_image, "kernel": by_kernel}


def loss_by_pixels(image: Array, gradient: dict[str, Array]) -> float:
    """Pixels, each times its gradient."""
    pairs = zip(image.flat, gradient["image"].flat, strict=True)
    return float(sum(pixel * slope for pixel, slope in pairs))


def norm_by_singular_values(output: Array) -> float:
    """Root of the sum of squared singular values."""
    return float(np.sqrt((np.linalg.svd(output, compute_uv=False) ** 2).sum()))


# what the report prints


@value(route=sizes_by_counting)
def size(image: Array, kernel: Array) -> dict[str, int]:
    """Sizes of image and kernel, and the number of outputs."""
    (height, width), (rows, columns) = image.shape, kernel.shape
    outputs = (height - rows + 1) * (width - columns + 1)
    return {"H": height, "W": width, "R": rows, "S": columns, "N": outputs}


@value(route=output_by_sliding_windows)
def output(image: Array, kernel: Array) -> Array:
    """Cross-correlation by loops."""
    return correlate(image, kernel)


@value(route=convolution_by_fourier_transform)
def convolution(image: Array, kernel: Array) -> Array:
    """The loops with the kernel turned by half a turn."""
    return correlate(image, kernel[::-1, ::-1])


@value(route=gradients_by_central_differences)
def gradient(image: Array, kernel: Array, upstream: Array) -> dict[str, Array]:
    """Each output hands its own gradient on to the pixels and weights that it reads."""
    by_image, by_kernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for i, j in np.ndindex(*upstream.shape):
        for r, s in np.ndindex(*kernel.shape):
            by_image[i + r, j + s] += upstream[i, j] * kernel[r, s]
            by_kernel[r, s] += upstream[i, j] * image[i + r, j + s]
    return {"image": by_image, "kernel": by_kernel}


@value(route=loss_by_pixels)
def loss(output: Array, upstream: Array) -> float:
    """Outputs, each times its gradient."""
    return float((output * upstream).sum())


@value(route=norm_by_singular_values, digits=3)
def norm(output: Array) -> float:
    """Frobenius norm of the output."""
    return math.sqrt(sum(float(entry) ** 2 for entry in output.flat))


def correlate(image: Array, kernel: Array) -> Array:
    """Cross-correlate without padding.

    Shapes: image (H, W), kernel (R, S) -> (H - R + 1, W - S + 1).
    """
    down, across = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    total = np.zeros((down, across))
    for i, j in np.ndindex(down, across):
        for r, s in np.ndindex(*kernel.shape):
            total[i, j] += image[i + r, j + s] * kernel[r, s]
    return total
