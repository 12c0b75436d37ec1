"""The bibliography: pybtex reads and sets it, and what it cannot read is found here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, Location, RefusedError, did_you_mean
from derivatex.model.assignment import Reference
from derivatex.read.yaml_source import decoded, refusal
from derivatex.store.cache import Step
from derivatex.store.inputs import digest
from derivatex.tex.markup import RawTex
from derivatex.tex.scan import forbidden_in

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.store.cache import Cache

ENTRY = re.compile(r"^\s*@(?P<kind>\w+)\s*\{\s*(?P<key>[^,\s]+)\s*,", re.MULTILINE)
NO_ENTRY = {"comment", "preamble", "string"}
KINDS = {  # what pybtex's plain style can set
    "article", "book", "booklet", "inbook", "incollection", "inproceedings", "manual",
    "mastersthesis", "misc", "online", "phdthesis", "proceedings", "techreport", "unpublished",
}  # fmt: skip


def read_references(path: Path, name: str, cache: Cache | None = None) -> tuple[Reference, ...]:
    """List the works of `references.bib` in the order of their authors, as they are printed.

    No file has no works. A file that was read before is not read again.
    Raises: RefusedError with what is wrong in the file.
    """
    if not path.exists():
        return ()
    text = decoded(path, name)
    inputs = {name: digest(text.encode()), **(cache.tools if cache else {})}
    step = Step("references", name, f"{name} was read", inputs)
    known = cache.recall(step) if cache else None
    if known is None:
        known = _set(text, name)
        if cache:
            cache.keep(step, known)
    return tuple(
        Reference(key=key, at=Location(name, line, 1), tex=RawTex(tex)) for key, line, tex in known
    )


def _set(text: str, name: str) -> list[tuple[str, int, str]]:
    """The key of each work, the line where it stands, and its LaTeX.

    Raises: RefusedError with what is wrong in the file.
    """
    found: list[Diagnostic] = []
    lines: dict[str, int] = {}
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
        lines[key] = at.line
    if found:
        raise RefusedError(found)
    return _formatted(text, name, lines)


def _formatted(text: str, name: str, lines: dict[str, int]) -> list[tuple[str, int, str]]:
    """The works as pybtex sets them.

    Raises: RefusedError with what pybtex has to say of the file, and of each work.
    """
    from pybtex.backends.latex import Backend  # noqa: PLC0415  # only where it was not read before
    from pybtex.database import parse_string  # noqa: PLC0415
    from pybtex.exceptions import PybtexError  # noqa: PLC0415
    from pybtex.style.formatting.plain import Style  # noqa: PLC0415

    try:
        library = parse_string(text, "bibtex")
    except PybtexError as error:
        at = Location(name, getattr(error, "lineno", None) or 1, 1)
        message = str(error).partition(": ")[2] or str(error)
        raise RefusedError([refusal(at, "bad-reference", message)]) from error
    style, backend = Style(), Backend()
    found: list[Diagnostic] = []
    for key, line in lines.items():
        at = Location(name, line, 1)
        found += [
            refusal(at, fault.id, fault.message, fault.hint)
            for fault in forbidden_in(library.entries[key].to_string("bibtex"))
        ]
        try:
            list(style.format_bibliography(library, [key]))
        except PybtexError as error:
            found.append(refusal(at, "bad-reference", str(error)))
    if found:
        raise RefusedError(found)
    works = style.format_bibliography(library, list(lines))
    return [(work.key, lines[work.key], work.text.render(backend)) for work in works]
