"""A mapping of the YAML, with its place, and the names that it may hold."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from derivatex.diagnostics import Location

PLACE = "@"  # the alias of `Node.at`: YAML lets no key start with it unquoted

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Address: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][\w.]*(\[[\d,\s]+\])?$")]
Number: TypeAlias = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
Letter: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]


def one_or_more(given: object) -> object:
    """A lone text stands for a list of one."""
    return (given,) if isinstance(given, str) else given


class Node(BaseModel):
    """A mapping of the YAML, with its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    at: Location = Field(alias="@")

    @model_validator(mode="before")
    @classmethod
    def _take_place(cls, given: Any) -> Any:  # noqa: ANN401  # whatever YAML holds here
        """A mapping that knows its place hands it over."""
        place = getattr(given, "at", None)
        return {**given, PLACE: place} if isinstance(given, dict) and place else given
