"""A decoder with global attention: sizes, costs, and how one alignment acts on the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attention_again as again
import numpy as np
from attention_drawn import decoders_diagram, heat_maps
from attention_net import Array, Arrays, covering, decode, reaches, without

from derivatex import TableRows, Tikz, figure, table, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# sizes and costs


@value(route=again.count_in_shapes)
def count(cells: int, layers: int, vocabulary: int) -> dict[str, int]:
    """Parameters of the decoder, in the sizes of the paper."""
    n = cells
    layer = 4 * n * (2 * n + 1)
    rest = 3 * n**2 + 2 * n * vocabulary
    return {
        "layer": layer, "fed": 4 * n**2, "Wa": n**2, "Wc": 2 * n**2,
        "Ws": vocabulary * n, "E": n * vocabulary,
        "first": 4 * n * (3 * n + 1), "stack": layers * layer,
        "all": layers * layer + 4 * n**2 + rest, "plain": layers * layer + rest,
    }  # fmt: skip


@value(route=again.share_by_shapes, digits=1)
def share(cells: int, layers: int, vocabulary: int) -> dict[str, float]:
    """What input feeding adds, in per cent: to the first layer, to the stack, to all."""
    n = cells
    stack = layers * (2 * n + 1)
    return {
        "first": 100 * n / (2 * n + 1),
        "stack": 100 * n / stack,
        "all": 400 * n / (4 * stack + 3 * n + 2 * vocabulary),
    }


@value(route=again.depth_by_longest_path)
def depth(layers: int, longest: int) -> dict[str, int]:
    """Steps that must wait for each other, if each layer and each attention is one step."""
    return {"fed": longest * (layers + 1), "plain": longest + layers}


@value(route=again.gains_by_rounding, digits=2)
def gains(
    ladder: Array, reverse: Array, scoring: Array, fixed: Array, searched: Array
) -> dict[str, float]:
    """Differences of the quoted BLEU scores."""
    return {
        "local": round(float(ladder[3] - ladder[0]), 2),
        "direct": round(float(ladder[2] - ladder[1]), 2),
        "reverse": round(float(reverse[1] - reverse[0]), 2),
        "scoring": round(float(scoring[0] - scoring[1]), 2),
        "all": round(float(searched[0] - fixed[0]), 2),
        "known": round(float(searched[1] - fixed[1]), 2),
    }


# a random decoder


@value(route=again.net_entry_by_entry)
def net(units: int, stack: int, source: int, target: int, words: int) -> dict[str, Array]:
    """A decoder with normal parameters, a source sentence and target words."""
    random, n = np.random.default_rng(0), units
    wide = np.sqrt(3 / n)
    made = {
        "W": wide * random.normal(size=(stack, 4 * n, n)),
        "U": wide * random.normal(size=(stack, 4 * n, n)),
        "F": wide * random.normal(size=(4 * n, n)),
        "b": random.normal(size=(stack, 4 * n)),
        "Wa": random.normal(size=(n, n)),
        "C": random.normal(size=(n, n)),
        "Q": random.normal(size=(n, n)),
        "E": random.normal(size=(n, words)),
        "H": random.normal(size=(n, source)),
        "h0": random.normal(size=(stack, n)),
        "m0": random.normal(size=(stack, n)),
    }
    made["h0"][-1] = made["H"][:, -1]
    return {**made, "y": np.arange(target, dtype=float) % words}


@value(
    route=(again.reach_by_autograd, again.reach_by_complex_steps), digits=3, tolerance=1e-8,
)  # fmt: skip
def reach(net: Arrays) -> dict[str, float]:
    r"""Norms $\|\partial \mathbf{e}_t/\partial \mathbf{a}_1\|_F$ by the chain rule."""
    made = {}
    for name, at in (("fed", net), ("plain", without(net))):
        for lag, slope in enumerate(reaches(at), 1):
            made[f"{name}_{lag}"] = float(np.linalg.norm(slope))
    return made


@value(route=again.moved_by_adding, digits=3, tolerance=1e-8)
def moved(net: Arrays) -> dict[str, float]:
    r"""Largest change of a weight of $\mathbf{a}_t$ when $\mathbf{a}_1$ is put on any one word."""
    made: dict[str, float] = {}
    for name, at in (("fed", net), ("plain", without(net))):
        forced = np.array([decode(at, first)["a"] for first in np.eye(net["H"].shape[1])])
        gaps = np.abs(decode(at)["a"] - forced).max(axis=(0, 2))
        made |= {f"{name}_{lag}": float(gaps[lag]) for lag in range(1, len(gaps))}
    return made


# a decoder that is set by hand


@value(route=again.readings_one_by_one, digits=2)
def readings(places: int, sharp: float, push: float, lead: float, jump: int) -> dict[str, Array]:
    """Alignments of the decoder that is set by hand: rows are steps, columns source words."""
    at = covering(places, sharp, push, lead)
    forced = np.eye(places)[jump - 1]
    return {
        "fed": decode(at)["a"],
        "fed_jump": decode(at, forced)["a"],
        "plain": decode(without(at))["a"],
        "plain_jump": decode(without(at), forced)["a"],
    }


@value(route=again.covered_by_ones, digits=2)
def covered(readings: Arrays) -> dict[str, Array]:
    """Sums of the weights of each source word over all steps."""
    return {name: rows.sum(axis=0) for name, rows in readings.items()}


# tables and figures


@table
def parameters() -> TableRows:
    """Each array: shape, number of entries in the sizes of the paper."""
    groups = [
        (
            r"$\mathbf{W}^l$, $\mathbf{U}^l$, $\mathbf{b}^l$, each layer",
            r"$4n \times n$, $4n \times n$, $4n$",
            "layer",
        ),
        (r"$\mathbf{F}$, input feeding", r"$4n \times n$", "fed"),
        (r"$\mathbf{W}_a$", r"$n \times n$", "Wa"),
        (r"$\mathbf{W}_c$", r"$n \times 2n$", "Wc"),
        (r"$\mathbf{W}_s$", r"$V \times n$", "Ws"),
        (r"$\mathbf{E}$", r"$n \times V$", "E"),
        ("all, with input feeding", "$N$", "all"),
        ("all, without", r"$N - 4n^2$", "plain"),
    ]  # fmt: skip
    rows = [[*cells, rf"\val{{count.{name}}}"] for *cells, name in groups]
    return TableRows("llr", ["Parameters", "Shape", "Number"], rows)


@table
def influence() -> TableRows:
    """Each lag: derivative and change, with and without input feeding."""
    rows = [
        [f"${lag + 1}$", *[rf"\val{{{what}.{name}_{lag}}}" for what in ("reach", "moved")
                           for name in ("fed", "plain")]]
        for lag in range(1, 5)
    ]  # fmt: skip
    head = [
        "$t$", r"$\|\partial \mathbf{e}_t/\partial \mathbf{a}_1\|_F$, with", "without",
        r"change of $\mathbf{a}_t$, with", "without",
    ]  # fmt: skip
    return TableRows("cdddd", head, rows)


@table
def coverage() -> TableRows:
    """Each case: the total weight of each source word."""
    cases = {
        "fed": "with, free", "fed_jump": "with, forced",
        "plain": "without, free", "plain_jump": "without, forced",
    }  # fmt: skip
    rows = [
        [label, *[rf"\val{{covered.{name}[{s}]}}" for s in range(1, 6)]]
        for name, label in cases.items()
    ]
    return TableRows(
        "lddddd", ["Input feeding, first step", *[f"$s = {s}$" for s in range(1, 6)]], rows
    )


@figure
def alignments(readings: Arrays, jump: int) -> Figure:
    """Alignments with and without input feeding, free and with a forced first step."""
    return heat_maps(readings, jump)


@figure
def decoders() -> Tikz:
    """Both decoders, two steps of each."""
    return decoders_diagram()
