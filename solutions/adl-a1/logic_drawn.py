"""The formula graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex import Tikz

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STYLE = r"""\begin{tikzpicture}[
  y=0.86cm,
  atom/.style={rectangle, rounded corners=2pt, draw=dxaccent, align=center, font=\footnotesize, inner sep=3pt},
  joint/.style={atom, fill=dxaccent!8, rounded corners=0pt},
  edge/.style={->, >=latex, draw=dxquiet, thick},
  turned/.style={circle, draw=dxquiet, thick, fill=white, inner sep=0pt, minimum size=4pt, pos=0.15},
]"""  # noqa: E501

Place = tuple[float, float]


def graph(
    atoms: Mapping[str, tuple[Place, str, str]],
    joints: Mapping[str, tuple[Place, str, Sequence[str]]],
    after: str,
    trusted: Mapping[str, str] | None = None,
) -> Tikz:
    """Atoms with their stated bounds, connectives with their operands; `~` marks a premise.

    Connectives named f, x or h are formulas, stated to be true unless `trusted` says otherwise.
    """
    lines = [STYLE]
    for name, (place, label, before) in atoms.items():
        lines.append(_node("atom", name, place, (label, before, found(after, name))))
    for name, (place, label, parts) in joints.items():
        before = (trusted or {}).get(name, "[1, 1]" if name[0] in "fxh" else "[0, 1]")
        lines.append(_node("joint", name, place, (label, before, found(after, name))))
        for part in parts:
            mark = "node[turned] {} " if part.startswith("~") else ""
            lines.append(rf"\draw[edge] ({part.strip('~')}) -- {mark}({name});")
    return Tikz("\n".join([*lines, r"\end{tikzpicture}"]))


def _node(style: str, name: str, place: Place, rows: tuple[str, str, str]) -> str:
    """A box of three lines."""
    x, y = place
    return (
        rf"\node[{style}] ({name}) at ({x},{y}) {{" + r"\\ ".join(f"${it}$" for it in rows) + "};"
    )


def found(after: str, name: str) -> str:
    """The bounds of a neuron after inference."""
    return rf"[\val{{{after}.{name}_l}}, \val{{{after}.{name}_u}}]"


def label(name: str) -> str:
    """A name with its number below."""
    return name[0] + (f"_{name[1]}" if name[1:] else "")


def stated(table: str, row: int) -> str:
    """The stated bounds of an atom."""
    return rf"[\val{{{table}[{row},1]}}, \val{{{table}[{row},2]}}]"
