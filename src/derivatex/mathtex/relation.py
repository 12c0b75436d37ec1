"""One relation on several instances: what was found, or where the sides differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from derivatex.mathtex import arrays
from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.plain import plain
from derivatex.mathtex.session import EDGE, Session, Setting
from derivatex.mathtex.tree import (
    Apply,
    Cases,
    Comparison,
    Elements,
    Interval,
    Letter,
    Node,
    Number,
    Optimum,
    Space,
    Span,
    Subdifferential,
    Sym,
    Val,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.evaluate import Evaluator
    from derivatex.mathtex.scope import Scope
    from derivatex.mathtex.vocabulary import Range

RELATIVE = 1e-9
ROUNDING = 1e-12  # of the largest number met on the way
EXTRA = 24  # draws more, to reach the branches of cases
MAX_NUMBERS = 4  # that a counterexample names
MAX_PLACES = 64  # values of free indices that are compared on one instance


@dataclass(frozen=True)
class Relation:
    """Two formulas with a sign between them, and under which conditions they are compared."""

    operator: str
    left: Node
    right: Node
    conditions: tuple[Node, ...] = ()
    ranges: tuple[tuple[str, Range], ...] = ()
    setting: Setting = Setting()
    at: int = 0

    @property
    def letters(self) -> list[str]:
        """The index letters that are free in it."""
        named = {name for name, _ in self.ranges}
        bound: set[str] = set()
        found = {it.name for side in (self.left, self.right) for it in _free(side, bound)}
        return sorted(found | (named & found))

    def read_as(self, session: Session) -> str:
        """How it was read."""
        left, right = (plain(side, session.vocabulary) for side in (self.left, self.right))
        signs = {"=": "==", "~": "~=", "propto": "proportional to", ":=": "=="}
        return f"{left} {signs.get(self.operator, self.operator)} {right}"


def _free(node: Node, bound: set[str]) -> Iterator[Letter]:
    from derivatex.mathtex.tree import Big, children  # noqa: PLC0415

    if isinstance(node, Letter):
        if node.name not in bound:
            yield node
        return
    inside = bound | {it.name for it in node.binders} if isinstance(node, Big) else bound
    for child in children(node):
        yield from _free(child, inside)


@dataclass(frozen=True)
class Place:
    """Where two sides were compared: an instance, values of free indices, an entry.

    `numbers` are the values of a few symbols of the relation that are numbers.
    """

    draw: int
    sizes: tuple[tuple[str, int], ...] = ()
    letters: tuple[tuple[str, int], ...] = ()
    entry: tuple[int, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()
    left: float | None = None
    right: float | None = None


@dataclass(frozen=True)
class Result:
    """What became of a relation: a status, or a failure with its counterexample."""

    status: str = "verified"
    failure: Kind | None = None
    message: str = ""
    hint: str = ""
    start: int | None = None
    place: Place | None = None
    error: float = 0.0
    draws: int = 0
    instances: int = 0
    confirmations: int = 0

    @property
    def passed(self) -> bool:
        """Whether nothing was found against it."""
        return self.failure is None


@dataclass
class Tally:
    """What is collected while the draws are compared."""

    error: float = 0.0
    compared: int = 0
    draws: int = 0
    nonzero: bool = False
    truths: set[bool] = field(default_factory=set)
    used_chance: bool = False
    confirmations: int = 0
    reached: dict[int, set[int]] = field(default_factory=dict)


class DifferError(Exception):
    """The sides differ at a place."""

    def __init__(self, message: str, place: Place) -> None:
        """Remember where."""
        super().__init__(message)
        self.place = place


def check(relation: Relation, session: Session) -> Result:
    """Evaluate a relation on the session's draws.

    Never raises: what cannot be evaluated is a failure of its kind.
    """
    tally = Tally()
    with arrays.quiet():
        try:
            status = _checked(relation, session, tally)
        except DifferError as found:
            place = replace(found.place, numbers=_numbers(relation, session, found.place.draw))
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
        error=tally.error, draws=tally.draws, instances=tally.compared,
        confirmations=tally.confirmations, **more,
    )  # fmt: skip


def _checked(relation: Relation, session: Session, tally: Tally) -> str:
    sides = (relation.left, relation.right)
    has_values = any(isinstance(it, Val) for side in sides for it in walk(side))
    if (has_values or relation.operator == "~") and not relation.setting.is_given:
        relation = replace(relation, setting=replace(relation.setting, is_given=True))
    for draw in range(session.draws):
        _compare_on(relation, session, draw, tally)
        if (
            relation.setting.is_given
            and session.evaluator(relation.setting, draw).instance.is_fixed
        ):
            break  # every further instance would be the same
    _reach_branches(relation, session, tally)
    if tally.compared == 0:
        raise MathError(Kind.VACUOUS, "its conditions hold on no instance", relation.at)
    if not tally.nonzero and relation.operator in {"=", ":=", "<=", ">=", "propto", "~"}:
        _refuse_zeros(relation, session)
    if relation.operator in {"iff", "implies"} and len(tally.truths) < 2:  # noqa: PLR2004
        which = "true" if True in tally.truths else "false"
        message = f"both sides are {which} on every instance"
        raise MathError(Kind.VACUOUS, message, relation.at, "state it at a solution: `at`")
    if any(_optimum(side, session) for side in sides) or isinstance(
        relation.right, Subdifferential
    ):
        _confirm(relation, session)
        return "optimality"
    return "stand-in" if tally.used_chance else "verified"


def _compare_on(relation: Relation, session: Session, draw: int, tally: Tally) -> None:
    evaluator = session.evaluator(relation.setting, draw)
    evaluator.instance.is_printed = relation.operator in {"=", ":="}
    evaluator.peak, evaluator.used_chance = 0.0, False
    before = evaluator.confirmations
    tally.draws += 1
    for letters, scope in _scopes(relation, evaluator):
        tally.compared += 1
        place = _placed(evaluator, draw, letters)
        _compare(relation, evaluator, scope, place, tally)
    tally.used_chance |= evaluator.used_chance
    tally.confirmations += evaluator.confirmations - before
    for node, branches in evaluator.reached.items():
        tally.reached.setdefault(node, set()).update(branches)


def _scopes(relation: Relation, evaluator: Evaluator) -> Iterator[tuple[dict[str, int], Scope]]:
    """Every value of free indices and open outcomes at which the conditions hold."""
    sides = (relation.left, relation.right)
    places = list(_indexed(relation, evaluator, relation.letters, evaluator.scope))
    for letters, scope in _some(places, evaluator.instance.draw):
        for inside in evaluator.free_outcomes((*sides, *relation.conditions), scope):
            if all(evaluator.holds(it, inside) for it in relation.conditions):
                yield letters, inside


def _some(
    places: list[tuple[dict[str, int], Scope]], draw: int
) -> list[tuple[dict[str, int], Scope]]:
    """All places, or of very many: the corners, the diagonals, and others at random."""
    if len(places) <= MAX_PLACES:
        return places
    ends = {
        name: {min(values), max(values)}
        for name in places[0][0]
        if (values := {letters[name] for letters, _ in places})
    }
    marked = [
        place
        for place in places
        if all(index in ends[name] for name, index in place[0].items())
        or len(set(place[0].values())) == 1
    ]
    generator = np.random.default_rng(draw)
    order = generator.permutation(len(places))[: max(0, MAX_PLACES - len(marked))]
    return marked + [places[int(k)] for k in order]


def _indexed(
    relation: Relation, evaluator: Evaluator, letters: list[str], scope: Scope
) -> Iterator[tuple[dict[str, int], Scope]]:
    """Every value of the free indices; the range of one may depend on those before it."""
    if not letters:
        yield {}, scope
        return
    letter, (low, high) = _next_letter(relation, evaluator, letters, scope)
    rest = [it for it in letters if it != letter]
    for index in range(low, high + 1):
        for others, inside in _indexed(relation, evaluator, rest, scope.at(**{letter: index})):
            yield {letter: index, **others}, inside


def _next_letter(
    relation: Relation, evaluator: Evaluator, letters: list[str], scope: Scope
) -> tuple[str, tuple[int, int]]:
    """A letter whose range is known by now, and that range."""
    named = dict(relation.ranges)
    refused: MathError | None = None
    for letter in letters:
        try:
            if letter in named:
                ends = (named[letter].low, named[letter].high)
                return letter, (evaluator.whole(ends[0], scope), evaluator.whole(ends[1], scope))
            return letter, evaluator.range_of(letter, (relation.left, relation.right), scope)
        except MathError as error:
            refused = refused if refused and refused.kind is Kind.SHAPE else error
    if refused is None:
        raise AssertionError
    raise refused


def _placed(evaluator: Evaluator, draw: int, letters: dict[str, int]) -> Place:
    symbols = evaluator.vocabulary.symbols
    sizes = tuple(
        (name, size)
        for (name, slots), size in evaluator.instance.sizes.items()
        if not slots and symbols[name].size and symbols[name].size.fixed is None  # type: ignore[union-attr]
    )
    return Place(draw, sizes, tuple(letters.items()))


def _numbers(relation: Relation, session: Session, draw: int) -> tuple[tuple[str, float], ...]:
    """What the numbers in a relation are on an instance, where they are few."""
    values = session.evaluator(relation.setting, draw).instance.values
    names: set[str] = set()
    for side in (relation.left, relation.right):
        for name in names_in(side):
            names |= dependencies(name, session.vocabulary)
    found = [
        (name, float(value))
        for (name, slots), value in values.items()
        if name in names and not slots and arrays.is_number(value)
    ]
    return tuple(sorted(found)) if len(found) <= MAX_NUMBERS else ()


def _compare(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place, tally: Tally
) -> None:
    operator = relation.operator
    if operator in {"iff", "implies"}:
        left, right = (evaluator.holds(it, scope) for it in (relation.left, relation.right))
        tally.truths |= {left, right}
        if left != right and (operator == "iff" or left):
            words = f"the left side is {str(left).lower()}, the right side {str(right).lower()}"
            raise DifferError(words, place)
        return
    if operator in {"in", "notin"}:
        _compare_with_set(relation, evaluator, scope, place, tally)
        return
    if _is_optimum(relation, evaluator, scope, place):
        tally.nonzero = True
        return
    left = evaluator.value(relation.left, scope)
    right = evaluator.value(relation.right, scope)
    if operator == "propto":
        _compare_ratio(relation, evaluator, scope, place, tally)
        return
    _compare_values(relation, evaluator, (left, right), place, tally)


def _compare_values(
    relation: Relation,
    evaluator: Evaluator,
    values: tuple[Value, Value],
    place: Place,
    tally: Tally,
) -> None:
    left, right = (np.asarray(value, dtype=float) for value in values)
    if left.shape != right.shape:
        is_zero = (right.shape == () and float(right) == 0.0) or (
            left.shape == () and float(left) == 0.0
        )
        is_order = relation.operator not in {"=", ":=", "~"}
        if not is_zero and not (is_order and () in {left.shape, right.shape}):
            raise misshapen(
                f"the left side is {arrays.named(left.shape)}, "
                f"the right side {arrays.named(right.shape)}",
                relation.at,
                _shape_hint(left.shape, right.shape),
            )
        left, right = np.broadcast_arrays(left, right)
    for side, value in (("left", left), ("right", right)):
        if np.any(np.isnan(value)):
            raise MathError(
                Kind.NAN, f"the {side} side is undefined on draw {place.draw}", relation.at
            )
    scale = np.maximum(np.max(np.abs(left), initial=0.0), np.max(np.abs(right), initial=0.0))
    if scale > ROUNDING * 100 * max(1e-3, evaluator.peak):
        tally.nonzero = True
    allowed = RELATIVE * scale + ROUNDING * evaluator.peak
    if relation.operator == "~":
        allowed = allowed + _half_units(relation, evaluator)
    gap = left - right
    match relation.operator:
        case "=" | ":=" | "~":
            wrong = ~(np.abs(gap) <= allowed)
            if np.all(np.isinf(left) & (left == right)):
                wrong = np.zeros_like(wrong)
            error = float(np.max(np.abs(gap), initial=0.0)) / (float(scale) or 1.0)
            if not np.any(wrong) and relation.operator != "~":
                tally.error = max(tally.error, error)
        case "!=":
            wrong = np.asarray(bool(np.all(np.abs(gap) <= allowed)))
            tally.nonzero = True
        case "<=":
            wrong = gap > allowed
        case ">=":
            wrong = gap < -allowed
        case "<":
            wrong = ~(gap < -ROUNDING * scale)
        case ">":
            wrong = ~(gap > ROUNDING * scale)
        case "<<" | ">>":
            raise unreadable("`much less` is no statement that can be checked", relation.at)
        case _:
            raise unreadable("this relation cannot be checked", relation.at)
    if np.any(wrong):
        where = np.argwhere(np.broadcast_to(wrong, left.shape))[0] if left.shape else ()
        entry = tuple(int(k) + 1 for k in where)
        pick = tuple(k - 1 for k in entry)
        raise DifferError(
            "the two sides differ" if relation.operator in {"=", ":=", "~"} else "it does not hold",
            replace(place, entry=entry, left=float(left[pick]), right=float(right[pick])),
        )


def _shape_hint(left: tuple[int, ...], right: tuple[int, ...]) -> str:
    if left == right[::-1]:
        return "transposing one side would fit"
    if () in {left, right}:
        return r"for a column, `x^\top x` is a number and `x x^\top` a matrix"
    return ""


def _half_units(relation: Relation, evaluator: Evaluator) -> float:
    """How far rounding of the printed decimals can move the right side, to first order."""
    total = 0.0
    for side in (relation.left, relation.right):
        for node in walk(side):
            if isinstance(node, Number) and "." in node.text:
                unit = 10.0 ** -len(node.text.partition(".")[2])
                total += unit / 2 * _influence(side, node, unit, evaluator)
    return total * (1 + RELATIVE)


def _influence(side: Node, node: Number, unit: float, evaluator: Evaluator) -> float:
    """How much a side moves per unit of one of its numbers."""
    from derivatex.mathtex.tree import mapped  # noqa: PLC0415

    def moved(it: Node) -> Node:
        return (
            replace(it, text=repr(float(node.text) + unit))
            if it is node or (it == node and it.at == node.at)
            else it
        )  # type: ignore[call-arg]

    before = evaluator.value(side, evaluator.scope)
    after = evaluator.value(mapped(side, moved), evaluator.scope)
    return float(np.max(np.abs(after - before))) / unit


def _compare_with_set(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place, tally: Tally
) -> None:
    value = evaluator.value(relation.left, scope)
    right = relation.right
    tally.nonzero = True
    if isinstance(right, Space):
        sizes = tuple(evaluator.whole(it, scope) for it in right.sizes)
        wanted = (*sizes, 1) if len(sizes) == 1 else sizes
        if arrays.shape(value) != wanted:
            raise misshapen(
                f"it is {arrays.named(arrays.shape(value))}, not {arrays.named(wanted)}",
                relation.at,
            )
    elif isinstance(right, Subdifferential):
        why = evaluator.why_no_subgradient(right, value, scope)
        if why:
            raise DifferError(f"it is no subgradient: {why}", place)
    elif isinstance(right, (Span, Elements, Interval)):
        made = Comparison(relation.operator, relation.left, right, at=relation.at)
        if not evaluator.holds(made, scope):
            shown = float(value) if arrays.is_number(value) else None
            raise DifferError("it is not in the set", replace(place, left=shown))
    else:
        raise unreadable("this set cannot be checked", relation.at)


def _compare_ratio(
    relation: Relation, evaluator: Evaluator, scope: Scope, place: Place, tally: Tally
) -> None:
    """The ratio of the sides must not change with the variable."""
    name = relation.setting.varying
    if name is None or name not in evaluator.vocabulary.symbols:
        hint = "give the step `varying: x`"
        raise unreadable(r"`\propto` as what varies?", relation.at, hint)
    symbol = evaluator.vocabulary.symbols[name]
    ratios = []
    for k in range(4):
        if symbol.is_outcome:
            count = evaluator.count(name)
            inside = scope.happened({name: (k % count, evaluator.points(name)[k % count])})
        else:
            size = evaluator.declared_shape(symbol, ())
            value = evaluator.instance._drawn(symbol, (k + 1,), size)  # noqa: SLF001
            inside = scope.within({**scope.arguments, name: value}).at(**scope.letters)
        left, right = (evaluator.value(it, inside) for it in (relation.left, relation.right))
        tally.nonzero = tally.nonzero or bool(np.any(left != 0))
        ratios.append(np.asarray(left / right, dtype=float))
    for ratio in ratios[1:]:
        if not np.allclose(ratio, ratios[0], rtol=1e-8, atol=0):
            first, other = float(ratios[0].reshape(-1)[0]), float(ratio.reshape(-1)[0])
            place = replace(place, left=first, right=other)
            raise DifferError(f"the ratio of the sides changes with `{symbol.tex}`", place)


# optima


def _optimum(node: Node, session: Session) -> Optimum | None:
    """The `argmin` that a side is, or that it was defined as."""
    if isinstance(node, Optimum):
        return node if node.kind.startswith("arg") else None
    if isinstance(node, (Sym, Apply)):
        definition = session.vocabulary.definitions.get(node.name)
        if (
            definition
            and isinstance(definition.body, Optimum)
            and definition.body.kind.startswith("arg")
        ):
            return definition.body
    return None


def _is_optimum(relation: Relation, evaluator: Evaluator, scope: Scope, place: Place) -> bool:
    """Check a side that is an optimum against the other; False where neither is one."""
    found = [_optimum_in(side, evaluator, scope) for side in (relation.left, relation.right)]
    if found[0] is None and found[1] is None:
        return False
    if relation.operator not in {"=", ":=", "in"}:
        raise unreadable("an optimum is compared by `=`", relation.at)
    if found[0] is not None and found[1] is not None:
        _compare_objectives(found[0], found[1], evaluator, place)
        return True
    optimum, inside = found[0] or found[1]  # type: ignore[misc]
    other = relation.right if found[0] is not None else relation.left
    value = evaluator.value(other, scope)
    why = evaluator.why_not_optimal(optimum, value, inside)
    if why:
        raise DifferError(f"it is no {optimum.kind}: {why}", place)
    return True


def _optimum_in(node: Node, evaluator: Evaluator, scope: Scope) -> tuple[Optimum, Scope] | None:
    if isinstance(node, Optimum):
        return (node, scope) if node.kind.startswith("arg") else None
    if not isinstance(node, (Sym, Apply)) or node.name in evaluator.vocabulary.confirmed:
        return None
    definition = evaluator.vocabulary.definitions.get(node.name)
    if definition is None or not isinstance(definition.body, Optimum):
        return None
    if not definition.body.kind.startswith("arg"):
        return None
    if isinstance(node, Apply):
        values = [evaluator.value(it, scope) for it in node.arguments]
        arguments = dict(zip(definition.parameters, values, strict=True))
        return definition.body, scope.within(arguments)
    letters = dict(zip(definition.slots, evaluator.slots(node.slots, scope), strict=True))
    return definition.body, scope.outside().at(**letters)


def _compare_objectives(
    one: tuple[Optimum, Scope], two: tuple[Optimum, Scope], evaluator: Evaluator, place: Place
) -> None:
    """Two optima agree if one objective is a rising affine function of the other."""
    sizes = [evaluator.variable_shape(*it) for it in (one, two)]
    if sizes[0] != sizes[1]:
        raise misshapen("the two optima are of different shapes")
    generator = np.random.default_rng(3)
    domain = evaluator.vocabulary.symbols[one[0].variable.name].domain
    values = []
    for _ in range(7):
        point: Any = generator.normal(size=sizes[0])
        if domain in {"positive", "unit", "simplex"}:
            point = np.abs(point) / (1 if domain == "positive" else np.sum(np.abs(point)))
        point = point if sizes[0] else float(point)
        values.append([float(evaluator.objective(*it)(point)) for it in (one, two)])
    table = np.array(values)
    slope, shift = np.polyfit(table[:, 1], table[:, 0], 1)
    gap = np.max(np.abs(table[:, 0] - slope * table[:, 1] - shift))
    if not (gap <= 1e-9 * (1 + np.max(np.abs(table))) and slope > 0):
        message = "the two objectives are not the same up to a constant and a positive factor"
        raise DifferError(message, place)


def _confirm(relation: Relation, session: Session) -> None:
    """Remember a closed form of what was defined as an optimum."""
    from derivatex.mathtex.vocabulary import Definition  # noqa: PLC0415

    for side, other in ((relation.left, relation.right), (relation.right, relation.left)):
        if not isinstance(side, (Sym, Apply)) or _optimum(side, session) is None:
            continue
        if (
            _optimum(other, session) is not None
            or relation.conditions
            or relation.setting != Setting()
        ):
            continue
        if isinstance(side, Sym) and not side.slots:
            session.vocabulary.confirmed.setdefault(side.name, Definition(side.name, other))
        elif isinstance(side, Apply):
            names = tuple(it.name for it in side.arguments if isinstance(it, Sym) and not it.slots)
            if len(names) == len(side.arguments):
                made = Definition(side.name, other, parameters=names)
                session.vocabulary.confirmed.setdefault(side.name, made)


# what says nothing


def _refuse_zeros(relation: Relation, session: Session) -> None:
    """Zero equals zero says something only where something could be other than zero."""
    loose = replace(relation, setting=replace(relation.setting, at=(), where=()), conditions=())
    for draw in range(2):
        evaluator = session.evaluator(loose.setting, draw + 7)
        evaluator.peak = 0.0
        try:
            for k, (_, scope) in enumerate(_scopes(loose, evaluator)):
                if k > 60:  # noqa: PLR2004
                    break
                for side in (loose.left, loose.right):
                    value = evaluator.value(side, scope)
                    if evaluator.peak > 0 or np.max(np.abs(value), initial=0.0) > 1e-9:  # noqa: PLR2004
                        return
        except MathError:
            return
    message = "both sides are identically zero"
    hint = "what does it depend on? `check -v` shows how each definition was read"
    raise MathError(Kind.VACUOUS, message, relation.at, hint)


def _reach_branches(relation: Relation, session: Session, tally: Tally) -> None:
    """Draw on until every branch of every `cases` was taken."""
    nodes = [
        it for side in (relation.left, relation.right) for it in walk(side) if isinstance(it, Cases)
    ]

    def missing() -> tuple[Cases, int] | None:
        for node in nodes:
            for k in range(len(node.branches)):
                if k not in tally.reached.get(id(node), set()):
                    return node, k
        return None

    draw = session.draws
    while missing() and draw < session.draws + 2 * EXTRA:
        is_edge = (draw - session.draws) % 2 == 1
        try:
            _compare_on(relation, session, draw + EDGE * is_edge, tally)
        except MathError:
            if not is_edge:
                raise
        draw += 1
    found = missing()
    if found:
        node, k = found
        message = f"branch {k + 1} of the cases is reached on no instance"
        raise MathError(Kind.VACUOUS, message, node.branches[k].at or node.at)
