"""What every part of the reader shares: a place in the tokens, and what is bound there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from derivatex.diagnostics import did_you_mean
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.lexer import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from derivatex.mathtex.tree import Node
    from derivatex.mathtex.vocabulary import Vocabulary

RELATIONS = {
    "=": "=", "<": "<", ">": ">", r"\le": "<=", r"\ge": ">=", r"\ne": "!=", r"\approx": "~",
    r"\propto": "propto", r"\in": "in", r"\iff": "iff", r"\implies": "implies",
    r"\coloneqq": ":=", r"\sim": "sim", r"\notin": "notin", r"\ll": "<<", r"\gg": ">>",
}  # fmt: skip
PAIRS = {"(": ")", "[": "]", r"\{": r"\}", "{": "}", r"\langle": r"\rangle", r"\lfloor": r"\rfloor",
         r"\lceil": r"\rceil", r"\llbracket": r"\rrbracket"}  # fmt: skip
ENDS = {",", ";", ".", ":"}
MAX_NESTING = 60
UNREAD = {  # commands with a meaning that formulas here have not
    r"\lim", r"\limsup", r"\liminf", r"\sup", r"\inf", r"\to", r"\rightarrow",
    r"\longrightarrow", r"\pm", r"\mp", r"\forall", r"\exists", r"\oplus", r"\otimes", r"\bmod",
    r"\pmod", r"\mapsto", r"\Pr", r"\oint", r"\iint", r"\cup", r"\cap", r"\subset",
    r"\subseteq", r"\asymp", r"\equiv",
}  # fmt: skip


class Cursor:
    """A place in a sequence of tokens.

    `bound` holds the index letters of the sums around the place, `outcomes` those of expectations.
    `free` collects letters that stand as indices and are bound by nothing.
    """

    def __init__(
        self,
        found: Sequence[Token],
        vocabulary: Vocabulary,
        *,
        bound: frozenset[str] = frozenset(),
        in_script: bool = False,
    ) -> None:
        """Start at the first token."""
        self.found = list(found)
        self.vocabulary = vocabulary
        self.position = 0
        self.bound = bound
        self.in_script = in_script
        self.free: dict[str, int] = {}
        self.closers: list[frozenset[str]] = [frozenset()]
        self.nesting = 0
        end = self.found[-1].end if self.found else 0
        self.eof = Token("eof", "", end, end)

    # the other parts of the reader, which call one another

    def expression(self) -> Node:
        """Read a sum."""
        raise NotImplementedError

    def term(self) -> Node:
        """Read a product."""
        raise NotImplementedError

    def factor(self) -> Node:
        """Read a letter, number, bracket or call with its scripts."""
        raise NotImplementedError

    def condition(self) -> Node:
        """Read one comparison or a chain of them."""
        raise NotImplementedError

    # moving

    @property
    def token(self) -> Token:
        """The token at this place."""
        return self.peek(0)

    def peek(self, ahead: int) -> Token:
        """The token some places ahead."""
        k = self.position + ahead
        return self.found[k] if k < len(self.found) else self.eof

    def take(self) -> Token:
        """The token at this place, which is passed."""
        token = self.token
        self.position += 1
        return token

    def accept(self, *texts: str) -> Token | None:
        """The next token where it is one of these."""
        return self.take() if self.token.text in texts and self.token.kind != "eof" else None

    def expect(self, text: str, opened: Token) -> Token:
        """The next token, which must be this one."""
        found = self.accept(text)
        if found is None:
            if self.token.kind == "eof" or self.token.text in self.closers[-1]:
                raise unreadable(f"{opened.shown} is never closed", opened.start, f"add `{text}`")
            raise unreadable(f"{self.token.shown} stands where `{text}` should", self.token.start)
        return found

    @contextmanager
    def closing(self, *texts: str) -> Iterator[None]:
        """Within, these tokens end what is being read."""
        self.closers.append(frozenset(texts))
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise unreadable("too many brackets are open here", self.token.start)
        try:
            yield
        finally:
            self.closers.pop()
            self.nesting -= 1

    @contextmanager
    def binding(self, names: Sequence[str]) -> Iterator[None]:
        """Within, these letters are bound."""
        before = self.bound
        self.bound = before | set(names)
        try:
            yield
        finally:
            self.bound = before

    def inner(self, found: Sequence[Token], *, in_script: bool) -> Cursor:
        """A reader of the same kind for other tokens, with the same letters bound."""
        made = type(self)(found, self.vocabulary, bound=self.bound, in_script=in_script)
        made.nesting = self.nesting + 1
        if made.nesting > MAX_NESTING:
            raise unreadable("too many scripts are open here", self.token.start)
        made.free = self.free
        return made

    def all_of(self, found: Sequence[Token], *, in_script: bool = False) -> Node:
        """Read all of these tokens as one formula."""
        inner = self.inner(found, in_script=in_script)
        made = inner.expression()
        inner.end()
        return made

    def end(self) -> None:
        """Refuse what is left over."""
        if self.token.kind != "eof":
            hint = "close the bracket before it" if self.token.text in PAIRS.values() else ""
            if self.token.text in PAIRS.values() or self.token.text in {r"\|", "|"}:
                raise unreadable(f"{self.token.shown} closes nothing", self.token.start, hint)
            raise unreadable(f"{self.token.shown} cannot be read here", self.token.start)

    def undeclared(self, token: Token, spelled: str = "") -> Exception:
        """What to say of a letter that nobody declared."""
        name = spelled or token.text
        if name in UNREAD:
            hint = "check a value beside it, `paired: name`, or say `unverified: reason`"
            return unreadable(f"`{name}` is not read", token.start, hint)
        hint = did_you_mean(name, self.vocabulary.spellings())
        if not hint.startswith("did"):
            hint = f"declare it under `symbols`, or define it: `define: ['{name} = …']`"
        return unreadable(f"`{name}` is not declared", token.start, hint)
