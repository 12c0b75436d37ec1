"""LaTeX texts in which everything that is opened is closed, for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

MATRICES = ("bmatrix", "cases", "aligned")
DISPLAYS = ("align", "gather*", "equation")
LISTS = ("itemize", "center")


def _around(opener: str, inner: st.SearchStrategy[str], closer: str) -> st.SearchStrategy[str]:
    return inner.map(lambda text: f"{opener}{text}{closer}")


def _environments(names: tuple[str, ...], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(names), inner).map(
        lambda made: f"\\begin{{{made[0]}}}{made[1]}\\end{{{made[0]}}}"
    )


def _joined(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(pieces, max_size=4).map("".join)


TEXT_LEAVES = st.sampled_from(
    ["a", " b ", "12", "3.5", ", ", "\n", r"\% ", r"\{ ", r"\emph{c}", r"\val{x}", r"\ref{fig:y}"]
)
MATH_LEAVES = st.sampled_from(
    ["x", "= ", "+1", r"\alpha ", "^2", "_{ij}", r"\frac{1}{2}", r"\val[3]{x}", r"\} ", r"\sqrt2 "]
)

text: st.SearchStrategy[str] = st.deferred(lambda: _joined(_text_pieces))
math: st.SearchStrategy[str] = st.deferred(lambda: _joined(_math_pieces))
_text_pieces: st.SearchStrategy[str] = (
    TEXT_LEAVES
    | _around("{", text, "}")
    | _around(r"\textbf{", text, "}")
    | _around("$ ", math, " $ ")
    | _around(r"\(", math, r"\)")
    | _around(r"\[", math, r"\]")
    | _environments(LISTS, text)
    | _environments(DISPLAYS, math)
)
_math_pieces: st.SearchStrategy[str] = (
    MATH_LEAVES
    | _around("{", math, "}")
    | _around(r"\text{", text, "}")
    | _around(r"\left( ", math, r"\right) ")
    | _environments(MATRICES, math)
)
