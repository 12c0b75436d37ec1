from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode

if TYPE_CHECKING:
    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex


def packed(built: Built, capfd: pytest.CaptureFixture[str]) -> zipfile.ZipFile:
    """The bundle of the small project."""
    ran = built.project.run(capfd, "bundle", "demo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "build/demo.zip"
    return zipfile.ZipFile(io.BytesIO((built.root / "build/demo.zip").read_bytes()))


def test_what_a_bundle_holds(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """The PDF that was built, its certificate, its LaTeX and figures, and all sources."""
    archive = packed(built, capfd)
    names = {name.removeprefix("demo/") for name in archive.namelist()}
    sources = {f"code/{path.name}" for path in (built.root / "solutions/demo").glob("*.*")}
    assert names == sources | {
        *("README.txt", "demo.pdf", "demo.json", "demo.tex", "figures/1-curve.pdf"),
    }
    assert archive.read("demo/demo.pdf") == built.pdf
    assert json.loads(archive.read("demo/demo.json"))["pdf"]["pages"] >= 1
    assert archive.testzip() is None


def test_its_sources_compile_alone(
    built: Built, tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is in the bundle is all that its LaTeX needs."""
    folder = tmp_path_factory.mktemp("unpacked")
    packed(built, capfd).extractall(folder)
    program = shutil.which("latexmk")
    command = [program, "-pdf"] if program else [shutil.which("pdflatex") or "pdflatex"]
    (folder / "demo/demo.pdf").unlink()
    subprocess.run(
        [*command, "-interaction=nonstopmode", "-halt-on-error", "demo.tex"],
        cwd=folder / "demo",
        capture_output=True,
        check=True,
    )
    assert (folder / "demo/demo.pdf").exists()


def test_the_same_bytes(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A bundle that is made again has the same bytes; one of another report has others."""
    packed(built, capfd)
    path = built.root / "build/demo.zip"
    first = path.read_bytes()
    path.unlink()
    packed(built, capfd)
    assert path.read_bytes() == first
    built.project.replace(built.project.yaml, "We multiply", "Twice over, we multiply")
    packed(built, capfd)
    assert path.read_bytes() != first


def test_figures_that_are_shown_no_more(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A figure of an earlier report is not packed."""
    left = built.root / "build/tex/demo/report/figures/1-old.pdf"
    left.write_bytes(b"%PDF")
    built.project.run(capfd, "build", "demo", "--force")
    assert "demo/figures/1-old.pdf" not in packed(built, capfd).namelist()


def test_a_report_that_is_refused(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is packed of a report that does not pass, and an earlier bundle stays."""
    packed(built, capfd)
    first = (built.root / "build/demo.zip").read_bytes()
    built.project.replace(built.project.yaml, "points: 2", "pionts: 2")
    ran = built.project.run(capfd, "bundle", "demo")
    assert ran.code == ExitCode.BAD_INPUT
    assert (built.root / "build/demo.zip").read_bytes() == first


@pytest.mark.parametrize("name", ["demo/1", "dmo"])
def test_no_assignment(built: Built, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A bundle is one of a whole assignment that exists."""
    assert built.project.run(capfd, "bundle", name).code == ExitCode.USAGE


def test_the_latex_that_is_gone(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """Where the LaTeX was removed it is made again."""
    shutil.rmtree(built.root / "build/tex")
    assert "demo/demo.tex" in packed(built, capfd).namelist()
