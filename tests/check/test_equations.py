from __future__ import annotations

from dataclasses import replace
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from derivatex.check.displays import Sampling
from derivatex.diagnostics import ExitCode, Severity, errors_in
from derivatex.solution import State
from tests.authoring import SAMPLING, Text, mutated

if TYPE_CHECKING:
    from derivatex.diagnostics import Diagnostic
    from derivatex.solution import Verdict
    from tests.authoring import Author


HEAD = r"""
dims: {n: {}, m: {}}
indices: {i: n, j: n}
symbols:
  a: {}
  b: {}
  c: {domain: positive}
  g: {given: 1.5}
  x: {shape: [n]}
  y: {shape: [n]}
  W: {shape: [m, n]}
  one: {tex: '\mathbf{1}', shape: [n], domain: ones}
  sigma: {tex: '\sigma'}
  z: {outcome: []}
  p: {law: z}
  q: {law: z}
"""
MODULE = """
def by_hand():
    return {"estimate": 1.03, "error": 0.01, "claim": 1}

@value(route=by_hand, digits=2)
def coin():
    return {"estimate": 1.03, "error": 0.01, "claim": 1}

def two_by_hand():
    return 1 + 1

@value(route=two_by_hand)
def two():
    return 2

@value(route=lambda: 1 / 3, digits=3)
def third():
    return 2 / 6
"""
WORKS = "@misc{euler1768,\n title={E}}\n"


def step(tex: str, keys: str = "") -> str:
    """A step of one display; its lines stand as they are in a block."""
    return f"- derive:\n    - tex: |\n{indent(tex, ' ' * 8)}\n      because: so\n{keys_of(keys)}"


def keys_of(keys: str) -> str:
    """Further keys of a step."""
    return f"      {keys}\n" if keys else ""


def of(blocks: str) -> Text:
    """A problem with these blocks."""
    return Text(MODULE, blocks, HEAD, works=WORKS)


def relations(author: Author, blocks: str) -> list[Verdict]:
    """The verdicts on the relations of a problem."""
    return author.verdicts(of(blocks), "relation")


def errors(author: Author, blocks: str) -> list[Diagnostic]:
    """What stops the build."""
    return list(errors_in(author.examine(of(blocks)).diagnostics))


def error(author: Author, blocks: str) -> Diagnostic:
    """The one finding that stops the build."""
    (found,) = errors(author, blocks)
    return found


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


# mistakes and errata


def mistake(tex: str, kind: str = "") -> str:
    """A mistake with its explanation."""
    return f"- mistake:\n    tex: {tex}\n    why: It is.\n" + (
        f"    kind: {kind}\n" if kind else ""
    )


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
