from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from derivatex.check.sampling import Sampling
from derivatex.diagnostics import ExitCode, Severity, errors_in
from derivatex.solution import State
from tests.check.relations import (
    HEAD,
    error,
    errors,
    mistake,
    of,
    relations,
    step,
)

if TYPE_CHECKING:
    from tests.authoring import Author


# messages and places


def test_a_failure_says_how_to_go_on(author: Author) -> None:
    """A failed relation shows its reading, the instance, the command that repeats it, a hint."""
    found = author.examine(of(step("a + b &= a - b")), Sampling(seed=7, draws=3)).diagnostics
    (failed,) = errors_in(found)
    notes = "\n".join(failed.notes)
    assert failed.code == ExitCode.CHECK_FAILED
    for piece in ("read as  a + b == a - b", "left", "right", "draw 0"):
        assert piece in notes
    assert "derivatex check made/1 --seed 7" in notes
    assert failed.hint == "the sign of the second term would make the sides agree"


@pytest.mark.parametrize(
    ("tex", "token"),
    [
        ("a &= Q", "Q"),
        ("a &= b \\\\\n   &= a + Q", "Q"),
        ("a &= b + b \\\\\n   &= a,\\quad b &= \\foo", r"\foo"),
        ("a &=\n  a\n   + exp(a)", "exp"),
        ("a &= \\frac{a}{a +\n Q}", "Q"),
        ("a &= a^{Q}", "Q"),
    ],
)
def test_an_unreadable_token_has_its_place_and_a_caret(
    author: Author, tex: str, token: str
) -> None:
    """A parse error stands at the token, in whatever line of a block, and a caret under it."""
    found = error(author, step(tex))
    at = author.at(token)
    assert (found.id, found.code) == ("equation-parse", ExitCode.BAD_INPUT)
    assert found.at == at
    line, caret = found.notes[:2]
    text = next(it for it in tex.split("\n") if token in it).strip()
    assert line == text
    assert caret == " " * text.index(token) + "^"


def test_a_failed_relation_is_at_its_sign(author: Author) -> None:
    """In a display of several lines the finding stands at the sign of the wrong relation."""
    tex = "a + b &= b + a \\\\\na - b &= b - a, & a &= a + 0 b"
    found = error(author, step(tex))
    assert (found.id, found.at) == ("equation", author.at("= b - a"))


@pytest.mark.parametrize(
    ("key", "token"),
    [("where: ['a > Q']", "Q"), ("at: {a: 'a = Q'}", "Q")],
)
def test_an_unreadable_condition_has_its_own_place(author: Author, key: str, token: str) -> None:
    """A condition that cannot be read is told where the condition stands, not the formula."""
    found = error(author, step("a &= b", key))
    assert found.id == "equation-parse"
    assert found.at is not None
    assert found.at.line == author.at(token).line


@pytest.mark.parametrize("equation", ["a^2 = -1 - c", r"\exp(a) = -c"])
def test_an_equation_without_a_solution(author: Author, equation: str) -> None:
    """A line at the solution of an equation that has none says nothing, whatever stands there."""
    tex = r"\frac{\partial b^2}{\partial b} &= 0"
    found = error(author, step(tex, f"at: {{a: '{equation}'}}"))
    assert found.id == "equation-vacuous"
    assert "no solution of `at`" in found.message


def test_what_follows_a_faulty_definition_is_not_blamed(author: Author) -> None:
    """After a definition that cannot be read, only the definition is told."""
    blocks = "- define: 'u = a + Q'\n" + step("u &= 2 a") + step("b &= u + b")
    found = error(author, blocks)
    assert (found.id, found.at) == ("equation-parse", author.at("Q"))


def test_one_unreadable_display_leaves_the_others(author: Author) -> None:
    """Each display is told by itself: what can be read is checked all the same."""
    blocks = step("a &= Q") + step("a + b &= b - a") + step("a + b &= b + a")
    assert [it.id for it in errors(author, blocks)] == ["equation-parse", "equation"]
    states = [it.state for it in relations(author, blocks)]
    assert states == [State.FAILED, State.FAILED, State.VERIFIED]


