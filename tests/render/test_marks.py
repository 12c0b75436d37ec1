from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivatex.diagnostics import Location
from derivatex.render.marks import CLOSE, OPEN, Marks
from derivatex.tex.markup import Prose

lines = st.lists(st.text(st.characters(exclude_characters=f"\n{OPEN}{CLOSE}")), min_size=1)


def placed(text: str) -> Prose:
    """A text whose line k stands on line 10 + k of its file."""
    return Prose(text, "f.yaml", tuple((11 + k, 1) for k in range(text.count("\n") + 1)))


@given(before=lines.map("\n".join), text=lines.map("\n".join))
def test_marks_leave_no_trace(before: str, text: str) -> None:
    """What was marked is, without its marks, what it was."""
    marks = Marks()
    marked = f"{before}\n{marks.marked(placed(text), text)}"
    assert marks.taken_out(marked)[0] == f"{before}\n{text}"


@given(before=lines, text=lines)
def test_each_line_remembers_its_place(before: list[str], text: list[str]) -> None:
    """Each line of an author's text that prints something is found with its place in the YAML."""
    marks = Marks()
    marked = "\n".join([*before, marks.marked(placed("\n".join(text)), "\n".join(text))])
    expected = [
        (len(before) + row, Location("f.yaml", 10 + row, 1))
        for row, line in enumerate(text, start=1)
        if line.strip()
    ]
    assert marks.taken_out(marked)[1] == tuple(expected)


def test_a_line_that_moved_is_found_elsewhere() -> None:
    """The twin: a line that is put below another is found one line further down."""
    marks = Marks()
    marked = marks.marked(placed("a"), "a")
    at = Location("f.yaml", 11, 1)
    assert marks.taken_out(marked)[1] == ((1, at),)
    assert marks.taken_out(f"\n{marked}")[1] == ((2, at),)


def test_a_text_that_lost_a_line_is_a_bug() -> None:
    """The twin: a text that has other lines than its source cannot be marked."""
    with pytest.raises(ValueError, match="shorter"):
        Marks().marked(placed("a\nb"), "ab")


def test_the_first_mark_of_a_line_counts() -> None:
    """A line with two texts belongs to the first of them."""
    marks = Marks()
    marked = marks.marked(placed("a"), "a") + marks.mark(Location("g.yaml", 5, 1)) + "b"
    assert marks.taken_out(marked) == ("ab", ((1, Location("f.yaml", 11, 1)),))
