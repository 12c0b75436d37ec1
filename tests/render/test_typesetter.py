from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivatex.diagnostics import Location
from derivatex.model.assignment import Part, Problem
from derivatex.model.blocks import TextBlock
from derivatex.render.marks import Marks
from derivatex.render.relations import Statuses
from derivatex.render.typesetter import Typesetter, aligned_at_point
from derivatex.solution import Evaluated, Numbers, Solution, State, Table, Value, Verdict
from derivatex.tex.markup import Fragment, Math, Prose, RawTex, Source, Text
from derivatex.tex.notation import Notation
from derivatex.tex.numbers import TypedNumber, TypedNumbers

HERE = Location("2-x.yaml", 1, 1)
WORDS = Prose("Words.")
NUMBERS: dict[str, Numbers] = {
    "x": -1.5,
    "y": 2.25,
    "f.y": 1 / 3,
    "v": (1.0, 2.0),
    "m": ((1.0, 2.0), (3.0, -4.0)),
}


def typesetter(
    numbers: dict[str, Numbers] | None = None, verdicts: tuple[Verdict, ...] = ()
) -> Typesetter:
    """The typesetter of a problem 2 with a few values, one of them published."""
    part = Part.model_construct(
        at=HERE, part="a", question=WORDS, solution=(TextBlock.model_construct(text=WORDS),)
    )
    published = {"y": TypedNumbers(TypedNumber("2.3", HERE), HERE)}
    problem = Problem.model_construct(
        at=HERE, problem="2", title=Text("A"), published=published, parts=(part,)
    )
    made = {
        name: Value(name, held, Notation(3), HERE) for name, held in (numbers or NUMBERS).items()
    }
    made["s"] = Value("s", 1500.0, Notation(2, scientific=True), HERE)
    return Typesetter(problem, Solution("2", made), Marks(), Statuses(verdicts, "2"))


def tex(text: str, kind: type[Fragment] = Prose) -> str:
    """What TeX gets for a text."""
    typeset = typesetter()
    return typeset.marks.taken_out(typeset.tex(kind(text)))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"is \val{y}.", "is $2.25$."),
        (r"$y = \val{y}$", "$y = {2.25}$"),
        (r"$\text{is \val{y}}$", r"$\text{is $2.25$}$"),
        (r"$\val[1]{f.y}$", "${0.3}$"),
        (r"$\val{f.y}$", "${0.333}$"),
        (r"\published{y}", "$2.3$"),
        (r"$\val{v}$", r"${\begin{bmatrix}1\\2\end{bmatrix}}$"),
        (r"$\val{m}$", r"${\begin{bmatrix}1&2\\3&-4\end{bmatrix}}$"),
        (r"$\val{m[1,2]} + \val{ v[1] }$", "${2} + {1}$"),
        (r"\cite{a,b} \textbf{c} $x_1$", r"\cite{a,b} \textbf{c} $x_1$"),
    ],
)
def test_names_become_numbers(text: str, expected: str) -> None:
    """A name is replaced by its number, in its mode; everything else stays as it was written."""
    assert tex(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$a + \val{x}$", "$a + {(-1.5)}$"),
        (r"$a \cdot\val{x}$", r"$a \cdot{(-1.5)}$"),
        (r"$a - \val{m[2,2]}$", "$a - {(-4)}$"),
        (r"$\val{x}^2$", "${(-1.5)}^2$"),
        (r"$a = \val{x}$", "$a = {-1.5}$"),
        (r"$a + \val{y}$", "$a + {2.25}$"),
        (r"$a^{\val{x}}$", "$a^{{-1.5}}$"),
        (r"$1/\val{s}$", r"$1/{(1.5\times 10^{3})}$"),
        (r"$\val{s}^2$", r"${(1.5\times 10^{3})}^2$"),
        (r"$a + \val{s}$", r"$a + {1.5\times 10^{3}}$"),
        (r"$2\val{x}$", "$2{(-1.5)}$"),
        (r"$b\val{x}$", "$b{(-1.5)}$"),
    ],
)
def test_numbers_are_set_apart_where_they_would_be_misread(text: str, expected: str) -> None:
    """Parentheses stand where a sign or a power of ten would be read as part of something else."""
    assert tex(text) == expected


