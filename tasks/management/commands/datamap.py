"""``manage.py datamap show | graph``: what is held about people, and how it is found."""

from typing import Any

from django.core.management.base import CommandParser

from tasks.collector import drawing, subject_model
from tasks.collector.graph import graph
from tasks.collector.subject import checked_alias
from tasks.datamap import show
from tasks.management.base import DossierCommand


class Command(DossierCommand):
    help = "Print the data map (show), or how a person's rows are found (graph)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("what", choices=["show", "graph"])
        parser.add_argument("--mermaid", action="store_true", help="graph: as a Mermaid flowchart")

    def handle(self, *, what: str, using: str | None, mermaid: bool, **_: Any) -> None:
        if what == "show":
            found = show.lines()
        else:
            compiled = graph(subject_model(), using=checked_alias(using))
            found = drawing.mermaid(compiled) if mermaid else drawing.lines(compiled)
        for line in found:
            self.stdout.write(line)
