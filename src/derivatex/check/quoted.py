"""Relations that are quoted as wrong, in mistakes and errata: they must be rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivatex.check.displays import Displays
from derivatex.check.places import example
from derivatex.mathtex.depends import names_in
from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.relation import Result
from derivatex.mathtex.tree import Neg, Node, Number
from derivatex.model.blocks import Erratum
from derivatex.solution import Evaluated, State
from derivatex.tex.markup import Math

if TYPE_CHECKING:
    from derivatex.mathtex.relation import Relation
    from derivatex.model.blocks import Mistake
    from derivatex.model.claims import Claim

NO_CONTRADICTION = {Kind.PARSE, Kind.VACUOUS}  # such a relation is not wrong: it says nothing
MISTAKE, ERRATUM = "mistake", "erratum"


class Quoted(Displays):
    """The part of the equation check that expects to be contradicted."""

    def mistake(self, claim: Mistake) -> None:
        """A quoted mistake must be rejected, for the reason that is stated."""
        message = "this holds on every instance, but is quoted as a mistake"
        hint = "remove it, or state it as it is often written"
        self._expect_rejection(claim, claim.tex, MISTAKE, ("not-a-mistake", message, hint))

    def erratum(self, claim: Erratum) -> None:
        """What the source prints must be rejected, what is right must pass."""
        message = "what the source prints holds on every instance"
        hint = "remove it, or say in `means` what it states"
        self._expect_rejection(claim, claim.quoted, ERRATUM, ("false-erratum", message, hint))
        for right in self.relations(claim, claim.right):
            self.used |= names_in(right.left) | names_in(right.right)
            found = self.memory.checked(right)
            if found.passed:
                self.passed(right, found, claim.right)
            else:
                self.failed(right, found, claim.right)

    def _expect_rejection(
        self, claim: Mistake | Erratum, text: Math, kind: str, accepted: tuple[str, str, str]
    ) -> None:
        """Reject a quoted relation; `accepted` is the id, message and hint where it holds."""
        kinds, result, relation = self._rejected(claim, text)
        expected = claim.expected
        if result is None:
            if isinstance(claim, Erratum) and claim.of is not None:
                return  # the check of published values says so
            id_, message, hint = accepted
            self.findings.failed(kind, str(text), message, id_=id_, at=text.at, hint=hint)
        elif result.failure in NO_CONTRADICTION and expected is None:
            self.refuse(text, result.failure, result.message, result.start, hint=result.hint)
        elif expected is not None and expected.value not in kinds:
            message = f"this is no error of kind `{expected.value}`"
            hint = f"the checker finds: {', '.join(f'`{it}`' for it in kinds)}"
            self.findings.failed(
                kind, str(text), message, id_="other-mistake", at=text.at, hint=hint
            )
        else:
            wrong = expected.value if expected else kinds[0] if _is_equation(relation) else ""
            self._note_rejected(kind, text, (result, relation), wrong)

    def _note_rejected(
        self, kind: str, text: Math, found: tuple[Result, Relation | None], wrong: str
    ) -> None:
        result, relation = found
        result, is_given = self._at_the_numbers(result, relation)
        reading = relation.read_as(self.session) if relation else ""
        place = Evaluated(
            text.at,
            0,
            reading,
            result.draws,
            example(result, self._spelled, is_given=is_given),
            wrong,
        )
        detail = f"rejected: {result.message}"
        self.findings.found(
            kind, " ".join(text.split()), State.REJECTED, detail=detail, at=text.at, evaluated=place
        )

    def _spelled(self, name: str) -> str:
        """A symbol as the problem prints it."""
        tex = Math(self.session.vocabulary.symbols[name].tex)
        return name if tex.scan.faults or tex.scan.calls else str(tex)

    def _at_the_numbers(self, result: Result, relation: Relation | None) -> tuple[Result, bool]:
        """The counterexample at the numbers of the problem, where the sides differ there too."""
        if relation is None:
            return result, False
        if relation.setting.is_given or relation.names_values:
            return result, True
        if not self._is_about_givens(relation):
            return result, False
        there = replace(relation, setting=replace(relation.setting, is_given=True))
        at_numbers = self.memory.checked(there)
        is_better = result.failure is Kind.FAIL and at_numbers.failure is Kind.FAIL
        return (at_numbers, True) if is_better else (result, False)

    def _is_about_givens(self, relation: Relation) -> bool:
        """Whether all numbers that a relation is made of are given, and none is solved for."""
        drawn = relation.drawn(self.session)
        return bool(drawn) and not relation.setting.at and drawn <= self.session.given.keys()

    def _rejected(
        self, claim: Claim, text: Math
    ) -> tuple[tuple[str, ...], Result | None, Relation | None]:
        """What is wrong with a quoted relation; no result where nothing is."""
        try:
            relations = list(self.relations_of(claim, text))
        except MathError as error:
            made = Result(
                failure=Kind.PARSE, message=error.message, hint=error.hint, start=error.start
            )
            return ("parse",), made, None
        for relation in relations:
            self.used |= names_in(relation.left) | names_in(relation.right)
            if isinstance(claim, Erratum) and _is_decimal(relation.right):
                relation = replace(relation, operator="~")  # noqa: PLW2901  # as it was printed
            result = self.memory.checked(relation)
            if not result.passed:
                wanted = claim.expected
                found = self.memory.diagnosed(relation, result, wanted and wanted.value)
                return found.kinds, result, relation
        return (), None, None


def _is_equation(relation: Relation | None) -> bool:
    """Whether one change that mends a relation says what is wrong with it."""
    return relation is None or relation.operator in {"=", ":="}


def _is_decimal(node: Node) -> bool:
    """Whether a side is a printed decimal, which is right within half a unit of its last digit."""
    inner = node.of if isinstance(node, Neg) else node
    return isinstance(inner, Number) and "." in inner.text
