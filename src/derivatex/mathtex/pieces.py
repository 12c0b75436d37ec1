r"""Cutting a display into pieces: rows, cells, commas and words apart, what goes on together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivatex.mathtex.brackets import WORDS
from derivatex.mathtex.cursor import ENDS, RELATIONS
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.lexer import Token

if TYPE_CHECKING:
    from derivatex.mathtex.vocabulary import Vocabulary

CONDITIONS = {
    "for", "for all", "for every", "for each", "for any", "for some", "if", "where", "when",
    "with", "unless", "provided", "provided that", "whenever", "given", "and where", "as long as",
}  # fmt: skip
CONNECTIVES = {
    "and", "or", "so", "hence", "thus", "then", "that is", "i.e.", "therefore", "so that",
    "while", "but", "with the", "because", "since", "as", "also", "where also", "published:",
    "respectively",
}  # fmt: skip
DECORATIONS = {r"\overset", r"\underset", r"\stackrel"}
SCRIPTS = {"_", "^"}
OPERATORS = {"+", "-", r"\cdot", r"\times", r"\odot", r"\oslash", "/", r"\circ"}
OPENERS = {"(", "[", r"\{", "{", r"\langle", r"\lfloor", r"\lceil", r"\llbracket"}
CLOSERS = {")", "]", r"\}", "}", r"\rangle", r"\rfloor", r"\rceil", r"\rrbracket"}


@dataclass
class Piece:
    """Tokens between two separators, and whether they say under which condition."""

    written: list[Token] = field(default_factory=list)
    is_condition: bool = False
    is_negated: bool = False


def pieces_of(  # noqa: C901  # one branch for each kind of separator
    found: tuple[Token, ...], vocabulary: Vocabulary
) -> list[Piece]:
    """Cut a display at commas, gaps, words, rows and columns; what goes on is joined again."""
    pieces = [Piece()]
    here = pieces[0]  # where the next token belongs
    level = cell = 0
    joins = False  # whether the next token may go on with the piece before it
    following = _following(found)
    leads = False  # whether only `&` and gaps stand between the start of a row and this place
    for k, token in enumerate(found):
        led, leads = leads, token.kind == "break" or (leads and token.kind in {"gap", "amp"})
        level += level_change(token)
        is_dots = token.text == "," and _is_beside_dots(found, k)
        if level > 0 or is_dots or token.text == r"\dots":
            if level < 0:
                break
            if joins and level == level_change(token):  # a bracket opens a row or a cell
                here = _joined(here, pieces, vocabulary, is_led=cell % 2 == 1)
                joins = False
            here.written.append(token)
        elif token.kind in {"break", "amp"}:
            cell = 0 if token.kind == "break" else cell + 1
            is_new = token.kind == "break" or cell % 2 == 0
            if is_new:
                joins = True
        elif token.kind == "gap" or token.text in {",", ";"}:
            if token.kind != "gap" or not _continues(following[k], leads_row=led):
                pieces.append(here := Piece())
            joins = False
        elif (
            token.kind == "word"
            and _is_word(token, vocabulary)
            and not (k and found[k - 1].text in DECORATIONS | SCRIPTS)
        ):
            _start_after(token, pieces)
            here = pieces[-1]
            joins = False
        else:
            if joins:
                is_sign = token.text in OPERATORS and bool(here.written)  # not behind a comma
                is_led = token.text in RELATIONS or is_sign or cell % 2 == 1
                here = _joined(here, pieces, vocabulary, is_led=is_led)
            joins = False
            here.written.append(token)
    return _with_lone_letters([piece for piece in pieces if _trimmed(piece).written], vocabulary)


def _joined(here: Piece, pieces: list[Piece], vocabulary: Vocabulary, *, is_led: bool) -> Piece:
    """The piece to which a new row or cell belongs: one that goes on, or a new one."""
    if is_led:
        return _last_statement(pieces, vocabulary) or here
    if here.written and not _dangles(here):
        pieces.append(Piece())
        return pieces[-1]
    return here


def _following(found: tuple[Token, ...]) -> list[Token | None]:
    """What comes after each token, gaps and `&` aside."""
    made: list[Token | None] = []
    after: Token | None = None
    for token in reversed(found):
        made.append(after)
        after = after if token.kind in {"gap", "amp"} else token
    return made[::-1]


def _dangles(piece: Piece) -> bool:
    """Whether a piece ends with a sign that wants something behind it."""
    return piece.written[-1].text in RELATIONS.keys() | OPERATORS


def _last_statement(pieces: list[Piece], vocabulary: Vocabulary) -> Piece | None:
    """The statement that a row goes on with: conditions may stand behind it."""
    for piece in reversed(pieces):
        is_statement = piece.written and not piece.is_condition
        if is_statement and not is_about_indices(piece.written, vocabulary):
            return piece
    return None


def _with_lone_letters(pieces: list[Piece], vocabulary: Vocabulary) -> list[Piece]:
    r"""Put `i` and `j` of `i, j \in \{1, \dots, n\}` back to the piece that they belong to."""
    joined: list[Piece] = []
    is_lone = False  # whether the last piece is nothing but index letters
    for piece in pieces:
        if is_lone and not piece.is_condition:
            written = joined[-1].written
            comma = Token("other", ",", written[-1].end, written[-1].end)
            written += [comma, *piece.written]
        else:
            joined.append(piece)
        is_lone = _is_lone(piece.written, vocabulary)
    return joined


def _continues(following: Token | None, *, leads_row: bool) -> bool:
    r"""Whether a formula goes on after a gap: `&\quad + b`, `a \quad = b`."""
    return following is not None and (
        following.text in RELATIONS or following.text in OPERATORS - {"-"} or leads_row
    )


def _is_beside_dots(found: tuple[Token, ...], k: int) -> bool:
    return r"\dots" in {
        found[k - 1].text if k else "",
        found[k + 1].text if k + 1 < len(found) else "",
    }


def _is_word(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a word is text; names of functions and declared words are not."""
    is_name = token.name in WORDS or token.name in {"argmin", "argmax", "KL", "JSD", "JS", "d"}
    is_name = is_name or token.name in {"E", "Var", "V", "T", "e"}
    return not is_name and not any(token.text in base for base in vocabulary.forms)


