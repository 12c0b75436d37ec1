"""Where two sides are compared: the values of free indices and of open outcomes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import names_in
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
    """Every value of free indices and open outcomes at which the conditions hold.

    Of very many values of the indices some are taken: the corners, the diagonal, others at random.
    """
    sides = (relation.left, relation.right)
    for letters in _indices(relation, evaluator):
        scope = evaluator.scope.at(**letters)
        for inside in evaluator.free_outcomes((*sides, *relation.conditions), scope):
            if all(evaluator.holds(it, inside) for it in relation.conditions):
                yield letters, inside


def _indices(relation: Relation, evaluator: Evaluator) -> list[dict[str, int]]:
    """The values of the free indices at which a relation is compared on one instance."""
    spans = _spans(relation, evaluator)
    if spans is None:
        found = list(_indexed(relation, evaluator, relation.letters, evaluator.scope))
        if len(found) <= MAX_PLACES:
            return found
        values = {name: {it[name] for it in found} for name in found[0]}
        spans = {name: (min(it), max(it)) for name, it in values.items()}
        marked = [it for it in found if _is_marked(it, spans)]
        order = np.random.default_rng(evaluator.instance.draw).permutation(len(found))
        return marked + [found[int(k)] for k in order[: max(0, MAX_PLACES - len(marked))]]
    ranges = [range(low, high + 1) for low, high in spans.values()]
    if math.prod(map(len, ranges)) <= MAX_PLACES:
        return [dict(zip(spans, place, strict=True)) for place in product(*ranges)]
    generator = np.random.default_rng(evaluator.instance.draw)
    corners = product(*((span[0], span[-1]) for span in ranges))
    common = range(max(it[0] for it in ranges), min(it[-1] for it in ranges) + 1)
    marked_places = dict.fromkeys([*corners, *((index,) * len(ranges) for index in common)])
    while len(marked_places) < MAX_PLACES:
        marked_places[tuple(int(generator.integers(it[0], it[-1] + 1)) for it in ranges)] = None
    return [dict(zip(spans, place, strict=True)) for place in marked_places]


def _is_marked(place: dict[str, int], spans: dict[str, tuple[int, int]]) -> bool:
    """Whether a place is a corner, or on the diagonal."""
    is_corner = all(index in spans[name] for name, index in place.items())
    return is_corner or len(set(place.values())) == 1


def _spans(relation: Relation, evaluator: Evaluator) -> dict[str, tuple[int, int]] | None:
    """The range of each free index; None where one depends on another."""
    found = {}
    for letter in relation.letters:
        try:
            _, found[letter] = _next_letter(relation, evaluator, [letter], evaluator.scope)
        except MathError:
            return None
    return found


def _indexed(
    relation: Relation, evaluator: Evaluator, letters: list[str], scope: Scope
) -> Iterator[dict[str, int]]:
    """Every value of the free indices; the range of one may depend on those before it."""
    if not letters:
        yield {}
        return
    letter, (low, high) = _next_letter(relation, evaluator, letters, scope)
    rest = [it for it in letters if it != letter]
    for index in range(low, high + 1):
        for others in _indexed(relation, evaluator, rest, scope.at(**{letter: index})):
            yield {letter: index, **others}


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


def told(place: Place, relation: Relation, session: Session) -> Place:
    """The place with the sizes and numbers that the relation is made of, where they are few."""
    vocabulary = session.vocabulary
    names = relation.made_of(vocabulary)
    values = session.evaluator(relation.setting, place.draw).instance.values
    found = [
        (name, float(value))
        for (name, slots), value in values.items()
        if name in names and not slots and arrays.is_number(value)
    ]
    symbols = [vocabulary.symbols[name] for name in names if name in vocabulary.symbols]
    spans = [node for symbol in symbols for node in symbol.shape or ()] + [
        node
        for letter in relation.letters
        if letter in vocabulary.indices
        for node in (vocabulary.indices[letter].low, vocabulary.indices[letter].high)
    ]
    names |= {name for node in spans for name in names_in(node)}
    return replace(
        place,
        sizes=tuple(it for it in place.sizes if it[0] in names),
        numbers=tuple(sorted(found)) if len(found) <= MAX_NUMBERS else (),
    )
