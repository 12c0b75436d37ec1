"""Backpropagation in a perceptron of any depth, compared with other routes; a run on digits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad
from backpropagation_network import (
    KINDS,
    SLOPE,
    Net,
    backward,
    flat,
    forward,
    loss_of,
    split,
    step,
)
from backpropagation_routes import (
    decimals_by_examples,
    final_by_unpacking,
    kink_by_quotients,
    plan_one_by_one,
    runs_by_automatic_differentiation,
    stock_one_by_one,
)
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from derivatex import TableRows, Tikz, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]

# four networks of random depth, then one layer, no penalty, one example, equal widths
NETS = {
    "a": "", "b": "", "c": "", "d": "",
    "e": "one layer", "f": "no penalty", "g": "one example", "h": "equal widths",
}  # fmt: skip
WRONG = ("right", "half", "each", "diagonal", "straight")
DEPTHS = ("one", "two", "three")

# what the report prints


@value(route=plan_one_by_one, digits=1)
def plan() -> dict[str, Array]:
    r"""Networks of the test: $m$, $\lambda$ and the widths $n_0, \dots, n_L$."""
    random = np.random.default_rng(0)
    made = {}
    for name in NETS:
        depth, batch = int(random.integers(1, 7)), int(random.integers(2, 6))
        penalty = int(random.integers(1, 10)) / 10
        widths = random.integers(2, 8, size=depth + 1).astype(float)
        if name == "e":
            widths = widths[:2]
        if name == "h":
            widths[:] = widths[0]
        penalty, batch = (0.0 if name == "f" else penalty), (1 if name == "g" else batch)
        made[name] = np.concatenate([[batch, penalty], widths])
    return made


@value(route=stock_one_by_one)
def stock(plan: Arrays) -> dict[str, Array]:
    """Their parameters, inputs and targets."""
    random, made = np.random.default_rng(1), {}
    for name, numbers in plan.items():
        batch, widths = int(numbers[0]), numbers[2:].astype(int)
        made[name + "_theta"] = random.normal(size=int(widths[1:] @ (widths[:-1] + 1)))
        made[name + "_x"] = random.normal(size=(int(widths[0]), batch))
        odds = random.exponential(size=(int(widths[-1]), batch))
        made[name + "_t"] = odds / odds.sum(axis=0)
    return made


@value(route=decimals_by_examples)
def decimals(plan: Arrays, stock: Arrays, cap: float) -> dict[str, int]:
    """Decimals that agree with automatic differentiation: right, and with a planted error."""
    made = {}
    for name, numbers in plan.items():
        m, lam, widths = float(numbers[0]), float(numbers[1]), [int(n) for n in numbers[2:]]
        theta, x, t = (stock[f"{name}_{kind}"] for kind in ("theta", "x", "t"))
        truth = grad(loss_of)(theta, widths, x, t, lam)
        kinds = [KINDS[layer % 3] for layer in range(len(widths) - 1)]
        net = Net(*split(theta, widths), kinds)
        z, h, y = forward(net, x)
        pairs = zip(net.weights, net.biases, strict=True)
        decay = flat([(2 * lam * matrix, 0 * bias) for matrix, bias in pairs])
        right = flat(backward(net, z, h, y - t, lam))
        found = {"right": right, "half": right - decay / 2, "each": right + (m - 1) * decay}
        found["diagonal"] = flat(backward(net, z, h, -t * (1 - y), lam))
        if len(set(widths)) == 1:
            turned = Net([matrix.T for matrix in net.weights], net.biases, kinds)
            found["straight"] = flat(backward(turned, z, h, y - t, 0.0)) + decay
        for wrong, gradient in found.items():
            made[f"{name}_{wrong}"] = decimals_of(gradient, truth, cap)
    return made


def decimals_of(one: Array, other: Array, cap: float) -> int:
    """How many decimals agree in all entries, at most `cap`."""
    worst = float(abs(one - other).max())
    return next((d for d in range(int(cap), 0, -1) if worst < 10.0**-d / 2), 0)


@value(route=kink_by_quotients, digits=1)
def kink() -> dict[str, float]:
    """Slope of ReLU at zero: ours, and that of automatic differentiation."""
    automatic = grad(lambda u: anp.maximum(u, 0.0))(0.0)
    return {"ours": float(SLOPE["relu"](np.zeros(1))[0]), "automatic": float(automatic)}


@value(route=runs_by_automatic_differentiation, tolerance=1e-7)
def runs(train: int, batch: int, epochs: int, rates: Array, units: int) -> dict[str, Array]:
    """Mean cross-entropy on the training set and percentage of test errors, after each epoch."""
    digits = load_digits()
    x, t = digits.data.T / 16, np.eye(10)[digits.target].T
    train, batch = int(train), int(batch)
    made: dict[str, Array] = {}
    for depth, name in enumerate(DEPTHS):
        draw, order = np.random.default_rng(2), np.random.default_rng(3)
        widths = [len(x), *[int(units)] * depth, len(t)]
        shapes = [(above, below) for below, above in pairwise(widths)]
        weights = [draw.normal(size=shape) * np.sqrt(2 / shape[1]) for shape in shapes]
        net = Net(weights, [np.zeros(above) for above, _ in shapes], ["relu"] * depth)
        seen = np.empty((2, int(epochs) + 1))
        for epoch in range(int(epochs) + 1):
            y = forward(net, x)[2]
            seen[0, epoch] = -np.log((y * t).sum(axis=0)[:train]).mean()
            seen[1, epoch] = 100 * (y.argmax(axis=0) != digits.target)[train:].mean()
            if epoch < epochs:
                for chosen in np.split(order.permutation(train), train // batch):
                    step(net, x[:, chosen], t[:, chosen], rates[1], rates[0])
        made[name] = seen
    return made


@value(route=final_by_unpacking, digits=2)
def final(runs: Arrays, train: int) -> dict[str, float]:
    """Number of test digits; mean cross-entropy and percentage of test errors at the end."""
    made = {"tested": float(load_digits().data.shape[0] - train)}
    for name, seen in runs.items():
        made["loss_" + name], made["error_" + name] = map(float, seen[:, -1])
    return made


@table
def comparison(plan: Arrays, decimals: Mapping[str, int]) -> TableRows:
    """Each network: its sizes, and the decimals that agree for each way to compute."""
    rows = []
    for name, special in NETS.items():
        count = len(plan[name])
        widths = ", ".join(rf"\val{{plan.{name}[{place}]}}" for place in range(3, count + 1))
        cells = [
            rf"\val{{decimals.{name}_{wrong}}}" if f"{name}_{wrong}" in decimals else "--"
            for wrong in WRONG
        ]
        ends = [rf"\val{{plan.{name}[{place}]}}" for place in (1, 2)]
        rows.append([special or "random", f"{count - 3}", f"${widths}$", *ends, *cells])
    heading = [
        "Network", "$L$", r"$n_0, \dots, n_L$", "$m$", r"$\lambda$",
        "right", "(1)", "(2)", "(3)", "(4)",
    ]  # fmt: skip
    return TableRows("lclddccccc", heading, rows)


@figure
def training(runs: Arrays) -> Figure:
    """Loss and test error against the epoch, for three depths."""
    made = Figure(figsize=(6.2, 2.1))
    left, right = made.subplots(1, 2)
    labels = ("$L = 1$", "$L = 2$", "$L = 3$")
    styles = (("#333333", ":"), ("#0072B2", "--"), ("#D55E00", "-"))
    for (colour, line), label, seen in zip(styles, labels, runs.values(), strict=True):
        left.semilogy(seen[0], color=colour, ls=line, label=label)
        right.plot(seen[1], color=colour, ls=line)
    left.set(xlabel="epoch", ylabel="mean cross-entropy, training")
    right.set(xlabel="epoch", ylabel="test errors in per cent", ylim=(0, None))
    left.legend()
    for axis in (left, right):
        axis.set_xticks(range(0, runs["one"].shape[1], 5))
    return made


BOX = r"rectangle, rounded corners=2pt, draw=dxaccent, fill=dxaccent!7, minimum height=7mm"


@figure
def network() -> Tikz:
    """The units of the network with one hidden layer, and its passes as vectors."""
    lines = [
        r"\begin{tikzpicture}[",
        r"  unit/.style={circle, draw=dxaccent, fill=dxaccent!7, minimum size=5mm, inner sep=0pt},",
        rf"  box/.style={{{BOX}, inner sep=3pt, font=\small}},",
        r"  up/.style={->, >=latex, draw=dxquiet},",
        r"  down/.style={->, >=latex, draw=dxgradient, dashed},",
        r"  law/.style={font=\scriptsize}, back/.style={font=\scriptsize, text=dxgradient},",
        r"]",
    ]
    columns = {"x": (0.0, 3), "h": (5.6, 4), "y": (11.2, 3)}
    for name, (at, count) in columns.items():
        for unit in range(count):
            height = 0.75 * ((count - 1) / 2 - unit)
            lines.append(rf"\node[unit] ({name}{unit}) at ({at:.2f},{height:.3f}) {{}};")
    for left, right in (("x", "h"), ("h", "y")):
        for one in range(columns[left][1]):
            lines += [
                rf"\draw[up] ({left}{one}) -- ({right}{other});"
                for other in range(columns[right][1])
            ]
    return Tikz("\n".join([*lines, WORDS, CHAIN, r"\end{tikzpicture}"]))


WORDS = r"""
\node[law] at (0,1.75) {input layer $\mathbf{x}$};
\node[law] at (5.6,1.75) {hidden layer $\mathbf{z}$, $\mathbf{h}$};
\node[law] at (11.2,1.75) {output layer $\mathbf{o}$, $\mathbf{y}$};
\node[law, fill=white, inner sep=2pt] at (2.8,1.5) {$\mathbf{W}$, $\mathbf{b}$};
\node[law, fill=white, inner sep=2pt] at (8.4,1.5) {$\mathbf{U}$, $\mathbf{d}$};
"""
CHAIN = r"""
\begin{scope}[yshift=-30mm, xshift=-9mm]
\node[box] (x) at (0,0) {$\mathbf{h}^{(0)} = \mathbf{x}$};
\node[box] (z) at (3.1,0) {$\mathbf{z}^{(1)} = \mathbf{z}$};
\node[box] (h) at (6.2,0) {$\mathbf{h}^{(1)} = \mathbf{h}$};
\node[box] (o) at (9.3,0) {$\mathbf{z}^{(2)} = \mathbf{o}$};
\node[box] (y) at (11.6,0) {$\mathbf{y}$};
\node[box] (l) at (13.2,0) {$\ell$};
\draw[up] (x) -- node[law, above] {$\mathbf{W}^{(1)}, \mathbf{b}^{(1)}$} (z);
\draw[up] (z) -- node[law, above] {$f^{(1)}$} (h);
\draw[up] (h) -- node[law, above] {$\mathbf{W}^{(2)}, \mathbf{b}^{(2)}$} (o);
\draw[up] (o) -- node[law, above] {softmax} (y);
\draw[up] (y) -- node[law, above] {$\mathbf{t}$} (l);
\node[back] (dz2) at (9.3,-1.3) {$\boldsymbol{\delta}_z^{(2)}$};
\node[back] (dh1) at (6.2,-1.3) {$\boldsymbol{\delta}_h^{(1)}$};
\node[back] (dz1) at (3.1,-1.3) {$\boldsymbol{\delta}_z^{(1)}$};
\node[back] (dh0) at (0,-1.3) {$\boldsymbol{\delta}_h^{(0)}$};
\draw[down] (13.2,-0.4) |- node[back, pos=0.75, above] {$\mathbf{y} - \mathbf{t}$} (dz2);
\draw[down] (dz2) -- node[back, above] {$(\mathbf{W}^{(2)})^\top$} (dh1);
\draw[down] (dh1) -- node[back, above] {$\odot\, f'^{(1)}(\mathbf{z}^{(1)})$} (dz1);
\draw[down] (dz1) -- node[back, above] {$(\mathbf{W}^{(1)})^\top$} (dh0);
\node[back] (g2) at (9.3,-2.3) {$\Delta\mathbf{W}^{(2)}, \Delta\mathbf{b}^{(2)}$};
\node[back] (g1) at (3.1,-2.3) {$\Delta\mathbf{W}^{(1)}, \Delta\mathbf{b}^{(1)}$};
\draw[down] (dz2) -- (g2);
\draw[down] (dz1) -- (g1);
\end{scope}
"""
