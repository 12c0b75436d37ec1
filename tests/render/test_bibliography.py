from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.read.references import read_references
from derivatex.render.bibliography import entries
from derivatex.render.marks import Marks

if TYPE_CHECKING:
    from pathlib import Path

WORKS = """\
@book{b, author = {Müller, Ada and Noether, Emmy}, title = {On {GCD} \\& more},
  publisher = {P}, year = 1921}
@online{a, author = {Abel, Niels}, title = {A page}, year = {2020}}
@misc{c, title = {Never cited}}
"""


def listed(folder: Path, text: str, *cited: str) -> list[tuple[str, str]]:
    """The list of references: each key with its LaTeX on one line."""
    file = folder / "references.bib"
    file.write_text(text, encoding="utf-8")
    marks = Marks()
    made = entries(file, read_references(file, file.name), set(cited), marks)
    return [(it.key, " ".join(marks.taken_out(it.entry)[0].split())) for it in made]


def test_cited_works_are_listed_by_name(tmp_path: Path) -> None:
    """The works that are cited are listed by their authors' names, and no others."""
    made = listed(tmp_path, WORKS, "b", "a")
    assert [key for key, _ in made] == ["a", "b"]
    assert r"Ada Müller and Emmy Noether" in made[1][1]
    assert r"\emph{On {GCD} \& more}" in made[1][1]


def test_without_citations_the_file_is_not_needed(tmp_path: Path) -> None:
    """Where nothing is cited there need be no bibliography."""
    assert entries(tmp_path / "references.bib", (), set(), Marks()) == []
