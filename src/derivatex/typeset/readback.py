"""The finished PDF's own text and fonts: what a reader gets, not what we meant to print."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError
from derivatex.typeset.engine import program

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.document import Document

NUMBER = re.compile(r"−?\d+(?:\.\d+)?")
TROUBLE = {
    "??": "a reference that leads nowhere",
    r"\val{": "a value's name in the place of its number",
    "((*": "a piece of a template",
    "*))": "a piece of a template",
    "nan": "a number that is none",
    "Traceback": "an error message",
}


def read_back(pdf: Path, document: Document) -> list[Diagnostic]:
    """Compare the PDF with what the document was to show: its numbers, headings and fonts."""
    with ThreadPoolExecutor(2) as pool:  # two programs side by side
        fonts = pool.submit(_output, "pdffonts", pdf.name, folder=pdf.parent)
        words = _output("pdftotext", "-enc", "UTF-8", pdf.name, "-", folder=pdf.parent).split()
    text = " ".join(words)
    found = [
        _finding("missing-heading", f"the PDF does not show the heading `{heading}`")
        for heading in document.headings
        if _squeezed(heading) not in _squeezed(text)
    ]
    shown = Counter(NUMBER.findall(text))
    wanted = Counter(number for printed in document.printed for number in NUMBER.findall(printed))
    for number, count in wanted.items():
        if shown[number] < count and _set_against_others(number, text) < count:
            message = f"the PDF shows {number} {shown[number]} times, {count} were printed"
            found.append(_finding("missing-number", message))
    pieces = set(re.findall(r"[\w?(\\{]+", text))
    for trouble, what in TROUBLE.items():
        if trouble in document.tex:
            continue  # its author wrote it
        if trouble in pieces or (not trouble.isalnum() and trouble in text):
            found.append(_finding("trouble-in-text", f"the PDF shows `{trouble}`: {what}"))
    return found + _fonts(fonts.result())


def _set_against_others(number: str, text: str) -> int:
    """How often a number stands in a text where signs and exponents are set against it."""
    sign = "" if number.startswith("−") else "−?"
    return len(re.findall(rf"(?<![\d.]){sign}{re.escape(number)}(?!\d\d|\.\d)", text))


def _fonts(listed: str) -> list[Diagnostic]:
    """Every font is embedded, and none is made of bitmaps."""
    found = []
    fonts = listed.splitlines()[2:]
    if not fonts:
        found.append(_finding("no-font", "the PDF has no font, and so no text"))
    for line in fonts:
        fields = line.split()
        name, embedded = fields[0], fields[-5]
        if embedded != "yes":
            found.append(_finding("font-not-embedded", f"the font {name} is not embedded"))
        if " Type 3 " in line:
            found.append(_finding("bitmap-font", f"the font {name} is made of bitmaps"))
    return found


def _finding(id_: str, message: str) -> Diagnostic:
    return Diagnostic(id_, message, ExitCode.TEX_FAILED)


def _squeezed(text: str) -> str:
    """A text without what line breaks and ligatures change."""
    for ligature, letters in {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"}.items():
        text = text.replace(ligature, letters)
    return re.sub(r"[^\w]+", "", text)


def _output(name: str, *arguments: str, folder: Path) -> str:
    """What one of poppler's programs prints."""
    done = subprocess.run(
        [program(name), *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        message = f"`{name}` ended with status {done.returncode}"
        raise RefusedError([Diagnostic("no-readback", message, ExitCode.TEX_FAILED, hint=said)])
    return done.stdout.decode("utf-8", "replace")
