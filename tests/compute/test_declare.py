from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import derivatex
from derivatex.compute import declare
from derivatex.solution import Tolerance
from derivatex.tex.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def declared() -> Iterator[list[declare.Declaration]]:
    """The declarations of one test."""
    declare.declared.clear()
    yield declare.declared
    declare.declared.clear()


def by_hand() -> float:
    """A route."""
    return 0.25


def test_a_value(declared: list[declare.Declaration]) -> None:
    """A value keeps its function as it is, with its routes, its notation and its tolerance."""

    def quarter() -> float:
        """A quarter.

        Of one.
        """
        return 0.25

    assert declare.value(route=by_hand, digits=2, tolerance=1e-6)(quarter) is quarter
    (made,) = declared
    assert (made.kind, made.name, made.routes) == ("value", "quarter", (by_hand,))
    assert (made.notation, made.tolerance) == (Notation(2), Tolerance(relative=1e-6))
    assert made.describes == "A quarter"
    assert made.line == quarter.__code__.co_firstlineno


def test_several_routes(declared: list[declare.Declaration]) -> None:
    """A value may have more than one route."""
    declare.value(route=(by_hand, abs), scientific=True)(by_hand)
    assert declared[0].routes == (by_hand, abs)
    assert declared[0].notation == Notation(0, scientific=True)


def test_a_table_and_a_figure(declared: list[declare.Declaration]) -> None:
    """Tables and figures are declared in the order in which they stand, and stay functions."""

    def rows() -> declare.TableRows:
        return declare.TableRows("l", ["One"], [])

    def drawing() -> declare.Tikz:
        return declare.Tikz("")

    assert declare.table(rows) is rows
    assert declare.figure(drawing) is drawing
    assert [(made.kind, made.name) for made in declared] == [
        ("table", "rows"),
        ("figure", "drawing"),
    ]
    assert [made.describes for made in declared] == ["", ""]


def test_public_names() -> None:
    """What a module imports from the package is what this module defines, and nothing more."""
    for name in ("TableRows", "Tikz", "figure", "table", "value"):
        assert getattr(derivatex, name) is getattr(declare, name)
    with pytest.raises(AttributeError, match="has no attribute 'curve'"):
        _ = derivatex.curve
