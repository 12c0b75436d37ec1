"""Reading brackets, fractions, norms, and the functions of this library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.binders import Binders
from derivatex.mathtex.cursor import PAIRS, RELATIONS
from derivatex.mathtex.differentials import DIFFERENTIALS
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.tree import (
    Abs,
    Div,
    Inner,
    Iverson,
    Matrix,
    Named,
    Node,
    Norm,
    Normal,
    Number,
    Root,
    Val,
)
from derivatex.mathtex.vocabulary import Scripts, argument_tokens, read_scripts

if TYPE_CHECKING:
    from derivatex.mathtex.lexer import Token

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


class Brackets(Binders):
    """The part of the reader that knows what brackets and named functions mean."""

    def goes_on(self) -> bool:
        """Whether the next token starts another factor."""
        raise NotImplementedError

    def compared(self, left: Node) -> Node:
        """Read the relations behind the first side of a condition."""
        raise NotImplementedError

    def scripted(self, made: Node) -> Node:
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
        return self.of_bracket()

    def of_bracket(self) -> Node:
        """Read a bracket: a group, an Iverson bracket, or blocks under one another."""
        opened = self.take()
        close = PAIRS[opened.text]
        with self.closing(close, ";", ","):
            made = self.expression()
            if self.token.text in RELATIONS and opened.text == "[":
                made = Iverson(self.compared(made), at=opened.start)
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

    def iverson(self) -> Node:
        """Read an Iverson bracket whose sign stands before it."""
        opened = self.take()
        close = PAIRS[opened.text]
        with self.closing(close):
            made = self.condition()
            self.expect(close, opened)
        return Iverson(made, at=opened.start)

    def norm(self) -> Node:
        """Read a norm and which one it is."""
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

    def absolute(self) -> Node:
        """Read an absolute value."""
        opened = self.take()
        with self.closing("|"):
            made = self.expression()
            self.expect("|", opened)
        return Abs(made, at=opened.start)

    def inner_product(self) -> Node:
        """Read an inner product."""
        opened = self.take()
        with self.closing(r"\rangle", ",", "|", r"\mid"):
            left = self.expression()
            if not self.accept(",", "|", r"\mid"):
                raise unreadable("an inner product has two sides", opened.start, "write a comma")
            right = self.expression()
            self.expect(r"\rangle", opened)
        return Inner(left, right, at=opened.start)

    def rounded(self) -> Node:
        """Read a number rounded down or up."""
        opened = self.take()
        close = PAIRS[opened.text]
        with self.closing(close):
            made = self.expression()
            self.expect(close, opened)
        return Named("floor" if "floor" in close else "ceil", (made,), at=opened.start)

    def _argument(self, of: Token) -> list[Token]:
        written, self.position = argument_tokens(self.found, self.position, of)
        return written

    def fraction(self) -> Node:
        """Read a fraction, or a derivative that is written as one."""
        sign = self.take()
        over, under = self._argument(sign), self._argument(sign)
        for half in (over, under):
            if not half:
                raise unreadable("half of a fraction is missing", sign.start)
        known = {*self.bound, *self.vocabulary.indices, *(it[0] for it in self.vocabulary.forms)}
        signs = DIFFERENTIALS - {"d"} if "d" in known else DIFFERENTIALS
        is_d = over[0].text in signs and under[0].text in signs
        if (over[0].text == under[0].text == r"\partial") or is_d:
            return self.derivative(over, under, sign)
        return Div(self.all_of(over), self.all_of(under), at=sign.start)

    def root(self) -> Node:
        """Read a root."""
        sign = self.take()
        degree = None
        if self.token.text == "[":
            opened = self.take()
            with self.closing("]"):
                degree = self.expression()
                self.expect("]", opened)
        return Root(self.all_of(self._argument(sign)), degree, at=sign.start)

    def binomial(self) -> Node:
        """Read a binomial coefficient."""
        sign = self.take()
        over, under = self._argument(sign), self._argument(sign)
        return Named("binomial", (self.all_of(over), self.all_of(under)), at=sign.start)

    # functions of this library

    def named(self, name: str) -> Node:
        """Read a function of this library with its argument."""
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
            if not self.goes_on():
                raise unreadable(f"{token.shown} of what?", token.start, "write its argument")
            arguments = (self.factor(),)
            if self.goes_on() and not self._starts_function():
                hint = rf"write `{token.text}(ab)` or `({token.text} a)\,b`"
                raise unreadable(f"`{token.text} ab` has two readings", token.start, hint)
        wanted = 2 if name in {"max", "min"} else 1
        if name in {"max", "min"} and len(arguments) < wanted:
            raise unreadable(f"{token.shown} of one number", token.start, "over which index?")
        if name not in {"max", "min"} and len(arguments) != 1:
            raise unreadable(f"{token.shown} takes one argument", token.start)
        made = Named(name, arguments, scripts.primes, at=token.start)
        return self.called(made, scripts)

    def _starts_function(self) -> bool:
        r"""Whether a named function comes next, which ends the argument before it."""
        token = self.token
        name = token.name or token.text.lstrip("\\")
        return token.text in {r"\sum", r"\prod", r"\int"} or (
            token.kind in {"word", "command"} and name in WORDS
        )

    def normal(self) -> Node:
        """Read a normal law, or its density."""
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
