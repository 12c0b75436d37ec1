"""Two sides at one place: whether the relation between them holds there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.claimed import is_checked_optimum
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.relation import DifferError, Place, Relation, Tally
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
    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.evaluate import Evaluator
    from derivatex.mathtex.scope import Scope

RELATIVE = 1e-9
ROUNDING = 1e-12  # of the largest number met on the way


def compare(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place, tally: Tally
) -> None:
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
    left, right = (np.asarray(value, dtype=float) for value in values)
    if left.shape != right.shape:
        is_zero = (right.shape == () and float(right) == 0.0) or (
            left.shape == () and float(left) == 0.0
        )
        is_order = relation.operator not in {"=", ":=", "~"}
        if not is_zero and not (is_order and () in {left.shape, right.shape}):
            raise misshapen(
                f"the left side is {arrays.named(left.shape)}, "
                f"the right side {arrays.named(right.shape)}",
                relation.at,
                _shape_hint(left.shape, right.shape),
            )
        left, right = np.broadcast_arrays(left, right)
    for side, value in (("left", left), ("right", right)):
        if np.any(np.isnan(value)):
            raise MathError(
                Kind.NAN, f"the {side} side is undefined on draw {place.draw}", relation.at
            )
    scale = np.maximum(np.max(np.abs(left), initial=0.0), np.max(np.abs(right), initial=0.0))
    if scale > ROUNDING * 100 * max(1e-3, evaluator.peak):
        tally.nonzero = True
    allowed = RELATIVE * scale + ROUNDING * evaluator.peak
    if relation.operator == "~":
        allowed = allowed + _half_units(relation, evaluator)
    gap = left - right
    match relation.operator:
        case "=" | ":=" | "~":
            wrong = ~(np.abs(gap) <= allowed)
            if np.all(np.isinf(left) & (left == right)):
                wrong = np.zeros_like(wrong)
            error = float(np.max(np.abs(gap), initial=0.0)) / (float(scale) or 1.0)
            if not np.any(wrong) and relation.operator != "~":
                tally.error = max(tally.error, error)
        case "!=":
            wrong = np.asarray(bool(np.all(np.abs(gap) <= allowed)))
            tally.nonzero = True
        case "<=":
            wrong = gap > allowed
        case ">=":
            wrong = gap < -allowed
        case "<":
            wrong = ~(gap < -ROUNDING * scale)
        case ">":
            wrong = ~(gap > ROUNDING * scale)
        case "<<" | ">>":
            raise unreadable("`much less` is no statement that can be checked", relation.at)
        case _:
            raise unreadable("this relation cannot be checked", relation.at)
    if np.any(wrong):
        where = np.argwhere(np.broadcast_to(wrong, left.shape))[0] if left.shape else ()
        entry = tuple(int(k) + 1 for k in where)
        pick = tuple(k - 1 for k in entry)
        raise DifferError(
            "the two sides differ" if relation.operator in {"=", ":=", "~"} else "it does not hold",
            replace(place, entry=entry, left=float(left[pick]), right=float(right[pick])),
        )


def _shape_hint(left: tuple[int, ...], right: tuple[int, ...]) -> str:
    if left == right[::-1]:
        return "transposing one side would fit"
    if () in {left, right}:
        return r"for a column, `x^\top x` is a number and `x x^\top` a matrix"
    return ""


def _half_units(relation: Relation, evaluator: Evaluator) -> float:
    """How far rounding of the printed decimals can move the right side, to first order."""
    total = 0.0
    for side in (relation.left, relation.right):
        for node in walk(side):
            if isinstance(node, Number) and "." in node.text:
                unit = 10.0 ** -len(node.text.partition(".")[2])
                total += unit / 2 * _influence(side, node, unit, evaluator)
    return total * (1 + RELATIVE)


def _influence(side: Node, node: Number, unit: float, evaluator: Evaluator) -> float:
    """How much a side moves per unit of one of its numbers."""

    def moved(it: Node) -> Node:
        return (
            replace(it, text=repr(float(node.text) + unit))
            if it is node or (it == node and it.at == node.at)
            else it
        )  # type: ignore[call-arg]

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
            value = evaluator.instance._drawn(symbol, (k + 1,), size)  # noqa: SLF001
            inside = scope.within({**scope.arguments, name: value}).at(**scope.letters)
        left, right = (evaluator.value(it, inside) for it in (relation.left, relation.right))
        tally.nonzero = tally.nonzero or bool(np.any(left != 0))
        ratios.append(np.asarray(left / right, dtype=float))
    for ratio in ratios[1:]:
        if not np.allclose(ratio, ratios[0], rtol=1e-8, atol=0):
            first, other = float(ratios[0].reshape(-1)[0]), float(ratio.reshape(-1)[0])
            place = replace(place, left=first, right=other)
            raise DifferError(f"the ratio of the sides changes with `{symbol.tex}`", place)
