"""The figures of the all-attention layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from derivatex import Tikz

if TYPE_CHECKING:
    from persistent_net import Array, Arrays

COLOURS = ("#0B559F", "#C06014", "#3A7D2C")
MARKS = ("o", "s", "^")
GREY = "#444444"
LINES = ((None, None), (5, 1.5), (1.2, 1.2))


def shares_and_lengths(  # noqa: PLR0913, PLR0917  # what is drawn
    gates: Array, halves: Array, span: Array, sizes: Array, scaled: Arrays, lengths: Array,
) -> Figure:  # fmt: skip
    """Share of the context against its length; output against the length of the input."""
    made = Figure(figsize=(6.3, 2.7), layout="constrained")
    left, right = made.subplots(1, 2)
    for k, pairs in enumerate(sizes):
        left.semilogx(span, halves[k], color=COLOURS[k], lw=1.2, dashes=LINES[k])
        left.semilogx(
            span, gates[k], color=COLOURS[k], marker=MARKS[k], ms=4, ls="none",
            label=f"$N = {pairs:g}$",
        )  # fmt: skip
    left.set_xlabel("context positions $C$")
    left.set_ylabel("share of the context $g$")
    left.set_ylim(-0.03, 1.03)
    left.legend(fontsize="small")
    right.loglog(lengths, scaled["ff"], color=COLOURS[0], lw=1.6, label="ReLU")
    right.loglog(lengths, scaled["pa"], color=COLOURS[1], lw=1.6, dashes=(5, 1.5), label="softmax")
    for k, name in enumerate(("mean of the values", "longest value")):
        right.axhline(
            scaled["ends"][k], color=GREY, lw=0.9, dashes=((1, 1), (4, 1, 1, 1))[k], label=name
        )
    right.set_xlabel(r"scale of the input $\lambda$")
    right.set_ylabel("length of the output")
    right.legend(fontsize="small")
    return made


STYLE = r"""\begin{tikzpicture}[y=7.8mm,
  box/.style={rectangle, draw=dxaccent, fill=dxaccent!7, minimum width=33mm, minimum height=7.5mm, inner sep=2.5pt},
  fixed/.style={rectangle, draw=dxaccent, line width=1.1pt, densely dashed, minimum width=15mm, minimum height=7.5mm, inner sep=2.5pt},
  read/.style={rectangle, draw=dxquiet, minimum width=15mm, minimum height=7.5mm, inner sep=2.5pt},
  note/.style={font=\footnotesize, inner sep=1.5pt},
  edge/.style={->, >=latex, draw=dxquiet, thick},
  skip/.style={->, >=latex, draw=dxquiet, thick, rounded corners=2pt},
]"""  # noqa: E501


def layers_diagram() -> Tikz:
    """The standard layer beside the all-attention layer."""
    lines = [STYLE, *_standard(), *_all_attention(), r"\end{tikzpicture}"]
    return Tikz("\n".join(lines))


def _standard() -> list[str]:
    """Self-attention, then the feed-forward sublayer, each with its residual."""
    return [
        r"\node[note] at (2.0,8.1) {standard layer};",
        r"\node (x) at (2.0,-0.2) {$\mathbf{x}$};",
        r"\node[box] (att) at (2.0,2.4) {softmax attention};",
        r"\node[read] (ctx) at (-1.5,2.4) {$\mathbf{X}$};",
        r"\node[note, align=center] at (-1.5,1.37) {keys, values\\ of the context};",
        r"\node[box] (add) at (2.0,3.8) {add, normalise};",
        r"\node[box] (ff) at (2.0,5.4) {feed-forward, ReLU};",
        r"\node[fixed] (uv) at (-1.5,5.4) {$\mathbf{V}, \mathbf{U}$};",
        r"\node[note, align=center] at (-1.5,4.37) {keys, values\\ learned};",
        r"\node[box] (bdd) at (2.0,6.8) {add, normalise};",
        r"\node (o) at (2.0,7.7) {};",
        r"\draw[edge] (x) -- node[right, note] {query $\mathbf{W}_q \mathbf{x}$} (att);",
        r"\draw[edge] (att) -- (add); \draw[edge] (add) -- (ff);",
        r"\draw[edge] (ff) -- (bdd); \draw[edge] (bdd) -- (o);",
        r"\draw[edge] (ctx) -- (att); \draw[edge] (uv) -- (ff);",
        r"\draw[skip] (2.0,0.35) -- (4.35,0.35) -- (4.35,3.8) -- (add.east);",
        r"\draw[skip] (2.0,4.55) -- (4.35,4.55) -- (4.35,6.8) -- (bdd.east);",
    ]


def _all_attention() -> list[str]:
    """One softmax over the context and the persistent pairs."""
    return [
        r"\node[note] at (10.6,8.1) {all-attention layer};",
        r"\node (u) at (10.6,-0.2) {$\mathbf{x}$};",
        r"\node[box] (one) at (10.6,3.8) {one softmax over both};",
        r"\node[read] (c) at (7.0,2.9) {$\mathbf{X}$};",
        r"\node[note, align=center] at (7.0,1.87) {keys, values\\ of the context};",
        r"\node[fixed] (m) at (7.0,4.9) {$\mathbf{M}_k, \mathbf{M}_v$};",
        r"\node[note, align=center] at (7.0,5.93) {persistent pairs,\\ learned};",
        r"\node[box] (cdd) at (10.6,6.8) {add, normalise};",
        r"\node (v) at (10.6,7.7) {};",
        r"\draw[edge] (u) -- node[right, note, pos=0.45] {query $\mathbf{W}_q \mathbf{x}$} (one);",
        r"\draw[edge] (one) -- (cdd); \draw[edge] (cdd) -- (v);",
        r"\draw[edge] (c.east) -- (one.195); \draw[edge] (m.east) -- (one.165);",
        r"\draw[skip] (10.6,0.35) -- (12.95,0.35) -- (12.95,6.8) -- (cdd.east);",
    ]
