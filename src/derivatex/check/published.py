"""Every published number against ours, and every erratum against what it accuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.diagnostics import did_you_mean
from derivatex.model.blocks import ErratumBlock
from derivatex.solution import State, entry

if TYPE_CHECKING:
    from derivatex.check.finding import Findings
    from derivatex.model.blocks import Erratum
    from derivatex.solution import Held
    from derivatex.tex.numbers import TypedNumber, TypedNumbers

KIND, ERRATUM = "published", "erratum"
SLACK = 1e-9  # of the half unit: a number that lies on its edge is within


def check_published(findings: Findings) -> None:
    """Agreement is judged at the last printed digit; a disagreement needs its one erratum."""
    errata = _errata(findings)
    for address, typed in findings.problem.published.items():
        held = findings.solution.find(address)
        if held is None:
            message = f"a published value is given for `{address}`, which is not computed"
            hint = did_you_mean(address, findings.solution.values)
            findings.failed(KIND, address, message, id_="unknown-value", at=typed.at, hint=hint)
        else:
            _compare(findings, address, typed, held, errata.pop(address, None))
    for address, erratum in errata.items():
        message = f"the erratum is about `{address}`, for which no published value is given"
        hint = did_you_mean(address, findings.problem.published)
        findings.failed(ERRATUM, address, message, id_="unknown-value", at=erratum.at, hint=hint)


def disagreements(typed: TypedNumbers, held: Held) -> list[tuple[TypedNumber, tuple[int, ...]]]:
    """The published entries whose last digit is not ours, with their indices in our value.

    Both have one shape.
    """
    return [
        (leaf, ours)
        for leaf, ours in zip(typed.leaves.values(), held.entries, strict=True)
        if not abs(leaf.number - entry(held.value.numbers, ours)) <= leaf.half_unit * (1 + SLACK)
    ]


def _errata(findings: Findings) -> dict[str, Erratum]:
    errata: dict[str, Erratum] = {}
    for block in findings.problem.blocks():
        if isinstance(block, ErratumBlock) and block.erratum.of is not None:
            erratum, of = block.erratum, block.erratum.of
            if of in errata:
                message = f"`{of}` has two errata; the first is on line {errata[of].at.line}"
                findings.failed(ERRATUM, of, message, id_="duplicate-erratum", at=erratum.at)
            errata[of] = erratum
    return errata


def _compare(
    findings: Findings,
    address: str,
    typed: TypedNumbers,
    held: Held,
    erratum: Erratum | None,
) -> None:
    if typed.shape != held.shape:
        message = f"the published `{address}` has shape {typed.shape}, ours {held.shape}"
        findings.failed(KIND, address, message, id_="published-shape", at=typed.at)
        return
    wrong = disagreements(typed, held)
    if not wrong and erratum is None:
        findings.found(KIND, address, State.PASSED, detail=_count(typed), at=typed.at)
    elif not wrong and erratum is not None:
        message = f"the erratum accuses the published `{address}`, which agrees with ours"
        findings.failed(
            ERRATUM, address, message, id_="false-erratum", at=erratum.at, hint="remove it"
        )
    else:
        leaf, indices = wrong[0]
        place = f"[{','.join(map(str, indices))}]" if indices and not held.indices else ""
        ours = entry(held.value.numbers, indices)
        shown = held.value.printed(indices).plain
        message = f"`{address}{place}` is published as {leaf.text}; ours is {ours:.8g} ({shown})"
        if erratum is None:
            hint = "correct the computation, or explain the difference in an `erratum`"
            findings.failed(
                KIND, address, message, id_="published-disagrees", at=leaf.at, hint=hint
            )
        elif not _misquotes(findings, erratum, typed):
            reproduced = held.value.gives_from_printed(leaf)
            detail = "; its operands as printed give the published number" if reproduced else ""
            findings.found(ERRATUM, address, State.ERRATUM, detail=message + detail, at=erratum.at)


def _misquotes(findings: Findings, erratum: Erratum, typed: TypedNumbers) -> bool:
    """Whether an erratum quotes, or gives as right, another number than it is about."""
    of = str(erratum.of)
    leaves = {leaf.text.lstrip("+-") for leaf in typed.leaves.values()}
    quoted = [token.text for token in erratum.printed.scan.tokens if token.kind == "number"]
    others = [number for number in quoted if "." in number and number not in leaves]
    if others or not leaves & set(quoted):
        shown = others[0] if others else "no number"
        message = f"the erratum quotes {shown}, which is not the published `{of}`"
        hint = f"the source prints {', '.join(sorted(leaves))}"
        findings.failed(
            ERRATUM,
            of,
            message,
            id_="misquoted-erratum",
            at=erratum.printed.at,
            hint=hint,
        )
        return True
    name = of.partition("[")[0]
    right = {call.argument.partition("[")[0] for call in erratum.right.scan.called("val")}
    if name not in right:
        message = f"the erratum does not show our `{of}` as what is right"
        hint = rf"write \val{{{of}}} in `right`"
        findings.failed(
            ERRATUM, of, message, id_="misquoted-erratum", at=erratum.right.at, hint=hint
        )
        return True
    return False


def _count(typed: TypedNumbers) -> str:
    entries = len(typed.leaves)
    return f"{entries} entries agree" if entries > 1 else "agrees at its last digit"
