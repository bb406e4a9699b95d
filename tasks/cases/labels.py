"""From a model's label to the category that people read."""

from django.apps import apps

from tasks.datamap import Category, registry


def category_of_label(label: str) -> Category:
    """The category of ``"orders.Order"``; a store that is no model is its own."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return Category(label, title=label)
    return registry.get(model).context


def heading_of_label(label: str) -> str:
    """The title of a model's section; a store's own name where it is no model."""
    try:
        return registry.get(apps.get_model(label)).heading
    except (LookupError, ValueError):
        return label
