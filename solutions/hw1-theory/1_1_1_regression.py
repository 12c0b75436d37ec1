"""One step of SGD on a small batch: forward pass, gradients, and what the step does to the loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad as autograd

from derivatex import TableRows, Tikz, figure, listing, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]

TINY = 1e-30  # of complex steps
NAMES = ("W1", "b1", "W2", "b2")


@listing
def five_steps(
    x: Array, y: Array, parameters: Sequence[Array], rate: float
) -> tuple[float, list[Array], list[Array]]:
    """One step of SGD on a batch whose points are the rows of `x` and `y`."""
    w1, b1, w2, b2 = parameters
    # 1. forward: output = model(x)
    z = x @ w1.T + b1
    a = 3 * np.maximum(z, 0)
    output = a @ w2.T + b2
    # 2. loss = criterion(output, y)
    loss = float(((output - y) ** 2).sum() / len(x))
    # 3. optimizer.zero_grad()
    grads = [np.zeros_like(it) for it in parameters]
    # 4. loss.backward()
    g2 = 2 * (output - y) / len(x)
    g1 = (g2 @ w2) * (3.0 * (z > 0))
    found = (g1.T @ x, g1.sum(axis=0), g2.T @ a, g2.sum(axis=0))
    grads = [buffer + new for buffer, new in zip(grads, found, strict=True)]
    # 5. optimizer.step()
    stepped = [it - rate * buffer for it, buffer in zip(parameters, grads, strict=True)]
    return loss, grads, stepped


# second routes: point by point, by another differentiation, by other formulas


def example_as_given(  # noqa: PLR0913, PLR0917  # one for each array that the problem gives
    points: Array, targets: Array, w1: Array, b1: Array, w2: Array, b2: Array
) -> dict[str, Array]:
    """The numbers as the problem gives them."""
    return {"X": points, "Y": targets, "W1": w1, "b1": b1, "W2": w2, "b2": b2}


def loss_of(example: Arrays, parameters: Sequence[Any]) -> Any:  # noqa: ANN401
    """The loss of the batch for arrays of numbers, complex numbers or `autograd`, point by point.

    Check: equals the loss that `five_steps` returns.
    """
    w1, b1, w2, b2 = parameters
    total = 0.0
    for point, target in zip(example["X"], example["Y"], strict=True):
        summed = anp.dot(w1, point) + b1
        active = anp.where(anp.real(summed) > 0, 3 * summed, 0 * summed)
        error = anp.dot(w2, active) + b2 - target
        total = total + anp.sum(error * error) / len(example["X"])
    return total


def forward_by_points(example: Arrays) -> dict[str, list[list[float]]]:
    """One point and one unit at a time."""
    made: dict[str, list[list[float]]] = {"Z": [], "A": [], "output": []}
    for point in example["X"].tolist():
        sums = layer_by_units(example["W1"], example["b1"], point)
        active = [3 * it if it > 0 else 0.0 for it in sums]
        made["Z"].append(sums)
        made["A"].append(active)
        made["output"].append(layer_by_units(example["W2"], example["b2"], active))
    return made


def layer_by_units(weights: Array, bias: Array, inputs: Sequence[float]) -> list[float]:
    """A linear layer, unit by unit."""
    rows = zip(weights.tolist(), bias.tolist(), strict=True)
    return [b + math.fsum(w * u for w, u in zip(row, inputs, strict=True)) for row, b in rows]


def gradient_by_autograd(example: Arrays) -> dict[str, Array]:
    r"""Automatic differentiation of the loss (library \texttt{autograd})."""
    found = autograd(lambda at: loss_of(example, at))([example[name] for name in NAMES])
    return dict(zip(NAMES, found, strict=True))


def gradient_by_complex_step(example: Arrays) -> dict[str, Array]:
    """Complex step of every parameter by itself."""
    made = {}
    for name in NAMES:
        made[name] = np.zeros(example[name].shape)
        for place in np.ndindex(*example[name].shape):
            moved = {it: example[it].astype(complex) for it in NAMES}
            moved[name][place] += 1j * TINY
            made[name][place] = loss_of(example, list(moved.values())).imag / TINY
    return made


def norms_by_columns(gradient: Arrays) -> dict[str, float]:
    """Entries squared and added one by one."""
    squares = {name: math.fsum(float(it) ** 2 for it in gradient[name].flat) for name in NAMES}
    made = {name: math.sqrt(square) for name, square in squares.items()}
    return {**made, "all": math.sqrt(math.fsum(squares.values()))}


def step_by_autograd(example: Arrays, rates: Array) -> dict[str, object]:
    """Steps along the gradient of automatic differentiation."""
    start = [example[name] for name in NAMES]
    slopes = autograd(lambda at: loss_of(example, at))(start)
    before = float(loss_of(example, start))
    after = [
        float(loss_of(example, [p - t * s for p, s in zip(start, slopes, strict=True)]))
        for t in rates
    ]
    linear = [float(t * sum(anp.sum(s * s) for s in slopes)) for t in rates]
    drop = [before - it for it in after]
    ratio = [one / other for one, other in zip(drop, linear, strict=True)]
    return {"before": before, "after": after, "drop": drop, "linear": linear, "ratio": ratio}


def balance_by_point(example: Arrays) -> dict[str, float]:
    """Derivative of the loss where the hidden activations are scaled, point by point."""
    total = 0.0
    for point, target in zip(example["X"], example["Y"], strict=True):
        active = 3 * np.maximum(example["W1"] @ point + example["b1"], 0)
        through = example["W2"] @ active
        total += 2 * float((through + example["b2"] - target) @ through) / len(example["X"])
    return {"second": total, "first": total}


def drawn_by_shapes(example: Arrays) -> int:
    """Products of the shapes."""
    return sum(math.prod(it.shape) for it in example.values())


# what the report prints


@value(route=example_as_given, digits=1)
def example() -> dict[str, Array]:
    """Batch and parameters: draws with seed 0, rounded."""
    rng = np.random.default_rng(0)
    shapes = {"X": (4, 2), "Y": (4, 5), "W1": (3, 2), "b1": (3,), "W2": (5, 3), "b2": (5,)}
    return {name: rng.normal(size=shape).round(1) for name, shape in shapes.items()}


@value(route=drawn_by_shapes)
def drawn(example: Arrays) -> int:
    """Count of the numbers of the example."""
    return sum(it.size for it in example.values())


@value(route=forward_by_points, digits=3)
def forward(example: Arrays) -> dict[str, Array]:
    r"""Forward pass of the batch: $Z$, $A$ and $\tilde Y$."""
    sums = example["X"] @ example["W1"].T + example["b1"]
    active = 3 * np.maximum(sums, 0)
    return {"Z": sums, "A": active, "output": active @ example["W2"].T + example["b2"]}


@value(route=(gradient_by_autograd, gradient_by_complex_step), digits=3)
def gradient(example: Arrays) -> dict[str, Array]:
    """Gradients of the batch for the four parameters, as the five steps compute them."""
    start = [example[name] for name in NAMES]
    _, grads, _ = five_steps(example["X"], example["Y"], start, 0)
    return dict(zip(NAMES, grads, strict=True))


@value(route=norms_by_columns, digits=3)
def norms(gradient: Arrays) -> dict[str, float]:
    """Norms of the four gradients, and of all of them as one vector."""
    made = {name: float(np.linalg.norm(gradient[name])) for name in NAMES}
    together = np.concatenate([gradient[name].ravel() for name in NAMES])
    return {**made, "all": float(np.linalg.norm(together))}


@value(route=step_by_autograd, digits=4)
def step(example: Arrays, rates: Array, norms: Mapping[str, float]) -> dict[str, object]:
    """Loss before and after one step, for each step size, and the decrease to first order."""
    x, y, start = example["X"], example["Y"], [example[name] for name in NAMES]
    before = five_steps(x, y, start, 0)[0]
    ends = [five_steps(x, y, start, float(rate))[2] for rate in rates]
    drop = before - np.array([five_steps(x, y, end, 0)[0] for end in ends])
    linear = rates * norms["all"] ** 2
    return {
        "before": before,
        "after": before - drop,
        "drop": drop,
        "linear": linear,
        "ratio": drop / linear,
    }


@value(route=balance_by_point, digits=4)
def balance(gradient: Arrays, example: Arrays) -> dict[str, float]:
    """Inner products of parameters and gradients: second layer, first layer."""
    parts = {name: float((gradient[name] * example[name]).sum()) for name in NAMES}
    return {"second": parts["W2"], "first": parts["W1"] + parts["b1"]}


@table
def gradient_norms() -> TableRows:
    """Each parameter: shape, size of its gradient."""
    shapes = {"W1": r"H \times n", "b1": "H", "W2": r"K \times H", "b2": "K"}
    rows = []
    for name, shape in shapes.items():
        symbol = f"{name[0]}^{{({name[1]})}}"
        rows.append([f"${symbol}$", f"${shape}$", rf"\val{{norms.{name}}}"])
    rows.append(["all four", "", r"\val{norms.all}"])
    return TableRows("lld", ["Parameter", "Shape", "Norm of gradient"], rows)


@table
def rates_and_losses(rates: Array) -> TableRows:
    """Each step size: loss after the step, decrease, its first-order value, their ratio."""
    columns = ("after", "drop", "linear", "ratio")
    rows = [
        [
            rf"\val{{rates[{n}]}}",
            r"\val{step.before}",
            *(rf"\val{{step.{column}[{n}]}}" for column in columns),
        ]
        for n in range(1, rates.size + 1)
    ]
    heading = [
        r"$\eta$", "Loss before", "Loss after", "Decrease", r"$\eta \nu$", "Ratio",
    ]  # fmt: skip
    return TableRows("dddddd", heading, rows)


@figure
def chain() -> Tikz:
    """The modules in a row: shapes forward, rows and Jacobians backward."""
    names = ("x", "s_1", "a_1", "s_2", r"\tilde y", "C")
    sizes = ("n", "H", "H", "K", "K", "1")
    modules = (r"\text{Linear}_1", "f", r"\text{Linear}_2", "g", r"\|\cdot - y\|^2")
    factors = (
        "W^{(1)}", r"\dfrac{\partial a_1}{\partial s_1}", "W^{(2)}",
        r"\dfrac{\partial \tilde y}{\partial s_2}", r"\dfrac{\partial C}{\partial \tilde y}",
    )  # fmt: skip
    lines = [r"\begin{tikzpicture}[x=2.75cm, y=1cm, >=stealth]"]
    small, round_ = r"font=\footnotesize", "circle, draw, minimum size=8mm, inner sep=0pt"
    for at, (name, size) in enumerate(zip(names, sizes, strict=True)):
        shape = rf"\mathbb{{R}}^{{{size}}}" if size != "1" else r"\mathbb{R}"
        row = rf"\partial C/\partial {name}" if name != "C" else "1"
        below = rf"\mathbb{{R}}^{{1 \times {size}}}"
        lines += [
            rf"\node[{round_}] (v{at}) at ({at}, 0) {{${name}$}};",
            rf"\node[above=1pt, {small}] at (v{at}.north) {{${shape}$}};",
            rf"\node[{small}] (r{at}) at ({at}, -1.5) {{${row}$}};",
            rf"\node[below=1pt, {small}] at (r{at}.south) {{${below}$}};",
        ]
    for at, (module, factor) in enumerate(zip(modules, factors, strict=True)):
        back = rf"node[below=1pt, {small}] {{$\cdot\, {factor}$}}"
        lines += [
            rf"\draw[->] (v{at}) -- node[above, {small}] {{${module}$}} (v{at + 1});",
            rf"\draw[<-, dashed] (r{at}) -- {back} (r{at + 1});",
        ]
    lines.append(r"\end{tikzpicture}")
    return Tikz("\n".join(lines))
