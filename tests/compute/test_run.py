from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from derivatex.compute.run import compute
from derivatex.diagnostics import ExitCode
from derivatex.read.assignment import read_assignment
from derivatex.store.cache import Cache
from tests.authoring import MODULE, YAML, Text

if TYPE_CHECKING:
    from derivatex.diagnostics import Diagnostic
    from derivatex.model.assignment import Assignment
    from derivatex.solution import Solution
    from tests.authoring import Author

GOOD = Text(
    "@value(route=lambda x: x + x)\ndef double(x):\n    return 2 * x\n",
    head="symbols: {x: {given: 3}}",
)


def computed(author: Author, made: Assignment) -> tuple[list[Solution], list[Diagnostic]]:
    """Compute an assignment in workers."""
    return compute(Cache(author.root), made, 2, lambda _what: None)


def refused(author: Author, text: Text) -> Diagnostic:
    """The one finding about a problem that cannot be computed."""
    solutions, (found,) = computed(author, author.write(text))
    assert solutions == []
    assert found.code is ExitCode.BAD_INPUT
    return found


def test_a_worker_computes_what_this_process_would(author: Author) -> None:
    """A worker's solution is that of the module itself, and what it prints is kept beside it."""
    (solution,), found = computed(author, author.write(GOOD))
    assert found == []
    assert replace(solution, read={}) == author.compute(GOOD)
    assert set(solution.read) == {MODULE}
    talking = Text("print('hello')\n" + GOOD.module, head=GOOD.head)
    (solution,), found = computed(author, author.write(talking))
    assert (solution.output, found) == ("hello\n", [])


def test_progress(author: Author) -> None:
    """Each problem is announced."""
    told: list[str] = []
    compute(Cache(author.root), author.write(GOOD), 1, told.append)
    assert told == ["computing problem 1"]


def test_one_problem_of_two_fails(author: Author) -> None:
    """A problem that cannot be computed does not keep another from it."""
    author.write(GOOD)
    first = author.root / YAML
    second = first.with_name("2-other.yaml")
    second.write_text(first.read_text().replace("problem: 1", "problem: 2"), encoding="utf-8")
    second.with_name("2_other.py").write_text("1 / 0\n", encoding="utf-8")
    solutions, (found,) = computed(author, read_assignment(author.root, "made"))
    assert [solution.problem for solution in solutions] == ["1"]
    assert str(found.at) == "solutions/made/2_other.py:1:1"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("__import__('os')._exit(3)", "the value `one` ended its process with status 3"),
        ("__import__('os').abort()", "the value `one` ended its process by signal SIGABRT"),
    ],
)
def test_a_worker_that_dies(author: Author, how: str, message: str) -> None:
    """A module that ends its process is told, with what it was at and how it ended."""
    found = refused(author, Text(f"@value(route=lambda: 1)\ndef one():\n    {how}\n"))
    assert (found.id, found.message) == ("worker-died", message)
    assert found.at == author.line("@value")


def test_a_last_word(author: Author) -> None:
    """What a dying worker wrote last is the hint."""
    text = Text("import os\nos.write(2, b'first\\nno memory is left\\n')\nos._exit(9)\n")
    found = refused(author, text)
    assert (found.id, found.hint) == ("worker-died", "no memory is left")


def test_a_last_word_that_looks_like_ours(author: Author) -> None:
    """An author's own traceback before his process ends is no bug of ours."""
    text = Text("import os\nos.write(2, b'Traceback (of my own)\\n')\nos._exit(9)\n")
    assert refused(author, text).id == "worker-died"


def test_time_limit(author: Author) -> None:
    """A value that does not end is ended at the problem's limit, and named."""
    module = "@value(route=lambda: 1)\ndef endless():\n    while True:\n        pass\n"
    found = refused(author, Text(module, head="time_limit: 4"))
    assert (found.id, found.at) == ("time-limit", author.line("@value"))
    assert found.message == "the value `endless` did not end within the problem's 4 s"


def test_no_module_is_needed(author: Author) -> None:
    """A problem of words and givens needs no module."""
    author.write(Text(blocks=r"- text: We are given $\val{x}$.", head=GOOD.head))
    (author.root / MODULE).unlink()
    (solution,), found = computed(author, read_assignment(author.root, "made"))
    assert (list(solution.values), found) == (["x"], [])


@pytest.mark.parametrize(
    ("blocks", "place", "what"),
    [
        (r"- text: It is $\val{double}$.", r"\val{double}", "the value `double`"),
        (r"- text: It is $\val{pair[1]}$.", r"\val{pair[1]}", "the value `pair[1]`"),
        ("- table: both\n  caption: Both.", "table: both", "the table `both`"),
        ("- figure: line\n  caption: A.\n  alt: A.", "figure: line", "the figure `line`"),
    ],
)
def test_a_module_is_needed(author: Author, blocks: str, place: str, what: str) -> None:
    """What only a module can supply is told at its place where there is no module."""
    author.write(Text(blocks=blocks))
    (author.root / MODULE).unlink()
    solutions, (found,) = computed(author, read_assignment(author.root, "made"))
    assert solutions == []
    assert (found.id, found.at) == ("missing-module", author.at(place))
    assert found.message == f"{what} needs the module {MODULE}, which does not exist"