@given(st.floats(-1e6, 1e6), st.sampled_from(["+", "-", r"\cdot", r"\times", "/"]))
def test_no_sign_follows_an_operator(number: float, operator: str) -> None:
    """Whatever the number, an operator is never followed by a bare minus."""
    made = typesetter({"x": number}).tex(Prose(rf"$a {operator} \val{{x}}$"))
    assert f"{operator} {{-" not in made


def test_labels_belong_to_their_problem() -> None:
    """Labels and what refers to them bear the problem's number; works and tags do not."""
    text = r"\label{a} \ref{a} \eqref{a} \pageref{a} \tag{a} \cite{a}"
    expected = r"\label{p2:a} \ref{p2:a} \eqref{p2:a} \pageref{p2:a} \tag{a} \cite{a}"
    assert tex(text) == expected
    assert typesetter().label("fig", "curve") == r"\label{p2:fig:curve}"


@pytest.mark.parametrize("name", ["q", "m[3,1]", "y[1]"])
def test_an_unknown_name_is_a_bug(name: str) -> None:
    """The twin: a name that leads nowhere cannot be printed: the checks let none pass."""
    with pytest.raises(KeyError):
        tex(rf"\val{{{name}}}")


def test_what_is_printed_is_remembered() -> None:
    """Every number that was printed is listed as the PDF's text shows it, as often as it was."""
    typeset = typesetter()
    typeset.tex(Prose(r"\val{x} \val{m[1,1]} \published{y} \val{v}"))
    typeset.number("y", 1)
    assert typeset.printed == ["−1.5", "1", "2.3", "1", "2", "2.2"]


@pytest.mark.parametrize(
    "text", ["a \\val\n{y} b", "a \\ref\n{x} b", "\\val{\ny}\nb", "a\n\\val{y}\n"]
)
def test_every_line_keeps_its_place(text: str) -> None:
    """A name that is broken over two lines shifts no later line."""
    typeset = typesetter()
    lines = tuple((5 + row, 3) for row in range(text.count("\n") + 1))
    made, origins = typeset.marks.taken_out(typeset.tex(Prose(text, "f.yaml", lines)))
    assert made.count("\n") == text.count("\n")
    assert {row: at.line for row, at in origins}.items() <= {
        row + 1: 5 + row for row in range(len(lines))
    }.items()


DISPLAY = Math("a &= b \\label{u}\\\\\n&= c", "f.yaml", ((3, 5), (4, 5)))


def found(row: int, state: State, display: Math = DISPLAY, problem: str = "2") -> Verdict:
    """A verdict about a line of a display."""
    return Verdict(problem, "relation", "", state, evaluated=Evaluated(display.at, row))


@pytest.mark.parametrize(("reasons", "mark"), [(1, ""), (2, r"\dxmark{1}")])
def test_rows_are_marked_with_their_reasons(reasons: int, mark: str) -> None:
    """A labelled row has its number; another has its reason's mark where there are several."""
    typeset = typesetter()
    made, origins = typeset.marks.taken_out(typeset.rows(DISPLAY, reasons))
    mark = rf"\tag*{{{mark}\dxstatus{{}}}}"
    assert made == f"a &= b \\label{{p2:u}} \\dxrow{{}} \\\\\n&= c {mark}"
    assert origins == ((1, Location("f.yaml", 3, 5)), (2, Location("f.yaml", 4, 5)))


