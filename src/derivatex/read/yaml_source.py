"""YAML text to plain mappings, lists and strings that know where they stand.

Scalars stay the text that was typed: `0.50` keeps its zero and `no` is no boolean; the models say
what a text is to be.
Tags, aliases and second documents have no use here and are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from derivatex.diagnostics import Diagnostic, ExitCode, Location, RefusedError
from derivatex.model.nodes import PLACE
from derivatex.tex.markup import Source

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x84\x86-\x9f\ue000\ue001\ufffe\uffff]")
HINTS = {
    "cannot start any token": "indent with spaces; quote text that starts with `%`, `@` or '`'",
    "mapping values are not allowed": "quote text that holds `: `, or mend the indentation above",
    "did not find expected key": "mend the indentation, or close the quotes above",
    "unexpected end of stream": "close the quotes that were opened here",
    "unknown escape character": "write LaTeX in single quotes or in a `|` block",
    "another document": "a file holds one document: remove the line `---`",
    "undefined alias": "quote text that starts with `*`",
}


class Mapping(dict[str, Any]):
    """A mapping of the YAML; `at` is its own place, `keys_at` that of each key."""

    def __init__(self, at: Location) -> None:
        """Start empty."""
        super().__init__()
        self.at = at
        self.keys_at: dict[str, Location] = {}


class Sequence(list[Any]):
    """A sequence of the YAML, with its place."""

    def __init__(self, at: Location) -> None:
        """Start empty."""
        super().__init__()
        self.at = at


def load(path: Path, name: str) -> Mapping:
    """Read one file, called `name` in messages.

    Raises: RefusedError with every fault that can be told apart.
    """
    loader = _Loader(name, decoded(path, name))
    root = loader.root()
    if loader.found:
        raise RefusedError(loader.found)
    return root


def refusal(at: Location, id_: str, message: str, hint: str = "") -> Diagnostic:
    """Bad input at a place."""
    return Diagnostic(id_, message, ExitCode.BAD_INPUT, at, hint)


def decoded(path: Path, name: str) -> str:
    """The text of a file, called `name` in messages.

    Raises: RefusedError where it cannot be read, is too long, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise RefusedError([refusal(Location(name), "unreadable-file", reason)]) from error
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data)} bytes, more than {MAX_BYTES}"
        raise RefusedError([refusal(Location(name), "too-long", message)])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        at = Location(name, line, column)
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        hint = "save the file as UTF-8"
        raise RefusedError([refusal(at, "not-utf8", message, hint)]) from error


