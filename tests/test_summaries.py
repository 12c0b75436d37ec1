"""The papers that `adl-a1` reads are summed up in 300 to 600 words, and what is said is cited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derivatex.model.blocks import TextBlock
from derivatex.read.assignment import read_assignment

ROOT = Path(__file__).parents[1]
READ = {  # the works that each problem asks for
    "9": {"bahdanau2015", "luong2015"},
    "10": {"vaswani2017", "sukhbaatar2019"},
    "11": {"khandelwal2020"},
    "12": {"ribeiro2016"},
    "14": {"riegel2020"},
}
CITED = re.compile(r"~?\\cite(\[[^\]]*\])?\{(?P<keys>[^}]*)\}")
COMMAND = re.compile(r"\\[A-Za-z]+\*?(\[[^\]]*\])?")
WORD = re.compile(r"[A-Za-z0-9][\w'-]*")
FEWEST, MOST = 300, 600


def summary(number: str) -> str:
    """The summary's LaTeX: from its heading to the next one."""
    (problem,) = read_assignment(ROOT, "adl-a1", number).problems
    texts = [block.text for block in problem.parts[0].solution if isinstance(block, TextBlock)]
    start = next(text for text in texts if text.startswith(r"\textbf{Summary"))
    return re.split(r"\n\s*\n\\textbf\{", start)[0]


def count(tex: str) -> int:
    """The words of a text without its citations and commands."""
    return len(WORD.findall(COMMAND.sub(" ", CITED.sub(" ", tex))))


@pytest.mark.parametrize("number", READ)
def test_a_summary_has_its_length_and_its_sources(number: str) -> None:
    """It has 300 to 600 words and cites the works that were asked for."""
    tex = summary(number)
    assert FEWEST <= count(tex) <= MOST
    keys = {key.strip() for found in CITED.finditer(tex) for key in found["keys"].split(",")}
    assert keys >= READ[number]
    assert count(tex * 3) > MOST  # a longer one is noticed


def test_words_are_counted() -> None:
    """Commands and citations are no words; what they set is."""
    assert count(r"\textbf{Two words}~\cite[section 3]{luong2015} and \emph{one more}.") == 5
