"""Faults of formulas and of what they are read by: each message says what to write instead."""

from __future__ import annotations

from derivatex.diagnostics import ExitCode
from tests.faults.fault import PROBLEM, Edit, Fault

DIMS = """\
dims: {n: {}, m: {}}
indices: {i: n}
"""
SYMBOLS = r"""
  v: {tex: '\mathbf{v}', shape: [n]}
  W: {shape: [m, n]}
  A: {shape: [n, n]}
  B: {shape: [n, n]}
  C: {shape: [n, n]}
  a: {}
  b: {}
  c: {domain: positive}
  s: {tex: '\sigma'}
  z: {outcome: []}
"""
STEP = """\
      - derive:
          - tex: |
              {}
            because: It is.
"""
MISTAKE = """\
      - mistake:
          tex: {}
          why: It is.
"""
WORDS = "put words into `because`, or give the step `unverified: reason`"


def _declared(*more: Edit, symbols: str = SYMBOLS, dims: str = DIMS) -> tuple[Edit, ...]:
    """Edits that declare a few letters, and others."""
    given = "  x: {given: 1.5}\n"
    return (
        Edit(PROBLEM, "title: A square\n", f"title: A square\n{dims}"),
        Edit(PROBLEM, given, given + symbols.lstrip("\n")),
        *more,
    )


def _block(block: str) -> Edit:
    """Put a block before the table."""
    return Edit(PROBLEM, "      - table: both\n", f"{block}      - table: both\n")


def _unread(name: str, tex: str, says: str, keys: str = "") -> Fault:
    """Make a display that cannot be read."""
    keys = keys and f"            {keys}\n"
    edits = _declared(_block(STEP.format(tex) + keys))
    return Fault(name, edits, ExitCode.BAD_INPUT, "equation-parse", says)


def _false(name: str, tex: str, id_: str, says: str, keys: str = "") -> Fault:
    """Make a display that can be read, and is not right."""
    keys = keys and f"            {keys}\n"
    edits = _declared(_block(STEP.format(tex) + keys))
    return Fault(name, edits, ExitCode.CHECK_FAILED, id_, says)


def _misdeclared(name: str, old: str, new: str, says: str, dims: str = DIMS) -> Fault:
    """Make a declaration that cannot be understood."""
    assert SYMBOLS.count(old) == 1, old
    edits = _declared(symbols=SYMBOLS.replace(old, new), dims=dims)
    return Fault(name, edits, ExitCode.BAD_INPUT, "declaration", says)


