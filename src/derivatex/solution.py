"""What computation found, and what the checks said of it: plain data, no arrays, no functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

from derivatex.model.assignment import fragments
from derivatex.tex.notation import Notation, Printed, is_finite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from derivatex.diagnostics import Location
    from derivatex.model.assignment import Assignment
    from derivatex.tex.markup import Prose, RawTex
    from derivatex.tex.numbers import TypedNumber, TypedNumbers

Numbers: TypeAlias = "float | int | tuple[Numbers, ...]"
IN_DRAWING = re.compile(r"\\val(?:\[(?P<digits>\d+)\])?\{(?P<address>[^{}]+)\}")
ENTRY = re.compile(r"(?P<name>[^\[]+)\[(?P<indices>[\d,\s]+)\]")


def shape_of(numbers: Numbers) -> tuple[int, ...]:
    """() for a scalar, (n,) for a vector, (m, n) for a matrix."""
    if isinstance(numbers, tuple):
        return (len(numbers), *shape_of(numbers[0])) if numbers else (0,)
    return ()


def scalars(numbers: Numbers) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every entry with its indices, which count from 1 as on the page."""
    if not isinstance(numbers, tuple):
        yield (), numbers
        return
    for index, part in enumerate(numbers, start=1):
        for indices, number in scalars(part):
            yield (index, *indices), number


def entry(numbers: Numbers, indices: tuple[int, ...]) -> float:
    """The entry at `indices`, which count from 1.

    Raises: IndexError where there is none.
    """
    for index in indices:
        if not isinstance(numbers, tuple) or not 1 <= index <= len(numbers):
            raise IndexError(indices)
        numbers = numbers[index - 1]
    if isinstance(numbers, tuple):
        raise IndexError(indices)
    return numbers


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two routes may lie apart: relative to the largest entry, and absolute."""

    relative: float = 1e-9
    absolute: float = 1e-12

    def bound(self, scale: float) -> float:
        """The largest error that passes for entries of size `scale`."""
        return self.relative * scale + self.absolute

    def allows(self, error: float, scale: float) -> bool:
        """Whether an error is small enough for entries of size `scale`; NaN never is."""
        return isfinite(error) and error <= self.bound(scale)


@dataclass(frozen=True, slots=True)
class Route:
    """What one independent way to a value gave."""

    name: str
    numbers: Numbers
    describes: str = ""


@dataclass(frozen=True, slots=True)
class FromPrinted:
    """What a reader gets who recomputes a value from its operands as they are printed."""

    numbers: Numbers
    operands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A number, vector or matrix with a name, a notation and at least one second route.

    A number that the problem gives has no route; `given` holds its entries as typed.
    `operands` are the addresses of the values that its function read.
    """

    address: str
    numbers: Numbers
    notation: Notation
    at: Location
    routes: tuple[Route, ...] = ()
    tolerance: Tolerance = Tolerance()
    describes: str = ""
    given: Mapping[tuple[int, ...], TypedNumber] = field(default_factory=dict)
    from_printed: FromPrinted | None = None
    operands: tuple[str, ...] = ()

    @property
    def is_given(self) -> bool:
        """Whether the problem states it."""
        return bool(self.given)

    def printed(self, indices: tuple[int, ...] = (), digits: int | None = None) -> Printed:
        """An entry in the value's notation, or with other digits; a given one as it was typed."""
        if self.given:
            return self.given[indices].printed
        notation = self.notation if digits is None else replace(self.notation, digits=digits)
        return notation.printed(entry(self.numbers, indices))

    @property
    def rounded_otherwise(self) -> list[tuple[Printed, Printed]]:
        """What is printed and what printed operands give, where the two differ."""
        if self.from_printed is None:
            return []
        pairs = [
            (self.printed(indices), self.notation.printed(theirs))
            for indices, theirs in scalars(self.from_printed.numbers)
            if is_finite(theirs) and is_finite(entry(self.numbers, indices))
        ]
        return [(ours, theirs) for ours, theirs in pairs if ours.number != theirs.number]

    def gives_from_printed(self, published: TypedNumber) -> bool:
        """Whether a published number is what this value's operands give as they are printed."""
        if self.from_printed is None or isinstance(self.from_printed.numbers, tuple):
            return False
        return abs(self.from_printed.numbers - published.number) <= published.half_unit


@dataclass(frozen=True, slots=True)
class Held:
    """What an address points at: a value, or the entry of it at `indices`."""

    value: Value
    indices: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """() where it is a number."""
        return () if self.indices else shape_of(self.value.numbers)

    @property
    def entries(self) -> tuple[tuple[int, ...], ...]:
        """The indices, within the value, of every number that it holds."""
        if self.indices:
            return (self.indices,)
        return tuple(indices for indices, _ in scalars(self.value.numbers))


