"""A project that was built before, for faults to be planted in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import DEMO, Project, Ran


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, built; each of xdist's processes makes its own."""
    root = tmp_path_factory.mktemp("built")
    shutil.copytree(DEMO / "solutions", root / "solutions")
    ran = Project(root).process("build", "demo")
    assert ran.code == 0, ran.err
    return root


@dataclass(frozen=True, slots=True)
class Built:
    """A copy of the built project, and what its PDF was."""

    project: Project
    pdf: bytes

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.project.root

    def strays(self) -> set[str]:
        """What lies in `build` and should not."""
        found = {path.name for path in (self.root / "build").iterdir()}
        return found - {".lock", "cache", "demo.json", "demo.pdf", "tex"}

    def is_as_it_was(self) -> bool:
        """Whether the earlier PDF is there, byte for byte."""
        return self.project.pdf.read_bytes() == self.pdf

    def leftovers(self) -> list[str]:
        """The processes that still work in the project's folder, by their command lines."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                where = (process / "cwd").resolve(strict=True)
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue  # it ended meanwhile
            if where.is_relative_to(self.root):
                found.append(b" ".join(words).decode("utf-8", "replace"))
        return found


@pytest.fixture
def built(built_demo: Path, tmp_path: Path) -> Built:
    """A fresh copy of the built project."""
    for folder in ("solutions", "build"):
        shutil.copytree(built_demo / folder, tmp_path / folder)
    return Built(Project(tmp_path), (tmp_path / "build/demo.pdf").read_bytes())


def errors_of(ran: Ran) -> list[str]:
    """The lines of standard error that tell an error."""
    return [line for line in ran.err.splitlines() if "error[" in line]
