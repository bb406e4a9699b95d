"""PostgreSQL, Redis, CouchDB and MariaDB for the tests: temporary, Debian's own services left alone.

On a Unix socket where the server can, else on a free port of the loopback address.

From a shell, to run something on PostgreSQL:  python -m tests.services pytest -m postgres tests/cases
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

LOOPBACK = "127.0.0.1"
COUCHDB = Path(__file__).resolve().parents[1] / ".cache" / "couchdb" / "node_modules" / ".bin" / "pouchdb-server"


class Unavailable(RuntimeError):
    """The program is not installed."""


class Ended(RuntimeError):
    """The server ended by itself before it answered."""


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
    program = _redis_program()
    with _folder() as folder:
        address = folder / "redis.sock"
        in_memory = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        command = [program, "--port", "0", "--unixsocket", str(address), *in_memory]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(address)
            _wait_until_it_listens(address)
            yield f"unix://{address}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


@contextmanager
def redis_cluster(nodes: int = 3) -> Iterator[str]:
    """A cluster without replicas, each node with its part of the slots; gives the address of the first."""
    program = _redis_program()
    with _folder() as folder, ExitStack() as until_the_end:
        ports = _free_ports(2 * nodes)
        for place, (port, bus) in enumerate(zip(ports[::2], ports[1::2], strict=True)):
            there = folder / str(place)
            there.mkdir()
            options = ["--bind", LOOPBACK, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]
            where = ["--port", str(port), "--cluster-port", str(bus), "--save", "", "--dir", str(there)]
            until_the_end.enter_context(_running([program, *where, *options], answers_at=port))
        _join(ports[::2], ports[1::2])
        yield f"redis://{LOOPBACK}:{ports[0]}"


@contextmanager
def couchdb() -> Iterator[str]:
    """A fresh server that speaks CouchDB's language and keeps everything in memory; gives its address."""
    if why := couchdb_is_missing():
        raise Unavailable(why)
    with _folder() as folder:
        for attempt in range(3):
            [port] = _free_ports(1)  # it cannot choose one by itself; somebody may take it before it does
            command = [str(COUCHDB), "--in-memory", "--host", LOOPBACK, "--port", str(port), "--no-stdout-logs"]
            try:
                with _running(command, answers_at=port, cwd=folder):
                    yield f"http://{LOOPBACK}:{port}"
                    return
            except Ended:
                if attempt == 2:
                    raise


def couchdb_is_missing() -> str:
    """Why there is no CouchDB for the tests, or an empty text."""
    if shutil.which("node") and COUCHDB.exists():
        return ""
    return "pouchdb-server is not installed: make setup SET=test installs it where there are npm and a network."


@contextmanager
def mariadb() -> Iterator[str]:
    """A fresh server on a socket, whose path this gives; root needs no password there. Not installed by make setup."""
    install, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd")
    if install is None or server is None:
        raise Unavailable("MariaDB is not installed, and is not among what the tests install.")
    as_owner = ["--user=mysql"] if os.getuid() == 0 else []
    in_memory = Path("/dev/shm")  # every table that is made or emptied is synced to the disk, and tests make hundreds
    with _folder(owner="mysql", beside=in_memory if in_memory.is_dir() else None) as folder:
        data, address = folder / "data", folder / "db.sock"
        easy = "--auth-root-authentication-method=normal"
        _run(install, "--no-defaults", f"--datadir={data}", easy, "--skip-test-db", *as_owner)
        quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--skip-networking"]
        command = [server, "--no-defaults", f"--datadir={data}", f"--socket={address}", *quick, *as_owner]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(address, seconds=30)
            yield str(address)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _redis_program() -> str:
    program = shutil.which("redis-server")
    if program is None:
        raise Unavailable("redis-server is not installed; make setup SET=test installs it.")
    return program


def _join(ports: list[int], buses: list[int]) -> None:
    """Deal out the slots, make the nodes known to each other, and wait until each says that all is well."""
    import redis

    clients = [redis.Redis(LOOPBACK, port) for port in ports]
    share = -(-16384 // len(ports))
    for place, client in enumerate(clients):
        client.execute_command("CLUSTER ADDSLOTSRANGE", place * share, min((place + 1) * share, 16384) - 1)
        client.execute_command("CLUSTER SET-CONFIG-EPOCH", place + 1)
    for port, bus in zip(ports[1:], buses[1:], strict=True):
        clients[0].execute_command("CLUSTER MEET", LOOPBACK, port, bus)
    until = time.monotonic() + 20
    while not all(b"cluster_state:ok" in _said(client) for client in clients):
        if time.monotonic() > until:
            raise RuntimeError("the Redis cluster did not come together within 20 seconds.")
        time.sleep(0.05)
    for client in clients:
        client.close()


def _said(client: Any) -> bytes:
    said = client.execute_command("CLUSTER INFO")
    return said if isinstance(said, bytes) else "".join(f"{name}:{value}\n" for name, value in said.items()).encode()


def _free_ports(count: int) -> list[int]:
    """Different ports that are free now. All are held until the last is known."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]


@contextmanager
def _running(command: list[str], *, answers_at: int, cwd: Path | None = None) -> Iterator[None]:
    """Run a server until the end of the block, and begin the block when its port answers."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd)
    try:
        until = time.monotonic() + 30
        while True:
            if server.poll() is not None:
                raise Ended(f"{Path(command[0]).name} ended with status {server.returncode}.")
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, answers_at)) == 0:
                    break
            if time.monotonic() > until:
                raise RuntimeError(f"{Path(command[0]).name} did not answer within 30 seconds.")
            time.sleep(0.02)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


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


def _wait_until_it_listens(path: Path, *, seconds: float = 10) -> None:
    """A socket is there a moment before anybody listens at it."""
    until = time.monotonic() + seconds
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
            return
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # so that the server ends, too
    with postgres() as url:
        command = [sys.executable, "-m", *sys.argv[1:]]
        status = subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    sys.exit(status)
