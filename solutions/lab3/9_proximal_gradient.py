"""Soft thresholding on a grid, and ISTA on a small sparse-coding problem."""

from __future__ import annotations

from itertools import combinations, pairwise, product
from typing import TypeAlias

import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
SPACING, REACH, SAMPLES = 0.001, 10, 200  # of the grid; pairs of v and t
STEPS, LONG_STEPS, LONG = 50, 12, 3  # of the two runs; the longer step in units of 1/L
POINTS = 40  # random points for each step, in the subgradient inequality
CLOSE = 1e-9
BLUE, ORANGE, PURPLE = "#1F5A94", "#C06014", "#8E2F6B"


# second routes: by clipping, by coordinate descent, by other formulas, entry by entry


def shrunk_by_clipping(x: Array, t: float) -> Array:
    """What is left when the clipped point is subtracted."""
    return x - np.clip(x, -t, t)


def grid_by_rounding() -> dict[str, float]:
    """The formula, rounded to the nearest grid point."""
    generator = np.random.default_rng(0)
    v, t = generator.normal(0, 2, 200), generator.uniform(0, 2, 200)
    least = v - np.clip(v, -t, t)
    furthest = np.max(np.abs(np.round(least * 1000) / 1000 - least))
    return {"samples": v.size, "spacing": 1 / 1000, "half": 5e-4, "gap": float(furthest)}


def curvature_by_power_iteration(atoms: Array) -> float:
    """Power iteration."""
    v = np.ones(atoms.shape[1])
    for _ in range(200):
        v = atoms.T @ (atoms @ v)
        v /= np.linalg.norm(v)
    return float(np.sum((atoms @ v) ** 2))


def code_by_coordinate_descent(atoms: Array, signal: Array, weight: float) -> Array:
    """Coordinate descent: the best value of one entry after the other."""
    z = np.zeros(atoms.shape[1])
    for _ in range(400):
        for i, column in enumerate(atoms.T):
            target = column @ (signal - atoms @ z + column * z[i])
            z[i] = (target - min(weight, max(-weight, target))) / (column @ column)
    return z


def patterns_by_supports(atoms: Array, signal: Array, weight: float) -> dict[str, int]:
    """Supports first, then signs; a singular system is tried against its null vector."""
    found = {"all": 0, "dependent": 0, "open": 0, "signs": 0, "optimal": 0}
    width = atoms.shape[1]
    for support in (it for size in range(width + 1) for it in combinations(range(width), size)):
        part = atoms[:, list(support)]
        for signs in product((-1.0, 1.0), repeat=len(support)):
            found["all"] += 1
            right = part.T @ signal - weight * np.array(signs)
            if support and round(float(np.linalg.det(part.T @ part))) == 0:
                found["dependent"] += 1
                found["open"] += bool(abs(np.linalg.svd(part)[2][-1] @ right) < CLOSE)
                continue
            z = np.linalg.solve(part.T @ part, right)
            if all(a * b > 0 for a, b in zip(z, signs, strict=True)):
                found["signs"] += 1
                slopes = [abs(column @ (part @ z - signal)) for column in atoms.T]
                found["optimal"] += max(slopes) <= weight + CLOSE
    return found


def correlation_by_columns(atoms: Array, signal: Array, code: Array) -> Array:
    """Column by column."""
    explained = sum(c * column for c, column in zip(code, atoms.T, strict=True))
    return np.array([float(np.dot(column, signal - explained)) for column in atoms.T])


def least_by_expansion(atoms: Array, signal: Array, weight: float, code: Array) -> float:
    """The square multiplied out."""
    square = signal @ signal - 2 * code @ (atoms.T @ signal)
    square += code @ (atoms.T @ atoms) @ code
    return float(square / 2 + weight * sum(abs(it) for it in code))


