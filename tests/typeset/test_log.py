from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, Location
from derivatex.document import Document
from derivatex.typeset.log import diagnostics, flaws

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.diagnostics import Diagnostic

YAML = "solutions/made/1-made.yaml"
FIRST, SECOND = Location(YAML, 7, 9), Location(YAML, 12, 17)
TEX = r"""\documentclass{article}
\begin{document}
It is \foo here.

Café ≠ tea.
\end{document}
"""
DOCUMENT = Document(TEX, origins=((3, FIRST), (5, SECOND)))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose author's line 7 holds what TeX does not know."""
    path = tmp_path / YAML
    path.parent.mkdir(parents=True)
    path.write_text("\n" * 6 + "      - text: It is \\foo here.\n", encoding="utf-8")
    return tmp_path


def errors(log: str, project: Path) -> list[Diagnostic]:
    """The errors of a log."""
    found = diagnostics(log, DOCUMENT, project)
    assert all(it.code is ExitCode.TEX_FAILED for it in found)
    return list(found)


def test_an_undefined_macro(project: Path) -> None:
    """An undefined macro is named, at its column of the author's line."""
    log = "(./made.tex\n./made.tex:3: Undefined control sequence.\nl.3 It is \\foo\n   here.\n"
    (found,) = errors(log, project)
    assert (found.id, found.message) == ("undefined-macro", r"the macro `\foo` is undefined")
    assert found.at == Location(YAML, 7, 21)


def test_an_undefined_macro_that_a_program_wrote(project: Path) -> None:
    """An undefined macro that does not stand on the author's line is told at that line."""
    log = "./made.tex:5: Undefined control sequence.\nl.5 Café \\bar\n   tea.\n"
    (found,) = errors(log, project)
    assert (found.message, found.at) == (r"the macro `\bar` is undefined", SECOND)


@pytest.mark.parametrize(
    ("log", "message", "at"),
    [
        (
            "./made.tex:5: Missing $ inserted.\n<inserted text> \n$\nl.5 Café _\n",
            "Missing $ inserted at `Café _`",
            SECOND,
        ),
        (
            "made.tex:3: LaTeX Error: Environment foo undefined.\n\n ...\nl.3 \\begin{foo}\n",
            r"Environment foo undefined at `\begin{foo}`",
            FIRST,
        ),
        ("! Missing } inserted.\nl.5 tea.\n", "Missing } inserted at `tea.`", SECOND),
        ("! LaTeX Error: File `x.sty' not found.\n", "File `x.sty' not found", None),
        ("./made.tex:1: Bad.\n", "Bad", None),
    ],
)
def test_an_error(project: Path, log: str, message: str, at: Location | None) -> None:
    """An error is told in TeX's words, with what it read last, at the author's line."""
    (found,) = errors(log, project)
    assert (found.id, found.message, found.at) == ("tex-error", message, at)


def test_a_hint(project: Path) -> None:
    """A common error comes with what to do about it."""
    (found,) = errors("./made.tex:5: Missing $ inserted.\nl.5 _\n", project)
    assert found.hint == "set the formula in `$ … $`"


def test_the_first_of_each_line(project: Path) -> None:
    """Of several errors on one line the first is told; those of other lines are too."""
    log = (
        "./made.tex:3: Missing $ inserted.\nl.3 a\n"
        "./made.tex:3: Extra }, or forgotten $.\nl.3 b\n"
        "./made.tex:5: Missing { inserted.\nl.5 c\n"
        "./made.tex:6: Emergency stop.\nl.6 d\n"
        "./made.tex:6:  ==> Fatal error occurred, no output PDF file produced!\n"
    )
    assert [(it.message, it.at) for it in errors(log, project)] == [
        ("Missing $ inserted at `a`", FIRST),
        ("Missing { inserted at `c`", SECOND),
    ]


def test_an_error_in_a_file_of_tex(project: Path) -> None:
    """The line numbers of TeX's own files are none of the author's."""
    log = "/usr/share/texmf-dist/tex/generic/pgf/tikz.code.tex:5: Bad thing.\n"
    (found,) = errors(log, project)
    assert (found.message, found.at) == ("Bad thing", None)


def test_nothing_to_end(project: Path) -> None:
    """An error that may follow from another is told where it stands alone."""
    log = "./made.tex:3: LaTeX Error: There's no line here to end.\n\nl.3 \\\\\n"
    (found,) = errors(log, project)
    assert (found.at, "no line here to end" in found.message) == (FIRST, True)


def test_no_error(project: Path) -> None:
    """A log without an error gives none."""
    log = "This is pdfTeX\n(./made.tex\nLaTeX Warning: Citation `a' undefined on input line 3.\n)\n"
    assert errors(log, project) == []


@pytest.mark.parametrize(
    ("line", "message", "at"),
    [
        (
            r"Overfull \hbox (12.34pt too wide) in paragraph at lines 3--4",
            "a line is 12.3 pt too long",
            FIRST,
        ),
        (
            r"Overfull \hbox (1.01pt too wide) detected at line 5",
            "a line is 1.0 pt too long",
            SECOND,
        ),
        (
            r"Overfull \hbox (5.0pt too wide) in alignment at lines 4--6",
            "a line is 5.0 pt too long",
            SECOND,
        ),
        (
            r"Overfull \vbox (7.5pt too high) has occurred while \output is active []",
            "a page is 7.5 pt too long",
            None,
        ),
    ],
)
def test_overfull(line: str, message: str, at: Location | None) -> None:
    """A box that sticks out by more than a point is told, at the author's line."""
    (found,) = flaws(f"before\n{line}\nafter\n", DOCUMENT)
    assert (found.id, found.message, found.at) == ("overfull", message, at)


def test_one_point_is_allowed() -> None:
    """A box that sticks out by a point or less is not told, and an underfull one never."""
    log = "Overfull \\hbox (1.0pt too wide) detected at line 5\nUnderfull \\hbox (badness 10000)\n"
    assert flaws(log, DOCUMENT) == ()


@pytest.mark.parametrize(
    "line",
    [
        "Missing character: There is no ≠ in font [lmroman10-regular]:mapping=tex-text;!",
        "Missing character: There is no ≠ (U+2260) in font name:Latin Modern Roman;",
    ],
)
def test_a_missing_glyph(line: str) -> None:
    """A character that the font lacks is told, at the author's line that holds it."""
    (found,) = flaws(line, DOCUMENT)
    assert (found.id, found.at) == ("missing-glyph", SECOND)
    assert found.message == "the font has no glyph for `≠`"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "LaTeX Warning: Reference `fig:x' on page 1 undefined on input line 5.",
            "the reference `fig:x` is undefined",
        ),
        (
            "LaTeX Warning: Citation `euler' on page 1 undefined on input line 5.",
            "the citation `euler` is undefined",
        ),
    ],
)
def test_a_dead_reference(line: str, message: str) -> None:
    """A reference or citation that leads nowhere is told, at the author's line."""
    (found,) = flaws(line, DOCUMENT)
    assert (found.id, found.message, found.at) == ("undefined-reference", message, SECOND)


def test_origins() -> None:
    """A line of a template counts as the author's line before it; before the first is nowhere."""
    assert DOCUMENT.origin(3) == DOCUMENT.origin(4) == FIRST
    assert DOCUMENT.origin(4, 6) == DOCUMENT.origin(6) == SECOND
    assert DOCUMENT.origin(2) is None
