"""An assignment: its heading, its problems and their parts."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from derivatex.diagnostics import Location
from derivatex.model.blocks import Block, DeriveBlock
from derivatex.model.declarations import Declarations
from derivatex.model.nodes import Address, Letter, Node, Number, one_or_more
from derivatex.tex.markup import Fragment, Math, Prose, RawTex, Text
from derivatex.tex.numbers import TypedNumbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.model.blocks import Step


class Engine(StrEnum):
    """A TeX program."""

    PDFLATEX = "pdflatex"
    LUALATEX = "lualatex"
    XELATEX = "xelatex"


class Part(Node):
    """A lettered part: what is asked, how it is solved, and the answer in a line."""

    part: Letter
    points: int | None = Field(default=None, ge=0)
    question: Prose
    solution: tuple[Block, ...] = Field(min_length=1)
    answer: Prose


class Problem(Declarations):
    """A numbered problem. `published` holds what the source prints, by the value's address."""

    problem: Number
    title: Text
    statement: Prose | None = None
    define: Annotated[tuple[Math, ...], BeforeValidator(one_or_more)] = ()
    published: dict[Address, TypedNumbers] = Field(default_factory=dict)
    time_limit: float = Field(default=60.0, gt=0, le=3600)
    parts: tuple[Part, ...] = Field(min_length=1)

    @property
    def file(self) -> str:
        """The YAML file, from the project's folder."""
        return self.at.file

    @property
    def module(self) -> str:
        """The computation module beside it: `3-chain-rule.yaml` has `3_chain_rule.py`."""
        folder, _, name = self.file.rpartition("/")
        stem = name.removesuffix(".yaml").replace("-", "_").replace(".", "_")
        return f"{folder}/{stem}.py" if folder else f"{stem}.py"

    @property
    def givens(self) -> dict[str, TypedNumbers]:
        """The numbers that the problem states, by the symbol's key."""
        return {name: it.given for name, it in self.symbols.items() if it.given is not None}

    def blocks(self) -> Iterator[Block]:
        """Every block of every part's solution, in order."""
        for part in self.parts:
            yield from part.solution

    def steps(self) -> Iterator[Step]:
        """Every step of every derivation, in order."""
        for block in self.blocks():
            if isinstance(block, DeriveBlock):
                yield from block.derive

    @property
    def points(self) -> int:
        """The sum of its parts' points."""
        return sum(part.points or 0 for part in self.parts)


class Span(Text):
    """Problems from one to another: `1-10`."""

    @classmethod
    def _validate(cls, given: object) -> Self:
        made = super()._validate(given)
        if not re.fullmatch(r"\d+(\.\d+)*-\d+(\.\d+)*", made):
            message = "expected the first and the last problem, as in `1-10`"
            raise PydanticCustomError("span", message)
        return made


class Heading(Declarations):
    """An assignment's own file: what its report is called and where its questions come from.

    `submissions` are problems from one to another, `1-10`, that are handed in as a report, too.
    """

    title: Text
    course: Text | None = None
    source: Prose
    engine: Engine = Engine.PDFLATEX
    submissions: Annotated[tuple[Span, ...], BeforeValidator(one_or_more)] = ()

    @model_validator(mode="after")
    def _stands_alone(self) -> Self:
        calls = [
            call for call in self.source.scan.calls if call.name not in {"cite", "href", "url"}
        ]
        if calls:
            raise PydanticCustomError(
                "stands_alone",
                "`\\{name}` belongs into a problem: the heading has no values and no labels",
                {"name": calls[0].name},
            )
        return self


class Reference(BaseModel):
    """A work that can be cited: its key, where its entry stands, and how it is printed."""

    model_config = ConfigDict(frozen=True)

    key: str
    at: Location
    tex: RawTex


class Assignment(BaseModel):
    """A folder of `solutions/`: its heading, its problems in order, its references."""

    model_config = ConfigDict(frozen=True)

    slug: str
    folder: str
    heading: Heading
    problems: tuple[Problem, ...]
    references: tuple[Reference, ...] = ()

    @property
    def bibliography(self) -> str:
        """The file that lists the works which can be cited, from the project's folder."""
        return f"{self.folder}/references.bib"


def is_among(number: str, wanted: str) -> bool:
    """Whether a problem is the wanted one, or one of those from one to another: `1-10`."""
    first, _, last = wanted.partition("-")
    if not last:
        return number == wanted
    place, end = order(number), order(last)
    return order(first) <= place and place[: len(end)] <= end


def order(number: str) -> tuple[int, ...]:
    """1.2 before 1.10."""
    return tuple(map(int, number.split(".")))


def fragments(node: BaseModel | tuple[Any, ...] | dict[str, Any]) -> Iterator[Fragment]:
    """Every LaTeX text below a node, in the order of the page."""
    children: Any = node.values() if isinstance(node, dict) else node
    if isinstance(node, BaseModel):
        children = (getattr(node, name) for name in type(node).model_fields)
    for child in children:
        if isinstance(child, Fragment):
            yield child
        elif isinstance(child, (BaseModel, tuple, dict)):
            yield from fragments(child)
