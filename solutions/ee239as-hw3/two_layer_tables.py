"""The tables of problem 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from derivatex import TableRows

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
REPAIRS = (
    r"images divided by $\val{recipe.scale}$",
    "start with the larger weights",
    r"rate $\val{repaired_rate}$ instead of $\val{rate}$",
    r"decay $\val{recipe.short}$ instead of $\val{decay}$",
    r"$\lambda = \val{repaired_reg}$ instead of $\val{reg}$",
)


def data(name: str) -> TableRows:
    """Name and sizes of the images."""
    keys = ("pixels", "classes", "training", "validation", "test")
    row = [name, *(rf"\val{{sizes.{key}}}" for key in keys)]
    return TableRows("lccccc", ["Images", *(key.capitalize() for key in keys)], [row])


def gradient_check(names: Sequence[str]) -> TableRows:
    """Each gradient: entries, the largest, analytic and numeric, and the relative error."""
    made = []
    for number, name in enumerate(names, start=1):
        values = f"largest.analytic_{name}", f"largest.numeric_{name}"
        cells = [f"entries.{name}", *values, f"errors[{number}]"]
        first = rf"$\partial J/\partial {name[0]}_{name[1]}$"
        made.append([first, *(rf"$\val{{{address}}}$" for address in cells)])
    return TableRows("crrrr", ["Gradient", "Entries", "Analytic", "Numeric", "Error$/h^2$"], made)


def verdicts(fallen: float, gap: float, growing: float, exponent: float) -> list[str]:
    """What the numbers of a training say.

    `fallen` is the part of the loss that is gone, `gap` the accuracy lost from training to
    validation, `growing` the growth constant less the strength of the regulariser.
    """
    if fallen < 1 / 3:
        progress = "it has hardly moved" if fallen < 1 / 100 else "it has fallen a little"
    else:
        progress = "it has fallen"
    return [
        progress,
        "overfitting" if gap > 100 / 20 else "no overfitting",
        r"$\lambda < s$: zero repels" if growing > 0 else r"$\lambda \ge s$: zero attracts",
        "no time to grow" if exponent < 1 else "time to grow",
    ]


def diagnosis(fallen: float, gap: float, growing: float, exponent: float) -> TableRows:
    """The numbers of a training, and what they say."""
    words = verdicts(fallen, gap, growing, exponent)
    made = (
        ("loss of guessing", "chance.loss", ""),
        ("loss of the first batch", "poor_end.first", ""),
        ("loss at the end", "poor_end.last", words[0]),
        ("training less validation accuracy, in points", "poor.gap", words[1]),
        (r"sum of all rates, $\sum_t \eta_t$", "rates_used.sum", ""),
        (r"growth constant $s$", "growth", words[2]),
        (r"exponent $(s - \lambda) \sum_t \eta_t$", "exponent", words[3]),
        (r"norm of $W_1$, by that at the start", "layers.poor_ratio", ""),
        ("the same by the regulariser alone", "decayed", ""),
    )
    cells = [[text, rf"$\val{{{address}}}$", reading] for text, address, reading in made]
    return TableRows("lrl", ["", "Value", "Reading"], cells)


def repairing() -> TableRows:
    """Each repair alone, and all others."""
    made = [
        [words, rf"\val{{repairs.alone[{number}]}}", rf"\val{{repairs.without[{number}]}}"]
        for number, words in enumerate(REPAIRS, start=1)
    ]
    return TableRows("ldd", ["Repair", "Alone", "All others"], made)


def searched(diverged: Array, best: tuple[int, int]) -> TableRows:
    """Every net of a search: its settings, accuracies, and a remark."""
    made = []
    for (row, column), ended in np.ndenumerate(diverged):
        at = f"[{row + 1},{column + 1}]"
        names = f"rates[{row + 1}]", f"regs[{column + 1}]", f"search.training{at}"
        remark = "diverged" if ended else "best" if (row + 1, column + 1) == best else ""
        cells = [rf"\val{{{name}}}" for name in (*names, f"search.validation{at}")]
        made.append([*cells, remark])
    return TableRows("ddddl", ["Rate", r"$\lambda$", "Training", "Validation", ""], made)


def settings() -> TableRows:
    """The settings of the poor and of the best net."""
    made = (
        (r"standard deviation of $W_1$ at the start", "first"),
        (r"standard deviation of $W_2$ at the start", "second"),
        ("rate", "rate"),
        ("decay after an epoch", "decay"),
        (r"$\lambda$", "reg"),
        ("images of a batch", "batch"),
        ("steps", "steps"),
        ("divisor of the images", "scale"),
    )
    nets = ("poor", "best")
    cells = [[text, *(rf"\val{{{net}_plan.{key}}}" for net in nets)] for text, key in made]
    return TableRows("ldd", ["Setting", "Poor net", "Best net"], cells)


def filters() -> TableRows:
    """First layers in numbers."""
    made = (
        ("Frobenius norm, as a multiple of that at the start", "ratio"),
        ("cosine between the weights and those at the start", "kept"),
        ("correlation of the weights of neighbouring pixels", "neighbours"),
    )
    cells = [
        [text, *(rf"\val{{layers.{net}_{key}}}" for net in ("poor", "best"))] for text, key in made
    ]
    return TableRows("ldd", ["First layer", "Poor net", "Best net"], cells)
