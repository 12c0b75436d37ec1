"""A run of definitions and relations over one vocabulary, on the same random instances."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import autograd.numpy as anp
import numpy as np
from autograd import jacobian

from derivatex.mathtex import arrays
from derivatex.mathtex.definitions import Left, definitions, located, read_body
from derivatex.mathtex.depends import names_in
from derivatex.mathtex.errors import Kind, MathError, misshapen, unreadable
from derivatex.mathtex.evaluate import Evaluator
from derivatex.mathtex.instance import Instance
from derivatex.mathtex.scope import Same
from derivatex.mathtex.tree import Cases, Comparison, Node, Optimum, Val
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.relation import Relation
    from derivatex.mathtex.vocabulary import Definition, Vocabulary


MAX_TRIES = 300  # of draws until `where` holds
AT_STEPS = 60  # of Newton's method for `at`
MAX_FORMS = 6  # of one formula that are searched for a missing term
TRIED = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0)  # arguments where branches tend to meet
EDGE = 1000  # draws from here on have zeros among the reals


@dataclass(frozen=True)
class Setting:
    """Under what a relation is checked: see the keys of a step in docs/equations.md."""

    where: tuple[Node, ...] = ()
    at: tuple[tuple[str, Node], ...] = ()
    partial: str = "total"
    layout: str = "mixed"
    varying: str | None = None
    is_given: bool = False  # at the numbers that the problem gives


@dataclass(frozen=True)
class Reading:
    """How a definition was read: which of several texts, its place there, and its name."""

    source: int
    start: int
    name: str


@dataclass
class Session:
    """Everything that a problem's relations share.

    `given` are the values of symbols that the problem states, `val` looks a printed value up.
    """

    vocabulary: Vocabulary
    seed: int = 0
    draws: int = 5
    given: Mapping[str, Value] = field(default_factory=dict)
    val: Callable[[Val, bool], Value] | None = None
    evaluators: dict[tuple[Setting, int], Evaluator] = field(default_factory=dict)
    established: dict[Node, list[Node]] = field(default_factory=dict)

    # definitions

    def define(self, sources: Sequence[str]) -> list[Reading]:
        """Bind what stands on the left sides of a group of definitions.

        Raises: MathError where one cannot be read, or its shape is not the declared one; its
        attribute `source` is the number of the text.
        """
        known = set(self.vocabulary.definitions)
        lefts = definitions(sources, self.vocabulary)
        for number, left in lefts:
            with located(number):
                if left.name in known:
                    hint = "call one of them otherwise"
                    raise unreadable(f"`{left.name}` is defined already", left.start, hint)
            known.add(left.name)
        self.evaluators.clear()
        self.established.clear()
        for _ in range(2):  # the whole of an array can be read once its entries are known
            self._read(lefts, is_last=False)
            self._make_arrays(lefts)
        self._read(lefts, is_last=True)
        made = []
        for number, left in lefts:
            with located(number):
                self._check_definition(left)
            made.append(Reading(number, left.start, left.name))
        self.evaluators.clear()
        return made

    def _read(self, lefts: list[tuple[int, Left]], *, is_last: bool) -> None:
        for number, left in lefts:
            with located(number):
                try:
                    made = read_body(left, self.vocabulary)
                except MathError:
                    if is_last:
                        raise
                    continue
                self.vocabulary.definitions[left.name] = made
                self.vocabulary.confirmed.pop(left.name, None)

    def _make_arrays(self, lefts: list[tuple[int, Left]]) -> None:
        """Turn families of numbers with indices from 1 into arrays, which have a whole."""
        found = [it for it in lefts if it[1].slots and it[1].is_new and self._is_array(it[1])]
        for number, left in found:
            symbol = self.vocabulary.symbols[left.name]
            form = next(it for it in self.vocabulary.forms_of_all() if it.name == left.name)
            taken = [it for it in self.vocabulary.forms[form.base] if it.name != left.name]
            is_recurrence = left.name in names_in(self.vocabulary.definitions[left.name].body)
            is_taken = any(not it.sub and not it.sup for it in taken)
            if form.sup or is_taken or is_recurrence:
                continue
            self.vocabulary.forms[form.base].remove(form)
            sizes = tuple(span.high for _, span in symbol.slots if span)
            bare = symbol.tex.partition("_")[0].strip()
            del self.vocabulary.symbols[left.name]
            self.vocabulary.declare(replace(symbol, tex=bare, shape=sizes, slots=()))
            k = lefts.index((number, left))
            lefts[k] = (number, replace(left, slots=(), entries=left.slots, is_new=False))
        self.evaluators.clear()

    def _is_array(self, left: Left) -> bool:
        if left.name not in self.vocabulary.definitions:
            return False
        spans = [self.vocabulary.indices[letter] for letter in left.slots]
        evaluator = self.evaluator(Setting(), 0)
        if any(evaluator.whole(span.low, evaluator.scope) != 1 for span in spans):
            return False
        try:
            letters = dict.fromkeys(left.slots, 1)
            body = self.vocabulary.definitions[left.name].body
            return arrays.is_number(evaluator.value(body, evaluator.scope.at(**letters)))
        except MathError:
            return False

    def _check_definition(self, left: Left) -> None:
        """Evaluate once: shapes must fit, and be the declared ones."""
        symbol = self.vocabulary.symbols[left.name]
        definition = self.vocabulary.definitions[left.name]
        evaluator = self.evaluator(Setting(), 0)
        if left.parameters:
            self._check_branches(definition)
            return
        if any(isinstance(it, Val) for it in walk(definition.body)):
            return
        if isinstance(definition.body, Optimum):
            return
        names = left.slots or left.entries
        spans = [evaluator.range_of(name, (), evaluator.scope) for name in names]
        letters = {name: high for name, (_, high) in zip(names, spans, strict=True)}
        scope = evaluator.scope.at(**letters)
        for outcomes in evaluator.free_outcomes((definition.body,), scope):
            value = evaluator.value(definition.body, outcomes)
            break
        if symbol.shape is None or left.entries:
            if left.entries and not arrays.is_number(value):
                here = arrays.named(arrays.shape(value))
                raise misshapen(f"an entry is a number, this is {here}", definition.body.at)
            return
        slots = dict(zip((letter for letter, _ in symbol.slots), letters.values(), strict=True))
        wanted = evaluator.declared_shape(symbol, tuple(slots.values()))
        wanted = (*wanted, 1) if len(wanted) == 1 else wanted
        if arrays.shape(value) != wanted:
            here = arrays.named(arrays.shape(value))
            message = f"`{symbol.tex}` is declared as {arrays.named(wanted)}, this is {here}"
            raise misshapen(message, definition.body.at)

    def establish(self, relation: Relation) -> None:
        """Remember a verified right side, by which a term that is missing elsewhere is found."""
        if relation.operator in {"=", ":="}:
            self.established.setdefault(relation.left, []).append(relation.right)

    def forms_of(self, left: Node) -> list[Node]:
        """What a formula was verified to be equal to, step by step."""
        found: list[Node] = []
        open_ = [left]
        while open_ and len(found) < MAX_FORMS:
            for form in self.established.get(open_.pop(), []):
                if form not in found:
                    found.append(form)
                    open_.append(form)
        return found

    def _check_branches(self, definition: Definition) -> None:
        """Every branch of a function of numbers must be reached, and overlapping ones agree."""
        symbol = self.vocabulary.symbols[definition.name]
        cases = [it for it in walk(definition.body) if isinstance(it, Cases)]
        if not cases or any(symbol.arguments or ()) or definition.slots:
            return
        evaluator = self.evaluator(Setting(), 0)
        generator = np.random.default_rng(1)
        points = [*TRIED, *generator.normal(size=20), *(4 * generator.normal(size=20))]
        for point in points:
            others = generator.normal(size=len(definition.parameters) - 1)
            try:
                evaluator.call_once(definition.name, (), (float(point), *others), evaluator.scope)
            except MathError as error:
                if error.kind is Kind.FAIL:
                    raise
        for node in cases:
            for k, branch in enumerate(node.branches):
                if k not in evaluator.reached.get(Same(node), set()):
                    message = f"branch {k + 1} of the cases is reached at no number"
                    raise MathError(Kind.VACUOUS, message, branch.at)

    # instances

    def evaluator(self, setting: Setting, draw: int) -> Evaluator:
        """The evaluator of one draw under a setting; draws from EDGE on are at boundaries.

        Raises: MathError of kind VACUOUS where no instance satisfies the setting.
        """
        key = (setting, draw)
        if key not in self.evaluators:
            self.evaluators[key] = self.fresh(setting, draw)
        made = self.evaluators[key]
        made.steps = 0
        return made

    def fresh(self, setting: Setting, draw: int) -> Evaluator:
        """An evaluator that has computed nothing yet; raises as the above."""
        options = {"partial": setting.partial, "layout": setting.layout}
        for attempt in range(MAX_TRIES if setting.where else 1):
            number = draw + attempt * 101
            instance = self._instance(number, is_edge=draw >= EDGE, is_given=setting.is_given)
            evaluator = Evaluator(instance, options)
            if setting.at:
                self._solve(evaluator, setting)
                evaluator = Evaluator(instance, options)
            with arrays.quiet():
                if all(evaluator.holds(it, evaluator.scope) for it in setting.where):
                    return evaluator
        raise MathError(Kind.VACUOUS, "no instance satisfies `where`", None, "is it contradictory?")

    def _instance(self, number: int, *, is_edge: bool, is_given: bool) -> Instance:
        instance = Instance(
            self.vocabulary, self.seed, number, self.given if is_given else {}, edge=is_edge
        )
        instance.look_up = self.val
        if is_given:
            self._fit_sizes(instance)
        return instance

    def _fit_sizes(self, instance: Instance) -> None:
        """A given array settles the sizes that its symbol is declared with."""
        for name, value in self.given.items():
            symbol = self.vocabulary.symbols[name]
            sizes = arrays.shape(value)
            for node, length in zip(symbol.shape or (), sizes, strict=False):
                inner = getattr(node, "name", None)
                known = self.vocabulary.symbols.get(inner) if inner else None
                if known is not None and known.size is not None and inner:
                    before = instance.sizes.setdefault((inner, ()), length)
                    instance.settled.add(inner)
                    if before != length:
                        message = f"`{inner}` is {before} and, by `{symbol.tex}`, {length}"
                        raise misshapen(message)
            wanted = Evaluator(instance).declared_shape(symbol, ())
            wanted = (*wanted, 1) if len(wanted) == 1 else wanted
            if wanted != sizes:
                one, two = arrays.named(wanted), arrays.named(sizes)
                message = f"`{symbol.tex}` is declared as {one} and given as {two}"
                error = misshapen(message, hint="make `shape` and `given` agree")
                error.symbol = name
                raise error

    def _solve(self, evaluator: Evaluator, setting: Setting) -> None:
        """Give the symbols of `at` values that satisfy its equations, by Newton's method.

        Raises: MathError of kind VACUOUS where there is no solution nearby.
        """
        names = [name for name, _ in setting.at]
        starts = []
        for name in names:
            symbol = self.vocabulary.symbols[name]
            if symbol.shape is None or symbol.slots:
                raise unreadable(f"`{name}` in `at` is no declared symbol without indices", None)
            starts.append(evaluator.member(name, (), evaluator.scope))
        sizes = [arrays.shape(start) for start in starts]
        flat = np.concatenate([np.reshape(np.asarray(start, dtype=float), -1) for start in starts])
        instance = evaluator.instance

        def residual(unknown: Value) -> Value:
            inner = Evaluator(instance, {"partial": setting.partial, "layout": setting.layout})
            position = 0
            for name, size in zip(names, sizes, strict=True):
                count = int(np.prod(size)) if size else 1
                part = unknown[position : position + count]
                inner.root.memo["", (name, ()), ()] = part.reshape(size) if size else part[0]
                position += count
            return anp.concatenate([self._gap(inner, node) for _, node in setting.at])

        best = _root(residual, flat)
        if best is None:
            message = "no solution of `at` is found near a random start"
            raise MathError(Kind.VACUOUS, message, None, "state it as `w = …` if it can be solved")
        position = 0
        for name, size in zip(names, sizes, strict=True):
            count = int(np.prod(size)) if size else 1
            part = best[position : position + count]
            instance.values[name, ()] = part.reshape(size) if size else float(part[0])
            position += count

    def _gap(self, evaluator: Evaluator, node: Node) -> Value:
        if not isinstance(node, Comparison) or node.operator != "=":
            raise unreadable("`at` needs equations", node.at)
        left = evaluator.value(node.left, evaluator.scope)
        right = evaluator.value(node.right, evaluator.scope)
        if arrays.shape(right) != arrays.shape(left) and arrays.is_number(right):
            right = right * np.ones(arrays.shape(left))
        gap = arrays.add([left, -right])
        return gap.reshape(-1) if arrays.shape(gap) else anp.array([gap])


def _root(residual: Callable[[Value], Value], start: Value) -> Value | None:
    """A root by Newton's method with least-squares steps, shortened while they do not help."""
    here = start
    with arrays.quiet():
        gap = residual(here)
        for _ in range(AT_STEPS):
            size = float(np.max(np.abs(gap)))
            if not np.isfinite(size):
                return None
            if size < 1e-13:  # noqa: PLR2004
                return here
            step = np.linalg.lstsq(jacobian(residual)(here), -gap, rcond=None)[0]
            for shrink in (1.0, 0.5, 0.25, 0.1, 0.01):
                other = residual(here + shrink * step)
                if np.all(np.isfinite(other)) and np.max(np.abs(other)) < size:
                    here, gap = here + shrink * step, other
                    break
            else:
                return here if size < 1e-9 else None  # noqa: PLR2004
    return here if float(np.max(np.abs(gap))) < 1e-10 else None  # noqa: PLR2004
