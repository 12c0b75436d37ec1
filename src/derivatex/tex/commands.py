r"""Which commands and environments an author may write, and which never reach TeX.

YAML text is data, not a program: what can define macros, build command names, open files or run
programs is refused by name, and environments are named one by one, because `\\begin{x}` runs `\\x`.
"""

from __future__ import annotations

import re

DEFINING = (
    "def edef gdef xdef let futurelet chardef mathchardef countdef dimendef skipdef muskipdef "
    "toksdef font global long outer loop repeat addtocounter stepcounter refstepcounter appto "
    "eappto gappto xappto preto"
)
NAMING = (
    "csname endcsname expandafter noexpand string meaning scantokens catcode lccode uccode active "
    "makeatletter makeatother ExplSyntaxOn ExplSyntaxOff UseName lowercase uppercase endlinechar "
    "escapechar newlinechar everyhbox everyvbox everycr everyeof everypar interactionmode "
    "afterassignment aftergroup everymath everydisplay everyjob output ifcsname"
)
COMPUTING = (
    "the number numexpr dimexpr glueexpr fpeval inteval dimeval skipeval today year month day "
    "time romannumeral jobname inputlineno arabic roman alph value"
)
REACHING = (
    "input include includeonly InputIfFileExists IfFileExists openin openout read write immediate "
    "newread newwrite closein closeout usepackage RequirePackage documentclass includegraphics "
    "lstinputlisting verbatiminput bibliography bibliographystyle special pdfobj pdfliteral "
    "pdfcatalog pdfinfo pdfshellescape pdffiledump pdfximage pdfextension shellescape directlua "
    "latelua luaexec luadirect luacode luafunction attachfile message errmessage typeout showthe "
    "show dump endinput enddocument stop batchmode errorstopmode scrollmode nonstopmode "
    "tracingall pgfimage pgfdeclareimage usetikzlibrary usepgflibrary pdfmdfivesum pdffilesize "
    "pdffilemoddate XeTeXpicfile XeTeXpdffile LoadClass typein pdfoutput pdfdraftmode pdfmapfile "
    "pdfmapline shipout graphicspath bgroup egroup begingroup endgroup LoadClassWithOptions tikz "
    "tikzset pgfkeys pgfqkeys foreach"
)
FORBIDDEN = frozenset(f"{DEFINING} {NAMING} {COMPUTING} {REACHING}".split())
MAKING = re.compile(  # families of commands that define, decide, or act elsewhere on the page
    r"if|(re)?new[a-z]|New[A-Z]|Renew|[Pp]rovide|Declare|AddTo|At(Begin|End)|set(counter|length)"
    r"|listof|tableofcontents"
)
HARMLESS = frozenset({"iff", "newline", "newpage"})

MATH_ENVIRONMENTS = frozenset(
    [
        "equation",
        "equation*",
        "align",
        "align*",
        "alignat",
        "alignat*",
        "gather",
        "gather*",
        "multline",
        "multline*",
        "split",
        "aligned",
        "alignedat",
        "gathered",
        "cases",
        "dcases",
        "rcases",
        "array",
        "matrix",
        "pmatrix",
        "bmatrix",
        "Bmatrix",
        "vmatrix",
        "Vmatrix",
        "smallmatrix",
    ]
)
TEXT_ENVIRONMENTS = frozenset(["itemize", "enumerate", "description", "center", "quote", "tabular"])
ENVIRONMENTS = MATH_ENVIRONMENTS | TEXT_ENVIRONMENTS
ALIGNING = (MATH_ENVIRONMENTS - {"equation", "equation*", "multline", "multline*"}) | {"tabular"}
WITH_COLUMNS = frozenset({"array", "tabular", "alignat", "alignat*", "alignedat"})

TEXT_COMMANDS = frozenset(
    [
        "text",
        "textrm",
        "textbf",
        "textit",
        "textsf",
        "texttt",
        "textsc",
        "textnormal",
        "mbox",
        "fbox",
        "intertext",
        "shortintertext",
        "emph",
        "underline",
    ]
)  # their argument is in text mode, but for what `$` opens
OPAQUE = frozenset(
    [
        "val",
        "published",
        "ref",
        "eqref",
        "pageref",
        "cite",
        "label",
        "tag",
        "url",
        "hspace",
        "vspace",
        "hspace*",
        "vspace*",
        "color",
        "textcolor",
        "href",
        "hyperref",
        "phantomsection",
        "needspace",
    ]
)  # their argument is a name, a tag, an address or a length: not read further
SINGLE_DIGITS = {"frac": 2, "tfrac": 2, "dfrac": 2, "binom": 2, "sqrt": 1}
LINKS = ("https://", "http://", "mailto:")


def is_forbidden(name: str) -> bool:
    """Whether a command, without its backslash and star, must not reach TeX."""
    return name in FORBIDDEN or (bool(MAKING.match(name)) and name not in HARMLESS)
