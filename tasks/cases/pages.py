"""Pages that a project may have or not: ours where it included them, allauth's, its own."""

from collections.abc import Sequence

from django.urls import NoReverseMatch, reverse


def address(*names: str, args: Sequence[str] = ()) -> str:
    """The path of the first of these pages that the project has; empty where it has none of them."""
    for name in names:
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""
