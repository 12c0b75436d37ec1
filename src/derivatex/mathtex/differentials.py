"""Reading derivatives: fractions of differentials, gradients, subdifferentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.letters import Letters
from derivatex.mathtex.tree import (
    Apply,
    Derivative,
    Entry,
    Node,
    Number,
    Pow,
    Subdifferential,
    Sym,
)
from derivatex.mathtex.vocabulary import argument_tokens, read_scripts

if TYPE_CHECKING:
    from derivatex.mathtex.lexer import Token

DIFFERENTIALS = {"d", r"\mathrm{d}"}
ORDER_LIMIT = 3


class Differentials(Letters):
    """The part of the reader that knows derivatives."""

    def derivative(self, over: list[Token], under: list[Token], sign: Token) -> Node:
        r"""Read `\frac{\partial …}{\partial …}`, or with `d`; an operator takes a product."""
        top = self.inner(over, in_script=False)
        top.take()
        order = _order(top)
        below = self.inner(under, in_script=False)
        by: list[Node] = []
        while below.token.kind != "eof":
            if below.accept(r"\partial", *DIFFERENTIALS) is None:
                below.end()
            by += self._by(below)
        if len(by) != order:
            message = f"{order} times above, {len(by)} times below"
            raise unreadable(f"this derivative is taken {message}", sign.start)
        if top.token.kind == "eof":
            return Derivative(self.term(), tuple(by), at=sign.start)
        of = top.term()
        top.end()
        return Derivative(of, tuple(by), at=sign.start)

    def _by(self, below: object) -> list[Node]:
        """What a derivative is taken by, as often as its power says."""
        if not isinstance(below, Differentials):
            raise TypeError
        token = below.token
        made = below.factor()
        times = 1
        if isinstance(made, Pow) and isinstance(made.exponent, Number):
            text = made.exponent.text
            if text not in {"1", "2", "3"}:
                raise unreadable("a derivative of this order cannot be read", token.start)
            times, made = int(text), made.base
        self._check_by(made, token)
        return [made] * times

    def _check_by(self, made: Node, token: Token) -> None:
        base = made.base if isinstance(made, Entry) else made
        if not isinstance(base, (Sym, Apply)):
            hint = "a derivative is by a letter or by an entry of one"
            raise unreadable("no derivative can be taken by this", token.start, hint)

    def inline_derivative(self) -> Node:
        r"""Read `\partial L / \partial x`, or the subdifferential `\partial h(u)`."""
        sign = self.take()
        order = _order(self)
        with self.closing(*self.closers[-1], "/"):
            of = self.factor()
        if self.token.text == "/" and self.peek(1).text in {r"\partial", *DIFFERENTIALS}:
            self.take()
            by: list[Node] = []
            while self.accept(r"\partial", *DIFFERENTIALS):
                by += self._by(self)
            if len(by) != order:
                message = f"this derivative is taken {order} times above, {len(by)} times below"
                raise unreadable(message, sign.start)
            return Derivative(of, tuple(by), at=sign.start)
        if order == 1:
            return Subdifferential(of, at=sign.start)
        raise unreadable(r"a `\partial` without its second half", sign.start)

    def nabla(self) -> Node:
        r"""Read `\nabla_x L`, `\nabla_x^2 L`, `\nabla f(x)`."""
        sign = self.take()
        scripts, self.position = read_scripts(self.found, self.position)
        self.refuse_primes(scripts)
        order = 1
        if scripts.sup:
            if len(scripts.sup) != 1 or scripts.sup[0].text not in {"1", "2", "3"}:
                raise unreadable("a power of this kind makes no sense here", scripts.at)
            order = int(scripts.sup[0].text)
        by: tuple[Node, ...] = ()
        if scripts.sub:
            inner = self.inner(scripts.sub, in_script=False)
            token = inner.token
            made = inner.factor()
            inner.end()
            self._check_by(made, token)
            by = (made,) * order
        of = self.factor()
        if not by:
            if not isinstance(of, Apply):
                hint = r"write `\nabla_x`, with what the derivative is taken by"
                raise unreadable(r"`\nabla` by what?", sign.start, hint)
            if len(of.arguments) > 1:
                raise unreadable(r"`\nabla` by which argument?", sign.start, r"write `\nabla_x`")
        return Derivative(of, by, order, "nabla", at=sign.start)


def _order(cursor: object) -> int:
    """The power of a differential sign."""
    if not isinstance(cursor, Differentials) or cursor.token.text != "^":
        return 1
    written, cursor.position = argument_tokens(cursor.found, cursor.position + 1, cursor.token)
    text = "".join(token.text for token in written)
    if not text.isdecimal() or not 1 <= int(text) <= ORDER_LIMIT:
        raise unreadable("this order of a derivative cannot be read", cursor.token.start)
    return int(text)
