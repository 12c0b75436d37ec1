"""The figures of the decoder with attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from derivatex import Tikz

if TYPE_CHECKING:
    from attention_net import Arrays

PANELS = (
    ("fed", "with input feeding"),
    ("fed_jump", "with, step 1 forced"),
    ("plain", "without"),
    ("plain_jump", "without, step 1 forced"),
)


def heat_maps(readings: Arrays, jump: int) -> Figure:
    """A panel for each case: target steps downwards, source words to the right."""
    made = Figure(figsize=(6.3, 2.15), layout="constrained")
    panels = made.subplots(1, 4, sharey=True)
    for axes, (name, title) in zip(panels, PANELS, strict=True):
        rows = readings[name]
        steps, places = rows.shape
        edges = [[0.5 + k for k in range(size + 1)] for size in (places, steps)]
        shown = axes.pcolormesh(*edges, rows, cmap="Greys", vmin=0, vmax=1)
        axes.set_aspect("equal")
        axes.set_ylim(steps + 0.5, 0.5)
        if name.endswith("jump"):
            box = Rectangle(
                (jump - 0.5, 0.5), 1, 1, fill=False, ec="#C06014", lw=2.2, clip_on=False
            )
            axes.add_patch(box)
        axes.set_title(title, fontsize="small")
        axes.set_xlabel("source word $s$")
        axes.set_xticks(range(1, places + 1))
        axes.set_yticks(range(1, steps + 1))
    panels[0].set_ylabel("step $t$")
    made.colorbar(shown, ax=panels[-1], label="weight", ticks=(0, 1), fraction=0.06)
    return made


STYLE = r"""\begin{tikzpicture}[
  box/.style={rectangle, draw=dxaccent, fill=dxaccent!7, minimum width=17mm, minimum height=7mm, inner sep=2.5pt},
  note/.style={font=\footnotesize, inner sep=1.5pt},
  edge/.style={->, >=latex, draw=dxquiet, thick},
  feed/.style={->, >=latex, draw=dxaccent, line width=1.5pt, densely dashed},
]"""  # noqa: E501


def decoders_diagram() -> Tikz:
    """Two steps of the decoder with input feeding, and of the one that attends first."""
    lines = [STYLE, *_after(), *_before(), r"\end{tikzpicture}"]
    return Tikz("\n".join(lines))


def _bold(letter: str, step: str) -> str:
    """A bold letter at a step."""
    return rf"\mathbf{{{letter}}}_{{{step}}}"


def _hat(letter: str, step: str) -> str:
    """The same with a hat."""
    return rf"\hat{{\mathbf{{{letter}}}}}_{{{step}}}"


def _after() -> list[str]:
    """The state first, then the alignment; dashed: input feeding."""
    lines = [r"\node[note] at (2.1,6.0) {state first, input feeding};"]
    for x, now, past in ((0.9, "t-1", "t-2"), (4.1, "t", "t-1")):
        name = "a" if now == "t-1" else "b"
        states = rf"{_bold('h', now)}^1 \ldots {_bold('h', now)}^L"
        lines += [
            rf"\node[note] (w{name}) at ({x},-0.15) {{$\mathbf{{E}} \mathbf{{y}}_{{{past}}}$}};",
            rf"\node[box] (h{name}) at ({x},1.2) {{${states}$}};",
            rf"\node[box] (c{name}) at ({x},2.6) {{${_bold('a', now)}, {_bold('c', now)}$}};",
            rf"\node[box] (t{name}) at ({x},4.0) {{$\tilde{{\mathbf{{h}}}}_{{{now}}}$}};",
            rf"\node[note] (p{name}) at ({x},5.2) {{$\mathbf{{p}}_{{{now}}}$}};",
            rf"\node[note] (s{name}) at ({x + 1.5},2.6) {{$\bar{{\mathbf{{H}}}}$}};",
            rf"\draw[edge] (w{name}) -- (h{name});",
            rf"\draw[edge] (h{name}) -- (c{name});",
            rf"\draw[edge] (c{name}) -- (t{name});",
            rf"\draw[edge] (t{name}) -- (p{name});",
            rf"\draw[edge] (s{name}) -- (c{name});",
            rf"\draw[edge] (h{name}.150) to[out=125, in=-125] (t{name}.210);",
        ]
    lines += [
        r"\draw[edge] (-0.75,1.2) -- (ha); \draw[edge] (ha) -- (hb);",
        r"\draw[edge] (hb) -- (5.75,1.2);",
        r"\draw[feed] (ta.east) -- (2.75,4.0) -- (2.75,0.35) -- (3.65,0.35) -- (3.65,0.85);",
        r"\draw[feed] (-0.45,0.35) -- (0.45,0.35) -- (0.45,0.85);",
        r"\draw[feed] (tb.east) -- (5.75,4.0);",
    ]
    return lines


def _before() -> list[str]:
    """The alignment first, then the state."""
    lines = [r"\node[note] at (10.9,6.0) {alignment first};"]
    for x, now, past in ((9.4, "t-1", "t-2"), (12.9, "t", "t-1")):
        name = "e" if now == "t-1" else "f"
        lines += [
            rf"\node[note] (w{name}) at ({x},-0.15) {{$\mathbf{{E}} \mathbf{{y}}_{{{past}}}$}};",
            rf"\node[box] (h{name}) at ({x},1.2) {{$\hat{{\mathbf{{h}}}}_{{{now}}}$}};",
            rf"\node[box] (c{name}) at ({x},2.9) {{${_hat('a', now)}, {_hat('c', now)}$}};",
            rf"\node[note] (s{name}) at ({x},4.1) {{$\bar{{\mathbf{{H}}}}$}};",
            rf"\node[note] (p{name}) at ({x + 1.3},0.3) {{${_hat('p', now)}$}};",
            rf"\draw[edge] (w{name}) -- (h{name});",
            rf"\draw[edge] (c{name}) -- (h{name});",
            rf"\draw[edge] (s{name}) -- (c{name});",
            rf"\draw[edge] (h{name}.335) -- (p{name});",
        ]
    lines += [
        r"\draw[edge] (7.5,1.2) -- (he); \draw[edge] (he) -- (hf); \draw[edge] (hf) -- (14.4,1.2);",
        r"\draw[edge] (7.5,1.6) -- (ce.west);",
        r"\draw[edge] (he.20) -- (cf.west);",
    ]
    return lines
