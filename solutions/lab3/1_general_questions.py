"""A collapsed network in numbers, and the sparse code of one input for a small dictionary."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from collections.abc import Mapping

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
POOLED = 2  # outputs of the convolution that one mean is taken of
SWEEPS = 400  # of coordinate descent: far more than it needs
STEPS = 30  # of ISTA that the figure shows
MANY = 600  # steps of ISTA after which nothing changes any more
NUDGE = 1e-5  # of central differences: their error, of order NUDGE squared, is near 1e-10
DIGITS = 12  # that are kept of a difference whose exact value is short
SUPPORTS = tuple(atoms for count in range(3) for atoms in combinations(range(3), count))


# second routes: the network by sums over windows, the code by coordinate descent


def run(signal: Array, kernel: Array, shift: float, dense: Array, level: Array) -> Array:
    """The network by loops: correlation with bias, means of pairs, fully connected layer."""
    taps = kernel.ravel()
    seen = [
        sum(float(tap) * float(signal[start + place]) for place, tap in enumerate(taps)) + shift
        for start in range(len(signal) - len(taps) + 1)
    ]
    means = [(left + right) / POOLED for left, right in zip(seen[::2], seen[1::2], strict=True)]
    rows = zip(dense, level.ravel(), strict=True)
    return np.array(
        [
            sum(float(w) * mean for w, mean in zip(row, means, strict=True)) + float(bias)
            for row, bias in rows
        ]
    )


def toeplitz_by_unit_signals(signal: Array, kernel: Array) -> Array:
    """Each column is the correlation of a unit signal."""
    size = signal.size
    columns = [np.correlate(unit, kernel.ravel(), "valid") for unit in np.eye(size)]
    return np.array(columns).T


def pooling_by_kronecker_product(dense: Array) -> Array:
    """Kronecker product of the identity and one row of halves."""
    return np.kron(np.eye(dense.shape[1]), np.full((1, POOLED), 1 / POOLED))


def collapsed_by_probing(
    signal: Array, kernel: Array, shift: float, dense: Array, level: Array
) -> dict[str, Array]:
    """The network run at zero and at unit signals."""
    at_zero = run(np.zeros(signal.size), kernel, shift, dense, level)
    columns = [run(unit, kernel, shift, dense, level) - at_zero for unit in np.eye(signal.size)]
    return {"weights": np.array(columns).T, "bias": at_zero}


def output_by_modules(
    signal: Array, kernel: Array, shift: float, dense: Array, level: Array
) -> dict[str, Array]:
    """One module after the other; library correlation, positive part, means, full layer."""
    seen = np.maximum(np.correlate(signal.ravel(), kernel.ravel(), "valid") + shift, 0)
    rectified = dense @ seen.reshape(-1, POOLED).mean(axis=1) + level.ravel()
    return {"affine": run(signal.ravel(), kernel, shift, dense, level), "rectified": rectified}


def count_by_arrays(kernel: Array, dense: Array, level: Array, toeplitz: Array) -> dict[str, int]:
    """Sizes of the arrays."""
    whole = dense.shape[0] * toeplitz.shape[1]
    return {
        "separate": kernel.size + 1 + dense.size + level.size,
        "collapsed": whole + level.size,
    }


def by_coordinate_descent(
    x: Array, dictionary: Array, penalty: float, atoms: tuple[int, ...] = (0, 1, 2)
) -> Array:
    """The best code with these atoms: one entry after the other, each by its soft threshold."""
    code = np.zeros(dictionary.shape[1])
    for _ in range(SWEEPS):
        for atom in atoms:
            column = dictionary[:, atom]
            code[atom] = 0.0
            pull = float(column @ (x.ravel() - dictionary @ code))
            shrunk = np.sign(pull) * max(abs(pull) - penalty / 2, 0.0)
            code[atom] = shrunk / float(column @ column)
    return code


def cost_by_loops(code: Array, x: Array, dictionary: Array, penalty: float) -> float:
    """The objective, added up entry by entry."""
    square = 0.0
    for row, target in zip(dictionary, x.ravel(), strict=True):
        made = sum(float(d) * float(c) for d, c in zip(row, code, strict=True))
        square += (float(target) - made) ** 2
    return square + penalty * sum(abs(float(c)) for c in code)


def candidates_by_coordinate_descent(
    x: Array, dictionary: Array, penalty: float
) -> dict[str, Array]:
    """Coordinate descent with the usable atoms."""
    made = [by_coordinate_descent(x, dictionary, penalty, atoms) for atoms in SUPPORTS]
    slopes = [
        max(abs(2 * float(column @ (x.ravel() - dictionary @ code))) for column in dictionary.T)
        for code in made
    ]
    costs = [cost_by_loops(code, x, dictionary, penalty) for code in made]
    return {"code": np.array(made), "objective": np.array(costs), "slope": np.array(slopes)}


def code_by_ista(x: Array, dictionary: Array, penalty: float) -> Array:
    """The iteration ISTA from the code zero."""
    step = 1 / (2 * np.linalg.norm(dictionary, 2) ** 2)
    code = np.zeros(dictionary.shape[1])
    for _ in range(MANY):
        code = code + 2 * step * dictionary.T @ (x.ravel() - dictionary @ code)
        code = code - np.clip(code, -step * penalty, step * penalty)
    return np.asarray(code)


def objective_by_loops(x: Array, dictionary: Array, penalty: float) -> dict[str, float]:
    """Coordinate descent; normal equations of the rows; the threshold entry by entry."""
    exact = dictionary.T @ np.linalg.solve(dictionary @ dictionary.T, x.ravel())
    pulls = [float(column @ x.ravel()) for column in dictionary.T]
    shrunk = np.array([np.sign(pull) * max(abs(pull) - penalty / 2, 0) for pull in pulls])
    best = by_coordinate_descent(x, dictionary, penalty)
    codes = {"sparse": best, "pseudo": exact, "shrunk": shrunk}
    return {name: cost_by_loops(it, x, dictionary, penalty) for name, it in codes.items()}


def slopes_by_central_differences(x: Array, dictionary: Array, code: Array) -> Array:
    """Central differences of the squared error, exact for a square."""

    def error(at: Array) -> float:
        return float(np.sum((x.ravel() - dictionary @ at) ** 2))

    units = np.eye(len(code.ravel())) / 2
    return np.array([error(code.ravel() - unit) - error(code.ravel() + unit) for unit in units])


def envelope_by_central_differences(x: Array, dictionary: Array, penalty: float) -> Array:
    """Central differences of the minimum, the code found anew by coordinate descent."""
    moved = np.zeros(dictionary.shape)
    for place in np.ndindex(*dictionary.shape):
        ends = []
        for sign in (1, -1):
            other = np.array(dictionary)
            other[place] += sign * NUDGE
            best = by_coordinate_descent(x, other, penalty)
            ends.append(cost_by_loops(best, x, other, penalty))
        moved[place] = (ends[0] - ends[1]) / (2 * NUDGE)
    return moved


def pseudo_by_normal_equations(x: Array, dictionary: Array) -> Array:
    """Transpose times the solution of the normal equations of the rows."""
    return np.asarray(dictionary.T @ np.linalg.solve(dictionary @ dictionary.T, x.ravel()))


def scaling_by_coordinate_descent(x: Array, dictionary: Array, penalty: float) -> dict[str, Array]:
    """Coordinate descent with the rescaled atoms."""
    grid = [2 ** (place / 8) for place in range(-4, 25)]
    fixed = by_coordinate_descent(x, dictionary, penalty)
    same = [cost_by_loops(fixed / by, x, by * dictionary, penalty) for by in grid]
    anew = [
        cost_by_loops(
            by_coordinate_descent(x, by * dictionary, penalty), x, by * dictionary, penalty
        )
        for by in grid
    ]
    return {"scale": np.array(grid), "same": np.array(same), "anew": np.array(anew)}


def descent_by_loops(x: Array, dictionary: Array, penalty: float) -> Array:
    """ISTA entry by entry, with a step of one quarter."""
    code = [0.0] * dictionary.shape[1]
    costs = [cost_by_loops(np.array(code), x, dictionary, penalty)]
    for _ in range(STEPS):
        rest = [
            float(t) - sum(float(d) * c for d, c in zip(row, code, strict=True))
            for row, t in zip(dictionary, x.ravel(), strict=True)
        ]
        moved = [
            c + sum(float(d) * r for d, r in zip(column, rest, strict=True)) / 2
            for c, column in zip(code, dictionary.T, strict=True)
        ]
        code = [np.sign(c) * max(abs(c) - penalty / 4, 0.0) for c in moved]
        costs.append(cost_by_loops(np.array(code), x, dictionary, penalty))
    return np.array(costs)


# what the report prints


@value(route=toeplitz_by_unit_signals)
def toeplitz(signal: Array, kernel: Array) -> Array:
    """Matrix of the convolution, row by row."""
    taps = kernel.ravel()
    matrix = np.zeros((signal.size - taps.size + 1, signal.size))
    for row in range(len(matrix)):
        matrix[row, row : row + taps.size] = taps
    return matrix


@value(route=pooling_by_kronecker_product, digits=1)
def pooling(dense: Array) -> Array:
    """Matrix of the means of pairs."""
    matrix = np.zeros((dense.shape[1], POOLED * dense.shape[1]))
    for row in range(len(matrix)):
        matrix[row, POOLED * row : POOLED * (row + 1)] = 1 / POOLED
    return matrix


@value(route=collapsed_by_probing, digits=1)
def collapsed(
    toeplitz: Array, pooling: Array, shift: float, dense: Array, level: Array
) -> dict[str, Array]:
    r"""Weights $\bar W$ and bias $\bar b$ as products of matrices."""
    into = dense @ pooling
    ones = np.ones(pooling.shape[1])
    return {"weights": into @ toeplitz, "bias": shift * into @ ones + level.ravel()}


@value(route=output_by_modules, digits=1)
def output(
    collapsed: Mapping[str, Array], toeplitz: Array, signal: Array, shift: float, dense: Array
) -> dict[str, Array]:
    """Output of the collapsed module; with a rectifier, what it cuts off added."""
    affine = collapsed["weights"] @ signal.ravel() + collapsed["bias"]
    cut = np.maximum(-(toeplitz @ signal.ravel() + shift), 0)
    sums = np.add.reduceat(cut, range(0, len(cut), POOLED))
    return {"affine": affine, "rectified": affine + dense @ sums / POOLED}


@value(route=count_by_arrays)
def count(signal: Array, kernel: Array, dense: Array) -> dict[str, int]:
    """Parameters of the modules, and of the collapsed one."""
    rows, columns = dense.shape
    return {
        "separate": kernel.size + 1 + rows * (columns + 1),
        "collapsed": rows * (signal.size + 1),
    }


def cost(code: Array, x: Array, dictionary: Array, penalty: float) -> float:
    """The objective of sparse coding."""
    return float(np.sum((x.ravel() - dictionary @ code) ** 2) + penalty * np.sum(np.abs(code)))


def by_signs(x: Array, dictionary: Array, penalty: float, atoms: tuple[int, ...]) -> Array:
    """The best code with these atoms: all patterns of signs, each by its linear equations."""
    best = np.zeros(dictionary.shape[1])
    for count in range(1, min(len(atoms), len(dictionary)) + 1):
        for used in combinations(atoms, count):
            columns = dictionary[:, used]
            for signs in product((-1.0, 1.0), repeat=count):
                right = columns.T @ x.ravel() - penalty / 2 * np.array(signs)
                code = np.zeros(dictionary.shape[1])
                code[list(used)] = np.linalg.solve(columns.T @ columns, right)
                is_consistent = np.array_equal(np.sign(code[list(used)]), signs)
                if is_consistent and cost(code, x, dictionary, penalty) < cost(
                    best, x, dictionary, penalty
                ):
                    best = code
    return best


@value(route=candidates_by_coordinate_descent, digits=4)
def candidates(x: Array, dictionary: Array, penalty: float) -> dict[str, Array]:
    """Best codes for sets of usable atoms, by enumeration of signs."""
    codes = np.array([by_signs(x, dictionary, penalty, atoms) for atoms in SUPPORTS])
    slopes = (2 * (x.ravel() - codes @ dictionary.T) @ dictionary).round(DIGITS)
    costs = [cost(code, x, dictionary, penalty) for code in codes]
    return {"code": codes, "objective": np.array(costs), "slope": np.abs(slopes).max(axis=1)}


@value(route=code_by_ista, digits=3)
def code(candidates: Mapping[str, Array]) -> Array:
    """The sparse code: the candidate with the least objective."""
    return np.asarray(candidates["code"][int(np.argmin(candidates["objective"]))])


@value(route=objective_by_loops, digits=4)
def objective(
    code: Array, pseudo: Array, x: Array, dictionary: Array, penalty: float
) -> dict[str, float]:
    r"""Objective of the sparse code, of $D^+ x$ and of $S(D^\top x, \lambda/2)$."""
    pulls = dictionary.T @ x.ravel()
    shrunk = pulls - np.clip(pulls, -penalty / 2, penalty / 2)
    codes = {"sparse": code.ravel(), "pseudo": pseudo.ravel(), "shrunk": shrunk}
    return {name: cost(it, x, dictionary, penalty) for name, it in codes.items()}


@value(route=slopes_by_central_differences, digits=3)
def slopes(x: Array, dictionary: Array, code: Array) -> Array:
    """The vector $q$ at the sparse code."""
    return np.asarray(2 * dictionary.T @ (x.ravel() - dictionary @ code.ravel()))


@value(route=envelope_by_central_differences, digits=3, tolerance=1e-6)
def envelope(x: Array, dictionary: Array, code: Array) -> Array:
    """Gradient of the minimum with respect to the dictionary."""
    return -2 * np.outer(x.ravel() - dictionary @ code.ravel(), code.ravel())


@value(route=pseudo_by_normal_equations, digits=1)
def pseudo(x: Array, dictionary: Array) -> Array:
    """The code $D^+ x$, by the singular value decomposition."""
    return np.asarray((np.linalg.pinv(dictionary) @ x.ravel()).round(DIGITS))


@value(route=scaling_by_coordinate_descent)
def scaling(x: Array, dictionary: Array, penalty: float, code: Array) -> dict[str, Array]:
    """Objectives for rescaled atoms: with the rescaled code, and with the best one."""
    grid = np.exp2(np.arange(-4, 25) / 8)
    same = [cost(code.ravel() / by, x, by * dictionary, penalty) for by in grid]
    codes = [by_signs(x, by * dictionary, penalty, (0, 1, 2)) for by in grid]
    anew = [cost(it, x, by * dictionary, penalty) for it, by in zip(codes, grid, strict=True)]
    return {"scale": grid, "same": np.array(same), "anew": np.array(anew)}


@value(route=descent_by_loops)
def descent(x: Array, dictionary: Array, penalty: float) -> Array:
    """Objectives along ISTA from the code zero."""
    step = 1 / (2 * np.linalg.norm(dictionary, 2) ** 2)
    at = np.zeros(dictionary.shape[1])
    costs = [cost(at, x, dictionary, penalty)]
    for _ in range(STEPS):
        at = at + 2 * step * dictionary.T @ (x.ravel() - dictionary @ at)
        at = at - np.clip(at, -step * penalty, step * penalty)
        costs.append(cost(at, x, dictionary, penalty))
    return np.array(costs)


@table
def differences() -> TableRows:
    """Both maps, point by point."""
    return TableRows(
        "lll",
        ["", "Dictionary $D$", "Decoder $g_B$"],
        [
            ["form", r"linear, $D\alpha$", "linear or not"],
            ["code", "minimised for each input", r"$f_E(x)$, one pass of an encoder"],
            ["learned with", "the codes of the training set", "the encoder"],
            ["penalty", r"$\lambda\|\alpha\|_1$: the code is sparse", "none, or another one"],
            ["scale", "columns must be bounded", "any; the encoder adapts"],
            ["undetermined", "signs and order of columns", r"an invertible factor, if linear"],
            ["columns", r"often $m > d$", r"$m < d$ unless penalised"],
        ],
    )


@table
def supports() -> TableRows:
    """Usable atoms: code, objective, largest slope."""
    rows = []
    for place, atoms in enumerate(SUPPORTS, start=1):
        name = ", ".join(str(atom + 1) for atom in atoms) or "none"
        entries = [rf"\val{{candidates.code[{place},{atom}]}}" for atom in (1, 2, 3)]
        last = [rf"\val{{candidates.{it}[{place}]}}" for it in ("objective", "slope")]
        rows.append([name, *entries, *last])
    heading = ["Atoms", r"$\alpha_1$", r"$\alpha_2$", r"$\alpha_3$", r"$F$", r"$\max_k |q_k|$"]
    return TableRows("lddddd", heading, rows)


@figure
def panels(scaling: Mapping[str, Array], descent: Array, objective: Mapping[str, float]) -> Figure:
    """The objective against the scale of the atoms, and along ISTA."""
    made = Figure(figsize=(6.2, 2.5))
    left, right = made.subplots(1, 2)
    left.plot(scaling["scale"], scaling["same"], "-", label=r"code $\alpha/\gamma$")
    left.plot(scaling["scale"], scaling["anew"], "--", label="code found anew")
    left.axvline(1, color="0.6", lw=0.8, ls=":")
    left.set_xlabel(r"scale $\gamma$ of the atoms")
    left.set_ylabel("objective")
    left.set_ylim(bottom=0)
    left.legend()
    best = objective["sparse"]
    right.semilogy(descent - best, "-", marker=".", label="ISTA")
    right.axhline(
        objective["shrunk"] - best, ls="-.", color="C2", label=r"$S(D^\top x, \lambda/2)$"
    )
    right.axhline(objective["pseudo"] - best, ls="--", color="C1", label=r"$D^+ x$")
    right.set_xlabel("step")
    right.set_ylabel("objective less minimum")
    right.legend()
    return made
