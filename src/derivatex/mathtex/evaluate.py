"""The value of a formula on an instance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from derivatex.mathtex import arrays, tree
from derivatex.mathtex.arithmetic import Arithmetic
from derivatex.mathtex.calculus import Calculus
from derivatex.mathtex.chance import Chance
from derivatex.mathtex.conditions import Conditions
from derivatex.mathtex.errors import MathError, misshapen, unreadable
from derivatex.mathtex.members import Members
from derivatex.mathtex.optima import Optima
from derivatex.mathtex.scope import Key, Same, Scope, Shift
from derivatex.mathtex.tree import Letter, Node, Sym

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.instance import Instance

MAX_STEPS = 200_000  # of one evaluation: what takes longer is refused


class Evaluator(Members, Arithmetic, Calculus, Chance, Optima, Conditions):
    """Evaluates formulas of one vocabulary on one instance.

    `peak` is the largest number met on the way, by which rounding is judged.
    """

    def __init__(self, instance: Instance, options: Mapping[str, str] | None = None) -> None:
        """Start with nothing moved."""
        self.instance = instance
        self.vocabulary = instance.vocabulary
        self.root = Shift()
        self.peak = self.largest_term = 0.0
        self.steps = 0
        self.depth = 0
        self.reached: dict[Same, set[int]] = {}
        self.confirmations = 0
        self.used_chance = False
        self.nonzero: dict[Node, bool] = {}
        self.trail: list[set[Key]] = []  # what the values are made of that are being evaluated
        self.touched: dict[Any, frozenset[Key]] = {}
        self.met: dict[Any, tuple[float, float, bool]] = {}
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
            raise unreadable(
                "this definition never ends", node.at, "give its first member"
            ) from None

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


def _constant(self: Evaluator, node: Any, scope: Scope) -> Value:  # noqa: ANN401
    del self, scope
    return {"e": math.e, "pi": math.pi, "infinity": math.inf}[node.name]


TABLE: dict[type[Node], Callable[[Evaluator, Any, Scope], Value]] = {
    tree.Number: lambda _self, node, _scope: float(node.text),
    tree.Constant: _constant,
    tree.Val: lambda self, node, _scope: self.instance.val(node),
    tree.Sym: Evaluator.sym,
    tree.Letter: Evaluator.letter,
    tree.Entry: Evaluator.entry_of,
    tree.Add: Evaluator.add,
    tree.Neg: lambda self, node, scope: -self.value(node.of, scope),
    tree.Mul: Evaluator.mul,
    tree.Hadamard: Evaluator.hadamard,
    tree.HadamardDiv: Evaluator.hadamard_div,
    tree.Div: lambda self, node, scope: arrays.divide(
        self.value(node.over, scope), self.value(node.under, scope)
    ),
    tree.Pow: Evaluator.pow,
    tree.HadamardPow: lambda self, node, scope: (
        self.value(node.base, scope) ** self.value(node.exponent, scope)
    ),
    tree.Transpose: lambda self, node, scope: arrays.transpose(self.value(node.of, scope)),
    tree.PseudoInverse: lambda self, node, scope: arrays.pseudo_inverse(self.value(node.of, scope)),
    tree.Root: Evaluator.root_of,
    tree.Norm: Evaluator.norm,
    tree.Abs: Evaluator.abs,
    tree.Inner: Evaluator.inner,
    tree.Matrix: Evaluator.matrix,
    tree.Named: Evaluator.named,
    tree.Apply: Evaluator.apply,
    tree.Iverson: lambda self, node, scope: float(self.holds(node.condition, scope)),
    tree.Cases: Evaluator.cases,
    tree.Big: Evaluator.big,
    tree.Derivative: Evaluator.derivative,
    tree.Optimum: Evaluator.optimum_value,
    tree.LawCall: Evaluator.probability,
    tree.Normal: Evaluator.density,
    tree.Expectation: Evaluator.expectation,
    tree.Integral: Evaluator.integral,
    tree.Divergence: Evaluator.divergence,
}
