"""Going one way from some keys: statements are compiled at first use and kept with the graph."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, OuterRef, Q, Subquery

from tasks import conf
from tasks.collector.keyset import Gathered, KeySet
from tasks.collector.lookup import Lookups, as_object_ids, names_of
from tasks.collector.reading import Manner, Reader, Rows, as_ever, key_columns, plain
from tasks.collector.statement import Columns, Slots, Statement, compiled
from tasks.collector.subject import Subject
from tasks.collector.ways import GenericKey, Way, Ways

FEW = 1_000  # keys of one statement where each is a placeholder of its own


class Finder:
    """Asks the database for one person. Remembers which content types there are, for as long as it lives."""

    def __init__(self, subject: Subject, ways: Ways, reader: Reader) -> None:
        self.subject, self.ways, self.reader = subject, ways, reader
        self.lookups = Lookups(subject, ways.graph, reader)
        self._types: dict[GenericKey, dict[tuple[str, str], int]] = {}

    def keys(self, way: Way, source: KeySet) -> Iterator[list[Any]]:
        """Primary keys of the rows that ``way`` leads to from the rows with the keys ``source``; some come twice."""
        if way.is_hard:
            yield list(self.lookups.find(way.tie, list(source)))
            return
        columns = key_columns(way.model)
        values = source if way.is_generic else self.values(way, source)
        for rows in self.rows(way, values, columns):
            yield [key for (key,) in rows] if len(columns) == 1 else list(rows)

    def rows(
        self, way: Way, values: KeySet, columns: Columns, *, name: Any = "pk", size: int = 2_000, how: Manner = as_ever
    ) -> Iterator[Rows]:
        """``columns`` of the rows that hold one of ``values``. ``name`` tells different columns apart."""
        for keys in self.binds(way, values):
            statement = way.statements.get(name) or self._compiled([way], columns, name)
            yield from self.reader.ask(statement, *keys, streamed=True, size=size, how=how)

    def together(
        self, found: list[tuple[Way, KeySet]], columns: Columns, *, name: Any, size: int = 2_000, how: Manner = as_ever
    ) -> Iterator[Rows]:
        """The same for several ways to one model in one statement, each row once; for few values."""
        binds = [(way, keys) for way, values in found for keys in self.binds(way, values)]
        if not binds:
            return
        ways = [way for way, _ in binds]
        statement = ways[0].statements.get((name, *ways)) or self._compiled(ways, columns, (name, *ways))
        keys = [some for _, each in binds for some in each]
        yield from self.reader.ask(statement, *keys, streamed=True, size=size, how=how)

    def _compiled(self, ways: list[Way], columns: Columns, name: Any) -> Statement:
        slots, condition = Slots(), Q()
        for way in ways:
            condition |= way.condition(slots)
        rows = plain(ways[0].model, ways[0].alias).filter(condition)
        return ways[0].statements.setdefault(name, self.compiled(rows, columns, slots))

    def compiled(self, queryset: Any, columns: Columns, slots: Slots) -> Statement:
        """Compile for the connection that this person's rows are read with."""
        return compiled(queryset, columns, slots, self.reader.connection(queryset.db))

    def binds(self, way: Way, values: KeySet) -> Iterator[list[list[Any]]]:
        """What to put into the slots of the way's condition: per statement, one list of keys for each slot."""
        for some in values.chunks(self.most(way.alias)):
            if not way.is_generic:
                yield [some]
            elif (types := self.content_types(way)) and (ids := self.object_ids(way, some)):
                yield [types, ids]

    def most(self, alias: str) -> int:
        """How many keys go into one statement."""
        most: int = conf.key_batch
        one_parameter = self.reader.connection(alias).vendor in ("postgresql", "sqlite")
        return most if one_parameter else min(most, FEW)

    def values(self, way: Way, source: KeySet) -> KeySet:
        """What rows hold that lead to ``source``: its keys, or the values of another column (``to_field``)."""
        relation = way.relation
        if relation is None or way.by_key or not source:
            return source
        if len(key_columns(relation.target)) > 1:
            return KeySet(self.lookups.values(relation, list(source)))
        found = Gathered()
        for rows in self.by_key(relation.target, source, (relation.to,), name=("to", relation.to)):
            found.add([value for (value,) in rows if value is not None])
        return found.done()

    def by_key(
        self, model: type[Model], keys: KeySet, columns: Columns, *, name: Any, size: int = 2_000, how: Manner = as_ever
    ) -> Iterator[Rows]:
        """``columns`` of the rows of ``model`` with ``keys``."""
        own, alias = key_columns(model), self.ways.graph.alias(model)
        if len(own) > 1:
            yield from self.lookups.by_composite_key(model, keys, columns)
            return
        statement = self.ways.statements.get((model, name))
        if statement is None:
            slots = Slots()
            queryset = plain(model, alias).filter(slots.any_of(own[0], model._meta.pk))
            statement = self.ways.statements.setdefault((model, name), self.compiled(queryset, columns, slots))
        for some in keys.chunks(self.most(alias)):
            yield from self.reader.ask(statement, some, streamed=True, size=size, how=how)

    # generic keys

    def is_live(self, way: Way) -> bool:
        """Whether the way may lead anywhere: of a generic key, whether any row names a row of this model."""
        return way.generic is None or way.relation is None or bool(self.content_types(way))

    def content_types(self, way: Way) -> list[int]:
        """The content types in use that stand for the target in this generic key."""
        relation = way.relation
        if relation is None or way.generic is None:
            return []
        table = self.types(way.generic, way.alias)
        return [table[name] for name in names_of(relation) if name in table]

    def types(self, generic: GenericKey, alias: str) -> dict[tuple[str, str], int]:
        """The content types that rows with this generic key hold: ``{(app label, model name): id}``."""
        if generic not in self._types:
            here = alias == self.ways.graph.using
            self._types[generic] = self._used(generic, alias) if here else self.lookups.known_types
        return self._types[generic]

    def _used(self, generic: GenericKey, alias: str) -> dict[tuple[str, str], int]:
        """One question to the index for each content type: few are in use, and asking along each would cost more."""
        from django.contrib.contenttypes.models import ContentType

        statement = self.ways.statements.get(generic)
        if statement is None:
            model, column, _ = generic
            # Not "=": PostgreSQL takes any type for one that is met soon, and reads all of the table where it is not.
            bounds = {f"{column}__{end}": OuterRef("pk") for end in ("gte", "lte")}
            one = plain(model, alias).filter(**bounds).order_by(column).values("pk")[:1]
            rows = plain(ContentType, alias).alias(dossier_one=Subquery(one)).filter(dossier_one__isnull=False)
            columns = ("app_label", "model", "pk")
            statement = self.ways.statements.setdefault(generic, self.compiled(rows, columns, Slots()))
        found = (row for rows in self.reader.ask(statement) for row in rows)
        return {(app_label, model_name): pk for app_label, model_name, pk in found}

    def object_ids(self, way: Way, keys: list[Any]) -> list[Any]:
        """Keys as the object id of the way's generic key holds them."""
        model: Any = way.model
        field = model._meta.get_field(way.columns[1])
        return as_object_ids(field, keys, self.reader.connection(way.alias))
