"""The tables and figures of the nearest-neighbour language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from derivatex import TableRows, Tikz

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knn_source import Array

    Numbers = Mapping[str, Array]

BLUE, ORANGE, GREEN, GREY = "#0B559F", "#C06014", "#3A7D2C", "#444444"
PLACES = ("subject", "relation", "filler", "object", "stop")


def tuning(how_many: int) -> TableRows:
    """Each setting: best weight, perplexities, best weight for the test text, words not found."""
    names = ("weight", "valid", "test", "other", "least", "absent")
    rows = [
        [rf"\val{{settings[{row},1]}}", rf"\val{{settings[{row},2]}}"]
        + [rf"\val{{tuned.{name}[{row}]}}" for name in names]
        for row in range(1, how_many + 1)
    ]
    head = ["$k$", "$T$", r"$\lambda^*$", "Validation", "Test", r"$\lambda$ for test", "Least"]
    return TableRows("rddddddd", [*head, "Absent"], rows)


def copying() -> TableRows:
    """Five models: memory, score of an entry, gate, and what is trained for it."""
    head = ["Model", "Memory", "Score of entry $i$", "Gate $g$", "Trained"]
    product, distance = r"\theta\, \mathbf{q}^\top \mathbf{K}_{:i}", r"-\delta_i/T"
    rows = [
        ["Pointer network", "the input", "a network", "$1$", "score"],
        ["CopyNet", "the input", "a network", r"$\gamma$ of \eqref{eq:copynet}", "score"],
        ["Pointer-generator", "the input", "attention", "a network", "score and gate"],
        ["Continuous cache", "the recent words", rf"${product}$", "constant", "nothing"],
        ["$k$NN-LM", "any text", rf"${distance}$, nearest only", "constant", "nothing"],
    ]
    return TableRows("lllll", head, rows)


def searches(probes: int, parts: int, narrow: int) -> TableRows:
    """Each way to search: bytes of a key, share of keys looked at, recall, test perplexities."""
    whole = r"\val{stored.whole}"
    rows = [["exact", whole, "$1$", "$1$", r"\val{tuned.test[3]}", ""]]
    for p in range(1, probes - 1):
        names = [rf"\val{{inverted.{it}[{p}]}}" for it in ("scanned", "recall", "test")]
        rows.append([rf"lists, $P = \val{{probes[{p}]}}$", whole, *names, ""])
    for m in range(1, parts + 1):
        names = [rf"\val{{quantised.{it}[{m}]}}" for it in ("recall", "test", "anew")]
        rows.append(
            [rf"codes, $m = \val{{parts[{m}]}}$", rf"\val{{stored.codes[{m}]}}", "$1$", *names]
        )
    for m in range(1, parts + 1):
        names = [rf"\val{{quantised.{it}[{m}]}}" for it in ("listed", "mixed", "renewed")]
        seen = [rf"\val{{stored.codes[{m}]}}", r"\val{inverted.scanned[3]}"]
        rows.append([rf"both, $P = \val{{probe}}$, $m = \val{{parts[{m}]}}$", *seen, *names])
    for r in range(1, narrow + 1):
        names = [rf"\val{{projected.{it}[{r}]}}" for it in ("recall", "test", "anew")]
        seen = [rf"\val{{stored.narrow[{r}]}}", "$1$"]
        rows.append([rf"$\val{{narrow[{r}]}}$ principal directions", *seen, *names])
    names = [rf"\val{{fewer.{it}}}" for it in ("kept", "recall", "pruned")]
    rows.append(["a random half of the entries", whole, *names, ""])
    rows.append(
        [
            "where the base model is unsure",
            whole,
            r"\val{fewer.asked}",
            "",
            r"\val{fewer.adaptive}",
            "",
        ]
    )
    head = ["Search", "Bytes of a key", "Looked at", "Recall", "Perplexity", "Full distances"]
    return TableRows("lddddd", head, rows)


def mixture(curve: Numbers, tuned: Numbers, places: Numbers) -> Figure:
    """Perplexity over the weight; losses by the place in the sentence."""
    made = Figure(figsize=(6.3, 2.25), layout="constrained")
    left, right = made.subplots(1, 2)
    grid = curve["grid"]
    left.plot(grid, curve["valid"], color=BLUE, label="validation")
    left.plot(grid, curve["test"], color=ORANGE, ls="--", label="test")
    left.plot(tuned["weight"][2], tuned["valid"][2], "o", color=BLUE, mfc="none", ms=9)
    left.plot(tuned["other"][2], tuned["least"][2], "s", color=ORANGE, ms=4)
    left.set(xlabel=r"$\lambda$", ylabel="perplexity", xlim=(0, 1))
    left.legend(loc="upper center")
    at = np.arange(len(PLACES))
    right.bar(at - 0.2, places["before"], 0.4, color=GREY, label="base model")
    right.bar(
        at + 0.2,
        places["after"],
        0.4,
        color="white",
        edgecolor=BLUE,
        hatch="////",
        label="$k$NN-LM",
    )
    right.set_xticks(at, PLACES, rotation=25)
    right.set(ylabel="mean loss, test", ylim=(0, 4.4))
    right.legend(loc="upper right", ncols=2)
    return made


def recalls(
    inverted: Numbers, probes: Array, quantised: Numbers, projected: Numbers, stored: Numbers
) -> Figure:
    """Recall against the share of keys that are looked at, and against the bytes of a key."""
    made = Figure(figsize=(6.3, 2.25), layout="constrained")
    left, right = made.subplots(1, 2, sharey=True)
    left.plot(inverted["scanned"], inverted["recall"], "o-", color=BLUE, ms=4)
    for share, found, p in zip(inverted["scanned"], inverted["recall"], probes, strict=True):
        left.annotate(f"{p:.0f}", (share, found), xytext=(3, -10), textcoords="offset points")
    left.set(xlabel="share of keys looked at", ylabel="recall", ylim=(0.5, 1.03))
    codes = stored["codes"]
    right.semilogx(codes, quantised["recall"], "s--", color=ORANGE, ms=4, label="codes")
    right.semilogx(codes, quantised["listed"], "o-", color=BLUE, ms=4, label="codes in lists")
    right.semilogx(
        stored["narrow"], projected["recall"], "^:", color=GREEN, ms=4, label="projections"
    )
    right.xaxis.set_major_formatter(ScalarFormatter())
    right.minorticks_off()
    right.set_xticks([*codes, *stored["narrow"]])
    right.set(xlabel="bytes of a key")
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1)
    return made


STYLE = r"""\begin{tikzpicture}[
  box/.style={rectangle, draw=dxaccent, fill=dxaccent!7, minimum height=7mm, inner sep=4pt, align=center, font=\footnotesize},
  operation/.style={circle, draw=dxaccent, minimum size=5.5mm, inner sep=0pt},
  word/.style={font=\footnotesize, inner sep=2pt},
  edge/.style={->, >=latex, draw=dxquiet, thick},
]"""  # noqa: E501


def pipeline() -> Tikz:
    """From the context to the mixture, on both ways."""
    lines = [
        STYLE,
        r"\node[word] (context) at (0,0) {context};",
        r"\node[box] (net) at (2.1,0) {language\\model};",
        r"\node[box] (store) at (4.7,1.5) {datastore: $N$ keys\\with their next words};",
        r"\node[box] (near) at (8.3,1.5) {$k$ nearest keys,\\distances $\delta_i$};",
        r"\node[box] (weigh) at (11.5,1.5) {softmax of\\$-\delta_i/T$: $a_i$};",
        r"\node[box] (head) at (8.3,0) {rest of the\\model};",
        r"\node[operation] (mix) at (13.2,0) {$+$};",
        r"\node[word] (out) at (14.5,0) {$p_w$};",
        r"\draw[edge] (context) -- (net);",
        r"\draw[edge] (net) -- (head);",
        r"\draw[edge] (net.north) |- node[left, word, pos=0.3] {$\mathbf{q}$} (store.west);",
        r"\draw[edge] (store) -- (near); \draw[edge] (near) -- (weigh);",
        r"\draw[edge] (weigh.east) -| node[right, word, pos=0.75] {$\lambda r_w$} (mix);",
        r"\draw[edge] (head) -- node[below, word] {$(1 - \lambda)\, b_w$} (mix);",
        r"\draw[edge] (mix) -- (out);",
        r"\end{tikzpicture}",
    ]
    return Tikz("\n".join(lines))
