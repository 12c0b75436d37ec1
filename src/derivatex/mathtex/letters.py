"""Reading letters: declared symbols by their longest literal, indices, and what scripts mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.cursor import Cursor
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.tree import (
    Apply,
    Constant,
    Entry,
    HadamardPow,
    LawCall,
    Letter,
    Named,
    Neg,
    Node,
    Number,
    Pow,
    PseudoInverse,
    Sym,
    Transpose,
)
from derivatex.mathtex.vocabulary import Scripts, index_items, read_scripts
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.mathtex.lexer import Token
    from derivatex.mathtex.vocabulary import Symbol

CONSTANTS = {"e": "e", r"\mathrm{e}": "e", r"\pi": "pi", r"\infty": "infinity"}
TRANSPOSES = {r"\top", "T", r"\mathrm{T}", r"\mathsf{T}"}
SPELLED = ("exp", "log", "ln", "tanh", "sin", "cos", "tan", "det", "max", "min", "tr", "sqrt")
BOLD = (r"\mathbf", r"\boldsymbol")
SEPARATORS = {",", ";", "|", r"\mid"}


class Letters(Cursor):
    """The part of the reader that knows letters."""

    def letter(self) -> Node:
        """Read a letter with its scripts, and its arguments where it is a function."""
        token = self.token
        self._refuse_bare_function(token)
        length = self.vocabulary.base_at(self.found, self.position)
        while length:
            base = tuple(self.peek(k).text for k in range(length))
            scripts, after = read_scripts(self.found, self.position + length)
            match = self.vocabulary.match(base, scripts)
            if match:
                if token.text in self.bound and length == 1:
                    symbol = self.vocabulary.symbols[match.name]
                    if not symbol.is_outcome and symbol.tex == token.text:
                        return self._index()  # a bound index hides a symbol of the same letter
                self.position = after
                return self._symbol(match.name, match.slots, match.rest, token)
            length -= 1
        if token.text in self.bound:
            return self._index()
        return self._entry_of_bold(token) or self._undeclared_letter(token)

    def _entry_of_bold(self, token: Token) -> Node | None:
        r"""Read `z_i` where only the vector `\mathbf{z}` is declared; None where it is not."""
        if token.kind not in {"letter", "command"}:
            return None
        scripts, after = read_scripts(self.found, self.position + 1)
        for style in BOLD:
            match = self.vocabulary.match((f"{style}{{{token.text}}}",), scripts)
            if match and match.rest.sub and self.vocabulary.symbols[match.name].shape != ():
                self.position = after
                return self._symbol(match.name, match.slots, match.rest, token)
        return None

    def _index(self) -> Node:
        token = self.take()
        scripts, self.position = read_scripts(self.found, self.position)
        made: Node = Letter(token.text, at=token.start)
        self.refuse_primes(scripts)
        if scripts.sub:
            raise unreadable(f"the index `{token.text}` has an index itself", scripts.at)
        return self.superscript(made, scripts)

    def _undeclared_letter(self, token: Token) -> Node:
        known = self.vocabulary.base_at(self.found, self.position)
        if not known:
            is_letter = token.kind == "letter" and len(token.text) == 1
            if is_letter and (token.text in self.vocabulary.indices or self.in_script):
                self.free.setdefault(token.text, token.start)
                return self._index()
            if token.text in CONSTANTS:
                self.take()
                scripts, self.position = read_scripts(self.found, self.position)
                made = Constant(CONSTANTS[token.text], at=token.start)
                self.refuse_primes(scripts)
                if scripts.sub:
                    raise unreadable(f"the constant {token.shown} has no index", scripts.at)
                return self.superscript(made, scripts)
        raise self._no_such_form(token, known)

    def _refuse_bare_function(self, token: Token) -> None:
        """Refuse `exp(` without its backslash, whatever its letters are declared to be."""
        if token.text not in {name[0] for name in SPELLED}:
            return
        for name in SPELLED:
            letters = [self.peek(k).text for k in range(len(name) + 1)]
            if letters == [*name, "("] and not self._is_declared_word(name):
                right = r"\operatorname{tr}" if name == "tr" else rf"\{name}"
                message = f"`{name}` is spelled as separate letters"
                raise unreadable(message, token.start, f"write `{right}`")

    def _is_declared_word(self, name: str) -> bool:
        return tuple(name) in self.vocabulary.forms

    def _no_such_form(self, token: Token, length: int) -> Exception:
        """Say of a known letter with unknown scripts which there are."""
        if not length:
            return self.undeclared(token)
        base = tuple(self.peek(k).text for k in range(length))
        scripts, _ = read_scripts(self.found, self.position + length)
        shown = "".join(base)
        for mark, script in (("_", scripts.sub), ("^", scripts.sup)):
            if script:
                text = "".join(it.text for it in script)
                shown += mark + (text if len(script) == 1 else f"{{{text}}}")
        names = [form.name for form in self.vocabulary.forms[base]]
        spelled = ", ".join(f"`{self.vocabulary.symbols[name].tex}`" for name in names)
        hint = f"declared: {spelled}"
        return unreadable(f"`{shown}` is not declared", token.start, hint)

    def _symbol(
        self, name: str, slots: dict[str, list[Token]], rest: Scripts, token: Token
    ) -> Node:
        symbol = self.vocabulary.symbols[name]
        filled = tuple(self.index(slots[letter]) for letter, _ in symbol.slots)
        if symbol.arguments is not None:
            return self._function(symbol, filled, rest, token)
        if symbol.law is not None:
            return self._law(symbol, rest, token)
        if rest.primes:
            hint = "declare the primed letter as a symbol of its own"
            raise unreadable(f"`{symbol.tex}'` is not declared", rest.at, hint)
        if symbol.domain == "kronecker":
            return self._kronecker(rest, token)
        made: Node = Sym(name, filled, at=token.start)
        made = self.subscript(made, rest, symbol)
        return self.superscript(made, rest)

    def _kronecker(self, rest: Scripts, token: Token) -> Node:
        items = index_items(rest.sub, 2)
        if len(items) != 2:  # noqa: PLR2004
            raise unreadable(f"{token.shown} needs two indices", token.start)
        pair = tuple(self.index(item) for item in items)
        return self.superscript(Named("kronecker", pair, at=token.start), rest)

    # functions and laws

    def _function(
        self, symbol: Symbol, slots: tuple[Node, ...], rest: Scripts, token: Token
    ) -> Node:
        if rest.sub:
            self._refuse_subscript(symbol, rest)
        if self.token.text in {"(", "["} and not self._is_closer():
            arguments = self.arguments()
            wanted = len(symbol.arguments or ())
            if len(arguments) != wanted:
                message = f"`{symbol.tex}` takes {wanted} arguments, here are {len(arguments)}"
                raise unreadable(message, token.start)
        else:
            arguments = self._own_arguments(symbol, token)
        made = Apply(symbol.name, arguments, slots, rest.primes, at=token.start)
        return self.called(made, rest)

    def called(self, made: Node, before: Scripts) -> Node:
        """Read the scripts behind a function's arguments, and join those before them."""
        behind, self.position = read_scripts(self.found, self.position)
        self.refuse_primes(behind)
        if behind.sup and before.sup:
            raise unreadable("two powers of one function", behind.at)
        if [token.text for token in before.sup] == ["-", "1"]:
            hint = "`1/f(x)` is a reciprocal; an inverse needs a name and a definition"
            raise unreadable("`f^{-1}(x)` has two readings", before.at, hint)
        return self.superscript(self.superscript(self.subscript(made, behind), behind), before)

    def _own_arguments(self, symbol: Symbol, token: Token) -> tuple[Node, ...]:
        """A function without brackets stands for its value at the letters it was defined with."""
        definition = self.vocabulary.definitions.get(symbol.name)
        parameters = definition.parameters if definition else ()
        if not parameters or any(it not in self.vocabulary.symbols for it in parameters):
            hint = f"write `{symbol.tex}(…)`"
            raise unreadable(f"the function `{symbol.tex}` has no argument", token.start, hint)
        return tuple(Sym(parameter, at=token.start) for parameter in parameters)

    def arguments(self) -> tuple[Node, ...]:
        """Read arguments in brackets, told apart by commas, semicolons or bars."""
        opened = self.take()
        close = {"(": ")", "[": "]", r"\{": r"\}"}[opened.text]
        made = []
        with self.closing(close, *SEPARATORS):
            made.append(self.expression())
            while self.accept(*SEPARATORS):
                made.append(self.expression())
            self.expect(close, opened)
        return tuple(made)

    def _law(self, symbol: Symbol, rest: Scripts, token: Token) -> Node:
        law = symbol.law
        if law is None or rest.sub or rest.primes:
            self._refuse_subscript(symbol, rest)
            raise AssertionError
        of, given = law.of, law.given
        if self.token.text in {"(", "["}:
            of, given = self._outcomes(symbol)
        known = set(law.of) | set(law.given)
        for name in (*of, *given):
            if name not in known:
                spelled = ", ".join(f"`{it}`" for it in (*law.of, *law.given))
                message = f"`{symbol.tex}` is no law of `{name}`"
                raise unreadable(message, token.start, f"it is declared for {spelled}")
        made: Node = LawCall(symbol.name, of, given, at=token.start)
        behind, self.position = read_scripts(self.found, self.position)
        self.refuse_primes(behind)
        if behind.sub or (behind.sup and rest.sup):
            raise unreadable("a script on a law", behind.at)
        return self.superscript(self.superscript(made, behind), rest)

    def _outcomes(self, symbol: Symbol) -> tuple[tuple[str, ...], tuple[str, ...]]:
        opened = self.take()
        close = {"(": ")", "[": "]"}[opened.text]
        sides: list[list[str]] = [[], []]
        side = 0
        with self.closing(close, *SEPARATORS):
            while True:
                if self.token.kind == "eof" or self.token.text == close:
                    raise unreadable(f"`{symbol.tex}` of which outcome?", opened.start)
                sides[side].append(self.outcome(symbol.tex))
                if side == 0 and self.accept("|", r"\mid"):
                    side = 1
                elif not self.accept(","):
                    break
        if self.accept(";"):
            self._refuse_other_parameters(symbol, close)
        self.expect(close, opened)
        return tuple(sides[0]), tuple(sides[1])

    def _refuse_other_parameters(self, symbol: Symbol, close: str) -> None:
        """Read parameters of a law, which can only be those of its declaration."""
        law = symbol.law
        known: set[Node] = {Sym(name) for name in law.parameters} if law else set()
        known |= {it for node in (law and law.normal) or () for it in walk(node)}
        with self.closing(close, ","):
            while True:
                token = self.token
                if self.expression() not in known:
                    hint = "declare a law for each parameter"
                    message = f"`{symbol.tex}` is not declared with this parameter"
                    raise unreadable(message, token.start, hint)
                if not self.accept(","):
                    break

    def outcome(self, where: str) -> str:
        """The name of the outcome that is written here."""
        token = self.token
        node = self.letter()
        if not isinstance(node, Sym) or not self.vocabulary.symbols[node.name].is_outcome:
            message = f"{token.shown} is no outcome"
            hint = f"what stands in `{where}(…)` is declared with `outcome:`"
            raise unreadable(message, token.start, hint)
        return node.name

    # scripts

    def refuse_primes(self, scripts: Scripts) -> None:
        """Refuse a prime where it would mean nothing."""
        if scripts.primes:
            raise unreadable("a prime on something that is no letter", scripts.at)

    def refuse_power(self, scripts: Scripts) -> None:
        """Refuse a prime or a superscript where it would mean nothing."""
        self.refuse_primes(scripts)
        if scripts.sup:
            raise unreadable("a superscript makes no sense here", scripts.at, "use brackets")

    def index(self, written: Sequence[Token]) -> Node:
        """Read the tokens of one index."""
        return self.all_of(written, in_script=True)

    def subscript(self, made: Node, scripts: Scripts, symbol: Symbol | None = None) -> Node:
        """Entries of an array; `x_+` is the positive part."""
        if not scripts.sub:
            return made
        if [token.text for token in scripts.sub] == ["+"]:
            return Named("plus", (made,), at=made.at)
        wanted = len(symbol.shape) if symbol and symbol.shape is not None else None
        if wanted == 0 and symbol is not None:
            self._refuse_subscript(symbol, scripts)
        items = index_items(scripts.sub, wanted)
        if wanted is not None and len(items) != wanted and symbol is not None:
            message = f"`{symbol.tex}` has {wanted} indices, here are {len(items)}"
            hint = "separate indices by commas"
            if not any(token.text in self.vocabulary.indices for token in scripts.sub):
                hint = "declare it with its subscript as its `tex`, if that is a name"
            raise unreadable(message, scripts.at, hint)
        for item in items:
            self._refuse_name(item, symbol)
        indices = tuple(None if [t.text for t in it] == [":"] else self.index(it) for it in items)
        if not indices:
            raise unreadable("an index is missing", scripts.at)
        return Entry(made, indices, at=made.at)

    def _refuse_name(self, item: list[Token], symbol: Symbol | None) -> None:
        """An index must count: a letter that is declared as something else is a name."""
        if len(item) != 1 or item[0].text in self.bound:
            return
        found = self.vocabulary.match((item[0].text,), Scripts())
        other = self.vocabulary.symbols[found.name] if found else None
        is_word = item[0].kind == "word"
        counts = other is None or other.size or other.domain == "integer" or other.is_outcome
        if is_word or not counts:
            spelled = f"{symbol.tex if symbol else ''}_{{{item[0].text}}}"
            hint = f"if it is part of a name, declare a symbol with `tex: '{spelled}'`"
            raise unreadable(f"{item[0].shown} is no index", item[0].start, hint)

    def _refuse_subscript(self, symbol: Symbol, scripts: Scripts) -> None:
        text = "".join(token.text for token in scripts.sub)
        what = "a function" if symbol.arguments is not None else "a number"
        what = "a law" if symbol.law else what
        message = f"`{symbol.tex}` is {what} and has no index `{text}`"
        spelled = f"{symbol.tex}_{text}" if len(scripts.sub) == 1 else f"{symbol.tex}_{{{text}}}"
        hint = f"declare `{spelled}` as a symbol of its own, or define it"
        raise unreadable(message, scripts.at, hint)

    def superscript(self, made: Node, scripts: Scripts) -> Node:
        """A transpose, an inverse, a power: see the order in docs/equations.md."""
        if not scripts.sup:
            return made
        texts = [token.text for token in scripts.sup]
        at = made.at
        if texts[-1] in TRANSPOSES and texts[:-1] in ([], ["-"]) and self._transposes(texts[-1]):
            inside = Pow(made, Neg(Number("1")), at=at) if len(texts) > 1 else made
            return Transpose(inside, at=at)
        if texts == ["+"]:
            return PseudoInverse(made, at=at)
        if texts[0] in {r"\odot", r"\circ"} and len(texts) > 1:
            return HadamardPow(made, self.all_of(scripts.sup[1:]), at=at)
        if texts[0] == "(" and texts[-1] == ")":
            text = "".join(texts)
            hint = "declare the letter as a family: `index: {t: T}`; a power needs no brackets"
            raise unreadable(f"no family has the superscript `{text}`", scripts.sup[0].start, hint)
        if texts in (["*"], [r"\star"], [r"\dagger"]):
            message = f"a letter with `^{texts[0]}` is not declared"
            raise unreadable(message, scripts.sup[0].start, "declare it as a symbol of its own")
        exponent = self.all_of(scripts.sup)
        return Pow(made, exponent, at=at)

    def _transposes(self, text: str) -> bool:
        """Whether a superscript is the sign of the transpose: `T` is not where it is a letter."""
        if text != "T":
            return True
        is_declared = ("T",) in self.vocabulary.forms or "T" in self.vocabulary.indices
        return not is_declared and "T" not in self.bound

    def _is_closer(self) -> bool:
        return self.token.text in self.closers[-1]
