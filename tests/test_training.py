"""What a training of EE239AS homework 3 leaves behind when it is interrupted: nothing."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "solutions" / "ee239as-hw3"
REACHING = {"ftplib", "http", "requests", "shutil", "socket", "subprocess", "tempfile", "urllib"}
WRITING = {"dump", "mkdir", "open", "rename", "save", "savefig", "savetxt", "savez", "tofile"}
WRITING |= {"touch", "unlink", "urlopen", "write", "write_bytes", "write_text"}
SEARCH = """
import sys
sys.path.insert(0, sys.argv[1])
import two_layer_study as study
from two_layer import Plan
plan = Plan(5, (0.1, 0.1), 0.1, 0.9, 0.01, 100, 30)
try:
    study.runs([plan, plan._replace(decay=None), plan._replace(reg=0.1)])
except TypeError as error:
    print("ended:", error)
assert not study._RUNS, "half a search was kept"
run = study.runs([plan])[0]
print(len(run.losses), f"{run.losses[-1]:.12f}")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the homework's folder in a project without data."""
    made = tmp_path / "solutions" / "ee239as-hw3"
    shutil.copytree(FOLDER, made, ignore=shutil.ignore_patterns("__pycache__"))
    return made


def searched(project: Path) -> tuple[str, list[str]]:
    """What a search tells whose second training fails after its first epoch, and new files."""
    before = set(project.parents[1].rglob("*"))
    ran = subprocess.run(
        [sys.executable, "-B", "-c", SEARCH, str(project)],
        cwd=project.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    new = set(project.parents[1].rglob("*")) - before
    return ran.stdout, sorted(path.name for path in new)


def test_an_interrupted_search_leaves_nothing(project: Path) -> None:
    """No file, nothing half done in memory, and the next training is as if none had been."""
    told, new = searched(project)
    ended, again = told.splitlines()
    assert ended.startswith("ended: unsupported operand")
    assert again.startswith("30 ")
    assert new == []
    assert searched(project) == (told, [])


def test_a_search_that_leaves_a_file_is_noticed(project: Path) -> None:
    """If a training noted its losses in a file, half of them would be there."""
    module = project / "two_layer.py"
    text = module.read_text(encoding="utf-8")
    place = "        run.losses.append(loss)\n"
    assert text.count(place) == 1
    noting = place + '        open("losses.txt", "a", encoding="utf-8").write(f"{loss}")\n'
    module.write_text(text.replace(place, noting), encoding="utf-8")
    assert searched(project)[1] == ["losses.txt"]


def reaches_out(source: str) -> list[str]:
    """What in a module's code writes files, or could fetch some."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found |= {it.name for it in names if it.name.partition(".")[0] in REACHING}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module} if module.partition(".")[0] in REACHING else set()
                found |= {it.name for it in names if it.name.startswith("fetch_")}
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                found |= {name} & WRITING
    return sorted(found)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_no_module_writes_or_downloads(file: Path) -> None:
    """What is computed is returned, and only derivatex writes it."""
    assert reaches_out(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("line", "noticed"),
    [
        ("import urllib.request", ["urllib.request"]),
        ("from sklearn.datasets import fetch_openml", ["fetch_openml"]),
        ("np.save('net.npy', w)", ["save"]),
        ("with open('log', 'w') as log: pass", ["open"]),
        ("Path('net').write_bytes(w.tobytes())", ["write_bytes"]),
    ],
)
def test_a_module_that_writes_or_downloads_is_noticed(line: str, noticed: list[str]) -> None:
    """Each way is seen in a line of code."""
    assert reaches_out(line) == noticed
