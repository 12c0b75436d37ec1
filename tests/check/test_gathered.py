from __future__ import annotations

from typing import TYPE_CHECKING

from tests.authoring import Text

if TYPE_CHECKING:
    from tests.authoring import Author

MODULE = """
def again(x):
    return {"a": 1.5, "b": 2.5, "c": 3.5}

@value(route=again, digits=1)
def three(x):
    return {"a": 1.5, "b": 2.5, "c": 3.5}
"""
BLOCKS = r"- text: $\val{three.a}$, $\val{three.b}$, $\val{three.c}$ of $\val{x}$."
HEAD = "symbols: {x: {given: 3}}"


def test_a_mapping_that_agrees(author: Author) -> None:
    """A mapping whose entries agree with those of its route passes."""
    assert author.errors(Text(MODULE, BLOCKS, HEAD)) == []


def test_one_wrong_function_is_told_once(author: Author) -> None:
    """A function whose entries are all wrong is told once, with the first of them and a count."""
    module = MODULE.replace(
        'def three(x):\n    return {"a": 1.5, "b": 2.5, "c": 3.5}',
        'def three(x):\n    return {"a": 1.0, "b": 2.0, "c": 3.0}',
    )
    text = Text(module, BLOCKS, HEAD)
    assert author.errors(text) == [("route-disagrees", author.line("@value"))]
    (found,) = author.examine(text).diagnostics
    assert found.message.startswith("`three.a` is 1, but 1.5 by `again`")
    assert found.message.endswith("; so do 2 more of its claims")
    assert [verdict.state.value for verdict in author.verdicts(text, "route")] == ["failed"] * 3
