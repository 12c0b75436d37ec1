"""Where in a display something stands, and how a counterexample is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.tex.notation import brief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from derivatex.mathtex.relation import Place, Result
    from derivatex.tex.markup import Math


def counterexample(result: Result) -> str:
    """Where the sides differ, in a line."""
    place = result.place
    if place is None:
        return ""
    words = [f"draw {place.draw}"]
    words += [f"{name}={size}" for name, size in (*place.sizes, *place.letters)]
    words += [f"{name}={value:.4g}" for name, value in place.numbers]
    return "   ".join([" ".join(words), *_sides_at(place)])


def _sides_at(place: Place) -> Iterator[str]:
    """What both sides are at the entry where they differ."""
    entry = f"[{','.join(map(str, place.entry))}]" if place.entry else ""
    for side, value in (("left", place.left), ("right", place.right)):
        if value is not None:
            yield f"{side}{entry} = {value:.6g}"


def example(result: Result, spelled: Callable[[str], str], *, is_given: bool) -> str:
    """A counterexample for a reader of the report; `spelled` is how a symbol is printed."""
    place = result.place
    if place is None:
        return ""
    entry = f" in entry {', '.join(map(str, place.entry))}" if place.entry else ""
    pairs = (("left", place.left), ("right", place.right))
    sides = [
        f"the {side} side is ${brief(value, 4)}$" for side, value in pairs if value is not None
    ]
    named = [f"${name} = {index}$" for name, index in place.letters]
    named += [f"${spelled(name)} = {brief(value, 8)}$" for name, value in place.numbers]
    if not is_given:
        named = [*(f"${spelled(name)} = {size}$" for name, size in place.sizes), *named]
    where = "at the numbers of the problem" if is_given else "on a random instance"
    where += f" with {', '.join(named)}" if named else ""
    return ", ".join([where, *([" and ".join(sides) + entry] if sides else [])])


def row_of(text: Math, offset: int) -> int:
    """In which line of a display an offset lies, counted from 0 among those with something in."""
    starts = [0, *(end for _, end in text.scan.breaks)]
    ends = [*(start for start, _ in text.scan.breaks), len(text)]
    rows = [(s, e) for s, e in zip(starts, ends, strict=True) if text[s:e].strip()]
    return next((k for k, (s, e) in enumerate(rows) if s <= offset <= e), len(rows) - 1)


def claim_at(text: Math, offset: int) -> str:
    """The line of a display that an offset lies in."""
    rows = text.rows
    return " ".join(rows[min(row_of(text, offset), len(rows) - 1)].split())


def caret(text: Math, offset: int) -> tuple[str, str]:
    """The line of the text with a caret under its offending token."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : end if end >= 0 else None]
    lead = len(line) - len(line.lstrip())
    return line.strip(), " " * (offset - start - lead) + "^"
