"""Shrinkage by an L2 penalty: a quadratic in the plane, and logistic regression beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import l2_regularisation_routes as again
import numpy as np
from matplotlib.figure import Figure

from derivatex import TableRows, figure, table, value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
SIZE, SPREADS, TRUE = 60, (2.0, 0.5), (1.0, 1.5)  # of the data: rows, deviations, log-odds
STEPS = 30  # of Newton's method
POINTS = 1000  # on the circle
LOW, HIGH, RIGHT = -2.9, 6.3, (7.4, 4.9)  # limits of both panels
BLUE, ORANGE, PURPLE, GREY = "#1F5A94", "#C06014", "#8E2F6B", "0.45"


# the example in the plane


@value(route=again.eigenvalues_by_solver, digits=2)
def eigenvalues(sigma: Array) -> Array:
    """Eigenvalues."""
    return np.maximum(sigma, 0)


@value(route=again.hessian_by_outer_products, digits=2)
def hessian(Q: Array, sigma: Array) -> Array:
    r"""Hessian matrix $\mathbf{Q} \mathbf{\Lambda} \mathbf{Q}^\top$."""
    return np.asarray(Q @ np.diag(np.maximum(sigma, 0)) @ Q.T)


@value(route=again.components_by_solving, digits=2)
def components(Q: Array, star: Array) -> Array:
    r"""Components $\mathbf{Q}^\top \mathbf{w}^*$ along the eigenvectors."""
    return np.asarray(Q.T @ star)


@value(route=again.minimiser_by_descent, digits=3)
def minimiser(Q: Array, eigenvalues: Array, components: Array, alpha: float) -> Array:
    r"""Minimiser $\tilde{\mathbf{w}}$ by scaled components."""
    return np.asarray(Q @ (eigenvalues / (eigenvalues + alpha) * components))


@value(route=again.strengths_by_list, digits=3)
def strengths(eigenvalues: Array) -> Array:
    """Strengths: from a tenth of the small eigenvalue to ten times the large one."""
    low, high = eigenvalues
    return np.array([low / 10, low, np.sqrt(low * high), high, 10 * high])


@value(route=again.path_by_descent, digits=3)
def path(hessian: Array, star: Array, strengths: Array) -> Array:
    """Minimisers, a row for each strength."""
    eye = np.eye(star.size)
    return np.array([np.linalg.solve(hessian + a * eye, hessian @ star) for a in strengths])


@value(route=again.factors_by_path, digits=3)
def factors(eigenvalues: Array, strengths: Array) -> Array:
    """Shrinkage factors, a row for each strength."""
    return np.asarray(eigenvalues / (eigenvalues + strengths[:, None]))


@value(route=again.ratios_by_components, digits=3)
def ratios(path: Array, star: Array) -> Array:
    r"""Lengths of the minimisers over that of $\mathbf{w}^*$."""
    return np.asarray(np.linalg.norm(path, axis=1) / np.linalg.norm(star))


@value(route=again.counts_by_trace, digits=3)
def counts(factors: Array) -> Array:
    """Effective numbers of parameters."""
    return np.asarray(factors.sum(axis=1))


@value(route=again.rises_by_components, digits=3)
def rises(path: Array, star: Array, hessian: Array) -> Array:
    """Rises of the loss above its minimum."""
    return np.array([(w - star) @ hessian @ (w - star) / 2 for w in path])


@value(route=again.kept_by_turning, digits=3)
def kept(eigenvalues: Array, components: Array, alpha: float) -> Array:
    """Components of the minimiser along the eigenvectors."""
    return np.asarray(components - alpha * components / (eigenvalues + alpha))


@value(route=again.search_by_angles, digits=4)
def search(hessian: Array, star: Array, minimiser: Array) -> dict[str, float]:
    """Search on the circle through the minimiser: points, distance of the best, spacing."""
    angle = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    points = np.linalg.norm(minimiser) * np.column_stack([np.cos(angle), np.sin(angle)])
    rise = np.einsum("ki,ij,kj->k", points - star, hessian, points - star)
    gap = np.linalg.norm(points[np.argmin(rise)] - minimiser)
    spacing = np.linalg.norm(points[1] - points[0])
    return {"points": POINTS, "gap": float(gap), "spacing": float(spacing)}


# logistic regression


@value(route=again.data_by_rows)
def data() -> Array:
    r"""Seeded inputs, with labels $\pm 1$ in the last column."""
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(SIZE, 2)) * SPREADS
    chances = 1 / (1 + np.exp(-inputs @ TRUE))
    labels = np.where(generator.uniform(size=SIZE) < chances, 1.0, -1.0)
    return np.column_stack([inputs, labels])


@value(route=again.amount_by_counting)
def amount(data: Array) -> int:
    """Number of examples."""
    return len(data)


@value(route=again.levels_by_list, digits=4)
def levels() -> Array:
    """Powers of ten."""
    return np.array([10.0**power for power in range(-4, 3)])


def newton(data: Array, alpha: float) -> tuple[Array, Array]:
    """Minimise the penalised mean logistic loss; also its Hessian matrix there."""
    x, y, eye = data[:, :-1], data[:, -1], np.eye(2)
    w, bend = np.zeros(2), eye
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(y * (x @ w)))
        bend = (x.T * (chance * (1 - chance))) @ x / len(x) + alpha * eye
        w = w - np.linalg.solve(bend, alpha * w - x.T @ (y * chance) / len(x))
    return w, bend


@value(route=again.free_by_descent, digits=3)
def free(data: Array) -> Array:
    r"""Minimiser $\mathbf{w}^*$ without a penalty, by Newton's method."""
    return newton(data, 0.0)[0]


