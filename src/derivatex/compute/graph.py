"""A computational graph described once: what it computes, how it differentiates, how it is drawn.

Source: Griewank and Walther (2008), Evaluating Derivatives, chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from derivatex.compute.declare import Tikz

Point: TypeAlias = Mapping[str, float]
Function: TypeAlias = Callable[[Point], float]

COLUMN, ROW = 2.9, 1.55  # centimetres between the nodes' centres
STYLE = r"""\begin{tikzpicture}[
  node/.style={circle, draw=dxaccent, fill=dxaccent!7, minimum size=8mm, inner sep=1pt},
  input/.style={node, rectangle, rounded corners=2pt},
  up/.style={font=\scriptsize, text=dxvalue, inner sep=1.5pt},
  down/.style={font=\scriptsize, text=dxgradient, inner sep=1.5pt},
  edge/.style={->, >=latex, draw=dxquiet},
  local/.style={font=\scriptsize, fill=white, inner sep=1.2pt, text=black},
]"""


@dataclass(frozen=True, slots=True)
class Partial:
    """A local derivative: its LaTeX, and the function that gives it at a point."""

    tex: str
    at: Function


@dataclass(frozen=True, slots=True)
class Module:
    """A node of the graph and the operation that makes it from its inputs.

    `place` is its column and row in the drawing; an input of the graph has no operation.
    """

    name: str
    symbol: str
    place: tuple[float, float]
    tex: str = ""
    apply: Function | None = None
    partials: Mapping[str, Partial] | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The nodes that it reads."""
        return tuple(self.partials or ())


@dataclass(frozen=True, slots=True)
class Graph:
    """Modules in an order in which each comes after its inputs; the last is the output."""

    modules: tuple[Module, ...]

    def __post_init__(self) -> None:
        """Refuse names that make two arrows one.

        Raises: ValueError.
        """
        names = [module.name for module in self.modules]
        arrows = [f"{module.name}_{name}" for module in self.modules for name in module.inputs]
        for listed in (names, arrows):
            twice = {name for name in listed if listed.count(name) > 1}
            if twice:
                raise ValueError(f"these names are not unique: {', '.join(sorted(twice))}")

    @property
    def output(self) -> Module:
        """The node whose gradients the backward pass gives."""
        return self.modules[-1]

    def __getitem__(self, name: str) -> Module:
        """Return the node of that name."""
        return next(module for module in self.modules if module.name == name)

    def successors(self, name: str) -> tuple[Module, ...]:
        """The nodes that read it."""
        return tuple(module for module in self.modules if name in module.inputs)

    def forward(self, inputs: Point) -> dict[str, float]:
        """The value of every node that is not an input, from those of the inputs."""
        point = dict(inputs)
        for module in self.modules:
            if module.apply is not None:
                point[module.name] = module.apply(point)
        return {name: number for name, number in point.items() if name not in inputs}

    def locals(self, point: Point) -> dict[str, float]:
        """Every edge's local derivative at a point, under `head_tail`."""
        return {
            f"{module.name}_{name}": partial.at(point)
            for module in self.modules
            for name, partial in (module.partials or {}).items()
        }

    def backward(self, edges: Point) -> dict[str, float]:
        """The output's derivative for every node, from the edges' local derivatives.

        Check: equals the sum over all paths to the output of the products along each.
        """
        gradient = {self.output.name: 1.0}
        for module in reversed(self.modules[:-1]):
            gradient[module.name] = sum(
                gradient[head.name] * edges[f"{head.name}_{module.name}"]
                for head in self.successors(module.name)
            )
        return gradient

    def paths(self, start: str) -> list[tuple[str, ...]]:
        """Every path from a node to the output, as the names along it."""
        if start == self.output.name:
            return [(start,)]
        return [(start, *rest) for head in self.successors(start) for rest in self.paths(head.name)]

    def tikz(self, values: str, gradients: str) -> Tikz:
        """The graph: above a node its value, below its gradient, on an edge its derivative.

        `values` and `gradients` are the names of the two records that hold the numbers; an input's
        own value is the given of its name.
        """
        lines = [STYLE]
        for module in self.modules:
            column, row = module.place
            kind = "node" if module.inputs else "input"
            value = f"{values}.{module.name}" if module.inputs else module.name
            lines.append(
                f"  \\node[{kind}, label={{[up,label distance=1.5pt]above:$\\val{{{value}}}$}}, "
                f"label={{[down,label distance=1.5pt]below:$\\val{{{gradients}.{module.name}}}$}}] "
                f"({module.name}) at ({column * COLUMN:.2f},{-row * ROW:.2f}) "
                f"{{${module.symbol}$}};"
            )
        lines += [
            f"  \\draw[edge] ({name}) -- node[local] {{${partial.tex}$}} ({module.name});"
            for module in self.modules
            for name, partial in (module.partials or {}).items()
        ]
        return Tikz("\n".join([*lines, r"\end{tikzpicture}"]))
