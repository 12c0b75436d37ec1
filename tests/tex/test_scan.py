from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from derivatex.tex.scan import MAX_LENGTH, scan
from tests.tex import balanced

PIECES = re.findall(
    r"\S+",
    r"""
\ { } $ $$ & % # _ ^ ^^ [ ] ( ) ~ a 12 .5 \( \) \[ \] \\ \left \right \text \begin \end {align}
{array} {cc} \val \label \frac \def
""",
)
LATEX = st.lists(st.sampled_from([*PIECES, " ", "\n", "\n\n"]), max_size=40).map("".join)
BRACE = re.compile(r"(?<!\\)[{}]")


def ids(text: str, *, math: bool = False) -> list[str]:
    """The ids of a text's faults, in order."""
    return [fault.id for fault in scan(text, math=math).faults]


@given(text=st.text() | LATEX, math=st.booleans())
def test_any_text_can_be_scanned(text: str, *, math: bool) -> None:
    """Whatever the text, the scan ends, and all that it found stands within the text, in order."""
    found = scan(text, math=math)
    starts = [token.start for token in found.tokens]
    assert starts == sorted(starts)
    assert all(text.startswith(token.text, token.start) for token in found.tokens)
    assert all(0 <= fault.offset < len(text) for fault in found.faults)
    assert all(text[call.start] == "\\" for call in found.calls)
    assert all(0 <= call.start < call.end <= len(text) for call in found.calls)


@given(balanced.text)
def test_balanced_prose_has_no_faults(text: str) -> None:
    """Where everything that is opened is closed, in its mode, nothing is found wrong."""
    assert scan(text, math=False).faults == []


@given(balanced.math)
def test_balanced_mathematics_has_no_faults(text: str) -> None:
    """In mathematics, too, what is opened and closed in order is not found wrong."""
    assert scan(text, math=True).faults == []


@given(balanced.text | balanced.math, st.data())
def test_a_missing_brace_is_found(text: str, data: st.DataObject) -> None:
    """The twin: whichever brace is taken out of a balanced text, a fault is found."""
    braces = [match.start() for match in BRACE.finditer(text)]
    assume(braces)
    gone = data.draw(st.sampled_from(braces))
    damaged = text[:gone] + text[gone + 1 :]
    assert scan(damaged, math=False).faults
    assert scan(damaged, math=True).faults


@pytest.mark.parametrize(
    ("text", "math", "expected"),
    [
        ("a } b", False, ["unbalanced"]),
        ("{ a", False, ["unbalanced"]),
        ("$x", False, ["unbalanced"]),
        (r"\(x", False, ["unbalanced"]),
        (r"x\]", False, ["unbalanced"]),
        (r"{\(x}\)", False, ["unbalanced"]),
        (r"\left( x", True, ["unbalanced"]),
        (r"x \right)", True, ["unbalanced"]),
        ("$x$", True, ["unbalanced"]),
        (r"\end{align}", False, ["unbalanced"]),
        (r"\begin{align}x\end{gather}", False, ["unbalanced"]),
        (r"\val x", False, ["unbalanced"]),
        ("$$x$$", False, ["display-dollars"]),
        ("a_b", False, ["stray-character"]),
        ("a^b", False, ["stray-character"]),
        (r"\text{a_b}", True, ["stray-character"]),
        ("a & b", False, ["stray-character"]),
        ("$a & b$", False, ["stray-character"]),
        ("#1", False, ["stray-character"]),
        ("a % b", False, ["comment"]),
        (r"\begin{tikzpicture}\end{tikzpicture}", False, ["unknown-environment"]),
        (r"\href{file:///etc}{x}", False, ["forbidden-link"]),
        (r"\url{javascript:x}", False, ["forbidden-link"]),
        ("$a\n\nb$", False, ["blank-line"]),
        ("$a \n\nb$", False, ["blank-line"]),
        ("a &= b \\\\\n\n c &= d", True, ["blank-line"]),
    ],
)
def test_each_fault_has_its_id(text: str, expected: list[str], *, math: bool) -> None:
    """Each thing that TeX would stumble over is found, under its own name."""
    assert ids(text, math=math) == expected


@pytest.mark.parametrize(
    ("text", "math"),
    [
        ("a\n\nb", False),
        ("a &= b \\\\\n c &= d\n", True),
        (r"\begin{array}{cc}1 & 2\\3 & 4\end{array}", True),
        (r"\begin{align} a &= \text{if $x_1$} \end{align}", False),
        (r"\begin{tabular}{lr}a & b\end{tabular}", False),
        (r"\left\{ x \right.", True),
        (r"50\,\% of \$ 3, \# 1 \& \_", False),
        (r"\href{https://example.org}{x} and \url{mailto:a@b.c}", False),
        (r"\label{eq:a_b} \tag{*} \hspace{1em} \hspace*{1em}", True),
    ],
)
def test_sound_latex_is_left_alone(text: str, *, math: bool) -> None:
    """The twin: LaTeX that TeX reads has no fault."""
    assert ids(text, math=math) == []


@pytest.mark.parametrize("text", ["a\\", r"a \\\\" + "\\"])
def test_a_backslash_at_the_end_is_found(text: str) -> None:
    """A backslash that ends a text would eat what the page puts after it: it is a fault."""
    assert [fault.offset for fault in scan(text, math=True).faults] == [len(text) - 1]


def test_a_fault_says_where_and_against_what() -> None:
    """A closer that does not fit is told with what it should have closed, and where that opened."""
    (fault,) = scan("a\n\\( b }", math=False).faults
    assert fault.offset == 7
    assert fault.message == r"`}` stands where `\(` is still open"
    assert fault.hint == r"`\(` was opened on line 2 of this text"


def test_a_misspelt_environment_is_guessed() -> None:
    """A name that is nearly an environment's is answered with the right one."""
    (fault,) = scan(r"\begin{aling}\end{aling}", math=False).faults
    assert fault.hint == "did you mean `align`?"


@pytest.mark.parametrize(("length", "expected"), [(MAX_LENGTH, []), (MAX_LENGTH + 1, ["too-long"])])
def test_a_text_that_is_too_long_is_not_read(length: int, expected: list[str]) -> None:
    """A text longer than any page is refused before it is read, a shorter one is read."""
    assert ids("a" * length) == expected
