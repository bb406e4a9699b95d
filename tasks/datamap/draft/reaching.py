"""Which models a draft has to speak of: those that lead to a person, and those that would if the draft were true."""

from django.db.models import Model

from tasks.datamap.checks import subject_model
from tasks.datamap.draft.models import ModelDraft
from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.registry import registry
from tasks.datamap.relations import concrete_models
from tasks.datamap.ties import Reach, reach


def reached_by_draft() -> Reach:
    """The reach from a person when every undeclared model followed as its draft proposes.

    An order that is set to null when an account goes leads to its lines only once somebody says that it
    is the person's; a draft that forgot the lines would not pass the checks.
    """
    followed: dict[type[Model], dict[str, bool]] = {}
    declared = {policy.model for policy in registry if registry.is_own(policy.model)}
    while True:
        with registry.overridden(supposed(followed)):
            found = reach(subject_model())
        new = {model: keys for model, keys in proposals(found).items() if model not in declared}
        if new == followed:
            return found
        followed = new


def proposals(found: Reach) -> dict[type[Model], dict[str, bool]]:
    """What the drafts of undeclared models say about their keys to people."""
    drafts = (ModelDraft(model, found) for model in found.models if not registry.is_own(model))
    drafts_of_undeclared = {draft.model: draft for draft in drafts}
    return {
        m: {name: bool(key.follow) for name, key in d.follow.items()}
        for m, d in drafts_of_undeclared.items()
        if d.follow
    }


def supposed(followed: dict[type[Model], dict[str, bool]]) -> dict[type[Model] | str, type[ModelPrivacy] | None]:
    """Declarations that say nothing but whose the rows are."""
    return {model: type("Supposed", (ModelPrivacy,), {"follow": keys}) for model, keys in followed.items()}


def beyond(found: Reach) -> list[type[Model]]:
    """Models that no key ties to a person, and that hold people all the same: by an address, or named by a row."""
    drafts = (ModelDraft(model, found) for model in concrete_models() if not registry.exemption(model))
    return [draft.model for draft in drafts if draft.match or draft.path]
