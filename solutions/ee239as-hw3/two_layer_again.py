"""The two-layer net once more, by other formulas: second routes to what `two_layer.py` computes.

Images are columns here, and the biases are the last columns of the weights.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import autograd
import autograd.numpy as anp
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
Pair: TypeAlias = tuple[Array, Array]  # weights and biases of both layers, or their gradients


class Setting(NamedTuple):
    """How a second net is started and trained."""

    width: int
    spread: tuple[float, float]
    rate: float
    decay: float
    reg: float
    batch: int
    steps: int
    scale: float = 1.0


class Sets(NamedTuple):
    """Columns to train on, and columns on which both accuracies are measured, with labels."""

    x: Array
    y: Array
    training_x: Array
    training_y: Array
    validation_x: Array
    validation_y: Array


class Course(NamedTuple):
    """A trained second net, its losses, and both accuracies in per cent."""

    net: Pair
    losses: list[float]
    training: list[float]
    validation: list[float]


def sets(arrays: Sequence[Array], measured: int) -> Sets:
    """The same images, transposed; of the first arrays the accuracy is measured on a part."""
    x, y, validation_x, validation_y = arrays
    return Sets(x.T, y, x[:measured].T, y[:measured], validation_x.T, validation_y)


def scores_of(net: Pair, columns: Array) -> Array:
    """Scores of columns; the biases multiply ones."""
    ones = np.ones((1, columns.shape[1]))
    hidden = net[0] @ np.vstack([columns, ones])
    return np.asarray(net[1] @ np.vstack([np.where(hidden > 0, hidden, 0), ones]))


def by_columns(net: Pair, columns: Array, labels: Array, reg: float) -> tuple[float, Pair]:
    """The loss, and gradients for weights and biases at once."""
    ones = np.ones((1, columns.shape[1]))
    inputs = np.vstack([columns, ones])
    before = net[0] @ inputs
    hidden = np.vstack([np.where(before > 0, before, 0), ones])
    scores = net[1] @ hidden
    logs = scores - np.logaddexp.reduce(scores, axis=0)
    truth = np.equal.outer(np.arange(len(scores)), labels)
    errors = np.exp(logs) - truth
    below = net[1][:, :-1].T @ errors
    below[before <= 0] = 0
    weights = [np.hstack([part[:, :-1], np.zeros((len(part), 1))]) for part in net]
    penalty = reg * sum(float(np.vdot(part, part)) for part in weights) / 2
    slopes = (below @ inputs.T, errors @ hidden.T)
    first, second = (s / len(labels) + reg * w for s, w in zip(slopes, weights, strict=True))
    return penalty - float(logs[truth].sum()) / len(labels), (first, second)


def by_autograd(net: Pair, columns: Array, labels: Array, reg: float) -> tuple[float, Pair]:
    """The loss, and its gradients by automatic differentiation."""
    rows, images = columns.T, np.arange(len(labels))

    def loss(pair: Pair) -> Any:  # noqa: ANN401  # a number of autograd's
        (w1, b1), (w2, b2) = ((part[:, :-1], part[:, -1]) for part in pair)
        scores = anp.dot(anp.maximum(anp.dot(rows, w1.T) + b1, 0), w2.T) + b2
        top = anp.max(scores, axis=1)
        logs = anp.log(anp.sum(anp.exp(scores - top[:, None]), axis=1)) + top
        return anp.mean(logs - scores[images, labels]) + reg / 2 * (anp.sum(w1**2) + anp.sum(w2**2))

    found, slopes = autograd.value_and_grad(loss)(net)
    return float(found), slopes


def train_second(
    data: Sets,
    setting: Setting,
    gradients: Callable[[Pair, Array, Array, float], tuple[float, Pair]] = by_columns,
) -> Course:
    """Minibatch SGD with the same random numbers, started and stopped by the same rules."""
    random = np.random.default_rng(0)
    sizes = (setting.width, len(data.x)), (len(set(data.y.tolist())), setting.width)
    drawn = [
        std * random.standard_normal(size) for std, size in zip(setting.spread, sizes, strict=True)
    ]
    net = _with_biases(drawn[0]), _with_biases(drawn[1])
    count = data.x.shape[1]
    epoch, every = max(count // setting.batch, 1), max(setting.steps // 50, 1)
    course = Course(net, [], [], [])
    for step in range(setting.steps):
        if step % every == 0:
            _measure(course, net, data, setting.scale)
        chosen = random.integers(count, size=setting.batch)
        columns = data.x[:, chosen] / setting.scale
        loss, slopes = gradients(net, columns, data.y[chosen], setting.reg)
        rate = setting.rate * setting.decay ** (step // epoch)
        net = net[0] - rate * slopes[0], net[1] - rate * slopes[1]
        course.losses.append(loss)
        if not loss < 100:  # noqa: PLR2004  # the rule of the first net
            break
    _measure(course, net, data, setting.scale)
    return course._replace(net=net)


def train_all_second(data: Sets, settings: Sequence[Setting]) -> list[Course]:
    """All trainings in two processes."""
    with ProcessPoolExecutor(2, initializer=_data.append, initargs=(data,)) as processes:
        return list(processes.map(_in_process, settings))


_data: list[Sets] = []


def _in_process(setting: Setting) -> Course:
    return train_second(_data[0], setting)


def _with_biases(weights: Array) -> Array:
    return np.pad(weights, ((0, 0), (0, 1)))


def _measure(course: Course, net: Pair, data: Sets, scale: float) -> None:
    for found, x, y in (
        (course.training, data.training_x, data.training_y),
        (course.validation, data.validation_x, data.validation_y),
    ):
        right = np.count_nonzero(np.argmax(scores_of(net, x / scale), axis=0) == y)
        found.append(right * 100 / len(y))
