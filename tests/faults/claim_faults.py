"""Claims that are false: everything was read and run, and a check fails."""

from __future__ import annotations

from derivatex.diagnostics import ExitCode
from tests.faults.fault import MODULE, PROBLEM, Edit, Fault, claim

SQUARE = "@value(route=square_by_addition, digits=2)\n"
ROOT = "@value(route=root_by_newton, digits=3)\n"
ERRATUM = """      - erratum:
          ▸of: square
          kind: misprint
          printed: x^3 = 2.25
          right: x^2 = \\val{square}
          why: It is wrong.
      - table: both
"""


def _root(name: str, returns: str, id_: str, says: str = "") -> Fault:
    """Make the computed root another number."""
    edits = (Edit(MODULE, ROOT, f"▸{ROOT}"), Edit(MODULE, "math.sqrt(2)", returns))
    return Fault(name, edits, ExitCode.CHECK_FAILED, id_, says)


def _table(name: str, old: str, new: str, id_: str, says: str = "") -> Fault:
    """Make the table show something else."""
    edits = (Edit(MODULE, "@table\n", "▸@table\n"), Edit(MODULE, old, new))
    return Fault(name, edits, ExitCode.CHECK_FAILED, id_, says)


CLAIM_FAULTS = (
    claim(
        "a value that is not computed",
        Edit(PROBLEM, r"$x^2 = \val{square}$", r"$x^2 = ▸\val{squere}$"),
        "unknown-value",
        "did you mean `square`?",
    ),
    _table("a table's value that is not computed", r"\val{root}", r"\val{rot}", "unknown-value"),
    Fault(
        "a second route that disagrees",
        (Edit(MODULE, SQUARE, f"▸{SQUARE}"), Edit(MODULE, "k + 0.5", "k + 0.4")),
        ExitCode.CHECK_FAILED,
        "route-disagrees",
        "by `square_by_addition`",
    ),
    _root("a root that is no number", "math.nan", "not-finite", "`root` is nan"),
    _root("a root that is infinite", "math.inf", "not-finite", "`root` is inf"),
    _root("a list for a root", "[math.sqrt(2)]", "route-shape", "(1,)"),
    Fault(
        "a tolerance that proves nothing",
        (
            Edit(MODULE, ROOT, "▸@value(route=root_by_newton, digits=3, tolerance=0.1)\n"),
            Edit(MODULE, "range(8)", "range(2)"),
        ),
        ExitCode.CHECK_FAILED,
        "loose-tolerance",
        "tighten the tolerance",
    ),
    claim(
        "a published value that disagrees",
        Edit(PROBLEM, "square: 2.25", "square: ▸2.26"),
        "published-disagrees",
        "explain the difference in an `erratum`",
    ),
    claim(
        "a published value of nothing",
        Edit(PROBLEM, "square: 2.25\n", "square: 2.25\n  cube: ▸3\n"),
        "unknown-value",
        "`cube`",
    ),
    claim(
        "an erratum that is wrong", Edit(PROBLEM, "      - table: both\n", ERRATUM), "false-erratum"
    ),
    claim("a decimal", Edit(PROBLEM, "by itself", "by ▸1.5 itself"), "hand-typed", r"\val{name}"),
    claim("a decimal in a formula", Edit(PROBLEM, "$x$ by", "$x = ▸1.5$ by"), "hand-typed"),
    claim("an integer of two digits", Edit(PROBLEM, "by itself", "by ▸15 itself"), "hand-typed"),
    claim(
        "a decimal in plain words", Edit(PROBLEM, "A parabola", "A parabola to ▸2.25"), "hand-typed"
    ),
    _table("a decimal in a table", r'r"\val{root}"', '"1.414"', "hand-typed", "1.414"),
    Fault(
        "a decimal in a figure",
        (
            Edit(MODULE, "@figure\n", "▸@figure\n"),
            Edit(MODULE, '"$x^2$"', '"$x^2$ to 2.718"'),
        ),
        ExitCode.CHECK_FAILED,
        "hand-typed",
        "2.718",
    ),
    claim(
        "a rounded equality", Edit(PROBLEM, r"\approx \val", r"= ▸\val"), "rounded-equals", "approx"
    ),
    claim(
        "a work that is not listed",
        Edit(PROBLEM, r"\cite{euler1768}", r"▸\cite{euler1786}"),
        "unknown-citation",
        "did you mean `euler1768`?",
    ),
    claim(
        "a label of nothing", Edit(PROBLEM, r"\ref{tab:both}", r"▸\ref{tab:boht}"), "unknown-label"
    ),
    claim(
        "a question that refers to a solution",
        Edit(PROBLEM, "    question: |\n", "    question: |\n      By table ▸\\ref{tab:both}:\n"),
        "not-asked",
        "a handout has the questions alone",
    ),
    Fault(
        "a figure that nothing draws",
        (Edit(PROBLEM, "- figure", "- ▸figure"), Edit(MODULE, "def curve", "def curvy")),
        ExitCode.CHECK_FAILED,
        "unknown-figure",
        "did you mean `curvy`?",
    ),
    claim(
        "a table that is shown twice",
        Edit(
            PROBLEM,
            "      - figure: curve",
            "      - ▸table: both\n        caption: Again.\n      - figure: curve",
        ),
        "shown-twice",
    ),
)
