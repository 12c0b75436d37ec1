"""One random instance: sizes, values of symbols, functions, each drawn when it is asked for."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import autograd.numpy as anp
import numpy as np

from derivatex.mathtex.arrays import collapsed, shape
from derivatex.mathtex.errors import Kind, MathError, unreadable
from derivatex.mathtex.tree import Sym
from derivatex.mathtex.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from derivatex.mathtex.arrays import Value
    from derivatex.mathtex.tree import Val
    from derivatex.mathtex.vocabulary import Symbol, Vocabulary

SMALLEST = 2
SIGNED = 4  # draws on which the signs of numbers are settled: both of them come
ENDS = (-1, 0)  # the hot entry of the first draws
LONGEST = 1  # more members than the least, where only one size is that of a family
WAVES = 3  # terms of a random smooth function
DOMAINS = frozenset(
    {
        "real", "positive", "negative", "nonzero", "unit", "sign", "binary", "integer", "simplex",
        "one-hot", "symmetric", "positive definite", "orthogonal", "diagonal", "invertible",
        "unit vector", "identity", "ones", "zeros", "kronecker", "convex",
    }
)  # fmt: skip


class Instance:
    """The random values behind one evaluation, each drawn when it is first asked for.

    Every value has its own generator, seeded by the seed, the draw and the symbol's name: adding a
    symbol changes no other.
    `given` holds values that are not drawn; `edge` draws zeros among the reals, for boundaries.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        seed: int,
        draw: int,
        given: Mapping[str, Value] | None = None,
        *,
        edge: bool = False,
    ) -> None:
        """Draw nothing yet but the sizes."""
        self.vocabulary = vocabulary
        self.seed, self.draw, self.edge = seed, draw, edge
        self.given = dict(given or {})
        self.sizes: dict[tuple[str, tuple[int, ...]], int] = {}
        self.settled: set[str] = set()  # sizes that given values settle
        self.values: dict[tuple[str, tuple[int, ...]], Value] = {}
        self.memo: dict[Any, Any] = {}
        self.look_up: Callable[[Val, bool], Value] | None = None
        self.is_printed = False  # whether values count as they are printed

    def generator(self, name: str, *slots: int) -> np.random.Generator:
        """The random numbers of one symbol."""
        words = [abs(slot) + 1000 * (slot < 0) for slot in slots]
        return np.random.default_rng([self.seed, self.draw, zlib.crc32(name.encode()), *words])

    def val(self, node: Val) -> Value:
        """A value that the page prints: in full, or as it is printed."""
        if self.look_up is None:
            raise unreadable(f"no value `{node.name}` is known here", node.at)
        return self.look_up(node, self.is_printed)

    # sizes

    def size(self, name: str, slots: tuple[int, ...], bound: Callable[[Any], int]) -> int:
        """A size; those that are drawn are distinct.

        `bound` evaluates the formula of a lower bound.
        """
        key = (name, slots)
        if key not in self.sizes:
            size = self.vocabulary.symbols[name].size
            if size is None:
                raise AssertionError(name)
            if size.fixed is not None:
                self.sizes[key] = size.fixed
            elif slots:
                self.sizes[key] = self._unused(key, SMALLEST, None)
            else:
                self._draw_all(bound)
        return self.sizes[key]

    def _draw_all(self, bound: Callable[[Any], int]) -> None:
        """Draw all sizes that are not drawn, the most constrained first."""
        free = [
            symbol
            for symbol in self.vocabulary.symbols.values()
            if symbol.size and not symbol.slots and (symbol.name, ()) not in self.sizes
        ]
        long = self._of_families()
        limit = SMALLEST + len([it for it in free if it.size and it.size.fixed is None])
        free.sort(key=lambda it: (it.size.least is not None, self._most(it, long) or limit))  # type: ignore[union-attr]
        for symbol in free:
            key = (symbol.name, ())
            if symbol.size is None or key in self.sizes:
                continue
            if symbol.size.fixed is not None:
                self.sizes[key] = symbol.size.fixed
                continue
            least = bound(symbol.size.least) if symbol.size.least is not None else SMALLEST
            most = self._most(symbol, long) or max(limit, least + 2)
            self.sizes[key] = self._unused(
                key, max(least, 1), most, is_last=symbol.size.least is not None
            )

    def _of_families(self) -> set[str]:
        """The sizes that say how many members a family has: recurrences run through them."""
        spans = [
            span or self.vocabulary.indices.get(letter)
            for symbol in self.vocabulary.symbols.values()
            for letter, span in symbol.slots
        ]
        ends = [span.high for span in spans if span is not None]
        return {it.name for end in ends for it in walk(end) if isinstance(it, Sym)}

    def _most(self, symbol: Symbol, long: set[str]) -> int | None:
        """The largest value of a size; that of a family is kept small."""
        if symbol.size is None or symbol.size.most is not None or symbol.size.least is not None:
            return symbol.size.most if symbol.size else None
        return SMALLEST + LONGEST + len(long) if symbol.name in long else None

    def _unused(
        self,
        key: tuple[str, tuple[int, ...]],
        least: int,
        most: int | None,
        *,
        is_last: bool = False,
    ) -> int:
        """A value that no size has; one that is drawn last is not the same on all instances."""
        used = set(self.sizes.values())
        high = most or SMALLEST + len(used) + 2
        choices = [k for k in range(least, high + 1) if k not in used]
        is_stuck = is_last and len(choices) == 1 and self.draw % 2 == 1
        if is_stuck or not choices:
            choices = list(range(least, high + 1))
        if not choices:
            raise unreadable(
                f"the size `{key[0]}` has no value: at least {least}, at most {most}", None
            )
        generator = self.generator("size " + key[0], *key[1])
        return int(choices[generator.integers(len(choices))])

    # symbols

    def value(self, symbol: Symbol, slots: tuple[int, ...], size: tuple[int, ...]) -> Value:
        """The value of a declared symbol of this shape; columns are (n, 1)."""
        key = (symbol.name, slots)
        if key not in self.values:
            if symbol.name in self.given and not slots:
                self.values[key] = self.given[symbol.name]
            else:
                self.values[key] = self._drawn(symbol, slots, size)
        return self.values[key]

    def another(self, symbol: Symbol, number: int, size: tuple[int, ...]) -> Value:
        """Another value that a symbol could have had."""
        return self._drawn(symbol, (number + 1,), size)

    def _drawn(self, symbol: Symbol, slots: tuple[int, ...], size: tuple[int, ...]) -> Value:
        generator = self.generator(symbol.name, *slots)
        if self.edge:
            generator = self.generator("edge " + symbol.name, *slots)
        drawn = _in_domain(symbol, size, generator)
        if symbol.domain == "one-hot" and self.draw < len(
            ENDS
        ):  # the ends first, where errors hide
            drawn = np.zeros(size)
            drawn[..., ENDS[self.draw]] = 1.0
        if symbol.domain == "real" and not size and not self.edge and self.draw < SIGNED:
            half = zlib.crc32(symbol.name.encode()) % 2  # both signs, and both beside other symbols
            is_negative = (self.draw + self.seed >> half) % 2
            drawn = abs(drawn) * (-1 if is_negative else 1)
        if self.edge and symbol.domain == "real":
            drawn = drawn * generator.integers(0, 2, size)
        if not size:
            return float(drawn)
        return drawn.reshape(-1, 1) if len(size) == 1 else drawn

    def function(
        self, symbol: Symbol, slots: tuple[int, ...], size: tuple[int, ...]
    ) -> Callable[..., Value]:
        """A random smooth function with values of this shape; a convex one where declared.

        Each member of a family, told by its `slots`, is another function.
        """
        key = ("function", symbol.name, slots, size)
        if key not in self.memo:
            self.memo[key] = _smooth(self.generator(symbol.name, *slots), size, symbol.domain)
        made: Callable[..., Value] = self.memo[key]
        return made


