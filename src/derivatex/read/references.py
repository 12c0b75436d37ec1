"""The bibliography: pybtex reads it, and what it cannot read is found here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, Location, RefusedError, did_you_mean
from derivatex.model.assignment import Reference
from derivatex.read.yaml_source import decoded, refusal
from derivatex.tex.scan import forbidden_in

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = re.compile(r"^\s*@(?P<kind>\w+)\s*\{\s*(?P<key>[^,\s]+)\s*,", re.MULTILINE)
NO_ENTRY = {"comment", "preamble", "string"}
KINDS = {  # what pybtex's plain style can set
    "article", "book", "booklet", "inbook", "incollection", "inproceedings", "manual",
    "mastersthesis", "misc", "online", "phdthesis", "proceedings", "techreport", "unpublished",
}  # fmt: skip


def read_references(path: Path, name: str) -> tuple[Reference, ...]:
    """List the entries of `references.bib` with their places; no file, no entries.

    Raises: RefusedError with what is wrong in the file.
    """
    if not path.exists():
        return ()
    text = decoded(path, name)
    found: list[Diagnostic] = []
    references: dict[str, Reference] = {}
    first: dict[str, int] = {}
    for match in ENTRY.finditer(text):
        key, kind = match["key"], match["kind"].lower()
        at = Location(name, text.count("\n", 0, match.start("key")) + 1, 1)
        if kind in NO_ENTRY:
            continue
        if kind not in KINDS:
            hint = did_you_mean(kind, KINDS)
            found.append(refusal(at, "bad-reference", f"no kind of work is called `{kind}`", hint))
        earlier = first.setdefault(key.casefold(), at.line)
        if earlier != at.line:
            message = f"the entry `{key}` is given twice; first on line {earlier}"
            found.append(refusal(at, "duplicate-key", message, "keep one of the two"))
        references[key] = Reference(key=key, at=at)
    found = found or _unusable(text, name, references)
    if found:
        raise RefusedError(found)
    return tuple(references.values())


def _unusable(text: str, name: str, references: dict[str, Reference]) -> list[Diagnostic]:
    """What pybtex has to say of the file, and of each entry that it cannot set."""
    from pybtex.database import parse_string  # noqa: PLC0415  # only where there is a bibliography
    from pybtex.exceptions import PybtexError  # noqa: PLC0415
    from pybtex.style.formatting.plain import Style  # noqa: PLC0415

    try:
        library = parse_string(text, "bibtex")
    except PybtexError as error:
        at = Location(name, getattr(error, "lineno", None) or 1, 1)
        message = str(error).partition(": ")[2] or str(error)
        return [refusal(at, "bad-reference", message)]
    found = []
    for key, reference in references.items():
        found += [
            refusal(reference.at, fault.id, fault.message, fault.hint)
            for fault in forbidden_in(library.entries[key].to_string("bibtex"))
        ]
        try:
            list(Style().format_bibliography(library, [key]))
        except PybtexError as error:
            found.append(refusal(reference.at, "bad-reference", str(error)))
    return found
