from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, errors_in
from derivatex.solution import State
from tests.authoring import YAML, Text, mutated

if TYPE_CHECKING:
    from derivatex.diagnostics import Diagnostic
    from tests.authoring import Author

HEAD = r"""
dims:
  n: {}
  m: {}
  R: {size: 2}
  H: {least: R, most: 4}
  L: {}
  K: {tex: 'k_l', index: {l: '0..L'}}
indices:
  i: m
  j: n
  l: L
  t: '0..H'
symbols:
  a: {}
  x: {tex: '\mathbf{x}', shape: [n]}
  W: {tex: '\mathbf{W}', shape: [m, n]}
  lambda: {tex: '\lambda', domain: positive}
  y: {tex: 'y^{(t)}', shape: [n], index: {t: '0..H'}}
  V: {tex: 'W^{(l)}', shape: ['k_l', 'k_{l-1}'], index: {l: L}}
  h: {arguments: [[n]]}
  g: {given: 2}
  u: {given: [1, 2]}
  z: {outcome: []}
  theta: {tex: '\theta'}
  p: {tex: 'p_\theta', law: z, parameters: [theta]}
  s: {outcome: []}
  N: {tex: q, law: s, normal: ['a', '\lambda^2']}
  w: {shape: [n], random: {mean: '0', variance: '\lambda'}}
"""
BLOCKS = r"""
- derive:
    - tex: |
        \mathbf{W} \mathbf{x} &\in \mathbb{R}^{m}, & \lambda &> 0 \\
        y^{(t)} &\in \mathbb{R}^{n}, & W^{(l)} &\in \mathbb{R}^{k_l \times k_{l-1}} \\
        h(\mathbf{x}) &\in \mathbb{R}, & g + g &= 2 g, & u &\in \mathbb{R}^{2} \\
        \sum_z p_\theta(z) &= 1, & \mathbb{E}_{s \sim q}[s] &= a \\
        \mathbb{E}[w_j^2] &= \lambda, & \mathbf{W}_{ij} &\in \mathbb{R}
      because: so it was declared
"""
GOOD = Text("", BLOCKS, HEAD)


def found(author: Author, text: Text) -> list[Diagnostic]:
    """What stops the build."""
    return list(errors_in(author.examine(text).diagnostics))


def test_every_kind_of_declaration(author: Author) -> None:
    """Sizes, indices, symbols, families, functions, laws and random symbols are what they say."""
    states = [it.state for it in author.verdicts(GOOD, "relation")]
    assert len(states) == 11
    assert set(states) == {State.VERIFIED, State.STAND_IN}
    assert author.errors(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "says", "hint"),
    [
        ("  a: {}\n", "  R: {}\n", "also declared under `dims`", "keep one"),
        ("  t: '0..H'\nsym", "  a: m\nsym", "also declared under `symbols`", "call one of them"),
        ("  i: m\n", "  R: m\n", "also declared under `dims`", "call one of them"),
        ("domain: positive", "domain: positiv", "no domain is called", "did you mean `positive`?"),
        ("law: z,", "law: a,", "law of `a`, which is no outcome", "`outcome: []`"),
        ("law: z,", "law: z | k,", "law of `k`, which is no outcome", "`outcome: []`"),
        ("[theta]", "[tetha]", "the parameter `tetha` is not declared", "did you mean `theta`?"),
        ("law: s, n", "law: 's, z', n", "a normal law is a `law` of one outcome", "`law: z`"),
        ("  a: {}\n", "  a: {tex: R}\n", "`R` is both `R` and `a`", "print one of them"),
        (r"tex: '\lambda'", "tex: 'a + b'", "no letter with scripts", "as it is printed"),
        (r"tex: '\lambda'", r"tex: '\mathbf{'", "`{` is never closed", ""),
        ("shape: [m, n]", "shape: [m +, n]", "a formula is missing", ""),
        ("l: L}}\n  h", "l: Q}}\n  h", "`Q` is not declared", "declare it"),
        ("index: {t: '0..H'}", "index: {r: '0..H'}", "the index `r` is not in `y^{(t)}`", ""),
    ],
)
def test_one_declaration_changed(  # the columns of a table
    author: Author, old: str, new: str, says: str, hint: str
) -> None:
    """A faulty declaration is told where it stands, with what to write instead."""
    text = mutated(GOOD, old, new)
    (first, *_) = found(author, text)
    assert (first.id, first.code) == ("declaration", ExitCode.BAD_INPUT)
    assert says in first.message
    assert hint in first.hint
    assert first.at is not None
    lines = (author.root / YAML).read_text(encoding="utf-8").split("\n")
    assert new.strip().split("\n")[0] in lines[first.at.line - 1]


