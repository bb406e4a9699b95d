"""How many rows are held, without fetching them: one statement for each model from which no tie leads on."""

from dataclasses import replace

from django.db.models import Model, Q

from tasks.collector.harvest import Harvest
from tasks.collector.keyset import EMPTY
from tasks.collector.reading import key_columns, plain
from tasks.collector.select import MINE_ONLY, bare
from tasks.collector.shared import people
from tasks.collector.statement import Slots, Statement
from tasks.collector.ways import Way, is_composite
from tasks.datamap import registry
from tasks.datamap.ties import Says


def counted(harvest: Harvest) -> dict[type[Model], int]:
    """Rows per model, in data-map order, without those of which there are none."""
    found = {model: count(harvest, model) for model in harvest.models}
    return {model: rows for model, rows in found.items() if rows}


def count(harvest: Harvest, model: type[Model]) -> int:
    """The rows of ``model`` that are the person's or name them."""
    return sum(count_part(harvest, model, owned=owned) for owned in parts(harvest, model))


def parts(harvest: Harvest, model: type[Model]) -> tuple[bool | None, ...]:
    """What is counted by itself: owned rows and others where keys are known, else both together (None)."""
    return (True, False) if harvest.walk.keeps(model) else (None,)


def count_part(harvest: Harvest, model: type[Model], *, owned: bool | None) -> int:
    keys = harvest.keys(model, owned=owned) if owned is not None else None
    strangers = registry.get(model).shared == MINE_ONLY and bool(people(model, harvest.walk.graph))
    if keys is not None and not strangers:
        return len(keys)
    if keys is None and (found := by_statement(harvest, model, named_only=owned is False)) is not None:
        return found
    select = bare("count", model, harvest.walk, key_columns(model)[0])
    which = (True, False) if owned is None else (owned,)
    return sum(len(rows) for each in which for rows in harvest.rows(model, select, owned=each))


def by_statement(harvest: Harvest, model: type[Model], *, named_only: bool) -> int | None:
    """Count in one statement; None where there are too many keys for one."""
    walk = harvest.walk
    ways = list(walk.live(model, *((Says.NAMED,) if named_only else Says)))
    owned = walk.owned.get(model, EMPTY) if named_only else EMPTY
    many = len(owned) + sum(len(walk.values(way)) for way in ways)
    if many > harvest.finder.most(harvest.walk.graph.alias(model)) or (owned and is_composite(model)):
        return None
    going = [(way, binds) for way in ways for binds in harvest.finder.binds(way, walk.values(way))]
    if not going:
        return 0
    keys = [some for _, binds in going for some in binds] + ([list(owned)] if owned else [])
    statement = counting(harvest, model, [way for way, _ in going], besides=bool(owned))
    keys += [[walk.subject.pk]] * (len(statement.slots) - len(keys))
    return next((int(row[0]) for rows in harvest.finder.reader.ask(statement, *keys) for row in rows), 0)


def counting(harvest: Harvest, model: type[Model], ways: list[Way], *, besides: bool) -> Statement:
    """The statement, compiled once for each set of ways: all rows that one of them leads to.

    Its slots: those of the ways, then the keys to leave out (``besides``), then the person's for each
    column that names somebody, where only the person's own rows count.
    """
    made, name = harvest.walk.ways.statements, ("count", model, besides, *(way.number for way in ways))
    if name not in made:
        slots, condition = Slots(), Q()
        for way in ways:
            condition |= way.condition(slots)
        if besides:
            condition &= ~Q(slots.any_of("pk", model._meta.pk))
        queryset = plain(model, harvest.walk.graph.alias(model)).filter(condition & no_stranger(harvest, model, slots))
        rows = harvest.finder.compiled(queryset, key_columns(model)[:1], slots)
        sql = f"SELECT COUNT(*) FROM ({rows.sql}) counted"  # noqa: S608 - what Django compiled, and no value in it
        made[name] = replace(rows, sql=sql, converters=())
    return made[name]


def no_stranger(harvest: Harvest, model: type[Model], slots: Slots) -> Q:
    """Rows that name this person or nobody, where a declaration wants only those."""
    if registry.get(model).shared != MINE_ONLY:
        return Q()
    paths = people(model, harvest.walk.graph)
    nobody, mine = Q(), Q()
    for path in paths:
        nobody &= Q(**{f"{path}__isnull": True})
        mine |= Q(slots.any_of(path, harvest.subject.model._meta.pk))
    return nobody | mine
