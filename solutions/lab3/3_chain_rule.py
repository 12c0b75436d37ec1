"""Forward and backward pass through the modules of f, and the path sums of both derivatives."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping

from derivatex import Graph, Module, Partial, TableRows, Tikz, figure, table, value

STEP = 1e-5  # of the central differences: the error of order STEP² is near 1e-10
TOLERANCE = 1e-8
Numbers = Mapping[str, float]

GRAPH = Graph((
    Module("x", "x", place=(0, 1.2)),
    Module("y", "y", place=(0, 3.4)),
    Module(
        "sx", r"\sigma_x", place=(1.2, 0), tex=r"\sigma(x)",
        apply=lambda at: 1 / (1 + math.exp(-at["x"])),
        partials={"x": Partial(r"\sigma_x(1-\sigma_x)", lambda at: at["sx"] * (1 - at["sx"]))},
    ),
    Module(
        "sy", r"\sigma_y", place=(1.2, 4.3), tex=r"\sigma(y)",
        apply=lambda at: 1 / (1 + math.exp(-at["y"])),
        partials={"y": Partial(r"\sigma_y(1-\sigma_y)", lambda at: at["sy"] * (1 - at["sy"]))},
    ),
    Module(
        "a", "a", place=(1.2, 2.75), tex="x^2",
        apply=lambda at: at["x"] ** 2,
        partials={"x": Partial("2x", lambda at: 2 * at["x"])},
    ),
    Module(
        "b", "b", place=(2.5, 3.4), tex=r"a + \sigma_y",
        apply=lambda at: at["a"] + at["sy"],
        partials={"a": Partial("1", lambda _: 1.0), "sy": Partial("1", lambda _: 1.0)},
    ),
    Module(
        "c", "c", place=(2.5, 0.8), tex=r"3x + y - \sigma_x",
        apply=lambda at: 3 * at["x"] + at["y"] - at["sx"],
        partials={
            "x": Partial("3", lambda _: 3.0),
            "y": Partial("1", lambda _: 1.0),
            "sx": Partial("-1", lambda _: -1.0),
        },
    ),
    Module(
        "f", "f", place=(3.7, 2.1), tex="b / c",
        apply=lambda at: at["b"] / at["c"],
        partials={
            "b": Partial("1/c", lambda at: 1 / at["c"]),
            "c": Partial("-b/c^2", lambda at: -at["b"] / at["c"] ** 2),
        },
    ),
))  # fmt: skip


# second routes: f and its modules written out again, without the graph


def f_of(x: complex, y: complex) -> complex:
    """The function itself, for real and complex arguments."""
    return (x * x + 0.5 * (1 + cmath.tanh(y / 2))) / (3 * x + y - 0.5 * (1 + cmath.tanh(x / 2)))


def written_out(x: complex, y: complex, moved: Mapping[str, complex]) -> dict[str, complex]:
    """The modules in one pass; each name in `moved` is added to what is computed under it."""

    def sigmoid(u: complex) -> complex:
        return 0.5 * (1 + cmath.tanh(u / 2))

    def at(name: str, number: complex) -> complex:
        return number + moved.get(name, 0)

    sx, sy, a = (
        at("sx", sigmoid(at("x", x))),
        at("sy", sigmoid(at("y", y))),
        at("a", at("x", x) ** 2),
    )
    b, c = at("b", a + sy), at("c", 3 * at("x", x) + at("y", y) - sx)
    return {"sx": sx, "sy": sy, "a": a, "b": b, "c": c, "f": at("f", b / c)}


def by_tanh(x: float, y: float) -> dict[str, float]:
    """The modules with the sigmoid as (1 + tanh(u/2))/2."""
    return {name: number.real for name, number in written_out(x, y, {}).items()}


def by_central_differences_of_modules(x: float, y: float) -> dict[str, float]:
    """Each edge: how its head's own formula changes with that argument alone."""
    sx, sy = (0.5 * (1 + math.tanh(u / 2)) for u in (x, y))
    b, c = x * x + sy, 3 * x + y - sx

    def slope(module: Callable[[float], float], at: float) -> float:
        return (module(at + STEP) - module(at - STEP)) / (2 * STEP)

    return {
        "sx_x": slope(lambda u: 0.5 * (1 + math.tanh(u / 2)), x),
        "sy_y": slope(lambda u: 0.5 * (1 + math.tanh(u / 2)), y),
        "a_x": slope(lambda u: u * u, x),
        "b_a": slope(lambda u: u + sy, x * x),
        "b_sy": slope(lambda u: x * x + u, sy),
        "c_x": slope(lambda u: 3 * u + y - sx, x),
        "c_y": slope(lambda u: 3 * x + u - sx, y),
        "c_sx": slope(lambda u: 3 * x + y - u, sx),
        "f_b": slope(lambda u: u / c, b),
        "f_c": slope(lambda u: b / u, c),
    }


def by_complex_step_at_nodes(x: float, y: float) -> dict[str, float]:
    """Each node: move it alone by a tiny imaginary amount and see how f moves."""
    tiny = 1e-30
    names = ("f", "b", "c", "a", "sx", "sy", "x", "y")
    return {name: written_out(x, y, {name: 1j * tiny})["f"].imag / tiny for name in names}


