"""What list, check, clean and doctor show and leave."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.faults.conftest import Built

WRONG = ("square: 2.25", "square: 2.35")


def test_check_counts_the_claims(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`check` counts the claims of each kind, writes the certificate and makes no PDF."""
    ran = project.run(capfd, "check", "demo")
    assert ran.code == 0
    assert "largest error" in ran.out
    assert all(kind in ran.out for kind in ("route", "published", "reference", "literal"))
    assert (project.root / "build/demo.json").exists()
    assert not project.pdf.exists()
    assert not (project.root / "build/tex").exists()


def test_check_verbose_lists_every_claim(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """`check -v` has a line for each claim, with the route that confirmed it."""
    ran = project.run(capfd, "check", "demo", "-v")
    assert ran.code == 0
    assert "square_by_addition" in ran.out
    assert "root_by_newton" in ran.out
    assert "agrees at its last digit" in ran.out
    assert "computing problem 1" in ran.err


def test_check_quiet_is_silent(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`check -q` says nothing where nothing is wrong."""
    ran = project.run(capfd, "check", "demo", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_check_as_json(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`check --json` prints the certificates, and nothing else, on standard output."""
    ran = project.run(capfd, "check", "--json")
    assert ran.code == 0
    printed = json.loads(ran.out)
    written = json.loads((project.root / "build/demo.json").read_text(encoding="utf-8"))
    assert printed == [written]
    assert printed[0]["passed"] is True
    assert {value["address"] for value in printed[0]["values"]} == {"x", "square", "root"}


def test_check_as_json_of_what_is_false(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """A claim that is false is in the JSON, is told on standard error, and gives status 4."""
    project.replace(project.yaml, *WRONG)
    ran = project.run(capfd, "check", "demo", "--json")
    assert ran.code == 4
    assert json.loads(ran.out)[0]["passed"] is False
    assert ran.err.count("error[published-disagrees]") == 1


def test_check_tells_what_is_false(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """A claim that is false is counted as failed, and is told even to `-q`."""
    project.replace(project.yaml, *WRONG)
    loud = project.run(capfd, "check", "demo")
    quiet = project.run(capfd, "check", "demo", "-q")
    assert (loud.code, quiet.code) == (4, 4)
    assert "failed" in loud.out
    assert not quiet.out
    assert "error[published-disagrees]" in quiet.err


def test_a_warning_is_hushed_by_quiet(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """What is never used is a warning: it is told, hushed by `-q`, and no failure."""
    project.replace(project.yaml, r"~\cite{euler1768}", "")
    loud = project.run(capfd, "check", "demo")
    quiet = project.run(capfd, "check", "demo", "-q")
    assert (loud.code, quiet.code) == (0, 0)
    assert loud.err.startswith("solutions/demo/references.bib:1:1: warning[never-used]: ")
    assert not quiet.err


def test_one_assignment_that_fails_does_not_hide_another(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every target is checked, whatever is wrong with the first."""
    shutil.copytree(project.yaml.parent, project.root / "solutions/other")
    project.replace(project.yaml, "title:", "titel:")
    ran = project.run(capfd, "check", "demo", "other")
    assert ran.code == 3
    assert "error[unknown-key]" in ran.err
    assert "other" in ran.out
    assert (project.root / "build/other.json").exists()


@pytest.mark.tex
def test_list_shows_states(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """`list` tells what is built, what has changed since, and what was never built."""
    rows = {}
    for change in ("", "# a remark\n"):
        text = built.project.yaml.read_text(encoding="utf-8")
        built.project.yaml.write_text(text + change, encoding="utf-8")
        ran = built.project.run(capfd, "list")
        assert ran.code == 0
        rows[change] = [line for line in ran.out.splitlines() if "demo" in line]
    before, after = rows[""], rows["# a remark\n"]
    assert "built" in before[0]
    assert "changed since" in after[0]
    assert "A square" in before[1]
    assert "not built" in before[1]


def test_list_of_what_was_never_checked(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """`list` checks nothing by itself and leaves nothing behind."""
    ran = project.run(capfd, "list")
    assert ran.code == 0
    assert "not checked yet" in ran.out
    assert not (project.root / "build").exists()


def test_list_of_what_cannot_be_read(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """An assignment that cannot be read is listed, and told."""
    project.replace(project.yaml, "points:", "pionts:")
    ran = project.run(capfd, "list")
    assert ran.code == 3
    assert "cannot be read" in ran.out
    assert ran.err.startswith("solutions/demo/1-square.yaml:9:5: error[unknown-key]")


@pytest.mark.tex
def test_clean(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """`clean` removes what was built, says what, and leaves the sources; the cache on request."""
    kept = sorted((built.root / "solutions").rglob("*"))
    ran = built.project.run(capfd, "clean")
    assert ran.code == 0
    assert "removed build/demo.pdf" in ran.out
    assert {path.name for path in (built.root / "build").iterdir()} <= {".lock", "cache"}
    assert sorted((built.root / "solutions").rglob("*")) == kept
    ran = built.project.run(capfd, "clean", "--cache")
    assert ran.out == "removed build/cache\n"
    assert {path.name for path in (built.root / "build").iterdir()} <= {".lock"}


@pytest.mark.tex
def test_clean_of_one_target(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """`clean` of a problem leaves the assignment's report; of the assignment, another's."""
    other = built.root / "build/other.pdf"
    other.write_bytes(b"")
    ran = built.project.run(capfd, "clean", "demo/1")
    assert ran.code == 0
    assert built.is_as_it_was()
    ran = built.project.run(capfd, "clean", "demo")
    assert ran.code == 0
    assert not built.project.pdf.exists()
    assert not (built.root / "build/tex/demo").exists()
    assert other.exists()


def test_clean_of_nothing(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`clean` where nothing was built is no mistake."""
    ran = project.run(capfd, "clean")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


@pytest.mark.tex
def test_doctor(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """`doctor` says of everything that a build needs where it was found."""
    ran = project.run(capfd, "doctor")
    rows = {line.split()[1]: line for line in ran.out.splitlines() if line.startswith("│")}
    for name in ("pdflatex", "article.cls", "pdftotext"):
        assert "/" in rows[name], ran.out
    assert ("everything is there" in ran.out) == (ran.code == 0)
