from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import RefusedError
from derivatex.document import Document
from derivatex.model.assignment import Engine
from derivatex.render.environment import environment
from derivatex.store.cache import Cache
from derivatex.typeset.formats import MAX_KEPT, format_of
from derivatex.typeset.passes import Job

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.document import Artifact

pytestmark = pytest.mark.tex

SHORT = "\\documentclass{article}\n\\usepackage{lmodern}\n"
BODY = r"""\newcommand{\dxshorttitle}{Short}
\begin{document}
\section{One}\label{one}
See \ref{one}, $x^2 = 2.25$, \hyperref[one]{a link}, and
\begin{align} a &= b \label{eq:a} \\ \mathbb{E}[x] &= \bm{y} \end{align}
by \eqref{eq:a}. \tikz \draw (0,0) -- (1,1);
\begin{dxerratum}A box.\end{dxerratum}
\end{document}
"""


def house() -> str:
    """The preamble of every report."""
    return environment().get_template("preamble.tex.j2").render()


def made(root: Path, preamble: str, body: str = BODY, *, fast: bool = True) -> Artifact:
    """Typeset a body behind a preamble, which is loaded or read."""
    document = Document(preamble + body, preamble if fast else "")
    folder = root / "tex"
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(Engine.PDFLATEX, folder, "made", Cache(root))
    return job.typeset(document, root / "out/made.pdf")


def pixels(pdf: Path) -> list[bytes]:
    """Each page as an image."""
    subprocess.run(
        [shutil.which("pdftoppm") or "pdftoppm", "-r", "60", pdf.name, "page"],
        cwd=pdf.parent,
        check=True,
    )
    return [path.read_bytes() for path in sorted(pdf.parent.glob("page*.ppm"))]


def test_a_loaded_preamble_gives_the_same_pages(tmp_path: Path) -> None:
    """Pixel by pixel, a document whose preamble is loaded is the one whose preamble is read."""
    fast = made(tmp_path / "fast", house())
    raw = made(tmp_path / "raw", house(), fast=False)
    assert len(fast.passes) == len(raw.passes)
    assert list((tmp_path / "fast/build/cache/formats").glob("*.fmt"))
    assert not (tmp_path / "raw/build/cache/formats").exists()
    assert pixels(fast.path) == pixels(raw.path)


def test_pages_that_differ_are_seen_to(tmp_path: Path) -> None:
    """The twin: another body gives other pixels."""
    one = made(tmp_path / "one", SHORT, "\\begin{document}One.\\end{document}\n")
    two = made(tmp_path / "two", SHORT, "\\begin{document}Two.\\end{document}\n")
    assert pixels(one.path) != pixels(two.path)


def test_a_format_is_made_once(tmp_path: Path) -> None:
    """The same preamble is dumped once; another one has a format of its own."""
    cache = Cache(tmp_path)
    first = format_of(SHORT, Engine.PDFLATEX, cache)
    assert first is not None
    assert len(cache.ran) == 1
    again = Cache(tmp_path)
    assert format_of(SHORT, Engine.PDFLATEX, again) == first
    assert again.ran == []
    assert format_of(SHORT + "% more\n", Engine.PDFLATEX, again) != first
    assert again.ran == ["the preamble was dumped: the preamble changed"]


def test_other_engines_read_the_preamble(tmp_path: Path) -> None:
    """Only pdflatex can dump."""
    assert format_of(SHORT, Engine.LUALATEX, Cache(tmp_path)) is None


def test_a_preamble_that_cannot_be_dumped(tmp_path: Path) -> None:
    """Where the dump fails the preamble is read, and what is wrong with it is told."""
    wrong = SHORT + "\\undefinedmacro\n"
    assert format_of(wrong, Engine.PDFLATEX, Cache(tmp_path)) is None
    with pytest.raises(RefusedError) as raised:
        made(tmp_path, wrong, "\\begin{document}Words.\\end{document}\n")
    assert raised.value.diagnostics[0].id == "undefined-macro"


@pytest.mark.parametrize("damage", [b"", b"garbage" * 1000])
def test_a_damaged_format(tmp_path: Path, damage: bytes) -> None:
    """A format that is not the one that was made is made again."""
    body = "\\begin{document}Words.\\end{document}\n"
    first = made(tmp_path, SHORT, body)
    (path,) = (tmp_path / "build/cache/formats").glob("*.fmt")
    path.write_bytes(damage)
    again = made(tmp_path, SHORT, body)
    assert again.sha256 == first.sha256
    assert path.read_bytes() != damage


def test_a_pass_that_fails_with_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails with a format is typeset without one, and the pass says why."""
    broken = tmp_path / "broken.fmt"
    broken.write_bytes(b"no format")
    monkeypatch.setattr("derivatex.typeset.passes.format_of", lambda *_: broken)
    artifact = made(tmp_path, SHORT, "\\begin{document}Words.\\end{document}\n")
    assert artifact.pages == 1
    assert "with the preamble's format" in artifact.passes[1].reason


def test_lines_of_messages_stay(tmp_path: Path) -> None:
    """An error is told at the same line of the LaTeX, whether the preamble is loaded or read."""
    body = "\\begin{document}\nWords.\n\\undefinedmacro\n\\end{document}\n"
    told = []
    for fast in (True, False):
        with pytest.raises(RefusedError) as raised:
            made(tmp_path / str(fast), SHORT, body, fast=fast)
        told.append([(it.id, it.message) for it in raised.value.diagnostics])
    assert told[0] == told[1]


def test_few_formats_are_kept(tmp_path: Path) -> None:
    """Formats of earlier preambles leave."""
    cache = Cache(tmp_path)
    for k in range(MAX_KEPT + 2):
        assert format_of(f"\\documentclass{{article}}\n% {k}\n", Engine.PDFLATEX, cache)
    assert len(list((tmp_path / "build/cache/formats").glob("*.fmt"))) == MAX_KEPT
