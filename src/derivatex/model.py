"""What the YAML says: an assignment, its problems, their parts and the blocks of a solution."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from derivatex.diagnostics import Location
from derivatex.tex.markup import Fragment, Math, Prose, Source, Text
from derivatex.tex.numbers import TypedNumbers

if TYPE_CHECKING:
    from collections.abc import Iterator

GIVEN = "given"  # of `at`: the relations are about the numbers that the problem states
PLACE = "@"  # the alias of `Node.at`: YAML lets no key start with it unquoted


class Partial(StrEnum):
    """Through what a derivative goes: all definitions, or the numerator's own alone."""

    TOTAL = "total"
    LOCAL = "local"


class Layout(StrEnum):
    """How derivatives by columns and matrices are laid out; see docs/equations.md."""

    MIXED = "mixed"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


class Fault(StrEnum):
    """What is wrong with a relation that must be rejected."""

    SIGN = "sign"
    FACTOR = "factor"
    TRANSPOSE = "transpose"
    ORDER = "order"
    INDEX = "index"
    BOUND = "bound"
    TERM = "term"
    POWER = "power"
    CHAIN = "chain"
    BOUNDARY = "boundary"
    ZERO = "zero"
    VALUE = "value"
    SHAPE = "shape"
    NAN = "nan"
    PARSE = "parse"
    VACUOUS = "vacuous"


class Engine(StrEnum):
    """A TeX program."""

    PDFLATEX = "pdflatex"
    LUALATEX = "lualatex"
    XELATEX = "xelatex"


class ErratumKind(StrEnum):
    """What is wrong with a line of the source."""

    MATHEMATICAL = "mathematical"
    IMPRECISE = "imprecise"
    MISPRINT = "misprint"
    CONVENTION = "convention"

    @property
    def words(self) -> str:
        """What an erratum of this kind is called on the page."""
        return {
            ErratumKind.MATHEMATICAL: "a mathematical error",
            ErratumKind.IMPRECISE: "an imprecise result",
            ErratumKind.MISPRINT: "a misprint",
            ErratumKind.CONVENTION: "another convention",
        }[self]


Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Address: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][\w.]*(\[[\d,\s]+\])?$")]
Number: TypeAlias = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
Letter: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]


def _one_or_more(given: object) -> object:
    """A lone text stands for a list of one."""
    return (given,) if isinstance(given, str) else given


class Node(BaseModel):
    """A mapping of the YAML, with its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    at: Location = Field(alias="@")

    @model_validator(mode="before")
    @classmethod
    def _take_place(cls, given: Any) -> Any:  # noqa: ANN401  # whatever YAML holds here
        """A mapping that knows its place hands it over."""
        place = getattr(given, "at", None)
        return {**given, PLACE: place} if isinstance(given, dict) and place else given


def _given_alone(given: object) -> object:
    """`at: given` stands for the numbers of the problem."""
    return {GIVEN: given} if given == GIVEN else given


class BlockNode(Node):
    """One block of a solution; its kind is the key that it starts with."""

    kind: ClassVar[str]


class TextBlock(BlockNode):
    """A paragraph or several."""

    kind = "text"
    text: Prose


class DefineBlock(BlockNode):
    """Definitions, displayed under one another."""

    kind = "define"
    define: Annotated[tuple[Math, ...], BeforeValidator(_one_or_more)] = Field(min_length=1)


class Claim(Node):
    """Under what the relations of a display are checked; see docs/equations.md."""

    where: Annotated[tuple[Source, ...], BeforeValidator(_one_or_more)] = ()
    solves: Annotated[dict[Name, Source], BeforeValidator(_given_alone)] = Field(
        default={}, alias="at"
    )
    partial: Partial = Partial.TOTAL
    layout: Layout = Layout.MIXED
    varying: Name | None = None


class Step(Claim):
    """A display of one or more lines, and why each holds.

    One of `unverified` (the reason), `cited` (the work), `paired` and `simulated` (a value of the
    module) says that the lines are not read, and what stands in for reading them.
    """

    tex: Math
    because: Annotated[tuple[Prose, ...], BeforeValidator(_one_or_more)] = Field(min_length=1)
    unverified: Prose | None = None
    cited: Text | None = None
    paired: Address | None = None
    simulated: Address | None = None

    @model_validator(mode="after")
    def _one_stand_in(self) -> Self:
        named = [it for it in ("unverified", "cited", "paired", "simulated") if getattr(self, it)]
        if len(named) > 1:
            raise PydanticCustomError(
                "one_stand_in",
                "`{one}` and `{two}` on one step: give one",
                {"one": named[0], "two": named[1]},
            )
        return self

    @property
    def is_read(self) -> bool:
        """Whether its lines are evaluated."""
        return not (self.unverified or self.cited or self.paired or self.simulated)

    @model_validator(mode="after")
    def _one_reason_or_one_for_each_line(self) -> Self:
        reasons, lines = len(self.because), len(self.tex.rows)
        if reasons not in {1, lines}:
            raise PydanticCustomError(
                "reasons",
                "{reasons} reasons for {lines} lines: give one, or one for each line",
                {"reasons": reasons, "lines": lines},
            )
        return self


class DeriveBlock(BlockNode):
    """An ordered argument."""

    kind = "derive"
    derive: tuple[Step, ...] = Field(min_length=1)


class FigureBlock(BlockNode):
    """A figure that the problem's module draws."""

    kind = "figure"
    figure: Name
    caption: Prose
    alt: Text


