from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import Location
from derivatex.solution import State, Table
from derivatex.store.cache import Cache, Step
from derivatex.tex.markup import Prose

if TYPE_CHECKING:
    from pathlib import Path

STEP = Step("computed", "made/1", "problem 1 was computed", {"a.yaml": "1", "b.py": "2"})
VALUE = Table("rows", "ll", (), ((Prose("a"), Prose("b")),), Location("a.py", 3, 1))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """An empty cache of a project."""
    return Cache(tmp_path)


def entry(cache: Cache) -> Path:
    """The file of the one entry."""
    (found,) = cache.folder.glob("computed/??/*")
    return found


def test_what_was_kept_is_recalled(cache: Cache) -> None:
    """A step with the same inputs gives what it gave, and did not run."""
    assert cache.recall(STEP) is None
    cache.keep(STEP, VALUE)
    again = Cache(cache.project)
    assert again.recall(STEP) == VALUE
    assert (again.ran, again.warnings) == ([], [])


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"a.yaml": "3", "b.py": "2"}, "a.yaml changed"),
        ({"a.yaml": "3", "b.py": "4"}, "a.yaml changed, b.py changed"),
        ({"a.yaml": "1", "b.py": "2", "c.csv": "5"}, "c.csv is new"),
        ({"a.yaml": "1"}, "b.py is gone"),
    ],
)
def test_a_change_is_named(cache: Cache, inputs: dict[str, str], why: str) -> None:
    """A step whose inputs differ runs, and says which of them differ."""
    cache.keep(STEP, VALUE)
    other = Step(STEP.kind, STEP.name, STEP.what, inputs)
    assert cache.recall(other) is None
    assert cache.ran == [f"problem 1 was computed: {why}"]


def test_steps_are_told_apart(cache: Cache) -> None:
    """Two steps with the same inputs are still two steps."""
    cache.keep(STEP, VALUE)
    for other in (
        Step("checked", "made/1", "", STEP.inputs),
        Step("computed", "made/2", "", STEP.inputs),
    ):
        assert cache.recall(other) is None


def test_files_that_were_found_to_be_read(cache: Cache) -> None:
    """A file that a step turned out to read decides as its declared inputs do."""
    data = cache.project / "data.csv"
    data.write_text("1", encoding="utf-8")
    cache.keep(STEP, VALUE, {"data.csv": cache.now("data.csv"), "none.csv": cache.now("none.csv")})
    assert cache.recall(STEP) == VALUE
    for change, why in (("2", "data.csv changed"), (None, "data.csv is gone")):
        if change:
            data.write_text(change, encoding="utf-8")
        else:
            data.unlink()
        fresh = Cache(cache.project)
        assert fresh.recall(STEP) is None
        assert fresh.ran == [f"problem 1 was computed: {why}"]
    data.write_text("1", encoding="utf-8")
    assert cache.recall(STEP) == VALUE
    (cache.project / "none.csv").write_text("", encoding="utf-8")
    fresh = Cache(cache.project)
    assert fresh.recall(STEP) is None
    assert fresh.ran == ["problem 1 was computed: none.csv is new"]


def foreign(path: Path) -> bytes:
    """An entry of a program that would run something."""

    class Runs:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, ("true",)

    payload = pickle.dumps(Runs())
    from derivatex.store.inputs import digest  # noqa: PLC0415

    line = path.read_bytes().partition(b"\n")[0].decode()
    before = line.partition('"content": "')[2].partition('"')[0]
    return line.replace(before, digest(payload)).encode() + b"\n" + payload


class Named:
    """What is pickled as an attribute of something, as Python 3.11.2 pickles members of enums."""

    def __init__(self, of: object, name: str) -> None:
        """Remember of what."""
        self.of, self.name = of, name

    def __reduce__(self) -> tuple[object, ...]:
        """Name the attribute."""
        return getattr, (self.of, self.name)


def test_members_of_enums_are_recalled(cache: Cache) -> None:
    """A member of an enum comes back however Python names it; another attribute does not."""
    cache.keep(STEP, Named(State, "PASSED"))
    assert cache.recall(STEP) is State.PASSED
    cache.keep(STEP, Named(Table, "__init__"))
    assert cache.recall(STEP) is None
    assert [it.id for it in cache.warnings] == ["cache-damaged"]


@pytest.mark.parametrize("damage", ["truncated", "empty", "changed", "garbage", "foreign", "moved"])
def test_a_damaged_entry_is_not_trusted(cache: Cache, damage: str) -> None:
    """What is not an entry as it was written is told, and computed again."""
    cache.keep(STEP, VALUE)
    path = entry(cache)
    whole = path.read_bytes()
    made = {
        "truncated": whole[:-5],
        "empty": b"",
        "changed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "garbage": b"\x00\xff" * 40,
        "foreign": foreign(path),
        "moved": whole.replace(b'"computed"', b'"checked" '),
    }
    path.write_bytes(made[damage])
    fresh = Cache(cache.project)
    assert fresh.recall(STEP) is None
    (warning,) = fresh.warnings
    assert warning.id == "cache-damaged"
    assert str(warning.at) == path.relative_to(cache.project).as_posix()
    assert fresh.ran == ["problem 1 was computed: its entry in the cache was damaged"]
    fresh.keep(STEP, VALUE)
    assert Cache(cache.project).recall(STEP) == VALUE


def test_an_entry_that_is_gone(cache: Cache) -> None:
    """Where nothing changed but the entry left, the reason says so."""
    cache.keep(STEP, VALUE)
    entry(cache).unlink()
    assert cache.recall(STEP) is None
    assert cache.ran == ["problem 1 was computed: its result is no longer in the cache"]


def test_the_least_recently_used_leaves(tmp_path: Path) -> None:
    """The cache keeps to its limit; what was used last stays."""
    cache = Cache(tmp_path, limit=4_000)
    steps = [Step("computed", f"made/{k}", "", {"a": str(k)}) for k in range(6)]
    for k, step in enumerate(steps):
        cache.keep(step, b"x" * 800)
        path = cache.folder / step.kind / step.key[:2] / step.key[2:]
        if path.exists():
            os.utime(path, ns=(k, k))
        cache.recall(steps[0])  # is used again and again
    total = sum(it.stat().st_size for it in cache.folder.glob("*/??/*"))
    assert total <= 4_000
    assert cache.recall(steps[0]) is not None
    assert cache.recall(steps[5]) is not None
    assert any(cache.recall(step) is None for step in steps)


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    """It is no reason to fail: everything is computed again next time."""
    (tmp_path / "build").write_text("", encoding="utf-8")
    cache = Cache(tmp_path)
    cache.keep(STEP, VALUE)
    assert cache.recall(STEP) is None
