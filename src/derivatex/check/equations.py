"""Every displayed relation, read from the LaTeX that is typeset: see docs/equations.md."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from derivatex.check.declarations import Declaring
from derivatex.check.displays import IDS, KIND, Sampling
from derivatex.check.finding import Findings
from derivatex.check.numbers import givens_of, look_up
from derivatex.check.places import row_of
from derivatex.check.quoted import Quoted
from derivatex.check.texts import printed_addresses
from derivatex.diagnostics import Diagnostic, ExitCode, did_you_mean
from derivatex.mathtex.arrays import quiet
from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.judge import check
from derivatex.mathtex.plain import plain
from derivatex.mathtex.session import Session, Setting
from derivatex.model.blocks import DefineBlock, DeriveBlock, ErratumBlock, MistakeBlock
from derivatex.solution import Evaluated, State, find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derivatex.mathtex.mutation import Mutation
    from derivatex.mathtex.vocabulary import Definition
    from derivatex.model.assignment import Assignment, Heading, Problem
    from derivatex.model.blocks import Block, Step
    from derivatex.solution import Solution
    from derivatex.tex.markup import Math

STANDARD_ERRORS = 4.0


class Equations(Quoted):
    """The relations of one problem, in order."""

    def run(self) -> None:
        """Check everything; after a faulty definition nothing more can be read."""
        problem = self.findings.problem
        with quiet():
            if problem.define and not self._define(problem.define):
                return
            if not all(map(self._block, problem.blocks())):
                return
        self._warn_unused(problem)

    def _block(self, block: Block) -> bool:
        """Check a block; False where what follows cannot be read any more."""
        if isinstance(block, DefineBlock):
            return self._define(block.define)
        if isinstance(block, DeriveBlock):
            for step in block.derive:
                self._step(step)
        elif isinstance(block, MistakeBlock):
            self.mistake(block.mistake)
        elif isinstance(block, ErratumBlock):
            self.erratum(block.erratum)
        return True

    def _define(self, texts: tuple[Math, ...]) -> bool:
        """Bind definitions; False where one of them is faulty."""
        try:
            readings = self.session.define(texts)
        except MathError as error:
            text = texts[error.source or 0]
            self.refuse(text, error.kind, error.message, error.start, hint=error.hint)
            return False
        vocabulary = self.session.vocabulary
        for reading in readings:
            text = texts[reading.source]
            definition = vocabulary.definitions[reading.name]
            self.used |= names_in(definition.body)
            symbol = vocabulary.symbols[reading.name]
            left = plain_left(definition)
            shown = f"{left} = {plain(definition.body, vocabulary)}"
            place = Evaluated(text.at, row_of(text, reading.start), shown)
            self.findings.found(
                KIND, symbol.tex, State.DEFINITION, at=text.locate(reading.start), evaluated=place
            )
        return True

    def _step(self, step: Step) -> None:
        if not step.is_read:
            self._stand_for(step)
            return
        for relation in self.relations(step, step.tex):
            self.used |= names_in(relation.left) | names_in(relation.right)
            result = check(relation, self.session)
            if result.passed:
                self.passed(relation, result, step.tex)
            else:
                self.failed(relation, result, step.tex)

    def _stand_for(self, step: Step) -> None:
        """Give lines that are not read the status of what stands in for reading them."""
        state, detail = State.UNVERIFIED, str(step.unverified or "")
        if step.cited:
            state, detail = State.CITED, str(step.cited)
        elif step.paired:
            state, detail = State.PAIRED, str(step.paired)
            if not self._names_value(step.paired, step):
                return
        elif step.simulated:
            state, detail = State.SIMULATED, str(step.simulated)
            if not self._is_simulated(step):
                return
        for number, row in enumerate(step.tex.rows):
            claim = " ".join(row.split())
            place = Evaluated(step.tex.at, number)
            self.findings.found(KIND, claim, state, detail=detail, at=row.at, evaluated=place)

    def _names_value(self, address: str, step: Step) -> bool:
        held = find(self.findings.solution.values, address)
        if held is not None and not held.value.is_given:
            return True
        message = f"the value `{address}` is not computed"
        if held is not None:
            message = f"`{address}` is given: no second route says the same"
        hint = did_you_mean(address, self.findings.solution.values)
        self.findings.failed(KIND, address, message, id_="unknown-value", at=step.at, hint=hint)
        return False

    def _is_simulated(self, step: Step) -> bool:
        """Whether a simulated estimate lies within its standard errors of what is claimed."""
        address = str(step.simulated)
        held = [
            find(self.findings.solution.values, f"{address}.{it}")
            for it in ("estimate", "error", "claim")
        ]
        if any(it is None for it in held):
            message = f"`{address}` is no record of `estimate`, `error` and `claim`"
            self.findings.failed(KIND, address, message, id_="unknown-value", at=step.at)
            return False
        estimate, error, claim = (float(it.value.numbers) for it in held if it)  # type: ignore[arg-type]
        if not abs(estimate - claim) <= STANDARD_ERRORS * error:
            message = f"the simulation gives {estimate:.6g} ± {error:.2g}, claimed is {claim:.6g}"
            self.findings.failed(KIND, address, message, id_="simulation", at=step.at)
            return False
        return True

    def _warn_unused(self, problem: Problem) -> None:
        """A symbol that is declared and never used is most likely misspelled somewhere."""
        vocabulary = self.session.vocabulary
        used = set(self.used)
        for name in self.used:
            used |= dependencies(name, vocabulary)
        if any(found.id == IDS[Kind.PARSE] for found in self.findings.diagnostics):
            return  # what cannot be read may use it
        used |= printed_addresses(self.findings)
        for value in self.findings.solution.values.values():
            used |= set(value.operands)
        for figure in self.findings.solution.figures.values():
            used |= set(figure.operands)
        for name, symbol in problem.symbols.items():
            declared = vocabulary.symbols[name]
            is_outcome = declared.is_outcome or declared.domain == "kronecker"
            if name not in used and not is_outcome:
                message = f"the symbol `{name}` is declared and never used"
                self.findings.warned(
                    "never-used", message, symbol.at, "remove it, or is it spelled otherwise?"
                )


def check_equations(
    assignment: Assignment, solutions: Sequence[Solution], sampling: Sampling, jobs: int
) -> list[tuple[Findings, list[Mutation]]]:
    """Check the relations of every problem that was computed, several problems side by side."""
    problems = {problem.problem: problem for problem in assignment.problems}
    tasks = [
        (problems[solution.problem], assignment.heading, solution, sampling,
         f"{assignment.slug}/{solution.problem}")
        for solution in solutions
    ]  # fmt: skip
    if jobs < 2 or len(tasks) < 2:  # noqa: PLR2004
        return [check_problem(*task) for task in tasks]
    with ProcessPoolExecutor(min(jobs, len(tasks)), get_context("forkserver")) as pool:
        return list(pool.map(check_problem, *zip(*tasks, strict=True)))


def check_problem(
    problem: Problem, heading: Heading, solution: Solution, sampling: Sampling, target: str
) -> tuple[Findings, list[Mutation]]:
    """Check the relations of one problem; `target` is what to name on the command line."""
    findings = Findings(problem, solution)
    declaring = Declaring(heading, problem)
    vocabulary = declaring.made()
    if declaring.diagnostics:  # without its declarations nothing can be read
        findings.diagnostics += declaring.diagnostics
        return findings, []
    session = Session(
        vocabulary, sampling.seed, sampling.draws, givens_of(findings), look_up(findings)
    )
    try:
        session.evaluator(Setting(is_given=True), 0)
    except MathError as error:
        declared = problem.symbols.get(error.symbol)
        at = declared.at if declared else problem.at
        code = ExitCode.BAD_INPUT
        findings.diagnostics.append(Diagnostic("declaration", error.message, code, at, error.hint))
        return findings, []
    made = Equations(findings, session, sampling, target)
    made.run()
    return findings, made.mutations


def plain_left(definition: Definition) -> str:
    """The left side of a definition in plain words."""
    for letters, brackets in (
        (definition.slots, "<>"),
        (definition.entries, "[]"),
        (definition.parameters, "()"),
    ):
        if letters:
            return f"{definition.name}{brackets[0]}{', '.join(letters)}{brackets[1]}"
    return definition.name