def active_by_formula(atoms: Array, code: Array, curvature: float) -> dict[str, float]:
    """Roots of the characteristic polynomial of a matrix with two columns."""
    one, two = atoms[:, code != 0].T
    trace, det = one @ one + two @ two, (one @ one) * (two @ two) - (one @ two) ** 2
    root = (trace * trace / 4 - det) ** 0.5
    share = det / (trace / 2 + root) / curvature
    return {"most": trace / 2 + root, "rate": 1 - 2 * share + share * share}


def shown_by_list() -> Array:
    """The list."""
    return np.array([1, 2, 5, 10, 20, 50])


def walked(atoms: Array, signal: Array, weight: float, alpha: float, count: int) -> Array:
    """A run from zero, entry by entry, with clipping."""
    run = [np.zeros(atoms.shape[1])]
    for _ in range(count):
        residual = [float(row @ run[-1]) - it for row, it in zip(atoms, signal, strict=True)]
        slopes = [sum(a * r for a, r in zip(it, residual, strict=True)) for it in atoms.T]
        moved = [old - alpha * slope for old, slope in zip(run[-1], slopes, strict=True)]
        run.append(np.array([v - max(-alpha * weight, min(alpha * weight, v)) for v in moved]))
    return np.array(run)


def iterates_by_entries(atoms: Array, signal: Array, weight: float) -> Array:
    """Entry by entry, with the spectral norm in the step."""
    step = 1 / float(np.linalg.norm(atoms, 2)) ** 2
    return walked(atoms, signal, weight, step, 50)


def gaps_by_expansion(
    atoms: Array, weight: float, code: Array, correlation: Array, iterates: Array
) -> Array:
    """Expansion of the objective around the minimiser."""
    errors = (iterates - code) @ atoms.T
    penalties = weight * (np.abs(iterates).sum(axis=1) - np.abs(code).sum())
    return np.asarray((errors**2).sum(axis=1) / 2 - (iterates - code) @ correlation + penalties)


def far_gaps_by_expansion(
    atoms: Array, signal: Array, weight: float, code: Array, correlation: Array
) -> Array:
    """The same, after steps entry by entry."""
    step = 3 / float(np.linalg.norm(atoms, 2)) ** 2
    far = walked(atoms, signal, weight, step, 12)
    return gaps_by_expansion(atoms, weight, code, correlation, far)


def ceiling_by_norm(atoms: Array, code: Array, start: Array) -> Array:
    """The spectral norm, and one quotient for each step."""
    unit = float((code - start) @ (code - start)) * np.linalg.norm(atoms, 2) ** 2
    return np.array([unit / (2 * k) for k in range(1, 51)])


def nonzero_by_comparison(iterates: Array) -> Array:
    """Comparison with zero, entry by entry."""
    return np.array([len([r for r in row if r != 0]) for row in iterates])


def along_by_loops(gaps: Array, ceiling: Array, iterates: Array, code: Array) -> dict[str, float]:
    """Loops over the steps."""
    ratio, nearest = max((gaps[k] / ceiling[k - 1], k) for k in range(1, len(gaps)))
    right = [np.array_equal(np.sign(row), np.sign(code)) for row in iterates]
    settled, factor = len(right) - right[::-1].index(False), gaps[50] / gaps[49]
    return {"last": 50, "ratio": ratio, "nearest": nearest, "settled": settled, "factor": factor}


def long_by_loops(far_gaps: Array) -> dict[str, float]:
    """Loops over the steps."""
    low, step = min((gap, k) for k, gap in enumerate(far_gaps))
    return {"least": low, "step": step, "last": 12, "growth": far_gaps[12] / far_gaps[11]}


def slack_by_loops(atoms: Array, signal: Array, weight: float, iterates: Array) -> dict[str, int]:
    """Loops over steps, points and entries."""
    generator, length = np.random.default_rng(0), float(np.linalg.norm(atoms, 2)) ** 2
    found = []
    for old, new in pairwise(iterates):
        s = length * (old - new) + atoms.T @ (signal - atoms @ old)
        for z in generator.normal(0, 3, (40, 4)):
            terms = zip(z, new, s, strict=True)
            found.append(sum(weight * (abs(r) - abs(b)) - c * (r - b) for r, b, c in terms))
    equal = sum(abs(it) < CLOSE for it in found)
    return {"pairs": len(found), "holds": sum(it > -CLOSE for it in found), "equal": equal}


