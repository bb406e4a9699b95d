"""Another process that wants to write into the same SQLite file, and the longest that it could not.

python -m tests.benchmarks.probe FILE     until its standard input ends; then prints the seconds
"""

import select
import sqlite3
import sys
import time


def main(path: str) -> None:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    print("ready", flush=True)
    longest, since = 0.0, time.perf_counter()
    while not select.select([sys.stdin], [], [], 0.003)[0]:
        now = time.perf_counter()
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            longest = max(longest, now - since)
        else:
            since = now
    print(longest)


if __name__ == "__main__":
    main(sys.argv[1])
