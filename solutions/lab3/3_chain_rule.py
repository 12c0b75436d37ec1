"""Forward and backward pass through the modules of f, and the path sums of both derivatives."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping

from derivatex import Graph, Module, Partial, TableRows, Tikz, figure, table, value

STEP = 1e-5  # of central differences: their error, of order STEP squared, is near 1e-10
TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better
TOLERANCE = 1e-8
Numbers = Mapping[str, float]

GRAPH = Graph((
    Module("x", "x", place=(0, 1.2)),
    Module("y", "y", place=(0, 3.4)),
    Module(
        "a", "a", place=(1.2, 2.95), tex="x^2",
        apply=lambda at: at["x"] ** 2,
        partials={"x": Partial("2x", lambda at: 2 * at["x"])},
    ),
    Module(
        "sx", r"\sigma_x", place=(1.2, 0), tex=r"\sigma(x)",
        apply=lambda at: 1 / (1 + math.exp(-at["x"])),
        partials={"x": Partial(r"\sigma_x(1-\sigma_x)", lambda at: at["sx"] * (1 - at["sx"]))},
    ),
    Module(
        "sy", r"\sigma_y", place=(1.2, 4.5), tex=r"\sigma(y)",
        apply=lambda at: 1 / (1 + math.exp(-at["y"])),
        partials={"y": Partial(r"\sigma_y(1-\sigma_y)", lambda at: at["sy"] * (1 - at["sy"]))},
    ),
    Module(
        "b", "b", place=(2.5, 3.7), tex=r"a + \sigma_y",
        apply=lambda at: at["a"] + at["sy"],
        partials={"a": Partial("1", lambda _: 1.0), "sy": Partial("1", lambda _: 1.0)},
    ),
    Module(
        "c", "c", place=(2.5, 0.6), tex=r"3x + y - \sigma_x",
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
    """The modules in one pass.

    A name in `moved` moves that node; `head_tail` moves the node `tail` where `head` reads it.
    """

    def sigmoid(u: complex) -> complex:
        return 0.5 * (1 + cmath.tanh(u / 2))

    def at(name: str, number: complex) -> complex:
        return number + moved.get(name, 0)

    x, y = at("x", x), at("y", y)
    a = at("a", at("a_x", x) ** 2)
    sx, sy = at("sx", sigmoid(at("sx_x", x))), at("sy", sigmoid(at("sy_y", y)))
    b = at("b", at("b_a", a) + at("b_sy", sy))
    c = at("c", 3 * at("c_x", x) + at("c_y", y) - at("c_sx", sx))
    return {"a": a, "sx": sx, "sy": sy, "b": b, "c": c, "f": at("f", at("f_b", b) / at("f_c", c))}


def by_tanh(x: float, y: float) -> dict[str, float]:
    r"""Written out, with $\sigma(u) = \tfrac12(1 + \tanh\tfrac u2)$."""
    return {name: number.real for name, number in written_out(x, y, {}).items()}


def by_central_differences_of_modules(x: float, y: float) -> dict[str, float]:
    """Central differences of each module alone."""
    sx, sy = (0.5 * (1 + math.tanh(u / 2)) for u in (x, y))
    b, c = x * x + sy, 3 * x + y - sx

    def slope(module: Callable[[float], float], at: float) -> float:
        return (module(at + STEP) - module(at - STEP)) / (2 * STEP)

    return {
        "a_x": slope(lambda u: u * u, x),
        "sx_x": slope(lambda u: 0.5 * (1 + math.tanh(u / 2)), x),
        "sy_y": slope(lambda u: 0.5 * (1 + math.tanh(u / 2)), y),
        "b_a": slope(lambda u: u + sy, x * x),
        "b_sy": slope(lambda u: x * x + u, sy),
        "c_x": slope(lambda u: 3 * u + y - sx, x),
        "c_y": slope(lambda u: 3 * x + u - sx, y),
        "c_sx": slope(lambda u: 3 * x + y - u, sx),
        "f_b": slope(lambda u: u / c, b),
        "f_c": slope(lambda u: b / u, c),
    }


def by_complex_step_at_nodes(x: float, y: float) -> dict[str, float]:
    """Complex step of one node at a time."""
    names = ("f", "b", "c", "a", "sx", "sy", "x", "y")
    return {name: written_out(x, y, {name: 1j * TINY})["f"].imag / TINY for name in names}


def by_complex_step_at_arrows(x: float, y: float) -> dict[str, float]:
    """Complex step of a node where one successor reads it."""
    names = ("a_x", "sx_x", "sy_y", "b_a", "b_sy", "c_x", "c_y", "c_sx", "f_b", "f_c")
    return {name: written_out(x, y, {name: 1j * TINY})["f"].imag / TINY for name in names}


def fx_by_complex_step(x: float, y: float) -> float:
    """Complex step of $f$."""
    return f_of(x + 1j * TINY, y).imag / TINY


def fy_by_complex_step(x: float, y: float) -> float:
    """Complex step of $f$."""
    return f_of(x, y + 1j * TINY).imag / TINY


def by_central_differences_of_f(x: float, y: float) -> dict[str, float]:
    """Central differences of $f$."""
    return {
        "x": (f_of(x + STEP, y) - f_of(x - STEP, y)).real / (2 * STEP),
        "y": (f_of(x, y + STEP) - f_of(x, y - STEP)).real / (2 * STEP),
    }


def fx_by_central_difference(x: float, y: float) -> float:
    """Central difference of $f$."""
    return by_central_differences_of_f(x, y)["x"]


def fy_by_central_difference(x: float, y: float) -> float:
    """Central difference of $f$."""
    return by_central_differences_of_f(x, y)["y"]


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
    """Derivatives of $f$ with respect to the nodes (backward pass)."""
    return GRAPH.backward(local)


@value(route=by_complex_step_at_arrows, digits=4)
def product(local: Numbers, gradient: Numbers) -> dict[str, float]:
    """Product for each arrow (a_x is that of x → a)."""
    return {arrow: gradient[arrow.partition("_")[0]] * slope for arrow, slope in local.items()}


@value(route=(fx_by_complex_step, fx_by_central_difference), digits=4, tolerance=TOLERANCE)
def fx(x: float, forward: Numbers, gradient: Numbers) -> float:
    """Derivative with respect to $x$, as the source combines it."""
    through_sigmoid = forward["sx"] * (1 - forward["sx"])
    return gradient["a"] * 2 * x + gradient["c"] * 3 + gradient["sx"] * through_sigmoid


@value(route=(fy_by_complex_step, fy_by_central_difference), digits=4, tolerance=TOLERANCE)
def fy(forward: Numbers, gradient: Numbers) -> float:
    """Derivative with respect to $y$, as the source combines it."""
    return gradient["c"] + gradient["sy"] * forward["sy"] * (1 - forward["sy"])


@value(route=by_central_differences_of_f, digits=4, tolerance=TOLERANCE)
def quotient(x: float, forward: Numbers) -> dict[str, float]:
    """Both derivatives by the quotient rule."""
    slope_x, slope_y = (forward[name] * (1 - forward[name]) for name in ("sx", "sy"))
    f, c = forward["f"], forward["c"]
    return {"x": (2 * x - f * (3 - slope_x)) / c, "y": (slope_y - f) / c}


@figure
def graph() -> Tikz:
    """The modules with their values and derivatives."""
    return GRAPH.tikz("forward", "gradient")


@table
def forward_pass() -> TableRows:
    """Each node: expression, value, published value."""
    rows = []
    for node in GRAPH.modules:
        symbol = f"${node.symbol}$"
        if node.inputs:
            address = f"{{forward.{node.name}}}"
            rows.append([symbol, f"${node.tex}$", rf"\val{address}", rf"\published{address}"])
        else:
            rows.append([symbol, "given", rf"\val{{{node.name}}}", ""])
    return TableRows("lldd", ["Node", "Expression", "Value", "Published"], rows)


@table
def backward_pass() -> TableRows:
    """Each arrow: local derivative with its value, the product; each node: its derivative."""
    rows = []
    for node in reversed(GRAPH.modules):
        heads = GRAPH.successors(node.name)
        for head in heads:
            partial = (head.partials or {})[node.name]
            rows.append([
                f"${node.symbol}$" if head is heads[0] else "",
                rf"$\partial {head.symbol}/\partial {node.symbol} = {partial.tex}$",
                rf"\val{{local.{head.name}_{node.name}}}",
                rf"\val{{gradient.{head.name}}}",
                rf"\val{{product.{head.name}_{node.name}}}",
                *(_totals(node) if head is heads[-1] else ("", "")),
            ])  # fmt: skip
        if not heads:
            rows.append([f"${node.symbol}$", "output", "", "", "", *_totals(node)])
    heading = [
        "Node $v$", r"Local derivative $\partial w/\partial v$", "Its value", r"$\bar w$",
        "Product", r"$\bar v$", "Published",
    ]  # fmt: skip
    return TableRows("llddddd", heading, rows)


def _totals(node: Module) -> tuple[str, str]:
    """A node's derivative, ours and the published one; those of x and y are called fx and fy."""
    published = {"x": r"\published{fx}", "y": r"\published{fy}", "f": ""}
    return (
        rf"\val{{gradient.{node.name}}}",
        published.get(node.name, rf"\published{{gradient.{node.name}}}"),
    )
