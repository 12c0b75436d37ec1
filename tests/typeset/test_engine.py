from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, RefusedError
from derivatex.model.assignment import Engine
from derivatex.typeset import engine
from tests.typeset.conftest import page

if TYPE_CHECKING:
    from pathlib import Path

OPENS = r"""\newread\file \openin\file=%s
\ifeof\file \typeout{It was refused.}\else \typeout{It was opened.}\fi Words."""
WRITTEN_TEXT = r"\newwrite\file \immediate\openout\file={target} \immediate\write\file{{x}}"


def write(folder: Path, body: str) -> Path:
    """Put a document into a folder of its own below."""
    below = folder / "below"
    below.mkdir(exist_ok=True)
    (below / "made.tex").write_text(page(body), encoding="utf-8")
    return below


def test_a_missing_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that is not there is named, with what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError) as raised:
        engine.program("pdflatex")
    (found,) = raised.value.diagnostics
    assert (found.id, found.code) == ("no-program", ExitCode.TEX_FAILED)
    assert found.message == "`pdflatex` is not on the PATH"
    assert "derivatex doctor" in found.hint


@pytest.mark.tex
@pytest.mark.parametrize("name", list(Engine))
def test_the_same_bytes(tmp_path: Path, name: Engine) -> None:
    """Each engine makes a PDF, and from the same sources the same bytes again."""
    source = r"\documentclass{article}\begin{document}Today is \today.\end{document}"
    (tmp_path / "made.tex").write_text(source, encoding="utf-8")
    made = []
    for _ in range(2):
        done = engine.run(name, tmp_path, "made")
        assert done.status == 0
        assert "Output written on made.pdf" in done.log
        made.append((tmp_path / "made.pdf").read_bytes())
    assert made[0] == made[1]


@pytest.mark.tex
def test_no_date(tmp_path: Path) -> None:
    """TeX sees the first day of the epoch, so that a date changes nothing."""
    below = write(tmp_path, r"\typeout{It is the year \the\year.}\the\year")
    assert "It is the year 1970." in engine.run(Engine.PDFLATEX, below, "made").log


@pytest.mark.tex
def test_no_shell(tmp_path: Path) -> None:
    """A document cannot run a program."""
    below = write(tmp_path, r"\immediate\write18{touch ran}Words.")
    done = engine.run(Engine.PDFLATEX, below, "made")
    assert done.status == 0
    assert not (below / "ran").exists()


@pytest.mark.tex
@pytest.mark.parametrize("target", ["../secret.tex", "{above}/secret.tex", "/etc/passwd"])
def test_no_file_outside(tmp_path: Path, target: str) -> None:
    """A document reads no file outside its folder."""
    (tmp_path / "secret.tex").write_text("A secret.", encoding="utf-8")
    below = write(tmp_path, OPENS % target.format(above=tmp_path))
    assert "It was refused." in engine.run(Engine.PDFLATEX, below, "made").log


@pytest.mark.tex
def test_a_file_inside(tmp_path: Path) -> None:
    """A document reads what lies in its own folder."""
    below = write(tmp_path, OPENS % "own.tex")
    (below / "own.tex").write_text("Words.", encoding="utf-8")
    assert "It was opened." in engine.run(Engine.PDFLATEX, below, "made").log


@pytest.mark.tex
def test_no_file_written_outside(tmp_path: Path) -> None:
    """A document writes no file outside its folder."""
    below = write(tmp_path, WRITTEN_TEXT.format(target="../written.txt") + " Words.")
    engine.run(Engine.PDFLATEX, below, "made")
    assert not (tmp_path / "written.txt").exists()


@pytest.mark.tex
def test_an_error_does_not_wait(tmp_path: Path) -> None:
    """TeX asks nobody what to do about an error: it ends with a status and a log."""
    done = engine.run(Engine.PDFLATEX, write(tmp_path, r"\undefinedmacro"), "made")
    assert done.status == 1
    assert "made.tex:5: Undefined control sequence." in done.log


@pytest.mark.tex
def test_a_long_message_stays_on_its_line(tmp_path: Path) -> None:
    """A line of the log is not broken where TeX would."""
    words = "word" * 60
    below = write(tmp_path, rf"\typeout{{{words}}}")
    assert words in engine.run(Engine.PDFLATEX, below, "made").log


@pytest.mark.tex
def test_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that never ends is ended."""
    monkeypatch.setattr(engine, "TIME_LIMIT", 1.0)
    below = write(tmp_path, r"\def\again{\again}\again")
    with pytest.raises(RefusedError) as raised:
        engine.run(Engine.PDFLATEX, below, "made")
    (found,) = raised.value.diagnostics
    assert (found.id, found.message) == ("tex-time-limit", "pdflatex did not end within 1 s")
