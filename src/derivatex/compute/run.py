"""Starts a worker for each problem, bounds its time, and takes its outcome."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.compute.evaluate import Task
from derivatex.compute.reads import data_of
from derivatex.compute.worker import FAILED
from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError
from derivatex.model.assignment import fragments
from derivatex.model.blocks import FigureBlock, ListingBlock, TableBlock
from derivatex.processes import Processes
from derivatex.solution import Solution, typed_value
from derivatex.store.cache import Step
from derivatex.store.inputs import digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivatex.model.assignment import Assignment, Problem
    from derivatex.store.cache import Cache

SETTLED = {  # workers run side by side: their linear algebra does not; a set has one order
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "PYTHONHASHSEED": "0",
}


def compute(
    cache: Cache, assignment: Assignment, jobs: int, progress: Callable[[str], None]
) -> tuple[list[Solution], list[Diagnostic]]:
    """Compute every problem of an assignment that has changed, `jobs` at a time.

    Returns the solutions of those that could be computed, and the findings about the others.
    """
    workers = Processes()
    data = data_of(cache.project, assignment.folder)

    def one(problem: Problem) -> Solution | RefusedError:
        givens = {name: typed_value(name, typed) for name, typed in problem.givens.items()}
        try:
            if not (cache.project / problem.module).exists():
                _refuse_without_module(problem)
                return Solution(problem.problem, givens)
            step = _step(cache, problem, f"{assignment.slug}/{problem.problem}", data)
            made: Solution | None = cache.recall(step)
            if made is None:
                progress(f"computing problem {problem.problem}")
                made, found = _computed(cache.project, problem, workers)
                cache.keep(step, made, found)
            return replace(made, values={**givens, **made.values})
        except RefusedError as refused:
            return refused

    pool = ThreadPoolExecutor(jobs)
    try:
        futures = [pool.submit(one, problem) for problem in assignment.problems]
        outcomes = [future.result() for future in futures]
    finally:  # Ctrl-C too
        pool.shutdown(wait=False, cancel_futures=True)
        workers.end()
    solutions = [outcome for outcome in outcomes if isinstance(outcome, Solution)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, RefusedError)]
    return solutions, [found for refused in refusals for found in refused.diagnostics]


def _step(cache: Cache, problem: Problem, name: str, data: str) -> Step:
    """What the values, tables and figures of a problem depend on, as far as it is known before."""
    numbers = {
        key: [leaf.text for leaf in it.leaves.values()] for key, it in problem.givens.items()
    }
    shapes = {key: it.shape for key, it in problem.givens.items()}
    inputs = {
        problem.module: cache.now(problem.module),
        f"the numbers given in {problem.file}": digest(repr((numbers, shapes)).encode()),
        "the data files": data,
        **cache.tools,
    }
    return Step("computed", name, f"problem {problem.problem} was computed", inputs)


def _computed(
    project: Path, problem: Problem, workers: Processes
) -> tuple[Solution, dict[str, str]]:
    """What a problem's module computes, without what was given, and the files that it read."""
    task = Task(project, problem.problem, problem.module, problem.givens)
    with tempfile.TemporaryDirectory(prefix="derivatex-") as folder:
        solution, found = _work(task, problem.time_limit, Path(folder), workers)
    own = {name: it for name, it in solution.values.items() if name not in problem.givens}
    return replace(solution, values=own, read=found), found


def _refuse_without_module(problem: Problem) -> None:
    needed = _needs_module(problem)
    if needed is not None:
        what, at = needed
        message = f"{what} needs the module {problem.module}, which does not exist"
        raise RefusedError([Diagnostic("missing-module", message, ExitCode.BAD_INPUT, at)])


def _needs_module(problem: Problem) -> tuple[str, Location] | None:
    """The first thing in the YAML that only a module can supply."""
    for block in problem.blocks():
        if isinstance(block, (FigureBlock, TableBlock, ListingBlock)):
            return f"the {block.kind} `{getattr(block, block.kind)}`", block.at
    for text in fragments(problem):
        for call in text.scan.called("val"):
            if call.argument.partition("[")[0] not in problem.givens:
                return f"the value `{call.argument}`", text.locate(call.start)
    return None


def _work(
    task: Task, limit: float, folder: Path, workers: Processes
) -> tuple[Solution, dict[str, str]]:
    """Run one worker to its end, or to its limit of `limit` seconds.

    What it writes goes to files: a child that it leaves behind may hold a pipe open.
    """
    outcome_file, status_file = folder / "outcome", folder / "status"
    errors_file, task_file = folder / "errors", folder / "task"
    task_file.write_bytes(pickle.dumps(task))
    command = [sys.executable, "-P", "-B", "-m", "derivatex.compute.worker"]
    with errors_file.open("wb") as errors, task_file.open("rb") as given:
        process = subprocess.Popen(
            [*command, str(outcome_file), str(status_file)],
            cwd=task.project,
            env={**os.environ, **SETTLED},
            stdin=given,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,  # Ctrl-C reaches us alone, and a kill reaches its children
        )
        workers.add(process)
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            raise RefusedError([_late(task, status_file, limit)]) from None
        finally:
            workers.remove(process)
    shown = errors_file.read_text(encoding="utf-8", errors="replace")
    if process.returncode == FAILED:
        raise RuntimeError(f"the worker of {task.module} failed:\n{shown}")
    if not outcome_file.exists():
        raise RefusedError([_died(task, status_file, process.returncode, shown)])
    outcome: Solution | RefusedError
    outcome, printed, read = pickle.loads(outcome_file.read_bytes())  # noqa: S301  # our worker's
    if isinstance(outcome, RefusedError):
        raise outcome
    return replace(outcome, output=printed + shown), read


def _status(task: Task, status_file: Path) -> tuple[str, Location]:
    """What the worker was at when it was last heard of."""
    if not status_file.exists():
        return "the module", Location(task.module, 1, 1)
    line, _, what = status_file.read_text(encoding="utf-8").partition("\n")
    return what, Location(task.module, int(line or 1), 1)


def _late(task: Task, status_file: Path, limit: float) -> Diagnostic:
    what, at = _status(task, status_file)
    message = f"{what} did not end within the problem's {limit:g} s"
    hint = "make it faster, or set `time_limit` in the problem's YAML"
    return Diagnostic("time-limit", message, ExitCode.BAD_INPUT, at, hint)


def _died(task: Task, status_file: Path, status: int, errors: str) -> Diagnostic:
    what, at = _status(task, status_file)
    how = f"by signal {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
    said = [line for line in errors.splitlines() if line.strip() and "Traceback" not in line]
    last = said[-1].strip() if said else ""
    return Diagnostic(
        "worker-died", f"{what} ended its process {how}", ExitCode.BAD_INPUT, at, last
    )
