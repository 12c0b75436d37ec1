"""Which files an author's code reads: what its result depends on besides its own source."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from derivatex.store.inputs import PACKAGE, digest, of_file

SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr/share", "/usr/lib", "/lib", "/var/cache")
BESIDE = frozenset({".yaml", ".bib", ".py"})  # of an assignment's folder: no data


class Reads:
    """Notes every file that is opened from now on in this process."""

    def __init__(self) -> None:
        """Begin to listen; Python offers no way to stop."""
        self.opened: dict[str, None] = {}
        sys.addaudithook(self._hear)

    def found(self, project: Path) -> dict[str, str]:
        """The digest of each file of an author's or elsewhere, named from the project's folder."""
        loaded = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        names = dict.fromkeys([*self.opened, *(name for name in loaded if name)])
        paths = sorted({os.path.realpath(name) for name in names})
        outside = tuple(map(os.path.realpath, _outside(project)))
        kept = [it for it in paths if not it.startswith((*outside,)) and not it.endswith(".pyc")]
        inside = f"{os.path.realpath(project)}/"
        return {
            path.removeprefix(inside): of_file(path) for path in kept if not Path(path).is_dir()
        }

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open":
            return
        path, mode, flags = arguments
        is_read = "r" in mode and "+" not in mode if mode else not flags & os.O_WRONLY
        if isinstance(path, (str, bytes, os.PathLike)) and is_read:
            self.opened[os.fsdecode(path)] = None


def data_of(project: Path, folder: str) -> str:
    """One digest for the names of the data files that an assignment may look for."""
    listed = []
    for base in (project / folder, project / "data"):
        for path in sorted(base.rglob("*")) if base.is_dir() else ():
            is_data = path.suffix not in BESIDE and "__pycache__" not in path.parts
            if is_data and path.is_file():
                listed.append(f"{path.relative_to(project).as_posix()} {path.stat().st_size}")
    return digest("\n".join(listed).encode())


def _outside(project: Path) -> list[str]:
    """Folders whose files are known by the versions of what they belong to, or are passing."""
    libraries = map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib"))
    homes = [sys.prefix, sys.base_prefix, PACKAGE, tempfile.gettempdir(), *libraries, *SYSTEM]
    homes = [home for home in homes if not str(project).startswith(home)]
    caches = [str(Path.home() / name) for name in (".cache", ".config")]
    return [*homes, *caches, os.environ.get("MPLCONFIGDIR") or PACKAGE, str(project / "build")]
