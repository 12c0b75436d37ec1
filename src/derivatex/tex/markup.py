"""The four kinds of text that reach a page, as types that cannot be mixed up.

`Text` is plain words and is escaped.
`Prose` is LaTeX in text mode, `Math` is LaTeX in mathematics mode; both were scanned when made.
`RawTex` was made by derivatex or by a computation module and passes as it is.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic_core import PydanticCustomError, core_schema

from derivatex.diagnostics import Location
from derivatex.tex.scan import Scan, scan

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler


class Source(str):  # noqa: SLOT000  # a string cannot have slots and a cached scan
    """A string that knows where each of its lines stands in its file.

    `origins[k]` is (line, column) of the first character of the text's line k.
    Where YAML joined several lines of the file into one, `joined` has (offset, line, column) of the
    start of each.
    """

    file: str
    origins: tuple[tuple[int, int], ...]
    joined: tuple[tuple[int, int, int], ...]
    made_at: Location | None = None  # the one place of a text that a program made

    def __new__(
        cls,
        text: str,
        file: str = "",
        origins: tuple[tuple[int, int], ...] = ((0, 0),),
        joined: tuple[tuple[int, int, int], ...] = (),
    ) -> Self:
        """Attach the origins to the text."""
        made = super().__new__(cls, text)
        made.file = file
        made.origins = origins
        made.joined = joined
        return made

    @classmethod
    def placed(cls, text: str, at: Location) -> Self:
        """Give all of the text the one place `at`: for text that a module made."""
        made = cls(text, at.file)
        made.made_at = at
        return made

    @property
    def at(self) -> Location:
        """Where the text starts."""
        return self.locate(0)

    def locate(self, offset: int) -> Location:
        """Where the character at `offset` stands in the file."""
        if self.made_at is not None:
            return self.made_at
        before = self[:offset]
        if self.joined:
            piece = bisect_right(self.joined, offset, key=lambda start: start[0])
            start, line, column = self.joined[max(piece - 1, 0)]
            return Location(self.file, line, column + offset - start)
        row = min(before.count("\n"), len(self.origins) - 1)
        line, column = self.origins[row]
        return Location(self.file, line, column + offset - (before.rfind("\n") + 1))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Accept a located string and give it this type, keeping its origins."""
        del source, handler
        return core_schema.no_info_plain_validator_function(cls._validate)

    @classmethod
    def _validate(cls, given: object) -> Self:
        if not isinstance(given, str):
            raise PydanticCustomError("string_type", "expected text")
        if not given.strip():
            raise PydanticCustomError("empty_text", "expected text, found nothing")
        if isinstance(given, Source):
            return cls(given, given.file, given.origins, given.joined)
        return cls(given)


class Text(Source):
    """Plain words: every character of TeX's own is escaped when printed."""


class RawTex(Source):
    """TeX that a program made."""


class Fragment(Source):
    """LaTeX that an author wrote; making one from YAML refuses what TeX could not read."""

    starts_in_math: ClassVar[bool]

    @cached_property
    def scan(self) -> Scan:
        """Its tokens, its calls and its faults."""
        return scan(self, math=self.starts_in_math)

    @classmethod
    def _validate(cls, given: object) -> Self:
        made = super()._validate(given)
        if made.scan.faults:
            raise PydanticCustomError(
                "tex_faults", "this LaTeX has faults", {"faults": made.scan.faults}
            )
        return made


class Prose(Fragment):
    r"""LaTeX in text mode: inline mathematics, `\val`, `\ref`, `\cite`."""

    starts_in_math = False


class Math(Fragment):
    """LaTeX in mathematics mode."""

    starts_in_math = True

    @property
    def rows(self) -> list[Math]:
        """The lines of a display, each with its place; without the breaks between them."""
        ends = [*self.scan.breaks, (len(self), len(self))]
        starts = [0, *(end for _, end in self.scan.breaks)]
        return [
            self._part(start, end)
            for start, (end, _) in zip(starts, ends, strict=True)
            if self[start:end].strip()
        ]

    def _part(self, start: int, end: int) -> Math:
        """A piece of the text that keeps its origins."""
        start += len(self[start:end]) - len(self[start:end].lstrip())
        text = self[start:end].rstrip()
        first = self.locate(start)
        row = self.count("\n", 0, start)
        origins = ((first.line, first.column), *self.origins[row + 1 :])
        later = [(at - start, line, column) for at, line, column in self.joined if at > start]
        joined = ((0, first.line, first.column), *later) if self.joined else ()
        return Math(text, self.file, origins, joined)
