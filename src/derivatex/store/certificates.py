"""Certificates on disk, and whether the PDF beside one is what its inputs give."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from derivatex.files import write_beside
from derivatex.store.inputs import digest, of_file

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.store.target import Target

Certificate = dict[str, Any]


def read_certificate(target: Target, project: Path) -> Certificate:
    """Read what an earlier run left; nothing where there is none, or it is damaged."""
    try:
        found = json.loads(target.certificate(project).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    verdicts = found.get("verdicts", []) if isinstance(found, dict) else None
    is_ours = isinstance(verdicts, list) and all(isinstance(it, dict) for it in verdicts)
    return found if is_ours else {}


def write_certificate(target: Target, project: Path, certificate: Certificate) -> None:
    """Put a certificate in its place."""
    text = json.dumps(certificate, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False)
    write_beside(target.certificate(project), f"{text}\n".encode())


def recorded_inputs(target: Target, project: Path) -> dict[str, str]:
    """The inputs of which the PDF that lies there was made; nothing where that is not known."""
    recorded = read_certificate(target, project).get("pdf")
    known = recorded.get("inputs") if isinstance(recorded, dict) else None
    return known if isinstance(known, dict) else {}


def is_current(target: Target, project: Path, now: dict[str, str]) -> bool:
    """Whether the PDF is what these inputs give, and the files that modules read besides."""
    known = recorded_inputs(target, project)
    recorded = read_certificate(target, project).get("pdf")
    try:
        found = digest(target.pdf(project).read_bytes())
    except OSError:
        return False
    elsewhere = {it: of_file(str(project / it)) for it in known.keys() - now.keys()}
    is_same = bool(known) and known == {**now, **elsewhere}
    return is_same and isinstance(recorded, dict) and recorded.get("sha256") == found
