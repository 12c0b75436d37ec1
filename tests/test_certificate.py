from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

import derivatex
from derivatex.certificate import certificate
from derivatex.diagnostics import Diagnostic, ExitCode, Location
from derivatex.solution import Numbers, Route, Solution, State, Tolerance, Value, Verdict
from derivatex.store.certificates import read_certificate, write_certificate
from derivatex.store.target import Target
from derivatex.tex.notation import Notation

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.store.certificates import Certificate

AT = Location("solutions/made/1_made.py", 7, 1)
TARGET = Target("made")


def value(numbers: Numbers, route: Numbers) -> Value:
    """A value with one route."""
    routes = (Route("by_hand", route),)
    return Value("made", numbers, Notation(2), AT, routes, Tolerance(relative=1e-6))


def written(
    project: Path,
    *made: Value,
    verdicts: tuple[Verdict, ...] = (),
    found: tuple[Diagnostic, ...] = (),
) -> Certificate:
    """The certificate of a problem's values, as it is read back from its file."""
    solution = Solution("1", {it.address: it for it in made})
    record = certificate([solution], verdicts, found, inputs={"a.yaml": "abc"}, pdf=None)
    write_certificate(TARGET, project, record)
    return read_certificate(TARGET, project)


def test_values(tmp_path: Path) -> None:
    """Every value stands there with its numbers, its routes, its tolerance and its place."""
    record = written(tmp_path, value(((1, 2.5), (3, 4)), ((1, 2.5), (3, 4))))
    assert record["values"] == [
        {
            "address": "made",
            "at": "solutions/made/1_made.py:7:1",
            "given": False,
            "numbers": [[1, 2.5], [3, 4]],
            "problem": "1",
            "routes": {"by_hand": [[1, 2.5], [3, 4]]},
            "tolerance": 1e-6,
        }
    ]


def test_verdicts(tmp_path: Path) -> None:
    """Every verdict stands there, and they are counted by kind and state."""
    verdicts = (
        Verdict("1", "route", "a", State.PASSED, "by_hand", 1e-12, AT),
        Verdict("1", "route", "b", State.PASSED, "by_hand", 0.0, AT),
        Verdict("1", "relation", "c = d", State.UNVERIFIED, "why"),
    )
    record = written(tmp_path, verdicts=verdicts)
    assert record["counts"] == {"route": {"passed": 2}, "relation": {"unverified": 1}}
    assert record["passed"] is True
    assert record["verdicts"][0] == {
        "at": "solutions/made/1_made.py:7:1",
        "claim": "a",
        "detail": "by_hand",
        "error": 1e-12,
        "kind": "route",
        "problem": "1",
        "state": "passed",
    }
    assert record["verdicts"][2]["at"] is None


def test_one_finding(tmp_path: Path) -> None:
    """One error of any stage, and the certificate says so and that not all passed."""
    error = Diagnostic("python-error", "it fails", ExitCode.BAD_INPUT, AT)
    record = written(tmp_path, found=(error,))
    assert (record["passed"], record["diagnostics"]) == (False, [str(error)])


def test_one_failed_verdict(tmp_path: Path) -> None:
    """One failed claim is counted."""
    verdicts = (
        Verdict("1", "route", "a", State.PASSED),
        Verdict("1", "route", "b", State.FAILED),
    )
    record = written(tmp_path, verdicts=verdicts)
    assert record["counts"] == {"route": {"passed": 1, "failed": 1}}


@pytest.mark.parametrize(
    ("number", "name"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")]
)
def test_numbers_that_are_none(tmp_path: Path, number: float, name: str) -> None:
    """NaN and the infinities have names where JSON has no numbers, also as an error."""
    record = written(tmp_path, value((1.0, number), number))
    assert record["values"][0]["numbers"] == [1.0, name]
    assert record["values"][0]["routes"] == {"by_hand": name}
    verdict = Verdict("1", "route", "a", State.FAILED, error=number)
    assert written(tmp_path, verdicts=(verdict,))["verdicts"][0]["error"] == name


def test_what_made_it(tmp_path: Path) -> None:
    """The certificate names its inputs, the tools, and what an earlier one said of the PDF."""
    record = written(tmp_path)
    assert record["inputs"] == {"a.yaml": "abc"}
    assert record["tools"]["derivatex"] == derivatex.__version__
    assert record["pdf"] is None
    again = certificate([], [], [], inputs={}, pdf={"sha256": "abc"})
    assert again["pdf"] == {"sha256": "abc"}


def test_the_same_bytes(tmp_path: Path) -> None:
    """The same findings give the same file, whose keys are in order."""
    written(tmp_path, value(1, 1))
    first = TARGET.certificate(tmp_path).read_bytes()
    written(tmp_path, value(1, 1))
    assert TARGET.certificate(tmp_path).read_bytes() == first
    assert list(json.loads(first)) == sorted(json.loads(first))
