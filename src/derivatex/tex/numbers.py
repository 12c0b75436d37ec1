"""Numbers as somebody typed them: their digits are part of what they say."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic_core import PydanticCustomError, core_schema

from derivatex.tex.markup import Source
from derivatex.tex.notation import Printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import GetCoreSchemaHandler

    from derivatex.diagnostics import Location

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
MAX_DEPTH = 3
LARGEST = Decimal(sys.float_info.max)
Tree: TypeAlias = "TypedNumber | tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """One number, with its text and its place.

    `half_unit` is half a unit of the last digit that was typed.
    """

    text: str
    at: Location

    @property
    def number(self) -> float | int:
        """The number itself; an integer stays one."""
        return int(self.text) if re.fullmatch(r"[+-]?[0-9]+", self.text) else float(self.text)

    @property
    def half_unit(self) -> float:
        """Half a unit of the last digit that was typed."""
        exponent = Decimal(self.text).as_tuple().exponent
        return float(f"5e{int(exponent) - 1}")

    @property
    def printed(self) -> Printed:
        """The number as typed: nothing is rounded."""
        mantissa, _, power = self.text.lower().lstrip("+").partition("e")
        tex = f"{mantissa}\\times 10^{{{int(power)}}}" if power else mantissa
        plain = f"{mantissa} × 10{int(power)}" if power else mantissa
        return Printed(tex, plain.replace("-", "−"), float(self.number), exact=True)


@dataclass(frozen=True, slots=True)
class TypedNumbers:
    """A number, or rows of numbers, as typed in YAML."""

    tree: Tree
    at: Location

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read scalars and nested sequences of scalars."""
        del source, handler
        return core_schema.no_info_plain_validator_function(cls._validate)

    @classmethod
    def _validate(cls, given: object) -> TypedNumbers:
        if isinstance(given, TypedNumbers):
            return given
        tree = _tree(given, 0)
        if _shape(tree) is None:
            raise PydanticCustomError("ragged", "the rows differ in length")
        return cls(tree, _first(tree).at)

    @property
    def leaves(self) -> dict[tuple[int, ...], TypedNumber]:
        """Every number by its indices, which count from 1 as on the page."""
        return dict(_leaves(self.tree))

    @property
    def shape(self) -> tuple[int, ...]:
        """(), (n,) or (m, n), as for an array."""
        return _shape(self.tree) or ()


def _tree(given: object, depth: int) -> Tree:
    if isinstance(given, list) and given and depth < MAX_DEPTH:
        return tuple(_tree(item, depth + 1) for item in given)
    if isinstance(given, Source) and NUMBER.fullmatch(given):
        if abs(Decimal(given)) > LARGEST:
            raise PydanticCustomError("number", "no computer holds a number so large")
        return TypedNumber(str(given), given.at)
    if isinstance(given, (int, float)):
        return TypedNumber(repr(given), Source("").at)
    shown = f"`{given}`" if isinstance(given, str) else "this"
    raise PydanticCustomError("number", "expected a number, found {shown}", {"shown": shown})


def _leaves(tree: Tree) -> Iterator[tuple[tuple[int, ...], TypedNumber]]:
    if isinstance(tree, TypedNumber):
        yield (), tree
        return
    for index, item in enumerate(tree, start=1):
        for rest, leaf in _leaves(item):
            yield (index, *rest), leaf


def _first(tree: Tree) -> TypedNumber:
    return tree if isinstance(tree, TypedNumber) else _first(tree[0])


def _shape(tree: Tree) -> tuple[int, ...] | None:
    if isinstance(tree, TypedNumber):
        return ()
    shapes = {_shape(item) for item in tree}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(tree), *inner)
