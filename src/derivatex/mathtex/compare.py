"""Two sides at one place: whether the relation between them holds there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.claimed import is_checked_optimum
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.relation import DifferError, Place, Relation, Tally
from derivatex.mathtex.scope import Shift
from derivatex.mathtex.tree import (
    Comparison,
    Elements,
    Interval,
    Node,
    Number,
    Space,
    Span,
    Subdifferential,
)
from derivatex.mathtex.walk import mapped, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.evaluate import Evaluator
    from derivatex.mathtex.scope import Scope

RELATIVE = 1e-9
ROUNDING = 1e-12  # of the largest number met on the way
EQUALITIES = frozenset({"=", ":=", "~"})


def compare(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place, tally: Tally
) -> None:
    """Hold the sides of a relation against each other in one scope.

    Raises: DifferError where it does not hold there, MathError where it cannot be evaluated.
    """
    operator = relation.operator
    if operator in {"iff", "implies"}:
        left, right = (evaluator.holds(it, scope) for it in (relation.left, relation.right))
        tally.truths |= {left, right}
        if left != right and (operator == "iff" or left):
            words = f"the left side is {str(left).lower()}, the right side {str(right).lower()}"
            raise DifferError(words, place)
        return
    if operator in {"in", "notin"}:
        _compare_with_set(relation, evaluator, scope, place, tally)
        return
    if is_checked_optimum(relation, evaluator, scope, place):
        tally.nonzero = True
        return
    left = evaluator.value(relation.left, scope)
    right = evaluator.value(relation.right, scope)
    if operator == "propto":
        _compare_ratio(relation, evaluator, scope, place, tally)
        return
    _compare_values(relation, evaluator, (left, right), place, tally)


def _compare_values(
    relation: Relation,
    evaluator: Evaluator,
    values: tuple[Value, Value],
    place: Place,
    tally: Tally,
) -> None:
    left, right = _fitted(relation, values, place)
    sizes = np.abs(np.concatenate([left.reshape(-1), right.reshape(-1)]))
    scale = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
    is_nonzero = scale > ROUNDING * 100 * max(1e-3, evaluator.peak)
    tally.nonzero |= is_nonzero
    allowed = RELATIVE * scale + ROUNDING * evaluator.peak
    if relation.operator == "~":
        allowed += _half_units(relation, evaluator)
    wrong = _wrong(relation, left - right, scale, allowed)
    if not np.any(wrong):
        tally.nonzero |= relation.operator == "!="
        if relation.operator in {"=", ":="}:
            gap = float(np.max(np.abs(left - right), initial=0.0))
            tally.error = max(
                tally.error, gap / (scale if is_nonzero else max(1.0, evaluator.peak))
            )
        return
    where = np.argwhere(wrong)[0] if left.shape else ()
    entry = tuple(int(k) + 1 for k in where)
    pick = tuple(k - 1 for k in entry)
    message = "the two sides differ" if relation.operator in EQUALITIES else "it does not hold"
    raise DifferError(
        message, replace(place, entry=entry, left=float(left[pick]), right=float(right[pick]))
    )


def _fitted(
    relation: Relation, values: tuple[Value, Value], place: Place
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both sides in one shape; a plain zero, or the bound of an inequality, fits every shape."""
    left, right = (np.asarray(value, dtype=float) for value in arrays.fitted(*values))
    if left.shape != right.shape:
        is_zero = any(side.shape == () and float(side) == 0.0 for side in (left, right))
        is_bound = relation.operator not in EQUALITIES and () in {left.shape, right.shape}
        if not is_zero and not is_bound:
            one, two = arrays.named(left.shape), arrays.named(right.shape)
            message = f"the left side is {one}, the right side {two}"
            raise misshapen(message, relation.at, _shape_hint(left.shape, right.shape))
        left, right = np.broadcast_arrays(left, right)
    for side, value in (("left", left), ("right", right)):
        is_infinite = relation.operator in EQUALITIES and bool(np.any(np.isinf(value)))
        if is_infinite or np.any(np.isnan(value)):
            what = "infinite" if is_infinite else "undefined"
            message = f"the {side} side is {what} on draw {place.draw}"
            hint = "say when it holds: `domain: positive` of a symbol, or `where: ['x > 0']`"
            raise MathError(Kind.NAN, message, relation.at, hint)
    return left, right


