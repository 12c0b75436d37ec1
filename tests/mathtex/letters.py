"""What the letters of the random formulas are, chosen so that many have something in common."""

from __future__ import annotations

from functools import cache

from derivatex.mathtex.tree import Number, Sym
from derivatex.mathtex.vocabulary import Law, Range, Size, Symbol, Vocabulary

N, M = Sym("n"), Sym("m")
COLUMN, SQUARE = (N,), (N, N)
STEPS = Range(Number("1"), Sym("T"))
SYMBOLS = (
    *(Symbol(name, name, size=Size()) for name in ("n", "m", "T")),
    Symbol("width", "n_l", slots=(("l", STEPS),), size=Size()),
    Symbol("a", "a"),
    Symbol("c", "c"),
    Symbol("kappa", r"\kappa", domain="integer"),
    Symbol("sigma", r"\sigma"),
    Symbol("variance", r"\sigma^2"),
    Symbol("sigma_x", r"\sigma_x"),
    Symbol("primed", "s'"),
    Symbol("x", r"\mathbf{x}", COLUMN),
    Symbol("best", r"\mathbf{x}^*", COLUMN),
    Symbol("guess", r"\hat y", COLUMN),
    Symbol("W", "W", SQUARE),
    Symbol("layer", "W^{(l)}", SQUARE, slots=(("l", STEPS),)),
    Symbol("D", "D", SQUARE),
    Symbol("defined", r"\tilde{\mathbf{H}}", None),
    Symbol("h", r"\mathbf{h}^{(t)}", COLUMN, slots=(("t", STEPS),)),
    Symbol("h0", r"\mathbf{h}^{(0)}", COLUMN),
    Symbol("u", "u_l", COLUMN, slots=(("l", STEPS),)),
    Symbol("v", "v_l^{(t)}", (), slots=(("l", STEPS), ("t", STEPS))),
    Symbol("B", "B_{l,t}", SQUARE, slots=(("l", STEPS), ("t", STEPS))),
    Symbol("f", "f", arguments=(COLUMN,)),
    Symbol("g", r"g_{\star}", arguments=((), COLUMN)),
    Symbol("phi", r"\phi^{(l)}", arguments=((),), slots=(("l", STEPS),)),
    Symbol("delta", r"\delta", SQUARE, domain="kronecker"),
    Symbol("z", "z", is_outcome=True),
    Symbol("xi", r"\boldsymbol{\xi}", COLUMN, is_outcome=True),
    Symbol("p", r"p_{\theta}", law=Law(("z", "xi"))),
    Symbol("q", "q", law=Law(("z",), ("xi",))),
)
LONG = (Symbol("step", r"\Delta a"), Symbol("ac", "ac"))  # names of several letters


@cache
def vocabulary(*, has_long_names: bool = False) -> Vocabulary:
    """What the letters of the formulas are."""
    made = Vocabulary()
    made.indices = dict.fromkeys("ijtl", STEPS)
    for symbol in (*SYMBOLS, *(LONG if has_long_names else ())):
        made.declare(symbol)
    return made
