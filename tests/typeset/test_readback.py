from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode
from derivatex.document import Document
from derivatex.typeset import readback
from derivatex.typeset.readback import read_back

if TYPE_CHECKING:
    from pathlib import Path

    from tests.typeset.conftest import MakePdf

pytestmark = pytest.mark.tex

BODY = r"""\section*{Problem 1. A first, difficult example}
It is $x = 2.25$, then $-0.75$, and once more $2.25$."""
HEADING = "Problem 1. A first, difficult example"
PRINTED = ("2.25", "2.25", "−0.75")
FONTS = """\
name                                 type              encoding         emb sub uni object ID
------------------------------------ ----------------- ---------------- --- --- --- ---------
ABCDEF+LMRoman10-Regular             Type 1            Custom           yes yes no       7  0
{name:<36} {kind:<17} Custom           {embedded} yes no       8  0
"""


def found_in(pdf: Path, *, printed: tuple[str, ...] = (), headings: tuple[str, ...] = ()) -> str:
    """The ids of what is found, or nothing."""
    found = read_back(pdf, Document("", printed=printed, headings=headings))
    assert all(it.code is ExitCode.TEX_FAILED for it in found)
    return " ".join(it.id for it in found)


def test_everything_is_there(make_pdf: MakePdf) -> None:
    """A PDF that shows its heading and every number as often as printed passes."""
    pdf = make_pdf(BODY)
    assert read_back(pdf, Document("", printed=PRINTED, headings=(HEADING,))) == []


@pytest.mark.parametrize(
    ("old", "new", "id_"),
    [
        ("-0.75", "-0.76", "missing-number"),
        ("-0.75", "0.75", "missing-number"),
        ("once more $2.25$", "once more", "missing-number"),
        ("once more $2.25$", "once more $12.25$", "missing-number"),
        ("difficult", "diffident", "missing-heading"),
        ("Problem 1", "Problem 2", "missing-heading"),
        ("once more", r"once more \ref{nowhere}", "trouble-in-text"),
        ("once more", "once more nan", "trouble-in-text"),
        ("once more", r"once more \texttt{\char92val\char123x\char125}", "trouble-in-text"),
        ("once more", "once more Traceback", "trouble-in-text"),
    ],
)
def test_one_change(make_pdf: MakePdf, old: str, new: str, id_: str) -> None:
    """One number or heading less, or a sign of trouble, and the PDF fails."""
    assert BODY.count(old) == 1
    pdf = make_pdf(BODY.replace(old, new))
    assert found_in(pdf, printed=PRINTED, headings=(HEADING,)) == id_


def test_the_message_counts(make_pdf: MakePdf) -> None:
    """A missing number is named, with how often it stands there and how often it should."""
    pdf = make_pdf(BODY.replace("once more $2.25$", "once more"))
    (found,) = read_back(pdf, Document("", printed=PRINTED))
    assert found.message == "the PDF shows 2.25 1 times, 2 were printed"


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ("$a - 2.25$", ("2.25",)),
        ("$x = -2.25$", ("2.25",)),
        ("$x = -2.25$, which is $2.25$ below zero, or $2.25$.", ("2.25", "2.25", "2.25")),
        ("$e^{3-2.25}$", ("2.25",)),
        ("$2.25^2$", ("2.25",)),
        ("$x_1 2.25$", ("2.25",)),
        (r"$1.50\times 10^{-4}$", ("1.50 × 10−4",)),
        (r"$12\,345$ and $-12\,345.5$", ("12 345", "−12 345.5")),
        (r"$\frac{2.25}{-0.75}$", ("2.25", "−0.75")),
        (r"$\begin{bmatrix} 2.25 & -0.75 \\ 1 & 2 \end{bmatrix}$", ("2.25", "−0.75", "1", "2")),
    ],
)
def test_numbers_in_mathematics(make_pdf: MakePdf, body: str, printed: tuple[str, ...]) -> None:
    """A number is found whatever stands before it, after it or above it."""
    assert found_in(make_pdf(body), printed=printed) == ""


@pytest.mark.parametrize("body", ["$f((x + y)/2)$", "$((a + b) + c)^2$", "Inland is no trouble."])
def test_no_trouble(make_pdf: MakePdf, body: str) -> None:
    """Nested parentheses and words that hold a sign of trouble are none."""
    assert found_in(make_pdf(body)) == ""


def test_a_heading_over_two_lines(make_pdf: MakePdf) -> None:
    """A heading that is broken or hyphenated is the same heading."""
    heading = "Problem 1. " + "Differentiation of efficient configurations " * 3
    assert found_in(make_pdf(rf"\section*{{{heading}}}"), headings=(heading,)) == ""


def test_a_font_that_is_not_embedded(make_pdf: MakePdf) -> None:
    """A font that the PDF only names fails, by its name."""
    body = r"\pdfmapline{=cmr10 Times-Roman <lm-rm.enc}\font\named=cmr10 \named Words."
    (found,) = read_back(make_pdf(body), Document(""))
    assert (found.id, found.message) == (
        "font-not-embedded",
        "the font Times-Roman is not embedded",
    )


@pytest.mark.parametrize(
    ("font", "ids"),
    [
        (("GHIJKL+LMMathItalic10-Regular", "Type 1", "yes"), ""),
        (("GHIJKL+LMMathItalic10-Regular", "CID Type 0C", "yes"), ""),
        (("GHIJKL+LMMathItalic10-Regular", "Type 1", "no "), "font-not-embedded"),
        (("Times Roman", "Type 1", "no "), "font-not-embedded"),
        (("[none]", "Type 3", "yes"), "bitmap-font"),
        (("GHIJKL+AFontOfAVeryVeryVeryLongNameIndeed", "TrueType", "no "), "font-not-embedded"),
    ],
)
def test_fonts_that_poppler_lists(
    make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch, font: tuple[str, str, str], ids: str
) -> None:
    """Of the fonts that poppler lists, those that are not embedded or of bitmaps fail."""
    pdf = make_pdf("Words.")
    name, kind, embedded = font
    listed = FONTS.format(name=name, kind=kind, embedded=embedded)
    real = readback._output  # noqa: SLF001  # poppler's own output, but for the fonts

    def output(program: str, *arguments: str, folder: Path) -> str:
        return listed if program == "pdffonts" else real(program, *arguments, folder=folder)

    monkeypatch.setattr(readback, "_output", output)
    assert found_in(pdf) == ids
