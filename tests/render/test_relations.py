"""Letters in the margin, mistakes with their counterexample, the section of what was checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from derivatex.certificate import certificate
from derivatex.diagnostics import Location
from derivatex.model.assignment import Assignment, Heading
from derivatex.render.document import render
from derivatex.render.relations import relations_page
from derivatex.solution import STATUSES, Checked, Evaluated, State, Verdict
from derivatex.tex.markup import Math
from tests.authoring import Author, Text, mutated

if TYPE_CHECKING:
    from derivatex.document import Document

HEAD = r"""
dims: {n: {}}
indices: {i: n}
symbols:
  a: {}
  b: {}
  x: {shape: [n]}
  z: {outcome: []}
  p: {law: z}
define: 'u = a + b'
"""
BLOCKS = r"""
- define: 'v_i = x_i^2'
- derive:
    - tex: |
        u &= b + a \label{eq:sum} \\
        \sum_z p(z) &= 1 \\
        \sum_i v_i &= x^\top x, & \mathbb{E}_{z \sim p}[a] &= a
      because:
        - by \eqref{eq:sum}
        - that is a law
        - twice
    - tex: |
        a &= \lim_{b \to 0} u \\
        b &= \lim_{a \to 0} u
      because: a limit
      unverified: Limits are not read, 5\,\% of them at least.
- mistake:
    tex: u &= a - b
    why: The sign is lost.
    kind: sign
- erratum:
    kind: misprint
    printed: u \gg a
    means: u = a
    right: u = a + b
    why: A term is lost.
"""
GOOD = Text("", BLOCKS, HEAD)


def rendered(author: Author, text: Text = GOOD) -> Document:
    """The report of a problem that was checked."""
    examination = author.examine(text)
    assert examination.checked is not None, examination.diagnostics
    return render(examination.checked)


def words(document: Document) -> str:
    """The LaTeX below the preamble, words one space apart."""
    return " ".join(document.tex.partition(r"\begin{document}")[2].split())


def line(document: Document, piece: str) -> str:
    """The one line of the LaTeX that holds a piece."""
    (found,) = (it for it in document.tex.split("\n") if piece in it)
    return found


@pytest.mark.parametrize(
    ("piece", "letters"),
    [
        (r"u = a + b \tag", r"\dxstatus{d}"),
        ("v_i = x_i^2", r"\dxstatus{d}"),
        (r"\label{p1:eq:sum}", r"\dxrow{v}"),
        (r"\sum_z p(z)", r"\dxstatus{s}"),
        (r"\sum_i v_i", r"\dxstatus{vs}"),
        (r"a &= \lim", r"\dxstatus{u}"),
        (r"b &= \lim", r"\dxstatus{u}"),
    ],
)
def test_each_line_has_its_letters(author: Author, piece: str, letters: str) -> None:
    """Beside each displayed line stand the letters of its relations' statuses."""
    assert letters in line(rendered(author), piece)


def test_every_status_has_a_letter_of_its_own() -> None:
    """No two statuses share a letter, and no other state has one."""
    assert len({it.mark for it in STATUSES}) == len(STATUSES) == 8
    assert not [it for it in State if it not in STATUSES and it.mark]


def test_a_mistake_is_printed_with_its_counterexample(author: Author) -> None:
    """A mistake stands there without letters, with why, and with where the build rejected it."""
    tex = words(rendered(author))
    shown = re.search(r"\\begin{dxmistake}(.*?)\\end{dxmistake}", tex)
    assert shown is not None
    for piece in (
        "u &= a - b",
        "The sign is lost.",
        "Rejected by the build:",
        "the left side is",
        "sign",
    ):
        assert piece in shown.group(1)
    assert "dxstatus" not in shown.group(1)
    assert r"\notag" not in shown.group(1)


def test_an_erratum_is_printed_with_its_counterexample(author: Author) -> None:
    """An erratum about a relation shows what was printed, what is right, and the rejection."""
    tex = words(rendered(author))
    shown = re.search(r"\\begin{dxerratum}(.*?)\\end{dxerratum}", tex)
    assert shown is not None
    for piece in ("u = a ", "u = a + b", "A term is lost.", "Rejected by the build:"):
        assert piece in shown.group(1)


def test_the_report_ends_with_its_errata(author: Author) -> None:
    """The last section lists each erratum: where it is, its kind, both formulas."""
    tex = words(rendered(author))
    last = tex.rpartition(r"\dxsection{")[2]
    assert last.startswith("Errata of the source}")
    assert r"\textbf{Problem 1 (a)}, page \pageref{p1:erratum:1}, a misprint." in last
    assert r"\dxversus{u \gg a}{u = a + b}" in last
    assert r"\phantomsection\label{p1:erratum:1}" in tex


def test_a_report_without_errata_has_no_list_of_them(author: Author) -> None:
    """The twin: where nothing is wrong with the source there is no such section."""
    blocks = BLOCKS.partition("- erratum:")[0]
    assert "Errata of the source" not in words(rendered(author, Text("", blocks, HEAD)))


def test_a_message_is_typeset(author: Author) -> None:
    """Names in a message stand in a typewriter face; nothing is escaped twice."""
    garbled = mutated(
        GOOD, "    printed: u \\gg a\n    means: u = a\n", "    printed: u = (a\n    fault: parse\n"
    )
    tex = words(rendered(author, garbled))
    assert r"Rejected by the build:} \texttt{(} is never closed" in tex
    assert "textasciigrave" not in tex


def test_the_first_page_counts_the_relations(author: Author) -> None:
    """The first page says how many relations have which status, and how many were rejected."""
    tex = words(rendered(author)).partition(r"\dxproblem")[0]
    assert (
        "Displayed relations: 9, of which 3 verified, 2 stand-in, 2 definition, 2 unverified" in tex
    )
    assert r"\textbf{Not verified: 2.}" in tex
    assert "rejected: 2." in tex
    assert "at least 3 random instances" in tex


