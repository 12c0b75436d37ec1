"""What the parts of the evaluator ask of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.instance import Instance
    from derivatex.mathtex.scope import Scope, Shift
    from derivatex.mathtex.tree import Node
    from derivatex.mathtex.vocabulary import Vocabulary


class Machine:
    """The evaluator as its parts see it; see `evaluate.Evaluator`."""

    instance: Instance
    vocabulary: Vocabulary
    root: Shift
    scope: Scope
    confirmations: int
    used_chance: bool
    nonzero: dict[Node, bool]  # derivatives that were taken, and whether they were ever not zero

    def value(self, node: Node, scope: Scope) -> Value:
        """The value of a formula."""
        raise NotImplementedError

    def noted(self, value: Value) -> None:
        """Remember the size of a number on the way."""
        raise NotImplementedError

    def whole(self, node: Node, scope: Scope) -> int:
        """A whole number."""
        raise NotImplementedError

    def member(
        self, name: str, slots: tuple[int, ...], scope: Scope, at: int | None = None
    ) -> Value:
        """A symbol's value."""
        raise NotImplementedError

    def slots(self, slots: tuple[Node, ...], scope: Scope) -> tuple[int, ...]:
        """Which member of a family is meant."""
        raise NotImplementedError

    def size(self, name: str, slots: tuple[int, ...]) -> int:
        """A size of this instance."""
        raise NotImplementedError

    def call(
        self, name: str, slots: tuple[int, ...], values: tuple[Value, ...], scope: Scope
    ) -> Value:
        """A function at values."""
        raise NotImplementedError
