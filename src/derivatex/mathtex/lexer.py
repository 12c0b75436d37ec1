r"""LaTeX mathematics as tokens: spacing and decoration gone, one spelling for each thing.

`\hat y`, `\hat{y}` become one token; so do words such as `\operatorname{softmax}`.
Brackets that only group a single token, as in `x_{i}`, are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from derivatex.mathtex.errors import unreadable
from derivatex.mathtex.spelling import (
    ACCENTS,
    ALIGNMENTS,
    GAPS,
    PLAIN,
    SAME,
    SIDES,
    SINGLE_DIGITS,
    SKIPPED,
    SKIPPED_WITH_ARGUMENT,
    UNWRAPPED,
    WORDS,
)

PIECE = re.compile(
    r"(?P<space>\s+|~|%[^\n]*\n?)"
    r"|\\(?P<command>(?:operatorname|tag|[hv]space|overset)\*|[A-Za-z]+|\\\*?|.|$)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)|(?P<letter>[A-Za-z])|(?P<other>.)",
    re.DOTALL,
)
MAX_LENGTH = 20_000
MAX_DEPTH = 60

CALL = re.compile(r"\s*(?:\[(?P<option>[^\]{}]*)\]\s*)?\{(?P<argument>[^{}]*)\}")
LENGTH = re.compile(r"\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mu|cm|mm|in|bp)\s*\]")


@dataclass(frozen=True)
class Token:
    """A piece of the text.

    `kind` is letter, word, number, val, command, open, close, break, amp, gap, begin, end or other;
    `text` its one spelling, by which declared symbols are found.
    """

    kind: str
    text: str
    start: int
    end: int
    name: str = ""  # of a word, environment or value
    option: str = ""  # of a value: its digits; of a bracket: `l` or `r` where it says so

    @property
    def shown(self) -> str:
        """How a message names it."""
        return "the end" if self.kind == "eof" else f"`{self.text}`"


def tokens(source: str) -> tuple[Token, ...]:
    """Cut LaTeX mathematics into tokens.

    Raises: MathError of kind PARSE where braces do not match or the text is too long or deep.
    """
    if len(source) > MAX_LENGTH:
        raise unreadable(f"this formula has more than {MAX_LENGTH} characters", 0)
    return tuple(_without_lone_braces(_Lexer(source).run()))


class _Lexer:
    """One pass over the text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.found: list[Token] = []
        self.digits = 0  # how many single digits the last command takes as arguments
        self.depth = 0
        self.unwrapped: list[int] = []  # the depths of braces that are dropped
        self.side = ""  # `l` or `r` where the last command says which side a bracket is on

    def run(self, *, until_close: bool = False) -> list[Token]:
        """All tokens; with `until_close` those up to the brace that closes the current group."""
        floor = self.depth
        while self.position < len(self.source):
            match = PIECE.match(self.source, self.position)
            if match is None:
                raise unreadable("a backslash ends this formula", self.position)
            kind, text, start = match.lastgroup or "", match.group(), self.position
            self.position = match.end()
            if kind == "space":
                continue
            if text == "}" and self.depth == floor and until_close:
                return self.found
            self._read(kind, text, start)
        if until_close or self.depth > floor:
            at = next((it.start for it in reversed(self.found) if it.kind == "open"), None)
            raise unreadable("`{` is never closed", at)
        return self.found

    def _read(self, kind: str, text: str, start: int) -> None:
        if kind == "command":
            self._command(text[1:], start)
        elif kind == "number":
            self._number(text, start)
        elif kind == "letter":
            self._emit("letter", text, start)
        elif text == "{":
            self._open(start)
        elif text == "}":
            self._close(start)
        elif text == "&":
            self._emit("amp", text, start)
        else:
            self._emit("other", text, start)

    def _open(self, start: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise unreadable(f"more than {MAX_DEPTH} braces are open here", start)
        if self.digits:
            self.digits = 0
        self._emit("open", "{", start)

    def _close(self, start: int) -> None:
        if not self.depth:
            raise unreadable("`}` closes nothing", start)
        self.depth -= 1
        if self.unwrapped and self.unwrapped[-1] == self.depth:
            self.unwrapped.pop()
            self._skip_label()
            return
        self._emit("close", "}", start)

    def _number(self, text: str, start: int) -> None:
        is_script = bool(self.found) and self.found[-1].text in {"^", "_"}
        taken = 1 if is_script else min(self.digits, len(text))
        if taken and text[:1] != ".":
            for k in range(taken):
                if text[k] == ".":
                    taken = k
                    break
                self._emit("number", text[k], start + k, keep_digits=True)
            self.digits = max(0, self.digits - taken)
            self.position = start + taken
            return
        self._emit("number", text, start)

    def _command(self, name: str, start: int) -> None:  # noqa: C901  # a table of commands
        side = SIDES.get(name, "")
        name = SAME.get(name, name)
        if name in SKIPPED:
            self._delimiter_dot(name)
            self.side = side
        elif name in SKIPPED_WITH_ARGUMENT:
            self._argument(name, start)
        elif name in GAPS:
            self._emit("gap", f"\\{name}", start)
        elif name in PLAIN:
            self._emit("other", PLAIN[name], start, option=side)
        elif name in UNWRAPPED:
            self._unwrap(name, start)
        elif name in {"val", "published"}:
            match = self._argument(name, start)
            argument = match["argument"].strip()
            self._emit("val", f"\\{name}", start, name=argument, option=match["option"] or "")
        elif name in WORDS:
            self._word(start)
        elif name in ACCENTS:
            self._accent(name, start)
        elif name in {"begin", "end"}:
            self._environment(name, start)
        elif name.startswith("\\"):
            length = LENGTH.match(self.source, self.position)
            self.position = length.end() if length else self.position
            self._emit("break", "\\\\", start)
        else:
            self._emit("command", f"\\{name}", start, option=side)
            self.digits = SINGLE_DIGITS.get(name, 0)

    def _delimiter_dot(self, name: str) -> None:
        r"""After `\left` and `\right`, a dot is no delimiter."""
        if name in {"left", "right"}:
            match = re.compile(r"\s*\.").match(self.source, self.position)
            self.position = match.end() if match else self.position

    def _argument(self, name: str, start: int) -> re.Match[str]:
        match = CALL.match(self.source, self.position)
        if match is None:
            raise unreadable(f"`\\{name}` needs its argument in braces", start)
        self.position = match.end()
        return match

    def _environment(self, name: str, start: int) -> None:
        argument = self._argument(name, start)["argument"].strip()
        if argument in ALIGNMENTS:
            if name == "begin" and argument == "alignedat":
                self._argument(argument, start)
            return
        if name == "begin" and argument == "array":
            self._argument(argument, start)
        self._emit(name, f"\\{name}{{{argument}}}", start, name=argument)

    def _group(self, start: int, name: str) -> list[Token]:
        """The tokens of the argument that follows: a group, a letter, or a command."""
        inner = _Lexer(self.source)
        inner.position, inner.depth = self.position, self.depth + 1
        if inner.depth > MAX_DEPTH:
            raise unreadable(f"more than {MAX_DEPTH} braces are open here", start)
        while self.source[inner.position : inner.position + 1].isspace():
            inner.position += 1
        if self.source[inner.position : inner.position + 1] == "{":
            inner.position += 1
            inner.run(until_close=True)
        else:
            while not inner.found and inner.position < len(self.source):
                match = PIECE.match(self.source, inner.position)
                if match is None or match.group() in {"}", "&"}:
                    break
                inner.position = match.end()
                if match.lastgroup != "space":
                    inner._read(match.lastgroup or "", match.group(), match.start())
        if not inner.found:
            raise unreadable(f"`\\{name}` stands over nothing", start)
        self.position = inner.position
        return _without_lone_braces(inner.found)

    def _accent(self, name: str, start: int) -> None:
        text = "".join(token.text for token in self._group(start, name))
        self._emit("letter", f"\\{name}{{{text}}}", start, name=text)

    def _word(self, start: int) -> None:
        if not self.source[self.position :].lstrip().startswith("{"):
            inside = self._group(start, "mathrm")
            content = "".join(token.text for token in inside)
        else:
            opened = self.source.index("{", self.position)
            level, self.position = 1, opened + 1
            while level and self.position < len(self.source):
                piece = self.source[self.position]
                self.position += 2 if piece == "\\" else 1
                level += {"{": 1, "}": -1}.get(piece, 0)
            if level:
                raise unreadable("`{` is never closed", opened)
            content = self.source[opened + 1 : self.position - 1]
        content = " ".join(re.sub(r"\\[,;:! ]|~", " ", content).split())
        joined = content.replace(" ", "")
        if joined in {"argmin", "argmax"}:
            content = joined
        self._emit("word", f"\\mathrm{{{content}}}", start, name=content)

    def _unwrap(self, name: str, start: int) -> None:
        match = re.compile(r"\s*\{").match(self.source, self.position)
        if match is None:
            raise unreadable(f"`\\{name}` needs its argument in braces", start)
        self.position = match.end()
        self.unwrapped.append(self.depth)
        self.depth += 1

    def _skip_label(self) -> None:
        r"""After the braces of `\underbrace{…}`, a script is its label."""
        match = re.compile(r"\s*[_^]\s*").match(self.source, self.position)
        if match:
            self.position = match.end()
            self._group(match.start(), "underbrace")

    def _emit(  # noqa: PLR0913  # what a token is made of
        self,
        kind: str,
        text: str,
        start: int,
        *,
        name: str = "",
        option: str = "",
        keep_digits: bool = False,
    ) -> None:
        end = start + 1 if keep_digits else self.position
        self.found.append(Token(kind, text, start, end, name, option or self.side))
        self.side = ""
        if not keep_digits and kind != "open":
            self.digits = 0


def _without_lone_braces(found: list[Token]) -> list[Token]:
    """Drop braces around nothing or around one token; those around an argument of digits stay."""
    kept: list[Token] = []
    for token in found:
        if token.kind == "close" and len(kept) >= 1 and kept[-1].kind == "open":
            kept.pop()
            if kept and kept[-1].text in {"^", "_"}:
                kept.pop()  # an empty script
            continue
        if token.kind == "close" and len(kept) > 1 and kept[-2].kind == "open":
            inside = kept[-1]
            if inside.kind in {"letter", "number", "word"} or inside.text in {"'", "*", "+"}:
                kept[-2:] = [replace(inside, end=token.end)]
                continue
        kept.append(token)
    return kept
