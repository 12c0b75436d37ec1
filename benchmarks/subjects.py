"""What is measured: the shipped reports in a project of their own, and scripts beside them."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from measure import ROOT, timed

from derivatex.render.document import preamble
from derivatex.typeset.passes import sources

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = ("lab3", "dl-exercises")
SENTENCE = re.compile(r"^(?P<before> +- text: \|\n +)(?P<word>[A-Z][a-z]+) ", re.MULTILINE)
MARK = re.compile(r" \[(?P<letters>[a-j]+)\] ")
PDFLATEX = ("pdflatex", "-interaction=nonstopmode", "-no-shell-escape")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a project, whose text can change."""

    project: Path
    name: str

    @property
    def slug(self) -> str:
        """Its assignment."""
        return self.name.partition("/")[0]

    @property
    def number(self) -> str:
        """Its number."""
        return self.name.partition("/")[2]

    @property
    def yaml(self) -> Path:
        """Its text."""
        return next((self.project / "solutions" / self.slug).glob(f"{self.number}-*.yaml"))

    @property
    def pdf(self) -> Path:
        """Its report."""
        return self.project / "build" / f"{self.name}.pdf"

    def edit(self) -> None:
        """Change a word in the paragraph in the middle of its text, as a writer does."""
        text = MARK.sub(" ", self.yaml.read_text(encoding="utf-8"))
        found = list(SENTENCE.finditer(text))
        place = found[len(found) // 2].end()
        letters = "".join(chr(97 + int(digit)) for digit in str(time.time_ns())[-9:])
        self.yaml.write_text(f"{text[:place]}[{letters}] {text[place:]}", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Raw:
    """The same LaTeX by pdflatex alone, as a script would do it."""

    folder: Path
    job: str

    def one_pass(self) -> float:
        """The seconds of one pass."""
        words = [*PDFLATEX, f"{self.job}.tex"]
        return timed(
            lambda: subprocess.run(words, cwd=self.folder, capture_output=True, check=True)
        )

    def passes(self, count: int = 2) -> float:
        """The seconds of several passes from nothing."""
        for suffix in ("aux", "toc", "out"):
            (self.folder / f"{self.job}.{suffix}").unlink(missing_ok=True)
        return sum(self.one_pass() for _ in range(count))


def project(folder: Path) -> Path:
    """A copy of the two reports that everything is measured on, not built."""
    for slug in REPORTS:
        shutil.copytree(ROOT / "solutions" / slug, folder / "solutions" / slug)
    return folder


def raw(built: Path, folder: Path, name: str) -> Raw:
    """What a project has typeset under this name, in a folder of its own."""
    slug, _, number = name.partition("/")
    job = number or slug
    for file, data in sources(built / "build/tex" / slug / (number or "report"), job).items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    text = (folder / f"{job}.tex").read_text(encoding="utf-8")
    if not text.startswith(preamble()):
        raise ValueError(f"{name} has another preamble")
    return Raw(folder, job)
