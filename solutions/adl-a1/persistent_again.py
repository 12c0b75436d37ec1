"""Second routes: loops, shapes of arrays, autograd and complex steps, sharing no code."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Shapes: TypeAlias = list[tuple[int, ...]]

TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better


# parameters, from the shapes of arrays


def _size(shapes: Shapes) -> int:
    """Entries of arrays of these shapes."""
    return sum(math.prod(shape) for shape in shapes)


def _projections(d: int, heads: int) -> Shapes:
    """Query, key, value and output projections of all heads."""
    head = d // heads
    return [(head, d), (head, d), (head, d), (d, head)] * heads


def _feed_forward(d: int, units: int) -> Shapes:
    """Both matrices with their biases."""
    return [(units, d), (units,), (d, units), (d,)]


def _pairs(d: int, heads: int, pairs: int) -> Shapes:
    """Persistent keys and values of all heads."""
    return [(d // heads, pairs), (d // heads, pairs)] * heads


def count_in_shapes(width: int, heads: int, units: int) -> dict[str, int]:
    """Sizes of arrays of these shapes."""
    norm = _size([(width,), (width,)])
    att, ff = _size(_projections(width, heads)), _size(_feed_forward(width, units))
    pers = _size(_pairs(width, heads, units))
    std, full = att + ff + norm + norm, att + pers + norm
    few = _size(_pairs(width, heads, units // heads))
    return {
        "att": att, "ff": ff, "pers": pers, "norm": norm, "std": std, "all": full,
        "saved": std - full, "few": few,
    }  # fmt: skip


def share_in_shapes(width: int, heads: int, units: int) -> float:
    """Sizes of the matrices."""
    att = _size(_projections(width, heads))
    ff = _size([shape for shape in _feed_forward(width, units) if len(shape) > 1])
    return 100 - 100 * att / (att + ff)


def early_in_shapes(width: int, own: int, many: Array, few: Array) -> dict[str, int]:
    """Sizes of arrays of these shapes."""
    made = {}
    settings = [("first", many[0], few[0]), ("table", many[1], few[1]), ("text", many[0], few[1])]
    for name, heads, pairs in settings:
        one: Shapes = [(own, int(pairs)), (own, int(pairs)), (own, width), (width, own)]
        shapes = one * int(heads)
        made[name] = _size(shapes)
    return made


def millions_in_shapes(  # the settings of the code
    layers: Array, widths: Array, inner: Array, heads: int, span: int,
) -> Array:  # fmt: skip
    """Sizes of arrays of these shapes."""
    made = []
    for k, kind in enumerate("ffpp"):
        d, n = int(widths[k]), int(inner[k])
        more = [*_feed_forward(d, n), (d,), (d,)] if kind == "f" else _pairs(d, heads, n)
        layer = _size([*_projections(d, heads), *more, (d,), (d,)])
        made.append((layer * int(layers[k]) + _size([(d // heads, span)])) / 10**6)
    return np.array(made)


def letters_in_shapes(widths: Array, alphabet: int) -> Array:
    """Sizes of an embedding, of an output matrix and of its biases."""
    sizes = [_size([(alphabet, int(d)), (alphabet, int(d)), (alphabet,)]) for d in widths]
    return np.array(sizes) / 10**6


# the heads, one pair after the other


def drawn(heads: int, head: int, context: int, pairs: int) -> dict[str, Array]:
    """The same draws, one after the other."""
    random, d = np.random.Generator(np.random.PCG64(0)), heads * head
    shapes = {
        "Wq": (heads, head, d), "Wk": (heads, head, d), "Wv": (heads, head, d),
        "Wo": (heads, d, head), "P": (heads, head, context), "Mk": (heads, head, pairs),
        "Mv": (heads, head, pairs), "X": (d, context), "x": (d,),
    }  # fmt: skip
    made = {}
    for name, shape in shapes.items():
        draws = np.array([random.normal() for _ in range(math.prod(shape))]).reshape(shape)
        made[name] = draws / math.sqrt(d) if name[0] == "W" else draws
    return made


def _sums(at: Mapping[str, Array], r: int) -> tuple[float, float, Array, Array]:
    """Of head r: the sums of exponentials, and the sums of weighted values, for both kinds."""
    query = [float(row @ at["x"]) for row in at["Wq"][r]]
    root = math.sqrt(len(query))
    sums, totals = [0.0, 0.0], [np.zeros(len(query)), np.zeros(len(query))]
    for column, place in zip(at["X"].T, at["P"][r].T, strict=True):
        key = at["Wk"][r] @ column + place
        weight = math.exp(sum(map(math.prod, zip(query, key, strict=True))) / root)
        sums[0] += weight
        totals[0] += weight * (at["Wv"][r] @ column)
    for key, content in zip(at["Mk"][r].T, at["Mv"][r].T, strict=True):
        weight = math.exp(sum(map(math.prod, zip(query, key, strict=True))) / root)
        sums[1] += weight
        totals[1] += weight * content
    return sums[0], sums[1], totals[0], totals[1]


def joined_by_gate(small: int, head: int, context: int, pairs: int) -> dict[str, Array]:
    """The gate between two attentions, pair after pair."""
    at = drawn(small, head, context, pairs)
    rows = []
    for r in range(small):
        z_c, z_m, sum_c, sum_m = _sums(at, r)
        g = 1 / (1 + z_m / z_c)
        y_c, y_m = sum_c / z_c, sum_m / z_m
        y = g * y_c + (1 - g) * y_m
        rows.append([g, *(math.hypot(*it) for it in (y_c, y_m, y, y_c + y_m))])
    return dict(zip(("g", "yc", "ym", "y", "sum"), np.array(rows).T, strict=True))


def edges_pair_by_pair(small: int, head: int, context: int, pairs: int) -> dict[str, float]:
    """Sums over what is there, pair after pair."""
    at = drawn(small, head, context, pairs)
    cases = {
        "none": {**at, "Mk": at["Mk"][:, :, :0], "Mv": at["Mv"][:, :, :0]},
        "alone": {**at, "X": at["X"][:, :0], "P": at["P"][:, :, :0]},
        "equal": {**at, "Wq": 0 * at["Wq"]},
        "copy": {
            **at,
            "Mk": np.array([w @ at["X"] + p for w, p in zip(at["Wk"], at["P"], strict=True)]),
            "Mv": np.array([w @ at["X"] for w in at["Wv"]]),
        },
    }
    made = {}
    for name, case in cases.items():
        z_c, z_m, sum_c, sum_m = _sums(case, 0)
        made[f"{name}_g"] = z_c / (z_c + z_m)
        made[f"{name}_y"] = math.hypot(*((sum_c + sum_m) / (z_c + z_m)))
    return made


def _loss(at: Mapping[str, Any], xp: Any) -> Any:  # noqa: ANN401
    """Half the squared norm of the output, for arrays that autograd traces or complex ones."""
    output = 0.0
    for r in range(len(at["Wq"])):
        query = xp.dot(at["Wq"][r], at["x"])
        seen = xp.dot(xp.dot(at["Wk"][r], at["X"]).T + at["P"][r].T, query)
        held = xp.dot(at["Mk"][r].T, query)
        lift = xp.exp(xp.concatenate([seen, held]) / len(query) ** 0.5)
        contents = xp.concatenate([xp.dot(at["Wv"][r], at["X"]).T, at["Mv"][r].T])
        output = output + xp.dot(at["Wo"][r], xp.dot(lift, contents) / xp.sum(lift))
    return xp.sum(output * output) / 2


def _norms(made: Mapping[str, Array]) -> dict[str, Array]:
    """Frobenius norms, a head after the other."""
    return {name: np.array([math.hypot(*it.ravel()) for it in them]) for name, them in made.items()}


def pulled_by_autograd(small: int, head: int, context: int, pairs: int) -> dict[str, Array]:
    """Automatic differentiation of the loss."""
    at = drawn(small, head, context, pairs)
    return _norms({
        name: grad(lambda it, name=name: _loss({**at, name: it}, anp))(at[name])
        for name in ("Mk", "Mv")
    })  # fmt: skip


def pulled_by_complex_steps(small: int, head: int, context: int, pairs: int) -> dict[str, Array]:
    """Complex steps, entry by entry."""
    at = drawn(small, head, context, pairs)
    made = {}
    for name in ("Mk", "Mv"):
        made[name] = np.zeros(at[name].shape)
        for place in np.ndindex(at[name].shape):
            moved = at[name].astype(complex)
            moved[place] += 1j * TINY
            made[name][place] = _loss({**at, name: moved}, np).imag / TINY
    return _norms(made)


# the feed-forward layer against softmax


def _layer(width: int, units: int, inputs: int) -> tuple[Array, Array, Array]:
    """The same draws; U, V and inputs of mean zero and length root of d."""
    random = np.random.Generator(np.random.PCG64(1))
    draws = [np.array([random.normal() for _ in range(size)])
             for size in (width * units, units * width, width * inputs)]  # fmt: skip
    x = draws[2].reshape(width, inputs)
    columns = []
    for column in x.T:
        flat = column - math.fsum(column) / width
        columns.append(flat * math.sqrt(width / math.fsum(flat**2)))
    return (draws[0].reshape(width, units) / math.sqrt(units),
            draws[1].reshape(units, width) / math.sqrt(width), np.array(columns).T)  # fmt: skip


def _weights(scores: Array) -> list[float]:
    """Weights of a softmax by sums of differences."""
    return [1 / math.fsum(math.exp(other - one) for other in scores) for one in scores]


def contrast_by_loops(wide: int, hidden: int, inputs: int) -> dict[str, float]:
    """Unit by unit, input by input."""
    _, keys, x = _layer(wide, hidden, inputs)
    off, totals, least, most, spread = 0, [], [], [], []
    for column in x.T:
        scores = np.array([float(key @ column) for key in keys])
        off += sum(score <= 0 for score in scores)
        totals.append(math.fsum(max(score, 0.0) for score in scores))
        weights = _weights(scores)
        least.append(min(weights))
        most.append(max(weights))
        spread.append(1 / math.fsum(w * w for w in weights))
    return {
        "off": 100 * off / (hidden * inputs), "low": min(totals), "high": max(totals),
        "least": 1000 * min(least), "most": max(most), "spread": math.fsum(spread) / inputs,
    }  # fmt: skip


def scaled_by_loops(wide: int, hidden: int, inputs: int, lengths: Array) -> dict[str, Array]:
    """Length by length; the sums are taken value by value."""
    values, keys, x = _layer(wide, hidden, inputs)
    made: dict[str, list[float]] = {"ff": [], "pa": []}
    for length in lengths:
        scores = [float(length) * float(key @ x[:, 0]) for key in keys]
        ff, pa = np.zeros(wide), np.zeros(wide)
        for score, weight, value in zip(scores, _weights(np.array(scores)), values.T, strict=True):
            ff = ff + max(score, 0.0) * value
            pa = pa + weight * value
        made["ff"].append(math.hypot(*ff))
        made["pa"].append(math.hypot(*pa))
    bounds = [math.hypot(*values.mean(axis=1)), max(math.hypot(*it) for it in values.T)]
    return {**{name: np.array(them) for name, them in made.items()}, "ends": np.array(bounds)}


def gates_by_logarithms(spans: Array, sizes: Array, deep: int, draws: int) -> Array:
    """Logarithms of sums, added up term by term."""
    made = np.zeros((len(sizes), len(spans)))
    for seed in range(draws):
        random = np.random.Generator(np.random.PCG64(seed))
        total = int(max(spans)) + int(max(sizes))
        query = np.array([random.normal() for _ in range(deep)])
        keys = np.array([random.normal() for _ in range(total * deep)]).reshape(total, deep)
        scores = [float(key @ query) / math.sqrt(deep) for key in keys]
        seen = _running(scores[: int(max(spans))])
        held = _running(scores[int(max(spans)) :])
        for row, pairs in enumerate(sizes):
            for column, context in enumerate(spans):
                gap = held[int(pairs) - 1] - seen[int(context) - 1]
                made[row, column] += 1 / (1 + math.exp(gap)) / draws
    return made


def _running(scores: list[float]) -> list[float]:
    """Logarithms of the sums of exponentials so far."""
    made = [scores[0]]
    for score in scores[1:]:
        top, low = max(made[-1], score), min(made[-1], score)
        made.append(top + math.log1p(math.exp(low - top)))
    return made


def halves_by_steps(spans: Array, sizes: Array) -> Array:
    """C / (C + N) as a product of steps: C/(C+1) times (C+1)/(C+2) and so on."""
    return np.array([
        [math.prod(a / b for a, b in pairwise(range(int(c), int(c) + int(n) + 1))) for c in spans]
        for n in sizes
    ])  # fmt: skip
