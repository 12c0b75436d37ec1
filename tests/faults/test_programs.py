"""A machine whose TeX or poppler is missing, fails, or gives no PDF."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import errors_of

if TYPE_CHECKING:
    from tests.conftest import Ran
    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex


def build_with(built: Built, **programs: str) -> Ran:
    """Build where the PATH holds only these programs: scripts, or "" for the machine's own."""
    folder = built.root / "programs"
    folder.mkdir()
    for name, script in programs.items():
        if script:
            (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            (folder / name).chmod(0o755)
        else:
            own = shutil.which(name)
            assert own, f"{name} is needed"
            (folder / name).symlink_to(own)
    path = {"PATH": str(folder)}
    return built.project.process("build", "demo", "--force", environment=path)


def test_no_tex(built: Built) -> None:
    """Without TeX on the PATH the build says which program it lacks, and who knows more."""
    ran = build_with(built, pdftotext="", pdffonts="", pdfinfo="")
    assert errors_of(ran) == ["error[no-program]: `pdflatex` is not on the PATH"]
    assert "`derivatex doctor`" in ran.err
    assert ran.code == 5
    assert built.is_as_it_was()
    assert not built.strays()


def test_no_poppler(built: Built) -> None:
    """Without poppler no PDF can be read back, so none is made."""
    ran = build_with(built, pdflatex="")
    assert errors_of(ran) == ["error[no-program]: `pdftotext` is not on the PATH"]
    assert ran.code == 5
    assert built.is_as_it_was()


def test_doctor_without_tex(built: Built) -> None:
    """The doctor lists what is missing, and the command that brings it."""
    empty = {"PATH": str(built.root)}
    ran = built.project.process("doctor", environment=empty)
    assert ran.code == 5
    assert "Traceback" not in ran.err
    assert "pdflatex" in ran.out
    assert "missing" in ran.out
    assert len(errors_of(ran)) == 1
    assert "texlive-latex-base" in ran.err
    assert "apt-get install" in ran.err


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "exit 0",
        "kill -9 $$",
        "echo '%PDF-1.5' > demo.pdf; : > demo.log",
        "echo '! Emergency stop.' > demo.log; exit 1",
        r"printf '\377\376! Undefined control sequence.\nl.x \377' > demo.log; exit 1",
    ],
    ids=["fails", "makes nothing", "is killed", "makes half a PDF", "stops", "writes bytes"],
)
def test_a_tex_that_makes_no_pdf(built: Built, script: str) -> None:
    """Whatever a TeX program does instead of its work, the earlier PDF stays."""
    ran = build_with(built, pdflatex=script, pdftotext="", pdffonts="", pdfinfo="")
    assert "Traceback" not in ran.err
    assert errors_of(ran)
    assert ran.code == 5
    assert built.is_as_it_was()
    assert not built.strays()


def test_a_program_that_is_none(built: Built) -> None:
    """A file that is called `pdflatex` and cannot be run is told as TeX that fails."""
    ran = build_with(built, pdflatex="\x00", pdftotext="", pdffonts="", pdfinfo="")
    assert "Traceback" not in ran.err
    assert len(errors_of(ran)) == 1, ran.err
    assert ran.code == 5
    assert built.is_as_it_was()
