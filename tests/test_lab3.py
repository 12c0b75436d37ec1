"""The report that we ship says what its source says, and what is wrong in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOLUTIONS = Path(__file__).parents[1] / "solutions"
OUTPUT = ((109, 92, 72), (108, 85, 74), (110, 74, 79))
GRADIENT = (
    (4, 7, 10, 6, 3),
    (9, 17, 25, 16, 8),
    (11, 23, 34, 23, 11),
    (7, 16, 24, 17, 8),
    (2, 6, 9, 7, 3),
)


def read(root: Path, pdf: str, *options: str) -> str:
    """What a reader finds in the finished PDF, words and numbers one space apart."""
    shutil.copytree(SOLUTIONS, root / "solutions")
    done = subprocess.run(
        [sys.executable, "-m", "derivatex", "build", "lab3", *options],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")  # not even a warning
    shown = subprocess.run(
        [shutil.which("pdftotext") or "pdftotext", f"build/{pdf}", "-"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return " ".join(shown.stdout.split())


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report."""
    return read(tmp_path_factory.mktemp("project"), "lab3.pdf")


@pytest.mark.tex
@pytest.mark.parametrize("number", ["0.6611", "0.4407", "−0.2914", "0.0646", "−0.1812", "0.064645"])
def test_the_chain_rule_has_its_numbers(text: str, number: str) -> None:
    """Value, derivatives for the nodes, and both partial derivatives are there."""
    assert number in text


@pytest.mark.tex
def test_the_published_derivative_has_an_erratum(text: str) -> None:
    """The source's 0.0645 is quoted, called imprecise, and shown to come of rounding."""
    before = text.rindex("Erratum:", 0, text.index("= 0.0645"))
    erratum = text[before:]
    assert erratum.startswith("Erratum: an imprecise result.")
    assert erratum.index("= 0.0645") < erratum.index("≈ 0.0646") < erratum.index("combines")
    assert "combine to 0.064487, which rounds to the number that the source prints" in erratum


@pytest.mark.tex
@pytest.mark.parametrize("table", [OUTPUT, GRADIENT])
def test_both_tables_of_the_convolution(text: str, table: tuple[tuple[int, ...], ...]) -> None:
    """Output and gradient stand there row by row or column by column, as the PDF was set."""
    rows = [" ".join(map(str, row)) for row in table]
    columns = [" ".join(map(str, column)) for column in zip(*table, strict=True)]
    assert all(row in text for row in rows) or all(column in text for column in columns)


@pytest.mark.tex
def test_the_handout_has_the_questions_alone(tmp_path: Path) -> None:
    """Who gets the handout sees what is asked and given, and no answer, erratum or result."""
    handout = read(tmp_path, "lab3-handout.pdf", "--handout")
    assert "How many output values are there?" in handout
    assert "Problem 3. Chain rule" in handout
    assert not [word for word in ("Answer", "Erratum", "0.0646", "109") if word in handout]
