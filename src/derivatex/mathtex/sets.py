"""Reading conditions, sets, cases and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.mathtex.brackets import Brackets
from derivatex.mathtex.cursor import ENDS, PAIRS, RELATIONS
from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.tree import (
    Add,
    All,
    Branch,
    Cases,
    Comparison,
    Elements,
    Interval,
    Matrix,
    Named,
    Node,
    Number,
    Space,
    Span,
    Subdifferential,
)
from derivatex.mathtex.vocabulary import Scripts, read_scripts

if TYPE_CHECKING:
    from derivatex.mathtex.lexer import Token


class Sets(Brackets):
    """The part of the reader that knows conditions."""

    def environment(self) -> Node:
        """Read cases or a matrix."""
        token = self.take()
        if token.name in {"cases", "dcases", "rcases"}:
            return self._cases(token)
        if not token.name.endswith("matrix") and token.name != "array":
            raise unreadable(f"`{token.name}` cannot be read here", token.start)
        if token.name == "Vmatrix":
            raise unreadable(f"`{token.name}` cannot be read here", token.start, r"write `\|…\|`")
        written = [cells for cells in self._cells(token) if any(cells)]
        if not all(cell for cells in written for cell in cells):
            raise unreadable("a cell of this matrix is empty", token.start, "write `0`")
        rows = [tuple(self.all_of(cell) for cell in cells) for cells in written]
        if not rows or len({len(row) for row in rows}) != 1:
            raise unreadable("the rows of this matrix differ in length", token.start)
        made: Node = Matrix(tuple(rows), at=token.start)
        return Named("det", (made,), at=token.start) if token.name == "vmatrix" else made

    def _cells(self, opened: Token) -> list[list[list[Token]]]:
        """The tokens of each cell of each row, up to the end of the environment."""
        rows: list[list[list[Token]]] = [[[]]]
        level = 0
        while True:
            token = self.take()
            if token.kind == "eof":
                raise unreadable(f"{opened.shown} is never closed", opened.start)
            if token.kind == "end" and not level:
                return rows
            level += {"begin": 1, "end": -1}.get(token.kind, 0)
            if token.kind == "break" and not level:
                rows.append([[]])
            elif token.kind == "amp" and not level:
                rows[-1].append([])
            else:
                rows[-1][-1].append(token)

    def _cases(self, opened: Token) -> Node:
        branches: list[Branch] = []
        for cells in self._cells(opened):
            if not any(cells):
                continue
            if not cells[0]:
                raise unreadable("a branch without a value", opened.start)
            value = self.all_of(_without_end(cells[0]))
            words = [token for cell in cells[1:] for token in cell]
            condition = self._branch_condition(words, cells[0][0])
            branches.append(Branch(value, condition, at=value.at))
        return Cases(tuple(branches), at=opened.start)

    def _branch_condition(self, written: list[Token], value: Token) -> Node | None:
        kept = [token for token in _without_end(written) if token.kind != "gap"]
        otherwise = {"otherwise", "else", "if otherwise", "elsewhere"}
        if kept and kept[0].kind == "word":
            if kept[0].name.rstrip(".,") in otherwise and len(kept) == 1:
                return None
            if kept[0].name in {"if", "for", "when", "where", "on"}:
                kept = kept[1:]
        if not kept:
            hint = r"write `& \text{if } …` or `& \text{otherwise}`"
            raise unreadable("a branch without a condition", value.start, hint)
        parts: list[list[Token]] = [[]]
        level = 0
        for token in kept:
            level += {"begin": 1, "end": -1}.get(token.kind, 0)
            is_and = token.kind == "word" and token.name in {"and", "or"} and not level
            if is_and and token.name == "or":
                raise unreadable("`or` in a condition", token.start, "write two branches")
            if is_and or (token.text == r"\land" and not level):
                parts.append([])
            else:
                parts[-1].append(token)
        made = [self._whole_condition(part) for part in parts]
        return made[0] if len(made) == 1 else All(tuple(made), at=kept[0].start)

    def _whole_condition(self, written: list[Token]) -> Node:
        inner = self.inner(written, in_script=self.in_script)
        made = inner.condition()
        inner.end()
        return made

    # conditions

    def condition(self) -> Node:
        """Read one comparison or a chain of them."""
        return self.compared(self.expression())

    def compared(self, left: Node) -> Node:
        """Read the relations behind the first side of a condition."""
        found: list[Node] = []
        while self.token.text in RELATIONS and self.token.text not in self.closers[-1]:
            sign = self.take()
            operator = RELATIONS[sign.text]
            right = self.set() if operator in {"in", "notin"} else self.expression()
            found.append(Comparison(operator, left, right, at=sign.start))
            left = right
        if not found:
            raise unreadable("a condition needs a relation", self.token.start)
        return found[0] if len(found) == 1 else All(tuple(found), at=found[0].at)

    def set(self) -> Node:
        r"""Read what may stand after `\in`."""
        token = self.token
        if token.text == r"\mathbb{R}":
            self.take()
            scripts, self.position = read_scripts(self.found, self.position)
            self.refuse_primes(scripts)
            if scripts.sub:
                raise unreadable("a part of this space cannot be read", scripts.at)
            return Space(self._sizes(scripts), at=token.start)
        if token.text == r"\{":
            return self._elements()
        if token.text in {"(", "["}:
            return self._interval()
        if token.text == r"\partial":
            made = self.inline_derivative()
            if isinstance(made, Subdifferential):
                return made
        raise unreadable(
            f"{token.shown} starts no set that can be read",
            token.start,
            r"read are `\mathbb{R}^n`, `\{…\}`, intervals and `\partial h(u)`",
        )

    def _sizes(self, scripts: Scripts) -> tuple[Node, ...]:
        if not scripts.sup:
            return ()
        parts: list[list[Token]] = [[]]
        level = 0
        for token in scripts.sup:
            level += (token.text in PAIRS) - (token.text in PAIRS.values())
            if token.text in {r"\times", ","} and not level:
                parts.append([])
            else:
                parts[-1].append(token)
        return tuple(self.all_of(part) for part in parts)

    def _elements(self) -> Node:
        opened = self.take()
        items: list[Node] = []
        dots: int | None = None  # how many items stand before them
        with self.closing(r"\}", ","):
            while True:
                if dots is None and self.accept(r"\dots"):
                    dots = len(items)
                else:
                    items.append(self.expression())
                if not self.accept(","):
                    break
            self.expect(r"\}", opened)
        if dots is None:
            return Elements(tuple(items), at=opened.start)
        is_run = dots == 1 or (dots == 2 and _is_next(*items[:2]))  # noqa: PLR2004  # `1, 2, …, n`
        if len(items) != dots + 1 or not is_run:
            hint = r"write `\{1, \dots, n\}`"
            raise unreadable("these dots leave out what is not clear", opened.start, hint)
        return Span(items[0], items[-1], at=opened.start)

    def _interval(self) -> Node:
        opened = self.take()
        with self.closing(")", "]", ","):
            low = self.expression()
            self.expect(",", opened)
            high = self.expression()
            closed = self.accept(")", "]")
            if closed is None:
                raise unreadable(f"{opened.shown} is never closed", opened.start)
        return Interval(low, high, opened.text + closed.text, at=opened.start)


def _is_next(low: Node, second: Node) -> bool:
    """Whether dots may follow these two: `1, 2` or `i, i + 1`."""
    if isinstance(low, Number) and isinstance(second, Number):
        return float(second.text) == float(low.text) + 1
    return second == Add((low, Number("1")))


def _without_end(written: list[Token]) -> list[Token]:
    """Without the punctuation and gaps at the end."""
    end = len(written)
    while end and (written[end - 1].text in ENDS or written[end - 1].kind == "gap"):
        end -= 1
    return written[:end]
