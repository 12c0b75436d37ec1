"""Which symbols a formula is made of, through all definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.tree import Apply, Big, Divergence, Expectation, Integral, LawCall, Node, Sym
from derivatex.mathtex.walk import children, walk

if TYPE_CHECKING:
    from derivatex.mathtex.vocabulary import Vocabulary


def names_in(node: Node) -> set[str]:
    """The symbols, functions and laws in a formula."""
    return {it.name for it in walk(node) if isinstance(it, (Sym, Apply, LawCall))}


def dependencies(name: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The symbol itself and everything that its value is made of."""
    found: set[str] = set()
    open_ = [name]
    while open_:
        here = open_.pop()
        if here in found:
            continue
        found.add(here)
        definition = vocabulary.definitions.get(here)
        if definition is not None:
            open_ += names_in(definition.body)
        symbol = vocabulary.symbols.get(here)
        if symbol is None:
            continue
        if symbol.slots:
            open_ += _kin(here, vocabulary)
        if symbol.law is not None:
            open_ += symbol.law.parameters
            for node in symbol.law.normal or ():
                open_ += names_in(node)
        if symbol.random is not None:
            open_ += names_in(symbol.random.mean) | names_in(symbol.random.variance)
    return frozenset(found)


def _kin(name: str, vocabulary: Vocabulary) -> list[str]:
    """Symbols of the same letters: members of a family that are declared by themselves."""
    form = next(it for it in vocabulary.forms_of_all() if it.name == name)
    return [it.name for it in vocabulary.forms[form.base] if it.name != name]


def open_outcomes(node: Node, vocabulary: Vocabulary) -> frozenset[str]:
    """The outcomes that a formula leaves open: no sum, expectation or divergence is over them."""
    if not any(symbol.is_outcome for symbol in vocabulary.symbols.values()):
        return frozenset()
    return frozenset(_open(node, vocabulary, frozenset(), ()))


def _open(
    node: Node, vocabulary: Vocabulary, bound: frozenset[str], path: tuple[str, ...]
) -> set[str]:
    found: set[str] = set()
    if isinstance(node, (Expectation, Integral)):
        bound = bound | set(node.variables)
    elif isinstance(node, Big):
        bound = bound | {binder.name for binder in node.binders if binder.is_outcome}
    elif isinstance(node, Divergence):
        for it in walk(node.left):
            bound = bound | (set(it.of) if isinstance(it, LawCall) else set())
    elif isinstance(node, LawCall):
        found |= ({*node.of, *node.given}) - bound
    elif isinstance(node, (Sym, Apply)):
        symbol = vocabulary.symbols.get(node.name)
        if symbol is not None and symbol.is_outcome:
            found |= {node.name} - bound
        definition = vocabulary.definitions.get(node.name)
        if definition is not None and node.name not in path:
            found |= _open(definition.body, vocabulary, bound, (*path, node.name))
            found -= set(definition.parameters) - open_parameters(definition.parameters, vocabulary)
    for child in children(node):
        found |= _open(child, vocabulary, bound, path)
    return found


def open_parameters(parameters: tuple[str, ...], vocabulary: Vocabulary) -> set[str]:
    """Those of a function's arguments that are outcomes: they are read where the call stands."""
    symbols = (vocabulary.symbols.get(name) for name in parameters)
    return {it.name for it in symbols if it is not None and it.is_outcome}
