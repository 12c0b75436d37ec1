"""What the letters of a formula are: sizes, indices, symbols, and how each is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.lexer import Token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from derivatex.mathtex.tree import Node

SLOT = "\0"  # with an index letter behind it: the place of that index in a family's scripts


@dataclass(frozen=True)
class Range:
    """The values that an index takes, both ends included."""

    low: Node
    high: Node


@dataclass(frozen=True)
class Size:
    """A size: drawn for each instance, not below `least`, not above `most`, or fixed."""

    least: Node | None = None
    most: int | None = None
    fixed: int | None = None


@dataclass(frozen=True)
class Law:
    """A probability law over outcomes: a table, or normal with a mean and a variance."""

    of: tuple[str, ...]
    given: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    normal: tuple[Node, Node] | None = None


@dataclass(frozen=True)
class Random:
    """Entries that are independent two-point laws with this mean and variance."""

    mean: Node
    variance: Node


@dataclass(frozen=True)
class Symbol:
    """A letter, and what it stands for; at most one of the later fields says that it is special.

    `shape` is None where it is not known before it is evaluated.
    `slots` are the indices of a family, each with its range.
    `arguments` are the shapes of a function's arguments.
    """

    name: str
    tex: str
    shape: tuple[Node, ...] | None = ()
    slots: tuple[tuple[str, Range | None], ...] = ()
    domain: str = "real"
    arguments: tuple[tuple[Node, ...], ...] | None = None
    size: Size | None = None
    law: Law | None = None
    is_outcome: bool = False
    random: Random | None = None


@dataclass(frozen=True)
class Definition:
    """What a symbol was defined as.

    On its left side stand the index letters `slots` of a family, or those of an array, `entries`,
    or the arguments of a function, `parameters`.
    """

    name: str
    body: Node
    slots: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """How a symbol is written: letters, then scripts as literal tokens with gaps for slots."""

    base: tuple[str, ...]
    sub: tuple[str, ...]
    sup: tuple[str, ...]
    primes: int
    name: str


@dataclass
class Scripts:
    """The scripts that follow a letter."""

    sub: list[Token] = field(default_factory=list)
    sup: list[Token] = field(default_factory=list)
    primes: int = 0
    at: int = 0


@dataclass
class Match:
    """A symbol found in a text, with the tokens of its slots and the scripts that are left over."""

    name: str
    slots: dict[str, list[Token]]
    rest: Scripts


class Vocabulary:
    """All that is declared and defined, with the longest literal first."""

    def __init__(self) -> None:
        """Start empty."""
        self.symbols: dict[str, Symbol] = {}
        self.indices: dict[str, Range] = {}
        self.definitions: dict[str, Definition] = {}
        self.confirmed: dict[str, Definition] = {}  # closed forms of what is defined as an optimum
        self.forms: dict[tuple[str, ...], list[Form]] = {}
        self.longest = 1

    def copy(self) -> Vocabulary:
        """Another vocabulary that starts with what this one holds."""
        made = Vocabulary()
        made.symbols, made.indices = dict(self.symbols), dict(self.indices)
        made.definitions, made.confirmed = dict(self.definitions), dict(self.confirmed)
        made.forms = {base: list(forms) for base, forms in self.forms.items()}
        made.longest = self.longest
        return made

    def declare(self, symbol: Symbol) -> None:
        """Add a symbol.

        Raises: MathError where its `tex` is no letter with scripts or is taken.
        """
        form = form_of(symbol.tex, symbol.name, [letter for letter, _ in symbol.slots])
        forms = self.forms.setdefault(form.base, [])
        for other in forms:
            same = (other.sub, other.sup, other.primes) == (form.sub, form.sup, form.primes)
            if same and other.name != symbol.name:
                raise unreadable(
                    f"`{symbol.tex}` is both `{other.name}` and `{symbol.name}`",
                    None,
                    f"print one of them otherwise, such as `{symbol.tex}_0` or `\\tilde{{…}}`",
                )
        if symbol.name not in self.symbols:
            forms.append(form)
        self.symbols[symbol.name] = symbol
        self.longest = max(self.longest, len(form.base))

    def literal(self, name: str, slots: Sequence[int]) -> str | None:
        """The symbol that is printed as this member of a family, where there is one of its own."""
        form = next((it for it in self.forms_of_all() if it.name == name), None)
        letters = [SLOT + letter for letter, _ in self.symbols[name].slots]
        if form is None or not letters:
            return None
        numbers = dict(zip(letters, map(str, slots), strict=True))
        filled = [
            tuple(numbers.get(text, text) for text in script) for script in (form.sub, form.sup)
        ]
        for other in self.forms[form.base]:
            if (other.sub, other.sup) == tuple(filled) and other.primes == form.primes:
                return other.name
        return None

    def forms_of_all(self) -> Iterator[Form]:
        """Every form of every symbol."""
        for forms in self.forms.values():
            yield from forms

    def base_at(self, found: Sequence[Token], position: int) -> int:
        """How many tokens from `position` on are the letters of some declared symbol."""
        for length in range(min(self.longest, len(found) - position), 0, -1):
            if tuple(token.text for token in found[position : position + length]) in self.forms:
                return length
        return 0

    def match(self, base: tuple[str, ...], scripts: Scripts) -> Match | None:
        """The most literal reading of letters with scripts; None where there is none."""
        best: tuple[int, Match] | None = None
        for form in self.forms.get(base, []):
            found = _matched(form, scripts)
            if found and (best is None or found[0] > best[0]):
                best = found
        return best[1] if best else None

    def spellings(self) -> list[str]:
        """How every symbol is printed, for suggestions."""
        return sorted({symbol.tex for symbol in self.symbols.values()})


def _matched(form: Form, scripts: Scripts) -> tuple[int, Match] | None:
    """The match and how literal it is."""
    if form.primes > scripts.primes:
        return None
    rank = 3 * form.primes
    slots: dict[str, list[Token]] = {}
    rest = Scripts(primes=scripts.primes - form.primes, at=scripts.at)
    for pattern, written, leave in (
        (form.sub, scripts.sub, rest.sub),
        (form.sup, scripts.sup, rest.sup),
    ):
        if not pattern:
            leave.extend(written)
            continue
        taken = _slots(pattern, written)
        if taken is None:
            return None
        rank += 2 if any(map(is_slot, pattern)) else 4
        slots |= taken[0]
        leave.extend(taken[1])
    return rank, Match(form.name, slots, rest)


def is_slot(text: str) -> bool:
    """Whether a piece of a pattern is the place of an index."""
    return text.startswith(SLOT)


def _slots(
    pattern: tuple[str, ...], written: list[Token]
) -> tuple[dict[str, list[Token]], list[Token]] | None:
    """What fills a pattern's gaps, by index letter, and what is left of the script."""
    if all(map(is_slot, pattern)):
        items = index_items(written, len(pattern))
        if len(items) < len(pattern):
            return None
        rest = [token for item in items[len(pattern) :] for token in item]
        return {text[1:]: item for text, item in zip(pattern, items, strict=False)}, rest
    texts = [token.text for token in written]
    slots: dict[str, list[Token]] = {}
    position = 0
    for text, after in pairwise((*pattern, "")):
        if not is_slot(text):
            if position >= len(texts) or texts[position] != text:
                return None
            position += 1
            continue
        end = _next(texts, position, after)
        if end is None or end == position:
            return None
        slots[text[1:]] = written[position:end]
        position = end
    return (slots, []) if position == len(texts) else None


