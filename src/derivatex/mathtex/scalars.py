"""Which formulas are known to be numbers before anything is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.tree import (
    Abs,
    Add,
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


def is_scalar(node: Node, vocabulary: Vocabulary) -> bool:  # noqa: PLR0911  # one return a kind
    """Whether a formula is known to be a number; False says nothing."""
    match node:
        case Sym(name, slots):
            symbol = vocabulary.symbols.get(name)
            if symbol is None or symbol.shape is not None:
                return symbol is None or symbol.shape == ()
            definition = vocabulary.definitions.get(name)
            is_plain = definition is not None and not slots
            return definition is not None and is_plain and is_scalar(definition.body, vocabulary)
        case Entry(_, indices):
            return None not in indices
        case Named(name, arguments):
            if name in FUNCTIONS:
                return True
            return name != "diag" and all(is_scalar(it, vocabulary) for it in arguments)
        case Div(over, under):
            return is_scalar(over, vocabulary) and is_scalar(under, vocabulary)
        case Pow(of) | Neg(of) | Root(of):
            return is_scalar(of, vocabulary)
        case Mul(parts) | Add(parts):
            return all(is_scalar(it, vocabulary) for it in parts)
    return isinstance(node, ALWAYS)
