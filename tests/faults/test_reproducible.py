"""The same inputs give the same bytes: in any folder, at any time, after any accident."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import DEMO, Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex

KILLS = 50
LONGEST = 2.2  # seconds; a build takes about that
CHANCE = random.Random(1729)  # noqa: S311  # moments, not secrets
MOMENTS = [(k, round(CHANCE.uniform(0.0, LONGEST), 3)) for k in range(KILLS)]
LATER = """\
import datetime, time
_now, _shift = time.time, {shift}
time.time = lambda: _now() + _shift
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_now() + _shift, tz)
    today = utcnow = now
datetime.datetime = Later
"""
MADE = ("demo.pdf", "demo.json", "demo.zip", "demo/1.pdf", "demo/1.json")


def made(root: Path, shift: int, zone: str, jobs: int) -> dict[str, bytes]:
    """What a build from nothing leaves, in a folder, with a clock that goes wrong by `shift`."""
    shutil.copytree(DEMO / "solutions", root / "solutions")
    for path in (root / "solutions").rglob("*.*"):
        os.utime(path, (shift, shift))
    (root / "build/clock").mkdir(parents=True)
    (root / "build/clock/sitecustomize.py").write_text(LATER.format(shift=shift), encoding="utf-8")
    surroundings = {"PYTHONPATH": str(root / "build/clock"), "TZ": zone}
    for words in (("build", "demo", "--problems"), ("bundle", "demo")):
        ran = Project(root).process(*words, "-j", str(jobs), environment=surroundings)
        assert (ran.code, ran.err) == (0, "")
    return {name: (root / "build" / name).read_bytes() for name in MADE}


def test_two_folders_and_two_clocks(tmp_path: Path) -> None:
    """PDF, zip and JSON are the same bytes in two folders, years apart, with one job or three."""
    one = made(tmp_path / "one", 86_400, "UTC", 1)
    two = made(tmp_path / "another one" / "below", 1_000_000_000, "Asia/Tokyo", 3)
    assert [name for name in MADE if one[name] != two[name]] == []


def test_another_clock_is_seen(tmp_path: Path) -> None:
    """The twin: the clock that the test sets is the one that Python reads."""
    (tmp_path / "sitecustomize.py").write_text(LATER.format(shift=1_000_000_000), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import datetime, time; print(datetime.datetime.now().year)"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) > 2050


@pytest.mark.parametrize(("number", "moment"), MOMENTS)
def test_a_build_that_is_killed_at_any_moment(built: Built, number: int, moment: float) -> None:
    """Whenever a build is killed, with caches or without, the next one ends in the same bytes."""
    kept = {name: (built.root / "build" / name).read_bytes() for name in ("demo.pdf", "demo.json")}
    if number % 2:
        shutil.rmtree(built.root / "build/cache")
    if number % 3:
        shutil.rmtree(built.root / "build/tex")
    (built.root / "scratch").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "derivatex", "build", "demo", "--force"],
        cwd=built.root,
        env={**os.environ, "TMPDIR": str(built.root / "scratch")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(moment)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert built.is_as_it_was()
    ran = built.project.process("build", "demo", "--force")
    assert ran.code == 0, ran.err
    assert "warning" not in ran.err
    after = {name: (built.root / "build" / name).read_bytes() for name in kept}
    assert after == kept
    assert not built.strays()
