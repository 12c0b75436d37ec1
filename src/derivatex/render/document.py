"""A `Checked` to a `Document`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivatex.document import Document
from derivatex.render.environment import environment
from derivatex.render.marks import Marks
from derivatex.render.markup import markup
from derivatex.render.pages import figure_file, problem_page
from derivatex.render.relations import Statuses
from derivatex.render.summary import summary
from derivatex.render.typesetter import Typesetter
from derivatex.solution import citations
from derivatex.tex.escape import escape

if TYPE_CHECKING:
    from markupsafe import Markup

    from derivatex.solution import Checked
    from derivatex.tex.markup import Text


MOST_KEPT_LINES = 20  # of a list of references that is kept on one page


def render(checked: Checked, *, is_handout: bool = False, only: str | None = None) -> Document:
    """Write the LaTeX of a report, or of its questions alone; `only` says which problems it has.

    Only what was checked can come here: there is no other way to a `Checked`.
    """
    assignment = checked.assignment
    marks, before = Marks(), preamble()
    typesetters = [
        Typesetter(problem, solution, marks, Statuses(checked.verdicts, problem.problem))
        for problem, solution in zip(assignment.problems, checked.solutions, strict=True)
    ]
    pages = [
        problem_page(problem, solution, typeset, is_handout=is_handout)
        for problem, solution, typeset in zip(
            assignment.problems, checked.solutions, typesetters, strict=True
        )
    ]
    template = environment().get_template("report.tex.j2")
    cited = {key for key, _ in citations(assignment, checked.solutions, is_handout=is_handout)}
    works = [work for work in assignment.references if work.key in cited]
    rendered = template.render(
        name=assignment.heading.title,
        title=_marked(marks, assignment.heading.title),
        course=_marked(marks, assignment.heading.course) if assignment.heading.course else None,
        source=typesetters[0].tex(assignment.heading.source),
        only=only.replace("-", " to ") if only else None,
        subject=assignment.slug,
        problems=pages,
        summary=None if is_handout else summary(checked, typesetters),
        references=[(work.key, markup(marks.mark(work.at) + work.tex)) for work in works],
        references_lines=min(4 + 3 * len(works), MOST_KEPT_LINES),
        is_handout=is_handout,
        by_derivatex=markup(marks.unmarked()),
    )
    tex, origins = marks.taken_out(before + rendered)
    return Document(
        tex=tex,
        preamble=before,
        files={} if is_handout else _files(checked),
        origins=origins,
        printed=tuple(plain for typeset in typesetters for plain in typeset.printed),
        headings=(assignment.heading.title, *(page.heading for page in pages)),
    )


def preamble() -> str:
    """What every report starts with."""
    return environment().get_template("preamble.tex.j2").render()


def _marked(marks: Marks, words: Text) -> Markup:
    """Plain words as LaTeX, marked with their place."""
    return markup(marks.mark(words.at) + escape(words))


def _files(checked: Checked) -> dict[str, bytes]:
    return {
        figure_file(solution.problem, figure.name): figure.pdf
        for solution in checked.solutions
        for figure in solution.figures.values()
        if figure.pdf
    }
