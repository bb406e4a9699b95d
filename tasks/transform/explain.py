"""From the collector's batches to records that mean something: one section per model, then its records by the block."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from django.utils import translation

from tasks.collector import Batch, Subject
from tasks.datamap import registry
from tasks.transform.block import Block
from tasks.transform.gaps import Gaps
from tasks.transform.hooks import speaks
from tasks.transform.records import Gap, Section, Summary
from tasks.transform.references import References
from tasks.transform.sectioned import Sectioned
from tasks.transform.sections import broken_section
from tasks.transform.stored import Store

Explained = Section | Block | Summary | Gap


def explain(
    batches: Iterable[Batch], *, language: str, time_zone: tzinfo, subject: Subject | None = None
) -> Iterator[Explained]:
    """Yield a ``Section`` for each model or store, then its records, a ``Block`` per batch, ``Gap`` where something
    failed, and a ``Summary`` at its end.

    Batches of one label have to come together. Works on whole columns: no instance and no query
    per row. ``subject`` is the person: the one who reads "you" where a key points at them.
    """
    references = References(subject, zone=time_zone)
    current: Sectioned | Store | Broken | None = None
    for batch in map(as_wanted, batches):
        found: list[Explained] = []
        with translation.override(language):  # not across a yield: the language is the thread's, and so the reader's
            if current is None or current.label != batch.label:
                found += [current.summary()] if current is not None else []
                current = section_of(batch, references, zone=time_zone)
                found.append(current.section)
            found += current.records(batch)
        yield from found
    if current is not None:
        with translation.override(language):
            end = current.summary()
        yield end


def as_wanted(batch: Batch) -> Batch:
    """The batch with Python values, where code of the host's says anything of its rows; else as it comes."""
    return batch.whole() if batch.raw and batch.model and speaks(registry.get(batch.model)) else batch


def section_of(batch: Batch, references: References, *, zone: tzinfo) -> "Sectioned | Store | Broken":
    """What makes records of the batches of one label."""
    try:
        if batch.model is None:
            return Store(batch, zone=zone)
        return Sectioned(batch, registry.get(batch.model), references, zone=zone)
    except Exception as error:  # noqa: BLE001 - a declaration or field of the host's: the other sections are fine
        return Broken(batch, error)


class Broken:
    """A section that could not even be begun: it is there, and says that it is incomplete."""

    def __init__(self, batch: Batch, error: Exception) -> None:
        self.label, self.count = batch.label, 0
        self.section, self.gaps = broken_section(batch), Gaps(batch.label)
        self.gaps.add("", error)

    def records(self, batch: Batch) -> Iterator[Gap]:
        """No record: nothing can be said of what may be shown of it."""
        self.count += len(batch.rows)
        yield from self.gaps.drain()

    def summary(self) -> Summary:
        return Summary(self.label, 0)
