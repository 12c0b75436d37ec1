"""Bounds of four small logical neural networks, against all truth values of a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import logic_again as again
import logic_drawn as drawn
import logic_grid as grid
import logic_net as net
import logic_trials as trials
import numpy as np

from derivatex import TableRows, Tikz, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from logic_net import Array, Bounds, Net

LINK = ("s", "t1", "t2", "k1", "k2")
RELATE = ("r", "c", "d")
WHOLE = ("m", "w", "b", "v")
SIGN = ("r", "o", "g", "p", "q")


def stated(names: tuple[str, ...], rows: Array) -> dict[str, Bounds]:
    """Bounds of the atoms by name."""
    return {name: (float(low), float(high)) for name, (low, high) in zip(names, rows, strict=True)}


def concluded(formulas: Net, atoms: Mapping[str, Bounds], **true: float) -> dict[str, float]:
    """All bounds after inference."""
    return net.rounded(net.infer(formulas, net.started(formulas, atoms, true))[0])


# language


@value(route=grid.linked_on_grid, digits=4)
def linked(link: Array, link_beta: float, link_weight: float) -> dict[str, float]:
    """Bounds of the entity linker."""
    beta, w = link_beta, link_weight
    formulas = {
        "a1": net.both(beta, s=w, t1=w),
        "a2": net.both(beta, s=w, t2=w),
        "f1": net.implies(beta, a1=w, k1=w),
        "f2": net.implies(beta, a2=w, k2=w),
        "e": net.both(beta, k1=w, k2=w),
        "x": net.negation("e"),
    }
    return concluded(formulas, stated(LINK, link), f1=1, f2=1, x=1)


def relation_net() -> Net:
    """The formulas of the relation extractor."""
    return {"f1": net.implies(1, r=1, c=1), "e": net.both(1, c=1, d=1), "x": net.negation("e")}


@value(route=grid.clash_on_grid, digits=3)
def clash(relate: Array, coarse: int) -> dict[str, float]:
    r"""Crossed bounds of $\mathsf{c}$, consistent points."""
    formulas = relation_net()
    state = net.started(formulas, stated(RELATE, relate), {"f1": 1, "x": 1})
    found = net.infer(formulas, state)[0]
    points = grid.related(relate, 1.0, coarse)[1]
    gap = round(net.contradiction(found), 10)
    low, high = (round(float(end), 10) for end in found["c"])
    return {"low": low, "high": high, "gap": gap, "points": int(points.sum())}


@value(route=grid.repaired_on_grid, digits=3)
def repaired(relate: Array, trust: float) -> dict[str, float]:
    """With the weakened rule."""
    return concluded(relation_net(), stated(RELATE, relate), f1=trust, x=1)


# vision


@value(route=grid.whole_on_grid, digits=3)
def wholes(whole: Array, whole_weights: Array) -> dict[str, float]:
    """Bounds of parts and wholes."""
    once, twice = (float(it) for it in whole_weights)
    formulas = {
        "a": net.both(1, m=once, w=twice),
        "o": net.either(1, b=1, v=1),
        "f": net.implies(1, a=1, o=1),
        "e": net.both(1, b=1, v=1),
        "x": net.negation("e"),
    }
    return concluded(formulas, stated(WHOLE, whole), f=1, x=1)


@value(route=grid.sign_by_parts, digits=3)
def signed(sign: Array) -> dict[str, float]:
    """Bounds of the road sign."""
    formulas = {
        "a1": net.both(1, r=1, o=1),
        "a2": net.both(1, r=1, g=1),
        "f1": net.implies(1, p=1, a1=1),
        "f2": net.implies(1, q=1, a2=1),
        "h": net.either(1, p=1, q=1),
    }
    return concluded(formulas, stated(SIGN, sign), f1=1, f2=1, h=1)


@value(route=grid.sign_by_loops, digits=3)
def exactly(sign: Array, coarse: int) -> dict[str, float]:
    """Exact ranges of the sign."""
    return grid.sign_on_grid(sign, coarse)


def compared(signed: Mapping[str, float], exactly: Mapping[str, float]) -> int:
    """The same as arrays."""
    pairs = np.array([(signed[name], exactly[name]) for name in exactly])
    return int((np.abs(np.diff(pairs, axis=1)) > net.TINY).sum())


@value(route=compared)
def differing(signed: Mapping[str, float], exactly: Mapping[str, float]) -> int:
    """How many of its bounds are not exact."""
    return sum(round(end * 1e9) != round(exactly[name] * 1e9) for name, end in signed.items())


# where local inference falls short


@value(route=grid.loose_by_parts, digits=3)
def loose() -> dict[str, float]:
    """Inferred bounds of $p$ from the four clauses."""
    clauses: dict[str, net.Neuron] = {"np": net.negation("p"), "nq": net.negation("q")}
    for number, (one, two) in enumerate((("p", "q"), ("np", "q"), ("p", "nq"), ("np", "nq"))):
        clauses[f"d{number}"] = net.either(1, **{one: 1.0, two: 1.0})
    atoms = {"p": (0.0, 1.0), "q": (0.0, 1.0)}
    first = concluded(clauses, atoms, **{f"d{number}": 1.0 for number in range(4)})
    return {"clause_l": first["p_l"], "clause_u": first["p_u"]}


@value(route=grid.exact_by_fractions, digits=3)
def ranges(coarse: int) -> dict[str, float]:
    """Exact range of $p$ on the coarser grid."""
    p, q = np.meshgrid(np.arange(coarse + 1), np.arange(coarse + 1))
    clauses = np.stack([p + q, coarse - p + q, coarse + p - q, 2 * coarse - p - q])
    kept = p[(clauses >= coarse).all(axis=0)] / coarse
    return {"clause_l": float(kept.min()), "clause_u": float(kept.max())}


# random connectives


@value(route=again.draws_one_by_one)
def draws(count: int) -> Array:
    """Random numbers, a row for each trial."""
    return np.random.default_rng(0).random((count, 12))


@value(route=again.trials_by_loops, digits=4)
def tries(draws: Array, step: float) -> dict[str, float]:
    """Consistent points, points cut off, widest slack."""
    return trials.tried(draws, step)


# tables


@table
def trials_table() -> TableRows:
    """How many points each rule cuts off."""
    rules = {
        "sound": r"\eqref{eq:low}, \eqref{eq:high}, and so for $D$ and $T$",
        "own": "the mistake above: wrong ends of the other operands",
        "flat": r"$L$ and $U$ for $\lambda$ and $\mu$: an inverse where $f$ is flat",
    }
    rows = [
        [label, r"\val{tries.points}", rf"\val{{tries.{name}}}"] for name, label in rules.items()
    ]
    return TableRows("lrr", ["Downward rule", "Consistent points", "Cut off"], rows)


# figures


@figure
def linking() -> Tikz:
    """Formulas of the entity linker."""
    places = {"t1": (0, 0), "k1": (3, 0), "s": (6, 0), "k2": (9, 0), "t2": (12, 0)}
    atoms = {
        name: (places[name], rf"\mathsf{{{drawn.label(name)}}}", drawn.stated("link", row))
        for row, name in enumerate(LINK, 1)
    }
    joints = {
        "a1": ((1.5, 2), r"\mathsf{a}_1\colon \wedge", ("t1", "s")),
        "a2": ((10.5, 2), r"\mathsf{a}_2\colon \wedge", ("t2", "s")),
        "e": ((6, 2), r"\mathsf{e}\colon \wedge", ("k1", "k2")),
        "f1": ((2.5, 4), r"\mathsf{f}_1\colon \to", ("~a1", "k1")),
        "f2": ((9.5, 4), r"\mathsf{f}_2\colon \to", ("~a2", "k2")),
        "x": ((6, 4), r"\mathsf{x}\colon \neg", ("e",)),
    }
    return drawn.graph(atoms, joints, "linked")


@figure
def relation() -> Tikz:
    """Formulas of the relation extractor."""
    atoms = {
        name: ((4.0 * (row - 1), 0), rf"\mathsf{{{name}}}", drawn.stated("relate", row))
        for row, name in enumerate(RELATE, 1)
    }
    joints = {
        "e": ((6, 1.9), r"\mathsf{e}\colon \wedge", ("c", "d")),
        "f1": ((2, 1.9), r"\mathsf{f}_1\colon \to", ("~r", "c")),
        "x": ((10, 1.9), r"\mathsf{x}\colon \neg", ("e",)),
    }
    return drawn.graph(atoms, joints, "repaired", {"f1": r"[\val{trust}, 1]"})


@figure
def parts() -> Tikz:
    """Formulas about parts and wholes."""
    atoms = {
        name: ((3.4 * (row - 1), 0), rf"\mathsf{{{name}}}", drawn.stated("whole", row))
        for row, name in enumerate(WHOLE, 1)
    }
    joints = {
        "a": ((1.7, 2), r"\mathsf{a}\colon \wedge", ("m", "w")),
        "o": ((7.2, 2), r"\mathsf{o}\colon \vee", ("b", "v")),
        "e": ((10.2, 2), r"\mathsf{e}\colon \wedge", ("b", "v")),
        "f": ((4.4, 4), r"\mathsf{f}\colon \to", ("~a", "o")),
        "x": ((10.2, 4), r"\mathsf{x}\colon \neg", ("e",)),
    }
    return drawn.graph(atoms, joints, "wholes")


@figure
def hidden() -> Tikz:
    """Formulas of the road sign."""
    places = {"o": (0, 0), "p": (3, 0), "r": (6, 0), "q": (9, 0), "g": (12, 0)}
    atoms = {
        name: (places[name], rf"\mathsf{{{name}}}", drawn.stated("sign", row))
        for row, name in enumerate(SIGN, 1)
    }
    joints = {
        "a1": ((1.5, 2), r"\mathsf{a}_1\colon \wedge", ("o", "r")),
        "a2": ((10.5, 2), r"\mathsf{a}_2\colon \wedge", ("r", "g")),
        "f1": ((2.5, 4), r"\mathsf{f}_1\colon \to", ("~p", "a1")),
        "f2": ((9.5, 4), r"\mathsf{f}_2\colon \to", ("~q", "a2")),
        "h": ((6, 4), r"\mathsf{h}\colon \vee", ("p", "q")),
    }
    return drawn.graph(atoms, joints, "signed")
