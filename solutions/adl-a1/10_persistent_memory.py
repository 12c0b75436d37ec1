"""The all-attention layer: parameters, gate, gradients, and softmax against ReLU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import persistent_again as again
from persistent_drawn import layers_diagram, shares_and_lengths
from persistent_net import Array, Arrays, heads_of, layer_of, read, slopes, softmax

from derivatex import TableRows, Tikz, figure, table, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# parameters


@value(route=again.count_in_shapes)
def count(width: int, heads: int, units: int) -> dict[str, int]:
    """Parameters of the two layers, by the formulas."""
    d, n = width, units
    att, ff, pers, norm = 4 * d**2, 2 * d * n + n + d, 2 * d * n, 2 * d
    return {
        "att": att, "ff": ff, "pers": pers, "norm": norm,
        "std": att + ff + 2 * norm, "all": att + pers + norm, "saved": n + 3 * d,
        "few": 2 * d * n // heads,
    }  # fmt: skip


@value(route=again.share_in_shapes, digits=1)
def share(width: int, units: int) -> float:
    """Share of the feed-forward matrices in all matrices of a layer, in per cent."""
    return 100 * units / (units + 2 * width)


@value(route=again.early_in_shapes)
def early(width: int, own: int, many: Array, few: Array) -> dict[str, int]:
    """Parameters of attention over parameters, with projections of its own."""
    sizes = {
        "first": (many[0], few[0]), "table": (many[1], few[1]), "text": (many[0], few[1]),
    }  # fmt: skip
    return {name: int(2 * heads * own * (n + width)) for name, (heads, n) in sizes.items()}


@value(route=again.millions_in_shapes, digits=2)
def millions(layers: Array, widths: Array, inner: Array, heads: int, span: int) -> Array:
    """Parameters of four models in millions, without embeddings and output layer."""
    own = np.array([1, 1, 0, 0])  # feed-forward sublayers in the first two
    layer = 4 * widths**2 + 2 * widths * inner + 2 * widths + own * (inner + 3 * widths)
    return np.asarray((layers * layer + span * widths / heads) / 1e6)


@value(route=again.letters_in_shapes, digits=2)
def letters(widths: Array, alphabet: int) -> Array:
    """What the embeddings and the output layer add for an alphabet of bytes, in millions."""
    return np.asarray(alphabet * (2 * widths + 1) / 1e6)


# the heads


@value(route=again.joined_by_gate, digits=3)
def joined(small: int, head: int, context: int, pairs: int) -> dict[str, Array]:
    """For each head: the gate, and norms of its output and of the two parts, by one softmax."""
    at = heads_of(small, head, context, pairs)
    both = read(at)
    seen = read({**at, "Mk": at["Mk"][:, :, :0], "Mv": at["Mv"][:, :, :0]})["y"]
    held = read({**at, "X": at["X"][:, :0], "P": at["P"][:, :, :0]})["y"]
    norms = {"yc": seen, "ym": held, "y": both["y"], "sum": seen + held}
    return {"g": both["g"], **{name: np.linalg.norm(it, axis=1) for name, it in norms.items()}}


@value(route=again.edges_pair_by_pair, digits=3)
def edges(small: int, head: int, context: int, pairs: int) -> dict[str, float]:
    """Gate and norm of the output of head 1 in special cases."""
    at = heads_of(small, head, context, pairs)
    cases = {
        "none": {**at, "Mk": at["Mk"][:, :, :0], "Mv": at["Mv"][:, :, :0]},
        "alone": {**at, "X": at["X"][:, :0], "P": at["P"][:, :, :0]},
        "equal": {**at, "Wq": np.zeros_like(at["Wq"])},
        "copy": {**at, "Mk": at["Wk"] @ at["X"] + at["P"], "Mv": at["Wv"] @ at["X"]},
    }
    made = {}
    for name, case in cases.items():
        kept = read(case)
        made[f"{name}_g"] = float(kept["g"][0])
        made[f"{name}_y"] = float(np.linalg.norm(kept["y"][0]))
    return made


@value(
    route=(again.pulled_by_autograd, again.pulled_by_complex_steps), digits=4, tolerance=1e-9,
)  # fmt: skip
def pulled(small: int, head: int, context: int, pairs: int) -> dict[str, Array]:
    """Norms of the gradients for the persistent keys and values of each head, by the formulas."""
    made = slopes(heads_of(small, head, context, pairs))
    return {name: np.sqrt((it**2).sum(axis=(1, 2))) for name, it in made.items()}


# softmax against ReLU


@value(route=again.contrast_by_loops, digits=2)
def contrast(wide: int, hidden: int, inputs: int) -> dict[str, float]:
    """Coefficients of a random layer: how many ReLUs are off, sums, softmax weights."""
    at = layer_of(wide, hidden, inputs)
    scores = (at["V"] @ at["x"]).T
    totals, weights = np.maximum(scores, 0).sum(axis=1), softmax(scores)
    return {
        "off": float(100 * np.mean(scores <= 0)),
        "low": float(totals.min()), "high": float(totals.max()),
        "least": float(1000 * weights.min()), "most": float(weights.max()),
        "spread": float(np.mean(1 / (weights**2).sum(axis=1))),
    }  # fmt: skip


@value(route=again.scaled_by_loops, digits=3, tolerance=1e-8)
def scaled(wide: int, hidden: int, inputs: int, lengths: Array) -> dict[str, Array]:
    """Norms of the outputs for one input at several scales; of the mean and the longest value."""
    at = layer_of(wide, hidden, inputs)
    scores = lengths[:, None] * (at["V"] @ at["x"][:, 0])
    ends = [np.linalg.norm(at["U"].mean(axis=1)), np.linalg.norm(at["U"], axis=0).max()]
    return {
        "ff": np.linalg.norm(np.maximum(scores, 0) @ at["U"].T, axis=1),
        "pa": np.linalg.norm(softmax(scores) @ at["U"].T, axis=1),
        "ends": np.array(ends),
    }


# the gate at the start of training


@value(route=again.gates_by_logarithms, digits=3)
def gates(spans: Array, sizes: Array, deep: int, draws: int) -> Array:
    """Mean gate for random queries and keys; rows: numbers of pairs, columns: context."""
    made = np.zeros((len(sizes), len(spans)))
    for seed in range(draws):
        random = np.random.default_rng(seed)
        query = random.normal(size=deep)
        keys = random.normal(size=(int(spans.max() + sizes.max()), deep))
        lifted = np.exp(keys @ query / np.sqrt(deep))
        seen = np.cumsum(lifted[: int(spans.max())])[spans.astype(int) - 1]
        held = np.cumsum(lifted[int(spans.max()) :])[sizes.astype(int) - 1]
        made += seen / (seen + held[:, None])
    return np.asarray(made / draws)


@value(route=again.halves_by_steps, digits=3)
def halves(spans: Array, sizes: Array) -> Array:
    """The gate at equal scores; rows and columns as before."""
    return np.asarray(spans / (spans + sizes[:, None]))


# tables and figures


@table
def parameters() -> TableRows:
    """Each group of parameters of the two layers."""
    n_a = r"$\mathbf{W}_q, \mathbf{W}_k, \mathbf{W}_v, \mathbf{W}_o$, all heads"
    rows = [
        [n_a, "$4 d^2$", r"\val{count.att}", r"\val{count.att}"],
        [r"$\mathbf{U}, \mathbf{V}, \mathbf{b}, \mathbf{c}$", r"$2 d d_f + d_f + d$",
         r"\val{count.ff}", ""],
        [r"$\mathbf{M}_k, \mathbf{M}_v$, all heads", "$2 d N$", "", r"\val{count.pers}"],
        ["each normalisation", "$2 d$", r"$2 \cdot \val{count.norm}$", r"\val{count.norm}"],
        ["all", "", r"\val{count.std}", r"\val{count.all}"],
    ]  # fmt: skip
    return TableRows("llrr", ["Parameters", "Number", "Standard", "All-attention"], rows)


@table
def models() -> TableRows:
    """Four models of the published code."""
    kinds = ["feed-forward", "feed-forward", "persistent", "persistent"]
    found = [r"\val{bits[1]}", r"\val{bits[2]}", "", r"\val{bits[3]}"]
    rows = [
        [
            kind,
            *[rf"\val{{{name}[{k}]}}" for name in ("layers", "widths", "inner", "millions")],
            rf"\val{{reported[{k}]}}",
            bits,
        ]
        for k, (kind, bits) in enumerate(zip(kinds, found, strict=True), 1)
    ]
    head = ["Layers with", "Layers", "$d$", "$d_f$ or $N$", "Computed", "Published", "Bits"]
    return TableRows("lrrrdrd", head, rows)


@table
def split() -> TableRows:
    """Each head: gate, norms, gradients."""
    names = (
        "joined.g",
        "joined.yc",
        "joined.ym",
        "joined.y",
        "joined.sum",
        "pulled.Mk",
        "pulled.Mv",
    )
    rows = [[str(r), *[rf"\val{{{name}[{r}]}}" for name in names]] for r in (1, 2)]
    head = [
        "Head", "$g$", r"$\|\mathbf{y}_c\|$", r"$\|\mathbf{y}_m\|$", r"$\|\mathbf{y}\|$",
        r"$\|\mathbf{y}_c + \mathbf{y}_m\|$", r"$\|\partial J/\partial \mathbf{M}_k\|_F$",
        r"$\|\partial J/\partial \mathbf{M}_v\|_F$",
    ]  # fmt: skip
    return TableRows("rddddddd", head, rows)


@table
def cases() -> TableRows:
    """Special cases of head 1."""
    rows = [
        ["$N = 0$: no persistent pairs", r"\val{edges.none_g}", r"\val{edges.none_y}",
         r"$\|\mathbf{y}_c\| \approx \val{joined.yc[1]}$"],
        ["$C = 0$: no context", r"\val{edges.alone_g}", r"\val{edges.alone_y}",
         r"$\|\mathbf{y}_m\| \approx \val{joined.ym[1]}$"],
        [r"$\mathbf{W}_q = \mathbf{O}$: equal scores", r"\val{edges.equal_g}",
         r"\val{edges.equal_y}", r"$g = \val{context}/(\val{context} + \val{pairs})$"],
        [r"$\mathbf{M}_k = \mathbf{K}$, $\mathbf{M}_v = \mathbf{W}_v \mathbf{X}$",
         r"\val{edges.copy_g}", r"\val{edges.copy_y}",
         r"$g = 1/2$, $\|\mathbf{y}_c\| \approx \val{joined.yc[1]}$"],
    ]  # fmt: skip
    return TableRows("lddl", ["Case", "$g$", r"$\|\mathbf{y}\|$", "Must be"], rows)


@figure
def layer_pair() -> Tikz:
    """The standard layer beside the all-attention layer."""
    return layers_diagram()


@figure
def behaviour(  # noqa: PLR0913, PLR0917  # what is drawn
    gates: Array, halves: Array, spans: Array, sizes: Array, scaled: Arrays, lengths: Array,
) -> Figure:  # fmt: skip
    """Share of the context against its length; output against the length of the input."""
    return shares_and_lengths(gates, halves, spans, sizes, scaled, lengths)
