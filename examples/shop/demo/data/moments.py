"""Moments and choices from one seeded source, so that two fillings are alike to the second."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

DAY = timedelta(days=1)


def between(rng: Random, start: datetime, end: datetime) -> datetime:
    """A moment of the waking day between two moments."""
    day = start + DAY * rng.randrange(max((end - start).days, 1))
    moment = day.replace(hour=rng.randint(6, 21), minute=rng.randrange(60), second=rng.randrange(60))
    if start <= moment <= end:
        return moment
    return start + timedelta(seconds=rng.randrange(min(int((end - start).total_seconds()), 4 * 3600) + 1))


def spread(rng: Random, number: int, start: datetime, end: datetime) -> list[datetime]:
    """``number`` moments, in order."""
    return sorted(between(rng, start, end) for _ in range(number))


def some(rng: Random, words: Sequence[str], number: int) -> str:
    """``number`` different sentences as one text."""
    return " ".join(rng.sample(words, number))


def cycle(rng: Random, words: Sequence[str], number: int) -> Iterator[str]:
    """``number`` words, each as often as the others, in a mixed order."""
    deck: list[str] = []
    for _ in range(number):
        if not deck:
            deck = rng.sample(words, len(words))
        yield deck.pop()


def midnight(year: int, month: int, day: int) -> datetime:
    """The beginning of a day, as stored."""
    return datetime(year, month, day, tzinfo=UTC)
