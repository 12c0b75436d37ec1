from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivatex.mathtex.definitions import definitions, read_body
from derivatex.mathtex.display import statements
from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.lexer import MAX_LENGTH, tokens
from derivatex.mathtex.plain import plain
from derivatex.mathtex.printer import printed
from derivatex.mathtex.reader import read, read_condition
from derivatex.mathtex.walk import walk
from tests.mathtex.displays import defining, displays
from tests.mathtex.letters import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivatex.mathtex.tree import Node
    from derivatex.mathtex.vocabulary import Vocabulary

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SECONDS = 0.9  # of the processor, for one reading
PIECE = re.compile(r"\\[A-Za-z]+ ?|\\.|\s+|\w|.", re.DOTALL)
TOKENS = re.findall(
    r"\S+",
    r"""
{ } { } ( ) [ ] \{ \} | \| \langle \rangle \lfloor \rceil \left( \right) \left| \right. \lVert
\rVert _ ^ ' _i ^2 _{ij} ^{(t)} ^\top ^{-1} ^T ^+ ^* _+ ! & \\ , ; . : \quad \qquad \, % ~ \\[2pt]
= := < \le \ne \in \notin \approx \propto \iff \sim + - \pm / * \cdot \times \odot \circ \oslash a
c n m T i j t l k d e 12 0.5 .5 1 2 \mathbf{x} \mathbf x \hat y \hat \bar{ \mathbf{h} W D u_l
B_{l,t} v_l \kappa \sigma \sigma_x \delta f g_{\star} \phi z \boldsymbol{\xi} p_{\theta} q s'
\tilde{\mathbf{H}} \frac \frac12 \binom \sqrt \sqrt[3] \sum \sum_{i=1}^{n} \sum_i \prod_{i \max_
\min \max \arg\min_z \arg \operatorname{argmin} \int \mathrm{d} \,dz \partial \nabla \nabla_
\mathbb{E} \mathbb{E}_{z\sim \operatorname{Var} \mathrm{KL} D_{KL} \mathcal{N} \exp \log
\operatorname{softmax} \operatorname{tr} \det \mathbb{R}^{n} \{1,\dots,n\} \dots \mid \mathbb{1}
\mathbf{1}\{ \llbracket \begin{cases} \end{cases} \begin{bmatrix} \end{bmatrix} \begin{aligned}
\end{aligned} \text{if} \text{for} \text{unless} \text{and} \text{otherwise} \text{hence} \text{
\val{a} \val[3]{b} \val \published{c} \overset{!}{=} \underbrace{ \boxed{ \label{x} \foo \1 é ٣ −
""",
)
ROUGH = st.lists(st.sampled_from([*TOKENS, " "]), max_size=30).map(" ".join) | st.lists(
    st.sampled_from(TOKENS), max_size=12
).map("".join)
NESTED = (
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    (r"\{", r"\}"),
    ("|", "|"),
    (r"\|", r"\|"),
    (r"\lvert ", r"\rvert "),
    (r"\langle a, ", r"\rangle "),
    (r"\lfloor ", r"\rfloor "),
    (r"\frac{", "}{2}"),
    (r"\frac{\partial ", r"}{\partial a}"),
    (r"\sqrt{", "}"),
    (r"\sqrt[", "]{a}"),
    (r"\hat{", "}"),
    (r"\hat", ""),
    (r"\mathrm", ""),
    (r"\boxed{", "}"),
    (r"\underbrace{", "}_{a}"),
    ("a^{", "}"),
    ("^{", "}"),
    ("^", ""),
    ("a_{", "}"),
    (r"\mathbf{x}_{", "}"),
    (r"\mathbf{h}^{(", ")}"),
    ("f(", ")"),
    ("q(", ")"),
    (r"\mathcal{N}(0, ", ")"),
    (r"\mathrm{KL}(a, ", ")"),
    (r"[i = ", "]"),
    (r"[a \in \{", r"\}]"),
    (r"\begin{cases}", r"& a > 0 \end{cases}"),
    (r"\begin{bmatrix}", r"\end{bmatrix}"),
    (r"\mathbb{E}[", "]"),
    (r"\mathbb{E}_{z \sim q(z)} ", ""),
    (r"\mathbb{E}_{q(z), ", "}"),
    (r"\sum_{i} ", ""),
    (r"\sum_{i = ", "}"),
    (r"\prod_{i}^{n} ", ""),
    (r"\max_i ", ""),
    (r"\max_a ", ""),
    (r"\arg\min_a ", ""),
    (r"\arg\min_a -", ""),
    (r"\int ", r"\,dz"),
    (r"\int a \int ", r"\,dz"),
    (r"\partial ", ""),
    (r"\partial a / ", ""),
    (r"\nabla ", ""),
    (r"\nabla_a ", ""),
    (r"\log ", ""),
    (r"\overset{", "}{=}"),
    ("-", ""),
    ("a - ", ""),
    ("a + ", ""),
    ("a ", ""),
    ("2 ", ""),
    (r"a \cdot ", ""),
    ("a / ", ""),
    (r"a \odot ", ""),
    (r"a \oslash ", ""),
    (r"a \oslash b \odot ", ""),
    ("a = ", ""),
    ("a < ", ""),
    (r"a \in (0, 1) ", ""),
    ("i, ", ""),
    ("i, j, ", ""),
    ("i = 1, ", ""),
    (r"\dots, ", ""),
    ("a = b, ", ""),
    (r"\quad ", ""),
    (r"a = b \quad & ", ""),
    (r"\quad & ", ""),
    (r"\\ ", ""),
    (r"a \text{ if } ", ""),
    (r"\text{if} ", ""),
    ("'", ""),
    ("a'", ""),
    ("(a)! ", ""),
    (r"\int a \,dz + ", ""),
    (r"\val{a} ", ""),
    ("1 ", ""),
    ("1", ""),
    ("%\n", ""),
    ("\\", ""),
)


