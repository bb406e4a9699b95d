"""Interleaved rounds: every contestant once per round in a fresh process, the order turned on each time."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.databases import ROOT, Sqlite, Store, run

Measure = dict[str, Any]
SLOW = {"nested": 2}  # in how many rounds; no goal is measured by it


@dataclass
class Results:
    """What each contestant cost, round by round."""

    store: str
    size: int
    rounds: dict[str, list[Measure]] = field(default_factory=dict)
    probed: dict[str, float] = field(default_factory=dict)

    def median(self, name: str, what: str = "cpu") -> float:
        return statistics.median(measure[what] for measure in self.rounds[name])

    def worst(self, name: str, what: str) -> float:
        return max(measure[what] for measure in self.rounds[name])

    def ratio(self, one: str, two: str, what: str = "cpu") -> float:
        """The median of the rounds' ratios of ``one`` to ``two``."""
        pairs = zip(self.rounds[one], self.rounds[two], strict=False)  # slow ones take part in the first rounds only
        return statistics.median(a[what] / max(b[what], 1e-6) for a, b in pairs)


def turned(names: Sequence[str], number: int) -> list[str]:
    place = number % len(names)
    return [*names[place:], *names[:place]]


def read(
    store: Store, base: str, size: int, names: Sequence[str], *, rounds: int, key: int = 1, times: int = 1
) -> Results:
    """Measure contestants that change nothing."""
    return go_round(
        Results(store.title, size, {name: [] for name in names}),
        lambda name: one(name, store.url(base), store, key=key, times=times),
        rounds,
    )


def erase(store: Store, bases: dict[str, str], size: int, *, rounds: int) -> Results:
    """Measure contestants that delete, each on a fresh copy of its own database; then who else could write."""

    def fresh(name: str) -> Measure:
        with store.copy(bases[name]) as url:
            return one(name, url, store)

    results = go_round(Results(store.title, size, {name: [] for name in bases}), fresh, rounds)
    if isinstance(store, Sqlite):
        results.probed = {name: probed(store, name, base) for name, base in bases.items()}
    return results


def go_round(results: Results, measure: Callable[[str], Measure], rounds: int) -> Results:
    names = list(results.rounds)
    for number in range(rounds):
        for name in turned([name for name in names if name not in SLOW or number < SLOW[name]], number):
            results.rounds[name].append(measure(name))
            print(".", end="", file=sys.stderr, flush=True)
    print(f" {results.store}, {results.size:,} rows: {', '.join(names)}", file=sys.stderr, flush=True)
    return results


def one(name: str, url: str, store: Store, *, key: int = 1, times: int = 1) -> Measure:
    said = run("tests.benchmarks.one", name, str(key), str(times), url=url, folder=store.folder)
    measured: Measure = json.loads(said.splitlines()[-1])
    return measured


def probed(store: Sqlite, name: str, base: str) -> float:
    """How long another process could not begin to write, at most."""
    with store.copy(base) as url:
        path = str(Path(url.removeprefix("sqlite:///")))
        command = [sys.executable, "-m", "tests.benchmarks.probe", path]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as probe:
            probe.stdout.readline()
            one(name, url, store)
            said, _ = probe.communicate()
        return float(said)
