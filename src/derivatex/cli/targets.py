"""From the words of a command line to a project, its targets and their files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derivatex.check.sampling import Sampling
from derivatex.diagnostics import did_you_mean
from derivatex.pipeline import Settings, inputs
from derivatex.read.assignment import FOLDER as SOLUTIONS
from derivatex.read.assignment import problem_numbers, slugs, submissions
from derivatex.store.cache import FOLDER
from derivatex.store.certificates import is_current
from derivatex.store.target import BUILD, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from derivatex.cli.terminal import Terminal
    from derivatex.model.assignment import Engine


def settings_of(  # noqa: PLR0913  # what several commands are told
    project: Path | None,
    jobs: int,
    terminal: Terminal,
    *,
    engine: Engine | None = None,
    force: bool = False,
    sampling: Sampling | None = None,
    explain: Callable[[str], None] | None = None,
) -> Settings:
    """Find the project: the nearest folder, from here upwards, that holds `solutions`."""
    start = (project or Path()).resolve()
    candidates = [start] if project else [start, *start.parents]
    for folder in candidates:
        if (folder / SOLUTIONS).is_dir():
            made = Settings(folder, jobs, terminal.progress, engine, force, sampling or Sampling())
            return replace(made, explain=explain) if explain else made
    raise click.UsageError(
        f"there is no folder `{SOLUTIONS}` in {start}{'' if project else ' or above'}"
    )


def targets_of(
    settings: Settings, names: tuple[str, ...], *, is_handout: bool = False
) -> list[Target]:
    """The targets of these names, or all assignments."""
    known = slugs(settings.project)
    if not known and not names:
        raise click.UsageError("there is no assignment: no `solutions/<slug>/assignment.yaml`")
    targets = []
    for name in names or known:
        slug, _, problem = name.strip("/").removeprefix("solutions/").partition("/")
        if slug not in known:
            raise click.UsageError(f"no assignment `{slug}`; {did_you_mean(slug, known)}")
        numbers = problem_numbers(settings.project, slug)
        if "-" in problem:
            numbers += submissions(settings.project, slug)
        if problem and problem not in numbers:
            raise click.UsageError(
                f"no problem `{problem}` in `{slug}`; {did_you_mean(problem, numbers)}"
            )
        targets.append(Target(slug, problem or None, is_handout))
    return targets


def state_of(target: Target, settings: Settings) -> str:
    """Whether a target's PDF is there and is what its inputs give."""
    if not target.pdf(settings.project).exists():
        return "not built"
    if is_current(target, settings.project, inputs(target, settings)):
        return "built"
    return "changed since"


def built_paths(
    settings: Settings, targets: list[Target], *, with_cache: bool = False
) -> list[Path]:
    """What `build` holds of these targets, or all that it holds but its lock and the cache."""
    folder = settings.project / BUILD
    if not targets:
        kept = {".lock"} if with_cache else {".lock", FOLDER}
        return sorted(path for path in folder.iterdir() if path.name not in kept)
    found = []
    for target in targets:
        made = [target, replace(target, is_handout=True)]
        if target.problem is None:
            made += [
                replace(target, problem=it) for it in submissions(settings.project, target.slug)
            ]
        for it in made:
            found += [it.pdf(settings.project), it.certificate(settings.project)]
            found += [it.tex(settings.project), it.bundle(settings.project)]
        if target.problem is None:
            found += [folder / target.slug, folder / "tex" / target.slug]
    return [path for path in dict.fromkeys(found) if path.exists()]
