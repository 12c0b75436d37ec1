from __future__ import annotations

import pytest

from derivatex.tex.commands import FORBIDDEN
from derivatex.tex.scan import Call, scan


def tokens(text: str, *, math: bool = False) -> list[tuple[str, str, bool]]:
    """The pieces of a text: kind, text and mode."""
    return [(token.kind, token.text, token.math) for token in scan(text, math=math).tokens]


@pytest.mark.parametrize("name", sorted(FORBIDDEN - {"end"}))
def test_commands_that_program_are_refused(name: str) -> None:
    """No command that defines, names, opens or runs anything may stand in an author's text."""
    faults = scan(f"a \\{name}*{{b}}", math=False).faults
    assert "forbidden-command" in [fault.id for fault in faults]


@pytest.mark.parametrize("name", ["alpha", "textbf", "defn", "inputs", "Input"])
def test_other_commands_are_not_refused(name: str) -> None:
    """The twin: a command that only resembles a forbidden one is left alone."""
    assert scan(f"\\{name}{{b}}", math=False).faults == []


@pytest.mark.parametrize(
    "name", ["pgfimage", "usetikzlibrary", "pdfmdfivesum", "pdffilesize", "XeTeXpicfile"]
)
def test_commands_that_read_files_are_refused(name: str) -> None:
    """A file is read by no command that our preamble or an engine knows."""
    assert scan(f"\\{name}{{b}}", math=False).faults


@pytest.mark.parametrize(
    ("text", "math"),
    [
        (r"\^^69nput{x}", True),
        (r"x^^41", True),
        (r"\tag{\input x }", True),
        (r"\label{\input x }", False),
        (r"\textcolor{\input x }{a}", False),
        (r"\ref[\input x ]{a}", False),
        (r"\href{https://a.b/\input x }{a}", False),
        (r"\begin{array}{\input x }a\end{array}", True),
    ],
)
def test_a_forbidden_command_cannot_hide(text: str, *, math: bool) -> None:
    """A command that is refused is refused within an argument and under another spelling, too."""
    found = [fault.id for fault in scan(text, math=math).faults]
    assert "forbidden-command" in found


@pytest.mark.parametrize("text", [r"\label{a%}", r"\tag{a#}", r"\cite{a$}"])
def test_a_name_holds_no_special_character(text: str) -> None:
    """The argument of a command that takes a name holds nothing that TeX would act on."""
    assert scan(text, math=False).faults


@pytest.mark.parametrize(
    ("text", "math", "expected"),
    [
        (r"\val{x}", False, Call("val", "", "x", 0, 7, math=False, before="")),
        (r"= \val[3]{ x }", True, Call("val", "3", "x", 2, 14, math=True, before="=")),
        (r"$a - \val{x}$", False, Call("val", "", "x", 5, 12, math=True, before="-")),
        (r"$a$ \val{x}", False, Call("val", "", "x", 4, 11, math=False, before="a")),
        (r"\text{is \val{x}}", True, Call("val", "", "x", 9, 16, math=False, before="is")),
        (
            r"\times\val{f.x[1,2]}",
            True,
            Call("val", "", "f.x[1,2]", 6, 20, math=True, before=r"\times"),
        ),
    ],
)
def test_a_call_knows_its_surroundings(text: str, expected: Call, *, math: bool) -> None:
    """A call is found with its option, its argument, its mode and what is printed before it."""
    assert scan(text, math=math).called("val") == [expected]


def test_calls_are_found_by_name() -> None:
    """Only calls of the commands that were asked for are found, in the order of the text."""
    found = scan(r"\ref{a} \cite{b} \ref{c}", math=False)
    assert [call.argument for call in found.called("ref", "eqref")] == ["a", "c"]


@pytest.mark.parametrize(
    "text", ["$x$", r"\(x\)", r"\[x\]", r"\begin{align}x\end{align}", r"a \text{b $x$} c"]
)
def test_mathematics_is_told_from_text(text: str) -> None:
    """A letter is in mathematics wherever a formula stands, and its words are not."""
    modes = {piece: math for kind, piece, math in tokens(text) if kind == "word"}
    assert modes == {word: word == "x" for word in modes}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12 and 3.5, or .5", ["12", "3.5", ".5"]),
        ("10,000 of 7.", ["10,000", "7"]),
        ("x_1 + x^2", []),
        ("x^10", ["0"]),
        ("x_{12}", ["12"]),
        (r"\frac12 + \frac1{23} + \sqrt2", ["23"]),
        (r"\frac{1}{2} + 45", ["1", "2", "45"]),
        (r"\label{eq:12} \tag{13} \val{x[14]}", []),
    ],
)
def test_numbers_are_told_from_single_digits(text: str, numbers: list[str]) -> None:
    """A digit that TeX takes for an argument is no number; digits in a name are none either."""
    found = tokens(text, math=True)
    assert [piece for kind, piece, _ in found if kind == "number"] == numbers


def test_an_index_is_told_from_a_value() -> None:
    """A number within a subscript is marked as an index, one within an exponent is not."""
    found = scan("x_{12} + y^{34} + z_{a_{5}}", math=True)
    assert {it.text: it.index for it in found.tokens if it.kind == "number"} == {
        "12": True,
        "34": False,
        "5": True,
    }


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        (r"a \\ b", [(2, 4)]),
        (r"a \\[2pt] b", [(2, 9)]),
        (r"a \\ [3] b", [(2, 4)]),
        (r"{a \\ b} \\", [(9, 11)]),
        (r"\begin{cases}a\\b\end{cases}", []),
    ],
)
def test_breaks_are_those_of_the_display(text: str, breaks: list[tuple[int, int]]) -> None:
    """A break is the display's own only where nothing is open; a length after it belongs to it."""
    assert scan(text, math=True).breaks == breaks
