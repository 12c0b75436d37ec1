"""Random formulas for Hypothesis, as trees that the reader makes, over a fixed vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from derivatex.mathtex import tree
from derivatex.mathtex.tree import Letter, Node, Number, Sym

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
COUNTS = ("n", "m", "T", "kappa")
PLAIN = (
    "a",
    "c",
    "sigma",
    "variance",
    "sigma_x",
    "primed",
    "x",
    "best",
    "guess",
    "W",
    "D",
    "defined",
    "h0",
    "z",
    "xi",
)
FAMILIES = {"width": 1, "layer": 1, "h": 1, "u": 1, "v": 2, "B": 2}
ARRAYS = {
    "x": 1,
    "guess": 1,
    "best": 1,
    "h": 1,
    "u": 1,
    "W": 2,
    "D": 2,
    "layer": 2,
    "B": 2,
    "xi": 1,
}
FUNCTIONS = {"f": 1, "g": 2, "phi": 1}
NAMED = (
    *("exp", "log", "tanh", "sin", "det", "sign", "softmax", "relu", "softplus", "diag", "trace"),
    *("vec", "logdet", "rank", "plus", "factorial", "floor", "ceil", "arctan"),
)
COMPARED = ("=", "<", ">", "<=", ">=", "!=", "~", "iff", "<<")
LAWS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("p", ("z", "xi"), ()),
    ("p", ("xi",), ()),
    ("p", ("z",), ("xi",)),
    ("q", ("z",), ()),
    ("q", ("z",), ("xi",)),
)
VALUES = (
    *(tree.Constant(name) for name in ("e", "pi", "infinity")),
    *(tree.Val("loss", "3"), tree.Val("a.b"), tree.Val("acc", is_published=True)),
)
BOUND = ("i", "j", "k", "s", "c")


@dataclass(frozen=True)
class Maker:
    """Draws formulas; `bound` are the letters of the sums around the place.

    No sum binds one of those again, nor one of `taken`.
    """

    draw: st.DrawFn
    bound: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()

    def one(self, choices: Sequence[T]) -> T:
        """One of several."""
        return self.draw(st.sampled_from(choices))

    def upto(self, most: int, least: int = 0) -> int:
        """A whole number."""
        return self.draw(st.integers(least, most))

    def some(self, depth: int, most: int = 3, least: int = 2) -> tuple[Node, ...]:
        """Several formulas."""
        return tuple(self.formula(depth) for _ in range(self.upto(most, least)))

    def formula(self, depth: int) -> Node:
        """A formula with at most this many levels above its letters."""
        if depth <= 0:
            return self.leaf()
        return self.one(KINDS)(self, depth - 1)

    # letters

    def leaf(self, _depth: int = 0) -> Node:
        """A number or a letter."""
        kind = self.upto(5)
        if kind == 0:
            return Number(self.one(("0", "1", "2", "10", "0.5", ".25", "3")))
        if kind == 1:
            return self.one(VALUES)
        if kind == 2:
            return self.letter()
        if kind == 3:
            return self.member(0)
        return Sym(self.one([it for it in (*PLAIN, *COUNTS) if it not in self.bound | self.taken]))

    def letter(self) -> Node:
        """An index letter."""
        return Letter(self.one(sorted({"i", "j", "t", "l"} | self.bound)))

    def member(self, depth: int) -> Node:
        """A member of a family."""
        name = self.one(sorted(FAMILIES))
        slots = tuple(self.slot(depth) for _ in range(FAMILIES[name]))
        return Sym("h0") if name == "h" and slots == (Number("0"),) else Sym(name, slots)

    def slot(self, depth: int) -> Node:
        """Which member of a family, or which entry."""
        kind = self.upto(5)
        if kind == 0 and depth > 0:
            made = self.formula(depth - 1)
            is_name = isinstance(made, (Sym, tree.Constant, tree.Val))
            return self.letter() if is_name else made
        shift = Number(self.one(("1", "2", "10")))
        if kind == 1:
            return tree.Add((self.letter(), self.one((shift, tree.Neg(shift)))))
        if kind == 2:
            return self.one((Number("0"), shift, tree.Mul((shift, self.letter()))))
        if kind == 3:
            return self.one((Letter("r"), Sym("n"), Sym("kappa")))
        return self.letter()

    def entry(self, depth: int) -> Node:
        """An entry, a row or a column."""
        if self.upto(3):
            name = self.one(sorted(ARRAYS))
            slots = tuple(self.slot(depth) for _ in range(FAMILIES.get(name, 0)))
            base: Node = Sym("h0") if slots == (Number("0"),) and name == "h" else Sym(name, slots)
            count = ARRAYS[name]
        else:
            count = self.upto(2, 1)
            base = self.formula(depth)
            is_number = isinstance(base, (Number, tree.Val, Letter, tree.Constant))
            base = Sym("defined") if is_number else base
            if isinstance(base, Sym) and base.name in ("h0", *ARRAYS):
                count = ARRAYS.get(base.name, 1)
        if isinstance(base, Sym) and base.name not in ("h0", "defined", *ARRAYS):
            base = Sym("defined")
        made = [self.slot(depth) if self.upto(6) else None for _ in range(count)]
        return tree.Entry(base, tuple(made))

    # arithmetic

    def add(self, depth: int) -> Node:
        """A sum with signs."""
        return tree.Add(tuple(tree.Neg(it) if self.upto(1) else it for it in self.some(depth)))

    def hadamard(self, depth: int) -> Node:
        """A product entry by entry; brackets around its beginning would change nothing."""
        first, *rest = self.some(depth)
        if isinstance(first, tree.Hadamard):
            return tree.Hadamard((*first.factors, *rest))
        return tree.Hadamard((first, *rest))

    def norm(self, depth: int) -> Node:
        """A norm of a kind."""
        kinds: tuple[str | Node, ...] = ("", "1", "2", "infinity", "F", Number("3"), Sym("a"))
        return tree.Norm(self.formula(depth), self.one(kinds))

    def root(self, depth: int) -> Node:
        """A root."""
        return tree.Root(self.formula(depth), self.formula(depth) if self.upto(1) else None)

    def matrix(self, depth: int) -> Node:
        """A matrix with all its entries."""
        width, height = self.upto(2, 1), self.upto(2, 1)
        rows = (tuple(self.formula(depth) for _ in range(width)) for _ in range(height))
        return tree.Matrix(tuple(rows))

    def pair(self, kind: Callable[[Node, Node], Node]) -> Callable[[int], Node]:
        """What has two parts."""
        return lambda depth: kind(self.formula(depth), self.formula(depth))

    # functions and conditions

    def named(self, depth: int) -> Node:
        """A function of the library."""
        name = self.one((*NAMED, "max", "min", "binomial", "kronecker"))
        if name == "kronecker":
            return tree.Named(name, (self.slot(depth), self.slot(depth)))
        if name in {"max", "min"}:
            return tree.Named(name, self.some(depth))
        if name == "binomial":
            return tree.Named(name, self.some(depth, 2))
        primes = self.upto(2) if name in {"tanh", "softplus", "log"} else 0
        return tree.Named(name, (self.formula(depth),), primes)

    def apply(self, depth: int) -> tree.Apply:
        """A declared function at its arguments."""
        name = self.one(sorted(FUNCTIONS))
        arguments = tuple(self.formula(depth) for _ in range(FUNCTIONS[name]))
        slots = (self.slot(depth),) if name == "phi" else ()
        return tree.Apply(name, arguments, slots, self.upto(2))

    def condition(self, depth: int) -> Node:
        """A comparison, a chain of them, or a membership."""
        kind = self.upto(3)
        left = self.formula(depth)
        if kind == 0:
            return tree.Comparison(self.one(("in", "notin")), left, self.set(depth))
        right = self.formula(depth)
        made = tree.Comparison(self.one(COMPARED), left, right)
        if kind > 1:
            return made
        return tree.All((made, tree.Comparison(self.one(COMPARED), right, self.formula(depth))))

    def set(self, depth: int) -> Node:
        """What stands on the right of `in`."""
        match self.upto(4):
            case 0:
                return tree.Space(self.some(depth, 2, 0))
            case 1:
                return tree.Span(self.formula(depth), self.formula(depth))
            case 2:
                return tree.Elements(self.some(depth, 3, 1))
            case 3:
                brackets = self.one(("()", "[]", "(]", "[)"))
                return tree.Interval(self.formula(depth), self.formula(depth), brackets)
        return tree.Subdifferential(self.formula(depth))

    def cases(self, depth: int) -> Node:
        """A definition by cases."""
        branches = []
        for _ in range(self.upto(3, 1)):
            condition = self.condition(depth) if self.upto(3) else None
            if condition and not self.upto(3):
                condition = tree.All((condition, self.condition(depth)))
            branches.append(tree.Branch(self.formula(depth), condition))
        return tree.Cases(tuple(branches))

    # what binds letters

    def big(self, depth: int) -> Node:
        """A sum, product, maximum or minimum."""
        kind = self.one(("sum", "prod", "max", "min"))
        if not self.upto(5):
            names = self.one((("z",), ("xi",), ("z", "xi")))
            binders = tuple(tree.Binder(name, is_outcome=True) for name in names)
            return tree.Big(kind, binders, (), self.formula(depth))
        used = self.bound | self.taken | (set() if kind in {"sum", "prod"} else {"c"})
        free = [it for it in BOUND if it not in used]
        if not free:
            return self.leaf()
        letters = [
            free.pop(self.upto(len(free) - 1)) for _ in range(min(self.upto(2, 1), len(free)))
        ]
        inside = Maker(self.draw, self.bound | set(letters), self.taken)
        outside = Maker(self.draw, self.bound, self.taken | set(letters))
        binders = tuple(outside.binder(letter, depth) for letter in letters)
        conditions = tuple(inside.bound_condition(depth) for _ in range(self.upto(2) // 2))
        return tree.Big(kind, binders, conditions, inside.formula(depth))

    def binder(self, letter: str, depth: int) -> tree.Binder:
        """A letter with no bounds, a lower one, or both."""
        low = self.formula(depth - 1) if self.upto(2) else None
        high = self.formula(depth - 1) if low and self.upto(2) else None
        return tree.Binder(letter, low, high)

    def bound_condition(self, depth: int) -> Node:
        """A condition under a sum, in which no letter is free."""
        letters = [Letter(it) for it in sorted(self.bound)]
        sides = (*letters, Number("1"), Sym("n"), tree.Entry(Sym("x"), (letters[0],)))
        if not self.upto(3):
            items = tuple(self.one(sides) for _ in range(self.upto(2, 1)))
            return tree.Comparison("in", self.one(letters), tree.Elements(items))
        right = tree.Add((self.one(sides), self.one(sides))) if depth else self.one(sides)
        return tree.Comparison(self.one(("!=", "<", "<=", ">=", "=")), self.one(letters), right)

    def derivative(self, depth: int) -> Node:
        """A derivative by one or more letters."""
        of = self.formula(depth)
        by = tuple(self.by(depth) for _ in range(self.upto(3, 1)))
        return tree.Derivative(of, by)

    def nabla(self, depth: int) -> Node:
        """A gradient or a matrix of second derivatives."""
        order = self.upto(3, 1)
        if self.upto(1):
            of: Node = tree.Apply("f", (self.formula(depth),), (), self.upto(1))
            return tree.Derivative(of, (), order, "nabla")
        return tree.Derivative(self.formula(depth), (self.by(depth),) * order, order, "nabla")

    def by(self, depth: int) -> Node:
        """A letter, an entry of one, or a value of a function."""
        match self.upto(3):
            case 0:
                return self.variable(depth)
            case 1:
                return self.apply(depth)
            case 2:
                made = self.entry(depth)
                is_fit = isinstance(made, tree.Entry) and isinstance(made.base, (Sym, tree.Apply))
                return made if is_fit else Sym("x")
        return Sym(self.one(("x", "W", "D", "guess")))

    def variable(self, depth: int) -> Sym:
        """A symbol over which something can be optimized."""
        names = ["a", "sigma", "sigma_x", "best", "x", "W", "defined", "primed", "guess"]
        slots = (self.slot(depth),)
        return self.one((Sym(self.one(names)), Sym("u", slots), Sym("layer", slots)))

    def optimum(self, depth: int) -> Node:
        """An optimum over a symbol."""
        kind = self.one(("argmin", "argmax", "min", "max"))
        return tree.Optimum(kind, self.variable(depth), self.formula(depth))

    # probability

    def law(self, _depth: int = 0) -> tree.LawCall:
        """A probability."""
        return tree.LawCall(*self.one(LAWS))

    def normal(self, depth: int) -> Node:
        """A normal law or its density."""
        mean, variance, point = (self.formula(depth) for _ in range(3))
        return tree.Normal(mean, variance, point if self.upto(1) else None)

    def expectation(self, depth: int) -> Node:
        """A mean or a variance."""
        kind, body = self.one(("mean", "variance")), self.formula(depth)
        match self.upto(2):
            case 0:
                return tree.Expectation(kind, (), None, body)
            case 1:
                law = self.law()
                return tree.Expectation(kind, law.of[: self.upto(2, 1)], law, body)
        names = self.one((("z",), ("z", "xi")))
        return tree.Expectation(kind, names, self.normal(depth), body)

    def integral(self, depth: int) -> Node:
        """An integral over outcomes."""
        return tree.Integral(self.one((("z",), ("xi", "z"))), self.formula(depth))

    def divergence(self, depth: int) -> Node:
        """A divergence of two laws, or of mixtures of laws."""
        half = tree.Div(Number("1"), Number("2"))
        mixture = tree.Mul((half, tree.Add((self.law(), self.law()))))
        right = self.one((self.law(), mixture, self.formula(depth)))
        return tree.Divergence(self.one(("KL", "JSD")), self.law(), right)


KINDS: tuple[Callable[[Maker, int], Node], ...] = (
    Maker.leaf,
    *(Maker.entry, Maker.entry, Maker.add, Maker.add, Maker.big, Maker.big),
    lambda made, depth: tree.Neg(made.formula(depth)),
    lambda made, depth: tree.Mul(made.some(depth)),
    Maker.hadamard,
    lambda made, depth: made.pair(tree.HadamardDiv)(depth),
    lambda made, depth: made.pair(tree.Div)(depth),
    lambda made, depth: made.pair(tree.Pow)(depth),
    lambda made, depth: tree.Pow(made.formula(depth), tree.Neg(Number("1"))),
    lambda made, depth: made.pair(tree.HadamardPow)(depth),
    lambda made, depth: tree.Transpose(made.formula(depth)),
    lambda made, depth: tree.PseudoInverse(made.formula(depth)),
    Maker.root,
    Maker.norm,
    lambda made, depth: tree.Abs(made.formula(depth)),
    lambda made, depth: made.pair(tree.Inner)(depth),
    Maker.matrix,
    Maker.named,
    Maker.apply,
    lambda made, depth: tree.Iverson(made.condition(depth)),
    Maker.cases,
    *(Maker.derivative, Maker.nabla, Maker.optimum, Maker.law, Maker.normal),
    *(Maker.expectation, Maker.integral, Maker.divergence),
)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3, taken: str = "") -> Node:
    """A formula in which no sum binds one of the letters that are `taken`."""
    return Maker(draw, taken=frozenset(taken)).formula(depth)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Node:
    """A condition."""
    return Maker(draw).condition(depth)
