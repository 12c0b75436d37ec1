"""The values of symbols: drawn, defined, moved; each computed once and remembered."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import autograd.numpy as anp

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import open_outcomes
from derivatex.mathtex.errors import misshapen, unreadable
from derivatex.mathtex.machine import Machine
from derivatex.mathtex.tree import Entry, Letter, Node, Optimum, Sym

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.scope import Key, Scope
    from derivatex.mathtex.vocabulary import Definition, Symbol


MAX_ENTRIES = 4096  # of one symbol


class Members(Machine):
    """The part of the evaluator that knows what symbols are worth."""

    def sym(self, node: Sym, scope: Scope) -> Value:
        """A symbol, or an argument of the function that is being evaluated."""
        if node.name in scope.arguments and not node.slots:
            return scope.arguments[node.name]
        return self.member(node.name, self.slots(node.slots, scope), scope, node.at)

    def slots(self, slots: tuple[Node, ...], scope: Scope) -> tuple[int, ...]:
        """Which member of a family is meant."""
        return tuple(self.whole(slot, scope) for slot in slots)

    def member(
        self, name: str, slots: tuple[int, ...], scope: Scope, at: int | None = None
    ) -> Value:
        """A symbol's value with everything that is moved."""
        vocabulary = self.vocabulary
        if slots:
            own = vocabulary.literal(name, slots)
            if own is not None:
                return self.member(own, (), scope, at)
        symbol = vocabulary.symbols.get(name)
        if symbol is None:
            raise unreadable(f"`{name}` has no value here", at)
        if symbol.is_outcome:
            if self.trail:
                self.trail[-1].add((name, ()))
            return self._moved((name, ()), scope, self.outcome_value(symbol, scope))
        if symbol.size is not None:
            return float(self.size(name, slots))
        definition = vocabulary.definitions.get(name)

        def compute(inside: Scope) -> Value:
            self._check_range(symbol, slots, at)
            own = definition
            if own is not None and self._is_outside(symbol, own, slots):
                own = None  # a member that is declared, not defined
            if own is None:
                return self._declared(symbol, slots)
            return self._defined(own, slots, inside.outside())

        return self.remembered((name, slots), scope, compute)

    def remembered(
        self, key: Key, scope: Scope, compute: Callable[[Scope], Value], kind: str = ""
    ) -> Value:
        """A symbol's value, or an entry of it, under everything that is moved, computed once.

        The first evaluation, with nothing moved, records what the value is made of: a shift that
        moves none of it leaves the value as it was.
        """
        known = self._known(key[0], scope)
        if known is None:
            return self._moved(key, scope, compute(scope))
        full = (kind, key, known)
        if full not in self.touched:
            self._record(full, key, scope.under(self.root), compute)
        self._meet(self.met[full])
        made_of = self.touched[full]
        if self.trail:
            self.trail[-1] |= made_of
        is_defined = key[0] in self.vocabulary.definitions
        shift = scope.shift
        while shift.parent is not None:
            is_held = shift.held and is_defined and key[0] not in shift.names
            if not is_held and not made_of.isdisjoint(shift.moved):
                break
            shift = shift.parent
        if full not in shift.memo:
            inside = scope.under(shift)
            shift.memo[full] = self._moved(key, inside, compute(inside))
        return shift.memo[full]

    def _record(
        self,
        full: tuple[Any, ...],
        key: Key,
        scope: Scope,
        compute: Callable[[Scope], Value],
    ) -> None:
        self.trail.append({key, (key[0], ())} if full[0] else {key})  # an entry is of its array
        before = (self.peak, self.largest_term, self.used_chance)
        self.peak = self.largest_term = 0.0
        self.used_chance = False
        try:
            if full not in self.root.memo:
                self.root.memo[full] = compute(scope)
        finally:
            made_of = self.trail.pop()
            self.met[full] = (self.peak, self.largest_term, self.used_chance)
            self._meet(before)
        self.touched[full] = frozenset(made_of)

    def _meet(self, met: tuple[float, float, bool]) -> None:
        """Count in what was met on the way to a value, whoever computed it first."""
        self.peak = max(self.peak, met[0])
        self.largest_term = max(self.largest_term, met[1])
        self.used_chance = self.used_chance or met[2]

    def _known(self, name: str, scope: Scope) -> tuple[Any, ...] | None:
        """Which outcomes a value is to be remembered for; None where it must not be."""
        if not scope.outcomes:
            return ()
        memo = self.instance.memo.setdefault("outcomes of", {})
        if name not in memo:
            definition = self.vocabulary.definitions.get(name)
            body = definition.body if definition else Sym(name)
            memo[name] = open_outcomes(body, self.vocabulary)
        found = [(it, scope.outcomes[it][0]) for it in sorted(memo[name]) if it in scope.outcomes]
        return None if any(index is None for _, index in found) else tuple(found)

    def _moved(self, key: Key, scope: Scope, value: Value) -> Value:
        """A value with the epsilons of all shifts."""
        for shift in scope.shift.chain():
            if key in shift.moved:
                value = value + shift.moved[key]
        return value

    def size(self, name: str, slots: tuple[int, ...]) -> int:
        """A size of this instance."""
        return self.instance.size(name, slots, lambda node: self.whole(node, self.scope))

    def declared_shape(self, symbol: Symbol, slots: tuple[int, ...]) -> tuple[int, ...]:
        """The sizes of a declared symbol."""
        letters = dict(zip((letter for letter, _ in symbol.slots), slots, strict=True))
        made = tuple(self.whole(size, self.scope.at(**letters)) for size in symbol.shape or ())
        if prod(made) > MAX_ENTRIES:
            hint = "keep its sizes small: they are drawn from 2 up"
            raise misshapen(f"`{symbol.tex}` has too many entries", hint=hint)
        return made

    def _declared(self, symbol: Symbol, slots: tuple[int, ...]) -> Value:
        if symbol.shape is None:
            raise unreadable(f"`{symbol.tex}` has no value here", None, "declare it, or define it")
        size = self.declared_shape(symbol, slots)
        if any(length < 1 for length in size):
            raise misshapen(f"`{symbol.tex}` has no entries: its shape is {size}")
        if symbol.random is not None:
            return self.random_value(symbol, size)
        return self.instance.value(symbol, slots, size)

    def _check_range(self, symbol: Symbol, slots: tuple[int, ...], at: int | None) -> None:
        for (letter, span), slot in zip(symbol.slots, slots, strict=True):
            span = span or self.vocabulary.indices.get(letter)  # noqa: PLW2901
            if span is None:
                continue
            low, high = self.whole(span.low, self.scope), self.whole(span.high, self.scope)
            if not low <= slot <= high:
                message = f"`{symbol.tex}` is asked for {letter} = {slot}, outside {low}, …, {high}"
                raise misshapen(message, at, "restrict the index: `1 \\le t < T`")

    def _defined(self, definition: Definition, slots: tuple[int, ...], scope: Scope) -> Value:
        if isinstance(definition.body, Optimum) and not definition.parameters:
            return self.optimal(definition, scope)
        if definition.entries:
            ranges = [self.range_of(letter, (), scope) for letter in definition.entries]
            spans = [range(low, high + 1) for low, high in ranges]
            flat = [self.entry(definition, place, scope) for place in product(*spans)]
            made = anp.array(flat)
            if len(spans) == 1:
                return made.reshape(-1, 1)
            return made.reshape([len(span) for span in spans])
        letters = dict(zip(definition.slots, slots, strict=True))
        return self.deeper(definition.body, scope.at(**letters))

    def _is_outside(self, symbol: Symbol, definition: Definition, slots: tuple[int, ...]) -> bool:
        """Whether a declared family has a member that its definition does not reach."""
        if symbol.shape is None:
            return False
        for letter, slot in zip(definition.slots, slots, strict=True):
            low, high = self.range_of(letter, (), self.scope)
            if not low <= slot <= high:
                return True
        return False

    def deeper(self, node: Node, scope: Scope) -> Value:
        """The value of a definition's right side; a recurrence must end."""
        self.depth += 1
        try:
            if self.depth > 150:  # noqa: PLR2004
                hint = "give its first member: `h^{(0)} = …`, or declare it"
                raise unreadable("this recurrence never ends", node.at, hint)
            return self.value(node, scope)
        finally:
            self.depth -= 1

    def entry(self, definition: Definition, place: tuple[int, ...], scope: Scope) -> Value:
        """One entry of an array that is defined entry by entry."""
        letters = dict(zip(definition.entries, place, strict=True))

        def compute(inside: Scope) -> Value:
            return self.deeper(definition.body, inside.outside().at(**letters))

        return self.remembered((definition.name, place), scope, compute, "entry")

    def letter(self, node: Letter, scope: Scope) -> Value:
        """An index."""
        if node.name not in scope.letters:
            hint = "bracket what a sum reaches over, or bind it by a sum"
            raise unreadable(f"the index `{node.name}` is not bound here", node.at, hint)
        return float(scope.letters[node.name])

    def entry_of(self, node: Entry, scope: Scope) -> Value:
        """An entry, a row or a column of an array."""
        places = [None if it is None else self.whole(it, scope) for it in node.indices]
        lazy = self._lazy_entry(node, places, scope)
        if lazy is not None:
            return lazy
        base = self.value(node.base, scope)
        size = arrays.shape(base)
        if len(size) == 2 and 1 in size and len(places) == 1:  # noqa: PLR2004
            base, size = base.reshape(-1), (max(size),)
        if len(places) != len(size):
            what = arrays.named(size)
            raise misshapen(f"{what} with {len(places)} indices", node.at)
        for place, length in zip(places, size, strict=True):
            if place is not None and not 1 <= place <= length:
                message = f"entry {place} of {length}"
                raise misshapen(message, node.at, "restrict the index, or its sum")
        picked = base[tuple(slice(None) if it is None else it - 1 for it in places)]
        return picked.reshape(-1, 1) if arrays.shape(picked) else picked

    def _lazy_entry(self, node: Entry, places: list[int | None], scope: Scope) -> Value | None:
        """An entry of what is defined by entries, without the others."""
        if not isinstance(node.base, Sym) or node.base.name in scope.arguments:
            return None
        definition = self.vocabulary.definitions.get(node.base.name)
        if definition is None or not definition.entries or None in places:
            return None
        if any(node.base.name in it.names for it in scope.shift.chain()):
            return None
        place = tuple(it for it in places if it is not None)
        if len(place) != len(definition.entries):
            raise misshapen(f"{len(definition.entries)} indices, here are {len(place)}", node.at)
        for letter, index in zip(definition.entries, place, strict=True):
            low, high = self.range_of(letter, (), scope.outside())
            if not low <= index <= high:
                message = f"an index is {index}, where entries run from {low} to {high}"
                raise misshapen(message, node.at, "restrict the index")
        return self.entry(definition, place, scope)
