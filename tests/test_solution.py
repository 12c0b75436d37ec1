from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from derivatex.diagnostics import Location
from derivatex.solution import (
    FromPrinted,
    Numbers,
    Solution,
    Tolerance,
    Value,
    entry,
    find,
    scalars,
    shape_of,
    typed_value,
)
from derivatex.tex.notation import Notation
from derivatex.tex.numbers import TypedNumber, TypedNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

HERE = Location("1_x.py", 4, 1)
MATRIX = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
arrays = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=4))


def plain(array: NDArray[np.float64]) -> Numbers:
    """An array as nested tuples."""

    def frozen(item: object) -> Numbers:
        assert isinstance(item, (list, float))
        return tuple(map(frozen, item)) if isinstance(item, list) else item

    return frozen(array.tolist())


def value(address: str, numbers: Numbers, digits: int = 2) -> Value:
    """A computed value."""
    return Value(address, numbers, Notation(digits), HERE)


@given(arrays)
def test_entries_are_those_of_the_array(array: NDArray[np.float64]) -> None:
    """Shape and entries of nested tuples are those of the array, with indices from 1."""
    numbers = plain(array)
    assert shape_of(numbers) == array.shape
    found = dict(scalars(numbers))
    assert list(found) == [tuple(k + 1 for k in at) for at in np.ndindex(array.shape)]
    np.testing.assert_array_equal(list(found.values()), array.ravel())


@pytest.mark.parametrize("indices", [(0, 1), (3, 1), (1, 4), (-1, 1), (1,), (), (1, 1, 1)])
def test_there_is_no_entry_outside(indices: tuple[int, ...]) -> None:
    """The twin: indices outside the array, too many or too few of them lead nowhere."""
    with pytest.raises(IndexError):
        entry(MATRIX, indices)


@pytest.mark.parametrize(
    ("address", "numbers"),
    [("x", 7.0), ("m[2,3]", 6.0), ("m[ 1 , 1 ]", 1.0), ("f.y", 8.0), ("v[2]", 2.0)],
)
def test_an_address_leads_to_its_number(address: str, numbers: float) -> None:
    """A name, a record's entry and an array's entry are found by their addresses."""
    numbers_of: dict[str, Numbers] = {"x": 7.0, "m": MATRIX, "f.y": 8.0, "v": (1.0, 2.0)}
    values = {name: value(name, held) for name, held in numbers_of.items()}
    held = find(values, address)
    assert held is not None
    assert held.shape == ()
    assert [held.value.printed(at).number for at in held.entries] == [numbers]
    assert Solution("1", values).find(address) == held


@pytest.mark.parametrize(
    "address", ["y", "m[0,1]", "m[3,1]", "m[1]", "m[1,]", "m[]", "m[1][2]", "x[1]", "", "[1]", "m["]
)
def test_a_wrong_address_leads_nowhere(address: str) -> None:
    """The twin: a name that there is not, or an entry outside its array, is not found."""
    assert find({"x": value("x", 7.0), "m": value("m", MATRIX)}, address) is None


def test_a_whole_array_holds_all_its_entries() -> None:
    """An address without indices holds the whole array, row by row."""
    held = find({"m": value("m", MATRIX)}, "m")
    assert held is not None
    assert held.shape == (2, 3)
    assert held.entries == ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3))


@given(st.floats(0, 1e6), st.floats(0, 1e-3), st.floats(0, 1e-3))
def test_a_tolerance_allows_its_own_size(scale: float, relative: float, absolute: float) -> None:
    """An error is allowed up to the relative part of the scale and the absolute part together."""
    tolerance = Tolerance(relative, absolute)
    most = relative * scale + absolute
    assert tolerance.allows(most, scale)
    assert tolerance.allows(0.0, scale)
    assert not tolerance.allows(math.nextafter(most, math.inf), scale)


@pytest.mark.parametrize(
    ("error", "scale"), [(math.nan, 1.0), (0.0, math.nan), (math.inf, 1.0), (math.inf, math.inf)]
)
def test_no_tolerance_allows_what_is_not_finite(error: float, scale: float) -> None:
    """The twin: an error that is no number, or infinite, is never small, whatever the scale."""
    assert not Tolerance().allows(error, scale)


def test_digits_are_those_of_the_notation_or_of_the_call() -> None:
    """An entry is printed in the value's notation, or with the digits that are asked for."""
    third = value("x", (1 / 3, 2 / 3), digits=2)
    assert third.printed((2,)).plain == "0.67"
    assert third.printed((2,), digits=4).plain == "0.6667"


def test_a_given_number_is_printed_as_typed() -> None:
    """A number that the problem gives keeps its digits, whatever digits are asked for."""
    rows = tuple((TypedNumber(text, HERE),) for text in ("1.50", "2.0"))
    made = typed_value("x", TypedNumbers(rows, HERE))
    assert made.is_given
    assert made.numbers == ((1.5,), (2.0,))
    assert made.printed((1, 1), digits=1).plain == "1.50"
    assert not value("x", 1.5).is_given


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (0.126, 0.1249, [("0.13", "0.12")]),
        (0.126, 0.129, []),
        ((0.126, 0.5), (0.129, 0.51), [("0.5", "0.51")]),
    ],
)
def test_another_rounding_is_told(
    ours: Numbers, theirs: Numbers, expected: list[tuple[str, str]]
) -> None:
    """What printed operands give is told exactly where its printed digits are not ours."""
    made = Value("x", ours, Notation(2), HERE, from_printed=FromPrinted(theirs, ("a",)))
    assert [(a.plain, b.plain) for a, b in made.rounded_otherwise] == expected
    assert value("x", ours).rounded_otherwise == []


@pytest.mark.parametrize("theirs", [math.inf, -math.inf, math.nan])
def test_a_rounding_that_leaves_the_numbers_is_no_crash(theirs: float) -> None:
    """Operands that round to zero may give infinity: there is nothing to compare or to print."""
    made = Value("x", 1.0, Notation(2), HERE, from_printed=FromPrinted(theirs, ("a",)))
    assert made.rounded_otherwise == []
