from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from derivatex.tex.escape import escape

PRINTS = {  # what TeX prints for each way of writing a character that has a meaning of its own
    r"\textbackslash{}": "\\",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\textquotedbl{}": '"',
    r"\textasciigrave{}": "`",
    r"\ensuremath{-}": "−",
    r"\ensuremath{\times}": "×",
    r"\ensuremath{\approx}": "≈",
    r"\ensuremath{\to}": "→",
    **{f"\\{character}": character for character in "{}$&#%_"},
}
WRITTEN = re.compile("|".join(re.escape(tex) for tex in (*PRINTS, "{}")) + r"|(?s:.)")
MEANINGFUL = frozenset("\\{}$&#%_^~")
LIGATURES = ("--", "``", "''", ",,", "<<", ">>", "!`", "?`")

texts = st.text() | st.text(alphabet="\\{}$&#%_^~<>|\"'`-,!?−×≈→ ab\n")


def printed(tex: str) -> str:
    """Read LaTeX as TeX prints it; an empty group prints nothing."""
    return "".join(
        "" if written == "{}" else PRINTS.get(written, written) for written in WRITTEN.findall(tex)
    )


def bare(tex: str) -> set[str]:
    """The characters that TeX would take for its own."""
    return {written for written in WRITTEN.findall(tex) if written in MEANINGFUL}


@given(texts)
def test_no_special_character_is_left_bare(words: str) -> None:
    """Whatever is escaped, no character that means something to TeX is left bare."""
    assert not bare(escape(words))


@pytest.mark.parametrize("character", sorted(MEANINGFUL - {"}", "{", "\\"}))
def test_a_bare_special_character_is_found(character: str) -> None:
    """The twin: a special character that nobody escaped is found bare."""
    assert bare(f"a{character}b") == {character}


@given(texts)
def test_what_is_printed_is_what_was_written(words: str) -> None:
    """Reading an escaped text as TeX prints it gives the words back."""
    assert printed(escape(words)) == words


def test_a_damaged_escape_prints_something_else() -> None:
    """The twin: an escape that lost its backslash does not give the words back."""
    assert printed(escape("50 % of a_b").replace(r"\_", "")) != "50 % of a_b"


@example("a''b")
@example("a,,b")
@given(texts)
def test_no_two_characters_melt_into_one(words: str) -> None:
    """No pair of characters that TeX's fonts join into another character is left together."""
    escaped = escape(words)
    assert not [pair for pair in LIGATURES if pair in escaped]


@pytest.mark.parametrize("count", range(2, 8))
def test_hyphens_stay_hyphens(count: int) -> None:
    """A row of hyphens keeps its length and forms no dash."""
    escaped = escape("-" * count)
    assert "--" not in escaped
    assert escaped.count("-") == count
