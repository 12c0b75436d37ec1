"""Every value against its second routes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from derivatex.check.texts import asks_for_digits, calls
from derivatex.solution import State, Value, entry, scalars, shape_of
from derivatex.tex.notation import is_finite

if TYPE_CHECKING:
    from derivatex.check.finding import Findings
    from derivatex.diagnostics import Diagnostic, Location
    from derivatex.solution import Numbers, Route
    from derivatex.tex.notation import Notation

KIND = "route"


def check_routes(findings: Findings) -> None:
    """Finite, of one shape, and equal within a tolerance that no printed digit outlives."""
    for value in findings.solution.values.values():
        if not value.is_given:
            _check_value(findings, value)
    findings.diagnostics[:] = _gathered(findings.diagnostics)
    _check_asked_digits(findings)


def _gathered(found: list[Diagnostic]) -> list[Diagnostic]:
    """One finding for each function: the entries of a mapping that fail alike are counted."""
    alike: dict[tuple[str, Location | None], list[Diagnostic]] = {}
    for diagnostic in found:
        alike.setdefault((diagnostic.id, diagnostic.at), []).append(diagnostic)
    gathered = []
    for first, *others in alike.values():
        more = f"; so do {len(others)} more of its claims" if others else ""
        gathered.append(replace(first, message=first.message + more))
    return gathered


def difference(first: Numbers, second: Numbers) -> tuple[float, float, tuple[int, ...]]:
    """The largest absolute difference, the largest size of an entry, and where they differ most.

    Both have one shape. Integers are compared exactly; what is not finite differs from everything.
    """
    worst, scale = 0.0, 0.0
    where: tuple[int, ...] = ()
    for (indices, left), (_, right) in zip(scalars(first), scalars(second), strict=True):
        if left == right and is_finite(left):
            scale = max(scale, size(left))
            continue
        gap = size(left - right) if is_finite(left) and is_finite(right) else math.inf
        scale = max(scale, size(left), size(right))
        if gap > worst:
            worst, where = gap, indices
    return worst, scale, where


def size(number: float) -> float:
    """Its absolute value as a float; infinite where that is too large for one."""
    try:
        return abs(float(number))
    except OverflowError:
        return math.inf


def allowed(value: Value) -> float:
    """The largest difference between its routes that a value's tolerance lets pass."""
    scale = max((size(number) for _, number in scalars(value.numbers)), default=0.0)
    return value.tolerance.bound(scale)


def _check_value(findings: Findings, value: Value) -> None:
    wrong = [number for _, number in scalars(value.numbers) if not is_finite(number)]
    if wrong:
        message = f"`{value.address}` is {wrong[0]}"
        findings.failed(KIND, value.address, message, id_="not-finite", at=value.at)
        return
    for route in value.routes:
        _check_route(findings, value, route)


def _check_route(findings: Findings, value: Value, route: Route) -> None:
    ours, theirs = shape_of(value.numbers), shape_of(route.numbers)
    if ours != theirs:
        message = f"`{value.address}` has shape {ours}, its route `{route.name}` gives {theirs}"
        findings.failed(KIND, value.address, message, id_="route-shape", at=value.at)
        return
    gap, scale, where = difference(value.numbers, route.numbers)
    relative = gap / scale if 0 < scale < math.inf else gap
    if gap and not value.tolerance.allows(gap, scale):
        place = f"[{','.join(map(str, where))}]" if where else ""
        first, second = entry(value.numbers, where), entry(route.numbers, where)
        message = (
            f"`{value.address}{place}` is {first:.12g}, but {second:.12g} by `{route.name}` "
            f"(relative difference {relative:.1e}, tolerance {value.tolerance.relative:.1e})"
        )
        hint = "one of the two functions is wrong"
        findings.failed(
            KIND,
            value.address,
            message,
            id_="route-disagrees",
            at=value.at,
            hint=hint,
            error=relative,
        )
        return
    bound = allowed(value)
    for indices, number in scalars(value.numbers):
        if _is_loose(value, route, number, value.notation, bound):
            shown = value.printed(indices).plain
            _refuse_loose(findings, value, shown, value.at)
            return
    findings.found(
        KIND, value.address, State.PASSED, detail=route.name, error=relative, at=value.at
    )


def _check_asked_digits(findings: Findings) -> None:
    r"""What `\val[n]` asks for must be as certain as what a value's own notation shows."""
    for text, call in calls(findings, "val"):
        held = findings.solution.find(call.argument)
        if held is None or held.value.is_given or not asks_for_digits(call):
            continue
        notation = replace(held.value.notation, digits=int(call.option))
        bound = allowed(held.value)
        for indices in held.entries:
            number = entry(held.value.numbers, indices)
            if any(_is_loose(held.value, it, number, notation, bound) for it in held.value.routes):
                shown = held.value.printed(indices, int(call.option)).plain
                _refuse_loose(findings, held.value, shown, text.locate(call.start))
                break


def _is_loose(value: Value, route: Route, number: float, notation: Notation, bound: float) -> bool:
    """Whether a difference of `bound` may change the last digit; equal integers were compared."""
    if isinstance(number, int) and route.numbers == value.numbers:
        return False
    return is_finite(number) and notation.resolution(number) < bound


def _refuse_loose(findings: Findings, value: Value, shown: str, at: Location) -> None:
    message = (
        f"`{value.address}` is checked to {allowed(value):.1e} only, "
        f"which the last digit of {shown} would not survive"
    )
    hint = "tighten the tolerance, improve the route, or print fewer digits"
    findings.failed(KIND, value.address, message, id_="loose-tolerance", at=at, hint=hint)
