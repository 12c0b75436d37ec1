from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, RefusedError
from derivatex.read.assignment import problem_numbers, read_assignment, slugs

if TYPE_CHECKING:
    from tests.conftest import Project


def add(project: Project, name: str, number: str) -> None:
    """Put another problem beside the first."""
    text = project.yaml.read_text(encoding="utf-8").replace("problem: 1", f"problem: {number}")
    project.yaml.with_name(name).write_text(text, encoding="utf-8")


def refused(project: Project, problem: str | None = None) -> list[str]:
    """What is said of an assignment that is refused, without its folder."""
    with pytest.raises(RefusedError) as error:
        read_assignment(project.root, "demo", problem)
    assert error.value.code is ExitCode.BAD_INPUT
    found = error.value.diagnostics
    return [f"{it.at} {it.id}".removeprefix("solutions/demo/") for it in found]


def test_an_assignment_is_read_whole(project: Project) -> None:
    """An assignment has its heading, its problems and its references."""
    made = read_assignment(project.root, "demo")
    assert (made.slug, made.folder, made.heading.title) == ("demo", "solutions/demo", "Demo")
    assert [problem.module for problem in made.problems] == ["solutions/demo/1_square.py"]
    assert [(it.key, str(it.at)) for it in made.references] == [
        ("euler1768", "solutions/demo/references.bib:1:1")
    ]


def test_what_an_editor_leaves_is_no_problem(project: Project) -> None:
    """Hidden files, such as an editor's lock, are passed over."""
    project.yaml.with_name(".#1-square.yaml").symlink_to("nobody@nowhere")
    assert len(read_assignment(project.root, "demo").problems) == 1
    assert problem_numbers(project.root, "demo") == ["1"]


def test_problems_stand_in_their_order(project: Project) -> None:
    """Numbers are ordered as numbers: 1.2 comes before 1.10, and 9 before 10."""
    for number in ("10", "9", "1.10", "1.2"):
        add(project, f"{number}-other.yaml", number)
    expected = ["1", "1.2", "1.10", "9", "10"]
    assert problem_numbers(project.root, "demo") == expected
    made = read_assignment(project.root, "demo")
    assert [problem.problem for problem in made.problems] == expected


def test_one_problem_is_read_alone(project: Project) -> None:
    """A problem that was asked for is read though its neighbour is broken."""
    add(project, "10-other.yaml", "10")
    project.yaml.with_name("2-broken.yaml").write_text("problem: 2: 3", encoding="utf-8")
    for number in ("1", "10"):
        made = read_assignment(project.root, "demo", number)
        assert [problem.problem for problem in made.problems] == [number]
    assert refused(project) == ["2-broken.yaml:1:11 yaml-syntax"]


def test_only_folders_with_a_heading_are_assignments(project: Project) -> None:
    """A folder without `assignment.yaml` is no assignment."""
    shutil.copytree(project.yaml.parent, project.root / "solutions/another")
    (project.root / "solutions/notes").mkdir()
    assert slugs(project.root) == ["another", "demo"]


def test_two_problems_of_one_number_are_refused(project: Project) -> None:
    """A number that two files claim is refused, with both files named."""
    add(project, "1-twin.yaml", "1")
    with pytest.raises(RefusedError, match=r"problem 1 is also in solutions/demo/1-square\.yaml"):
        read_assignment(project.root, "demo")
    assert refused(project) == ["1-twin.yaml:1:1 duplicate-problem"]


def test_two_parts_of_one_letter_are_refused(project: Project) -> None:
    """A letter that two parts claim is refused at the second."""
    text = project.yaml.read_text(encoding="utf-8")
    second = "  - part: a\n    question: b\n    solution: [text: c]\n    answer: d\n"
    project.yaml.write_text(text + second, encoding="utf-8")
    assert refused(project) == ["1-square.yaml:26:5 duplicate-part"]


@pytest.mark.parametrize("name", ["square.yaml", "2-Square.yaml", "2_square.yaml", "b-2.yaml"])
def test_a_file_of_another_name_is_refused(project: Project, name: str) -> None:
    """A YAML file that is named like no problem is refused, not passed over."""
    add(project, name, "2")
    assert refused(project) == [f"{name} bad-file-name"]


def test_name_and_number_agree(project: Project) -> None:
    """A file named for one problem that says another is refused at the place of its number."""
    add(project, "2-other.yaml", "3")
    assert refused(project) == ["2-other.yaml:1:1 bad-file-name"]


def test_an_assignment_without_problems_is_refused(project: Project) -> None:
    """An empty assignment, or one without the problem that was asked for, is refused."""
    assert refused(project, "2") == ["solutions/demo no-problem"]


def test_the_faults_of_all_files_are_told_at_once(project: Project) -> None:
    """One reading tells the faults of the heading, the problems and the references."""
    heading = project.yaml.with_name("assignment.yaml")
    project.replace(heading, "course: A", "curse: A")
    project.replace(project.yaml, "title", "titel")
    works = project.yaml.with_name("references.bib")
    works.write_text("@misc{a,\n}\n@misc{a,\n}\n", encoding="utf-8")
    assert refused(project) == [
        "1-square.yaml:2:1 unknown-key",
        "assignment.yaml:2:1 unknown-key",
        "references.bib:3:1 duplicate-key",
    ]


def test_a_missing_heading_is_refused(project: Project) -> None:
    """An assignment without its own file is refused, and its problems' faults are told besides."""
    project.yaml.with_name("assignment.yaml").unlink()
    project.replace(project.yaml, "points: 2", "points: x")
    assert refused(project) == ["1-square.yaml:9:5 bad-value", "assignment.yaml unreadable-file"]
