"""Other ways to the same PDF, where this machine has them."""

from __future__ import annotations

import shutil
import subprocess
from functools import partial
from typing import TYPE_CHECKING

from measure import interleaved, timed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from subjects import Raw

OTHERS = {"PythonTeX": "pythontex", "knitr": "Rscript"}  # which run code, and cache what it gave
LATEXMK = ("latexmk", "-pdf", "-interaction=nonstopmode")
HEAD = """\
| on the same LaTeX, from nothing | |
|---|---|"""


def peers(script: Raw, runs: int) -> Iterator[str]:
    """A line for each peer: its time, or that it is absent."""
    ways = {"pdflatex, two passes": script.passes}
    if shutil.which("latexmk"):
        ways["latexmk"] = partial(_latexmk, script)
    for name, times in interleaved(ways, runs).items():
        yield f"| {name} | {times} |"
    if "latexmk" not in ways:
        yield "| latexmk | absent |"
    for name, program in OTHERS.items():
        there = "there, and not measured: its sources are not LaTeX alone"
        yield f"| {name} | {there if shutil.which(program) else 'absent'} |"


def _latexmk(script: Raw) -> float:
    clean = ["latexmk", "-C", f"{script.job}.tex"]
    subprocess.run(clean, cwd=script.folder, capture_output=True, check=True)
    words = [*LATEXMK, f"{script.job}.tex"]
    return timed(lambda: subprocess.run(words, cwd=script.folder, capture_output=True, check=True))
