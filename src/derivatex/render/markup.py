"""LaTeX that a template prints as it is."""

from __future__ import annotations

from markupsafe import Markup

from derivatex.tex.escape import escape


def message(words: str) -> Markup:
    """Plain words; what stands between backticks, as in every message, in a typewriter face."""
    parts = words.split("`")
    told = [f"\\texttt{{{escape(it)}}}" if k % 2 else escape(it) for k, it in enumerate(parts)]
    return markup("".join(told))


def markup(tex: str) -> Markup:
    """Mark LaTeX as ready to print: it comes from scanned texts and our own numbers."""
    return Markup(tex)  # noqa: S704  # LaTeX, from scanned texts and our own numbers
