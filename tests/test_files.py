from __future__ import annotations

import stat
from pathlib import Path

import pytest

from derivatex.files import write_beside


def test_a_file_is_put_in_its_place(tmp_path: Path) -> None:
    """The data stand at the target, in folders made for them, readable by all, alone."""
    target = tmp_path / "new" / "folder" / "a.json"
    write_beside(target, b"one")
    assert target.read_bytes() == b"one"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert list(target.parent.iterdir()) == [target]


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    """The new data take the place of the old."""
    target = tmp_path / "a.json"
    write_beside(target, b"a long first")
    write_beside(target, b"second")
    assert target.read_bytes() == b"second"


def test_an_old_file_survives_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: where the last step fails the old file is whole, and nothing is left beside it."""
    target = tmp_path / "a.json"
    write_beside(target, b"old")

    def fail(self: Path, _target: Path) -> Path:
        assert self.read_bytes() == b"new"
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        write_beside(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    """A folder that stands where the file should is left alone, with nothing beside it."""
    target = tmp_path / "a.json"
    target.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_beside(target, b"new")
    assert list(tmp_path.iterdir()) == [target]


def test_an_open_reader_keeps_the_old_file(tmp_path: Path) -> None:
    """Who reads while we write sees the old file to its end, never a mixture."""
    target = tmp_path / "a.json"
    write_beside(target, b"old old old")
    with target.open("rb") as reader:
        first = reader.read(3)
        write_beside(target, b"new")
        assert first + reader.read() == b"old old old"
