"""Engines that wait: what they make is what an engine makes that is told everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from derivatex.document import Document
from derivatex.model.assignment import Engine
from derivatex.processes import Processes
from derivatex.store.cache import Cache
from derivatex.typeset.ahead import BEFORE, Waiting
from derivatex.typeset.passes import Job, body_of
from derivatex.typeset.turn import TURN, Turn, remove_abandoned

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.tex

PREAMBLE = "\\documentclass{article}\n\\usepackage[T1]{fontenc}\\usepackage{lmodern}\n"
LINES = "".join(f"Line {chr(97 + k)}.\\par\n" for k in range(26))


def document(words: str = "Words.") -> Document:
    """A document whose last line can change."""
    return Document(f"{PREAMBLE}\\begin{{document}}\n{LINES}{words}\n\\end{{document}}\n", PREAMBLE)


def job(root: Path) -> Job:
    """What typesets it."""
    folder = root / "tex"
    folder.mkdir(exist_ok=True)
    return Job(Engine.PDFLATEX, folder, "made", Cache(root))


def waiting_turns(root: Path, waiting: Waiting) -> list[Turn]:
    """Engines that wait for the document that follows."""
    job(root).typeset(document(), root / "made.pdf")
    waiting.prepare(job(root), document())
    return waiting.take(root / "tex")


@pytest.fixture
def waiting() -> Waiting:
    """Nothing that waits yet."""
    return Waiting()


def test_the_same_bytes(tmp_path: Path, waiting: Waiting) -> None:
    """An engine that was told the beginning before makes the same PDF, in one pass."""
    turns = waiting_turns(tmp_path, waiting)
    told = [len(turn.told.splitlines()) for turn in turns]
    assert told[1] == 0
    assert told[0] == len(document().tex.splitlines()) - BEFORE
    ahead = job(tmp_path).typeset(document("Others."), tmp_path / "ahead.pdf", turns)
    assert len(ahead.passes) == 1
    assert [turn.is_over for turn in turns] == [True, False]
    turns[1].end()
    at_once = job(tmp_path).typeset(document("Others."), tmp_path / "once.pdf")
    assert ahead.sha256 == at_once.sha256


def test_it_waits_where_the_last_change_was(tmp_path: Path, waiting: Waiting) -> None:
    """It reads up to the lines before the last change, and no further."""
    for words in ("Words.", "Others."):
        waiting.prepare(job(tmp_path), document(f"{words}\n{LINES}"))
    turns = waiting.take(tmp_path / "tex")
    before = len(document("").tex.splitlines()) - 1 - BEFORE
    assert len(turns[0].told.splitlines()) == before - 1
    for turn in turns:
        turn.end()


@pytest.mark.parametrize("change", ["text", "aux", "file", "format", "folder"])
def test_an_engine_that_knows_something_else(tmp_path: Path, waiting: Waiting, change: str) -> None:
    """An engine that was told or given what is no longer so is not taken."""
    turn, spare = waiting_turns(tmp_path, waiting)
    loaded = turn.loaded
    next_one = document("Others.")
    assert turn.suits(next_one, loaded, body_of(next_one, loaded))
    match change:
        case "text":
            next_one = Document(next_one.tex.replace("Line a", "Line A"), PREAMBLE)
        case "aux":
            (tmp_path / "tex/made.aux").write_text("\\relax\n", encoding="utf-8")
        case "file":
            next_one = Document(next_one.tex, PREAMBLE, {"figures/a.pdf": b""})
        case "format":
            loaded = None
        case "folder":
            turn.end()
    assert not turn.suits(next_one, loaded, body_of(next_one, loaded))
    turn.end()
    spare.end()


def test_engines_end(tmp_path: Path, waiting: Waiting) -> None:
    """What waits is ended with its folder, and an engine whose user is gone ends by itself."""
    turns = waiting_turns(tmp_path, waiting)
    waiting.give_back(tmp_path / "tex", turns)
    running = [turn.started.process for turn in turns if turn.started]
    assert [it.poll() for it in running] == [None, None]
    waiting.end()
    assert all(it.poll() is not None for it in running)
    assert not list((tmp_path / "tex").glob(f"{TURN}*"))
    assert waiting.processes.running == set()


def test_nothing_starts_after_the_end(tmp_path: Path) -> None:
    """Where all processes were ended, another one is ended as soon as it starts."""
    processes = Processes()
    job(tmp_path).typeset(document(), tmp_path / "made.pdf")
    loaded = next((tmp_path / "build/cache/formats").glob("*.fmt"))
    processes.end()
    turn = Turn(Engine.PDFLATEX, tmp_path / "tex", "made", loaded, processes)
    assert turn.finish().status != 0


def test_folders_of_killed_processes_are_removed(tmp_path: Path) -> None:
    """The folder of a pass goes with the next build, if its process is gone."""
    gone, here = tmp_path / f"{TURN}999999999-x", tmp_path / f"{TURN}1-x"
    gone.mkdir()
    here.mkdir()
    remove_abandoned(tmp_path)
    assert not gone.exists()
    assert here.exists()
