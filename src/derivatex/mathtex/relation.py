"""A relation between two formulas, and what was found about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.plain import SIGNS, plain
from derivatex.mathtex.session import Session, Setting
from derivatex.mathtex.tree import Big, Letter, Node, Val
from derivatex.mathtex.walk import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.errors import Kind
    from derivatex.mathtex.scope import Same
    from derivatex.mathtex.vocabulary import Range, Vocabulary


@dataclass(frozen=True)
class Relation:
    """Two formulas with a sign between them, and under which conditions they are compared."""

    operator: str
    left: Node
    right: Node
    conditions: tuple[Node, ...] = ()
    ranges: tuple[tuple[str, Range], ...] = ()
    setting: Setting = Setting()
    at: int = 0

    @property
    def letters(self) -> list[str]:
        """The index letters that are free in it."""
        named = {name for name, _ in self.ranges}
        bound: set[str] = set()
        found = {it.name for side in (self.left, self.right) for it in _free(side, bound)}
        return sorted(found | (named & found))

    @property
    def names_values(self) -> bool:
        """Whether a computed value stands in it, which the problem's numbers alone give."""
        return any(isinstance(it, Val) for side in (self.left, self.right) for it in walk(side))

    def made_of(self, vocabulary: Vocabulary) -> set[str]:
        """Every symbol that its sides are made of, through all definitions."""
        return {
            made
            for side in (self.left, self.right)
            for name in names_in(side)
            for made in dependencies(name, vocabulary)
        }

    def drawn(self, session: Session) -> set[str]:
        """The symbols, sizes aside, whose values are drawn where numbers are not given."""
        vocabulary = session.vocabulary
        return {
            name
            for name in self.made_of(vocabulary)
            if name in vocabulary.symbols
            and name not in vocabulary.definitions
            and vocabulary.symbols[name].size is None
        }

    def read_as(self, session: Session) -> str:
        """How it was read."""
        left, right = (plain(side, session.vocabulary) for side in (self.left, self.right))
        return f"{left} {SIGNS.get(self.operator, self.operator)} {right}"


def _free(node: Node, bound: set[str]) -> Iterator[Letter]:
    if isinstance(node, Letter):
        if node.name not in bound:
            yield node
        return
    inside = bound | {it.name for it in node.binders} if isinstance(node, Big) else bound
    for child in children(node):
        yield from _free(child, inside)


@dataclass(frozen=True)
class Place:
    """Where two sides were compared: an instance, values of free indices, an entry.

    `numbers` are the values of a few symbols of the relation that are numbers.
    """

    draw: int
    sizes: tuple[tuple[str, int], ...] = ()
    letters: tuple[tuple[str, int], ...] = ()
    entry: tuple[int, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()
    left: float | None = None
    right: float | None = None


@dataclass(frozen=True)
class Result:
    """What became of a relation: a status, or a failure with its counterexample."""

    status: str = "verified"
    failure: Kind | None = None
    message: str = ""
    hint: str = ""
    start: int | None = None
    place: Place | None = None
    error: float = 0.0
    draws: int = 0
    instances: int = 0
    confirmations: int = 0

    @property
    def passed(self) -> bool:
        """Whether nothing was found against it."""
        return self.failure is None


@dataclass
class Tally:
    """What is collected while the draws are compared."""

    error: float = 0.0
    compared: int = 0
    draws: int = 0
    nonzero: bool = False
    truths: set[bool] = field(default_factory=set)
    used_chance: bool = False
    confirmations: int = 0
    reached: dict[Same, set[int]] = field(default_factory=dict)


class DifferError(Exception):
    """The sides differ at a place."""

    def __init__(self, message: str, place: Place) -> None:
        """Remember where."""
        super().__init__(message)
        self.place = place
