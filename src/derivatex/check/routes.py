"""Every value against its second routes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from derivatex.solution import State, Value, scalars, shape_of

if TYPE_CHECKING:
    from derivatex.check.finding import Findings
    from derivatex.solution import Numbers, Route

KIND = "route"


def check_routes(findings: Findings) -> None:
    """Finite, of one shape, and equal within the value's tolerance."""
    for value in findings.solution.values.values():
        if not value.is_given:
            _check_value(findings, value)


def difference(first: Numbers, second: Numbers) -> tuple[float, float, tuple[int, ...]]:
    """The largest absolute difference, the largest size of an entry, and where they differ most.

    Both have one shape. NaN anywhere makes the difference infinite.
    """
    worst, scale = 0.0, 0.0
    where: tuple[int, ...] = ()
    for (indices, left), (_, right) in zip(scalars(first), scalars(second), strict=True):
        gap = abs(left - right)
        gap = math.inf if math.isnan(gap) else gap
        scale = max(scale, abs(left), abs(right))
        if gap > worst:
            worst, where = gap, indices
    return worst, scale, where


def _check_value(findings: Findings, value: Value) -> None:
    wrong = [number for _, number in scalars(value.numbers) if not math.isfinite(number)]
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
    relative = gap / scale if scale else gap
    if not value.tolerance.allows(gap, scale):
        place = f"[{','.join(map(str, where))}]" if where else ""
        first, second = dict(scalars(value.numbers))[where], dict(scalars(route.numbers))[where]
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
    allowed = value.tolerance.relative * scale + value.tolerance.absolute
    coarse = [
        printed
        for indices, _ in scalars(value.numbers)
        if 0 < (printed := value.printed(indices)).half_unit < allowed
    ]
    if coarse:
        message = (
            f"`{value.address}` is checked to {allowed:.1e}, which its last printed digit "
            f"({coarse[0].plain}) does not need to survive"
        )
        hint = "tighten the tolerance, improve the route, or print fewer digits"
        findings.failed(KIND, value.address, message, id_="loose-tolerance", at=value.at, hint=hint)
        return
    findings.found(
        KIND, value.address, State.PASSED, detail=route.name, error=relative, at=value.at
    )
