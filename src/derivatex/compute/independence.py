"""Whether two functions share code: a route that calls what it should confirm confirms nothing."""

from __future__ import annotations

import inspect
import sys
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTAINERS = (tuple, list, set, frozenset)


def shared_names(first: Callable[..., Any], second: Callable[..., Any], folder: str) -> list[str]:
    """Name the functions and objects of the author's own that both functions reach.

    The author's own is what files below `folder` define; numbers, arrays, classes and what
    installed packages define may be shared.
    """
    ours = _reached(first, folder)
    return sorted({name for key, name in _reached(second, folder).items() if key in ours})


def _reached(function: Callable[..., Any], folder: str) -> dict[int, str]:
    """Everything of the author's that a function can call, itself included, by identity."""
    found: dict[int, str] = {}
    waiting: list[Any] = [function]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, CONTAINERS):
            waiting += item
        elif isinstance(item, dict):
            waiting += item.values()
        elif _is_authors(item, folder):
            found[id(item)] = getattr(item, "__name__", type(item).__name__)
            if isinstance(item, FunctionType):
                waiting += _named_in(item)
    return found


def _named_in(function: FunctionType) -> Iterator[Any]:
    """Yield the globals and closed-over objects that a function's code names."""
    known = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for code in _codes(function.__code__):
        yield from (known[name] for name in (*code.co_names, *code.co_freevars) if name in known)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a function's code and that of the functions and comprehensions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_authors(item: object, folder: str) -> bool:
    """Whether sharing this would make two routes one."""
    if isinstance(item, FunctionType):
        return item.__code__.co_filename.startswith(folder)
    if isinstance(item, type):
        return False
    module = type(item).__module__
    file = str(getattr(sys.modules.get(module), "__file__", None) or "")
    return module.startswith("derivatex.") or file.startswith(folder)
