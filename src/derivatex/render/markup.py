"""LaTeX that a template prints as it is."""

from __future__ import annotations

from markupsafe import Markup


def markup(tex: str) -> Markup:
    """Mark LaTeX as ready to print: it comes from scanned texts and our own numbers."""
    return Markup(tex)  # noqa: S704  # LaTeX, from scanned texts and our own numbers