def _next(texts: list[str], position: int, literal: str) -> int | None:
    """Where a slot that starts at `position` ends: before the literal at its own level."""
    level = 0
    for k in range(position, len(texts)):
        if level == 0 and texts[k] == literal:
            return k
        level += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(texts[k], 0)
    return len(texts) if not literal else None


def index_items(written: Sequence[Token], wanted: int | None) -> list[list[Token]]:
    """Cut a script into indices: at commas, or else token by token where that gives `wanted`.

    A number of several digits counts as that many indices where `wanted` says so.
    """
    if any(token.text == "," for token in written):
        items: list[list[Token]] = [[]]
        level = 0
        for token in written:
            level += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(token.text, 0)
            if token.text == "," and not level:
                items.append([])
            else:
                items[-1].append(token)
        if not all(items):
            raise unreadable("an index is missing beside a comma", written[0].start)
        return items
    if wanted == 1 and not _are_letters(written):
        return [list(written)] if written else []
    singles = [
        token for token in written if token.kind in {"letter", "number"} or token.text == ":"
    ]
    if len(singles) == len(written):
        pieces = [piece for token in written for piece in _digits(token, wanted, len(written))]
        if wanted is None or len(pieces) >= wanted:
            return [[piece] for piece in pieces]
    return [list(written)] if written else []


