"""Fields that no column holds: a method of the declaration says them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tasks.datamap.vocabulary import Text

Method = TypeVar("Method", bound=Callable[..., Any])
KINDS = ("text", "number", "money", "boolean", "date", "datetime", "duration", "json", "url")


@dataclass(frozen=True)
class Computed:
    """What is said of a computed field beside its method."""

    label: Text
    kind: str = "text"
    needs: tuple[str, ...] = ()
    help_text: Text = ""
    portable: bool = False


def computed(
    label: Text, *, kind: str = "text", needs: tuple[str, ...] = (), help_text: Text = "", portable: bool = False
) -> Callable[[Method], Method]:
    """Show what a method returns as a field: ``@datamap.computed("Total paid", kind="money")``.

    The method takes the row, which has the model's columns as attributes. ``needs`` names the columns that
    it reads, and columns of other rows along foreign keys (``"order__placed_at"``), which are then read in
    bulk and stand on the row under that name. It returns a text, number, date, length of time, or lists and
    dictionaries of these; ``None`` for nothing. Without ``needs`` nobody knows what it is made from, and it
    is covered along with any other field of its record that the office covers.
    """

    def mark(method: Method) -> Method:
        method.__computed__ = Computed(label, kind, tuple(needs), help_text, portable)  # type: ignore[attr-defined]
        return method

    return mark


def computed_of(declaration: type) -> dict[str, Computed]:
    """``{method: Computed}`` of a declaration, those of its bases first, in the order of their definition."""
    found: dict[str, Computed] = {}
    for cls in reversed(declaration.__mro__):
        for name, value in vars(cls).items():
            marked = getattr(value, "__computed__", None)
            if isinstance(marked, Computed):
                found[name] = marked
            else:
                found.pop(name, None)
    return found