@value(route=again.bend_by_differences, digits=4)
def bend(data: Array) -> Array:
    """Hessian matrix there."""
    return newton(data, 0.0)[1]


@value(route=again.penalised_by_descent)
def penalised(data: Array, levels: Array) -> Array:
    """Minimisers of the penalised loss, by Newton's method."""
    return np.array([newton(data, float(alpha))[0] for alpha in levels])


@value(route=again.predicted_by_eigenvectors)
def predicted(bend: Array, free: Array, levels: Array) -> Array:
    """What the formula says instead."""
    return np.array([np.linalg.solve(bend + a * np.eye(2), bend @ free) for a in levels])


@value(route=again.lengths_by_hypot, digits=4)
def lengths(penalised: Array, predicted: Array) -> dict[str, Array]:
    """Lengths of the exact minimiser and of what the formula says."""
    return {
        "exact": np.linalg.norm(penalised, axis=1),
        "formula": np.linalg.norm(predicted, axis=1),
    }


@value(route=again.relative_by_hypot, digits=3, scientific=True)
def relative(penalised: Array, predicted: Array) -> Array:
    """Length of their difference over that of the exact minimiser."""
    off = np.linalg.norm(penalised - predicted, axis=1)
    return np.asarray(off / np.linalg.norm(penalised, axis=1))


@value(route=again.fall_by_hypot, digits=1, tolerance=1e-6)
def fall(penalised: Array, predicted: Array) -> float:
    """Factor between the first two differences."""
    first, second = np.linalg.norm(penalised[:2] - predicted[:2], axis=1)
    return float(second / first)


@value(route=again.far_by_labels, digits=3)
def far(data: Array, free: Array, bend: Array) -> float:
    r"""Limit of the relative difference as $\alpha \to \infty$."""
    start = -(data[:, :2] * data[:, 2:]).mean(axis=0) / 2
    return float(np.linalg.norm(bend @ free + start) / np.linalg.norm(start))


# tables and the figure


def _rows(names: str, count: int) -> list[list[str]]:
    """References to values, a row for each index."""
    return [[rf"\val{{{name.format(k)}}}" for name in names.split()] for k in range(1, count + 1)]


