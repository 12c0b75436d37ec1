"""Which formulas are known to be numbers before anything is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.tree import (
    Abs,
    Add,
    Apply,
    Constant,
    Div,
    Entry,
    Inner,
    Iverson,
    LawCall,
    Letter,
    Mul,
    Named,
    Neg,
    Norm,
    Number,
    Pow,
    Root,
    Sym,
)

if TYPE_CHECKING:
    from derivatex.mathtex.tree import Node
    from derivatex.mathtex.vocabulary import Vocabulary

ALWAYS = (Number, Constant, Letter, Abs, Inner, Norm, Iverson, LawCall)
FUNCTIONS = {"det", "trace", "logdet", "kronecker", "rank"}
MAX_DEPTH = 12  # definitions that are looked through


def is_scalar(  # noqa: PLR0911  # one return for each kind of node
    node: Node, vocabulary: Vocabulary, depth: int = 0
) -> bool:
    """Whether a formula is known to be a number; False says nothing."""

    def are_scalars(nodes: tuple[Node, ...]) -> bool:
        return all(is_scalar(it, vocabulary, depth) for it in nodes)

    match node:
        case Sym(name) | Apply(name):
            arguments = node.arguments if isinstance(node, Apply) else ()
            return are_scalars(arguments) and _is_number(name, vocabulary, depth)
        case Entry(_, indices):
            return None not in indices
        case Named(name, arguments):
            return name in FUNCTIONS or (name != "diag" and are_scalars(arguments))
        case Div(over, under):
            return are_scalars((over, under))
        case Pow(of) | Neg(of) | Root(of):
            return are_scalars((of,))
        case Mul(parts) | Add(parts):
            return are_scalars(parts)
    return isinstance(node, ALWAYS)


def _is_number(name: str, vocabulary: Vocabulary, depth: int) -> bool:
    """Whether a symbol, or a function of numbers, is declared or defined as a number."""
    symbol = vocabulary.symbols.get(name)
    if symbol is None:
        return True  # an argument that is only a letter
    if symbol.shape is not None:
        return symbol.shape == ()
    definition = vocabulary.definitions.get(name)
    if definition is None or symbol.slots or depth > MAX_DEPTH:
        return False
    return is_scalar(definition.body, vocabulary, depth + 1)
