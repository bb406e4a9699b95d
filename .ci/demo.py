"""`make run`: the demo company, a web server and a worker, until Ctrl-C. Every process it starts ends with it.

PORT names the port (8000), DOSSIER_VAR the folder of everything that is written (var).
"""

import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TextIO

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("DOSSIER_VAR") or ROOT / "var").absolute()
SERVE = str(ROOT / ".ci" / "serve.sh")
ADDRESS = "127.0.0.1"
PATIENCE_SECONDS = 60
GOODBYE_SECONDS = 8

WELCOME = """
  Dossier runs:  {url}

  Everybody's password is   kestrel-and-moss

    alice@example.com   a customer with five years of data: download it, or delete the account
    bob@example.com     another customer
    dana@example.com    data protection officer: sees and handles the cases at {url}office/
    axel@example.com    approves or rejects them

  The office signs in with a second factor. No phone is needed here: for dana and axel
  open {url}demo/codes/ in a second tab and enter the code that it shows.
  The mails that Dossier sends are at {url}demo/mail/

  Ctrl-C ends it.
"""


class Halt(Exception):
    """Why the demo cannot go on: one line for the person at the terminal."""


def main() -> int:
    port = _port()
    children: list[subprocess.Popen[bytes]] = []
    _listen()
    _end_with_parent()
    try:
        _refuse_a_taken_port(port)
        with _alone():
            environment = _environment(port)
            environment |= _redis(environment, children) | _couchdb(environment, children)
            environment |= _loyalty(environment, children)
            _prepare(environment, children)
            _serve(port, environment, children)
    except Halt as halt:
        print(f"Dossier: {halt}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nDossier: ending.", file=sys.stderr)
    finally:
        _end(children)
    return 0


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        sys.exit(f"Dossier: PORT={given} is no port; wanted a number from 1 to 65535.")
    return int(given)


def _refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except PermissionError:
            raise Halt(f"port {port} is for root only. Take another one: make run PORT=8001") from None
        except OSError:
            raise Halt(f"port {port} is taken. Take another one: make run PORT={port + 1}") from None


def _alone() -> TextIO:
    """Hold the folder: two workers with two clocks on one queue would both be right, and twice as busy."""
    VAR.mkdir(parents=True, exist_ok=True)
    lock = (VAR / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Halt(f"another `make run` uses {VAR}. End it, or name another folder: DOSSIER_VAR=… make run") from None
    return lock


def _environment(port: int) -> dict[str, str]:
    given = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    defaults = {
        "DOSSIER_SITE_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # in a container one is root
    }
    return {
        **defaults,
        **given,
        "PORT": str(port),
        "BIND": ADDRESS,
        "DOSSIER_VAR": str(VAR),
        "PYTHON": sys.executable,
        "PYTHONUNBUFFERED": "1",
    }


def _loyalty(environment: dict[str, str], children: list[subprocess.Popen[bytes]]) -> dict[str, str]:
    """Start the loyalty service that the shop asks about its members; where it is, and the secret that both know."""
    secret = secrets.token_urlsafe(32)
    options = [
        "--port",
        "0",
        "--data",
        str(VAR / "loyalty.sqlite3"),
        "--demo",
        "--calls-to",
        environment["DOSSIER_SITE_URL"],
    ]
    command = [sys.executable, "-m", "examples.loyalty.serve", *options]
    service = _start(command, {**environment, "LOYALTY_KEYS": f"demo={secret}"}, children, stdout=subprocess.PIPE)
    said = service.stdout.readline().decode() if service.stdout else ""
    if not said.startswith("loyalty: http://"):
        raise Halt("the loyalty service did not start; the reason is above.")
    return {"LOYALTY_URL": said.removeprefix("loyalty: ").strip(), "LOYALTY_SECRET": secret}


def _redis(environment: dict[str, str], children: list[subprocess.Popen[bytes]]) -> dict[str, str]:
    """Start a Redis of the demo's own for the shop's carts, where it is installed and nobody names another."""
    program = shutil.which("redis-server")
    data, address = VAR / "redis", VAR / "redis" / "redis.sock"
    too_long = len(os.fsencode(address)) > 100  # for the path of a socket
    if "SHOP_REDIS_URL" in environment or program is None or too_long:
        return {}
    data.mkdir(exist_ok=True)
    address.unlink(missing_ok=True)  # of a demo that was killed
    command = [program, "--port", "0", "--unixsocket", str(address), "--dir", str(data), "--save", "60", "1"]
    server = _start(command, environment, children, stdout=subprocess.DEVNULL)
    return {"SHOP_REDIS_URL": f"unix://{address}"} if _comes_up(server, address.exists) else {}


def _couchdb(environment: dict[str, str], children: list[subprocess.Popen[bytes]]) -> dict[str, str]:
    """Start a server that speaks CouchDB's language for the shop's preferences, where the tests installed one."""
    program = ROOT / ".cache" / "couchdb" / "node_modules" / ".bin" / "pouchdb-server"
    if "SHOP_COUCHDB_URL" in environment or not program.exists() or shutil.which("node") is None:
        return {}
    with socket.socket() as probe:  # it cannot choose a port by itself
        probe.bind((ADDRESS, 0))
        port = probe.getsockname()[1]
    data = VAR / "couchdb"
    data.mkdir(exist_ok=True)  # where it puts its log; the documents are in memory, and made anew at each start
    command = [str(program), "--in-memory", "--host", ADDRESS, "--port", str(port), "--no-stdout-logs"]
    server = _start(command, environment, children, stdout=subprocess.DEVNULL, cwd=data)
    return {"SHOP_COUCHDB_URL": f"http://{ADDRESS}:{port}"} if _comes_up(server, lambda: _answers(port)) else {}


def _comes_up(server: subprocess.Popen[bytes], is_there: Callable[[], bool]) -> bool:
    """Wait a little for a server that the demo can do without."""
    until = time.monotonic() + 20
    while server.poll() is None and time.monotonic() < until:
        if is_there():
            return True
        time.sleep(0.05)
    return False


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) == 0


