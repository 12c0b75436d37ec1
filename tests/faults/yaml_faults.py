"""Faults of the YAML files and of the bibliography: each is found before anything is computed."""

from __future__ import annotations

from derivatex.diagnostics import ExitCode
from tests.faults.fault import (
    FOLDER,
    PROBLEM,
    WORKS,
    Edit,
    Fault,
    heading,
    problem,
    works,
)

ANSWER = "    answer: $x^2 = \\val{square}$\n"
SECOND_PART = "  - ▸part: a\n    question: W\n    solution: [{text: W}]\n    answer: W\n"

YAML_FAULTS = (
    problem("a misspelt key", "points: 2", "▸pionts: 2", "unknown-key", "did you mean `points`?"),
    problem("a misspelt required key", "title: A", "▸titel: A", "unknown-key", "mean `title`?"),
    problem("a duplicate key", "title: A", "title: B\n▸title: A", "duplicate-key", "on line 2"),
    problem("a tab", "  x: {given", "▸\tx: {given", "yaml-tab", "replace the tab by spaces"),
    problem("a byte that is not UTF-8", "A square", "A ▸\udcffsquare", "not-utf8", "0xff"),
    problem("a control character", "A square", "A ▸\x07square", "yaml-syntax", r"'\x07'"),
    problem("an empty file", None, "▸", "not-a-mapping", "empty"),
    problem("comments alone", None, "▸# nothing\n", "not-a-mapping", "empty"),
    problem("a list for a file", None, "▸- one\n- two\n", "not-a-mapping", "key: value"),
    problem("an alias", "title: A", "title: ▸&a A square\nstatement: *a\n#", "yaml-alias"),
    problem("a tag", "title: A", "title: ▸!!python/object:os.stat A", "yaml-tag"),
    problem("a second document", "title: A", "▸---\ntitle: A", "yaml-syntax", "one document"),
    problem("an open quote", "answer: $", "answer: ▸'$", "yaml-syntax", "close the quotes"),
    problem("a colon in plain text", "A square\n", "A square▸: b\n", "yaml-syntax", "quote"),
    problem("an unknown block", "- sanity:", "- ▸sanety:", "unknown-block", "mean `sanity`?"),
    Fault(
        "a part without an answer",
        (Edit(PROBLEM, ANSWER, ""), Edit(PROBLEM, "- part: a", "- ▸part: a")),
        ExitCode.BAD_INPUT,
        "missing-key",
        "`answer`",
    ),
    Fault(
        "a figure without alternative text",
        (Edit(PROBLEM, "        alt: A parabola.\n", ""), Edit(PROBLEM, "- fig", "- ▸fig")),
        ExitCode.BAD_INPUT,
        "missing-key",
        "`alt`",
    ),
    problem("a part twice", ANSWER, ANSWER + SECOND_PART, "duplicate-part"),
    problem("a path above", "table: both", "▸table: ../both", "path-in-yaml", "takes a name"),
    problem("an absolute path", "figure: curve", "▸figure: /etc/passwd", "path-in-yaml"),
    problem("a symbol given as text", "{given: 1.5", "{▸given: one", "bad-value", "a number"),
    problem("a symbol that is not finite", "{given: 1.5", "{▸given: .nan", "bad-value"),
    problem("points that are no number", "points: 2", "▸points: two", "bad-value"),
    problem("no time at all", "problem: 1\n", "problem: 1\n▸time_limit: 0\n", "bad-value"),
    problem("an empty title", "title: A square", "▸title: ''", "bad-value", "found nothing"),
    problem(
        "another's number", "problem: 1", "▸problem: 2", "bad-file-name", "named for problem 1"
    ),
    heading("an unknown engine", "title:", "▸engine: pdftex\ntitle:", "bad-value", "`pdflatex`?"),
    heading("a misspelt heading", "course:", "▸corse:", "unknown-key", "mean `course`?"),
    Fault(
        "a file name that is none",
        (Edit("notes.yaml", None, "problem: 2\n"),),
        ExitCode.BAD_INPUT,
        "bad-file-name",
        "<n>-<name>.yaml",
        f"{FOLDER}notes.yaml: ",
    ),
    works("a work twice", "@book{", "@book{euler1768, title = {A}}\n▸@book{", "duplicate-key"),
    works("a field without its sign", "year      =", "▹year", "bad-reference"),
    works("an undefined abbreviation", "{1768}", "▹mdcc", "bad-reference", "mdcc"),
    works("an unknown kind of work", "@book{", "▸@boek{", "bad-reference", "mean `book`?"),
    Fault(
        "a work without a title",
        (Edit(WORKS, "  title  ", "  titel  "), Edit(WORKS, "@book", "▸@book")),
        ExitCode.BAD_INPUT,
        "bad-reference",
        "title",
    ),
    works("a work not in UTF-8", "Leonhard", "L▸\udcffonhard", "not-utf8"),
    Fault(
        "a work that reads a file",
        (Edit(WORKS, "{Inst", r"{\input{/etc/passwd} Inst"), Edit(WORKS, "@book", "▸@book")),
        ExitCode.BAD_INPUT,
        "forbidden-command",
        r"`\input`",
    ),
    Fault(
        "an undefined macro in a work",
        (Edit(WORKS, "{Inst", r"{\nosuch Inst"), Edit(WORKS, "@book", "▸@book")),
        ExitCode.TEX_FAILED,
        "undefined-macro",
        r"`\nosuch`",
    ),
)
