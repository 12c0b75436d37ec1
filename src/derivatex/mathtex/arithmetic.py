"""The values of sums, products, functions and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import autograd.numpy as anp
import numpy as np

from derivatex.mathtex import arrays, tree
from derivatex.mathtex.depends import open_parameters
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.machine import Machine
from derivatex.mathtex.scope import Same
from derivatex.mathtex.tree import Apply, Big, Cases, Matrix, Named, Node, Norm, Optimum

if TYPE_CHECKING:
    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.scope import Scope
    from derivatex.mathtex.vocabulary import Symbol


class Arithmetic(Machine):
    """The part of the evaluator that computes."""

    def add(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """A sum."""
        values = [self.value(term, scope) for term in node.terms]
        if scope.shift is self.root:
            for value in values:
                self.noted(value)
        return arrays.add(values)

    def noted(self, value: Value) -> None:
        """Remember the size of a number on the way."""
        size = _largest(value)
        self.peak = max(self.peak, size)  # a NaN leaves it
        self.largest_term = max(self.largest_term, size)

    def mul(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """A product."""
        made = self.value(node.factors[0], scope)
        for factor in node.factors[1:]:
            other = self.value(factor, scope)
            if scope.shift is self.root and arrays.shape(made) and arrays.shape(other):
                self.noted(_largest(made) * _largest(other))  # entries of a matrix product are sums
            made = arrays.mul(made, other)
        return made

    def hadamard(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """A product entry by entry."""
        made = self.value(node.factors[0], scope)
        for factor in node.factors[1:]:
            made = arrays.entrywise(made, self.value(factor, scope))
        return made

    def hadamard_div(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """A quotient entry by entry."""
        over, under = self.value(node.over, scope), self.value(node.under, scope)
        return arrays.entrywise(over, 1.0 / under)

    def pow(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """A power."""
        if isinstance(node.base, tree.Constant) and node.base.name == "e":
            exponent = self.value(node.exponent, scope)
            if arrays.shape(exponent):
                raise misshapen(r"`e` to an array", node.at, r"write `\exp(…)` for its entries")
            return anp.exp(exponent)
        if _is_even_power_of_norm(node):
            inside = self.value(node.base.of, scope)
            if arrays.shape(inside):  # smooth at zero, where the norm itself is not
                self.norm(node.base, scope)
                return anp.sum(inside * inside) ** (int(node.exponent.text) // 2)
        return arrays.power(self.value(node.base, scope), self.value(node.exponent, scope))

    def norm(self, node: Norm, scope: Scope) -> Value:
        """A norm."""
        inside = self.value(node.of, scope)
        if isinstance(node.kind, Node):
            return arrays.norm(inside, "p", self.value(node.kind, scope))
        if node.kind == "2" and 1 not in arrays.shape(inside) and arrays.shape(inside):
            message = "the 2-norm of a matrix is its largest singular value, which is not read"
            raise unreadable(message, node.at, r"write `\|W\|_F` for the Frobenius norm")
        return arrays.norm(inside, node.kind)

    def abs(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """An absolute value."""
        inside = self.value(node.of, scope)
        if arrays.shape(inside):
            hint = r"write `\det K`, `\|x\|` or `\operatorname{abs}(x)` for its entries"
            raise misshapen(f"`|…|` of {arrays.named(arrays.shape(inside))}", node.at, hint)
        return arrays.absolute(inside)

    def inner(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """An inner product."""
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if scope.shift is self.root:
            self.noted(_largest(left) * _largest(right))
        return anp.sum(arrays.entrywise(left, right))

    def root_of(self, node: Any, scope: Scope) -> Value:  # noqa: ANN401
        """A root."""
        degree = None if node.degree is None else self.value(node.degree, scope)
        return arrays.root(self.value(node.of, scope), degree)

    def matrix(self, node: Matrix, scope: Scope) -> Value:
        """A matrix of numbers or blocks."""
        rows = [[self.value(cell, scope) for cell in row] for row in node.rows]
        blocks = [[anp.array([[it]]) if arrays.is_number(it) else it for it in row] for row in rows]
        try:
            return anp.concatenate([anp.concatenate(row, axis=1) for row in blocks], axis=0)
        except ValueError:
            raise misshapen("the blocks of a matrix do not fit together", node.at) from None

    # functions

    def named(self, node: Named, scope: Scope) -> Value:
        """A function of this library."""
        if (
            node.name == "log"
            and not node.primes
            and isinstance(node.arguments[0], (tree.LawCall, tree.Normal, tree.Div))
        ):
            return self.log_of(node.arguments[0], scope)
        values = [self.value(argument, scope) for argument in node.arguments]
        if node.name in {"max", "min"}:
            made = values[0] if node.name == "max" else -values[0]
            for value in values[1:]:
                made = arrays.pairwise_largest(made, value if node.name == "max" else -value)
            return made if node.name == "max" else -made
        if node.name == "kronecker":
            return float(arrays.re(values[0]) == arrays.re(values[1]))
        if node.name == "trace" and scope.shift is self.root:
            self.noted(values[0])
        function = arrays.FUNCTIONS[node.name]
        if node.name not in arrays.ENTRYWISE and node.primes:
            raise unreadable(f"no derivative of `{node.name}` by a prime", node.at)
        return self.primed(function, node.primes, values)

    def apply(self, node: Apply, scope: Scope) -> Value:
        """A declared function, or its derivative, at its arguments."""
        values = [self.value(argument, scope) for argument in node.arguments]
        slots = self.slots(node.slots, scope)
        return self.primed(
            lambda *them: self.call(node.name, slots, them, scope), node.primes, values
        )

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
                self.call_once(
                    name,
                    slots,
                    tuple(v if f is None else f[k] for v, f in zip(values, flat, strict=True)),
                    scope,
                )
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
            return self.instance.function(symbol, slots, size)(*values)
        outcomes = open_parameters(definition.parameters, self.vocabulary)
        arguments = {
            parameter: value
            for parameter, value in zip(definition.parameters, values, strict=True)
            if parameter not in outcomes
        }
        inside = scope.within(arguments).at(**dict(zip(definition.slots, slots, strict=True)))
        if isinstance(definition.body, Optimum):
            return self.optimal(definition, inside)
        return self.deeper(definition.body, inside)

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

    def big(self, node: Big, scope: Scope) -> Value:
        """A sum, product, maximum or minimum over indices or outcomes."""
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

    def cases(self, node: Cases, scope: Scope) -> Value:
        """The branch that applies; where several do, they must agree."""
        made: list[Value] = []
        for k, branch in enumerate(node.branches):
            is_taken = branch.condition is None and not made
            if branch.condition is not None:
                is_taken = self.holds(branch.condition, scope)
            if is_taken:
                self.reached.setdefault(Same(node), set()).add(k)
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


def _largest(value: Value) -> float:
    """The largest absolute value of its entries; NaN where one is undefined."""
    bare = arrays.plain(value)
    return float(abs(bare) if isinstance(bare, float) else np.max(np.abs(bare), initial=0.0))
