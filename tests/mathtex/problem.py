"""Problems in a line or two: short declarations, and what the checker says of a display."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from derivatex.mathtex.arrays import Value, plain, quiet
from derivatex.mathtex.diagnose import diagnose
from derivatex.mathtex.display import statements
from derivatex.mathtex.errors import MathError, unreadable
from derivatex.mathtex.judge import check
from derivatex.mathtex.reader import read, read_condition
from derivatex.mathtex.relation import Relation, Result
from derivatex.mathtex.session import Session, Setting
from derivatex.mathtex.vocabulary import Law, Random, Range, Size, Symbol, Vocabulary, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from derivatex.mathtex.tree import Node, Val

SEEDS = 2  # of which each has its own instances; raise it to hunt


@dataclass(frozen=True)
class Sym:
    """What is declared of a letter beyond its shape, as in docs/equations.md."""

    shape: str | None = ""
    domain: str = "real"
    index: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] | None = None
    is_outcome: bool = False
    law: str = ""
    parameters: tuple[str, ...] = ()
    normal: tuple[str, str] | None = None
    random: tuple[str, str] | None = None


@dataclass(frozen=True)
class Problem:
    r"""A problem's declarations: `symbols` by their TeX, with a shape such as `m, n` or a `Sym`.

    `dims` are names, or TeX with a `Size`; a name is the TeX without its decoration.
    """

    symbols: Mapping[str, str | Sym] = field(default_factory=dict)
    dims: str | Mapping[str, Size] = "n m"
    indices: Mapping[str, str] = field(default_factory=dict)
    define: tuple[str, ...] = ()
    given: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # in full, as printed
    family_dims: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    draws: int = 5

    def vocabulary(self) -> Vocabulary:
        """The declarations, as the assignments' own are made into a vocabulary."""
        made = Vocabulary()
        dims = self.dims if not isinstance(self.dims, str) else dict.fromkeys(self.dims.split())
        for tex, size in dims.items():
            made.declare(Symbol(readable(tex), tex, (), size=size or Size()))
        for tex, slots in self.family_dims.items():
            spans = tuple((letter, span_of(span, made)) for letter, span in slots.items())
            made.declare(Symbol(readable(tex), tex, (), spans, size=Size()))
        for letter, span in self.indices.items():
            made.indices[letter] = span_of(span, made)
        for tex, it in self.symbols.items():
            made.declare(_symbol(tex, it if isinstance(it, Sym) else Sym(it), made))
        for tex, it in self.symbols.items():
            if isinstance(it, Sym):
                _complete(readable(tex), it, made)
        return made

    def session(self, seed: int = 0) -> Session:
        """A run over this problem with its definitions bound."""
        made = Session(self.vocabulary(), seed, self.draws, dict(self.given), self._look_up)
        with quiet():
            made.define(self.define)
        return made

    def _look_up(self, node: Val, is_printed: bool) -> Value:  # noqa: FBT001  # as it is called
        if node.name not in self.values:
            raise unreadable(f"no value is called `{node.name}`", node.at)
        return self.values[node.name][is_printed]

    def relations(self, tex: str, session: Session, **keys: Any) -> list[Relation]:
        """The relations of a display, as a step of a solution makes them; `keys` are the step's."""
        vocabulary = session.vocabulary
        keys["where"] = tuple(read_condition(it, vocabulary) for it in keys.get("where", ()))
        pairs = dict(keys.get("at", {})).items()
        keys["at"] = tuple((name, read_condition(it, vocabulary)) for name, it in pairs)
        setting = Setting(**keys)
        found = []
        for made in statements(tex, vocabulary):
            for letter, at in made.free.items():
                known = {*made.left_free, *made.ranges, *vocabulary.indices}
                if letter not in known:
                    raise unreadable(f"the index `{letter}` is not bound", at)
            left = made.left
            for link in made.links:
                ranges = tuple(made.ranges.items())
                found.append(
                    Relation(
                        link.operator, left, link.right, made.conditions, ranges, setting, link.at
                    )
                )
                left = link.right
        return found

    def results(self, tex: str, **keys: Any) -> Iterator[tuple[Session, Relation, Result]]:
        """What becomes of a display, on every seed."""
        for seed in range(SEEDS):
            session = self.session(seed)
            with quiet():
                for relation in self.relations(tex, session, **dict(keys)):
                    result = check(relation, session)
                    if result.passed:
                        session.establish(relation)
                    yield session, relation, result

    def verifies(self, tex: str, status: str = "", **keys: Any) -> None:
        """Assert that a display holds on every seed, each relation with this status."""
        found = list(self.results(tex, **keys))
        assert found
        for session, relation, result in found:
            words = f"{result.message} {result.hint} {result.place}"
            shown = relation.read_as(session)
            assert result.passed, f"seed {session.seed}: {shown}\n{result.failure}: {words}"
            assert result.status == status or not status

    def rejects(self, tex: str, kind: str = "", **keys: Any) -> None:
        """Assert that a display fails on every seed, and that `kind` is a reason that is found."""
        failed: dict[int, tuple[str, ...]] = {}
        for session, relation, result in self.results(tex, **keys):
            if not result.passed and session.seed not in failed:
                failed[session.seed] = diagnose(relation, result, session, kind or None).kinds
        assert len(failed) == SEEDS, f"accepted: {tex}"
        for seed, kinds in failed.items():
            assert not kind or kind in kinds, f"seed {seed}: {kinds}, not {kind}: {tex}"

    def refusal(self, tex: str, **keys: Any) -> MathError:
        """The error with which a display cannot be read or evaluated."""
        try:
            for _, _, result in self.results(tex, **keys):
                if result.failure is not None and result.failure != "fail":
                    return MathError(result.failure, result.message, result.start, result.hint)
        except MathError as error:
            return error
        raise AssertionError(f"this is read and evaluated: {tex}")

    def value(self, tex: str, draw: int = 0, **letters: int) -> Any:  # noqa: ANN401
        """The value of a formula on an instance: a float, or an array."""
        evaluator = (session := self.session()).evaluator(Setting(), draw)
        node = read(tex, session.vocabulary, letters)
        with quiet():
            made = plain(evaluator.value(node, evaluator.scope.at(**letters)))
        return made if np.shape(made) else float(made)

    def values_of(self, *texts: str, draw: int = 0) -> tuple[Any, ...]:
        """The values of several formulas on one instance."""
        return tuple(self.value(tex, draw) for tex in texts)

    def but(self, **changes: Any) -> Problem:
        """The problem with something declared otherwise."""
        return replace(self, **changes)


