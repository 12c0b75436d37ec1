from __future__ import annotations

import pytest

from derivatex.tex import commands


@pytest.mark.parametrize(
    "name",
    [
        *(
            "newcommand",
            "newcases",
            "newcolumntype",
            "newsavebox",
            "renewcommand",
            "NewCommandCopy",
        ),
        *("DeclareMathOperator", "DeclarePairedDelimiterX", "providecommand", "ProvideTextCommand"),
        *("AddToHook", "AtEndDocument", "AtBeginDvi", "setcounter", "setlength", "listoffigures"),
        *("iffalse", "ifx", "ifthenelse", "today", "the", "fpeval", "number", "input", "write"),
    ],
)
def test_what_an_author_may_not_write(name: str) -> None:
    """Commands that define, decide, compute, reach files or act elsewhere do not reach TeX."""
    assert commands.is_forbidden(name)


@pytest.mark.parametrize(
    "name",
    [
        *("newline", "newpage", "iff", "frac", "mathbf", "operatorname", "text", "theta", "atop"),
        *("ref", "eqref", "emph", "item", "sum", "setminus", "nabla", "Re", "Newton", "notin"),
    ],
)
def test_what_an_author_may_write(name: str) -> None:
    """The twin: commands of mathematics and text do, also where they start like the others."""
    assert not commands.is_forbidden(name)
