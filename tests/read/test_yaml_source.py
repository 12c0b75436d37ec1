from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError
from derivatex.read.yaml_source import MAX_BYTES, Mapping, Sequence, load
from derivatex.tex.markup import Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Project


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that every test writes anew."""
    return tmp_path_factory.mktemp("yaml") / "x.yaml"


def loaded(file: Path, text: str | bytes) -> Mapping:
    """Write a file and read it."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(file, "x.yaml")


def refused(file: Path, text: str | bytes) -> list[str]:
    """What is said of a file that is refused: place and id of each finding."""
    with pytest.raises(RefusedError) as error:
        loaded(file, text)
    assert error.value.code is ExitCode.BAD_INPUT
    return [f"{found.at} {found.id}" for found in error.value.diagnostics]


@given(text=st.text() | st.binary() | st.text(alphabet="ab:-[]{}|>'\"\n &*!%@`#,?\t"))
def test_any_file_is_read_or_refused(file: Path, text: str | bytes) -> None:
    """Whatever a file holds, it is read as a mapping or refused with a place in it."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    made: Mapping | None = None
    found: tuple[Diagnostic, ...] = ()
    try:
        made = loaded(file, data)
    except RefusedError as error:
        found = error.diagnostics
    assert (made is None) == bool(found)
    assert all(it.at and it.at.line >= 1 for it in found)


scalars = st.text(alphabet="abcé019.\\$", min_size=1, max_size=8).map(lambda text: f"x{text}")
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(scalars, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


def written(tree: object, indent: int = 0) -> str:
    """A tree as YAML in block style."""
    space = " " * indent
    if isinstance(tree, dict):
        pairs = [
            f"{space}{key}: {value}"
            if isinstance(value, str)
            else f"{space}{key}:\n{written(value, indent + 2)}"
            for key, value in tree.items()
        ]
        return "\n".join(pairs)
    if isinstance(tree, list):
        return "\n".join(f"{space}- {written(item, indent + 2).lstrip()}" for item in tree)
    return f"{space}{tree}"


def places(made: object) -> list[tuple[str, Location]]:
    """Every key and every text below a node, with its place."""
    if isinstance(made, Mapping):
        keys = list(made.keys_at.items())
        return keys + [found for item in made.values() for found in places(item)]
    if isinstance(made, Sequence):
        return [found for item in made for found in places(item)]
    assert isinstance(made, Source)
    return [(str(made), made.at)]


@given(tree=st.dictionaries(scalars, trees, min_size=1, max_size=3))
def test_everything_knows_its_place(file: Path, tree: dict[str, object]) -> None:
    """The data are those that were written, and each key and text stands where it says."""
    text = written(tree)
    made = loaded(file, text)
    assert made == tree
    lines = text.split("\n")
    for word, at in places(made):
        assert lines[at.line - 1].startswith(word, at.column - 1)


@pytest.mark.parametrize("typed", ["0.50", "no", "~", "1e3", "0x10", "2024-01-01", "null", "1_000"])
def test_a_scalar_stays_what_was_typed(file: Path, typed: str) -> None:
    """No text is taken for a number, a truth value, a date or nothing."""
    assert loaded(file, f"a: {typed}")["a"] == typed


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        ("a: |\n  one\n\n    two\n", "two", "x.yaml:4:5"),
        ("a: |2\n   one\n  two\n", "two", "x.yaml:3:3"),
        ("a: |- # why\n\n  one\n  two", "two", "x.yaml:4:3"),
        ("a: 'one two'", "two", "x.yaml:1:9"),
        ("a: one two", "two", "x.yaml:1:8"),
        ("\ufeffa: |\r\n  one\r\n  two\r\n", "two", "x.yaml:3:3"),
        ("é: one two", "two", "x.yaml:1:8"),
        ("a: >\n  one\n  two\n", "two", "x.yaml:3:3"),
        ("a: one\n  two\n", "two", "x.yaml:2:3"),
        ("a: 'one\n  two'\n", "two", "x.yaml:2:3"),
    ],
)
def test_every_word_of_a_text_is_found(file: Path, text: str, word: str, place: str) -> None:
    """In every style of YAML a word of a text is found where it was written."""
    source = loaded(file, text)["a" if "é" not in text else "é"]
    assert str(source.locate(source.index(word))) == place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["x.yaml:1:1 not-a-mapping"]),
        ("- a", ["x.yaml:1:1 not-a-mapping"]),
        ("words", ["x.yaml:1:1 not-a-mapping"]),
        ("a: 1\na: 2", ["x.yaml:2:1 duplicate-key"]),
        ("a: {b: 1, b: 2}\na: 2", ["x.yaml:1:11 duplicate-key", "x.yaml:2:1 duplicate-key"]),
        ("a: &x 1\nb: *x", ["x.yaml:1:4 yaml-alias"]),
        ("a: !!python/name:os.system ''", ["x.yaml:1:4 yaml-tag"]),
        ("a: !own 1", ["x.yaml:1:4 yaml-tag"]),
        ("? [a]\n: 1", ["x.yaml:1:3 yaml-key"]),
        ("a: b\n---\nc: d", ["x.yaml:2:1 yaml-syntax"]),
        ("a: b\n\tc: d", ["x.yaml:2:1 yaml-tab"]),
        ("a: b: c", ["x.yaml:1:5 yaml-syntax"]),
        ('a: "\\q"', ["x.yaml:1:5 yaml-syntax"]),
        ("a: *b", ["x.yaml:1:4 yaml-syntax"]),
        ("a: @b", ["x.yaml:1:4 yaml-syntax"]),
        (b"a: b\nc: d\xff", ["x.yaml:2:5 not-utf8"]),
        ("é: 1\nb: \x07", ["x.yaml:2:4 yaml-syntax"]),
        ("a: 1\nb: 'c\nd: e\n", ["x.yaml:2:4 yaml-syntax"]),
        ("a: " + "[" * 50 + "]" * 50, ["x.yaml:1:44 too-deep"]),
        ("a: " + "x" * MAX_BYTES, ["x.yaml too-long"]),
    ],
)
def test_each_fault_has_its_place_and_id(
    file: Path, text: str | bytes, expected: list[str]
) -> None:
    """Each thing that has no use here is refused, where it stands and under its own name."""
    assert refused(file, text) == expected


@pytest.mark.parametrize("text", ['a: "\\a"', 'a: "\\0"', "a: \ue0000\ue001"])
def test_a_character_that_cannot_be_printed_is_refused(file: Path, text: str) -> None:
    """No text holds a control character, or one of those that mark lines while we render."""
    assert [found.partition(" ")[0][:9] for found in refused(file, text)] == ["x.yaml:1:"]


def test_a_character_that_yaml_forbids_is_named(file: Path) -> None:
    """A character that cannot be seen is shown by its code, as Python writes it."""
    with pytest.raises(RefusedError, match=r"the character '\\x07' is not allowed in YAML"):
        loaded(file, "a: \x07")


def test_all_faults_are_told_at_once(file: Path) -> None:
    """A file with several faults is refused with each of them, in the order of its lines."""
    text = "b: !x 1\na: 2\na: 3\n? [c]\n: 1"
    assert refused(file, text) == [
        "x.yaml:1:4 yaml-tag",
        "x.yaml:3:1 duplicate-key",
        "x.yaml:4:3 yaml-key",
    ]


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_refused(file: Path, name: str) -> None:
    """A file that is missing, or is a folder, is refused by its name."""
    with pytest.raises(RefusedError) as error:
        load(file.parent / name, "x.yaml")
    assert [found.id for found in error.value.diagnostics] == ["unreadable-file"]


def test_nesting_without_end_is_refused(project: Project) -> None:
    """Lists nested a hundred thousand deep are refused, and do not end the process."""
    project.yaml.write_text("problem: " + "[" * 100_000, encoding="utf-8")
    ran = project.process("check")
    assert ran.code == ExitCode.BAD_INPUT
    assert "1-square.yaml:1:" in ran.out + ran.err