@table
def shrinkage(strengths: Array) -> TableRows:
    """Each strength: factors, minimiser, length, effective parameters, rise of the loss."""
    names = "strengths[{}] factors[{},1] factors[{},2] path[{},1] path[{},2]"
    names += " ratios[{}] counts[{}] rises[{}]"
    rows = _rows(names, len(strengths))
    factor = r"$\frac{{\lambda_{0}}}{{\lambda_{0} + \alpha}}$"
    ratio = r"$\frac{\|\tilde{\mathbf{w}}\|_2}{\|\mathbf{w}^*\|_2}$"
    head = [r"$\alpha$", factor.format(1), factor.format(2), r"$\tilde{w}_1$", r"$\tilde{w}_2$"]
    head += [ratio, r"$\gamma(\alpha)$", r"$\hat{J}(\tilde{\mathbf{w}}) - J(\mathbf{w}^*)$"]
    return TableRows("dddddddd", head, rows)


@table
def logistic(levels: Array) -> TableRows:
    r"""Each strength: lengths of the exact minimiser and of the formula, and their difference."""
    names = "levels[{}] lengths.exact[{}] lengths.formula[{}] relative[{}]"
    rows = _rows(names, len(levels))
    head = [r"$\alpha$", "Exact length", "Length by formula", "Relative difference"]
    return TableRows("dddr", head, rows)


@figure
def ellipses(Q: Array, eigenvalues: Array, components: Array, alpha: float) -> Figure:
    """Contours of the loss and of the penalty, in both systems of coordinates."""
    made = Figure(figsize=(6.2, 3.4))
    axes = made.subplots(1, 2, width_ratios=(RIGHT[0] - LOW, RIGHT[1] - LOW), sharey=True)
    for axis, turn in zip(axes, (np.eye(2), Q), strict=True):
        _panel(axis, turn, eigenvalues, components, alpha)
    axes[0].set(xlabel="$z_1$", ylabel="$z_2$", title="along the eigenvectors")
    axes[1].set(xlabel="$w_1$", ylabel="$w_2$", title="in the weights")
    for axis, right in zip(axes, RIGHT, strict=True):
        axis.set(xlim=(LOW, right), ylim=(LOW, HIGH), aspect="equal")
    axes[0].legend(loc="upper left", ncols=2)
    return made


def _panel(axis: Axes, turn: Array, curvatures: Array, star: Array, alpha: float) -> None:
    """Ellipses, circles and the path, computed along the eigenvectors and turned."""
    shrunk = curvatures / (curvatures + alpha) * star
    level = float(curvatures @ (shrunk - star) ** 2) / 2
    angle = np.linspace(0, 2 * np.pi, 401)
    circle = np.array([np.cos(angle), np.sin(angle)])
    for share in (0.25, 1, 2):
        ring = star[:, None] + np.sqrt(2 * share * level / curvatures)[:, None] * circle
        label = r"contours of $\hat{J}$" if share == 1 else None
        axis.plot(*(turn @ ring), color=BLUE, lw=1.3 if share == 1 else 0.7, label=label)
    for share in (0.5, 1, 1.5):
        label = "contours of the penalty" if share == 1 else None
        ring = share * float(np.linalg.norm(shrunk)) * circle
        axis.plot(*ring, color=ORANGE, ls=":", lw=1.7 if share == 1 else 0.9, label=label)
    alphas = np.logspace(-4, 4, 400)
    line = (curvatures / (curvatures + alphas[:, None]) * star) @ turn.T
    axis.plot(*line.T, color=PURPLE, ls="--", label=r"path of $\tilde{\mathbf{w}}$")
    for i, reach in enumerate((2.2, 1.0)):
        ends = star[:, None] + reach * np.eye(2)[:, [i]] * np.array([-1, 1])
        axis.plot(*(turn @ ends), color=GREY, ls="-.", lw=0.8, label=None if i else "eigenvectors")
    axis.plot(*(turn @ star), "o", color=BLUE, ms=5, label=r"$\mathbf{w}^*$")
    axis.plot(*(turn @ shrunk), "s", color=PURPLE, ms=5, label=r"$\tilde{\mathbf{w}}$")
    axis.plot(0, 0, "+", color="black", ms=7)
