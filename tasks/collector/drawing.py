"""The relation graph as text and as a Mermaid drawing: which rows are found from which, and why."""

from collections.abc import Iterator

from django.db.models import Model

from tasks.collector.graph import Graph
from tasks.datamap import registry
from tasks.datamap.relations import Kind
from tasks.datamap.ties import Says, Tie

ARROWS = {Says.OWNED: "-->", Says.FOLLOWED: "==>", Says.NAMED: "-.->"}
VALUE = "what is known of the person"


def lines(graph: Graph) -> Iterator[str]:
    """Each model that can be reached, in the order of the walk, with the ties that lead to its rows."""
    yield f"From {graph.subject._meta.label} in database '{graph.using}'. Rows that are owned or followed lead on."
    for model in models(graph):
        yield ""
        yield model._meta.label + remarks(model, graph)
        for tie in ties_to(model, graph):
            why = tie.on_delete if tie.relation else "declared"
            yield f"  {tie.says:<8} {tie.name} [{why}] from {origin(tie, graph)}"
    for label, reason in graph.gaps.items():
        yield f"\n{label}: not searched, {reason}."
    for source in registry.sources.values():
        yield ""
        yield f"source {source.key} “{source.heading}”"
        yield "  asked about the person, beyond the database"


def mermaid(graph: Graph) -> Iterator[str]:
    """The same as a flowchart: solid arrows own, thick ones follow a declaration, dotted ones only name."""
    yield "flowchart LR"
    for model in models(graph):
        yield f'  {node(model)}["{model._meta.label}"]'
    if graph.by_value:
        yield f'  known(["{VALUE}"])'
    for model in models(graph):
        for tie in ties_to(model, graph):
            start = node(tie.target) if tie.target else "known"
            yield f'  {start} {ARROWS[tie.says]}|"{tie.name}"| {node(model)}'
    for source in registry.sources.values():
        yield f'  source_{source.key}[("{source.key}")]'
        yield f'  {node(graph.subject)} ==>|"asked"| source_{source.key}'


def models(graph: Graph) -> list[type[Model]]:
    """Every model of the graph: those that lead on first, in the order of the walk."""
    everything = {graph.subject, *(tie.model for tie in all_ties(graph)), *graph.ties}
    last = len(graph.rank) + 1
    return sorted(everything, key=lambda model: (graph.rank.get(model, last), model._meta.label))


def all_ties(graph: Graph) -> list[Tie]:
    return [*graph.by_value, *(tie for ties in graph.ties.values() for tie in ties)]


def ties_to(model: type[Model], graph: Graph) -> Iterator[Tie]:
    """The ties to rows of ``model``; a generic key that may name any row is told once per word it says."""
    told: set[tuple[str, Says]] = set()
    for tie in all_ties(graph):
        if tie.model is not model or (tie.name, tie.says) in told:
            continue
        if is_generic(tie):
            told.add((tie.name, tie.says))
        yield tie


def origin(tie: Tie, graph: Graph) -> str:
    """Where the tie starts, in words."""
    if tie.target is None:
        return VALUE
    if is_generic(tie) and tie.says is Says.NAMED:
        return "any row of the person's"
    if is_generic(tie):
        same = [
            other
            for other in all_ties(graph)
            if (other.model, other.name, other.says) == (tie.model, tie.name, tie.says)
        ]
        return ", ".join(other.target._meta.label for other in same if other.target)
    return tie.target._meta.label


def is_generic(tie: Tie) -> bool:
    return tie.relation is not None and tie.relation.kind is Kind.GENERIC


def remarks(model: type[Model], graph: Graph) -> str:
    """What else is to be known of a model."""
    said = []
    if reason := registry.exemption(model):
        said.append(f"exempt: {reason}")
    elif not registry.is_declared(model):
        said.append("not described")
    if model in graph.views:
        said.append("a view")
    if graph.alias(model) != graph.using:
        said.append(f"in database '{graph.alias(model)}'")
    return f" ({'; '.join(said)})" if said else ""


def node(model: type[Model]) -> str:
    return model._meta.label_lower.replace(".", "_")
