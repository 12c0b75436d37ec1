"""Vector figures in the document's own fonts, of reproducible bytes."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FormatStrFormatter, FuncFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_WIDTH = 6.3  # inches between the margins of the page
TEXT_HEIGHT = 8.5  # inches of a page beside a caption
BY_AUTHOR = (FixedFormatter, FormatStrFormatter, FuncFormatter)  # tick labels that he wrote
STYLE: dict[str, Any] = {
    "axes.formatter.use_mathtext": True,
    "axes.labelsize": 9,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "axes.unicode_minus": False,  # the font has its minus in mathematics only
    "figure.constrained_layout.use": True,
    # Computer Modern, of which the document's Latin Modern is made; STIX for what it lacks
    "font.family": ["cmr10", "STIXGeneral"],
    "font.size": 9,
    "image.cmap": "Blues",
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "mathtext.fontset": "cm",
    "pdf.fonttype": 42,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """The house style, and nothing of this machine's own, while a figure's function runs."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]  # the stubs' keys are literals
        yield


def is_figure(made: object) -> bool:
    """Whether a function returned a matplotlib figure."""
    return isinstance(made, Figure)


def too_large(figure: Figure) -> str:
    """Say so where a figure does not fit on the page, else nothing."""
    width, height = float(figure.get_figwidth()), float(figure.get_figheight())
    if width > TEXT_WIDTH:
        return f"the figure is {width:g} in wide, the text {TEXT_WIDTH:g} in"
    if height > TEXT_HEIGHT:
        return f"the figure is {height:g} in high, and {TEXT_HEIGHT:g} in are left for one"
    return ""


def as_pdf(figure: Figure) -> tuple[bytes, str]:
    """The figure as a PDF, and what the fonts lack for it; the same figure gives the same bytes."""
    written = io.BytesIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.savefig(written, format="pdf", metadata={"CreationDate": None, "Producer": None})
    lacking = (str(it.message) for it in caught if str(it.message).startswith("Glyph"))
    return written.getvalue(), next(lacking, "")


def texts(figure: Figure) -> tuple[str, ...]:
    """The words and numbers that the author put into a figure; what an axis writes is not his."""
    axes = figure.findobj(Axis)
    by_axis = {id(axis.offsetText) for axis in axes if isinstance(axis, Axis)}
    for axis in axes:
        if isinstance(axis, Axis):
            for formatter, labels in (
                (axis.get_major_formatter(), axis.get_majorticklabels()),
                (axis.get_minor_formatter(), axis.get_minorticklabels()),
            ):
                if not isinstance(formatter, BY_AUTHOR):
                    by_axis |= {id(label) for label in labels}
    found = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    shown = [text.get_text() for text in found if text.get_visible() and id(text) not in by_axis]
    return tuple(dict.fromkeys(words for words in shown if words.strip()))