class TableBlock(BlockNode):
    """A table that the problem's module fills."""

    kind = "table"
    table: Name
    caption: Prose


class Erratum(Claim):
    """A printed line that is not right, what is right, and why.

    `of` names the published value that it explains; without it, the quoted relations are checked.
    """

    of: Address | None = None
    kind: ErratumKind
    printed: Math
    right: Math
    why: Prose

    @field_validator("printed", "right")
    @classmethod
    def _is_one_formula(cls, formula: Math) -> Math:
        outermost = [
            token for token in formula.scan.tokens if token.text == "&" and token.outermost
        ]
        if formula.scan.breaks or outermost:
            raise PydanticCustomError(
                "one_formula", "an erratum quotes one formula: no outermost `&` or line break"
            )
        return formula


class ErratumBlock(BlockNode):
    """An erratum where the report meets it."""

    kind = "erratum"
    erratum: Erratum


class Mistake(Claim):
    """A relation that is often written and is wrong: it must be rejected.

    `kind` is what the checker must find to be wrong with it.
    """

    tex: Math
    why: Prose
    kind: Fault | None = None


class MistakeBlock(BlockNode):
    """A common mistake, with its counterexample."""

    kind = "mistake"
    mistake: Mistake


class SanityBlock(BlockNode):
    """A short check of the result by other means: a limit, a count, a known case."""

    kind = "sanity"
    sanity: Prose


KINDS: dict[str, type[BlockNode]] = {
    kind.kind: kind
    for kind in (
        TextBlock,
        DefineBlock,
        DeriveBlock,
        FigureBlock,
        TableBlock,
        ErratumBlock,
        MistakeBlock,
        SanityBlock,
    )
}


def _kind(given: object) -> str | None:
    """Which kind of block a mapping is: the first key that names one."""
    if isinstance(given, dict):
        return next((f"{PLACE}{key}" for key in given if key in KINDS), None)
    return next((f"{PLACE}{kind}" for kind, of in KINDS.items() if isinstance(given, of)), None)


Block: TypeAlias = Annotated[
    Annotated[TextBlock, Tag("@text")]
    | Annotated[DefineBlock, Tag("@define")]
    | Annotated[DeriveBlock, Tag("@derive")]
    | Annotated[FigureBlock, Tag("@figure")]
    | Annotated[TableBlock, Tag("@table")]
    | Annotated[ErratumBlock, Tag("@erratum")]
    | Annotated[MistakeBlock, Tag("@mistake")]
    | Annotated[SanityBlock, Tag("@sanity")],
    Discriminator(_kind),
]


class Size(Node):
    """A size: drawn for each instance, unless it is fixed by `size`."""

    tex: Source | None = None
    index: dict[Name, Source] = {}
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
    index: dict[Name, Source] = {}
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

    dims: dict[Name, Size] = {}
    indices: dict[Name, Source] = {}
    symbols: dict[Name, Symbol] = {}


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
    define: Annotated[tuple[Math, ...], BeforeValidator(_one_or_more)] = ()
    published: dict[Address, TypedNumbers] = {}
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


class Heading(Declarations):
    """An assignment's own file: what its report is called and where its questions come from."""

    title: Text
    course: Text | None = None
    source: Prose
    engine: Engine = Engine.PDFLATEX

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
    """A work that can be cited: its key and its entry in the bibliography's file."""

    model_config = ConfigDict(frozen=True)

    key: str
    at: Location


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
