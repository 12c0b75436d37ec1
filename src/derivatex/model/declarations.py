"""What the letters of a problem are."""

from __future__ import annotations

from pydantic import Field

from derivatex.model.nodes import Name, Node
from derivatex.tex.markup import Source
from derivatex.tex.numbers import TypedNumbers


class Size(Node):
    """A size: drawn for each instance, unless it is fixed by `size`."""

    tex: Source | None = None
    index: dict[Name, Source] = Field(default_factory=dict)
    least: Source | None = None
    most: int | None = Field(default=None, ge=1, le=12)
    size: int | None = Field(default=None, ge=1, le=12)


class Random(Node):
    """The mean and the variance of independent entries."""

    mean: Source
    variance: Source


class Symbol(Node):
    """A letter of the problem: how it is printed, its shape, what it stands for.

    `given` is what the problem states for it; the other keys are those of docs/equations.md.
    """

    tex: Source | None = None
    shape: tuple[Source, ...] | None = None
    index: dict[Name, Source] = Field(default_factory=dict)
    domain: Source | None = None
    arguments: tuple[tuple[Source, ...], ...] | None = None
    given: TypedNumbers | None = None
    outcome: tuple[Source, ...] | None = None
    law: Source | None = None
    parameters: tuple[Name, ...] = ()
    normal: tuple[Source, Source] | None = None
    random: Random | None = None


class Declarations(Node):
    """What letters are: of a problem, or of all problems of an assignment."""

    dims: dict[Name, Size] = Field(default_factory=dict)
    indices: dict[Name, Source] = Field(default_factory=dict)
    symbols: dict[Name, Symbol] = Field(default_factory=dict)
