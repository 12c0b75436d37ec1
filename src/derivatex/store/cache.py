"""What was computed and checked before, found by the content of everything that it was made of.

An entry is trusted only where its header fits its name and its content; any other is recomputed,
with a warning. The entries that were used least recently leave first.
"""

from __future__ import annotations

import io
import json
import os
import pickle
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from derivatex.diagnostics import Diagnostic, ExitCode, Location, Severity
from derivatex.files import write_beside
from derivatex.store.inputs import ABSENT, digest, of_all, of_file
from derivatex.store.target import BUILD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LIMIT = 500_000_000  # bytes of all entries together
FOLDER = "cache"
BUILTINS = frozenset({"set", "frozenset", "complex", "range", "slice", "bytearray"})


@dataclass(frozen=True, slots=True)
class Step:
    """Something that takes time, and the digests of everything that its result depends on.

    `what` is said of it where it runs, such as `problem 3 was computed`; nothing is where it is "".
    """

    kind: str
    name: str
    what: str
    inputs: Mapping[str, str]

    @property
    def key(self) -> str:
        """What tells it from every other step."""
        return of_all({**self.inputs, "step": f"{self.kind} {self.name}"})


@dataclass(slots=True)
class Cache:
    """The entries below `build/cache` of a project; `ran` says of each step that ran why it did.

    `tools` are the digests of derivatex and of Python's packages, on which everything depends.
    """

    project: Path
    tools: Mapping[str, str] = field(default_factory=dict)
    limit: int = LIMIT
    ran: list[str] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the entries lie."""
        return self.project / BUILD / FOLDER

    def recall(self, step: Step) -> Any:  # noqa: ANN401  # whatever was kept
        """What the step gave before; None where it must run, which is noted with its reason."""
        path = self._path(step)
        found: dict[str, str] = {}
        reason = ""
        try:
            header, value = _read(path, step)
            found = header["found"]
            changed = _differing(found, {name: self.now(name) for name in found})
            if not changed:
                os.utime(path)
                return value
        except FileNotFoundError:
            """It never ran with these inputs, or its entry has left."""
        except Exception as error:  # noqa: BLE001  # damage shows itself in any way
            at = Location(path.relative_to(self.project).as_posix())
            self.warnings.append(
                Diagnostic(
                    "cache-damaged",
                    f"this entry of the cache cannot be used: {error}",
                    ExitCode.OK,
                    at,
                    "it is computed again",
                    Severity.WARNING,
                )
            )
            reason = "its entry in the cache was damaged"
        if step.what:
            self.ran.append(f"{step.what}: {reason or self._why(step, found)}")
        return None

    def keep(self, step: Step, value: object, found: Mapping[str, str] | None = None) -> None:
        """Keep what a step gave; `found` are the digests of the files that it turned out to read.

        A cache that cannot be written is no reason to fail.
        """
        payload = pickle.dumps(value, protocol=5)
        header = {"step": step.kind, "key": step.key, "content": digest(payload)}
        line = json.dumps({**header, "found": dict(found or {})}, sort_keys=True)
        everything = {**step.inputs, **(found or {})}
        try:
            write_beside(self._path(step), line.encode() + b"\n" + payload)
            write_beside(self._last(step), json.dumps(everything, sort_keys=True).encode())
            self._shrink()
        except OSError:
            return

    def now(self, name: str) -> str:
        """The digest of a file of the project, or elsewhere, as it is now."""
        return of_file(str(self.project / name))

    def _path(self, step: Step) -> Path:
        return self.folder / step.kind / step.key[:2] / step.key[2:]

    def _last(self, step: Step) -> Path:
        return self.folder / "last" / f"{step.kind}+{step.name.replace('/', '+')}"

    def _why(self, step: Step, found: Mapping[str, str]) -> str:
        """What differs from the last time that this step ran, in words."""
        try:
            before = json.loads(self._last(step).read_bytes())
        except (OSError, ValueError):
            return "it is new"
        now = {**step.inputs, **{name: self.now(name) for name in found}}
        later = {name for name in before if name not in step.inputs}
        now |= {name: self.now(name) for name in later}
        changed = _differing(before, now)
        return ", ".join(changed) if changed else "its result is no longer in the cache"

    def _shrink(self) -> None:
        """Let the entries that were used least recently leave, down to three quarters."""
        entries = [
            (entry.stat().st_mtime_ns, entry.stat().st_size, entry)
            for entry in self.folder.glob("*/??/*")
            if not entry.name.startswith(".")
        ]
        total = sum(size for _, size, _ in entries)
        if total <= self.limit:
            return
        for _, size, entry in sorted(entries):
            entry.unlink(missing_ok=True)
            total -= size
            if total <= 0.75 * self.limit:
                return


class _Unpickler(pickle.Unpickler):
    """Makes values of derivatex's own classes, and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  # a class
        """Find a class of ours; refuse anything else."""
        if (module, name) == ("builtins", "getattr"):  # how Python 3.11.2 names enum members
            return _member
        is_ours = module.partition(".")[0] == "derivatex" and "." not in name
        if is_ours or (module == "builtins" and name in BUILTINS):
            made = super().find_class(module, name)
            if isinstance(made, type):
                return made
        raise pickle.UnpicklingError(f"it holds a {module}.{name}")


def _member(kind: object, name: str) -> Enum:
    """A member of an enum of ours, by its name; nothing else."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind[name]
    raise pickle.UnpicklingError(f"it asks for {name} of {kind!r}")


def _read(path: Path, step: Step) -> tuple[dict[str, Any], Any]:
    line, _, payload = path.read_bytes().partition(b"\n")
    header = json.loads(line)
    if (header["step"], header["key"]) != (step.kind, step.key):
        raise ValueError("it is about something else")
    if header["content"] != digest(payload):
        raise ValueError("its content is not what was written")
    return header, _Unpickler(io.BytesIO(payload)).load()


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What differs between two sets of digests, each in words."""
    words = []
    for name in sorted({*before, *now}):
        if name not in before or before[name] == ABSENT != now.get(name):
            words.append(f"{name} is new")
        elif now.get(name, ABSENT) == ABSENT != before[name]:
            words.append(f"{name} is gone")
        elif before[name] != now[name]:
            words.append(f"{name} changed")
    return words
