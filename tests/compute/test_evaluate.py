from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import RefusedError
from tests.authoring import Text

if TYPE_CHECKING:
    from derivatex.diagnostics import Diagnostic
    from tests.authoring import Author

HEAD = "symbols: {x: {given: 0.75}, v: {given: [1, 2, 3]}}"
CHAIN = """
@value(route=lambda x: x + x, digits=1)
def double(x):
    return 2 * x

@value(route=lambda x: 4 * x)
def quadruple(double):
    return 2 * double

@value(route=lambda x: {"low": x, "high": 8 * x}, digits=1)
def ends(double, quadruple):
    return {"low": double / 2, "high": 2 * quadruple}

@value(route=lambda x: 8.5 * x)
def middle(ends):
    return ends["high"] + ends["low"] / 2
"""

WIDE = """
from matplotlib.figure import Figure

@figure
def one():
    return Figure(figsize=(7, 2))
"""


def refused(author: Author, module: str, head: str = HEAD) -> Diagnostic:
    """The one finding about a module that cannot be computed."""
    with pytest.raises(RefusedError) as raised:
        author.compute(Text(module, head=head))
    (found,) = raised.value.diagnostics
    return found


def test_arguments_by_name(author: Author) -> None:
    """A parameter is a given or another value, in whatever order they are declared."""
    backwards = "\n@".join(["", *reversed(CHAIN.strip().lstrip("@").split("\n@"))])
    for module in (CHAIN, backwards):
        values = author.compute(Text(module, head=HEAD)).values
        assert {name: values[name].numbers for name in values if name not in {"x", "v"}} == {
            "double": 1.5,
            "quadruple": 3.0,
            "ends.low": 0.75,
            "ends.high": 6.0,
            "middle": 6.375,
        }


def test_operands(author: Author) -> None:
    """A value's operands are what its function read: of a mapping, only those entries."""
    module = CHAIN.replace(' + ends["low"] / 2', "").replace("8.5 * x", "8 * x")
    values = author.compute(Text(module, head=HEAD)).values
    assert values["double"].operands == ("x",)
    assert values["ends.low"].operands == ("double", "quadruple")
    assert values["middle"].operands == ("ends.high",)


def test_given_values(author: Author) -> None:
    """A given is a value without a route; a vector reaches a function as an array."""
    module = "@value(route=lambda v: sum(v))\ndef total(v):\n    return v.sum()\n"
    values = author.compute(Text(module, head=HEAD)).values
    assert values["x"].is_given
    assert values["v"].numbers == (1, 2, 3)
    assert values["total"].numbers == 6


def test_from_printed_operands(author: Author) -> None:
    """A computed value comes with what a reader gets from its operands as they are printed."""
    module = CHAIN.replace("digits=1)\ndef double", "digits=0)\ndef double")
    values = author.compute(Text(module, head=HEAD)).values
    assert values["double"].from_printed is None  # its operand is given: nothing is rounded
    recomputed = values["quadruple"].from_printed
    assert recomputed is not None
    assert (recomputed.numbers, recomputed.operands) == (4.0, ("double",))
    assert values["ends.low"].from_printed is not None
    assert values["ends.low"].from_printed.numbers == 1.0


@pytest.mark.parametrize(
    "fails", ["1 / (third - 0.33)", "{1 / 3: 1}[third]", "raise AssertionError"]
)
def test_rounding_leaves_the_domain(author: Author, fails: str) -> None:
    """A function that cannot take its operands as printed is not refused: it takes the true."""
    module = f"""
    @value(route=lambda: 1 - 2 / 3, digits=2)
    def third():
        return 1 / 3

    @value(route=lambda: 5)
    def five(third):
        if abs(3 * third - 1) > 1e-9:
            {fails}
        return 5
    """
    values = author.compute(Text(module)).values
    assert (values["five"].numbers, values["five"].from_printed) == (5, None)


