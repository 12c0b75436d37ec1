"""What the tests share: the small project, and the command line run in a process or within ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from derivatex.cli.commands import run

DEMO = Path(__file__).parent / "projects" / "demo"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Project:
    """A copy of the small project that a test may change."""

    root: Path

    @property
    def yaml(self) -> Path:
        """The problem's YAML."""
        return self.root / "solutions/demo/1-square.yaml"

    @property
    def module(self) -> Path:
        """The problem's module."""
        return self.root / "solutions/demo/1_square.py"

    @property
    def pdf(self) -> Path:
        """The report."""
        return self.root / "build/demo.pdf"

    def replace(self, path: Path, old: str, new: str) -> None:
        """Change a file; the text that goes must be there once."""
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def process(self, *arguments: str, environment: dict[str, str] | None = None) -> Ran:
        """Run the command line in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "derivatex", *arguments],
            cwd=self.root,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def run(self, capfd: pytest.CaptureFixture[str], *arguments: str) -> Ran:
        """Run the command line within this process."""
        capfd.readouterr()
        code = run([arguments[0], "-C", str(self.root), *arguments[1:]])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy of the small project."""
    shutil.copytree(DEMO / "solutions", tmp_path / "solutions")
    return Project(tmp_path)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A missing TeX is a visible skip on a laptop and a failure in CI."""
    missing = [name for name in ("pdflatex", "pdftotext") if shutil.which(name) is None]
    if item.get_closest_marker("tex") and missing:
        message = f"not on the PATH: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
