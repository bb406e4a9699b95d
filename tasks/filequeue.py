"""Celery's filesystem transport for a queue that several processes write and read at once.

kombu's own makes a message's file first and writes into it then: whoever reads between the two gets an empty message,
at which a worker ends. Here a message appears whole. What is broken all the same, as after a full disk, is passed over:
the database knows what is to be done, and the tick sends it again (docs/decisions/0001).

    CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT = "filesystem://", "tasks.filequeue:Transport"
"""

from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Messages are files ``<milliseconds>_<uuid>.<queue>.msg``, as kombu names them."""

    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]
        """Write a message under a name that nobody looks for, then give it its own, which is one step (rename(2)).

        Raises:
            ChannelError: the folder cannot be written to.
        """
        message = Path(self.data_folder_out, f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg")
        begun = message.with_name(f"{message.name}.part")
        try:
            begun.write_text(dumps(payload), encoding="utf-8")  # type: ignore[no-untyped-call]
            begun.replace(message)
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {self.data_folder_out}: {type(error).__name__}.") from error

    def _get(self, queue: str) -> Any:  # type: ignore[override]
        """The next message; one that cannot be read is none.

        Raises:
            Empty: there is none.
        """
        try:
            return super()._get(queue)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise Empty from error


class Transport(filesystem.Transport):
    """The transport, with messages that appear whole."""

    Channel = Channel
