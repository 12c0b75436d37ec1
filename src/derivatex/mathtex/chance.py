"""Probability by stand-ins: finite tables summed, normal laws by Gauss-Hermite quadrature."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import autograd.numpy as anp
import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import dependencies, names_in, open_outcomes
from derivatex.mathtex.errors import misshapen, unreadable
from derivatex.mathtex.machine import Machine
from derivatex.mathtex.scope import Scope, Shift
from derivatex.mathtex.tree import (
    Big,
    Div,
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
    from derivatex.mathtex.vocabulary import Law, Symbol

NODES = {1: 32, 2: 16}  # of the quadrature, for each axis, by the number of axes
MAX_RANDOM = 14  # entries with two-point laws: 2 to that power instances
NAMELESS = "*"  # the outcome of a normal law that names none


class Chance(Machine):
    """The part of the evaluator that knows laws."""

    # outcomes

    def outcome_value(self, symbol: Symbol, scope: Scope) -> Value:
        """What an outcome is worth: under a law its point there, else a random one."""
        if symbol.name in scope.outcomes:
            return scope.outcomes[symbol.name][1]
        return self.instance.value(symbol, (), self.declared_shape(symbol, ()))

    def is_continuous(self, name: str) -> bool:
        """Whether an outcome has a normal law."""
        laws = [it.law for it in self.vocabulary.symbols.values() if it.law]
        return any(law.normal is not None and name in law.of for law in laws)

    def count(self, name: str) -> int:
        """How many values an outcome takes; differs from outcome to outcome."""
        memo = self.instance.memo
        if ("counts",) not in memo:
            outcomes = [it.name for it in self.vocabulary.symbols.values() if it.is_outcome]
            order = self.instance.generator("outcomes").permutation(len(outcomes))
            memo["counts",] = {it: 2 + int(k) for it, k in zip(outcomes, order, strict=True)}
        counts: dict[str, int] = memo["counts",]
        return counts[name]

    def points(self, name: str) -> list[Value]:
        """The values that an outcome takes."""
        memo = self.instance.memo
        if ("points", name) not in memo:
            symbol = self.vocabulary.symbols[name]
            size = self.declared_shape(symbol, ())
            generator = self.instance.generator("points " + name)
            drawn = generator.normal(size=(self.count(name), *size))
            columns = [it.reshape(-1, 1) if len(size) == 1 else it for it in drawn]
            memo["points", name] = [float(it) if not size else it for it in columns]
        found: list[Value] = memo["points", name]
        return found

    def happenings(self, names: tuple[str, ...], scope: Scope) -> Iterator[Scope]:
        """A scope for each combination of the values of finite outcomes."""
        for place in product(*(range(self.count(name)) for name in names)):
            yield scope.happened(
                {name: (k, self.points(name)[k]) for name, k in zip(names, place, strict=True)}
            )

    def free_outcomes(self, nodes: tuple[Node, ...], scope: Scope) -> Iterator[Scope]:
        """A scope for each combination of the finite outcomes that formulas leave open."""
        memo = self.instance.memo.setdefault("open outcomes", {})
        names: set[str] = set()
        for node in nodes:
            if node not in memo:
                memo[node] = open_outcomes(node, self.vocabulary)
            names |= memo[node]
        free = sorted(it for it in names - scope.outcomes.keys() if not self.is_continuous(it))
        yield from self.happenings(tuple(free), scope)

    # laws

    def probability(self, node: LawCall, scope: Scope) -> Value:
        """The probability, or the density of a normal law, at the outcomes of the scope."""
        self.used_chance = True
        law = self.vocabulary.symbols[node.name].law
        if law is None:
            raise AssertionError(node.name)
        if law.normal is not None:
            value = self.member(node.of[0], (), scope)
            mean, variance = (self.value(it, scope) for it in law.normal)
            return _density(value, mean, variance)
        table, axes = self._table(node.name, law, scope), law.of + law.given
        known = {*node.of, *node.given}
        for name in law.given:
            if name not in known and name not in scope.outcomes:
                raise unreadable(f"`{node.name}` given which `{name}`?", node.at)
        missing = [name for name in known if name not in scope.outcomes]
        if missing:
            hint = rf"write `\mathbb{{E}}` or `\sum_{{{missing[0]}}}`"
            raise unreadable(f"the outcome `{missing[0]}` is not bound here", node.at, hint)
        joint = self._marginal(table, axes, law, known, scope)
        given = set(node.given) & set(law.of)
        if not given:
            return joint
        return joint / self._marginal(table, axes, law, {*node.given, *law.given}, scope)

    def _marginal(
        self, table: Value, axes: tuple[str, ...], law: Law, kept: set[str], scope: Scope
    ) -> Value:
        """A table at the outcomes that are kept, summed over the others."""
        picks: list[Any] = []
        for name in axes:
            is_kept = name in kept or name in law.given
            picks.append(scope.outcomes[name][0] if is_kept else slice(None))
        return anp.sum(table[tuple(picks)])

    def _table(self, name: str, law: Law, scope: Scope) -> Value:
        shift = scope.shift
        depends = self.depends(name)
        while shift.parent is not None and depends.isdisjoint(shift.names):
            shift = shift.parent
        for parameter in law.parameters:
            self.member(parameter, (), scope)  # so that it is known what the table is made of
        key = ("table", name)
        if key not in shift.memo:
            sizes = tuple(self.count(it) for it in law.of + law.given)
            generator = self.instance.generator("table " + name)
            weights = generator.uniform(-1.0, 1.0, size=sizes)
            for parameter in law.parameters:
                value = self.member(parameter, (), scope.under(shift))
                flat = value.reshape(-1) if arrays.shape(value) else anp.array([value])
                slopes = generator.uniform(-0.8, 0.8, size=(*sizes, arrays.shape(flat)[0]))
                weights = weights + anp.dot(slopes, flat)
            powers = anp.exp(weights)
            axes = tuple(range(len(law.of)))
            shift.memo[key] = powers / anp.sum(powers, axis=axes, keepdims=True)
        return shift.memo[key]

    def density(self, node: Normal, scope: Scope) -> Value:
        """The density of a normal law at its point, or at the outcome that a divergence is over."""
        self.used_chance = True
        if node.point is not None:
            point = self.value(node.point, scope)
        elif NAMELESS in scope.outcomes:
            point = scope.outcomes[NAMELESS][1]
        else:
            hint = r"write `\mathcal{N}(z; \mu, \sigma^2)`"
            raise unreadable("the density of a normal law at which point?", node.at, hint)
        return _density(point, self.value(node.mean, scope), self.value(node.variance, scope))

    def log_of(self, node: Node, scope: Scope) -> Value:
        """The logarithm of a formula; that of a normal density does not underflow."""
        if isinstance(node, Div) and all(map(self._normal_of, (node.over, node.under))):
            return arrays.add([self.log_of(node.over, scope), -self.log_of(node.under, scope)])
        normal = self._normal_of(node)
        is_at_point = not isinstance(node, Normal) or node.point is not None
        if normal is None or not is_at_point:
            return arrays.log(self.value(node, scope))
        self.used_chance = True
        if isinstance(node, Normal) and node.point is not None:
            point = self.value(node.point, scope)
        else:
            point = self.member(node.of[0], (), scope)  # type: ignore[attr-defined]
        return _log_density(point, *(self.value(it, scope) for it in normal))

    # expectations

    def support(
        self, variables: tuple[str, ...], law: Node, scope: Scope
    ) -> Iterator[tuple[Value, Scope]]:
        """Weights and scopes whose weighted sum is an expectation under a law."""
        normal = self._normal_of(law)
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

    def _normal_of(self, law: Node) -> tuple[Node, Node] | None:
        if isinstance(law, Normal):
            return law.mean, law.variance
        if isinstance(law, LawCall):
            known = self.vocabulary.symbols[law.name].law
            return known.normal if known else None
        return None

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
            if is_its and self._normal_of(law) is not None:
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
        law = next((it for it in walk(node.left) if self._normal_of(it) is not None), node.left)
        if node.kind == "KL" and self._normal_of(law) is not None:
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


def _density(value: Value, mean: Value, variance: Value) -> Value:
    return anp.exp(_log_density(value, mean, variance))


def _log_density(value: Value, mean: Value, variance: Value) -> Value:
    shape = arrays.shape(variance)
    if len(shape) == 2 and shape[0] == shape[1] and shape[0] > 1:  # noqa: PLR2004
        variance = arrays.diag(variance)
    parts = -((value - mean) ** 2) / (2 * variance) - 0.5 * anp.log(2 * np.pi * variance)
    if arrays.shape(value) and not arrays.shape(parts):
        raise misshapen("the outcome of a normal law and its mean differ in shape")
    return anp.sum(parts)


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
