"""Softmax at low temperatures, a computational graph, and the derivatives of four activations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import Graph, Module, Partial, TableRows, Tikz, figure, table, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Numbers: TypeAlias = Mapping[str, float]

TINY = 1e-30  # of complex steps
STEP = 1e-3  # of differences of fourth order
HEAT = np.geomspace(0.05, 20.0, 81)  # temperatures that are drawn
LINE = np.linspace(-4.0, 4.0, 161)  # arguments that are drawn
BLUE, ORANGE, BLACK, GREY = "#0B5394", "#C06014", "black", "#777777"

EDGES = {  # of the drawing: operators are named by their results
    "x": ("o1", "o2", "o2"), "y": ("o1",), "z": ("a",), "o1": ("a",), "a": ("b", "o3"),
    "o2": ("b",), "b": ("o3", "w"), "o3": ("w",), "w": (),
}  # fmt: skip
HERE = (0.0, 0.0)  # the drawing has places of its own
ONE = Partial("1", lambda _: 1.0)
GRAPH = Graph((
    *(Module(name, name, HERE) for name in "xyz"),
    Module(
        "o1", "o_1", HERE, apply=lambda at: at["x"] * at["y"],
        partials={"x": Partial("y", lambda at: at["y"]), "y": Partial("x", lambda at: at["x"])},
    ),
    Module("a", "a", HERE, apply=lambda at: at["o1"] + at["z"], partials={"o1": ONE, "z": ONE}),
    Module(
        "o2", "o_2", HERE, apply=lambda at: at["x"] + at["x"],
        partials={"x": Partial("2", lambda _: 2.0)},  # two arrows, one each
    ),
    Module(
        "b", "b", HERE, apply=lambda at: at["a"] * at["o2"],
        partials={"a": Partial("o_2", lambda at: at["o2"]), "o2": Partial("a", lambda at: at["a"])},
    ),
    Module(
        "o3", "o_3", HERE, apply=lambda at: at["a"] * at["b"],
        partials={"a": Partial("b", lambda at: at["b"]), "b": Partial("a", lambda at: at["a"])},
    ),
    Module("w", "w", HERE, apply=lambda at: at["o3"] + at["b"], partials={"o3": ONE, "b": ONE}),
))  # fmt: skip


# second routes


def distance_by_rests(single: Array, tied: Array, warm: float, cold: float) -> dict[str, float]:
    """The closed form $2R/(N + R)$."""
    made = {}
    for name, logits in (("single", single), ("tied", tied)):
        for heat, tau in (("warm", warm), ("cold", cold)):
            gaps = [float(max(logits) - u) for u in logits]
            rest = math.fsum(math.exp(-gap / tau) for gap in gaps if gap > 0)
            made[f"{name}_{heat}"] = 2 * rest / (gaps.count(0.0) + rest)
    return made


def curves_by_gaps(single: Array, tied: Array) -> dict[str, Array]:
    r"""Reciprocals of sums of $e^{(u_k - u_i)/\tau}$."""
    return {
        name: np.array([
            [1 / math.fsum(math.exp(float(v - u) / tau) for v in logits) for u in logits]
            for tau in HEAT
        ])
        for name, logits in (("single", single), ("tied", tied))
    }  # fmt: skip


def three_lines(at: Mapping[str, complex], moved: Mapping[str, complex]) -> dict[str, complex]:
    """The question's lines, one operator at a time; a result in `moved` is moved by that much."""
    x, y, z = (at[name] + moved.get(name, 0) for name in "xyz")
    o1 = x * y + moved.get("o1", 0)
    a = o1 + z + moved.get("a", 0)
    o2 = x + x + moved.get("o2", 0)
    b = a * o2 + moved.get("b", 0)
    o3 = a * b + moved.get("o3", 0)
    return {"o1": o1, "a": a, "o2": o2, "b": b, "o3": o3, "w": o3 + b + moved.get("w", 0)}


def forward_written_out(x: float, y: float, z: float) -> dict[str, float]:
    """The three lines, without the graph."""
    return {name: it.real for name, it in three_lines({"x": x, "y": y, "z": z}, {}).items()}


def gradient_by_complex_step(x: float, y: float, z: float) -> dict[str, float]:
    """Complex step of one node at a time."""
    at = {"x": x, "y": y, "z": z}
    names = (*at, "o1", "a", "o2", "b", "o3", "w")
    return {name: three_lines(at, {name: 1j * TINY})["w"].imag / TINY for name in names}


