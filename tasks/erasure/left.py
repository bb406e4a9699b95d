"""What an erasure left behind or a backup brought back, as the subject of another one: rows, and no person."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from tasks.collector import Subject
from tasks.collector.anyof import any_of
from tasks.collector.graph import graph
from tasks.collector.keyset import KeySet
from tasks.collector.reading import Reader
from tasks.collector.shared import others
from tasks.collector.walk import Closure
from tasks.erasure.keys import from_data, model_of, pieces, plain
from tasks.erasure.models import ErasureRun
from tasks.erasure.prints import Prints

Keys = dict[type[Model], KeySet]


class Leftover(Subject):
    """Somebody whose erasure is over. Nothing is known of them, so no value ties rows to them: a stranger may have
    their key by now."""

    def known(self, name: str) -> list[Any]:
        """Nothing."""
        return []

    def identifiers(self) -> dict[str, list[str]]:
        """Nothing."""
        return {}


def leftover(run: ErasureRun) -> Leftover:
    """The person of a run, or the rows that a sweep chose, of whom nothing is known any more."""
    model, key = model_of(run.subject_label), json.loads(run.subject_key)
    try:
        return Leftover(model, from_data(model, key), run.using)
    except ValidationError:  # the name of a selection of rows, not a key
        return Leftover(model, key, run.using)


def is_back(run: ErasureRun) -> bool | None:
    """Whether the person's own row is there: True, or False where a stranger has the key. None: nobody has it.

    Without a fingerprint nobody can tell, and it counts as a stranger's.
    """
    subject = leftover(run)
    there = existing(subject, subject.model, [subject.pk])
    if not there:
        return None
    print_ = Prints(run).of(subject.model, [subject.pk], using=subject.using).get(subject.pk, "")
    return bool(print_) and print_ == run.subject_print


def existing(subject: Subject, model: type[Model], keys: Any) -> set[Any]:
    """Those of ``keys`` whose rows are there."""
    alias, found = graph(subject.model, using=subject.using).alias(model), set[Any]()
    for piece in pieces(keys):
        try:
            found.update(plain(model, alias).filter(any_of("pk", piece)).values_list("pk", flat=True))
        except (ValueError, TypeError):  # the name of a selection is no key
            continue
    return found


def there(subject: Subject, rows: Keys, reader: Reader) -> Keys:
    """Those rows that are there, and are not somebody else's by now: they name other people only."""
    compiled = graph(subject.model, using=subject.using)
    nothing = Closure(subject, compiled, {}, {}, {})
    found = {}
    for model, keys in rows.items():
        alive = existing(subject, model, keys)
        found[model] = KeySet(alive - set(others(nothing, model, alive, reader, cleared=True)))
    return {model: keys for model, keys in found.items() if keys}
