# ruff: noqa: E402 - models need Django first
"""Whether all contestants see the same rows: prints claims, each with yes or with what differs."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import django
from django.apps import apps

django.setup()

from tests.benchmarks import contestants, floor, report
from tests.benchmarks.world import SUBJECT

LABELS = [model._meta.label for model in apps.get_app_config("market").get_models(include_auto_created=True)]
Lines = Counter[tuple[str, str, bool, str]]


def main() -> None:
    from tasks import collector

    ours = parsed(contestants.our_lines(collector, contestants.subject(SUBJECT)))
    by_model = Counter(label for label, *_ in ours.elements())
    say("the hand-written floor and ours give the same lines", differ(ours, parsed(floor.lines(SUBJECT))))
    say(
        "the floor made by the database and ours give the same lines", differ(ours, parsed(floor.server_lines(SUBJECT)))
    )
    owned = Counter(label for label, _, is_owned, _ in ours.elements() if is_owned)
    say("NestedObjects finds what ours says is owned", differ(Counter(contestants.nested(SUBJECT)), owned))
    say("counting and collecting agree", differ(Counter(contestants.count(SUBJECT)), by_model))
    say("all kinds of relation have rows", sorted({*LABELS} - {"market.Product", "market.Tag"} - {*by_model}))
    say("the report counts the relations right", differ(Counter(found=relations()), Counter(found=report.RELATIONS)))
    records = contestants.explained(SUBJECT)["records"]
    say("the export has every record", [] if records == ours.total() else [records, ours.total()])


def relations() -> int:
    """The keys that lead to a person, or to what is theirs, each once; a family of tables counts both ways."""
    from tasks.collector.graph import graph

    compiled = graph(apps.get_model("market.User"), using="default")
    return len({(tie.model, tie.name) for ties in compiled.ties.values() for tie in ties})


def parsed(pieces: Iterable[bytes]) -> Lines:
    """Lines of JSON, in no order."""
    rows = [json.loads(line) for line in b"".join(pieces).splitlines()]
    return Counter(
        (row["model"], str(row["pk"]), row["owned"], json.dumps(row["values"], sort_keys=True)) for row in rows
    )


def differ(one: Counter[Any], two: Counter[Any]) -> list[Any]:
    return sorted((one - two).items(), key=str)[:2] + sorted((two - one).items(), key=str)[:2]


def say(claim: str, against: list[Any]) -> None:
    print(claim, "yes" if not against else f"no: {str(against)[:1500]}", sep="\t")


if __name__ == "__main__":
    main()
