"""Plain YAML data to a model; pydantic's findings as diagnostics with a place and a hint."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from derivatex.diagnostics import Diagnostic, Location, did_you_mean
from derivatex.model.blocks import KINDS
from derivatex.model.nodes import PLACE
from derivatex.read.yaml_source import Mapping, Sequence, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
NAMES = {
    "part": "a part is called by small letters: a, b, c",
    "problem": "a problem is called by a number: 3 or 1.2",
}
SHAPES = {
    "model_type": "expected `key: value` lines",
    "dict_type": "expected `key: value` lines",
    "tuple_type": "expected a list: lines that start with `- `",
    "string_type": "expected text",
    "empty_text": "expected text, found nothing",
    "too_short": "expected at least one entry",
    "ragged": "the rows differ in length",
}


def validated(kind: type[Model], data: Mapping, found: list[Diagnostic]) -> Model | None:
    """Make a model of the data, or add every reason why not to `found`."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        meant = {it for detail in details for it in _meant(kind, detail)}
        for detail in details:
            if detail["type"] != "missing" or detail["loc"] not in meant:
                found += _diagnostics(kind, data, detail)
        return None


def _meant(kind: type[BaseModel], detail: ErrorDetails) -> Iterator[tuple[int | str, ...]]:
    """Where the key would stand that an unknown key most likely means."""
    *place, wrong = detail["loc"] or ("",)
    if detail["type"] == "extra_forbidden":
        for known in difflib.get_close_matches(str(wrong), _fields(kind, tuple(place)), n=1):
            yield (*place, known)


def _diagnostics(
    kind: type[BaseModel], data: Mapping, detail: ErrorDetails
) -> Iterator[Diagnostic]:
    value, _at = _follow(data, [step for step in detail["loc"] if not _is_tag(step)])
    if detail["type"] == "tex_faults":
        for fault in detail["ctx"]["faults"]:
            yield refusal(value.locate(fault.offset), fault.id, fault.message, fault.hint)
    elif detail["type"] != "too_short" or not value:  # entries that are refused are not missing
        yield _diagnostic(kind, data, detail)


def _diagnostic(  # noqa: PLR0911  # one return for each kind of finding
    kind: type[BaseModel], data: Mapping, detail: ErrorDetails
) -> Diagnostic:
    is_key = detail["loc"][-1:] == ("[key]",) and detail["type"] == "string_pattern_mismatch"
    path = [step for step in detail["loc"][: -1 if is_key else None] if not _is_tag(step)]
    value, at = _follow(data, path)
    last = str(path[-1]) if path else ""
    if is_key:
        value, last = last, str(path[-2])
    match detail["type"]:
        case "extra_forbidden":
            known = _fields(kind, detail["loc"][:-1])
            return refusal(at, "unknown-key", f"unknown key `{last}`", did_you_mean(last, known))
        case "missing":
            return refusal(at, "missing-key", f"the key `{last}` is missing")
        case "union_tag_not_found" | "union_tag_invalid":
            keys = list(value) if isinstance(value, Mapping) else []
            message = f"no kind of block is called `{keys[0]}`" if keys else "expected a block"
            hint = did_you_mean(str(keys[0]) if keys else "", KINDS)
            return refusal(at, "unknown-block", message, hint)
        case "enum":
            hint = did_you_mean(
                str(value),
                str(detail.get("ctx", {}).get("expected", ""))
                .replace(" or ", ", ")
                .replace("'", "")
                .split(", "),
            )
            return refusal(at, "bad-value", f"`{value}` is no value of `{last}`", hint)
        case "string_pattern_mismatch":
            return _bad_name(at, str(value), last)
        case shape if shape in SHAPES:
            return refusal(at, "bad-value", f"{SHAPES[shape]}{_shown(value)}")
        case "number" | "one_stand_in" | "reasons" | "stands_alone" | "one_formula":
            return refusal(at, "bad-value", detail["msg"])
        case _:
            message = detail["msg"][0].lower() + detail["msg"][1:]
            return refusal(at, "bad-value", f"{message}{_shown(value)}")


def _is_tag(step: int | str) -> bool:
    """Whether a step of pydantic's path names a kind of block, not a key."""
    return isinstance(step, str) and step.removeprefix(PLACE) in KINDS and step.startswith(PLACE)


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, str) else ""
    return f" in `{text[:40]}`" if text.strip() else ""


def _bad_name(at: Location, value: str, key: str) -> Diagnostic:
    if "/" in value or "\\" in value or value.startswith("."):
        hint = "name a function of the problem's module; derivatex finds the files itself"
        return refusal(at, "path-in-yaml", f"`{value}` is a path; `{key}` takes a name", hint)
    hint = NAMES.get(key, "a name has ASCII letters, digits and `_`, and starts with a letter")
    return refusal(at, "bad-value", f"`{value}` is no value of `{key}`", hint)


def _follow(data: Mapping, path: list[int | str]) -> tuple[Any, Location]:
    """Walk to the value at the path; its place, or that of the last key that exists."""
    value: Any = data
    at = data.at
    for step in path:
        if isinstance(value, Mapping) and step in value:
            at = value.keys_at[str(step)]
            value = value[str(step)]
        elif isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return value, at
        at = value.at if not isinstance(value, (Mapping, Sequence)) and value else at
        at = value.at if isinstance(value, (Mapping, Sequence)) else at
    return value, _key_place(data, path) or at


def _key_place(data: Mapping, path: list[int | str]) -> Location | None:
    """Where the last key stands, if it stands there: a finding about a key points at it."""
    value: Any = data
    for step in path[:-1]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value.keys_at.get(str(path[-1])) if path and isinstance(value, Mapping) else None


def _fields(kind: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at the end of pydantic's path knows."""
    current: Any = kind
    for step in path:
        if _is_tag(step):
            current = KINDS[str(step)[1:]]
            continue
        if isinstance(current, type) and issubclass(current, BaseModel) and isinstance(step, str):
            field = current.model_fields.get(step)  # a name of the author's own has none
            current = field.annotation if field else current
        current = _inner(current)
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    return [name for name in current.model_fields if name != "at"]


def _inner(annotation: Any) -> Any:  # noqa: ANN401  # a type expression is any object
    """The model inside `tuple[X, ...]`, `dict[str, X]` or `X | None`."""
    for argument in reversed(get_args(annotation)):
        inner = _inner(argument)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return annotation
