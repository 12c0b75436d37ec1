"""All measurements, as a page of Markdown: on standard output, and in RESULTS.md.

Run: `make bench`, or `python benchmarks/run.py [--quick]`; quick runs leave out the growth,
and whole reports from nothing.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import growth
import peers
import targets
from measure import command
from subjects import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).with_name("RESULTS.md")
RUNS = 9
SWITCH = "--quick"


def main() -> None:
    """Measure, print as it comes, and keep what was printed; status 1 where a target is missed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        lines = []
        for line in page(Path(folder), is_quick=SWITCH in sys.argv):
            print(line, flush=True)
            lines.append(line)
            RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit("\n".join(lines).count("**no**") > 0)


def page(folder: Path, *, is_quick: bool) -> Iterator[str]:
    """The lines of the page."""
    yield "# Results"
    yield ""
    yield from machine()
    yield ""
    yield "## Targets"
    yield ""
    yield targets.HEAD
    for row in targets.rows(folder, RUNS, is_quick=is_quick):
        yield str(row)
    same = "yes" if targets.identical(folder / "twice") else "**no**"
    yield f"| the same report twice, in two folders: identical bytes | | | | | {same} |"
    yield ""
    yield "## Peers"
    yield ""
    yield peers.HEAD
    yield from peers.peers(raw(folder / "built", folder / "peers", targets.TWELVE), RUNS)
    if is_quick:
        yield ""
        yield "A quick run: whole reports from nothing, and the growth, were left out."
    else:
        yield ""
        yield "## Growth"
        yield ""
        yield growth.HEAD
        for size in growth.sizes(folder / "growth"):
            yield str(size)


def machine() -> Iterator[str]:
    """What this was measured on."""
    tex = command([shutil.which("pdflatex") or "pdflatex", "--version"], Path.cwd())
    yield f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors ({_processor()}),"
    yield f"{platform.system()} {platform.release()}, Python {platform.python_version()},"
    yield f"{tex.splitlines()[0]}."
    yield "Medians of interleaved runs, ± half the range of their middle half."


def _processor() -> str:
    found = subprocess.run(["lscpu"], capture_output=True, text=True, check=False).stdout
    lines = [it.partition(":")[2] for it in found.splitlines() if it.startswith("Model name")]
    return lines[0].strip() if lines else platform.machine()


if __name__ == "__main__":
    main()