# what the report prints


def soft_threshold(v: Array, t: float) -> Array:
    """Soft thresholding of every entry at t."""
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def objective(atoms: Array, signal: Array, weight: float, z: Array) -> float:
    """Half the squared error and the penalty."""
    return float(0.5 * np.sum((atoms @ z - signal) ** 2) + weight * np.sum(np.abs(z)))


def ista(atoms: Array, signal: Array, weight: float, *, alpha: float, count: int) -> Array:
    """Iterates from zero, one in each row.

    Shapes: atoms (m, n), signal (m,) -> (count + 1, n).
    Source: Beck and Teboulle (2009), equation 1.4, for half the squared error.
    """
    found = np.zeros((count + 1, atoms.shape[1]))
    for k in range(count):
        slope = atoms.T @ (atoms @ found[k] - signal)
        found[k + 1] = soft_threshold(found[k] - alpha * slope, alpha * weight)
    return found


def tried(atoms: Array, signal: Array, weight: float) -> tuple[dict[str, int], Array]:
    """All sign patterns: how many pass each test, and the last point that passes all."""
    passed, place = [], np.zeros(atoms.shape[1])
    for pattern in product((-1.0, 0.0, 1.0), repeat=atoms.shape[1]):
        sign, z = np.array(pattern), np.zeros(atoms.shape[1])
        on = sign != 0
        part = atoms[:, on]
        right = part.T @ signal - weight * sign[on]
        z[on] = np.linalg.lstsq(part.T @ part, right, rcond=None)[0]
        is_dependent = bool(np.any(on)) and np.linalg.matrix_rank(part) < np.sum(on)
        is_solved = np.allclose(part.T @ (part @ z[on]), right, atol=CLOSE)
        has_signs = is_solved and np.array_equal(np.sign(np.round(z, 9)), sign)
        slopes = np.abs(atoms.T @ (atoms @ z - signal))
        is_optimal = has_signs and bool(np.all(slopes <= weight + CLOSE))
        passed.append([1, is_dependent, is_dependent and is_solved, has_signs, is_optimal])
        place = np.round(z, 12) if is_optimal else place
    names = ("all", "dependent", "open", "signs", "optimal")
    return dict(zip(names, np.sum(passed, axis=0).tolist(), strict=True)), place


@value(route=shrunk_by_clipping, digits=1)
def shrunk(x: Array, t: float) -> Array:
    """Soft thresholding of the given point."""
    return soft_threshold(x, t)


@value(route=grid_by_rounding, digits=6)
def grid() -> dict[str, float]:
    r"""Search for the minimiser of $\psi$ on a grid: pairs, spacing, largest error."""
    generator = np.random.default_rng(0)
    v, t = generator.normal(0, 2, SAMPLES), generator.uniform(0, 2, SAMPLES)
    r = np.arange(-REACH / SPACING, REACH / SPACING + 1) * SPACING
    pairs = zip(v, t, strict=True)
    best = np.array([r[np.argmin(0.5 * (r - a) ** 2 + b * np.abs(r))] for a, b in pairs])
    gaps = np.abs(best - np.sign(v) * np.maximum(np.abs(v) - t, 0))
    return {"samples": SAMPLES, "spacing": SPACING, "half": SPACING / 2, "gap": float(gaps.max())}


@value(route=curvature_by_power_iteration, digits=3)
def curvature(atoms: Array) -> float:
    r"""Largest eigenvalue $L$ of $A^\top A$."""
    return float(np.linalg.eigvalsh(atoms.T @ atoms)[-1])


@value(route=patterns_by_supports)
def patterns(atoms: Array, signal: Array, weight: float) -> dict[str, int]:
    """Sign patterns: all, of dependent columns, of these solvable; right signs; optimal."""
    return tried(atoms, signal, weight)[0]


