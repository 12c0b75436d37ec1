from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivatex.tex.notation import GROUP_FROM, ULPS, Notation, brief

PLAIN = re.compile(r"(?P<sign>−?)(?P<mantissa>[\d ]+(\.\d+)?)( × 10(?P<power>−?\d+))?")
TEX = re.compile(r"(?P<sign>-?)(?P<mantissa>(\d|\\,)+(\.\d+)?)(\\times 10\^\{(?P<power>-?\d+)\})?")
SMALLEST = 1e-280  # half a unit of the last of 16 digits is still a normal float
LARGEST = 1e307  # rounded up, it still is a float

numbers = st.floats(-LARGEST, LARGEST) | st.integers(-(10**20), 10**20)
everyday = st.floats(-1e9, 1e9) | st.integers(-10_000, 10_000).map(lambda n: n / 64)
notations = st.builds(Notation, st.integers(0, 15), st.booleans())


def reread(text: str, pattern: re.Pattern[str] = PLAIN) -> tuple[Fraction, Fraction]:
    """The number that stands on the page, exactly, and half a unit of its last digit."""
    match = pattern.fullmatch(text)
    assert match is not None, text
    mantissa = re.sub(r"\\,| ", "", match["mantissa"])
    decimals = len(mantissa.partition(".")[2])
    scale = Fraction(10) ** int((match["power"] or "0").replace("−", "-"))
    size = Fraction(mantissa) * scale
    return -size if match["sign"] else size, scale / 10**decimals / 2


def is_within_half_a_unit(text: str, number: float) -> bool:
    """Whether a printed number is as near to the exact one as its digits claim."""
    shown, half_unit = reread(text)
    return abs(shown - Fraction(number)) <= half_unit


@given(numbers | everyday, notations)
def test_a_printed_number_is_within_half_a_unit(number: float, notation: Notation) -> None:
    """A printed number is within half a unit of its last printed digit of the exact number."""
    assert is_within_half_a_unit(notation.printed(number).plain, number)


@given(everyday.filter(lambda x: abs(x) >= 1), st.integers(0, 6))
def test_a_wrong_last_digit_is_found(number: float, digits: int) -> None:
    """The twin: a number that lies a whole unit away from the printed one is found."""
    text = Notation(digits).printed(number).plain
    shown, half_unit = reread(text)
    assert not is_within_half_a_unit(text, float(shown + 3 * half_unit))


@given(numbers | everyday, notations)
def test_exact_means_the_same_float_but_for_its_last_bits(
    number: float, notation: Notation
) -> None:
    """A number said to be exact rereads as itself, but for a few units of a float's last place."""
    printed = notation.printed(number)
    off = abs(reread(printed.plain)[0] - Fraction(number))
    assert (off <= ULPS * Fraction(math.ulp(number))) if printed.exact else off > 0


@pytest.mark.parametrize(
    ("number", "digits", "exact"),
    [
        (2.25, 2, True),
        (0.1 + 0.2, 3, True),
        (2.25, 1, False),
        (1 / 3, 15, False),
        (5e-324, 2, False),
    ],
)
def test_what_rounding_lost_is_told(number: float, digits: int, *, exact: bool) -> None:
    """`exact` is false as soon as rounding took something away, however little there was."""
    assert Notation(digits).printed(number).exact is exact


@given(numbers | everyday, notations)
def test_zero_has_no_sign(number: float, notation: Notation) -> None:
    """A minus sign stands before negative numbers only, never before a zero."""
    printed = notation.printed(number)
    shown, _ = reread(printed.plain)
    assert printed.plain.startswith("−") == printed.tex.startswith("-") == (shown < 0)


@given(numbers | everyday, notations)
def test_plain_and_tex_say_the_same(number: float, notation: Notation) -> None:
    """The LaTeX, the plain text and the reader's number are one and the same number."""
    printed = notation.printed(number)
    assert reread(printed.tex, TEX) == reread(printed.plain)
    assert printed.number == float(reread(printed.plain)[0])


@given((numbers | everyday).filter(lambda x: abs(x) > SMALLEST), notations)
def test_the_resolution_is_that_of_the_page(number: float, notation: Notation) -> None:
    """The resolution is half a unit of the last printed digit of what was rounded."""
    printed = notation.printed(number)
    if not printed.exact and printed.number:
        on_page = float(reread(printed.plain)[1])
        assert notation.resolution(printed.number) == pytest.approx(on_page, rel=1e-12, abs=0)


@given(numbers, st.integers(1, 15))
def test_scientific_has_one_digit_before_the_point(number: float, digits: int) -> None:
    """A mantissa lies between 1 and 10 and has as many significant digits as were asked for."""
    printed = Notation(digits, scientific=True).printed(number)
    match = PLAIN.fullmatch(printed.plain)
    assert match is not None
    assert number == 0 or 1 <= float(match["mantissa"]) < 10
    count = len(match["mantissa"].replace(".", ""))
    assert count <= digits if printed.exact else count == digits


@given(everyday, st.integers(0, 15))
def test_an_exact_number_has_no_zeros_at_its_end(number: float, digits: int) -> None:
    """A number with fewer decimals than asked for is printed with those that it has."""
    printed = Notation(digits).printed(number)
    decimals = printed.plain.partition(".")[2]
    assert not decimals.endswith("0") if printed.exact else len(decimals) == digits


@pytest.mark.parametrize(
    ("number", "plain"),
    [(1500.0, "1.5 × 103"), (15.0, "1.5 × 101"), (1.5, "1.5"), (1e5, "1 × 105")],
)
def test_an_exact_mantissa_has_no_zeros_at_its_end(number: float, plain: str) -> None:
    """In scientific notation, too, 1500 is not taken for a rounded 1500.0."""
    assert Notation(5, scientific=True).printed(number).plain == plain


@pytest.mark.parametrize(
    ("number", "notation", "tex", "plain"),
    [
        (-1.5, Notation(2), "-1.5", "−1.5"),
        (-0.001, Notation(2), "0.00", "0.00"),
        (2.5, Notation(), "2", "2"),
        (3.5, Notation(), "4", "4"),
        (9.996, Notation(3, scientific=True), r"1.00\times 10^{1}", "1.00 × 101"),
        (-1.25e-7, Notation(2, scientific=True), r"-1.2\times 10^{-7}", "−1.2 × 10−7"),
        (GROUP_FROM, Notation(), r"10\,000", "10 000"),
        (GROUP_FROM - 1, Notation(), "9999", "9999"),
        (-1234567.0, Notation(), r"-1\,234\,567", "−1 234 567"),
        (12345.678, Notation(2), "12345.68", "12345.68"),
    ],
)
def test_numbers_as_they_look(number: float, notation: Notation, tex: str, plain: str) -> None:
    """Ties go to even, large integers stand in groups of three, a carry moves the exponent."""
    printed = notation.printed(number)
    assert (printed.tex, printed.plain) == (tex, plain)


def test_a_large_number_keeps_all_its_digits() -> None:
    """A number of more digits than a decimal context holds is printed with all of them."""
    assert Notation().printed(2.0**100).plain == f"{2**100:,}".replace(",", " ")


@pytest.mark.parametrize(
    ("number", "tex"),
    [
        (2.278e-06, r"2.278 \times 10^{-6}"),
        (-1.5e20, r"-1.5 \times 10^{20}"),
        (-0.0, "0"),
        (0.25, "0.25"),
        (123456.0, r"1.235 \times 10^{5}"),
    ],
)
def test_a_number_of_an_example(number: float, tex: str) -> None:
    """An example's numbers are as short as they are, in powers of ten and not of e."""
    assert brief(number, 4) == tex
