"""Faults of the LaTeX in the YAML: some are refused by name, the others are found by TeX."""

from __future__ import annotations

from tests.faults.fault import Fault, problem, typeset

LONG = "x^2" + "-x^2+x^2" * 20


def _refused(name: str, tex: str, id_: str, says: str = "") -> Fault:
    """Make a fault in the middle of a sentence that is refused before TeX runs."""
    return problem(name, "We multiply", f"We {tex} multiply", id_, says)


def _found(name: str, tex: str, id_: str, says: str = "") -> Fault:
    """Make a fault in the middle of a sentence that TeX finds."""
    return typeset(name, "We multiply", f"{tex} multiply", id_, says)


def _forbidden(tex: str) -> Fault:
    """Make a command that no author needs and that harms."""
    return _refused(tex, f"▸{tex}", "forbidden-command")


TEX_FAULTS = (
    _refused("an unbalanced brace", "▸{", "unbalanced", "`{` is never closed"),
    _refused("a brace that closes nothing", "▸}", "unbalanced", "closes nothing"),
    _refused("a formula in a brace", r"\emph{$x▸}$", "unbalanced", "`$` is still open"),
    _refused("a formula that never ends", r"▸\(x", "unbalanced", "never closed"),
    _refused("a parenthesis that never ends", r"$\left( x▸$", "unbalanced"),
    _refused("a value without its name", r"▸\val", "unbalanced", "needs its argument"),
    _forbidden(r"\write18{ls}"),
    _forbidden(r"\immediate"),
    _forbidden(r"\input{/etc/passwd}"),
    _forbidden(r"\include{x}"),
    _forbidden(r"\csname"),
    _forbidden(r"\egroup"),
    _forbidden(r"\directlua{os.exit()}"),
    _forbidden(r"\catcode"),
    _forbidden(r"\def"),
    _forbidden(r"\newcommand{\x}{}"),
    _forbidden("^^5cinput{x}"),
    _forbidden(r"\iffalse"),
    _forbidden(r"\typein{x}"),
    _forbidden(r"\endlinechar=0 "),
    _forbidden(r"\everyhbox{x}"),
    _forbidden(r"\pdfoutput=0 "),
    _refused("an environment that is a command", r"▸\begin{input}", "unknown-environment"),
    _refused(
        "an undefined environment",
        r"▸\begin{itemise}x\end{itemise}",
        "unknown-environment",
        "did you mean `itemize`?",
    ),
    _refused("an unescaped %", "▸% and", "comment", r"write \%"),
    _refused("an unescaped &", "▸& and", "stray-character", r"write \&"),
    _refused("an unescaped #", "▸# and", "stray-character", r"write \#"),
    _refused("an unescaped _", "a▸_b", "stray-character", r"write \_"),
    _refused("two dollars", "▸$$x$$", "display-dollars"),
    _refused("a link that runs", r"▸\href{javascript:alert()}{x}", "forbidden-link", "https://"),
    _refused("an address that is a file", r"▸\url{file:///etc/passwd}", "forbidden-link"),
    _found("an undefined macro", r"We ▸\nosuch", "undefined-macro", r"`\nosuch`"),
    _found("an undefined macro in a formula", r"$x▸\nosuch$", "undefined-macro"),
    _found("an undefined macro in an argument", r"a\footnote{▸\nosuch}", "undefined-macro"),
    _found("a character without a glyph", "▸We ☃", "tex-error", "U+2603"),
    _found("two superscripts", "▸We $x^a^b$", "tex-error", "Double superscript"),
    _found("a fraction without its lower half", r"▸We $\frac{1}$", "tex-error"),
    _found("a condition that closes nothing", r"▸We \fi", "tex-error"),
    _found("a list without entries", r"▸We \begin{itemize}\end{itemize}", "tex-error"),
    _found("a row too long", r"▸We \begin{tabular}{l}a&b\end{tabular}", "tex-error"),
    _found("a word too long", "▸" + "x" * 150, "overfull"),
    typeset("a formula too long", r"'x^2 &= x", rf"'▸x^2 &= {LONG} = x", "overfull"),
)