def _start_after(token: Token, pieces: list[Piece]) -> None:
    words = " ".join(token.name.strip(" ,;.").split())
    last = words.split(" ")[-1] if words else ""
    if words in CONDITIONS or last in {"if", "for", "where", "when", "unless"}:
        pieces.append(Piece(is_condition=True, is_negated=last == "unless"))
    elif words in CONNECTIVES or not words:
        is_condition = words == "and" and pieces[-1].is_condition
        pieces.append(Piece(is_condition=is_condition))
    else:
        hint = "put words into `because`, or give the step `unverified: reason`"
        raise unreadable(f"the words `{token.name}` cannot be read", token.start, hint)


def _trimmed(piece: Piece) -> Piece:
    while piece.written and piece.written[-1].text in ENDS:
        piece.written.pop()
    return piece


def is_about_indices(written: list[Token], vocabulary: Vocabulary) -> bool:
    """Whether a piece only says which values indices take."""
    has_relation = any(token.text in RELATIONS for token in written)
    is_index = False
    for token in written:
        found = vocabulary.forms.get((token.text,), [])
        if any(vocabulary.symbols[form.name].size for form in found):
            continue
        if token.kind == "letter":
            if token.text not in vocabulary.indices and (found or len(token.text) > 1):
                return False
            is_index = True
        elif token.kind not in {"number", "open", "close"} and not (
            token.text in RELATIONS or token.text in {"+", "-", ",", r"\dots", r"\{", r"\}", "_"}
        ):
            return False
    return has_relation and is_index


def _is_lone(written: list[Token], vocabulary: Vocabulary) -> bool:
    """Whether a piece is nothing but index letters between commas."""
    return all(
        token.text == "," or (token.kind == "letter" and len(token.text) == 1 and (
            token.text in vocabulary.indices or (token.text,) not in vocabulary.forms
        ))
        for token in written
    )  # fmt: skip


def level_change(token: Token) -> int:
    """How many brackets a token opens, less those that it closes."""
    if token.kind in {"begin", "end"}:
        return 1 if token.kind == "begin" else -1
    return (token.text in OPENERS) - (token.text in CLOSERS)
