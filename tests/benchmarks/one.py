"""One contestant in a fresh process: warms up on somebody ordinary, works on the subject, prints one line of JSON.

BENCH_URL=sqlite:////tmp/market.sqlite3 python -m tests.benchmarks.one lines [key] [times]
"""

import json
import os
import sys

import django


def main(name: str, key: int, times: int) -> None:
    """Measure ``name`` and print what it cost."""
    from tests.benchmarks.contestants import ALL, ERASERS
    from tests.benchmarks.meter import measure
    from tests.benchmarks.world import ORDINARY

    work = ALL[name]
    if name in ERASERS:
        warm_up(name)
    else:
        for _ in range(3):
            work(ORDINARY)
    print(json.dumps({"name": name, **measure(lambda: work(key), times=times)}))


def warm_up(name: str) -> None:
    """Everything that is imported, compiled and connected once, on a person that is not the subject."""
    from tests.benchmarks.contestants import ERASERS
    from tests.benchmarks.world import FIRST_OTHER

    ERASERS[name](FIRST_OTHER + 11)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    django.setup()
    given = [*sys.argv[1:], "1", "1"][:3] if len(sys.argv) > 2 else [sys.argv[1], "1", "1"]
    main(given[0], int(given[1]), int(given[2]))
