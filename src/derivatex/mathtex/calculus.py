"""Derivatives: by autograd, confirmed by a complex step, laid out as the page says."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad, jacobian

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import dependencies
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.machine import Machine
from derivatex.mathtex.scope import Scope, Shift
from derivatex.mathtex.tree import Apply, Derivative, Entry, Letter, Node, Sym
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivatex.mathtex.arrays import Value

STEP = 1e-100  # of the complex step, which has no rounding to fear
DIFFERENCE = 1e-3  # of the central difference of fourth order
AGREES, AGREES_ROUGHLY = 1e-8, 1e-6


class NestedError(MathError):
    """A derivative within a complex step, which autograd cannot take."""

    def __init__(self) -> None:
        """Say so, should it ever be met elsewhere."""
        super().__init__(Kind.NAN, "a derivative at a number that is not real")


class Calculus(Machine):
    """The part of the evaluator that differentiates."""

    def depends(self, name: str) -> frozenset[str]:
        """The symbol itself and everything that its value is made of."""
        memo = self.instance.memo.setdefault("depends", {})
        if name not in memo:
            memo[name] = dependencies(name, self.vocabulary)
        found: frozenset[str] = memo[name]
        return found

    def primed(self, function: Callable[..., Value], primes: int, values: list[Value]) -> Value:
        """A function, or its derivative by its argument, at values."""
        if not primes:
            return function(*values)
        if len(values) != 1:
            raise unreadable(
                "a prime on a function of several arguments", None, r"write `\partial`"
            )
        value = values[0]
        if np.iscomplexobj(arrays.plain(value)):
            raise NestedError
        for _ in range(primes):
            function = elementwise_grad(function)
        return function(value * 1.0)

    def derivative(self, node: Derivative, scope: Scope) -> Value:
        """A derivative in the layout of the scope.

        Raises: MathError where the layout has no place for it, or the two ways disagree.
        """
        inside = (*scope.arguments.values(), *(value for _, value in scope.outcomes.values()))
        if scope.shift.is_complex or any(np.iscomplexobj(arrays.plain(it)) for it in inside):
            raise NestedError
        if not node.by:
            return self._by_argument(node, scope)
        terms = self.largest_term
        raw, inputs = self._raw(node, scope)
        if scope.shift is self.root:
            self.noted(raw)
            self.noted(self.value(node.of, scope))
            self.largest_term = terms  # what is differentiated is no term of what is compared
            self.nonzero[node] = self.nonzero.get(node, False) or bool(np.any(raw != 0))
        picks: list[Any] = [slice(None)] * (raw.ndim - sum(map(len, inputs)))
        kept: list[tuple[int, ...]] = []
        for by, size in zip(node.by, inputs, strict=True):
            if isinstance(by, Entry):
                place = [None if it is None else self.whole(it, scope) for it in by.indices]
                picks += self._places(place, size, by)
                kept.append(tuple([] if None not in place else [1]))
            else:
                picks += [slice(None)] * len(size)
                kept.append(size)
        out = raw.shape[: raw.ndim - sum(map(len, inputs))]
        picked = raw[tuple(picks)] if picks else raw
        if any(isinstance(by, Entry) and None in by.indices for by in node.by):
            return picked.reshape(-1, 1)
        return self._laid_out(picked, tuple(out), kept, scope, node)

    def _places(self, place: list[int | None], size: tuple[int, ...], by: Entry) -> list[Any]:
        if len(size) == 2 and 1 in size and len(place) == 1:  # noqa: PLR2004
            place = [place[0], 1] if size[1] == 1 else [1, place[0]]
        if len(place) != len(size):
            raise misshapen(f"{arrays.named(size)} with {len(by.indices)} indices", by.at)
        for index, length in zip(place, size, strict=True):
            if index is not None and not 1 <= index <= length:
                message = f"an index is {index}, where entries run from 1 to {length}"
                raise misshapen(message, by.at)
        return [slice(None) if index is None else index - 1 for index in place]

    def _raw(self, node: Derivative, scope: Scope) -> tuple[Value, list[tuple[int, ...]]]:
        """The derivative by whole arrays: the value's axes, then those of each variable in turn."""
        bases = [by.base if isinstance(by, Entry) else by for by in node.by]
        key = self._key(node, bases, scope)
        memo = scope.shift.memo
        if key is not None and key in memo:
            found: tuple[Value, list[tuple[int, ...]]] = memo[key]
            return found
        moves = [self._move(base, scope) for base in bases]
        inputs = [arrays.shape(start) for start, _ in moves]

        def at(offsets: tuple[Value, ...]) -> Value:
            inside = scope
            for (_, move), offset in zip(moves, offsets, strict=True):
                inside = move(inside, offset)
            return self._inner_value(node, inside)

        made = self._differentiated(at, inputs, scope, node)
        if key is not None:
            memo[key] = (made, inputs)
        return made, inputs

    def _key(self, node: Derivative, bases: list[Node], scope: Scope) -> Any:  # noqa: ANN401
        """What tells this derivative from others in a memory; None where it must not be kept."""
        if scope.arguments:
            return None
        inside = (node.of, *bases)
        letters = sorted(
            {it.name for base in inside for it in walk(base) if isinstance(it, Letter)}
        )
        bound = tuple((name, scope.letters.get(name)) for name in letters)
        return (node.of, tuple(bases), bound, scope.known(), scope.partial)

    def _inner_value(self, node: Derivative, inside: Scope) -> Value:
        """The numerator; for a local derivative, its own definition and nothing behind it."""
        if inside.partial != "local":
            return self.value(node.of, inside)
        of, entry = (node.of.base, node.of) if isinstance(node.of, Entry) else (node.of, None)
        definition = self.vocabulary.definitions.get(of.name) if isinstance(of, Sym) else None
        if definition is None or not isinstance(of, Sym):
            return self.value(node.of, inside)
        if definition.entries:
            if entry is None:
                message = "a local derivative of an array that is defined by entries"
                raise unreadable(message, node.at, "write it by entries")
            places = [self.whole(it, inside) for it in entry.indices if it is not None]
            letters = dict(zip(definition.entries, places, strict=True))
            return self.value(definition.body, inside.outside().at(**letters))
        letters = dict(zip(definition.slots, self.slots(of.slots, inside), strict=True))
        made = self.value(definition.body, inside.outside().at(**letters))
        if entry is None:
            return made
        flat = made.reshape(-1) if 1 in arrays.shape(made) and len(entry.indices) == 1 else made
        return flat[tuple(self.whole(it, inside) - 1 for it in entry.indices if it is not None)]

    def _move(self, base: Node, scope: Scope) -> tuple[Value, Callable[[Scope, Value], Scope]]:
        """The variable's value, and how a scope is made in which it is moved."""
        if isinstance(base, Apply):
            base = Sym(base.name, base.slots, at=base.at)
        if not isinstance(base, Sym):
            raise unreadable("no derivative can be taken by this", base.at)
        name = base.name
        if name in scope.arguments and not base.slots:
            start = scope.arguments[name]

            def argument(inside: Scope, offset: Value) -> Scope:
                arguments = {**inside.arguments, name: inside.arguments[name] + offset}
                return replace(inside, arguments=arguments)

            return start, argument
        if name in scope.outcomes and self.vocabulary.symbols[name].is_outcome:
            index, start = scope.outcomes[name]

            def outcome(inside: Scope, offset: Value) -> Scope:
                return inside.happened({name: (index, inside.outcomes[name][1] + offset)})

            return start, outcome
        if self.vocabulary.symbols[name].size is not None:
            raise unreadable("no derivative by a size", base.at)
        slots = self.slots(base.slots, scope)
        own = self.vocabulary.literal(name, slots) if slots else None
        key = (own, ()) if own else (name, slots)

        def symbol(inside: Scope, offset: Value) -> Scope:
            is_local = scope.partial == "local"
            return inside.under(Shift({key: offset}, inside.shift, held=is_local))

        return self.member(name, slots, scope, base.at), symbol

    def _differentiated(
        self,
        at: Callable[[tuple[Value, ...]], Value],
        inputs: list[tuple[int, ...]],
        scope: Scope,
        node: Derivative,
    ) -> Value:
        zeros = tuple(np.zeros(size) for size in inputs)

        def partial(depth: int, offsets: tuple[Value, ...]) -> Value:
            if depth == len(inputs):
                return at(offsets)

            def along(offset: Value) -> Value:
                return partial(depth + 1, (*offsets, offset))

            return jacobian(along)(zeros[depth])

        # the last variable is differentiated by first, so its axes come right behind the value's
        made = partial(0, ())
        count = len(inputs)
        if count > 1:
            made = self._in_order(made, inputs)
        if scope.shift is self.root:
            self._confirm(made, at, inputs, node)
        return made

    def _in_order(self, made: Value, inputs: list[tuple[int, ...]]) -> Value:
        """Put the axes of the variables into the order in which they are written."""
        ndim = len(arrays.shape(made))
        blocks: list[list[int]] = []
        position = ndim
        for size in inputs:
            position -= len(size)
            blocks.append(list(range(position, position + len(size))))
        axes = [*range(position), *(axis for block in blocks for axis in block)]
        return anp.transpose(made, axes)

    def _confirm(
        self,
        made: Value,
        at: Callable[[tuple[Value, ...]], Value],
        inputs: list[tuple[int, ...]],
        node: Derivative,
    ) -> None:
        """Compare with a second way along one random direction.

        Raises: MathError of kind NAN where the two ways disagree.
        """
        if not np.all(np.isfinite(made)):
            return
        generator = np.random.default_rng(zlib.crc32(repr(node.of).encode()))
        steps = [generator.normal(size=size) for size in inputs]
        ours = made
        for step in reversed(steps):
            ours = np.tensordot(ours, step, axes=step.ndim) if step.ndim else ours * step
        theirs, tolerance = self._other_way(at, steps)
        if theirs is None:
            return
        self.confirmations += 1
        scale = max(1.0, float(np.max(np.abs(ours), initial=0.0)))
        error = float(np.max(np.abs(ours - theirs), initial=0.0))
        if not error <= tolerance * scale * 10:
            message = "two ways of differentiation disagree here"
            hint = "the formula is not smooth at the instance: exclude the kink by `where`"
            raise MathError(Kind.NAN, message, node.at, hint)

    def _other_way(
        self, at: Callable[[tuple[Value, ...]], Value], steps: list[Value]
    ) -> tuple[Value | None, float]:
        """A complex step for a first derivative; central differences where that cannot be."""
        if len(steps) == 1:
            try:
                return np.imag(at((steps[0] * (1j * STEP),))) / STEP, AGREES
            except NestedError:
                pass

        def along(offsets: tuple[float, ...]) -> Value:
            return at(tuple(step * h for step, h in zip(steps, offsets, strict=True)))

        return _central(along, len(steps)), AGREES_ROUGHLY

    def _by_argument(self, node: Derivative, scope: Scope) -> Value:
        if not isinstance(node.of, Apply):
            raise unreadable("a derivative by what?", node.at, r"write `\nabla_x`")
        of = node.of
        point = self.value(of.arguments[0], scope)
        slots = self.slots(of.slots, scope)

        def function(value: Value) -> Value:
            return self.call(of.name, slots, (value,), scope)

        for _ in range(node.order):
            function = jacobian(function)
        made = function(point * 1.0)
        size = arrays.shape(point)
        out = tuple(made.shape[: made.ndim - node.order * len(size)])
        return self._laid_out(made, out, [size] * node.order, scope, node)

    def _laid_out(
        self,
        made: Value,
        out: tuple[int, ...],
        inputs: list[tuple[int, ...]],
        scope: Scope,
        node: Derivative,
    ) -> Value:
        """A derivative as a number, column or matrix, in the layout that is asked for."""
        inputs = [size for size in inputs if size]
        if not inputs:
            return arrays.transpose(made) if scope.layout == "denominator" else made
        if not out and len(inputs) == 1:
            is_flat = scope.layout != "numerator"
            return made if is_flat else arrays.transpose(made)
        is_flat = all(len(it) == 2 and it[1] == 1 for it in (out or (1, 1), *inputs))  # noqa: PLR2004
        if is_flat and len(inputs) == 1 + (not out):
            rows = out[0] if out else inputs[0][0]
            made = made.reshape(rows, -1)
            is_transposed = scope.layout == "denominator" and bool(out)
            return arrays.transpose(made) if is_transposed else made
        message = f"{arrays.named(out)} by {arrays.named(inputs[0])} is no matrix"
        raise misshapen(message, node.at, "write it by entries, with indices")


def _central(function: Callable[[tuple[float, ...]], Value], count: int) -> Value:
    """A mixed derivative along `count` directions by central differences of fourth order."""
    weights = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))

    def along(fixed: tuple[float, ...]) -> Value:
        if len(fixed) == count:
            return function(fixed)
        return sum(weight * along((*fixed, k * DIFFERENCE)) for k, weight in weights) / DIFFERENCE

    return along(())
