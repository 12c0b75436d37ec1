"""What is handed in of an assignment: a report of some of its problems, with its LaTeX."""

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
    from tests.conftest import Project

SUBMITTED = "build/demo-1-2"


@pytest.fixture
def three(project: Project) -> Project:
    """The small project with three problems, of which the first two are handed in."""
    folder = project.yaml.parent
    for number in ("2", "3"):
        text = project.yaml.read_text(encoding="utf-8")
        text = text.replace("problem: 1", f"problem: {number}")
        (folder / f"{number}-square.yaml").write_text(text, encoding="utf-8")
        (folder / f"{number}_square.py").write_bytes(project.module.read_bytes())
    hand_in(project, "1-2")
    return project


def hand_in(project: Project, problems: str) -> None:
    """Say which problems are handed in."""
    heading = project.root / "solutions/demo/assignment.yaml"
    lines = heading.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("submissions:")]
    heading.write_text("\n".join([*kept, f"submissions: {problems}", ""]), encoding="utf-8")


def words(project: Project) -> str:
    """The text of the submission."""
    command = ["pdftotext", f"{SUBMITTED}.pdf", "-"]
    return subprocess.run(
        command, cwd=project.root, capture_output=True, check=True, text=True
    ).stdout


@pytest.mark.tex
def test_it_comes_with_the_report(three: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """It has its own problems and no others, and its LaTeX compiles alone."""
    ran = three.run(capfd, "build", "demo")
    assert (ran.code, ran.err) == (0, "")
    told = [line.partition("  ")[0] for line in ran.out.splitlines()]
    assert told == ["build/demo.pdf", f"{SUBMITTED}.pdf", f"{SUBMITTED}.zip"]
    assert "Problems 1 to 2" in words(three)
    assert "Problem 2." in words(three)
    assert "Problem 3." not in words(three)
    record = json.loads((three.root / f"{SUBMITTED}.json").read_text(encoding="utf-8"))
    assert {it["problem"] for it in record["verdicts"]} == {"1", "2"}

    archive = zipfile.ZipFile(io.BytesIO((three.root / f"{SUBMITTED}.zip").read_bytes()))
    figures = {f"figures/{number}-curve.pdf" for number in (1, 2)}
    held = {f"demo-1-2.{kind}" for kind in ("pdf", "tex", "json")} | {"README.txt"}
    assert {it.partition("/")[2] for it in archive.namelist()} == held | figures
    archive.extractall(three.root / "unpacked")
    subprocess.run(
        [
            shutil.which("pdflatex") or "pdflatex",
            "-interaction=nonstopmode",
            "-halt-on-error",
            "demo-1-2.tex",
        ],
        cwd=three.root / "unpacked/demo-1-2",
        capture_output=True,
        check=True,
    )


@pytest.mark.tex
def test_alone_it_is_the_same(three: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """Built by its own name it has the same bytes as beside the report; so has its archive."""
    names = [f"{SUBMITTED}.pdf", f"{SUBMITTED}.zip"]
    assert three.run(capfd, "build", "demo").code == 0
    beside = [(three.root / name).read_bytes() for name in names]
    assert three.run(capfd, "clean", "demo").code == 0
    assert not any((three.root / name).exists() for name in names)
    assert three.run(capfd, "bundle", "demo/1-2").code == 0
    assert [(three.root / name).read_bytes() for name in names] == beside
    assert not three.pdf.exists()


@pytest.mark.tex
def test_what_is_gone_is_made_again(three: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """An archive or its LaTeX that was removed comes back; then there is nothing to do."""
    assert three.process("build").code == 0
    (three.root / f"{SUBMITTED}.zip").unlink()
    assert three.process("build").out.splitlines()[-1] == f"{SUBMITTED}.zip"
    assert three.process("build").out.splitlines()[-1] == f"{SUBMITTED}.zip  nothing to do"
    assert three.run(capfd, "clean", "demo/1-2").code == 0
    assert three.process("build").code == 0
    assert (three.root / f"{SUBMITTED}.zip").exists()


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        ("1-4", "there is no problem 4"),
        ("7-9", "there is no problem 7 and no problem 9"),
        ("2-1", "problem 1 does not come after 2"),
        ("1-3", "its files would be those of the assignment `demo-1-3`"),
        ("1 to 2", "expected the first and the last problem, as in `1-10` in `1 to 2`"),
        ("../1-2", "expected the first and the last problem, as in `1-10` in `../1-2`"),
    ],
)
def test_what_cannot_be_handed_in(
    three: Project, problems: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A submission that is none is refused at its place."""
    other = three.root / "solutions/demo-1-3"
    other.mkdir()
    (other / "assignment.yaml").write_text("title: Other\nsource: none\n", encoding="utf-8")
    hand_in(three, problems)
    ran = three.run(capfd, "check", "demo")
    assert ran.code == ExitCode.BAD_INPUT
    assert ran.err.startswith("solutions/demo/assignment.yaml:4:14: error[")
    assert said in ran.err.splitlines()[0]


def test_only_what_is_declared(three: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """Other problems from one to another are no target."""
    ran = three.run(capfd, "build", "demo/2-3")
    assert ran.code == ExitCode.USAGE
    assert "no problem `2-3` in `demo`; known here: `1`, `1-2`, `2`, `3`" in ran.err


@pytest.mark.tex
def test_its_questions_are_not_handed_in(three: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """A handout of it has no archive; built once more, there is nothing to do."""
    assert three.run(capfd, "build", "demo/1-2", "--handout").code == 0
    assert [path.name for path in (three.root / "build").glob("*.[pz]*")] == [
        "demo-1-2-handout.pdf"
    ]
    assert "nothing to do" in three.run(capfd, "build", "demo/1-2", "--handout").out
