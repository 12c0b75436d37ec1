"""What the documents show is what happens."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
GUIDE = CODE.findall((ROOT / "docs" / "authoring.md").read_text(encoding="utf-8"))
ERRATUM = re.compile(r"^      - erratum:\n.*?(?=^      - )", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", GUIDE)
def test_the_guides_modules_can_be_run(code: str) -> None:
    """Every Python example of the author's guide stands by itself."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_guide_has_modules() -> None:
    """The test above has something to run."""
    assert len(GUIDE) == 2


def test_the_readmes_message_is_the_builds(tmp_path: Path) -> None:
    """Without its erratum, problem 3 of lab3 stops the build with the message of the README."""
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    problem = tmp_path / "solutions" / "lab3" / "3-chain-rule.yaml"
    text, count = ERRATUM.subn("", problem.read_text(encoding="utf-8"))
    assert count == 1
    problem.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "derivatex", "check", "lab3/3"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 4
    assert done.stderr.strip() in (ROOT / "README.md").read_text(encoding="utf-8")
