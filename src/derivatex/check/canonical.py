"""A problem without what its relations do not depend on: where things stand, and prose.

Two problems with the same formulas have the same canonical form, wherever their lines are. What is
found in it has places of its own; `placed` puts them back into the author's file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from derivatex.diagnostics import Location
from derivatex.store.inputs import digest
from derivatex.tex.markup import Prose, Source, Text
from derivatex.tex.numbers import TypedNumbers

if TYPE_CHECKING:
    from derivatex.model.assignment import Heading, Problem

TEXT, NODE = "@text", "@node"  # the files of canonical places: the number is the line
KEPT = {"unverified", "cited"}  # prose that the verdict on a step repeats


@dataclass(slots=True)
class Canonical:
    """The canonical form of a problem and its heading, and the way back."""

    texts: list[Source] = field(default_factory=list)
    nodes: list[Location] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # everything that is kept, in order

    @property
    def digest(self) -> str:
        """What tells the formulas of a problem from others."""
        return digest("\0".join(self.told).encode())

    def of(self, given: Problem | Heading) -> Any:  # noqa: ANN401  # of the same class
        """The canonical form of a problem or of a heading."""
        return self._copied(given, "")

    def placed(self, found: Any) -> Any:  # noqa: ANN401  # of the same class
        """The same finding, with the author's places."""
        if isinstance(found, Location):
            if found.file == TEXT:
                return self.texts[found.line].locate(found.column)
            return self.nodes[found.line] if found.file == NODE else found
        if is_dataclass(found) and not isinstance(found, type):
            named = {it.name: getattr(found, it.name) for it in fields(found)}
            changed = {name: self.placed(it) for name, it in named.items() if _may_hold(it)}
            return replace(found, **changed) if changed else found
        if isinstance(found, tuple):
            return tuple(map(self.placed, found))
        return found

    def _copied(self, given: Any, name: str) -> Any:  # noqa: ANN401  # of the same class
        if isinstance(given, Source):
            return self._text(given, name)
        if isinstance(given, TypedNumbers):
            self.told += [repr(given.shape), *(leaf.text for leaf in given.leaves.values())]
            return given
        if isinstance(given, Location):
            self.nodes.append(given)
            return Location(NODE, len(self.nodes) - 1)
        if isinstance(given, BaseModel):
            self.told.append(type(given).__name__)
            copied = {it: self._copied(getattr(given, it), it) for it in type(given).model_fields}
            return given.model_copy(update=copied)
        return self._several(given, name)

    def _several(self, given: Any, name: str) -> Any:  # noqa: ANN401  # of the same class
        if isinstance(given, dict):
            self.told += [f"{len(given)} of {name}", *map(str, given)]
            return {key: self._copied(it, name) for key, it in given.items()}
        if isinstance(given, tuple):
            self.told.append(f"{len(given)} of {name}")
            return tuple(self._copied(it, name) for it in given)
        self.told.append(f"{name}: {given!r}")
        return given

    def _text(self, given: Source, name: str) -> Source:
        if isinstance(given, (Prose, Text)) and name not in KEPT:
            return type(given)("-")
        self.told.append(f"{name}: {given}")
        self.texts.append(given)
        start = (len(self.texts) - 1, 0)
        return type(given)(str(given), TEXT, (start,), ((0, *start),))


def _may_hold(value: object) -> bool:
    """Whether a field may have a place in it."""
    return isinstance(value, (Location, tuple)) or (
        is_dataclass(value) and not isinstance(value, type)
    )
