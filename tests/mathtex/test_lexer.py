from __future__ import annotations

import pytest

from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.lexer import MAX_DEPTH, MAX_LENGTH, tokens


def texts(source: str) -> list[str]:
    """The spellings of a formula's tokens."""
    return [token.text for token in tokens(source)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\hat y", r"\hat{y}"),
        (r"\mathbf x", r"\mathbf{x}"),
        (r"x_{i}", "x_i"),
        (r"x^{{2}}", "x^2"),
        (r"{x}", "x"),
        (r"\operatorname{tr}", r"\mathrm{tr}"),
        (r"\operatorname*{arg\,min}", r"\operatorname{argmin}"),
        (r"\text{ and }", r"\text{and}"),
        (r"\tfrac12", r"\frac{1}{2}"),
        (r"\dfrac1n", r"\frac{1}{n}"),
        (r"\sqrt2", r"\sqrt{2}"),
        (r"x^12", r"x^1 2"),
        (r"a \leq b", r"a \le b"),
        (r"a \leqslant b", r"a \le b"),
        (r"a \geq b", r"a \ge b"),
        (r"a \neq b", r"a \ne b"),
        (r"\lVert x \rVert", r"\| x \|"),
        (r"\left\| x \right\|", r"\|x\|"),
        (r"\left( a \right)", "(a)"),
        (r"\big( a \Big)", "(a)"),
        (r"\lbrace a \rbrace", r"\{ a \}"),
        (r"a \lt b", "a < b"),
        (r"A^\intercal", r"A^\top"),
        (r"f^\prime", "f^'"),
        (r"1, \ldots, n", r"1, \dots, n"),
        (r"\begin{aligned} a &= b \end{aligned}", "a &= b"),
        (r"\underbrace{a + b}_{\text{by (1)}} = c", "a + b = c"),
        (r"\overbrace{a}^{k} + b", "a + b"),
        (r"\boxed{a = b}", "a = b"),
        (r"a = b \label{eq:one} \tag{1}", "a = b"),
        (r"\displaystyle a \, b \; c \! d ~ e", "a b c d e"),
        ("a % the first\n b", "a b"),
        (r"a \left. b \right.", "a b"),
        (r"a \\[2pt] b", r"a \\ b"),
        (r"\mathrm{d} x", r"\operatorname{d} x"),
    ],
)
def test_one_thing_has_one_spelling(one: str, other: str) -> None:
    """Two ways of typing the same are the same tokens."""
    assert texts(one) == texts(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\hat y", r"\bar y"),
        (r"\mathbf{x}", "x"),
        (r"\frac{12}{3}", r"\frac12 3"),
        ("x_{ij}", "x_i j"),
        ("{a b}", "a b"),
        (r"\varphi", r"\phi"),
    ],
)
def test_what_differs_stays_apart(one: str, other: str) -> None:
    """Accents, groups and digits that mean something are kept."""
    assert texts(one) != texts(other)


def test_a_token_knows_its_place() -> None:
    """Offsets point into the text as it was typed."""
    source = r"  \hat{y} + 12.5"
    found = [source[token.start : token.end] for token in tokens(source)]
    assert found == [r"\hat{y}", "+", "12.5"]


def test_a_value_keeps_its_name_and_digits() -> None:
    r"""`\val[3]{fx}` is one token."""
    (token,) = tokens(r"\val[3]{f x_1}")
    assert (token.kind, token.name, token.option) == ("val", "f x_1", "3")


def test_a_number_is_one_token() -> None:
    """Digits with a decimal point are a number; two numbers stand apart."""
    assert texts("12.50 .5 3") == ["12.50", ".5", "3"]


@pytest.mark.parametrize(
    ("source", "words", "place"),
    [
        ("a {b", "never closed", 2),
        ("a } b", "closes nothing", 2),
        (r"\hat", "stands over nothing", 0),
        (r"\mathbf{}", "stands over nothing", 0),
        (r"\boxed a", "needs its argument", 0),
        (r"\val x", "needs its argument", 0),
        (r"\text{a", "never closed", 5),
        (r"x \label", "needs its argument", 2),
        ("{" * (MAX_DEPTH + 1), "braces are open", MAX_DEPTH),
        ("x" * (MAX_LENGTH + 1), "characters", 0),
    ],
)
def test_what_does_not_match_is_refused(source: str, words: str, place: int) -> None:
    """Braces that do not match, and what is too long or too deep, are errors at their place."""
    with pytest.raises(MathError, match=words) as caught:
        tokens(source)
    assert caught.value.kind is Kind.PARSE
    assert caught.value.start == place