@value(route=code_by_coordinate_descent, digits=1)
def code(atoms: Array, signal: Array, weight: float) -> Array:
    """Minimiser of $F$, from all sign patterns."""
    return tried(atoms, signal, weight)[1]


@value(route=correlation_by_columns, digits=1)
def correlation(atoms: Array, signal: Array, code: Array) -> Array:
    r"""Negative gradient $A^\top (y - A x^\star)$ at the minimiser."""
    return np.asarray(atoms.T @ (signal - atoms @ code))


@value(route=least_by_expansion, digits=1)
def least(atoms: Array, signal: Array, weight: float, code: Array) -> float:
    """Least value of $F$."""
    return objective(atoms, signal, weight, code)


@value(route=active_by_formula, digits=3)
def active(atoms: Array, code: Array, curvature: float) -> dict[str, float]:
    r"""Active columns: largest eigenvalue of their $A^\top A$, limit of the gap's factor."""
    part = atoms[:, code != 0]
    low, high = np.linalg.eigvalsh(part.T @ part)
    return {"most": float(high), "rate": float((1 - low / curvature) ** 2)}


@value(route=iterates_by_entries, digits=3)
def iterates(atoms: Array, signal: Array, weight: float, curvature: float) -> Array:
    """Iterates with the step $1/L$."""
    return ista(atoms, signal, weight, alpha=1 / curvature, count=STEPS)


@value(route=gaps_by_expansion, digits=6)
def gaps(atoms: Array, signal: Array, weight: float, least: float, iterates: Array) -> Array:
    r"""Gaps $F(x^{(k)}) - F(x^\star)$ from $k = 0$ on."""
    return np.array([objective(atoms, signal, weight, z) - least for z in iterates])


@value(route=ceiling_by_norm, digits=2)
def ceiling(code: Array, start: Array, curvature: float) -> Array:
    """Bound on the gap, from $k = 1$ on."""
    return np.sum((code - start) ** 2) * curvature / (2 * np.arange(1, STEPS + 1))


@value(route=nonzero_by_comparison)
def nonzero(iterates: Array) -> Array:
    """Nonzero entries, from $k = 0$ on."""
    return np.asarray(np.count_nonzero(iterates, axis=1))


@value(route=along_by_loops, digits=3)
def along(gaps: Array, ceiling: Array, iterates: Array, code: Array) -> dict[str, float]:
    """The run: last step; largest gap over bound, where; step of final signs; last factor."""
    ratios, wrong = gaps[1:] / ceiling, np.any(np.sign(iterates) != np.sign(code), axis=1)
    settled, nearest = int(np.max(np.nonzero(wrong))) + 1, int(np.argmax(ratios)) + 1
    at = {"last": STEPS, "nearest": nearest, "settled": settled}
    return {**at, "ratio": float(np.max(ratios)), "factor": float(gaps[-1] / gaps[-2])}


@value(route=far_gaps_by_expansion, digits=3)
def far_gaps(atoms: Array, signal: Array, weight: float, least: float, curvature: float) -> Array:
    """Gaps with the step $3/L$."""
    run = ista(atoms, signal, weight, alpha=LONG / curvature, count=LONG_STEPS)
    return np.array([objective(atoms, signal, weight, z) - least for z in run])


@value(route=long_by_loops, digits=3)
def long(far_gaps: Array) -> dict[str, float]:
    """The run with the step $3/L$: least gap, where; last step, last factor."""
    low, growth = float(np.min(far_gaps)), float(far_gaps[-1] / far_gaps[-2])
    return {"least": low, "step": int(np.argmin(far_gaps)), "last": LONG_STEPS, "growth": growth}


