"""A logical neural network in NumPy: upward and downward inference with truth bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from derivatex import listing

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Bounds: TypeAlias = tuple[float, float]
State: TypeAlias = Mapping[str, Bounds]
TINY = 1e-11  # smaller differences are rounding


class Neuron(NamedTuple):
    r"""The connective $f(\theta + \mathbf{c}^\top \mathbf{x})$ of its operands $\mathbf{x}$."""

    theta: float
    c: Array
    parts: tuple[str, ...]


Net: TypeAlias = Mapping[str, Neuron]


def both(beta: float, **weights: float) -> Neuron:
    """Weighted conjunction."""
    w = np.array(list(weights.values()), dtype=float)
    return Neuron(beta - float(w.sum()), w, tuple(weights))


def either(beta: float, **weights: float) -> Neuron:
    """Weighted disjunction."""
    return Neuron(1 - beta, np.array(list(weights.values()), dtype=float), tuple(weights))


def implies(beta: float, **weights: float) -> Neuron:
    """Weighted implication, premise first."""
    premise, conclusion = weights.values()
    return Neuron(1 - beta + premise, np.array([-premise, conclusion]), tuple(weights))


def negation(part: str) -> Neuron:
    """Negation: the activation changes nothing, as one minus a truth value is one."""
    return Neuron(1.0, np.array([-1.0]), (part,))


def terms(neuron: Neuron, state: State) -> tuple[Array, Array]:
    """Least and largest value of each term: a negative coefficient swaps the bounds."""
    low, high = np.array([state[part] for part in neuron.parts]).T
    ends = neuron.c * low, neuron.c * high
    return np.minimum(*ends), np.maximum(*ends)


def upward(neuron: Neuron, state: State) -> Bounds:
    """Bounds of a connective from those of its operands."""
    least, most = (neuron.theta + float(ends.sum()) for ends in terms(neuron, state))
    return float(np.clip(least, 0, 1)), float(np.clip(most, 0, 1))


@listing
def downward(neuron: Neuron, state: State, own: Bounds) -> list[Bounds]:
    """Bounds of each operand from those of the connective and of the other operands."""
    low, high = own
    lowest = low if low > TINY else -np.inf  # the activation is zero on a half-line,
    highest = high if high < 1 - TINY else np.inf  # and one on another
    least, most = terms(neuron, state)
    floor = (lowest - neuron.theta - (most.sum() - most)) / neuron.c
    ceiling = (highest - neuron.theta - (least.sum() - least)) / neuron.c
    turned = neuron.c < 0
    return list(
        zip(np.where(turned, ceiling, floor), np.where(turned, floor, ceiling), strict=True)
    )


def meet(one: Bounds, two: Bounds) -> Bounds:
    """The tighter of two bounds on either side."""
    return max(one[0], two[0]), min(one[1], two[1])


def sweep(net: Net, state: State) -> dict[str, Bounds]:
    """One upward and one downward pass through all formulas; operands precede their readers."""
    now = dict(state)
    for name, neuron in net.items():
        now[name] = meet(now[name], upward(neuron, now))
    proofs = dict(now)
    for name, neuron in reversed(list(net.items())):
        found = downward(neuron, now, now[name])
        for part, proof in zip(neuron.parts, found, strict=True):
            proofs[part] = meet(proofs[part], proof)
            if part in net:
                now[part] = proofs[part]
    return proofs


def contradiction(state: State) -> float:
    """The sum of all gaps between a lower bound and a smaller upper bound."""
    return sum(max(0.0, low - high) for low, high in state.values())


def infer(net: Net, state: State, most: int = 100) -> tuple[dict[str, Bounds], int]:
    """Sweep until nothing changes or bounds cross; also, how many sweeps changed something."""
    for count in range(most):
        after = sweep(net, state)
        moved = max(
            abs(a - b) for name in after for a, b in zip(after[name], state[name], strict=True)
        )
        if moved < TINY:
            return after, count
        state = after
        if contradiction(state) > TINY:
            return dict(state), count + 1
    return dict(state), most


def started(net: Net, atoms: State, true: Mapping[str, float]) -> dict[str, Bounds]:
    """Stated bounds of the atoms and of the formulas; nothing is known of other connectives."""
    known = {name: (true.get(name, 0.0), 1.0) for name in net}
    return {**atoms, **known}


def rounded(state: State) -> dict[str, float]:
    """Bounds as a mapping with the ends _l and _u."""
    made = {}
    for name, (low, high) in state.items():
        made[f"{name}_l"], made[f"{name}_u"] = (round(end, 10) + 0.0 for end in (low, high))
    return made
