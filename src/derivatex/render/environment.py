"""The Jinja environment: delimiters that LaTeX does not use, and escaping by type."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from derivatex.store.inputs import template_folder
from derivatex.tex.escape import escape
from derivatex.tex.markup import Fragment, RawTex

if TYPE_CHECKING:
    from jinja2.runtime import Context


@jinja2.pass_context
def finalize(context: Context, value: object) -> Markup:
    """Turn what a template prints into LaTeX, by its type.

    Plain words are escaped. An author's LaTeX must have gone through `tex`, which fills in its
    numbers: printing it directly is a bug of a template.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, RawTex):
        return Markup(str(value))  # noqa: S704  # a program made it
    if isinstance(value, Fragment):
        raise TypeError(f"a template of {context.name} prints LaTeX without `tex`: {value!r}")
    if isinstance(value, (str, int)):
        return Markup(escape(str(value)))  # noqa: S704  # escaped here, for LaTeX
    if isinstance(value, jinja2.Undefined):
        str(value)  # which raises and says what is undefined
    raise TypeError(f"a template of {context.name} prints a {type(value).__name__}: {value!r}")


@cache
def environment() -> jinja2.Environment:
    """The environment in which all templates are read; those that change are read again."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((=",
        comment_end_string="=))",
        autoescape=True,
        finalize=finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
