from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from derivatex.store.current import nothing_to_do, remember
from derivatex.store.inputs import inputs

if TYPE_CHECKING:
    from pathlib import Path

ARGUMENTS = ["build", "made"]
PDF = "build/made.pdf"
HEAVY = [
    "numpy",
    "matplotlib",
    "autograd",
    "pydantic",
    "yaml",
    "jinja2",
    "click",
    "pathlib",
    "json",
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose one report is current."""
    for name in ("solutions/made/assignment.yaml", "solutions/made/1-a.yaml", PDF):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one\n", encoding="utf-8")
    record(tmp_path, ARGUMENTS)
    return tmp_path


def record(project: Path, arguments: list[str]) -> None:
    """Record that a command left everything current."""
    root = str(project)
    name, content = remember(root, arguments, {"made": inputs(root, "made")}, [PDF])
    os.makedirs(os.path.dirname(name), exist_ok=True)  # noqa: PTH103, PTH120
    with open(name, "wb") as file:  # noqa: PTH123
        file.write(content)


def test_nothing_to_do(project: Path) -> None:
    """Where nothing changed the PDFs are named, from wherever in the project it is asked."""
    assert nothing_to_do(ARGUMENTS, str(project)) == [PDF]
    assert nothing_to_do(ARGUMENTS, str(project / "solutions" / "made")) == [PDF]


@pytest.mark.parametrize(
    "arguments",
    [[], ["build"], ["build", "other"], ["check", "made"], ["build", "made", "--force"]],
)
def test_other_commands(project: Path, arguments: list[str]) -> None:
    """What was not recorded is left to the command line."""
    assert nothing_to_do(arguments, str(project)) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("solutions/made/1-a.yaml", "two\n"),
        ("solutions/made/1_a.py", "x = 1\n"),
        ("solutions/other/assignment.yaml", "title: Other\n"),
        (PDF, "two\n"),
    ],
)
def test_a_change_is_seen(project: Path, name: str, content: str) -> None:
    """A change of an input or of a PDF, a new file, or a new assignment is something to do."""
    path = project / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    assert nothing_to_do(ARGUMENTS, str(project)) is None


def test_times_decide_nothing(project: Path) -> None:
    """Files that are touched, or written anew with the same content, leave nothing to do."""
    for name in ("solutions/made/1-a.yaml", PDF):
        path = project / name
        os.utime(path, (0, 0))
        path.with_name("new").write_bytes(path.read_bytes())
        path.with_name("new").replace(path)
    assert nothing_to_do(ARGUMENTS, str(project)) == [PDF]


def test_a_content_that_is_forged_under_the_same_time(project: Path) -> None:
    """A PDF of the same size and time is still seen to be another."""
    path = project / PDF
    seen = path.stat()
    path.write_text("two\n", encoding="utf-8")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert nothing_to_do(ARGUMENTS, str(project)) is None


def test_a_pdf_that_is_gone(project: Path) -> None:
    """A PDF that is missing is something to do."""
    (project / PDF).unlink()
    assert nothing_to_do(ARGUMENTS, str(project)) is None


@pytest.mark.parametrize("damaged", ["", "x", "x made\n", "\n\n\n", "x made\na b\n"])
def test_a_damaged_record(project: Path, damaged: str) -> None:
    """A record that is none is not trusted."""
    (found,) = (project / "build/cache/current").iterdir()
    found.write_text(damaged, encoding="utf-8")
    assert nothing_to_do(ARGUMENTS, str(project)) is None


def test_no_project(tmp_path: Path) -> None:
    """Outside of a project nothing is known."""
    assert nothing_to_do(ARGUMENTS, str(tmp_path)) is None


def test_nothing_heavy_is_imported(project: Path) -> None:
    """The process ends before anything that is slow to import is imported."""
    code = (
        "import sys; sys.argv = ['derivatex', 'build', 'made']\n"
        "from derivatex.__main__ import main\n"
        "main()\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{PDF}  nothing to do\n[]\n"
