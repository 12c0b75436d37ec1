from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from derivatex.diagnostics import Location
from derivatex.tex.markup import Source
from derivatex.tex.numbers import MAX_DEPTH, TypedNumber, TypedNumbers

ADAPTER: TypeAdapter[TypedNumbers] = TypeAdapter(TypedNumbers)
HERE = Location("1-x.yaml", 3, 7)

typed_texts = st.from_regex(r"[+-]?[0-9]{1,9}(\.[0-9]{0,9})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


def typed(given_: Any) -> TypedNumbers:  # noqa: ANN401  # whatever YAML holds
    """Read numbers as a model does; every text stands on a line of its own."""
    lines = iter(range(1, 1000))

    def placed(item: object) -> object:
        if isinstance(item, list):
            return [placed(inner) for inner in item]
        if isinstance(item, str):
            return Source(item, "1-x.yaml", ((next(lines), 7),))
        return item

    return ADAPTER.validate_python(placed(given_))


def reread(plain: str) -> Fraction:
    """The number that a reader takes from the page."""
    mantissa, _, power = plain.replace("−", "-").partition(" × 10")
    return Fraction(mantissa) * Fraction(10) ** int(power or 0)


@given(typed_texts)
def test_a_typed_number_is_printed_as_typed(text: str) -> None:
    """The page shows the digits that were typed: nothing is rounded and nothing is dropped."""
    printed = TypedNumber(text, HERE).printed
    assert printed.exact
    assert reread(printed.plain) == Fraction(text.rstrip(".") if text[-1] == "." else text)
    typed_digits = re.sub(r"\D", "", re.split("[eE]", text)[0])
    assert re.sub(r"\D", "", printed.plain.partition(" × 10")[0]) == typed_digits


@given(typed_texts)
def test_plain_and_tex_say_the_same(text: str) -> None:
    """The LaTeX and the plain text of a typed number are one number."""
    printed = TypedNumber(text, HERE).printed
    as_plain = re.sub(r"\\times 10\^\{(.*)\}", r"× 10\1", printed.tex)
    assert as_plain.replace("×", " ×").replace("-", "−") == printed.plain


def test_another_digit_is_another_number() -> None:
    """The twin: a changed digit shows on the page."""
    assert reread(TypedNumber("1.50", HERE).printed.plain) != reread("1.51")


@pytest.mark.parametrize(
    ("text", "half_unit"),
    [("1.5", 0.05), ("1.50", 0.005), ("12", 0.5), ("1.5e3", 50.0), ("2e-3", 0.0005), ("5.", 0.5)],
)
def test_half_a_unit_is_that_of_the_last_typed_digit(text: str, half_unit: float) -> None:
    """A zero that was typed is a digit that was claimed."""
    assert TypedNumber(text, HERE).half_unit == pytest.approx(half_unit, rel=1e-15)


@given(typed_texts)
def test_the_number_is_the_text(text: str) -> None:
    """The number is the text's, and stays an integer where an integer was typed."""
    number = TypedNumber(text, HERE).number
    assert number == float(Decimal(text))
    assert isinstance(number, int) == bool(re.fullmatch(r"[+-]?\d+", text))


@given(st.integers(1, 4), st.integers(1, 4))
def test_leaves_are_counted_from_one(rows: int, columns: int) -> None:
    """A matrix has its shape, and its entries are found by row and column from 1."""
    matrix = typed([[f"{i}.{j}" for j in range(1, columns + 1)] for i in range(1, rows + 1)])
    assert matrix.shape == (rows, columns)
    assert {at: leaf.text for at, leaf in matrix.leaves.items()} == {
        (i, j): f"{i}.{j}" for i in range(1, rows + 1) for j in range(1, columns + 1)
    }


def test_every_number_knows_its_place() -> None:
    """Each entry is found where it was typed, and the whole where its first entry was."""
    numbers = typed(["1", "2"])
    assert numbers.at == Location("1-x.yaml", 1, 7)
    assert [leaf.at.line for leaf in numbers.leaves.values()] == [1, 2]


def test_a_lone_number_has_no_shape() -> None:
    """A scalar has the shape () and its only entry has no index."""
    assert typed("1.5").shape == ()
    assert list(typed("1.5").leaves) == [()]


def nested(depth: int) -> Any:  # noqa: ANN401  # a text, or lists around it
    """A number with `depth` lists around it."""
    return "1" if depth == 0 else [nested(depth - 1)]


@pytest.mark.parametrize("depth", range(MAX_DEPTH + 1))
def test_lists_are_read_to_their_depth(depth: int) -> None:
    """Numbers may be nested as deep as the page can show them."""
    assert typed(nested(depth)).shape == (1,) * depth


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ("abc", "number"),
        ("1,5", "number"),
        ("0x10", "number"),
        (".nan", "number"),
        ("1 2", "number"),
        ("", "number"),
        ([], "number"),
        ({}, "number"),
        (["1", "x"], "number"),
        (nested(MAX_DEPTH + 1), "number"),
        ([["1", "2"], ["3"]], "ragged"),
        (["1", ["2"]], "ragged"),
    ],
)
def test_what_is_no_number_is_refused(wrong: object, kind: str) -> None:
    """The twin: words, empty lists, lists too deep and rows of unequal length are refused."""
    with pytest.raises(ValidationError) as refused:
        typed(wrong)
    assert [error["type"] for error in refused.value.errors()] == [kind]


@pytest.mark.parametrize("text", ["1e999", "-1e400", "1" * 400, "9" * 5000])
def test_a_number_too_large_for_a_float_is_refused(text: str) -> None:
    """A number that no float can hold is refused where it is read, not where it is used."""
    with pytest.raises(ValidationError):
        typed(text)
