"""How relations are evaluated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sampling:
    """How relations are evaluated: from which seed, how often, and whether errors are planted."""

    seed: int = 0
    draws: int = 5
    mutants: bool = False
