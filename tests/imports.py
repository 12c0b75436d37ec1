"""Which module of a package imports which, read from the source: nothing is run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PACKAGE = "derivatex"


@dataclass(frozen=True, slots=True)
class Import:
    """One import: who imports what, and on which line."""

    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        """Write it as a person would say it."""
        return f"line {self.line} of {self.importer} imports {self.imported}"


def modules(source: Path) -> dict[str, str]:
    """The text of every module below a package's folder, by its dotted name."""
    found = {}
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source.parent).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path.read_text("utf-8")
    return found


def imports(name: str, text: str, known: Mapping[str, str]) -> Iterator[Import]:
    """Every import of our own in a module, those for type checkers and within functions too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(name, node, known)
            targets = [
                inner if (inner := f"{base}.{alias.name}") in known else base
                for alias in node.names
            ]
        else:
            continue
        for target in dict.fromkeys(targets):
            if target.partition(".")[0] == PACKAGE:
                yield Import(name, target, node.lineno)


def _absolute(name: str, node: ast.ImportFrom, known: Mapping[str, str]) -> str:
    """The module that `from … import` names; a relative one is counted from the importer."""
    if not node.level:
        return node.module or ""
    is_package = any(other.startswith(f"{name}.") for other in known)
    parts = name.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, *filter(None, [node.module])])


def part_of(module: str) -> str:
    """The module or sub-package directly below the package: the package itself is `""`."""
    return f"{module}.".split(".")[1]


def upward(found: Import, layers: Sequence[frozenset[str]]) -> bool:
    """Whether an import goes up, or sideways into another part of the same layer."""
    importer, imported = part_of(found.importer), part_of(found.imported)
    return importer != imported and _depth(imported, layers) <= _depth(importer, layers)


def _depth(part: str, layers: Sequence[frozenset[str]]) -> int:
    """How far down a part stands; what stands in no layer is a mistake of the test."""
    return next(depth for depth, parts in enumerate(layers) if part in parts)
