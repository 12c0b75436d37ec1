"""Second routes of the bounds: all truth values of a grid, in whole numbers."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Whole: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int16]]
Table: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def axes(bounds: Table, unit: int) -> list[Whole]:
    """The grid of each atom between its bounds, along an axis of its own."""
    made = []
    for place, (low, high) in enumerate(bounds):
        points = np.arange(round(low * unit), round(high * unit) + 1, dtype=np.int16)
        made.append(points.reshape([-1 if axis == place else 1 for axis in range(len(bounds))]))
    return made


def cut(z: Whole, unit: int) -> Whole:
    """The activation, where one is `unit`."""
    return np.clip(z, 0, unit).astype(np.int16)


def hull(nodes: Mapping[str, Whole], keep: np.ndarray, unit: int) -> dict[str, float]:
    """Least and largest value of every node among the points that are kept."""
    made = {}
    for name, values in nodes.items():
        kept = np.broadcast_to(values, keep.shape)[keep]
        made[f"{name}_l"], made[f"{name}_u"] = float(kept.min() / unit), float(kept.max() / unit)
    return made


def linked_on_grid(
    link: Table, link_beta: float, link_weight: float, fine: int
) -> dict[str, float]:
    """All consistent points of the finer grid."""
    unit = fine
    s, t, k = axes(link[[0, 1, 3]], unit)
    two, other = axes(link[[0, 2, 4]], unit)[1:]
    bias, w = round(link_beta * unit), round(link_weight)
    a1, a2 = (cut(bias - w * (unit - s) - w * (unit - it), unit) for it in (t, two))
    f1 = cut(unit - bias + w * (unit - a1) + w * k, unit)
    f2 = cut(unit - bias + w * (unit - a2) + w * other, unit)
    k1, k2 = k.reshape(1, -1, 1), other.reshape(1, 1, -1)
    e = cut(bias - w * (unit - k1) - w * (unit - k2), unit)
    one, next_one = f1 == unit, f2 == unit
    both = one.any(axis=1)[:, :, None] & next_one.any(axis=1)[:, None, :] & (e == 0)
    made = hull({"s": s, "k1": k1, "k2": k2, "e": e, "x": unit - e}, both, unit)
    made |= hull({"t1": t, "a1": a1, "f1": f1}, one & both.any(axis=2)[:, None, :], unit)
    return made | hull(
        {"t2": two, "a2": a2, "f2": f2}, next_one & both.any(axis=1)[:, None, :], unit
    )


def related(bounds: Table, trust: float, unit: int) -> tuple[dict[str, Whole], np.ndarray]:
    """All nodes of the relation extractor, and which points are consistent."""
    r, c, d = axes(bounds, unit)
    f1 = cut(unit - r + c, unit)
    e = cut(c + d - unit, unit)
    keep = (f1 >= round(trust * unit)) & (e == 0) & (r >= 0)
    return {"r": r, "c": c, "d": d, "f1": f1, "e": e, "x": unit - e}, keep


def repaired_on_grid(relate: Table, trust: float, coarse: int) -> dict[str, float]:
    """All consistent points of a grid."""
    nodes, keep = related(relate, trust, coarse)
    return hull(nodes, keep, coarse)


def clash_on_grid(relate: Table, coarse: int) -> dict[str, float]:
    """Either formula alone, and all points, by loops."""
    unit = coarse
    low, high = np.rint(relate * unit).astype(int).T
    r, c, d = (range(a, b + 1) for a, b in zip(low, high, strict=True))
    first = [it for of, it in itertools.product(r, c) if min(unit, unit - of + it) == unit]
    second = [it for it, of in itertools.product(c, d) if it + of <= unit]
    agree = sum(of <= it and it + by <= unit for of, it, by in itertools.product(r, c, d))
    lower, upper = min(first) / unit, max(second) / unit
    return {"low": lower, "high": upper, "gap": lower - upper, "points": agree}


def whole_on_grid(whole: Table, whole_weights: Table, coarse: int) -> dict[str, float]:
    """All consistent points of a grid."""
    unit = coarse
    m, w, b, v = axes(whole, unit)
    once, twice = np.rint(whole_weights).astype(int)
    a = cut(unit - once * (unit - m) - twice * (unit - w), unit)
    o, e = cut(b + v, unit), cut(b + v - unit, unit)
    f = cut(unit - a + o, unit)
    keep = np.broadcast_to((f == unit) & (e == 0), np.broadcast(m, w, b, v).shape)
    nodes = {"m": m, "w": w, "b": b, "v": v, "a": a, "o": o, "f": f, "e": e, "x": unit - e}
    return hull(nodes, keep, unit)


def sign_on_grid(sign: Table, coarse: int) -> dict[str, float]:
    """All consistent points of a grid."""
    unit = coarse
    r, o, g, p, q = axes(sign, unit)
    a1, a2 = cut(r + o - unit, unit), cut(r + g - unit, unit)
    f1, f2, h = cut(unit - p + a1, unit), cut(unit - q + a2, unit), cut(p + q, unit)
    keep = (f1 == unit) & (f2 == unit) & (h == unit)
    nodes = {"r": r, "o": o, "g": g, "p": p, "q": q, "a1": a1, "a2": a2}
    return hull({**nodes, "f1": f1, "f2": f2, "h": h}, keep, unit)


# formulas that share an atom, connective by connective and as a whole


def loose_by_parts() -> dict[str, float]:
    """Each clause alone over a grid."""
    unit = 20
    points = range(unit + 1)
    pairs = list(itertools.product(points, points))
    signs = itertools.product((False, True), repeat=2)
    low, high = 0, unit
    for left, right in signs:
        kept = [
            p for p, q in pairs if (unit - p if left else p) + (unit - q if right else q) >= unit
        ]
        low, high = max(low, min(kept)), min(high, max(kept))
    return {"clause_l": low / unit, "clause_u": high / unit}


def exact_by_fractions() -> dict[str, float]:
    """Another grid, in fractions."""
    points = [Fraction(i, 24) for i in range(25)]
    kept = [p for p in points for q in points if p + q >= 1 >= p + q and q >= p >= q]
    return {"clause_l": float(min(kept)), "clause_u": float(max(kept))}


# the road sign: every connective alone, and all points by loops


def sign_by_parts(sign: Table, coarse: int) -> dict[str, float]:
    """Each connective alone over a grid, again and again."""
    unit = coarse
    rules: Mapping[str, tuple[tuple[str, str], Callable[[int, int], int]]] = {
        "a1": (("r", "o"), lambda r, o: r + o - unit),
        "a2": (("r", "g"), lambda r, g: r + g - unit),
        "f1": (("p", "a1"), lambda p, a: unit - p + a),
        "f2": (("q", "a2"), lambda q, a: unit - q + a),
        "h": (("p", "q"), lambda p, q: p + q),
    }
    ranges = {name: (round(low * unit), round(high * unit))
              for name, (low, high) in zip("rogpq", sign, strict=True)}  # fmt: skip
    ranges |= {
        "a1": (0, unit),
        "a2": (0, unit),
        "f1": (unit, unit),
        "f2": (unit, unit),
        "h": (unit, unit),
    }
    while True:
        before = dict(ranges)
        for name, (parts, rule) in rules.items():
            grids = (range(ranges[part][0], ranges[part][1] + 1) for part in parts)
            low, high = ranges[name]
            rows = [
                (one, two, min(unit, max(0, rule(one, two))))
                for one, two in itertools.product(*grids)
            ]
            kept = list(zip(*(row for row in rows if low <= row[-1] <= high), strict=True))
            for part, values in zip((*parts, name), kept, strict=True):
                ranges[part] = (min(values), max(values))
        if ranges == before:
            break
    return {f"{name}_{end}": at / unit for name, both in ranges.items()
            for end, at in zip("lu", both, strict=True)}  # fmt: skip


def sign_by_loops(sign: Table, coarse: int) -> dict[str, float]:
    """The same points one by one."""
    unit = coarse
    grids = [range(round(low * unit), round(high * unit) + 1) for low, high in sign]
    found: dict[str, set[int]] = {name: set() for name in ("r", "o", "g", "p", "q", "a1", "a2")}
    for r, o, g in itertools.product(*grids[:3]):
        a1, a2 = max(0, r + o - unit), max(0, r + g - unit)
        for p, q in itertools.product(*grids[3:]):
            if p <= a1 and q <= a2 and p + q >= unit:
                for name, at in zip(found, (r, o, g, p, q, a1, a2), strict=True):
                    found[name].add(at)
    ends = {name: (min(at), max(at)) for name, at in found.items()}
    ends |= dict.fromkeys(("f1", "f2", "h"), (unit, unit))
    return {f"{name}_{end}": at / unit for name, both in ends.items()
            for end, at in zip("lu", both, strict=True)}  # fmt: skip
