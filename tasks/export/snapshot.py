"""The snapshot: everything that was collected, explained and sealed at once, and packaged from there."""

from collections.abc import Callable, Collection, Iterable, Iterator

from tasks import vault
from tasks.collector import Batch, Subject
from tasks.export import lines
from tasks.export.about import About, Snapshot
from tasks.transform import Explained, Gap, Record, Section, explain

Noticed = Callable[[str, dict[str, int]], None]  # heading of the section, counts so far


def take_snapshot(
    batches: Iterable[Batch],
    *,
    name: str,
    about: About,
    subject: Subject | None = None,
    categories: Collection[str] = (),
    notice: Noticed | None = None,
) -> Snapshot:
    """Explain what was collected and seal it under ``name``; memory holds one batch.

    ``categories`` limits it to these keys; ``notice`` is told the heading and the counts as it goes.
    """
    tally = Tally(categories, notice)
    explained = explain(batches, language=about.language, time_zone=about.zone, subject=subject)
    with vault.writing(name) as out:
        for line in lines.dump(tally.counted(explained)):
            out.write(line)
    return Snapshot(name, out.sha256, out.size, tally.counts, list(tally.categories.values()), tally.gaps)


def read_snapshot(name: str) -> Iterator[Explained]:
    """The sections, records and gaps of a snapshot, in their order.

    Raises:
        KeyUnavailable: it is gone, damaged, or was sealed to another key.
    """
    with vault.reading(name) as sealed:
        yield from lines.load(sealed)


class Tally:
    """Counts what passes, and holds back the categories that were not asked for."""

    def __init__(self, only: Collection[str] = (), notice: Noticed | None = None) -> None:
        self.only, self.notice = set(only), notice
        self.counts: dict[str, int] = {}
        self.categories: dict[str, dict[str, object]] = {}
        self.gaps: list[dict[str, str]] = []

    def counted(self, items: Iterable[Explained]) -> Iterator[Explained]:
        wanted, section = True, None
        for item in items:
            if isinstance(item, Section):
                section, wanted = item, not self.only or item.category["key"] in self.only
                if wanted:
                    self._open(item)
            elif isinstance(item, Record) and wanted and section:
                self._count(section)
            elif isinstance(item, Gap) and wanted:
                self.gaps.append({"section": item.section, "field": item.field, "error": item.error})
            if wanted:
                yield item
        if self.notice:
            self.notice(section.title if section else "", self.counts)

    def _open(self, section: Section) -> None:
        self.counts.setdefault(section.key, 0)
        context = section.category
        self.categories.setdefault(
            context["key"],
            {"key": context["key"], "title": context["title"], "description": context["description"], "count": 0, "sections": []},
        )["sections"].append({"key": section.key, "title": section.title, "described": section.described})  # type: ignore[attr-defined]

    def _count(self, section: Section) -> None:
        self.counts[section.key] += 1
        entry = self.categories[section.category["key"]]
        entry["count"] = int(str(entry["count"])) + 1
        if self.notice and self.counts[section.key] % 500 == 1:
            self.notice(section.title, self.counts)
