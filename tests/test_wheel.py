from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hatchling.builders.wheel import WheelBuilder

if TYPE_CHECKING:
    from tests.conftest import Project

ROOT = Path(__file__).parents[1]


@pytest.mark.tex
def test_the_wheel_builds_a_report_by_itself(project: Project, tmp_path: Path) -> None:
    """What is installed from the wheel has its templates with it, and needs no checkout."""
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path / "dist"))
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    shipped = sorted(path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.j2"))
    assert all((installed / "derivatex" / path).is_file() for path in shipped)
    done = subprocess.run(
        [sys.executable, "-m", "derivatex", "build", "demo"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert project.pdf.is_file()
