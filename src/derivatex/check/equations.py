"""Every displayed relation, read from the LaTeX that is typeset and evaluated: docs/equations.md."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from derivatex.check.declarations import Declaring
from derivatex.check.finding import Findings
from derivatex.diagnostics import Diagnostic, ExitCode, did_you_mean
from derivatex.mathtex.arrays import quiet
from derivatex.mathtex.depends import dependencies, names_in
from derivatex.mathtex.diagnose import diagnose
from derivatex.mathtex.display import statements
from derivatex.mathtex.errors import Kind, MathError, unreadable
from derivatex.mathtex.judge import check
from derivatex.mathtex.mutation import Mutation, planted
from derivatex.mathtex.plain import plain
from derivatex.mathtex.reader import read_condition
from derivatex.mathtex.relation import Relation
from derivatex.mathtex.session import Session, Setting
from derivatex.mathtex.tree import Neg, Number
from derivatex.model import (
    GIVEN,
    DefineBlock,
    DeriveBlock,
    Erratum,
    ErratumBlock,
    Fault,
    MistakeBlock,
)
from derivatex.solution import Evaluated, State, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from derivatex.mathtex.arrays import Value as Array
    from derivatex.mathtex.relation import Place, Result
    from derivatex.mathtex.tree import Node, Val
    from derivatex.model import Assignment, Claim, Heading, Mistake, Problem, Step
    from derivatex.solution import Numbers, Solution
    from derivatex.tex.markup import Math, Source

KIND, MISTAKE = "relation", "mistake"
IDS = {
    Kind.FAIL: "equation",
    Kind.SHAPE: "equation-shape",
    Kind.NAN: "equation-nan",
    Kind.PARSE: "equation-parse",
    Kind.VACUOUS: "equation-vacuous",
}
STANDARD_ERRORS = 4.0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How relations are evaluated: from which seed, how often, and whether errors are planted."""

    seed: int = 0
    draws: int = 5
    mutants: bool = False


@dataclass(slots=True)
class Reading:
    """How a definition was read."""

    name: str
    text: str


