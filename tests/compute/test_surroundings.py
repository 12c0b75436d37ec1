"""What a machine or a project has besides must not change a report unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import RefusedError
from derivatex.read.assignment import slugs

if TYPE_CHECKING:
    from tests.conftest import Project


def test_modules_outside_the_assignment_are_not_seen(project: Project) -> None:
    """A module sees its own folder: what lies elsewhere in the project is in no digest."""
    (project.root / "elsewhere.py").write_text("TWO = 2\n", encoding="utf-8")
    project.replace(project.module, "import math\n", "import math\n\nimport elsewhere\n")
    ran = project.process("check", "demo")
    assert ran.code == 3
    assert "No module named 'elsewhere'" in ran.err


def test_a_module_beside_it_is_seen(project: Project) -> None:
    """The twin: the same module in the assignment's folder is imported."""
    project.module.with_name("elsewhere.py").write_text("TWO = 2\n", encoding="utf-8")
    project.replace(project.module, "import math\n", "import math\n\nimport elsewhere\n")
    assert project.process("check", "demo").code == 0


@pytest.mark.tex
def test_settings_of_this_machine_change_nothing(project: Project) -> None:
    """A matplotlibrc, and TeX packages on TEXINPUTS, leave the PDF as it is, byte for byte."""
    assert project.process("build", "demo").code == 0
    before = project.pdf.read_bytes()
    (project.root / "matplotlibrc").write_text("axes.facecolor: yellow\n", encoding="utf-8")
    packages = project.root / "packages"
    packages.mkdir()
    (packages / "needspace.sty").write_text("\\errmessage{mine}\n", encoding="utf-8")
    environment = {"TEXINPUTS": f"{packages}:"}
    ran = project.process("build", "demo", "--force", environment=environment)
    assert (ran.code, ran.err) == (0, "")
    assert project.pdf.read_bytes() == before


@pytest.mark.parametrize("name", ["tex", "demo-handout", "-x", "&x", "a%b", "Demo", "a_b"])
def test_a_folder_that_files_cannot_be_named_for(project: Project, name: str) -> None:
    """An assignment's folder gives names to files and jobs; one that would not do is refused."""
    folder = project.root / "solutions" / name
    folder.mkdir()
    (folder / "assignment.yaml").write_text("title: A\nsource: B\n", encoding="utf-8")
    with pytest.raises(RefusedError) as raised:
        slugs(project.root)
    assert [str(it.at) for it in raised.value.diagnostics] == [f"solutions/{name}"]


def test_a_folder_with_a_good_name(project: Project) -> None:
    """The twin: small letters, digits and hyphens do."""
    folder = project.root / "solutions" / "ee239as-hw3"
    folder.mkdir()
    (folder / "assignment.yaml").write_text("title: A\nsource: B\n", encoding="utf-8")
    assert slugs(project.root) == ["demo", "ee239as-hw3"]