def _wrong(
    relation: Relation, gap: NDArray[np.float64], scale: float, allowed: float
) -> NDArray[np.bool_]:
    """Where a relation does not hold, from the difference of its sides."""
    least = ROUNDING * scale
    holding: dict[str, Callable[[], NDArray[np.bool_]]] = {
        "=": lambda: np.abs(gap) <= allowed,
        ":=": lambda: np.abs(gap) <= allowed,
        "~": lambda: np.abs(gap) <= allowed,
        "!=": lambda: np.full(gap.shape, bool(np.any(np.abs(gap) > allowed))),
        "<=": lambda: gap <= allowed,
        ">=": lambda: gap >= -allowed,
        "<": lambda: gap < -least,
        ">": lambda: gap > least,
    }
    if relation.operator not in holding:
        hint = "say by a bound how much smaller or larger it is"
        raise unreadable("this relation cannot be checked", relation.at, hint)
    return np.asarray(~holding[relation.operator]())


def _shape_hint(left: tuple[int, ...], right: tuple[int, ...]) -> str:
    if left == right[::-1]:
        return "transposing one side would fit"
    if () in {left, right}:
        return r"for a column, `x^\top x` is a number and `x x^\top` a matrix"
    return ""


def _half_units(relation: Relation, evaluator: Evaluator) -> float:
    """How far rounding of the printed decimals can move a side, to first order.

    Those of the right side count, or else those of the left one.
    """
    for side in (relation.right, relation.left):
        total = 0.0
        for node in walk(side):
            if isinstance(node, Number) and "." in node.text:
                unit = 10.0 ** -len(node.text.partition(".")[2])
                total += unit / 2 * _influence(side, node, unit, evaluator)
        if total:
            return total * (1 + RELATIVE)
    return 0.0


def _influence(side: Node, node: Number, unit: float, evaluator: Evaluator) -> float:
    """How much a side moves per unit of one of its numbers."""

    def moved(it: Node) -> Node:
        return (
            replace(it, text=repr(float(node.text) + unit))
            if it is node or (it == node and it.at == node.at)
            else it
        )

    before = evaluator.value(side, evaluator.scope)
    after = evaluator.value(mapped(side, moved), evaluator.scope)
    return float(np.max(np.abs(after - before))) / unit


def _compare_with_set(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place, tally: Tally
) -> None:
    value = evaluator.value(relation.left, scope)
    right = relation.right
    tally.nonzero = True
    if isinstance(right, Space):
        sizes = tuple(evaluator.whole(it, scope) for it in right.sizes)
        wanted = (*sizes, 1) if len(sizes) == 1 else sizes
        if arrays.shape(value) != wanted:
            raise misshapen(
                f"it is {arrays.named(arrays.shape(value))}, not {arrays.named(wanted)}",
                relation.at,
            )
    elif isinstance(right, Subdifferential):
        why = evaluator.why_no_subgradient(right, value, scope)
        if why:
            raise DifferError(f"it is no subgradient: {why}", place)
    elif isinstance(right, (Span, Elements, Interval)):
        made = Comparison(relation.operator, relation.left, right, at=relation.at)
        if not evaluator.holds(made, scope):
            shown = float(value) if arrays.is_number(value) else None
            raise DifferError("it is not in the set", replace(place, left=shown))
    else:
        raise unreadable("this set cannot be checked", relation.at)


def _compare_ratio(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place, tally: Tally
) -> None:
    """The ratio of the sides must not change with the variable."""
    name = relation.setting.varying
    if name is None or name not in evaluator.vocabulary.symbols:
        hint = "give the step `varying: x`"
        raise unreadable(r"`\propto` as what varies?", relation.at, hint)
    symbol = evaluator.vocabulary.symbols[name]
    ratios = []
    for k in range(4):
        if symbol.is_outcome:
            count = evaluator.count(name)
            inside = scope.happened({name: (k % count, evaluator.points(name)[k % count])})
        else:
            size = evaluator.declared_shape(symbol, ())
            other = evaluator.instance.another(symbol, k, size)
            start = evaluator.member(name, (), scope)
            inside = scope.under(Shift({(name, ()): other - start}, scope.shift))
        left, right = (evaluator.value(it, inside) for it in (relation.left, relation.right))
        tally.nonzero = tally.nonzero or bool(np.any(left != 0))
        ratios.append(np.asarray(left / right, dtype=float))
    for ratio in ratios[1:]:
        if not np.allclose(ratio, ratios[0], rtol=1e-8, atol=0):
            first, other = float(ratios[0].reshape(-1)[0]), float(ratio.reshape(-1)[0])
            place = replace(place, left=first, right=other)
            raise DifferError(f"the ratio of the sides changes with `{symbol.tex}`", place)
