"""The tables of problem 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex import TableRows

if TYPE_CHECKING:
    from collections.abc import Sequence


def affine() -> TableRows:
    """Each result of the affine layer: formula, shape, norm, agreement."""
    rows = [
        [f"${formula}$", f"${shape}$", rf"\val{{layer.{name}}}", rf"\val{{layer_places.{name}}}"]
        for name, formula, shape in (
            ("Z", r"Z = X W + \mathbf{1} b^\top", r"N \times M"),
            ("X", r"\partial \ell/\partial X = G W^\top", r"N \times D"),
            ("W", r"\partial \ell/\partial W = X^\top G", r"D \times M"),
            ("b", r"\partial \ell/\partial b = G^\top \mathbf{1}", "M"),
        )
    ]
    return TableRows("llcc", ["Result", "Shape", "Norm", "Agreeing decimals"], rows)


def kink(points: Sequence[float]) -> TableRows:
    """Inputs near zero: slope of the backward pass, central difference."""
    rows = [
        [rf"\val{{points[{k}]}}", rf"\val{{kinks.slope[{k}]}}", rf"\val{{kinks.quotient[{k}]}}"]
        for k in range(1, len(points) + 1)
    ]
    return TableRows("rcc", ["$z/h$", r"$[z > 0]$", "Central difference"], rows)


def two_layers() -> TableRows:
    """Each parameter: shape, norm of its gradient and agreement, at both strengths."""
    rows = [
        [f"${name[0]}^{{({name[1]})}}$", f"${shape}$"]
        + [rf"\val{{toy.{kind}_{name}}}" for kind in ("plain", "regular")]
        + [rf"\val{{toy_places.{kind}_{name}}}" for kind in ("plain", "regular")]
        for name, shape in (
            ("W1", r"n_0 \times n_1"), ("b1", "n_1"), ("W2", r"n_1 \times n_2"), ("b2", "n_2"),
        )
    ]  # fmt: skip
    head = ["Parameter", "Shape", r"Norm, $\lambda = 0$", r"Norm, $\lambda > 0$"]
    return TableRows(
        "llcccc", [*head, r"Decimals, $\lambda = 0$", r"Decimals, $\lambda > 0$"], rows
    )


def several(depths: Sequence[float]) -> TableRows:
    """Each depth: number of parameters, losses, agreement."""
    rows = [
        [f"${depth:.0f}$", rf"\val{{parameters.L{depth:.0f}}}"]
        + [
            rf"\val{{{what}.{kind}{depth:.0f}}}"
            for what in ("deep", "deep_places")
            for kind in ("plain", "regular")
        ]
        for depth in depths
    ]
    head = ["$L$", "Parameters", r"Loss, $\lambda = 0$", r"Loss, $\lambda > 0$"]
    return TableRows(
        "crcccc", [*head, r"Decimals, $\lambda = 0$", r"Decimals, $\lambda > 0$"], rows
    )


def beginning(depths: Sequence[float]) -> TableRows:
    r"""Each depth: the loss less $\log C$, and its bound."""
    rows = [
        [
            f"${depth:.0f}$",
            rf"\val{{initial.excess{depth:.0f}}}",
            rf"\val{{initial.bound{depth:.0f}}}",
        ]
        for depth in depths
    ]
    return TableRows("ccc", ["$L$", r"$E - \log C$", r"$2 \max_i \max_c |Z_{ic}^{(L)}|$"], rows)


def data(name: str) -> TableRows:
    """The data, the net and the plan."""
    rows = [
        ["Images", name],
        ["Training images", r"\val{counts.training}"],
        ["Validation images", r"\val{counts.validation}"],
        ["Test images", r"\val{counts.test}"],
        ["Pixels $n_0$, hidden units $n_1$", r"\val{counts.pixels}, \val{hidden}"],
        ["Classes $n_2 = C$", r"\val{counts.classes}"],
        ["Weights and biases", r"\val{parameters.trained}"],
        ["Divisor of the images", r"\val{spread}"],
        ["Steps, images in a batch $B$", r"\val{plan[1]}, \val{plan[2]}"],
        [r"Steps in a period $\tau$, decay $\gamma$", r"\val{plan[3]}, \val{plan[4]}"],
    ]  # fmt: skip
    return TableRows("ll", ["Quantity", "Value"], rows)


def settings(rates: Sequence[float], strengths: Sequence[float]) -> TableRows:
    """Each step size and strength of regularisation: validation accuracy."""
    return _crossed(
        "search", (r"\eta_0", "rates", len(rates)), (r"\lambda", "strengths", len(strengths))
    )


def starts(scales: Sequence[float], paces: Sequence[float]) -> TableRows:
    """Each scale of the start and step size: images right at the end."""
    return _crossed("tries", (r"\kappa", "scales", len(scales)), (r"\eta_0", "paces", len(paces)))


def _crossed(name: str, down: tuple[str, str, int], across: tuple[str, str, int]) -> TableRows:
    """A matrix beside what its rows and columns stand for: symbol, value and number of each."""
    (symbol, rows, count), (other, columns, width) = down, across
    places = range(1, width + 1)
    return TableRows(
        "l" + "c" * width,
        ["", *(rf"${other} = \val{{{columns}[{place}]}}$" for place in places)],
        [
            [
                rf"${symbol} = \val{{{rows}[{k}]}}$",
                *(rf"\val{{{name}[{k},{place}]}}" for place in places),
            ]
            for k in range(1, count + 1)
        ],
    )
