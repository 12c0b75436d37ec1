"""Reading what binds letters: sums, products, expectations, integrals, optima."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivatex.mathtex.cursor import PAIRS
from derivatex.mathtex.differentials import DIFFERENTIALS, Differentials
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.tree import (
    Big,
    Binder,
    Comparison,
    Divergence,
    Elements,
    Expectation,
    Integral,
    LawCall,
    Letter,
    Node,
    Normal,
    Optimum,
    Span,
    Sym,
)
from derivatex.mathtex.vocabulary import argument_tokens, read_scripts
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.mathtex.lexer import Token
    from derivatex.mathtex.vocabulary import Symbol

MEANS = {r"\mathbb{E}": "mean", r"\mathrm{E}": "mean", r"\mathbb{V}": "variance",
         r"\mathrm{Var}": "variance", r"\mathrm{V}": "variance"}  # fmt: skip
DIVERGENCES = {"KL": "KL", "JSD": "JSD", "JS": "JSD"}


class Binders(Differentials):
    """The part of the reader that knows what binds letters."""

    # sums, products, maxima

    def big(self, kind: str) -> Node:
        r"""Read `\sum`, `\prod`, `\max`, `\min`, which stand before this place."""
        sign = self.take()
        scripts, self.position = read_scripts(self.found, self.position)
        if kind in {"max", "min"} and not scripts.sub:
            raise unreadable(f"{sign.shown} over what?", sign.start)
        if not scripts.sub:
            hint = r"write `\sum_{i}` or `\sum_{i=1}^{n}`"
            raise unreadable(f"{sign.shown} over what?", sign.start, hint)
        pieces = _at_commas(scripts.sub)
        outcomes = self._outcome_binders(pieces)
        self.refuse_primes(scripts)
        if outcomes:
            self.refuse_power(scripts)
            return Big(kind, outcomes, (), self._body(kind), at=sign.start)
        high = self.all_of(scripts.sup) if scripts.sup else None
        binders: list[Binder] = []
        conditions: list[Node] = []
        with self.binding([]):
            for piece in pieces:
                self._read_bound(piece, high, binders, conditions)
                self.bound = self.bound | {binder.name for binder in binders}
            if not binders:
                raise unreadable(f"{sign.shown} binds no index", sign.start)
            if len({binder.name for binder in binders}) != len(binders):
                raise unreadable(f"{sign.shown} binds an index twice", sign.start)
            if high is not None and all(binder.high is not high for binder in binders):
                hint = r"write `_{i=1}^{n}`"
                raise unreadable(f"{sign.shown} has no lower bound", sign.start, hint)
            body = self._body(kind)
        binders = self._without_free(binders, body, sign)
        return Big(kind, tuple(binders), tuple(conditions), body, at=sign.start)

    def _without_free(self, binders: list[Binder], body: Node, sign: Token) -> list[Binder]:
        r"""Of `\sum_{j \ne i}`, only those letters are bound that the summand holds."""
        letters = {it.name for it in walk(body) if isinstance(it, Letter)}
        kept = [
            binder
            for k, binder in enumerate(binders)
            if k == 0 or binder.low is not None or not binder.is_second or binder.name in letters
        ]
        for binder in binders:
            if binder not in kept:
                self.free.setdefault(binder.name, sign.start)
        return [replace(binder, is_second=False) for binder in kept]

    def _body(self, kind: str) -> Node:
        """A sum reaches over the product that follows; a maximum over its bracket, or a product."""
        if kind in {"max", "min"} and self.token.text in {"(", "[", r"\{"}:
            return self.factor()
        return self.term()

    def _outcome_binders(self, pieces: list[list[Token]]) -> tuple[Binder, ...]:
        names = []
        for piece in pieces:
            match = self._whole_symbol(piece)
            if match is None or not self.vocabulary.symbols[match].is_outcome:
                return ()
            names.append(match)
        return tuple(Binder(name, is_outcome=True) for name in names)

    def _whole_symbol(self, piece: Sequence[Token]) -> str | None:
        """The symbol that these tokens are, where they are one and nothing else."""
        length = self.vocabulary.base_at(piece, 0)
        if not length:
            return None
        scripts, end = read_scripts(piece, length)
        match = self.vocabulary.match(tuple(it.text for it in piece[:length]), scripts)
        rest = match and (match.rest.sub or match.rest.sup or match.rest.primes or match.slots)
        return match.name if match and not rest and end == len(piece) else None

    def _read_bound(
        self,
        piece: list[Token],
        high: Node | None,
        binders: list[Binder],
        conditions: list[Node],
    ) -> None:
        r"""One piece of what stands under a sum: `i`, `ij`, `i = 1`, `i \\ne j`, `j < i`, …."""
        new = [it for it in piece if self._is_new(it)]
        texts = [token.text for token in piece]
        if all(self._is_new(token) for token in piece):
            binders += [Binder(token.text, at=token.start) for token in piece]
            return
        binds_nothing = len(piece) == 1 or (texts[1] == "=" and not new and not binders)
        if texts[0] in self.bound and binds_nothing:
            hint = "call one of them otherwise"
            raise unreadable(f"the index {piece[0].shown} is bound already", piece[0].start, hint)
        if len(piece) > 2 and self._is_new(piece[0]) and texts[1] == "=":  # noqa: PLR2004
            low = self.all_of(piece[2:], in_script=True)
            binders.append(Binder(texts[0], low, high, at=piece[0].start))
            return
        if len(piece) > 2 and self._is_new(piece[0]) and texts[1] == r"\in":  # noqa: PLR2004
            with self.binding([texts[0]]):
                inner = self.inner(piece, in_script=True)
                made = inner.condition()
                inner.end()
            self._bind_in(made, piece[0], binders, conditions)
            return
        names = list(dict.fromkeys(token.text for token in new))
        indices = [name for name in names if (name,) not in self.vocabulary.forms]
        names = indices or ([] if binders else names)  # in `i < c`, a declared `c` is what it is
        with self.binding(names):
            inner = self.inner(piece, in_script=True)
            made = inner.condition()
            inner.end()
        self._bind_compared(made, names, binders, conditions)

    def _bind_in(
        self, made: Node, token: Token, binders: list[Binder], conditions: list[Node]
    ) -> None:
        if isinstance(made, Comparison) and isinstance(made.right, Span):
            binders.append(Binder(token.text, made.right.low, made.right.high, at=token.start))
        elif isinstance(made, Comparison) and isinstance(made.right, Elements):
            binders.append(Binder(token.text, at=token.start))
            conditions.append(made)
        else:
            hint = r"write `i \in \{1, \dots, n\}`"
            raise unreadable("this set cannot be summed over", token.start, hint)

    def _bind_compared(
        self, made: Node, names: list[str], binders: list[Binder], conditions: list[Node]
    ) -> None:
        r"""Bounds such as `j < i` or `1 \\le i \\le n`; what is no bound stays a condition."""
        parts = made.conditions if hasattr(made, "conditions") else (made,)
        low: dict[str, Node] = {}
        high: dict[str, Node] = {}
        for part in parts:
            if not isinstance(part, Comparison):
                conditions.append(part)
                continue
            if (
                part.operator == "<="
                and isinstance(part.right, Letter)
                and part.right.name in names
            ):
                low.setdefault(part.right.name, part.left)
            if part.operator == "<=" and isinstance(part.left, Letter) and part.left.name in names:
                high.setdefault(part.left.name, part.right)
            conditions.append(part)
        known = {binder.name for binder in binders}
        binders += [
            Binder(name, low.get(name), high.get(name) if name in low else None, is_second=k > 0)
            for k, name in enumerate(names)
            if name not in known
        ]

    def _is_new(self, token: Token) -> bool:
        """Whether a letter can be bound here: it is a single letter that is no symbol."""
        if token.kind != "letter" or len(token.text) != 1 or token.text in self.bound:
            return False
        match = self.vocabulary.match((token.text,), type(read_scripts([], 0)[0])())
        symbol = self.vocabulary.symbols.get(match.name) if match else None
        return symbol is None or (symbol.shape == () and not symbol.size and not symbol.is_outcome)

    # expectations, integrals, divergences

    def expectation(self, kind: str) -> Node:
        """Read an expected value or a variance."""
        sign = self.take()
        scripts, self.position = read_scripts(self.found, self.position)
        self.refuse_power(scripts)
        supports = self._supports(scripts.sub, sign) if scripts.sub else []
        is_bracketed = self.token.text in {"[", "(", r"\{"}
        body = self.bracket() if is_bracketed else self.factor()
        if not supports:
            return Expectation(kind, (), None, body, at=sign.start)
        if kind == "variance" and len(supports) > 1:
            raise unreadable("a variance is under one law", sign.start)
        for variables, law in reversed(supports):
            body = Expectation(kind, variables, law, body, at=sign.start)
        return body

    def bracket(self) -> Node:
        """Read a bracket of any kind."""
        raise NotImplementedError

    def _supports(self, written: list[Token], sign: Token) -> list[tuple[tuple[str, ...], Node]]:
        """Which outcomes an expectation is over, and under which laws."""
        inner = self.inner(written, in_script=False)
        if not isinstance(inner, Binders):
            raise TypeError
        found: list[tuple[tuple[str, ...], Node]] = []
        while inner.token.kind != "eof":
            variables: list[str] = []
            if any(token.text == r"\sim" for token in inner.found[inner.position :]):
                variables.append(inner.outcome("E"))
                while inner.accept(","):
                    variables.append(inner.outcome("E"))
                inner.expect(r"\sim", sign)
            with inner.closing(","):
                law = inner.law()
            if not variables:
                if not isinstance(law, LawCall):
                    hint = r"write `\mathbb{E}_{z \sim …}`"
                    raise unreadable("an expectation over which outcome?", sign.start, hint)
                variables = list(law.of)
            elif isinstance(law, LawCall) and not set(variables) <= set(law.of):
                spelled = self.vocabulary.symbols[law.name].tex
                other = next(it for it in variables if it not in law.of)
                raise unreadable(f"`{spelled}(…)` is no law of `{other}` here", law.at)
            found.append((tuple(variables), law))
            if not inner.accept(","):
                break
        inner.end()
        return found

    def law(self) -> Node:
        """Read a law: a declared one, or a normal one."""
        token = self.token
        made = self.factor()
        if not isinstance(made, (LawCall, Normal)):
            hint = "declare it with `law:`"
            raise unreadable(f"{token.shown} is no law", token.start, hint)
        return made

    def integral(self) -> Node:
        r"""Read `\int … \,dz`."""
        sign = self.take()
        signs = 1
        while self.accept(r"\int"):
            signs += 1
        if self.token.text in {"_", "^"}:
            hint = r"it is over all values of the outcome named behind it: `\int … \,dz`"
            raise unreadable("an integral with a script", self.token.start, hint)
        with self.closing(*self.closers[-1], *DIFFERENTIALS):
            body = self.term()
            if self.token.text in {"+", "-"}:
                hint = "bracket a sum under an integral"
                raise unreadable("a sum under an integral", self.token.start, hint)
        variables: list[str] = []
        while self.accept(*DIFFERENTIALS):
            variables.append(self.outcome("d"))
        if not variables:
            hint = r"an integral ends with `\,dz`, where `z` is an outcome"
            raise unreadable("an integral over which outcome?", sign.start, hint)
        if signs not in {1, len(variables)} or len(set(variables)) != len(variables):
            hint = r"write one `\int` for each outcome, and bracket an integral in an integral"
            raise unreadable("these integrals do not fit their outcomes", sign.start, hint)
        return Integral(tuple(variables), body, at=sign.start)

    def divergence(self, kind: str) -> Node:
        """Read the two laws of a divergence, which stand after this place in brackets."""
        opened = self.take()
        close = {"(": ")", "[": "]", r"\{": r"\}"}.get(opened.text)
        if close is None:
            raise unreadable("a divergence needs its two laws in brackets", opened.start)
        bars = (r"\|", "|", r"\parallel", ",", ";")
        with self.closing(close, *bars):
            left = self.expression()
            bar = self.accept(r"\|", r"\parallel", ",", ";", "|")
            if bar is None:
                raise unreadable("a divergence needs two laws", opened.start, r"write `p \,\|\, q`")
            if bar.text == "|":
                self.accept("|")
            right = self.expression()
            self.expect(close, opened)
        return Divergence(kind, left, right, at=opened.start)

    # optima

    def optimum(self, kind: str) -> Node:
        r"""Read `\arg\min_z`, `\max_{z}` over a symbol: up to the next relation."""
        sign = self.take()
        scripts, self.position = read_scripts(self.found, self.position)
        self.refuse_power(scripts)
        if not scripts.sub:
            raise unreadable(f"{sign.shown} over what?", sign.start, r"write `\arg\min_z`")
        written = _before_set(scripts.sub)
        inner = self.inner(written, in_script=False)
        token = inner.token
        variable = inner.factor()
        inner.end()
        if not isinstance(variable, Sym):
            raise unreadable(f"no {kind} over {token.shown}", token.start, "name a symbol")
        if len(written) < len(scripts.sub):
            self._refuse_set(scripts.sub[len(written) :], self.vocabulary.symbols[variable.name])
        if kind in {"min", "max"}:
            body = self.term() if self.token.text not in {"(", "[", r"\{"} else self.factor()
        elif self.token.text in {"(", "[", r"\{"}:
            body = self.term()
        else:
            body = self.expression()
        return Optimum(kind, variable, body, at=sign.start)

    def _refuse_set(self, written: list[Token], symbol: Symbol) -> None:
        r"""What stands after `\in` can only be a letter for the domain that was declared."""
        name = written[1] if len(written) > 1 else written[0]
        scripts, end = read_scripts(written, 2)
        if name.kind not in {"letter", "command"} or scripts.primes or end != len(written):
            hint = "declare the symbol with a `domain`, and name that by a letter"
            raise unreadable("an optimum over a set that cannot be read", name.start, hint)
        is_everything = name.text == r"\mathbb{R}" and not scripts.sub
        if is_everything != (symbol.domain == "real"):
            hint = "give its `domain` where it is declared"
            message = f"`{symbol.tex}` is declared as {symbol.domain}, not in {name.shown}"
            raise unreadable(message, name.start, hint)

    def is_over_symbol(self, written: Sequence[Token]) -> bool:
        """Whether what stands under a maximum is a symbol that is no index."""
        name = self._whole_symbol(_before_set(written))
        if name is None:
            if self._outcome_binders(_at_commas(_before_set(written))):
                return False
            length = self.vocabulary.base_at(written, 0)
            scripts, _ = read_scripts(written, length)
            match = self.vocabulary.match(tuple(it.text for it in written[:length]), scripts)
            is_member = match is not None and bool(match.slots)
            return bool(length) and (is_member or not self._is_new(written[0]))
        symbol = self.vocabulary.symbols[name]
        return not symbol.is_outcome and not symbol.size

    def script_ahead(self) -> list[Token]:
        """The tokens of the subscript that follows the next token."""
        if self.peek(1).text != "_":
            return []
        return argument_tokens(self.found, self.position + 2, self.peek(1))[0]


def _at_commas(written: list[Token]) -> list[list[Token]]:
    r"""Cut at outermost commas; those before and after `\dots`, and within braces, do not cut."""
    pieces: list[list[Token]] = [[]]
    level = 0
    for token in written:
        level += (token.text in PAIRS) - (token.text in PAIRS.values())
        level += (token.kind == "begin") - (token.kind == "end")
        if level == 0 and (token.text == "," or token.kind in {"break", "gap"}):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _before_set(written: Sequence[Token]) -> list[Token]:
    r"""What stands before the outermost `\in`."""
    level = 0
    for k, token in enumerate(written):
        level += (token.text in PAIRS) - (token.text in PAIRS.values())
        if token.text == r"\in" and not level:
            return list(written[:k])
    return list(written)