@dataclass
class Equations:
    """The relations of one problem in order; `mutations` are the errors that were planted."""

    findings: Findings
    heading: Heading
    sampling: Sampling
    target: str
    mutations: list[Mutation] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Check everything; after a faulty declaration or definition nothing more can be read."""
        problem = self.findings.problem
        declaring = Declaring(self.heading, problem)
        vocabulary = declaring.made()
        if declaring.diagnostics:
            self.findings.diagnostics += declaring.diagnostics
            return
        self.session = Session(
            vocabulary,
            self.sampling.seed,
            self.sampling.draws,
            {name: as_array(self._given(name)) for name in problem.givens},
            self._value,
        )
        with quiet():
            if problem.define and not self._define(problem.define):
                return
            for block in problem.blocks():
                if isinstance(block, DefineBlock):
                    if not self._define(block.define):
                        return
                elif isinstance(block, DeriveBlock):
                    for step in block.derive:
                        self._step(step)
                elif isinstance(block, MistakeBlock):
                    self._mistake(block.mistake, block.mistake.tex)
                elif isinstance(block, ErratumBlock):
                    self._erratum(block)
        self._warn_unused(problem)

    # numbers of the problem

    def _given(self, name: str) -> Numbers:
        return self.findings.solution.values[name].numbers

    def _value(self, node: Val, is_printed: bool) -> Array:  # noqa: FBT001  # as `Instance` calls it
        """A printed value: in full, or with the digits that the page shows."""
        if node.is_published:
            held = self.findings.published(node.name)
        else:
            held = find(self.findings.solution.values, node.name)
        if held is None:
            raise unreadable(f"no value is called `{node.name}`", node.at)
        digits = int(node.digits) if node.digits.isdecimal() else None
        entries = [
            held.value.printed(indices, digits).number if is_printed else number
            for indices, number in _entries(held.value.numbers, held.entries)
        ]
        if not held.shape:
            return float(entries[0])
        shape = (*held.shape, 1) if len(held.shape) == 1 else held.shape
        return np.array(entries, dtype=float).reshape(shape)

    # blocks

    def _define(self, texts: tuple[Math, ...]) -> bool:
        """Bind definitions; False where one of them is faulty."""
        try:
            readings = self.session.define(texts)
        except MathError as error:
            text = texts[getattr(error, "source", 0)]
            self._refuse(text, error.kind, error.message, error.start, hint=error.hint)
            return False
        vocabulary = self.session.vocabulary
        for reading in readings:
            text = texts[reading.source]
            definition = vocabulary.definitions[reading.name]
            self.used |= names_in(definition.body)
            symbol = vocabulary.symbols[reading.name]
            left = plain_left(
                reading.name, definition.slots or definition.entries or definition.parameters
            )
            shown = f"{left} = {plain(definition.body, vocabulary)}"
            place = Evaluated(text.at, _row(text, reading.start), shown)
            self.findings.found(
                KIND, symbol.tex, State.DEFINITION, at=text.locate(reading.start), evaluated=place
            )
        return True

    def _step(self, step: Step) -> None:
        if not step.is_read:
            self._stand_for(step)
            return
        for relation in self._relations(step, step.tex):
            self.used |= names_in(relation.left) | names_in(relation.right)
            result = check(relation, self.session)
            if result.passed:
                self._passed(relation, result, step.tex)
            else:
                self._failed(relation, result, step.tex)

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
        if find(self.findings.solution.values, address) is None:
            message = f"the value `{address}` is not computed"
            self.findings.failed(KIND, address, message, id_="unknown-value", at=step.at)
            return False
        return True

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

    def _mistake(self, claim: Mistake, text: Math) -> None:
        """A quoted mistake must be rejected, for the reason that is stated."""
        kinds, result, relation = self._rejected(claim, text)
        if result is None:
            message = "this holds on every instance, but is quoted as a mistake"
            self.findings.failed(
                MISTAKE,
                str(text),
                message,
                id_="not-a-mistake",
                at=text.at,
                hint="remove it, or state it as it is often written",
            )
            return
        if claim.kind is not None and claim.kind.value not in kinds:
            message = f"this is no error of kind `{claim.kind.value}`"
            hint = f"the checker finds: {', '.join(f'`{it}`' for it in kinds)}"
            self.findings.failed(
                MISTAKE, str(text), message, id_="other-mistake", at=text.at, hint=hint
            )
            return
        wrong = claim.kind.value if claim.kind else kinds[0]
        self._note_rejected(MISTAKE, text, (result, relation), wrong)

    def _note_rejected(
        self, kind: str, text: Math, found: tuple[Result, Relation | None], wrong: str
    ) -> None:
        result, relation = found
        reading = relation.read_as(self.session) if relation else ""
        place = Evaluated(text.at, 0, reading, result.draws, example(result), wrong)
        detail = f"rejected: {result.message}"
        self.findings.found(
            kind, " ".join(text.split()), State.REJECTED, detail=detail, at=text.at, evaluated=place
        )

    def _rejected(
        self, claim: Claim, text: Math
    ) -> tuple[tuple[str, ...], Result | None, Relation | None]:
        """What is wrong with a quoted relation; no result where nothing is."""
        from derivatex.mathtex.relation import Result  # noqa: PLC0415

        try:
            relations = list(self._relations_of(claim, text))
        except MathError as error:
            return ("parse",), Result(failure=Kind.PARSE, message=error.message), None
        for relation in relations:
            self.used |= names_in(relation.left) | names_in(relation.right)
            if isinstance(claim, Erratum) and _is_decimal(relation.right):
                relation = replace(relation, operator="~")  # noqa: PLW2901  # as it was printed
            result = check(relation, self.session)
            if not result.passed:
                kind = getattr(claim, "kind", None)
                wanted = kind.value if isinstance(kind, Fault) else None
                found = diagnose(relation, result, self.session, wanted)
                return found.kinds, result, relation
        return (), None, None

    def _erratum(self, block: ErratumBlock) -> None:
        """What the source prints must be rejected, what is right must pass."""
        erratum = block.erratum
        kinds, result, relation = self._rejected(erratum, erratum.printed)
        if result is None:
            message = "what the source prints holds on every instance"
            self.findings.failed(
                "erratum", str(erratum.printed), message, id_="false-erratum", at=erratum.printed.at
            )
        elif result.failure is Kind.PARSE:
            self._refuse(erratum.printed, Kind.PARSE, result.message, None)
        else:
            wrong = "" if relation and relation.operator == "~" else kinds[0]
            self._note_rejected("erratum", erratum.printed, (result, relation), wrong)
        for right in self._relations(erratum, erratum.right):
            found = check(right, self.session)
            if found.passed:
                self._passed(right, found, erratum.right)
            else:
                self._failed(right, found, erratum.right)

    # relations

    def _relations(self, claim: Claim, text: Math) -> Iterator[Relation]:
        """The relations of a display; what cannot be read is refused and has none."""
        try:
            yield from list(self._relations_of(claim, text))
        except MathError as error:
            self._refuse(text, error.kind, error.message, error.start, hint=error.hint)

    def _relations_of(self, claim: Claim, text: Math) -> Iterator[Relation]:
        setting = self._setting(claim)
        for made in statements(text, self.session.vocabulary):
            left = made.left
            for letter, at in made.free.items():
                known = letter in made.left_free or letter in made.ranges
                if not known and letter not in self.session.vocabulary.indices:
                    hint = "bracket what a sum reaches over, or say for which values it holds"
                    raise unreadable(f"the index `{letter}` is not bound", at, hint)
            for link in made.links:
                yield Relation(
                    link.operator, left, link.right, made.conditions,
                    tuple(made.ranges.items()), setting, link.at,
                )  # fmt: skip
                left = link.right

    def _setting(self, claim: Claim) -> Setting:
        vocabulary = self.session.vocabulary
        where = tuple(self._condition(it) for it in claim.where)
        is_given = GIVEN in claim.solves or getattr(claim, "of", None) is not None
        unknown = {name: it for name, it in claim.solves.items() if name != GIVEN}
        solves = tuple((name, self._condition(it)) for name, it in unknown.items())
        for name in unknown:
            if name not in vocabulary.symbols:
                hint = did_you_mean(name, vocabulary.symbols)
                raise unreadable(f"`at` solves for `{name}`, which is not declared", 0, hint)
        return Setting(
            where, solves, claim.partial.value, claim.layout.value, claim.varying, is_given
        )

    def _condition(self, source: Source) -> Node:
        made = read_condition(source, self.session.vocabulary)
        self.used |= names_in(made)
        return made

    def _passed(self, relation: Relation, result: Result, text: Math) -> None:
        self.session.establish(relation)
        place = Evaluated(
            text.at, _row(text, relation.at), relation.read_as(self.session), result.draws
        )
        self.findings.found(
            KIND,
            _claim(text, relation.at),
            State(result.status),
            error=result.error,
            at=text.locate(relation.at),
            evaluated=place,
        )
        if self.sampling.mutants:
            self.mutations += planted(relation, self.session, str(text.locate(relation.at)))

    def _failed(self, relation: Relation, result: Result, text: Math) -> None:
        found = diagnose(relation, result, self.session)
        notes = [f"read as  {relation.read_as(self.session)}"]
        if result.place is not None:
            notes.append(counterexample(result))
        is_located = result.failure is Kind.PARSE and result.start is not None
        start = result.start if is_located else relation.at
        rerun = f"rerun    derivatex check {self.target} --seed {self.sampling.seed}"
        failure = result.failure or Kind.FAIL
        self._refuse(text, failure, result.message, start, hint=found.hint, notes=(*notes, rerun))

    def _refuse(  # noqa: PLR0913  # what a message is made of
        self,
        text: Math,
        kind: Kind,
        message: str,
        start: int | None,
        *,
        hint: str = "",
        notes: tuple[str, ...] = (),
    ) -> None:
        at = text.locate(start or 0)
        if kind is Kind.PARSE and start is not None:
            notes = (*_caret(text, start), *notes)
        claim = _claim(text, start or 0)
        self.findings.found(KIND, claim, State.FAILED, detail=message, at=at)
        code = ExitCode.BAD_INPUT if kind is Kind.PARSE else ExitCode.CHECK_FAILED
        self.findings.diagnostics.append(
            Diagnostic(IDS[kind], message, code, at, hint, notes=notes)
        )

    def _warn_unused(self, problem: Problem) -> None:
        """A symbol that is declared and never used is most likely misspelled somewhere."""
        vocabulary = self.session.vocabulary
        used = set(self.used)
        for name in self.used:
            used |= dependencies(name, vocabulary)
        printed = {
            name for value in self.findings.solution.values.values() for name in value.operands
        }
        for name, symbol in problem.symbols.items():
            declared = vocabulary.symbols[name]
            is_outcome = declared.is_outcome or declared.domain == "kronecker"
            if name not in used and name not in printed and not is_outcome and symbol.given is None:
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
    made = Equations(findings, heading, sampling, target)
    made.run()
    return findings, made.mutations


def as_array(numbers: Numbers) -> Array:
    """Numbers as mathtex takes them: a vector is a column."""
    made = np.array(numbers, dtype=float)
    if made.ndim == 0:
        return float(made)
    return made.reshape(-1, 1) if made.ndim == 1 else made


def _entries(
    numbers: Numbers, places: tuple[tuple[int, ...], ...]
) -> Iterator[tuple[tuple[int, ...], float]]:
    from derivatex.solution import entry  # noqa: PLC0415

    for indices in places:
        yield indices, entry(numbers, indices)


def plain_left(name: str, letters: tuple[str, ...]) -> str:
    """The left side of a definition in plain words."""
    return f"{name}({', '.join(letters)})" if letters else name


def _is_decimal(node: Node) -> bool:
    """Whether a side is a printed decimal, which is right within half a unit of its last digit."""
    inner = node.of if isinstance(node, Neg) else node
    return isinstance(inner, Number) and "." in inner.text


def counterexample(result: Result) -> str:
    """Where the sides differ, in a line."""
    place = result.place
    if place is None:
        return ""
    words = [f"draw {place.draw}"]
    words += [f"{name}={size}" for name, size in (*place.sizes, *place.letters)]
    words += [f"{name}={value:.4g}" for name, value in place.numbers]
    return "   ".join([" ".join(words), *_sides_at(place)])


def _sides_at(place: Place) -> Iterator[str]:
    """What both sides are at the entry where they differ."""
    entry = f"[{','.join(map(str, place.entry))}]" if place.entry else ""
    for side, value in (("left", place.left), ("right", place.right)):
        if value is not None:
            yield f"{side}{entry} = {value:.6g}"


def example(result: Result) -> str:
    """A counterexample for a reader of the report."""
    place = result.place
    if place is None:
        return ""
    sides = ", ".join(_sides_at(place))
    named = [f"{name} = {size}" for name, size in (*place.sizes, *place.letters)]
    named += [f"{name} = {value:.4g}" for name, value in place.numbers]
    at = f" at {', '.join(named)}" if named else ""
    return (
        f"{sides}{at} (draw {place.draw})" if sides else f"{', '.join(named)} (draw {place.draw})"
    )


def _row(text: Math, offset: int) -> int:
    """In which line of a display an offset lies, counted from 0 among those with something in."""
    starts = [0, *(end for _, end in text.scan.breaks)]
    ends = [*(start for start, _ in text.scan.breaks), len(text)]
    rows = [(s, e) for s, e in zip(starts, ends, strict=True) if text[s:e].strip()]
    return next((k for k, (s, e) in enumerate(rows) if s <= offset <= e), len(rows) - 1)


def _claim(text: Math, offset: int) -> str:
    rows = text.rows
    return " ".join(rows[min(_row(text, offset), len(rows) - 1)].split())


def _caret(text: Math, offset: int) -> tuple[str, str]:
    """The line of the text with a caret under its offending token."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : end if end >= 0 else None]
    lead = len(line) - len(line.lstrip())
    return line.strip(), " " * (offset - start - lead) + "^"
