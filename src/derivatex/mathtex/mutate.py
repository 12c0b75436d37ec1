"""One planted error at a time: what the checker must notice, and what a hint may undo."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from derivatex.mathtex.scalars import is_scalar
from derivatex.mathtex.tree import (
    Add,
    Apply,
    Big,
    Branch,
    Cases,
    Comparison,
    Div,
    Divergence,
    Entry,
    Hadamard,
    HadamardPow,
    LawCall,
    Letter,
    Mul,
    Named,
    Neg,
    Node,
    Norm,
    Number,
    Optimum,
    Pow,
    Sym,
    Transpose,
    Val,
)
from derivatex.mathtex.walk import variants, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from derivatex.mathtex.vocabulary import Vocabulary


class Error(StrEnum):
    """The kinds of errors that are planted and undone; see docs/equations.md."""

    SIGN = "sign"
    FACTOR = "factor"
    TRANSPOSE = "transpose"
    ORDER = "order"
    INDEX = "index"
    BOUND = "bound"
    TERM = "term"
    POWER = "power"
    CHAIN = "chain"
    DIGIT = "digit"


class Change(NamedTuple):
    """The kind of a change, and what was done, in words."""

    kind: Error
    words: str


def mutants(
    node: Node, vocabulary: Vocabulary, others: tuple[str, ...] = ()
) -> Iterator[tuple[Change, Node]]:
    """Every tree with one planted error; some may have the same value as the original.

    `others` are letters that may stand for an index beside those of the formula.
    """
    seen = {node}
    yield from _fresh(_at_root(node), seen)
    letters = sorted({it.name for it in walk(node) if isinstance(it, Letter)} | {*others})

    def change(it: Node) -> Iterator[tuple[Change, Node]]:
        yield from changes(it, vocabulary, letters)

    yield from _fresh(variants(node, change), seen)


def _fresh(made: Iterator[tuple[Change, Node]], seen: set[Node]) -> Iterator[tuple[Change, Node]]:
    for what, other in made:
        if other not in seen:
            seen.add(other)
            yield what, other


def _at_root(node: Node) -> Iterator[tuple[Change, Node]]:
    if isinstance(node, (Comparison, Val)) or type(node).__name__ in {"Space", "Span", "Elements"}:
        return
    if isinstance(node, Optimum):
        return
    opposite = node.of if isinstance(node, Neg) else Neg(node, at=node.at)
    yield Change(Error.SIGN, "the opposite sign of the whole"), opposite
    yield Change(Error.FACTOR, "twice the whole"), times("2", node)
    yield Change(Error.FACTOR, "half the whole"), _halved(node)


def times(number: str, node: Node) -> Node:
    """A multiple of a formula."""
    return Mul((Number(number), node), at=node.at)


def _halved(node: Node) -> Node:
    return Div(node, Number("2"), at=node.at)


def changes(  # noqa: C901, PLR0912  # one branch for each kind of node
    node: Node, vocabulary: Vocabulary, letters: list[str]
) -> Iterator[tuple[Change, Node]]:
    """What can go wrong at one node."""
    match node:
        case Add(terms):
            yield from _in_sum(node, terms)
        case Neg(of) if isinstance(of, (Sym, Letter, Number, Entry)):
            yield Change(Error.SIGN, "a sign"), of
        case Mul(factors):
            yield from _in_product(node, factors, vocabulary)
        case Hadamard(factors):
            for k in range(len(factors)):
                rest = factors[:k] + factors[k + 1 :]
                made = rest[0] if len(rest) == 1 else replace(node, factors=rest)
                yield Change(Error.CHAIN, "a factor left out"), made
        case Div(over, under):
            if isinstance(over, Number) and isinstance(under, Number):
                yield (
                    Change(Error.FACTOR, "a fraction turned round"),
                    replace(node, over=under, under=over),
                )
        case Pow(base, exponent):
            yield from _in_power(node, base, exponent)
        case HadamardPow(base, _):
            yield Change(Error.POWER, "a power left out"), base
        case Transpose(of):
            yield Change(Error.TRANSPOSE, "a transpose left out"), of
        case Sym(name, slots):
            yield from _in_symbol(node, name, slots, vocabulary)
            yield from _other_members(node, slots, letters)
        case Number(text):
            yield from _in_number(node, text)
        case Val(name):
            del name
            unit = _unit(node)
            if unit is not None:
                yield Change(Error.DIGIT, "the last digit"), Add((node, Number(unit)), at=node.at)
        case Entry(_, indices):
            yield from _in_entry(node, indices, letters)
        case Big():
            yield from _in_big(node)
        case Divergence(_, left, right):
            yield Change(Error.ORDER, "the laws exchanged"), replace(node, left=right, right=left)
        case LawCall(_, of, given) if len(of) == 1 == len(given):
            yield (
                Change(Error.ORDER, "outcome and condition exchanged"),
                replace(node, of=given, given=of),
            )
        case Apply(_, arguments) | Named(_, arguments):
            yield from _in_call(node, arguments)
        case Norm(_, kind) if kind in {"1", "2", ""}:
            other = "2" if kind == "1" else "1"
            yield Change(Error.POWER, "another norm"), replace(node, kind=other)
        case Cases(branches):
            yield from _in_cases(node, branches)


def _in_sum(node: Add, terms: tuple[Node, ...]) -> Iterator[tuple[Change, Node]]:
    for k, term in enumerate(terms):
        name = _ordinal(k, len(terms))
        flipped = term.of if isinstance(term, Neg) else Neg(term, at=term.at)
        yield Change(Error.SIGN, f"the sign of the {name} term"), with_term(node, k, flipped)
        rest = terms[:k] + terms[k + 1 :]
        made = rest[0] if len(rest) == 1 else replace(node, terms=rest)
        yield Change(Error.TERM, f"without the {name} term"), made
        inner = term.of if isinstance(term, Neg) else term
        for words, other in (("twice", times("2", inner)), ("half", _halved(inner))):
            signed = Neg(other, at=term.at) if isinstance(term, Neg) else other
            yield Change(Error.FACTOR, f"{words} the {name} term"), with_term(node, k, signed)


def with_term(node: Add, k: int, term: Node) -> Node:
    """The sum with another term at one place."""
    return replace(node, terms=(*node.terms[:k], term, *node.terms[k + 1 :]))


def _ordinal(k: int, count: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth", "sixth")
    return "last" if k == count - 1 and count > 2 else words[k] if k < len(words) else f"{k + 1}th"  # noqa: PLR2004


def _in_product(
    node: Mul, factors: tuple[Node, ...], vocabulary: Vocabulary
) -> Iterator[tuple[Change, Node]]:
    for k, factor in enumerate(factors):
        rest = factors[:k] + factors[k + 1 :]
        made = rest[0] if len(rest) == 1 else replace(node, factors=rest)
        is_constant = isinstance(factor, Number) or (
            isinstance(factor, Div)
            and all(isinstance(it, Number) for it in (factor.over, factor.under))
        )
        kind = Error.FACTOR if is_constant else Error.CHAIN
        yield Change(kind, "a factor left out"), made
    for k in range(len(factors) - 1):
        if is_scalar(factors[k], vocabulary) or is_scalar(factors[k + 1], vocabulary):
            continue  # numbers commute
        swapped = (*factors[:k], factors[k + 1], factors[k], *factors[k + 2 :])
        yield Change(Error.ORDER, "two factors exchanged"), replace(node, factors=swapped)


def _in_power(node: Pow, base: Node, exponent: Node) -> Iterator[tuple[Change, Node]]:
    is_root = not isinstance(exponent, Neg)
    if is_root:
        yield Change(Error.POWER, "a power left out"), base
        if isinstance(base, Norm) and isinstance(exponent, Number):
            return
        one = Add((exponent, Number("1")))
        yield Change(Error.POWER, "one power more"), replace(node, exponent=one)
    else:
        yield Change(Error.POWER, "an inverse left out"), base


def _in_symbol(
    node: Sym, name: str, slots: tuple[Node, ...], vocabulary: Vocabulary
) -> Iterator[tuple[Change, Node]]:
    symbol = vocabulary.symbols.get(name)
    if symbol is not None and symbol.shape is not None and len(symbol.shape) == 2:  # noqa: PLR2004
        yield Change(Error.TRANSPOSE, f"`{symbol.tex}` transposed"), Transpose(node, at=node.at)
    for k, slot in enumerate(slots):
        for shift in (1, -1):
            made = (*slots[:k], _shifted(slot, shift), *slots[k + 1 :])
            words = f"an index {'larger' if shift > 0 else 'smaller'} by one"
            yield Change(Error.INDEX, words), replace(node, slots=made)


def _other_members(
    node: Sym, slots: tuple[Node, ...], letters: list[str]
) -> Iterator[tuple[Change, Node]]:
    for k, slot in enumerate(slots):
        for letter in letters:
            if isinstance(slot, Letter) and slot.name != letter:
                made = (*slots[:k], Letter(letter, at=slot.at), *slots[k + 1 :])
                change = Change(Error.INDEX, f"`{letter}` for `{slot.name}`")
                yield change, replace(node, slots=made)


def _shifted(node: Node, by: int) -> Node:
    """An index one larger or smaller, in its simplest form."""
    terms = node.terms if isinstance(node, Add) else (node,)
    last = terms[-1]
    value = 0
    if len(terms) > 1 and isinstance(last, Number):
        value, terms = int(last.text), terms[:-1]
    elif len(terms) > 1 and isinstance(last, Neg) and isinstance(last.of, Number):
        value, terms = -int(last.of.text), terms[:-1]
    value += by
    if not value:
        return terms[0] if len(terms) == 1 else Add(terms)
    number: Node = Number(str(abs(value)))
    return Add((*terms, Neg(number) if value < 0 else number), at=node.at)


def _in_number(node: Number, text: str) -> Iterator[tuple[Change, Node]]:
    if "." in text:
        digits = text.replace(".", "")
        last = int(digits) + 1
        places = len(text.partition(".")[2])
        made = str(last).rjust(places + 1, "0")
        yield (
            Change(Error.DIGIT, "the last digit"),
            Number(f"{made[:-places]}.{made[-places:]}", at=node.at),
        )
    else:
        yield Change(Error.FACTOR, "a number larger by one"), Number(str(int(text) + 1), at=node.at)


def _unit(node: Val) -> str | None:
    """One unit of the last digit that a value is asked for."""
    return (
        "0." + "0" * (int(node.digits) - 1) + "1"
        if node.digits.isdecimal() and int(node.digits)
        else "1"
    )


def _in_entry(
    node: Entry, indices: tuple[Node | None, ...], letters: list[str]
) -> Iterator[tuple[Change, Node]]:
    if len(indices) == 2:  # noqa: PLR2004
        yield Change(Error.INDEX, "two indices exchanged"), replace(node, indices=indices[::-1])
    for k, index in enumerate(indices):
        if index is None:
            continue
        for letter in letters:
            if isinstance(index, Letter) and letter != index.name:
                made = (*indices[:k], Letter(letter, at=index.at), *indices[k + 1 :])
                words = f"`{letter}` for `{index.name}`"
                yield Change(Error.INDEX, words), replace(node, indices=made)
        for shift in (1, -1):
            made = (*indices[:k], _shifted(index, shift), *indices[k + 1 :])
            words = f"an index {'larger' if shift > 0 else 'smaller'} by one"
            yield Change(Error.INDEX, words), replace(node, indices=made)


def _in_big(node: Big) -> Iterator[tuple[Change, Node]]:
    for k, binder in enumerate(node.binders):
        for side in ("low", "high"):
            bound = getattr(binder, side)
            if bound is None:
                continue
            for shift in (1, -1):
                moved = _shifted(bound, shift)
                made = replace(binder, low=moved) if side == "low" else replace(binder, high=moved)
                binders = (*node.binders[:k], made, *node.binders[k + 1 :])
                words = f"the {side} bound {'larger' if shift > 0 else 'smaller'} by one"
                yield Change(Error.BOUND, words), replace(node, binders=binders)
    for k in range(len(node.conditions)):
        rest = node.conditions[:k] + node.conditions[k + 1 :]
        yield Change(Error.BOUND, "a condition of a sum left out"), replace(node, conditions=rest)


def _in_call(node: Apply | Named, arguments: tuple[Node, ...]) -> Iterator[tuple[Change, Node]]:
    is_symmetric = isinstance(node, Named) and node.name in {"max", "min", "kronecker"}
    if len(arguments) == 2 and not is_symmetric:  # noqa: PLR2004
        yield (
            Change(Error.ORDER, "arguments exchanged"),
            replace(node, arguments=arguments[::-1]),
        )
    if isinstance(node, Named) and node.name in {"max", "min"}:
        other = "min" if node.name == "max" else "max"
        yield Change(Error.ORDER, f"{other} for {node.name}"), replace(node, name=other)
    if isinstance(node, Apply) and node.primes:
        yield Change(Error.POWER, "a prime left out"), replace(node, primes=node.primes - 1)


def _in_cases(node: Cases, branches: tuple[Branch, ...]) -> Iterator[tuple[Change, Node]]:
    for k in range(len(branches) - 1):
        one, two = branches[k], branches[k + 1]
        made = (
            *branches[:k], replace(one, value=two.value), replace(two, value=one.value),
            *branches[k + 2 :],
        )  # fmt: skip
        yield Change(Error.ORDER, "two branches exchanged"), replace(node, branches=made)
