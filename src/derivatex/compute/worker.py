"""The process in which an author's module runs: a task on standard input, an outcome in a file.

`python -m derivatex.compute.worker OUTCOME STATUS` writes to STATUS what it is at, so that the
parent can say what did not end.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import pickle
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from derivatex.compute import declare
from derivatex.compute.evaluate import Evaluation, Task
from derivatex.compute.reads import Reads
from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError
from derivatex.files import write_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from derivatex.compute.declare import Declaration
    from derivatex.solution import Solution

MODULE = "derivatex_problem"
PACKAGE = Path(__file__).parents[1]
ORDER = ("value", "table", "figure", "listing")  # code that ran can be told last
FAILED = 70  # the worker's own status where derivatex itself has failed


def run(task: Task, status: Callable[[str, int], None]) -> Solution:
    """Load the module and compute everything that it declares.

    Raises: RefusedError with every declaration that failed, each once.
    """
    found: list[Diagnostic] = []
    status("the module's own lines", 1)
    declarations = _load(task)
    found += _twice(task, declarations)
    if found:
        raise RefusedError(found)
    evaluation = Evaluation(task, declarations, status)
    tables, figures, listings = {}, {}, {}
    for declaration in sorted(declarations, key=lambda made: ORDER.index(made.kind)):
        status(f"the {declaration.kind} `{declaration.name}`", declaration.line)
        evaluation.computing.clear()
        with _located(task, found, evaluation.place(declaration)):
            match declaration.kind:
                case "value":
                    evaluation.compute_values(declaration)
                case "table":
                    tables[declaration.name] = evaluation.tabulate(declaration)
                case "figure":
                    figures[declaration.name] = evaluation.draw(declaration)
                case "listing":
                    listings[declaration.name] = evaluation.listed(declaration)
    if found:
        raise RefusedError(found)
    return evaluation.solution(tables, figures, listings)


def _load(task: Task) -> list[Declaration]:
    """Import the module from its file; its folder is where its own imports are looked for."""
    declare.declared.clear()
    declare.called.clear()
    path = task.project / task.module
    before, null, _ = path.read_bytes().partition(b"\0")
    if null:  # Python's own message for it, which differs by version, has no line
        at = Location(task.module, before.count(b"\n") + 1, 1)
        message = "the file holds a null byte"
        raise RefusedError([Diagnostic("python-syntax", message, ExitCode.BAD_INPUT, at)])
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(MODULE, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    found: list[Diagnostic] = []
    with _located(task, found, Location(task.module, 1, 1)):
        spec.loader.exec_module(module)
    if found:
        raise RefusedError(found)
    return list(declare.declared)


def _twice(task: Task, declarations: list[Declaration]) -> list[Diagnostic]:
    first: dict[str, Declaration] = {}
    found = []
    for made in declarations:
        at = Location(task.module, made.line, 1)
        other = first.setdefault(made.name, made)
        if other is not made:
            message = f"`{made.name}` is declared twice; first on line {other.line}"
            found.append(Diagnostic("declared-twice", message, ExitCode.BAD_INPUT, at))
        elif made.name in task.givens:
            message = f"`{made.name}` is computed here and given in the YAML"
            found.append(Diagnostic("declared-twice", message, ExitCode.BAD_INPUT, at))
    return found


@contextlib.contextmanager
def _located(task: Task, found: list[Diagnostic], at: Location) -> Iterator[None]:
    """Turn an exception of the author's code into a diagnostic at its line.

    One that a library raises afterwards, as when a figure is written, is placed at `at`.
    """
    try:
        yield
    except RefusedError as refused:
        found += refused.diagnostics
    except SyntaxError as error:
        file = error.filename or str(task.project / task.module)
        at = _place(task, file, error.lineno or 1, error.offset or 1)
        found.append(Diagnostic("python-syntax", error.msg, ExitCode.BAD_INPUT, at))
    except BaseException as error:  # the author's code raises what it likes
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).is_relative_to(task.folder)]
        hint = ""
        if own:
            at = _place(task, own[-1].filename, own[-1].lineno or 1, (own[-1].colno or 0) + 1)
            hint = f"in `{(own[-1].line or '').strip()}`"
        elif Path(frames[-1].filename).is_relative_to(PACKAGE):
            raise  # neither his code nor a library that he asked for: a bug of ours
        message = "".join(traceback.format_exception_only(error)).strip().partition("\n")[0]
        found.append(Diagnostic("python-error", message, ExitCode.BAD_INPUT, at, hint))


def _place(task: Task, file: str, line: int, column: int) -> Location:
    """A place in a file of the author's, its path from the project's folder."""
    path = Path(file)
    inside = path.is_relative_to(task.project)
    name = path.relative_to(task.project).as_posix() if inside else task.module
    return Location(name, line, column)


def main() -> None:
    """Do one task."""
    outcome_file, status_file = map(Path, sys.argv[1:3])
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301  # our parent wrote it
    printed = io.StringIO()
    reads = Reads()
    with contextlib.redirect_stdout(printed):
        try:
            outcome: Solution | RefusedError = run(
                task, lambda what, line: _note(status_file, what, line)
            )
        except RefusedError as refused:
            outcome = refused
        except Exception:  # noqa: BLE001  # the parent shows it as a bug of ours
            traceback.print_exc()
            sys.exit(FAILED)
    read = reads.found(task.project)
    write_beside(outcome_file, pickle.dumps((outcome, printed.getvalue(), read)))


def _note(status_file: Path, what: str, line: int) -> None:
    status_file.write_text(f"{line}\n{what}", encoding="utf-8")


if __name__ == "__main__":
    main()
