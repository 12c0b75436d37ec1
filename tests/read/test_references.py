from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, RefusedError
from derivatex.read.references import read_references
from derivatex.store.cache import Cache

if TYPE_CHECKING:
    from pathlib import Path

NAME = "solutions/a/references.bib"
WORKS = """\
@book{b, author = {Müller, Ada and Noether, Emmy}, title = {On {GCD} \\& more},
  publisher = {P}, year = 1921}
@online{a, author = {Abel, Niels}, title = {A page}, year = {2020}}
"""


def keys(folder: Path, text: str) -> list[str]:
    """The keys of a bibliography, each with its line."""
    file = folder / "references.bib"
    file.write_text(text, encoding="utf-8")
    return [f"{it.at.line} {it.key}" for it in read_references(file, NAME)]


def refused(folder: Path, text: str | bytes) -> list[str]:
    """What is said of a bibliography that is refused: place and id."""
    file = folder / "references.bib"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(RefusedError) as error:
        read_references(file, NAME)
    assert error.value.code is ExitCode.BAD_INPUT
    assert all(it.at and it.at.file == NAME for it in error.value.diagnostics)
    return [f"{it.at} {it.id}".removeprefix(f"{NAME}:") for it in error.value.diagnostics]


def test_keys_are_found_with_their_lines(tmp_path: Path) -> None:
    """Each entry's key is found on its line, and what is no entry is passed over."""
    text = """\
@string{me = {Me}}
@comment{nothing, here}
@Book{euler1768,
  author = me, title = {A}, publisher = {P}, year = 1768,
}

  @misc { gauss:1801 ,
  title = {B@home},
}
"""
    assert sorted(keys(tmp_path, text)) == ["3 euler1768", "7 gauss:1801"]


def test_works_are_listed_by_their_authors(tmp_path: Path) -> None:
    """Works are set as they are printed, in the order of their authors' names."""
    file = tmp_path / "references.bib"
    file.write_text(WORKS, encoding="utf-8")
    made = [(it.key, " ".join(it.tex.split())) for it in read_references(file, NAME)]
    assert [key for key, _ in made] == ["a", "b"]
    assert "Ada Müller and Emmy Noether" in made[1][1]
    assert r"\emph{On {GCD} \& more}" in made[1][1]


def test_a_bibliography_is_read_once(tmp_path: Path) -> None:
    """What was read is recalled; a file that has changed is read again."""
    file = tmp_path / "references.bib"
    file.write_text(WORKS, encoding="utf-8")
    cache = Cache(tmp_path)
    first = read_references(file, NAME, cache)
    assert read_references(file, NAME, cache) == first
    assert cache.ran == [f"{NAME} was read: it is new"]
    file.write_text(WORKS.replace("A page", "Another"), encoding="utf-8")
    assert read_references(file, NAME, cache) != first
    assert cache.ran[1:] == [f"{NAME} was read: {NAME} changed"]


def test_no_file_has_no_entries(tmp_path: Path) -> None:
    """An assignment need not cite: without the file there are no entries and no faults."""
    assert read_references(tmp_path / "references.bib", NAME) == ()


@pytest.mark.parametrize("second", ["euler", "Euler"])
def test_a_key_given_twice_is_refused(tmp_path: Path, second: str) -> None:
    """Two entries of one key are refused; BibTeX tells no capitals from small letters."""
    text = f"@misc{{euler,\n title={{A}}}}\n@misc{{{second},\n title={{B}}}}\n"
    assert refused(tmp_path, text) == ["3:1 duplicate-key"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n@misc{a, title = {T}", ["2:1 bad-reference"]),
        ('\n@misc{a, title = "T}', ["2:1 bad-reference"]),
        ("\n@misc{a, author = nobody, title = {T}}", ["2:1 bad-reference"]),
        ("\n@software{a, title = {T}}", ["2:1 bad-reference"]),
        ("\n@book{a, title = {T}}", ["2:1 bad-reference"]),
    ],
)
def test_what_cannot_be_set_is_refused(tmp_path: Path, text: str, expected: list[str]) -> None:
    """An entry that is cut off, of no known kind, or without what its kind needs is refused."""
    assert refused(tmp_path, text) == expected


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """A file in another encoding is refused at its first wrong byte."""
    assert refused(tmp_path, b"@misc{a,\n title={\xff}}") == ["2:9 not-utf8"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """What cannot be read as a file is refused like any other file of the assignment."""
    with pytest.raises(RefusedError) as error:
        read_references(tmp_path, NAME)
    assert [it.id for it in error.value.diagnostics] == ["unreadable-file"]
