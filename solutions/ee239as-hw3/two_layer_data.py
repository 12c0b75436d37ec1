"""The images of problem 3, as arrays that first and second routes both read."""

from __future__ import annotations

from pathlib import Path

from images import load

_IMAGES = load(Path(__file__).parents[2] / "data")
NAME, SHAPE, CLASSES = _IMAGES.name, _IMAGES.shape, _IMAGES.classes
X, Y = _IMAGES.training_x, _IMAGES.training_y
VALIDATION_X, VALIDATION_Y = _IMAGES.validation_x, _IMAGES.validation_y
TEST_X, TEST_Y = _IMAGES.test_x, _IMAGES.test_y
MEASURED = min(1000, len(Y))  # training images on which accuracies are measured
