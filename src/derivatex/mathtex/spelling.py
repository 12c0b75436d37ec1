"""Which commands of LaTeX mathematics are skipped, and which are the same as another."""

from __future__ import annotations

SKIPPED = frozenset(
    [
        r",",
        r";",
        r":",
        r"!",
        r"/",
        r">",
        r"left",
        r"right",
        r"middle",
        r"displaystyle",
        r"textstyle",
        r"scriptstyle",
        r"limits",
        r"nolimits",
        r"nonumber",
        r"notag",
        r"big",
        r"Big",
        r"bigg",
        r"Bigg",
        r"bigl",
        r"Bigl",
        r"biggl",
        r"Biggl",
        r"bigr",
        r"Bigr",
        r"biggr",
        r"Biggr",
        r"bigm",
        r"Bigm",
        r"biggm",
        r"Biggm",
        r"allowbreak",
        r"mathstrut",
        r"strut",
        r"thinspace",
        r"negthinspace",
        r"medspace",
        r"thickspace",
        r"enspace",
        r"displaybreak",
        r"noindent",
        r"mathop",
        r"mathrel",
        r"mathbin",
        r"mathopen",
        r"mathclose",
        r"mathord",
        r"smash",
        r"mathstrut",
        r"relax",
        r"nobreak",
    ]
) | {" ", "\n"}
SKIPPED_WITH_ARGUMENT = frozenset(
    [
        "label",
        "tag",
        "tag*",
        "hspace",
        "hspace*",
        "vspace",
        "vspace*",
        "phantom",
        "hphantom",
        "vphantom",
        "color",
        "needspace",
    ]
)
GAPS = {"quad", "qquad"}
UNWRAPPED = frozenset(
    [
        "substack",
        "boxed",
        "fbox",
        "underbrace",
        "overbrace",
        "underline",
        "mathclap",
        "mathrlap",
        "ensuremath",
    ]
)
ALIGNMENTS = frozenset(
    ["aligned", "split", "gathered", "align", "align*", "gather", "gather*", "alignedat"]
)
WORDS = frozenset(
    [
        "operatorname",
        "operatorname*",
        "mathrm",
        "text",
        "textrm",
        "textnormal",
        "textit",
        "mbox",
        "rm",
    ]
)
ACCENTS = frozenset(
    [
        "hat",
        "widehat",
        "tilde",
        "widetilde",
        "bar",
        "overline",
        "vec",
        "dot",
        "ddot",
        "check",
        "breve",
        "acute",
        "grave",
        "mathring",
        "mathbf",
        "boldsymbol",
        "bm",
        "mathcal",
        "mathbb",
        "mathfrak",
        "mathscr",
        "mathsf",
        "mathit",
        "mathtt",
        "mathbfit",
    ]
)
SAME = {
    "lVert": "|", "rVert": "|", "Vert": "|", "geq": "ge", "geqslant": "ge", "leq": "le",
    "leqslant": "le", "neq": "ne", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac",
    "dots": "dots", "ldots": "dots", "cdots": "dots", "dotsc": "dots", "dotsb": "dots",
    "vdots": "dots", "lbrace": "{", "rbrace": "}", "intercal": "top", "bm": "boldsymbol",
    "rightarrow": "to", "longrightarrow": "to", "Leftrightarrow": "iff", "Rightarrow": "implies",
    "Longleftrightarrow": "iff", "Longrightarrow": "implies", "triangleq": "coloneqq",
    "equiv": "coloneqq", "coloneq": "coloneqq", "tbinom": "binom", "dbinom": "binom",
    "lbrack": "[", "rbrack": "]", "degree": "circ",
}  # fmt: skip
PLAIN = {
    "lvert": "|", "rvert": "|", "vert": "|", "lt": "<", "gt": ">", "ast": "*", "prime": "'",
    "colon": ":", "lparen": "(", "rparen": ")", "lbrack": "[", "rbrack": "]", "lq": "`",
}  # fmt: skip
SIDES = {
    "left": "l", "bigl": "l", "Bigl": "l", "biggl": "l", "Biggl": "l", "lVert": "l", "lvert": "l",
    "right": "r", "bigr": "r", "Bigr": "r", "biggr": "r", "Biggr": "r", "rVert": "r", "rvert": "r",
    "middle": "m", "bigm": "m", "Bigm": "m", "biggm": "m", "Biggm": "m",
}  # fmt: skip
SINGLE_DIGITS = {"frac": 2, "binom": 2, "sqrt": 1}
