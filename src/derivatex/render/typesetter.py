r"""An author's LaTeX with its gaps filled: `\val`, `\published`, labels of their problem."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pylatex import NoEscape, Tabular

from derivatex.render.markup import markup
from derivatex.solution import IN_DRAWING, find, typed_value
from derivatex.tex.code import python_lines

if TYPE_CHECKING:
    from markupsafe import Markup

    from derivatex.model.assignment import Problem
    from derivatex.render.marks import Marks
    from derivatex.render.relations import Statuses
    from derivatex.solution import Held, Listing, Solution, Table
    from derivatex.tex.markup import Fragment, Math, Source
    from derivatex.tex.scan import Call

OPERATORS = {"+", "-", "*", "/", r"\cdot", r"\times", r"\pm", r"\mp", r"\div"}
PLAIN_NUMBER = re.compile(r"\$\(?-?[\d\\,]+(?:\.(?P<decimals>\d+))?\)?\$")
SCOPED = {"ref", "eqref", "pageref", "label"}


class Typesetter:
    """Fills the gaps of one problem's texts and remembers which numbers it printed."""

    def __init__(
        self, problem: Problem, solution: Solution, marks: Marks, statuses: Statuses
    ) -> None:
        """Take what the problem computed, what its source published, what was found."""
        self.statuses = statuses
        self.prefix = f"p{problem.problem}:"  # tells this problem's labels from another's
        self.values = solution.values
        self.published = {name: typed_value(name, it) for name, it in problem.published.items()}
        self.marks = marks
        self.printed: list[str] = []

    def tex(self, source: Fragment) -> Markup:
        """The text as TeX reads it, each line marked with its place."""
        return markup(self.marks.marked(source, self._filled(source)))

    def quoted(self, display: Math) -> Markup:
        """A display's lines as they are, without numbers, marks and letters."""
        return markup(" \\\\\n".join(self.tex(row) for row in display.rows))

    def rows(self, display: Math, reasons: int = 0) -> Markup:
        """A display's lines; only those that are labelled get a number.

        Where several `reasons` are given, one for each line, the other lines are marked with that
        of their reason.
        The status of each line stands in the margin.
        """
        lines = []
        for number, (row, mark) in enumerate(zip(display.rows, _marks(display), strict=True)):
            letters = self.statuses.of(display, number)
            if not mark:  # its own number or tag takes the letters along
                lines.append(self.tex(row) + rf" \dxrow{{{letters}}}")
                continue
            shown = rf"\dxmark{{{mark}}}" if reasons > 1 else ""
            lines.append(self.tex(row) + rf" \tag*{{{shown}\dxstatus{{{letters}}}}}")
        return markup(" \\\\\n".join(lines))

    def reason_mark(self, display: Math, reasons: int, number: int) -> Markup:
        """What ties a reason to its line: the line's number or mark; an only reason needs none."""
        if reasons == 1:
            return markup(r"$\triangleright$")
        mark = _marks(display)[number - 1]
        labels = display.rows[number - 1].scan.called("label")
        if labels:
            return markup(f"\\eqref{{{self.prefix}{labels[0].argument}}}")
        return markup(f"\\dxmark{{{mark}}}" if mark else r"$\triangleright$")

    def drawing(self, code: Source) -> Markup:
        """A TikZ picture with numbers for their names."""

        def number(found: re.Match[str]) -> str:
            digits = int(found["digits"]) if found["digits"] else None
            return self.number(found["address"].strip(), digits)

        return markup(IN_DRAWING.sub(number, code))

    def table(self, table: Table) -> Markup:
        """Rows under a head, ruled as in books."""
        made = Tabular(table.align.replace("d", "r"), booktabs=True)
        made.add_row([NoEscape(self._filled(cell)) for cell in table.head])
        made.add_hline()
        columns = []
        for k, align in enumerate(table.align):
            cells = [self._filled(row[k]) for row in table.rows]
            columns.append(aligned_at_point(cells) if align == "d" else cells)
        for row in zip(*columns, strict=True):
            made.add_row([NoEscape(cell) for cell in row])
        return markup(self.marks.mark(table.at) + made.dumps())

    def code(self, listing: Listing) -> list[Markup]:
        """The lines of a listing, each marked with the place of the first."""
        lines = python_lines(listing.code)
        return [markup(self.marks.mark(listing.at) + line) for line in lines]

    def label(self, kind: str, name: str) -> Markup:
        """The label of a figure or table of this problem."""
        return markup(f"\\label{{{self.prefix}{kind}:{name}}}")

    def page_of(self, kind: str, name: str) -> Markup:
        """The page on which something with a label stands."""
        return markup(f"\\pageref{{{self.prefix}{kind}:{name}}}")

    def number(self, address: str, digits: int | None = None) -> Markup:
        """A value in its notation, for mathematics mode."""
        return markup(self._laid_out(find(self.values, address), address, digits))

    def _filled(self, source: Fragment) -> str:
        parts, end = [], 0
        for call in source.scan.calls:
            written = source[call.start : call.end]
            made = self._call(call, source)
            lost = written.count("\n") - made.count("\n")  # the lines must stay the author's
            parts += [source[end : call.start], made, "\n" * lost]
            end = call.end
        return "".join([*parts, source[end:]])

    def _call(self, call: Call, source: Source) -> str:
        if call.name in SCOPED:
            return f"\\{call.name}{{{self.prefix}{call.argument}}}"
        if call.name not in {"val", "published"}:
            return source[call.start : call.end]
        known = self.values if call.name == "val" else self.published
        digits = int(call.option) if call.option else None
        number = self._laid_out(find(known, call.argument), call.argument, digits)
        if _needs_brackets(number, call, source):
            number = f"({number})"
        return f"{{{number}}}" if call.math else f"${number}$"

    def _laid_out(self, held: Held | None, address: str, digits: int | None) -> str:
        """A number, or a matrix of them; a vector is a column."""
        if held is None:
            raise KeyError(address)  # a bug: the checks let no such reference pass
        shown = {indices: held.value.printed(indices, digits) for indices in held.entries}
        self.printed += [number.plain for number in shown.values()]
        if not held.shape:
            return shown[held.indices].tex
        cells = [number.tex for number in shown.values()]
        width = len(cells) // held.shape[0]
        rows = ["&".join(cells[k : k + width]) for k in range(0, len(cells), width)]
        return "\\begin{bmatrix}" + r"\\".join(rows) + "\\end{bmatrix}"


