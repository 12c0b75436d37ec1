from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode
from derivatex.mathtex.errors import Kind
from derivatex.mathtex.mutate import Error
from derivatex.model.claims import Fault
from derivatex.solution import State
from tests.authoring import mutated
from tests.check.relations import (
    error,
    errors,
    mistake,
    of,
)

if TYPE_CHECKING:
    from tests.authoring import Author


MISTAKES = [
    ("a + b = a - b", "sign"),
    ("2 a b = a b", "factor"),
    (r"W x = W^\top x", "shape"),
    (r"\sum_{i=1}^{n} x_i = \sum_{i=2}^{n} x_i", "bound"),
    ("a^2 = a^3", "power"),
    ("a + b = a", "term"),
    (r"\log(-c) = \log c", "nan"),
    (r"\frac{\partial a^2}{\partial b} = 2 a", "zero"),
    ("a = exp(b)", "parse"),
    ("0 = 0", "vacuous"),
    ("a = b", "value"),
]


@pytest.mark.parametrize(("tex", "kind"), MISTAKES)
def test_a_mistake_is_rejected_for_its_reason(author: Author, tex: str, kind: str) -> None:
    """What is quoted as wrong is found to be wrong, and to be wrong in the stated way."""
    text = of(mistake(tex, kind))
    (verdict,) = author.verdicts(text, "mistake")
    assert verdict.state is State.REJECTED
    assert verdict.evaluated is not None
    assert verdict.evaluated.wrong == kind
    assert author.errors(text) == []


@pytest.mark.parametrize("tex", ["a + b = b + a", r"x^\top y = y^\top x", r"a^2 \ge 0"])
def test_a_true_mistake(author: Author, tex: str) -> None:
    """The twin: what holds on every instance is no mistake, and fails at the quotation."""
    found = error(author, mistake(tex))
    assert (found.id, found.at) == ("not-a-mistake", author.at(tex))
    assert found.code == ExitCode.CHECK_FAILED
    assert found.hint


@pytest.mark.parametrize(
    ("tex", "kind"), [("a + b = a - b", "factor"), ("a^2 = a^3", "sign"), ("a = b", "nan")]
)
def test_a_mistake_of_another_kind(author: Author, tex: str, kind: str) -> None:
    """The twin: where the stated kind is not what is wrong, the message names what is."""
    found = error(author, mistake(tex, kind))
    assert (found.id, found.at) == ("other-mistake", author.at(tex))
    assert f"`{kind}`" in found.message
    assert found.hint.startswith("the checker finds: `")


def test_a_mistake_has_its_counterexample(author: Author) -> None:
    """A rejected relation has the instance at which its sides differ, and both sides there."""
    (verdict,) = author.verdicts(of(mistake("a + b = a - b")), "mistake")
    assert verdict.evaluated is not None
    shown = verdict.evaluated.against
    assert all(
        piece in shown
        for piece in ("the left side is", "the right side is", "a = ", "b = ", "instance")
    )
    assert verdict.evaluated.reading == "a + b == a - b"


@pytest.mark.parametrize(
    "key",
    [pytest.param(""), "sign", "value"],
)
def test_a_mistake_that_cannot_be_read(author: Author, key: str) -> None:
    """A mistake with a slip of the pen is refused, unless it is quoted as unreadable."""
    assert len(errors(author, mistake("a + b = a + Q", key))) == 1
    assert errors(author, mistake("a + b = a + Q", "parse")) == []


ERRATUM = """
- erratum:
    kind: mathematical
    printed: a + b = a - b
    right: a + b = b + a
    why: It is.
"""


def test_an_erratum_about_a_relation(author: Author) -> None:
    """What the source prints is rejected, and what is right has its own verdict."""
    text = of(ERRATUM)
    (verdict,) = author.verdicts(text, "erratum")
    assert (verdict.state, verdict.at) == (State.REJECTED, author.at("a + b = a - b"))
    assert [it.state for it in author.verdicts(text, "relation")] == [State.VERIFIED]
    assert author.errors(text) == []


@pytest.mark.parametrize(
    ("old", "new", "id_", "place"),
    [
        ("a + b = a - b", "a + b = a + b + 0", "false-erratum", "a + b = a + b + 0"),
        ("a + b = b + a", "a + b = 2 b + a", "equation", "= 2 b + a"),
        ("a + b = a - b", "a + b = a - Q", "equation-parse", "Q"),
        ("a + b = b + a", "a + b = Q + a", "equation-parse", "Q"),
    ],
)
def test_an_erratum_changed(author: Author, old: str, new: str, id_: str, place: str) -> None:
    """The twin: a printed line that holds, or a right one that does not, fails at its place."""
    assert author.errors(mutated(of(ERRATUM), old, new)) == [(id_, author.at(place))]