def test_every_faulty_declaration_is_told(author: Author) -> None:
    """Several faulty declarations come in one run, and no formula is blamed for them."""
    text = mutated(mutated(GOOD, "arguments: [[n]]", "domain: positiv"), "law: z,", "law: a,")
    assert [it.id for it in found(author, text)] == ["declaration"] * 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("shape: [m, n]", "shape: [m, B]"),
        pytest.param("least: R", "least: B"),
        pytest.param("[[n]]", "[[B]]"),
        pytest.param("['a', ", "['B', "),
        pytest.param("mean: '0'", "mean: 'B'"),
    ],
)
def test_a_size_that_is_not_declared(author: Author, old: str, new: str) -> None:
    """A letter in a declaration that is declared nowhere is told there, by its name."""
    (first, *_) = found(author, mutated(GOOD, old, new))
    assert first.id == "declaration"
    assert "`B` is not declared" in first.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("u: {given: [1, 2]}", "u: {given: [1, 2], shape: []}"),
        ("u: {given: [1, 2]}", "u: {given: [1, 2], shape: [3]}"),
        ("u: {given: [1, 2]}", "u: {given: [1, 2], shape: [1, 2]}"),
    ],
)
def test_a_given_of_another_shape(author: Author, old: str, new: str) -> None:
    """What is given must have the declared shape."""
    text = mutated(mutated(GOOD, old, new), r"u &\in \mathbb{R}^{2}", r"u + u &= 2 u")
    assert found(author, text) != []


@pytest.mark.parametrize(
    ("domain", "shape", "formula"),
    [
        ("positive", "[n]", "D_i > 0"),
        ("negative", "[n]", "D_i < 0"),
        ("nonzero", "[n]", "D_i^2 > 0"),
        ("unit", "[n]", "D_i (1 - D_i) > 0"),
        ("sign", "[n]", "D_i^2 = 1"),
        ("binary", "[n]", "D_i^2 = D_i"),
        ("simplex", "[n]", r"\sum_i D_i = 1"),
        ("one-hot", "[n]", r"\sum_i D_i^2 = 1"),
        ("symmetric", "[n, n]", r"D^\top = D"),
        ("positive definite", "[n, n]", r"\det D > 0"),
        ("orthogonal", "[n, n]", r"D^{-1} = D^\top"),
        ("diagonal", "[n, n]", r"D_{ij} = [i = j] D_{ij}"),
        ("invertible", "[n, n]", r"D^{-1} D D = D"),
        ("unit vector", "[n]", r"\|D\| = 1"),
        ("identity", "[n, n]", "D_{ij} = [i = j]"),
        ("ones", "[n]", "D_i = 1"),
        ("zeros", "[n]", "1 + D_i = 1"),
        ("kronecker", "[]", "D_{ij} = [i = j]"),
    ],
)
def test_each_domain(author: Author, domain: str, shape: str, formula: str) -> None:
    """Each domain has the property that it is named for, and a real symbol has it not."""
    head = "dims: {n: {}}\nindices: {i: n, j: n}\nsymbols: {D: {shape: %s, domain: %s}}"
    blocks = f"- derive:\n    - tex: |\n{indent(formula, ' ' * 8)}\n      because: so\n"
    assert author.errors(Text("", blocks, head % (shape, domain))) == []
    if domain not in {"kronecker", "nonzero", "invertible"}:
        assert author.errors(Text("", blocks, head % (shape, "real"))) != []


@pytest.mark.parametrize(
    ("shape", "domain"),
    [
        ("[]", "identity"),
        ("[n]", "symmetric"),
        ("[n, m]", "orthogonal"),
        pytest.param("[]", "one-hot"),
        pytest.param("[]", "simplex"),
        pytest.param("[]", "unit vector"),
    ],
)
def test_a_domain_of_another_shape(author: Author, shape: str, domain: str) -> None:
    """A domain that is one of vectors or square matrices needs that shape."""
    head = f"dims: {{n: {{}}, m: {{}}}}\nsymbols: {{D: {{shape: {shape}, domain: {domain}}}}}"
    blocks = "- derive:\n    - tex: D = D + D - D\n      because: so\n"
    (first,) = found(author, Text("", blocks, head))
    assert domain in first.message
    assert "`shape`" in first.hint


@pytest.mark.parametrize(
    ("problem", "is_right"), [("symbols: {a: {}, b: {}}", True), ("symbols: {a: {}}", False)]
)
def test_an_assignments_declarations_are_inherited(
    author: Author,
    problem: str,
    is_right: bool,  # noqa: FBT001  # of a table
) -> None:
    """What the assignment declares holds in its problems; a problem's own comes first."""
    blocks = "- derive:\n    - tex: |\n        c b &> 0\n      because: so\n"
    shared = "symbols: {b: {domain: positive}, c: {domain: positive}}"
    text = Text("", blocks, problem, source=f"Made for the tests.\n{shared}")
    assert (author.errors(text) == []) is not is_right


def test_a_family_is_not_given_as_one_array(author: Author) -> None:
    """Numbers for the members of a family come from a matrix, as the hint says."""
    head = "dims: {n: {}, s: {}}\nindices: {i: n}\nsymbols:\n"
    family = head + "  y: {tex: y_i, shape: [s], index: {i: n}, given: [[0, 1], [2, 3]]}\n"
    blocks = "- derive:\n    - tex: y_i + y_i &= 2 y_i\n      because: so\n      at: given\n"
    (first,) = found(author, Text("", blocks, family))
    assert "is a family" in first.message
    assert "Y_{i:}" in first.hint
    matrix = head + "  Y: {shape: [n, s], given: [[0, 1], [2, 3]]}\ndefine: 'y_i = Y_{i:}'\n"
    assert found(author, Text("", blocks, matrix)) == []