def by_moving_one_path(x: float, y: float) -> dict[str, float]:
    """Each path: move the input where that path reads it, and nowhere else."""
    tiny = 1e-30

    def f(x_a: complex, x_c: complex, x_sx: complex, y_c: complex, y_sy: complex) -> complex:
        numerator = x_a**2 + 0.5 * (1 + cmath.tanh(y_sy / 2))
        return numerator / (3 * x_c + y_c - 0.5 * (1 + cmath.tanh(x_sx / 2)))

    names = ("x_a", "x_c", "x_sx", "y_c", "y_sy")
    point = {name: complex(x if name[0] == "x" else y) for name in names}
    return {name: f(**{**point, name: point[name] + 1j * tiny}).imag / tiny for name in names}


def fx_by_central_difference(x: float, y: float) -> float:
    """The slope of f along x, from f alone."""
    return (f_of(x + STEP, y) - f_of(x - STEP, y)).real / (2 * STEP)


def fx_by_complex_step(x: float, y: float) -> float:
    """The imaginary part of f a tiny imaginary step off."""
    return f_of(x + 1e-30j, y).imag / 1e-30


def fy_by_central_difference(x: float, y: float) -> float:
    """The slope of f along y, from f alone."""
    return (f_of(x, y + STEP) - f_of(x, y - STEP)).real / (2 * STEP)


def fy_by_complex_step(x: float, y: float) -> float:
    """The imaginary part of f a tiny imaginary step off."""
    return f_of(x, y + 1e-30j).imag / 1e-30


# what the report prints


@value(route=by_tanh, digits=4)
def forward(x: float, y: float) -> dict[str, float]:
    """Values of the modules (forward pass)."""
    return GRAPH.forward({"x": x, "y": y})


@value(route=by_central_differences_of_modules, digits=4, tolerance=TOLERANCE)
def local(x: float, y: float, forward: Numbers) -> dict[str, float]:
    """Local derivatives of the modules."""
    return GRAPH.locals({"x": x, "y": y, **forward})


@value(route=by_complex_step_at_nodes, digits=4)
def gradient(local: Numbers) -> dict[str, float]:
    """Derivatives of the output for every node (backward pass)."""
    return GRAPH.backward(local)


@value(route=by_moving_one_path, digits=6)
def along(gradient: Numbers, local: Numbers) -> dict[str, float]:
    """Products along each path from an input."""
    return {
        "x_a": gradient["a"] * local["a_x"],
        "x_c": gradient["c"] * local["c_x"],
        "x_sx": gradient["sx"] * local["sx_x"],
        "y_c": gradient["c"] * local["c_y"],
        "y_sy": gradient["sy"] * local["sy_y"],
    }


@value(route=(fx_by_complex_step, fx_by_central_difference), digits=4, tolerance=TOLERANCE)
def fx(x: float, forward: Numbers, gradient: Numbers) -> float:
    """Derivative for x: the sum over its three paths."""
    through_sigmoid = forward["sx"] * (1 - forward["sx"])
    return gradient["a"] * 2 * x + gradient["c"] * 3 + gradient["sx"] * through_sigmoid


@value(route=(fy_by_complex_step, fy_by_central_difference), digits=4, tolerance=TOLERANCE)
def fy(forward: Numbers, gradient: Numbers) -> float:
    """Derivative for y: the sum over its two paths."""
    return gradient["c"] + gradient["sy"] * forward["sy"] * (1 - forward["sy"])


@figure
def graph() -> Tikz:
    """The modules with their values and derivatives."""
    return GRAPH.tikz("forward", "gradient")


@table
def forward_pass() -> TableRows:
    """Each node: expression, value, published value."""
    inputs = [[f"${node.symbol}$", "given", rf"\val{{{node.name}}}", ""]
              for node in GRAPH.modules if not node.inputs]  # fmt: skip
    modules = [
        [f"${node.symbol}$", f"${node.tex}$", rf"\val{{forward.{node.name}}}",
         rf"\published{{forward.{node.name}}}"]
        for node in GRAPH.modules if node.inputs
    ]  # fmt: skip
    return TableRows("llrr", ["Node", "Expression", "Value", "Published"], inputs + modules)


@table
def backward_pass() -> TableRows:
    """Each node and successor: local derivative with its value, the product, the derivative."""
    rows = []
    for node in reversed(GRAPH.modules):
        heads = GRAPH.successors(node.name)
        for head in heads:
            partial = (head.partials or {})[node.name]
            derivative = rf"\partial {head.symbol}/\partial {node.symbol} = {partial.tex}"
            rows.append([
                f"${node.symbol}$" if head is heads[0] else "",
                f"${derivative}$",
                rf"\val{{local.{head.name}_{node.name}}}",
                rf"\val{{gradient.{head.name}}}",
                *(_totals(node) if head is heads[-1] else ("", "")),
            ])  # fmt: skip
        if not heads:
            rows.append([f"${node.symbol}$", "output", "", "", *_totals(node)])
    heading = ["Node $v$", r"Local $\partial w/\partial v$", "Value", r"$\partial f/\partial w$",
            r"$\partial f/\partial v$", "Published"]  # fmt: skip
    return TableRows("llrrrr", heading, rows)


def _totals(node: Module) -> tuple[str, str]:
    """A node's derivative, ours and the published one; the source calls those of x and y fx, fy."""
    published = {"x": r"\published{fx}", "y": r"\published{fy}", "f": ""}
    return (
        rf"\val{{gradient.{node.name}}}",
        published.get(node.name, rf"\published{{gradient.{node.name}}}"),
    )
