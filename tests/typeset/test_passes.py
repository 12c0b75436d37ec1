from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import Location, RefusedError
from derivatex.document import Document
from derivatex.model.assignment import Engine
from derivatex.store.cache import Cache
from derivatex.typeset import passes
from tests.typeset.conftest import BODY_LINE, page

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.diagnostics import Diagnostic
    from derivatex.document import Artifact

pytestmark = pytest.mark.tex

AT = Location("solutions/made/1-made.yaml", 7, 9)
FIRST = "the document is new or has changed"
AUX = "made.aux changed in the pass before"


def made(root: Path, body: str, document: Document | None = None) -> Artifact:
    """Typeset a body to `root/out/made.pdf`."""
    it = document or Document(page(body), origins=((BODY_LINE, AT),))
    folder, target = root / "tex", root / "out/made.pdf"
    folder.mkdir(exist_ok=True)
    return passes.Job(Engine.PDFLATEX, folder, "made", Cache(root)).typeset(it, target)


def refused(root: Path, body: str, document: Document | None = None) -> tuple[Diagnostic, ...]:
    """The findings about a body that cannot be typeset."""
    (root / AT.file).parent.mkdir(parents=True, exist_ok=True)
    (root / AT.file).write_text("\n" * 6 + f"text: {body}\n", encoding="utf-8")
    with pytest.raises(RefusedError) as raised:
        made(root, body, document)
    return raised.value.diagnostics


def test_a_document_without_references(tmp_path: Path) -> None:
    """A document is run until nothing changes, and the PDF lies at its target."""
    artifact = made(tmp_path, "Words.")
    assert [it.reason for it in artifact.passes] == [FIRST, AUX]
    assert artifact.path == tmp_path / "out/made.pdf"
    assert artifact.sha256 == hashlib.sha256(artifact.path.read_bytes()).hexdigest()
    assert artifact.pages == 1


@pytest.mark.parametrize("pages", [1, 3])
def test_pages_are_counted(tmp_path: Path, pages: int) -> None:
    """The number of pages is what TeX says that it wrote."""
    assert made(tmp_path, r"Words.\newpage " * pages).pages == pages


def test_again(tmp_path: Path) -> None:
    """What an earlier build left saves a pass, and the bytes are the same."""
    first = made(tmp_path, r"\section{One}\label{one} See \ref{one}.")
    again = made(tmp_path, r"\section{One}\label{one} See \ref{one}.")
    assert [it.reason for it in again.passes] == [FIRST]
    assert again.sha256 == first.sha256


def test_references(tmp_path: Path) -> None:
    """The last pass reads what it writes: a label that comes in the second asks for a third."""
    late = r"\ifcsname r@one\endcsname\label{two}\fi"
    artifact = made(tmp_path, rf"\tableofcontents\section{{One}}\label{{one}}{late}")
    assert [it.reason for it in artifact.passes] == [
        FIRST,
        "made.aux, made.toc changed in the pass before",
        AUX,
    ]


def test_files_beside_the_document(tmp_path: Path) -> None:
    """A document's files lie where it looks for them."""
    document = Document(page(r"\input{parts/words}"), files={"parts/words.tex": b"Words."})
    assert made(tmp_path, "", document).pages == 1
    assert (tmp_path / "tex/parts/words.tex").read_bytes() == b"Words."


def test_what_an_interrupted_build_left(tmp_path: Path) -> None:
    """Half an auxiliary file fails one pass, not the build."""
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex/made.aux").write_text(r"\relax \newlabel{one}{{1}{", encoding="utf-8")
    artifact = made(tmp_path, "Words.")
    assert artifact.passes[1].reason == "the last pass failed on files that an earlier build left"


@pytest.mark.parametrize(
    ("body", "id_", "message"),
    [
        (r"It is \foo.", "undefined-macro", r"the macro `\foo` is undefined"),
        (r"See \ref{nowhere}.", "undefined-reference", "the reference `nowhere` is undefined"),
        (r"See \cite{nobody}.", "undefined-reference", "the citation `nobody` is undefined"),
        (r"\\ Words.", "tex-error", None),
        (r"\mbox{" + "long " * 60 + "}", "overfull", None),
    ],
)
def test_what_tex_says(tmp_path: Path, body: str, id_: str, message: str | None) -> None:
    """What is wrong in TeX's eyes is told at the author's line."""
    found = [it for it in refused(tmp_path, body) if it.id == id_]
    assert [(it.at.file, it.at.line) for it in found if it.at] == [(AT.file, AT.line)]
    assert message in {None, found[0].message}


def test_a_missing_glyph(tmp_path: Path) -> None:
    """A character that its font does not have stops the build."""
    (found,) = refused(tmp_path, r"\font\old=cmr10 \old Words \char200.")
    assert found.id == "missing-glyph"


def test_what_the_pdf_shows(tmp_path: Path) -> None:
    """A number that does not reach the page stops the build."""
    document = Document(page("It is 2.25."), printed=("2.26",))
    (found,) = refused(tmp_path, "", document)
    assert found.id == "missing-number"


@pytest.mark.parametrize("body", [r"\foo", r"\ref{nowhere}", r"\csname @@end\endcsname"])
def test_the_last_pdf_stays(tmp_path: Path, body: str) -> None:
    """A build that fails leaves the earlier PDF where it is."""
    first = made(tmp_path, "Words.")
    assert refused(tmp_path, body)
    assert hashlib.sha256(first.path.read_bytes()).hexdigest() == first.sha256
    assert [path.name for path in first.path.parent.iterdir()] == ["made.pdf"]


def test_references_that_never_settle(tmp_path: Path) -> None:
    """A document that writes something new at each pass is given up after some."""
    body = r"\makeatletter\ifdefined\grown\else\def\grown{}\fi\edef\grown{\grown x}"
    body += r"\immediate\write\@auxout{\gdef\string\grown{\grown}}Words."
    (found,) = refused(tmp_path, body)
    assert found.id == "unsettled"
    assert found.message == f"the references had not settled after {passes.MAX_PASSES} passes"


def test_a_missing_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is needed is looked for before TeX runs."""
    monkeypatch.setattr(passes, "POPPLER", ("pdftotext", "no-such-poppler"))
    (found,) = refused(tmp_path, "Words.")
    assert (found.id, found.message) == ("no-program", "`no-such-poppler` is not on the PATH")
    assert list((tmp_path / "tex").iterdir()) == []
