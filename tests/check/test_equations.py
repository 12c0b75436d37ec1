from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from derivatex.check.sampling import Sampling
from derivatex.diagnostics import ExitCode, errors_in
from derivatex.solution import State
from tests.authoring import SAMPLING
from tests.check.relations import MODULE, error, errors, of, relations, step

if TYPE_CHECKING:
    from tests.authoring import Author


STATUSES = [
    (step(r"x^\top y &= \sum_i x_i y_i"), State.VERIFIED),
    (step("g + a &= a + g"), State.VERIFIED),
    (step(r"2 g = \val{g} + \val{g}"), State.VERIFIED),
    (step(r"a^2 + b^2 &\ge 2 a b"), State.VERIFIED),
    (step(r"W &\in \mathbb{R}^{m \times n}"), State.VERIFIED),
    (step(r"c a &\propto 2 a", "varying: a"), State.VERIFIED),
    (step("|a| &= a", "where: ['a > 0']"), State.VERIFIED),
    (step("a &= 2 b", "at: {a: 'a - b = b'}"), State.VERIFIED),
    (step(r"\sum_z p(z) &= 1"), State.STAND_IN),
    (step(r"D_{\mathrm{KL}}(p \,\|\, q) &\ge 0"), State.STAND_IN),
    (step(r"\arg\min_a (a - b)^2 &= b"), State.OPTIMALITY),
    ("- define: 'u = a + b'", State.DEFINITION),
    ("- define: 'f(t) = t^2'", State.DEFINITION),
    (step("a &= nonsense", "paired: two"), State.PAIRED),
    (step("a &= nonsense", "simulated: coin"), State.SIMULATED),
    (step("a &= nonsense", "cited: euler1768"), State.CITED),
    (step("a &= nonsense", "unverified: It cannot be read."), State.UNVERIFIED),
]


@pytest.mark.parametrize(("blocks", "state"), STATUSES)
def test_each_status_is_given(author: Author, blocks: str, state: State) -> None:
    """Each kind of line has the one status that says how it was checked."""
    examination = author.examine(of(blocks))
    found = [it.state for it in examination.verdicts if it.kind == "relation"]
    assert found == [state]
    assert errors_in(examination.diagnostics) == ()
    assert examination.checked is not None


@pytest.mark.parametrize(
    ("blocks", "id_"),
    [
        (step(r"x^\top y &= \sum_i x_i x_i"), "equation"),
        (step("g + a &= a - g"), "equation"),
        (step(r"3 g = \val{g} + \val{g}"), "equation"),
        (step(r"a^2 + b^2 &\le 2 a b"), "equation"),
        (step(r"W &\in \mathbb{R}^{n \times m}"), "equation-shape"),
        (step(r"c a &\propto 2 + a", "varying: a"), "equation"),
        (step("|a| &= -a", "where: ['a > 0']"), "equation"),
        (step("a &= 3 b", "at: {a: 'a - b = b'}"), "equation"),
        (step(r"\sum_z p(z) &= 2"), "equation"),
        (step(r"D_{\mathrm{KL}}(p \,\|\, q) &\le 0"), "equation"),
        (step(r"\arg\min_a (a - b)^2 &= -b"), "equation"),
        ("- define: 'a = x'", "equation-shape"),
        ("- define: 'f(t) = t^2 + Q'", "equation-parse"),
        (step("a &= nonsense", "paired: nobody"), "unknown-value"),
        (step("a &= nonsense", "simulated: nobody"), "unknown-value"),
        (step("a &= nonsense", "simulated: two"), "unknown-value"),
        (step("0 &= 0"), "equation-vacuous"),
        (step("|a| &= a", "where: ['c < 0']"), "equation-vacuous"),
        (step("a &= b", "at: {a: 'a^2 = -1 - b^2'}"), "equation-vacuous"),
        (step(r"\log(-c) &= a"), "equation-nan"),
        (step("a &= nonsense"), "equation-parse"),
    ],
)
def test_no_status_without_its_check(author: Author, blocks: str, id_: str) -> None:
    """The twin: a line that is corrupted has no status, fails at its place and prints nothing."""
    examination = author.examine(of(blocks))
    (found,) = errors_in(examination.diagnostics)
    assert found.id == id_
    assert found.at is not None
    assert found.at.line >= author.at("solution:").line
    states = {it.state for it in examination.verdicts if it.kind == "relation"}
    assert states == {State.FAILED}
    assert examination.checked is None


def test_a_simulation_that_lies_far_off(author: Author) -> None:
    """Five standard errors from what is claimed is no confirmation; two are."""
    good = of(step("a &= b", "simulated: coin"))
    far = replace(good, module=MODULE.replace("1.03", "1.05"))
    (found,) = errors_in(author.examine(far).diagnostics)
    assert found.id == "simulation"
    assert found.message == "the simulation gives 1.05 ± 0.01, claimed is 1"
    assert author.errors(good) == []


def test_no_relation_inherits_a_status(author: Author) -> None:
    """Each relation of a display has its own verdict: a wrong one does not take others along."""
    tex = "a + b &= b + a \\\\\n&= a - b \\\\\n&= -b + a"
    found = relations(author, step(tex))
    assert [it.state for it in found] == [State.VERIFIED, State.FAILED, State.VERIFIED]
    assert [it.at for it in found] == [
        author.at("= b + a"),
        author.at("= a - b"),
        author.at("= -b + a"),
    ]


