"""A small assignment that a test writes, computes within its own process, and has examined."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from derivatex.check.examine import examine
from derivatex.check.sampling import Sampling
from derivatex.compute import worker
from derivatex.compute.evaluate import Task
from derivatex.diagnostics import Location, RefusedError, Severity, errors_in
from derivatex.read.assignment import read_assignment
from derivatex.store.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from derivatex.check.examine import Examination
    from derivatex.model.assignment import Assignment
    from derivatex.solution import Solution, Verdict

YAML = "solutions/made/1-made.yaml"
MODULE = "solutions/made/1_made.py"
SAMPLING = Sampling(draws=3)
IMPORTS = "import math\nfrom derivatex import TableRows, Tikz, figure, table, value\n"
PROBLEM = """\
problem: 1
title: {title}
{head}
parts:
  - part: a
    question: What is it?
    solution:
{blocks}
    answer: This.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """What an author writes; each field is a piece of his files."""

    module: str = ""
    blocks: str = "- text: Words."
    head: str = ""
    title: str = "A number"
    source: str = "The questions were made for the tests."
    works: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Writes an assignment of one problem below `root`."""

    root: Path

    def write(self, text: Text) -> Assignment:
        """Put the files in their places and read them; no module where none is written."""
        yaml = self.root / YAML
        yaml.parent.mkdir(parents=True, exist_ok=True)
        heading = f"title: Made\nsource: {text.source}\n"
        blocks = indent(dedent(text.blocks).strip(), " " * 6)
        problem = PROBLEM.format(title=text.title, head=dedent(text.head).strip(), blocks=blocks)
        yaml.with_name("assignment.yaml").write_text(heading, encoding="utf-8")
        yaml.with_name("references.bib").write_text(text.works, encoding="utf-8")
        yaml.write_text(problem, encoding="utf-8")
        (self.root / MODULE).write_text(IMPORTS + dedent(text.module), encoding="utf-8")
        return read_assignment(self.root, "made")

    def compute(self, text: Text) -> Solution:
        """Compute the problem in this process."""
        problem = self.write(text).problems[0]
        task = Task(self.root, "1", MODULE, problem.givens)
        return worker.run(task, lambda _what, _line: None)

    def examine(self, text: Text, sampling: Sampling = SAMPLING) -> Examination:
        """Compute and check the assignment."""
        solution = self.compute(text)
        assignment = read_assignment(self.root, "made")
        return examine(assignment, [solution], sampling, Cache(self.root), is_whole=True)

    def errors(self, text: Text) -> list[tuple[str, Location | None]]:
        """The ids and places of everything that stops the build, whichever stage finds it."""
        try:
            found = self.examine(text).diagnostics
        except RefusedError as refused:
            found = refused.diagnostics
        return [(it.id, it.at) for it in errors_in(found)]

    def warnings(self, text: Text) -> list[tuple[str, Location | None]]:
        """The ids and places of what is not wrong."""
        found = self.examine(text).diagnostics
        return [(it.id, it.at) for it in found if it.severity is Severity.WARNING]

    def verdicts(self, text: Text, kind: str) -> list[Verdict]:
        """What the checks of one kind found."""
        return [verdict for verdict in self.examine(text).verdicts if verdict.kind == kind]

    def at(self, piece: str) -> Location:
        """Where the one `piece` of the problem's YAML stands."""
        return self._place(YAML, piece)

    def line(self, piece: str) -> Location:
        """The line of the module on which the one `piece` stands."""
        return Location(MODULE, self._place(MODULE, piece).line, 1)

    def at_module(self, piece: str) -> Location:
        """Where the one `piece` of the module stands."""
        return self._place(MODULE, piece)

    def _place(self, name: str, piece: str) -> Location:
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(piece) == 1, f"{piece!r} stands {text.count(piece)} times in {name}"
        before = text[: text.index(piece)]
        return Location(name, before.count("\n") + 1, len(before) - before.rfind("\n"))


def mutated(text: Text, old: str, new: str) -> Text:
    """The same text with the one piece `old` of its fields changed."""
    holding = [it.name for it in fields(text) if old in getattr(text, it.name)]
    assert len(holding) == 1, f"{old!r} stands in {holding}"
    piece: str = getattr(text, holding[0])
    assert piece.count(old) == 1, f"{old!r} stands {piece.count(old)} times in {holding[0]}"
    return replace(text, **{holding[0]: piece.replace(old, new)})


@pytest.fixture
def author(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Author]:
    """An author in an empty folder; what his modules do to the interpreter is undone."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield Author(tmp_path)
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(str(tmp_path)):
            del sys.modules[name]
