"""Reading formulas: sums, products, and what a factor starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.binders import DIVERGENCES, MEANS
from derivatex.mathtex.brackets import COMMANDS, WORDS
from derivatex.mathtex.cursor import ENDS, MAX_NESTING, PAIRS, RELATIONS
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.lexer import tokens
from derivatex.mathtex.scalars import is_scalar
from derivatex.mathtex.sets import Sets
from derivatex.mathtex.tree import (
    Add,
    Div,
    Hadamard,
    HadamardDiv,
    Mul,
    Named,
    Neg,
    Node,
    Number,
    Subdifferential,
    Val,
)
from derivatex.mathtex.vocabulary import argument_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from derivatex.mathtex.lexer import Token
    from derivatex.mathtex.vocabulary import Vocabulary

OPTIMA = {"argmin": "argmin", "argmax": "argmax"}
INDICATORS = {r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\boldsymbol{1}"}
PRODUCTS = {r"\cdot", r"\times", "*"}
ENTRYWISE = {r"\odot": Hadamard, r"\circ": Hadamard, r"\oslash": HadamardDiv}


class Reader(Sets):
    """The whole reader."""

    # sums and products

    def expression(self) -> Node:
        """Read a sum."""
        at = self.token.start
        terms = [self._signed()]
        while self.token.text in {"+", "-"} and self.token.text not in self.closers[-1]:
            terms.append(self._signed())
        if self.token.text in {r"\pm", r"\mp"}:
            raise unreadable(f"{self.token.shown} says two things", self.token.start)
        return terms[0] if len(terms) == 1 else Add(tuple(terms), at=at)

    def _signed(self) -> Node:
        token = self.accept("-", "+")
        made = self.term()
        return Neg(made, at=token.start) if token and token.text == "-" else made

    def term(self) -> Node:
        """Read a product; products entry by entry stand alone, but for numbers before them."""
        self.nesting += 1
        self._refuse_deep(self.nesting, self.token)
        factors = [self._quotient()]
        entrywise: list[tuple[str, Node]] = []
        divisions = 0
        while True:
            token = self.token
            if token.text in ENTRYWISE:
                self.take()
                self._refuse_mixed(factors, token)
                entrywise.append((token.text, self._quotient()))
                divisions += token.text == r"\oslash"
                self._refuse_deep(divisions, token)
                if self.goes_on():
                    self._refuse_product_beside(token)
            elif token.text in PRODUCTS and token.text not in self.closers[-1]:
                self.take()
                if self.token.text in {"-", "+"}:
                    raise unreadable("a sign after a product sign", self.token.start, "bracket it")
                if entrywise:
                    self._refuse_product_beside(token)
                factors.append(self._quotient())
            elif self.goes_on():
                if token.kind == "number":
                    raise unreadable(f"the number {token.shown} has no sign before it", token.start)
                factors.append(self._quotient())
            else:
                break
        self.nesting -= 1
        return _product(factors, entrywise)

    def _refuse_deep(self, depth: int, at: Token) -> None:
        if depth > 2 * MAX_NESTING:
            raise unreadable("this formula is too deep", at.start, "cut it into definitions")

    def _refuse_mixed(self, factors: list[Node], sign: Token) -> None:
        if any(not is_scalar(factor, self.vocabulary) for factor in factors[:-1]):
            hint = rf"write `(A B) {sign.text} C` or `A (B {sign.text} C)`"
            raise unreadable(f"a product beside {sign.shown}", sign.start, hint)

    def _refuse_product_beside(self, sign: Token) -> None:
        hint = r"write `(A \odot B) C` or `A \odot (B C)`"
        raise unreadable("a product beside one by entries", sign.start, hint)

    def _quotient(self) -> Node:
        r"""Read `a / b`; what follows must not be read as `a / (b c)`."""
        made = self.factor()
        count = 0
        while self.token.text == "/" and "/" not in self.closers[-1]:
            sign = self.take()
            under = self.factor()
            count += 1
            self._refuse_deep(count, sign)
            if self.goes_on() and self.token.text != "/":
                hint = r"write `a/(bc)`, `(a/b)\,c` or `\frac{a}{bc}`"
                raise unreadable("`a/bc` has two readings", sign.start, hint)
            made = Div(made, under, at=made.at)
        return made

    def goes_on(self) -> bool:
        """Whether the next token starts another factor."""
        token = self.token
        if token.kind in {"eof", "close", "amp", "gap", "break", "end"}:
            return False
        if token.text in {"|", r"\|"} and token.option == "l":
            return True
        if token.text in self.closers[-1] or token.text in RELATIONS or token.text in ENDS:
            return False
        if token.text in PAIRS.values() and token.text not in PAIRS:
            return False
        if token.text in {"|", r"\|"}:
            return token.option != "r"
        ends = {"+", "-", "/", r"\pm", r"\mp", r"\mid", "_", "^", r"\to", r"\dots", "*"}
        return token.text not in ends | PRODUCTS | set(ENTRYWISE)

    # factors

    def factor(self) -> Node:
        """Read one factor."""
        token = self.token
        self.nesting += 1
        self._refuse_deep(self.nesting, token)
        try:
            return self._factor(token)
        finally:
            self.nesting -= 1

    def _factor(self, token: Token) -> Node:  # noqa: PLR0911  # one return a kind
        if token.kind == "number":
            self.take()
            return self.scripted(Number(token.text, at=token.start))
        if token.kind == "val":
            self.take()
            is_published = token.text == r"\published"
            return self.scripted(Val(token.name, token.option, is_published, at=token.start))
        if token.kind == "open" or token.text in {"(", "[", r"\{"}:
            return self.scripted(self.of_bracket())
        if token.text == r"\llbracket":
            return self.scripted(self.iverson())
        special = self._special(token)
        if special is not None:
            return special
        if token.kind in {"letter", "word"} or (token.kind == "command" and len(token.text) > 2):  # noqa: PLR2004
            made = self.letter()
            if self.accept("!"):
                made = Named("factorial", (made,), at=made.at)
            return made
        if token.kind == "begin":
            return self.scripted(self.environment())
        if token.kind == "eof" or token.text in self.closers[-1] or token.text in RELATIONS:
            raise unreadable(f"a formula is missing before {token.shown}", token.start)
        raise unreadable(f"{token.shown} cannot be read here", token.start)

    def _special(self, token: Token) -> Node | None:  # noqa: C901, PLR0911, PLR0912  # a table of signs
        """What a command or word of this library stands for, unless it is declared."""
        text, name = token.text, token.name or token.text.lstrip("\\")
        declared = self.vocabulary.base_at(self.found, self.position)
        match text:
            case r"\frac":
                return self.scripted(self.fraction())
            case r"\sqrt":
                return self.scripted(self.root())
            case r"\sum" | r"\prod":
                return self.big(text[1:])
            case r"\|" if token.option != "r":
                return self.scripted(self.norm())
            case "|" if token.option != "r":
                return self.scripted(self.absolute())
            case r"\langle":
                return self.scripted(self.inner_product())
            case r"\lfloor" | r"\lceil":
                return self.scripted(self.rounded())
            case r"\partial":
                made = self.inline_derivative()
                if isinstance(made, Subdifferential):  # which is a set
                    raise unreadable(r"a `\partial` without its second half", token.start)
                return made
            case r"\nabla":
                return self.nabla()
            case r"\int":
                return self.integral()
            case r"\arg":
                if self.peek(1).text not in {r"\min", r"\max"}:
                    raise unreadable(r"`\arg` of what?", token.start, r"write `\arg\min_z`")
                self.take()
                return self.optimum(f"arg{self.token.text[1:]}")
            case r"\binom":
                return self.scripted(self.binomial())
            case r"\mathcal{N}" if not declared:
                return self.scripted(self.normal())
        if text in INDICATORS and self._relation_in_bracket():
            self.take()
            return self.scripted(self.iverson())
        kind = self.divergence_ahead()
        if kind:
            return self.scripted(self.divergence(kind))
        if declared:
            return None
        if text in MEANS:
            return self.scripted(self.expectation(MEANS[text]))
        if name in OPTIMA:
            return self.optimum(OPTIMA[name])
        is_word = token.kind == "word" and name in WORDS
        if is_word or (token.kind == "command" and name in COMMANDS):
            return self.named(WORDS[name])
        return None

    def _relation_in_bracket(self) -> bool:
        """Whether a bracket with a relation in it follows the next token."""
        if self.peek(1).text not in {"[", r"\{", "("}:
            return False
        level = 0
        for k in range(1, len(self.found) - self.position):
            text = self.peek(k).text
            level += (text in PAIRS) - (text in PAIRS.values())
            if level == 0:
                return False
            if level == 1 and text in RELATIONS:
                return True
        return False

    def divergence_ahead(self) -> str:
        r"""Pass `\mathrm{KL}`, `D_{\mathrm{KL}}` or `D_{KL}` where one stands here."""
        token = self.token
        if token.kind == "word" and token.name in DIVERGENCES:
            if (token.text,) in self.vocabulary.forms:
                return ""
            self.take()
            return DIVERGENCES[token.name]
        if token.text == "D" and self.peek(1).text == "_":
            written, end = argument_tokens(self.found, self.position + 2, self.peek(1))
            name = "".join(it.name or it.text for it in written)
            literal = tuple(it.text for it in written)
            own = any(it.sub == literal for it in self.vocabulary.forms.get(("D",), []))
            if name in DIVERGENCES and not own:
                self.position = end
                return DIVERGENCES[name]
        return ""


def _product(factors: list[Node], entrywise: list[tuple[str, Node]]) -> Node:
    """Numbers before a product by entries scale it."""
    if entrywise:
        made = factors.pop()
        for sign, other in entrywise:
            if sign == r"\oslash":
                made = HadamardDiv(made, other, at=made.at)
            elif isinstance(made, Hadamard) and made is not other and sign != r"\oslash":
                made = Hadamard((*made.factors, other), at=made.at)
            else:
                made = Hadamard((made, other), at=made.at)
        factors.append(made)
    return factors[0] if len(factors) == 1 else Mul(tuple(factors), at=factors[0].at)


def read(source: str, vocabulary: Vocabulary, letters: Iterable[str] = ()) -> Node:
    """Read one formula, such as a size or a bound, in which these letters are indices.

    Raises: MathError of kind PARSE with the offset of the token that cannot be read.
    """
    reader = Reader(tokens(source), vocabulary, bound=frozenset(letters))
    made = reader.expression()
    reader.end()
    return made


def read_condition(source: str, vocabulary: Vocabulary) -> Node:
    """Read one condition, such as `c > 0`.

    Raises: MathError of kind PARSE.
    """
    reader = Reader(tokens(source), vocabulary)
    made = reader.condition()
    reader.end()
    return made
