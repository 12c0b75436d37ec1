from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def make(*arguments: str) -> str:
    """What make prints."""
    done = subprocess.run(
        [shutil.which("make") or "make", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("target", ["pdf", "test", "report", "check", "lint", "golden", "setup"])
def test_what_the_documents_promise_can_be_made(target: str) -> None:
    """Every target that README and CONTRIBUTING name exists and explains itself."""
    assert make("--dry-run", target, "REPORT=lab3")
    assert re.search(rf"^  make {target}\b.*\w", make("help"), re.MULTILINE)
