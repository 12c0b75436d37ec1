"""Interleaved runs, their medians and their spread."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parent.parent
SCRIPT = Path(sys.executable).with_name("derivatex")


@dataclass(frozen=True, slots=True)
class Times:
    """The seconds of several runs of one thing."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Half the range of the middle half, as a share of the median."""
        if len(self.seconds) < 4:  # noqa: PLR2004  # quartiles need some runs
            return (max(self.seconds) - min(self.seconds)) / 2 / self.median
        low, _, high = statistics.quantiles(self.seconds, n=4)
        return (high - low) / 2 / self.median

    def __str__(self) -> str:
        """Write the median with its spread."""
        return f"{1000 * self.median:.0f} ms ± {100 * self.spread:.0f} %"


def timed(run: Callable[[], object]) -> float:
    """The seconds of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def interleaved(runs: Mapping[str, Callable[[], float]], count: int) -> dict[str, Times]:
    """Run each thing in turn, `count` times, after one run that is not counted.

    Each returns the seconds that count.
    """
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(count + 1):
        for name, run in runs.items():
            seconds = run()
            if number:
                found[name].append(seconds)
    return {name: Times(tuple(seconds)) for name, seconds in found.items()}


def command(words: Sequence[str], folder: Path) -> str:
    """Run a command that must succeed, and return what it prints."""
    done = subprocess.run(list(words), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(
            f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def derivatex(folder: Path, *words: str) -> str:
    """Run the command line in a project."""
    return command([str(SCRIPT), *words], folder)