def readings(known: Vocabulary) -> tuple[Callable[[str], object], ...]:
    """Everything that reads a text."""
    return (
        tokens,
        lambda text: shown(read(text, known), known),
        lambda text: shown(read_condition(text, known), known),
        lambda text: statements(text, known),
        lambda text: defined(text, known.copy()),
    )


def shown(node: Node, known: Vocabulary) -> int:
    """Whatever was read can be walked through, compared and shown."""
    plain(node, known)
    printed(node, known)
    return len({*walk(node)})


def defined(text: str, known: Vocabulary) -> None:
    """Bind definitions."""
    for _, left in definitions([text], known):
        read_body(left, known)


def never_breaks(text: str, known: Vocabulary) -> None:
    """Each reading ends soon, with a result or with a message whose place is in the text."""
    for reading in readings(known):
        start = time.process_time()
        error = refusal(reading, text)
        assert time.process_time() - start < SECONDS
        if error is not None:
            assert error.kind is Kind.PARSE
            assert error.message
            assert 0 <= (error.start or 0) <= len(text)


def refusal(reading: Callable[[str], object], text: str) -> MathError | None:
    """What is wrong with a text, where it is not read."""
    try:
        reading(text)
    except MathError as error:
        return error
    return None


@settings(SLOW, max_examples=400)
@given(st.text() | ROUGH)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text, reading it ends soon, and fails with nothing but a message."""
    never_breaks(text, vocabulary())


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Vocabulary]:
    """A display or a definition in which some pieces are left out, doubled or exchanged."""
    number = draw(st.integers(0, len(displays()) - 1))
    text, known = displays()[number]
    if draw(st.booleans()):
        text = draw(st.sampled_from(defining()))
    pieces = PIECE.findall(text)
    for _ in range(draw(st.integers(1, 4))):
        at, other = (draw(st.integers(0, len(pieces))) for _ in range(2))
        kind = draw(st.sampled_from(("out", "twice", "other", "swap")))
        first, last = sorted((at, other))
        if kind == "out":
            pieces[first : min(last, first + 3)] = []
        elif kind == "twice":
            pieces[first:first] = pieces[first:last]
        elif kind == "other":
            pieces[first : first + 1] = [draw(st.sampled_from(TOKENS))]
        else:
            pieces = [*pieces[:first], *pieces[last:], *pieces[first:last]]
    return "".join(pieces)[:2000], known


@settings(SLOW, max_examples=300)
@given(mutated())
def test_damaged_displays_are_read_or_refused(made: tuple[str, Vocabulary]) -> None:
    """A display in which something is wrong breaks nothing, either."""
    never_breaks(*made)


@pytest.mark.parametrize(("before", "behind"), NESTED)
@pytest.mark.parametrize("count", [70, 5_000])
def test_depth_and_length_break_nothing(before: str, behind: str, count: int) -> None:
    """Nesting and chains of any length are read or refused, without an overflow, and soon."""
    count = min(count, (MAX_LENGTH - 10) // len(before + behind))
    never_breaks(before * count + "a" + behind * count, vocabulary())


@pytest.mark.parametrize("piece", ["(", "[", "{", "|", "^{", "-", r"\{", "a_{", "f(", r"\hat"])
def test_what_is_never_closed_is_refused(piece: str) -> None:
    """What opens thousands of brackets and closes none is refused by every reading."""
    text = f"a = {piece * (10_000 // len(piece))}"
    never_breaks(text, vocabulary())
    assert all(refusal(reading, text) for reading in readings(vocabulary())[1:])


def test_what_is_too_long_is_refused() -> None:
    """A text of more than the allowed length is refused before anything is read."""
    with pytest.raises(MathError, match="characters"):
        tokens("a" * (MAX_LENGTH + 1))
