"""What `@value` and tables are told, and what values give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.authoring import Text

if TYPE_CHECKING:
    from tests.authoring import Author

HEAD = "symbols: {x: {given: 3}}"


@pytest.mark.parametrize(
    "options",
    ["digits=900", "digits=-1", "digits='4'", "digits=2.5", "tolerance='x'", "tolerance=0.0"],
)
def test_options_that_mean_nothing(author: Author, options: str) -> None:
    """Digits and tolerance that no number can have are refused at the declaration's own line."""
    module = f"@value(route=lambda: 1, {options})\ndef one():\n    return 1\n"
    assert author.errors(Text(module, head=HEAD)) == [
        ("python-error", author.at_module("value(route"))
    ]


@pytest.mark.parametrize(
    ("module", "id_"),
    [
        ("@table\ndef one():\n    return TableRows('lz', ['A', 'B'], [])\n", "bad-align"),
        ("@value(route=lambda: {})\ndef one():\n    return {}\n", "wrong-return"),
    ],
)
def test_what_cannot_be_used(author: Author, module: str, id_: str) -> None:
    """An alignment that is none and a mapping without entries are refused."""
    first, _, _ = module.partition("\n")
    assert author.errors(Text(module, head=HEAD)) == [(id_, author.line(first))]


def test_an_operand_that_fails_is_told_once(author: Author) -> None:
    """What needs a value that fails has nothing to add, and it is not called again."""
    module = """
    calls = []

    @value(route=lambda: 1)
    def first(bad):
        return bad

    @value(route=lambda: 1)
    def second(bad):
        return bad

    @value(route=lambda: 1)
    def bad():
        calls.append(1)
        raise ValueError(len(calls))
    """
    (found,) = author.errors(Text(module, head=HEAD))
    assert found[0] == "python-error"


def test_methods_of_a_class_are_shared_code(author: Author) -> None:
    """A static method that value and route both call makes them one."""
    module = """
    class Net:
        @staticmethod
        def forward(x):
            return 2 * x

    def again(x):
        return Net.forward(x)

    @value(route=again)
    def double(x):
        return Net.forward(x)
    """
    text = Text(module, r"- text: $\val{double}$ from $\val{x}$.", HEAD)
    assert author.errors(text) == [("route-shares-code", author.line("@value"))]
