"""LaTeX that a template prints as it is."""

from __future__ import annotations

import re

from markupsafe import Markup

from derivatex.tex.escape import escape

PIECES = re.compile(r"(`[^`]*`|\$[^$]*\$)")


def message(words: str) -> Markup:
    """Plain words; names between backticks, as in every message, and formulas between dollars."""
    return markup("".join(map(_piece, PIECES.split(words))))


def _piece(words: str) -> str:
    if words.startswith("`") and words.endswith("`"):
        return f"\\texttt{{{escape(words[1:-1])}}}"
    return words if words.startswith("$") and words.endswith("$") else escape(words)


def markup(tex: str) -> Markup:
    """Mark LaTeX as ready to print: it comes from scanned texts and our own numbers."""
    return Markup(tex)  # noqa: S704  # LaTeX, from scanned texts and our own numbers