def count_by_matrix() -> dict[str, int]:
    """Powers of the matrix of arrows; nodes listed."""
    names = list(EDGES)
    arrows = np.array([[EDGES[tail].count(head) for head in names] for tail in names])
    paths, power = np.zeros_like(arrows), np.eye(len(names), dtype=arrows.dtype)
    for _ in names:
        power = power @ arrows
        paths = paths + power
    found = {name: int(paths[names.index(name), -1]) for name in "xyza"}
    return {"nodes": len({*names, "=a", "=b", "=w"}), **found}


def gelu_by_quadrature() -> dict[str, float]:
    r"""$\Phi$ by Gauss--Legendre quadrature, bisection, and differences of GELU on a fine grid."""
    nodes, weights = np.polynomial.legendre.leggauss(40)

    def gelu(t: float) -> float:
        area = float(weights @ np.exp(-((t * (nodes + 1) / 2) ** 2) / 2)) * t / 2
        return t * (0.5 + area / math.sqrt(2 * math.pi))

    low, high = -1.0, -0.5
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(gelu, middle) < 0 else (low, middle)
    grid = np.linspace(-3.0, 3.0, 6001)
    slopes = [_slope(gelu, float(t)) for t in grid]
    at = {"bottom": int(np.argmin(slopes)), "top": int(np.argmax(slopes))}
    ends = {name: _vertex(slopes[k - 1 : k + 2]) for name, k in at.items()}
    middle = _slope(gelu, 0.0)
    return {"zero": low, "least": gelu(low), "middle": middle, **ends}


def _slope(function: Callable[[float], float], at: float) -> float:
    """Central difference of fourth order."""
    near, far = (
        (function(at + n * STEP) - function(at - n * STEP)) / (2 * n * STEP) for n in (1, 2)
    )
    return (4 * near - far) / 3


def _vertex(three: list[float]) -> float:
    """The vertex of the parabola through three neighbours, its value."""
    left, middle, right = three
    return middle - (right - left) ** 2 / (8 * (left - 2 * middle + right))


def bell_by_bisection() -> dict[str, float]:
    r"""Bisection for $\cosh(t)^2 = 2$; differences at $0$."""
    low, high = 0.0, 2.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 / math.cosh(middle) ** 2 > 1 / 2 else (low, middle)
    return {"half": low, "level": _slope(math.tanh, low), "top": _slope(math.tanh, 0.0)}


def shapes_by_differences(alpha: float) -> dict[str, Array]:
    """Differences of fourth order of the functions; one-sided lines for those with a kink."""

    def gelu(t: float) -> float:
        return 0.5 * t * math.erfc(-t / math.sqrt(2))

    def line(lower: float) -> Array:
        kinked = [max(0.0, float(t)) + lower * min(0.0, float(t)) for t in LINE]
        return np.array([v / t if t else math.nan for t, v in zip(LINE, kinked, strict=True)])

    smooth = {"gelu": gelu, "tanh": math.tanh}
    made = {name: np.array([_slope(it, float(t)) for t in LINE]) for name, it in smooth.items()}
    leaky, relu = line(alpha), line(0.0)
    away = LINE != 0
    return {**made, "leaky": leaky[away], "relu": relu[away]}


# what the report prints


@value(route=distance_by_rests, digits=4)
def distance(single: Array, tied: Array, warm: float, cold: float) -> dict[str, float]:
    """Distance of softmax from argmax, entry by entry."""
    made = {}
    for name, logits in (("single", single), ("tied", tied)):
        hard = (logits == logits.max()) / np.sum(logits == logits.max())
        for heat, tau in (("warm", warm), ("cold", cold)):
            powers = np.exp(logits / tau)
            made[f"{name}_{heat}"] = float(np.abs(powers / powers.sum() - hard).sum())
    return made


@value(route=curves_by_gaps, digits=4)
def curves(single: Array, tied: Array) -> dict[str, Array]:
    """Softmax for each temperature of the figure, one row each."""
    made = {}
    for name, logits in (("single", single), ("tied", tied)):
        powers = np.exp((logits - logits.max())[None, :] / HEAT[:, None])
        made[name] = powers / powers.sum(axis=1, keepdims=True)
    return made


@value(route=forward_written_out)
def forward(x: float, y: float, z: float) -> dict[str, float]:
    """Results of the operators (forward pass through the graph)."""
    return GRAPH.forward({"x": x, "y": y, "z": z})


@value(route=gradient_by_complex_step)
def gradient(x: float, y: float, z: float, forward: Numbers) -> dict[str, float]:
    """Derivatives of $w$ for the nodes (backward pass through the graph)."""
    return GRAPH.backward(GRAPH.locals({"x": x, "y": y, "z": z, **forward}))


