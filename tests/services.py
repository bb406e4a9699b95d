"""PostgreSQL, Redis and MariaDB for the tests: temporary, on a socket, Debian's own services left alone.

From a shell, to run something on PostgreSQL:  python -m tests.services pytest -m postgres tests/cases
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


class Unavailable(RuntimeError):
    """The program is not installed."""


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh cluster; gives a ``DATABASE_URL`` and ends the server by its own control program.

    PostgreSQL refuses to run as root: there it runs as the user postgres that its package makes.
    """
    programs = _postgres_programs()
    with _folder(owner="postgres") as folder:
        data, as_owner = folder / "data", ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        _run(
            *as_owner,
            programs / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "-N",
            "--locale=C.UTF-8",
        )
        options = f"-c listen_addresses='' -k {folder} -c fsync=off -c full_page_writes=off -c max_connections=200"
        _run(*as_owner, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/dossier"
        finally:
            _run(*as_owner, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


@contextmanager
def redis() -> Iterator[str]:
    """A fresh server that keeps nothing; gives its address as a Unix socket."""
    program = shutil.which("redis-server")
    if program is None:
        raise Unavailable("redis-server is not installed; make setup SET=test installs it.")
    with _folder() as folder:
        socket = folder / "redis.sock"
        in_memory = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        command = [program, "--port", "0", "--unixsocket", str(socket), *in_memory]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(socket)
            yield f"unix://{socket}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


@contextmanager
def mariadb() -> Iterator[str]:
    """A fresh server on a socket, whose path this gives; root needs no password there. Not installed by make setup."""
    install, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd")
    if install is None or server is None:
        raise Unavailable("MariaDB is not installed, and is not among what the tests install.")
    as_owner = ["--user=mysql"] if os.getuid() == 0 else []
    in_memory = Path("/dev/shm")  # every table that is made or emptied is synced to the disk, and tests make hundreds
    with _folder(owner="mysql", beside=in_memory if in_memory.is_dir() else None) as folder:
        data, socket = folder / "data", folder / "db.sock"
        easy = "--auth-root-authentication-method=normal"
        _run(install, "--no-defaults", f"--datadir={data}", easy, "--skip-test-db", *as_owner)
        quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--skip-networking"]
        command = [server, "--no-defaults", f"--datadir={data}", f"--socket={socket}", *quick, *as_owner]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(socket, seconds=30)
            yield str(socket)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    raise Unavailable("PostgreSQL is not installed; make setup SET=test installs it.")


@contextmanager
def _folder(*, owner: str = "", beside: Path | None = None) -> Iterator[Path]:
    # A socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="dossier-service-", dir=beside or "/tmp"))
    try:
        if owner and os.getuid() == 0:
            user = pwd.getpwnam(owner)
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path) -> None:
    # pg_ctl leaves a server behind that keeps what it was given: a pipe would never end.
    with tempfile.TemporaryFile() as said:
        words = [str(word) for word in command]
        done = subprocess.run(words, stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/", check=False)
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(words[:6])} …: {said.read().decode(errors='replace')}")


def _wait_for(path: Path, *, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > until:
            raise RuntimeError(f"{path.name} did not appear within {seconds} seconds.")
        time.sleep(0.02)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # so that the server ends, too
    with postgres() as url:
        command = [sys.executable, "-m", *sys.argv[1:]]
        status = subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    sys.exit(status)
