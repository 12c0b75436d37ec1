"""A formula as LaTeX that is read back as the same formula."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from derivatex.mathtex import tree
from derivatex.mathtex.brackets import COMMANDS
from derivatex.mathtex.cursor import RELATIONS
from derivatex.mathtex.errors import MathError
from derivatex.mathtex.lexer import tokens
from derivatex.mathtex.vocabulary import is_slot, read_scripts
from derivatex.mathtex.walk import children

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.mathtex.tree import Node
    from derivatex.mathtex.vocabulary import Vocabulary

SUM, PRODUCT, FACTOR = range(3)  # how strongly a form binds
LEVELS: dict[type[Node], int] = {
    tree.Add: SUM, tree.Neg: SUM, tree.Mul: PRODUCT, tree.Hadamard: PRODUCT,
    tree.HadamardDiv: PRODUCT, tree.Big: PRODUCT, tree.Optimum: PRODUCT, tree.Integral: PRODUCT,
}  # fmt: skip
TAKES_POWER = (
    tree.Number, tree.Val, tree.Letter, tree.Constant, tree.Norm, tree.Abs, tree.Inner, tree.Root,
    tree.LawCall, tree.Normal, tree.Expectation, tree.Divergence, tree.Entry,
)  # fmt: skip
TAKES_BOTH = (tree.Apply, tree.Iverson, tree.Matrix, tree.Cases, tree.Named)
TAKES_NONE = {"plus", "factorial", "kronecker"}
AROUND: dict[type[Node], tuple[str, str, str]] = {
    tree.Div: (r"\frac{", "}{", "}"), tree.Abs: (r"\lvert ", "", r" \rvert"),
    tree.Inner: (r"\langle ", ", ", r" \rangle"), tree.Iverson: ("[", "", "]"),
    tree.Cases: (r"\begin{cases} ", r" \\ ", r" \end{cases}"),
    tree.Span: (r"\{", r", \dots, ", r"\}"), tree.Elements: (r"\{", ", ", r"\}"),
}  # fmt: skip
SIGNS = {name: sign for sign, name in RELATIONS.items()}
CONSTANTS = {"e": r"\mathrm{e}", "pi": r"\pi", "infinity": r"\infty"}
MEANS = {"mean": r"\mathbb{E}", "variance": r"\operatorname{Var}"}
NEEDS_SIGN = re.compile(r"[\d.]|[A-Za-z]?\(")


def printed(node: Node, vocabulary: Vocabulary) -> str:
    """The LaTeX of a formula or condition as the reader makes them: read, it is the same again."""
    return _Printer(vocabulary).show(node)


class _Printer:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.forms = {form.name: form for form in vocabulary.forms_of_all()}
        self.times = r" \cdot " if vocabulary.longest > 1 else r" \, "

    def at(self, node: Node, level: int) -> str:
        """A part, in brackets where it binds less than `level`."""
        text = self.show(node)
        return text if LEVELS.get(type(node), FACTOR) >= level else f"({text})"

    def inside(self, nodes: Sequence[Node], between: str = ", ") -> str:
        """Parts that stand between separators."""
        return between.join(map(self.show, nodes))

    def show(self, node: Node) -> str:  # noqa: C901, PLR0911, PLR0912  # one line a kind
        """The text of a node."""
        before, between, behind = AROUND.get(type(node), ("", "", ""))
        if before:
            return before + self.inside([*children(node)], between) + behind
        match node:
            case tree.Number(text) | tree.Letter(text):
                return text
            case tree.Constant(name):
                return CONSTANTS[name]
            case tree.Val(name, digits, is_published):
                option = f"[{digits}]" if digits else ""
                return rf"\{'published' if is_published else 'val'}{option}{{{name}}}"
            case tree.Sym(name, slots):
                return self.symbol(name, slots)
            case tree.Entry(base, indices):
                return self.entry(base, indices)
            case tree.Add(terms):
                return self.sum(terms)
            case tree.Neg(of):
                return f"-{self.at(of, PRODUCT)}"
            case tree.Mul(factors):
                return self.product(factors)
            case tree.Hadamard() | tree.HadamardDiv():
                sign = r" \odot " if isinstance(node, tree.Hadamard) else r" \oslash "
                return sign.join(self.at(it, FACTOR) for it in children(node))
            case tree.Pow(base, exponent):
                script = self.show(exponent)  # one within brackets would look like a family's slot
                is_slot_like = script.startswith("(") and script.endswith(")")
                return self.scripted(base, "^", f"{{{script}}}" if is_slot_like else script)
            case tree.HadamardPow(base, exponent):
                return self.scripted(base, "^", rf"\odot {self.show(exponent)}")
            case tree.Transpose(of) | tree.PseudoInverse(of):
                return self.scripted(of, "^", r"\top" if isinstance(node, tree.Transpose) else "+")
            case tree.Root(of, degree):
                option = f"[{self.show(degree)}]" if degree else ""
                return rf"\sqrt{option}{{{self.show(of)}}}"
            case tree.Norm(of, kind):
                which = CONSTANTS.get(kind, kind) if isinstance(kind, str) else self.show(kind)
                return rf"\lVert {self.show(of)} \rVert" + (f"_{{{which}}}" if which else "")
            case tree.Matrix(rows):
                cells = r" \\ ".join(self.inside(row, " & ") for row in rows)
                return rf"\begin{{bmatrix}} {cells} \end{{bmatrix}}"
            case tree.Named(name, arguments, primes):
                return self.named(name, arguments, primes)
            case tree.Apply(name, arguments, slots, primes):
                return f"{self.symbol(name, slots, primes)}({self.inside(arguments)})"
            case tree.Comparison(operator, left, right):
                return f"{self.show(left)} {SIGNS[operator]} {self.show(right)}"
            case tree.All(conditions):
                return self.all_of(conditions)
            case tree.Branch(value, condition):
                when = rf"\text{{if }} {self.show(condition)}" if condition else r"\text{otherwise}"
                return f"{self.show(value)} & {when}"
            case tree.Space(sizes):
                over = self.inside(sizes, r" \times ")
                return r"\mathbb{R}" + (f"^{{{over}}}" if sizes else "")
            case tree.Interval(low, high, brackets):
                return f"{brackets[0]}{self.inside((low, high))}{brackets[1]}"
            case tree.Subdifferential(function):
                return rf"\partial {self.at(function, FACTOR)}"
            case tree.Big():
                return self.big(node)
            case tree.Derivative():
                return self.derivative(node)
            case tree.Optimum(kind, variable, body):
                sign = rf"\arg\{kind[3:]}" if kind.startswith("arg") else rf"\{kind}"
                return f"{sign}_{{{self.show(variable)}}} ({self.show(body)})"
            case tree.LawCall(name, of, given):
                more = rf" \mid {self.outcomes(given)}" if given else ""
                return f"{self.symbol(name)}({self.outcomes(of)}{more})"
            case tree.Normal(mean, variance, point):
                first = f"{self.show(point)}; " if point else ""
                return rf"\mathcal{{N}}({first}{self.inside((mean, variance))})"
            case tree.Expectation(kind, variables, law, body):
                under = rf"_{{{self.outcomes(variables)} \sim {self.show(law)}}}" if law else ""
                return f"{MEANS[kind]}{under}[{self.show(body)}]"
            case tree.Integral(variables, body):
                ends = "".join(rf" \, \mathrm{{d}} {self.symbol(it)}" for it in variables)
                return rf"\int {self.at(body, FACTOR)}{ends}"
            case tree.Divergence(kind, left, right):
                return rf"\mathrm{{{kind}}}({self.show(left)} \,\|\, {self.show(right)})"
        raise TypeError(node)

    # letters and their scripts

    def symbol(self, name: str, slots: Sequence[Node] = (), primes: int = 0) -> str:
        """A symbol as it is declared, or the member of a family in its scripts."""
        symbol, form = self.vocabulary.symbols[name], self.forms[name]
        if not slots and not primes:
            return symbol.tex
        filled = {it[0]: node for it, node in zip(symbol.slots, slots, strict=True)}
        text = _joined(form.base) + "'" * (form.primes + primes)
        for mark, pattern in (("_", form.sub), ("^", form.sup)):
            text += f"{mark}{{{self.pattern(pattern, filled)}}}" if pattern else ""
        return text

    def pattern(self, pattern: tuple[str, ...], filled: dict[str, Node]) -> str:
        """A script with its slots filled."""
        if all(map(is_slot, pattern)):
            return ",".join(self.index(filled[text[1:]]) for text in pattern)
        parts = []
        for text, after in pairwise((*pattern, ")")):
            shown = self.index(filled[text[1:]]) if is_slot(text) else text
            is_closed = not is_slot(text) or shown.isalnum() or after in {")", "]", ","}
            parts.append(shown if is_closed else f"({shown})")
        return _joined(parts)

    def index(self, node: Node | None) -> str:
        """An index among others: a comma would end it, and each letter of a product be one."""
        if node is None:
            return ":"
        text = self.show(node)
        is_open = "," in text or LEVELS.get(type(node)) == PRODUCT
        return f"({text})" if is_open else text

    def entry(self, base: Node, indices: tuple[Node | None, ...]) -> str:
        """An entry; in brackets, a symbol may have another number of indices than was declared."""
        shape = self.vocabulary.symbols[base.name].shape if isinstance(base, tree.Sym) else None
        is_fit = shape is None or len(shape) == len(indices)
        return self.scripted(base, "_", ",".join(map(self.index, indices)), is_fit=is_fit)

    def scripted(self, base: Node, mark: str, script: str, *, is_fit: bool = True) -> str:
        """What stands at a script, and the script."""
        text, is_power = self.show(base), mark == "^"
        letter = base.base if isinstance(base, tree.Entry) and is_power else base
        if isinstance(letter, tree.Sym) and not text.startswith("("):
            is_bare = is_fit and self.keeps(letter, text, mark, script)
        else:
            is_bare = isinstance(base, (*TAKES_BOTH, *(TAKES_POWER if is_power else ())))
            is_bare = is_bare and not (isinstance(base, tree.Named) and base.name in TAKES_NONE)
        return f"{text}{mark}{{{script}}}" if is_bare else f"({text}){mark}{{{script}}}"

    def keeps(self, symbol: tree.Sym, text: str, mark: str, script: str) -> bool:
        """Whether letters with one more script are that symbol still, and the script is left."""
        base = self.forms[symbol.name].base
        found = tokens(f"{text}{mark}{{{script}}}")
        try:
            scripts, end = read_scripts(found, len(base))
        except MathError:
            return False  # a second script
        match = self.vocabulary.match(base, scripts)
        if match is None or match.name != symbol.name or end != len(found):
            return False
        left = match.rest.sub if mark == "_" else match.rest.sup
        return [it.text for it in left] == [it.text for it in tokens(script)]

    # formulas

    def sum(self, terms: tuple[Node, ...]) -> str:
        """Terms with their signs."""
        is_less = isinstance(terms[0], tree.Neg)
        text = self.at(terms[0], SUM if is_less else PRODUCT)
        for term in terms[1:]:
            sign, of = ("-", term.of) if isinstance(term, tree.Neg) else ("+", term)
            text += f" {sign} {self.at(of, PRODUCT)}"
        return text

    def product(self, factors: tuple[Node, ...]) -> str:
        """Factors; a number needs a sign before it, and so does what would end a name: `t r(x)`."""
        made = self.at(factors[0], FACTOR)
        for k, factor in enumerate(factors[1:], 2):
            is_long = isinstance(factor, (tree.Big, tree.Optimum))  # to the end of the product
            text = self.at(factor, PRODUCT if is_long and k == len(factors) else FACTOR)
            made += (r" \cdot " if NEEDS_SIGN.match(text) else self.times) + text
        return made

    def named(self, name: str, arguments: tuple[Node, ...], primes: int) -> str:
        """A function of this library."""
        inside = self.inside(arguments)
        match name:
            case "plus":
                return f"({inside})_{{+}}"
            case "factorial":
                return f"({inside})!"
            case "floor" | "ceil":
                return rf"\l{name} {inside} \r{name}"
            case "binomial":
                return rf"\binom{{{self.show(arguments[0])}}}{{{self.show(arguments[1])}}}"
            case "kronecker":
                symbols = self.vocabulary.symbols.values()
                tex = next(it.tex for it in symbols if it.domain == "kronecker")
                return f"{tex}_{{{','.join(map(self.index, arguments))}}}"
        word = "tr" if name == "trace" else name
        sign = f"\\{name}" if name in COMMANDS else rf"\operatorname{{{word}}}"
        return sign + "'" * primes + f"({inside})"

    def all_of(self, conditions: tuple[Node, ...]) -> str:
        """A chain, if each condition starts with the end of the one before it."""
        parts = [it for it in conditions if isinstance(it, tree.Comparison)]
        if parts != [*conditions] or any(one.right != two.left for one, two in pairwise(parts)):
            return self.inside(conditions, r" \text{ and } ")
        rest = "".join(f" {SIGNS[it.operator]} {self.show(it.right)}" for it in parts[1:])
        return self.show(parts[0]) + rest

    def big(self, node: tree.Big) -> str:
        """A sum, product, maximum or minimum over indices."""
        high = node.binders[0].high if len(node.binders) == 1 else None
        over = f"^{{{self.show(high)}}}" if high else ""
        pieces = [self.binder(it, is_split=bool(over)) for it in node.binders]
        under = ", ".join((*pieces, *map(self.show, node.conditions)))
        is_sum = node.kind in {"sum", "prod"}
        body = self.at(node.body, PRODUCT) if is_sum else f"({self.show(node.body)})"
        return rf"\{node.kind}_{{{under}}}{over} {body}"

    def binder(self, binder: tree.Binder, *, is_split: bool) -> str:
        """An index with its bounds; where it `is_split`, the upper stands over the sign."""
        if binder.low is None:
            return self.symbol(binder.name) if binder.is_outcome else binder.name
        if binder.high is None or is_split:
            return f"{binder.name} = {self.index(binder.low)}"
        return rf"{binder.name} \in {self.show(tree.Span(binder.low, binder.high))}"

    def derivative(self, node: tree.Derivative) -> str:
        """A derivative as a fraction, or with a nabla before its factor."""
        of = self.at(node.of, FACTOR)
        if node.sign == "nabla":
            under = f"_{{{self.show(node.by[0])}}}" if node.by else ""
            return rf"\nabla{under}{f'^{{{node.order}}}' if node.order > 1 else ''} {of}"
        over = f"^{{{len(node.by)}}}" if len(node.by) > 1 else ""
        below = " ".join(rf"\partial {self.at(it, FACTOR)}" for it in node.by)
        return rf"\frac{{\partial{over} {of}}}{{{below}}}"

    def outcomes(self, names: Sequence[str]) -> str:
        """The letters of outcomes."""
        return ", ".join(map(self.symbol, names))


def _joined(parts: Sequence[str]) -> str:
    """Tokens side by side, apart where they would become one."""
    text = ""
    for part in parts:
        text += " " + part if text and text[-1].isalnum() and part[0].isalnum() else part
    return text
