"""A formula as plain words, fully bracketed: how it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex import tree
from derivatex.mathtex.scalars import is_scalar
from derivatex.mathtex.vocabulary import readable

if TYPE_CHECKING:
    from derivatex.mathtex.tree import Node
    from derivatex.mathtex.vocabulary import Vocabulary

SUM, PRODUCT, UNARY, POWER, ATOM = range(5)  # how strongly a form binds
SIGNS = {"<=": "<=", ">=": ">=", "!=": "!=", "=": "==", "~": "~=", ":=": "==",
         "propto": "proportional to"}  # fmt: skip


def plain(node: Node, vocabulary: Vocabulary) -> str:
    """The formula in NumPy's notation: `@` multiplies matrices, `*` scales or goes by entries."""
    return _Plain(vocabulary).show(node)[0]


class _Plain:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def at(self, node: Node, level: int) -> str:
        """A part, in brackets where it binds less than `level`."""
        text, own = self.show(node)
        return text if own >= level else f"({text})"

    def inside(self, nodes: tuple[Node, ...]) -> str:
        """Arguments between commas."""
        return ", ".join(self.show(node)[0] for node in nodes)

    def name(self, name: str) -> str:
        """A symbol by its key, or its print without LaTeX."""
        return name if name.isidentifier() else readable(name)

    def show(self, node: Node) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912, PLR0915  # one line a kind
        """The text of a node and how strongly it binds."""
        match node:
            case tree.Number(text) | tree.Constant(text):
                return text, ATOM
            case tree.Val(name):
                return f"val({name})", ATOM
            case tree.Sym(name, slots):
                inner = f"<{self.inside(slots)}>" if slots else ""
                return self.name(name) + inner, ATOM
            case tree.Letter(name):
                return name, ATOM
            case tree.Entry(base, indices):
                places = ", ".join(":" if it is None else self.show(it)[0] for it in indices)
                return f"{self.at(base, ATOM)}[{places}]", ATOM
            case tree.Add(terms):
                text = self.at(terms[0], PRODUCT)
                for term in terms[1:]:
                    is_less = isinstance(term, tree.Neg)
                    shown = self.at(term.of if isinstance(term, tree.Neg) else term, PRODUCT)
                    text += f" {'-' if is_less else '+'} {shown}"
                return text, SUM
            case tree.Neg(of):
                return f"-{self.at(of, PRODUCT)}", SUM
            case tree.Mul(factors):
                return self.product(factors), PRODUCT
            case tree.Hadamard(factors):
                return " * ".join(self.at(it, UNARY) for it in factors), PRODUCT
            case tree.HadamardDiv(over, under):
                return f"{self.at(over, UNARY)} ./ {self.at(under, UNARY)}", PRODUCT
            case tree.Div(over, under):
                return f"{self.at(over, UNARY)}/{self.at(under, UNARY)}", UNARY
            case tree.Pow(base, exponent):
                return f"{self.at(base, ATOM)}**{self.at(exponent, ATOM)}", POWER
            case tree.HadamardPow(base, exponent):
                return f"{self.at(base, ATOM)}.**{self.at(exponent, ATOM)}", POWER
            case tree.Transpose(of):
                return f"{self.at(of, ATOM)}.T", ATOM
            case tree.PseudoInverse(of):
                return f"pinv({self.show(of)[0]})", ATOM
            case tree.Root(of, degree):
                more = f", {self.show(degree)[0]}" if degree else ""
                return f"root({self.show(of)[0]}{more})", ATOM
            case tree.Norm(of, kind):
                shown = self.show(kind)[0] if isinstance(kind, tree.Node) else kind
                return f"norm{shown}({self.show(of)[0]})", ATOM
            case tree.Abs(of):
                return f"abs({self.show(of)[0]})", ATOM
            case tree.Inner(left, right):
                return f"inner({self.inside((left, right))})", ATOM
            case tree.Matrix(rows):
                return "[" + "; ".join(self.inside(row) for row in rows) + "]", ATOM
            case tree.Named(name, arguments, primes):
                return f"{name}{primes * chr(39)}({self.inside(arguments)})", ATOM
            case tree.Apply(name, arguments, slots, primes):
                inner = f"<{self.inside(slots)}>" if slots else ""
                shown = self.name(name) + inner + primes * "'"
                return f"{shown}({self.inside(arguments)})", ATOM
            case tree.Comparison(operator, left, right):
                sign = SIGNS.get(operator, operator)
                return f"{self.show(left)[0]} {sign} {self.show(right)[0]}", SUM
            case tree.All(conditions):
                return " and ".join(self.show(it)[0] for it in conditions), SUM
            case tree.Iverson(condition):
                return f"[{self.show(condition)[0]}]", ATOM
            case tree.Cases(branches):
                parts = [
                    self.show(it.value)[0]
                    + (f" if {self.show(it.condition)[0]}" if it.condition else " otherwise")
                    for it in branches
                ]
                return "{" + "; ".join(parts) + "}", ATOM
            case tree.Space(sizes):
                return f"R({self.inside(sizes)})", ATOM
            case tree.Span(low, high):
                return f"{{{self.show(low)[0]}..{self.show(high)[0]}}}", ATOM
            case tree.Elements(items):
                return f"{{{self.inside(items)}}}", ATOM
            case tree.Interval(low, high, brackets):
                return f"{brackets[0]}{self.inside((low, high))}{brackets[1]}", ATOM
            case tree.Subdifferential(function):
                return f"subgradients of {self.show(function)[0]}", ATOM
            case tree.Big(kind, binders, conditions, body):
                bounds = ", ".join(self.binder(it) for it in binders)
                bounds += "".join(f", {self.show(it)[0]}" for it in conditions)
                return f"{kind}[{bounds}]({self.show(body)[0]})", ATOM
            case tree.Derivative(of, by):
                if not by:
                    return f"D[{self.show(of)[0]}]", ATOM
                below = "/".join(f"d[{self.show(it)[0]}]" for it in by)
                return f"d[{self.show(of)[0]}]/{below}", ATOM
            case tree.Optimum(kind, variable, body):
                return f"{kind}[{self.show(variable)[0]}]({self.show(body)[0]})", ATOM
            case tree.LawCall(name, of, given):
                more = f" | {', '.join(map(self.name, given))}" if given else ""
                return f"{self.name(name)}({', '.join(map(self.name, of))}{more})", ATOM
            case tree.Normal(mean, variance, point):
                first = f"{self.show(point)[0]}; " if point else ""
                return f"normal({first}{self.inside((mean, variance))})", ATOM
            case tree.Expectation(kind, variables, law, body):
                sign = "E" if kind == "mean" else "Var"
                names = ", ".join(map(self.name, variables))
                bounds = f"[{names} ~ {self.show(law)[0]}]" if law else ""
                return f"{sign}{bounds}({self.show(body)[0]})", ATOM
            case tree.Integral(variables, body):
                names = ", ".join(map(self.name, variables))
                return f"integral[{names}]({self.show(body)[0]})", ATOM
            case tree.Divergence(kind, left, right):
                return f"{kind}({self.show(left)[0]} || {self.show(right)[0]})", ATOM
        raise TypeError(node)

    def product(self, factors: tuple[Node, ...]) -> str:
        """Factors with `*` where one of two is known to be a number, else with `@`."""
        text = self.at(factors[0], UNARY)
        is_number = is_scalar(factors[0], self.vocabulary)
        for factor in factors[1:]:
            is_next = is_scalar(factor, self.vocabulary)
            text += ("*" if is_number or is_next else "@") + self.at(factor, UNARY)
            is_number = is_number and is_next
        return text

    def binder(self, binder: tree.Binder) -> str:
        """An index with its bounds."""
        if binder.low is None:
            return self.name(binder.name)
        low = self.show(binder.low)[0]
        high = self.show(binder.high)[0] if binder.high is not None else ""
        return f"{binder.name}={low}..{high}"
