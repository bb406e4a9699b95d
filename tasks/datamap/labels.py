"""What the label of a batch (``"orders.Order"``, ``"loyalty:points"``) belongs to, in the words of the data map."""

from django.apps import apps

from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.stores import SourcePrivacy
from tasks.datamap.vocabulary import Category


def policy_of(label: str) -> ModelPrivacy | SourcePrivacy | None:
    """The declaration of a model or source; None where there is none (any more)."""
    if source := registry.source(label):
        return source
    try:
        return registry.get(apps.get_model(label))
    except (LookupError, ValueError):
        return None


def category_of(label: str) -> Category:
    """The category of a model or a section of a source; what nobody declares is its own."""
    policy = policy_of(label)
    return policy.context if policy is not None else Category(label, title=label)


def heading_of(label: str) -> str:
    """What people read over a model's or source's section, in the language that is active now."""
    policy = policy_of(label)
    if isinstance(policy, SourcePrivacy):
        return policy.heading_of(label.partition(":")[2])
    return policy.heading if policy is not None else label
