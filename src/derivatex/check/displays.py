"""The relations of a display: read, judged, and told what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivatex.check.places import caret, claim_at, counterexample, row_of
from derivatex.diagnostics import Diagnostic, ExitCode, did_you_mean
from derivatex.mathtex.depends import names_in
from derivatex.mathtex.display import statements
from derivatex.mathtex.errors import Kind, MathError, unreadable
from derivatex.mathtex.mutation import Mutation, planted
from derivatex.mathtex.reader import read_condition
from derivatex.mathtex.relation import Relation
from derivatex.mathtex.session import Session, Setting
from derivatex.solution import Evaluated, State, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.check.finding import Findings
    from derivatex.check.memory import Memory
    from derivatex.check.sampling import Sampling
    from derivatex.mathtex.relation import Result
    from derivatex.mathtex.tree import Node
    from derivatex.model.claims import Claim
    from derivatex.tex.markup import Math, Source
    from derivatex.tex.scan import Call

KIND = "relation"
IDS = {
    Kind.FAIL: "equation",
    Kind.SHAPE: "equation-shape",
    Kind.NAN: "equation-nan",
    Kind.PARSE: "equation-parse",
    Kind.VACUOUS: "equation-vacuous",
}


class LocatedError(MathError):
    """Something that cannot be read beside a display, where it stands."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        """Keep the finding."""
        super().__init__(Kind.PARSE, diagnostic.message)
        self.diagnostic = diagnostic


@dataclass
class Displays:
    """What the displays of one problem share; `mutations` are the errors that were planted.

    `target` is what to name on the command line, `used` the symbols that were met.
    """

    findings: Findings
    session: Session
    sampling: Sampling
    target: str
    memory: Memory
    mutations: list[Mutation] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def relations(self, claim: Claim, text: Math) -> Iterator[Relation]:
        """The relations of a display; what cannot be read is refused and has none."""
        if not all(map(self._is_known, text.scan.called("val", "published"))):
            return  # the check of references says so
        try:
            yield from list(self.relations_of(claim, text))
        except LocatedError as refused:
            self.findings.diagnostics.append(refused.diagnostic)
        except MathError as error:
            self.refuse(text, error.kind, error.message, error.start, hint=error.hint)

    def _is_known(self, call: Call) -> bool:
        """Whether a value that a formula names exists."""
        if call.name == "published":
            return self.findings.published(call.argument) is not None
        return find(self.findings.solution.values, call.argument) is not None

    def relations_of(self, claim: Claim, text: Math) -> Iterator[Relation]:
        """The relations of a display.

        Raises: MathError where it cannot be read.
        """
        setting = self._setting(claim)
        for made in statements(text, self.session.vocabulary):
            left = made.left
            for letter, at in made.free.items():
                known = letter in made.left_free or letter in made.ranges
                if not known and letter not in self.session.vocabulary.indices:
                    hint = "bracket what a sum reaches over, or say for which values it holds"
                    raise unreadable(f"the index `{letter}` is not bound", at, hint)
            for link in made.links:
                yield Relation(
                    link.operator, left, link.right, made.conditions,
                    tuple(made.ranges.items()), setting, link.at,
                )  # fmt: skip
                left = link.right

    def _setting(self, claim: Claim) -> Setting:
        vocabulary = self.session.vocabulary
        where = tuple(self._condition(it) for it in claim.where)
        is_given = claim.is_given
        solves = tuple((name, self._condition(it)) for name, it in claim.unknowns.items())
        for name in claim.unknowns:
            if name not in vocabulary.symbols:
                hint = did_you_mean(name, vocabulary.symbols)
                raise unreadable(f"`at` solves for `{name}`, which is not declared", 0, hint)
        return Setting(
            where, solves, claim.partial.value, claim.layout.value, claim.varying, is_given
        )

    def _condition(self, source: Source) -> Node:
        try:
            made = read_condition(source, self.session.vocabulary)
        except MathError as error:
            at = source.locate(error.start or 0)
            code = ExitCode.BAD_INPUT
            raise LocatedError(
                Diagnostic(IDS[error.kind], error.message, code, at, error.hint)
            ) from None
        self.used |= names_in(made)
        return made

    def passed(self, relation: Relation, result: Result, text: Math) -> None:
        """Note a relation that holds, and plant errors in it if that is asked for."""
        self.session.establish(relation)
        place = Evaluated(
            text.at, row_of(text, relation.at), relation.read_as(self.session), result.draws
        )
        self.findings.found(
            KIND,
            claim_at(text, relation.at),
            State(result.status),
            error=result.error,
            at=text.locate(relation.at),
            evaluated=place,
        )
        if self.sampling.mutants:
            self.mutations += planted(relation, self.session, str(text.locate(relation.at)))

    def failed(self, relation: Relation, result: Result, text: Math) -> None:
        """Say how a relation fails, and what may mend it."""
        found = self.memory.diagnosed(relation, result, None)
        notes = [f"read as  {relation.read_as(self.session)}"]
        if result.place is not None:
            notes.append(counterexample(result))
        is_located = result.failure is Kind.PARSE and result.start is not None
        start = result.start if is_located else relation.at
        rerun = f"rerun    derivatex check {self.target} --seed {self.sampling.seed}"
        failure = result.failure or Kind.FAIL
        self.refuse(text, failure, result.message, start, hint=found.hint, notes=(*notes, rerun))

    def refuse(  # noqa: PLR0913  # what a message is made of
        self,
        text: Math,
        kind: Kind,
        message: str,
        start: int | None,
        *,
        hint: str = "",
        notes: tuple[str, ...] = (),
    ) -> None:
        """Stop the build at a token of a display."""
        at = text.locate(start or 0)
        if kind is Kind.PARSE and start is not None:
            notes = (*caret(text, start), *notes)
        claim = claim_at(text, start or 0)
        self.findings.found(KIND, claim, State.FAILED, detail=message, at=at)
        code = ExitCode.BAD_INPUT if kind is Kind.PARSE else ExitCode.CHECK_FAILED
        self.findings.diagnostics.append(
            Diagnostic(IDS[kind], message, code, at, hint, notes=notes)
        )
