"""A folder `build` that cannot be written, is damaged, or is wanted by two at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Ran
from tests.faults.conftest import errors_of

if TYPE_CHECKING:
    from tests.faults.conftest import Built

pytestmark = pytest.mark.tex

RIGHTS = "-dac_override,-dac_read_search"  # what lets root write where nobody may
LIMIT = 120.0  # seconds


def unprivileged(built: Built, *arguments: str) -> Ran:
    """Run the command line so that a folder's permissions bind it, even as root."""
    command = [sys.executable, "-m", "derivatex", *arguments]
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        assert setpriv, "setpriv, of util-linux, is needed where root runs the tests"
        command = [setpriv, f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}", "--", *command]
    done = subprocess.run(
        command, cwd=built.root, capture_output=True, text=True, check=False, timeout=LIMIT
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("command", ["build", "check", "clean"])
def test_a_read_only_folder(built: Built, command: str) -> None:
    """A `build` that cannot be written is told once, by its name, and stays as it was."""
    folder = built.root / "build"
    built.project.replace(built.project.yaml, "We multiply", "We now multiply")
    folder.chmod(0o555)
    try:
        ran = unprivileged(built, command, "demo")
    finally:
        folder.chmod(0o755)
    assert "Traceback" not in ran.err
    assert [line.partition(" error[")[0] for line in errors_of(ran)] == ["build:"], ran.err
    assert "error[cannot-write]" in ran.err
    assert "make the folder `build` writable" in ran.err
    assert ran.code == 3
    assert built.is_as_it_was()
    assert not built.strays()


def test_a_read_only_folder_of_tex(built: Built) -> None:
    """A folder below `build` that cannot be written is told by its name."""
    folder = built.root / "build/tex/demo/report"
    folder.chmod(0o555)
    (folder / "demo.tex").chmod(0o444)
    try:
        ran = unprivileged(built, "build", "demo", "--force")
    finally:
        folder.chmod(0o755)
    assert "Traceback" not in ran.err
    assert len(errors_of(ran)) == 1, ran.err
    assert ran.err.startswith("build/tex/demo")
    assert ran.code == 3
    assert built.is_as_it_was()


def test_a_read_only_project(built: Built) -> None:
    """A project that cannot be written, and was never built, is told by the folder it lacks."""
    shutil.rmtree(built.root / "build")
    built.root.chmod(0o555)
    try:
        ran = unprivileged(built, "build", "demo")
    finally:
        built.root.chmod(0o755)
    assert [line.partition(" error[")[0] for line in errors_of(ran)] == ["build:"], ran.err
    assert ran.code == 3


def test_a_source_that_cannot_be_read(built: Built) -> None:
    """YAML that this user may not read is told by its name."""
    built.project.yaml.chmod(0)
    ran = unprivileged(built, "build", "demo")
    assert "Traceback" not in ran.err
    assert len(errors_of(ran)) == 1, ran.err
    assert ran.err.startswith("solutions/demo/1-square.yaml: error[unreadable-file]"), ran.err
    assert ran.code == 3
    assert built.is_as_it_was()


def test_a_module_that_cannot_be_read(built: Built) -> None:
    """A module that this user may not read is told by its name."""
    built.project.module.chmod(0)
    ran = unprivileged(built, "build", "demo")
    assert "Traceback" not in ran.err
    assert len(errors_of(ran)) == 1, ran.err
    assert ran.err.startswith("solutions/demo/1_square.py: error[unreadable-file]"), ran.err
    assert ran.code == 3
    assert built.is_as_it_was()


def test_a_file_in_the_folders_place(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that is called `build` is told, and is not overwritten."""
    shutil.rmtree(built.root / "build")
    (built.root / "build").write_text("mine", encoding="utf-8")
    ran = built.project.run(capfd, "build", "demo")
    assert [line.partition(" error[")[0] for line in errors_of(ran)] == ["build:"], ran.err
    assert ran.code == 3
    assert (built.root / "build").read_text(encoding="utf-8") == "mine"


def test_a_folder_in_the_pdfs_place(built: Built, capfd: pytest.CaptureFixture[str]) -> None:
    """A folder where the PDF is to be put is told by its name."""
    built.project.pdf.unlink()
    built.project.pdf.mkdir()
    ran = built.project.run(capfd, "build", "demo")
    assert [line.partition(" error[")[0] for line in errors_of(ran)] == ["build/demo.pdf:"], ran.err
    assert ran.code == 3
    assert not built.strays()


@pytest.mark.parametrize("blocks", [8, 160])  # of 512 bytes; the PDF has about 400
def test_a_full_disk(built: Built, blocks: int) -> None:
    """A file that cannot be written to its end costs nothing that was there before."""
    command = f"ulimit -f {blocks}; exec {sys.executable} -m derivatex build demo --force"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=built.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in {3, 5}, done.stderr
    assert done.stderr.count("error[") == 1, done.stderr
    assert built.is_as_it_was()
    assert not built.strays()


@pytest.mark.parametrize(
    "left",
    [b"\\relax \\newlabel{p1:tab:both}{{1}{", b"\\nosuch{\n", b"\x00\xff\x01" * 99, b"\\end"],
    ids=["half a line", "an undefined macro", "bytes", "an end"],
)
def test_a_damaged_aux_file(built: Built, left: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """What an interrupted TeX left half written does not keep the next build from its PDF."""
    (built.root / "build/tex/demo/report/demo.aux").write_bytes(left)
    (built.root / "build/tex/demo/report/demo.out").write_bytes(left)
    ran = built.project.run(capfd, "build", "demo", "--force")
    assert ran.code == 0, ran.err
    assert built.is_as_it_was()


@pytest.mark.parametrize(
    "left",
    ["", "{", "[]", "null", '{"pdf": 1}', '{"pdf": {"inputs": 1}}', '{"verdicts": [1]}', "\x00"],
)
def test_a_damaged_certificate(built: Built, left: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A certificate that is none makes a build necessary, and nothing else."""
    certificate = built.root / "build/demo.json"
    certificate.write_text(left, encoding="utf-8")
    listed = built.project.run(capfd, "list")
    assert listed.code == 0, listed.err
    assert "changed since" in listed.out
    ran = built.project.run(capfd, "check", "demo", "-q")
    assert ran.code == 0, ran.err
    assert '"counts"' in certificate.read_text(encoding="utf-8")


def test_two_builds_at_once(built: Built) -> None:
    """Of two builds one waits and says so, then finds nothing to do; both succeed."""
    slow = "    import time\n    time.sleep(2)\n    return made\n"
    built.project.replace(built.project.module, "    return made\n", slow)
    command = [sys.executable, "-m", "derivatex", "build", "demo"]
    both = [
        subprocess.Popen(
            command, cwd=built.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    wrote = [process.communicate(timeout=LIMIT) for process in both]
    assert [process.returncode for process in both] == [0, 0], wrote
    waiting = [out for out, err in wrote if "waiting for another build (process " in err]
    assert len(waiting) == 1, wrote
    assert "nothing to do" in waiting[0]
    assert sum("pages" in out for out, _ in wrote) == 1
    assert built.is_as_it_was()
    assert not built.strays()
