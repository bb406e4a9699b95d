"""`make bench`: fill databases, let everybody work, print what it cost and what was to be reached.

BENCH_SIZES=1000,10000,100000  BENCH_ROUNDS=5  BENCH_DB=sqlite,postgres
BENCH_ONLY=collect,export,erase,small,growth,pdf  BENCH_LARGE=1 adds a million rows.
"""

import os
import platform
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.databases import Store, stores
from tests.benchmarks.rounds import Results, erase, read
from tests.benchmarks.world import ORDINARY

PARTS = ("small", "collect", "export", "erase", "growth", "pdf")
COLLECT = ("nested", "nested+serialize", "lines", "collect", "floor", "floor-server")
EXPORT = ("nested+serialize", "export")
GROWN_FROM, GROWN_TO, GROWING = 10_000, 1_000_000, 1_000
PDF_RECORDS = 50_000


@dataclass
class Wishes:
    """What the environment asks for."""

    sizes: list[int] = field(default_factory=lambda: numbers("BENCH_SIZES", "1000,10000,100000"))
    rounds: int = int(os.environ.get("BENCH_ROUNDS") or 5)
    stores: list[str] = field(default_factory=lambda: words("BENCH_DB", "sqlite,postgres"))
    parts: list[str] = field(default_factory=lambda: words("BENCH_ONLY", "small,collect,export,erase,growth"))

    def __post_init__(self) -> None:
        if os.environ.get("BENCH_LARGE"):
            self.sizes.append(1_000_000)
        if unknown := set(self.parts) - set(PARTS):
            raise SystemExit(f"BENCH_ONLY: wanted some of {', '.join(PARTS)}, found {', '.join(sorted(unknown))}.")


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in (os.environ.get(name) or default).split(",") if word.strip()]


def numbers(name: str, default: str) -> list[int]:
    return [int(float(word)) for word in words(name, default)]


def main() -> int:
    wishes, began = Wishes(), time.monotonic()
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.platform()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} CPUs, {wishes.rounds} rounds"
    )
    with tempfile.TemporaryDirectory(prefix="dossier-bench-") as folder:
        Path(folder).chmod(0o755)
        for opened in stores(wishes.stores, Path(folder)):
            with opened as store:
                measure(store, wishes)
    print(f"\nIt took {(time.monotonic() - began) / 60:.1f} minutes.")
    return 0


def measure(store: Store, wishes: Wishes) -> None:
    """Everything that was asked for, on one kind of database."""
    for size in wishes.sizes if {"small", "collect", "export", "erase"} & set(wishes.parts) else ():
        base = store.make(size, size)
        if "small" in wishes.parts and size == max(wishes.sizes):
            small(store, base, size, wishes)
        if {"collect", "export"} & set(wishes.parts):
            reading(store, base, size, wishes)
        if "erase" in wishes.parts:
            erasing(store, base, size, wishes)
        store.drop(base)
    if "growth" in wishes.parts:
        growth(store, wishes)
    if "pdf" in wishes.parts:
        base = store.make(PDF_RECORDS, PDF_RECORDS)
        report.pdf(read(store, base, PDF_RECORDS, ["pdf", "package"], rounds=1), records=PDF_RECORDS)
        store.drop(base)


def repeats(size: int) -> int:
    """How often something short is done, so that the clock sees it."""
    return max(1, 5_000 // size)


def rounds_for(size: int, wishes: Wishes) -> int:
    return wishes.rounds if size <= 100_000 else min(wishes.rounds, 3)


def reading(store: Store, base: str, size: int, wishes: Wishes) -> None:
    """Collecting and exporting in the same rounds, for both are held against the same rival."""
    wanted = [names for part, names in (("collect", COLLECT), ("export", EXPORT)) if part in wishes.parts]
    names = list(dict.fromkeys(name for some in wanted for name in some))
    results = read(store, base, size, names, rounds=rounds_for(size, wishes), times=repeats(size))
    if "collect" in wishes.parts:
        report.collecting(results, COLLECT)
    if "export" in wishes.parts:
        report.exporting(results, EXPORT)


def erasing(store: Store, base: str, size: int, wishes: Wishes) -> None:
    cascade = store.with_cascade(base)
    bases = {"user.delete": base, "erase": base, "cascade": cascade}
    report.erasing(erase(store, bases, size, rounds=rounds_for(size, wishes)))
    store.drop(cascade)


def small(store: Store, base: str, size: int, wishes: Wishes) -> None:
    names = ["count", "explained", "nested+serialize"]
    report.small(read(store, base, size, names, rounds=wishes.rounds, key=ORDINARY, times=20))


def growth(store: Store, wishes: Wishes) -> None:
    """What a thousand rows cost among ten thousand of others', and among a million."""
    results: list[Results] = []
    for others in (GROWN_FROM, GROWN_TO):
        base = store.make(GROWING, others)
        results.append(read(store, base, GROWING, ("lines", "floor"), rounds=wishes.rounds, times=5))
        store.drop(base)
    report.growing(*results)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # so that the server ends, too
    sys.exit(main())