def _marks(display: Math) -> list[int]:
    """The mark of each line, counted from 1; 0 for those that have a number or tag of their own."""
    marks: list[int] = []
    for row in display.rows:
        is_numbered = any(call.name in {"label", "tag"} for call in row.scan.calls)
        marks.append(0 if is_numbered else max(marks, default=0) + 1)
    return marks


def _needs_brackets(number: str, call: Call, source: Source) -> bool:
    """Whether a number would be misread beside what stands around it."""
    is_negative, is_power = number.startswith("-"), r"\times" in number
    if not (is_negative or is_power) or not call.math:
        return False
    is_base = source[call.end :].lstrip().startswith("^")
    before = call.before
    stands_against = before.isalnum() or before in {")", "call"}
    if is_negative and (before in OPERATORS or stands_against):
        return True
    return is_base or (is_power and before in {"/", r"\div"})


def aligned_at_point(cells: list[str]) -> list[str]:
    """Right-aligned numbers made to line up at their decimal points, by invisible digits.

    Cells that are no plain number stay as they are.
    """
    decimals = {
        cell: match["decimals"] or "" for cell in cells if (match := PLAIN_NUMBER.fullmatch(cell))
    }
    most = max(map(len, decimals.values()), default=0)
    padded = []
    for cell in cells:
        missing = "0" * (most - len(decimals.get(cell, "0" * most)))
        point = "." if missing and not decimals[cell] else ""
        phantom = f"\\phantom{{{point}{missing}}}$" if missing else "$"
        padded.append(cell.removesuffix("$") + phantom if cell in decimals else cell)
    return padded
