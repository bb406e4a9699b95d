"""Name a table that holds copies of rows, where no library that is known keeps it."""

from django.db.models import Model

from tasks.datamap import copies
from tasks.datamap.registry import concrete, registry
from tasks.datamap.relations import forget
from tasks.errors import DeclarationError


def history(model: type[Model] | str, *, of: type[Model] | str, key: str) -> None:
    """Say that rows of ``model`` are copies of rows of ``of``, as triggers or pghistory write them.

    ``key`` is the field that holds the primary key of the copied row, a foreign key or a plain column.
    Copies are exported with the row; in an erasure they go with it, are changed as it is, and stay as
    long as it stays. A declaration of the table's own goes first.

    Raises:
        DeclarationError: no such field.
    """
    table, origin = concrete(model), concrete(of)
    if key not in {field.name for field in table._meta.concrete_fields}:
        raise DeclarationError(f"history({table._meta.label}): wanted key= to name a field of it, found {key!r}.")
    copies.by_hand[table] = copies.Copy(origin, key)
    forget()
    registry.version += 1
