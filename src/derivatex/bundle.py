"""What is handed in: one archive with a report, its sources, its code and its certificate."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from derivatex.store.inputs import SOLUTIONS, files
from derivatex.typeset.passes import sources

if TYPE_CHECKING:
    from pathlib import Path

    from derivatex.store.target import Target

DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold: the same inputs, the same bytes
README = """\
{slug}.pdf    the report
{slug}.tex    its source: latexmk -{engine} {slug}.tex
{slug}.json   its certificate: what was checked, and how
code/         the text and the code that it was made from
"""
COMMANDS = {"pdflatex": "pdf", "lualatex": "lualatex", "xelatex": "xelatex"}


def bundle(target: Target, project: Path, engine: str) -> bytes:
    """The archive of a report that is current: its bytes depend on its contents alone.

    Raises: OSError where something that was built is gone.
    """
    slug = target.slug
    held = {
        f"{slug}.pdf": target.pdf(project).read_bytes(),
        f"{slug}.json": target.certificate(project).read_bytes(),
        "README.txt": README.format(slug=slug, engine=COMMANDS[engine]).encode(),
        **sources(target.tex(project), slug),
    }
    code = project / SOLUTIONS / slug
    for name in files(str(code)):
        held[f"code/{name.removeprefix(f'{code}/')}"] = (project / name).read_bytes()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(held):
            entry = zipfile.ZipInfo(f"{slug}/{name}", DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            entry.create_system = 3  # Unix, wherever it is made
            archive.writestr(entry, held[name])
    return written.getvalue()
