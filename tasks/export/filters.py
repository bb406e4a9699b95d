"""Template filters of the report."""

from collections.abc import Iterable
from typing import Any

from django.template import Library
from django.utils.translation import pgettext

from tasks.export import direction, words

register = Library()


@register.filter
def isolated(value: Any) -> str:
    """A value in another direction than the page's keeps to itself."""
    return direction.isolated(str(value)) if value else ""


@register.filter
def figure(value: int) -> str:
    """A number with its thousands told apart."""
    return words.figure(value)


@register.filter
def enumerated(values: Iterable[Any]) -> str:
    """Several values in one line."""
    return pgettext("between items of a list", ", ").join(direction.isolated(str(value)) for value in values)
