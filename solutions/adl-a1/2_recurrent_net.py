"""Backpropagation through time in NumPy, compared with autograd, a double sum, complex steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad

from derivatex import TableRows, Tikz, figure, listing, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]

TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better
STYLE = r"""\begin{tikzpicture}[
  state/.style={circle, draw=dxaccent, fill=dxaccent!7, minimum size=9.5mm, inner sep=0pt},
  given/.style={rectangle, rounded corners=2pt, draw=dxaccent, minimum size=7.5mm, inner sep=1pt},
  edge/.style={->, >=latex, draw=dxquiet, thick},
  back/.style={->, >=latex, dashed, draw=dxgradient},
  word/.style={font=\footnotesize, inner sep=1.5pt},
]"""
NAMES = ("W", "U", "b", "V", "c", "h0")  # of what the loss is differentiated for


# second routes: the loss written again for other means of differentiation, and the double sum


def loss_of(at: Mapping[str, Any], x: Array, targets: Array) -> Any:  # noqa: ANN401
    """The loss for arrays that autograd traces."""
    state, total = at["h0"], 0.0
    for now, target in zip(x, targets, strict=True):
        state = anp.tanh(anp.dot(at["W"], now) + anp.dot(at["U"], state) + at["b"])
        logits = anp.dot(at["V"], state) + at["c"]
        total = total + anp.log(anp.sum(anp.exp(logits))) - anp.sum(target * logits)
    return total


def by_autograd(sequence: Arrays, weights: Arrays) -> dict[str, Array]:
    """Automatic differentiation of the loss."""

    def loss(at: Mapping[str, Any]) -> Any:  # noqa: ANN401
        return loss_of(at, sequence["x"], sequence["targets"])

    made = grad(loss)({name: np.array(weights[name]) for name in NAMES})
    return {name: made[name] for name in NAMES}


def by_complex_steps(sequence: Arrays, weights: Arrays) -> dict[str, Array]:
    """Complex step of every entry."""
    made = {}
    for moved in NAMES:
        slopes = np.zeros(weights[moved].shape)
        for place in np.ndindex(*slopes.shape):
            at = {name: weights[name].astype(complex) for name in NAMES}
            at[moved][place] += 1j * TINY
            state, total = at["h0"], 0j
            for now, target in zip(sequence["x"], sequence["targets"], strict=True):
                state = np.tanh(at["W"] @ now + at["U"] @ state + at["b"])
                shares = np.exp(at["V"] @ state + at["c"])
                total -= np.log((target * shares).sum() / shares.sum())
            slopes[place] = total.imag / TINY
        made[moved] = slopes
    return made


def by_double_sum(sequence: Arrays, weights: Arrays) -> dict[str, Array]:
    """Sum over all pairs of a step and an earlier one, with products of Jacobian matrices."""
    x, targets = sequence["x"], sequence["targets"]
    states = [weights["h0"]]
    for now in x:
        states.append(np.tanh(weights["W"] @ now + weights["U"] @ states[-1] + weights["b"]))
    slopes = [np.diag(1 - state * state) for state in states]
    made = {name: np.zeros(weights[name].shape) for name in NAMES}
    for s in range(1, len(states)):
        shares = np.exp(weights["V"] @ states[s] + weights["c"])
        error = shares / shares.sum() - targets[s - 1]
        made["V"] += np.outer(error, states[s])
        made["c"] += error
        for t in range(s + 1):  # from the initial state on
            path = np.eye(len(states[0]))
            for r in range(s, t, -1):
                path = path @ slopes[r] @ weights["U"]
            at_state = path.T @ weights["V"].T @ error
            if t == 0:
                made["h0"] += at_state
                continue
            at_sum = slopes[t] @ at_state
            made["W"] += np.outer(at_sum, x[t - 1])
            made["U"] += np.outer(at_sum, states[t - 1])
            made["b"] += at_sum
    return made


def weights_by_loops(inputs: int, units: int, classes: int) -> dict[str, Array]:
    """The same draws, one by one."""
    random = np.random.Generator(np.random.PCG64(0))
    shapes = {
        "W": (units, inputs), "U": (units, units), "b": (units,),
        "V": (classes, units), "c": (classes,), "h0": (units,),
    }  # fmt: skip
    made = {}
    for name, shape in shapes.items():
        draws = [random.normal() for _ in range(math.prod(shape))]
        made[name] = np.array(draws).reshape(shape) / math.sqrt(shape[-1])
    return made


def sequence_by_loops(inputs: int, classes: int, steps: int) -> dict[str, Array]:
    """The same draws, one by one."""
    random = np.random.Generator(np.random.PCG64(1))
    x = [[random.normal() for _ in range(inputs)] for _ in range(steps)]
    marked = [random.integers(classes) for _ in range(steps)]
    targets = [[float(place == mark) for place in range(classes)] for mark in marked]
    return {"x": np.array(x), "targets": np.array(targets)}


def loss_by_products(sequence: Arrays, weights: Arrays) -> float:
    """Logarithm of the product of the probabilities of the marked classes."""
    state, product = weights["h0"], 1.0
    for now, target in zip(sequence["x"], sequence["targets"], strict=True):
        state = np.tanh(weights["b"] + now @ weights["W"].T + state @ weights["U"].T)
        shares = np.exp(state @ weights["V"].T + weights["c"])
        product *= float(shares[target.argmax()] / shares.sum())
    return -math.log(product)


def counts_by_arrays(weights: Arrays) -> dict[str, int]:
    """Entries of the arrays."""
    sizes = {name: weights[name].size for name in NAMES}
    return {**sizes, "all": sum(sizes.values()) - sizes["h0"]}


def norms_by_complex_steps(sequence: Arrays, weights: Arrays) -> dict[str, float]:
    """Root of the sum of squares of the complex steps."""
    made = by_complex_steps(sequence, weights)
    return {name: math.sqrt(math.fsum(float(it) ** 2 for it in made[name].flat)) for name in NAMES}


def single_by_layers(sequence: Arrays, weights: Arrays) -> dict[str, float]:
    """Every step as a network of its own, by the rules of Problem 1."""
    made = dict.fromkeys(("one", "apart"), 0.0)
    for name, steps in (("one", 1), ("apart", len(sequence["x"]))):
        total = np.zeros(weights["W"].shape)
        for t in range(steps):
            before = weights["U"] @ weights["h0"] if name == "one" else 0.0
            hidden = np.tanh(weights["W"] @ sequence["x"][t] + before + weights["b"])
            shares = np.exp(weights["V"] @ hidden + weights["c"])
            error = weights["V"].T @ (shares / shares.sum() - sequence["targets"][t])
            total += np.outer((1 - hidden**2) * error, sequence["x"][t])
        made[name] = float(np.sqrt((total * total).sum()))
    return made


# what the report prints


@listing
def bptt(weights: Arrays, x: Array, targets: Array) -> tuple[float, dict[str, Array]]:
    """Loss and gradients; row t - 1 of `x` and of `targets` belongs to step t."""
    w, u, b, v, c, h0 = (weights[name] for name in NAMES)
    h = [h0]
    for x_t in x:  # forward: all states are kept
        h.append(np.tanh(w @ x_t + u @ h[-1] + b))
    o = np.array(h[1:]) @ v.T + c
    o -= o.max(axis=1, keepdims=True)  # leaves the softmax as it is
    log_y = o - np.log(np.exp(o).sum(axis=1, keepdims=True))
    delta_o = np.exp(log_y) - targets
    g = {name: np.zeros(weights[name].shape) for name in NAMES}
    g["V"], g["c"] = delta_o.T @ np.array(h[1:]), delta_o.sum(axis=0)
    delta_z = np.zeros(h0.shape)  # that of step tau + 1
    for t in range(len(x), 0, -1):  # backward
        delta_h = v.T @ delta_o[t - 1] + u.T @ delta_z
        delta_z = (1 - h[t] ** 2) * delta_h
        g["W"] += np.outer(delta_z, x[t - 1])
        g["U"] += np.outer(delta_z, h[t - 1])
        g["b"] += delta_z
    g["h0"] = u.T @ delta_z
    return -float((targets * log_y).sum()), g


@value(route=weights_by_loops, digits=4)
def weights(inputs: int, units: int, classes: int) -> dict[str, Array]:
    """Parameters and initial state of the example, drawn from a normal law."""
    random = np.random.default_rng(0)
    return {
        "W": random.normal(size=(units, inputs)) / np.sqrt(inputs),
        "U": random.normal(size=(units, units)) / np.sqrt(units),
        "b": random.normal(size=units) / np.sqrt(units),
        "V": random.normal(size=(classes, units)) / np.sqrt(units),
        "c": random.normal(size=classes) / np.sqrt(classes),
        "h0": random.normal(size=units) / np.sqrt(units),
    }


@value(route=sequence_by_loops, digits=4)
def sequence(inputs: int, classes: int, steps: int) -> dict[str, Array]:
    """Inputs and targets of the example."""
    random = np.random.default_rng(1)
    x = random.normal(size=(steps, inputs))
    return {"x": x, "targets": np.eye(classes)[random.integers(classes, size=steps)]}


@value(route=loss_by_products, digits=6)
def loss(sequence: Arrays, weights: Arrays) -> float:
    """Loss of the example."""
    return bptt(weights, sequence["x"], sequence["targets"])[0]


@value(route=(by_autograd, by_complex_steps, by_double_sum), digits=4)
def gradient(sequence: Arrays, weights: Arrays) -> dict[str, Array]:
    """Gradients by backpropagation through time, every entry."""
    return bptt(weights, sequence["x"], sequence["targets"])[1]


@value(route=norms_by_complex_steps, digits=10, tolerance=1e-11)
def recursion(gradient: Arrays) -> dict[str, float]:
    """Norms of these gradients."""
    return {name: float(np.linalg.norm(part)) for name, part in gradient.items()}


@value(route=norms_by_complex_steps, digits=10, tolerance=1e-11)
def autograd(sequence: Arrays, weights: Arrays) -> dict[str, float]:
    """Norms of the gradients by automatic differentiation."""
    made = by_autograd(sequence, weights)
    return {name: float(np.linalg.norm(part)) for name, part in made.items()}


@value(route=norms_by_complex_steps, digits=10, tolerance=1e-11)
def pairs(sequence: Arrays, weights: Arrays) -> dict[str, float]:
    """Norms of the gradients by the double sum."""
    made = by_double_sum(sequence, weights)
    return {name: float(np.linalg.norm(part)) for name, part in made.items()}


@value(route=counts_by_arrays)
def count(inputs: int, units: int, classes: int) -> dict[str, int]:
    """Numbers of entries; in all, without the initial state."""
    made = {
        "W": units * inputs, "U": units * units, "b": units,
        "V": classes * units, "c": classes, "h0": units,
    }  # fmt: skip
    return {**made, "all": units * (inputs + units + 1) + classes * (units + 1)}


@value(route=single_by_layers, digits=6)
def single(sequence: Arrays, weights: Arrays) -> dict[str, float]:
    r"""Norm of $\partial J/\partial \mathbf{W}$: one step; all steps without $\mathbf{U}$."""
    x, targets = sequence["x"], sequence["targets"]
    cut = {**weights, "U": np.zeros(weights["U"].shape)}
    made = {"one": bptt(weights, x[:1], targets[:1])[1], "apart": bptt(cut, x, targets)[1]}
    return {name: float(np.linalg.norm(part["W"])) for name, part in made.items()}


@table
def comparison() -> TableRows:
    """Each parameter: entries, norm of its gradient in three ways."""
    symbols = {
        "W": r"\mathbf{W}", "U": r"\mathbf{U}", "b": r"\mathbf{b}",
        "V": r"\mathbf{V}", "c": r"\mathbf{c}", "h0": r"\mathbf{h}^{(0)}",
    }  # fmt: skip
    sizes = {"W": r"n \times d", "U": r"n \times n", "b": "n", "V": r"K \times n", "c": "K"}
    rows = [
        [
            f"${symbols[name]}$",
            f"${sizes.get(name, 'n')}$",
            rf"\val{{count.{name}}}",
            *[rf"\val{{{way}.{name}}}" for way in ("recursion", "autograd", "pairs")],
        ]
        for name in NAMES
    ]
    head = ["", "Shape", "Entries", "Recursion", "autograd", "Double sum"]
    return TableRows("lcrddd", head, rows)


@figure
def unrolled() -> Tikz:
    """The network, one copy for each step; backwards, what the errors are multiplied by."""
    columns = [("1", 1.9, "0"), ("2", 5.9, "1"), (r"\tau", 11.0, "")]
    lines = [STYLE, r"\node[given] (h0) at (0,0) {$\mathbf{h}^{(0)}$};"]
    lines.append(r"\node (dots) at (9.35,0) {$\cdots$};")
    lines.append(r"\node[state] (J) at (7.9,4.75) {$J$};")
    for step, left, before in columns:
        name = "t" if step == r"\tau" else step
        right = left + 1.9
        aside = right + (1.5 if name == "t" else -1.5)
        lines += [
            rf"\node[given] (x{name}) at ({left},-1.75) {{$\mathbf{{x}}^{{({step})}}$}};",
            rf"\node[state] (z{name}) at ({left},0) {{$\mathbf{{z}}^{{({step})}}$}};",
            rf"\node[state] (h{name}) at ({right},0) {{$\mathbf{{h}}^{{({step})}}$}};",
            rf"\node[state] (o{name}) at ({right},1.75) {{$\mathbf{{o}}^{{({step})}}$}};",
            rf"\node[state] (l{name}) at ({right},3.5) {{$\ell^{{({step})}}$}};",
            rf"\node[given] (t{name}) at ({aside},3.5) {{$\mathbf{{t}}^{{({step})}}$}};",
            _edge(f"x{name}", f"z{name}", r"\mathbf{W}"),
            _edge(f"h{before}" if before else "dots", f"z{name}", r"\mathbf{U}"),
            _edge(f"z{name}", f"h{name}", r"\tanh"),
            _edge(f"h{name}", f"o{name}", r"\mathbf{V}"),
            _edge(f"o{name}", f"l{name}", ""),
            _edge(f"t{name}", f"l{name}", ""),
            _edge(f"l{name}", "J", ""),
            _error(f"o{name}", f"h{name}", "right", r"\mathbf{V}^\top"),
            _error(f"h{name}", f"z{name}", "below", rf"\mathbf{{D}}^{{({step})}}"),
            _error(f"z{name}", f"h{before}" if before else "dots", "below", r"\mathbf{U}^\top"),
        ]
    lines.append(_edge("h2", "dots", ""))
    return Tikz("\n".join([*lines, r"\end{tikzpicture}"]))


def _edge(tail: str, head: str, label: str) -> str:
    """An arrow of the forward pass with its matrix or function."""
    node = f" node[above, word] {{${label}$}}" if label else ""
    side = node.replace("above", "right=-1pt") if tail[0] == "x" else node
    side = side.replace("above", "left") if head[0] == "o" else side
    return rf"\draw[edge] ({tail}) --{side} ({head});"


def _error(tail: str, head: str, side: str, label: str) -> str:
    """An arrow of the backward pass, beside that of the forward pass."""
    bend = "right" if side == "right" else "left"
    turn = bend if side != "right" else "left"
    return (
        rf"\draw[back] ({tail}) to[bend {turn}=35] "
        rf"node[{side}, word, text=dxgradient] {{${label}$}} ({head});"
    )
