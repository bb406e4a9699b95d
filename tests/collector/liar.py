"""A server that says what it is told to say, whatever it is asked: nothing, nonsense, too much, too slowly."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Say = Callable[[socket.socket], None]
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def liar(say: bytes | Say) -> Iterator[int]:
    """Listen on a free port of the loopback address, which this gives; answer every message with ``say``."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.02)
        threads = [threading.Thread(target=_serve, args=(listening, say, over))]
        threads[0].start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            threads[0].join()


def _serve(listening: socket.socket, say: bytes | Say, over: threading.Event) -> None:
    lines: list[socket.socket] = []
    while not over.is_set():
        with suppress(TimeoutError):
            line, _ = listening.accept()
            lines.append(line)
            threading.Thread(target=_answer, args=(line, say), daemon=True).start()
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()


def _answer(line: socket.socket, say: bytes | Say) -> None:
    with suppress(OSError, ValueError):
        line.settimeout(5)
        while heard(line):
            if callable(say):
                say(line)
                return
            line.sendall(say)
            if b"HTTP" in say[:4]:
                line.shutdown(socket.SHUT_RDWR)
                return


def heard(line: socket.socket) -> bytes:
    """A message: of HTTP with its whole body."""
    message = line.recv(65536)
    head, _, body = message.partition(b"\r\n\r\n")
    for field in head.split(b"\r\n"):
        if field.lower().startswith(b"content-length:"):
            wanted = int(field.split(b":")[1])
            while len(body) < wanted:
                body += line.recv(65536)
    return message


def json_answer(body: bytes, *, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode() + body


def silence(line: socket.socket) -> None:
    """Take the question, and say nothing until the line is cut."""
    line.recv(1)


def drip(line: socket.socket) -> None:
    """An answer, a byte at a time, without an end."""
    line.sendall(JSON + b"\r\n")
    while True:
        line.sendall(b" ")
        threading.Event().wait(0.02)


def flood(line: socket.socket) -> None:
    """Ten gigabytes."""
    line.sendall(JSON + b"Content-Length: 10737418240\r\n\r\n")
    while True:
        line.sendall(b"[" * 65536)


def flood_without_length(line: socket.socket) -> None:
    line.sendall(JSON + b"\r\n")
    while True:
        line.sendall(b"[" * 65536)


def another_protocol(line: socket.socket) -> None:
    line.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    line.shutdown(socket.SHUT_RDWR)
