"""Cross-correlation of a small image, its gradient for the image, and the true convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from derivatex import figure, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
ROWS = 5  # of the tallest grid
MARKED = (2, 4)  # the pixel whose gradient is worked out by hand, counted from 1
SOLID, DASHED = "#C06014", "#8E2F6B"


# second routes: the same quantities from a matrix, from views, from differences, from spectra


def toeplitz(shape: tuple[int, ...], kernel: Array) -> Array:
    """The matrix that maps vec(image) to vec(output), entry by entry.

    Shapes: image `shape` (H, W), kernel (R, S) -> ((H - R + 1)(W - S + 1), H W).
    Source: Goodfellow, Bengio and Courville (2016), section 9.1.
    """
    height, width = shape
    rows, columns = kernel.shape
    down, across = height - rows + 1, width - columns + 1
    matrix = np.zeros((down * across, height * width))
    i, j, r, s = np.ix_(range(down), range(across), range(rows), range(columns))
    matrix[i * across + j, (i + r) * width + j + s] = kernel
    return matrix


def output_by_toeplitz_matrix(image: Array, kernel: Array) -> Array:
    """Toeplitz matrix times the image as a vector."""
    down, across = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    return (toeplitz(image.shape, kernel) @ image.ravel()).reshape(down, across)


def output_by_sliding_windows(image: Array, kernel: Array) -> Array:
    """Contraction of all windows with the kernel."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.asarray(np.einsum("ijrs,rs->ij", windows, kernel))


def gradient_by_toeplitz_matrix(image: Array, kernel: Array, upstream: Array) -> Array:
    """Transposed Toeplitz matrix times the upstream gradient."""
    return (toeplitz(image.shape, kernel).T @ upstream.ravel()).reshape(image.shape)


def gradient_by_central_differences(image: Array, kernel: Array, upstream: Array) -> Array:
    """Central differences of the loss, exact for a linear layer."""

    def loss(pixels: Array) -> float:
        windows = np.lib.stride_tricks.sliding_window_view(pixels, kernel.shape)
        return float(np.einsum("ijrs,rs,ij->", windows, kernel, upstream))

    moved = np.zeros(image.shape)
    for place in np.ndindex(*image.shape):
        step = np.zeros(image.shape)
        step[place] = 0.5
        moved[place] = loss(image + step) - loss(image - step)
    return moved


