"""Why a relation fails: which one change would make its sides agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.compare import compare
from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.judge import check
from derivatex.mathtex.mutate import Error, mutants
from derivatex.mathtex.places import placed, scopes
from derivatex.mathtex.plain import plain
from derivatex.mathtex.relation import DifferError, Relation, Tally
from derivatex.mathtex.repair import repairs
from derivatex.mathtex.tree import Derivative, Node
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.evaluate import Evaluator
    from derivatex.mathtex.relation import Result
    from derivatex.mathtex.session import Session

MAX_NODES = 60_000  # of the formulas that are tried before a search ends
MAX_STEPS = 1_500_000  # of their evaluation, some ten seconds
MOST_DRAWS, ENOUGH = 20, 3  # draws that are looked at until enough of them say something
MORE_DRAWS = 25  # than a check has, before two formulas count as one
MENDING = {error.value for error in Error}
EQUATIONS = {"=", ":=", "~"}


@dataclass(frozen=True)
class Diagnosis:
    """The kinds of error that a failure may be, the likeliest first, and a hint in words."""

    kinds: tuple[str, ...]
    hint: str = ""


def diagnose(
    relation: Relation, result: Result, session: Session, wanted: str | None = None
) -> Diagnosis:
    """Look for a single change of the right side that makes a failed relation hold.

    The search ends with the first, or, where a kind is `wanted`, with one of that kind.
    """
    if result.failure is None:
        return Diagnosis(())
    kinds: dict[str, str] = {}
    with arrays.quiet():
        if result.failure in {Kind.FAIL, Kind.SHAPE}:
            if relation.operator in EQUATIONS:
                _repaired(relation, session, kinds, wanted)
            elif relation.operator in {"<=", ">=", "<", ">"}:
                _reversed(relation, session, kinds)
            _boundary(relation, session, kinds)
        _zero(relation, result, session, kinds)
    if result.failure is not Kind.FAIL:
        kinds.setdefault(result.failure.value, result.hint)
    if not kinds or (result.failure is Kind.FAIL and not kinds.keys() & MENDING):
        kinds["value"] = "no single change of the right side makes the sides agree"
    names = tuple(kinds)
    if result.failure is Kind.SHAPE and len(names) > 1:
        names = ("shape", *(name for name in names if name != "shape"))
    first = next((kinds[name] for name in names if kinds[name]), "")
    return Diagnosis(names, result.hint or first)


def _repaired(
    relation: Relation, session: Session, kinds: dict[str, str], wanted: str | None
) -> None:
    target = Target(relation, session)
    sizes = tuple(
        name
        for name, symbol in session.vocabulary.symbols.items()
        if symbol.size and not symbol.slots
    )
    tried, size = 0, sum(1 for _ in walk(relation.right))
    for change, made in repairs(relation.right, session.vocabulary, sizes, tuple(relation.letters)):
        tried += size
        if tried > MAX_NODES or target.steps > MAX_STEPS:
            break
        name = Error.FACTOR.value if change.kind is Error.DIGIT else change.kind.value
        if kinds and wanted in {None, *kinds}:
            break
        if name in kinds or not target.agrees(made):
            continue
        kinds[name] = f"{change.words} would make the sides agree"
    _terms_of_other_side(relation, target, kinds)


def _terms_of_other_side(relation: Relation, target: Target, kinds: dict[str, str]) -> None:
    """Whether the right side is the left one, or an established form of it, without one term."""
    if Error.TERM.value in kinds:
        return
    for other in (relation.left, *target.session.forms_of(relation.left)):
        for change, made in mutants(other, target.session.vocabulary):
            if change.kind is Error.TERM and target.same(made, relation.right):
                shown = plain(other, target.session.vocabulary)
                kinds[Error.TERM.value] = (
                    f"a term of `{shown}` is missing: {change.words} it is this"
                )
                return


class Target:
    """The left side on the session's draws, against which changed right sides are held."""

    def __init__(self, relation: Relation, session: Session) -> None:
        """Take the conditions of the relation, and the numbers of the problem if it has any."""
        is_given = relation.setting.is_given or relation.names_values
        setting = replace(relation.setting, is_given=is_given)
        self.relation, self.session = replace(relation, setting=setting), session
        self.steps = 0

    def agrees(self, right: Node) -> bool:
        """Whether the relation would hold with this right side."""
        return self._holds(replace(self.relation, right=right))

    def same(self, left: Node, right: Node) -> bool:
        """Whether two formulas agree under the relation's conditions."""
        return self._holds(replace(self.relation, operator="=", left=left, right=right))

    def holds_quickly(self, relation: Relation) -> bool:
        """Whether a relation holds on the first draw."""
        return self._holds(replace(relation, setting=self.relation.setting), draws=range(1))

    def same_values(self, left: Node, right: Node) -> bool:
        """Whether two formulas have one value on all draws and on many more, zeros included."""
        made = replace(self.relation, operator="=", left=left, right=right)
        more = 1 if made.setting.is_given else self.session.draws + MORE_DRAWS
        return self._holds(made, draws=range(more), zeros=True)

    def _holds(
        self, relation: Relation, *, draws: range | None = None, zeros: bool = False
    ) -> bool:
        tally = Tally()
        met = 0  # draws on which the conditions hold at some place
        used: list[Evaluator] = []
        try:
            for draw in draws or range(MOST_DRAWS):
                before = tally.compared
                evaluator = self.session.evaluator(relation.setting, draw)
                used.append(evaluator)
                evaluator.instance.is_printed = relation.operator != "~"
                evaluator.peak = 0.0
                for letters, scope in scopes(self.relation, evaluator):
                    tally.compared += 1
                    compare(relation, evaluator, scope, placed(evaluator, draw, letters), tally)
                met += tally.compared > before
                if draws is None and met >= ENOUGH and tally.nonzero:
                    break
        except (
            DifferError,
            MathError,
            np.linalg.LinAlgError,
            ValueError,
            TypeError,
            RecursionError,
        ):
            return False
        finally:
            self.steps += sum(evaluator.steps for evaluator in used)
        return tally.compared > 0 and (tally.nonzero or zeros)


