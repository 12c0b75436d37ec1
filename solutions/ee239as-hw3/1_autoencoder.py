"""Gradients of the linear auto-encoder compared, and its descent to the principal subspace."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
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
BLUE, ORANGE, GREY = "#0B5394", "#C06014", "0.45"
STYLE = r"""\begin{tikzpicture}[
  node/.style={circle, draw=dxaccent, fill=dxaccent!7, minimum size=9mm, inner sep=1pt},
  input/.style={node, rectangle, rounded corners=2pt},
  along/.style={font=\scriptsize, inner sep=1.5pt, fill=white},
  up/.style={along, fill=none, text=dxvalue}, down/.style={up, text=dxgradient},
  edge/.style={->, >=latex, draw=dxquiet}, one/.style={edge, draw=dxgradient, very thick},
  two/.style={edge, draw=dxaccent, very thick, dashed},
]"""


# second routes


def instances_by_single_draws(shapes: Array) -> dict[str, Array]:
    """The same numbers, drawn one by one."""
    random = np.random.Generator(np.random.PCG64(0))
    made = {}
    for place, (n, m) in enumerate(shapes.astype(int)):
        made[f"x{place}"] = np.array([random.normal() for _ in range(n)])
        made[f"W{place}"] = np.array([[random.normal() / 2 for _ in range(n)] for _ in range(m)])
    return made


def norms_by_autograd(instances: Arrays) -> dict[str, float]:
    """Automatic differentiation in reverse mode."""
    found = by_reverse_mode(instances["W0"], instances["x0"])
    return {name: math.sqrt(float((slope**2).sum())) for name, slope in found.items()}


def places_by_complex_steps(instances: Arrays, most: int) -> dict[str, int]:
    """The same rules against complex steps."""
    agreed: dict[str, list[int]] = {}
    for place in range(len(instances) // 2):
        W, x = instances[f"W{place}"], instances[f"x{place}"]  # noqa: N806
        h, e = W @ x, W.T @ W @ x - x
        nodes = {"r": e + x, "V": W.T, "h": h, "one": W, "two": W, "both": W}
        ours = {"r": e, "V": np.outer(e, h), "h": W @ e, "one": np.outer(h, e)}
        ours |= {"two": np.outer(W @ e, x), "both": W @ (np.outer(x, e) + np.outer(e, x))}
        for name, node in nodes.items():
            worst = 1e-30
            for at in np.ndindex(*node.shape):
                step = np.zeros(node.shape, complex)
                step[at] = 1e-30j
                names = ("one", "two") if name == "both" else (name,)
                moved = dict.fromkeys(names, node + step)
                code = moved.get("h", moved.get("two", W) @ x)
                made = moved.get("r", moved.get("V", moved.get("one", W).T) @ code)
                slope = ((made - x) ** 2).sum().imag / 2e-30
                worst = max(worst, abs(slope - ours[name][at]))
            agreed.setdefault(name, []).append(min(int(most), math.floor(-math.log10(worst))))
    return {name: min(found) for name, found in agreed.items()}


def walks_by_residuals(pair: Array, launch: Array, pace: float, strides: int) -> Array:
    """Descent on the residuals of two points that have these second moments."""
    walks = []
    for start in launch:
        w, seen = start, [start]
        for _ in range(int(strides)):
            pairs = [(x, (w @ x) * w - x) for x in np.diag(np.sqrt(2 * pair))]
            w = w - pace * sum((w @ x) * e + (w @ e) * x for x, e in pairs) / 2
            seen.append(w)
        walks.append(seen)
    return np.array(walks)


def data_by_single_draws(scales: Array, inputs: int) -> Array:
    """The same numbers, drawn one by one."""
    random = np.random.Generator(np.random.PCG64(3))
    across = [random.normal() for _ in scales]
    causes = [[scale * random.normal() for _ in range(inputs)] for scale in scales.tolist()]
    size = math.fsum(entry**2 for entry in across)
    rows: list[list[float]] = [[] for _ in scales]
    for point in zip(*causes, strict=True):
        factor = 2 * math.fsum(map(math.prod, zip(across, point, strict=True))) / size
        for row, entry, along in zip(rows, point, across, strict=True):
            row.append(entry - factor * along)
    return np.array([[entry - math.fsum(row) / inputs for entry in row] for row in rows])


def spectrum_by_singular_values(data: Array) -> Array:
    """Squared singular values of the data."""
    return np.asarray(np.linalg.svd(data, compute_uv=False) ** 2 / data.shape[1])


def basis_by_singular_vectors(data: Array) -> Array:
    """Left singular vectors of the data."""
    left = np.linalg.svd(data)[0]
    return np.array([column * (1 if max(column, key=abs) > 0 else -1) for column in left.T]).T


def ends_by_reconstruction(data: Array) -> dict[str, float]:
    """Reconstruction of every input from its singular vectors."""
    left = np.linalg.svd(data)[0]
    found = {}
    for name, kept in (("least", (0, 1)), ("saddle", (0, 2))):
        rests = [x - sum(float(left[:, k] @ x) * left[:, k] for k in kept) for x in data.T]
        found[name] = math.fsum(float(rest @ rest) for rest in rests) / (2 * len(rests))
    return found


def starts_by_single_draws(basis: Array) -> dict[str, Array]:
    """The same numbers, drawn one by one."""
    random = np.random.Generator(np.random.PCG64(4))
    small, noise = ([[random.normal() for _ in basis] for _ in range(2)] for _ in range(2))
    near = np.array([basis.T[0], basis.T[2]]) + np.array(noise) / 20
    return {"small": np.array(small) / 10, "near": near}


def descent_in_the_eigenbasis(
    spectrum: Array, basis: Array, starts: Arrays, rate: float, steps: int
) -> dict[str, Array]:
    """The gradient from the eigenvalues, in the coordinates of the eigenvectors."""
    made: dict[str, list[float]] = {}
    for name, start in starts.items():
        W = start @ basis  # noqa: N806
        for _ in range(int(steps) + 1):
            gram, scaled = W @ W.T, W * spectrum
            tangent = float(np.linalg.norm(np.linalg.solve(W[:, :2], W[:, 2:]), 2))
            loss = spectrum.sum() / 2 - (W * scaled).sum() + ((gram @ W) * scaled).sum() / 2
            made.setdefault(f"{name}_loss", []).append(float(loss))
            made.setdefault(f"{name}_sine", []).append(tangent / math.hypot(1, tangent))
            made.setdefault(f"{name}_gram", []).append(math.hypot(*(gram - np.eye(2)).flat))
            W = W - rate * (scaled @ W.T @ W + gram @ scaled - 2 * scaled)  # noqa: N806
    return {name: np.array(numbers) for name, numbers in made.items()}


def progress_by_lists(descent: Arrays, ends: Numbers, marks: Array) -> dict[str, float]:
    """The recorded numbers, looked up."""
    found = {}
    for place, mark in enumerate(marks.tolist(), start=1):
        for kind, less in (("loss", ends["least"]), ("sine", 0.0), ("gram", 0.0)):
            found[f"{kind}{place}"] = list(descent[f"small_{kind}"])[int(mark)] - less
    return found


# what the report prints


@value(route=instances_by_single_draws)
def instances(shapes: Array) -> dict[str, Array]:
    """Random inputs and matrices of the given shapes."""
    random = np.random.default_rng(0)
    made = {}
    for place, (n, m) in enumerate(shapes.astype(int)):
        made[f"x{place}"] = random.normal(size=n)
        made[f"W{place}"] = random.normal(size=(m, n)) / 2
    return made


@value(route=norms_by_autograd, digits=4)
def norms(instances: Arrays) -> dict[str, float]:
    """Norms of the gradients of the first instance, by the rules."""
    found = by_rules(instances["W0"], instances["x0"])
    return {name: float(np.linalg.norm(slope)) for name, slope in found.items()}


@value(route=places_by_complex_steps)
def places(instances: Arrays, most: int) -> dict[str, int]:
    """Decimals to which rules and automatic differentiation agree."""
    agreed: dict[str, int] = {}
    for place in range(len(instances) // 2):
        W, x = instances[f"W{place}"], instances[f"x{place}"]  # noqa: N806
        theirs = by_reverse_mode(W, x)
        for name, slope in by_rules(W, x).items():
            worst = max(float(abs(slope - theirs[name]).max()), 10.0**-most)
            agreed[name] = min(math.floor(-math.log10(worst)), agreed.get(name, int(most)))
    return agreed


@value(route=walks_by_residuals)
def walks(pair: Array, launch: Array, pace: float, strides: int) -> Array:
    """Gradient descent in the plane from two starts, by the eigenvalues."""
    seen = [launch]
    for _ in range(int(strides)):
        w = seen[-1]
        size, weighted = (w**2).sum(axis=1)[:, None], (w**2 @ pair)[:, None]
        seen.append(w - pace * (weighted * w + (size - 2) * pair * w))
    return np.stack(seen, axis=1)


@value(route=data_by_single_draws)
def data(scales: Array, inputs: int) -> Array:
    """Centred inputs, as columns: independent normal entries, reflected at a random plane."""
    random = np.random.default_rng(3)
    across = random.normal(size=len(scales))
    mirror = np.eye(len(scales)) - 2 * np.outer(across, across) / (across @ across)
    drawn = mirror @ (scales[:, None] * random.normal(size=(len(scales), int(inputs))))
    return np.asarray(drawn - drawn.mean(axis=1, keepdims=True))


@value(route=spectrum_by_singular_values, digits=4)
def spectrum(data: Array) -> Array:
    """Eigenvalues of the second moments of the inputs, in falling order."""
    return np.asarray(np.linalg.eigvalsh(data @ data.T / data.shape[1])[::-1])


@value(route=basis_by_singular_vectors)
def basis(data: Array) -> Array:
    """Eigenvectors of the second moments, as columns."""
    vectors = np.linalg.eigh(data @ data.T / data.shape[1])[1][:, ::-1]
    top = np.abs(vectors).argmax(axis=0)
    return np.asarray(vectors * np.sign(vectors[top, np.arange(len(vectors))]))


@value(route=ends_by_reconstruction, digits=4)
def ends(spectrum: Array) -> dict[str, float]:
    """Half the sums of the eigenvalues that are left out, at a minimum and at a saddle point."""
    saddle = float(spectrum[1] + spectrum[3:].sum()) / 2
    return {"least": float(spectrum[2:].sum()) / 2, "saddle": saddle}


@value(route=starts_by_single_draws)
def starts(basis: Array) -> dict[str, Array]:
    """A small random start, and one near a saddle point."""
    small, noise = np.random.default_rng(4).normal(size=(2, 2, len(basis)))
    return {"small": small / 10, "near": basis[:, [0, 2]].T + noise / 20}


@value(route=descent_in_the_eigenbasis, tolerance=1e-8)
def descent(data: Array, basis: Array, starts: Arrays, rate: float, steps: int) -> dict[str, Array]:
    r"""Loss, sine of the largest angle, and $\|W W^\top - I_m\|_F$, by residuals of the data."""
    made: dict[str, list[float]] = {}
    for name, start in starts.items():
        W = start  # noqa: N806
        for _ in range(int(steps) + 1):
            across = np.linalg.qr(W.T)[0]
            across = across - basis[:, :2] @ (basis[:, :2].T @ across)
            errors = W.T @ W @ data - data
            loss = float((errors**2).sum()) / (2 * data.shape[1])
            made.setdefault(f"{name}_loss", []).append(loss)
            made.setdefault(f"{name}_sine", []).append(float(np.linalg.norm(across, 2)))
            gram = float(np.linalg.norm(W @ W.T - np.eye(2)))
            made.setdefault(f"{name}_gram", []).append(gram)
            slope = W @ (data @ errors.T + errors @ data.T) / data.shape[1]
            W = W - rate * slope  # noqa: N806
    return {name: np.array(numbers) for name, numbers in made.items()}


@value(route=progress_by_lists, digits=2, scientific=True, tolerance=1e-6)
def progress(descent: Arrays, ends: Numbers, marks: Array) -> dict[str, float]:
    """How far the descent from the small start is from the minimum after some steps."""
    at = marks.astype(int)
    return {
        f"{kind}{place}": float(number)
        for kind, less in (("loss", ends["least"]), ("sine", 0), ("gram", 0))
        for place, number in enumerate(descent[f"small_{kind}"][at] - less, start=1)
    }


def by_rules(W: Array, x: Array) -> dict[str, Array]:
    """The gradients of part (d), node by node.

    Shapes: W (m, n), x (n,).
    """
    h = W @ x
    e = W.T @ h - x
    one, two = np.outer(h, e), np.outer(W @ e, x)
    return {"r": e, "V": np.outer(e, h), "h": W @ e, "one": one, "two": two, "both": one + two}


def by_reverse_mode(W: Array, x: Array) -> dict[str, Array]:
    """The same by automatic differentiation of the loss as a function of each node."""

    def loss(r: Array) -> Array:
        half: Array = anp.sum((r - x) ** 2) / 2
        return half

    functions: dict[str, tuple[Callable[[Array], Array], Array]] = {
        "r": (loss, W.T @ W @ x),
        "V": (lambda v: loss(anp.dot(v, W @ x)), W.T),
        "h": (lambda h: loss(anp.dot(W.T, h)), W @ x),
        "one": (lambda w: loss(anp.dot(w.T, W @ x)), W),
        "two": (lambda w: loss(anp.dot(W.T, anp.dot(w, x))), W),
        "both": (lambda w: loss(anp.dot(w.T, anp.dot(w, x))), W),
    }
    return {name: np.asarray(grad(function)(at)) for name, (function, at) in functions.items()}


@table
def gradients() -> TableRows:
    """Each derivative: rule, shape, norm, agreement."""
    rows = [
        [*(f"${cell}$" for cell in cells), rf"\val{{norms.{name}}}", rf"\val{{places.{name}}}"]
        for name, *cells in (
            ("r", r"\partial L/\partial r", "e", "n"),
            ("V", r"\partial L/\partial V", r"e h^\top", r"n \times m"),
            ("h", r"\partial L/\partial h", "W e", "m"),
            ("one", "G_1", r"h e^\top", r"m \times n"),
            ("two", "G_2", r"W e\, x^\top", r"m \times n"),
            ("both", r"\nabla_W L", r"W (x e^\top + e x^\top)", r"m \times n"),
        )
    ]
    return TableRows("lllcc", ["Derivative", "Rule", "Shape", "Norm", "Agreeing decimals"], rows)


@table
def approach(marks: Array) -> TableRows:
    """Steps, and how far the minimum is after them."""
    kinds = ("loss", "sine", "gram")
    rows = [
        [rf"\val{{marks[{k}]}}", *(rf"\val{{progress.{kind}{k}}}" for kind in kinds)]
        for k in range(1, len(marks) + 1)
    ]
    head = ["Steps", r"$J - J_{\min}$", "Sine of the largest angle", r"$\|W W^\top - I_m\|_F$"]
    return TableRows("rccc", head, rows)


def drawn(nodes: Sequence[Node], arrows: Sequence[str]) -> Tikz:
    """Nodes (name, style, place, symbol, above, below), arrows (from, to, style, label)."""
    lines = [STYLE]
    for name, style, x, y, symbol, above, below in nodes:
        labels = f"label={{[up]above:${above}$}}, label={{[down]below:${below}$}}"
        lines.append(rf"\node[{style}, {labels}] ({name}) at ({x:g},{y:g}) {{${symbol}$}};")
    for tail, head, style, *words in map(str.split, arrows):
        label = f"node[along] {{{' '.join(words)}}} " if words else ""
        lines.append(rf"\draw[{style}] ({tail}) -- {label}({head});")
    return Tikz("\n".join([*lines, r"\end{tikzpicture}"]))


@figure
def graph() -> Tikz:
    """The operations of the loss, with both paths from $W$."""
    nodes = (
        ("W", "input", 0, 0, "W", r"m \times n", ""),
        ("x", "input", 6.4, -1.9, "x", "n", ""),
        ("V", "node", 3.2, 1.1, "V", r"V = W^\top:\ n \times m", ""),
        ("h", "node", 3.2, -1.1, "h", r"h = W x:\ m", ""),
        ("r", "node", 6.4, 0, "r", r"r = V h:\ n", ""),
        ("e", "node", 9.2, 0, "e", r"e = r - x:\ n", ""),
        ("L", "node", 12, 0, "L", r"L = \tfrac{1}{2} \|e\|_2^2:\ 1", ""),
    )
    paths = ("W V one path 1", "V r one", "W h two path 2", "h r two")
    return drawn(nodes, (*paths, "x h edge", "x e edge", "r e edge", "e L edge"))


@figure
def copies() -> Tikz:
    """The same graph with a copy of $W$ for each path, and the derivative of each node."""
    nodes = (
        ("W", "input", 0, 0, "W", r"m \times n", "G_1 + G_2"),
        ("one", "node", 2.3, 1.3, "W_1", "W_1 = W", r"G_1 = h e^\top"),
        ("two", "node", 2.3, -1.3, "W_2", "W_2 = W", r"G_2 = W e\, x^\top"),
        ("V", "node", 5.2, 1.3, "V", r"V = W_1^\top", r"e h^\top"),
        ("h", "node", 5.2, -1.3, "h", "h = W_2 x", "W e"),
        ("x", "input", 7.8, -2.2, "x", "n", ""),
        ("r", "node", 7.8, 0, "r", "r = V h", "e"),
        ("e", "node", 10.1, 0, "e", "e = r - x", "e"),
        ("L", "node", 12.4, 0, "L", r"\tfrac{1}{2} \|e\|_2^2", "1"),
    )
    paths = ("W one one", "one V one", "V r one", "W two two", "two h two", "h r two")
    return drawn(nodes, (*paths, "x h edge", "x e edge", "r e edge", "e L edge"))


@figure
def landscape(pair: Array, walks: Array, descent: Arrays, ends: Numbers) -> Figure:
    """The loss over the plane with two descents, and the loss of two descents in six dimensions."""
    made = Figure(figsize=(6.3, 2.6))
    left, right = made.subplots(1, 2, width_ratios=[1, 1.15])
    one, two = np.meshgrid(np.linspace(-1.3, 1.3, 131), np.linspace(-1.3, 1.3, 131))
    size, weighted = one**2 + two**2, pair[0] * one**2 + pair[1] * two**2
    loss = pair.sum() / 2 - weighted + size * weighted / 2
    levels = np.linspace(0.3, 1.2, 19) * pair.sum() / 2
    left.contour(one, two, loss, levels=levels, colors="0.75", linewidths=0.5)
    left.contour(one, two, size, levels=[1], colors=BLUE, linestyles="--", linewidths=0.8)
    for walk in walks:
        left.plot(*walk.T, ".-", color=ORANGE, lw=1, ms=3)
    left.plot([-1, 1], [0, 0], "o", color="black", ms=5, label="minima")
    left.plot([0, 0], [-1, 1], "s", color="black", ms=5, mfc="white", label="saddle points")
    left.plot(0, 0, "^", color="black", ms=5, mfc="white", label="local maximum")
    left.set(aspect="equal", xlabel=r"$W u_1$", ylabel=r"$W u_2$")
    left.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, handletextpad=0.1)
    right.plot(descent["small_loss"], "-", color=BLUE, label="small random start")
    right.plot(descent["near_loss"], "-.", color=ORANGE, label="start near a saddle point")
    right.axhline(ends["least"], color=GREY, lw=0.8, ls=":")
    right.axhline(ends["saddle"], color=GREY, lw=0.8, ls="--")
    right.set(xlabel="step", ylabel="$J$", ylim=(0, None))
    right.legend(loc="upper right")
    return made
