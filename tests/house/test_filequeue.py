"""The queue of files: written and read at once, and never read half written."""

import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

ROUNDS = 400


@pytest.fixture
def connection(tmp_path: Path):
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path / "c")}
    with Connection("filesystem://", transport="tasks.filequeue:Transport", transport_options=folders) as connection:
        yield connection


def test_a_message_is_read_whole_however_fast_one_reads(connection):
    reader, writer, found = connection.channel(), connection.channel(), []
    writing = threading.Thread(target=lambda: [writer._put("q", {"body": "x" * n}) for n in range(ROUNDS)])

    writing.start()
    while writing.is_alive() or len(found) < ROUNDS:
        try:
            found.append(reader._get("q"))
        except Empty:
            if not writing.is_alive() and len(found) < ROUNDS and not reader._size("q"):
                break
    writing.join()

    assert sorted(len(message["body"]) for message in found) == list(range(ROUNDS))


def test_a_broken_message_is_passed_over_and_the_next_one_read(connection, tmp_path):
    channel = connection.channel()
    (tmp_path / "1_broken.q.msg").write_bytes(b"")
    channel._put("q", {"body": "whole"})

    with pytest.raises(Empty):
        channel._get("q")

    assert channel._get("q") == {"body": "whole"}


def test_a_message_that_is_being_written_is_nobodys(connection, tmp_path):
    (tmp_path / "1_begun.q.msg.part").write_bytes(b'{"body":')

    with pytest.raises(Empty):
        connection.channel()._get("q")
