"""A problem whose displays are checked, and what is found in them."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from derivatex.diagnostics import errors_in
from tests.authoring import Text

if TYPE_CHECKING:
    from derivatex.diagnostics import Diagnostic
    from derivatex.solution import Verdict
    from tests.authoring import Author


HEAD = r"""
dims: {n: {}, m: {}}
indices: {i: n, j: n}
symbols:
  a: {}
  b: {}
  c: {domain: positive}
  g: {given: 1.5}
  x: {shape: [n]}
  y: {shape: [n]}
  W: {shape: [m, n]}
  one: {tex: '\mathbf{1}', shape: [n], domain: ones}
  sigma: {tex: '\sigma'}
  z: {outcome: []}
  p: {law: z}
  q: {law: z}
"""
MODULE = """
def by_hand():
    return {"estimate": 1.03, "error": 0.01, "claim": 1}

@value(route=by_hand, digits=2)
def coin():
    return {"estimate": 1.03, "error": 0.01, "claim": 1}

def two_by_hand():
    return 1 + 1

@value(route=two_by_hand)
def two():
    return 2

@value(route=lambda: 1 / 3, digits=3)
def third():
    return 2 / 6
"""
WORKS = "@misc{euler1768,\n title={E}}\n"


def step(tex: str, keys: str = "") -> str:
    """A step of one display; its lines stand as they are in a block."""
    return f"- derive:\n    - tex: |\n{indent(tex, ' ' * 8)}\n      because: so\n{keys_of(keys)}"


def keys_of(keys: str) -> str:
    """Further keys of a step."""
    return f"      {keys}\n" if keys else ""


def of(blocks: str) -> Text:
    """A problem with these blocks."""
    return Text(MODULE, blocks, HEAD, works=WORKS)


def relations(author: Author, blocks: str) -> list[Verdict]:
    """The verdicts on the relations of a problem."""
    return author.verdicts(of(blocks), "relation")


def errors(author: Author, blocks: str) -> list[Diagnostic]:
    """What stops the build."""
    return list(errors_in(author.examine(of(blocks)).diagnostics))


def error(author: Author, blocks: str) -> Diagnostic:
    """The one finding that stops the build."""
    (found,) = errors(author, blocks)
    return found


def mistake(tex: str, kind: str = "") -> str:
    """A mistake with its explanation."""
    return f"- mistake:\n    tex: {tex}\n    why: It is.\n" + (
        f"    kind: {kind}\n" if kind else ""
    )
