"""Whether a condition holds, and over what an index runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.errors import misshapen, unreadable
from derivatex.mathtex.machine import Machine
from derivatex.mathtex.tree import (
    Add,
    All,
    Big,
    Binder,
    Comparison,
    Derivative,
    Elements,
    Entry,
    Interval,
    Letter,
    Neg,
    Node,
    Number,
    Span,
    Sym,
)
from derivatex.mathtex.walk import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.scope import Scope
    from derivatex.mathtex.vocabulary import Symbol

CLOSE = 1e-12  # what counts as equal within a condition, relative to the larger side


class Conditions(Machine):
    """The part of the evaluator that decides conditions and lists the values of indices."""

    def holds(self, node: Node, scope: Scope) -> bool:  # noqa: C901, PLR0911  # a table of signs
        """Whether a condition holds; an array must hold it in every entry."""
        if isinstance(node, All):
            return all(self.holds(it, scope) for it in node.conditions)
        if not isinstance(node, Comparison):
            raise unreadable("this is no condition", node.at)
        left = arrays.re(self.value(node.left, scope))
        if isinstance(node.right, (Span, Elements, Interval)):
            return self._is_in(left, node.right, scope) == (node.operator == "in")
        right = arrays.re(self.value(node.right, scope))
        if np.shape(left) and np.shape(right) and np.shape(left) != np.shape(right):
            raise misshapen("the sides of a condition differ in shape", node.at)
        close = CLOSE * np.maximum(np.abs(left), np.abs(right))
        equal = np.abs(left - right) <= close
        match node.operator:
            case "=":
                return bool(np.all(equal))
            case "!=":
                return not bool(np.all(equal))
            case "<":
                return bool(np.all((left < right) & ~equal))
            case ">":
                return bool(np.all((left > right) & ~equal))
            case "<=":
                return bool(np.all((left <= right) | equal))
            case ">=":
                return bool(np.all((left >= right) | equal))
        raise unreadable("this relation is no condition", node.at)

    def _is_in(self, value: Any, node: Node, scope: Scope) -> bool:  # noqa: ANN401
        if isinstance(node, Span):
            low, high = self.whole(node.low, scope), self.whole(node.high, scope)
            return bool(np.all((value >= low) & (value <= high) & (value == np.round(value))))
        if isinstance(node, Elements):
            items = [arrays.re(self.value(item, scope)) for item in node.items]
            return any(
                bool(np.all(np.abs(value - item) <= CLOSE * (1 + np.abs(item)))) for item in items
            )
        if isinstance(node, Interval):
            low = arrays.re(self.value(node.low, scope))
            high = arrays.re(self.value(node.high, scope))
            above = value >= low if node.brackets[0] == "[" else value > low
            below = value <= high if node.brackets[1] == "]" else value < high
            return bool(np.all(above & below))
        raise unreadable("this set cannot be read", node.at)

    # indices

    def places(self, node: Big, scope: Scope) -> Iterator[Scope]:
        """The scopes that a sum runs through, in order."""
        conditions = (*node.conditions, node.body)

        def below(k: int, inside: Scope) -> Iterator[Scope]:
            if k == len(node.binders):
                yield inside
                return
            binder = node.binders[k]
            if binder.low is not None and binder.high is not None:
                low, high = self.whole(binder.low, inside), self.whole(binder.high, inside)
            else:
                low, high = self.range_of(binder.name, conditions, inside)
                low = self.whole(binder.low, inside) if binder.low is not None else low
            falls = node.kind == "prod" and _is_written_down(binder)
            for index in range(low, high - 1, -1) if falls else range(low, high + 1):
                yield from below(k + 1, inside.at(**{binder.name: index}))

        for inside in below(0, scope):
            if all(self.holds(condition, inside) for condition in node.conditions):
                yield inside

    def range_of(self, letter: str, nodes: tuple[Node, ...], scope: Scope) -> tuple[int, int]:
        """The first and last value of an index: as declared, or from the places where it stands.

        Raises: MathError of kind SHAPE where these differ, of kind PARSE where there is none.
        """
        found: dict[tuple[int, int], Node] = {}
        declared = self.vocabulary.indices.get(letter)
        if declared is not None:
            return (self.whole(declared.low, self.scope), self.whole(declared.high, self.scope))
        for node in nodes:
            for place, at in self._stands(letter, node, scope):
                found.setdefault(place, at)
        if len(found) > 1:
            spans = " and ".join(f"{low}, …, {high}" for low, high in found)
            raise misshapen(f"the index `{letter}` runs over {spans}", list(found.values())[1].at)
        if not found:
            hint = f"declare it: `indices: {{{letter}: n}}`, or write its bounds"
            raise unreadable(f"over what does `{letter}` run?", None, hint)
        return next(iter(found))

    def _stands(  # noqa: C901  # every kind of place of an index
        self, letter: str, node: Node, scope: Scope, inner: frozenset[str] = frozenset()
    ) -> Iterator[tuple[tuple[int, int], Node]]:
        """The ranges of the places where a letter alone is an index.

        `inner` are the letters that sums within the formula bind.
        """
        if isinstance(node, Big):
            names = {binder.name for binder in node.binders}
            if letter in names:
                return
            inner |= names
        if isinstance(node, Entry):
            for k, index in enumerate(node.indices):
                if isinstance(index, Letter) and index.name == letter:
                    size = self._size_at(node, k, scope, inner)
                    if size is not None:
                        yield (1, size), node
        elif isinstance(node, Sym) and node.slots:
            symbol = self.vocabulary.symbols[node.name]
            for (own, span), slot in zip(symbol.slots, node.slots, strict=True):
                span = span or self.vocabulary.indices.get(own)  # noqa: PLW2901
                if isinstance(slot, Letter) and slot.name == letter and span is not None:
                    low, high = self.whole(span.low, self.scope), self.whole(span.high, self.scope)
                    yield (low, high), node
        for child in children(node):
            yield from self._stands(letter, child, scope, inner)

    def _size_at(self, node: Entry, k: int, scope: Scope, inner: frozenset[str]) -> int | None:
        """How many entries there are at an index; None where that is not known here."""
        base = node.base
        if isinstance(base, Sym) and base.name in self.vocabulary.symbols.keys() - scope.arguments:
            symbol = self.vocabulary.symbols[base.name]
            definition = self.vocabulary.definitions.get(base.name)
            if definition is not None and definition.entries:
                return self.range_of(definition.entries[k], (), scope)[1]
            if symbol.shape is not None and k < len(symbol.shape):
                return self._declared_size(symbol, base, symbol.shape[k], scope)
            scope = self._somewhere(symbol, base, scope, inner)
        if (
            {it.name for it in walk(base) if isinstance(it, Letter)}
            - set(scope.letters)
            - {binder.name for it in walk(base) if isinstance(it, Big) for binder in it.binders}
        ):
            return None
        if isinstance(base, Derivative) and base.by and not isinstance(base.by[0], Entry):
            size = arrays.shape(self.value(base.by[0], scope))
        else:
            size = arrays.shape(self.value(base, scope))
        flat = [length for length in size if length != 1] if len(node.indices) == 1 else list(size)
        return flat[k] if k < len(flat) else None

    def _declared_size(self, symbol: Symbol, base: Sym, size: Node, scope: Scope) -> int | None:
        """A size of a declared symbol; None where it depends on an index that is not bound yet."""
        letters = {it.name for it in walk(size) if isinstance(it, Letter)}
        slots = {own: slot for (own, _), slot in zip(symbol.slots, base.slots, strict=True)}
        known: dict[str, int] = {}
        for own in letters:
            if {it.name for it in walk(slots[own]) if isinstance(it, Letter)} - set(scope.letters):
                return None
            known[own] = self.whole(slots[own], scope)
        return self.whole(size, self.scope.at(**known))

    def _somewhere(self, symbol: Symbol, base: Sym, scope: Scope, inner: frozenset[str]) -> Scope:
        """A scope in which a member can be looked at whose index is bound by a sum within."""
        for (own, span), slot in zip(symbol.slots, base.slots, strict=True):
            span = span or self.vocabulary.indices.get(own)  # noqa: PLW2901
            letters = {it.name for it in walk(slot) if isinstance(it, Letter)}
            for name in (letters & inner) - set(scope.letters):
                if span is not None:
                    scope = scope.at(**{name: self.whole(span.high, self.scope)})
        return scope


def _is_written_down(binder: Binder) -> bool:
    r"""Whether a product is written from a last index down, as `\prod_{k=T}^{t+1}` is."""
    low, high = (_without_numbers(it) for it in (binder.low, binder.high))
    return isinstance(low, Sym) and (high is None or high == low or isinstance(high, Letter))


def _without_numbers(node: Node | None) -> Node | None:
    """What a bound counts from: `t` of `t + 1`; None for a number."""
    if isinstance(node, Add):
        rest = [it for it in node.terms if _without_numbers(it) is not None]
        return rest[0] if len(rest) == 1 else node if rest else None
    if isinstance(node, Neg):
        return _without_numbers(node.of)
    return None if isinstance(node, Number) else node