@pytest.mark.parametrize(
    "tex",
    [
        "(" * 70 + "a" + ")" * 70 + " &= a",
        "(" * 5000 + "a &= a",
        "a &= " + "-" * 500 + "a",
        "a &= " + "+".join(["a"] * 300),
        r"a &= a^{a^{a^{a}}}",
        r"a &= a^b",
        r"a &= \frac{1}{0}",
        r"a &= \sum_{i=1}^{9^9} i",
        r"\sum &= \sum",
        r"\left( &= \right)",
        "&= = &",
        "a &= x_{x_{x}}",
        r"\frac &= a",
        r"a_{}^{} &= {}",
        r"\operatorname{} &= \text{}",
        "a &= 1/0/0",
        r"\partial &= \nabla",
        r"\mathbb{E} &= \int",
        r"\begin{cases} &= \end{cases}",
        r"\arg\min &= \max_j",
        "\\\\ \\\\ a &= a",
        r"a &= \val{g}^{\val{g}}",
        r"x^{x} &= \|\| x |",
        r"\mathcal{N}() &= p()",
        "a &= ☃",
    ],
)
def test_never_a_traceback(author: Author, tex: str) -> None:
    """Whatever a display holds, what is wrong with it is a finding of the author's."""
    for id_, at in author.errors(of(step(tex))):
        assert id_
        assert at is not None


def test_a_symbol_that_is_never_used(author: Author) -> None:
    """A declared symbol that no formula holds is warned about where it is declared."""
    text = replace(of(step("a + b &= b + a")), head="symbols: {a: {}, b: {}, lonely: {tex: l}}")
    (found,) = (it for it in author.examine(text).diagnostics if "symbol" in it.message)
    assert (found.id, found.severity) == ("never-used", Severity.WARNING)
    assert found.at is not None
    assert found.at.line == author.at("lonely").line
    used = replace(text, head="symbols: {a: {}, b: {}}")
    assert [it for it in author.examine(used).diagnostics if "symbol" in it.message] == []


@pytest.mark.parametrize(
    "blocks",
    [
        "- define: 'u = x^\\top y'",
        mistake(r"x^\top y = 2 y^\top x"),
        step("a + b &= b + a", r"where: ['x^\top y > 0']"),
        step("a &= a + b - b", r"at: {a: 'a = x^\top y'}"),
    ],
)
def test_a_symbol_is_used_wherever_it_is_read(author: Author, blocks: str) -> None:
    """A symbol in a definition, a mistake or a condition is no lonely one."""
    text = replace(
        of(blocks), head="dims: {n: {}}\nsymbols: {a: {}, b: {}, x: {shape: [n]}, y: {shape: [n]}}"
    )
    unused = [it.message for it in author.examine(text).diagnostics if "symbol" in it.message]
    assert not [it for it in unused if "`x`" in it or "`y`" in it]


NAMED = r"""
  x_new: {tex: 'x_{\mathrm{new}}', shape: [n]}
  old: {tex: 'a^{\text{old}}'}
"""


@pytest.mark.parametrize(
    ("tex", "id_"),
    [
        (r"x_{\mathrm{new}} + x &= x + x_{\text{new}}", ""),
        (r"a^{\mathrm{old}} + a &= a + a^{\text{old}}", ""),
        (r"a^{\mathrm{old}} + a &= 2 a", "equation"),
        (r"x_{\mathrm{old}} &= x", "equation-parse"),
    ],
)
def test_words_in_a_script_belong_to_the_letter(author: Author, tex: str, id_: str) -> None:
    """A word in a script is part of a declared name, and no text between statements."""
    found = author.errors(replace(of(step(tex)), head=HEAD + NAMED.strip("\n")))
    assert [it for it, _ in found] == ([id_] if id_ else [])
