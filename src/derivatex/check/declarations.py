"""What a problem declares, as the vocabulary by which its formulas are read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, did_you_mean
from derivatex.mathtex.errors import MathError, unreadable
from derivatex.mathtex.instance import DOMAINS
from derivatex.mathtex.reader import read
from derivatex.mathtex.vocabulary import Law, Random, Range, Size, Symbol, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from derivatex.mathtex.tree import Node
    from derivatex.model import declarations, nodes
    from derivatex.model.assignment import Heading, Problem
    from derivatex.tex.markup import Source


WITH_ENTRIES = DOMAINS & {
    "simplex", "one-hot", "unit vector", "symmetric", "positive definite", "orthogonal", "diagonal",
    "invertible", "identity",
}  # fmt: skip


class Declaring:
    """Makes a vocabulary, and collects what is wrong with the declarations."""

    def __init__(self, heading: Heading, problem: Problem) -> None:
        """A problem's own declarations come before those of its assignment."""
        self.dims = {**heading.dims, **problem.dims}
        self.indices = {**heading.indices, **problem.indices}
        self.symbols = {**heading.symbols, **problem.symbols}
        self.vocabulary = Vocabulary()
        self.diagnostics: list[Diagnostic] = []

    def made(self) -> Vocabulary:
        """Declare everything; each size, then each index, then each symbol."""
        for name, size in self.dims.items():
            with self._located(size):
                self._size(name, size)
        for letter, span in self.indices.items():
            with self._located(span):
                if letter in self.symbols or letter in self.dims:
                    other = "symbols" if letter in self.symbols else "dims"
                    hint = "call one of them otherwise"
                    raise unreadable(f"`{letter}` is also declared under `{other}`", None, hint)
                self.vocabulary.indices[letter] = self._range(span)
        for name, symbol in self.symbols.items():
            with self._located(symbol):
                self._symbol(name, symbol)
        for name, symbol in self.symbols.items():
            with self._located(symbol):
                self._late(name, symbol)
        return self.vocabulary

    @contextmanager
    def _located(self, node: nodes.Node | Source) -> Iterator[None]:
        try:
            yield
        except MathError as error:
            self.diagnostics.append(
                Diagnostic("declaration", error.message, ExitCode.BAD_INPUT, node.at, error.hint)
            )

    def _read(self, source: Source, letters: Iterable[str] = ()) -> Node:
        return read(source, self.vocabulary, letters)

    def _size(self, name: str, size: declarations.Size) -> None:
        slots = tuple((letter, self._range(span)) for letter, span in size.index.items())
        least = self._read(size.least) if size.least is not None else None
        made = Size(least, size.most, size.size)
        self.vocabulary.declare(Symbol(name, size.tex or name, (), slots, size=made))

    def _range(self, span: Source) -> Range:
        """`m` is 1..m; `0..T` says both ends."""
        low, dots, high = span.partition("..")
        ends = (low, high) if dots else ("1", span)
        return Range(read(ends[0], self.vocabulary), read(ends[1], self.vocabulary))

    def _symbol(self, name: str, symbol: declarations.Symbol) -> None:
        tex = symbol.tex or name
        if name in self.dims:
            raise unreadable(f"`{name}` is also declared under `dims`", None, "keep one of them")
        slots = tuple((letter, self._range(span)) for letter, span in symbol.index.items())
        if slots and symbol.given is not None:
            hint = f"give a matrix, say `Y`, and define its members: `{tex} = Y_{{i:}}`"
            raise unreadable(f"`{name}` is a family, and is given as one array", None, hint)
        shape = symbol.outcome if symbol.outcome is not None else symbol.shape
        if shape is None and symbol.given is not None:
            shape_read: tuple[Node, ...] = tuple(
                read(str(length), self.vocabulary) for length in symbol.given.shape
            )
        else:
            shape_read = tuple(self._read(size, symbol.index) for size in shape or ())
        arguments = None
        if symbol.arguments is not None:
            arguments = tuple(
                tuple(self._read(size, symbol.index) for size in sizes)
                for sizes in symbol.arguments
            )
        domain = symbol.domain or "real"
        if domain not in DOMAINS:
            hint = did_you_mean(domain, DOMAINS)
            raise unreadable(f"no domain is called `{domain}`", None, hint)
        if domain in WITH_ENTRIES and not shape_read and arguments is None:
            hint = "give it a `shape`"
            raise unreadable(f"`{name}` is a number and cannot be {domain}", None, hint)
        law = self._law(symbol.law, symbol.parameters) if symbol.law is not None else None
        is_outcome = symbol.outcome is not None
        self.vocabulary.declare(
            Symbol(
                name, str(tex), shape_read, slots, domain, arguments, law=law, is_outcome=is_outcome
            )
        )

    def _law(self, source: Source, parameters: tuple[str, ...]) -> Law:
        of, _, given = source.partition("|")
        names = [tuple(it.strip() for it in side.split(",") if it.strip()) for side in (of, given)]
        for name in (*names[0], *names[1]):
            if name not in self.symbols or self.symbols[name].outcome is None:
                hint = "declare it with `outcome: []`"
                raise unreadable(f"a law of `{name}`, which is no outcome", None, hint)
        for name in parameters:
            if name not in self.symbols:
                hint = did_you_mean(name, self.symbols)
                raise unreadable(f"the parameter `{name}` is not declared", None, hint)
        return Law(names[0], names[1], parameters)

    def _late(self, name: str, symbol: declarations.Symbol) -> None:
        """What refers to other symbols."""
        made = self.vocabulary.symbols.get(name)
        if made is None:
            return
        if symbol.normal is not None:
            if made.law is None or len(made.law.of) != 1:
                raise unreadable("a normal law is a `law` of one outcome", None, "write `law: z`")
            mean, variance = map(self._read, symbol.normal)
            law = Law(made.law.of, made.law.given, made.law.parameters, (mean, variance))
            self.vocabulary.symbols[name] = replace(made, law=law)
        if symbol.random is not None:
            random = Random(self._read(symbol.random.mean), self._read(symbol.random.variance))
            self.vocabulary.symbols[name] = replace(made, random=random)
