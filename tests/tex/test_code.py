from __future__ import annotations

import pytest

from derivatex.tex.code import python_lines


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("x = 1", [r"x\ =\ 1"]),
        ("def f():\n\n    return a_b", ["KEY{def}\\ f():", "", "\\ \\ \\ \\ KEY{return}\\ a\\_b"]),
        ("# 50 %\nx", [r"QUIET{\#\ 50\ \%}", "x"]),
        ('def f():\n    """One.\n\n    Two."""', None),
        ("x = 'a' if b else '--'", None),
        ('f("<<", ",,")', None),
    ],
)
def test_code_is_set_as_it_is(code: str, lines: list[str] | None) -> None:
    """Each line is set by itself: keywords and comments are told apart, nothing becomes a dash."""
    made = [
        line.replace(r"\dxkeyword", "KEY").replace(r"\dxquietcode", "QUIET")
        for line in python_lines(code)
    ]
    assert lines is None or made == lines
    assert len(made) == len(code.splitlines())
    assert not any(pair in line for line in made for pair in ("--", ",,", "<<", "''"))


def test_a_docstring_is_quiet_and_a_text_is_not() -> None:
    """A string that stands alone is documentation, over all its lines."""
    made = python_lines('def f():\n    """One.\n\n    Two."""\n    return "One."')
    assert [r"\dxquietcode" in line for line in made] == [False, True, False, True, False]


@pytest.mark.parametrize("code", ["x = (", "def f(:\n'"])
def test_what_is_no_python(code: str) -> None:
    """Code that Python does not read is no listing."""
    with pytest.raises((SyntaxError, OSError, Exception), match=r"EOF|unterminated|multi-line"):
        python_lines(code)
