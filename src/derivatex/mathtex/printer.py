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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.mathtex.tree import Node
    from derivatex.mathtex.vocabulary import Vocabulary

SUM, PRODUCT, FACTOR = range(3)  # how strongly a form binds
SIGNS = {name: sign for sign, name in RELATIONS.items()}
CONSTANTS = {"e": r"\mathrm{e}", "pi": r"\pi", "infinity": r"\infty"}
NORMS = {"": "", "infinity": r"_{\infty}"}
NEEDS_SIGN = re.compile(r"[\d.]|[A-Za-z]?\(")
LOWERED = (
    tree.Number, tree.Val, tree.Letter, tree.Constant, tree.Norm, tree.Abs, tree.Inner, tree.Root,
    tree.LawCall, tree.Normal, tree.Expectation, tree.Divergence,
)  # fmt: skip
BOTH = (tree.Apply, tree.Iverson, tree.Matrix, tree.Cases)
LAST = (tree.Big, tree.Optimum)  # what reaches to the end of a product


def printed(node: Node, vocabulary: Vocabulary) -> str:
    """The LaTeX of a formula or a condition; the reader makes the same tree of it.

    That holds for trees as the reader makes them: `x^{2}` as a power of `x` is not among them
    where `x^{2}` is declared as a symbol of its own and the tree should have been that symbol.
    """
    return _Printer(vocabulary).show(node)[0]


