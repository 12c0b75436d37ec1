"""The displays of the test subjects, each with what is declared where it stands."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.check.declarations import Declaring
from derivatex.mathtex.arrays import quiet
from derivatex.mathtex.session import Session
from derivatex.model.blocks import DefineBlock, DeriveBlock, MistakeBlock
from derivatex.read.assignment import read_assignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.vocabulary import Vocabulary
    from derivatex.model.assignment import Heading, Problem

SUBJECTS = Path(__file__).parents[1] / "projects" / "subjects"


@cache
def displays() -> tuple[tuple[str, Vocabulary], ...]:
    """The LaTeX of every step and every mistake."""
    made = read_assignment(SUBJECTS, "subjects")
    with quiet():
        return tuple(it for problem in made.problems for it in _of_problem(made.heading, problem))


@cache
def defining() -> tuple[str, ...]:
    """The LaTeX of every definition."""
    made = read_assignment(SUBJECTS, "subjects")
    blocks = [block for problem in made.problems for block in problem.blocks()]
    local = [text for block in blocks if isinstance(block, DefineBlock) for text in block.define]
    return (*(text for problem in made.problems for text in problem.define), *local)


def _of_problem(heading: Heading, problem: Problem) -> Iterator[tuple[str, Vocabulary]]:
    declaring = Declaring(heading, problem)
    session = Session(declaring.made(), draws=1)
    assert not declaring.diagnostics
    session.define(problem.define)
    for block in problem.blocks():
        known = session.vocabulary.copy()
        if isinstance(block, DefineBlock):
            session.define(block.define)
        elif isinstance(block, DeriveBlock):
            yield from ((step.tex, known) for step in block.derive if step.is_read)
        elif isinstance(block, MistakeBlock):
            yield block.mistake.tex, known