def _prepare(environment: dict[str, str], children: list[subprocess.Popen[bytes]]) -> None:
    """Migrate, fill with the demo company where it is not there yet, gather the static files: side by side."""
    if not (VAR / "static").is_dir():
        print("Dossier: making the demo company (the first time only; half a minute) …", flush=True)
    steps = {
        "manage.py demo": _start([SERVE, "demo"], environment, children, stdout=subprocess.DEVNULL),
        "manage.py collectstatic": _start([SERVE, "collectstatic", "--noinput", "-v0"], environment, children),
    }
    for name, process in steps.items():
        if process.wait():
            raise Halt(f"{name} failed; what it said is above.")
        children.remove(process)


def _serve(port: int, environment: dict[str, str], children: list[subprocess.Popen[bytes]]) -> None:
    """Start web server and worker, say so when the pages answer, and wait until one of them ends."""
    running = {
        "web server": _start([SERVE, "web"], environment, children),
        "worker": _start([SERVE, "worker", "-B"], environment, children),
    }
    url = f"http://localhost:{port}/"
    _wait_for_an_answer(f"http://{ADDRESS}:{port}/", running)
    print(WELCOME.format(url=url), flush=True)
    while True:
        _complain_about_the_dead(running)
        time.sleep(0.3)


def _wait_for_an_answer(url: str, running: dict[str, subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        _complain_about_the_dead(running)
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS):
                return
        except urllib.error.HTTPError as error:
            raise Halt(f"the start page answers with status {error.code}; the reason is above.") from None
        except OSError:
            if time.monotonic() > until:
                raise Halt(f"the web server has not answered for {PATIENCE_SECONDS} seconds.") from None
            time.sleep(0.1)


def _complain_about_the_dead(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise Halt(
                f"the {name} ended by itself (status {process.returncode}), so everything ends; the reason is above."
            )


def _start(
    command: Sequence[str],
    environment: dict[str, str],
    children: list[subprocess.Popen[bytes]],
    stdout: int | None = None,
    cwd: Path = ROOT,
) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C at the terminal reaches this process only, which then ends its children in order.
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        start_new_session=True,
        preexec_fn=_end_with_parent,
    )
    children.append(process)
    return process


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """End what was started: first by asking, then by force. The database knows what was going on."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    until = time.monotonic() + GOODBYE_SECONDS
    for process in children:
        if process.poll() is None:
            process.terminate()
    for process in children:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            print("Dossier: something was still at work and is cut off; it goes on at the next start.", file=sys.stderr)
        try:  # the session holds only what this child started
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        process.wait()


def _end_with_parent() -> None:
    """Have the kernel say SIGTERM when the parent is gone, however it went. Linux only; elsewhere nothing."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _listen() -> None:
    """Take Ctrl-C even where a script's `&` had it ignored; a hang-up only where nohup did not say otherwise."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
