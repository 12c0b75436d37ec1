"""Planting errors in what was verified, and counting how many are noticed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivatex.mathtex import arrays
from derivatex.mathtex.diagnose import Target
from derivatex.mathtex.judge import check
from derivatex.mathtex.mutate import mutants
from derivatex.mathtex.plain import plain
from derivatex.mathtex.tree import Space

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.relation import Relation
    from derivatex.mathtex.session import Session

BOUNDS = {"<=": ">", ">=": "<", "<": ">=", ">": "<="}


@dataclass(frozen=True, slots=True)
class Mutation:
    """A planted error: where, what was changed, and whether it was noticed.

    One that was not noticed but has the value of the original everywhere is no error.
    """

    at: str
    kind: str
    words: str
    reading: str
    is_killed: bool
    is_equal: bool = False


def planted(relation: Relation, session: Session, at: str) -> Iterator[Mutation]:
    """Plant one error at a time in a relation that holds."""
    target = Target(relation, session)
    with arrays.quiet():
        for kind, words, made in _mutated(relation, session):
            survives = _survives(made, target)
            is_equal = survives and target.same_values(relation.right, made.right)
            reading = plain(made.right, session.vocabulary)
            yield Mutation(at, kind, words, reading, not survives, is_equal)


def _mutated(relation: Relation, session: Session) -> Iterator[tuple[str, str, Relation]]:
    if relation.operator in BOUNDS:  # another bound may be true as well
        turned = replace(relation, operator=BOUNDS[relation.operator])
        yield "sign", "the bound turned round", turned
        return
    if isinstance(relation.right, Space):
        sizes = relation.right.sizes
        for k in range(len(sizes)):
            rest = replace(relation.right, sizes=sizes[:k] + sizes[k + 1 :])
            yield "term", "a size left out", replace(relation, right=rest)
        return
    if relation.operator in {"=", ":=", "~"}:
        for change, made in mutants(relation.right, session.vocabulary):
            yield change.kind.value, change.words, replace(relation, right=made)


def _survives(made: Relation, target: Target) -> bool:
    if made.operator in {"=", ":=", "~"} and not target.holds_quickly(made):
        return False
    return check(made, target.session).passed


def score(mutations: list[Mutation]) -> tuple[int, int, int]:
    """How many planted errors were noticed, were none, and went unnoticed."""
    killed = sum(it.is_killed for it in mutations)
    equal = sum(it.is_equal for it in mutations)
    return killed, equal, len(mutations) - killed - equal
