"""A watched report is built again on every kind of save, whatever happens to its files."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex

LIMIT = 60.0  # seconds for what should take one
OLD, NEW = "We multiply", "Twice over, we multiply"


class Watched:
    """A process that watches, and the lines that it says."""

    def __init__(self, built: Built, *, saved_while_starting: bool = False) -> None:
        """Start it, and wait until it watches."""
        self.built, self.said = built, []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "derivatex", "watch"],
            cwd=built.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.lines: queue.Queue[str] = queue.Queue()
        self.listener = threading.Thread(target=self._listen, args=(self.process.stdout,))
        self.listener.start()
        if saved_while_starting:
            self.says("build/demo.pdf")
            written(built.project.yaml, built.project.yaml.read_text().replace(OLD, NEW))
        self.says("watching")
        time.sleep(0.2)  # until the system tells it of changes

    said: list[str]

    def _listen(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.lines.put(line)

    def says(self, words: str) -> str:
        """Wait for a line that holds these words."""
        while True:
            line = self.lines.get(timeout=LIMIT)
            self.said.append(line)
            if words in line:
                return line

    def end(self) -> int:
        """End it as Ctrl-C does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(LIMIT)
        self.listener.join(LIMIT)
        return code


@pytest.fixture
def watched(built: Built) -> Iterator[Watched]:
    """The small project, watched."""
    made = Watched(built)
    yield made
    made.end()


def written(path: Path, text: str) -> None:
    """As most editors do."""
    path.write_text(text, encoding="utf-8")


def renamed(path: Path, text: str) -> None:
    """As vim does: beside, then renamed."""
    beside = path.with_name(f"{path.name}~")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def truncated(path: Path, text: str) -> None:
    """In two steps, the first of which leaves half a file."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text[:200])
        file.flush()
        time.sleep(0.004)
        file.write(text[200:])


def moved_away(path: Path, text: str) -> None:
    """By a new file in the place of one that was moved away, which is then removed."""
    away = path.with_name(f".{path.name}.old")
    path.rename(away)
    path.write_text(text, encoding="utf-8")
    away.unlink()


@pytest.mark.parametrize("save", [written, renamed, truncated, moved_away])
def test_a_save_is_built(watched: Watched, save: Callable[[Path, str], None]) -> None:
    """However an editor saves, the PDF is that of what was saved, and the time is told."""
    path = watched.built.project.yaml
    for words in (NEW, f"Indeed, {NEW[0].lower()}{NEW[1:]}"):
        text = path.read_text(encoding="utf-8")
        save(path, text.replace(OLD if OLD in text else NEW, words))
        line = watched.says("build/demo.pdf")
        assert " s" in line
        assert not watched.built.is_as_it_was()
        shown = watched.built.project.pdf.read_bytes()
        assert watched.built.project.process("build", "demo", "--force").code == 0
        assert watched.built.project.pdf.read_bytes() == shown


def test_an_error_is_told_and_mended(watched: Watched) -> None:
    """What is wrong is told at its place; the PDF stays until it is mended."""
    path = watched.built.project.yaml
    right = path.read_text(encoding="utf-8")
    for wrong in (right.replace("points: 2", "pionts: 2"), right.replace(OLD, r"\nosuch")):
        written(path, wrong)
        assert "1-square.yaml:" in watched.says("error[")
        assert watched.built.is_as_it_was()
    written(path, right.replace(OLD, NEW))
    watched.says("build/demo.pdf")
    assert not watched.built.is_as_it_was()


def test_files_that_go_and_come(watched: Watched) -> None:
    """Deleted files are told and do not end it; new ones are built."""
    path = watched.built.project.yaml
    text = path.read_text(encoding="utf-8")
    path.unlink()
    watched.says("error[no-problem]")
    assert watched.built.is_as_it_was()
    written(path, text)
    second = path.with_name("2-square.yaml")
    written(second, text.replace("problem: 1", "problem: 2").replace("A square", "Another"))
    module = watched.built.project.module
    written(module.with_name("2_square.py"), module.read_text(encoding="utf-8"))
    watched.says("build/demo.pdf")
    assert watched.process.poll() is None


def test_the_end(watched: Watched) -> None:
    """Ctrl-C ends it well, with every engine that waited."""
    written(watched.built.project.yaml, watched.built.project.yaml.read_text().replace(OLD, NEW))
    watched.says("build/demo.pdf")
    assert watched.end() == 0
    deadline = time.monotonic() + LIMIT
    while watched.built.leftovers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not watched.built.leftovers()
    assert not list((watched.built.root / "build/tex/demo/report").glob(".*"))


def test_what_editors_leave_concerns_nobody(watched: Watched) -> None:
    """Files beside a source, as editors and Python leave them, are passed over."""
    folder = watched.built.project.yaml.parent
    for name in (".1-square.yaml.swp", "1-square.yaml~", "4913", ".#1-square.yaml"):
        (folder / name).write_text("x", encoding="utf-8")
    time.sleep(0.5)
    written(watched.built.project.yaml, watched.built.project.yaml.read_text().replace(OLD, NEW))
    watched.says("build/demo.pdf")
    assert sum("build/demo.pdf" in line for line in watched.said) == 2  # at the start, and now


def test_what_is_mended_is_told(watched: Watched) -> None:
    """A save that takes a mistake back is told, though its PDF is there already."""
    path = watched.built.project.yaml
    right = path.read_text(encoding="utf-8")
    written(path, right.replace("points: 2", "pionts: 2"))
    watched.says("error[unknown-key]")
    written(path, right)
    assert "nothing to do" in watched.says("build/demo.pdf")


def test_a_save_before_it_could_be_seen(built: Built) -> None:
    """What is saved while the first build runs is built a moment later."""
    watched = Watched(built, saved_while_starting=True)
    watched.says("1 TeX pass")
    assert not built.is_as_it_was()
    watched.end()
