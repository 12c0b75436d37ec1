"""Relations that claim an optimum: one side is an `argmin`, or was defined as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from derivatex.mathtex.errors import misshapen, unreadable
from derivatex.mathtex.relation import DifferError, Place, Relation
from derivatex.mathtex.session import Setting
from derivatex.mathtex.tree import Apply, Node, Optimum, Sym
from derivatex.mathtex.vocabulary import Definition

if TYPE_CHECKING:
    from derivatex.mathtex.evaluate import Evaluator
    from derivatex.mathtex.scope import Scope
    from derivatex.mathtex.session import Session


def optimum_behind(node: Node, session: Session) -> Optimum | None:
    """The `argmin` that a side is, or that it was defined as."""
    if isinstance(node, Optimum):
        return node if node.kind.startswith("arg") else None
    if isinstance(node, (Sym, Apply)):
        definition = session.vocabulary.definitions.get(node.name)
        if (
            definition
            and isinstance(definition.body, Optimum)
            and definition.body.kind.startswith("arg")
        ):
            return definition.body
    return None


def is_checked_optimum(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place
) -> bool:
    """Check a side that is an optimum against the other; False where neither is one."""
    found = [_optimum_in(side, evaluator, scope) for side in (relation.left, relation.right)]
    if found[0] is None and found[1] is None:
        return False
    if relation.operator not in {"=", ":=", "in"}:
        raise unreadable("an optimum is compared by `=`", relation.at)
    if found[0] is not None and found[1] is not None:
        _compare_objectives(found[0], found[1], evaluator, place)
        return True
    optimum, inside = found[0] or found[1]  # type: ignore[misc]
    other = relation.right if found[0] is not None else relation.left
    value = evaluator.value(other, scope)
    why = evaluator.why_not_optimal(optimum, value, inside)
    if why:
        raise DifferError(f"it is no {optimum.kind}: {why}", place)
    return True


def _optimum_in(node: Node, evaluator: Evaluator, scope: Scope) -> tuple[Optimum, Scope] | None:
    if isinstance(node, Optimum):
        return (node, scope) if node.kind.startswith("arg") else None
    if not isinstance(node, (Sym, Apply)) or node.name in evaluator.vocabulary.confirmed:
        return None
    definition = evaluator.vocabulary.definitions.get(node.name)
    if definition is None or not isinstance(definition.body, Optimum):
        return None
    if not definition.body.kind.startswith("arg"):
        return None
    if isinstance(node, Apply):
        values = [evaluator.value(it, scope) for it in node.arguments]
        arguments = dict(zip(definition.parameters, values, strict=True))
        return definition.body, scope.within(arguments)
    letters = dict(zip(definition.slots, evaluator.slots(node.slots, scope), strict=True))
    return definition.body, scope.outside().at(**letters)


def _compare_objectives(
    one: tuple[Optimum, Scope], two: tuple[Optimum, Scope], evaluator: Evaluator, place: Place
) -> None:
    """Two optima agree if one objective is a rising affine function of the other."""
    sizes = [evaluator.variable_shape(*it) for it in (one, two)]
    if sizes[0] != sizes[1]:
        raise misshapen("the two optima are of different shapes")
    generator = np.random.default_rng(3)
    domain = evaluator.vocabulary.symbols[one[0].variable.name].domain
    values = []
    for _ in range(7):
        point: Any = generator.normal(size=sizes[0])
        if domain in {"positive", "unit", "simplex"}:
            point = np.abs(point) / (1 if domain == "positive" else np.sum(np.abs(point)))
        point = point if sizes[0] else float(point)
        values.append([float(evaluator.objective(*it)(point)) for it in (one, two)])
    table = np.array(values)
    slope, shift = np.polyfit(table[:, 1], table[:, 0], 1)
    gap = np.max(np.abs(table[:, 0] - slope * table[:, 1] - shift))
    if not (gap <= 1e-9 * (1 + np.max(np.abs(table))) and slope > 0):
        message = "the two objectives are not the same up to a constant and a positive factor"
        raise DifferError(message, place)


def confirm(relation: Relation, session: Session) -> None:
    """Remember a closed form of what was defined as an optimum."""
    for side, other in ((relation.left, relation.right), (relation.right, relation.left)):
        if not isinstance(side, (Sym, Apply)) or optimum_behind(side, session) is None:
            continue
        if (
            optimum_behind(other, session) is not None
            or relation.conditions
            or relation.setting != Setting()
        ):
            continue
        if isinstance(side, Sym) and not side.slots:
            session.vocabulary.confirmed.setdefault(side.name, Definition(side.name, other))
        elif isinstance(side, Apply):
            names = tuple(it.name for it in side.arguments if isinstance(it, Sym) and not it.slots)
            if len(names) == len(side.arguments):
                made = Definition(side.name, other, parameters=names)
                session.vocabulary.confirmed.setdefault(side.name, made)
