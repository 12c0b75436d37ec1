from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError
from derivatex.model.assignment import Heading, Problem
from derivatex.read.validation import validated
from derivatex.read.yaml_source import load

if TYPE_CHECKING:
    from pathlib import Path

PROBLEM = """\
problem: 1
title: A title
statement: Some words.
symbols:
  x: {given: 1.5}
published:
  y: 2.25
time_limit: 5
parts:
  - part: a
    points: 2
    question: What?
    solution:
      - text: Words.
      - define: 'a = b'
      - derive:
          - tex: 'a &= b \\\\ &= c'
            because: [one, two]
      - figure: curve
        caption: A curve.
        alt: Its look.
      - table: rows
        caption: Some rows.
      - erratum: {of: y, kind: misprint, printed: '1', right: '2', why: Thus.}
      - sanity: It is so.
    answer: That.
"""


def found_in(folder: Path, text: str, kind: type[Problem | Heading] = Problem) -> list[Diagnostic]:
    """Everything that is said of a file; nothing is said where a model was made."""
    file = folder / "x.yaml"
    file.write_text(text, encoding="utf-8")
    found: list[Diagnostic] = []
    try:
        made = validated(kind, load(file, "x"), found)
    except RefusedError as refused:
        return list(refused.diagnostics)
    assert (made is None) == bool(found)
    assert all(it.code is ExitCode.BAD_INPUT for it in found)
    return found


def changed(old: str, new: str) -> str:
    """The sound problem with one piece of it changed."""
    assert PROBLEM.count(old) == 1
    return PROBLEM.replace(old, new)


def test_a_sound_problem_is_read(tmp_path: Path) -> None:
    """A problem that uses every key and every kind of block is made, and nothing is said."""
    assert found_in(tmp_path, PROBLEM) == []


KEYS = [
    ("title: A title\n", "", "x:1:1: error[missing-key]: the key `title` is missing"),
    ("title:", "titel:", "x:2:1: error[unknown-key]: unknown key `titel`"),
    ("problem: 1", "problem: 1\nat: 3", "x:2:1: error[unknown-key]: unknown key `at`"),
    ("problem: 1", "problem: 1\n'@': 3", "x:2:1: error[unknown-key]: unknown key `@`"),
    ("problem: 1", "problem: 1\n'@a': 3", "x:2:1: error[unknown-key]: unknown key `@a`"),
    ("problem: 1", "problem: 1\n'[key]': 3", "x:2:1: error[unknown-key]: unknown key `[key]`"),
    ("{given: 1.5}", "{given: 1, b: 2}", "x:5:17: error[unknown-key]: unknown key `b`"),
    (
        "given: 1.5",
        "random: {mean: 0}",
        "x:5:15: error[missing-key]: the key `variance` is missing",
    ),
    ("why: Thus.", "how: 1, why: b", "x:24:68: error[unknown-key]: unknown key `how`"),
    ("because:", "why:", "x:17:13: error[missing-key]: the key `because` is missing"),
    ("alt: Its", "allt: Its", "x:21:9: error[unknown-key]: unknown key `allt`"),
    (
        "- text: Words.",
        "- txt: a",
        "x:14:9: error[unknown-block]: no kind of block is called `txt`",
    ),
    ("- text: Words.", "- words", "x:14:9: error[unknown-block]: expected a block"),
    ("- text: Words.", "- {}", "x:14:9: error[unknown-block]: expected a block"),
]
VALUES = [
    ("A title", "", "x:2:1: error[bad-value]: expected text, found nothing"),
    ("A title", "[a]", "x:2:1: error[bad-value]: expected text"),
    ("{given: 1.5}", "1.5", "x:5:3: error[bad-value]: expected `key: value` lines in `1.5`"),
    ("given: 1.5", "given: a", "x:5:7: error[bad-value]: expected a number, found `a`"),
    ("given: 1.5", "given: [1, a]", "x:5:7: error[bad-value]: expected a number, found `a`"),
    ("given: 1.5", "given: [[1], [2, 3]]", "x:5:7: error[bad-value]: the rows differ in length"),
    ("y: 2.25", "y: 2,25", "x:7:3: error[bad-value]: expected a number, found `2,25`"),
    ("part: a", "part: A", "x:10:5: error[bad-value]: `A` is no value of `part`"),
    ("problem: 1", "problem: a", "x:1:1: error[bad-value]: `a` is no value of `problem`"),
    ("x: {given", "x-1: {given", "x:5:3: error[bad-value]: `x-1` is no value of `symbols`"),
    ("y: 2.25", "2y: 2.25", "x:7:3: error[bad-value]: `2y` is no value of `published`"),
    ("x: {given", "'@x': {given", "x:5:3: error[bad-value]: `@x` is no value of `symbols`"),
    ("y: 2.25", "'[key]': 1", "x:7:3: error[bad-value]: `[key]` is no value of `published`"),
    ("misprint", "typo", "x:24:26: error[bad-value]: `typo` is no value of `kind`"),
    ("'a = b'", "[]", "x:15:9: error[bad-value]: expected at least one entry"),
    (
        "[one, two]",
        "[a, b, c]",
        "x:17:13: error[bad-value]: 3 reasons for 2 lines: give one, or one for each line",
    ),
    (
        "figure: curve",
        "figure: img/curve.png",
        "x:19:9: error[path-in-yaml]: `img/curve.png` is a path; `figure` takes a name",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), KEYS + VALUES)
