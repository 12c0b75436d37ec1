"""What was checked before is not checked again, and is told at its new place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from derivatex.check import memory
from derivatex.check.canonical import Canonical
from derivatex.mathtex.judge import check
from derivatex.solution import State
from tests.authoring import mutated
from tests.check.relations import HEAD, mistake, of, step

if TYPE_CHECKING:
    from derivatex.mathtex.relation import Relation, Result
    from derivatex.mathtex.session import Session
    from tests.authoring import Author, Text

BLOCKS = (
    "- text: Some words.\n"
    + step("a + b &= b + a \\\\\n2 a &= a + a")
    + "- define: 'u = a b'\n"
    + step(r"u &= b a")
    + mistake("a + b = a - b", "sign")
)
GOOD = of(BLOCKS)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The relations that are evaluated from now on, as they are read."""
    told: list[str] = []

    def listening(relation: Relation, session: Session) -> Result:
        told.append(relation.read_as(session))
        return check(relation, session)

    monkeypatch.setattr(memory, "check", listening)
    return told


def digest(author: Author, text: Text) -> str:
    """What tells the formulas of a problem from others."""
    made = Canonical()
    made.of(author.write(text).problems[0])
    return made.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Some words.", "Other words, and more of them."),
        ("- text: Some words.", "- text: |\n    Some words\n\n    over lines."),
        ("because: so\n- define", "because: therefore\n- define"),
        ("why: It is.", "why: It was."),
        ("- define: 'u = a b'", "# a remark\n- define: u = a b"),
    ],
)
def test_prose_and_places_do_not_count(
    author: Author, checked: list[str], old: str, new: str
) -> None:
    """After a change of words or of lines no relation is evaluated; all is told where it stands."""
    before = author.examine(GOOD).verdicts
    assert len(checked) == 4
    checked.clear()
    changed = mutated(GOOD, old, new)
    assert digest(author, changed) == digest(author, GOOD)
    author.write(changed)
    after = author.examine(changed).verdicts
    assert checked == []
    assert [it.state for it in after] == [it.state for it in before]
    (found,) = (it.at for it in after if it.claim == "u &= b a")
    assert found is not None
    assert found.line == author.at("u &= b a").line


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("a + b &= b + a", "a + b + c &= c + b + a", ["a + b + c == c + b + a"]),
        ("u &= b a", "u &= a b", ["u == a*b"]),
        ("a + b = a - b", "a + b = - a + b", ["a + b == (-a) + b"]),
    ],
)
def test_only_what_changed_is_checked(
    author: Author, checked: list[str], old: str, new: str, again: list[str]
) -> None:
    """A changed relation is evaluated, and those beside it are not."""
    author.examine(GOOD)
    checked.clear()
    assert author.examine(mutated(GOOD, old, new)).checked is not None
    assert checked == again


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- define: 'u = a b'", "- define: 'u = a b + 0 c'"),
        ("  b: {}\n", "  b: {domain: positive}\n"),
    ],
)
def test_what_relations_are_made_of_counts(
    author: Author, checked: list[str], old: str, new: str
) -> None:
    """Where a definition or a declaration changed, what may depend on it is evaluated again."""
    author.examine(GOOD)
    checked.clear()
    author.examine(mutated(GOOD, old, new))
    assert "u == b*a" in checked


def test_a_failure_is_told_again(author: Author, checked: list[str]) -> None:
    """What failed before fails at its new place, without being evaluated."""
    wrong = mutated(GOOD, "u &= b a", "u &= b - a")
    (first,) = author.errors(wrong)
    assert first == ("equation", author.at("= b - a"))
    checked.clear()
    moved = replace(wrong, blocks="- text: More.\n" + wrong.blocks)
    (second,) = author.errors(moved)
    assert second == ("equation", author.at("= b - a"))
    assert second != first
    assert checked == []


def test_values_count(author: Author, checked: list[str]) -> None:
    """A relation about a value is evaluated again where the value changed, and may fail."""
    text = of(step(r"\val{third} &\approx \frac{1}{3}"))
    assert author.errors(text) == []
    checked.clear()
    other = mutated(text, "return 2 / 6", "return 2 / 5").module.replace(
        "lambda: 1 / 3", "lambda: 0.4"
    )
    (found,) = author.errors(replace(text, module=other))
    assert found[0] == "equation"
    assert len(checked) == 1


def test_an_optimum_is_known_to_what_follows(author: Author, checked: list[str]) -> None:
    """The closed form that an earlier check confirmed serves later lines that are new."""
    head = HEAD + "  v: {}\n"
    first = "- define: 's = \\arg\\min_v (v - a)^2'\n" + step("s &= a")
    author.examine(replace(of(first), head=head))
    checked.clear()
    verdicts = author.verdicts(replace(of(first + step("s + b &= a + b")), head=head), "relation")
    assert [it.state for it in verdicts[-2:]] == [State.OPTIMALITY, State.VERIFIED]
    assert checked == ["s + b == a + b"]


def test_the_last_digits_of_given_numbers_count(author: Author) -> None:
    """An array that differs in its ninth digit is another: nothing is recalled of the first."""
    text = replace(of(step("v_2 &= 2", "at: given")), head=HEAD + "  v: {given: [1, 2]}\n")
    assert author.errors(text) == []
    (found,) = author.errors(mutated(text, "[1, 2]", "[1, 2.000000004]"))
    assert found[0] == "equation"
