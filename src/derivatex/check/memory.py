"""What was found about a relation is found again by everything that it depends on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from derivatex.mathtex.claimed import confirm
from derivatex.mathtex.diagnose import Diagnosis, diagnose
from derivatex.mathtex.judge import check
from derivatex.mathtex.scope import by_content
from derivatex.mathtex.tree import Val
from derivatex.mathtex.walk import walk
from derivatex.store.inputs import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from derivatex.mathtex.relation import Relation, Result
    from derivatex.mathtex.session import Session


@dataclass
class Memory:
    """Results of one problem's relations: those of an earlier check, and those of this one.

    A result depends on the relation, on everything that the problem declares and defines up to it,
    on the numbers that it names, and on the draws.
    """

    session: Session
    earlier: Mapping[str, Any]
    results: dict[str, Any] = field(default_factory=dict)
    known: tuple[tuple[int, int], str] = ((-1, -1), "")

    def checked(self, relation: Relation) -> Result:
        """The result of a relation."""
        key = self._key("checked", relation)
        found: Result | None = self.earlier.get(key)
        if found is None:
            found = check(relation, self.session)
        elif found.status == "optimality" and found.passed:
            confirm(relation, self.session)  # what follows takes the formula for the optimum
        if found.start is None:  # what points into the text is found anew
            self.results[key] = found
        return found

    def diagnosed(self, relation: Relation, result: Result, wanted: str | None) -> Diagnosis:
        """Why a relation fails."""
        key = self._key(f"diagnosed {wanted} {self._established()}", relation)
        found: Diagnosis | None = self.earlier.get(key)
        if found is None:
            found = diagnose(relation, result, self.session, wanted)
        self.results[key] = found
        return found

    def _established(self) -> str:
        """What is known to be equal at this place, by which a missing term is found."""
        return repr(sorted(map(repr, self.session.established.items())))

    def _key(self, what: str, relation: Relation) -> str:
        session = self.session
        sides = (relation.left, relation.right)
        named = {it for side in sides for it in walk(side) if isinstance(it, Val)}
        numbers = []
        if session.val is not None:
            numbers = sorted(
                repr((it.name, [by_content(session.val(it, how)) for how in (False, True)]))
                for it in named
            )
        parts = (
            what,
            replace(relation, at=0),
            session.seed,
            session.draws,
            numbers,
            self._context(),
        )
        return digest(repr(parts).encode())

    def _context(self) -> str:
        """What the vocabulary and the given numbers are at this place."""
        vocabulary = self.session.vocabulary
        stage = (len(vocabulary.definitions), len(vocabulary.confirmed))
        if self.known[0] != stage:
            given = {name: by_content(value) for name, value in self.session.given.items()}
            parts = (
                sorted(vocabulary.symbols.items()),
                sorted(vocabulary.indices.items()),
                sorted(vocabulary.definitions.items()),
                sorted(vocabulary.confirmed.items()),
                sorted(given.items()),
            )
            self.known = (stage, digest(repr(parts).encode()))
        return self.known[1]
