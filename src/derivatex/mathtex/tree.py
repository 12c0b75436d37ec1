"""The syntax tree of a formula: plain frozen values that can be compared, walked and rebuilt.

`at` is the offset of the node's first token in the LaTeX text; it does not count in comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node."""
    for name in _names(type(node)):
        yield from _nodes_in(getattr(node, name))


@cache
def _names(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes."""
    return tuple(item.name for item in fields(kind) if item.name not in {"at", "name", "text"})


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, from the top."""
    yield node
    for child in children(node):
        yield from walk(child)


def variants(node: Node, change: Callable[[Node], Iterator[Any]]) -> Iterator[Any]:
    """Every tree that differs from `node` by one change at one place.

    `change` yields (what it did, new node) for the node it is given.
    """
    yield from change(node)
    for item in fields(node):
        if item.name == "variable":  # of an optimum: what it is over is no formula
            continue
        value = getattr(node, item.name)
        for label, made in _variants_in(value, change):
            yield label, replace(node, **{item.name: made})


def _variants_in(value: object, change: Callable[[Node], Iterator[Any]]) -> Iterator[Any]:
    if isinstance(value, Node):
        yield from variants(value, change)
    elif isinstance(value, tuple):
        for k, item in enumerate(value):
            for label, made in _variants_in(item, change):
                yield label, (*value[:k], made, *value[k + 1 :])


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with `change` applied to every node, from the leaves up."""
    made = {
        item.name: _mapped_in(getattr(node, item.name), change)
        for item in fields(node)
        if isinstance(getattr(node, item.name), (Node, tuple))
    }
    return change(replace(node, **made)) if made else change(node)


def _mapped_in(value: Any, change: Callable[[Node], Node]) -> Any:  # noqa: ANN401  # fields differ
    if isinstance(value, Node):
        return mapped(value, change)
    if isinstance(value, tuple):
        return tuple(_mapped_in(item, change) for item in value)
    return value
