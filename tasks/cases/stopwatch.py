"""The time while somebody works: the door's clock reading, moved on by what has passed since."""

import time
from datetime import datetime, timedelta


class Stopwatch:
    """Long work needs the time again and again, and only doors read the clock. So it counts on from theirs."""

    def __init__(self, at: datetime) -> None:
        self._at, self._started = at, time.monotonic()

    @property
    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._started)
