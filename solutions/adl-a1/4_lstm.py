"""An LSTM: its parameters, its gradients by several means, how they fade with the lag."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import lstm_again as again
import numpy as np
from lstm_drawn import cell_diagram, fading
from lstm_net import Array, Arrays, backward, forward, rnn_errors, weights_of

from derivatex import TableRows, Tikz, figure, table, value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SATURATED = 1000.0  # a bias that makes a gate exactly zero or one in double precision


def counted(inputs: int, units: int, classes: int) -> dict[str, int]:
    """Entries of each group of parameters."""
    made = {"W": units * inputs, "U": units * units, "b": units, "V": classes * units, "c": classes}
    recurrent = units * (inputs + units + 1)
    output = classes * (units + 1)
    return {**made, "all": 4 * recurrent + output, "rnn": recurrent + output}


def counted_in_arrays(inputs: int, units: int, classes: int) -> dict[str, int]:
    """Sizes of arrays of these shapes."""
    shapes = {"W": (units, inputs), "U": (units, units), "b": (units,),
              "V": (classes, units), "c": (classes,)}  # fmt: skip
    sizes = {name: np.empty(shape).size for name, shape in shapes.items()}
    rnn = sum(sizes.values())
    return {**sizes, "all": rnn + 3 * (sizes["W"] + sizes["U"] + sizes["b"]), "rnn": rnn}


def wide_in_arrays(wide_inputs: int, wide_units: int, wide_classes: int) -> dict[str, int]:
    """Sizes of arrays of these shapes."""
    return counted_in_arrays(wide_inputs, wide_units, wide_classes)


@value(route=counted_in_arrays)
def count(inputs: int, units: int, classes: int) -> dict[str, int]:
    """Parameters of a small net."""
    return counted(inputs, units, classes)


@value(route=wide_in_arrays)
def wide(wide_inputs: int, wide_units: int, wide_classes: int) -> dict[str, int]:
    """Parameters of a larger net."""
    return counted(wide_inputs, wide_units, wide_classes)


# the gradients, by the listings


def taught(at: Arrays, x: Array, targets: Array) -> dict[str, Array]:
    """Gradients of the loss of a sequence."""
    kept = forward(at, x)
    return backward(at, x, kept, np.exp(kept["log_y"]) - targets)[0]


def trial(seed: int, row: Array) -> tuple[dict[str, Array], Array, Array]:
    """Net, inputs and targets of a trial."""
    inputs, units, classes, steps = (int(it) for it in row)
    random = np.random.default_rng(seed)
    at = weights_of(random, inputs, units, classes)
    x = random.normal(size=(steps, inputs))
    return at, x, np.eye(classes)[np.arange(steps) % classes]


@value(route=again.trials_one_by_one)
def trials() -> Array:
    r"""Sizes $d$, $n$, $K$ and $\tau$ of the trials; some are set by hand, the others drawn."""
    rows = np.random.default_rng(0).integers(2, 7, size=(5, 4))
    rows[0, 3] = rows[1, 1] = 1
    rows[4, 3] = 30
    return rows.astype(float)


@value(route=again.norms_by_complex_steps, digits=10, tolerance=1e-12)
def ours(trials: Array) -> dict[str, float]:
    """Norms of the gradients by the listings."""
    made = {}
    for number, row in enumerate(trials):
        slopes = taught(*trial(number, row))
        made[f"t{number + 1}"] = float(np.sqrt(sum((part**2).sum() for part in slopes.values())))
    return made


@value(route=again.norms_by_joint_jacobians, digits=10, tolerance=1e-12)
def auto(trials: Array) -> dict[str, float]:
    """Norms of the gradients by automatic differentiation."""
    made = {}
    for number, row in enumerate(trials):
        slopes = again.by_autograd(*trial(number, row))
        made[f"t{number + 1}"] = float(np.sqrt(sum((part**2).sum() for part in slopes.values())))
    return made


@value(route=again.agreement_again)
def agree(trials: Array, most: int) -> dict[str, int]:
    """Decimals to which listings and autograd agree in every entry, relative to the largest."""
    made = {}
    for number, row in enumerate(trials):
        one, two = (np.concatenate([part.ravel() for part in way(*trial(number, row)).values()])
                    for way in (taught, again.by_autograd))  # fmt: skip
        gap = float(np.abs(one - two).max() / np.abs(two).max())
        made[f"t{number + 1}"] = min(most, math.floor(-math.log10(gap))) if gap else most
    return made


# saturated gates


@value(route=again.corners_by_autograd, digits=4, tolerance=1e-8)
def corners(inputs: int, units: int, classes: int, short: int) -> dict[str, float]:
    """Errors and gradients of a small net with saturated gates."""
    at, x, targets = trial(7, np.array([inputs, units, classes, short + 2]))
    made = {}
    cases = {"closed": {1: -1}, "open": {1: 1}, "all": {0: 1, 1: 1, 2: 1}}
    for case, signs in {**cases, "hold": {0: -1, 1: 1, 2: 1}}.items():
        b = at["b"].reshape(4, units).copy()
        for gate, sign in signs.items():
            b[gate] = sign * SATURATED
        net = {**at, "b": b.ravel()}
        slopes = taught(net, x, targets)["b"].reshape(4, units)
        made[f"{case}_bf"] = float(np.linalg.norm(slopes[1]))
        made[f"{case}_bg"] = float(np.linalg.norm(slopes[3]))
        full, path = fade(net, x, targets[-1])
        made[f"{case}_full"], made[f"{case}_path"] = float(full[short]), float(path[short])
    return made


def fade(net: Arrays, x: Array, target: Array) -> tuple[Array, Array]:
    """Size of the cell's error at each lag for the last cross-entropy: in full, by cells alone.

    Both are divided by the size at lag zero.
    """
    kept = forward(net, x)
    delta_o = np.zeros((len(x), len(target)))
    delta_o[-1] = np.exp(kept["log_y"][-1]) - target
    errors = backward(net, x, kept, delta_o)[1][::-1]
    factors = np.cumprod(kept["gates"][:0:-1, 1], axis=0)
    paths = np.vstack([errors[:1], factors * errors[0]])
    full, path = (np.linalg.norm(it, axis=1) for it in (errors, paths))
    return full / full[0], path / full[0]


# how the errors fade


@value(route=again.curves_by_autograd, digits=1, tolerance=2e-5)
def curves(  # noqa: PLR0913, PLR0917  # the sizes of the experiment
    biases: Array, gains: Array, rnn_gains: Array, inputs: int, classes: int,
    size: int, lag: int, steps: int, draws: int,
) -> dict[str, Array]:  # fmt: skip
    """Mean logarithms to base ten of the sizes of the errors, against the lag."""
    made: dict[str, list[Array]] = {}
    target = np.eye(classes)[0]
    for seed in range(draws):
        at, x, _ = trial(seed, np.array([inputs, size, classes, steps]))
        still = {name: np.zeros(at[name].shape) for name in ("c", "s0", "h0")}
        settings = [(f"full_{k}", 1.0, bias) for k, bias in enumerate(biases, 1)]
        settings += [(f"gain_{k}", gain, biases[1]) for k, gain in enumerate(gains, 1)]
        for name, gain, bias in settings:
            b = np.repeat([0.0, bias, 0.0, 0.0], size)
            full, path = fade({**at, **still, "U": gain * at["U"], "b": b}, x, target)
            made.setdefault(name, []).append(full)
            if name[0] == "f":
                made.setdefault(name.replace("full", "path"), []).append(path)
        for k, gain in enumerate(rnn_gains, 1):
            rnn = {"W": at["W"][3 * size :], "U": gain * at["U"][3 * size :]}
            errors = np.linalg.norm(rnn_errors(rnn, x, at["V"], target), axis=1)[::-1]
            made.setdefault(f"rnn_{k}", []).append(errors / errors[0])
    return {name: np.log10(them).mean(axis=0)[: lag + 1] for name, them in made.items()}


def ends_by_place(curves: Arrays, lag: int) -> dict[str, float]:
    """Entries at this lag."""
    return {name: float(curves[name][lag]) for name in curves}


@value(route=ends_by_place, digits=1)
def ends(curves: Arrays) -> dict[str, float]:
    """The same at the largest lag."""
    return {name: float(curve[-1]) for name, curve in curves.items()}


# time constants


def kept_by_closed_forms(biases: Array) -> dict[str, Array]:
    """Closed forms in the bias."""
    terms = [math.exp(-bias) for bias in biases]
    return {
        "f": np.array([1 / (1 + term) for term in terms]),
        "mean": np.array([1 + 1 / term for term in terms]),
        "theta": np.array([1 / math.log1p(term) for term in terms]),
    }


@value(route=kept_by_closed_forms, digits=2)
def constants(biases: Array) -> dict[str, Array]:
    r"""Forget gates $\varphi = \sigma(\beta)$, their $1/(1-\varphi)$ and $-1/\ln \varphi$."""
    f = 1 / (1 + np.exp(-biases))
    return {"f": f, "mean": 1 / (1 - f), "theta": -1 / np.log(f)}


def powers_by_logarithms(biases: Array, lag: int) -> dict[str, float]:
    """Logarithms of the closed form."""
    logs = [-math.log1p(math.exp(-bias)) for bias in biases]
    return {f"b{k}": lag * log / math.log(10) for k, log in enumerate(logs, 1)}


@value(route=powers_by_logarithms, digits=1)
def powers(constants: Arrays, lag: int) -> dict[str, float]:
    """Logarithms to base ten of what a constant forget gate leaves at the largest lag."""
    return {f"b{k}": math.log10(float(f) ** lag) for k, f in enumerate(constants["f"], 1)}


@table
def parameters() -> TableRows:
    """Each group of parameters: shape and number of entries for both nets."""
    groups = [
        (r"$\mathbf{W}_i, \mathbf{W}_f, \mathbf{W}_q, \mathbf{W}_g$", r"each $n \times d$", "W"),
        (r"$\mathbf{U}_i, \mathbf{U}_f, \mathbf{U}_q, \mathbf{U}_g$", r"each $n \times n$", "U"),
        (r"$\mathbf{b}_i, \mathbf{b}_f, \mathbf{b}_q, \mathbf{b}_g$", "each $n$", "b"),
        (r"$\mathbf{V}$", r"$K \times n$", "V"),
        (r"$\mathbf{c}$", "$K$", "c"),
        ("all, $N$", "", "all"),
        ("RNN of Problem 2", "", "rnn"),
    ]
    rows = [[*cells, rf"\val{{count.{name}}}", rf"\val{{wide.{name}}}"] for *cells, name in groups]
    small = r"$d = \val{inputs}$, $n = \val{units}$, $K = \val{classes}$"
    large = r"$d = \val{wide_inputs}$, $n = \val{wide_units}$, $K = \val{wide_classes}$"
    return TableRows("llrr", ["Parameters", "Shape", small, large], rows)


@table
def comparison() -> TableRows:
    """Each trial: sizes, norm of all gradients in two ways, agreeing decimals."""
    rows = [
        [
            *[rf"\val{{trials[{k},{j}]}}" for j in range(1, 5)],
            *[rf"\val{{{way}.t{k}}}" for way in ("ours", "auto", "agree")],
        ]
        for k in range(1, 6)
    ]
    head = ["$d$", "$n$", "$K$", r"$\tau$", "Listings", "autograd", "Decimals"]
    return TableRows("rrrrddr", head, rows)


@table
def limits() -> TableRows:
    """Each case: the gates, what is left of the error, two gradients."""
    free = r"$\mathbf{i}$, $\mathbf{q}$ free"
    cases = {
        "closed": (r"$\mathbf{f} = 0$", free),
        "open": (r"$\mathbf{f} = 1$", free),
        "all": (r"$\mathbf{f} = 1$", r"$\mathbf{i} = \mathbf{q} = 1$"),
        "hold": (r"$\mathbf{f} = 1$", r"$\mathbf{i} = 0$, $\mathbf{q} = 1$"),
    }
    rows = [
        [*gates, *[rf"\val{{corners.{case}_{what}}}" for what in ("path", "full", "bf", "bg")]]
        for case, gates in cases.items()
    ]
    norms = [rf"$\|\partial J/\partial \mathbf{{b}}_{name}\|$" for name in "fg"]
    head = ["Forget gate", "Other gates", "Cells alone", "In full", *norms]
    return TableRows("lldddd", head, rows)


@table
def memory() -> TableRows:
    """Each bias: forget gate, both time constants, what is left at the largest lag."""
    rows = [
        [
            rf"$\val{{biases[{k}]}}$",
            rf"\val[4]{{constants.f[{k}]}}",
            *[rf"\val{{constants.{name}[{k}]}}" for name in ("mean", "theta")],
            *[rf"\val{{{name}}}" for name in (f"powers.b{k}", f"ends.path_{k}", f"ends.full_{k}")],
        ]
        for k in range(1, 5)
    ]
    head = [r"$\beta$", r"$\varphi = \sigma(\beta)$", r"$1/(1 - \varphi)$", r"$\theta(\varphi)$",
            r"$\log_{10} \varphi^{\val{lag}}$", "Cells alone", "In full"]  # fmt: skip
    return TableRows("cdddddd", head, rows)


@figure
def decay(curves: Arrays, biases: Array, gains: Array, rnn_gains: Array) -> Figure:
    """Sizes of the errors against the lag: for forget biases, for recurrent gains."""
    return fading(curves, biases, gains, rnn_gains)


@figure
def cell() -> Tikz:
    """One step of the LSTM."""
    return cell_diagram()
