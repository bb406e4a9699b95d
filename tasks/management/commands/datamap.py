"""``manage.py datamap show | graph | diff | accept | health``: what is held, how it is found, what changed."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError, CommandParser

from tasks.collector import drawing, health, subject_model
from tasks.collector.graph import graph
from tasks.collector.subject import checked_alias
from tasks.datamap import lock, show
from tasks.datamap.inventory import inventory
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = (
        "Print the data map (show), how a person's rows are found (graph), what changed since the map was accepted "
        "(diff; status 1 if anything did), accept it as it is (accept), or ask every source whether it is well "
        "(health; status 1 if one is not)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("what", choices=["show", "graph", "diff", "accept", "health"])
        parser.add_argument("--mermaid", action="store_true", help="graph: as a Mermaid flowchart")
        parser.add_argument("--json", action="store_true", help="show: as JSON")

    def handle(self, *, what: str, using: str | None, mermaid: bool, json: bool, **_: Any) -> None:
        match what:
            case "show":
                self.print(as_json() if json else show.lines())
            case "graph":
                compiled = graph(subject_model(), using=checked_alias(using))
                self.print(drawing.mermaid(compiled) if mermaid else drawing.lines(compiled))
            case "accept":
                self.stdout.write(f"Accepted: {lock.accept()}. Commit it.")
            case "health":
                self.health(using=using)
            case _:
                self.diff()

    def print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def diff(self) -> None:
        """Print what changed; status 1 where anything did, 2 where nothing was accepted yet."""
        before = lock.accepted()
        if before is None:
            raise CommandError(
                f"Nothing was accepted yet: {lock.place()} is missing. Run 'manage.py datamap accept'.", returncode=2
            )
        changes = lock.diff(before, inventory())
        self.print(lock.report(changes))
        if changes:
            raise SystemExit(1)

    def health(self, *, using: str | None) -> None:
        """Print a line per source; status 1 where one is not well."""
        found = list(health.of_sources(using=checked_alias(using)))
        width = max(len(each.key) for each in found)
        for each in found:
            self.stdout.write(f"{each.key:<{width}}  {'well' if each.well else 'NOT WELL'}  {each.said}".rstrip())
        if not all(each.well for each in found):
            raise SystemExit(1)


def as_json() -> Iterable[str]:
    yield json.dumps(inventory(), indent=1, ensure_ascii=False)
