from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import nodes
from markupsafe import Markup

from derivatex.render.environment import environment
from derivatex.store.inputs import template_folder
from derivatex.tex.escape import escape
from derivatex.tex.markup import Math, Prose, RawTex, Text

TEMPLATES = sorted(Path(template_folder()).rglob("*.j2"))
HTML = ("&amp;", "&lt;", "&gt;", "&#34;", "&#39;")


def banned(source: str) -> list[str]:
    """What a template uses that escapes for HTML: the operator `~` and the filter `join`."""
    tree = environment().parse(source)
    found = ["~" for _ in tree.find_all(nodes.Concat)]
    return found + [it.name for it in tree.find_all(nodes.Filter) if it.name in {"join", "escape"}]


def printed(source: str, **values: object) -> str:
    """What a template prints."""
    return environment().from_string(source).render(**values)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_escapes_for_html(path: Path) -> None:
    """No template joins texts by an operator or a filter that escapes them for HTML."""
    assert banned(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('((( "a" ~ b )))', ["~"]),
        ('((( items | join(", ") )))', ["join"]),
        ("((* set x = (a ~ b) | upper *))", ["~"]),
        ("~\\ref{a} ((( a + b | length )))", []),
    ],
)
def test_what_is_banned_is_found(source: str, found: list[str]) -> None:
    """The twin: the operator and the filter are found wherever they stand, LaTeX's `~` is not."""
    assert banned(source) == found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_can_be_loaded(path: Path) -> None:
    """Every template is found by its name and compiles."""
    name = path.relative_to(template_folder()).as_posix()
    assert environment().get_template(name).name == name


@given(words=st.text())
def test_plain_words_are_escaped_for_latex(words: str) -> None:
    """Plain words reach the page escaped for LaTeX and never for HTML, wherever they come from."""
    assert printed("((( a )))", a=words) == escape(words)
    assert printed("((( a )))", a=Text(words)) == escape(words)
    macro = "((* macro m(x) *))((( x )))((* endmacro *))((( m(a) )))"
    assert printed(macro, a=words) == escape(words)


def test_no_html_reaches_the_page() -> None:
    """The characters that HTML escapes are escaped as LaTeX wants it."""
    made = printed("((( a ))) ((( 'b & c' )))", a="<&>\"'")
    assert not [entity for entity in HTML if entity in made]
    assert made.endswith(r"b \& c")


@pytest.mark.parametrize("made", [Markup(r"\alpha_1"), RawTex(r"\alpha_1")])
def test_made_latex_passes_as_it_is(made: object) -> None:
    """LaTeX that was made by us, or by a module, is printed unchanged."""
    assert printed("((( a )))", a=made) == r"\alpha_1"


@pytest.mark.parametrize("wrong", [Prose("a"), Math("x"), 1.5, None, ["a"], ("a",)])
def test_what_has_no_form_is_a_bug(wrong: object) -> None:
    """The twin: an author's LaTeX with its gaps unfilled, and things with no form, are refused."""
    with pytest.raises(TypeError):
        printed("((( a )))", a=wrong)


def test_what_is_not_given_is_a_bug() -> None:
    """A name that a template misspells is refused, not printed as nothing."""
    with pytest.raises(jinja2.UndefinedError, match="titel"):
        printed("((( titel )))", title="a")


def test_whole_numbers_are_printed() -> None:
    """A count needs no notation: it is printed as it is."""
    assert printed("((( a )))", a=12) == "12"


def test_latex_is_no_template() -> None:
    """Braces, per cents and hashes of LaTeX are left alone by the template engine."""
    tex = r"\newcommand{\a}[1]{{#1}} {% x %} {{ y }} {# z #}"
    assert printed(tex) == tex