@pytest.mark.parametrize("vector", ["v", "computed", "listed"])
def test_arrays_are_read_only(author: Author, vector: str) -> None:
    """A vector that a function is passed cannot be changed under the next one's feet."""
    module = f"""
    @value(route=lambda v: v + 0)
    def computed(v):
        return 1 * v

    @value(route=lambda v: v + 0)
    def listed(v):
        return [1, 2, 3]

    @value(route=lambda v: v * 2)
    def doubled({vector}):
        for k in range(3):
            {vector}[k] *= 2
        return {vector}
    """
    found = refused(author, module)
    assert (found.id, found.message) == (
        "python-error",
        "ValueError: assignment destination is read-only",
    )
    assert found.at is not None
    assert found.at.line == author.line("] *= 2").line


@pytest.mark.parametrize(
    ("module", "id_", "message"),
    [
        (
            "@value(route=lambda: 1)\ndef one(y):\n    return 1\n",
            "unknown-parameter",
            "`one` asks for `y`, which is no value or given",
        ),
        (
            "@value(route=lambda y: 1)\ndef one():\n    return 1\n",
            "unknown-parameter",
            "`<lambda>` asks for `y`, which is no value or given",
        ),
        (
            "@value(route=lambda: 1)\ndef one():\n    return '1'\n",
            "wrong-return",
            "`one` returned str, expected a number, an array or a mapping of them",
        ),
        (
            "@value(route=lambda: 1)\ndef one():\n    return True\n",
            "wrong-return",
            "`one` returned bool, expected a number, an array or a mapping of them",
        ),
        (
            "@value(route=lambda: 1)\ndef one():\n    return [[1], [1, 2]]\n",
            "wrong-return",
            "`one` returned list, expected a number, an array or a mapping of them",
        ),
        (
            "@value(route=lambda: 1)\ndef one():\n    return {'a b': 1}\n",
            "bad-address",
            "`a b` cannot be part of an address",
        ),
        (
            "@value(route=lambda: {'a': 1})\ndef one():\n    return {'a': 1, 'b': 2}\n",
            "route-shape",
            "the route `<lambda>` gives no `one.b`",
        ),
        (
            "@table\ndef one():\n    return [['1']]\n",
            "wrong-return",
            "`one` returned list, expected TableRows",
        ),
        (
            "@table\ndef one():\n    return TableRows('lr', ['a', 'b'], [['a']])\n",
            "ragged-table",
            "a row has 1 cells for 2 columns",
        ),
        (
            "@table\ndef one():\n    return TableRows('l', ['a'], [['50%']])\n",
            "comment",
            "`%` hides the rest of its line from TeX, in the cell `50%`",
        ),
        (
            "@figure\ndef one():\n    return 'a drawing'\n",
            "wrong-return",
            "`one` returned str, expected a matplotlib Figure or Tikz",
        ),
        (
            WIDE,
            "figure-too-large",
            "the figure is 7 in wide, the text 6.3 in",
        ),
    ],
)
def test_what_cannot_be_used(author: Author, module: str, id_: str, message: str) -> None:
    """What a function asks for or returns in vain is told at its declaration."""
    found = refused(author, module)
    assert (found.id, found.message) == (id_, message)
    assert found.at == author.line("@")


def test_values_that_need_each_other(author: Author) -> None:
    """A circle of values is shown as one."""
    module = "".join(
        f"@value(route=lambda: 1)\ndef {name}({other}):\n    return 1\n"
        for name, other in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    with pytest.raises(RefusedError) as raised:
        author.compute(Text(module))
    assert raised.value.diagnostics[0].id == "circular-values"
    assert "values need each other: a → b → c → a" in str(raised.value)


def test_tables_and_drawings(author: Author) -> None:
    """A table's cells and a drawing's code know the function that made them."""
    module = r"""
    @table
    def both(x):
        return TableRows("lr", ["What", "Number"], [["x", r"$\val{x}$"]])

    @figure
    def drawn(x):
        return Tikz(r"\node {$\val{x}$};")
    """
    solution = author.compute(Text(module, head=HEAD))
    table, figure = solution.tables["both"], solution.figures["drawn"]
    assert (table.align, table.head, table.rows) == (
        "lr",
        ("What", "Number"),
        (("x", r"$\val{x}$"),),
    )
    assert table.rows[0][1].at == table.at == author.line("@table")
    assert figure.tikz is not None
    assert figure.tikz.at == figure.at == author.line("@figure")
    assert figure.operands == ("x",)
