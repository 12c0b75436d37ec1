"""What laws are worth: finite tables, normal densities, and the outcomes that they are over."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import autograd.numpy as anp
import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import open_outcomes
from derivatex.mathtex.errors import misshapen, unreadable
from derivatex.mathtex.machine import Machine
from derivatex.mathtex.scope import by_content
from derivatex.mathtex.tree import Div, LawCall, Node, Normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.scope import Scope
    from derivatex.mathtex.vocabulary import Law, Symbol

NAMELESS = "*"  # the outcome of a normal law that names none


class Laws(Machine):
    """The part of the evaluator that knows probabilities and densities."""

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
        replaced = {it: scope.arguments[it] for it in law.parameters if it in scope.arguments}
        for parameter in law.parameters:
            self.member(parameter, (), scope)  # so that it is known what the table is made of
        if replaced:  # within a function of its parameters
            shift = scope.shift
        key = ("table", name, *((it, by_content(value)) for it, value in replaced.items()))
        if key not in shift.memo:
            sizes = tuple(self.count(it) for it in law.of + law.given)
            generator = self.instance.generator("table " + name)
            weights = generator.uniform(-1.0, 1.0, size=sizes)
            for parameter in law.parameters:
                value = replaced.get(parameter)
                if value is None:
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
        if isinstance(node, Div) and all(map(self.normal_of, (node.over, node.under))):
            return arrays.add([self.log_of(node.over, scope), -self.log_of(node.under, scope)])
        normal = self.normal_of(node)
        is_at_point = not isinstance(node, Normal) or node.point is not None
        if normal is None or not is_at_point:
            return arrays.log(self.value(node, scope))
        self.used_chance = True
        if isinstance(node, Normal) and node.point is not None:
            point = self.value(node.point, scope)
        else:
            point = self.member(node.of[0], (), scope)  # type: ignore[attr-defined]
        return _log_density(point, *(self.value(it, scope) for it in normal))

    def normal_of(self, law: Node) -> tuple[Node, Node] | None:
        """The mean and the variance of a normal law; None for another."""
        if isinstance(law, Normal):
            return law.mean, law.variance
        if isinstance(law, LawCall):
            known = self.vocabulary.symbols[law.name].law
            return known.normal if known else None
        return None


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
