from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from derivatex.diagnostics import Location
from derivatex.tex.markup import Math, Prose, Source, Text

line_texts = st.text(alphabet="ab é\\&=x", max_size=6)


def block(lines: list[str], indent: int, first: int) -> tuple[str, list[str]]:
    """A text, and the file that holds it as a block from line `first` on, indented."""
    return "\n".join(lines), [""] * (first - 1) + [" " * indent + line for line in lines]


def placed(text: str, indent: int, first: int) -> tuple[tuple[int, int], ...]:
    """The place of each of a block's lines."""
    return tuple((first + row, indent + 1) for row in range(text.count("\n") + 1))


@given(st.lists(line_texts, min_size=1), st.integers(0, 8), st.integers(1, 50))
def test_every_character_is_found_in_its_file(lines: list[str], indent: int, first: int) -> None:
    """The place of a character of a text holds that character in the file."""
    text, file = block(lines, indent, first)
    source = Source(text, "f.yaml", placed(text, indent, first))
    for offset, character in enumerate(text):
        at = source.locate(offset)
        if character != "\n":
            assert file[at.line - 1][at.column - 1] == character


def test_a_wrong_origin_leads_elsewhere() -> None:
    """The twin: a text whose lines are placed one too low is not found in its file."""
    text, file = block(["ab", "cd"], 2, 1)
    at = Source(text, "f.yaml", placed(text, 2, 2)).locate(0)
    assert file[at.line - 1][at.column - 1] != "a"


@given(st.lists(line_texts, min_size=1).map("\n".join), st.integers(0, 8), st.integers(1, 50))
def test_rows_of_a_display_keep_their_places(text: str, indent: int, first: int) -> None:
    """Every character of every row of a display has the place that it has in the display."""
    display = Math(text, "f.yaml", placed(text, indent, first))
    places = {display.locate(offset): text[offset] for offset in range(len(text))}
    for row in display.rows:
        assert [places[row.locate(offset)] for offset in range(len(row))] == list(row)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a", ["a"]),
        (r"a \\ b", ["a", "b"]),
        ("a\\\\[2pt]\n  b\\\\\n", ["a", "b"]),
        (r"a \\ \\ b", ["a", "b"]),
        (r"{a \\ b}", [r"{a \\ b}"]),
        (r"\begin{bmatrix}1\\2\end{bmatrix}", [r"\begin{bmatrix}1\\2\end{bmatrix}"]),
    ],
)
def test_only_outer_breaks_part_a_display(text: str, rows: list[str]) -> None:
    """A display's rows are what stands between its outermost breaks; empty ones are dropped."""
    assert Math(text).rows == rows


def test_the_scan_of_a_text_starts_in_its_mode() -> None:
    """A script is at home in mathematics and a stray character in prose."""
    assert not Math("x_i").scan.faults
    assert [fault.offset for fault in Prose("x_i").scan.faults] == [1]


@pytest.mark.parametrize("kind", [Text, Prose, Math])
def test_a_text_is_kept_with_its_place(kind: type[Source]) -> None:
    """A model gets the text under its own type, with the place that YAML gave it."""
    made = TypeAdapter(kind).validate_python(Source("words", "f.yaml", ((4, 9),)))
    assert type(made) is kind
    assert (made, made.at) == ("words", Location("f.yaml", 4, 9))


@pytest.mark.parametrize("kind", [Prose, Math])
def test_latex_with_faults_is_refused(kind: type[Source]) -> None:
    """The twin: no model holds LaTeX that TeX could not read, and every fault is told."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(Source("{ a } } % b"))
    (error,) = refused.value.errors()
    assert error["type"] == "tex_faults"
    assert [fault.id for fault in error["ctx"]["faults"]] == ["unbalanced", "comment"]


def test_plain_words_are_not_scanned() -> None:
    """Plain words may hold any character: they are escaped when printed."""
    assert TypeAdapter(Text).validate_python("100 % of {a_b") == "100 % of {a_b"


@pytest.mark.parametrize(
    ("wrong", "kind"), [("", "empty_text"), (" \n", "empty_text"), (1, "string_type")]
)
def test_what_is_no_text_is_refused(wrong: object, kind: str) -> None:
    """Nothing, blanks and things that are no text are told apart."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Text).validate_python(wrong)
    assert refused.value.errors()[0]["type"] == kind


@given(st.text())
def test_a_text_of_a_module_has_one_place(text: str) -> None:
    """Text that a module made is found at the module's line, whichever its own line is."""
    at = Location("1_x.py", 12, 1)
    source = Source.placed(text, at)
    assert source == text
    assert {source.locate(offset).line for offset in range(len(text) + 1)} == {12}