def convolution_by_fourier_transform(image: Array, kernel: Array) -> Array:
    """Product of Fourier spectra, cut to full overlap."""
    shape = tuple(n + k - 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    full = np.fft.irfft2(np.fft.rfft2(image, shape) * np.fft.rfft2(kernel, shape), shape)
    rows, columns = kernel.shape
    return np.asarray(full[rows - 1 : image.shape[0], columns - 1 : image.shape[1]])


def outputs_by_counting(image: Array, kernel: Array) -> int:
    """All positions tried."""
    fits = [
        (i, j)
        for i, j in np.ndindex(*image.shape)
        if image[i : i + kernel.shape[0], j : j + kernel.shape[1]].shape == kernel.shape
    ]
    return len(fits)


def down_by_trying(image: Array, kernel: Array) -> int:
    """All rows tried for the kernel's first."""
    return sum(len(image[i : i + len(kernel)]) == len(kernel) for i in range(len(image)))


def across_by_trying(image: Array, kernel: Array) -> int:
    """All columns tried for the kernel's first."""
    wide = kernel.shape[1]
    return sum(image[:, j : j + wide].shape[1] == wide for j in range(image.shape[1]))


def differing_by_rounding(output: Array, convolution: Array) -> int:
    """Nonzero differences of the rounded entries."""
    return int(np.count_nonzero(output - np.round(convolution)))


def row_sums_by_matrix_product(image: Array, kernel: Array) -> Array:
    """Diagonal of the window times the transposed kernel."""
    return np.diag(image[: kernel.shape[0], : kernel.shape[1]] @ kernel.T)


def window_by_slice(image: Array, kernel: Array) -> Array:
    """Array slice."""
    return image[: len(kernel), : len(kernel.T)]


def height_by_counting(image: Array) -> int:
    """Rows counted."""
    return sum(1 for _ in image)


def width_by_counting(image: Array) -> int:
    """Columns counted."""
    return sum(1 for _ in image.T)


def rows_by_counting(kernel: Array) -> int:
    """Rows counted."""
    return sum(1 for _ in kernel)


def columns_by_counting(kernel: Array) -> int:
    """Columns counted."""
    return sum(1 for _ in kernel.T)


def kernel_total_by_loops(kernel: Array) -> float:
    """Entries added one by one."""
    return sum(float(entry) for row in kernel for entry in row)


def output_total_by_loops(output: Array) -> float:
    """Entries added one by one."""
    return sum(float(entry) for row in output for entry in row)


def gradient_total_by_columns(gradient: Array) -> float:
    """Column sums of the gradient."""
    return float(sum(gradient.sum(axis=0)))


def paired_total_by_output(output: Array) -> float:
    """Sum of the output."""
    return float(output.sum())


# what the report prints


@value(route=height_by_counting)
def height(image: Array) -> int:
    """Rows of the image."""
    return image.shape[0]


@value(route=width_by_counting)
def width(image: Array) -> int:
    """Columns of the image."""
    return image.shape[1]


@value(route=rows_by_counting)
def rows(kernel: Array) -> int:
    """Rows of the kernel."""
    return kernel.shape[0]


@value(route=columns_by_counting)
def columns(kernel: Array) -> int:
    """Columns of the kernel."""
    return kernel.shape[1]


@value(route=down_by_trying)
def down(height: int, rows: int) -> int:
    """Rows of the output."""
    return height - rows + 1


@value(route=across_by_trying)
def across(width: int, columns: int) -> int:
    """Columns of the output."""
    return width - columns + 1


@value(route=outputs_by_counting)
def outputs(down: int, across: int) -> int:
    """Number of output values."""
    return down * across


@value(route=window_by_slice)
def window(image: Array, kernel: Array) -> Array:
    """Upper left window of the image."""
    size_r, size_s = kernel.shape
    return np.array([[image[r, s] for s in range(size_s)] for r in range(size_r)])


@value(route=row_sums_by_matrix_product)
def row_sums(window: Array, kernel: Array) -> Array:
    """Products of the first window with the kernel, added up by rows."""
    return np.asarray((window * kernel).sum(axis=1))


@value(route=(output_by_toeplitz_matrix, output_by_sliding_windows))
def output(image: Array, kernel: Array) -> Array:
    """Cross-correlation by four nested loops."""
    return correlate(image, kernel)


@value(route=convolution_by_fourier_transform)
def convolution(image: Array, kernel: Array) -> Array:
    """True convolution: the loops with the kernel turned by half a turn."""
    return correlate(image, kernel[::-1, ::-1])


@value(route=differing_by_rounding)
def differing(output: Array, convolution: Array) -> int:
    """Places at which correlation and convolution differ."""
    pairs = zip(output.flat, convolution.flat, strict=True)
    return len([ours for ours, theirs in pairs if abs(ours - theirs) > 1 / 2])


@value(route=(gradient_by_toeplitz_matrix, gradient_by_central_differences))
def gradient(image: Array, kernel: Array, upstream: Array) -> Array:
    """Gradient for the image: each output hands its own to the pixels under its window."""
    total = np.zeros(image.shape)
    for i, j in np.ndindex(*upstream.shape):
        for r, s in np.ndindex(*kernel.shape):
            total[i + r, j + s] += upstream[i, j] * kernel[r, s]
    return total


@value(route=kernel_total_by_loops)
def kernel_total(kernel: Array) -> float:
    """Sum of the kernel."""
    return float(kernel.sum())


@value(route=output_total_by_loops)
def output_total(output: Array) -> float:
    """Sum of the output."""
    return float(output.sum())


@value(route=gradient_total_by_columns)
def gradient_total(outputs: int, kernel_total: float) -> float:
    """Sum of the gradient: the kernel's sum for each output."""
    return outputs * kernel_total


@value(route=paired_total_by_output)
def paired_total(gradient: Array, image: Array) -> float:
    """Sum of the image's entries, each times its gradient."""
    return float((gradient * image).sum())


def correlate(image: Array, kernel: Array) -> Array:
    """Cross-correlate without padding, by loops.

    Shapes: image (H, W), kernel (R, S) -> (H - R + 1, W - S + 1).
    Check: equals the kernel's Toeplitz matrix times vec(image).
    Source: Goodfellow, Bengio and Courville (2016), equation 9.6.
    """
    down, across = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    total = np.zeros((down, across))
    for i, j in np.ndindex(down, across):
        for r, s in np.ndindex(*kernel.shape):
            total[i, j] += image[i + r, j + s] * kernel[r, s]
    return total


@figure
def panels(image: Array, kernel: Array, output: Array, gradient: Array) -> Figure:
    """Four grids, with the window of one output and the pixel of one gradient framed."""
    made = Figure(figsize=(6.2, 2.0))
    axes = made.subplots(1, 4, width_ratios=[5, 3, 3, 5])
    for axis, title, grid in zip(
        axes,
        ("image $X$", "kernel $K$", "output $O$", r"gradient $\partial L/\partial X$"),
        (image, kernel, output, gradient),
        strict=True,
    ):
        _grid(axis, title, grid)
    _frame(axes[0], (1, 1), kernel.shape, SOLID, "-")
    _frame(axes[2], (1, 1), (1, 1), SOLID, "-")
    _frame(axes[0], MARKED, (1, 1), DASHED, "--")
    _frame(axes[2], (1, 2), (2, 2), DASHED, "--")
    _frame(axes[3], MARKED, (1, 1), DASHED, "--")
    return made


def _grid(axis: Axes, title: str, grid: Array) -> None:
    """A matrix as shaded cells with their numbers."""
    axis.imshow(grid, vmin=0, vmax=1.6 * grid.max())
    axis.set_ylim(ROWS - 0.5, -0.5)  # as many rows everywhere: one size of cell
    for (i, j), number in np.ndenumerate(grid):
        axis.text(j, i, f"{number:g}", ha="center", va="center", fontsize=9)
    axis.set_title(title)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)


def _frame(
    axis: Axes, corner: tuple[int, int], size: tuple[int, ...], colour: str, line: str
) -> None:
    """A frame around cells; `corner` counts from 1, rows first, as on the page."""
    i, j = corner
    inset = 0.08 if line == "--" else 0.0  # so that frames that touch can be told apart
    low = (j - 1.5 + inset, i - 1.5 + inset)
    wide, high = size[1] - 2 * inset, size[0] - 2 * inset
    axis.add_patch(
        Rectangle(low, wide, high, fill=False, ec=colour, lw=1.6, ls=line, clip_on=False)
    )
