"""Whether two functions share code: a route that calls what it should confirm confirms nothing."""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTAINERS = (tuple, list, set, frozenset)
NAMED = {"LOAD_GLOBAL", "LOAD_NAME"}  # what a code takes from its module, attributes aside


def shared_names(first: Callable[..., Any], second: Callable[..., Any], folder: Path) -> list[str]:
    """Name the functions and objects of the author's own that both functions reach.

    The author's own is what files below `folder` define; numbers, arrays, classes without methods
    and what installed packages define may be shared.
    """
    ours = _reached(first, folder)
    return sorted({name for key, name in _reached(second, folder).items() if key in ours})


def _reached(function: Callable[..., Any], folder: Path) -> dict[int, str]:
    """Everything of the author's that a function can call, itself included, by identity."""
    found: dict[int, str] = {}
    waiting: list[Any] = [function]
    seen: dict[int, Any] = {}  # with the object, so that no other gets its identity
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen[id(item)] = item
        if isinstance(item, CONTAINERS):
            waiting += item
        elif isinstance(item, dict):
            waiting += item.values()
        else:
            waiting += _behind(item)
            if isinstance(item, type) and _is_below(_file_of(item), folder):
                waiting += vars(item).values()
            if _is_authors(item, folder):
                found[id(item)] = getattr(item, "__name__", type(item).__name__)
                if isinstance(item, FunctionType):
                    waiting += _named_in(item, folder)
    return found


def _behind(item: Any) -> tuple[Any, ...]:  # noqa: ANN401  # any object of the author's module
    """What a wrapper, a partial function or a bound method calls."""
    if isinstance(item, functools.partial):
        return (item.func, item.args, item.keywords)
    if isinstance(item, (staticmethod, classmethod)):
        return (item.__func__,)
    if isinstance(item, MethodType):
        return (item.__func__, item.__self__)
    wrapped = None if isinstance(item, type) else inspect.getattr_static(item, "__wrapped__", None)
    return () if wrapped is None else (wrapped,)


def _named_in(function: FunctionType, folder: Path) -> Iterator[Any]:
    """Yield the globals, defaults and closed-over objects that a function's code names."""
    yield function.__defaults__ or ()
    enclosed = inspect.getclosurevars(function).nonlocals
    for code in _codes(function.__code__):
        yield from (enclosed.get(name) for name in code.co_freevars)  # else it is a local's
        for name in dict.fromkeys(
            it.argval for it in dis.get_instructions(code) if it.opname in NAMED
        ):
            item = function.__globals__.get(name)
            yield item
            if isinstance(item, ModuleType) and _is_below(getattr(item, "__file__", None), folder):
                yield from (getattr(item, part, None) for part in code.co_names)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a function's code and that of the functions and comprehensions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_authors(item: object, folder: Path) -> bool:
    """Whether sharing this would make two routes one."""
    if isinstance(item, FunctionType):
        return _is_below(item.__code__.co_filename, folder)
    if isinstance(item, (type, ModuleType, functools.partial, MethodType)):
        return False  # what they hold is looked at by itself
    kind = type(item)
    return kind.__module__.startswith("derivatex.") or _is_below(_file_of(kind), folder)


def _file_of(kind: type) -> str | None:
    """The file of the module that defines a class."""
    return getattr(sys.modules.get(kind.__module__), "__file__", None)


def _is_below(file: str | None, folder: Path) -> bool:
    return file is not None and Path(file).is_relative_to(folder)
