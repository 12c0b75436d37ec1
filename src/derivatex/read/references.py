"""The keys of a bibliography; its entries are set by the render stage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, Location
from derivatex.model import Reference
from derivatex.read.yaml_source import refusal

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = re.compile(r"^\s*@(?P<kind>\w+)\s*\{\s*(?P<key>[^,\s]+)\s*,", re.MULTILINE)
NO_ENTRY = {"comment", "preamble", "string"}


def read_references(path: Path, folder: str, found: list[Diagnostic]) -> tuple[Reference, ...]:
    """List the entries of `references.bib` with their places; no file, no entries."""
    if not path.exists():
        return ()
    name = f"{folder}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        hint = "save the file as UTF-8"
        found.append(refusal(Location(name), "not-utf8", "the file is not UTF-8", hint))
        return ()
    references: dict[str, Reference] = {}
    for match in ENTRY.finditer(text):
        at = Location(name, text.count("\n", 0, match.start("key")) + 1, 1)
        key = match["key"]
        if match["kind"].lower() in NO_ENTRY:
            continue
        if key in references:
            message = f"the entry `{key}` is given twice; first on line {references[key].at.line}"
            found.append(refusal(at, "duplicate-key", message))
        references[key] = Reference(key=key, at=at)
    return tuple(references.values())
