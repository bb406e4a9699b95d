"""What a piece of work cost: CPU of this process and of the database's, memory, statements, the longest lock."""

import ctypes
import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """The CPU of PostgreSQL: the postmaster's whole family, living and dead. Nothing on SQLite."""

    def __init__(self) -> None:
        self.postmaster = 0
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.postmaster = int(stat(cursor.fetchone()[0])[1])

    def children(self) -> set[int]:
        return {pid for pid in processes() if parent(pid) == self.postmaster}

    def wait_for(self, known: set[int]) -> None:
        """Until those that were closed are gone: only then their work is the postmaster's."""
        until = time.monotonic() + 1
        while self.postmaster and self.children() - known and time.monotonic() < until:
            time.sleep(0.01)

    def seconds(self) -> float:
        if not self.postmaster:
            return 0.0
        dead = stat(self.postmaster)
        return (int(dead[13]) + int(dead[14])) / TICK + sum(map(precise, [self.postmaster, *self.children()]))


def processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def stat(pid: int) -> list[str]:
    """The fields after the command's name: state, ppid, …, utime 11, stime 12, cutime 13, cstime 14."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def parent(pid: int) -> int:
    try:
        return int(stat(pid)[1])
    except OSError:
        return 0


def precise(pid: int) -> float:
    """CPU seconds of a process of one thread, to the nanosecond."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


class Watch:
    """Counts statements and times transactions that write, on every connection of this process."""

    def __init__(self) -> None:
        self.statements = 0
        self.longest = 0.0
        self._began: dict[int, float] = {}
        self._writes: set[int] = set()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.statements += 1
        connection, began = context["connection"], time.perf_counter()
        writes = sql.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}
        try:
            return execute(sql, params, many, context)
        finally:
            self._saw(connection, began, writes=writes)

    def _saw(self, connection: BaseDatabaseWrapper, began: float, *, writes: bool) -> None:
        if not connection.in_atomic_block:
            self.longest = max(self.longest, time.perf_counter() - began) if writes else self.longest
            return
        self._began.setdefault(id(connection), began)
        if writes:
            self._writes.add(id(connection))

    def ended(self, connection: BaseDatabaseWrapper) -> None:
        began = self._began.pop(id(connection), None)
        if began is not None and id(connection) in self._writes:
            self.longest = max(self.longest, time.perf_counter() - began)
        self._writes.discard(id(connection))


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch within the block."""
    watch, kept = Watch(), (BaseDatabaseWrapper.commit, BaseDatabaseWrapper.rollback)

    def then(call: Callable[[Any], None]) -> Callable[[Any], None]:
        def called(self: Any) -> None:
            call(self)
            watch.ended(self)

        return called

    BaseDatabaseWrapper.commit, BaseDatabaseWrapper.rollback = then(kept[0]), then(kept[1])
    try:
        with connection.execute_wrapper(watch):
            yield watch
    finally:
        BaseDatabaseWrapper.commit, BaseDatabaseWrapper.rollback = kept


def memory(name: str) -> int:
    """``VmRSS`` or ``VmHWM`` of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def forget_peak() -> int:
    """Give back what is free, reset the peak, and return what this process holds now."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def measure(work: Callable[[], Any], *, times: int = 1) -> dict[str, Any]:
    """Do the work (``times`` over; figures are per time) and say what it cost."""
    server = Server()
    with watching() as watch:
        before, known = forget_peak(), server.children() if server.postmaster else set()
        at_server, client, began = server.seconds(), time.process_time(), time.perf_counter()
        for _ in range(times):
            seen = work()
        client, wall = time.process_time() - client, time.perf_counter() - began
        server.wait_for(known)
        at_server = server.seconds() - at_server
    return {
        "client": client / times,
        "server": at_server / times,
        "cpu": (client + at_server) / times,
        "wall": wall / times,
        "memory": max(0, memory("VmHWM") - before),
        "statements": watch.statements / times,
        "lock": watch.longest,
        "seen": sum(value for name, value in seen.items() if name not in ("files", "bytes")) if seen else 0,
    }
