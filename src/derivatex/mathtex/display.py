r"""Reading displays: rows and cells cut into statements, statements into chains of relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivatex.mathtex.cursor import RELATIONS
from derivatex.mathtex.errors import MathError, unreadable
from derivatex.mathtex.lexer import Token, tokens
from derivatex.mathtex.pieces import (
    DECORATIONS,
    Piece,
    is_about_indices,
    level_change,
    pieces_of,
)
from derivatex.mathtex.reader import Reader
from derivatex.mathtex.tree import All, Comparison, Iverson, Letter, Node, Number, Span
from derivatex.mathtex.vocabulary import Range
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from derivatex.mathtex.vocabulary import Vocabulary


@dataclass(frozen=True)
class Link:
    """One relation of a chain: its sign, what stands right of it, and where."""

    operator: str
    right: Node
    at: int


@dataclass(frozen=True)
class Statement:
    """A chain of relations with the conditions under which it is stated.

    `ranges` are those of the free indices that a condition names; `free` are all free letters,
    each with the place where it is first met; `start` and `end` are offsets in the text.
    """

    left: Node
    links: tuple[Link, ...]
    conditions: tuple[Node, ...]
    ranges: dict[str, Range]
    free: dict[str, int]
    left_free: frozenset[str]
    start: int
    end: int


def statements(source: str, vocabulary: Vocabulary) -> list[Statement]:
    """Read a display.

    Raises: MathError of kind PARSE with the offset of what cannot be read.
    """
    return [
        _statement(piece, conditions, vocabulary)
        for piece, conditions in grouped(source, vocabulary)
    ]


def grouped(
    source: str, vocabulary: Vocabulary, *, defines: bool = False
) -> list[tuple[Piece, list[Piece]]]:
    """The statements of a display as tokens, each with the conditions that follow it.

    Where it `defines`, `v = …` is a definition, even if `v` could be an index.
    """
    found: list[tuple[Piece, list[Piece]]] = []
    for piece in pieces_of(tokens(source), vocabulary):
        _unwrap(piece, vocabulary)
        is_about = is_about_indices(piece.written, vocabulary)
        if defines and [it.text for it in piece.written[1:2]] == ["="]:
            is_about = any(it.text == r"\dots" for it in piece.written)
        if found and (piece.is_condition or is_about):
            found[-1][1].append(piece)
        elif piece.is_condition:
            start = piece.written[0].start
            raise unreadable("a condition of nothing", start, "state what holds before it")
        else:
            found.append((piece, []))
    return found


def _unwrap(piece: Piece, vocabulary: Vocabulary) -> None:
    r"""Take the brackets from `(i = 1, \dots, n)`."""
    texts = [token.text for token in piece.written]
    is_bracketed = len(texts) > 2 and texts[0] == "(" and texts[-1] == ")"  # noqa: PLR2004
    if is_bracketed and is_about_indices(piece.written[1:-1], vocabulary):
        piece.written = piece.written[1:-1]
        piece.is_condition = True


def sides(written: list[Token]) -> list[tuple[Token | None, list[Token]]]:
    """A chain cut at its outermost relation signs: each side with the sign before it."""
    found: list[tuple[Token | None, list[Token]]] = [(None, [])]
    level = bars = 0
    k = 0
    while k < len(written):
        token = written[k]
        if token.text in DECORATIONS:
            k = _after_decoration(written, k)
            continue
        if token.text == r"\|" and level == 0:
            bars = 1 - bars
        level += level_change(token)
        is_definition = token.text == ":" and k + 1 < len(written) and written[k + 1].text == "="
        if level == 0 and not bars and is_definition:
            sign = Token("command", r"\coloneqq", token.start, written[k + 1].end)
            found.append((sign, []))
            k += 2
            continue
        if level == 0 and not bars and token.text in RELATIONS:
            found.append((token, []))
        else:
            found[-1][1].append(token)
        k += 1
    return found


def _implications(written: list[Token]) -> list[tuple[Token | None, list[Token]]]:
    """Cut at outermost implications; one part where there is none."""
    found: list[tuple[Token | None, list[Token]]] = [(None, [])]
    level = 0
    for token in written:
        level += level_change(token)
        if level == 0 and token.text in {r"\iff", r"\implies"}:
            found.append((token, []))
        else:
            found[-1][1].append(token)
    return found


def _after_decoration(written: list[Token], k: int) -> int:
    r"""Pass `\overset{…}` and keep the sign under it."""
    position, level = k + 1, 0
    while position < len(written):
        level += {"open": 1, "close": -1}.get(written[position].kind, 0)
        position += 1
        if level == 0:
            break
    rest = written[position:]
    if rest and rest[0].kind == "open":
        end = next((j for j, it in enumerate(rest) if it.kind == "close"), len(rest))
        written[position : position + end + 1] = rest[1:end]
    return position


def _statement(piece: Piece, conditions: list[Piece], vocabulary: Vocabulary) -> Statement:
    ranges: dict[str, Range] = {}
    kept: list[Node] = []
    free: dict[str, int] = {}
    for condition in conditions:
        made = _condition(condition, vocabulary, ranges, free)
        if made is not None:
            kept.append(made)
    parts = _implications(piece.written)
    is_logic = len(parts) > 1
    parts = parts if is_logic else sides(piece.written)
    start, end = piece.written[0].start, piece.written[-1].end
    if len(parts) == 1:
        hint = "a display states relations; words belong into a `text` block"
        raise unreadable("this states nothing: it has no relation", start, hint)
    bound = frozenset(ranges) | frozenset(free)
    _, left_free = _side(*parts[0], vocabulary, bound, is_logic=is_logic)
    bound |= frozenset(left_free)
    everywhere = dict(left_free)
    for _, written in parts:  # an index that is free anywhere is bound by no sum
        everywhere = _free_in(written, vocabulary, bound) | everywhere
    bound |= frozenset(everywhere)
    read = [_side(*part, vocabulary, bound, is_logic=is_logic) for part in parts]
    left = read[0][0]
    links = []
    for (sign, _), (node, letters) in zip(parts[1:], read[1:], strict=True):
        if sign is None:
            continue
        links.append(Link(RELATIONS[sign.text], node, sign.start))
        free = letters | free
    used = {it.name for node, _ in read for it in walk(node) if isinstance(it, Letter)}
    free = everywhere | free | {name: start for name in ranges if name in used}
    return Statement(
        left, tuple(links), tuple(kept), ranges, free,
        frozenset(left_free) | {name for name in bound if name in _letters(left)}, start, end,
    )  # fmt: skip


def _free_in(written: list[Token], vocabulary: Vocabulary, bound: frozenset[str]) -> dict[str, int]:
    """The indices that are free in a side, with their places, as far as it can be read."""
    reader = Reader(written, vocabulary, bound=bound)
    try:
        reader.expression()
    except MathError:
        return {}  # what cannot be read is refused where it is read in earnest
    return reader.free


def _letters(node: Node) -> set[str]:
    return {it.name for it in walk(node) if isinstance(it, Letter)}


def _side(
    sign: Token | None,
    written: list[Token],
    vocabulary: Vocabulary,
    bound: frozenset[str],
    *,
    is_logic: bool = False,
) -> tuple[Node, dict[str, int]]:
    if not written:
        at = sign.start if sign else 0
        raise unreadable("a side of this relation is missing", at)
    reader = Reader(written, vocabulary, bound=bound)
    is_set = sign is not None and sign.text in {r"\in", r"\notin"}
    read = reader.condition if is_logic else reader.set if is_set else reader.expression
    made = read()
    reader.end()
    return made, reader.free


def _condition(
    piece: Piece, vocabulary: Vocabulary, ranges: dict[str, Range], free: dict[str, int]
) -> Node | None:
    """What a condition says: a range of an index, or something that must hold."""
    written = piece.written
    if any(token.text == r"\dots" for token in written) and r"\{" not in {t.text for t in written}:
        _range(written, vocabulary, ranges)
        return None
    if len(written) == 1 or not any(token.text in RELATIONS for token in written):
        for token in written:
            if token.kind == "letter" and token.text in vocabulary.indices:
                free.setdefault(token.text, token.start)
            elif token.text != ",":
                raise unreadable("this condition cannot be read", token.start)
        return None
    names, rest = _names_and_rest(written)
    found = []
    for name in names:  # `i, j \in …` says the same of both
        reader = Reader([name, *rest], vocabulary, in_script=True)
        found.append(reader.condition())
        reader.end()
        free |= reader.free
    parts = [it for made in found for it in (made.conditions if isinstance(made, All) else (made,))]
    made = parts[0] if len(parts) == 1 else All(tuple(parts))
    if not piece.is_negated:
        _note_ranges(made, ranges)
    return Comparison("=", Iverson(made), Number("0")) if piece.is_negated else made


def _names_and_rest(written: list[Token]) -> tuple[list[Token], list[Token]]:
    """The first letters, told apart by commas, and what stands behind them."""
    k = 0
    while k + 2 < len(written) and written[k + 1].text == ",":
        k += 2
    names = written[: k + 1 : 2]
    texts = [token.text for token in names]
    if len(set(texts)) != len(texts):
        raise unreadable("an index stands here twice", names[-1].start)
    return names, written[k + 1 :]


def _range(written: list[Token], vocabulary: Vocabulary, ranges: dict[str, Range]) -> None:
    r"""`i = 1, \\dots, n`, also `i, j = 1, \\dots, n`."""
    equals = next((k for k, it in enumerate(written) if it.text == "="), None)
    if equals is None:
        raise unreadable("this range cannot be read", written[0].start, r"write `i = 1, \dots, n`")
    names = [token.text for token in written[:equals:2] if token.kind == "letter"]
    between = [token.text for token in written[1:equals:2]]
    if not names or len(names) + len(between) != equals or any(text != "," for text in between):
        raise unreadable("this range cannot be read", written[0].start, r"write `i = 1, \dots, n`")
    dots = next(k for k, it in enumerate(written) if it.text == r"\dots")
    low = written[equals + 1 : dots]
    high = written[dots + 1 :]
    low = low[:-1] if low and low[-1].text == "," else low
    high = high[1:] if high and high[0].text == "," else high
    if not low or not high:
        raise unreadable("this range has no end", written[dots].start)
    ends = []
    for part in (low, high):
        reader = Reader(part, vocabulary, in_script=True)
        ends.append(reader.expression())
        reader.end()
    for name in names:
        ranges[name] = Range(ends[0], ends[1])


def _note_ranges(made: Node, ranges: dict[str, Range]) -> None:
    r"""Ranges that inequalities give: `1 \\le i \\le n`, `i \\in \\{1, \\dots, n\\}`."""
    parts = made.conditions if isinstance(made, All) else (made,)
    low: dict[str, Node] = {}
    high: dict[str, Node] = {}
    for part in parts:
        if not isinstance(part, Comparison):
            continue
        if part.operator == "in" and isinstance(part.left, Letter) and isinstance(part.right, Span):
            ranges[part.left.name] = Range(part.right.low, part.right.high)
        if part.operator in {"<=", "<"} and isinstance(part.right, Letter):
            low[part.right.name] = part.left
        if part.operator in {"<=", "<"} and isinstance(part.left, Letter):
            high[part.left.name] = part.right
    for name in low.keys() & high.keys():
        ranges[name] = Range(low[name], high[name])
