"""The tables that `make bench` prints: what it cost, what was to be reached, and whether it was.

No test and no exit status depends on any of this: a machine has bad days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.rounds import Results

MB = 2**20
STATED_FOR = 100_000


@dataclass(frozen=True)
class Goal:
    """A figure to reach: at most, or at least."""

    what: str
    found: float
    to_reach: float
    unit: str
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.found >= self.to_reach if self.at_least else self.found <= self.to_reach

    def cells(self) -> list[str]:
        sign = "≥" if self.at_least else "≤"
        wanted, found = f"{sign} {self.to_reach:g}{self.unit}", f"{self.found:.3g}{self.unit}"
        return [self.what, wanted, found, "yes" if self.reached else "**no**"]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def goals(found: Sequence[Goal], *, size: int = STATED_FOR) -> None:
    note = "" if size >= STATED_FOR else f" (the figures are meant for {STATED_FOR:,} rows; these were {size:,})"
    table(f"To reach{note}", ("", "to reach", "found", "reached"), [goal.cells() for goal in found])


def costs(results: Results, names: Sequence[str], against: str) -> None:
    """One line per contestant."""
    rows = []
    for name in names:
        cpu, client, server = (results.median(name, what) for what in ("cpu", "client", "server"))
        memory, statements = results.worst(name, "memory") / MB, results.median(name, "statements")
        ratio, seen = results.ratio(name, against), results.median(name, "seen")
        rows.append(
            [
                name,
                f"{cpu:.3f}",
                f"{client:.3f} + {server:.3f}",
                f"{ratio:.2f}",
                f"{memory:.1f}",
                f"{statements:.0f}",
                f"{seen:,.0f}",
            ]
        )
    head = ("", "CPU s", "client + server", f"× {against}", "MB above baseline", "statements", "rows")
    table(f"{results.store}, {results.size:,} rows of the subject's", head, rows)


def collecting(results: Results, names: Sequence[str]) -> None:
    costs(results, names, "lines")
    sqlite = results.store == "SQLite"
    memory = 24 if results.size > 100_000 else 16
    found = [
        Goal(
            "`lines`: faster than `NestedObjects` + serialize, times",
            results.ratio("nested+serialize", "lines"),
            20 if sqlite else 12,
            "×",
            at_least=True,
        ),
        Goal("`lines` to the hand-written floor", results.ratio("lines", "floor"), 1.25 if sqlite else 1.3, "×"),
        Goal("`lines`: memory", results.worst("lines", "memory") / MB, memory, " MB"),
        Goal("`lines`: statements", results.median("lines", "statements"), most_statements(results.size), ""),
    ]
    goals(found, size=results.size)


def most_statements(size: int) -> int:
    """Twice the relations of the graph, and the inner keys by ten thousands."""
    return 2 * RELATIONS + round(size * INNER_SHARE / 10_000)


RELATIONS = 37  # the keys that lead to a person or to what is theirs, each once (test_contestants.py counts them)
INNER_SHARE = 0.25  # of the subject's rows, those that others hang on: orders, payments, posts, comments, …


def exporting(results: Results, names: Sequence[str]) -> None:
    costs(results, names, "export")
    found = [
        Goal(
            "full export, JSON and CSV, with labels and display values: faster than `NestedObjects` + serialize, times",
            results.ratio("nested+serialize", "export"),
            5,
            "×",
            at_least=True,
        ),
        Goal("its memory", results.worst("export", "memory") / MB, 64, " MB"),
    ]
    goals(found, size=results.size)


def erasing(results: Results) -> None:
    rows = []
    for name in results.rounds:
        cpu, client, server = (results.median(name, what) for what in ("cpu", "client", "server"))
        probed = f"{results.probed[name]:.3f}" if name in results.probed else "–"
        rows.append(
            [
                name,
                f"{cpu:.3f}",
                f"{client:.3f} + {server:.3f}",
                f"{results.ratio(name, 'erase'):.2f}",
                f"{results.median(name, 'lock'):.3f}",
                probed,
                f"{results.worst(name, 'memory') / MB:.1f}",
                f"{results.median(name, 'statements'):.0f}",
            ]
        )
    head = (
        "",
        "CPU s",
        "client + server",
        "× erase",
        "longest lock s",
        "as a second writer saw it",
        "MB",
        "statements",
    )
    table(f"Erasing: {results.store}, {results.size:,} rows of the subject's", head, rows)
    found = [
        Goal("CPU: `user.delete()` to ours, times", results.ratio("user.delete", "erase"), 1.4, "×", at_least=True),
        Goal("CPU: ours to the database's cascade", results.ratio("erase", "cascade"), 1.3, "×"),
        Goal("longest lock", results.worst("erase", "lock"), 0.5, " s"),
        Goal(
            "shorter than `user.delete()`'s, times",
            results.ratio("user.delete", "erase", "lock"),
            10,
            "×",
            at_least=True,
        ),
        Goal("memory", results.worst("erase", "memory") / MB, 80, " MB"),
    ]
    goals(found, size=results.size)


def small(results: Results) -> None:
    rows = []
    for name in results.rounds:
        cpu, client, server = (results.median(name, what) * 1000 for what in ("cpu", "client", "server"))
        statements, seen = results.median(name, "statements"), results.median(name, "seen")
        rows.append([name, f"{cpu:.1f}", f"{client:.1f} + {server:.1f}", f"{statements:.0f}", f"{seen:.0f}"])
    head = ("", "CPU ms", "client + server", "statements", "rows")
    table(f"Somebody with 20 rows, warm: {results.store}", head, rows)
    found = [
        Goal("collected and explained", results.median("explained") * 1000, 50, " ms"),
        Goal("statements", results.median("explained", "statements"), RELATIONS, ""),
        Goal("`collector.count`", results.median("count") * 1000, 50, " ms"),
        Goal("its statements", results.median("count", "statements"), RELATIONS, ""),
    ]
    goals(found, size=results.size)


def growing(few: Results, many: Results) -> None:
    """Whether others' rows cost us anything: against what they cost the hand-written statements."""
    rows = []
    for name in few.rounds:
        one, two = few.median(name), many.median(name)
        rows.append([name, f"{one * 1000:.1f}", f"{two * 1000:.1f}", f"{two / one:.2f}"])
    head = ("", "among 10,000: CPU ms", "among 1,000,000: CPU ms", "growth")
    table(f"A thousand rows, when everybody else's grow a hundred times: {few.store}", head, rows)
    ours, floor = (many.median(name) / few.median(name) for name in ("lines", "floor"))
    goals([Goal("growth of `lines` to the floor's own", ours / floor, 1.2, "×")])


def pdf(results: Results, *, records: int) -> None:
    given = {"pdf": "PDF with its volumes", "package": "whole package (JSON, CSV, viewer, PDF, ZIP; sealed)"}
    speeds = {name: records / results.median(name) for name in given}
    found = [
        Goal(f"{title}, records per CPU second", speeds[name], 400, "/s", at_least=True)
        for name, title in given.items()
    ]
    found += [Goal(f"{title}: memory", results.worst(name, "memory") / MB, 250, " MB") for name, title in given.items()]
    goals(found)
