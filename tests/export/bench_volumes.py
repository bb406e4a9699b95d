"""How fast long chapters become volumes, and with how much memory: ``python -m tests.export.bench_volumes 50000``.

Records as of a shop's orders (seven fields, three or four lines on paper). CPU time is that of this process and of
any child; reading the snapshot, sorting, the main report and the volumes are in it, making the records is not.
"""

import io
import os
import resource
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from typing import IO

import django

START = datetime(2019, 1, 1, 9, 30, tzinfo=UTC)
STATUS = (("D", "Delivered"), ("R", "Delivered, partly returned"), ("C", "Cancelled before dispatch"))


def main(count: int) -> None:
    """Make a snapshot, then its report and volumes; print pages, CPU time and memory."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tasks.export import pdf, volumes
    from tasks.export.book import Book
    from tests.export.conftest import about_of

    with tempfile.TemporaryFile() as held, about_of().speaking():
        write(held, count)
        before = used()
        book, out = Book([held]), Counted()
        beside = volumes.plan(book)
        for volume in beside:
            volumes.write(volume, about_of(), out)
        report, pages = pdf.write(book, about_of(), data_file=b"", sums=[], beside=beside)
        seconds = used() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    paper = sum(each.pages for each in beside)
    print(f"{count:,} records in {len(beside)} volumes of {paper:,} pages and {out.size:,} bytes")
    print(f"report: {pages} pages, {len(report):,} bytes")
    print(f"{seconds:.1f} s of CPU, {count / seconds:.0f} records per CPU second, peak memory {peak:.0f} MB")


def write(held: IO[bytes], count: int) -> None:
    """A snapshot with ``count`` orders."""
    from tasks.datamap import Category
    from tasks.export.snapshot import FORMAT, Recorder
    from tasks.transform import Block, FieldInfo, Record, Section, Summary, Value
    from tasks.transform.sections import as_data

    names = {
        "number": "text", "placed_at": "datetime", "status": "choice", "total": "money", "delivery": "text",
        "phone": "text", "parcel": "text",
    }  # fmt: skip
    fields = tuple(FieldInfo(n, n.replace("_", " ").capitalize(), "", kind, portable=True) for n, kind in names.items())
    section = Section(
        "shop.Order", "database", "Orders", described=True, category=as_data(Category("orders", title="Orders")),
        fields=fields, order_by="-placed_at", ordering=("-placed_at",), moment="placed_at", title_fields=("number",),
    )  # fmt: skip
    recorder = Recorder(held)
    recorder.note("head", {"format": FORMAT, "language": "en", "time_zone": "Europe/Berlin"})
    recorder.take(section)
    for number in range(count):
        at, (code, status) = START + timedelta(minutes=71 * number), STATUS[number % 3]
        values = (
            Value(f"KM-{number}", f"KM-{number}"),
            Value(at.isoformat(), f"{at:%-d %B %Y, %H:%M}"),
            Value(code, status),
            Value(f"{number % 900}.50", f"{number % 900}.50 €"),
            Value("x", f"Karl-Heine-Straße {number % 90}, 04229 Leipzig, behind the blue door"),
            Value("x", "+49 341 555 9115"),
            Value("x", f"TL{number * 7919 % 10**9:09}"),
        )
        recorder.take(Block.of([Record(str(number), f"Order KM-{number}", values)]))
    recorder.take(Summary(section.key, count, "2019-01-01", "2026-01-01"))
    recorder.note("end", {"counts": {}})


def used() -> float:
    """Seconds of CPU of this process and its children."""
    times = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in times)


class Counted(io.RawIOBase):
    """Counts bytes and keeps none."""

    size = 0

    def write(self, data: object, /) -> int:
        self.size += len(data)
        return len(data)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 50_000)