def _are_letters(written: Sequence[Token]) -> bool:
    return all(token.kind == "letter" for token in written)


def _digits(token: Token, wanted: int | None, count: int) -> list[Token]:
    if token.kind == "number" and wanted and count < wanted and token.text.isdecimal():
        return [Token("number", digit, token.start, token.end) for digit in token.text]
    return [token]


def read_scripts(found: Sequence[Token], position: int) -> tuple[Scripts, int]:
    """The scripts and primes that follow a letter, and where they end.

    Raises: MathError where a script comes twice or has nothing in it.
    """
    scripts = Scripts()
    while position < len(found) and found[position].text in {"_", "^", "'"}:
        mark = found[position]
        scripts.at = scripts.at or mark.start
        position += 1
        if mark.text == "'":
            scripts.primes += 1
            continue
        written, position = argument_tokens(found, position, mark)
        primes = [token for token in written if token.text == "'"]
        if primes and len(primes) == len(written):
            scripts.primes += len(primes)
            continue
        place = scripts.sub if mark.text == "_" else scripts.sup
        if place:
            raise unreadable(f"a second `{mark.text}` on one letter", mark.start, "use brackets")
        place += written
    return scripts, position


def argument_tokens(found: Sequence[Token], position: int, of: Token) -> tuple[list[Token], int]:
    """The tokens of one argument, a group or a single token, and where it ends."""
    if position >= len(found) or found[position].kind in {"close", "break", "amp"}:
        raise unreadable(f"nothing stands after {of.shown}", of.start)
    if found[position].kind != "open":
        return [found[position]], position + 1
    level, end = 1, position + 1
    while end < len(found):
        level += {"open": 1, "close": -1}.get(found[end].kind, 0)
        if not level:
            return list(found[position + 1 : end]), end + 1
        end += 1
    raise unreadable("`{` is never closed", found[position].start)


def form_of(tex: str, name: str, slots: Sequence[str] = ()) -> Form:
    """How a symbol is written.

    Raises: MathError where `tex` is not letters followed by scripts.
    """
    found = tokens(tex)
    end = next((k for k, token in enumerate(found) if token.text in {"_", "^", "'"}), len(found))
    base = found[:end]
    scripts, position = read_scripts(found, end)
    is_letters = all(token.kind in {"letter", "word", "command"} for token in base)
    if not base or position != len(found) or not is_letters:
        raise unreadable(f"`{tex}` is no letter with scripts", 0, "give `tex` as it is printed")
    sub, sup = (
        tuple(SLOT + token.text if token.text in slots else token.text for token in written)
        for written in (scripts.sub, scripts.sup)
    )
    if all(is_slot(text) or text == "," for text in sub):
        sub = tuple(text for text in sub if text != ",")
    missing = [
        letter for letter in slots if letter not in {it.text for it in scripts.sub + scripts.sup}
    ]
    if missing:
        raise unreadable(f"the index `{missing[0]}` is not in `{tex}`", 0)
    return Form(tuple(token.text for token in base), sub, sup, scripts.primes, name)


def readable(tex: str) -> str:
    r"""A symbol's LaTeX as plain words: `\mathbf{h}^{(t)}` is `h^(t)`."""
    tex = re.sub(r"\\(bar|hat|tilde|dot|vec|check|breve)\s*\{?(\\?[A-Za-z]+)\}?", r"\2_\1", tex)
    plain = re.sub(r"\\(?:math|text|operator)[a-z]*\s*|\\bm\s*|\\boldsymbol\s*", "", tex)
    return re.sub(r"[{}\\\s]", "", plain)
