"""What this machine has of what derivatex needs, and how to get the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from derivatex.diagnostics import Diagnostic, ExitCode, RefusedError

NEEDED: dict[str, tuple[str, ...]] = {  # Debian's package: what shows that it is there
    "texlive-latex-base": ("pdflatex", "article.cls", "amsmath.sty", "hyperref.sty"),
    "texlive-latex-recommended": ("mathtools.sty", "microtype.sty", "booktabs.sty", "float.sty"),
    "texlive-latex-extra": ("accsupp.sty", "enumitem.sty", "framed.sty", "needspace.sty"),
    "texlive-pictures": ("tikz.sty",),
    "lmodern": ("lmodern.sty",),
    "poppler-utils": ("pdftotext", "pdffonts", "pdfinfo"),
}
OTHER_ENGINES: dict[str, tuple[str, ...]] = {  # only where lualatex or xelatex is asked for
    "texlive-luatex": ("lualatex", "luaotfload.sty"),
    "texlive-xetex": ("xelatex",),
    "texlive-fonts-recommended": ("pzdr.tfm",),  # which hyperref wants under XeTeX
}


INSTALL = ("install", "--no-install-recommends")


@dataclass(frozen=True, slots=True)
class Need:
    """A program or TeX file, the package that brings it, and where it was found."""

    name: str
    package: str
    found: str


def needs(*, all_engines: bool) -> list[Need]:
    """Look for what a build needs with pdflatex, or with any engine."""
    packages = NEEDED | (OTHER_ENGINES if all_engines else {})
    names = [(name, package) for package, listed in packages.items() for name in listed]
    files = _tex_files([name for name, _ in names if "." in name])
    return [
        Need(name, package, files.get(name) or shutil.which(name) or "") for name, package in names
    ]


def missing_packages(found: list[Need]) -> list[str]:
    """The packages of what was not found, each once."""
    return list(dict.fromkeys(need.package for need in found if not need.found))


def install_command(packages: list[str]) -> str:
    """What a person types to get them."""
    return " ".join(["apt-get", *INSTALL, *packages])


def install(packages: list[str]) -> None:
    """Install Debian packages, as root or by sudo.

    Raises: RefusedError that says what to run where this cannot be done here.
    """
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (become and not _can_sudo()):
        message = f"missing here: {', '.join(packages)}"
        hint = (
            f"run `sudo {install_command(packages)}`"
            if shutil.which("apt-get")
            else "install TeX Live with these packages, and poppler, by this system's own means"
        )
        raise RefusedError([Diagnostic("not-installed", message, ExitCode.TEX_FAILED, hint=hint)])
    for arguments in (["update", "-q"], [*INSTALL, "-y", "-q", *packages]):
        command = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *arguments]
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            message = f"`{' '.join(command)}` ended with status {done.returncode}"
            raise RefusedError([Diagnostic("not-installed", message, ExitCode.TEX_FAILED)])


def _can_sudo() -> bool:
    """Whether sudo works without asking for a password."""
    if not shutil.which("sudo"):
        return False
    done = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)  # noqa: S607
    return done.returncode == 0


def _tex_files(names: list[str]) -> dict[str, str]:
    """Where TeX finds these files."""
    kpsewhich = shutil.which("kpsewhich")
    if kpsewhich is None:
        return {}
    done = subprocess.run([kpsewhich, *names], capture_output=True, text=True, check=False)
    return {line.rpartition("/")[2]: line for line in done.stdout.splitlines()}
