from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivatex.diagnostics import (
    Diagnostic,
    ExitCode,
    Location,
    RefusedError,
    Severity,
    did_you_mean,
    errors_in,
    exit_code,
    in_order,
)

AT = Location("a.yaml", 3, 7)
locations = st.builds(Location, st.sampled_from(["a", "b"]), st.integers(1, 9), st.integers(1, 9))
diagnostics = st.builds(
    Diagnostic,
    st.sampled_from(["one", "two"]),
    st.just("what"),
    st.sampled_from([ExitCode.BAD_INPUT, ExitCode.CHECK_FAILED, ExitCode.TEX_FAILED]),
    st.none() | locations,
    severity=st.sampled_from(Severity),
)


def found(code: ExitCode, severity: Severity = Severity.ERROR) -> Diagnostic:
    """A finding that asks for a status."""
    return Diagnostic("id", "message", code, AT, severity=severity)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (AT, "a.yaml:3:7"),
        (Location("a.yaml", 3), "a.yaml:3:1"),
        (Location("a.yaml"), "a.yaml"),
    ],
)
def test_a_place_is_written_as_editors_read_it(at: Location, shown: str) -> None:
    """A place is `file:line:column`, and a file alone is its name."""
    assert str(at) == shown


@pytest.mark.parametrize(
    ("diagnostic", "shown"),
    [
        (Diagnostic("id", "wrong", ExitCode.BAD_INPUT, AT), "a.yaml:3:7: error[id]: wrong"),
        (Diagnostic("id", "wrong", ExitCode.BAD_INPUT), "error[id]: wrong"),
        (
            Diagnostic("id", "odd", ExitCode.BAD_INPUT, AT, "mend it", Severity.WARNING),
            "a.yaml:3:7: warning[id]: odd\n  hint  mend it",
        ),
    ],
)
def test_a_finding_has_one_form(diagnostic: Diagnostic, shown: str) -> None:
    """A finding is written as place, severity, id and message, with its hint on its own line."""
    assert str(diagnostic) == shown


@given(st.lists(diagnostics))
def test_findings_stand_in_the_order_of_their_places(given_: list[Diagnostic]) -> None:
    """Findings are ordered by file, line and column, those without a place first, each once."""
    ordered = in_order(given_)
    places = [(it.at.file, it.at.line, it.at.column) if it.at else ("", 0, 0) for it in ordered]
    assert places == sorted(places)
    assert set(ordered) == set(given_)
    assert len(ordered) == len(set(given_))


@given(st.lists(diagnostics))
def test_the_earliest_stage_decides(given_: list[Diagnostic]) -> None:
    """The status is that of the earliest stage with an error; warnings ask for none."""
    codes = [it.code for it in given_ if it.severity is Severity.ERROR]
    assert exit_code(given_) == (min(codes) if codes else ExitCode.OK)
    assert [it.code for it in errors_in(given_)] == codes


def test_a_warning_alone_is_no_error() -> None:
    """The twin: the same finding fails the run as an error and not as a warning."""
    assert exit_code([found(ExitCode.CHECK_FAILED)]) is ExitCode.CHECK_FAILED
    assert exit_code([found(ExitCode.CHECK_FAILED, Severity.WARNING)]) is ExitCode.OK


def test_exit_codes_are_what_is_documented() -> None:
    """The numbers that scripts rely on never change."""
    assert {code.name: code.value for code in ExitCode} == {
        "OK": 0,
        "BUG": 1,
        "USAGE": 2,
        "BAD_INPUT": 3,
        "CHECK_FAILED": 4,
        "TEX_FAILED": 5,
        "INTERRUPTED": 130,
    }


@given(st.lists(diagnostics, min_size=1))
def test_a_refusal_survives_its_process(given_: list[Diagnostic]) -> None:
    """A refusal that leaves a worker has its findings, its text and its status still."""
    refused = RefusedError(given_)
    copied = pickle.loads(pickle.dumps(refused))  # noqa: S301  # our own
    assert isinstance(copied, RefusedError)
    assert copied.diagnostics == refused.diagnostics == in_order(given_)
    assert (str(copied), copied.code) == (str(refused), refused.code)


@pytest.mark.parametrize(
    ("wrong", "known", "hint"),
    [
        ("titel", ["title", "parts"], "did you mean `title`?"),
        ("xyz", ["title", "parts"], "known here: `parts`, `title`"),
        ("xyz", [], ""),
        ("", ["b", "a", "a"], "known here: `a`, `b`"),
    ],
)
def test_a_wrong_word_is_answered(wrong: str, known: list[str], hint: str) -> None:
    """A near word is suggested; without one the known words are listed, in order and once."""
    assert did_you_mean(wrong, known) == hint
