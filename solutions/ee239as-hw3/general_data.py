"""The images of problem 4 as plain arrays, which its values and their second routes may share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from images import load

DATA: dict[str, Any] = vars(load(Path(__file__).parents[2] / "data"))
TRAINING = (DATA["training_x"], DATA["training_y"])
VALIDATION = (DATA["validation_x"], DATA["validation_y"])
TEST = (DATA["test_x"], DATA["test_y"])
PIXELS, CLASSES = DATA["training_x"].shape[1], len(DATA["classes"])