def _reversed(relation: Relation, session: Session, kinds: dict[str, str]) -> None:
    """An inequality that holds the other way round has a wrong sign."""
    turned = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}[relation.operator]
    if check(replace(relation, operator=turned), session).passed:
        kinds["sign"] = "the inequality holds the other way round"
    target = Target(relation, session)
    for change, made in mutants(relation.right, session.vocabulary):
        name = change.kind.value
        if name not in kinds and change.kind is not Error.DIGIT and target.agrees(made):
            kinds[name] = f"{change.words} would make it hold"


def _boundary(relation: Relation, session: Session, kinds: dict[str, str]) -> None:
    """Whether the sides differ at the first or last value of a free index only."""
    wrong: list[dict[str, int]] = []
    spans: dict[str, set[int]] = {}
    right_places = 0
    try:
        for letters, is_right in _verdicts(relation, session):
            for name, index in letters.items():
                spans.setdefault(name, set()).add(index)
            if is_right:
                right_places += 1
            else:
                wrong.append(letters)
    except (MathError, np.linalg.LinAlgError):
        return
    if not wrong or not right_places or not spans:
        return
    for name, met in spans.items():
        for end, word in ((min(met), "first"), (max(met), "last")):
            if len(met) > 1 and all(letters[name] == end for letters in wrong):
                kinds["boundary"] = f"the sides differ only at the {word} value of `{name}`"
                return


def _verdicts(relation: Relation, session: Session) -> Iterator[tuple[dict[str, int], bool]]:
    """For each value of the free indices on one instance, whether the relation holds there."""
    evaluator: Evaluator = session.evaluator(relation.setting, 0)
    tally = Tally()
    for letters, scope in scopes(relation, evaluator):
        try:
            compare(relation, evaluator, scope, placed(evaluator, 0, letters), tally)
        except DifferError:
            yield letters, False
        except MathError:
            yield letters, False
        else:
            yield letters, True


def _zero(relation: Relation, result: Result, session: Session, kinds: dict[str, str]) -> None:
    """Whether a derivative in it is identically zero."""
    if result.failure not in {Kind.FAIL, Kind.VACUOUS}:
        return
    for side in (relation.left, relation.right):
        for node in walk(side):
            if isinstance(node, Derivative) and _is_zero(node, relation, session):
                shown = plain(node, session.vocabulary)
                kinds["zero"] = (
                    f"`{shown}` is identically zero: what is differentiated does not depend on it"
                )
                return


def _is_zero(node: Derivative, relation: Relation, session: Session) -> bool:
    try:
        made = [
            session.evaluator(relation.setting, draw).nonzero.get(node)
            for draw in range(min(session.draws, 2))
        ]
    except MathError:  # no instance satisfies the conditions of the relation
        return False
    return False in made and True not in made
