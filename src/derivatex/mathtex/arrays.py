"""Arithmetic of the page: numbers scale, columns are (n, 1), products are those of matrices.

Every function takes floats, arrays, autograd's boxes and complex numbers alike.
Each is analytic wherever the real function is smooth, so that a complex step may pass through it:
no conjugation, and comparisons by real parts.
A product of shape (1, 1) is a number.
"""

from __future__ import annotations

import math
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd.tracer import getval, isbox

from derivatex.mathtex.errors import Kind, MathError, misshapen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def quiet() -> Iterator[None]:
    """Within, what is undefined becomes NaN or infinity without a warning."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # autograd warns of what does not depend on its variable
        yield


Value: TypeAlias = Any  # a float, an array, or either traced by autograd

MAX_FACTORIAL = 170


def plain(value: Value) -> Value:
    """The value without autograd's boxes around it."""
    while isbox(value):
        value = getval(value)
    return value


def re(value: Value) -> Value:
    """The real part, for comparisons only: nothing is differentiated through it."""
    return np.real(plain(value))


def shape(value: Value) -> tuple[int, ...]:
    """() for a number, (n, 1) for a column, (m, n) for a matrix."""
    return tuple(np.shape(plain(value)))


def is_number(value: Value) -> bool:
    """Whether a value has no shape."""
    return not shape(value)


def collapsed(value: Value) -> Value:
    """A value of one entry as the number that it is."""
    return value[0, 0] if shape(value) == (1, 1) else value


def named(size: tuple[int, ...]) -> str:
    """A shape in words."""
    if not size:
        return "a number"
    if len(size) == 2 and size[1] == 1:  # noqa: PLR2004
        return f"a column of {size[0]}"
    if len(size) == 2 and size[0] == 1:  # noqa: PLR2004
        return f"a row of {size[1]}"
    return "a matrix of " + " by ".join(map(str, size))


def column(entries: Sequence[Value]) -> Value:
    """Numbers under one another."""
    return anp.array(list(entries)).reshape(-1, 1)


def fitted(*values: Value) -> list[Value]:
    """The same values; a column of one entry is a number beside a number."""
    sizes = {shape(value) for value in values}
    return [collapsed(value) for value in values] if sizes == {(), (1, 1)} else list(values)


def add(values: Sequence[Value]) -> Value:
    """A sum.

    Raises: MathError of kind SHAPE where the terms differ in shape.
    """
    values = fitted(*values)
    sizes = [shape(value) for value in values]
    total = values[0]
    for value, size in zip(values[1:], sizes[1:], strict=True):
        if size != sizes[0]:
            hint = ""
            if () in {size, sizes[0]}:
                hint = r"a number is not added to entries: declare `\mathbf{1}` with `domain: ones`"
            raise misshapen(f"{named(sizes[0])} plus {named(size)}", hint=hint)
        total = total + value
    return total


def mul(left: Value, right: Value) -> Value:
    """A product of numbers and matrices.

    Raises: MathError of kind SHAPE where the inner sizes differ.
    """
    one, two = shape(left), shape(right)
    if not one or not two:
        return left * right
    if len(one) != 2 or len(two) != 2:  # noqa: PLR2004
        raise misshapen(f"{named(one)} times {named(two)}", hint="write it by entries")
    if one[1] != two[0]:
        raise misshapen(f"{named(one)} times {named(two)}", hint=_product_hint(one, two))
    return collapsed(anp.dot(left, right))


def _product_hint(one: tuple[int, ...], two: tuple[int, ...]) -> str:
    if one[1] == 1 and two[1] == 1:
        same = r"`a^\top b` or `a \odot b`" if one == two else r"`a b^\top`"
        return f"two columns side by side: write {same}"
    if one[0] == two[0]:
        return "transposing the left factor would fit"
    if one[1] == two[1]:
        return "transposing the right factor would fit"
    return "exchanging the two would fit" if two[1] == one[0] else ""


def entrywise(left: Value, right: Value) -> Value:
    """A product entry by entry.

    Raises: MathError of kind SHAPE where the shapes differ.
    """
    left, right = fitted(left, right)
    one, two = shape(left), shape(right)
    if one != two:
        hint = "a number scales by juxtaposition" if () in {one, two} else ""
        raise misshapen(f"{named(one)} by entries with {named(two)}", hint=hint)
    return left * right