def span_of(text: str, vocabulary: Vocabulary) -> Range:
    """`m` is 1..m; `0..T` says both ends."""
    low, dots, high = text.partition("..")
    ends = (low, high) if dots else ("1", text)
    return Range(read(ends[0], vocabulary), read(ends[1], vocabulary))


def _sizes(text: str, vocabulary: Vocabulary, letters: Iterable[str] = ()) -> tuple[Node, ...]:
    sizes = [it.strip() for it in text.split(",")]
    return tuple(read(it, vocabulary, letters) for it in sizes if it)


def _symbol(tex: str, it: Sym, vocabulary: Vocabulary) -> Symbol:
    slots = tuple((letter, span_of(span, vocabulary)) for letter, span in it.index.items())
    arguments = None
    if it.arguments is not None:
        arguments = tuple(_sizes(size, vocabulary, it.index) for size in it.arguments)
    law = None
    if it.law:
        of, _, given = it.law.partition("|")
        names = [
            tuple(name.strip() for name in side.split(",") if name.strip()) for side in (of, given)
        ]
        law = Law(names[0], names[1], it.parameters)
    shape = None if it.shape is None else _sizes(it.shape, vocabulary, it.index)
    return Symbol(
        readable(tex), tex, shape, slots, it.domain, arguments, law=law, is_outcome=it.is_outcome
    )


def _complete(name: str, it: Sym, vocabulary: Vocabulary) -> None:
    made = vocabulary.symbols[name]
    if it.normal is not None and made.law is not None:
        mean, variance = (read(side, vocabulary) for side in it.normal)
        law = replace(made.law, normal=(mean, variance))
        vocabulary.symbols[name] = replace(made, law=law)
    if it.random is not None:
        mean, variance = (read(side, vocabulary) for side in it.random)
        vocabulary.symbols[name] = replace(made, random=Random(mean, variance))
