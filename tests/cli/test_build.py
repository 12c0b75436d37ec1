"""What `build` makes, when it makes nothing, and what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from derivatex.cli.commands import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Project
    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex


def text_of(pdf: Path) -> str:
    """The words of a PDF, as a reader gets them."""
    pdftotext = shutil.which("pdftotext")
    assert pdftotext
    done = subprocess.run(
        [pdftotext, "-enc", "UTF-8", str(pdf), "-"], capture_output=True, check=True
    )
    return " ".join(done.stdout.decode("utf-8").split())


def test_nothing_to_do(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A PDF whose inputs are what they were is not built again."""
    ran = built.project.run(capfd, "build", "demo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "build/demo.pdf  nothing to do\n"
    assert built.is_as_it_was()


def test_each_problem_has_a_pdf(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """`--problems` adds a PDF for each problem: the bytes of one that is built alone."""
    ran = built.project.run(capfd, "build", "demo", "--problems")
    assert ran.code == 0
    report, problem = ran.out.splitlines()
    assert report == "build/demo.pdf  nothing to do"
    assert problem.startswith("build/demo/1.pdf  ")
    files = [built.project.root / "build" / "demo" / f"1.{ending}" for ending in ("pdf", "json")]
    before = [file.read_bytes() for file in files]
    assert built.project.run(capfd, "build", "demo/1").out == "build/demo/1.pdf  nothing to do\n"
    assert built.project.run(capfd, "build", "demo/1", "--force").code == 0
    assert [file.read_bytes() for file in files] == before


def test_no_problem_has_a_pdf_where_none_is_asked_for(
    built: Built, capfd: pytest.CaptureFixture[str]
) -> None:
    """The twin: without `--problems`, and where the report is refused, there is none."""
    folder = built.project.root / "build" / "demo"
    assert built.project.run(capfd, "build", "demo", "--force").code == 0
    assert not list(folder.glob("*.pdf"))
    built.project.module.write_text("import nothing_of_that_name\n", encoding="utf-8")
    assert built.project.run(capfd, "build", "demo", "--problems").code != 0
    assert not list(folder.glob("*.pdf"))


def test_force(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """`--force` builds again, in one pass for nothing has changed, and gives the same bytes."""
    before = built.project.pdf.stat().st_ino
    ran = built.project.run(capfd, "build", "demo", "--force", "-v")
    assert ran.code == 0
    assert "2 pages, 1 TeX pass, " in ran.out
    assert "pass 1" in ran.out
    assert "typesetting demo" in ran.err
    assert built.project.pdf.stat().st_ino != before
    assert built.is_as_it_was()


def test_a_pdf_that_was_changed_is_built_again(
    built: Built, capfd: pytest.CaptureFixture[str]
) -> None:
    """A PDF that is not what was built is replaced, by the same bytes as before."""
    built.project.pdf.write_bytes(b"%PDF-1.5 broken")
    ran = built.project.run(capfd, "build", "demo")
    assert ran.code == 0
    assert "nothing to do" not in ran.out
    assert built.is_as_it_was()


def test_a_changed_source_is_built_again(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A change of the YAML is on the page after the next build."""
    built.project.replace(built.project.yaml, "A square\n", "A changed square\n")
    ran = built.project.run(capfd, "build", "demo")
    assert ran.code == 0, ran.err
    assert "A changed square" in text_of(built.project.pdf)


def test_quiet_is_silent(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`build -q` says nothing where nothing is wrong, and builds all the same."""
    ran = project.run(capfd, "build", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "2.25" in text_of(project.pdf)


def test_one_problem(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """A problem is built into a PDF of its own, with a certificate beside it."""
    ran = project.run(capfd, "build", "demo/1")
    assert ran.code == 0
    assert ran.out.startswith("build/demo/1.pdf  ")
    assert "Problem 1." in text_of(project.root / "build/demo/1.pdf")
    assert (project.root / "build/demo/1.json").exists()
    assert not project.pdf.exists()


def test_handout(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A handout has the questions alone: no answer, no solution, no result."""
    ran = built.project.run(capfd, "build", "demo", "--handout")
    assert ran.code == 0, ran.err
    handout = text_of(built.root / "build/demo-handout.pdf")
    report = text_of(built.project.pdf)
    assert "What is" in handout
    assert "Problem 1. A square" in handout
    for told in ("Answer", "Solution", "2.25", "1.414", "that is what a square is", "Euler"):
        assert told in report
        assert told not in handout
    assert built.is_as_it_was()


@pytest.mark.parametrize("engine", ["lualatex", "xelatex"])
def test_another_engine(project: Project, engine: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Another TeX program makes a report with the same numbers, read back as always."""
    if shutil.which(engine) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{engine} is not on the PATH")
        pytest.skip(f"{engine} is not on the PATH")
    ran = project.run(capfd, "build", "demo", "--engine", engine)
    assert ran.code == 0, ran.err
    text = text_of(project.pdf)
    for shown in ("Problem 1. A square", "2.25", "1.414", "Euler", "Answer"):
        assert shown in text
    again = project.run(capfd, "build", "demo", "--engine", engine)
    assert "nothing to do" in again.out


def test_one_report_that_fails_does_not_hide_another(
    built: Built, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every target is built, whatever is wrong with the first; the status is the failure's."""
    shutil.copytree(built.root / "solutions/demo", built.root / "solutions/other")
    built.project.replace(built.project.yaml, "square: 2.25", "square: 2.35")
    code = run(["build", "-C", str(built.root)])
    captured = capfd.readouterr()
    assert code == 4
    assert captured.err.count("error[") == 1
    assert captured.out.startswith("build/other.pdf  2 pages")
    assert built.is_as_it_was()
