"""From the label of a model or source to the category and the words that people read."""

from tasks.datamap import Category
from tasks.datamap.labels import category_of, heading_of


def category_of_label(label: str) -> Category:
    """The category of ``"orders.Order"`` or ``"loyalty:points"``; what nobody declares (any more) is its own."""
    return category_of(label)


def heading_of_label(label: str) -> str:
    """The title of a model's or source's section; its bare label where nobody declares it (any more)."""
    return heading_of(label)
