"""A two-layer net: its loss with gradients, its training, and many trainings side by side."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from derivatex import listing

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]
PROCESSES = 2
MARKS = 50  # measurements of both accuracies in one training, besides that at its start
DIVERGED = 100.0  # a loss from which a training does not come back


class Net(NamedTuple):
    """The parameters, or something for each of them, such as their gradients.

    Shapes: w1 (H, D), b1 (H,), w2 (C, H), b2 (C,).
    """

    w1: Array
    b1: Array
    w2: Array
    b2: Array


class Data(NamedTuple):
    """Images as rows, with their labels: those to train on, and those to validate with."""

    x: Array
    y: Array
    validation_x: Array
    validation_y: Array
    measured: int  # training images on which the training accuracy is measured


class Plan(NamedTuple):
    """How a net is started and trained."""

    width: int
    spread: tuple[float, float]  # standard deviations of W1 and W2 at the start
    rate: float
    decay: float  # of the rate, after every epoch
    reg: float
    batch: int
    steps: int
    scale: float = 1.0  # of the images, by which they are divided
    seed: int = 0


class Run(NamedTuple):
    """A trained net, its loss at every step, and its accuracies at some of them, in per cent."""

    net: Net
    losses: list[float]
    marks: list[int]
    training: list[float]
    validation: list[float]


@listing
def forward(net: Net, x: Array) -> tuple[Array, Array]:
    """The scores of all images, and the hidden layer behind its ReLU.

    Shapes: x (N, D) -> (N, C) and (N, H).
    Check: equals loops over images, units and pixels.
    """
    hidden = np.maximum(x @ net.w1.T + net.b1, 0)
    return hidden @ net.w2.T + net.b2, hidden


@listing
def loss_and_gradients(net: Net, x: Array, y: Array, reg: float) -> tuple[float, Net]:
    """The loss J of a batch and its gradients for all parameters.

    Shapes: x (N, D), y (N,) -> a number, and gradients of the parameters' shapes.
    Check: equals complex steps and automatic differentiation of J.
    """
    scores, hidden = forward(net, x)
    shifted = scores - scores.max(axis=1, keepdims=True)  # no power overflows
    powers = np.exp(shifted)
    totals = powers.sum(axis=1)
    images = np.arange(len(y))
    data_loss = np.mean(np.log(totals) - shifted[images, y])
    loss = data_loss + reg / 2 * ((net.w1**2).sum() + (net.w2**2).sum())
    up = powers / totals[:, None]  # P
    up[images, y] -= 1  # P - Y
    up /= len(y)  # G
    back = (up @ net.w2) * (hidden > 0)  # B
    return float(loss), Net(
        w1=back.T @ x + reg * net.w1,
        b1=back.sum(axis=0),
        w2=up.T @ hidden + reg * net.w2,
        b2=up.sum(axis=0),
    )


@listing
def predict(net: Net, x: Array) -> Array:
    """The class with the highest score for each image.

    Shapes: x (N, D) -> (N,).
    """
    scores, _ = forward(net, x)
    return np.asarray(scores.argmax(axis=1))


@listing
def step(net: Net, x: Array, y: Array, reg: float, rate: float) -> tuple[Net, float]:
    """One step against the gradients of a batch; the loss is that before the step."""
    loss, gradients = loss_and_gradients(net, x, y, reg)
    moved = (old - rate * slope for old, slope in zip(net, gradients, strict=True))
    return Net(*moved), loss


@listing
def train(data: Data, plan: Plan, net: Net | None = None) -> Run:
    """Minibatch SGD; every batch is drawn anew from all training images, with replacement.

    It ends early where the loss has diverged.
    Check: equals a second net that is trained with gradients by other formulas.
    """
    random = np.random.default_rng(plan.seed)
    net = net or start(plan, data, random)
    rate, epoch = plan.rate, max(len(data.x) // plan.batch, 1)
    run = Run(net, [], [], [], [])
    for number in range(plan.steps):
        if number % max(plan.steps // MARKS, 1) == 0:
            measure(run, data, plan.scale, number, net)
        chosen = random.integers(len(data.x), size=plan.batch)
        net, loss = step(net, data.x[chosen] / plan.scale, data.y[chosen], plan.reg, rate)
        run.losses.append(loss)
        if not loss < DIVERGED:
            break
        if (number + 1) % epoch == 0:
            rate *= plan.decay
    measure(run, data, plan.scale, len(run.losses), net)
    return run._replace(net=net)


def start(plan: Plan, data: Data, random: np.random.Generator) -> Net:
    """Normal weights, W1 first, and biases of zero."""
    pixels, classes = data.x.shape[1], int(data.y.max()) + 1
    return Net(
        w1=plan.spread[0] * random.standard_normal((plan.width, pixels)),
        b1=np.zeros(plan.width),
        w2=plan.spread[1] * random.standard_normal((classes, plan.width)),
        b2=np.zeros(classes),
    )


def accuracy(net: Net, x: Array, y: Array) -> float:
    """Per cent of the images whose class is predicted."""
    return 100 * int((predict(net, x) == y).sum()) / len(y)


def measure(run: Run, data: Data, scale: float, number: int, net: Net) -> None:
    """Note both accuracies before step `number`."""
    seen = slice(data.measured)
    run.marks.append(number)
    run.training.append(accuracy(net, data.x[seen] / scale, data.y[seen]))
    run.validation.append(accuracy(net, data.validation_x / scale, data.validation_y))


@listing
def train_all(data: Data, plans: Sequence[Plan]) -> list[Run]:
    """All trainings, two at a time, each in a process of its own.

    What a training gives depends on its plan alone, and the results keep the order of the
    plans: so they do not depend on which process ends first.
    """
    with ProcessPoolExecutor(PROCESSES, initializer=_keep, initargs=(data,)) as processes:
        return list(processes.map(_trained, plans))


_kept: list[Data] = []  # in a process of `train_all`: the data, which are passed to it once


def _keep(data: Data) -> None:
    _kept.append(data)


def _trained(plan: Plan) -> Run:
    return train(_kept[0], plan)
