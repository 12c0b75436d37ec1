from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, RefusedError
from derivatex.store.certificates import is_current, read_certificate, write_certificate
from derivatex.store.inputs import inputs as inputs_of
from derivatex.store.lock import locked
from derivatex.store.target import Target

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "solutions/made"
TARGET = Target("made")
HOLDS = """
import sys
from pathlib import Path
from derivatex.store.lock import locked
with locked(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """An assignment's files and a template's."""
    names = ["1-made.yaml", "1_made.py", "references.bib", "data/table.csv"]
    made = [tmp_path / FOLDER / name for name in names] + [tmp_path / "templates/report.tex.j2"]
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one\n", encoding="utf-8")
    return made


def inputs(project: Path, engine: str = "pdflatex") -> dict[str, str]:
    """What the assignment depends on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("derivatex.store.inputs.CHECKOUT", str(project / "templates"))
        return inputs_of(str(project), "made", engine)


def test_contents_decide(tmp_path: Path, files: list[Path]) -> None:
    """A change in any file changes the digest that stands for it, and no other."""
    before = inputs(tmp_path)
    for path in files:
        path.write_text("two\n", encoding="utf-8")
        name = path.relative_to(tmp_path).as_posix()
        after = inputs(tmp_path)
        changed = {key for key in after if after[key] != before[key]}
        assert changed == {"templates" if name.startswith("templates") else name}
        path.write_text("one\n", encoding="utf-8")
    assert inputs(tmp_path) == before


def test_times_do_not(tmp_path: Path, files: list[Path]) -> None:
    """A file that is touched or written anew with the same content changes nothing."""
    before = inputs(tmp_path)
    for path in files:
        os.utime(path, (0, 0))
        path.with_name("other").write_bytes(path.read_bytes())
        path.with_name("other").replace(path)
    assert inputs(tmp_path) == before


def test_names_count(tmp_path: Path, files: list[Path]) -> None:
    """A file that comes, goes or is renamed changes the inputs."""
    before = inputs(tmp_path)
    files[0].rename(files[0].with_name("2-made.yaml"))
    assert inputs(tmp_path).keys() != before.keys()
    files[0].with_name("2-made.yaml").rename(files[0])
    files[-1].rename(files[-1].with_name("other.tex.j2"))
    assert inputs(tmp_path)["templates"] != before["templates"]


def test_what_python_and_editors_leave(tmp_path: Path, files: list[Path]) -> None:
    """Byte code and hidden files are no inputs."""
    before = inputs(tmp_path)
    cache = files[1].with_name("__pycache__")
    cache.mkdir()
    (cache / "1_made.cpython-311.pyc").write_bytes(b"x")
    files[0].with_name(".1-made.yaml.swp").write_bytes(b"x")
    assert inputs(tmp_path) == before


@pytest.mark.usefixtures("files")
def test_the_engine_counts(tmp_path: Path) -> None:
    """Another TeX program gives another PDF; the tools' versions are inputs as well."""
    one, two = inputs(tmp_path), inputs(tmp_path, "lualatex")
    assert {key for key in one if one[key] != two[key]} == {"engine"}
    assert {"derivatex", "python and its packages"} <= one.keys()


def test_a_certificate_comes_back(tmp_path: Path) -> None:
    """A certificate is read as it was written."""
    record = {"pdf": None, "counts": {"route": {"passed": 3}}, "title": "é"}
    write_certificate(TARGET, tmp_path, record)
    assert read_certificate(TARGET, tmp_path) == record
    assert TARGET.certificate(tmp_path) == tmp_path / "build/made.json"


@pytest.mark.parametrize("damaged", [b"", b'{"pdf": ', b"[1]", b"null", b"\xff\xfe", b'"pdf"'])
def test_a_damaged_certificate(tmp_path: Path, damaged: bytes) -> None:
    """A damaged certificate is treated as none."""
    path = TARGET.certificate(tmp_path)
    path.parent.mkdir()
    path.write_bytes(damaged)
    assert read_certificate(TARGET, tmp_path) == {}
    assert not is_current(TARGET, tmp_path, {})


@pytest.mark.parametrize("pdf", ["null", "[1]", '"made.pdf"', "3", "{}"])
def test_a_certificate_of_another_shape(tmp_path: Path, pdf: str) -> None:
    """A certificate that says of the PDF what none would is treated as none."""
    path = TARGET.certificate(tmp_path)
    path.parent.mkdir()
    path.write_text(f'{{"pdf": {pdf}}}', encoding="utf-8")
    TARGET.pdf(tmp_path).write_bytes(b"%PDF")
    assert not is_current(TARGET, tmp_path, {})


def test_current(tmp_path: Path) -> None:
    """A PDF is current where its inputs and its own bytes are those that were recorded."""
    assert not is_current(TARGET, tmp_path, {"a": "1"})
    record = {"pdf": {"inputs": {"a": "1"}, "sha256": sha256(b"%PDF").hexdigest()}}
    write_certificate(TARGET, tmp_path, record)
    assert not is_current(TARGET, tmp_path, {"a": "1"})
    TARGET.pdf(tmp_path).write_bytes(b"%PDF")
    assert is_current(TARGET, tmp_path, {"a": "1"})
    assert not is_current(TARGET, tmp_path, {"a": "2"})
    TARGET.pdf(tmp_path).write_bytes(b"%PDF of another's")
    assert not is_current(TARGET, tmp_path, {"a": "1"})


def test_targets(tmp_path: Path) -> None:
    """Every target has files of its own."""
    targets = [TARGET, Target("made", "2"), Target("made", "2", is_handout=True)]
    assert [str(target) for target in targets] == ["made", "made/2", "made/2"]
    assert [target.pdf(tmp_path).relative_to(tmp_path).as_posix() for target in targets] == [
        "build/made.pdf",
        "build/made/2.pdf",
        "build/made/2-handout.pdf",
    ]
    assert targets[2].tex(tmp_path) == tmp_path / "build/tex/made/2-handout"


def test_the_lock(tmp_path: Path) -> None:
    """While another process holds the folder, we say which one and wait until it ends."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    release = holder.stdin
    assert holder.stdout.readline() == "held\n"
    told: list[str] = []

    def waiting(what: str) -> None:
        told.append(what)
        release.write("\n")
        release.close()

    with locked(tmp_path, waiting):
        assert told == [f"waiting for another build (process {holder.pid})"]
    assert holder.wait() == 0
    holder.stdout.close()


def test_a_free_lock(tmp_path: Path) -> None:
    """A lock that nobody holds is taken without a word, also after one that failed."""
    told: list[str] = []

    def fails() -> None:
        with locked(tmp_path, told.append):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with locked(tmp_path, told.append):
        assert told == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """A file in the place of the folder is told as bad input, with what to do."""
    (tmp_path / "build").write_text("", encoding="utf-8")
    with pytest.raises(RefusedError) as raised, locked(tmp_path, print):
        pass
    (found,) = raised.value.diagnostics
    assert (found.id, found.code) == ("cannot-write", ExitCode.BAD_INPUT)
    assert str(found.at) == "build"
    assert found.message == "cannot be written: file exists"
