from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.pipeline import Settings, check
from derivatex.render.document import render
from derivatex.store.target import Target

if TYPE_CHECKING:
    from tests.conftest import Project

GOLDEN = Path(__file__).parent / "golden" / "demo.tex"


def rendered(project: Project) -> str:
    """The LaTeX of the small project, from its first template line to its last."""
    settings = Settings(project.root, jobs=1, progress=lambda _: None)
    checked = check(Target("demo"), settings).examination.checked
    assert checked is not None
    return render(checked).tex


def test_the_whole_latex_is_as_it_was(project: Project) -> None:
    """A change of what is typeset shows as a difference of one file, to be looked at."""
    made = rendered(project)
    if os.environ.get("DERIVATEX_GOLDEN") == "rewrite":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(made, encoding="utf-8")
    assert made == GOLDEN.read_text(encoding="utf-8")


def test_another_number_is_another_latex(project: Project) -> None:
    """The comparison above notices a single changed digit of the input."""
    project.replace(project.yaml, "given: 1.5", "given: 2.5")
    project.replace(project.yaml, "square: 2.25", "square: 6.25")
    assert rendered(project) != GOLDEN.read_text(encoding="utf-8")
