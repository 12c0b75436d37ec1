from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.authoring import MODULE, Text

if TYPE_CHECKING:
    from tests.authoring import Author

VALUE = """
{shared}

def route(x):
    return {route}

@value(route=route)
def double(x):
    return {ours}
"""
HEAD = "symbols: {x: {given: 3}}"
SHOWN = r"- text: $\val{x}$ gives $\val{double}$."


@pytest.mark.parametrize(
    ("shared", "ours", "route"),
    [
        ("", "2 * x", "x + x"),
        ("def first(x): return x", "2 * first(x)", "x + x"),
        ("TWO = 2", "TWO * x", "TWO * x"),
        ("import numpy as np", "2 * np.sum([x])", "np.sum([x, x])"),
        ("import sys", "2 * x + len(sys.argv[:0])", "x + x + len(sys.argv[:0])"),  # has no file
        ("class Pair(tuple): pass", "sum(Pair((x, x)))", "2 * Pair((x, x))[0]"),
        ("GRID = [1, 1]", "x * sum(GRID)", "x * sum(GRID)"),
        (
            "def y(): return 1",
            "(lambda y: (lambda: 2 * y)())(x)",
            "(lambda y: (lambda: y + y)())(x)",
        ),
    ],
)
def test_what_may_be_shared(author: Author, shared: str, ours: str, route: str) -> None:
    """Numbers, classes and what installed packages define may stand in both routes."""
    text = Text(VALUE.format(shared=shared, ours=ours, route=route), SHOWN, HEAD)
    assert author.errors(text) == []


@pytest.mark.parametrize(
    ("shared", "ours", "route"),
    [
        ("def first(x): return x", "2 * first(x)", "first(x) + x"),
        ("first = lambda x: x", "2 * first(x)", "first(x) + x"),
        ("def first(x): return x\ndef second(x): return first(x)", "2 * first(x)", "2 * second(x)"),
        ("def first(x): return x", "sum(first(x) for _ in range(2))", "(lambda: 2 * first(x))()"),
        ("def first(x): return x\nALL = {'f': [first]}", "2 * ALL['f'][0](x)", "first(x) + x"),
        (
            "class Maker:\n  def __call__(self, x): return x\nfirst = Maker()",
            "2 * first(x)",
            "first(x) + x",
        ),
        (
            "from functools import cache\n@cache\ndef first(x): return x",
            "2 * first(x)",
            "first(x) + x",
        ),
        (
            "from functools import partial\ndef power(x, n): return x\nfirst = partial(power, n=1)",
            "2 * first(x)",
            "first(x) + x",
        ),
        (
            "class Maker:\n  def make(self, x): return x\nfirst = Maker().make",
            "2 * first(x)",
            "first(x) + x",
        ),
        ("import beside", "2 * beside.first(x)", "beside.first(x) + x"),
        ("from beside import first", "2 * first(x)", "first(x) + x"),
        (
            "from derivatex import Graph, Module\nGRAPH = Graph((Module('x', 'x', (0, 0)),))",
            "2 * x + len(GRAPH.forward({'x': x}))",
            "x + x + len(GRAPH.forward({'x': x}))",
        ),
    ],
)
def test_what_may_not_be_shared(author: Author, shared: str, ours: str, route: str) -> None:
    """A function of the author's that both routes reach, however they do, is refused."""
    beside = (author.root / MODULE).with_name("beside.py")
    beside.parent.mkdir(parents=True)
    beside.write_text("def first(x):\n    return x\n", encoding="utf-8")
    text = Text(VALUE.format(shared=shared, ours=ours, route=route), SHOWN, HEAD)
    assert author.errors(text) == [("route-shares-code", author.line("@value"))]


def test_a_route_that_calls_the_value(author: Author) -> None:
    """A route that calls what it should confirm is refused, and the message names the function."""
    module = """
    def route(x):
        return double(x)

    @value(route=route)
    def double(x):
        return 2 * x
    """
    text = Text(module, SHOWN, HEAD)
    assert author.errors(text) == [("route-shares-code", author.line("@value"))]


def test_another_folder_of_a_longer_name(author: Author) -> None:
    """A folder whose name only starts like the author's is not the author's."""
    other = author.root / "solutions/made-elsewhere"
    other.mkdir(parents=True)
    (other / "installed.py").write_text("def first(x):\n    return x\n", encoding="utf-8")
    shared = f"import sys\nsys.path.append({str(other)!r})\nfrom installed import first"
    text = Text(VALUE.format(shared=shared, ours="2 * first(x)", route="first(x) + x"), SHOWN, HEAD)
    assert author.errors(text) == []
