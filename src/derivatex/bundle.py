"""What is handed in: one archive with a report, its LaTeX and its certificate.

That of a whole assignment has the text and the code, too, which it was made from.
"""

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
{name}.pdf    the report
{name}.tex    its source: latexmk -{engine} {name}.tex
{name}.json   its certificate: what was checked, and how
"""
CODE = """\
code/         the text and the code that it was made from
"""
COMMANDS = {"pdflatex": "pdf", "lualatex": "lualatex", "xelatex": "xelatex"}


def bundle(target: Target, project: Path, engine: str) -> bytes:
    """The archive of a report that is current: its bytes depend on its contents alone.

    Raises: OSError where something that was built is gone.
    """
    name = target.stem
    readme = README.format(name=name, engine=COMMANDS[engine])
    held = {
        f"{name}.pdf": target.pdf(project).read_bytes(),
        f"{name}.json": target.certificate(project).read_bytes(),
        **sources(target.tex(project), name),
    }
    if not target.is_submission:
        readme += CODE
        code = project / SOLUTIONS / target.slug
        for path in files(str(code)):
            held[f"code/{path.removeprefix(f'{code}/')}"] = (project / path).read_bytes()
    held["README.txt"] = readme.encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(held):
            entry = zipfile.ZipInfo(f"{name}/{path}", DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            entry.create_system = 3  # Unix, wherever it is made
            archive.writestr(entry, held[path])
    return written.getvalue()