class _Loader:
    """One file: composes its nodes and collects what is wrong with them."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.split("\n")
        self.found: list[Diagnostic] = []
        self.seen: set[int] = set()

    def root(self) -> Mapping:
        node = self._compose()
        if not isinstance(node, yaml.MappingNode):
            at = Location(self.name, 1, 1)
            message = "the file is empty" if node is None else "expected `key: value` lines"
            raise RefusedError([refusal(at, "not-a-mapping", message)])
        made = self._made(node)
        return made if isinstance(made, Mapping) else Mapping(self._at(node))

    def _compose(self) -> yaml.Node | None:
        self._refuse_controls()
        try:
            self._refuse_depth()
            return yaml.compose(self.text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            marks = [error.problem_mark, error.context_mark]
            if "end of stream" in str(error.problem):
                marks.reverse()  # where it was opened
            line, column = next(((it.line, it.column) for it in marks if it), (0, 0))
            raise RefusedError([self._syntax(str(error.problem), line, column)]) from error

    def _refuse_controls(self) -> None:
        """Control characters, which YAML forbids, and those that mark lines for derivatex."""
        found = []
        for number, line in enumerate(self.lines, start=1):
            if match := CONTROLS.search(line):
                at = Location(self.name, number, match.start() + 1)
                message = f"the character {match.group()!r} is not allowed in YAML"
                found.append(refusal(at, "yaml-syntax", message, "remove it"))
        if found:
            raise RefusedError(found)

    def _refuse_depth(self) -> None:
        """Nesting that no solution has, before the composer descends into it."""
        depth = 0
        for event in yaml.parse(self.text, Loader=yaml.CSafeLoader):
            opens = isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
            closes = isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
            depth += opens - closes
            mark = event.start_mark
            if depth > MAX_DEPTH + 1 and mark is not None:
                at = Location(self.name, mark.line + 1, mark.column + 1)
                message = f"nested more than {MAX_DEPTH} deep"
                raise RefusedError([refusal(at, "too-deep", message)])

    def _syntax(self, problem: str, line: int, column: int) -> Diagnostic:
        at = Location(self.name, line + 1, column + 1)
        offending = self.lines[line] if line < len(self.lines) else ""
        if "\t" in offending[: column + 1]:
            at = Location(self.name, line + 1, offending.index("\t") + 1)
            hint = "replace the tab by spaces"
            return refusal(at, "yaml-tab", "a tab in the indentation", hint)
        hint = next((hint for part, hint in HINTS.items() if part in problem), "")
        shown = f" in `{offending.strip()}`" if offending.strip() else ""
        return refusal(at, "yaml-syntax", f"{problem}{shown}", hint)

    def _at(self, node: yaml.Node) -> Location:
        return Location(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def _refuse(self, node: yaml.Node, id_: str, message: str, hint: str = "") -> None:
        self.found.append(refusal(self._at(node), id_, message, hint))

    def _made(self, node: yaml.Node) -> Mapping | Sequence | Source:
        if id(node) in self.seen:
            hint = "write the text out again, or quote what starts with `*`"
            self._refuse(node, "yaml-alias", "an anchor that is used again", hint)
            return Source("")
        self.seen.add(id(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            self._refuse(node, "yaml-tag", f"the tag `{node.tag}` has no meaning here", "remove it")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            made = Sequence(self._at(node))
            made.extend(self._made(item) for item in node.value)
            return made
        if not isinstance(node, yaml.ScalarNode):
            raise TypeError(type(node))
        if CONTROLS.search(node.value):
            message = "an escape makes a control character, which cannot be printed"
            self._refuse(node, "yaml-syntax", message, "write the text in single quotes")
        return Source(node.value, self.name, self._origins(node), self._joined(node))

    def _mapping(self, node: yaml.MappingNode) -> Mapping:
        made = Mapping(self._at(node))
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, "yaml-key", "a key must be a word")
                continue
            name = str(key.value)
            if name == PLACE:
                self._refuse(key, "unknown-key", f"unknown key `{name}`")
                continue
            if name in made:
                first = made.keys_at[name].line
                hint = "keep one of the two"
                message = f"the key `{name}` is given twice; first on line {first}"
                self._refuse(key, "duplicate-key", message, hint)
                continue
            made[name] = self._made(value)
            made.keys_at[name] = self._at(key)
        return made

    def _origins(self, node: yaml.ScalarNode) -> tuple[tuple[int, int], ...]:
        """Where each line of the scalar's text starts in the file, counted from 1."""
        line, column = node.start_mark.line, node.start_mark.column
        if node.style == "|":
            rows = range(line + 1, line + 1 + node.value.count("\n") + 1)
            texts = [self.lines[row] if row < len(self.lines) else "" for row in rows]
            wanted = node.value.split("\n")
            return tuple(
                (row + 1, max(len(text) - len(want), 0) + 1)
                for row, text, want in zip(rows, texts, wanted, strict=True)
            )
        quote = 1 if node.style in {"'", '"'} else 0
        return ((line + 1, column + 1 + quote),)

    def _joined(self, node: yaml.ScalarNode) -> tuple[tuple[int, int, int], ...]:
        """Where each line of the file starts in a text that YAML joined out of several."""
        first, last = node.start_mark.line, node.end_mark.line
        if node.style == "|" or first == last:
            return ()
        starts, offset = [], 0
        for row in range(first, min(last + 1, len(self.lines))):
            skipped = node.start_mark.column if row == first else 0
            raw = self.lines[row][skipped:]
            piece = raw.strip().strip("'\"")[:24].strip()
            found = node.value.find(piece, offset) if piece else -1
            if found >= 0:
                starts.append((found, row + 1, skipped + raw.index(piece) + 1))
                offset = found + len(piece)
        return tuple(starts)