def test_lines_that_are_not_read_have_a_verdict_each(author: Author) -> None:
    """Each line of a display that is not read counts, with its place and its reason."""
    blocks = step("a &= {} + nonsense \\\\\n&= b", "unverified: The tools end here.")
    found = relations(author, blocks)
    assert [(it.state, it.detail) for it in found] == [
        (State.UNVERIFIED, "The tools end here.")
    ] * 2
    assert [it.evaluated.row for it in found if it.evaluated] == [0, 1]
    assert [it.at for it in found] == [author.at("a &= {}"), author.at("&= b")]


def test_a_verdict_says_how_it_was_found(author: Author) -> None:
    """A verified relation has its reading, the number of its draws and the largest error."""
    found = author.examine(of(step("a + b &= b + a")), Sampling(draws=4)).verdicts
    (verdict,) = (it for it in found if it.kind == "relation")
    assert verdict.evaluated is not None
    assert (verdict.evaluated.reading, verdict.evaluated.draws) == ("a + b == b + a", 4)
    assert verdict.error is not None
    assert verdict.error < 1e-12


# numbers


@pytest.mark.parametrize(
    ("tex", "is_right"),
    [
        (r"\frac{2}{6} &\approx \val{third}", True),
        (r"\frac{2}{5} &\approx \val{third}", False),
        (r"\val{two} &= 2", True),
        (r"\val{two} &= 3", False),
        (r"g + \val{two} &= \val{two} + \val{g}", True),
        (r"g + \val{two} &= \val{two}", False),
    ],
)
def test_numbers(author: Author, tex: str, is_right: bool) -> None:  # noqa: FBT001  # of a table
    """A relation with values in it is checked at the numbers that the problem gives."""
    assert ("equation" in {it.id for it in errors(author, step(tex))}) is not is_right


def test_a_given_symbol_is_drawn_too(author: Author) -> None:
    """What holds at the given number alone is no relation, unless it is said to be about it."""
    assert error(author, step("2 g &= 3")).id == "equation"
    assert errors(author, step("2 g &= 3", "at: given")) == []
    assert error(author, step("2 g &= 4", "at: given")).id == "equation"


# sampling


def test_the_same_seed_gives_the_same_findings(author: Author) -> None:
    """What is found depends on the seed alone; another seed has other instances."""
    text = of(step("a + b &= a - b"))
    first, again, other = (
        author.examine(text, Sampling(seed=seed, draws=3)).diagnostics for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_mutants_are_planted_on_request(author: Author) -> None:
    """Errors are planted in verified right sides alone, only on request, and are rejected."""
    text = of(step("a + b &= b + 2 a - a \\\\\nc &= Q"))
    assert author.examine(text, SAMPLING).mutations == ()
    text = of(step("a + b &= b + 2 a - a"))
    mutations = author.examine(text, Sampling(draws=3, mutants=True)).mutations
    assert len(mutations) > 3
    assert all(it.is_killed or it.is_equal for it in mutations)
    assert {it.at for it in mutations} == {str(author.at("= b + 2 a"))}


def test_a_value_that_is_not_computed(author: Author) -> None:
    r"""A `\val` in a formula that names nothing is told once, as anywhere else."""
    found = error(author, step(r"g = \val{gg}"))
    assert (found.id, found.code) == ("unknown-value", ExitCode.CHECK_FAILED)


@pytest.mark.parametrize("key", ["nobody1900", "euler1768, nobody1900"])
def test_a_step_that_cites_nobody(author: Author, key: str) -> None:
    """A step that is stated from a work names one that is listed."""
    assert error(author, step("a &= b", f"cited: '{key}'")).id == "unknown-citation"


def test_a_step_that_cites(author: Author) -> None:
    """A work from which a step is stated is a work that is cited."""
    found = author.examine(of(step("a &= b", "cited: euler1768"))).diagnostics
    assert not [it for it in found if it.at and it.at.file.endswith(".bib")]


def test_a_pair_of_one(author: Author) -> None:
    """What the problem gives was computed once: it is no pair."""
    assert errors(author, step("a &= nonsense", "paired: g")) != []


def test_a_name_is_defined_once(author: Author) -> None:
    """Two definitions of one name in a group cannot both be meant."""
    assert errors(author, "- define: ['u = a', 'u = b']\n" + step("u &= b")) != []


def test_a_given_symbol_that_a_relation_holds(author: Author) -> None:
    """A given number that stands in a formula is used there."""
    text = replace(of(step("g + g &= 2 g")), module="", works="", head="symbols: {g: {given: 1}}")
    assert author.warnings(text) == []


def test_a_step_that_is_not_read_for_two_reasons(author: Author) -> None:
    """A step has one status: two keys that say why it is not read contradict each other."""
    keys = "unverified: So.\n      cited: euler1768"
    assert len(author.errors(of(step("a &= b", keys)))) == 1


def test_an_equivalence(author: Author) -> None:
    """Two conditions are equivalent where they are true and false together, and both occur."""
    assert errors(author, step(r"a > b \iff b < a")) == []
    assert [it.id for it in errors(author, step(r"a > b \iff b > a"))] == ["equation"]