def test_each_row_has_the_letters_of_its_relations() -> None:
    """The letter of every status of a line stands beside it, once, numbered or not."""
    states = (State.VERIFIED, State.STAND_IN, State.VERIFIED)
    verdicts = (*(found(0, state) for state in states), found(1, State.CITED))
    typeset = typesetter(verdicts=verdicts)
    made, _ = typeset.marks.taken_out(typeset.rows(DISPLAY))
    first, second = made.split("\\\\\n")
    assert first.rstrip().endswith(r"\dxrow{vs}")
    assert second.endswith(r"\tag*{\dxstatus{c}}")


def test_a_letter_stands_beside_its_own_line_alone() -> None:
    """The twin: verdicts of another problem, display or kind put no letter beside a line."""
    other = Math("a &= b", "f.yaml", ((9, 5),))
    verdicts = (
        found(0, State.VERIFIED, problem="3"),
        found(0, State.VERIFIED, other),
        found(0, State.REJECTED),
        Verdict("2", "route", "x", State.PASSED, at=DISPLAY.at),
    )
    typeset = typesetter(verdicts=verdicts)
    made, _ = typeset.marks.taken_out(typeset.rows(DISPLAY))
    assert r"\dxrow{}" in made
    assert r"\dxstatus{}" in made


def test_a_quoted_display_has_no_letters() -> None:
    """Lines that are quoted as wrong are set as they are: no number, no mark, no letter."""
    typeset = typesetter(verdicts=(found(0, State.VERIFIED),))
    quoted, _ = typeset.marks.taken_out(typeset.quoted(Math("a &= b\\\\ &= c")))
    assert re.sub(r"\s+", " ", quoted) == r"a &= b \\ &= c"


def test_a_table_has_its_rows_and_its_place() -> None:
    """A table's cells have their numbers, and its lines lead to the module that made it."""
    typeset = typesetter()
    cells = ((Prose("y"), Prose(r"\val{y}")), (Prose("x"), Prose(r"$\val{x}$")))
    at = Location("2_x.py", 7, 1)
    table = Table("t", "lr", (Prose("Name"), Prose("Number")), cells, at)
    made, origins = typeset.marks.taken_out(typeset.table(table))
    assert [line.rstrip("%\\") for line in made.split("\n") if "&" in line] == [
        "Name&Number",
        "y&$2.25$",
        r"x&${-1.5}$\\\bottomrule",
    ]
    assert origins == ((1, at),)


def test_a_table_may_be_empty() -> None:
    """A table with a head and no rows is set, and shows its head."""
    table = Table("t", "ld", (Prose("Name"), Prose("Number")), (), HERE)
    assert "Name&Number" in typesetter().table(table)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["$1.5$", "$-2$", "$10.25$"], [r"$1.5\phantom{0}$", r"$-2\phantom{.00}$", "$10.25$"]),
        (["$1$", "$23$"], ["$1$", "$23$"]),
        (["$1.5$", "see p. 12 below"], ["$1.5$", "see p. 12 below"]),
        (["$1.5$", r"$1.2\times 10^{-3}$"], ["$1.5$", r"$1.2\times 10^{-3}$"]),
    ],
)
def test_numbers_line_up_at_their_points(cells: list[str], expected: list[str]) -> None:
    """Numbers get the width of the digits they lack; words and powers of ten count for nothing."""
    assert aligned_at_point(cells) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (r"\node {$\val{y}$};", r"\node {$2.25$};"),
        (r"\node {$\val[1]{y}$};", r"\node {$2.2$};"),
        (r"\node {$\val{ y }$};", r"\node {$2.25$};"),
    ],
)
def test_a_drawing_has_its_numbers(code: str, expected: str) -> None:
    """In a drawing names become numbers as they do in a text, with digits and blanks."""
    typeset = typesetter()
    assert typeset.marks.taken_out(typeset.drawing(RawTex(code)))[0] == expected
    assert len(typeset.printed) == 1


def test_a_source_is_not_changed() -> None:
    """The twin: a text without names goes to TeX letter for letter."""
    text = Source("a\n  $b^2$ \\textbf{c}\n")
    assert tex(text) == text
