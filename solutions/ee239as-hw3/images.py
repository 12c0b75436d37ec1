"""Images and their labels: CIFAR-10 where its files lie in a folder, else the digits.

Nothing is ever downloaded or written here.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from sklearn.datasets import load_digits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Floats: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.floating[Any]]]
Integers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.integer[Any]]]
Sizes: TypeAlias = tuple[int, int, int]  # of the training, the validation and the test set

CIFAR = "cifar-10-batches-py"
BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST, META = "test_batch", "batches.meta"
CHECKSUMS = {  # MD5, as published with the data set's loaders
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
}
CIFAR_SIZES = (49_000, 1_000, 1_000)
DIGITS_SIZES = (1_197, 300, 300)
PLANES = (3, 32, 32)  # of a row in a file: red, green, blue, each row by row
ARRAYS = {"_reconstruct": np.zeros(0).__reduce__()[0], "ndarray": np.ndarray, "dtype": np.dtype}


@dataclass(frozen=True)
class Images:
    """Three sets of flattened images, less the mean training image, and their labels.

    Shapes: `*_x` (n, D), `*_y` (n,); a row in the given `shape` is an image to look at.
    """

    name: str
    training_x: Floats
    training_y: Integers
    validation_x: Floats
    validation_y: Integers
    test_x: Floats
    test_y: Integers
    shape: tuple[int, ...]
    classes: tuple[str, ...]


def load(
    folder: Path, *, checksums: Mapping[str, str] = CHECKSUMS, sizes: Sizes = CIFAR_SIZES
) -> Images:
    """CIFAR-10 from `folder`/cifar-10-batches-py, or the digits where that folder is absent.

    Raises: ValueError that names a file of CIFAR-10 which is missing or damaged.
    Check: no file is unpickled before its MD5 checksum was compared.
    """
    files = folder / CIFAR
    return _cifar(files, checksums, sizes) if files.exists() else _digits()


def _digits() -> Images:
    """The digits of scikit-learn, shuffled by a fixed seed, pixels between 0 and 1."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    pixels, labels = data.data[order] / 16, data.target[order]
    training, validation, _ = DIGITS_SIZES
    cuts = [training, training + validation]
    x, y = np.split(pixels, cuts), np.split(labels, cuts)
    classes = tuple(map(str, data.target_names))
    return _centred(
        Images("digits of scikit-learn", x[0], y[0], x[1], y[1], x[2], y[2], (8, 8), classes)
    )


def _cifar(files: Path, checksums: Mapping[str, str], sizes: Sizes) -> Images:
    """The first images of the five batches, those behind them, and the first of the test batch."""
    contents = {name: _verified(files / name, checksums[name]) for name in (*BATCHES, TEST, META)}
    batches = [_batch(files / name, contents[name]) for name in BATCHES]
    pixels = np.concatenate([batch[0] for batch in batches])
    labels = np.concatenate([batch[1] for batch in batches])
    tests = _batch(files / TEST, contents[TEST])
    training, validation, test = sizes
    if training + validation > len(labels) or test > len(tests[1]):
        found = f"{len(labels)} training images and {len(tests[1])} test images"
        raise ValueError(f"{files}: found {found}, too few for {sizes}")
    end = training + validation
    names = _unpickled(files / META, contents[META])[b"label_names"]
    return _centred(
        Images(
            "CIFAR-10",
            training_x=pixels[:training],
            training_y=labels[:training],
            validation_x=pixels[training:end],
            validation_y=labels[training:end],
            test_x=tests[0][:test],
            test_y=tests[1][:test],
            shape=(*PLANES[1:], PLANES[0]),
            classes=tuple(name.decode() for name in names),
        )
    )


def _centred(images: Images) -> Images:
    """The same images less the mean of those for training, which nobody can change."""
    mean = images.training_x.mean(axis=0, dtype=np.float64).astype(images.training_x.dtype)
    sets = ("training", "validation", "test")
    changed = {f"{name}_x": getattr(images, f"{name}_x") - mean for name in sets}
    for array in (*changed.values(), *(getattr(images, f"{name}_y") for name in sets)):
        array.flags.writeable = False
    return replace(images, **changed)


def _verified(file: Path, checksum: str) -> bytes:
    """A file's bytes, where they are those that were published."""
    if not file.is_file():
        raise ValueError(f"{file}: this file of CIFAR-10 is missing")
    content = file.read_bytes()
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != checksum:
        raise ValueError(f"{file}: damaged, its MD5 checksum is {found} instead of {checksum}")
    return content


def _batch(file: Path, content: bytes) -> tuple[Floats, Integers]:
    """The pixels, from 0 to 255, and the labels of a batch; colours last, as for drawing.

    Single precision holds them exactly and takes half the memory.
    """
    batch = _unpickled(file, content)
    planes = batch[b"data"].reshape(-1, *PLANES)
    pixels = planes.transpose(0, 2, 3, 1).reshape(len(planes), -1)
    return pixels.astype(np.float32), np.array(batch[b"labels"])


def _unpickled(file: Path, content: bytes) -> dict[bytes, Any]:
    """A pickled mapping of Python 2, whose texts are bytes."""
    try:
        found = _ArraysOnly(io.BytesIO(content), encoding="bytes").load()
    except (pickle.UnpicklingError, EOFError, IndexError) as error:
        raise ValueError(f"{file}: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{file}: it holds no mapping")  # noqa: TRY004  # the file is wrong
    return found


class _ArraysOnly(pickle.Unpickler):
    """Unpickles arrays, numbers, texts and their containers; nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  # as in the base
        """A constructor of arrays."""
        if module.partition(".")[0] != "numpy" or name not in ARRAYS:
            raise pickle.UnpicklingError(f"`{module}.{name}` is refused: only arrays are read")
        return ARRAYS[name]
