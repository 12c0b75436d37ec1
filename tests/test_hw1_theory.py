"""The listing that shows PyTorch's five steps in NumPy does what PyTorch does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from types import ModuleType

MODULE = Path(__file__).parents[1] / "solutions/hw1-theory/1_1_1_regression.py"
RATE = 0.01


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """The problem's module."""
    spec = importlib.util.spec_from_file_location("regression", MODULE)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def drawn() -> tuple[Any, Any, list[Any]]:
    """A batch of seven points, and parameters."""
    chance = np.random.default_rng(5)
    shapes = [(6, 4), (6,), (3, 6), (3,)]
    return (
        chance.normal(size=(7, 4)),
        chance.normal(size=(7, 3)),
        [chance.normal(size=shape) for shape in shapes],
    )


def test_a_step_goes_down_the_gradient(module: ModuleType) -> None:
    """The gradients are those of central differences, and the step is against them."""
    x, y, parameters = drawn()
    _, grads, stepped = module.five_steps(x, y, parameters, RATE)
    for k, (before, grad, after) in enumerate(zip(parameters, grads, stepped, strict=True)):
        assert after == pytest.approx(before - RATE * grad)
        moved = [it.copy() for it in parameters]
        moved[k].flat[0] += 1e-6
        above = module.five_steps(x, y, moved, RATE)[0]
        moved[k].flat[0] -= 2e-6
        below = module.five_steps(x, y, moved, RATE)[0]
        assert (above - below) / 2e-6 == pytest.approx(grad.flat[0], rel=1e-5)


@pytest.mark.torch
def test_a_step_is_that_of_pytorch(module: ModuleType) -> None:
    """Loss, gradients and parameters after a step are those of PyTorch."""
    torch = pytest.importorskip("torch")
    x, y, parameters = drawn()
    held = [torch.tensor(it, requires_grad=True) for it in parameters]
    optimizer = torch.optim.SGD(held, lr=RATE)
    w1, b1, w2, b2 = held
    output = 3 * torch.relu(torch.tensor(x) @ w1.T + b1) @ w2.T + b2
    loss = ((output - torch.tensor(y)) ** 2).sum(dim=1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    ours, grads, stepped = module.five_steps(x, y, parameters, RATE)
    assert ours == pytest.approx(loss.item())
    for grad, after, theirs in zip(grads, stepped, held, strict=True):
        assert grad == pytest.approx(theirs.grad.numpy())
        assert after == pytest.approx(theirs.detach().numpy())
