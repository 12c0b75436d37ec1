"""A square and a root, for the tests."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value


def square_by_addition(x: float) -> float:
    """Thin slices of the triangle under 2u."""
    steps = 1000
    return sum(2 * (k + 0.5) * x / steps * x / steps for k in range(steps))


def root_by_newton() -> float:
    """Newton's iteration."""
    guess = 1.0
    for _ in range(8):
        guess = (guess + 2 / guess) / 2
    return guess


@value(route=square_by_addition, digits=2)
def square(x: float) -> float:
    """The square of x."""
    return x * x


@value(route=root_by_newton, digits=3)
def root() -> float:
    """The root of two."""
    return math.sqrt(2)


@table
def both() -> TableRows:
    """Two numbers."""
    return TableRows(
        "lr", ["What", "Value"], [["square", r"\val{square}"], ["root", r"\val{root}"]]
    )


@figure
def curve(x: float) -> Figure:
    """A parabola."""
    made = Figure(figsize=(3, 2))
    axes = made.subplots()
    axes.plot([k * x / 10 for k in range(11)], [(k * x / 10) ** 2 for k in range(11)])
    axes.set_xlabel("$x$")
    axes.set_ylabel("$x^2$")
    return made
