from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from derivatex.diagnostics import ExitCode, RefusedError
from derivatex.typeset import doctor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.tex
def test_what_is_here() -> None:
    """TeX's programs are found on the PATH, its files where TeX finds them."""
    found = {need.name: need for need in doctor.needs(all_engines=True)}
    assert found["pdflatex"].found.endswith("/pdflatex")
    assert found["article.cls"].found.endswith("/article.cls")
    assert found["pdftotext"].package == "poppler-utils"
    assert set(found) == {
        name for names in (doctor.NEEDED | doctor.OTHER_ENGINES).values() for name in names
    }


def test_an_empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nothing is there, every package is missing, each once."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = doctor.needs(all_engines=True)
    assert [need for need in found if need.found] == []
    assert doctor.missing_packages(found) == list(doctor.NEEDED | doctor.OTHER_ENGINES)


def test_one_missing_file() -> None:
    """One missing file asks for its package alone."""
    found = [
        doctor.Need("pdflatex", "texlive-latex-base", "/usr/bin/pdflatex"),
        doctor.Need("article.cls", "texlive-latex-base", ""),
        doctor.Need("tikz.sty", "texlive-pictures", "/somewhere/tikz.sty"),
        doctor.Need("amsmath.sty", "texlive-latex-base", ""),
    ]
    assert doctor.missing_packages(found) == ["texlive-latex-base"]
    assert doctor.install_command(["texlive-latex-base", "lmodern"]) == (
        "apt-get install --no-install-recommends texlive-latex-base lmodern"
    )


class Machine:
    """A machine that has these programs, and notes what is run on it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *programs: str, user: int = 0) -> None:
        """Take the place of the real one."""
        self.ran: list[list[str]] = []
        self.status = 0
        self.programs = programs
        monkeypatch.setattr(shutil, "which", lambda name: name if name in programs else None)
        monkeypatch.setattr(os, "geteuid", lambda: user)
        monkeypatch.setattr(subprocess, "run", self.run)

    def run(self, command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        """Note a command instead of running it."""
        self.ran.append(command)
        return subprocess.CompletedProcess(command, self.status)


def test_install_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root installs the packages after an update, and nobody is asked anything."""
    machine = Machine(monkeypatch, "apt-get")
    doctor.install(["lmodern"])
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    assert machine.ran == [
        [*quiet, "update", "-q"],
        [*quiet, "install", "--no-install-recommends", "-y", "-q", "lmodern"],
    ]


def test_install_by_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user installs by a sudo that asks for no password."""
    machine = Machine(monkeypatch, "apt-get", "sudo", user=1000)
    doctor.install(["lmodern"])
    assert machine.ran[0] == ["sudo", "-n", "true"]
    assert all(command[:2] == ["sudo", "-n"] for command in machine.ran)


@pytest.mark.parametrize(
    ("programs", "hint"),
    [
        (("apt-get",), "run `sudo apt-get install --no-install-recommends lmodern`"),
        (("sudo",), "by this system's own means"),
        ((), "by this system's own means"),
    ],
)
def test_what_cannot_be_installed(
    monkeypatch: pytest.MonkeyPatch, programs: tuple[str, ...], hint: str
) -> None:
    """Where it cannot install, it says what to run, and runs nothing."""
    machine = Machine(monkeypatch, *programs, user=1000)
    with pytest.raises(RefusedError) as raised:
        doctor.install(["lmodern"])
    (found,) = raised.value.diagnostics
    assert (found.id, found.code) == ("not-installed", ExitCode.TEX_FAILED)
    assert found.message == "missing here: lmodern"
    assert hint in found.hint
    assert [command for command in machine.ran if "install" in command] == []


def test_an_installation_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that failed is told with its status, and no more are run."""
    machine = Machine(monkeypatch, "apt-get")
    machine.status = 100
    with pytest.raises(RefusedError, match="apt-get update -q` ended with status 100"):
        doctor.install(["lmodern"])
    assert len(machine.ran) == 1
