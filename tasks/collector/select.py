"""What is read of a model's rows: columns for people, and after them those that decide about a row."""

from dataclasses import dataclass

from django.db.models import Model
from django.db.models.expressions import Expression

from tasks.collector.reading import Rows, key_columns
from tasks.collector.shared import people
from tasks.collector.ways import Ways
from tasks.datamap import registry

MINE_ONLY = "mine_only"


@dataclass(frozen=True)
class Select:
    """``columns`` as a statement takes them; the first ``width`` are for people.

    ``name`` tells it apart from other selections of the same model. ``key`` and ``people`` are the
    places of the primary key and of the columns that name subjects, where these are read.
    """

    name: str
    columns: tuple[str | Expression, ...]
    width: int
    key: tuple[int, ...]
    people: list[int]

    def place(self, column: str) -> int:
        return self.columns.index(column)

    def cut(self, rows: Rows) -> Rows:
        """The rows with the columns for people only."""
        return rows if self.width == len(self.columns) else [row[: self.width] for row in rows]


def whole(model: type[Model], ways: Ways) -> Select:
    """All of the model's own concrete columns, its key first."""
    return selection("whole", model, columns_of(model), ways, named=people(model, ways.graph))


def bare(name: str, model: type[Model], ways: Ways, *shown: str | Expression) -> Select:
    """``shown``, and only what decides whether a row was told already or is a stranger's."""
    named = people(model, ways.graph) if registry.get(model).shared == MINE_ONLY else ()
    return selection(name, model, shown, ways, named=named)


def selection(
    name: str, model: type[Model], shown: tuple[str | Expression, ...], ways: Ways, *, named: tuple[str, ...]
) -> Select:
    wanted = dict.fromkeys((*named, *deciding(model, ways)))
    columns = (*shown, *(column for column in wanted if column not in shown))
    key = tuple(columns.index(column) for column in key_columns(model) if column in columns)
    return Select(name, columns, len(shown), key, [columns.index(column) for column in named])


def deciding(model: type[Model], ways: Ways) -> list[str]:
    """The columns that tell which of several ways led to a row; none where there is one way only."""
    to = ways.to.get(model, ())
    found = dict.fromkeys(column for way in to for column in way.columns)
    if model in ways.out or any(way.is_hard for way in to):
        return [*key_columns(model), *found]
    return list(found) if len({way.columns for way in to}) > 1 else []


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The attnames of the model's own concrete fields, its key first."""
    key = key_columns(model)
    return (*key, *(field.attname for field in model._meta.local_concrete_fields if field.attname not in key))
