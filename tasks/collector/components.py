"""Strongly connected components: which models lead to each other in a circle."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node")


def ranks(nodes: Iterable[Node], successors: Callable[[Node], Iterable[Node]]) -> dict[Node, int]:
    """Number the nodes so that every edge leads to an equal or higher number; equal ones form a circle.

    Tarjan's algorithm without recursion, so that long chains of models do not matter.
    """
    found = list(components(nodes, successors))
    return {node: len(found) - place for place, component in enumerate(found) for node in component}


def components(nodes: Iterable[Node], successors: Callable[[Node], Iterable[Node]]) -> Iterator[list[Node]]:
    """The strongly connected components, those that nothing follows first."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_: dict[Node, None] = {}
    for root in nodes:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_[root] = None
        path: list[tuple[Node, Iterator[Node]]] = [(root, iter(list(successors(root))))]
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    yield closed(open_, node)
            elif following not in index:
                index[following] = low[following] = len(index)
                open_[following] = None
                path.append((following, iter(list(successors(following)))))
            elif following in open_:
                low[node] = min(low[node], index[following])


def closed(open_: dict[Node, None], root: Node) -> list[Node]:
    """Take the component of ``root`` off the stack of open nodes."""
    component: list[Node] = []
    while not component or component[-1] != root:
        node, _ = open_.popitem()
        component.append(node)
    return component