def _in_domain(symbol: Symbol, size: tuple[int, ...], generator: np.random.Generator) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912  # a table of domains
    """Draw from a domain; a table of them."""
    normal = generator.normal(size=size)
    away = generator.uniform(0.4, 1.9, size=size)
    match symbol.domain:
        case "real":
            return normal
        case "positive":
            return away
        case "negative":
            return -away
        case "nonzero":
            return away * generator.choice([-1.0, 1.0], size=size)
        case "unit":
            return generator.uniform(0.1, 0.9, size=size)
        case "sign":
            return generator.choice([-1.0, 1.0], size=size)
        case "binary":
            return generator.choice([0.0, 1.0], size=size)
        case "integer":
            return generator.integers(1, 6, size=size).astype(float)
        case "ones":
            return np.ones(size)
        case "zeros":
            return np.zeros(size)
        case "simplex":
            return away / np.sum(away, axis=-1, keepdims=True)
        case "unit vector":
            return normal / np.sqrt(np.sum(normal**2))
        case "one-hot":
            made = np.zeros(size)
            if len(size) == 1:
                made[generator.integers(size[0])] = 1.0
            else:
                for row in made.reshape(-1, size[-1]):
                    row[generator.integers(size[-1])] = 1.0
            return made
    if len(size) != 2 or size[0] != size[1]:  # noqa: PLR2004
        message = f"`{symbol.tex}` is declared as {symbol.domain}, which is a square matrix"
        raise unreadable(message, None, "give it a `shape` such as [n, n]")
    match symbol.domain:
        case "identity":
            return np.eye(size[0])
        case "symmetric":
            return (normal + normal.T) / 2
        case "positive definite":
            return normal @ normal.T / size[0] + 0.5 * np.eye(size[0])
        case "orthogonal":
            return np.linalg.qr(normal)[0] * generator.choice([-1.0, 1.0], size=size[1])
        case "diagonal":
            return np.diag(np.diag(away))
        case "invertible":
            return normal + 2.0 * np.eye(size[0])
    raise MathError(Kind.PARSE, f"no domain `{symbol.domain}`")


