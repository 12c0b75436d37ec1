"""What can be built, and where its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BUILD = "build"


@dataclass(frozen=True, slots=True)
class Target:
    """What to build: an assignment, or one of its problems; its answers, or its questions alone.

    `problem` may be a submission, too: the problems from one to another, `1-10`.
    """

    slug: str
    problem: str | None = None
    is_handout: bool = False

    def __str__(self) -> str:
        """Write the target as it is named on the command line."""
        return f"{self.slug}/{self.problem}" if self.problem else self.slug

    @property
    def is_submission(self) -> bool:
        """Whether it is several problems, which are handed in together."""
        return "-" in (self.problem or "")

    @property
    def is_handed_in(self) -> bool:
        """Whether an archive with its LaTeX comes with it."""
        return self.is_submission and not self.is_handout

    @property
    def stem(self) -> str:
        """Its files' common path, from the folder `build`."""
        name = f"{self.slug}-{self.problem}" if self.is_submission else str(self)
        return f"{name}{'-handout' if self.is_handout else ''}"

    def pdf(self, project: Path) -> Path:
        """Where its PDF is put."""
        return project / BUILD / f"{self.stem}.pdf"

    def bundle(self, project: Path) -> Path:
        """Where its archive is put."""
        return project / BUILD / f"{self.stem}.zip"

    def certificate(self, project: Path) -> Path:
        """Where its certificate is put."""
        return project / BUILD / f"{self.stem}.json"

    def tex(self, project: Path) -> Path:
        """Where its LaTeX is written and typeset."""
        job = f"{self.problem or 'report'}{'-handout' if self.is_handout else ''}"
        return project / BUILD / "tex" / self.slug / job
