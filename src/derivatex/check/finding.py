"""What a check hands on: verdicts for the table, diagnostics for the author."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from derivatex.diagnostics import Diagnostic, ExitCode, Location, Severity
from derivatex.solution import Evaluated, Held, State, Verdict, find, typed_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from derivatex.mathtex.mutation import Mutation
    from derivatex.model.assignment import Problem
    from derivatex.solution import Solution


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check of a problem's relations hands on.

    `idle` are the keys of symbols that no relation is made of, `results` what is remembered of each
    relation by what it depends on.
    """

    verdicts: tuple[Verdict, ...]
    diagnostics: tuple[Diagnostic, ...]
    idle: tuple[str, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    results: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """The findings about one problem, collected by the checks in turn."""

    problem: Problem
    solution: Solution
    verdicts: list[Verdict] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def published(self, address: str) -> Held | None:
        """The published number at an address."""
        typed = self.problem.published
        return find({name: typed_value(name, typed[name]) for name in typed}, address)

    def found(  # noqa: PLR0913  # a verdict has these fields, all named by the caller
        self,
        kind: str,
        claim: str,
        state: State,
        *,
        detail: str = "",
        error: float | None = None,
        at: Location | None = None,
        evaluated: Evaluated | None = None,
    ) -> None:
        """Add a verdict that asks nothing of the author."""
        self.verdicts.append(
            Verdict(self.problem.problem, kind, claim, state, detail, error, at, evaluated)
        )

    def failed(  # noqa: PLR0913  # a diagnostic has these fields, all named by the caller
        self,
        kind: str,
        claim: str,
        message: str,
        *,
        id_: str,
        at: Location,
        hint: str = "",
        error: float | None = None,
    ) -> None:
        """Add a verdict that stops the build, and say why."""
        self.found(kind, claim, State.FAILED, detail=message, error=error, at=at)
        self.diagnostics.append(Diagnostic(id_, message, ExitCode.CHECK_FAILED, at, hint))

    def warned(self, id_: str, message: str, at: Location, hint: str = "") -> None:
        """Tell the author about something that is not wrong."""
        self.diagnostics.append(
            Diagnostic(id_, message, ExitCode.CHECK_FAILED, at, hint, Severity.WARNING)
        )
