r"""Reading an author's LaTeX far enough to trust it, to find its numbers and to fill its gaps.

This is no parser of mathematics.
It knows which mode each character is in, whether everything that was opened is closed, and where
`\val`, `\ref` and their like stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from derivatex.diagnostics import did_you_mean
from derivatex.tex import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = re.compile(
    r"(?P<hats>\\?\^\^)|(?P<command>\\(?:[A-Za-z]+\*?|.|\n|$))|(?P<open>\{)|(?P<close>\})|(?P<shift>\$\$?)"
    r"|(?P<number>\d+(?:[.,]\d+)*|\.\d+)|(?P<word>[A-Za-z]+)|(?P<blank>[^\S\n]*\n[^\S\n]*\n\s*)"
    r"|(?P<space>\s+)|(?P<other>.)",
)
CALL = re.compile(
    r"\s{0,99}(?:\[(?P<option>[^\]{}]{0,999})\]\s{0,99})?\{(?P<argument>[^{}]{0,999})\}"
)
LENGTH = re.compile(r"\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mu|cm|mm|in|bp)\s*\]")
OPENERS = {"\\(": "\\)", "\\[": "\\]"}
MAX_LENGTH = 20_000
MAX_OPEN = 200
HINT = "YAML text may use macros, but not make them, open files or run programs"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that TeX would stumble over, or must never see."""

    id: str
    offset: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `before` is the last piece before it that prints."""

    kind: str
    text: str
    start: int
    math: bool
    before: str
    index: bool = False
    outermost: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    r"""A command with a name for its argument: `\val[3]{x}`, `\ref{fig:graph}`.

    `before` is the last piece before it that prints.
    """

    name: str
    option: str
    argument: str
    start: int
    end: int
    math: bool
    before: str


@dataclass(slots=True)
class Scan:
    """What was found in one text."""

    tokens: list[Token] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    breaks: list[tuple[int, int]] = field(default_factory=list)  # each outermost `\\\\`

    def called(self, *names: str) -> list[Call]:
        """Return the calls of these commands, in order."""
        return [call for call in self.calls if call.name in names]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Something open: `closer` is what closes it, `math` the mode outside it."""

    kind: Literal["brace", "shift", "environment", "left"]
    opened: str
    closer: str
    start: int
    math: bool
    index: bool = False


def scan(source: str, *, math: bool) -> Scan:
    """Read LaTeX text that starts in mathematics mode or in text mode."""
    if len(source) > MAX_LENGTH:
        fault = Fault("too-long", 0, f"this text has more than {MAX_LENGTH} characters")
        return Scan(faults=[fault])
    return _Scanner(source, math=math).run()


def forbidden_in(source: str) -> Iterator[Fault]:
    """Yield what must not reach TeX in a text of which nothing else is known."""
    for token in TOKEN.finditer(source):
        kind, piece = token.lastgroup, token.group()
        if kind == "command" and commands.is_forbidden(piece[1:].rstrip("*")):
            message = f"`{piece}` is not allowed here"
            yield Fault("forbidden-command", token.start(), message, HINT)
        elif kind == "hats":
            yield Fault("forbidden-command", token.start(), f"`{piece}` hides a character")


