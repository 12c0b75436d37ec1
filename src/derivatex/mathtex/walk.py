"""Going through a syntax tree, and making others from it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from derivatex.mathtex.tree import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIELDS: dict[type[Node], tuple[str, ...]] = {}  # those of each kind of node that may hold nodes


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node."""
    kind = type(node)
    if kind not in FIELDS:
        names = (item.name for item in fields(kind))
        FIELDS[kind] = tuple(name for name in names if name not in {"at", "name", "text"})
    for name in FIELDS[kind]:
        yield from _nodes_in(getattr(node, name))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, from the top."""
    yield node
    for child in children(node):
        yield from walk(child)


def variants(node: Node, change: Callable[[Node], Iterator[Any]]) -> Iterator[Any]:
    """Every tree that differs from `node` by one change at one place.

    `change` yields (what it did, new node) for the node it is given.
    """
    yield from change(node)
    for item in fields(node):
        if item.name == "variable":  # of an optimum: what it is over is no formula
            continue
        value = getattr(node, item.name)
        for label, made in _variants_in(value, change):
            yield label, replace(node, **{item.name: made})


def _variants_in(value: object, change: Callable[[Node], Iterator[Any]]) -> Iterator[Any]:
    if isinstance(value, Node):
        yield from variants(value, change)
    elif isinstance(value, tuple):
        for k, item in enumerate(value):
            for label, made in _variants_in(item, change):
                yield label, (*value[:k], made, *value[k + 1 :])


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with `change` applied to every node, from the leaves up."""
    made = {
        item.name: _mapped_in(getattr(node, item.name), change)
        for item in fields(node)
        if isinstance(getattr(node, item.name), (Node, tuple))
    }
    return change(replace(node, **made)) if made else change(node)


def _mapped_in(value: Any, change: Callable[[Node], Node]) -> Any:  # noqa: ANN401  # fields differ
    if isinstance(value, Node):
        return mapped(value, change)
    if isinstance(value, tuple):
        return tuple(_mapped_in(item, change) for item in value)
    return value
