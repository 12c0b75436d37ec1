from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from derivatex.check.examine import examine
from derivatex.compute.run import compute
from derivatex.diagnostics import Location
from derivatex.document import Document
from derivatex.read.assignment import read_assignment
from derivatex.render.document import render
from derivatex.render.marks import CLOSE, OPEN
from derivatex.store.cache import Cache
from tests.authoring import SAMPLING
from tests.conftest import DEMO

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.solution import Checked

LABEL = re.compile(r"\\label\{([^}]*)\}")
REFERENCE = re.compile(r"\\(?:ref|eqref|pageref)\{([^}]*)\}")
SECOND = "A_c: all of A & B"
SOURCE = "source: The questions were made for the tests"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with its problem twice, the second under another title."""
    root = tmp_path_factory.mktemp("twice")
    shutil.copytree(DEMO / "solutions", root / "solutions")
    demo = root / "solutions/demo"
    shutil.copy(demo / "1_square.py", demo / "2_square.py")
    text = (demo / "1-square.yaml").read_text(encoding="utf-8")
    text = text.replace("problem: 1", "problem: 2").replace("A square", f"'{SECOND}'")
    (demo / "2-square.yaml").write_text(text, encoding="utf-8")
    works = (demo / "references.bib").read_text(encoding="utf-8")
    another = works.replace("euler1768", "euler1755").replace("integralis", "differentialis")
    (demo / "references.bib").write_text(works + another, encoding="utf-8")
    heading = (demo / "assignment.yaml").read_text(encoding="utf-8")
    assert SOURCE in heading
    heading = heading.replace(SOURCE, rf"{SOURCE}, after~\cite{{euler1755}}")
    (demo / "assignment.yaml").write_text(heading, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def checked(folder: Path) -> Checked:
    """What the stages before `render` make of it."""
    assignment = read_assignment(folder, "demo")
    solutions, found = compute(Cache(folder), assignment, 2, lambda _: None)
    assert not found
    examined = examine(assignment, solutions, SAMPLING, Cache(folder), is_whole=True)
    assert examined.checked is not None, examined.diagnostics
    return examined.checked


@pytest.fixture(scope="module")
def document(checked: Checked) -> Document:
    """The report."""
    return render(checked)


@pytest.fixture(scope="module")
def handout(checked: Checked) -> Document:
    """The questions alone."""
    return render(checked, is_handout=True)


def unresolved(tex: str) -> set[str]:
    """The labels that are referred to and not set, or set twice."""
    labels = Counter(LABEL.findall(tex))
    twice = {label for label, count in labels.items() if count > 1}
    return twice | (set(REFERENCE.findall(tex)) - set(labels))


def is_found(document: Document, line: int, at: Location, folder: Path) -> bool:
    """Whether what an author wrote at a place starts with the words of that line of the LaTeX."""
    written = (folder / at.file).read_text(encoding="utf-8").split("\n")[at.line - 1]
    words = re.split(r"[\\$@]", written[at.column - 1 :].strip("'"))[0].strip()
    return words in document.tex.split("\n")[line - 1]


def test_numbers_stand_for_their_names(document: Document) -> None:
    """Every number is printed as often as it is named, in both problems, and no name is left."""
    assert Counter(document.printed) == {"2.25": 8, "1.414": 4, "1.5": 2}
    for tex in (r"at $x = {1.5}$", r"x^2 &= x \cdot x = {2.25}", r"\approx {1.414}", "$1.414$"):
        assert document.tex.count(tex) == 2
    assert not re.search(r"\\(val|published)\b", document.tex)


def test_labels_belong_to_their_problem(document: Document) -> None:
    """Two problems that use the same labels do not meet: each label is set once and found."""
    assert unresolved(document.tex) == set()
    expected = {f"p{k}:{name}" for k in (1, 2) for name in ("fig:curve", "tab:both")}
    assert set(REFERENCE.findall(document.tex)) == expected


def test_labels_that_meet_are_found(document: Document) -> None:
    """The twin: where the second problem's labels are the first's, they are set twice."""
    assert unresolved(document.tex.replace("p2:", "p1:")) == {"p1:fig:curve", "p1:tab:both"}
    assert unresolved(document.tex.replace(r"\label{p2:", r"\label{p3:")) != set()


def test_each_line_leads_to_what_was_written(document: Document, folder: Path) -> None:
    """A line of the LaTeX that an author wrote is found at its line and column in his file."""
    authored = [(line, at) for line, at in document.origins if at.file.endswith(".yaml")]
    assert len(authored) == 3 + 2 * 9
    assert [it for it in authored if not is_found(document, *it, folder)] == []


def test_a_place_one_line_off_is_found_out(document: Document, folder: Path) -> None:
    """The twin: a line that leads to the line above the right one does not hold its words."""
    line, at = next(it for it in document.origins if it[1].line == 15)
    assert not is_found(document, line, Location(at.file, at.line - 1, at.column), folder)


def test_a_table_leads_to_its_module(document: Document) -> None:
    """A table's lines are found at the function that made it."""
    lines = document.tex.split("\n")
    places = [str(at) for line, at in document.origins if "tabular" in lines[line - 1]]
    assert places == [f"solutions/demo/{k}_square.py:38:1" for k in (1, 2)]


