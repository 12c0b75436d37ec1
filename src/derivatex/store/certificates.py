"""Certificates on disk, and whether the PDF beside one is what its inputs give."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from derivatex.files import write_beside
from derivatex.store.inputs import of_file

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
    return _recorded(target, project)[0]


def is_current(target: Target, project: Path, now: dict[str, str]) -> bool:
    """Whether the PDF is what these inputs give, and the files that modules read besides."""
    known, content = _recorded(target, project)
    elsewhere = {it: of_file(str(project / it)) for it in known.keys() - now.keys()}
    if not known or known != {**now, **elsewhere}:
        return False
    try:
        return sha256(target.pdf(project).read_bytes()).hexdigest() == content
    except OSError:
        return False


def _recorded(target: Target, project: Path) -> tuple[dict[str, str], str]:
    """What a certificate says of the PDF: the inputs of which it was made, and its digest."""
    recorded = read_certificate(target, project).get("pdf")
    if not isinstance(recorded, dict) or not isinstance(recorded.get("inputs"), dict):
        return {}, ""
    return recorded["inputs"], str(recorded.get("sha256"))