@value(route=slack_by_loops)
def slack(
    atoms: Array, signal: Array, weight: float, curvature: float, iterates: Array
) -> dict[str, int]:
    """Subgradient inequality along the run: pairs tried, where it holds, where with equality."""
    old, new = iterates[:-1], iterates[1:]
    s = curvature * (old - new) - (old @ atoms.T - signal) @ atoms
    z = np.random.default_rng(0).normal(0, 3, (len(new), POINTS, new.shape[1]))
    line = np.einsum("ki,kji->kj", s, z - new[:, None])
    high = weight * (np.sum(np.abs(z), axis=2) - np.sum(np.abs(new), axis=1)[:, None])
    excess = (high - line).ravel()
    holds, equal = np.sum(excess >= -CLOSE), np.sum(np.abs(excess) <= CLOSE)
    return {"pairs": excess.size, "holds": int(holds), "equal": int(equal)}


@value(route=shown_by_list)
def shown() -> Array:
    """The steps in the table."""
    return np.array([digit * 10**power for power in range(2) for digit in (1, 2, 5)])


@table
def run(shown: Array) -> TableRows:
    """Some steps: gap, bound, nonzero entries."""
    rows = []
    for row, k in enumerate(shown.astype(int)):
        places = (("shown", row + 1), ("gaps", k + 1), ("ceiling", k), ("nonzero", k + 1))
        rows.append([rf"\val{{{name}[{place}]}}" for name, place in places])
    head = ["$k$", r"$F(x^{(k)}) - F(x^\star)$", "Bound", "Nonzero entries"]
    return TableRows("rddr", head, rows)


@figure
def soft(t: float) -> Figure:
    r"""Soft and hard thresholding; $\psi$ with its minimiser in each of the three cases."""
    made = Figure(figsize=(6.2, 2.6))
    left, right = made.subplots(1, 2)
    v = np.linspace(-3 * t, 3 * t, 601)
    left.plot(v, v, color="0.45", lw=0.9, ls=":", label="identity")
    for part, label in ((v < -t, "$H_t$"), (np.abs(v) <= t, None), (v > t, None)):
        left.plot(v[part], np.where(np.abs(v) > t, v, 0)[part], color=ORANGE, ls="--", label=label)
    left.plot(v, soft_threshold(v, t), color=BLUE, label="$S_t$")
    left.set_xlabel("$v$")
    left.set_yticks([-t, 0, t], ["$-t$", "$0$", "$t$"])
    r = np.linspace(-2.4 * t, 2.4 * t, 601)
    cases = ((-2 * t, PURPLE, "-.", "-2t"), (t / 2, BLUE, "-", "t/2"), (2 * t, ORANGE, "--", "2t"))
    for v0, colour, line, name in cases:
        best = v0 - min(t, max(-t, v0))
        right.plot(
            r, (r - v0) ** 2 / 2 + t * np.abs(r), color=colour, ls=line, label=f"$v = {name}$"
        )
        right.plot([best], [(best - v0) ** 2 / 2 + t * abs(best)], "o", color=colour, ms=4)
    right.set(xlabel="$r$", ylabel=r"$\psi(r)$", ylim=(0, 12 * t * t), yticks=[0])
    for axis, place in ((left, "upper left"), (right, "upper center")):
        axis.set_xticks([-t, 0, t], ["$-t$", "$0$", "$t$"])
        axis.legend(loc=place)
    return made


@figure
def convergence(gaps: Array, ceiling: Array, far_gaps: Array) -> Figure:
    """The gap of ISTA with its bound, and with a step that is too long."""
    made = Figure(figsize=(6.2, 2.2))
    left, right = made.subplots(1, 2)
    left.semilogy(gaps, color=BLUE, label=r"$\alpha = 1/L$")
    left.semilogy(np.arange(1, len(gaps)), ceiling, color=ORANGE, ls="--", label="bound")
    right.semilogy(gaps[: len(far_gaps)], color=BLUE, label=r"$\alpha = 1/L$")
    right.semilogy(far_gaps, color=PURPLE, ls="-.", label=r"$\alpha = 3/L$")
    for axis in (left, right):
        axis.set_xlabel("$k$")
        axis.legend()
    left.set_ylabel(r"$F(x^{(k)}) - F(x^\star)$")
    return made
