"""TeX's log to diagnostics that point at the author's line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, Location, Severity, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from derivatex.document import Document

ERROR = re.compile(r"^(?:\./)?(?P<file>[^\s:][^:\n]*\.\w+):(?P<line>\d+): (?P<message>.+)$")
FATAL = re.compile(r"^! (?P<message>.+)$")
CONTEXT = re.compile(r"^l\.(?P<line>\d+) (?P<text>.*)$")
OVERFULL = re.compile(
    r"^Overfull \\(?P<box>[hv])box \((?P<excess>[\d.]+)pt too \w+\)"
    r"(?: .*?(?:lines? )(?P<first>\d+)(?:--(?P<last>\d+))?)?"
)
MISSING = re.compile(r"^Missing character: There is no (?P<character>\S+)")
UNDEFINED = re.compile(
    r"^LaTeX Warning: (?P<what>Reference|Citation) `(?P<key>[^']+)' .*line (?P<line>\d+)"
)
OPEN_GROUP = r"(\end occurred inside a group"
MACRO = re.compile(r"\\[A-Za-z@]+\*?$")
UNDEFINED_MACRO = "Undefined control sequence"
ALLOWED_EXCESS = 1.0  # points by which a line may stick out unseen
CONSEQUENCES = ("Emergency stop", "==> Fatal error", "Interruption", "There's no line")
HINTS = {
    UNDEFINED_MACRO: "mend its spelling; amsmath, mathtools, amssymb, bm are loaded",
    "Missing $ inserted": "set the formula in `$ … $`",
    "Misplaced alignment tab": r"`&` belongs into an alignment; write \& for the character",
    "Double superscript": "put braces around the first one",
    "Double subscript": "put braces around the first one",
    "Unicode character": "write a command for this character",
}


def diagnostics(log: str, document: Document, project: Path) -> tuple[Diagnostic, ...]:
    """Every error of a run; the first for each of the author's lines, for others follow from it."""
    found: dict[Location | None, Diagnostic] = {}
    everything = list(_errors(log.splitlines(), document, project))
    causes = [it for it in everything if not it.message.startswith(CONSEQUENCES)]
    for diagnostic in causes or everything:
        found.setdefault(
            diagnostic.at and Location(diagnostic.at.file, diagnostic.at.line), diagnostic
        )
    return in_order(found.values())


def flaws(log: str, document: Document) -> tuple[Diagnostic, ...]:
    """What a finished run left imperfect: overfull boxes, missing glyphs, dead references."""
    found = []
    for line in log.splitlines():
        if match := OVERFULL.match(line):
            if float(match["excess"]) > ALLOWED_EXCESS:
                first = int(match["first"] or 0)
                at = document.origin(first, int(match["last"] or first)) if first else None
                what = "line is" if match["box"] == "h" else "page is"
                message = f"a {what} {float(match['excess']):.1f} pt too long"
                hint = "break the formula over lines, or shorten the text"
                found.append(_tex("overfull", message, at, hint))
        elif match := MISSING.match(line):
            character = match["character"]
            message = f"the font has no glyph for `{character}`"
            found.append(_tex("missing-glyph", message, _holding(document, character)))
        elif line.startswith(OPEN_GROUP):
            message = "a group that was opened is not closed"
            found.append(_tex("open-group", message, None, "look for a lone brace in a macro"))
        elif match := UNDEFINED.match(line):
            message = f"the {match['what'].lower()} `{match['key']}` is undefined"
            found.append(_tex("undefined-reference", message, document.origin(int(match["line"]))))
    return in_order(found)


def _errors(lines: list[str], document: Document, project: Path) -> Iterator[Diagnostic]:
    for number, line in enumerate(lines):
        match = ERROR.match(line) or FATAL.match(line)
        if match is None:
            continue
        message = match["message"].rstrip(".")
        seen, where = _context(lines[number + 1 : number + 16])
        named = match.groupdict()
        where = int(named.get("line") or where)
        file = named.get("file", "x.tex")
        is_ours = file.endswith(".tex") and "/" not in file  # and not a package's own line
        at = document.origin(where) if where and is_ours else None
        macros = [found.group() for text in seen if (found := MACRO.search(text))]
        if macros and message == UNDEFINED_MACRO:
            place = _place(document, macros[0], where, project) or at
            message = f"the macro `{macros[0]}` is undefined"
            yield _tex("undefined-macro", message, place, HINTS[UNDEFINED_MACRO])
        else:
            message = message.removeprefix("LaTeX Error: ")
            hint = next((hint for part, hint in HINTS.items() if part in message), "")
            shown = f" at `{seen[-1][-40:]}`" if seen and seen[-1] else ""
            yield _tex("tex-error", f"{message}{shown}", at, hint)


def _context(lines: list[str]) -> tuple[list[str], int]:
    """What TeX had read when it stopped, outermost last, and the line that it was on."""
    seen: list[str] = []
    for line in lines:
        if match := CONTEXT.match(line):
            return [*seen, match["text"].strip()], int(match["line"])
        seen.append(line.strip())
    return [], 0


def _tex(id_: str, message: str, at: Location | None, hint: str = "") -> Diagnostic:
    return Diagnostic(id_, message, ExitCode.TEX_FAILED, at, hint, Severity.ERROR)


def _place(document: Document, macro: str, last: int, project: Path) -> Location | None:
    """Where an author wrote a macro: TeX reports a display's errors at the display's end."""
    lines = document.tex.split("\n")
    for number in range(min(last, len(lines)), 0, -1):
        at = document.origin(number)
        if macro in lines[number - 1] and at is not None:
            return _column(at, macro, project)
    return None


def _column(at: Location, text: str, project: Path) -> Location:
    """Where `text` stands on the author's line."""
    lines = (project / at.file).read_text(encoding="utf-8").split("\n")
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    column = line.find(text)
    return Location(at.file, at.line, column + 1) if column >= 0 else at


def _holding(document: Document, character: str) -> Location | None:
    """The first of the author's lines that holds a character."""
    for number, line in enumerate(document.tex.split("\n"), start=1):
        if character in line:
            return document.origin(number)
    return None
