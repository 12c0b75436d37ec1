"""The figures of the LSTM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from derivatex import Tikz

if TYPE_CHECKING:
    from lstm_net import Array, Arrays
    from matplotlib.axes import Axes

COLOURS = ("#0B559F", "#C06014", "#3A7D2C", "#8E2F6B")
GREY = "#444444"
MARKS = ("o", "s", "^", "D")
LINES = ((), (5, 1.5), (1.2, 1.2))


def fading(curves: Arrays, biases: Array, gains: Array, rnn_gains: Array) -> Figure:
    """Sizes of the errors against the lag: for forget biases, for recurrent gains."""
    made = Figure(figsize=(6.3, 3.0), layout="constrained")
    left, right = made.subplots(1, 2)
    for k, bias in enumerate(biases, 1):
        label = rf"LSTM, $\beta = {bias:g}$"
        _curve(left, curves[f"full_{k}"], k - 1, label=label)
        left.semilogy(10 ** curves[f"path_{k}"], color=COLOURS[k - 1], dashes=(3, 2), lw=0.9)
    left.semilogy(10 ** curves["rnn_1"], color=GREY, dashes=(1, 1), lw=1.8, label="RNN")
    for k, gain in enumerate(gains, 1):
        _curve(right, curves[f"gain_{k}"], k - 1, label=rf"LSTM, $\gamma = {gain:g}$")
    for k, gain in enumerate(rnn_gains, 1):
        right.semilogy(
            10 ** curves[f"rnn_{k}"], color=GREY, dashes=LINES[k - 1] or (None, None),
            lw=1.2, label=rf"RNN, $\gamma = {gain:g}$",
        )  # fmt: skip
    left.set_ylim(1e-33, 1e3)
    for axes in (left, right):
        axes.set_xlabel(r"lag $\tau - t$")
        axes.legend(fontsize="small")
    left.set_ylabel("size of the error, lag zero is one")
    left.set_title(r"forget biases $\beta$, gain $\gamma = 1$")
    right.set_title(rf"recurrent gains $\gamma$, $\beta = {biases[1]:g}$")
    return made


def _curve(axes: Axes, logs: Array, place: int, *, label: str) -> None:
    """A curve with its own colour and mark."""
    axes.semilogy(
        10**logs, color=COLOURS[place], marker=MARKS[place], markevery=(5 + 5 * place, 20), ms=3.5,
        lw=1.4, label=label,
    )  # fmt: skip


STYLE = r"""\begin{tikzpicture}[
  box/.style={rectangle, draw=dxaccent, fill=dxaccent!7, minimum width=9mm, minimum height=6mm, inner sep=1pt},
  operation/.style={circle, draw=dxaccent, minimum size=5.5mm, inner sep=0pt},
  word/.style={font=\footnotesize, inner sep=2pt},
  edge/.style={->, >=latex, draw=dxquiet, thick},
  wire/.style={draw=dxquiet, thick},
  main/.style={->, >=latex, draw=dxaccent, line width=1.6pt},
]"""  # noqa: E501
BOXES = (("f", 1.7, r"\sigma"), ("i", 3.3, r"\sigma"), ("g", 4.9, r"\tanh"), ("q", 6.5, r"\sigma"))


def cell_diagram() -> Tikz:
    """One step of the LSTM: the cell path on top, the four sums below."""
    lines = [
        STYLE,
        r"\node (old) at (0,3.6) {$\mathbf{s}^{(t-1)}$};",
        r"\node[operation] (keep) at (1.7,3.6) {$\odot$};",
        r"\node[operation] (add) at (4.1,3.6) {$+$};",
        r"\node (new) at (9.4,3.6) {$\mathbf{s}^{(t)}$};",
        r"\node[operation] (write) at (4.1,2.4) {$\odot$};",
        r"\node[box] (squash) at (7.7,2.75) {$\tanh$};",
        r"\node[operation] (show) at (7.7,1.75) {$\odot$};",
        r"\node (state) at (9.4,1.75) {$\mathbf{h}^{(t)}$};",
        r"\node (logits) at (11.3,1.75) {$\mathbf{o}^{(t)}$};",
        r"\node (shares) at (13.5,1.75) {$\mathbf{y}^{(t)}$};",
        r"\node (before) at (0,-0.1) {$\mathbf{h}^{(t-1)}$};",
        r"\node (input) at (0,-0.75) {$\mathbf{x}^{(t)}$};",
        r"\coordinate (joint) at (0.95,-0.42);",
        r"\draw[wire] (before.east) -- (joint); \draw[wire] (input.east) -- (joint);",
        r"\draw[wire] (joint) -- (6.5,-0.42);",
        r"\draw[main] (old) -- (keep); \draw[main] (keep) -- (add); \draw[main] (add) -- (new);",
        r"\draw[edge] (7.7,3.6) -- (squash); \draw[edge] (squash) -- (show);",
        r"\draw[edge] (write) -- (add); \draw[edge] (show) -- (state);",
        r"\draw[edge] (state) -- node[above, word] {$\mathbf{V}$, $\mathbf{c}$} (logits);",
        r"\draw[edge] (logits) -- node[above, word] {softmax} (shares);",
    ]
    for name, place, function in BOXES:
        label = rf"{{$\mathbf{{z}}_{name}^{{(t)}}$}}"
        lines += [
            rf"\node[box] ({name}) at ({place},0.9) {{${function}$}};",
            rf"\draw[edge] ({place},-0.42) -- node[right, word] {label} ({name});",
        ]
    lines += [
        _gate("f", "(f) -- (keep)", "left, pos=0.25"),
        _gate("i", "(i.north) |- (write)", "left, pos=0.25"),
        _gate("g", "(g.north) |- (write)", "right, pos=0.25"),
        _gate("q", "(q.north) |- (show)", "left, pos=0.25"),
        r"\end{tikzpicture}",
    ]
    return Tikz("\n".join(lines))


def _gate(name: str, path: str, place: str) -> str:
    """An arrow with what comes out of a box."""
    tail, arrow, head = path.split(" ")
    return (
        rf"\draw[edge] {tail} {arrow} node[{place}, word] "
        rf"{{$\mathbf{{{name}}}^{{(t)}}$}} {head};"
    )
