"""Small LaTeX documents, and PDFs made of them without the stage that is tested."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PAGE = r"""\documentclass{{article}}
\usepackage[T1]{{fontenc}}
\usepackage{{lmodern,amsmath}}
\begin{{document}}
{body}
\end{{document}}
"""
BODY_LINE = 5  # the line of the page on which its body starts


def page(body: str) -> str:
    """A whole document around a body."""
    return PAGE.format(body=body)


class MakePdf(Protocol):
    """Typesets a body and returns where its PDF is."""

    def __call__(self, body: str, name: str = "made") -> Path:
        """Run pdflatex once."""


@pytest.fixture
def make_pdf(tmp_path: Path) -> MakePdf:
    """A PDF of a body, by pdflatex alone."""

    def make(body: str, name: str = "made") -> Path:
        (tmp_path / f"{name}.tex").write_text(page(body), encoding="utf-8")
        program = shutil.which("pdflatex")
        assert program is not None
        subprocess.run(
            [program, "-interaction=nonstopmode", f"{name}.tex"],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        return tmp_path / f"{name}.pdf"

    return make
