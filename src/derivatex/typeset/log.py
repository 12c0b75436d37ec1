"""TeX's log to diagnostics that point at the author's line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivatex.diagnostics import Diagnostic, ExitCode, Location, Severity, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from derivatex.document import Document

ERROR = re.compile(r"^(?P<file>[^\s:][^:\n]*\.\w+):(?P<line>\d+): (?P<message>.+)$")
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
MACRO = re.compile(r"\\[A-Za-z@]+\*?$")
ALLOWED_EXCESS = 1.0  # points by which a line may stick out unseen
CONSEQUENCES = ("Emergency stop", "==> Fatal error", "Interruption", "LaTeX Error: There's no line")
HINTS = {
    "Undefined control sequence": "mend its spelling; amsmath, mathtools, amssymb, bm are loaded",
    "Missing $ inserted": "set the formula in `$ … $`",
    "Misplaced alignment tab": r"`&` belongs into an alignment; write \& for the character",
    "Double superscript": "put braces around the first one",
    "Double subscript": "put braces around the first one",
    "Unicode character": "write a command for this character",
}


def diagnostics(log: str, document: Document, project: Path) -> tuple[Diagnostic, ...]:
    """Every error of a run; the first for each of the author's lines, for others follow from it."""
    found: dict[Location | None, Diagnostic] = {}
    for diagnostic in _errors(log.splitlines(), document, project):
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
        elif match := UNDEFINED.match(line):
            message = f"the {match['what'].lower()} `{match['key']}` is undefined"
            found.append(_tex("undefined-reference", message, document.origin(int(match["line"]))))
    return in_order(found)


def _errors(lines: list[str], document: Document, project: Path) -> Iterator[Diagnostic]:
    for number, line in enumerate(lines):
        match = ERROR.match(line) or FATAL.match(line)
        if match is None or match["message"].startswith(CONSEQUENCES):
            continue
        message = match["message"].rstrip(".")
        context = next(
            (found for text in lines[number + 1 : number + 12] if (found := CONTEXT.match(text))),
            None,
        )
        found = match.groupdict()
        where = found.get("line") or (context["line"] if context else None)
        is_ours = found.get("file", ".tex").endswith(".tex")  # and not a package's own line
        at = document.origin(int(where)) if where and is_ours else None
        macro = MACRO.search(context["text"].rstrip()) if context else None
        if macro and message == "Undefined control sequence":
            message = f"the macro `{macro.group()}` is undefined"
            hint = HINTS["Undefined control sequence"]
            yield _tex("undefined-macro", message, _column(at, macro.group(), project), hint)
        else:
            message = message.removeprefix("LaTeX Error: ")
            hint = next((hint for part, hint in HINTS.items() if part in message), "")
            seen = f" at `{context['text'].strip()[-40:]}`" if context else ""
            yield _tex("tex-error", f"{message}{seen}", at, hint)


def _tex(id_: str, message: str, at: Location | None, hint: str = "") -> Diagnostic:
    return Diagnostic(id_, message, ExitCode.TEX_FAILED, at, hint, Severity.ERROR)


def _column(at: Location | None, text: str, project: Path) -> Location | None:
    """Where `text` stands on the author's line."""
    if at is None:
        return None
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
