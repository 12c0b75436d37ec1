from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, Location, RefusedError
from tests.authoring import MODULE, Text

if TYPE_CHECKING:
    from derivatex.diagnostics import Diagnostic
    from tests.authoring import Author

PARTIAL = """
import functools

@value(route=functools.partial(lambda x, y: x - y, y=1))
def one(x):
    return x
"""
BAD_TITLE = """
from matplotlib.figure import Figure

@figure
def one(x):
    made = Figure(figsize=(3, 2))
    made.subplots().set_title("$x^$")
    return made
"""


def refused(author: Author, module: str) -> tuple[Diagnostic, ...]:
    """The findings about a module that cannot be computed."""
    with pytest.raises(RefusedError) as raised:
        author.compute(Text(module, head="symbols: {x: {given: 3}}"))
    assert raised.value.code is ExitCode.BAD_INPUT
    return raised.value.diagnostics


@pytest.mark.parametrize(
    ("module", "message", "line", "hint"),
    [
        ("1 / 0\n", "ZeroDivisionError: division by zero", "1 / 0", "in `1 / 0`"),
        ("import nowhere\n", "ModuleNotFoundError: No module named 'nowhere'", "nowhere", None),
        ("raise SystemExit\n", "SystemExit", "raise", None),
        ("raise SystemExit(0)\n", "SystemExit: 0", "raise", None),
        ("raise Exception\n", "Exception", "raise", None),
        (
            "@value(route=lambda: 1)\ndef one():\n    return [][0]\n",
            "IndexError: list index out of range",
            "[][0]",
            "in `return [][0]`",
        ),
        (
            "def route():\n    return int('a')\n@value(route=route)\ndef one():\n    return 1\n",
            "ValueError: invalid literal for int() with base 10: 'a'",
            "int('a')",
            None,
        ),
        (
            "def deeper():\n    return deeper()\n@table\ndef one():\n    return deeper()\n",
            "RecursionError: maximum recursion depth exceeded",
            "    return deeper()\n@",
            None,
        ),
    ],
)
def test_an_exception_of_the_authors(
    author: Author, module: str, message: str, line: str, hint: str | None
) -> None:
    """An exception in the author's code is a finding at his own last line, with that line."""
    (found,) = refused(author, module)
    assert (found.id, found.message) == ("python-error", message)
    assert found.at is not None
    assert found.at.line == author.line(line).line
    assert hint in {None, found.hint}


def test_syntax(author: Author) -> None:
    """A module that is no Python is a finding at the place that Python names."""
    (found,) = refused(author, "x = (1,\n")
    assert (found.id, found.message) == ("python-syntax", "'(' was never closed")
    assert found.at == Location(MODULE, author.line("x = (1,").line, 5)


@pytest.mark.parametrize(
    "module",
    [
        "@value(route=math.sqrt)\ndef one(x):\n    return 1\n",
        "@value(route=max)\ndef one(x):\n    return 1\n",
        PARTIAL,
        BAD_TITLE,
    ],
)
def test_an_exception_outside_the_authors_code(author: Author, module: str) -> None:
    """What fails in a library, on what the author's function gave, is still the author's."""
    found = author.errors(Text(module, head="symbols: {x: {given: 3}}"))
    assert found
    assert {at.file for _, at in found if at} == {MODULE}


def test_every_failing_declaration_is_reported(author: Author) -> None:
    """Declarations fail independently, and one that others need fails once."""
    module = """
    @value(route=lambda: 1)
    def one():
        return 1 / 0

    @value(route=lambda: 2)
    def two(one):
        return 2

    @table
    def both():
        return [][0]
    """
    assert [found.message for found in refused(author, module)] == [
        "ZeroDivisionError: division by zero",
        "IndexError: list index out of range",
    ]


def test_declared_twice(author: Author) -> None:
    """Two declarations of one name are refused, and the second names the first's line."""
    module = "@table\ndef one():\n    return 1\n@figure\ndef one():\n    return 1\n"
    (found,) = refused(author, module)
    assert (found.id, found.at) == ("declared-twice", author.line("@figure"))
    assert found.message == f"`one` is declared twice; first on line {author.line('@table').line}"


def test_declared_and_given(author: Author) -> None:
    """A value cannot have the name of a given."""
    (found,) = refused(author, "@value(route=lambda: 1)\ndef x():\n    return 1\n")
    assert (found.id, found.message) == (
        "declared-twice",
        "`x` is computed here and given in the YAML",
    )


def test_a_module_beside(author: Author) -> None:
    """A module may import from its own folder; an error there is told there."""
    text = Text("import beside\n@value(route=lambda: 0)\ndef one():\n    return beside.fails()\n")
    author.write(text)
    beside = (author.root / MODULE).with_name("beside.py")
    beside.write_text("def fails():\n    return 1 / 0\n", encoding="utf-8")
    with pytest.raises(RefusedError) as raised:
        author.compute(text)
    (found,) = raised.value.diagnostics
    assert found.at is not None
    assert (found.at.file, found.at.line) == ("solutions/made/beside.py", 2)
