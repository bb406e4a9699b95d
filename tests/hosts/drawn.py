"""Hypothesis draws a zoo: a few rows of each model, each key empty or leading to some row."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model, QuerySet
from hypothesis import strategies as st

from tests.hosts.zoo import models as zoo

Draw = Callable[[st.SearchStrategy[Any]], Any]

KEYED = {zoo.Pet: lambda i: uuid.UUID(int=i + 1), zoo.Toy: lambda i: f"тоу/{i} 'x\" %s"}
ORDER: tuple[type[Model], ...] = (
    zoo.Person,
    zoo.Pet,
    zoo.Passport,
    zoo.Toy,
    zoo.Visit,
    zoo.VisitNote,
    zoo.Badge,
    zoo.BadgeScan,
    zoo.Animal,
    zoo.Dog,
    zoo.Puppy,
    zoo.Trace,
    zoo.Note,
    zoo.NoteEdit,
    zoo.Sticker,
    zoo.Mark,
    zoo.Club,
    zoo.Club.members.through,
    zoo.Team,
    zoo.Playing,
    zoo.Left,
    zoo.Right,
)
LOCKS: tuple[type[Model], ...] = (zoo.Lock, zoo.LockPart)


@st.composite
def zoos(draw: Draw, *, locks: bool = True) -> list[Model]:
    """Unsaved rows in an order in which they can be stored."""
    order = (*ORDER, *LOCKS) if locks else ORDER
    counts = {model: draw(st.integers(1 if model is zoo.Person else 0, 3)) for model in order}
    for child, parent in ((zoo.Dog, zoo.Animal), (zoo.Puppy, zoo.Dog), (zoo.Passport, zoo.Person)):
        counts[child] = min(counts[child], counts[parent])
    keys = {model: [KEYED.get(model, lambda i: i + 1)(i) for i in range(count)] for model, count in counts.items()}
    rows = [row(draw, model, i, keys) for model in order for i in range(counts[model])]
    return [made for made in rows if made is not None]


def row(draw: Draw, model: type[Model], i: int, keys: dict[type[Model], list[Any]]) -> Model | None:
    """One row, or None where a key that it needs has nothing to lead to."""
    values: dict[str, Any] = special(draw, model, i, keys)
    for field in model._meta.local_concrete_fields:
        if field.attname in values or not (field.many_to_one or field.one_to_one):
            continue
        target = field.remote_field.model._meta.concrete_model
        choices = [key_in(field, key) for key in keys.get(target, [])]
        choices = [None, *choices] if field.null else choices
        if not choices:
            return None
        values[field.attname] = draw(st.sampled_from(choices))
    return model(**values)


def key_in(field: Any, key: Any) -> Any:
    return f"code {key}" if field.target_field.name == "code" else key


def special(draw: Draw, model: type[Model], i: int, keys: dict[type[Model], list[Any]]) -> dict[str, Any]:
    """The values that are no ordinary keys."""
    if model is zoo.Person:
        return {"id": i + 1, "code": f"code {i + 1}"}
    if model in KEYED or model in (zoo.Animal, zoo.Left, zoo.Right):
        return {model._meta.pk.attname: keys[model][i]}
    if model in (zoo.Dog, zoo.Puppy, zoo.Passport):
        return {model._meta.pk.attname: i + 1}
    if model is zoo.Visit:
        return {"number": i + 1}
    if model is zoo.VisitNote:
        pet = draw(st.sampled_from([*keys[zoo.Pet], uuid.UUID(int=99)]))
        return {"id": i + 1, "pet_key": pet, "visit_number": draw(st.integers(1, 3))}
    if model in (zoo.Note, zoo.Sticker, zoo.Mark):
        return {"id": i + 1, **generic(draw, model)}
    return {"id": i + 1}


def generic(draw: Draw, model: type[Model]) -> dict[str, Any]:
    """Both halves of a generic key, which may also lead nowhere."""
    target = draw(st.sampled_from([zoo.Person, zoo.Pet, zoo.Dog, zoo.Toy, zoo.Club, zoo.Left]))
    number = draw(st.integers(1, 4))
    content_type = ContentType.objects.get_for_model(target).pk
    if model is zoo.Sticker:
        return {"kind_id": content_type, "number": number}
    if model is zoo.Mark:
        return {"content_type_id": content_type, "object_id": uuid.UUID(int=number)}
    text = {zoo.Pet: str(uuid.UUID(int=number)), zoo.Toy: KEYED[zoo.Toy](number - 1)}.get(target, str(number))
    return {"content_type_id": content_type, "object_id": draw(st.sampled_from([text, "nonsense"]))}


def store(rows: list[Model]) -> None:
    """Insert the rows as they are, by no manager and without ``save()``."""
    with connection.constraint_checks_disabled():
        for made in rows:
            if type(made)._meta.parents:
                made.save_base(raw=True, force_insert=True)
            else:
                QuerySet(model=type(made)).bulk_create([made], ignore_conflicts=True)
