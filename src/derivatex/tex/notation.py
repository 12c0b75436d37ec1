"""How a number is printed: the only place in the program that rounds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import inf, isfinite

ULPS = 8  # a float this near to a short decimal is that decimal
WIDE = Context(prec=800, rounding=ROUND_HALF_EVEN)  # every float has fewer digits
GROUP_FROM = 10_000  # integers from here on are printed in groups of three


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands on the page.

    `tex` is read in mathematics mode, `plain` is what a PDF's text shows, `exact` says whether
    nothing was lost by rounding, and `number` is what a reader takes from the page.
    """

    tex: str
    plain: str
    number: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Notation:
    """Decimals after the point, or significant digits in scientific notation.

    A number that has fewer decimals is printed with those it has, so that 1.5 is not taken for a
    rounded 1.5000.
    """

    digits: int = 0
    scientific: bool = False

    def printed(self, number: float) -> Printed:
        """Round half to even on the number's exact binary value; NaN and infinity by name."""
        if not is_finite(number):
            return Printed(rf"\mathrm{{{number}}}", str(number), number, exact=False)
        exact = Decimal(number)
        if self.scientific and number:
            return self._scientific(exact)
        return self._fixed(exact)

    def resolution(self, number: float) -> float:
        """Half a unit of the last digit of this notation, also where a number has fewer."""
        if not self.scientific or not number:
            return 0.5 * 10.0**-self.digits
        exponent = int(f"{Decimal(number):.{max(self.digits, 1) - 1}e}".split("e")[1])
        return 0.5 * 10.0 ** (exponent - max(self.digits, 1) + 1)

    def _fixed(self, exact: Decimal) -> Printed:
        rounded = exact.quantize(Decimal(1).scaleb(-self.digits), context=WIDE)
        is_exact = _same(rounded, exact)
        shown = rounded.normalize(WIDE) if is_exact else rounded
        text = f"{shown.copy_abs():f}"
        if "." not in text and int(text) >= GROUP_FROM:
            text = f"{int(text):,}"
        sign = "-" if shown < 0 else ""
        return Printed(
            sign + text.replace(",", "\\,"),
            ("−" if sign else "") + text.replace(",", " "),
            _as_float(shown),
            is_exact,
        )

    def _scientific(self, exact: Decimal) -> Printed:
        mantissa, power = f"{exact:.{max(self.digits, 1) - 1}e}".split("e")
        exponent = int(power)
        if not exponent:
            return Notation(max(self.digits, 1) - 1).printed(float(exact))
        shown = Decimal(mantissa).scaleb(exponent)
        is_exact = _same(shown, exact)
        if is_exact:
            mantissa = f"{Decimal(mantissa).normalize():f}"
        minus = mantissa.replace("-", "−")
        return Printed(
            f"{mantissa}\\times 10^{{{exponent}}}",
            f"{minus} × 10{exponent}".replace("-", "−"),
            _as_float(shown),
            is_exact,
        )


def brief(number: float, digits: int) -> str:
    """LaTeX of a number to so many significant digits, as in an example: no sign for zero."""
    mantissa, has_power, power = f"{number + 0.0:.{digits}g}".partition("e")
    return rf"{mantissa} \times 10^{{{int(power)}}}" if has_power else mantissa


def is_finite(number: float) -> bool:
    """Whether a number is one; an integer of any length is."""
    return isinstance(number, int) or isfinite(number)


def _as_float(shown: Decimal) -> float:
    """The nearest float; infinite where there is none."""
    try:
        return float(shown)
    except OverflowError:
        return inf


def _same(short: Decimal, exact: Decimal) -> bool:
    """Whether a float is a short decimal, but for the last bits of its computation."""
    return abs(WIDE.subtract(short, exact)) <= ULPS * Decimal(2) ** -53 * exact.copy_abs()
