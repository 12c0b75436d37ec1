"""A loaded computation module to values, tables and figures."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivatex.compute.declare import Declaration, TableRows, Tikz, called, first_line
from derivatex.compute.independence import shared_names
from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError, did_you_mean
from derivatex.solution import (
    Figure,
    FromPrinted,
    Listing,
    Numbers,
    Route,
    Solution,
    Table,
    Value,
    shape_of,
    typed_value,
)
from derivatex.tex.markup import Prose, RawTex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from derivatex.tex.numbers import TypedNumbers


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know of a problem; paths are given from the project's folder."""

    project: Path
    problem: str
    module: str
    givens: Mapping[str, TypedNumbers]

    @property
    def folder(self) -> Path:
        """The folder of the author's files, for telling his code from others'."""
        return (self.project / self.module).parent


class Record(MappingABC[str, Any]):
    """A value that has named entries, as it is passed to a function: it notes which are read."""

    def __init__(self, name: str, entries: Mapping[str, Any], read: dict[str, None]) -> None:
        """Wrap the entries; `read` collects the addresses."""
        self._name, self._entries, self._read = name, entries, read

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  # a number or an array
        """Return an entry and note that it was read."""
        found = self._entries[key]
        self._read[f"{self._name}.{key}"] = None
        return found

    def __iter__(self) -> Iterator[str]:
        """Iterate over the entries' names."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)


class Evaluation:
    """Calls the declared functions of one module, each once, operands first."""

    def __init__(
        self,
        task: Task,
        declarations: Sequence[Declaration],
        status: Callable[[str, int], None] = lambda _what, _line: None,
    ) -> None:
        """Take the givens of the task as values; `status` is told what is computed now."""
        self.task = task
        self.status = status
        self.failed: dict[str, RefusedError] = {}
        self.declarations = {made.name: made for made in declarations if made.kind == "value"}
        self.others = [made for made in declarations if made.kind != "value"]
        self.values: dict[str, Value] = {}
        self.raw: dict[str, Any] = {}
        self.operands: dict[str, tuple[str, ...]] = {}
        self.computing: list[str] = []
        for name, typed in task.givens.items():
            self.values[name] = typed_value(name, typed)
            self.raw[name] = as_argument(self.values[name].numbers)

    def compute_values(self, declaration: Declaration) -> None:
        """Compute a declared value, its routes, and what its printed operands would give."""
        name = declaration.name
        if name in self.operands:
            return
        if name in self.failed:
            raise self.failed[name]
        self.status(f"the value `{name}`", declaration.line)
        try:
            self._compute_value(declaration)
        except RefusedError as refused:
            self.failed[name] = refused
            raise
        except Exception:
            self.failed[name] = RefusedError([])  # those that need it have nothing to add
            raise

    def _compute_value(self, declaration: Declaration) -> None:
        name = declaration.name
        if name in self.computing:
            raise self._circle(self.computing[self.computing.index(name) :])
        if not declaration.routes:
            message = f"`{name}` has no second route"
            hint = "write `route=` another way to the same number"
            raise self.refusal(declaration, "no-route", message, hint)
        self.computing.append(name)
        arguments, read = self._arguments(declaration, declaration.function)
        raw = declaration.function(**arguments)
        routes = [(route, self._route(declaration, route)) for route in declaration.routes]
        self.raw[name], self.operands[name] = self._as_operand(declaration, raw), tuple(read)
        from_printed = self._from_printed(declaration, tuple(read))
        for suffix, numbers in self._entries(declaration, raw).items():
            self.values[name + suffix] = Value(
                address=name + suffix,
                numbers=numbers,
                notation=declaration.notation,
                at=self.place(declaration),
                routes=tuple(
                    Route(
                        route.__name__,
                        self._entry(declaration, route.__name__, result, suffix),
                        first_line(route),
                    )
                    for route, result in routes
                ),
                tolerance=declaration.tolerance,
                describes=declaration.describes,
                from_printed=from_printed.get(suffix),
                operands=tuple(read),
            )
        self.computing.pop()

    def draw(self, declaration: Declaration) -> Figure:
        """Call a figure's function."""
        from derivatex.compute import drawing  # noqa: PLC0415  # matplotlib, where a figure is

        with drawing.style():
            arguments, read = self._arguments(declaration, declaration.function)
            made = declaration.function(**arguments)
            at = self.place(declaration)
            if isinstance(made, Tikz):
                tikz = RawTex.placed(made.code, at)
                return Figure(declaration.name, at, tuple(read), tikz=tikz)
            if not drawing.is_figure(made):
                raise self._wrong_type(declaration, made, "a matplotlib Figure or Tikz")
            too_large = drawing.too_large(made)
            if too_large:
                raise self.refusal(declaration, "figure-too-large", too_large)
            pdf, lacking = drawing.as_pdf(made)
            if lacking:
                hint = "write it in mathematics, as `$...$`, or with another character"
                raise self.refusal(declaration, "missing-glyph", lacking, hint)
            texts = drawing.texts(made)
            return Figure(declaration.name, at, tuple(read), pdf=pdf, texts=texts)

    def tabulate(self, declaration: Declaration) -> Table:
        """Call a table's function."""
        arguments, _ = self._arguments(declaration, declaration.function)
        made = declaration.function(**arguments)
        if not isinstance(made, TableRows):
            raise self._wrong_type(declaration, made, "TableRows")
        at = self.place(declaration)
        if not set(made.align) <= set("lcrd"):
            message = f"`{made.align}` aligns no table"
            hint = "one of l, c, r for each column, or d for numbers"
            raise self.refusal(declaration, "bad-align", message, hint)
        found = []
        rows: list[tuple[Prose, ...]] = []
        for cells in (made.head, *made.rows):
            if len(cells) != len(made.align):
                message = f"a row has {len(cells)} cells for {len(made.align)} columns"
                raise self.refusal(declaration, "ragged-table", message)
            row = tuple(Prose.placed(str(cell), at) for cell in cells)
            found += [(cell, fault) for cell in row for fault in cell.scan.faults]
            rows.append(row)
        if found:
            raise RefusedError(
                Diagnostic(
                    fault.id,
                    f"{fault.message}, in the cell `{cell}`",
                    ExitCode.BAD_INPUT,
                    at,
                    fault.hint,
                )
                for cell, fault in found
            )
        return Table(declaration.name, made.align, rows[0], tuple(rows[1:]), at)

    def listed(self, declaration: Declaration) -> Listing:
        """The code of a function, without what is declared about it."""
        lines, first = inspect.getsourcelines(declaration.function)
        start = next(k for k, line in enumerate(lines) if line.lstrip().startswith("def "))
        code = textwrap.dedent("".join(lines[start:])).rstrip()
        file = Path(declaration.function.__code__.co_filename)
        inside = file.relative_to(self.task.project).as_posix()
        at = Location(inside, first + start, 1)
        return Listing(declaration.name, code, at, declaration.name in called)

    def solution(
        self, tables: dict[str, Table], figures: dict[str, Figure], listings: dict[str, Listing]
    ) -> Solution:
        """Everything that was computed."""
        return Solution(self.task.problem, self.values, tables, figures, listings)

    def place(self, declaration: Declaration) -> Location:
        """Where a declaration stands in the module."""
        return Location(self.task.module, declaration.line, 1)

    def refusal(
        self, declaration: Declaration, id_: str, message: str, hint: str = ""
    ) -> RefusedError:
        """A fault of the author's code, at the declaration that shows it."""
        at = self.place(declaration)
        return RefusedError([Diagnostic(id_, message, ExitCode.BAD_INPUT, at, hint)])

    def _circle(self, names: list[str]) -> RefusedError:
        """Values that need each other, told from the first that is declared: once for all."""
        first = min(names, key=lambda name: self.declarations[name].line)
        start = names.index(first)
        circle = " → ".join([*names[start:], *names[:start], first])
        message = f"values need each other: {circle}"
        return self.refusal(self.declarations[first], "circular-values", message)

    # how a function gets its arguments

    def _arguments(
        self, declaration: Declaration, function: Callable[..., Any]
    ) -> tuple[dict[str, Any], dict[str, None]]:
        """The arguments by name, and a collection of the addresses that are read from them."""
        read: dict[str, None] = {}
        arguments = {}
        for name in inspect.signature(function).parameters:
            if name in self.declarations:
                self.compute_values(self.declarations[name])
            elif name not in self.raw:
                known = [*self.declarations, *self.raw]
                message = f"`{function.__name__}` asks for `{name}`, which is no value or given"
                raise self.refusal(
                    declaration, "unknown-parameter", message, did_you_mean(name, known)
                )
            raw = self.raw[name]
            if isinstance(raw, MappingABC):
                arguments[name] = Record(name, raw, read)
            else:
                arguments[name] = raw
                read[name] = None
        return arguments, read

    def _route(self, declaration: Declaration, route: Callable[..., Any]) -> Any:  # noqa: ANN401
        if not inspect.isfunction(inspect.unwrap(route)):
            message = f"the route of `{declaration.name}` is no function written in Python"
            hint = "write a function that calls it; its parameters are givens and values, by name"
            raise self.refusal(declaration, "bad-route", message, hint)
        shared = shared_names(declaration.function, route, self.task.folder)
        if shared:
            message = f"`{declaration.name}` and its route `{route.__name__}` both use "
            message += ", ".join(f"`{name}`" for name in shared)
            hint = "a second route shares no code with the first"
            raise self.refusal(declaration, "route-shares-code", message, hint)
        arguments, _ = self._arguments(declaration, route)
        return route(**arguments)

    def _from_printed(
        self, declaration: Declaration, read: tuple[str, ...]
    ) -> dict[str, FromPrinted]:
        """Call the function with its operands as printed; nothing where they are not scalars."""
        operands = [self.values[address] for address in read]
        if all(value.is_given for value in operands) or any(
            shape_of(value.numbers) for value in operands
        ):
            return {}
        names = inspect.signature(declaration.function).parameters
        try:
            arguments = {name: self._as_printed(name) for name in names}
            entries = self._entries(declaration, declaration.function(**arguments))
        except Exception:  # noqa: BLE001  # rounding may leave the author's domain in any way
            return {}
        return {suffix: FromPrinted(numbers, read) for suffix, numbers in entries.items()}

    def _as_printed(self, name: str) -> Any:  # noqa: ANN401  # a number, or a mapping of numbers
        if isinstance(self.raw[name], MappingABC):
            return {key: self._rounded(self.values[f"{name}.{key}"]) for key in self.raw[name]}
        return self._rounded(self.values[name])

    def _rounded(self, value: Value) -> Any:  # noqa: ANN401  # a number, or an array as it is
        is_number = not shape_of(value.numbers) and not value.is_given
        return value.printed().number if is_number else as_argument(value.numbers)

    # what a function gives back

    def _entries(self, declaration: Declaration, raw: object) -> dict[str, Numbers]:
        """A value's numbers by the ends of their addresses: "" alone, or `.key` for each."""
        if not isinstance(raw, MappingABC):
            return {"": self._numbers(declaration, raw)}
        if not raw:
            message = f"`{declaration.name}` returned an empty mapping"
            raise self.refusal(declaration, "wrong-return", message)
        for key in raw:
            if not str(key).isidentifier():
                message = f"`{key}` cannot be part of an address"
                raise self.refusal(declaration, "bad-address", message)
        return {f".{key}": self._numbers(declaration, item) for key, item in raw.items()}

    def _as_operand(self, declaration: Declaration, raw: object) -> Any:  # noqa: ANN401
        """A value as other functions are passed it: nothing in it can be changed."""
        entries = self._entries(declaration, raw)
        if isinstance(raw, MappingABC):
            return {suffix[1:]: as_argument(numbers) for suffix, numbers in entries.items()}
        return as_argument(entries[""])

    def _entry(self, declaration: Declaration, label: str, result: object, suffix: str) -> Numbers:
        entries = self._entries(declaration, result)
        if suffix not in entries:
            message = f"the route `{label}` gives no `{declaration.name}{suffix}`"
            raise self.refusal(declaration, "route-shape", message)
        return entries[suffix]

    def _numbers(self, declaration: Declaration, raw: object) -> Numbers:
        plain = raw.tolist() if hasattr(raw, "tolist") else raw
        if isinstance(plain, (list, tuple)) and plain:
            rows = tuple(self._numbers(declaration, item) for item in plain)
            if len({shape_of(row) for row in rows}) == 1:
                return rows
        if isinstance(plain, int) and not isinstance(plain, bool):
            return int(plain)
        if isinstance(plain, float):
            return float(plain)
        raise self._wrong_type(declaration, raw, "a number, an array or a mapping of them")

    def _wrong_type(self, declaration: Declaration, made: object, expected: str) -> RefusedError:
        message = f"`{declaration.name}` returned {type(made).__name__}, expected {expected}"
        return self.refusal(declaration, "wrong-return", message)


def as_argument(numbers: Numbers) -> Any:  # noqa: ANN401  # a number or a NumPy array
    """Numbers as a function takes them: a read-only array for a vector or matrix."""
    if not isinstance(numbers, tuple):
        return numbers
    import numpy as np  # noqa: PLC0415  # only where there is an array

    array = np.array(numbers)
    array.flags.writeable = False
    return array