@value(route=count_by_matrix)
def count() -> dict[str, int]:
    """Nodes of the drawing, and paths to $w$, counted one after the other."""

    def paths(name: str) -> int:
        heads = EDGES[name]
        return sum(paths(head) for head in heads) if heads else 1

    variables = "xyzabw"
    operators = [module.name for module in GRAPH.modules if module.inputs]
    return {"nodes": len(variables) + len(operators), **{name: paths(name) for name in "xyza"}}


@value(route=gelu_by_quadrature, digits=4, tolerance=1e-7)
def gelu() -> dict[str, float]:
    """Special points of the derivative of GELU: Newton's iteration and closed forms."""
    t = -0.7
    for _ in range(20):
        t -= gelu_slope(t) / ((2 - t * t) * math.exp(-t * t / 2) / math.sqrt(2 * math.pi))
    turn = math.sqrt(2)
    return {
        "zero": t,
        "least": -t * t * math.exp(-t * t / 2) / math.sqrt(2 * math.pi),
        "middle": gelu_slope(0.0),
        "bottom": gelu_slope(-turn),
        "top": gelu_slope(turn),
    }


def gelu_slope(t: float) -> float:
    r"""Derivative of GELU, $\Phi(t) + t \phi(t)$."""
    below = (1 + math.erf(t / math.sqrt(2))) / 2
    return below + t * math.exp(-t * t / 2) / math.sqrt(2 * math.pi)


@value(route=bell_by_bisection, digits=4)
def bell() -> dict[str, float]:
    """Where the derivative of tanh is half of its largest value, and that value."""
    half = math.log(1 + math.sqrt(2))
    return {"half": half, "level": 1 / math.cosh(half) ** 2, "top": 1 - math.tanh(0.0) ** 2}


@value(route=shapes_by_differences, digits=4, tolerance=1e-8)
def shapes(alpha: float) -> dict[str, Array]:
    """The four derivatives where the figure draws them, those with a kink without zero."""
    away = LINE[LINE != 0]
    return {
        "gelu": np.array([gelu_slope(float(t)) for t in LINE]),
        "tanh": 1 - np.tanh(LINE) ** 2,
        "leaky": np.where(away > 0, 1.0, alpha),
        "relu": np.where(away > 0, 1.0, 0.0),
    }


@table
def special() -> TableRows:
    """Function, what is special, where, value of the derivative."""
    return TableRows(
        "llld",
        ["Derivative of", "What", "At $t$", "Derivative there"],
        [
            ["GELU", "minimum", r"$-\sqrt 2$", r"\val{gelu.bottom}"],
            ["GELU", "zero", r"$\val{gelu.zero}$", "0"],
            ["GELU", "centre of symmetry", "$0$", r"\val{gelu.middle}"],
            ["GELU", "maximum", r"$\sqrt 2$", r"\val{gelu.top}"],
            ["tanh", "maximum", "$0$", r"\val{bell.top}"],
            ["tanh", "half of the maximum", r"$\pm\val{bell.half}$", r"\val{bell.level}"],
        ],
    )


@figure
def temperatures(curves: Mapping[str, Array], single: Array, tied: Array) -> Figure:
    """Softmax against the temperature, for one maximum and for a tie."""
    made = Figure(figsize=(6.2, 2.3))
    panels = made.subplots(1, 2, sharey=True)
    styles = ((BLUE, "-"), (ORANGE, "--"), (BLACK, ":"))
    for axis, name, logits in zip(panels, ("single", "tied"), (single, tied), strict=True):
        hard = (logits == logits.max()) / np.sum(logits == logits.max())
        for i, (colour, line) in enumerate(styles):
            axis.semilogx(HEAT, curves[name][:, i], color=colour, ls=line, label=f"$p_{i + 1}$")
            axis.plot(HEAT[0], hard[i], "o", color=colour, ms=4, clip_on=False, zorder=3)
        axis.set(xlim=(HEAT[0], HEAT[-1]), ylim=(-0.05, 1.05), xlabel=r"temperature $\tau$")
        axis.legend(loc="upper right")
    panels[0].set_ylabel(r"entries of $p$")
    return made


