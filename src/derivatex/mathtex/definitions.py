"""What a definition binds: a quantity, a function, an array by its entries, a family, a member."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivatex.mathtex.display import grouped, sides
from derivatex.mathtex.errors import MathError, unreadable
from derivatex.mathtex.reader import Reader
from derivatex.mathtex.vocabulary import (
    Definition,
    Scripts,
    Symbol,
    Vocabulary,
    index_items,
    read_scripts,
    readable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from derivatex.mathtex.lexer import Token
    from derivatex.mathtex.pieces import Piece
    from derivatex.mathtex.tree import Node


@dataclass(frozen=True)
class Left:
    """The left side of a definition, and the tokens of its right side."""

    name: str
    slots: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    fresh: tuple[tuple[str, str], ...] = ()  # parameters that are no symbols, and their LaTeX
    is_new: bool = True
    body: tuple[Token, ...] = ()
    start: int = 0
    end: int = 0


def definitions(sources: Sequence[str], vocabulary: Vocabulary) -> list[tuple[int, Left]]:
    """Declare everything on the left sides of a group of definitions.

    The group is read as a whole: each may refer to any other.
    Returns: the number of the source of each, and its left side.
    Raises: MathError of kind PARSE; its `source` tells which text it is about.
    """
    found: list[tuple[int, Left]] = []
    for number, source in enumerate(sources):
        with located(number):
            for piece, _ in grouped(source, vocabulary, defines=True):
                found.append((number, _left(piece, source, vocabulary)))
    return found


@contextmanager
def located(number: int) -> Iterator[None]:
    """Note on errors raised within which of several texts they are about."""
    try:
        yield
    except MathError as error:
        if error.source is None:
            error.source = number
        raise


def _left(piece: Piece, source: str, vocabulary: Vocabulary) -> Left:
    parts = sides(piece.written)
    start, end = piece.written[0].start, piece.written[-1].end
    if len(parts) < 2 or not parts[0][1]:  # noqa: PLR2004
        raise unreadable("a definition is `name = formula`", start)
    sign = parts[1][0]
    if sign is None or sign.text not in {"=", r"\coloneqq"}:
        raise unreadable("a definition has a `=`", sign.start if sign else start)
    if len(parts) > 2:  # noqa: PLR2004
        hint = "derive what follows from the definition in a `derive` step"
        raise unreadable("a definition has one `=`", (parts[2][0] or sign).start, hint)
    if not parts[1][1]:
        raise unreadable("the right side of this definition is missing", sign.start)
    made = _declared_left(parts[0][1], source, vocabulary)
    return replace(made, body=tuple(parts[1][1]), start=start, end=end)


def _declared_left(written: list[Token], source: str, vocabulary: Vocabulary) -> Left:
    """Read and declare what stands left of `=`."""
    head, arguments = _arguments(written)
    length = next((k for k, it in enumerate(head) if it.text in {"_", "^", "'"}), len(head))
    base = tuple(token.text for token in head[:length])
    scripts, position = read_scripts(head, length)
    is_name = all(token.kind in {"letter", "word", "command"} for token in head[:length])
    if not base or position != len(head) or not is_name:
        raise unreadable("the left side of a definition is a letter with scripts", written[0].start)
    if len(base) > 1 and all((text,) in vocabulary.forms for text in base):
        hint = "state what follows from the declarations in a `derive` step"
        raise unreadable("the left side of a definition is one letter", written[0].start, hint)
    tex = source[head[0].start : head[-1].end].strip()
    match = vocabulary.match(base, scripts)
    if arguments is not None:
        return _function(
            tex, match.name if match and not _rest(match.rest) else None, arguments, vocabulary
        )
    if match is not None:
        known = _known(match.name, match.slots, match.rest, vocabulary)
        if known is not None:
            return known
    return _new(tex, scripts, vocabulary)


def _rest(scripts: Scripts) -> bool:
    return bool(scripts.sub or scripts.sup or scripts.primes)


def _arguments(written: list[Token]) -> tuple[list[Token], list[list[Token]] | None]:
    """The name and the arguments in the brackets behind it, where there are any."""
    if written[-1].text != ")":
        return written, None
    opened = next((k for k, token in enumerate(written) if token.text == "("), None)
    level = 0
    for k, token in enumerate(written):  # a bracket within a script is no list of arguments
        level += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.text == "(" and level == 0:
            opened = k
            break
    else:
        return written, None
    if not opened:
        return written, None
    inside: list[list[Token]] = [[]]
    for token in written[opened + 1 : -1]:
        if token.text in {",", ";"}:
            inside.append([])
        else:
            inside[-1].append(token)
    return written[:opened], inside


def _known(
    name: str, slots: dict[str, list[Token]], rest: Scripts, vocabulary: Vocabulary
) -> Left | None:
    """The left side where its letters are declared; None where it is another name."""
    symbol = vocabulary.symbols[name]
    letters = []
    for letter, _ in symbol.slots:
        token = slots[letter][0]
        if len(slots[letter]) != 1 or token.text not in vocabulary.indices:
            return None  # a member of its own, such as `h^{(0)}`
        letters.append(token.text)
    if rest.sup or rest.primes:
        return None
    if rest.sub:
        wanted = len(symbol.shape) if symbol.shape else None
        items = index_items(rest.sub, wanted)
        singles = [it[0].text for it in items if len(it) == 1 and it[0].kind == "letter"]
        are_indices = all(text in vocabulary.indices for text in singles)
        if symbol.shape and len(singles) == len(symbol.shape) and are_indices and not symbol.slots:
            return Left(name, entries=tuple(singles), is_new=False)
        return None
    return Left(name, slots=tuple(letters), is_new=False)


def _new(tex: str, scripts: Scripts, vocabulary: Vocabulary) -> Left:
    """Declare a new quantity, or a family where index letters stand in its scripts."""
    letters = list(
        dict.fromkeys(
            token.text
            for token in (*scripts.sub, *scripts.sup)
            if token.kind == "letter" and token.text in vocabulary.indices
        )
    )
    bare = readable(tex.partition("_")[0].partition("^")[0])
    name = bare if letters and bare not in vocabulary.symbols else readable(tex)
    while name in vocabulary.symbols:
        name += "'"
    slots = tuple((letter, vocabulary.indices[letter]) for letter in letters)
    vocabulary.declare(Symbol(name, tex, None, slots))
    return Left(name, slots=tuple(letters))


def _function(
    tex: str, name: str | None, arguments: list[list[Token]], vocabulary: Vocabulary
) -> Left:
    """Declare a function; an argument that is no symbol is a letter for a number."""
    parameters: list[str] = []
    fresh: list[tuple[str, str]] = []
    shapes: list[tuple[Node, ...]] = []
    for written in arguments:
        if not written:
            raise unreadable("an argument is missing", None)
        length = vocabulary.base_at(written, 0)
        scripts, end = read_scripts(written, max(length, 1))
        match = vocabulary.match(tuple(it.text for it in written[:length]), scripts)
        if match and end == len(written) and not match.slots and not _rest(match.rest):
            symbol = vocabulary.symbols[match.name]
            parameters.append(match.name)
            shapes.append(symbol.shape or ())
        elif len(written) == 1 and written[0].kind in {"letter", "command"}:
            letter = written[0].text
            parameters.append(letter + "'" if letter in vocabulary.symbols else letter)
            fresh.append((parameters[-1], letter))
            shapes.append(())
        else:
            raise unreadable("an argument of a definition is a letter", written[0].start)
    if name is not None:
        symbol = vocabulary.symbols[name]
        if symbol.arguments is None:
            message = f"`{symbol.tex}` is declared, but not as a function"
            hint = "call one of them otherwise; `a(x) = …` defines a function"
            raise unreadable(message, arguments[0][0].start, hint)
        vocabulary.symbols[name] = replace(symbol, arguments=tuple(shapes))
        return Left(name, parameters=tuple(parameters), fresh=tuple(fresh), is_new=False)
    made = readable(tex)
    while made in vocabulary.symbols:
        made += "'"
    vocabulary.declare(Symbol(made, tex, None, arguments=tuple(shapes)))
    return Left(made, parameters=tuple(parameters), fresh=tuple(fresh))


def read_body(left: Left, vocabulary: Vocabulary) -> Definition:
    """Read the right side of a definition.

    Raises: MathError of kind PARSE.
    """
    inside = vocabulary
    if left.fresh:
        inside = vocabulary.copy()
        for name, tex in left.fresh:
            inside.declare(Symbol(name, tex, ()))
    reader = Reader(left.body, inside, bound=frozenset(left.slots) | frozenset(left.entries))
    made = reader.expression()
    reader.end()
    if reader.free:
        letter, at = next(iter(reader.free.items()))
        hint = f"bind it by a sum, or name it on the left and in `indices: {{{letter}: n}}`"
        raise unreadable(f"the index `{letter}` is bound by nothing", at, hint)
    return Definition(left.name, made, left.slots, left.entries, left.parameters)
