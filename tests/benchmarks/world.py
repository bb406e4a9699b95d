"""Who has how many rows of what: the market's people, drawn without chance, so that every run has the same ones.

The subject has the key 1, somebody ordinary with some twenty rows the key 2, everybody else the keys from 3 on.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SUBJECT, ORDINARY, FIRST_OTHER = 1, 2, 3
START = datetime(2019, 3, 1, 9, 30, tzinfo=UTC)
WORDS = (
    "The parcel came on Tuesday, in good order, and the neighbour had kept it dry.",
    "Would you know whether the larger one fits a bicycle's basket? Mine is from 2011.",
    "We have grown these for three summers now – naïve, perhaps, but the moss likes it.",
    "Thanks! Ça marche très bien, and the colour is what the picture promised.",
    "Please call before you deliver; the bell does not work, and the dog does.",
)


@dataclass
class World:
    """How many rows the subject has and how many everybody else; the keys that were given, by table."""

    subject_rows: int
    other_rows: int
    mine: dict[str, array] = field(default_factory=dict)
    others: dict[str, array] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many others there are: each has some two hundred rows."""
        return max(20, self.other_rows // 200)

    def someone(self, number: int) -> int:
        """The key of one of the others."""
        return FIRST_OTHER + number * 7919 % self.people

    def spread(self, name: str, per_mille: float) -> Iterator[tuple[int, int, bool]]:
        """``(key, number, is the subject's)`` for each row of a table; the subject's lie scattered among the others'.

        ``number`` counts the subject's rows, or the others'.
        """
        wanted = max(1, round(self.subject_rows * per_mille / 1000))
        total = wanted + max(1, round(self.other_rows * per_mille / 1000))
        mine, others = self.mine.setdefault(name, array("q")), self.others.setdefault(name, array("q"))
        for place in range(total):
            hit = place * wanted // total != (place + 1) * wanted // total
            keys = mine if hit else others
            yield place + 1, len(keys), hit
            keys.append(place + 1)

    def key(self, name: str, number: int, *, mine: bool) -> int:
        """The key of a row of ``name`` that is (not) the subject's."""
        keys = self.mine[name] if mine else self.others[name]
        return keys[number % len(keys)]


def moment(number: int) -> str:
    """A time as both databases take it."""
    return (START + timedelta(minutes=number * 7 % 3_000_000)).strftime("%Y-%m-%d %H:%M:%S")


def day(number: int) -> str:
    """A date."""
    return (START + timedelta(days=number % 2000)).date().isoformat()


def words(number: int) -> str:
    """A sentence or two."""
    return WORDS[number % 5] + (" " + WORDS[(number // 5) % 5] if number % 3 == 0 else "")


def money(number: int) -> str:
    return f"{number * 37 % 20_000 / 100:.2f}"