def typed_value(address: str, typed: TypedNumbers) -> Value:
    """A number that somebody typed, as a value: it needs no second route."""
    leaves = typed.leaves

    def below(prefix: tuple[int, ...]) -> Numbers:
        if len(prefix) == len(typed.shape):
            return leaves[prefix].number
        return tuple(below((*prefix, k + 1)) for k in range(typed.shape[len(prefix)]))

    return Value(address, below(()), Notation(), typed.at, given=leaves)


def find(values: Mapping[str, Value], address: str) -> Held | None:
    """Follow an address like `f`, `forward.f` or `output[1,2]`; None where it leads nowhere."""
    if address in values:
        return Held(values[address])
    match = ENTRY.fullmatch(address)
    value = values.get(match["name"]) if match else None
    if match is None or value is None:
        return None
    try:
        indices = tuple(map(int, match["indices"].split(",")))
        entry(value.numbers, indices)
    except (IndexError, ValueError):
        return None
    return Held(value, indices)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; numbers stand in them as references to values."""

    name: str
    align: str
    head: tuple[Prose, ...]
    rows: tuple[tuple[Prose, ...], ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing: vector graphics as a PDF's bytes, or TikZ.

    `texts` are the words and numbers in it, `operands` the values that it was drawn from.
    """

    name: str
    at: Location
    operands: tuple[str, ...]
    pdf: bytes = b""
    tikz: RawTex | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The code of a function, where it stands, and whether it ran."""

    name: str
    code: str
    at: Location
    has_run: bool


@dataclass(frozen=True, slots=True)
class Solution:
    """What a problem's module computed, and the numbers that the problem gives."""

    problem: str
    values: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    listings: Mapping[str, Listing] = field(default_factory=dict)
    output: str = ""  # what the module printed while it ran
    read: Mapping[str, str] = field(default_factory=dict)  # digests of the files that it read

    def find(self, address: str) -> Held | None:
        """Follow an address; None where it leads nowhere."""
        return find(self.values, address)


class State(StrEnum):
    """What a check found; those from VERIFIED on are a relation's status: see docs/equations.md."""

    PASSED = "passed"
    NOTED = "noted"  # true, and the reader is told something about it
    ERRATUM = "erratum"  # the source's number is wrong, and the report says so
    REJECTED = "rejected"  # quoted as wrong, and found to be wrong
    FAILED = "failed"
    VERIFIED = "verified"
    STAND_IN = "stand-in"
    OPTIMALITY = "optimality"
    DEFINITION = "definition"
    PAIRED = "paired"
    SIMULATED = "simulated"
    CITED = "cited"
    UNVERIFIED = "unverified"

    @property
    def mark(self) -> str:
        """The letter in the margin beside a relation of this status."""
        return {
            State.VERIFIED: "v",
            State.STAND_IN: "s",
            State.OPTIMALITY: "o",
            State.DEFINITION: "d",
            State.PAIRED: "p",
            State.SIMULATED: "m",
            State.CITED: "c",
            State.UNVERIFIED: "u",
        }.get(self, "")


STATUSES = tuple(state for state in State if state.mark)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """How a relation was checked: how it was read, on how many draws, in which line of a display.

    `against` is the counterexample of a relation that was quoted as wrong; `wrong` says with what.
    """

    display: Location
    row: int
    reading: str = ""
    draws: int = 0
    against: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found about one claim. `error` is the largest relative difference."""

    problem: str
    kind: str
    claim: str
    state: State
    detail: str = ""
    error: float | None = None
    at: Location | None = None
    evaluated: Evaluated | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An assignment whose every check passed: the only thing that can be printed."""

    assignment: Assignment
    solutions: tuple[Solution, ...]
    verdicts: tuple[Verdict, ...]


def citations(
    assignment: Assignment, solutions: Sequence[Solution], *, is_handout: bool = False
) -> Iterator[tuple[str, Location]]:
    """The key of every citation with its place: in the YAML's texts and in the modules' tables.

    A handout has those of the heading, the statements and the questions.
    """
    texts = list(fragments((assignment.heading, *assignment.problems)))
    steps = [step for problem in assignment.problems for step in problem.steps()]
    yield from ((it.cited, it.cited.at) for it in steps if it.cited and not is_handout)
    if is_handout:
        asked = [part.question for problem in assignment.problems for part in problem.parts]
        stated = [problem.statement for problem in assignment.problems if problem.statement]
        texts = [assignment.heading.source, *stated, *asked]
    for solution in () if is_handout else solutions:
        for table in solution.tables.values():
            texts += [cell for row in (table.head, *table.rows) for cell in row]
    for text in texts:
        for call in text.scan.called("cite"):
            for key in call.argument.split(","):
                yield key.strip(), text.locate(call.start)