def divide(left: Value, right: Value) -> Value:
    """A quotient by a number.

    Raises: MathError of kind SHAPE where the lower half is an array.
    """
    if shape(right):
        hint = r"write `\oslash` for entries, `A^{-1}` for an inverse"
        raise misshapen(f"division by {named(shape(right))}", hint=hint)
    if not shape(left) and not isbox(left) and not isbox(right) and right == 0:
        return math.nan
    return left / right


def transpose(value: Value) -> Value:
    """The transpose; a number is its own."""
    return anp.transpose(value) if len(shape(value)) == 2 else value  # noqa: PLR2004


def _square(value: Value, what: str) -> None:
    size = shape(value)
    if len(size) != 2 or size[0] != size[1]:  # noqa: PLR2004
        raise misshapen(f"{what} of {named(size)}")


def inverse(value: Value) -> Value:
    """The inverse of a square matrix, or one over a number.

    Raises: MathError where it is not square (SHAPE) or not invertible (NAN).
    """
    if is_number(value):
        return divide(1.0, value)
    _square(value, "an inverse")
    try:
        return anp.linalg.inv(value)
    except np.linalg.LinAlgError:
        raise MathError(Kind.NAN, "a matrix that is to be inverted is singular") from None


def pseudo_inverse(value: Value) -> Value:
    """The Moore-Penrose inverse of a matrix of full rank."""
    if is_number(value):
        return inverse(value)
    rows, columns = shape(value)
    flipped = transpose(value)
    if rows >= columns:
        return anp.dot(anp.linalg.inv(anp.dot(flipped, value)), flipped)
    return anp.dot(flipped, anp.linalg.inv(anp.dot(value, flipped)))


def power(base: Value, exponent: Value) -> Value:
    """A power of a number, or a whole power of a square matrix.

    Raises: MathError of kind SHAPE for other powers of an array.
    """
    if shape(exponent):
        raise misshapen(f"{named(shape(exponent))} as an exponent")
    k = plain(exponent)
    is_whole = not isbox(exponent) and not np.iscomplexobj(k) and float(k).is_integer()
    if is_number(base):
        if is_whole and abs(k) < 1e6:  # noqa: PLR2004
            return divide(1.0, base ** int(-k)) if k < 0 else base ** int(k)
        return base**exponent if re(base) >= 0 else math.nan * base
    size = shape(base)
    if not is_whole or len(size) != 2 or size[0] != size[1]:  # noqa: PLR2004
        hint = (
            r"write `x \odot x` or `x^{\odot 2}` for powers of the entries, `\|x\|^2`, `x^\top x`"
        )
        raise misshapen(f"a power of {named(size)}", hint=hint)
    if k < 0:
        base, k = inverse(base), -k
    made = np.eye(size[0])
    for _ in range(int(k)):
        made = anp.dot(made, base)
    return made


def norm(value: Value, kind: str, order: Value = 2.0) -> Value:
    """A norm; `kind` is as in the tree, `order` the p of a p-norm.

    Raises: MathError where the norm of a matrix is not named.
    """
    size = shape(value)
    is_column = size == () or 1 in size
    if not is_column and kind != "F":
        hint = r"write `\|W\|_F`"
        raise MathError(Kind.PARSE, "which norm of a matrix?", hint=hint)
    if kind == "1":
        return anp.sum(absolute(value))
    if kind == "infinity":
        return largest(list(_entries(absolute(value))))
    if kind == "p" and is_number(order) and re(order) == 0:
        return float(sum(re(it) != 0 for it in _entries(value)))
    if kind == "p":
        return anp.sum(absolute(value) ** order) ** (1.0 / order)
    return anp.sqrt(anp.sum(value * value))


def _entries(value: Value) -> list[Value]:
    if is_number(value):
        return [value]
    flat = value.reshape(-1)
    return [flat[k] for k in range(flat.shape[0])]


def absolute(value: Value) -> Value:
    """The absolute value of each entry."""
    return (
        anp.where(re(value) < 0, -value, value)
        if shape(value)
        else (-value if re(value) < 0 else value)
    )


def largest(values: Sequence[Value]) -> Value:
    """The largest of several numbers."""
    best = values[0]
    for value in values[1:]:
        if re(value) > re(best):
            best = value
    return best


