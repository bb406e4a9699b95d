"""`make test ONLY=mariadb`: a temporary MariaDB, and the rooms that talk SQL on it. Ends with 77 where there is none.

Words after the command go to pytest:  python -m tests.mariadb tests/collector -k named
"""

import os
import signal
import subprocess
import sys

from tests import services

SKIPPED = 77
CORE = ("collector/test_walk.py", "collector/test_closure.py", "collector/test_lines.py", "erasure/test_apply.py")
ROOMS = ["-m", "postgres and not journey and not fault", *(f"tests/{path}" for path in CORE)]
PYTEST = [sys.executable, "-m", "pytest", "-q", "--ds", "tests.mariadb.settings", "-p", "no:cacheprovider"]


def main(words: list[str]) -> int:
    try:
        with services.mariadb() as socket:
            environment = {**os.environ, "MARIADB_SOCKET": socket}
            spread = ["-n", os.environ.get("TEST_PROCESSES", "2")]
            return subprocess.run([*PYTEST, *(words or [*spread, *ROOMS])], env=environment, check=False).returncode
    except services.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # so that the server ends, too
    sys.exit(main(sys.argv[1:]))