MEANT = """
- erratum:
    kind: imprecise
    printed: a \\gg Q
    means: a > b
    right: a^2 \\ge 0
    why: It is.
"""


def test_an_erratum_says_what_is_meant(author: Author) -> None:
    """What cannot be read is quoted as it is; the relation that it amounts to is rejected."""
    text = of(MEANT)
    (verdict,) = author.verdicts(text, "erratum")
    assert (verdict.state, verdict.at) == (State.REJECTED, author.at("a > b"))
    assert author.errors(text) == []


@pytest.mark.parametrize(
    ("old", "new", "id_", "place"),
    [
        ("means: a > b", "means: a^2 + 1 > 0", "false-erratum", "a^2 + 1 > 0"),
        ("means: a > b", "means: a > R", "equation-parse", "R"),
        ("    means: a > b\n", "", "equation-parse", r"\gg Q"),
    ],
)
def test_what_is_meant_must_be_wrong(
    author: Author, old: str, new: str, id_: str, place: str
) -> None:
    """The twin: it is refused where it holds, where it cannot be read, and where it is missing."""
    (found,) = author.errors(mutated(of(MEANT), old, new))
    assert found[0] == id_
    assert found[1] is not None
    assert found[1].line == author.at(place).line


@pytest.mark.parametrize(("fault", "is_right"), [("sign", True), ("factor", False)])
def test_an_erratum_names_its_fault(
    author: Author,
    fault: str,
    is_right: bool,  # noqa: FBT001  # of a table
) -> None:
    """What an erratum says to be wrong must be what the checker finds."""
    text = of(ERRATUM + f"    fault: {fault}\n")
    assert [id_ for id_, _ in author.errors(text)] == ([] if is_right else ["other-mistake"])


def test_an_unreadable_erratum_that_says_so(author: Author) -> None:
    """A garbled line can be quoted as one that cannot be read; a readable one cannot."""
    garbled = mutated(of(ERRATUM + "    fault: parse\n"), "a + b = a - b", "a + b = a - (b")
    assert author.errors(garbled) == []
    (found,) = author.errors(of(ERRATUM + "    fault: parse\n"))
    assert found[0] == "other-mistake"


def test_whatever_the_checker_finds_can_be_stated() -> None:
    """Each kind of failure and of repair has its name as a `kind` of mistakes, and no other has."""
    found = {it.value for it in Error} - {Error.DIGIT.value}  # a digit more is a factor
    found |= {it.value for it in Kind} - {Kind.FAIL.value}  # which has the kinds of repairs
    assert {it.value for it in Fault} == found | {"boundary", "zero", "value"}


def test_nothing_mends_an_inequality(author: Author) -> None:
    """A rejected inequality has a counterexample; one change of it would say nothing."""
    (verdict,) = author.verdicts(of(mistake("a^2 + 1 < a")), "mistake")
    assert verdict.evaluated is not None
    assert verdict.evaluated.wrong == ""
    assert verdict.evaluated.against


@pytest.mark.parametrize(
    ("tex", "where"),
    [
        (r"\val{third} = 2", "at the numbers of the problem"),
        ("2 g = 4", "at the numbers of the problem with $g = 1.5$"),
        ("a = b", "on a random instance with $a = "),
        (r"\sigma = a", r"$\sigma = "),
    ],
)
def test_a_counterexample_is_told_in_the_problems_letters(
    author: Author, tex: str, where: str
) -> None:
    """It says whether it is at the problem's numbers, and names symbols as they are printed."""
    (verdict,) = author.verdicts(of(mistake(tex)), "mistake")
    assert verdict.evaluated is not None
    assert where in verdict.evaluated.against


def test_what_is_right_uses_its_symbols(author: Author) -> None:
    """A symbol that stands in the right line of an erratum alone is used."""
    text = mutated(of(MEANT), r"right: a^2 \ge 0", r"right: b^2 + \sigma^2 \ge 0")
    unused = {it.message.split("`")[1] for it in author.examine(text).diagnostics}
    assert "x" in unused
    assert not unused & {"a", "b", "sigma"}
