"""Where two sides are compared: the values of free indices and of open outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.relation import Place, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.evaluate import Evaluator
    from derivatex.mathtex.scope import Scope
    from derivatex.mathtex.session import Session

MAX_NUMBERS = 4  # that a counterexample names
MAX_PLACES = 64  # values of free indices that are compared on one instance


def scopes(relation: Relation, evaluator: Evaluator) -> Iterator[tuple[dict[str, int], Scope]]:
    """Every value of free indices and open outcomes at which the conditions hold."""
    sides = (relation.left, relation.right)
    places = list(_indexed(relation, evaluator, relation.letters, evaluator.scope))
    for letters, scope in _some(places, evaluator.instance.draw):
        for inside in evaluator.free_outcomes((*sides, *relation.conditions), scope):
            if all(evaluator.holds(it, inside) for it in relation.conditions):
                yield letters, inside


def _some(
    places: list[tuple[dict[str, int], Scope]], draw: int
) -> list[tuple[dict[str, int], Scope]]:
    """All places, or of very many: the corners, the diagonals, and others at random."""
    if len(places) <= MAX_PLACES:
        return places
    ends = {
        name: {min(values), max(values)}
        for name in places[0][0]
        if (values := {letters[name] for letters, _ in places})
    }
    marked = [
        place
        for place in places
        if all(index in ends[name] for name, index in place[0].items())
        or len(set(place[0].values())) == 1
    ]
    generator = np.random.default_rng(draw)
    order = generator.permutation(len(places))[: max(0, MAX_PLACES - len(marked))]
    return marked + [places[int(k)] for k in order]


def _indexed(
    relation: Relation, evaluator: Evaluator, letters: list[str], scope: Scope
) -> Iterator[tuple[dict[str, int], Scope]]:
    """Every value of the free indices; the range of one may depend on those before it."""
    if not letters:
        yield {}, scope
        return
    letter, (low, high) = _next_letter(relation, evaluator, letters, scope)
    rest = [it for it in letters if it != letter]
    for index in range(low, high + 1):
        for others, inside in _indexed(relation, evaluator, rest, scope.at(**{letter: index})):
            yield {letter: index, **others}, inside


def _next_letter(
    relation: Relation, evaluator: Evaluator, letters: list[str], scope: Scope
) -> tuple[str, tuple[int, int]]:
    """A letter whose range is known by now, and that range."""
    named = dict(relation.ranges)
    refused: MathError | None = None
    for letter in letters:
        try:
            if letter in named:
                ends = (named[letter].low, named[letter].high)
                return letter, (evaluator.whole(ends[0], scope), evaluator.whole(ends[1], scope))
            return letter, evaluator.range_of(letter, (relation.left, relation.right), scope)
        except MathError as error:
            refused = refused if refused and refused.kind is Kind.SHAPE else error
    if refused is None:
        raise AssertionError
    raise refused


def placed(evaluator: Evaluator, draw: int, letters: dict[str, int]) -> Place:
    """What names a place in a message: the draw, its sizes, the indices."""
    symbols = evaluator.vocabulary.symbols
    sizes = tuple(
        (name, size)
        for (name, slots), size in evaluator.instance.sizes.items()
        if not slots and symbols[name].size and symbols[name].size.fixed is None  # type: ignore[union-attr]
    )
    return Place(draw, sizes, tuple(letters.items()))


def numbers_at(relation: Relation, session: Session, draw: int) -> tuple[tuple[str, float], ...]:
    """What the numbers in a relation are on an instance, where they are few."""
    values = session.evaluator(relation.setting, draw).instance.values
    names: set[str] = set()
    for side in (relation.left, relation.right):
        for name in names_in(side):
            names |= dependencies(name, session.vocabulary)
    found = [
        (name, float(value))
        for (name, slots), value in values.items()
        if name in names and not slots and arrays.is_number(value)
    ]
    return tuple(sorted(found)) if len(found) <= MAX_NUMBERS else ()
