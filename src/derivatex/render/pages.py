"""What the templates are given: every text ready to print, every decision made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derivatex.model.blocks import (
    DefineBlock,
    DeriveBlock,
    ErratumBlock,
    FigureBlock,
    ListingBlock,
    MistakeBlock,
    TableBlock,
)
from derivatex.render.markup import markup, message
from derivatex.solution import entry, find

if TYPE_CHECKING:
    from derivatex.model.assignment import Problem
    from derivatex.model.blocks import Block
    from derivatex.render.typesetter import Typesetter
    from derivatex.solution import Solution
    from derivatex.tex.markup import Fragment, Math

FIGURES = "figures"
WRONG = {
    "sign": "a sign is wrong",
    "factor": "a constant factor is wrong",
    "transpose": "a factor should be transposed",
    "order": "two factors or arguments stand in the wrong order",
    "index": "an index is wrong",
    "bound": "a sum runs too far, or not far enough",
    "term": "a term is missing, or one is too much",
    "power": "a power is wrong",
    "chain": "a factor of the chain rule is missing",
    "boundary": "it fails only at the first or last index",
    "zero": "a derivative in it is identically zero",
}


@dataclass(frozen=True, slots=True)
class PartPage:
    """A part as its template prints it."""

    letter: str
    points: str
    question: Fragment
    solution: tuple[dict[str, Any], ...]
    answer: Fragment


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A problem as its template prints it."""

    number: str
    title: str
    points: str
    statement: Fragment | None
    define: tuple[Math, ...]
    parts: tuple[PartPage, ...]
    typeset: Typesetter

    @property
    def heading(self) -> str:
        """What its heading reads in the PDF's text."""
        return f"Problem {self.number}. {self.title}"

    @property
    def errata(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Its errata, each with the letter of its part."""
        return tuple(
            (part.letter, block)
            for part in self.parts
            for block in part.solution
            if "erratum" in block
        )


def problem_page(
    problem: Problem, solution: Solution, typeset: Typesetter, *, is_handout: bool
) -> ProblemPage:
    """Lay a problem out; a handout has its questions alone."""
    return ProblemPage(
        number=problem.problem,
        title=problem.title,
        points=points_of(problem.points),
        statement=problem.statement,
        define=problem.define,
        parts=tuple(
            PartPage(
                letter=part.part,
                points=points_of(part.points or 0),
                question=part.question,
                solution=tuple(
                    _block_page(block, problem, solution, typeset)
                    for block in (() if is_handout else part.solution)
                ),
                answer=part.answer,
            )
            for part in problem.parts
        ),
        typeset=typeset,
    )


def points_of(points: int) -> str:
    """Say how many points there are; nothing where the source gives none."""
    return f"{points} point{'s' if points > 1 else ''}" if points else ""


def figure_file(problem: str, name: str) -> str:
    """Where a figure's PDF lies beside the LaTeX that shows it."""
    return f"{FIGURES}/{problem}-{name}.pdf"


def _block_page(
    block: Block, problem: Problem, solution: Solution, typeset: Typesetter
) -> dict[str, Any]:
    """A block's own fields, its template, and what its kind needs besides."""
    page: dict[str, Any] = {name: getattr(block, name) for name in type(block).model_fields}
    page["found"] = None
    page["template"] = f"blocks/{block.kind}.tex.j2"
    page["is_display"] = isinstance(block, (DefineBlock, DeriveBlock))
    if isinstance(block, FigureBlock):
        figure = solution.figures[block.figure]
        page["label"] = typeset.label("fig", block.figure)
        page["file"] = figure_file(problem.problem, block.figure)
        page["drawing"] = typeset.drawing(figure.tikz) if figure.tikz is not None else None
    elif isinstance(block, TableBlock):
        page["label"] = typeset.label("tab", block.table)
        page["rows"] = typeset.table(solution.tables[block.table])
    elif isinstance(block, ListingBlock):
        page["label"] = typeset.label("lst", block.listing)
        page["file"] = solution.listings[block.listing].at
        page["lines"] = typeset.code(solution.listings[block.listing])
    elif isinstance(block, ErratumBlock):
        errata = [it for it in problem.blocks() if isinstance(it, ErratumBlock)]
        number = str(errata.index(block) + 1)
        page["label"] = typeset.label("erratum", number)
        page["page"] = typeset.page_of("erratum", number)
        if block.erratum.of is None:
            page |= _counterexample(block.erratum.quoted, typeset)
        page |= _demonstration(block, typeset)
    elif isinstance(block, MistakeBlock):
        page |= _counterexample(block.mistake.tex, typeset)
    return page


def _counterexample(quoted: Math, typeset: Typesetter) -> dict[str, Any]:
    """How the checker found a quoted relation to be wrong."""
    verdict = typeset.statuses.rejected.get(quoted.at)
    if verdict is None or verdict.evaluated is None:
        return {"found": None}
    detail = verdict.detail.removeprefix("rejected: ")
    return {
        "found": message(detail),
        "wrong": WRONG.get(verdict.evaluated.wrong, ""),
        "against": message(verdict.evaluated.against),
    }


def _demonstration(block: ErratumBlock, typeset: Typesetter) -> dict[str, Any]:
    """Our number with two digits more, and what its printed operands give."""
    address = block.erratum.of
    if address is None:
        return {"ours": None, "is_reproduced": False}
    held = find(typeset.values, address)
    if held is None:
        raise KeyError(address)  # a bug: the checks let no such erratum pass
    notation = held.value.notation
    longer = replace(notation, digits=notation.digits + 2)
    page: dict[str, Any] = {"ours": typeset.number(address, longer.digits), "is_reproduced": False}
    recomputed = held.value.from_printed
    if recomputed is not None and not held.shape:
        number = entry(recomputed.numbers, held.indices)
        page["recomputed"] = markup(longer.printed(number).tex)
        page["is_reproduced"] = held.value.gives_from_printed(typeset.published[address].given[()])
    return page
