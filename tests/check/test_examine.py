from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derivatex.check.examine import examine
from derivatex.diagnostics import Severity
from derivatex.solution import State
from derivatex.store.cache import Cache
from tests.authoring import SAMPLING, Text, mutated

if TYPE_CHECKING:
    from tests.authoring import Author

MODULE = """
def by_addition(x):
    return x + x

@value(route=by_addition, digits=2)
def double(x):
    return 2 * x
"""
BLOCKS = r"""
- define: ['d = 2 x', 'e = d']
- derive:
    - tex: |
        d &= x + x \\
          &= \val{double}
      because: [that is what a double is, addition]
"""
GOOD = Text(MODULE, BLOCKS, "symbols: {x: {given: 0.75}}\npublished: {double: 1.5}")
GOOD = mutated(GOOD, "addition]", r"'the source has $\published{double}$']")


def test_only_what_passed_is_checked(author: Author) -> None:
    """A `Checked` is made of an assignment of which no claim failed, and holds its verdicts."""
    examination = author.examine(GOOD)
    assert examination.diagnostics == ()
    assert examination.checked is not None
    assert examination.checked.verdicts == examination.verdicts


def test_one_number_changed(author: Author) -> None:
    """One failed claim of any kind and there is nothing to print."""
    mutants = [
        mutated(GOOD, "return x + x", "return x + 0.7"),
        mutated(GOOD, "double: 1.5", "double: 1.6"),
        mutated(GOOD, "that is what", "1.5 is what"),
        mutated(GOOD, r"&= \val{double}", r"&= \val{duoble}"),
        mutated(mutated(GOOD, "digits=2", "digits=0"), "double: 1.5", "double: 2"),
    ]
    found = [author.examine(mutant) for mutant in mutants]
    assert [it.checked for it in found] == [None] * len(mutants)
    assert [it.diagnostics[0].id for it in found] == [
        "route-disagrees",
        "published-disagrees",
        "hand-typed",
        "unknown-value",
        "equation",
    ]
    assert found[-1].diagnostics[1].id == "rounded-equals"


def test_every_failed_claim_is_reported(author: Author) -> None:
    """The findings of all checks come together, in the order of the files' lines."""
    text = mutated(mutated(GOOD, "that is what", "1.5 is what"), "double: 1.5", "double: 1.6")
    text = mutated(text, "2 * x", "2.4 * x")
    assert [id_ for id_, _ in author.errors(text)] == [
        "published-disagrees",
        "equation",
        "hand-typed",
        "route-disagrees",
    ]


def test_every_relation_has_its_verdict(author: Author) -> None:
    """Every definition and every relation of a display has a verdict, at its sign."""
    verdicts = author.verdicts(GOOD, "relation")
    assert [(it.claim, it.state, it.at) for it in verdicts] == [
        ("d", State.DEFINITION, author.at("d = 2 x")),
        ("e", State.DEFINITION, author.at("e = d")),
        ("d &= x + x", State.VERIFIED, author.at("= x + x")),
        (r"&= \val{double}", State.VERIFIED, author.at(r"= \val")),
    ]


def test_a_problem_that_was_not_computed(author: Author) -> None:
    """An assignment with a problem that could not be computed cannot be printed."""
    assignment = author.write(GOOD)
    assert examine(assignment, [], SAMPLING, Cache(author.root), is_whole=True).checked is None


def test_warnings_stop_nothing(author: Author) -> None:
    """What is never used is told, and the report is made."""
    text = replace(GOOD, works="@misc{euler1768,\n title={E}}\n")
    examination = author.examine(text)
    assert [it.severity for it in examination.diagnostics] == [Severity.WARNING]
    assert examination.checked is not None


def test_one_problem_cannot_tell_what_is_never_cited(author: Author) -> None:
    """Of a single problem's build no work is said to be uncited."""
    text = replace(GOOD, works="@misc{euler1768,\n title={E}}\n")
    solution = author.compute(text)
    cache = Cache(author.root)
    examination = examine(author.write(text), [solution], SAMPLING, cache, is_whole=False)
    assert examination.diagnostics == ()
