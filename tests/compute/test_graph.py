from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivatex import Graph, Module, Partial

STEP = 1e-5
NEAR = 1e-8  # of central differences at this step: STEP squared, and rounding over STEP
POINTS = st.floats(-1.5, 1.5)

# f = (x + sin(x) y) exp(sin(x)), with a node that several read and one that leads nowhere
GRAPH = Graph((
    Module("x", "x", place=(0, 0)),
    Module("y", "y", place=(0, 2)),
    Module(
        "s", "s", place=(1, 1), tex=r"\sin x",
        apply=lambda at: math.sin(at["x"]),
        partials={"x": Partial(r"\cos x", lambda at: math.cos(at["x"]))},
    ),
    Module(
        "dead", "d", place=(1, 3), tex="y^2",
        apply=lambda at: at["y"] ** 2,
        partials={"y": Partial("2y", lambda at: 2 * at["y"])},
    ),
    Module(
        "p", "p", place=(2, 1.5), tex="s y",
        apply=lambda at: at["s"] * at["y"],
        partials={"s": Partial("y", lambda at: at["y"]), "y": Partial("s", lambda at: at["s"])},
    ),
    Module(
        "t", "t", place=(2, 0), tex="x + p",
        apply=lambda at: at["x"] + at["p"],
        partials={"x": Partial("1", lambda _: 1.0), "p": Partial("1", lambda _: 1.0)},
    ),
    Module(
        "f", "f", place=(3, 1), tex="t e^s",
        apply=lambda at: at["t"] * math.exp(at["s"]),
        partials={
            "t": Partial("e^s", lambda at: math.exp(at["s"])),
            "s": Partial("f", lambda at: at["f"]),
        },
    ),
))  # fmt: skip


def f_of(x: float, y: float) -> float:
    """The function, without the graph."""
    return (x + math.sin(x) * y) * math.exp(math.sin(x))


def edges_at(x: float, y: float) -> dict[str, float]:
    """The local derivatives at a point."""
    inputs = {"x": x, "y": y}
    return GRAPH.locals({**inputs, **GRAPH.forward(inputs)})


@given(x=POINTS, y=POINTS)
def test_forward(x: float, y: float) -> None:
    """The output is the function written out, and every node but the inputs has its value."""
    values = GRAPH.forward({"x": x, "y": y})
    assert list(values) == ["s", "dead", "p", "t", "f"]
    assert values["f"] == pytest.approx(f_of(x, y), rel=1e-12, abs=1e-12)


@given(x=POINTS, y=POINTS)
def test_backward_against_central_differences(x: float, y: float) -> None:
    """The inputs' gradients are those of the function written out."""
    gradient = GRAPH.backward(edges_at(x, y))
    by_x = (f_of(x + STEP, y) - f_of(x - STEP, y)) / (2 * STEP)
    by_y = (f_of(x, y + STEP) - f_of(x, y - STEP)) / (2 * STEP)
    assert gradient["x"] == pytest.approx(by_x, abs=NEAR)
    assert gradient["y"] == pytest.approx(by_y, abs=NEAR)


@given(x=POINTS, y=POINTS)
def test_backward_against_the_paths(x: float, y: float) -> None:
    """Every node's gradient is the sum over its paths of the products along them."""
    edges = edges_at(x, y)
    gradient = GRAPH.backward(edges)
    for module in GRAPH.modules:
        by_paths = sum(
            math.prod(edges[f"{head}_{tail}"] for tail, head in pairwise(path))
            for path in GRAPH.paths(module.name)
        )
        assert gradient[module.name] == pytest.approx(by_paths, rel=1e-12, abs=1e-12)


def test_one_local_derivative_changed() -> None:
    """A wrong local derivative shows itself in the gradient of what lies before it."""
    edges = edges_at(0.5, 0.75)
    wrong = GRAPH.backward({**edges, "p_s": 1.01 * edges["p_s"]})
    right = GRAPH.backward(edges)
    assert {name for name in right if right[name] != wrong[name]} == {"s", "x"}


def test_paths() -> None:
    """Every path to the output is listed once; a node that leads nowhere has none."""
    assert GRAPH.paths("f") == [("f",)]
    assert GRAPH.paths("y") == [("y", "p", "t", "f")]
    assert GRAPH.paths("x") == [
        ("x", "s", "p", "t", "f"),
        ("x", "s", "f"),
        ("x", "t", "f"),
    ]
    assert GRAPH.paths("dead") == []
    assert GRAPH.backward(edges_at(1, 1))["dead"] == 0


def test_neighbours() -> None:
    """A node knows what it reads, and the graph what reads it."""
    assert GRAPH["p"].inputs == ("s", "y")
    assert GRAPH["x"].inputs == ()
    assert [module.name for module in GRAPH.successors("s")] == ["p", "f"]
    assert GRAPH.output is GRAPH["f"]


def test_edges() -> None:
    """Every edge's local derivative is named after its head and its tail."""
    names = {"s_x", "dead_y", "p_s", "p_y", "t_x", "t_p", "f_t", "f_s"}
    assert set(edges_at(0.5, 0.75)) == names


def test_drawing() -> None:
    """The drawing has every node with its value and gradient, and every edge with its own."""
    code = GRAPH.tikz("forward", "backward").code
    for module in GRAPH.modules:
        value = f"forward.{module.name}" if module.inputs else module.name
        (line,) = [line for line in code.splitlines() if f" ({module.name}) at (" in line]
        assert line.startswith(r"  \node[node," if module.inputs else r"  \node[input,")
        assert f"above:$\\val{{{value}}}$" in line
        assert f"below:$\\val{{backward.{module.name}}}$" in line
        assert line.endswith(f"{{${module.symbol}$}};")
        for name, partial in (module.partials or {}).items():
            edge = f"({name}) -- node[local] {{${partial.tex}$}} ({module.name});"
            assert code.count(edge) == 1
    assert code.count(r"\draw[edge]") == len(edges_at(1, 1))
    assert code.startswith(r"\begin{tikzpicture}")
    assert code.endswith(r"\end{tikzpicture}")
