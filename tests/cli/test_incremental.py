"""What a change costs: only what depends on it runs again, and `--explain` says why."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex

HEAVY = ("numpy", "matplotlib", "autograd")
RUN = """
import sys
from derivatex.cli.commands import run
code = run(["build", "demo", "--explain"])
print("imported", *sorted({heavy} & set(sys.modules)))
sys.exit(code)
"""


def explained(project: Project) -> tuple[list[str], list[str]]:
    """Why each step of a build ran, and what it imported that is slow to import."""
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(heavy=set(HEAVY))],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    *told, imported = done.stdout.splitlines()
    return [it for it in told if not it.startswith("build/")], imported.split()[1:]


def test_a_prose_edit_imports_nothing_heavy(built: Built) -> None:
    """Words that change are typeset; nothing is computed or checked, and no NumPy is imported."""
    project = built.project
    project.replace(project.yaml, "We multiply", "Twice\n          over, we multiply")
    assert explained(project) == ([], [])


def test_a_module_that_changed(built: Built) -> None:
    """A change in a module computes its problem again, and says that it was the module."""
    project = built.project
    text = project.module.read_text(encoding="utf-8")
    project.module.write_text(text + "\n# a remark\n", encoding="utf-8")
    reasons, _ = explained(project)
    assert reasons == ["problem 1 was computed: solutions/demo/1_square.py changed"]


def test_a_formula_that_changed(built: Built) -> None:
    """A change in a formula checks the relations of its problem again, and computes nothing."""
    project = built.project
    project.replace(project.yaml, "x^2 &= x", "x^2 &= 1 x")
    reasons, imported = explained(project)
    assert reasons == ["the relations of problem 1 were checked: the formulas of demo/1 changed"]
    assert "numpy" in imported


def test_a_file_that_a_module_reads(built: Built) -> None:
    """A data file that a module turned out to read decides whether it runs."""
    project = built.project
    data = project.root / "data.txt"
    data.write_text("1", encoding="utf-8")
    text = project.module.read_text(encoding="utf-8")
    reading = 'import pathlib\npathlib.Path("data.txt").read_text()\n'
    head, _, rest = text.partition("from derivatex")
    project.module.write_text(f"{head}{reading}from derivatex{rest}", encoding="utf-8")
    explained(project)
    data.write_text("2", encoding="utf-8")
    reasons, _ = explained(project)
    assert reasons == ["problem 1 was computed: data.txt changed"]
