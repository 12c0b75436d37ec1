"""A relation on several instances: its status, or where and how it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.claimed import confirm, optimum_behind
from derivatex.mathtex.compare import compare
from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.places import placed, scopes, told
from derivatex.mathtex.relation import DifferError, Relation, Result, Tally
from derivatex.mathtex.scope import Same
from derivatex.mathtex.session import EDGE, Session
from derivatex.mathtex.tree import (
    Abs,
    Add,
    All,
    Big,
    Cases,
    Comparison,
    Iverson,
    Letter,
    Mul,
    Named,
    Neg,
    Node,
    Norm,
    Number,
    Subdifferential,
    Sym,
)
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from derivatex.mathtex.vocabulary import Vocabulary

BRANCHED = 3  # times as many draws for a relation with cases: they share them
MORE = 80  # draws more, until the conditions of a relation hold on one
EDGES = 3  # draws at boundaries that every relation with cases has
EXTRA = 24  # draws more, to reach the branches of cases


def check(relation: Relation, session: Session) -> Result:
    """Evaluate a relation on the session's draws.

    Never raises: what cannot be evaluated is a failure of its kind.
    """
    tally = Tally()
    if relation.names_values or relation.operator == "~":
        relation = replace(relation, setting=replace(relation.setting, is_given=True))
    with arrays.quiet():
        try:
            status = _checked(relation, session, tally)
        except DifferError as found:
            place = told(found.place, relation, session)
            return _result(tally, failure=Kind.FAIL, message=str(found), place=place)
        except MathError as error:
            return _result(
                tally, failure=error.kind, message=error.message, hint=error.hint, start=error.start
            )
        except RecursionError:
            return _result(tally, failure=Kind.PARSE, message="this definition never ends")
        except (np.linalg.LinAlgError, ZeroDivisionError, OverflowError) as error:
            return _result(tally, failure=Kind.NAN, message=str(error).lower())
    return _result(tally, status=status)


def _result(tally: Tally, **more: Any) -> Result:
    return Result(
        error=float(tally.error), draws=tally.draws, instances=tally.compared,
        confirmations=tally.confirmations, **more,
    )  # fmt: skip


def _checked(relation: Relation, session: Session, tally: Tally) -> str:
    sides = (relation.left, relation.right)
    count = session.draws * (BRANCHED if _is_branched(relation, session) else 1)
    for draw in range(count):
        _compare_on(relation, session, draw, tally)
        if relation.setting.is_given and _is_fixed(relation, session, draw):
            break  # every further instance would be the same
    while count < session.draws + MORE and _wants_more(relation, tally):
        _compare_on(relation, session, count, tally)
        count += 1
    _reach_branches(relation, session, tally)
    if tally.compared == 0:
        raise MathError(Kind.VACUOUS, "its conditions hold on no instance", relation.at)
    if not tally.nonzero and relation.operator in {"=", ":=", "<=", ">=", "propto", "~"}:
        _refuse_zeros(relation, session)
    if relation.operator in {"iff", "implies"} and len(tally.truths) < 2:  # noqa: PLR2004
        which = "true" if True in tally.truths else "false"
        message = f"both sides are {which} on every instance"
        raise MathError(
            Kind.VACUOUS,
            message,
            relation.at,
            "let both occur: state it at a solution (`at`), or near one (`where`)",
        )
    if any(optimum_behind(side, session) for side in sides) or isinstance(
        relation.right, Subdifferential
    ):
        confirm(relation, session)
        return "optimality"
    return "stand-in" if tally.used_chance else "verified"


def _wants_more(relation: Relation, tally: Tally) -> bool:
    """Whether a condition held nowhere so far, or statements were never, or always, true."""
    is_one_sided = relation.operator in {"iff", "implies"} and len(tally.truths) < 2  # noqa: PLR2004
    return not tally.compared or (is_one_sided and not relation.setting.is_given)


def _is_fixed(relation: Relation, session: Session, draw: int) -> bool:
    """Whether everything that a relation is made of is given: numbers, and the sizes of arrays."""
    settled = session.evaluator(relation.setting, draw).instance.settled
    symbols = session.vocabulary.symbols
    made_of = relation.made_of(session.vocabulary)
    sizes = {name for name in made_of if name in symbols and symbols[name].size is not None}
    return relation.drawn(session) <= session.given.keys() and sizes <= settled


def _compare_on(relation: Relation, session: Session, draw: int, tally: Tally) -> None:
    evaluator = session.evaluator(relation.setting, draw)
    evaluator.instance.is_printed = relation.operator in {"=", ":="}
    evaluator.peak, evaluator.used_chance = 0.0, False
    before = evaluator.confirmations
    tally.draws += 1
    for letters, scope in scopes(relation, evaluator):
        tally.compared += 1
        place = placed(evaluator, draw, letters)
        compare(relation, evaluator, scope, place, tally)
    tally.used_chance |= evaluator.used_chance
    tally.confirmations += evaluator.confirmations - before
    for node, branches in evaluator.reached.items():
        tally.reached.setdefault(node, set()).update(branches)


def _refuse_zeros(relation: Relation, session: Session) -> None:
    """Zero equals zero says something only where something could be other than zero."""
    loose = replace(relation, setting=replace(relation.setting, at=(), where=()), conditions=())
    for draw in range(2):
        evaluator = session.fresh(loose.setting, draw + 7)  # remembers no terms
        try:
            for k, (_, scope) in enumerate(scopes(loose, evaluator)):
                if k > 60:  # noqa: PLR2004
                    break
                for side in (loose.left, loose.right):
                    value = evaluator.value(side, scope)
                    if evaluator.largest_term > 0 or np.max(np.abs(value), initial=0.0) > 1e-9:  # noqa: PLR2004
                        return
        except MathError:
            return
    message = "both sides are identically zero"
    hint = "what does it depend on? `check -v` shows how each definition was read"
    raise MathError(Kind.VACUOUS, message, relation.at, hint)


def _reach_branches(relation: Relation, session: Session, tally: Tally) -> None:
    """Draw on until every branch of every `cases` was taken."""
    nodes = _cases_in(relation)

    def missing() -> tuple[Cases, int] | None:
        for node in nodes:
            for k in range(len(node.branches)):
                if k not in tally.reached.get(Same(node), set()):
                    return node, k
        return None

    first = draw = session.draws * BRANCHED
    for edge in range(EDGES if nodes else 0):  # where branches meet
        _compare_at_edge(relation, session, EDGE + edge, tally)
    while missing() and draw < first + 2 * EXTRA:
        is_edge = (draw - first) % 2 == 1
        _compare_at_edge(relation, session, draw + EDGE * is_edge, tally)
        draw += 1
    found = missing()
    if found:
        node, k = found
        message = f"branch {k + 1} of the cases is reached on no instance"
        raise MathError(Kind.VACUOUS, message, node.branches[k].at or node.at)


def _cases_in(relation: Relation) -> list[Cases]:
    """The definitions by cases that a relation writes out."""
    sides = (relation.left, relation.right)
    return [it for side in sides for it in walk(side) if isinstance(it, Cases)]


def _compare_at_edge(relation: Relation, session: Session, draw: int, tally: Tally) -> None:
    """Compare on a draw; where zeros among the numbers make a side undefined, that says nothing."""
    try:
        _compare_on(relation, session, draw, tally)
    except MathError as error:
        if draw < EDGE or error.kind is Kind.FAIL:
            raise


def _is_branched(relation: Relation, session: Session) -> bool:
    """Whether a relation, or what it is made of, decides anything about numbers."""
    bodies = [relation.left, relation.right]
    names = set().union(*(names_in(body) for body in bodies))
    for name in set().union(*(dependencies(it, session.vocabulary) for it in names)):
        definition = session.vocabulary.definitions.get(name)
        bodies += [definition.body] if definition else []
    return any(_decides(node, session.vocabulary) for body in bodies for node in walk(body))


def _decides(node: Node, vocabulary: Vocabulary) -> bool:
    """Whether a formula takes one of several ways, by the sign or size of a number."""
    match node:
        case Iverson(condition):
            return not _counts(condition, vocabulary)
        case Cases(branches):
            conditions = [it.condition for it in branches if it.condition is not None]
            return not all(_counts(it, vocabulary) for it in conditions)
        case Named(name, arguments) if name in {"max", "min", "relu", "plus", "sign", "abs"}:
            return not all(_counts(it, vocabulary) for it in arguments)
        case Norm(_, kind):
            return kind in {"1", "infinity"}
        case Big(kind):
            return kind in {"max", "min"}
    return isinstance(node, Abs)


def _counts(node: Node, vocabulary: Vocabulary) -> bool:
    """Whether a formula is about indices and sizes only."""
    sizes = {name for name, symbol in vocabulary.symbols.items() if symbol.size is not None}
    whole = (Letter, Comparison, Number, All, Add, Neg, Mul, Named)
    return all(
        it.name in sizes if isinstance(it, Sym) else isinstance(it, whole) for it in walk(node)
    )
