"""A column that the vault seals: clear text in Python, sealed text in the table."""

from typing import Any

from django.db import models


class SealedText(models.TextField):  # type: ignore[type-arg]
    """Text that stands sealed in the database and cannot be searched.

    An empty text stays empty. It opens lazily nowhere: reading a row opens its columns, so lists
    that do not show them say ``defer()``.
    """

    description = "Text sealed by the vault"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        from tasks import vault

        return vault.open_text(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        from tasks import vault

        return vault.seal_text(str(value)) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Nothing but emptiness can be asked of a sealed column."""
        return None if lookup_name != "isnull" else super().get_lookup(lookup_name)
