from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from derivatex.mathtex.printer import printed
from derivatex.mathtex.reader import read, read_condition
from tests.mathtex.trees import conditions, formulas, vocabulary

if TYPE_CHECKING:
    from derivatex.mathtex.tree import Node


@settings(max_examples=400)
@given(node=formulas(), has_long_names=st.booleans())
def test_what_is_printed_is_read_back(node: Node, *, has_long_names: bool) -> None:
    """Whatever the formula, reading its LaTeX gives the same tree again."""
    known = vocabulary(has_long_names=has_long_names)
    assert read(printed(node, known), known) == node


@given(conditions())
def test_printed_conditions_are_read_back(node: Node) -> None:
    """Conditions, chains of them and memberships are read back as they were."""
    known = vocabulary()
    assert read_condition(printed(node, known), known) == node
