from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Project

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
ALT = re.compile(rb"/Span<</Alt\((?P<text>(?:[^)\\]|\\.)*)\)>>BDC", re.DOTALL)
OCTAL = re.compile(rb"\\([0-7]{3})")


def alternative_texts(pdf: bytes) -> list[str]:
    """The texts that stand for figures in a PDF's page contents."""
    texts = []
    for stream in STREAM.findall(pdf):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        for found in ALT.finditer(content):
            raw = OCTAL.sub(lambda octal: bytes([int(octal[1], 8)]), found["text"])
            texts.append(raw.decode("utf-16"))
    return texts


@pytest.mark.tex
def test_a_figure_has_its_alternative_text(project: Project) -> None:
    """Who cannot see a figure is read the words that its author gave for it."""
    project.replace(project.yaml, "alt: A parabola.", "alt: A parabola & all more (été).")
    assert project.process("build", "demo").code == 0
    assert alternative_texts(project.pdf.read_bytes()) == ["A parabola & all more (été)."]
