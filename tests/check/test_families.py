from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.authoring import SAMPLING, Text
from tests.check.relations import step

if TYPE_CHECKING:
    from tests.authoring import Author

HEAD = r"""
dims: {L: {}, tau: {tex: '\tau'}}
indices: {l: L, t: '\tau'}
symbols:
  f: {tex: 'f^{(l)}', arguments: [[]], index: {l: L}}
  x: {tex: 'x^{(t)}', shape: [], index: {t: '\tau'}}
  u: {}
"""


def errors(author: Author, tex: str) -> list[str]:
    """What is found about a line."""
    blocks = step(tex) + "- text: $f^{(1)}(u)$ and $x^{(1)}$."
    found = author.examine(Text(blocks=blocks, head=HEAD), SAMPLING).diagnostics
    return [it.id for it in found if it.id != "never-used"]


@pytest.mark.parametrize(
    "tex",
    [
        "f^{(l)}(u) - f^{(l)}(u) &= 0",
        r"f'^{(l)}(u) &= \frac{\partial}{\partial u} f^{(l)}(u)",
        r"x^{(t+1)} - x^{(t)} &= -(x^{(t)} - x^{(t+1)}), \qquad 1 \le t < \tau",
    ],
)
def test_members_of_families(author: Author, tex: str) -> None:
    """A member of a family of functions, and a range that ends at a size with a Greek letter."""
    assert errors(author, tex) == []


@pytest.mark.parametrize(
    ("tex", "id_"),
    [
        (r"f^{(l)}(u) &= f^{(1)}(u)", "equation"),
        (r"f'^{(l)}(u) &= f'^{(l+1)}(u), \qquad 1 \le l < L", "equation"),
        (r"f^{(l)}(u) &= f^{(l+5)}(u)", "equation"),
        (r"x^{(t+1)} &= x^{(t)}, \qquad 1 \le t < \tau", "equation"),
        (r"x^{(t+1)} - x^{(t)} &= x^{(t+1)} - x^{(t)}", "equation-shape"),
    ],
)
def test_another_member(author: Author, tex: str, id_: str) -> None:
    """The twin: each member is another one, and an array has none outside its range."""
    assert errors(author, tex) == [id_]