def smallest(values: Sequence[Value]) -> Value:
    """The smallest of several numbers."""
    return -largest([-value for value in values])


def pairwise_largest(left: Value, right: Value) -> Value:
    """The larger of two, entry by entry; a number stands beside every entry."""
    one, two = shape(left), shape(right)
    if one and two and one != two:
        raise misshapen(f"the larger of {named(one)} and {named(two)}")
    return anp.where(re(left) >= re(right), left + 0 * right, right + 0 * left)


def softmax(value: Value) -> Value:
    """Exponentials over their sum.

    Raises: MathError of kind SHAPE where it is no column or row.
    """
    size = shape(value)
    if len(size) != 2 or 1 not in size:  # noqa: PLR2004
        raise misshapen(f"the softmax of {named(size)}")
    powers = anp.exp(value - np.max(re(value)))
    return powers / anp.sum(powers)


def diag(value: Value) -> Value:
    """A column on the diagonal of a matrix, or the diagonal of a matrix as a column."""
    size = shape(value)
    if len(size) == 2 and 1 in size and size != (1, 1):  # noqa: PLR2004
        return value.reshape(-1, 1) * np.eye(max(size))
    _square(value, "the diagonal")
    return anp.sum(value * np.eye(size[0]), axis=1).reshape(-1, 1)


def trace(value: Value) -> Value:
    """The sum of the diagonal; a number is its own."""
    if is_number(value):
        return value
    _square(value, "the trace")
    return anp.sum(value * np.eye(shape(value)[0]))


def det(value: Value) -> Value:
    """The determinant."""
    if is_number(value):
        return value
    _square(value, "the determinant")
    return anp.linalg.det(value)


def vec(value: Value) -> Value:
    """The columns of a matrix under one another."""
    return anp.transpose(value).reshape(-1, 1) if shape(value) else value


def rank(value: Value) -> Value:
    """The rank, as a number."""
    return float(np.linalg.matrix_rank(np.real(plain(value))))


def softplus(value: Value) -> Value:
    """log(1 + exp(x)) of each entry."""
    return anp.log(1 + anp.exp(value))


def sign(value: Value) -> Value:
    """The sign of each entry."""
    return np.sign(re(value)) + 0.0


def positive_part(value: Value) -> Value:
    """The larger of 0 and each entry."""
    return anp.where(re(value) > 0, value, 0 * value)


def log(value: Value) -> Value:
    """The natural logarithm of each entry; NaN where one of them is not positive."""
    return anp.log(value) if np.all(re(value) > 0) else math.nan * value


def root(value: Value, degree: Value | None) -> Value:
    """A root of a number."""
    if shape(value):
        raise misshapen(f"a root of {named(shape(value))}")
    if re(value) < 0:
        return math.nan * value
    return anp.sqrt(value) if degree is None else value ** (1.0 / degree)


def factorial(value: Value) -> Value:
    """A factorial of a whole number."""
    number = float(re(value))
    if not number.is_integer() or not 0 <= number <= MAX_FACTORIAL:
        return math.nan
    return float(math.factorial(int(number)))


def binomial(over: Value, under: Value) -> Value:
    """A binomial coefficient of whole numbers."""
    n, k = float(re(over)), float(re(under))
    if not (n.is_integer() and k.is_integer()) or n < 0 or k < 0:
        return math.nan
    return float(math.comb(int(n), int(k)))


FUNCTIONS = {
    "exp": anp.exp, "log": log, "tanh": anp.tanh, "sinh": anp.sinh, "cosh": anp.cosh,
    "sin": anp.sin, "cos": anp.cos, "tan": anp.tan, "arctan": anp.arctan, "sign": sign,
    "softmax": softmax, "relu": positive_part, "plus": positive_part, "softplus": softplus,
    "diag": diag, "trace": trace, "det": det, "vec": vec, "rank": rank, "abs": absolute,
    "logdet": lambda value: log(det(value)), "factorial": factorial, "binomial": binomial,
    "floor": lambda value: np.floor(re(value)), "ceil": lambda value: np.ceil(re(value)),
}  # fmt: skip
ENTRYWISE = frozenset(
    [
        "exp",
        "log",
        "tanh",
        "sinh",
        "cosh",
        "sin",
        "cos",
        "tan",
        "arctan",
        "sign",
        "relu",
        "plus",
        "softplus",
        "abs",
    ]
)
