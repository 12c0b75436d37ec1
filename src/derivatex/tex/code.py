"""Python code to LaTeX: keywords are coloured, comments and docstrings quiet, blanks are kept."""

from __future__ import annotations

import io
import keyword
import tokenize
from itertools import pairwise

from derivatex.tex.escape import escape

KEYWORD, QUIET = r"\dxkeyword", r"\dxquietcode"
BLANK = r"\ "
APART = str.maketrans({"'": r"\textquotesingle{}", "-": "-{}", ",": ",{}"})  # no ligatures
STARTS = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT}


def python_lines(code: str) -> list[str]:
    """Each line of Python code as LaTeX that prints it in a typewriter font.

    Raises: SyntaxError, or tokenize.TokenError, where it is no Python.
    """
    lines = code.splitlines()
    styles: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    for before, token in pairwise([tokens[0], *tokens]):
        style = _style(before, token)
        (first, start), (last, end) = token.start, token.end
        for row in range(first, last + 1) if style else ():
            left = start if row == first else 0
            right = end if row == last else len(lines[row - 1])
            if right > left:
                styles[row - 1].append((left, right, style))
    return [_line(*it) for it in zip(lines, styles, strict=True)]


def _style(before: tokenize.TokenInfo, token: tokenize.TokenInfo) -> str:
    """The command that a token is set with; a string that stands alone is documentation."""
    if token.type == tokenize.COMMENT:
        return QUIET
    if token.type == tokenize.STRING and before.type in STARTS:
        return QUIET
    return KEYWORD if token.type == tokenize.NAME and keyword.iskeyword(token.string) else ""


def _line(line: str, styles: list[tuple[int, int, str]]) -> str:
    pieces, end = [], 0
    for start, stop, style in styles:
        pieces += [_plain(line[end:start]), f"{style}{{{_plain(line[start:stop])}}}"]
        end = stop
    return "".join([*pieces, _plain(line[end:])])


def _plain(text: str) -> str:
    return "".join(BLANK if letter == " " else escape(letter).translate(APART) for letter in text)
