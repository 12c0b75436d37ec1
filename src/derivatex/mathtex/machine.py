"""What the parts of the evaluator ask of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.instance import Instance
    from derivatex.mathtex.scope import Key, Same, Scope, Shift
    from derivatex.mathtex.tree import Big, Node
    from derivatex.mathtex.vocabulary import Definition, Symbol, Vocabulary


class Machine:
    """The evaluator as its parts see it; see `evaluate.Evaluator`."""

    instance: Instance
    vocabulary: Vocabulary
    root: Shift
    scope: Scope
    peak: float  # the largest number met on the way, by which rounding is judged
    largest_term: float  # the largest that was added or multiplied
    depth: int
    confirmations: int
    used_chance: bool
    nonzero: dict[Node, bool]  # derivatives that were taken, and whether they were ever not zero
    reached: dict[Same, set[int]]  # the branches of `cases` that were taken
    trail: list[set[Key]]  # what the values are made of that are being evaluated
    touched: dict[Any, frozenset[Key]]
    met: dict[Any, tuple[float, float, bool]]  # peak, largest term and chance behind each value

    def value(self, node: Node, scope: Scope) -> Value:
        """The value of a formula."""
        raise NotImplementedError

    def whole(self, node: Node, scope: Scope) -> int:
        """A whole number."""
        raise NotImplementedError

    def noted(self, value: Value) -> None:
        """Remember the size of a number on the way."""
        raise NotImplementedError

    # of symbols

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

    def declared_shape(self, symbol: Symbol, slots: tuple[int, ...]) -> tuple[int, ...]:
        """The sizes of a declared symbol."""
        raise NotImplementedError

    def depends(self, name: str) -> frozenset[str]:
        """The symbol itself and everything that its value is made of."""
        raise NotImplementedError

    def deeper(self, node: Node, scope: Scope) -> Value:
        """The value of a definition's right side."""
        raise NotImplementedError

    # of functions and conditions

    def call(
        self, name: str, slots: tuple[int, ...], values: tuple[Value, ...], scope: Scope
    ) -> Value:
        """A function at values."""
        raise NotImplementedError

    def primed(self, function: Callable[..., Value], primes: int, values: list[Value]) -> Value:
        """A function, or its derivative by its argument, at values."""
        raise NotImplementedError

    def holds(self, node: Node, scope: Scope) -> bool:
        """Whether a condition holds."""
        raise NotImplementedError

    def places(self, node: Big, scope: Scope) -> Iterator[Scope]:
        """The scopes that a sum runs through."""
        raise NotImplementedError

    def range_of(self, letter: str, nodes: tuple[Node, ...], scope: Scope) -> tuple[int, int]:
        """The first and last value of an index."""
        raise NotImplementedError

    # of chance and optima

    def outcome_value(self, symbol: Symbol, scope: Scope) -> Value:
        """What an outcome is worth."""
        raise NotImplementedError

    def random_value(self, symbol: Symbol, size: tuple[int, ...]) -> Value:
        """The mean of a random symbol."""
        raise NotImplementedError

    def log_of(self, node: Node, scope: Scope) -> Value:
        """The logarithm of a formula."""
        raise NotImplementedError

    def over_outcomes(self, node: Big, scope: Scope) -> Value:
        """A sum over finite outcomes."""
        raise NotImplementedError

    def optimal(self, definition: Definition, scope: Scope) -> Value:
        """What is defined as an optimum."""
        raise NotImplementedError
