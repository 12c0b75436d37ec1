"""Minima and maxima: what is claimed to be one is tested; smooth ones can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import autograd.numpy as anp
import numpy as np
from autograd import grad, jacobian
from autograd.tracer import isbox

from derivatex.mathtex import arrays
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.machine import Machine
from derivatex.mathtex.scope import Scope, Shift
from derivatex.mathtex.tree import Apply, Optimum, Subdifferential

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.vocabulary import Definition

RADII = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
STEP = 1e-6  # of a one-sided slope
SLOPE = 2e-5  # the steepest descent that counts as rounding
FLAT = 1e-7  # the largest gradient that counts as zero
KINK = 1e-9  # the second difference from which on a function is not smooth at a point
ROUNDING = 1e-12  # of a value of the function
LOWER = 1e-9  # how far below a point may lie by rounding
RANDOM_DIRECTIONS = 6
MAX_AXES = 24
NEWTON_STEPS = 60


class Optima(Machine):
    """The part of the evaluator that knows optima."""

    def objective(self, node: Optimum, scope: Scope) -> Callable[[Value], Value]:
        """What is minimised, as a function of the variable; a maximum is turned round."""
        name = node.variable.name
        slots = self.slots(node.variable.slots, scope)
        sign = -1.0 if node.kind.endswith("max") else 1.0

        def function(value: Value) -> Value:
            if name in scope.arguments:
                inside = scope.within({**scope.arguments, name: value})
                return sign * self.value(node.body, inside)
            start = self.member(name, slots, scope)
            inside = scope.under(Shift({(name, slots): value - start}, scope.shift))
            return sign * self.value(node.body, inside)

        return function

    def variable_shape(self, node: Optimum, scope: Scope) -> tuple[int, ...]:
        """The shape of what an optimum is over."""
        slots = self.slots(node.variable.slots, scope)
        symbol = self.vocabulary.symbols[node.variable.name]
        if node.variable.name in scope.arguments:
            return arrays.shape(scope.arguments[node.variable.name])
        if symbol.shape is None:
            return arrays.shape(self.member(node.variable.name, slots, scope))
        size = self.declared_shape(symbol, slots)
        return (*size, 1) if len(size) == 1 else size

    def why_not_optimal(self, node: Optimum, at: Value, scope: Scope) -> str:
        """What is wrong with a claimed optimum; empty where nothing is.

        It must lie in the variable's domain; no feasible direction may lead down to first order,
        and no feasible point at several distances may lie lower.
        """
        shape = self.variable_shape(node, scope)
        if arrays.shape(at) != shape:
            here = arrays.named(arrays.shape(at))
            raise misshapen(f"the optimum is {arrays.named(shape)}, this is {here}", node.at)
        domain = self.vocabulary.symbols[node.variable.name].domain
        if not is_feasible(at, domain):
            return f"it is not in the domain `{domain}`"
        function = self.objective(node, scope)
        start = np.asarray(at, dtype=float)
        best = float(function(at))
        if not np.isfinite(best):
            raise MathError(Kind.NAN, "what is minimised is undefined at this point", node.at)
        generator = np.random.default_rng(start.size)
        word = "higher" if node.kind.endswith("max") else "lower"
        tolerance = 1 + abs(best)
        for way in directions(start, domain, generator):
            for length in (STEP, *RADII):
                other = start + length * way
                if not is_feasible(other, domain):
                    continue
                value = float(function(other if other.shape else float(other)))
                if length == STEP and (value - best) / length < -SLOPE * tolerance:
                    slope = abs(value - best) / length
                    return f"a step away from it leads to {word} values, at a slope of {slope:.3g}"
                if length != STEP and value < best - LOWER * tolerance:
                    return f"at a distance of {length:g} the value is {word} by {best - value:.3g}"
        return self._why_not_flat(function, start, domain)

    def _why_not_flat(self, function: Callable[[Value], Value], start: Value, domain: str) -> str:
        """Where it is smooth, the gradient must vanish, or point out of the domain at its bounds.

        On the simplex it must be the same for all entries that are not zero.
        """
        slopes = grad(function)(start * 1.0)
        if not np.all(np.isfinite(slopes)):
            return ""
        is_low = (start < STEP) & (domain in {"positive", "unit", "simplex"})
        is_high = (start > 1 - STEP) & (domain == "unit")
        if domain == "simplex":
            slopes = slopes - np.mean(slopes[~is_low])
        scale = 1 + abs(float(function(start)))
        for place in np.ndindex(*start.shape):
            slope = float(slopes[place])
            wrong = max(-slope, 0.0) if is_low[place] else abs(slope)
            if is_high[place]:
                wrong = max(slope, 0.0)
            if wrong <= FLAT * scale * 10:
                continue
            if domain == "simplex":
                return f"the slope along the simplex is {wrong:.3g}, not zero"
            if is_low[place] or is_high[place]:
                return f"at the bound of its domain the slope is {wrong:.3g} inwards"
            step = np.zeros(start.shape)
            step[place] = STEP
            up = float(function(start + step)) + float(function(start - step))
            is_kink = abs(up - 2 * float(function(start))) > KINK + ROUNDING * scale
            if not is_kink:
                return f"the gradient there is {wrong:.3g}, not zero"
        return ""

    def why_no_subgradient(self, node: Subdifferential, value: Value, scope: Scope) -> str:
        """What is wrong with a claimed subgradient of a convex function; empty where nothing is.

        Check: h(v) >= h(u) + <g, v - u> for all v.
        """
        if not isinstance(node.function, Apply) or len(node.function.arguments) != 1:
            raise unreadable(r"`\partial` of what?", node.at, r"write `\partial h(u)`")
        of = node.function
        point = self.value(of.arguments[0], scope)
        slots = self.slots(of.slots, scope)
        if arrays.shape(value) != arrays.shape(point):
            if arrays.shape(value) or float(value) != 0.0:
                one, two = (arrays.named(arrays.shape(it)) for it in (point, value))
                raise misshapen(f"a subgradient at {one} is not {two}", node.at)
            value = 0.0 * point
        start, slope = np.asarray(point, dtype=float), np.asarray(value, dtype=float)
        best = float(self.call(of.name, slots, (point,), scope))
        generator = np.random.default_rng(start.size + 1)
        for way in directions(start, "real", generator):
            for length in (1e-5, *RADII):
                other = start + length * way
                here = other if other.shape else float(other)
                reached = float(self.call(of.name, slots, (here,), scope))
                short = best + length * float(np.sum(slope * way)) - reached
                if short > LOWER * (1 + abs(best) + abs(reached)):
                    return f"the line through the point lies above the function by {short:.3g}"
        return ""

    # finding

    def optimum_value(self, node: Optimum, scope: Scope) -> Value:
        """Where a smooth optimum lies, or its value."""
        place = self.found(node, scope)
        if node.kind.startswith("arg"):
            return place
        made = self.objective(node, scope)(place)
        return -made if node.kind == "max" else made

    def optimal(self, definition: Definition, scope: Scope) -> Value:
        """What is defined as an optimum: by a formula that was confirmed, else found."""
        formula = self.vocabulary.confirmed.get(definition.name)
        if formula is not None:
            names = dict(zip(definition.parameters, formula.parameters, strict=True))
            arguments = {
                names[name]: value for name, value in scope.arguments.items() if name in names
            }
            return self.value(formula.body, scope.within(arguments))
        return self.value(definition.body, scope)

    def found(self, node: Optimum, scope: Scope) -> Value:
        """A smooth optimum, by Newton's method from several places.

        Raises: MathError where none is found, or where a derivative is taken through it.
        """
        hint = "state its closed form in a relation of its own first"
        is_traced = any(
            isbox(it) or np.iscomplexobj(it)
            for it in (
                *scope.arguments.values(),
                *(v for s in scope.shift.chain() for v in s.moved.values()),
            )
        )
        if is_traced:
            raise unreadable("a derivative through an optimum", node.at, hint)
        shape = self.variable_shape(node, scope)
        domain = self.vocabulary.symbols[node.variable.name].domain
        function = self.objective(node, scope)
        wrapped = _unbounded(domain, shape)
        generator = np.random.default_rng(int(np.prod(shape)) if shape else 1)
        best: tuple[float, Value] | None = None
        for _ in range(3):
            start = generator.normal(size=int(np.prod(shape)) if shape else 1) * 0.5
            reached = _newton(lambda flat: function(wrapped(flat)), start)
            if reached is None:
                continue
            value = float(function(wrapped(reached)))
            if best is None or value < best[0]:
                best = (value, wrapped(reached))
        if best is None:
            raise unreadable("this optimum is not found by Newton's method", node.at, hint)
        return best[1]


def _unbounded(domain: str, shape: tuple[int, ...]) -> Callable[[Value], Value]:
    """From any numbers to a point of a domain."""

    def made(flat: Value) -> Value:
        if domain == "positive":
            flat = anp.exp(flat)
        elif domain == "unit":
            flat = 1 / (1 + anp.exp(-flat))
        elif domain == "simplex":
            powers = anp.exp(flat)
            flat = powers / anp.sum(powers)
        return flat.reshape(shape) if shape else flat[0]

    return made


def _newton(function: Callable[[Value], Value], start: Value) -> Value | None:
    """Damped Newton steps to where the gradient vanishes; None where they do not get there."""
    slope, curve = grad(function), jacobian(grad(function))
    here = start
    damping = 1e-3
    value = float(function(here))
    for _ in range(NEWTON_STEPS):
        g = slope(here)
        if not np.all(np.isfinite(g)):
            return None
        if np.max(np.abs(g)) < 1e-11 * (1 + abs(value)):
            return here
        h = curve(here)
        for _ in range(30):
            try:
                step = np.linalg.solve(h + damping * np.eye(len(g)), -g)
            except np.linalg.LinAlgError:
                step = -g
            other = float(function(here + step))
            if np.isfinite(other) and other <= value + 1e-13 * (1 + abs(value)):
                damping = max(damping / 10, 1e-14)
                break
            damping = max(damping * 10, 1e-8)
        here, value = here + step, other
    return here if np.max(np.abs(slope(here))) < 1e-8 * (1 + abs(value)) else None


def is_feasible(value: Value, domain: str) -> bool:
    """Whether a point lies in a domain that bounds a search."""
    match domain:
        case "positive" | "nonnegative":
            return bool(np.all(np.asarray(value) >= 0))
        case "negative":
            return bool(np.all(np.asarray(value) <= 0))
        case "unit":
            return bool(np.all((np.asarray(value) >= 0) & (np.asarray(value) <= 1)))
        case "simplex":
            total = float(np.sum(np.asarray(value)))
            return bool(np.all(np.asarray(value) >= -1e-12)) and abs(total - 1) < 1e-9  # noqa: PLR2004
    return True


def directions(start: Value, domain: str, generator: np.random.Generator) -> Iterator[Value]:
    """Unit steps along the axes, both ways, and random ones; along a simplex they sum to zero."""
    places = list(np.ndindex(*start.shape))[:MAX_AXES] if start.shape else [()]
    for place in places:
        for sign in (1.0, -1.0):
            step = np.zeros(start.shape)
            step[place] = sign
            if domain == "simplex":
                other = (places.index(place) + 1) % len(places)
                step[places[other]] = -sign
            yield step
    for _ in range(RANDOM_DIRECTIONS):
        step = generator.normal(size=start.shape)
        if domain == "simplex":
            step = step - np.mean(step)
        yield step / max(float(np.sqrt(np.sum(step**2))), 1e-12)
