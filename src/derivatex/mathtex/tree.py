"""The syntax tree of a formula: plain frozen values that can be compared, walked and rebuilt.

`at` is the offset of the node's first token in the LaTeX text; it does not count in comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Node:
    """A piece of a formula."""

    at: int = field(default=0, compare=False, repr=False, kw_only=True)


# numbers and letters


@dataclass(frozen=True)
class Number(Node):
    """A number as it was typed."""

    text: str


@dataclass(frozen=True)
class Constant(Node):
    """`e`, `pi` or `infinity`."""

    name: str


@dataclass(frozen=True)
class Val(Node):
    r"""A computed value, `\val[digits]{name}`, or a published one."""

    name: str
    digits: str = ""
    is_published: bool = False


@dataclass(frozen=True)
class Sym(Node):
    """A declared symbol; `slots` say which member of a family."""

    name: str
    slots: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Letter(Node):
    """An index letter, bound by a sum or free."""

    name: str


@dataclass(frozen=True)
class Entry(Node):
    """An entry of an array, or a row or column where an index is None."""

    base: Node
    indices: tuple[Node | None, ...]


# arithmetic


@dataclass(frozen=True)
class Add(Node):
    """A sum of two or more terms; a difference holds a `Neg`."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Neg(Node):
    """The opposite."""

    of: Node


@dataclass(frozen=True)
class Mul(Node):
    """A product of two or more factors, in their order."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Hadamard(Node):
    """A product entry by entry."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class HadamardDiv(Node):
    """A quotient entry by entry."""

    over: Node
    under: Node


@dataclass(frozen=True)
class Div(Node):
    """A fraction."""

    over: Node
    under: Node


@dataclass(frozen=True)
class Pow(Node):
    """A power of a number, or a whole power of a square matrix; -1 is the inverse."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class HadamardPow(Node):
    """A power of each entry."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Transpose(Node):
    """The transpose."""

    of: Node


@dataclass(frozen=True)
class PseudoInverse(Node):
    """The Moore-Penrose inverse of a matrix of full rank."""

    of: Node


@dataclass(frozen=True)
class Root(Node):
    """A root; the second without `degree`."""

    of: Node
    degree: Node | None = None


@dataclass(frozen=True)
class Norm(Node):
    """A norm: `2`, `1`, `infinity`, `F`, or a formula for p; empty where none was written."""

    of: Node
    kind: str | Node = ""


@dataclass(frozen=True)
class Abs(Node):
    """The absolute value of a number."""

    of: Node


@dataclass(frozen=True)
class Inner(Node):
    """An inner product of two arrays of one shape."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Matrix(Node):
    """Rows of numbers or blocks."""

    rows: tuple[tuple[Node, ...], ...]


# functions


@dataclass(frozen=True)
class Named(Node):
    """A function of this library: `exp`, `diag`, `softmax`, `plus` for the positive part."""

    name: str
    arguments: tuple[Node, ...]
    primes: int = 0


@dataclass(frozen=True)
class Apply(Node):
    """A declared or defined function at its arguments, differentiated `primes` times."""

    name: str
    arguments: tuple[Node, ...]
    slots: tuple[Node, ...] = ()
    primes: int = 0


# relations and what they decide


@dataclass(frozen=True)
class Comparison(Node):
    """One relation: `=`, `<=`, `in`, ….  Conditions and statements are made of these."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class All(Node):
    """Several conditions that hold together."""

    conditions: tuple[Node, ...]


@dataclass(frozen=True)
class Iverson(Node):
    """1 where the condition holds, else 0."""

    condition: Node


@dataclass(frozen=True)
class Branch(Node):
    """A branch of a definition by cases; `condition` is None for otherwise."""

    value: Node
    condition: Node | None


@dataclass(frozen=True)
class Cases(Node):
    """A definition by cases."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Space(Node):
    r"""`\mathbb{R}^{m \times n}`."""

    sizes: tuple[Node, ...]


@dataclass(frozen=True)
class Span(Node):
    r"""`\{low, \dots, high\}`."""

    low: Node
    high: Node


@dataclass(frozen=True)
class Elements(Node):
    r"""`\{a, b, c\}`."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Interval(Node):
    """An interval with its two brackets as written."""

    low: Node
    high: Node
    brackets: str


@dataclass(frozen=True)
class Subdifferential(Node):
    """All subgradients of a convex function at a point."""

    function: Node


# what binds letters


@dataclass(frozen=True)
class Binder(Node):
    """An index letter, or the name of an outcome, with the bounds that were written."""

    name: str
    low: Node | None = None
    high: Node | None = None
    is_outcome: bool = False
    is_second: bool = False  # while it is read: it may be a letter of the outside


@dataclass(frozen=True)
class Big(Node):
    """A `sum`, `prod`, `max` or `min` over indices, under conditions."""

    kind: str
    binders: tuple[Binder, ...]
    conditions: tuple[Node, ...]
    body: Node


@dataclass(frozen=True)
class Derivative(Node):
    """A derivative of `of` by each of `by` in turn; without `by`, by the function's argument."""

    of: Node
    by: tuple[Node, ...]
    order: int = 1
    sign: str = "partial"  # or `nabla`: how it was written


@dataclass(frozen=True)
class Optimum(Node):
    """`argmin`, `argmax`, `min` or `max` over a symbol."""

    kind: str
    variable: Sym
    body: Node


# probability


@dataclass(frozen=True)
class LawCall(Node):
    """The probability of the outcomes `of`, given those of `given`."""

    name: str
    of: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Normal(Node):
    """A normal law; a density where it has a `point`."""

    mean: Node
    variance: Node
    point: Node | None = None


@dataclass(frozen=True)
class Expectation(Node):
    """`mean` or `variance` of `body`; `law` is None for the laws of its random symbols."""

    kind: str
    variables: tuple[str, ...]
    law: Node | None
    body: Node


@dataclass(frozen=True)
class Integral(Node):
    """An integral over outcomes."""

    variables: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Divergence(Node):
    """`KL` or `JSD` of two laws."""

    kind: str
    left: Node
    right: Node