def test_each_fault_is_told_where_it_is(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """A key or value that fits no model is told once, by place, id and in our own words."""
    found = [str(it).partition("\n")[0] for it in found_in(tmp_path, changed(old, new))]
    assert expected in found
    places = [line.partition(" ")[0] for line in found]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("title:", "titel:", "did you mean `title`?"),
        ("alt: Its", "allt: Its", "did you mean `alt`?"),
        ("{given: 1.5}", "{gven: 1}", "did you mean `given`?"),
        ("why: Thus.", "why: b, rigt: c", "did you mean `right`?"),
        ("- text: Words.", "- txt: a", "did you mean `text`?"),
        ("misprint", "misprnt", "did you mean `misprint`?"),
    ],
)
def test_a_misspelt_word_is_guessed(tmp_path: Path, old: str, new: str, hint: str) -> None:
    """A key, block or value that is nearly right is answered with the right one."""
    assert hint in [it.hint for it in found_in(tmp_path, changed(old, new))]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [("part: a", "part: A", "starts with a letter"), ("problem: 1", "problem: a", "ASCII letters")],
)
def test_a_hint_would_mend_what_it_is_about(tmp_path: Path, old: str, new: str, wrong: str) -> None:
    """The hint for a letter or a number is not the hint for a name: it would mend nothing."""
    (found,) = found_in(tmp_path, changed(old, new))
    assert found.hint
    assert wrong not in found.hint


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Some words.", "a_b", ["x:3:13 stray-character"]),
        ("Some words.", "|\n  one\n\n  a_b % c", ["x:6:4 stray-character", "x:6:7 comment"]),
        ("'a = b'", "'a } b'", ["x:15:20 unbalanced"]),
        ("'a = b'", "['a', '}']", ["x:15:24 unbalanced"]),
        ("[one, two]", "a_b", ["x:18:23 stray-character"]),
        ("why: Thus.", "why: '{'", ["x:24:74 unbalanced"]),
    ],
)
def test_faults_of_latex_have_their_places(
    tmp_path: Path, old: str, new: str, expected: list[str]
) -> None:
    """Every fault of a text's LaTeX is told at its own line and column."""
    found = found_in(tmp_path, changed(old, new))
    assert [f"{it.at} {it.id}" for it in found] == expected


@pytest.mark.parametrize("new", ["'a &= b'", "'a \\\\ b'"])
def test_an_erratum_shows_one_line(tmp_path: Path, new: str) -> None:
    """A printed line stands within a sentence of the page: it can hold no column and no break."""
    assert found_in(tmp_path, changed("printed: '1'", f"printed: {new}"))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """A problem with several faults is answered with all of them."""
    text = changed("A title", "").replace("points: 2", "points: two").replace("misprint", "typo")
    assert [it.at.line for it in found_in(tmp_path, text) if it.at] == [2, 11, 24]


@pytest.mark.parametrize("given", ["two", "-1", "1.5"])
def test_points_are_counted(tmp_path: Path, given: str) -> None:
    """Points are a whole number and none are negative; what was given instead is shown."""
    (found,) = found_in(tmp_path, changed("points: 2", f"points: {given}"))
    assert str(found.at) == "x:11:5"
    assert f"`{given}`" in found.message


def test_a_heading_knows_its_engines(tmp_path: Path) -> None:
    """An engine that there is not is refused with the names of those that there are."""
    text = "title: A\nsource: B\nengine: troff\n"
    (found,) = found_in(tmp_path, text, Heading)
    assert str(found.at) == "x:3:1"
    assert found.hint == "known here: `lualatex`, `pdflatex`, `xelatex`"
