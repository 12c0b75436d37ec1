"""Expectations by stand-ins: finite tables summed, normal laws by Gauss-Hermite quadrature."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import autograd.numpy as anp
import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.errors import misshapen, unreadable
from derivatex.mathtex.laws import NAMELESS, Laws
from derivatex.mathtex.scope import Scope, Shift
from derivatex.mathtex.tree import (
    Big,
    Divergence,
    Expectation,
    Integral,
    LawCall,
    Node,
    Normal,
)
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.vocabulary import Symbol

NODES = {1: 32, 2: 16}  # of the quadrature, for each axis, by the number of axes
MAX_RANDOM = 14  # entries with two-point laws: 2 to that power instances


class Chance(Laws):
    """The part of the evaluator that sums and integrates over laws."""

    # expectations

    def support(
        self, variables: tuple[str, ...], law: Node, scope: Scope
    ) -> Iterator[tuple[Value, Scope]]:
        """Weights and scopes whose weighted sum is an expectation under a law."""
        normal = self.normal_of(law)
        if normal is None:
            for inside in self.happenings(variables, scope):
                yield self.value(law, inside), inside
            return
        if len(variables) != 1:
            raise unreadable("a normal law has one outcome", law.at)
        mean, variance = (self.value(it, scope) for it in normal)
        symbol = self.vocabulary.symbols.get(variables[0])
        size = self.declared_shape(symbol, ()) if symbol else arrays.shape(mean)[:1]
        spread = _spread(mean, variance, size, law)
        axes = size[0] if size else 1
        if axes not in NODES:
            hint = "keep it short: `d: {most: 2}`"
            raise unreadable(f"a normal law in {axes} dimensions", law.at, hint)
        for weight, node in _quadrature(axes):
            step = node.reshape(-1, 1) if size else float(node[0])
            value = mean + spread * step
            yield weight, scope.happened({variables[0]: (None, value), NAMELESS: (None, value)})

    def expectation(self, node: Expectation, scope: Scope) -> Value:
        """An expected value, or a variance of each entry."""
        self.used_chance = True
        if node.law is None:
            pairs = list(self._two_points(node.body, scope))
        else:
            pairs = list(self.support(node.variables, node.law, scope))
        values = [(weight, self.value(node.body, inside)) for weight, inside in pairs]
        if scope.shift is self.root:
            for weight, value in values:
                self.noted(weight * value)
        mean = _weighted(values)
        if node.kind == "mean":
            return mean
        return _weighted([(weight, (value - mean) ** 2) for weight, value in values])

    def integral(self, node: Integral, scope: Scope) -> Value:
        """A sum over finite outcomes, or a quadrature under a normal law of the integrand."""
        self.used_chance = True
        if not any(map(self.is_continuous, node.variables)):
            return arrays.add(
                [self.value(node.body, it) for it in self.happenings(node.variables, scope)]
            )
        if len(node.variables) != 1:
            raise unreadable("an integral over several normal outcomes", node.at)
        for law in walk(node.body):
            is_its = isinstance(law, LawCall) and node.variables[0] in law.of
            if is_its and self.normal_of(law) is not None:
                pairs = self.support(node.variables, law, scope)
                return _weighted(
                    [
                        (weight, self.value(node.body, inside) / self.value(law, inside))
                        for weight, inside in pairs
                    ]
                )
        raise unreadable("no normal law stands under this integral", node.at)

    def over_outcomes(self, node: Big, scope: Scope) -> Value:
        """A sum, product or maximum over finite outcomes."""
        self.used_chance = True
        names = tuple(binder.name for binder in node.binders)
        if any(map(self.is_continuous, names)):
            raise unreadable("a sum over a normal outcome", node.at, r"write `\int … \,dz`")
        values = [self.value(node.body, inside) for inside in self.happenings(names, scope)]
        if node.kind == "sum":
            if scope.shift is self.root:
                for value in values:
                    self.noted(value)
            return arrays.add(values)
        if node.kind == "prod":
            made: Value = 1.0
            for value in values:
                made = arrays.mul(made, value)
            return made
        return (arrays.largest if node.kind == "max" else arrays.smallest)(values)

    def divergence(self, node: Divergence, scope: Scope) -> Value:
        """The Kullback-Leibler or Jensen-Shannon divergence of two laws."""
        self.used_chance = True
        variables = self._compared(node, scope)
        law = next((it for it in walk(node.left) if self.normal_of(it) is not None), node.left)
        if node.kind == "KL" and self.normal_of(law) is not None:
            total = []
            for weight, inside in self.support(variables, law, scope):
                left, right = (self.log_of(it, inside) for it in (node.left, node.right))
                total.append((weight, left - right))
            return _weighted(total)
        made: Value = 0.0
        for inside in self.happenings(variables, scope):
            left, right = self.value(node.left, inside), self.value(node.right, inside)
            if arrays.shape(left) or arrays.shape(right):
                raise misshapen("a divergence is of two laws", node.at)
            if node.kind == "KL":
                made = made + left * (arrays.log(left) - arrays.log(right))
            else:
                middle = arrays.log((left + right) / 2)
                made = made + left * (arrays.log(left) - middle) / 2
                made = made + right * (arrays.log(right) - middle) / 2
        return made

    def _compared(self, node: Divergence, scope: Scope) -> tuple[str, ...]:
        """The outcomes over which two laws are compared."""
        found: dict[str, None] = {}
        for it in walk(node.left):
            if isinstance(it, LawCall):
                found |= dict.fromkeys(name for name in it.of if name not in scope.outcomes)
        if found:
            return tuple(found)
        if any(isinstance(it, Normal) for it in walk(node.left)):
            return (NAMELESS,)
        raise unreadable("a divergence over which outcome?", node.at, "name two laws")

    # independent two-point laws

    def random_value(self, symbol: Symbol, size: tuple[int, ...]) -> Value:
        """The mean of a random symbol; an expectation moves it to its two points."""
        if symbol.random is None:
            raise AssertionError(symbol.name)
        mean = self.value(symbol.random.mean, self.scope)
        shape = (*size, 1) if len(size) == 1 else size
        return mean * np.ones(shape) if size else mean

    def _two_points(self, body: Node, scope: Scope) -> Iterator[tuple[Value, Scope]]:
        names = set().union(*(dependencies(it, self.vocabulary) for it in names_in(body)))
        moving = [
            self.vocabulary.symbols[name]
            for name in sorted(names)
            if self.vocabulary.symbols.get(name) and self.vocabulary.symbols[name].random
        ]
        if not moving:
            hint = r"name its law, `\mathbb{E}_{z \sim q}`, or declare a symbol as `random`"
            raise unreadable("an expectation under which law?", body.at, hint)
        shapes = {it.name: self.declared_shape(it, ()) for it in moving}
        counts = {name: int(np.prod(size)) if size else 1 for name, size in shapes.items()}
        if sum(counts.values()) > MAX_RANDOM:
            hint = "keep its sizes small, such as `n: {most: 3}`"
            raise unreadable(f"{sum(counts.values())} random entries", body.at, hint)
        for choice in product((0, 1), repeat=sum(counts.values())):
            weight: Value = 1.0
            moved: dict[tuple[str, tuple[int, ...]], Value] = {}
            position = 0
            for symbol in moving:
                taken = choice[position : position + counts[symbol.name]]
                position += counts[symbol.name]
                chance, steps = self._two_point(symbol, scope)
                for it in taken:
                    weight = weight * (chance if it else 1 - chance)
                flat = anp.array([steps[it] for it in taken])
                size = shapes[symbol.name]
                shape = (*size, 1) if len(size) == 1 else size
                moved[symbol.name, ()] = flat.reshape(shape) if size else flat[0]
            yield weight, scope.under(Shift(moved, scope.shift))

    def _two_point(self, symbol: Symbol, scope: Scope) -> tuple[float, tuple[Value, Value]]:
        """The chance of the second point and both points, from the mean."""
        if symbol.random is None:
            raise AssertionError(symbol.name)
        chance = float(self.instance.generator("two points " + symbol.name).uniform(0.25, 0.45))
        spread = anp.sqrt(self.value(symbol.random.variance, scope))
        ratio = np.sqrt((1 - chance) / chance)
        return chance, (-spread / ratio, spread * ratio)


def _weighted(values: list[tuple[Value, Value]]) -> Value:
    return arrays.add([weight * value for weight, value in values])


def _spread(mean: Value, variance: Value, size: tuple[int, ...], law: Node) -> Value:
    """Standard deviations that fit the mean: of a number, a column, or a diagonal matrix."""
    shape = arrays.shape(variance)
    if len(shape) == 2 and shape[0] == shape[1] and shape[0] > 1:  # noqa: PLR2004
        variance = arrays.diag(variance)
        shape = arrays.shape(variance)
    if shape and shape != ((*size, 1) if len(size) == 1 else size):
        raise misshapen("mean and variance of a normal law differ in shape", law.at)
    if not arrays.shape(mean) and size and arrays.re(mean) != 0:
        raise misshapen("the mean of a normal law is a number, its outcome is not", law.at)
    return anp.sqrt(variance)


def _quadrature(axes: int) -> list[tuple[float, Any]]:
    """Weights and nodes of Gauss-Hermite quadrature for the standard normal law.

    Source: Abramowitz and Stegun (1964), 25.4.46, with x = t / sqrt(2).
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES[axes])
    weights = weights / np.sqrt(2 * np.pi)
    return [
        (float(np.prod(weights[list(place)])), nodes[list(place)])
        for place in product(range(len(nodes)), repeat=axes)
        if float(np.prod(weights[list(place)])) > 1e-18  # noqa: PLR2004
    ]
