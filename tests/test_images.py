"""The images of EE239AS homework 3: CIFAR-10 where its files lie, else the digits."""

from __future__ import annotations

import hashlib
import importlib.util
import pickle
import struct
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "ee239as-hw3"
CIFAR = "cifar-10-batches-py"
EACH = 4  # images in a file
SIZES = (15, 4, 3)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FILES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta")


@pytest.fixture(scope="module")
def images() -> ModuleType:
    """The module, loaded from its file."""
    spec = importlib.util.spec_from_file_location("images_of_homework", FOLDER / "images.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # where a dataclass looks for its module
    spec.loader.exec_module(made)
    return made


# files as CIFAR-10 has them


def pickled(thing: object) -> bytes:
    """Pickle as Python 2 did, in which the files were written: texts are bytes.

    Check: Python 3 reads the same thing back, with texts as bytes.
    """
    return b"\x80\x02" + _pickled(thing) + b"."


def _pickled(thing: Any) -> bytes:  # noqa: ANN401  # what a batch holds
    match thing:
        case bool() | None:
            code = {None: b"N", True: b"\x88", False: b"\x89"}[thing]
        case int():
            code = b"J" + struct.pack("<i", thing)
        case bytes():
            code = b"T" + struct.pack("<i", len(thing)) + thing
        case tuple():
            code = b"(" + b"".join(map(_pickled, thing)) + b"t"
        case list():
            code = b"](" + b"".join(map(_pickled, thing)) + b"e"
        case dict():
            code = (
                b"}(" + b"".join(_pickled(part) for item in thing.items() for part in item) + b"u"
            )
        case _:
            code = _array(thing)
    return code


def _array(thing: np.ndarray[Any, Any]) -> bytes:
    """An array of bytes, as NumPy's own protocol has it."""
    start = _called(b"numpy.core.multiarray\n_reconstruct", b"cnumpy\nndarray\n", (0,), b"b")
    kind = _called(b"numpy\ndtype", b"u1", 0, 1)
    kind += _pickled((3, b"|", None, None, None, -1, -1, 0)) + b"b"
    state = [_pickled(1), _pickled(thing.shape), kind, b"\x89", _pickled(thing.tobytes())]
    return start + b"(" + b"".join(state) + b"tb"


def _called(name: bytes, *arguments: object) -> bytes:
    """A call of a named function; an argument that begins with `c` is a name, too."""
    parts = [
        it if isinstance(it, bytes) and it.startswith(b"c") else _pickled(it) for it in arguments
    ]
    return b"c" + name + b"\n(" + b"".join(parts) + b"tR"


def batch(number: int) -> dict[bytes, Any]:
    """A batch: in image n, the pixel of a plane in a row and a column has a value of its own."""
    plane, row, column = np.ogrid[:3, :32, :32]
    planes = [100 * plane + 2 * row + column // 8 + 7 * number + n for n in range(EACH)]
    return {
        b"batch_label": b"a batch",
        b"labels": [(number + n) % 10 for n in range(EACH)],
        b"data": np.array(planes).reshape(EACH, -1).astype(np.uint8),
        b"filenames": [b"one.png"] * EACH,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of CIFAR-10, few images in each."""
    files = tmp_path / CIFAR
    files.mkdir()
    for number, name in enumerate(FILES[:6]):
        (files / name).write_bytes(pickled(batch(number)))
    labels = [name.encode() for name in CLASSES]
    (files / "batches.meta").write_bytes(pickled({b"label_names": labels}))
    return tmp_path


def checksums(folder: Path) -> dict[str, str]:
    """The checksums of the files as they are."""
    files = (folder / CIFAR).iterdir()
    return {
        it.name: hashlib.md5(it.read_bytes(), usedforsecurity=False).hexdigest() for it in files
    }


def as_batch(content: bytes) -> dict[bytes, Any]:
    """What Python's own reader makes of a file that is written above."""
    found: dict[bytes, Any] = pickle.loads(content, encoding="bytes")  # noqa: S301  # ours
    return found


def same(one: dict[bytes, Any], other: dict[bytes, Any]) -> bool:
    """Whether two batches hold the same."""
    return (
        one.keys() == other.keys()
        and one[b"labels"] == other[b"labels"]
        and np.array_equal(one[b"data"], other[b"data"])
    )


def test_the_files_are_those_of_python_2() -> None:
    """Python's own reader gives back what was written."""
    assert same(as_batch(pickled(batch(1))), batch(1))


def test_a_file_that_was_written_wrongly_is_noticed() -> None:
    """A byte of a pixel, or another batch, is another file."""
    content = pickled(batch(1))
    place = content.index(batch(1)[b"data"].tobytes())
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    assert not same(as_batch(changed), batch(1))
    assert not same(as_batch(pickled(batch(2))), batch(1))


# what is read from them


def faults(found: Any) -> list[str]:  # noqa: ANN401  # the module's own kind of images
    """What is wrong with images that were read from the folder above."""
    labels = [label for number in range(5) for label in batch(number)[b"labels"]]
    stored = np.concatenate([batch(number)[b"data"] for number in range(5)]).astype(float)
    tests = batch(5)[b"data"][:3].astype(float)
    mean = stored[:15].mean(axis=0)

    def looks_like(rows: Any, planes: Any) -> bool:  # noqa: ANN401  # arrays
        expected = (planes - mean).reshape(-1, 3, 32, 32)
        pictures = rows.reshape(-1, *found.shape)
        return pictures.shape == (len(planes), 32, 32, 3) and all(
            np.allclose(pictures[..., plane], expected[:, plane], atol=1e-4) for plane in range(3)
        )

    arrays = (found.training_x, found.validation_x, found.test_x)
    right = {
        "names": (found.name, found.classes) == ("CIFAR-10", CLASSES),
        "training labels": found.training_y.tolist() == labels[:15],
        "validation labels": found.validation_y.tolist() == labels[15:19],
        "test labels": found.test_y.tolist() == batch(5)[b"labels"][:3],
        "training images": looks_like(found.training_x, stored[:15]),
        "validation images": looks_like(found.validation_x, stored[15:19]),
        "test images": looks_like(found.test_x, tests),
        "mean": float(np.abs(found.training_x.mean(axis=0)).max()) < 1e-4,
        "read-only": not any(array.flags.writeable for array in arrays),
    }
    return [name for name, holds in right.items() if not holds]


def test_cifar_is_read(images: ModuleType, folder: Path) -> None:
    """Sets, labels, classes and colours are those of the files, less the mean image, read-only."""
    found = images.load(folder, checksums=checksums(folder), sizes=SIZES)
    assert faults(found) == []
    with pytest.raises(ValueError, match="read-only"):
        found.training_x[0, 0] = 1


@pytest.mark.parametrize(
    ("changes", "noticed"),
    [
        ({"classes": lambda it: it.classes[::-1]}, ["names"]),
        ({"training_y": lambda it: np.roll(it.training_y, 1)}, ["training labels"]),
        ({"validation_y": lambda it: it.validation_y[::-1]}, ["validation labels"]),
        ({"test_y": lambda it: it.test_y + 1}, ["test labels"]),
        ({"test_x": lambda it: _frozen(it.test_x[::-1])}, ["test images"]),
        ({"validation_x": lambda it: _frozen(_planes(it.validation_x))}, ["validation images"]),
        ({"training_x": lambda it: _frozen(it.training_x + 1)}, ["training images", "mean"]),
        ({"training_x": lambda it: it.training_x.copy()}, ["read-only"]),
    ],
)
def test_images_that_are_read_wrongly_are_noticed(
    images: ModuleType, folder: Path, changes: dict[str, Any], noticed: list[str]
) -> None:
    """Another order, other labels, colours first, or a mean that was left: each has its fault."""
    found = images.load(folder, checksums=checksums(folder), sizes=SIZES)
    made = {name: change(found) for name, change in changes.items()}
    assert faults(replace(found, **made)) == noticed


def _planes(rows: Any) -> Any:  # noqa: ANN401  # arrays
    """Images with their colours first, as in the files."""
    return rows.reshape(-1, 32, 32, 3).transpose(0, 3, 1, 2).reshape(len(rows), -1)


def _frozen(array: Any) -> Any:  # noqa: ANN401  # arrays
    made = array.copy()
    made.flags.writeable = False
    return made


# files that are damaged, missing, or something else


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["one bit", "cut short", "empty", "longer"])
def test_a_damaged_file_is_refused(
    images: ModuleType, folder: Path, name: str, damage: str
) -> None:
    """A file whose checksum is another is named, with both checksums."""
    right = checksums(folder)
    file = folder / CIFAR / name
    content = file.read_bytes()
    file.write_bytes(
        {
            "one bit": content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
            "cut short": content[: len(content) // 2],
            "empty": b"",
            "longer": content + b".",
        }[damage]
    )
    with pytest.raises(ValueError, match=rf"{name}: damaged, its MD5 checksum is ") as refused:
        images.load(folder, checksums=right, sizes=SIZES)
    assert right[name] in str(refused.value)
    assert checksums(folder)[name] in str(refused.value)
    file.write_bytes(content)
    assert faults(images.load(folder, checksums=right, sizes=SIZES)) == []


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(images: ModuleType, folder: Path, name: str) -> None:
    """A folder without one of the files is no data set, and no reason to take the digits."""
    right = checksums(folder)
    (folder / CIFAR / name).unlink()
    with pytest.raises(ValueError, match=f"{name}: this file of CIFAR-10 is missing"):
        images.load(folder, checksums=right, sizes=SIZES)


@pytest.mark.parametrize("sizes", [(18, 4, 3), (15, 4, 5)])
def test_too_few_images_are_refused(
    images: ModuleType, folder: Path, sizes: tuple[int, int, int]
) -> None:
    """Sets that the files cannot fill are refused; those that they just fill are not."""
    right = checksums(folder)
    with pytest.raises(ValueError, match="found 20 training images and 4 test images"):
        images.load(folder, checksums=right, sizes=sizes)
    assert len(images.load(folder, checksums=right, sizes=(16, 4, 4)).training_y) == 16


@pytest.mark.parametrize("content", [b"cos\nsystem\n(T\x04\x00\x00\x00exittR.", b"(", b"K\x01."])
def test_what_is_no_data_is_refused(images: ModuleType, folder: Path, content: bytes) -> None:
    """Even with the right checksum, a file can call nothing, and must hold a mapping."""
    (folder / CIFAR / "batches.meta").write_bytes(b"\x80\x02" + content)
    with pytest.raises(ValueError, match=r"batches\.meta"):
        images.load(folder, checksums=checksums(folder), sizes=SIZES)


def test_a_file_is_compared_before_it_is_unpickled(images: ModuleType, folder: Path) -> None:
    """What would call something is refused for its checksum."""
    right = checksums(folder)
    (folder / CIFAR / "data_batch_5").write_bytes(b"\x80\x02cos\nsystem\n(T\x04\x00\x00\x00exittR.")
    with pytest.raises(ValueError, match="data_batch_5: damaged"):
        images.load(folder, checksums=right, sizes=SIZES)


def whole(found: dict[str, str]) -> bool:
    """Whether there is a checksum for each file, of 32 hexadecimal digits, all of them others."""
    texts = set(found.values())
    return (
        sorted(found) == sorted(FILES)
        and len(texts) == len(FILES)
        and all(len(text) == 32 and set(text) <= set("0123456789abcdef") for text in texts)
    )


def test_the_published_checksums_are_whole(images: ModuleType) -> None:
    """There is one for each file; one that lacks a digit, or is there twice, is noticed."""
    right = images.CHECKSUMS
    assert whole(right)
    assert not whole({**right, "test_batch": right["test_batch"][1:]})
    assert not whole({**right, "test_batch": right["data_batch_1"]})
    assert not whole({name: text for name, text in right.items() if name != "batches.meta"})


# the digits


def are_digits(found: Any) -> bool:  # noqa: ANN401  # the module's own kind of images
    """Whether these are all digits, with pixels between 0 and 1 before the mean was taken away."""
    sets = (found.training_x, found.validation_x, found.test_x)
    return (
        (found.name, found.shape) == ("digits of scikit-learn", (8, 8))
        and found.classes == tuple("0123456789")
        and [len(it) for it in sets] == [1197, 300, 300]
        and np.ptp(found.training_x, axis=0).max() == 1
        and float(np.abs(found.training_x.mean(axis=0)).max()) < 1e-9
        and not any(it.flags.writeable for it in sets)
    )


def test_without_the_folder_there_are_digits(images: ModuleType, tmp_path: Path) -> None:
    """The digits of scikit-learn, always in the same order, and nothing is written."""
    found, again = images.load(tmp_path), images.load(tmp_path)
    assert are_digits(found)
    assert np.array_equal(found.test_x, again.test_x)
    assert np.array_equal(found.test_y, again.test_y)
    assert list(tmp_path.iterdir()) == []


def test_what_are_no_digits_is_noticed(images: ModuleType, folder: Path) -> None:
    """CIFAR-10, digits of another scale, and digits that somebody can change, are not."""
    found = images.load(folder / "nowhere")
    assert not are_digits(images.load(folder, checksums=checksums(folder), sizes=SIZES))
    assert not are_digits(replace(found, training_x=_frozen(16 * found.training_x)))
    assert not are_digits(replace(found, test_x=found.test_x.copy()))
