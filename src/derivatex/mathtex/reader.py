"""Reading formulas: sums, products, factors, brackets, functions and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.binders import DIFFERENTIALS, DIVERGENCES, MEANS, Binders
from derivatex.mathtex.cursor import ENDS, PAIRS, RELATIONS
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.lexer import tokens
from derivatex.mathtex.scalars import is_scalar
from derivatex.mathtex.tree import (
    Abs,
    Add,
    All,
    Branch,
    Cases,
    Comparison,
    Div,
    Elements,
    Hadamard,
    HadamardDiv,
    Inner,
    Interval,
    Iverson,
    Matrix,
    Mul,
    Named,
    Neg,
    Node,
    Norm,
    Normal,
    Number,
    Root,
    Space,
    Span,
    Subdifferential,
    Val,
)
from derivatex.mathtex.vocabulary import Scripts, argument_tokens, read_scripts

if TYPE_CHECKING:
    from derivatex.mathtex.lexer import Token
    from derivatex.mathtex.vocabulary import Vocabulary

COMMANDS = frozenset(
    ["exp", "log", "ln", "tanh", "sinh", "cosh", "sin", "cos", "tan", "det", "max", "min", "arctan"]
)
WORDS = {
    "exp": "exp", "log": "log", "ln": "log", "tanh": "tanh", "sinh": "sinh", "cosh": "cosh",
    "sin": "sin", "cos": "cos", "tan": "tan", "arctan": "arctan", "det": "det", "sign": "sign",
    "sgn": "sign", "softmax": "softmax", "relu": "relu", "ReLU": "relu", "softplus": "softplus",
    "diag": "diag", "Diag": "diag", "tr": "trace", "Tr": "trace", "trace": "trace", "vec": "vec",
    "logdet": "logdet", "rank": "rank", "min": "min", "max": "max", "abs": "abs",
}  # fmt: skip
OPTIMA = {"argmin": "argmin", "argmax": "argmax"}
INDICATORS = {r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\boldsymbol{1}"}
PRODUCTS = {r"\cdot", r"\times", "*"}
ENTRYWISE = {r"\odot": Hadamard, r"\circ": Hadamard, r"\oslash": HadamardDiv}


class Reader(Binders):
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
        if self.nesting > 3 * 60:
            raise unreadable(
                "this formula is too deep", self.token.start, "cut it into definitions"
            )
        factors = [self._quotient()]
        entrywise: list[tuple[str, Node]] = []
        while True:
            token = self.token
            if token.text in ENTRYWISE:
                self.take()
                self._refuse_mixed(factors, token)
                entrywise.append((token.text, self._quotient()))
                if self._goes_on():
                    self._refuse_product_beside(token)
            elif token.text in PRODUCTS and token.text not in self.closers[-1]:
                self.take()
                if self.token.text in {"-", "+"}:
                    raise unreadable("a sign after a product sign", self.token.start, "bracket it")
                if entrywise:
                    self._refuse_product_beside(token)
                factors.append(self._quotient())
            elif self._goes_on():
                if token.kind == "number":
                    raise unreadable(f"the number {token.shown} has no sign before it", token.start)
                factors.append(self._quotient())
            else:
                break
        self.nesting -= 1
        return _product(factors, entrywise)

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
        while self.token.text == "/" and "/" not in self.closers[-1]:
            sign = self.take()
            under = self.factor()
            if self._goes_on() and self.token.text not in {"/"}:
                hint = r"write `a/(bc)`, `(a/b)\,c` or `\frac{a}{bc}`"
                raise unreadable("`a/bc` has two readings", sign.start, hint)
            made = Div(made, under, at=made.at)
        return made

    def _goes_on(self) -> bool:
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
        if self.nesting > 3 * 60:
            raise unreadable("this formula is too deep", token.start, "cut it into definitions")
        try:
            return self._factor(token)
        finally:
            self.nesting -= 1

    def _factor(self, token: Token) -> Node:
        if token.kind == "number":
            self.take()
            return self._scripted(Number(token.text, at=token.start))
        if token.kind == "val":
            self.take()
            is_published = token.text == r"\published"
            return self._scripted(Val(token.name, token.option, is_published, at=token.start))
        if token.kind == "open" or token.text in {"(", "[", r"\{"}:
            return self._scripted(self._of_bracket())
        if token.text in {r"\llbracket"}:
            return self._scripted(self._iverson())
        special = self._special(token)
        if special is not None:
            return special
        if token.kind in {"letter", "word"} or (token.kind == "command" and len(token.text) > 2):  # noqa: PLR2004
            return self.letter()
        if token.kind == "begin":
            return self._scripted(self._environment())
        if token.kind == "eof" or token.text in self.closers[-1] or token.text in RELATIONS:
            raise unreadable(f"a formula is missing before {token.shown}", token.start)
        raise unreadable(f"{token.shown} cannot be read here", token.start)

    def _special(self, token: Token) -> Node | None:  # noqa: C901, PLR0911, PLR0912  # a table of signs
        """What a command or word of this library stands for, unless it is declared."""
        text, name = token.text, token.name or token.text.lstrip("\\")
        declared = self.vocabulary.base_at(self.found, self.position)
        match text:
            case r"\frac":
                return self._scripted(self._fraction())
            case r"\sqrt":
                return self._scripted(self._root())
            case r"\sum" | r"\prod":
                return self.big(text[1:])
            case r"\|" if token.option != "r":
                return self._scripted(self._norm())
            case "|" if token.option != "r":
                return self._scripted(self._absolute())
            case r"\langle":
                return self._scripted(self._inner_product())
            case r"\lfloor" | r"\lceil":
                return self._scripted(self._rounded())
            case r"\partial":
                return self.inline_derivative()
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
                return self._scripted(self._binomial())
            case r"\mathcal{N}" if not declared:
                return self._scripted(self._normal())
        kind = self._divergence_ahead()
        if kind:
            return self._scripted(self.divergence(kind))
        if declared:
            return None
        if text in MEANS:
            return self._scripted(self.expectation(MEANS[text]))
        if name in OPTIMA:
            return self.optimum(OPTIMA[name])
        if text in INDICATORS and self.peek(1).text in {"[", r"\{", "("}:
            self.take()
            return self._scripted(self._iverson())
        is_word = token.kind == "word" and name in WORDS
        if is_word or (token.kind == "command" and name in COMMANDS):
            return self._named(WORDS[name])
        return None

    def _divergence_ahead(self) -> str:
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

    def _scripted(self, made: Node) -> Node:
        """Scripts after something that is no letter."""
        if self.accept("!"):
            made = Named("factorial", (made,), at=made.at)
        scripts, self.position = read_scripts(self.found, self.position)
        self.refuse_primes(scripts)
        is_index = bool(scripts.sub) and scripts.sub[0].text != "+"
        if isinstance(made, (Number, Val)) and is_index:
            raise unreadable("a number has no index", scripts.at)
        return self.superscript(self.subscript(made, scripts), scripts)

    # brackets

    def bracket(self) -> Node:
        """Read a bracket that only groups, without its scripts."""
        return self._of_bracket()

    def _of_bracket(self) -> Node:
        opened = self.take()
        close = PAIRS[opened.text]
        with self.closing(close, ";", ","):
            made = self.expression()
            if self.token.text in RELATIONS and opened.text == "[":
                made = Iverson(self._compared(made), at=opened.start)
            elif self.token.text == ";" and opened.text == "[":
                rows = [(made,)]
                while self.accept(";"):
                    rows.append((self.expression(),))
                made = Matrix(tuple(rows), at=opened.start)
            elif self.token.text in {",", ";"}:
                hint = "" if opened.text != "[" else "blocks under one another: `[a; b]`"
                raise unreadable(f"{self.token.shown} in a bracket", self.token.start, hint)
            elif self.token.text in RELATIONS:
                hint = "an Iverson bracket is square: `[i = j]`"
                raise unreadable("a relation in a bracket", self.token.start, hint)
            self.expect(close, opened)
        return made

    def _iverson(self) -> Node:
        opened = self.take()
        close = PAIRS[opened.text]
        with self.closing(close):
            made = self.condition()
            self.expect(close, opened)
        return Iverson(made, at=opened.start)

    def _norm(self) -> Node:
        opened = self.take()
        with self.closing(r"\|"):
            made = self.expression()
            self.expect(r"\|", opened)
        scripts, after = read_scripts(self.found, self.position)
        self.refuse_primes(scripts)
        kind: str | Node = ""
        if scripts.sub:
            text = "".join(token.name or token.text for token in scripts.sub)
            known = {"2": "2", "1": "1", r"\infty": "infinity", "F": "F", r"\mathcal{F}": "F"}
            kind = known.get(text) or self.all_of(scripts.sub)
        self.position = after
        return self.superscript(Norm(made, kind, at=opened.start), Scripts(sup=scripts.sup))

    def _absolute(self) -> Node:
        opened = self.take()
        with self.closing("|"):
            made = self.expression()
            self.expect("|", opened)
        return Abs(made, at=opened.start)

    def _inner_product(self) -> Node:
        opened = self.take()
        with self.closing(r"\rangle", ",", "|", r"\mid"):
            left = self.expression()
            if not self.accept(",", "|", r"\mid"):
                raise unreadable("an inner product has two sides", opened.start, "write a comma")
            right = self.expression()
            self.expect(r"\rangle", opened)
        return Inner(left, right, at=opened.start)

    def _rounded(self) -> Node:
        opened = self.take()
        close = PAIRS[opened.text]
        with self.closing(close):
            made = self.expression()
            self.expect(close, opened)
        return Named("floor" if "floor" in close else "ceil", (made,), at=opened.start)

    def _argument(self, of: Token) -> list[Token]:
        written, self.position = argument_tokens(self.found, self.position, of)
        return written

    def _fraction(self) -> Node:
        sign = self.take()
        over, under = self._argument(sign), self._argument(sign)
        for half in (over, under):
            if not half:
                raise unreadable("half of a fraction is missing", sign.start)
        first, second = over[0].text, under[0].text
        is_d = (
            first in DIFFERENTIALS
            and second in DIFFERENTIALS
            and ("d",) not in self.vocabulary.forms
        )
        if (first == second == r"\partial") or is_d:
            return self.derivative(over, under, sign)
        return Div(self.all_of(over), self.all_of(under), at=sign.start)

    def _root(self) -> Node:
        sign = self.take()
        degree = None
        if self.token.text == "[":
            opened = self.take()
            with self.closing("]"):
                degree = self.expression()
                self.expect("]", opened)
        return Root(self.all_of(self._argument(sign)), degree, at=sign.start)

    def _binomial(self) -> Node:
        sign = self.take()
        over, under = self._argument(sign), self._argument(sign)
        return Named("binomial", (self.all_of(over), self.all_of(under)), at=sign.start)

    # functions of this library

    def _named(self, name: str) -> Node:
        token = self.token
        if name in {"max", "min"} and self.script_ahead():
            if self.is_over_symbol(self.script_ahead()):
                return self.optimum(name)
            return self.big(name)
        self.take()
        scripts, self.position = read_scripts(self.found, self.position)
        if scripts.sub:
            raise unreadable(f"{token.shown} takes no index", scripts.at)
        if self.token.text in {"(", "[", r"\{"} and self.token.text not in self.closers[-1]:
            arguments = self.arguments()
        else:
            if not self._goes_on():
                raise unreadable(f"{token.shown} of what?", token.start, "write its argument")
            arguments = (self.factor(),)
            if self._goes_on() and not self._starts_function():
                hint = rf"write `{token.text}(ab)` or `({token.text} a)\,b`"
                raise unreadable(f"`{token.text} ab` has two readings", token.start, hint)
        wanted = 2 if name in {"max", "min"} else 1
        if name in {"max", "min"} and len(arguments) < wanted:
            raise unreadable(f"{token.shown} of one number", token.start, "over which index?")
        if name not in {"max", "min"} and len(arguments) != 1:
            raise unreadable(f"{token.shown} takes one argument", token.start)
        made = Named(name, arguments, scripts.primes, at=token.start)
        behind, self.position = read_scripts(self.found, self.position)
        self.refuse_primes(behind)
        if behind.sup and scripts.sup:
            raise unreadable("two powers of one function", behind.at)
        return self.superscript(self.superscript(self.subscript(made, behind), behind), scripts)

    def _starts_function(self) -> bool:
        r"""Whether a named function comes next, which ends the argument before it."""
        token = self.token
        name = token.name or token.text.lstrip("\\")
        return token.text in {r"\sum", r"\prod", r"\int"} or (
            (token.kind == "word" or token.kind == "command") and name in WORDS
        )

    def _normal(self) -> Node:
        token = self.take()
        opened = self.take()
        if opened.text != "(":
            raise unreadable(r"`\mathcal{N}` needs mean and variance", token.start)
        with self.closing(")", ",", ";", "|", r"\mid"):
            first = self.expression()
            point = None
            if self.accept(";", "|", r"\mid"):
                point, first = first, self.expression()
            if not self.accept(","):
                raise unreadable(r"`\mathcal{N}` needs mean and variance", token.start)
            variance = self.expression()
            self.expect(")", opened)
        return Normal(first, variance, point, at=token.start)

    # environments

    def _environment(self) -> Node:
        token = self.take()
        if token.name in {"cases", "dcases", "rcases"}:
            return self._cases(token)
        if not token.name.endswith("matrix") and token.name != "array":
            raise unreadable(f"`{token.name}` cannot be read here", token.start)
        rows: list[tuple[Node, ...]] = []
        for cells in self._cells(token):
            rows.append(tuple(self.all_of(cell) for cell in cells if cell))
        rows = [row for row in rows if row]
        if not rows or len({len(row) for row in rows}) != 1:
            raise unreadable("the rows of this matrix differ in length", token.start)
        made: Node = Matrix(tuple(rows), at=token.start)
        return Named("det", (made,), at=token.start) if token.name == "vmatrix" else made

    def _cells(self, opened: Token) -> list[list[list[Token]]]:
        """The tokens of each cell of each row, up to the end of the environment."""
        rows: list[list[list[Token]]] = [[[]]]
        level = 0
        while True:
            token = self.take()
            if token.kind == "eof":
                raise unreadable(f"{opened.shown} is never closed", opened.start)
            if token.kind == "end" and not level:
                return rows
            level += {"begin": 1, "end": -1}.get(token.kind, 0)
            if token.kind == "break" and not level:
                rows.append([[]])
            elif token.kind == "amp" and not level:
                rows[-1].append([])
            else:
                rows[-1][-1].append(token)

    def _cases(self, opened: Token) -> Node:
        branches: list[Branch] = []
        for cells in self._cells(opened):
            if not any(cells):
                continue
            if not cells[0]:
                raise unreadable("a branch without a value", opened.start)
            value = self.all_of(_without_end(cells[0]))
            words = [token for cell in cells[1:] for token in cell]
            condition = self._branch_condition(words, cells[0][0])
            branches.append(Branch(value, condition, at=value.at))
        return Cases(tuple(branches), at=opened.start)

    def _branch_condition(self, written: list[Token], value: Token) -> Node | None:
        kept = [token for token in _without_end(written) if token.kind not in {"gap"}]
        otherwise = {"otherwise", "else", "if otherwise", "elsewhere"}
        if kept and kept[0].kind == "word":
            if kept[0].name.rstrip(".,") in otherwise and len(kept) == 1:
                return None
            if kept[0].name in {"if", "for", "when", "where", "on"}:
                kept = kept[1:]
        if not kept:
            hint = r"write `& \text{if } …` or `& \text{otherwise}`"
            raise unreadable("a branch without a condition", value.start, hint)
        parts: list[list[Token]] = [[]]
        level = 0
        for token in kept:
            level += {"begin": 1, "end": -1}.get(token.kind, 0)
            is_and = token.kind == "word" and token.name in {"and", "or"} and not level
            if is_and and token.name == "or":
                raise unreadable("`or` in a condition", token.start, "write two branches")
            if is_and or (token.text == r"\land" and not level):
                parts.append([])
            else:
                parts[-1].append(token)
        made = [self._whole_condition(part) for part in parts]
        return made[0] if len(made) == 1 else All(tuple(made), at=kept[0].start)

    def _whole_condition(self, written: list[Token]) -> Node:
        inner = self.inner(written, in_script=self.in_script)
        made = inner.condition()
        inner.end()
        return made

    # conditions

    def condition(self) -> Node:
        """Read one comparison or a chain of them."""
        return self._compared(self.expression())

    def _compared(self, left: Node) -> Node:
        found: list[Node] = []
        while self.token.text in RELATIONS and self.token.text not in self.closers[-1]:
            sign = self.take()
            operator = RELATIONS[sign.text]
            right = self.set() if operator in {"in", "notin"} else self.expression()
            found.append(Comparison(operator, left, right, at=sign.start))
            left = right
        if not found:
            raise unreadable("a condition needs a relation", self.token.start)
        return found[0] if len(found) == 1 else All(tuple(found), at=found[0].at)

    def set(self) -> Node:
        r"""Read what may stand after `\in`."""
        token = self.token
        if token.text == r"\mathbb{R}":
            self.take()
            scripts, self.position = read_scripts(self.found, self.position)
            self.refuse_primes(scripts)
            if scripts.sub:
                raise unreadable("a part of this space cannot be read", scripts.at)
            return Space(self._sizes(scripts), at=token.start)
        if token.text == r"\{":
            return self._elements()
        if token.text in {"(", "["} and ("," in {it.text for it in self.found[self.position :]}):
            return self._interval()
        if token.text == r"\partial":
            made = self.inline_derivative()
            if isinstance(made, Subdifferential):
                return made
        raise unreadable(
            f"{token.shown} starts no set that can be read",
            token.start,
            r"read are `\mathbb{R}^n`, `\{…\}`, intervals and `\partial h(u)`",
        )

    def _sizes(self, scripts: Scripts) -> tuple[Node, ...]:
        if not scripts.sup:
            return ()
        parts: list[list[Token]] = [[]]
        level = 0
        for token in scripts.sup:
            level += (token.text in PAIRS) - (token.text in PAIRS.values())
            if token.text in {r"\times", ","} and not level:
                parts.append([])
            else:
                parts[-1].append(token)
        return tuple(self.all_of(part) for part in parts)

    def _elements(self) -> Node:
        opened = self.take()
        items: list[Node] = []
        is_span = False
        with self.closing(r"\}", ","):
            while True:
                if self.accept(r"\dots"):
                    is_span = True
                else:
                    items.append(self.expression())
                if not self.accept(","):
                    break
            self.expect(r"\}", opened)
        if is_span:
            return Span(items[0], items[-1], at=opened.start)
        return Elements(tuple(items), at=opened.start)

    def _interval(self) -> Node:
        opened = self.take()
        with self.closing(")", "]", ","):
            low = self.expression()
            self.expect(",", opened)
            high = self.expression()
            closed = self.accept(")", "]")
            if closed is None:
                raise unreadable(f"{opened.shown} is never closed", opened.start)
        return Interval(low, high, opened.text + closed.text, at=opened.start)


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


def _without_end(written: list[Token]) -> list[Token]:
    """Without the punctuation and gaps at the end."""
    while written and (written[-1].text in ENDS or written[-1].kind == "gap"):
        written = written[:-1]
    return written


def read(source: str, vocabulary: Vocabulary, *, indices: bool = False) -> Node:
    """Read one formula, such as a size or a bound; with `indices`, unknown letters are indices.

    Raises: MathError of kind PARSE with the offset of the token that cannot be read.
    """
    reader = Reader(tokens(source), vocabulary, in_script=indices)
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
