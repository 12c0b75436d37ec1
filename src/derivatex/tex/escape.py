"""Plain words to LaTeX that prints them."""

from __future__ import annotations

import re

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "−": r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "≈": r"\ensuremath{\approx}",
    "→": r"\ensuremath{\to}",
}
LIGATURES = re.compile(r"-(?=-)|'(?=')|,(?=,)")
_TABLE = str.maketrans(SPECIAL)


def escape(words: str) -> str:
    """Return LaTeX whose printed form is `words`; hyphens are kept from forming dashes.

    Check: removing what was added gives the words back.
    """
    return LIGATURES.sub(r"\g<0>{}", words.translate(_TABLE))
