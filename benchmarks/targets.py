"""The targets of speed: each a ratio to what the same thing costs without derivatex."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from measure import SCRIPT, Times, derivatex, interleaved, timed
from subjects import REPORTS, Problem, Raw, project, raw

from derivatex.document import Document
from derivatex.model.assignment import Engine
from derivatex.render.document import preamble
from derivatex.store.cache import Cache
from derivatex.typeset.passes import Job, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TWELVE = "lab3/4"  # a report of twelve pages
COMPUTATION = Path(__file__).with_name("computation.py")
LIMIT = 20.0  # seconds for what should take a fraction of one


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours, what it is compared with, and the ratio that is aimed at."""

    what: str
    ours: Times
    other: Times
    target: float | None = None

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return self.ours.median / self.other.median

    @property
    def is_met(self) -> bool:
        """Whether the target is met, where there is one."""
        return self.target is None or self.ratio <= self.target

    def __str__(self) -> str:
        """Write it as a line of a Markdown table."""
        aim = "" if self.target is None else f"≤ {self.target:g}"
        met = "" if self.target is None else ("yes" if self.is_met else "**no**")
        return f"| {self.what} | {self.ours} | {self.other} | {self.ratio:.2f} | {aim} | {met} |"


HEAD = """\
| | ours | compared with | ratio | target | met |
|---|---|---|---|---|---|"""


def rows(folder: Path, runs: int, *, is_quick: bool) -> Iterator[Row]:
    """Measure every row; where it must be quick, whole reports are not built from nothing."""
    built = project(folder / "built")
    derivatex(built, "build", "--problems")
    yield from nothing_to_do(built, runs)
    scripts = {
        name: raw(built, folder / "raw" / name.replace("/", "-"), name)
        for name in (*REPORTS, TWELVE)
    }
    for name in (TWELVE, *REPORTS):
        yield from typesetting(
            built, scripts[name], folder / "tex" / name.replace("/", "-"), name, runs
        )
    yield from one_shot(built, scripts[TWELVE], runs)
    yield from watched(built, scripts[TWELVE], runs)
    for name in (TWELVE,) if is_quick else (TWELVE, *REPORTS):
        yield from cold(folder, scripts[name], name, 3)


def nothing_to_do(built: Path, runs: int) -> Iterator[Row]:
    """A build of everything that is current, against Python that does nothing."""
    derivatex(built, "build")
    ours = partial(_process, [str(SCRIPT), "build"], built)
    other = partial(_process, [sys.executable, "-c", "pass"], built)
    found = interleaved({"ours": ours, "other": other}, 4 * runs)
    yield Row("nothing to do / `python -c pass`", found["ours"], found["other"], 2.5)


def typesetting(built: Path, script: Raw, folder: Path, name: str, runs: int) -> Iterator[Row]:
    """TeX's part alone: from nothing but the format, and after a change of one number."""
    slug, _, number = name.partition("/")
    known = sources(built / "build/tex" / slug / (number or "report"), script.job)
    tex = known.pop(f"{script.job}.tex").decode()
    documents = [Document(tex, preamble(), known), Document(_another(tex), preamble(), known)]
    folder.mkdir(parents=True)
    job = Job(Engine.PDFLATEX, folder, script.job, Cache(built))
    count = {"changed": 0}

    def cold_aux() -> float:
        for path in folder.glob(f"{script.job}.*"):
            path.unlink()
        return _typeset(job, documents[0])

    def changed() -> float:
        count["changed"] += 1
        return _typeset(job, documents[count["changed"] % 2])

    runs = runs if number else 3
    found = interleaved(
        {"cold": cold_aux, "changed": changed, "two": script.passes, "one": script.one_pass}, runs
    )
    is_aimed = name == TWELVE
    yield Row(
        f"`{name}`: TeX part, cold aux, format cached / two raw passes",
        found["cold"],
        found["two"],
        0.45 if is_aimed else None,
    )
    yield Row(
        f"`{name}`: one number changed, TeX part / one raw pass",
        found["changed"],
        found["one"],
        0.45 if is_aimed else None,
    )


def one_shot(built: Path, script: Raw, runs: int) -> Iterator[Row]:
    """`derivatex build` of a problem whose text changed, Python and all."""
    problem = Problem(built, TWELVE)

    def ours() -> float:
        problem.edit()
        return timed(lambda: derivatex(built, "build", TWELVE))

    found = interleaved({"ours": ours, "one": script.one_pass}, runs)
    yield Row(f"`{TWELVE}`: one shot / one raw pass", found["ours"], found["one"], 0.40)


def watched(built: Path, script: Raw, runs: int) -> Iterator[Row]:
    """From the save of a problem to its PDF, where it is watched."""
    problem = Problem(built, TWELVE)
    process = subprocess.Popen(
        [str(SCRIPT), "watch", TWELVE], cwd=built, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None  # noqa: S101  # for the type checker
    while "watching" not in process.stdout.readline():
        pass
    time.sleep(0.5)

    def ours() -> float:
        before = problem.pdf.stat().st_mtime_ns
        start = time.perf_counter()
        problem.edit()
        while problem.pdf.stat().st_mtime_ns == before:
            if time.perf_counter() - start > LIMIT:
                sys.exit("the watched report was not built")
            time.sleep(0.0005)
        seconds = time.perf_counter() - start
        time.sleep(0.5)  # a writer takes his time, too: the next engine gets ready
        return seconds

    try:
        found = interleaved({"ours": ours, "one": script.one_pass}, runs)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    yield Row(f"`{TWELVE}`: watched, save → PDF / one raw pass", found["ours"], found["one"], 0.15)


def cold(folder: Path, script: Raw, name: str, runs: int) -> Iterator[Row]:
    """A build from nothing at all, against the same computation and TeX passes by themselves."""
    words = [sys.executable, str(COMPUTATION), str(folder / "built"), *name.split("/")]

    def ours() -> float:
        shutil.rmtree(folder / "cold", ignore_errors=True)
        made = project(folder / "cold")
        return timed(lambda: derivatex(made, "build", name))

    def other() -> float:
        return _process(words, folder) + script.passes()

    def values() -> float:
        return _process([*words, "--values"], folder) + script.passes()

    found = interleaved({"ours": ours, "other": other, "values": values}, runs)
    aim = 1.0 if name in REPORTS else None
    yield Row(f"`{name}`: cold / (raw passes + computation)", found["ours"], found["other"], aim)
    yield Row(
        f"`{name}`: cold / (raw passes + values and figures alone)", found["ours"], found["values"]
    )


def identical(folder: Path) -> bool:
    """Whether the same report has the same bytes in two folders."""
    made = []
    for name in ("here", "somewhere else"):
        copy = project(folder / name)
        derivatex(copy, "build", TWELVE)
        made.append((copy / f"build/{TWELVE}.pdf").read_bytes())
    return made[0] == made[1]


def _another(tex: str) -> str:
    """The same document with another number in its middle."""
    place = tex.index("0.", len(tex) // 2)
    digit = tex[place + 2]
    return f"{tex[: place + 2]}{'1' if digit != '1' else '2'}{tex[place + 3 :]}"


def _typeset(job: Job, document: Document) -> float:
    """The seconds of the passes of a document; its engine was started ahead."""
    turn = job.turn(document.preamble)
    time.sleep(0.1)
    artifact = job.typeset(document, job.folder / "made" / "made.pdf", [turn])
    turn.end()
    return sum(it.seconds for it in artifact.passes)


def _process(words: list[str], folder: Path) -> float:
    run: Callable[[], object] = partial(
        subprocess.run, words, cwd=folder, capture_output=True, check=True
    )
    return timed(run)
