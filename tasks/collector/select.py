"""What is read of a model's rows: columns for people, and after them those that decide about a row."""

from dataclasses import dataclass

from django.db.models import Model
from django.db.models.expressions import Expression

from tasks.collector.reading import Manner, Rows, as_ever, key_columns
from tasks.collector.shared import people
from tasks.collector.walk import Walk
from tasks.datamap import registry
from tasks.datamap.ties import Says

MINE_ONLY = "mine_only"


@dataclass(frozen=True)
class Select:
    """``columns`` as a statement takes them; the first ``width`` are for people.

    ``name`` tells it apart from other selections of the same model. ``key`` and ``people`` are the
    places of the primary key and of the columns that name subjects, where these are read.
    """

    name: tuple[str, ...]
    columns: tuple[str | Expression, ...]
    width: int
    key: tuple[int, ...]
    people: list[int]
    how: Manner = as_ever

    def place(self, column: str) -> int:
        return self.columns.index(column)

    def cut(self, rows: Rows) -> Rows:
        """The rows with the columns for people only."""
        return rows if self.width == len(self.columns) else [row[: self.width] for row in rows]


def whole(model: type[Model], walk: Walk) -> Select:
    """All of the model's own concrete columns, its key first."""
    return selection("whole", model, columns_of(model), walk, named=people(model, walk.graph))


def with_raw(model: type[Model], walk: Walk, columns: dict[str, Expression]) -> Select:
    """The same, with other expressions in the places of some ``columns``."""
    shown = tuple(columns.get(column, column) for column in columns_of(model))
    return selection("raw", model, shown, walk, named=people(model, walk.graph))


def bare(name: str, model: type[Model], walk: Walk, *shown: str | Expression) -> Select:
    """``shown``, and only what decides whether a row was told already or is a stranger's."""
    named = people(model, walk.graph) if registry.get(model).shared == MINE_ONLY else ()
    return selection(name, model, shown, walk, named=named)


def selection(
    name: str, model: type[Model], shown: tuple[str | Expression, ...], walk: Walk, *, named: tuple[str, ...]
) -> Select:
    wanted = dict.fromkeys((*named, *deciding(model, walk)))
    columns = (*shown, *(column for column in wanted if column not in shown))
    key = tuple(columns.index(column) for column in key_columns(model) if column in columns)
    return Select((name, *wanted), columns, len(shown), key, [columns.index(column) for column in named])


def deciding(model: type[Model], walk: Walk) -> list[str]:
    """The columns that tell which of several ways led to a row; none where there is one way only."""
    keeps = walk.keeps(model)
    ways = list(walk.live(model, *((Says.NAMED,) if keeps else Says)))
    found = dict.fromkeys(column for way in ways for column in way.columns)
    key = key_columns(model) if keeps and ways else ()
    return [*key, *(found if len({way.columns for way in ways}) > 1 else ())]


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The attnames of the model's own concrete fields, its key first."""
    key = key_columns(model)
    return (*key, *(field.attname for field in model._meta.local_concrete_fields if field.attname not in key))
