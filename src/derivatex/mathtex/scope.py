"""What surrounds a formula while it is evaluated: indices, arguments, outcomes, what is moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from autograd.tracer import isbox

from derivatex.mathtex.arrays import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from derivatex.mathtex.arrays import Value

Key = tuple[str, tuple[int, ...]]  # a symbol and, in a family, which member


class Same:
    """An object as a key: equal to itself alone, and kept as long as the key is."""

    __slots__ = ("of",)

    def __init__(self, of: object) -> None:
        """Keep the object."""
        self.of = of

    def __eq__(self, other: object) -> bool:
        """Whether both are about one object."""
        return isinstance(other, Same) and other.of is self.of

    def __hash__(self) -> int:
        """Tell objects apart by where they are."""
        return id(self.of)


class Shift:
    """Quantities that are moved by an epsilon, in which a derivative is taken.

    `held` holds all other defined quantities where they were: for local derivatives.
    A shift has a memory of its own; what does not depend on what it moves is its parent's.
    """

    def __init__(
        self,
        moved: Mapping[Key, Value] | None = None,
        parent: Shift | None = None,
        *,
        held: bool = False,
    ) -> None:
        """Move `moved` on top of what the parent moves."""
        self.moved = dict(moved or {})
        self.parent = parent
        self.names = frozenset(name for name, _ in self.moved)
        self.held = held
        is_complex: bool = any(np.iscomplexobj(plain(it)) for it in self.moved.values())
        self.is_complex: bool = is_complex or (parent is not None and parent.is_complex)
        self.memo: dict[Any, Value] = {}

    def chain(self) -> Iterator[Shift]:
        """The shift and those below it."""
        shift: Shift | None = self
        while shift is not None:
            yield shift
            shift = shift.parent


@dataclass(frozen=True)
class Scope:
    """Values of bound letters, function arguments, and outcomes with their number and value."""

    shift: Shift
    letters: Mapping[str, int] = field(default_factory=dict)
    arguments: Mapping[str, Value] = field(default_factory=dict)
    outcomes: Mapping[str, tuple[int | None, Value]] = field(default_factory=dict)
    partial: str = "total"
    layout: str = "mixed"

    def at(self, **letters: int) -> Scope:
        """The same with more letters bound."""
        bound = {**self.letters, **letters}
        return Scope(self.shift, bound, self.arguments, self.outcomes, self.partial, self.layout)

    def within(self, arguments: Mapping[str, Value]) -> Scope:
        """The inside of a function: its arguments, and no letters of the outside."""
        return Scope(self.shift, {}, dict(arguments), self.outcomes, self.partial, self.layout)

    def outside(self) -> Scope:
        """Where definitions are evaluated: no letters, no arguments, and nothing is local."""
        is_outside = not self.letters and not self.arguments
        if is_outside and self.partial == "total" and self.layout == "mixed":
            return self
        return Scope(self.shift, outcomes=self.outcomes)

    def under(self, shift: Shift) -> Scope:
        """The same with other quantities moved."""
        return Scope(shift, self.letters, self.arguments, self.outcomes, self.partial, self.layout)

    def happened(self, outcomes: Mapping[str, tuple[int | None, Value]]) -> Scope:
        """The same with more outcomes known."""
        known = {**self.outcomes, **outcomes}
        return Scope(self.shift, self.letters, self.arguments, known, self.partial, self.layout)

    def known(self) -> tuple[Any, ...]:
        """What of the outcomes a memory must tell apart."""
        return tuple(
            (name, index if index is not None else by_content(value))
            for name, (index, value) in sorted(self.outcomes.items())
        )


def by_content(value: Value) -> Any:  # noqa: ANN401  # some key
    """What tells a value from others: its numbers, or itself while a derivative is traced."""
    if isbox(value):
        return Same(value)
    array = np.asarray(value)
    return array.dtype.char, array.tobytes()
