"""A build that is stopped at any moment leaves the earlier PDF, and nothing running."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Ran

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex

SHORTEST, LONGEST, COUNT = 0.02, 2.6, 12  # seconds; a build takes about two
LIMIT = 60.0  # seconds for what should take one
SLOTS = [SHORTEST + (LONGEST - SHORTEST) * k / COUNT for k in range(COUNT)]
CHANCE = random.Random(1768)  # noqa: S311  # moments, not secrets
MOMENTS = [round(CHANCE.uniform(slot, slot + (LONGEST - SHORTEST) / COUNT), 3) for slot in SLOTS]


def start(built: Built) -> subprocess.Popen[str]:
    """Start a build that the shell's Ctrl-C would reach, its temporary files kept apart."""
    scratch = built.root / "scratch"
    scratch.mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "derivatex", "build", "demo", "--force"],
        cwd=built.root,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[str], number: signal.Signals) -> Ran:
    """Send a signal to all processes that a terminal would, and wait for the end."""
    with contextlib.suppress(ProcessLookupError):  # it ended before
        os.killpg(process.pid, number)
    out, err = process.communicate(timeout=LIMIT)
    return Ran(process.returncode, out, err)


def ended_well(ran: Ran) -> None:
    """Check that it finished, or said that it was interrupted, or was only starting."""
    if ran.code == -signal.SIGINT:
        assert ", in main" not in ran.err  # before ours, Python's own start shows what it likes
        return
    assert "Traceback" not in ran.err
    assert ran.code in {0, 130}, ran.err
    assert ("interrupted" in ran.err) == (ran.code == 130)


def nothing_is_left(built: Built) -> None:
    """Check that no process runs on, and that no temporary file stays behind."""
    deadline = time.monotonic() + LIMIT
    while built.leftovers() and time.monotonic() < deadline:
        time.sleep(0.05)  # a killed process takes a moment to go
    assert not built.leftovers()
    assert not built.strays()
    assert not list((built.root / "scratch").iterdir())


def builds_again(built: Built) -> None:
    """Check that the next build makes the same PDF."""
    ran = built.project.process("build", "demo", "--force")
    assert ran.code == 0, ran.err
    assert built.is_as_it_was()


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_at_any_moment(built: Built, moment: float) -> None:
    """Ctrl-C ends a build with status 130 and a sentence; PDF and next build are whole."""
    process = start(built)
    time.sleep(moment)
    ran = stop(process, signal.SIGINT)
    ended_well(ran)
    assert built.is_as_it_was()  # the new one, if it was finished, has the same bytes
    nothing_is_left(built)
    builds_again(built)


@pytest.mark.parametrize("moment", [0.6, 1.2, 1.7])
def test_an_impatient_ctrl_c(built: Built, moment: float) -> None:
    """Ctrl-C again and again, until the very end, does no more harm than once."""
    process = start(built)
    time.sleep(moment)
    deadline = time.monotonic() + LIMIT
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.004)
    out, err = process.communicate(timeout=LIMIT)
    ran = Ran(process.returncode, out, err)
    assert "Traceback" not in ran.err
    assert ran.code in {0, 130, -signal.SIGINT}, ran.err
    assert built.is_as_it_was()
    nothing_is_left(built)


def test_sigterm_is_as_ctrl_c(built: Built) -> None:
    """A service manager's SIGTERM in the middle of a build ends it as Ctrl-C does."""
    process = start(built)
    wait_for(process, built.root / "build/.lock")
    ran = stop(process, signal.SIGTERM)
    assert "Traceback" not in ran.err
    assert ran.code == 130, ran.err
    assert built.is_as_it_was()
    nothing_is_left(built)
    builds_again(built)


@pytest.mark.parametrize("moment", [0.3, 1.1])
def test_a_killed_build(built: Built, moment: float) -> None:
    """SIGKILL, which nothing can catch, leaves the PDF whole and the next build works."""
    process = start(built)
    wait_for(process, built.root / "build/.lock")
    time.sleep(moment)
    stop(process, signal.SIGKILL)
    assert built.is_as_it_was()
    builds_again(built)


def test_ctrl_c_while_it_waits_for_another(built: Built) -> None:
    """A build that waits for another's lock is interrupted at once."""
    with (built.root / "build/.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = start(built)
        assert process.stderr is not None
        said = process.stderr.readline()
        ran = stop(process, signal.SIGINT)
    assert "waiting for another build" in said
    assert ran.code == 130
    assert "Traceback" not in ran.err
    nothing_is_left(built)


def wait_for(process: subprocess.Popen[str], lock: Path) -> None:
    """Wait until a build holds the lock: it is past its start."""
    deadline = time.monotonic() + LIMIT
    while lock.read_text(encoding="utf-8") != str(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert lock.read_text(encoding="utf-8") == str(process.pid)
