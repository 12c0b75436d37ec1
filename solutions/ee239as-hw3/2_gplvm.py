"""Gradients of the linear GP-LVM compared, and the ascent of its likelihood to the closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import autograd.numpy as anp
import numpy as np
from autograd import grad
from matplotlib.figure import Figure

from derivatex import TableRows, Tikz, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Arrays: TypeAlias = Mapping[str, Array]
Numbers: TypeAlias = Mapping[str, float]
Node: TypeAlias = tuple[str, str, float, float, str, str, str]
BLUE, ORANGE, PURPLE, GREY = "#0B5394", "#C06014", "#8E2F6B", "0.45"
WAYS = ("X one one", "one M one", "X two two", "two T two", "T M two", "M K edge")
STYLE = r"""\begin{tikzpicture}[
  node/.style={circle, draw=dxaccent, fill=dxaccent!7, minimum size=9mm, inner sep=1pt},
  input/.style={node, rectangle, rounded corners=2pt},
  up/.style={font=\scriptsize, inner sep=1.5pt, text=dxvalue}, down/.style={up, text=dxgradient},
  edge/.style={->, >=latex, draw=dxquiet}, one/.style={edge, draw=dxgradient, very thick},
  two/.style={edge, draw=dxaccent, very thick, dashed},
]"""


# second routes


def instances_by_single_draws(sizes: Array) -> dict[str, Array]:
    """The same numbers, drawn one by one."""
    random = np.random.Generator(np.random.PCG64(0))
    made = {}
    for place, (rows, places, columns) in enumerate(sizes.astype(int)):
        for name, wide in (("X", places), ("Y", columns)):
            drawn = [[random.normal() for _ in range(wide)] for _ in range(rows)]
            made[f"{name}{place}"] = np.array(drawn)
    return made


def compared_by_complex_steps(instances: Arrays, kernel: Array, most: int) -> dict[str, float]:
    """Norms by complex steps; and the same rules against these."""
    found: dict[str, float] = {}
    for place in range(len(instances) // 2):
        X, Y = instances[f"X{place}"], instances[f"Y{place}"]  # noqa: N806
        alpha, beta, S = *kernel, Y @ Y.T  # noqa: N806
        noise = np.eye(len(X)) / beta
        K = alpha * X @ X.T + noise  # noqa: N806
        back = beta * np.linalg.solve(K, noise)
        starts = {"one": X, "two": X, "X": X, "T": X.T, "M": X @ X.T, "K": K, "B": back}
        ours = {"sR": -np.eye(len(X)) / 2, "sB": -S / 2, "wX": np.zeros(X.shape)}
        for which, slope in (("f", -Y.shape[1] * back / 2), ("s", back @ S @ back / 2)):
            ours |= {f"{which}K": slope, f"{which}M": alpha * slope}
            ours |= {f"{which}T": alpha * X.T @ slope, f"{which}one": alpha * slope @ X}
            ours |= {f"{which}two": alpha * slope @ X, f"{which}X": 2 * alpha * slope @ X}
            ours["wX"] = ours["wX"] + 2 * alpha * slope @ X
        for name, slope in ours.items():
            start, made = starts.get(name[1:], back @ S), np.zeros(slope.shape)
            for at in np.ndindex(*slope.shape):
                step = np.zeros(slope.shape, complex)
                step[at] = 1e-30j
                moved = dict.fromkeys(name[1:].replace("X", "one two").split(), start + step)
                left, right = moved.get("one", X), moved.get("T", moved.get("two", X).T)
                inner = moved.get("K", alpha * moved.get("M", left @ right) + noise)
                product = moved.get("R", moved.get("B", np.linalg.inv(inner)) @ S)
                first = Y.shape[1] * np.log(np.linalg.det(inner)) * (name[0] in "fw")
                made[at] = -(first + np.trace(product) * (name[0] in "sw")).imag / 2e-30
            decimals = -math.log10(float(abs(made - slope).max()) + 1e-30)
            found.setdefault(f"{name}_norm", math.hypot(*made.flat))
            found[name] = min(found.get(name, most), math.floor(decimals))
    return found


def observations_by_single_draws(rows: int, columns: int) -> Array:
    """The same numbers, drawn one by one; the ellipse by complex powers."""
    random = np.random.Generator(np.random.PCG64(6))
    axes = np.array([[random.normal() for _ in range(columns)] for _ in range(2)])
    circle = np.array([np.exp(2j * math.pi / rows) ** k for k in range(rows)])
    noise = np.array([[random.normal() for _ in range(columns)] for _ in range(rows)])
    drawn = np.outer(0.4 * circle.real, axes[0]) + np.outer(circle.imag / 2, axes[1]) + 0.3 * noise
    return np.asarray(drawn - np.full((rows, rows), 1 / rows) @ drawn)


def spectrum_by_covariance(observations: Array) -> Array:
    """Eigenvalues of the small matrix of second moments."""
    found = np.linalg.eigvalsh(observations.T @ observations)
    return np.asarray(found[::-1] / observations.shape[1])


def places_by_components(observations: Array, spectrum: Array, kernel: Array) -> dict[str, Array]:
    """Principal components of the observations, scaled."""
    scores = observations @ np.linalg.eigh(observations.T @ observations)[1][:, ::-1]
    lengths = np.sqrt(np.maximum(0, spectrum - 1 / kernel[1]) / kernel[0])
    scores = lengths * scores / np.sqrt((scores**2).sum(axis=0))
    scores = np.array([column * np.sign(max(column, key=abs)) for column in scores.T])
    return {"best": scores[:2].T, "saddle": scores[:3:2].T}


def levels_by_likelihood(observations: Array, places: Arrays, kernel: Array) -> dict[str, float]:
    """The log-likelihood itself, by a Cholesky factor of the kernel matrix."""
    found = {}
    for name, X in {**places, "zero": 0 * places["best"]}.items():  # noqa: N806
        factor = np.linalg.cholesky(kernel[0] * X @ X.T + np.eye(len(X)) / kernel[1])
        white = np.linalg.solve(factor, observations)
        logs = 2 * float(np.log(math.sqrt(2 * math.pi) * np.diag(factor)).sum())
        found[name] = -(observations.shape[1] * logs + float((white**2).sum())) / 2
    return found


def volume_on_the_small_side(places: Arrays, kernel: Array) -> float:
    """Determinant of a matrix with two rows, and a power."""
    (a, b), (_, d) = kernel[0] * places["best"].T @ places["best"] + np.eye(2) / kernel[1]
    return math.log(a * d - b * b) - (len(places["best"]) - 2) * math.log(kernel[1])


def ascent_on_the_small_side(
    observations: Array, places: Arrays, kernel: Array, plan: Array
) -> dict[str, Array]:
    """Every step with the inverse of a matrix with two rows."""
    made: dict[str, Array] = {}
    (rows, columns), (alpha, beta) = observations.shape, kernel.tolist()
    random = np.random.Generator(np.random.PCG64(7))
    drawn = [[[random.normal() for _ in range(2)] for _ in range(rows)] for _ in range(3)]
    one, two, three = (np.array(block) for block in drawn)
    third = places["saddle"] + three / 10000
    for name, start in zip(("one", "two", "near"), (one / 10, two / 2, third), strict=True):
        X, seen = start, []  # noqa: N806
        for _ in range(int(plan[1]) + 1):
            C = alpha * X.T @ X + np.eye(2) / beta  # noqa: N806
            across = observations @ (observations.T @ X) @ np.linalg.inv(C)
            total = beta * ((observations**2).sum() - alpha * (X * across).sum())
            logs = rows * math.log(2 * math.pi / beta) + math.log(beta**2 * np.linalg.det(C))
            seen.append(-(columns * logs + total) / 2)
            pull = beta * (across - alpha * X @ np.linalg.solve(C, X.T @ across))
            X = X + plan[0] * alpha * (pull - columns * X @ np.linalg.inv(C))  # noqa: N806
        made |= {name: np.array(seen), f"{name}_end": X}
    return made


def final_by_loops(ascent: Arrays, levels: Numbers, places: Arrays) -> dict[str, float]:
    """The last entries, and inner products of rows."""
    found = {}
    for name in ("one", "two", "near"):
        pairs = list(zip(ascent[f"{name}_end"].tolist(), places["best"].tolist(), strict=True))
        gaps = [
            a * c + b * d - e * g - f * h for (a, b), (e, f) in pairs for (c, d), (g, h) in pairs
        ]
        found[f"{name}_gap"] = math.hypot(*gaps)
        found[name] = levels["best"] - float(ascent[name][-1])
    return found


# what the report prints


@value(route=instances_by_single_draws)
def instances(sizes: Array) -> dict[str, Array]:
    """Random places and observations of the given sizes."""
    random = np.random.default_rng(0)
    made = {}
    for place, (rows, places, columns) in enumerate(sizes.astype(int)):
        made[f"X{place}"] = random.normal(size=(rows, places))
        made[f"Y{place}"] = random.normal(size=(rows, columns))
    return made


@value(route=compared_by_complex_steps, digits=4)
def compared(instances: Arrays, kernel: Array, most: int) -> dict[str, float]:
    """Norms of the gradients of the first instance; decimals that agree with autograd in all."""
    found: dict[str, float] = {}
    for place in range(len(instances) // 2):
        X, Y = instances[f"X{place}"], instances[f"Y{place}"]  # noqa: N806
        theirs = by_reverse_mode(X, Y, kernel)
        for name, slope in by_rules(X, Y, kernel).items():
            decimals = -math.log10(max(float(abs(slope - theirs[name]).max()), 10.0**-most))
            found.setdefault(f"{name}_norm", float(np.linalg.norm(slope)))
            found[name] = min(found.get(name, most), math.floor(decimals))
    return found


@value(route=observations_by_single_draws)
def observations(rows: int, columns: int) -> Array:
    """Centred noisy images of points on an ellipse, as rows."""
    random = np.random.default_rng(6)
    axes, turns = random.normal(size=(2, int(columns))), 2 * math.pi * np.arange(rows) / rows
    drawn = np.column_stack([0.4 * np.cos(turns), 0.5 * np.sin(turns)]) @ axes
    drawn = drawn + 0.3 * random.normal(size=drawn.shape)
    return np.asarray(drawn - drawn.mean(axis=0))


@value(route=spectrum_by_covariance, digits=4)
def spectrum(observations: Array) -> Array:
    r"""Eigenvalues of $\frac1D Y Y^\top$ that are not zero, in falling order."""
    rows, columns = observations.shape
    found = np.linalg.eigvalsh(observations @ observations.T / columns)
    return np.asarray(found[: rows - columns - 1 : -1])


@value(route=places_by_components)
def places(observations: Array, spectrum: Array, kernel: Array) -> dict[str, Array]:
    """The maximiser in closed form, and a saddle point, by eigenvectors."""
    vectors = np.linalg.eigh(observations @ observations.T)[1][:, [-1, -2, -3]]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), range(3)])
    found = vectors * np.sqrt((spectrum[:3] - 1 / kernel[1]) / kernel[0])
    return {"best": found[:, :2], "saddle": found[:, [0, 2]]}


@value(route=levels_by_likelihood, digits=4)
def levels(observations: Array, spectrum: Array, kernel: Array) -> dict[str, float]:
    """Log-likelihood at the maximum, at a saddle point and at zero, by the eigenvalues."""
    rows, columns = observations.shape
    zero = rows * math.log(kernel[1] / (2 * math.pi)) - kernel[1] * float(spectrum.sum())
    one, two, three = kernel[1] * spectrum[:3] - 1 - np.log(kernel[1] * spectrum[:3])
    gains = {"best": one + two, "saddle": one + three, "zero": 0}
    return {name: columns * float(zero + gain) / 2 for name, gain in gains.items()}


@value(route=volume_on_the_small_side, digits=4)
def volume(places: Arrays, kernel: Array) -> float:
    r"""$\log\det K$ at the maximiser, of the large matrix."""
    large = kernel[0] * places["best"] @ places["best"].T + np.eye(len(places["best"])) / kernel[1]
    return float(np.linalg.slogdet(large)[1])


@value(route=ascent_on_the_small_side, tolerance=1e-8)
def ascent(observations: Array, places: Arrays, kernel: Array, plan: Array) -> dict[str, Array]:
    r"""Log-likelihood after each step from three starts, and the last $X$."""
    S, I = observations @ observations.T, np.eye(len(observations))  # noqa: E741, N806
    one, two, three = np.random.default_rng(7).normal(size=(3, len(S), 2))
    starts = {"one": one / 10, "two": two / 2, "near": places["saddle"] + three / 10000}
    made: dict[str, Array] = {}
    for name, start in starts.items():
        X, seen = start, []  # noqa: N806
        for _ in range(int(plan[1]) + 1):
            K = kernel[0] * X @ X.T + I / kernel[1]  # noqa: N806
            inverse = np.linalg.inv(K)
            logs = np.linalg.slogdet(2 * math.pi * K)[1]
            seen.append(-(observations.shape[1] * logs + np.trace(inverse @ S)) / 2)
            pull = inverse @ S @ inverse - observations.shape[1] * inverse
            X = X + plan[0] * kernel[0] * pull @ X  # noqa: N806
        made |= {name: np.array(seen), f"{name}_end": X}
    return made


@value(route=final_by_loops, digits=2, scientific=True, tolerance=1e-6)
def final(ascent: Arrays, levels: Numbers, places: Arrays) -> dict[str, float]:
    r"""What is missing in the end: $\hat L - L$, and $\|X X^\top - \hat X \hat X^\top\|_F$."""
    found, best = {}, places["best"] @ places["best"].T
    for name in ("one", "two", "near"):
        end = ascent[f"{name}_end"]
        found[f"{name}_gap"] = float(np.linalg.norm(end @ end.T - best))
        found[name] = levels["best"] - float(ascent[name][-1])
    return found


def by_rules(X: Array, Y: Array, kernel: Array) -> dict[str, Array]:
    """The gradients of parts (b), (d) and (e), node by node.

    Shapes: X (N, q), Y (N, D).
    """
    alpha, beta, I, S = *kernel, np.eye(len(X)), Y @ Y.T  # noqa: E741, N806
    inverse = np.linalg.inv(alpha * X @ X.T + I / beta)
    found = {"fK": -Y.shape[1] * inverse / 2, "sR": -I / 2, "sB": -S / 2}
    found["sK"] = inverse @ S @ inverse / 2
    for term in "fs":
        found[f"{term}M"] = alpha * found[f"{term}K"]
        found[f"{term}T"] = X.T @ found[f"{term}M"]
        found[f"{term}one"] = found[f"{term}M"] @ X
        found[f"{term}two"] = found[f"{term}T"].T
        found[f"{term}X"] = found[f"{term}one"] + found[f"{term}two"]
    return {**found, "wX": found["fX"] + found["sX"]}


def by_reverse_mode(X: Array, Y: Array, kernel: Array) -> dict[str, Array]:
    """The same by automatic differentiation of each term as a function of each node."""
    alpha, beta, I, S = *kernel, np.eye(len(X)), Y @ Y.T  # noqa: E741, N806

    def term(name: str, **at: Array) -> Array:
        right = at.get("T", at.get("two", X).T)
        inner = at.get("K", alpha * at.get("M", anp.dot(at.get("one", X), right)) + I / beta)
        product = at.get("R", anp.dot(at.get("B", anp.linalg.inv(inner)), S))
        first, second = -Y.shape[1] * anp.linalg.slogdet(inner)[1] / 2, -anp.trace(product) / 2
        total: Array = {"f": first, "s": second, "w": first + second}[name]
        return total

    K = alpha * X @ X.T + I / beta  # noqa: N806
    B = np.linalg.inv(K)  # noqa: N806
    nodes = {"K": K, "M": X @ X.T, "T": X.T, "one": X, "two": X, "B": B, "R": B @ S}
    found: dict[str, Array] = {}
    for name in ("fK", "fM", "fT", "fone", "ftwo", "sR", "sB", "sK", "sM", "sT", "sone", "stwo"):
        found[name] = grad(lambda at, name=name: term(name[0], **{name[1:]: at}))(nodes[name[1:]])
    for name in "fsw":
        found[f"{name}X"] = grad(lambda at, name=name: term(name, one=at, two=at))(X)
    return found


@table
def gradients() -> TableRows:
    """Each derivative: rule, shape, norm, agreement."""
    rows = [
        [*(f"${cell}$" for cell in cells), rf"\val{{compared.{name}_norm}}",
         rf"\val{{compared.{name}}}"]
        for name, *cells in (
            ("fK", r"\partial L_1/\partial K", "-D K^{-1}/2", r"N \times N"),
            ("fM", r"\Gamma_1", r"-\alpha D K^{-1}/2", r"N \times N"),
            ("fT", r"\partial L_1/\partial T", r"X^\top \Gamma_1", r"q \times N"),
            ("fone", r"\partial \tilde L_1/\partial X_1", r"\Gamma_1 X", r"N \times q"),
            ("ftwo", r"\partial \tilde L_1/\partial X_2", r"\Gamma_1^\top X", r"N \times q"),
            ("fX", r"\partial L_1/\partial X", r"-\alpha D K^{-1} X", r"N \times q"),
            ("sR", r"\partial L_2/\partial R", "-I/2", r"N \times N"),
            ("sB", r"\partial L_2/\partial B", "-S/2", r"N \times N"),
            ("sK", r"\partial L_2/\partial K", "K^{-1} S K^{-1}/2", r"N \times N"),
            ("sM", r"\Gamma_2", r"\alpha K^{-1} S K^{-1}/2", r"N \times N"),
            ("sT", r"\partial L_2/\partial T", r"X^\top \Gamma_2", r"q \times N"),
            ("sone", r"\partial \tilde L_2/\partial X_1", r"\Gamma_2 X", r"N \times q"),
            ("stwo", r"\partial \tilde L_2/\partial X_2", r"\Gamma_2^\top X", r"N \times q"),
            ("sX", r"\partial L_2/\partial X", r"\alpha K^{-1} S K^{-1} X", r"N \times q"),
            ("wX", r"\partial L/\partial X", r"\text{sum of both}", r"N \times q"),
        )
    ]  # fmt: skip
    return TableRows("lllcc", ["Derivative", "Rule", "Shape", "Norm", "Agreeing decimals"], rows)


def drawn(nodes: Sequence[Node], arrows: Sequence[str]) -> Tikz:
    """Nodes (name, style, place, symbol, above, below), arrows (from, to, style)."""
    lines = [STYLE]
    for name, style, x, y, symbol, above, below in nodes:
        labels = f"label={{[up]above:${above}$}}, label={{[down]below:${below}$}}"
        lines.append(rf"\node[{style}, {labels}] ({name}) at ({x:g},{y:g}) {{${symbol}$}};")
    lines += [
        rf"\draw[{style}] ({tail}) -- ({head});" for tail, head, style in map(str.split, arrows)
    ]
    return Tikz("\n".join([*lines, r"\end{tikzpicture}"]))


def paths(term: str, slope: str) -> tuple[Node, ...]:
    """The nodes up to $K$, which both graphs have."""
    gamma = rf"\Gamma_{term}"
    return (
        ("X", "input", 0, 0, "X", "", f"2 {gamma} X"),
        ("one", "node", 1.9, 1.2, "X_1", "X_1 = X", rf"{gamma} X"),
        ("two", "node", 1.9, -1.2, "X_2", "X_2 = X", rf"{gamma}^\top X"),
        ("T", "node", 3.7, -1.2, "T", r"T = X_2^\top", rf"X^\top {gamma}"),
        ("M", "node", 5.2, 0, "M", "M = X_1 T", gamma),
        ("K", "node", 7.3, 0, "K", r"\alpha M + \beta^{-1} I", slope),
    )


@figure
def first() -> Tikz:
    """The operations of the first term, with both paths from $X$."""
    nodes = (
        *paths("1", r"-\tfrac{D}{2} K^{-1}"),
        ("u", "node", 9.6, 0, "u", r"u = \log\det K", r"-\tfrac{D}{2}"),
        ("L", "node", 11.9, 0, "L_1", r"L_1 = -\tfrac{D}{2} u", "1"),
    )
    return drawn(nodes, (*WAYS, "K u edge", "u L edge"))


@figure
def second() -> Tikz:
    """The operations of the second term, with both paths from $X$."""
    nodes = (
        *paths("2", r"\tfrac{1}{2} K^{-1} S K^{-1}"),
        ("B", "node", 9.3, 0, "B", "B = K^{-1}", r"-\tfrac{1}{2} S"),
        ("R", "node", 11, 0, "R", "R = B S", r"-\tfrac{1}{2} I"),
        ("t", "node", 12.7, 0, r"\tau", r"\tau = \operatorname{tr} R", r"-\tfrac{1}{2}"),
        ("L", "node", 14.4, 0, "L_2", r"-\tfrac{1}{2} \tau", "1"),
        ("S", "input", 9.3, -1.8, "S", r"S = Y Y^\top", ""),
    )
    return drawn(nodes, (*WAYS, "K B edge", "B R edge", "S R edge", "R t edge", "t L edge"))


@figure
def climb(ascent: Arrays, levels: Numbers, places: Arrays) -> Figure:
    """The log-likelihood of three ascents, and the places that one of them finds."""
    made = Figure(figsize=(6.3, 2.6))
    left, right = made.subplots(1, 2, width_ratios=[1.25, 1])
    for name, label, colour, line in (
        ("one", "small random start", BLUE, "-"),
        ("two", "large random start", PURPLE, "--"),
        ("near", "start near a saddle point", ORANGE, "-."),
    ):
        left.plot(ascent[name], line, color=colour, label=label)
    for name, line in (("best", ":"), ("saddle", "--"), ("zero", "-")):
        left.axhline(levels[name], color=GREY, lw=0.7, ls=line)
    left.set(xlabel="step", ylabel="$L$", xlim=(-2, 60))
    left.legend(loc="center right")
    end = ascent["one_end"]
    turn, _, back = np.linalg.svd(end.T @ places["best"])
    right.plot(*places["best"].T, "o", color="black", mfc="none", ms=6, label="closed form")
    right.plot(*(end @ turn @ back).T, ".", color=BLUE, ms=5, label="ascent, rotated")
    right.set(aspect="equal", xlabel="first axis", ylabel="second axis")
    right.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, handletextpad=0.1)
    return made
