"""Gradients of a small auto-encoder by several routes, its training, momentum on a quadratic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import zip_longest
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Complex: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.complex128]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]

TINY = 1e-30  # of complex steps: they subtract nothing, so the smaller the better
BLUE, ORANGE, PURPLE = "#1F5FA8", "#C06014", "#8E2F6B"


def split(stacked: Array, inputs: int) -> dict[str, Array]:
    """W, b, W' and b' from the column that stacks them."""
    units = (len(stacked) - inputs) // (2 * inputs + 1)
    parts = np.split(stacked, np.cumsum([units * inputs, units, units * inputs]))
    weights, bias, back, shift = parts
    return {"W": weights.reshape(units, -1), "b": bias, "Wd": back.reshape(-1, units), "bd": shift}


def squared_error(x: Array, stacked: Array) -> Array:
    """Loss with sigmoid code and identity decoder, for real and complex parameters."""
    net = split(stacked, len(x))
    code = 1 / (1 + np.exp(-(net["W"] @ x + net["b"])))
    return np.asarray(((net["Wd"] @ code + net["bd"] - x) ** 2).sum())


# second routes: nothing is shared with what they check


def theta_by_loops(
    encoder: Array, encoder_bias: Array, decoder: Array, decoder_bias: Array
) -> Array:
    """Entries appended one by one."""
    parts = (encoder, encoder_bias, decoder, decoder_bias)
    return np.array([float(number) for part in parts for number in part.flat])


def loss_by_loops(x: Array, theta: Array) -> float:
    r"""Scalar arithmetic, with $\sigma(u) = \tfrac12(1 + \tanh\tfrac u2)$."""
    d, numbers = len(x), iter(float(number) for number in theta)
    m = len(theta) // (2 * d + 1)
    sums = [sum(next(numbers) * float(entry) for entry in x) for _ in range(m)]
    code = [(1 + math.tanh((total + next(numbers)) / 2)) / 2 for total in sums]
    output = [sum(next(numbers) * unit for unit in code) for _ in range(d)]
    pairs = zip(output, x, strict=True)
    return math.fsum((made + next(numbers) - float(entry)) ** 2 for made, entry in pairs)


def gradient_by_tangents(x: Array, theta: Array) -> dict[str, Array]:
    """Forward mode, one tangent for each parameter."""
    d, m = len(x), len(theta) // (2 * len(x) + 1)
    sizes = {"W": (m, d), "b": (m,), "Wd": (d, m), "bd": (d,)}
    ends = np.cumsum([math.prod(size) for size in sizes.values()])

    def blocks(column: Array) -> list[Array]:
        pairs = zip(ends, sizes.values(), strict=True)
        return [column[end - math.prod(size) : end].reshape(size) for end, size in pairs]

    weights, bias, back, shift = blocks(theta)
    code = 0.5 + 0.5 * np.tanh((weights @ x + bias) / 2)
    slopes = []
    for direction in np.eye(len(theta)):
        moved, tilt, turned, lift = blocks(direction)
        tangent = turned @ code + back @ (code * (1 - code) * (moved @ x + tilt)) + lift
        slopes.append(2 * (back @ code + shift - x) @ tangent)
    return dict(zip(sizes, blocks(np.array(slopes)), strict=True))


def central_by_loops(x: Array, theta: Array, epsilon: float) -> dict[str, Array]:
    """Central differences of the loss in scalar arithmetic."""
    slopes = []
    for place in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[place] += epsilon
        down[place] -= epsilon
        slopes.append((loss_by_loops(x, up) - loss_by_loops(x, down)) / (2 * epsilon))
    d, made = len(x), np.array(slopes)
    m = len(theta) // (2 * d + 1)
    cut = m * d + m
    back = made[cut:-d].reshape(d, m)
    return {"W": made[: m * d].reshape(m, d), "b": made[m * d : cut], "Wd": back, "bd": made[-d:]}


def descent_by_loops(x: Array, theta: Array, steps: Array) -> dict[str, Array | float]:
    """Scalar arithmetic, forward-mode steps."""
    parts = gradient_by_tangents(x, theta).values()
    downhill = -np.array([entry for part in parts for entry in part.flat])
    slope = -math.fsum(float(entry) ** 2 for entry in downhill)
    after = np.array([loss_by_loops(x, theta + step * downhill) for step in steps])
    ratio = (after - loss_by_loops(x, theta)) / (steps * slope)
    return {"slope": slope, "after": after, "ratio": ratio}


def data_by_loops(examples: int) -> Array:
    """The same draws, one by one, put through scalar arithmetic."""
    random = np.random.Generator(np.random.PCG64(0))
    mixing = [[random.normal() for _ in range(2)] for _ in range(4)]
    causes = [[random.uniform(-1, 1) for _ in range(examples)] for _ in range(2)]
    pairs = list(zip(*causes, strict=True))
    return np.array([
        [(1 + math.tanh(row[0] * one + row[1] * two)) / 2 for one, two in pairs] for row in mixing
    ])  # fmt: skip


def start_by_loops() -> Array:
    """Drawn one by one."""
    random = np.random.Generator(np.random.PCG64(1))
    return np.array([random.normal() / 2 for _ in range(4 * 2 + 2 + 2 * 4 + 4)])


def curves_by_complex_steps(
    data: Array, start: Array, gamma: float, mu: float, horizon: int
) -> dict[str, Array]:
    """Complex-step gradients, and two earlier points instead of a velocity."""
    shifts = 1j * TINY * np.eye(len(start))

    def losses(stacked: Complex) -> Complex:
        sums = stacked[:, :8].reshape(-1, 2, 4) @ data + stacked[:, 8:10, None]
        output = stacked[:, 10:18].reshape(-1, 4, 2) @ (1 / (1 + np.exp(-sums)))
        return np.asarray(((output + stacked[:, 18:, None] - data) ** 2).sum(axis=1).mean(axis=1))

    def run(step: float, weight: float) -> Array:
        before, now, seen = start, start, []
        for _ in range(horizon + 1):
            made = losses(now + shifts)
            seen.append(float(made[0].real))
            before, now = now, now - step * made.imag / TINY + weight * (now - before)
        return np.array(seen)

    return {"plain": run(gamma, 0), "fast": run(gamma / (1 - mu), 0), "heavy": run(gamma, mu)}


def tuned_by_rates(low: float, high: float) -> dict[str, float]:
    r"""From the common modulus of the roots: $\mu$ is its square."""
    rate = (math.sqrt(high / low) - 1) / (math.sqrt(high / low) + 1)
    step = 2 / (low + high)
    return {
        "gamma": (1 - rate) ** 2 / low, "mu": rate**2, "heavy": rate,
        "step": step, "plain": 1 - low * step,
    }  # fmt: skip


def paths_by_matrix_powers(
    low: float, high: float, tuned: Numbers, first: Array, rounds: int
) -> Arrays:
    """Powers of the matrix of each direction."""
    made = {"plain": np.zeros((rounds + 1, 2)), "heavy": np.zeros((rounds + 1, 2))}
    for place, curvature in enumerate((low, high)):
        pull, mu = tuned["gamma"] * curvature, tuned["mu"]
        matrix = np.array([[1 - pull, mu], [-pull, mu]])
        for time in range(rounds + 1):
            made["plain"][time, place] = first[place] * (1 - tuned["step"] * curvature) ** time
            power = np.linalg.matrix_power(matrix, time)
            made["heavy"][time, place] = first[place] * power[0, 0]
    return made


def distance_by_components(paths: Arrays) -> dict[str, float]:
    """Root of the sum of squares of the last point."""
    return {name: math.hypot(*map(float, path[-1])) for name, path in paths.items()}


def radii_by_closed_form(weights: Array) -> dict[str, Array]:
    """The two cases of the closed form."""
    pulls = np.array([count / 100 for count in range(1, 451)])
    total = 1 + weights[:, None] - pulls
    inside = total**2 - 4 * weights[:, None]
    real = (abs(total) + np.sqrt(np.maximum(inside, 0))) / 2
    return {"pull": pulls, "radius": np.where(inside < 0, np.sqrt(weights)[:, None], real)}


def edges_by_bisection(weights: Array) -> Array:
    """Bisection for where a root of $P$ leaves the unit disc."""
    edges = []
    for mu in weights:
        low, high = 1.0, 5.0
        for _ in range(50):
            middle = (low + high) / 2
            is_stable = abs(np.roots([1, middle - 1 - mu, mu])).max() < 1
            low, high = (middle, high) if is_stable else (low, middle)
        edges.append(low)
    return np.array(edges)


# what the report prints


@value(route=theta_by_loops)
def theta(encoder: Array, encoder_bias: Array, decoder: Array, decoder_bias: Array) -> Array:
    """Parameters of the small network, stacked."""
    return np.concatenate([encoder.ravel(), encoder_bias, decoder.ravel(), decoder_bias])


@value(route=loss_by_loops, digits=6)
def loss(x: Array, theta: Array) -> float:
    """Loss of the small network."""
    return float(squared_error(x, theta))


@value(route=gradient_by_tangents, digits=4)
def backprop(x: Array, theta: Array) -> dict[str, Array]:
    """Its gradients, by the errors of the layers."""
    net = split(theta, len(x))
    code = 1 / (1 + np.exp(-(net["W"] @ x + net["b"])))
    error = 2 * (net["Wd"] @ code + net["bd"] - x)
    delta = (net["Wd"].T @ error) * code * (1 - code)
    return {"W": np.outer(delta, x), "b": delta, "Wd": np.outer(error, code), "bd": error}


@value(route=gradient_by_tangents, digits=4)
def complex_step(x: Array, theta: Array) -> dict[str, Array]:
    """The same by complex steps."""
    steps = 1j * TINY * np.eye(len(theta))
    return split(np.array([squared_error(x, theta + it).imag / TINY for it in steps]), len(x))


@value(route=central_by_loops, digits=4, tolerance=1e-8)
def central(x: Array, theta: Array, epsilon: float) -> dict[str, Array]:
    """The same by central differences."""
    slopes = [
        float(squared_error(x, theta + step) - squared_error(x, theta - step)) / (2 * epsilon)
        for step in epsilon * np.eye(len(theta))
    ]
    return split(np.array(slopes), len(x))


@value(route=descent_by_loops, digits=4, tolerance=1e-8)
def descent(x: Array, theta: Array, steps: Array, backprop: Arrays) -> dict[str, Array | float]:
    r"""Slope, loss $\phi(\gamma)$, change over prediction."""
    gradient = np.concatenate([part.ravel() for part in backprop.values()])
    slope = -float((gradient**2).sum())
    after = np.array([float(squared_error(x, theta - step * gradient)) for step in steps])
    ratio = (after - float(squared_error(x, theta))) / (steps * slope)
    return {"slope": slope, "after": after, "ratio": ratio}


@value(route=data_by_loops)
def data(examples: int) -> Array:
    """Examples with two hidden causes, as columns."""
    random = np.random.default_rng(0)
    mixing = random.normal(size=(4, 2))
    return np.asarray(0.5 + 0.5 * np.tanh(mixing @ random.uniform(-1, 1, (2, examples))))


@value(route=start_by_loops)
def start() -> Array:
    """Initial parameters of the training."""
    return np.random.default_rng(1).normal(size=22) / 2


@value(route=curves_by_complex_steps, tolerance=1e-7)
def curves(data: Array, start: Array, gamma: float, mu: float, horizon: int) -> dict[str, Array]:
    """Mean loss after each step of the three runs."""

    def run(step: float, weight: float) -> Array:
        now, velocity, seen = start.copy(), np.zeros(len(start)), []
        for _ in range(horizon + 1):
            net = split(now, len(data))
            code = 1 / (1 + np.exp(-(net["W"] @ data + net["b"][:, None])))
            residual = net["Wd"] @ code + net["bd"][:, None] - data
            seen.append(float((residual**2).sum()) / data.shape[1])
            error = 2 * residual / data.shape[1]
            delta = (net["Wd"].T @ error) * code * (1 - code)
            parts = (delta @ data.T, delta.sum(axis=1), error @ code.T, error.sum(axis=1))
            velocity = weight * velocity - step * np.concatenate([it.ravel() for it in parts])
            now = now + velocity
        return np.array(seen)

    return {"plain": run(gamma, 0), "fast": run(gamma / (1 - mu), 0), "heavy": run(gamma, mu)}


@value(route=tuned_by_rates, digits=4)
def tuned(low: float, high: float) -> dict[str, float]:
    """Tuned step lengths, momentum, factors per step."""
    root, other = math.sqrt(low), math.sqrt(high)
    mu = ((other - root) / (other + root)) ** 2
    return {
        "gamma": 4 / (other + root) ** 2, "mu": mu, "heavy": math.sqrt(mu),
        "step": 2 / (low + high), "plain": (high - low) / (high + low),
    }  # fmt: skip


@value(route=paths_by_matrix_powers, tolerance=1e-8)
def paths(low: float, high: float, tuned: Numbers, first: Array, rounds: int) -> Arrays:
    """Iterates on the quadratic, both methods."""
    made = {}
    for name, step, mu in (("plain", "step", 0.0), ("heavy", "gamma", tuned["mu"])):
        now, velocity, seen = first, np.zeros(2), [first]
        for _ in range(rounds):
            velocity = mu * velocity - tuned[step] * np.array([low, high]) * now
            now = now + velocity
            seen.append(now)
        made[name] = np.array(seen)
    return made


@value(route=distance_by_components, digits=2, scientific=True, tolerance=1e-8)
def distance(paths: Arrays) -> dict[str, float]:
    """Distance from the minimum after the last iterate."""
    return {name: float(np.linalg.norm(path[-1])) for name, path in paths.items()}


@value(route=radii_by_closed_form, tolerance=1e-6)
def radii(weights: Array) -> dict[str, Array]:
    r"""Largest modulus of the eigenvalues of a step."""
    pulls = np.arange(1, 451) / 100
    made = [
        [abs(np.linalg.eigvals([[1 - pull, mu], [-pull, mu]])).max() for pull in pulls]
        for mu in weights
    ]
    return {"pull": pulls, "radius": np.array(made)}


@value(route=edges_by_bisection, digits=1)
def edges(weights: Array) -> Array:
    r"""Bounds $2(1 + \mu)$ of $\gamma\lambda$."""
    return 2 * (1 + weights)


@table
def gradients(backprop: Arrays) -> TableRows:
    """Each parameter, encoder beside decoder: errors, complex step, central difference."""
    symbols = {"W": "W", "b": "b", "Wd": "{W'}", "bd": "{b'}"}
    halves: dict[bool, list[list[str]]] = {False: [], True: []}
    for name, part in backprop.items():
        for place in np.ndindex(*part.shape):
            at = ",".join(str(index + 1) for index in place)
            routes = ("backprop", "complex_step", "central")
            cells = [rf"\val[7]{{{route}.{name}[{at}]}}" for route in routes]
            symbol = f"${symbols[name]}_{{{at.replace(',', '')}}}$"
            halves[name.endswith("d")].append([symbol, *cells])
    rows = [left + right for left, right in zip_longest(*halves.values(), fillvalue=[""] * 4)]
    return TableRows("lddd" * 2, ["", "Errors", "Complex", "Central"] * 2, rows)


@table
def step_lengths(steps: Array) -> TableRows:
    """Each step: its length, the loss after it, change over prediction."""
    rows = [
        [rf"\val{{steps[{k}]}}", rf"\val{{descent.after[{k}]}}", rf"\val{{descent.ratio[{k}]}}"]
        for k in range(1, len(steps) + 1)
    ]
    heading = [r"$\gamma$", r"$\phi(\gamma)$", r"$(\phi(\gamma) - \phi(0))/(\gamma \phi'(0))$"]
    return TableRows("ddd", heading, rows)


@figure
def training(curves: Arrays, gamma: float, mu: float) -> Figure:
    """The loss against the step."""
    made = Figure(figsize=(6.0, 1.9))
    axis = made.subplots()
    labels = {
        "plain": rf"plain, $\gamma = {gamma:g}$",
        "fast": r"plain, $\gamma/(1 - \mu)$",
        "heavy": rf"momentum, $\gamma = {gamma:g}$, $\mu = {mu:g}$",
    }
    styles = {"plain": (BLUE, "--"), "fast": (PURPLE, ":"), "heavy": (ORANGE, "-")}
    for name, curve in curves.items():
        colour, line = styles[name]
        axis.semilogy(curve, color=colour, ls=line, lw=1.5, label=labels[name])
    axis.set_xlabel("step")
    axis.set_ylabel(r"mean loss $\bar{J}$")
    axis.legend()
    return made


@figure
def momentum(paths: Arrays, radii: Arrays, weights: Array, low: float, high: float) -> Figure:
    """Iterates on a quadratic, and how fast each component shrinks."""
    made = Figure(figsize=(6.3, 2.2))
    left, right = made.subplots(1, 2)
    one, two = np.meshgrid(np.linspace(-1.5, 5.8, 81), np.linspace(-2.1, 2.1, 81))
    left.contour(one, two, low * one**2 + high * two**2, levels=9, colors="0.8", linewidths=0.6)
    for name, colour, line in (("plain", BLUE, "o--"), ("heavy", ORANGE, "s-")):
        label = "plain" if name == "plain" else "momentum"
        left.plot(*paths[name].T, line, color=colour, lw=1, ms=2.5, label=label)
    left.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    left.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    styles = zip(weights, radii["radius"], (BLUE, PURPLE, ORANGE), ("--", ":", "-"), strict=True)
    for mu, radius, colour, line in styles:
        right.plot(radii["pull"], radius, color=colour, ls=line, lw=1.5, label=rf"$\mu = {mu:g}$")
    right.axhline(1, color="0.4", lw=0.6)
    right.set(xlabel=r"$\gamma\lambda$", ylabel=r"larger modulus $\rho$", ylim=(0, 1.6))
    right.legend(loc="upper left")
    return made
