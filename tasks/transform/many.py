"""Many-to-many relations by name: ``red, large``. One question per batch, beside the names themselves."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.collector.reading import holding
from tasks.transform.cells import Cell, Cells, cell
from tasks.transform.references import References
from tasks.transform.text import clean_json


class Many:
    """One many-to-many field, from whichever side."""

    def __init__(self, field: Any, references: References, *, alias: str) -> None:
        forward = not field.auto_created
        own = field if forward else field.field
        self.through, self.references, self.alias = own.remote_field.through, references, alias
        names = (own.m2m_field_name(), own.m2m_reverse_field_name())
        here, there = names if forward else reversed(names)
        self.here, self.there = self.through._meta.get_field(here), self.through._meta.get_field(there)
        self.model = self.there.related_model

    @property
    def source(self) -> str:
        """The attname of the column in the rows' own table that the table between the two names."""
        name: str = self.here.target_field.attname
        return name

    def cells(self, keys: list[Any]) -> Cells:
        """What each of the rows with these keys is tied to, by name.

        Raises:
            DatabaseError: the table between the two cannot be read.
        """
        tied = self._tied(keys)
        to = "" if self.there.target_field.primary_key else self.there.target_field.attname
        names = self.references.labels(self.model, (other for them in tied.values() for other in them), to=to)
        people = self.references.are_people(self.model)
        return [told(tied.get(key, []), names, people=people) for key in keys]

    def _tied(self, keys: list[Any]) -> dict[Any, list[Any]]:
        """``{key: keys of the other side}``, in the order in which they were tied."""
        found: dict[Any, list[Any]] = {}
        rows: QuerySet[Any] = QuerySet(model=self.through, using=self.alias).order_by("pk")
        for chosen in holding(rows.values_list(self.here.attname, self.there.attname), self.here.attname, keys):
            for here, there in chosen:
                found.setdefault(here, []).append(there)
        return found


def told(keys: list[Any], names: dict[Any, str], *, people: bool) -> Cell:
    """Several rows by name; other people by their number only."""
    if not keys:
        return None
    if not people:
        return cell([plain(key) for key in keys], ", ".join(names[key] for key in keys))
    mine = [key for key in keys if names[key] == _("you")]
    others = len(keys) - len(mine)
    words = [names[key] for key in mine]
    words += [ngettext("%d other person", "%d other people", others) % others] if others else []
    return cell([plain(key) for key in mine], ", ".join(words))


def plain(key: Any) -> Any:
    return clean_json(key if isinstance(key, (int, str)) else str(key))