@figure
def derivatives(shapes: Mapping[str, Array], gelu: Numbers, bell: Numbers, alpha: float) -> Figure:
    """The four derivatives in panels, with their special points."""
    made = Figure(figsize=(6.2, 3.9))
    panels = made.subplots(2, 2, sharex=True, sharey=True)
    (left, right), (below_left, below_right) = panels
    turn, half = math.sqrt(2), bell["half"]
    _smooth(left, "GELU", shapes["gelu"], {
        -turn: gelu["bottom"], gelu["zero"]: 0.0, 0.0: gelu["middle"], turn: gelu["top"],
    })  # fmt: skip
    _step(right, "LeakyReLU", shapes["leaky"], alpha)
    _step(below_left, "ReLU", shapes["relu"], 0.0)
    _smooth(below_right, "tanh", shapes["tanh"], {
        -half: bell["level"], 0.0: bell["top"], half: bell["level"],
    })  # fmt: skip
    for axis, limits in (
        (left, (0.0, 1.0)), (right, ()), (below_left, ()), (below_right, (0.0,)),
    ):  # fmt: skip
        for limit in limits:
            axis.axhline(limit, color=GREY, ls=":", lw=0.8, zorder=0)
        axis.axvline(0.0, color=GREY, lw=0.4, zorder=0)
        axis.set(xlim=(LINE[0], LINE[-1]), ylim=(-0.25, 1.25))
    for axis in panels[1]:
        axis.set_xlabel("$t$")
    for axis in panels[:, 0]:
        axis.set_ylabel("derivative")
    return made


def _smooth(axis: Axes, title: str, slopes: Array, points: Mapping[float, float]) -> None:
    """One smooth curve with its special points."""
    axis.plot(LINE, slopes, color=BLUE)
    axis.plot(list(points), list(points.values()), "o", color=BLACK, ms=3.5)
    axis.set_title(title)


def _step(axis: Axes, title: str, slopes: Array, lower: float) -> None:
    """Two branches that are not joined, with open ends at zero."""
    away = LINE[LINE != 0]
    for side in (away < 0, away > 0):
        axis.plot(
            [*away[side], 0.0] if side[0] else [0.0, *away[side]],
            [*slopes[side], lower] if side[0] else [1.0, *slopes[side]],
            color=BLUE,
        )
    axis.plot([0.0, 0.0], [lower, 1.0], "o", color=BLUE, mfc="white", ms=4.5)
    axis.set_title(title)


HEAD = r"""\begin{tikzpicture}[
  quantity/.style={circle, draw=dxaccent, fill=dxaccent!7, minimum size=7.5mm, inner sep=1pt},
  operator/.style={rectangle, draw=black, thick, minimum size=6mm, inner sep=1pt},
  up/.style={font=\scriptsize, text=dxvalue, inner sep=1.5pt, label distance=1.5pt},
  down/.style={font=\scriptsize, text=dxgradient, inner sep=1.5pt, label distance=1.5pt},
  edge/.style={->, >=latex, draw=dxquiet},
]"""
PLACES = {  # name: kind, what it shows, centimetres, the value whose numbers stand above and below
    "x": ("quantity", "x", (0.0, 1.7), "x"),
    "y": ("quantity", "y", (0.0, 0.0), "y"),
    "z": ("quantity", "z", (1.9, -1.8), "z"),
    "mul1": ("operator", "*", (1.9, 0.0), "o1"),
    "add1": ("operator", "+", (3.8, 0.0), ""),
    "a": ("quantity", "a", (5.4, 0.0), "a"),
    "add2": ("operator", "+", (3.8, 1.7), "o2"),
    "mul2": ("operator", "*", (7.3, 1.7), ""),
    "b": ("quantity", "b", (8.9, 1.7), "b"),
    "mul3": ("operator", "*", (10.7, -0.3), "o3"),
    "add3": ("operator", "+", (12.6, 0.85), ""),
    "w": ("quantity", "w", (14.2, 0.85), "w"),
}
ARROWS = (
    "x mul1", "y mul1", "mul1 add1", "z add1", "add1 a", "add2 mul2", "a mul2", "mul2 b",
    "a mul3", "b mul3", "mul3 add3", "b add3", "add3 w",
)  # fmt: skip


@figure
def graph() -> Tikz:
    """Variables as circles, operators as squares, with an example's values and derivatives."""
    lines = [HEAD]
    for name, (kind, shown, (right, up), number) in PLACES.items():
        labels = ""
        if number:
            symbol = f"o_{number[1]} = " if number.startswith("o") else ""
            value_of = number if number in "xyz" else f"forward.{number}"
            shift = ", xshift=9pt" if symbol else ""
            labels = (
                f", label={{[up{shift}]above:${symbol}\\val{{{value_of}}}$}}"
                f", label={{[down]below:$\\val{{gradient.{number}}}$}}"
            )
        lines.append(f"  \\node[{kind}{labels}] ({name}) at ({right},{up}) {{${shown}$}};")
    for arrow in ARROWS:
        tail, head = arrow.split()
        lines.append(f"  \\draw[edge] ({tail}) -- ({head});")
    lines += [f"  \\draw[edge] (x) to[bend {bend}=12] (add2);" for bend in ("left", "right")]
    return Tikz("\n".join([*lines, r"\end{tikzpicture}"]))