EQUATION_FAULTS = (
    # letters
    _unread("an undeclared symbol", "a &= ▸q + a", "declare it under `symbols`, or define it"),
    _unread("an undeclared command", r"a &= ▸\rho a", r"define: ['\rho = …']"),
    _unread("a subscript that is a name", r"a &= \mathbf{v}_▸a", r"tex: '\mathbf{v}_{a}'"),
    _unread("an index of a number", "a &= a▸_i", "declare `a_i` as a symbol of its own"),
    _unread("an index that nothing binds", r"a &= \mathbf{v}_▸k", "bracket what a sum reaches"),
    _unread("a power that is a family", "a &= a^{▸(i)}", "declare the letter as a family"),
    Fault(
        "a deviation that is called as a function",
        _declared(_block(STEP.format(r"\sigma(u) = \frac{1}{1 + e^{-u}}"))),
        ExitCode.BAD_INPUT,
        "equation-parse",
        "`u` is not declared",
        "solutions/demo/1-square.yaml:33:",
    ),
    Fault(
        "a deviation that is defined as a function",
        _declared(_block("      - define: '\\sigma(▸u) = \\frac{1}{1 + e^{-u}}'\n")),
        ExitCode.BAD_INPUT,
        "equation-parse",
        "call one of them otherwise",
    ),
    # signs
    _unread("a missing bracket", "a &= a ▸(b + a", "`(` is never closed"),
    _unread("a bare exp", "c &= ▸exp(a)", r"write `\exp`"),
    _unread("a function that there is not", r"a &= ▸\operatorname{foo}(a)", "`foo`"),
    _unread("a product beside one by entries", r"A &= A B ▸\odot C", r"write `(A B) \odot C`"),
    _unread("a quotient of two readings", "a &= a▸/bc", r"`\frac{a}{bc}`"),
    _unread("a logarithm of two readings", r"a &= ▸\log cb", r"`(\log a)\,b`"),
    _unread("a norm of a matrix", r"a &= ▸\|W\|", r"write `\|W\|_F`"),
    _unread("words in a display", r"a &= a ▸\text{ by the rule of signs}", WORDS),
    _unread("a display without a relation", "▸a + b", "a display states relations"),
    _unread("a relation without a side", r"a &▸= \\", "a side of this relation is missing"),
    _unread("brackets too deep", "a &= " + "(" * 21 + "▸" + "(" * 40 + "a" + ")" * 61, "brackets"),
    _unread("a proportion to nothing", r"a b &▸\propto a", "give the step `varying: x`"),
    # shapes
    _false(
        "a vector against a matrix",
        r"\mathbf{v}^\top \mathbf{v} &▸= A",
        "equation-shape",
        r"for a column, `x^\top x` is a number and `x x^\top` a matrix",
    ),
    _false(
        "a product of wrong shapes",
        r"W^\top \mathbf{v} &▸= \mathbf{v}",
        "equation-shape",
        "transposing the left factor would fit",
    ),
    _false(
        "a number plus a vector",
        r"\mathbf{v} + 1 &▸= \mathbf{v}",
        "equation-shape",
        r"declare `\mathbf{1}` with `domain: ones`",
    ),
    # truth
    _false("a wrong sign", "a + b &▸= a - b", "equation", "the sign of the second term"),
    _false("a wrong factor", "a + a &▸= a", "equation", "twice the whole"),
    _false("a logarithm of a negative", r"\log(-c) &▸= a", "equation-nan", "undefined"),
    _false(
        "a condition that never holds",
        "a &▸= b",
        "equation-vacuous",
        "no instance satisfies `where`",
        "where: ['c < 0']",
    ),
    _false(
        "an equation without a solution",
        "a &▸= b",
        "equation-vacuous",
        "no solution of `at`",
        "at: {a: 'a^2 = -1 - b^2'}",
    ),
    Fault(
        "a mistake that is none",
        _declared(_block(MISTAKE.format("▸a + b = b + a"))),
        ExitCode.CHECK_FAILED,
        "not-a-mistake",
        "remove it, or state it as it is often written",
    ),
    Fault(
        "a mistake of another kind",
        _declared(_block(MISTAKE.format("▸a + b = a - b") + "          kind: factor\n")),
        ExitCode.CHECK_FAILED,
        "other-mistake",
        "the checker finds: `sign`",
    ),
    Fault(
        "a kind of mistake that there is not",
        _declared(_block(MISTAKE.format("a + b = a - b") + "          ▸kind: sgn\n")),
        ExitCode.BAD_INPUT,
        "bad-value",
        "did you mean `sign`?",
    ),
    # declarations
    _misdeclared("a wrong domain", "c: {", "c: ▹{domain: positiv} #", "mean `positive`?"),
    _misdeclared("a law of no outcome", "  z: {", "  p: ▹{law: a}\n  z: {", "`outcome: []`"),
    _misdeclared("two letters alike", "  b: {}", "  b: ▹{tex: a}", "print one of them otherwise"),
    _misdeclared("a size that is a symbol", "  b: {}", "  n: ▹{}\n  b: {}", "keep one of them"),
    Fault(
        "an index that is a symbol",
        _declared(dims="dims: {n: {}, m: {}}\nindices: {a: ▹n}\n"),
        ExitCode.BAD_INPUT,
        "declaration",
        "call one of them otherwise",
    ),
    Fault(
        "an index of no range",
        _declared(dims="dims: {n: {}, m: {}}\nindices: {i: ▹N}\n"),
        ExitCode.BAD_INPUT,
        "declaration",
        "`N` is not declared",
    ),
    Fault(
        "dims with a typo",
        _declared(dims="dims: {n: {}, m: {▸leest: n}}\n"),
        ExitCode.BAD_INPUT,
        "unknown-key",
        "did you mean `least`?",
    ),
    Fault(
        "a misspelt dims",
        _declared(dims="▸dimz: {n: {}, m: {}}\n"),
        ExitCode.BAD_INPUT,
        "unknown-key",
        "did you mean `dims`?",
    ),
    Fault(
        "another layout",
        _declared(_block(STEP.format("a &= a + b - b") + "            ▸layout: numrator\n")),
        ExitCode.BAD_INPUT,
        "bad-value",
        "did you mean `numerator`?",
    ),
    Fault(
        "a pair that is not computed",
        _declared(
            _block(
                STEP.replace("- tex", "- ▹tex").format("a &= {}") + "            paired: squere\n"
            )
        ),
        ExitCode.CHECK_FAILED,
        "unknown-value",
        "squere",
    ),
)
