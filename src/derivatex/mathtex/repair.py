"""Changes that may turn a wrong side into a right one: what a hint tries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivatex.mathtex.depends import names_in
from derivatex.mathtex.mutate import Change, Error, mutants, times, with_term
from derivatex.mathtex.tree import (
    Add,
    Apply,
    Big,
    Comparison,
    Derivative,
    Div,
    Entry,
    Hadamard,
    Inner,
    Letter,
    Mul,
    Named,
    Neg,
    Node,
    Norm,
    Number,
    Pow,
    Sym,
    Transpose,
)
from derivatex.mathtex.walk import mapped, variants, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.vocabulary import Vocabulary


def repairs(
    node: Node, vocabulary: Vocabulary, sizes: tuple[str, ...], letters: tuple[str, ...]
) -> Iterator[tuple[Change, Node]]:
    """Changes that may turn a wrong side into a right one, the likelier first.

    `sizes` are names of sizes, `letters` the indices that are free in the relation.
    """
    found = list(mutants(node, vocabulary, letters))
    order = [Error.SIGN, Error.FACTOR, Error.TRANSPOSE, Error.ORDER, Error.INDEX, Error.BOUND]
    order += [Error.TERM, Error.POWER, Error.CHAIN, Error.DIGIT]
    groups: dict[Error, list[tuple[Change, Node]]] = {kind: [] for kind in order}
    for change, made in found:
        groups[change.kind].append((change, made))
    for number in ("3", "4"):
        groups[Error.FACTOR].append(
            (Change(Error.FACTOR, f"{number} times the whole"), times(number, node))
        )
        quotient = Div(node, Number(number), at=node.at)
        groups[Error.FACTOR].append(
            (Change(Error.FACTOR, f"one {number}th of the whole"), quotient)
        )
    for name in sizes:
        size = Sym(name)
        groups[Error.FACTOR].append(
            (Change(Error.FACTOR, f"{name} times the whole"), Mul((size, node)))
        )
        groups[Error.FACTOR].append(
            (Change(Error.FACTOR, f"the whole over {name}"), Div(node, size))
        )
    groups[Error.TRANSPOSE] = [
        (Change(Error.TRANSPOSE, "the transpose of the whole"), Transpose(node, at=node.at)),
        *groups[Error.TRANSPOSE],
        *_transposed(node),
    ]
    groups[Error.POWER] += list(_powers(node))
    groups[Error.INDEX] += list(_exchanged(node))
    groups[Error.BOUND] += list(_conditions(node))
    groups[Error.CHAIN] += list(_factors(node, vocabulary, letters))
    for kind in order:
        yield from groups[kind]


def _transposed(node: Node) -> Iterator[tuple[Change, Node]]:
    def change(it: Node) -> Iterator[tuple[Change, Node]]:
        if isinstance(it, (Sym, Derivative, Add, Entry, Apply)):
            yield Change(Error.TRANSPOSE, "one factor transposed"), Transpose(it, at=it.at)

    yield from variants(node, change)


def _powers(node: Node) -> Iterator[tuple[Change, Node]]:
    def change(it: Node) -> Iterator[tuple[Change, Node]]:
        if isinstance(it, (Sym, Norm, Entry, Inner, Add, Apply, Named)):
            yield Change(Error.POWER, "a square"), Pow(it, Number("2"), at=it.at)
            yield Change(Error.POWER, "an inverse"), Pow(it, Neg(Number("1")), at=it.at)
            yield Change(Error.POWER, "a root"), Pow(it, Number("0.5"), at=it.at)
        if isinstance(it, Pow) and isinstance(it.exponent, Number):
            less = Add((it.exponent, Neg(Number("1"))))
            yield Change(Error.POWER, "one power less"), replace(it, exponent=less)

    yield from variants(node, change)


def _exchanged(node: Node) -> Iterator[tuple[Change, Node]]:
    """One index for another and the other for the one, in the whole or in one term."""
    letters = sorted({it.name for it in walk(node) if isinstance(it, Letter)})
    pairs = [(one, two) for k, one in enumerate(letters) for two in letters[k + 1 :]]
    for one, two in pairs:
        other = {one: two, two: one}

        def swap(it: Node, other: dict[str, str] = other) -> Node:
            is_one = isinstance(it, Letter) and it.name in other
            return replace(it, name=other[it.name]) if is_one else it  # type: ignore[attr-defined, call-arg]

        change = Change(Error.INDEX, f"`{one}` and `{two}` exchanged")
        yield change, mapped(node, swap)
        if isinstance(node, Add):
            for k, term in enumerate(node.terms):
                yield change, with_term(node, k, mapped(term, swap))


def _conditions(node: Node) -> Iterator[tuple[Change, Node]]:
    """Sums with a condition that may have been forgotten."""

    def change(it: Node) -> Iterator[tuple[Change, Node]]:
        if isinstance(it, Big) and not it.conditions and len(it.binders) == 2:  # noqa: PLR2004
            one, two = (Letter(binder.name) for binder in it.binders)
            differ = Comparison("!=", one, two)
            yield Change(Error.BOUND, "a condition on a sum"), replace(it, conditions=(differ,))

    yield from variants(node, change)


def _instances(slope: Node, node: Node, others: tuple[str, ...]) -> Iterator[Node]:
    """A slope as it stands, at the members of families and at the entries that a formula names."""
    letters = sorted({it.name for it in walk(node) if isinstance(it, Letter)} | {*others})
    slots = {slot for it in walk(node) if isinstance(it, Sym) for slot in it.slots}
    own = {it.name for it in walk(slope) if isinstance(it, Letter)}
    made = [slope]
    for letter in own:
        for slot in slots:

            def at(it: Node, letter: str = letter, slot: Node = slot) -> Node:
                return slot if isinstance(it, Letter) and it.name == letter else it

            made.append(mapped(slope, at))
    for it in made:
        yield it
        for letter in letters:
            yield Entry(it, (Letter(letter),))


def _factors(
    node: Node, vocabulary: Vocabulary, letters: tuple[str, ...]
) -> Iterator[tuple[Change, Node]]:
    """The side times the derivative of each function that its problem knows at some argument."""
    change = Change(Error.CHAIN, "a factor of the chain rule")
    for slope in dict.fromkeys(_slopes(node, vocabulary, letters)):
        if not all(name in vocabulary.symbols for name in names_in(slope)):
            continue
        yield change, Mul((slope, node), at=node.at)
        yield change, Hadamard((slope, node), at=node.at)
        for k, factor in enumerate(node.factors if isinstance(node, Mul) else ()):
            wrapped = Hadamard((slope, factor))
            made = (*node.factors[:k], wrapped, *node.factors[k + 1 :])  # type: ignore[attr-defined]
            yield change, replace(node, factors=made)  # type: ignore[call-arg]


def _slopes(node: Node, vocabulary: Vocabulary, letters: tuple[str, ...]) -> Iterator[Node]:
    """What the chain rule may have put in front: derivatives of functions, and inner factors."""
    bodies = [definition.body for definition in vocabulary.definitions.values()]
    for body in (node, *bodies):
        for it in walk(body):
            slope: Node | None = None
            if isinstance(it, Named) and it.name == "sign":
                continue  # its derivative is zero: no factor that somebody forgot
            if isinstance(it, Named) and len(it.arguments) == 1 and not it.primes:
                slope = replace(it, primes=1)
            elif isinstance(it, Apply) and len(it.arguments) == 1:
                slope = replace(it, primes=it.primes + 1)
            elif isinstance(it, Pow) and it.exponent == Number("2"):
                slope = Mul((Number("2"), it.base))
            elif isinstance(it, (Norm, Sym)) and body is not node:
                slope = it
            if slope is not None:
                yield from _instances(slope, node, letters)