def test_fewer_relations_are_counted_as_fewer(author: Author) -> None:
    """The twin: without the lines that are not read, nothing is said to be unverified."""
    start = BLOCKS.index("    - tex: |\n        a &= \\lim")
    blocks = BLOCKS[:start] + BLOCKS[BLOCKS.index("- mistake") :]
    tex = words(rendered(author, Text("", blocks, HEAD)))
    assert "Displayed relations: 7, of which 3 verified, 2 stand-in, 2 definition." in tex
    assert "Not verified" not in tex
    assert "Lines that were not read" not in tex


def test_the_last_section_explains(author: Author) -> None:
    """The last section has each status with its count, the reasons, and how definitions read."""
    tex = words(rendered(author)).partition(r"\dxsection{What was checked}")[2]
    for state, count in ((State.VERIFIED, 3), (State.STAND_IN, 2), (State.UNVERIFIED, 2)):
        assert rf"\dxletter{{{state.mark}}}&{state.value}&{count}&" in tex
    assert r"\dxletter{c}" not in tex
    assert r"1&unverified&2&Limits are not read, 5\,\% of them at least." in tex
    assert r"\texttt{u = a + b}" in tex.replace(r"\allowbreak{}", "")


def test_a_report_without_relations(author: Author) -> None:
    """A report that displays no relation says nothing of relations."""
    tex = words(rendered(author, Text("", "- text: Words.", "")))
    assert "relations" not in tex


@pytest.mark.parametrize("reason", ["Half of it, ☃.", r"\eqref{eq:sum} is not read.", "a_b & c"])
def test_a_reason_is_an_authors_text(author: Author, reason: str) -> None:
    """A reason is text of the author's: what no text may hold is refused before it is printed."""
    text = mutated(GOOD, r"Limits are not read, 5\,\% of them at least.", f"'{reason}'")
    if "&" in reason:
        assert author.errors(text) != []
    else:
        assert author.errors(text) == []


@pytest.mark.parametrize(
    ("reason", "shown"),
    [(r"\eqref{eq:sum} is not read.", r"\eqref{p1:eq:sum}"), (r"At $\val{g}$.", "{2}")],
)
def test_names_in_a_reason(author: Author, reason: str, shown: str) -> None:
    """Labels and values in a reason lead where they lead elsewhere."""
    text = mutated(GOOD, r"Limits are not read, 5\,\% of them at least.", f"'{reason}'")
    text = mutated(text, "  a: {}\n", "  a: {}\n  g: {given: 2}\n")
    tex = words(rendered(author, text)).partition("Lines that were not read")[2]
    assert shown in tex


def test_a_step_that_cites_has_its_work(author: Author) -> None:
    """A work that a step is stated from stands in the list of references."""
    blocks = "- derive: [{tex: a &= b, because: so, cited: euler1768}]"
    works = "@book{euler1768,\n author={Euler}, title={E}, publisher={P}, year={1768}}\n"
    document = rendered(author, Text("", blocks, HEAD, works=works))
    assert r"\bibitem{euler1768}" in document.tex


def test_definitions_alone(author: Author) -> None:
    """Where nothing was evaluated, nothing is said to have been."""
    head = HEAD.replace("define: 'u = a + b'\n", "")
    tex = words(rendered(author, Text("", "- define: 'u = a + b'", head)))
    assert "0 random instances" not in tex
    assert "0 or more instances" not in tex


def test_the_certificate_has_every_relation(author: Author) -> None:
    """The certificate counts relations by status, and has each with its place and its error."""
    examination = author.examine(GOOD)
    record = certificate([], examination.verdicts, examination.diagnostics, inputs={}, pdf=None)
    assert record["counts"]["relation"] == {
        "definition": 2,
        "verified": 3,
        "stand-in": 2,
        "unverified": 2,
    }
    assert record["counts"]["mistake"] == {"rejected": 1}
    assert record["counts"]["erratum"] == {"rejected": 1}
    relations = [it for it in record["verdicts"] if it["kind"] == "relation"]
    assert all(it["at"].startswith("solutions/made/1-made.yaml:") for it in relations)
    unverified = [it for it in relations if it["state"] == "unverified"]
    assert {it["detail"] for it in unverified} == {"Limits are not read, 5\\,\\% of them at least."}
    assert all(it["error"] is not None for it in relations if it["state"] == "verified")


def test_a_certificate_of_what_failed(author: Author) -> None:
    """The twin: a wrong relation is counted as failed, and the certificate does not pass."""
    examination = author.examine(mutated(GOOD, "u &= b + a", "u &= b - a"))
    record = certificate([], examination.verdicts, examination.diagnostics, inputs={}, pdf=None)
    assert record["counts"]["relation"]["failed"] == 1
    assert record["passed"] is False
    assert examination.checked is None


def test_the_largest_error_is_shown() -> None:
    """The largest difference of all evaluated relations stands in the report."""
    place = Evaluated(Math("a = b").at, 0, "a == b", 4)
    verdicts = [
        Verdict("1", "relation", "", State.VERIFIED, error=error, evaluated=place)
        for error in (1e-16, 3e-12, 0.0)
    ]
    heading = Heading.model_validate({"title": "x", "source": "x", "@": Location("x")})
    checked = Checked(
        Assignment(slug="x", folder="x", heading=heading, problems=()), (), tuple(verdicts)
    )
    page = relations_page(checked, [])
    assert page is not None
    assert "10^{-12}" in page.worst
    assert (page.total, page.draws) == (3, 4)
