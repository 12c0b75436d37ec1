"""How a build grows with the number of problems, and how much memory it takes.

The problems of the two reports are repeated 1, 4 and 16 times, under other numbers.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from measure import ROOT, SCRIPT, Times, command, derivatex, interleaved, timed
from subjects import REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMES = (1, 4, 16)
NUMBER = re.compile(r"^problem: \d+$", re.MULTILINE)
PROBLEM = re.compile(r"(?P<number>\d+)(?P<rest>[-_].*)")
RUNS = 20  # of what takes a few hundredths of a second
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Size:
    """What a project of so many problems costs."""

    problems: int
    check: float
    build: float
    again: Times
    nothing: Times
    memory: float

    def __str__(self) -> str:
        """Write it as a line of a Markdown table."""
        ratio = self.again.median / self.nothing.median
        whole = self.check + self.build
        return (
            f"| {self.problems} | {self.check:.1f} s | {whole:.1f} s | "
            f"{1000 * whole / self.problems:.0f} ms | {self.again} | {ratio:.2f} | "
            f"{self.memory:.0f} MB |"
        )


HEAD = """\
| problems | check, cold | build, cold | per problem | nothing to do | / `python -c pass` | memory |
|---|---|---|---|---|---|---|"""


def sizes(folder: Path) -> Iterator[Size]:
    """Measure a project of each size."""
    for times in TIMES:
        made = repeated(folder / str(times), times)
        count = len(list(made.glob("solutions/*/[0-9]*.yaml")))
        check = timed(lambda made=made: derivatex(made, "check"))  # type: ignore[misc]
        memory = 0.0

        def build(made: Path = made) -> None:
            nonlocal memory
            words = [sys.executable, "-c", MEASURED, str(SCRIPT), "build"]
            memory = int(command(words, made)) / 1024

        seconds = timed(build)
        derivatex(made, "build")
        found = interleaved(
            {
                "ours": lambda made=made: timed(lambda: derivatex(made, "build")),  # type: ignore[misc]
                "pass": lambda made=made: timed(  # type: ignore[misc]
                    lambda: subprocess.run([sys.executable, "-c", "pass"], cwd=made, check=True)
                ),
            },
            RUNS,
        )
        yield Size(count, check, seconds, found["ours"], found["pass"], memory)


def repeated(folder: Path, times: int) -> Path:
    """A project with every problem so many times: the first as it is, the others renumbered."""
    for source in sorted(it for slug in REPORTS for it in (ROOT / "solutions" / slug).glob("*.*")):
        target = folder / "solutions" / source.parent.name
        target.mkdir(parents=True, exist_ok=True)
        match = PROBLEM.fullmatch(source.name)
        text = source.read_text(encoding="utf-8")
        if match is None:
            (target / source.name).write_text(text, encoding="utf-8")
            continue
        for copy in range(times):
            number = f"{int(match['number']) + 100 * copy}"
            again = re.sub(
                r"^problem: \d+$", f"problem: {number}", text, count=1, flags=re.MULTILINE
            )
            (target / f"{number}{match['rest']}").write_text(again, encoding="utf-8")
    return folder
