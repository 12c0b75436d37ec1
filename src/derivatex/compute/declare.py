"""What an author writes above a function: `@value`, `@table`, `@figure`, `@listing`.

A function's parameters are the problem's givens and other values, by name: they are passed in when
the module is computed, and a test can pass its own.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from derivatex.solution import Tolerance
from derivatex.tex.notation import Notation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Function = TypeVar("Function", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function of a computation module and what it was declared to be."""

    kind: Literal["value", "table", "figure", "listing"]
    function: Callable[..., Any]
    routes: tuple[Callable[..., Any], ...] = ()
    notation: Notation = Notation()
    tolerance: Tolerance = Tolerance()

    @property
    def name(self) -> str:
        """The name under which YAML refers to it."""
        return self.function.__name__

    @property
    def line(self) -> int:
        """The line of its `def`, or of its first decorator."""
        return self.function.__code__.co_firstlineno

    @property
    def describes(self) -> str:
        """The first line of its docstring."""
        return first_line(self.function)


def first_line(function: Callable[..., Any]) -> str:
    """The first line of a function's docstring, without its full stop."""
    return (inspect.getdoc(function) or "").partition("\n")[0].rstrip(".")


MAX_DIGITS = 15  # a float has no more
declared: list[Declaration] = []  # of the one module that this process computes
called: set[str] = set()  # the listings of it that ran


@dataclass(frozen=True, slots=True)
class TableRows:
    r"""What a table's function returns: LaTeX for each cell, numbers as `\val{address}`.

    `align` has one of `l`, `c`, `r` for each column, or `d` for numbers that line up at their
    decimal points.
    """

    align: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Tikz:
    r"""What a figure's function returns for a TikZ picture; numbers as `\val{address}`."""

    code: str


def value(
    *,
    route: Callable[..., Any] | tuple[Callable[..., Any], ...],
    digits: int = 0,
    scientific: bool = False,
    tolerance: float = 1e-9,
) -> Callable[[Function], Function]:
    """Declare a function that computes a number, an array, or a mapping of names to numbers.

    `route` computes the same by other means, or several routes do; no code may be shared.
    `digits` are the decimals that are printed, or the significant digits where `scientific`.
    `tolerance` is the relative difference up to which the routes agree.
    Raises: ValueError where digits or tolerance are none.
    Check: the build calls all routes and compares them.
    """
    if not isinstance(digits, int) or not 0 <= digits <= MAX_DIGITS:
        raise ValueError(f"digits={digits!r}: expected an integer from 0 to {MAX_DIGITS}")
    if not isinstance(tolerance, float) or not 0 < tolerance < 1:
        raise ValueError(f"tolerance={tolerance!r}: expected a float between 0 and 1")

    def declare(function: Function) -> Function:
        routes = route if isinstance(route, tuple) else (route,)
        notation = Notation(digits, scientific)
        declared.append(
            Declaration("value", function, routes, notation, Tolerance(relative=tolerance))
        )
        return function

    return declare


def table(function: Function) -> Function:
    """Declare a function that returns a table as `TableRows`."""
    declared.append(Declaration("table", function))
    return function


def figure(function: Function) -> Function:
    """Declare a function that returns a matplotlib `Figure` or `Tikz`."""
    declared.append(Declaration("figure", function))
    return function


def listing(function: Function) -> Function:
    """Declare a function whose code the report shows.

    It may stand in the module or in one that the module imports.
    Check: the build refuses to show code that did not run.
    """
    name = function.__name__

    @functools.wraps(function)
    def shown(*given: Any, **named: Any) -> Any:  # noqa: ANN401  # whatever it gives
        called.add(name)
        return function(*given, **named)

    declared.append(Declaration("listing", function))
    return cast("Function", shown)
