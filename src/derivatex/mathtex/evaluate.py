"""The value of a formula on an instance."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import autograd.numpy as anp
import numpy as np

from derivatex.mathtex import arrays, tree
from derivatex.mathtex.calculus import Calculus
from derivatex.mathtex.chance import Chance
from derivatex.mathtex.conditions import Conditions
from derivatex.mathtex.depends import open_outcomes, open_parameters
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.optima import Optima
from derivatex.mathtex.scope import Key, Scope, Shift
from derivatex.mathtex.tree import (
    Apply,
    Big,
    Cases,
    Entry,
    Letter,
    Matrix,
    Named,
    Node,
    Norm,
    Optimum,
    Sym,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.instance import Instance
    from derivatex.mathtex.vocabulary import Definition, Symbol

MAX_STEPS = 200_000  # of one evaluation: what takes longer is refused


class Evaluator(Calculus, Chance, Optima, Conditions):
    """Evaluates formulas of one vocabulary on one instance.

    `peak` is the largest number met on the way, by which rounding is judged.
    """

    def __init__(self, instance: Instance, options: Mapping[str, str] | None = None) -> None:
        """Start with nothing moved."""
        self.instance = instance
        self.vocabulary = instance.vocabulary
        self.root = Shift()
        self.peak = 0.0
        self.steps = 0
        self.depth = 0
        self.reached: dict[int, set[int]] = {}
        self.confirmations = 0
        self.used_chance = False
        self.nonzero: dict[Node, bool] = {}
        self.trail: list[set[Key]] = []  # what the values are made of that are being evaluated
        self.touched: dict[Any, frozenset[Key]] = {}
        settings = options or {}
        self.scope = Scope(
            self.root,
            partial=settings.get("partial", "total"),
            layout=settings.get("layout", "mixed"),
        )

    def value(self, node: Node, scope: Scope) -> Value:
        """The value of a formula.

        Shapes: () for numbers, (n, 1) for columns, (m, n) for matrices.
        Raises: MathError where shapes do not fit or a formula cannot be evaluated.
        """
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise unreadable("this takes too long to evaluate", node.at, "make its sizes smaller")
        try:
            return TABLE[type(node)](self, node, scope)
        except MathError as error:
            if error.start is None and type(node) is not Sym:
                error.start = node.at
            raise
        except RecursionError:
            raise unreadable("this definition never ends", node.at, "give its first member") from None

    def whole(self, node: Node, scope: Scope) -> int:
        """A whole number: an index or a size."""
        if type(node) is Letter and node.name in scope.letters:
            return scope.letters[node.name]
        if type(node) is tree.Number and node.text.isdecimal():
            return int(node.text)
        value = arrays.plain(self.value(node, scope))
        if np.shape(value) or not float(np.real(value)).is_integer():
            raise misshapen("an index or a size is no whole number", node.at)
        return int(np.real(value))

    # symbols

    def _sym(self, node: Sym, scope: Scope) -> Value:
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
            return self.outcome_value(symbol, scope)
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
            return self._defined(own, slots, inside)

        return self.remembered((name, slots), scope.outside(), compute)

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
        self, full: Any, key: Key, scope: Scope, compute: Callable[[Scope], Value]  # noqa: ANN401
    ) -> None:
        self.trail.append({key, (key[0], ())} if full[0] else {key})  # an entry is of its array
        try:
            if full not in self.root.memo:
                self.root.memo[full] = compute(scope)
        finally:
            made_of = self.trail.pop()
        self.touched[full] = frozenset(made_of)

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
        return tuple(self.whole(size, self.scope.at(**letters)) for size in symbol.shape or ())

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
        return self._deeper(definition.body, scope.at(**letters))

    def _is_outside(
        self, symbol: Symbol, definition: Definition, slots: tuple[int, ...]
    ) -> bool:
        """Whether a declared family has a member that its definition does not reach."""
        if symbol.shape is None:
            return False
        for letter, slot in zip(definition.slots, slots, strict=True):
            low, high = self.range_of(letter, (), self.scope)
            if not low <= slot <= high:
                return True
        return False

    def _deeper(self, node: Node, scope: Scope) -> Value:
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
            return self._deeper(definition.body, inside.at(**letters))

        return self.remembered((definition.name, place), scope.outside(), compute, "entry")

    def _letter(self, node: Letter, scope: Scope) -> Value:
        if node.name not in scope.letters:
            hint = "bracket what a sum reaches over, or bind it by a sum"
            raise unreadable(f"the index `{node.name}` is not bound here", node.at, hint)
        return float(scope.letters[node.name])

    def _entry(self, node: Entry, scope: Scope) -> Value:
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
                raise misshapen(f"entry {index} of {high}", node.at, "restrict the index")
        return self.entry(definition, place, scope)

    # arithmetic

    def _add(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        values = [self.value(term, scope) for term in node.terms]
        if scope.shift is self.root:
            for value in values:
                self.noted(value)
        return arrays.add(values)

    def noted(self, value: Value) -> None:
        """Remember the size of a number on the way."""
        bare = arrays.plain(value)
        size = abs(bare) if isinstance(bare, float) else float(np.max(np.abs(bare), initial=0.0))
        if size > self.peak:  # false for NaN
            self.peak = size

    def _mul(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        made = self.value(node.factors[0], scope)
        for factor in node.factors[1:]:
            made = arrays.mul(made, self.value(factor, scope))
        return made

    def _hadamard(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        made = self.value(node.factors[0], scope)
        for factor in node.factors[1:]:
            made = arrays.entrywise(made, self.value(factor, scope))
        return made

    def _hadamard_div(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        over, under = self.value(node.over, scope), self.value(node.under, scope)
        return arrays.entrywise(over, 1.0 / under)

    def _pow(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        if isinstance(node.base, CONSTANT) and node.base.name == "e":
            exponent = self.value(node.exponent, scope)
            if arrays.shape(exponent):
                raise misshapen(r"`e` to an array", node.at, r"write `\exp(…)` for its entries")
            return anp.exp(exponent)
        if _is_even_power_of_norm(node):
            inside = self.value(node.base.of, scope)
            if arrays.shape(inside):  # smooth at zero, where the norm itself is not
                self._norm(node.base, scope)
                return anp.sum(inside * inside) ** (int(node.exponent.text) // 2)
        return arrays.power(self.value(node.base, scope), self.value(node.exponent, scope))

    def _norm(self, node: Norm, scope: Scope) -> Value:
        inside = self.value(node.of, scope)
        if isinstance(node.kind, Node):
            return arrays.norm(inside, "p", self.value(node.kind, scope))
        if node.kind == "2" and 1 not in arrays.shape(inside) and arrays.shape(inside):
            message = "the 2-norm of a matrix is its largest singular value, which is not read"
            raise unreadable(message, node.at, r"write `\|W\|_F` for the Frobenius norm")
        return arrays.norm(inside, node.kind)

    def _abs(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        inside = self.value(node.of, scope)
        if arrays.shape(inside):
            hint = r"write `\det K`, `\|x\|` or `\operatorname{abs}(x)` for its entries"
            raise misshapen(f"`|…|` of {arrays.named(arrays.shape(inside))}", node.at, hint)
        return arrays.absolute(inside)

    def _inner(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return anp.sum(arrays.entrywise(left, right))

    def _root(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        degree = None if node.degree is None else self.value(node.degree, scope)
        return arrays.root(self.value(node.of, scope), degree)

    def _matrix(self, node: Matrix, scope: Scope) -> Value:
        rows = [[self.value(cell, scope) for cell in row] for row in node.rows]
        blocks = [[anp.array([[it]]) if arrays.is_number(it) else it for it in row] for row in rows]
        try:
            return anp.concatenate([anp.concatenate(row, axis=1) for row in blocks], axis=0)
        except ValueError:
            raise misshapen("the blocks of a matrix do not fit together", node.at) from None

    # functions

    def _named(self, node: Named, scope: Scope) -> Value:
        values = [self.value(argument, scope) for argument in node.arguments]
        if node.name in {"max", "min"}:
            made = values[0] if node.name == "max" else -values[0]
            for value in values[1:]:
                made = arrays.pairwise_largest(made, value if node.name == "max" else -value)
            return made if node.name == "max" else -made
        if node.name == "kronecker":
            return float(arrays.re(values[0]) == arrays.re(values[1]))
        function = arrays.FUNCTIONS[node.name]
        if node.name not in arrays.ENTRYWISE and node.primes:
            raise unreadable(f"no derivative of `{node.name}` by a prime", node.at)
        return self.primed(function, node.primes, values)

    def _apply(self, node: Apply, scope: Scope) -> Value:
        values = [self.value(argument, scope) for argument in node.arguments]
        slots = self.slots(node.slots, scope)
        return self.primed(lambda *them: self.call(node.name, slots, them, scope), node.primes, values)

    def call(
        self, name: str, slots: tuple[int, ...], values: tuple[Value, ...], scope: Scope
    ) -> Value:
        """A function at values; a function of numbers maps over the entries of an array."""
        symbol = self.vocabulary.symbols[name]
        wanted = symbol.arguments or ()
        large = [arrays.shape(value) for value in values if arrays.shape(value)]
        if large and all(shape == () for shape in wanted):
            if any(size != large[0] for size in large):
                raise misshapen(f"`{symbol.tex}` of arrays that differ in shape")
            flat = [v.reshape(-1) if arrays.shape(v) else None for v in values]
            count = int(np.prod(large[0]))
            made = [
                self.call_once(name, slots, tuple(v if f is None else f[k] for v, f in zip(values, flat, strict=True)), scope)
                for k in range(count)
            ]
            return anp.array(made).reshape(large[0])
        return self.call_once(name, slots, values, scope)

    def call_once(
        self, name: str, slots: tuple[int, ...], values: tuple[Value, ...], scope: Scope
    ) -> Value:
        """A function at values of the shapes that it takes."""
        symbol = self.vocabulary.symbols[name]
        self._check_arguments(symbol, slots, values)
        definition = self.vocabulary.definitions.get(name)
        if definition is None:
            size = self.declared_shape(symbol, slots)
            return self.instance.function(symbol, size)(*values)
        outcomes = open_parameters(definition.parameters, self.vocabulary)
        arguments = {
            parameter: value
            for parameter, value in zip(definition.parameters, values, strict=True)
            if parameter not in outcomes
        }
        inside = scope.within(arguments).at(**dict(zip(definition.slots, slots, strict=True)))
        if isinstance(definition.body, Optimum):
            return self.optimal(definition, inside)
        return self._deeper(definition.body, inside)

    def _check_arguments(
        self, symbol: Symbol, slots: tuple[int, ...], values: tuple[Value, ...]
    ) -> None:
        letters = dict(zip((letter for letter, _ in symbol.slots), slots, strict=True))
        for wanted, value in zip(symbol.arguments or (), values, strict=True):
            size = tuple(self.whole(it, self.scope.at(**letters)) for it in wanted)
            size = (*size, 1) if len(size) == 1 else size
            if arrays.shape(value) != size:
                here = arrays.named(arrays.shape(value))
                raise misshapen(f"`{symbol.tex}` takes {arrays.named(size)}, not {here}")

    # sums

    def _big(self, node: Big, scope: Scope) -> Value:
        if node.binders and node.binders[0].is_outcome:
            return self.over_outcomes(node, scope)
        values = [self.value(node.body, inside) for inside in self.places(node, scope)]
        if node.kind in {"max", "min"}:
            if not values:
                raise misshapen(f"the {node.kind} over nothing", node.at)
            return (arrays.largest if node.kind == "max" else arrays.smallest)(values)
        if node.kind == "prod":
            made: Value = 1.0
            for value in values:
                made = arrays.mul(made, value)
            return made if values else self._empty_product(node, scope)
        if scope.shift is self.root:
            for value in values:
                self.noted(value)
        return arrays.add(values) if values else self._empty_sum(node, scope)

    def _empty_sum(self, node: Big, scope: Scope) -> Value:
        size = self._size_of_body(node, scope)
        return np.zeros(size) if size else 0.0

    def _empty_product(self, node: Big, scope: Scope) -> Value:
        size = self._size_of_body(node, scope)
        return np.eye(size[0]) if size and size[0] == size[1] else 1.0

    def _size_of_body(self, node: Big, scope: Scope) -> tuple[int, ...]:
        """The shape of what an empty sum adds up, from the first place where it has a value."""
        for k in (1, 2, 0):
            try:
                inside = scope.at(**{binder.name: k for binder in node.binders})
                return arrays.shape(self.value(node.body, inside))
            except MathError:
                continue
        return ()

    def _cases(self, node: Cases, scope: Scope) -> Value:
        made: list[Value] = []
        for k, branch in enumerate(node.branches):
            is_taken = branch.condition is None and not made
            if branch.condition is not None:
                is_taken = self.holds(branch.condition, scope)
            if is_taken:
                self.reached.setdefault(id(node), set()).add(k)
                made.append(self.value(branch.value, scope))
        if not made:
            raise MathError(Kind.NAN, "no branch of the cases applies", node.at)
        for other in made[1:]:
            if not np.allclose(arrays.plain(other), arrays.plain(made[0]), rtol=1e-9):
                raise MathError(Kind.FAIL, "two branches apply and differ", node.at)
        return made[0]


def _is_even_power_of_norm(node: tree.Pow) -> bool:
    base, exponent = node.base, node.exponent
    is_euclidean = isinstance(base, Norm) and base.kind in {"", "2", "F"}
    is_even = isinstance(exponent, tree.Number) and exponent.text in {"2", "4"}
    return is_euclidean and is_even


def _constant(self: Evaluator, node: Any, scope: Scope) -> Value:  # noqa: ANN401
    del self, scope
    return {"e": math.e, "pi": math.pi, "infinity": math.inf}[node.name]


CONSTANT = tree.Constant
TABLE: dict[type[Node], Callable[[Evaluator, Any, Scope], Value]] = {
    tree.Number: lambda _self, node, _scope: float(node.text),
    tree.Constant: _constant,
    tree.Val: lambda self, node, _scope: self.instance.val(node),
    tree.Sym: Evaluator._sym,
    tree.Letter: Evaluator._letter,
    tree.Entry: Evaluator._entry,
    tree.Add: Evaluator._add,
    tree.Neg: lambda self, node, scope: -self.value(node.of, scope),
    tree.Mul: Evaluator._mul,
    tree.Hadamard: Evaluator._hadamard,
    tree.HadamardDiv: Evaluator._hadamard_div,
    tree.Div: lambda self, node, scope: arrays.divide(
        self.value(node.over, scope), self.value(node.under, scope)
    ),
    tree.Pow: Evaluator._pow,
    tree.HadamardPow: lambda self, node, scope: (
        self.value(node.base, scope) ** self.value(node.exponent, scope)
    ),
    tree.Transpose: lambda self, node, scope: arrays.transpose(self.value(node.of, scope)),
    tree.PseudoInverse: lambda self, node, scope: arrays.pseudo_inverse(self.value(node.of, scope)),
    tree.Root: Evaluator._root,
    tree.Norm: Evaluator._norm,
    tree.Abs: Evaluator._abs,
    tree.Inner: Evaluator._inner,
    tree.Matrix: Evaluator._matrix,
    tree.Named: Evaluator._named,
    tree.Apply: Evaluator._apply,
    tree.Iverson: lambda self, node, scope: float(self.holds(node.condition, scope)),
    tree.Cases: Evaluator._cases,
    tree.Big: Evaluator._big,
    tree.Derivative: Evaluator.derivative,
    tree.Optimum: Evaluator.optimum_value,
    tree.LawCall: Evaluator.probability,
    tree.Normal: Evaluator.density,
    tree.Expectation: Evaluator.expectation,
    tree.Integral: Evaluator.integral,
    tree.Divergence: Evaluator.divergence,
}
