"""Under what a relation is checked, and what may be wrong with it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from derivatex.model.nodes import Name, Node, one_or_more
from derivatex.tex.markup import Source

GIVEN = "given"  # of `at`: the relations are about the numbers that the problem states


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


def _given_alone(given: object) -> object:
    """`at: given` stands for the numbers of the problem."""
    return {GIVEN: given} if given == GIVEN else given


class Claim(Node):
    """Under what the relations of a display are checked; see docs/equations.md."""

    where: Annotated[tuple[Source, ...], BeforeValidator(one_or_more)] = ()
    solves: Annotated[dict[Name, Source], BeforeValidator(_given_alone)] = Field(
        default={}, alias="at"
    )
    partial: Partial = Partial.TOTAL
    layout: Layout = Layout.MIXED
    varying: Name | None = None

    @property
    def is_given(self) -> bool:
        """Whether the relations are about the numbers that the problem states."""
        return GIVEN in self.solves

    @property
    def unknowns(self) -> dict[Name, Source]:
        """The equation that each symbol of `at` solves."""
        return {name: it for name, it in self.solves.items() if name != GIVEN}

    @property
    def expected(self) -> Fault | None:
        """What must be found to be wrong with the relations, where that is stated."""
        return None