class _Scanner:
    """One pass over the text with a stack of what is open."""

    def __init__(self, source: str, *, math: bool) -> None:
        self.source = source
        self.whole_is_math = self.math = math
        self.stack: list[_Frame] = []
        self.found = Scan()
        self.before = ""
        self.text_argument = False  # the next brace opens text
        self.script = ""  # `_` or `^` where the next piece is a script
        self.digits = 0  # how many single digits the last command takes as arguments
        self.position = 0
        self.in_dollars = False  # between `$$` and `$$`
        self.told: set[int] = set()  # where the things start that are known not to be closed

    def run(self) -> Scan:
        while self.position < len(self.source):
            match = TOKEN.match(self.source, self.position)
            if match is None:  # `.` does not match a newline: there is none left outside `space`
                self.position += 1
                continue
            kind, text = match.lastgroup or "other", match.group()
            self.position = match.end()
            self._read(kind, text, match.start())
        for frame in reversed(self.stack):
            is_known = frame.kind != "environment" or frame.closer in commands.ENVIRONMENTS
            if is_known and frame.start not in self.told:
                self._fault("unbalanced", frame.start, f"`{frame.opened}` is never closed")
        unbalanced = [it for it in self.found.faults if it.id == "unbalanced"]
        cause = min(unbalanced, key=lambda fault: fault.offset, default=None)
        kept = [it for it in self.found.faults if it.id != "unbalanced" or it is cause]
        self.found.faults[:] = kept  # what is out of balance puts what follows out of balance
        return self.found

    def _read(self, kind: str, text: str, start: int) -> None:
        match kind:
            case "command":
                self._command(text, start)
            case "open":
                self._open(text, start)
            case "close":
                self._close("brace", text, start)
            case "shift":
                self._shift(text, start)
            case "number":
                self._number(text, start)
            case "word":
                self._emit("word", text, start)
            case "blank" if self.math and self.position < len(self.source):
                self._fault("blank-line", start, "a blank line within mathematics", "remove it")
            case "hats":
                hint = "write the character itself"
                self._fault("forbidden-command", start, f"`{text}` hides a character", hint)
            case "other":
                self._other(text, start)
            case _:
                """Space prints nothing and ends nothing."""

    # one method for each kind of token that needs more than a line

    def _command(self, text: str, start: int) -> None:
        name = text[1:]
        if not name:
            self._fault("stray-character", start, "a backslash ends this text")
        plain = name.rstrip("*")
        if commands.is_forbidden(plain):
            self._fault("forbidden-command", start, f"`\\{plain}` is not allowed here", HINT)
        elif plain in {"begin", "end"} or name in commands.OPAQUE or plain in commands.OPAQUE:
            self._call(plain, start)
        elif text in OPENERS:
            self._open_math(text, OPENERS[text], start)
        elif text in OPENERS.values():
            self._close("shift", text, start)
        elif name == "left":
            self._push("left", "\\left", "\\right", start)
        elif name == "right":
            self._close("left", "\\right", start)
        elif name == "\\":
            length = LENGTH.match(self.source, self.position)
            self.position = length.end() if length else self.position
            if not self.stack:
                self.found.breaks.append((start, self.position))
            self._emit("break", text, start)
        else:
            self._emit("command", text, start)
            self.text_argument = name in commands.TEXT_COMMANDS
            self.digits = commands.SINGLE_DIGITS.get(name, 0)

    def _open(self, text: str, start: int) -> None:
        self._push("brace", text, "}", start)
        if self.text_argument:
            self.math = False
        self.text_argument, self.script, self.digits = False, "", 0

    def _shift(self, text: str, start: int) -> None:
        if text == "$$":
            hint = r"write \[ … \] for a display, `$ … $` within a line"
            if not self.in_dollars:
                self._fault("display-dollars", start, "`$$` is not LaTeX", hint)
            self.in_dollars = not self.in_dollars
            self.math = self.in_dollars or self.whole_is_math
        elif self.math and any(frame.closer == "$" for frame in self.stack):
            self._close("shift", "$", start)
        elif self.math:
            self._fault("unbalanced", start, "`$` within mathematics", "leave it out here")
        else:
            self._open_math("$", "$", start)

    def _number(self, text: str, start: int) -> None:
        if self.script or self.digits:
            taken = 1 if self.script else self.digits
            single = text[:taken]
            self.position = start + len(single)
            self._emit("digit", single, start)
            return
        self._emit("number", text, start)

    def _other(self, text: str, start: int) -> None:
        if text == "%":
            hint = r"write \% for a per cent sign"
            self._fault("comment", start, "`%` hides the rest of its line from TeX", hint)
        elif text == "#":
            self._fault("stray-character", start, "`#` has no meaning here", r"write \#")
        elif text == "&" and not self._aligned():
            self._fault("stray-character", start, "`&` outside an alignment", r"write \&")
        elif text in "_^" and not self.math:
            hint = rf"write \{text} for the character, or set the formula in `$ … $`"
            self._fault("stray-character", start, f"`{text}` outside mathematics", hint)
        self._emit("other", text, start)
        self.script = text if text in "_^" else ""

    # what they share

    def _call(self, name: str, start: int) -> None:
        match = CALL.match(self.source, self.position)
        if match is None:
            if name not in {"hspace", "vspace", "phantomsection"}:
                self._fault("unbalanced", start, rf"`\{name}` needs its argument in braces")
            return
        self.position = match.end()
        option, argument = match["option"] or "", match["argument"].strip()
        self._name(match)
        if name == "begin":
            self._begin(argument, start)
        elif name == "end":
            self._end(argument, start)
        else:
            if name in {"href", "url"} and not argument.startswith(commands.LINKS):
                hint = f"a link starts with {', '.join(commands.LINKS)}"
                self._fault("forbidden-link", start, f"`{argument}` is not a link", hint)
            self.found.calls.append(
                Call(name, option, argument, start, self.position, self.math, self.before)
            )
            self.found.tokens.append(Token("call", f"\\{name}", start, self.math, self.before))
            self.before = "call"
        self.script, self.digits = "", 0

    def _name(self, match: re.Match[str]) -> None:
        """Look for what must not reach TeX in a name or an option, which are not read further."""
        for part in ("option", "argument"):
            text, start = match[part] or "", match.start(part)
            for fault in forbidden_in(text):
                self._fault(fault.id, start + fault.offset, fault.message, fault.hint)
            for stray in re.finditer("[%#$]", text):
                message = f"`{stray.group()}` within a name"
                self._fault("stray-character", start + stray.start(), message)

    def _begin(self, name: str, start: int) -> None:
        if name not in commands.ENVIRONMENTS:
            hint = did_you_mean(name, commands.ENVIRONMENTS)
            self._fault("unknown-environment", start, f"no environment `{name}`", hint)
        if name in commands.WITH_COLUMNS:
            columns = CALL.match(self.source, self.position)
            if columns:
                self._name(columns)
                self.position = columns.end()
        self._push("environment", f"\\begin{{{name}}}", name, start)
        self.math = name in commands.MATH_ENVIRONMENTS
        self.before = ""

    def _end(self, name: str, start: int) -> None:
        self._close("environment", name, start)

    def _open_math(self, opened: str, closer: str, start: int) -> None:
        if self.math:
            self._fault("unbalanced", start, f"`{opened}` within mathematics", "leave it out")
            return
        self._push("shift", opened, closer, start)
        self.math = True
        self.before = ""

    def _push(
        self,
        kind: Literal["brace", "shift", "environment", "left"],
        opened: str,
        closer: str,
        start: int,
    ) -> None:
        if len(self.stack) == MAX_OPEN:
            self._fault("too-deep", start, f"more than {MAX_OPEN} things are open here")
            self.position = len(self.source)
        inside_index = self.script == "_" or bool(self.stack and self.stack[-1].index)
        self.stack.append(_Frame(kind, opened, closer, start, self.math, inside_index))

    def _close(self, kind: str, closer: str, start: int) -> None:
        shown = f"\\end{{{closer}}}" if kind == "environment" else closer
        if not self.stack:
            self._fault("unbalanced", start, f"`{shown}` closes nothing")
            return
        frame = self.stack[-1]
        if frame.kind != kind or frame.closer != closer:
            self.told.add(frame.start)
            at = self.source.count("\n", 0, frame.start) + 1
            self._fault(
                "unbalanced",
                start,
                f"`{shown}` stands where `{frame.opened}` is still open",
                f"`{frame.opened}` was opened on line {at} of this text",
            )
            matching = [k for k, open_ in enumerate(self.stack) if open_.closer == closer]
            if not matching:
                return
            del self.stack[matching[-1] + 1 :]
            frame = self.stack[-1]
        self.stack.pop()
        self.math = frame.math
        self.script = ""

    def _aligned(self) -> bool:
        frames = [frame for frame in self.stack if frame.kind != "left"]
        if not frames:
            return self.whole_is_math
        return frames[-1].kind == "environment" and frames[-1].closer in commands.ALIGNING

    def _emit(self, kind: str, text: str, start: int) -> None:
        index = bool(self.stack and self.stack[-1].index)
        self.found.tokens.append(
            Token(kind, text, start, self.math, self.before, index, not self.stack)
        )
        self.before = text
        self.script, self.text_argument = "", False
        self.digits = max(0, self.digits - len(text)) if kind == "digit" else 0

    def _fault(self, id_: str, offset: int, message: str, hint: str = "") -> None:
        self.found.faults.append(Fault(id_, offset, message, hint))
