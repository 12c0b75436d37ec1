"""derivatex: LaTeX solution reports in which every printed number was checked when it was built.

For computation modules: `value`, `table` and `figure` declare what a function computes, `listing`
that its code is shown; `TableRows` and `Tikz` are what tables and drawn figures return; `Graph`,
`Module` and `Partial` describe a computational graph.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes long to import
if TYPE_CHECKING:
    from typing import Any

    from derivatex.compute.declare import TableRows, Tikz, figure, listing, table, value
    from derivatex.compute.graph import Graph, Module, Partial

__all__ = [
    "Graph",
    "Module",
    "Partial",
    "TableRows",
    "Tikz",
    "figure",
    "listing",
    "table",
    "value",
]
__version__ = "0.1.0"

_HOME = {
    **dict.fromkeys(("TableRows", "Tikz", "figure", "listing", "table", "value"), "declare"),
    **dict.fromkeys(("Graph", "Module", "Partial"), "graph"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # PEP 562: any public name
    """Import a public name when it is asked for: the command line starts without them."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415  # as late as what it imports

    return getattr(importlib.import_module(f"derivatex.compute.{_HOME[name]}"), name)
