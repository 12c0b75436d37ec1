"""Second routes to the numbers of the decoder: they share no code with the decoder itself."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import jacobian

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]

TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better


# the random decoder


def net_entry_by_entry(
    units: int, stack: int, source: int, target: int, words: int
) -> dict[str, Array]:
    """Entries drawn one after the other."""
    random = np.random.Generator(np.random.PCG64(0))
    n = units
    shapes = {
        "W": (stack, 4 * n, n), "U": (stack, 4 * n, n), "F": (4 * n, n), "b": (stack, 4 * n),
        "Wa": (n, n), "C": (n, n), "Q": (n, n), "E": (n, words), "H": (n, source),
        "h0": (stack, n), "m0": (stack, n),
    }  # fmt: skip
    made = {}
    for name, shape in shapes.items():
        draws = np.array([random.normal() for _ in range(math.prod(shape))]).reshape(shape)
        made[name] = draws * math.sqrt(3 / n) if name in {"W", "U", "F"} else draws
    made["h0"][stack - 1] = [made["H"][row][source - 1] for row in range(n)]
    made["y"] = np.array([float(t % words) for t in range(target)])
    return made


def run(at: Mapping[str, Any], push: Any, numbers: Any = np) -> list[Any]:  # noqa: ANN401
    """All scores; `push` is added to the first alignment. Works with complex and traced arrays."""
    n = at["Q"].shape[0]
    states, cells = list(at["h0"]), list(at["m0"])
    fed = np.zeros(n)
    scores: list[Any] = []
    for word in at["y"]:
        heard = at["E"][:, int(word)]
        for k in range(len(states)):
            total = numbers.dot(at["W"][k], heard) + numbers.dot(at["U"][k], states[k])
            total = total + at["b"][k]
            if k == 0:
                total = total + numbers.dot(at["F"], fed)
            let_in, keep, show = (
                1 / (1 + numbers.exp(-total[p * n : (p + 1) * n])) for p in range(3)
            )
            cells[k] = keep * cells[k] + let_in * numbers.tanh(total[3 * n :])
            heard = states[k] = show * numbers.tanh(cells[k])
        score = numbers.dot(numbers.dot(heard, at["Wa"]), at["H"])
        shares = numbers.exp(score) / numbers.sum(numbers.exp(score))
        if not scores:
            shares = shares + push
        scores.append(score)
        mean = numbers.dot(at["H"], shares)
        fed = numbers.tanh(numbers.dot(at["C"], mean) + numbers.dot(at["Q"], heard))
    return scores


def quiet(at: Arrays) -> dict[str, Array]:
    """No column of F is used."""
    return {name: part * (name != "F") for name, part in at.items()}


def reach_by_autograd(net: Arrays) -> dict[str, float]:
    """Automatic differentiation of the scores."""
    made = {}
    for name, at in (("fed", net), ("plain", quiet(net))):
        for t in range(1, len(at["y"])):
            slope = jacobian(functools.partial(_later, at, t))(np.zeros(at["H"].shape[1]))
            made[f"{name}_{t}"] = float(np.linalg.norm(slope))
    return made


def _later(at: Arrays, t: int, push: Any) -> Any:  # noqa: ANN401
    """Scores of one step, as a function of the push."""
    return run(at, push, anp)[t]


def reach_by_complex_steps(net: Arrays) -> dict[str, float]:
    """Complex steps of the first alignment."""
    made = {}
    for name, at in (("fed", net), ("plain", quiet(net))):
        columns = [run(at, 1j * TINY * unit) for unit in np.eye(at["H"].shape[1])]
        for t in range(1, len(at["y"])):
            slopes = [column[t].imag / TINY for column in columns]
            made[f"{name}_{t}"] = math.sqrt(sum(float(it @ it) for it in slopes))
    return made


def moved_by_adding(net: Arrays) -> dict[str, float]:
    """The difference to all weight on one word is added, for each word in turn."""
    made: dict[str, float] = {}
    for name, at in (("fed", net), ("plain", quiet(net))):
        usual = run(at, 0.0)
        first = np.exp(usual[0]) / np.exp(usual[0]).sum()
        for word in range(len(first)):
            other = run(at, [float(s == word) for s in range(len(first))] - first)
            for t in range(1, len(usual)):
                one, two = (np.exp(it[t]) / np.exp(it[t]).sum() for it in (usual, other))
                gap = max(abs(float(p - q)) for p, q in zip(one, two, strict=True))
                made[f"{name}_{t}"] = max(gap, made.get(f"{name}_{t}", 0.0))
    return made


# the decoder that is set by hand


def readings_one_by_one(
    places: int, sharp: float, push: float, lead: float, jump: int
) -> dict[str, Array]:
    """The counting cell, unit by unit."""
    made = {}
    for name, fed, first in (
        ("fed", True, 0), ("fed_jump", True, jump), ("plain", False, 0), ("plain_jump", False, jump)
    ):  # fmt: skip
        cells = [lead * (places - 1 - s) for s in range(places)]
        rows = []
        for t in range(places):
            scores = [sharp * math.tanh(cell) for cell in cells]
            total = math.fsum(math.exp(score) for score in scores)
            row = [math.exp(score) / total for score in scores]
            if t == 0 and first:
                row = [float(s == first - 1) for s in range(places)]
            if fed:
                cells = [
                    cell - math.tanh(push * math.tanh(share))
                    for cell, share in zip(cells, row, strict=True)
                ]
            rows.append(row)
        made[name] = np.array(rows)
    return made


def covered_by_ones(readings: Arrays) -> dict[str, Array]:
    """A row of ones times the alignments."""
    return {name: np.ones(len(rows)) @ rows for name, rows in readings.items()}


# sizes and costs


def count_in_shapes(cells: int, layers: int, vocabulary: int) -> dict[str, int]:
    """Sizes of arrays of these shapes, which share one number."""
    sizes = {
        name: np.broadcast_to(0.0, shape).size
        for name, shape in {
            "layer": (4 * cells, 2 * cells + 1), "fed": (4 * cells, cells), "Wa": (cells, cells),
            "Wc": (cells, 2 * cells), "Ws": (vocabulary, cells), "E": (cells, vocabulary),
        }.items()
    }  # fmt: skip
    stack = sum(sizes["layer"] for _ in range(layers))
    rest = sizes["Wa"] + sizes["Wc"] + sizes["Ws"] + sizes["E"]
    return {
        **sizes, "first": sizes["layer"] + sizes["fed"], "stack": stack,
        "all": stack + sizes["fed"] + rest, "plain": stack + rest,
    }  # fmt: skip


def share_by_shapes(count: Mapping[str, int]) -> dict[str, float]:
    """Quotients of the counts."""
    return {
        "first": 100 * count["first"] / count["layer"] - 100,
        "stack": 100 * count["fed"] / count["stack"],
        "all": 100 * count["all"] / count["plain"] - 100,
    }


def depth_by_longest_path(layers: int, longest: int) -> dict[str, int]:
    """Longest path, node by node."""
    made = {}
    for name in ("fed", "plain"):
        tops, last = [0] * layers, 0
        for _ in range(longest):
            below = last if name == "fed" else 0
            for k in range(layers):
                below = tops[k] = 1 + max(tops[k], below)
            last = below + 1
        made[name] = last
    return made


def gains_by_rounding(
    ladder: Array, reverse: Array, scoring: Array, fixed: Array, searched: Array
) -> dict[str, float]:
    """Differences of tenths and hundredths, as integers."""
    tenths = [round(10 * float(it)) for it in (*ladder, *reverse, *scoring)]
    hundredths = [round(100 * float(it)) for it in (*searched, *fixed)]
    return {
        "local": (tenths[3] - tenths[0]) / 10,
        "direct": (tenths[2] - tenths[1]) / 10, "reverse": (tenths[5] - tenths[4]) / 10,
        "scoring": (tenths[6] - tenths[7]) / 10,
        "all": (hundredths[0] - hundredths[2]) / 100,
        "known": (hundredths[1] - hundredths[3]) / 100,
    }  # fmt: skip