class _Printer:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.forms = {form.name: form for form in vocabulary.forms_of_all()}
        self.times = r" \cdot " if vocabulary.longest > 1 else r" \, "

    def at(self, node: Node, level: int) -> str:
        """A part, in brackets where it binds less than `level`."""
        text, own = self.show(node)
        return text if own >= level else f"({text})"

    def inside(self, nodes: Sequence[Node], between: str = ", ") -> str:
        """Parts that stand between separators."""
        return between.join(self.show(node)[0] for node in nodes)

    def show(self, node: Node) -> tuple[str, int]:  # noqa: C901, PLR0911, PLR0912, PLR0915  # one line a kind
        """The text of a node and how strongly it binds."""
        match node:
            case tree.Number(text):
                return text, FACTOR
            case tree.Constant(name):
                return CONSTANTS[name], FACTOR
            case tree.Val(name, digits, is_published):
                option = f"[{digits}]" if digits else ""
                command = "published" if is_published else "val"
                return f"\\{command}{option}{{{name}}}", FACTOR
            case tree.Sym(name, slots):
                return self.symbol(name, slots), FACTOR
            case tree.Letter(name):
                return name, FACTOR
            case tree.Entry(base, indices):
                return self.entry(base, indices)[0], FACTOR
            case tree.Add(terms):
                return self.sum(terms), SUM
            case tree.Neg(of):
                return f"-{self.at(of, PRODUCT)}", SUM
            case tree.Mul(factors):
                return self.product(factors), PRODUCT
            case tree.Hadamard(factors):
                return r" \odot ".join(self.at(it, FACTOR) for it in factors), PRODUCT
            case tree.HadamardDiv(over, under):
                return rf"{self.at(over, FACTOR)} \oslash {self.at(under, FACTOR)}", PRODUCT
            case tree.Div(over, under):
                return rf"\frac{{{self.show(over)[0]}}}{{{self.show(under)[0]}}}", FACTOR
            case tree.Pow(base, exponent):
                text = self.show(exponent)[0]
                is_bracketed = text.startswith("(") and text.endswith(")")
                return self.raised(base, f"{{{text}}}" if is_bracketed else text), FACTOR
            case tree.HadamardPow(base, exponent):
                return self.raised(base, rf"\odot {self.show(exponent)[0]}"), FACTOR
            case tree.Transpose(of):
                return self.raised(of, r"\top"), FACTOR
            case tree.PseudoInverse(of):
                return self.raised(of, "+"), FACTOR
            case tree.Root(of, degree):
                option = f"[{self.show(degree)[0]}]" if degree else ""
                return rf"\sqrt{option}{{{self.show(of)[0]}}}", FACTOR
            case tree.Norm(of, kind):
                text = self.show(kind)[0] if isinstance(kind, tree.Node) else kind
                return rf"\lVert {self.show(of)[0]} \rVert" + NORMS.get(
                    text, f"_{{{text}}}"
                ), FACTOR
            case tree.Abs(of):
                return rf"\lvert {self.show(of)[0]} \rvert", FACTOR
            case tree.Inner(left, right):
                return rf"\langle {self.inside((left, right))} \rangle", FACTOR
            case tree.Matrix(rows):
                cells = r" \\ ".join(self.inside(row, " & ") for row in rows)
                return rf"\begin{{bmatrix}} {cells} \end{{bmatrix}}", FACTOR
            case tree.Named(name, arguments, primes):
                return self.named(name, arguments, primes), FACTOR
            case tree.Apply(name, arguments, slots, primes):
                return f"{self.symbol(name, slots, primes)}({self.inside(arguments)})", FACTOR
            case tree.Comparison(operator, left, right):
                return f"{self.show(left)[0]} {SIGNS[operator]} {self.show(right)[0]}", SUM
            case tree.All(conditions):
                return self.all_of(conditions), SUM
            case tree.Iverson(condition):
                return f"[{self.show(condition)[0]}]", FACTOR
            case tree.Cases(branches):
                cells = r" \\ ".join(self.show(it)[0] for it in branches)
                return rf"\begin{{cases}} {cells} \end{{cases}}", FACTOR
            case tree.Branch(value, condition):
                word = (
                    rf"\text{{if }} {self.show(condition)[0]}" if condition else r"\text{otherwise}"
                )
                return f"{self.show(value)[0]} & {word}", SUM
            case tree.Space(sizes):
                inside = self.inside(sizes, r" \times ")
                return rf"\mathbb{{R}}^{{{inside}}}" if sizes else r"\mathbb{R}", FACTOR
            case tree.Span(low, high):
                return rf"\{{{self.show(low)[0]}, \dots, {self.show(high)[0]}\}}", FACTOR
            case tree.Elements(items):
                return rf"\{{{self.inside(items)}\}}", FACTOR
            case tree.Interval(low, high, brackets):
                return f"{brackets[0]}{self.inside((low, high))}{brackets[1]}", FACTOR
            case tree.Subdifferential(function):
                return rf"\partial {self.at(function, FACTOR)}", FACTOR
            case tree.Big():
                return self.big(node)
            case tree.Derivative():
                return self.derivative(node), FACTOR
            case tree.Optimum(kind, variable, body):
                sign = rf"\arg\{kind[3:]}" if kind.startswith("arg") else rf"\{kind}"
                return f"{sign}_{{{self.show(variable)[0]}}} ({self.show(body)[0]})", PRODUCT
            case tree.LawCall(name, of, given):
                more = rf" \mid {self.outcomes(given)}" if given else ""
                return f"{self.symbol(name)}({self.outcomes(of)}{more})", FACTOR
            case tree.Normal(mean, variance, point):
                first = f"{self.show(point)[0]}; " if point else ""
                return rf"\mathcal{{N}}({first}{self.inside((mean, variance))})", FACTOR
            case tree.Expectation(kind, variables, law, body):
                sign = r"\mathbb{E}" if kind == "mean" else r"\operatorname{Var}"
                bounds = rf"_{{{self.outcomes(variables)} \sim {self.show(law)[0]}}}" if law else ""
                return f"{sign}{bounds}[{self.show(body)[0]}]", FACTOR
            case tree.Integral(variables, body):
                ends = "".join(rf" \, \mathrm{{d}} {self.symbol(it)}" for it in variables)
                return rf"\int {self.at(body, FACTOR)}{ends}", PRODUCT
            case tree.Divergence(kind, left, right):
                sides = self.inside((left, right), r" \,\|\, ")
                return rf"\mathrm{{{kind}}}({sides})", FACTOR
        raise TypeError(node)

    # letters and their scripts

    def symbol(self, name: str, slots: Sequence[Node] = (), primes: int = 0) -> str:
        """A symbol as it is declared, or the member of a family in its scripts."""
        if not slots and not primes:
            return self.vocabulary.symbols[name].tex
        form = self.forms[name]
        letters = [letter for letter, _ in self.vocabulary.symbols[name].slots]
        filled = dict(zip(letters, slots, strict=True))
        text = _joined(form.base) + "'" * (form.primes + primes)
        for mark, pattern in (("_", form.sub), ("^", form.sup)):
            if pattern:
                text += f"{mark}{{{self.pattern(pattern, filled)}}}"
        return text

    def pattern(self, pattern: tuple[str, ...], filled: dict[str, Node]) -> str:
        """A script with its slots filled."""
        if all(map(is_slot, pattern)):
            return ",".join(self.index(filled[text[1:]]) for text in pattern)
        parts = []
        for text, after in pairwise((*pattern, ")")):
            if not is_slot(text):
                parts.append(text)
                continue
            shown = self.index(filled[text[1:]])
            is_closed = shown.isalnum() or after in {")", "]", ","}
            parts.append(shown if is_closed else f"({shown})")
        return _joined(parts)

    def index(self, node: Node | None) -> str:
        """An index among others: a comma would end it, and each letter of a product be one."""
        if node is None:
            return ":"
        text, level = self.show(node)
        return f"({text})" if "," in text or level == PRODUCT else text

    def entry(self, base: Node, indices: tuple[Node | None, ...]) -> tuple[str, bool]:
        """An entry, and whether a superscript may follow its subscript."""
        script = ",".join(self.index(it) for it in indices)
        text = self.show(base)[0]
        if isinstance(base, tree.Sym):
            shape = self.vocabulary.symbols[base.name].shape
            is_fit = shape is None or len(shape) == len(indices)
            if is_fit and self.keeps(base, text, "_", script):
                return f"{text}_{{{script}}}", True
        elif isinstance(base, BOTH) or _is_call(base):
            return f"{text}_{{{script}}}", True
        return f"({text})_{{{script}}}", True

    def raised(self, base: Node, script: str) -> str:
        """What stands below a superscript, and the superscript."""
        text = self.show(base)[0]
        letter = base.base if isinstance(base, tree.Entry) else base
        if isinstance(letter, tree.Sym) and not text.startswith("("):
            is_bare = self.keeps(letter, text, "^", script)
        else:
            is_bare = isinstance(base, (*LOWERED, *BOTH, tree.Entry)) or _is_call(base)
        return f"{text}^{{{script}}}" if is_bare else f"({text})^{{{script}}}"

    def keeps(self, symbol: tree.Sym, text: str, mark: str, script: str) -> bool:
        """Whether letters with one more script are that symbol, with this script left over."""
        form = self.forms[symbol.name]
        found = tokens(f"{text}{mark}{{{script}}}")
        try:
            scripts, end = read_scripts(found, len(form.base))
        except MathError:
            return False  # a second script
        match = self.vocabulary.match(form.base, scripts)
        if match is None or match.name != symbol.name or end != len(found):
            return False
        left = match.rest.sub if mark == "_" else match.rest.sup
        return [it.text for it in left] == [it.text for it in tokens(script)]

    # arithmetic, functions, conditions

    def sum(self, terms: tuple[Node, ...]) -> str:
        """Terms with their signs."""
        text = (
            self.show(terms[0])[0] if isinstance(terms[0], tree.Neg) else self.at(terms[0], PRODUCT)
        )
        for term in terms[1:]:
            is_less = isinstance(term, tree.Neg)
            shown = self.at(term.of if isinstance(term, tree.Neg) else term, PRODUCT)
            text += f" {'-' if is_less else '+'} {shown}"
        return text

    def product(self, factors: tuple[Node, ...]) -> str:
        """Factors; a number needs a sign before it, and so does what would end a name: `t r(x)`."""
        texts = [self.at(it, FACTOR) for it in factors[:-1]]
        is_long = isinstance(factors[-1], LAST)
        texts.append(self.at(factors[-1], PRODUCT if is_long else FACTOR))
        made = texts[0]
        for text in texts[1:]:
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
                return rf"\binom{{{self.show(arguments[0])[0]}}}{{{self.show(arguments[1])[0]}}}"
            case "kronecker":
                symbols = self.vocabulary.symbols.values()
                tex = next(it.tex for it in symbols if it.domain == "kronecker")
                return f"{tex}_{{{','.join(self.index(it) for it in arguments)}}}"
        word = "tr" if name == "trace" else name
        sign = f"\\{name}" if name in COMMANDS else rf"\operatorname{{{word}}}"
        return f"{sign}{primes * chr(39)}({inside})"

    def all_of(self, conditions: tuple[Node, ...]) -> str:
        """A chain where each condition starts with the end of the one before it."""
        parts = [it for it in conditions if isinstance(it, tree.Comparison)]
        is_chain = len(parts) == len(conditions)
        if not is_chain or any(one.right != two.left for one, two in pairwise(parts)):
            return self.inside(conditions, r" \text{ and } ")
        rest = "".join(f" {SIGNS[it.operator]} {self.show(it.right)[0]}" for it in parts[1:])
        return self.show(parts[0])[0] + rest

    # what binds letters

    def big(self, node: tree.Big) -> tuple[str, int]:
        """A sum, product, maximum or minimum over indices."""
        over = ""
        if len(node.binders) == 1 and node.binders[0].high is not None:
            over = f"^{{{self.show(node.binders[0].high)[0]}}}"
        pieces = [self.binder(it, is_split=bool(over)) for it in node.binders]
        under = ", ".join((*pieces, *(self.show(it)[0] for it in node.conditions)))
        sign = rf"\{node.kind}_{{{under}}}{over}"
        if node.kind in {"max", "min"}:
            return f"{sign} ({self.show(node.body)[0]})", FACTOR
        return f"{sign} {self.at(node.body, PRODUCT)}", PRODUCT

    def binder(self, binder: tree.Binder, *, is_split: bool) -> str:
        """An index with its bounds; where it `is_split`, the upper stands over the sign."""
        if binder.is_outcome:
            return self.symbol(binder.name)
        if binder.low is None:
            return binder.name
        if binder.high is None or is_split:
            return f"{binder.name} = {self.index(binder.low)}"
        return rf"{binder.name} \in {self.show(tree.Span(binder.low, binder.high))[0]}"

    def derivative(self, node: tree.Derivative) -> str:
        """A derivative as a fraction, or with a nabla before its factor."""
        of = self.at(node.of, FACTOR)
        if node.sign == "nabla":
            under = f"_{{{self.show(node.by[0])[0]}}}" if node.by else ""
            over = f"^{{{node.order}}}" if node.order > 1 else ""
            return rf"\nabla{under}{over} {of}"
        over = f"^{{{len(node.by)}}}" if len(node.by) > 1 else ""
        below = " ".join(rf"\partial {self.at(it, FACTOR)}" for it in node.by)
        return rf"\frac{{\partial{over} {of}}}{{{below}}}"

    def outcomes(self, names: Sequence[str]) -> str:
        """The letters of outcomes."""
        return ", ".join(map(self.symbol, names))


def _is_call(node: Node) -> bool:
    return isinstance(node, tree.Named) and node.name not in {"plus", "factorial", "kronecker"}


def _joined(parts: Sequence[str]) -> str:
    """Tokens side by side, apart where they would become one."""
    text = ""
    for part in parts:
        text += " " + part if text and text[-1].isalnum() and part[0].isalnum() else part
    return text
