from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from derivatex.compute import drawing

if TYPE_CHECKING:
    from pathlib import Path


def parabola(title: str = "A parabola", width: float = 3) -> Figure:
    """A figure of the house style, with words, mathematics, a minus and a legend."""
    with drawing.style():
        figure = Figure(figsize=(width, 2))
        axes = figure.subplots()
        axes.plot([-1, 0, 1], [1, 0, 1], label="$x^2$")
        axes.set_title(title)
        axes.set_xlabel("$x$")
        axes.annotate("the minimum", (0, 0))
        axes.legend()
    return figure


def pdf_of(figure: Figure) -> bytes:
    """The figure as the build draws it."""
    with drawing.style():
        data, lacking = drawing.as_pdf(figure)
    assert lacking == ""
    return data


@pytest.mark.tex
def test_fonts(tmp_path: Path) -> None:
    """Words and mathematics are set in embedded Computer Modern, none of it in bitmaps."""
    (tmp_path / "figure.pdf").write_bytes(pdf_of(parabola()))
    poppler = shutil.which("pdffonts")
    assert poppler is not None
    listed = subprocess.run(
        [poppler, "figure.pdf"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert listed
    for line in listed:
        name = line.split()[0].partition("+")[2]
        assert name.lower().startswith("cm"), name
        assert "TrueType" in line
        assert line.split()[-5] == "yes"


def test_same_bytes() -> None:
    """The same figure gives the same bytes, and another gives others."""
    assert pdf_of(parabola()) == pdf_of(parabola())
    assert pdf_of(parabola()) != pdf_of(parabola("Another"))


def test_a_missing_glyph() -> None:
    """A character that no font of the style has is told."""
    with drawing.style():
        _, lacking = drawing.as_pdf(parabola("\N{CJK UNIFIED IDEOGRAPH-4E00}"))
    assert "CJK UNIFIED IDEOGRAPH-4E00" in lacking


def test_style_ends() -> None:
    """The house style holds while it is asked for, and no longer."""
    before = dict(mpl.rcParams)
    with drawing.style():
        assert mpl.rcParams["pdf.fonttype"] == 42
        assert mpl.rcParams["font.family"][0] == "cmr10"
    assert dict(mpl.rcParams) == before


def test_texts() -> None:
    """Titles, labels, annotations and legends are the author's; ticks are not."""
    figure = parabola()
    pdf_of(figure)
    assert set(drawing.texts(figure)) == {"A parabola", "$x$", "the minimum", "$x^2$"}


def test_hidden_texts() -> None:
    """A text that is not shown is not found."""
    figure = parabola()
    figure.axes[0].texts[0].set_visible(False)
    assert "the minimum" not in drawing.texts(figure)


def test_named_ticks() -> None:
    """Tick labels that the author wrote himself are his."""
    figure = parabola()
    with drawing.style():
        figure.axes[0].set_xticks([0, 1], ["none", "0.75 of all"])
    pdf_of(figure)
    assert {"none", "0.75 of all"} <= set(drawing.texts(figure))


def test_scale_factor() -> None:
    """The power of ten beside an axis belongs to its ticks."""
    figure = parabola()
    figure.axes[0].set_ylim(0, 3e7)
    pdf_of(figure)
    assert not [text for text in drawing.texts(figure) if "10" in text]


def test_width() -> None:
    """A figure as wide as the text fits; a wider one is told with both widths."""
    assert drawing.too_large(parabola(width=drawing.TEXT_WIDTH)) == ""
    wide = drawing.too_large(parabola(width=6.4))
    assert wide == "the figure is 6.4 in wide, the text 6.3 in"


def test_what_a_figure_is() -> None:
    """Only matplotlib's figures are figures."""
    assert drawing.is_figure(Figure())
    assert not drawing.is_figure("a figure")
