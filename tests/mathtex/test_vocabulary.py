from __future__ import annotations

import pytest

from derivatex.mathtex.errors import MathError
from derivatex.mathtex.lexer import tokens
from derivatex.mathtex.plain import plain
from derivatex.mathtex.reader import read
from derivatex.mathtex.vocabulary import Vocabulary, index_items, readable
from tests.mathtex.problem import Problem, Sym

LETTERS = Problem(
    {
        "x": "n",
        "x^*": "n",
        r"\sigma": "n",
        r"\sigma_x": "",
        r"\sigma_{xx}": "",
        r"\hat y": "n",
        "w": "n",
        "w_0": "",
        "A": "n, n",
        "A'": "n, n",
        r"\text{loss}": "",
        "h^{(t)}": Sym("n", index={"t": "0..T"}),
        "h^{(0)}_0": "",
        "g_k": Sym("n", index={"k": "T"}),
        "W_{hh}": "n, n",
        "dt": "",
        "B_{k}^{(t)}": Sym("", index={"k": "T", "t": "T"}),
    },
    dims="n T",
    indices={"i": "n", "j": "n", "t": "T"},
)


def shown(tex: str, problem: Problem = LETTERS) -> str:
    """How a formula is read."""
    vocabulary = problem.vocabulary()
    return plain(read(tex, vocabulary), vocabulary)


@pytest.mark.parametrize(
    ("tex", "reading"),
    [
        (r"\sigma_x", "sigma_x"),
        (r"\sigma_{x}", "sigma_x"),
        (r"\sigma_{xx}", "sigma_xx"),
        (r"\sigma_i", "sigma[i]"),
        ("x^*", "x^*"),
        ("x^{*}", "x^*"),
        (r"\hat{y}_i", "y_hat[i]"),
        ("w_0", "w_0"),
        ("w_1", "w[1]"),
        ("A'_{ij}", "A'[i, j]"),
        ("A_{ij}'", "A'[i, j]"),
        ("A_{ij}", "A[i, j]"),
        ("A_{i,j}", "A[i, j]"),
        ("A_{12}", "A[1, 2]"),
        (r"\text{loss}", "loss"),
        ("h^{(t)}", "h^(t)<t>"),
        ("h^{(t-1)}", "h^(t)<t - 1>"),
        ("h^{(t)}_i", "h^(t)<t>[i]"),
        ("h_i^{(t)}", "h^(t)<t>[i]"),
        ("h^{(0)}_0", "h^(0)_0"),
        ("g_{t}", "g_k<t>"),
        ("W_{hh}", "W_hh"),
        (r"W_{hh}^\top", "W_hh.T"),
        ("W_{hh}^T", "W_hh**T"),
        ("dt", "dt"),
        ("B_i^{(2)}", "B_k^(t)<i, 2>"),
        ("B^{(t)}_{1}", "B_k^(t)<1, t>"),
    ],
)
def test_a_symbol_is_found_by_its_longest_literal(tex: str, reading: str) -> None:
    """What is declared with scripts wins over an index, in either order of scripts."""
    assert shown(tex) == reading


@pytest.mark.parametrize(
    ("tex", "hint"),
    [
        (r"\sigm", "did you mean"),
        ("z", "declare it"),
        ("W_{hx}", "W_{hh}"),
        ("h", r"h^{(t)}"),
        ("x'", "declare the primed letter"),
        (r"\hat z", "did you mean"),
    ],
)
def test_what_is_not_declared_is_refused_with_what_is(tex: str, hint: str) -> None:
    """A letter or script that nobody declared is an error that names its neighbours."""
    with pytest.raises(MathError, match="not declared") as caught:
        shown(tex)
    assert hint in caught.value.hint


@pytest.mark.parametrize("tex", ["x + y", "2x", "(x)", "x^2^3", ""])
def test_a_symbol_is_printed_as_a_letter_with_scripts(tex: str) -> None:
    """`tex` of a symbol is letters and scripts, nothing else."""
    with pytest.raises(MathError):
        Problem({tex: ""}).vocabulary()


def test_two_symbols_are_printed_in_two_ways() -> None:
    """The same LaTeX for two symbols is refused, however it is spelled."""
    vocabulary = Problem({r"\hat{y}": ""}).vocabulary()
    other = Problem({r"\hat y": ""}).vocabulary().symbols["y_hat"]
    with pytest.raises(MathError, match="is both `y_hat` and `other`"):
        vocabulary.declare(type(other)("other", r"\hat y"))


def test_a_family_shows_its_index() -> None:
    """The index of a family stands in its `tex`."""
    with pytest.raises(MathError, match="the index `t` is not in"):
        Problem({"h": Sym("n", index={"t": "n"})}).vocabulary()


@pytest.mark.parametrize(
    ("script", "wanted", "items"),
    [
        ("ij", 2, ["i", "j"]),
        ("i,j", 2, ["i", "j"]),
        ("i+1,j", 2, ["i+1", "j"]),
        ("12", 2, ["1", "2"]),
        ("12", 1, ["12"]),
        ("12", None, ["12"]),
        ("i:", 2, ["i", ":"]),
        ("i+1", 1, ["i+1"]),
        ("ijk", 3, ["i", "j", "k"]),
    ],
)
def test_a_script_is_cut_into_indices(script: str, wanted: int | None, items: list[str]) -> None:
    """At commas, or token by token where that gives as many as there are axes."""
    found = index_items(list(tokens(script)), wanted)
    assert ["".join(token.text for token in item) for item in found] == items


def test_a_copy_grows_alone() -> None:
    """What is declared in a copy is not in the original."""
    vocabulary = LETTERS.vocabulary()
    other = vocabulary.copy()
    other.declare(Vocabulary().symbols.get("q") or type(other.symbols["x"])("q", "q"))
    assert "q" in other.symbols
    assert "q" not in vocabulary.symbols


@pytest.mark.parametrize(
    ("tex", "name"),
    [(r"\mathbf{h}^{(t)}", "h^(t)"), (r"\hat{y}", "y_hat"), (r"\lambda_1", "lambda_1")],
)
def test_a_name_is_the_tex_without_decoration(tex: str, name: str) -> None:
    """Symbols that a definition declares are named after their print."""
    assert readable(tex) == name


SIZES = Problem(
    {"V^{(l)}": Sym("n_l, n_{l-1}", index={"l": "L"}), "a^{(l)}": Sym("n_l", index={"l": "0..L"})},
    dims="L",
    indices={"l": "L"},
    family_dims={"n_l": {"l": "0..L"}},
)


def test_sizes_form_families() -> None:
    """Each layer has a width of its own, by which its matrices fit together."""
    SIZES.verifies(r"V^{(l)} a^{(l-1)} \in \mathbb{R}^{n_l}")
    SIZES.rejects(r"V^{(l)} a^{(l)} \in \mathbb{R}^{n_l}", "shape")
    SIZES.rejects(r"V^{(l)} \in \mathbb{R}^{n_{l-1} \times n_l}", "shape")