def _smooth(
    generator: np.random.Generator, size: tuple[int, ...], domain: str
) -> Callable[..., Value]:
    """An entire function whose derivatives of every order differ from zero."""
    count = int(np.prod(size)) if size else 1
    weights = generator.uniform(0.5, 1.2, size=(count, WAVES)) * generator.choice(
        [-1.0, 1.0], size=(count, WAVES)
    )
    shifts = generator.uniform(-1.0, 1.0, size=(count, WAVES))
    directions: dict[int, Any] = {}

    def made(*arguments: Value) -> Value:
        flat = [argument.reshape(-1) if shape(argument) else argument for argument in arguments]
        parts = [part if shape(part) else anp.array([part]) for part in flat]
        joined = anp.concatenate(parts) if len(parts) > 1 else parts[0]
        length = shape(joined)[0]
        if length not in directions:
            own = np.random.default_rng([length, int(abs(weights[0, 0]) * 1e9)])
            directions[length] = own.uniform(0.3, 1.0, size=(count, WAVES, length)) * own.choice(
                [-1.0, 1.0], size=(count, WAVES, length)
            )
        waves = anp.dot(directions[length], joined) + shifts
        if domain == "convex":
            values = anp.log(anp.sum(anp.exp(waves), axis=1)) + 0.5 * anp.sum(joined * joined)
        elif domain == "positive":
            values = anp.exp(0.5 * anp.sum(weights * anp.sin(waves), axis=1))
        else:
            values = anp.sum(weights * anp.sin(waves), axis=1)
        if not size:
            return values[0]
        return collapsed(values.reshape(-1, 1) if len(size) == 1 else values.reshape(size))

    return made