def test_lines_of_ours_lead_nowhere(document: Document) -> None:
    """What derivatex writes by itself is blamed on no author, before, between and after."""
    lines = document.tex.split("\n")
    ours = [1] + [k for k, line in enumerate(lines, 1) if "second, independent route" in line]
    ours += [k for k, line in enumerate(lines, 1) if "begin{longtable" in line]
    assert len(ours) >= 3
    assert [lines[k - 1] for k in ours if document.origin(k)] == []


def test_a_line_of_a_template_counts_as_the_line_before() -> None:
    """Between two lines of an author, a template's line belongs to the one above."""
    first, second = Location("f", 1, 1), Location("f", 9, 1)
    document = Document("", origins=((10, first), (20, second)))
    found = {line: document.origin(line) for line in (9, 10, 15, 20, 99)}
    assert found == {9: None, 10: first, 15: first, 20: second, 99: second}
    assert document.origin(15, 20) == second


def test_no_mark_and_no_html_is_left(document: Document, handout: Document) -> None:
    """TeX sees no mark of ours and no text that was escaped for HTML."""
    for made in (document, handout):
        assert not re.search(f"[{OPEN}{CLOSE}]|&(amp|lt|gt|#34|#39);", made.tex)


def test_plain_words_are_escaped(document: Document) -> None:
    """A title may hold any character: its LaTeX prints it, and the PDF must show it."""
    assert document.tex.count(r"A\_c: all of A \& B") == 1
    assert document.headings == ("Demo", "Problem 1. A square", f"Problem 2. {SECOND}")


def test_figures_come_with_the_document(document: Document) -> None:
    """Every picture that the LaTeX includes is handed over as a PDF."""
    included = re.findall(r"\\includegraphics\{([^}]*)\}", document.tex)
    assert included == ["figures/1-curve.pdf", "figures/2-curve.pdf"]
    assert sorted(document.files) == included
    assert all(data.startswith(b"%PDF") for data in document.files.values())


def test_every_cited_work_is_listed(document: Document) -> None:
    """A work is listed once, wherever it is cited: in a problem or in the assignment's heading."""
    cited = set(re.findall(r"\\cite\{([^}]*)\}", document.tex))
    assert cited == {"euler1755", "euler1768"}
    assert sorted(re.findall(r"\\bibitem\{([^}]*)\}", document.tex)) == sorted(cited)


def test_a_handout_has_no_answers(handout: Document) -> None:
    """A handout holds the questions and nothing of their solutions, not even the works cited."""
    assert handout.tex.count("What is $x^2$ at $x = {1.5}$?") == 2
    assert handout.printed == ("1.5", "1.5")
    assert not handout.files
    body = handout.tex.partition(r"\begin{document}")[2]
    for word in (
        "2.25",
        "1.414",
        "Solution",
        "dxanswer",
        "includegraphics",
        "euler1768",
        "checked",
    ):
        assert word not in body


@pytest.mark.parametrize("wrong", ["Of 1 values", "1 agree ", "1 relations"])
def test_one_is_no_plural(checked: Checked, wrong: str) -> None:
    """The sentences that count what was checked are English where there is one of a thing."""
    alone = checked.assignment.model_copy(update={"problems": checked.assignment.problems[:1]})
    verdicts = tuple(it for it in checked.verdicts if it.problem == "1")
    made = render(type(checked)(alone, checked.solutions[:1], verdicts))
    assert wrong not in made.tex


def test_the_report_says_which_data_was_read(checked: Checked) -> None:
    """Data files are counted by their folder; modules are no data, nor is anything said of none."""
    assert "Data files" not in render(checked).tex
    read = ["data/cifar_10/one", "data/cifar_10/two", "/mnt/disk/far/three", "lib/other.py"]
    first, *others = checked.solutions
    solutions = (replace(first, read=dict.fromkeys(read, "digest")), *others)
    made = render(type(checked)(checked.assignment, solutions, checked.verdicts))
    told = re.findall(r"Data files that were read: (\d) in \\texttt\{(.*)\}\.", made.tex)
    assert told == [("2", r"data/cifar\_10"), ("1", "far")]
    assert "/mnt" not in made.tex


def test_a_submission_says_which_problems_it_has(checked: Checked) -> None:
    """Some problems of an assignment are said to be those."""
    assert "Problems 1 to 2" in render(checked, only="1-2").tex
    assert "Problems 1 to 2" not in render(checked).tex
