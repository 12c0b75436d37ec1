"""What a formula can be refused for."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The five ways in which a relation stops the build; see docs/equations.md."""

    FAIL = "fail"
    SHAPE = "shape"
    NAN = "nan"
    PARSE = "parse"
    VACUOUS = "vacuous"


class MathError(Exception):
    """A formula that cannot be read or evaluated: the only error that this library raises.

    `start` is the offset of the offending token in the LaTeX text, or None where there is none;
    `source` tells which of several texts that is, `symbol` whose declaration is at fault.
    """

    def __init__(self, kind: Kind, message: str, start: int | None = None, hint: str = "") -> None:
        """Say what is wrong, where, and what to write instead."""
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.start = start
        self.hint = hint
        self.source: int | None = None
        self.symbol = ""


def unreadable(message: str, start: int | None, hint: str = "") -> MathError:
    """An error of reading."""
    return MathError(Kind.PARSE, message, start, hint)


def misshapen(message: str, start: int | None = None, hint: str = "") -> MathError:
    """An error of shapes."""
    return MathError(Kind.SHAPE, message, start, hint)
