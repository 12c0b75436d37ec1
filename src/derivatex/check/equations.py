"""Every displayed relation, read from the LaTeX that is typeset: see docs/equations.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivatex.check.declarations import Declaring
from derivatex.check.displays import IDS, KIND
from derivatex.check.finding import Findings, Outcome
from derivatex.check.memory import Memory
from derivatex.check.numbers import givens_of, look_up
from derivatex.check.places import row_of
from derivatex.check.quoted import Quoted
from derivatex.diagnostics import Diagnostic, ExitCode, did_you_mean
from derivatex.mathtex.arrays import quiet
from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.errors import Kind, MathError
from derivatex.mathtex.plain import plain
from derivatex.mathtex.session import Session, Setting
from derivatex.model.blocks import DefineBlock, DeriveBlock, ErratumBlock, MistakeBlock
from derivatex.solution import Evaluated, State, find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from derivatex.check.sampling import Sampling
    from derivatex.mathtex.vocabulary import Definition
    from derivatex.model.assignment import Heading, Problem
    from derivatex.model.blocks import Block, Step
    from derivatex.solution import Solution
    from derivatex.tex.markup import Math

STANDARD_ERRORS = 4.0


class Equations(Quoted):
    """The relations of one problem, in order."""

    def run(self) -> tuple[str, ...]:
        """Check everything; after a faulty definition nothing more can be read.

        Returns: the symbols that are used nowhere.
        """
        problem = self.findings.problem
        with quiet():
            if problem.define and not self._define(problem.define):
                return ()
            if not all(map(self._block, problem.blocks())):
                return ()
        return self._idle(problem)

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
            result = self.memory.checked(relation)
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

    def _idle(self, problem: Problem) -> tuple[str, ...]:
        """The symbols that no relation is made of; none where what cannot be read may use them."""
        if any(found.id == IDS[Kind.PARSE] for found in self.findings.diagnostics):
            return ()
        vocabulary = self.session.vocabulary
        used = set(self.used)
        for name in self.used:
            used |= dependencies(name, vocabulary)
        declared = {name: vocabulary.symbols[name] for name in problem.symbols}
        return tuple(
            name
            for name, it in declared.items()
            if name not in used and not it.is_outcome and it.domain != "kronecker"
        )


def check_problem(  # noqa: PLR0913, PLR0917  # what a process of its own is told
    problem: Problem,
    heading: Heading,
    solution: Solution,
    sampling: Sampling,
    target: str,
    results: Mapping[str, Any] | None = None,
) -> Outcome:
    """Check the relations of one problem.

    `target` is what to name on the command line, `results` what an earlier check remembered.
    """
    findings = Findings(problem, solution)
    declaring = Declaring(heading, problem)
    vocabulary = declaring.made()
    if declaring.diagnostics:  # without its declarations nothing can be read
        return Outcome((), tuple(declaring.diagnostics))
    session = Session(
        vocabulary, sampling.seed, sampling.draws, givens_of(findings), look_up(findings)
    )
    try:
        session.evaluator(Setting(is_given=True), 0)
    except MathError as error:
        declared = problem.symbols.get(error.symbol)
        at = declared.at if declared else problem.at
        code = ExitCode.BAD_INPUT
        found = Diagnostic("declaration", error.message, code, at, error.hint)
        return Outcome((), (found,))
    made = Equations(findings, session, sampling, target, Memory(session, results or {}))
    idle = made.run()
    return Outcome(
        tuple(findings.verdicts),
        tuple(findings.diagnostics),
        idle,
        tuple(made.mutations),
        made.memory.results,
    )


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
