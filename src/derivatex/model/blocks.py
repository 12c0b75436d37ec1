"""The blocks of a solution."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator
from pydantic_core import PydanticCustomError

from derivatex.model.claims import Claim, Fault
from derivatex.model.nodes import PLACE, Address, Name, Node, one_or_more
from derivatex.tex.markup import Math, Prose, Text


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
    define: Annotated[tuple[Math, ...], BeforeValidator(one_or_more)] = Field(min_length=1)


class Step(Claim):
    """A display of one or more lines, and why each holds.

    One of `unverified` (the reason), `cited` (the work), `paired` and `simulated` (a value of the
    module) says that the lines are not read, and what stands in for reading them.
    """

    tex: Math
    because: Annotated[tuple[Prose, ...], BeforeValidator(one_or_more)] = Field(min_length=1)
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


class ListingBlock(BlockNode):
    """Code of the problem's module, or of one that it imports, as it ran."""

    kind = "listing"
    listing: Name
    caption: Prose


class Erratum(Claim):
    """A printed line that is not right, what is right, and why.

    `of` names the published value that it explains; without it, the quoted relations are checked.
    `means` says as a relation what `printed` leaves unsaid, or says in a way that cannot be read;
    `fault` is what the checker must find to be wrong with it.
    """

    of: Address | None = None
    kind: ErratumKind
    printed: Math
    means: Math | None = None
    right: Math
    why: Prose
    fault: Fault | None = None

    @property
    def quoted(self) -> Math:
        """The relation that must be rejected."""
        return self.means or self.printed

    @property
    def expected(self) -> Fault | None:
        """What must be found to be wrong with it."""
        return self.fault

    @property
    def is_given(self) -> bool:
        """Whether it is about the numbers of the problem: those about a published value are."""
        return super().is_given or self.of is not None

    @field_validator("printed", "means", "right")
    @classmethod
    def _is_one_formula(cls, formula: Math | None) -> Math | None:
        if formula is None:
            return None
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

    @property
    def expected(self) -> Fault | None:
        """What must be found to be wrong with it."""
        return self.kind


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
        ListingBlock,
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
    | Annotated[ListingBlock, Tag("@listing")]
    | Annotated[ErratumBlock, Tag("@erratum")]
    | Annotated[MistakeBlock, Tag("@mistake")]
    | Annotated[SanityBlock, Tag("@sanity")],
    Discriminator(_kind),
]
