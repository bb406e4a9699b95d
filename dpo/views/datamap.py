"""The data map, to read: what is held in which model or source, why, how long, and what nobody has described."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dpo.access import office_required
from dpo.page import draw
from tasks.datamap import Anonymise, Category, Delete, Fate, Keep, ModelPrivacy, registry
from tasks.datamap.checks import check_data_map
from tasks.datamap.show import Policy, everything, name, place


@dataclass(frozen=True)
class Entry:
    """A model or source: what is shown, withheld and covered of it, and what an erasure does to it."""

    title: str
    label: str
    counts: list[tuple[str, int]]
    fate: tuple[str, str, str]
    fate_detail: str
    open: list[str] = field(default_factory=list)


@office_required()
@require_safe
def datamap(request: HttpRequest) -> HttpResponse:
    """The map by category; what is open comes first, in red."""
    trouble = _trouble()
    described = {_thing(policy) for policy in everything()}
    chapters = [(category, [_entry(policy, trouble) for policy in policies]) for category, policies in _chapters()]
    context = {
        "chapters": chapters,
        "unmapped": [text for model, texts in trouble.items() if model not in described for text in texts],
        "exempt": [(model._meta.label, because) for model, because in registry.exemptions()],
        "models": len(registry),
    }
    return draw(request, "datamap.html", context)


def _thing(policy: Policy) -> object:
    """What a check's message is about."""
    return policy.model if isinstance(policy, ModelPrivacy) else policy


def _chapters() -> Iterator[tuple[Category, list[Policy]]]:
    for _key, group in groupby(everything(), key=lambda policy: place(policy)[:2]):
        policies = list(group)
        yield policies[0].context, policies


def _trouble() -> dict[Any, list[str]]:
    """What the checks of the data map say, by model or source."""
    found: dict[Any, list[str]] = {}
    for message in check_data_map():
        found.setdefault(message.obj, []).append(str(message.msg))
    return found


def _entry(policy: Policy, trouble: dict[Any, list[str]]) -> Entry:
    counts = ((_("shown"), policy.fields), (_("withheld"), policy.withheld), (_("covered"), policy.third_party))
    look, detail = _fate(policy.erasure)
    return Entry(
        title=policy.heading,
        label=name(policy),
        counts=[(word, len(names)) for word, names in counts if names],
        fate=look,
        fate_detail=detail,
        open=trouble.get(_thing(policy), []),
    )


def _fate(given: Fate | None) -> tuple[tuple[str, str, str], str]:
    match given:
        case Delete():
            return ("", "eraser", _("Delete")), str(given.because)
        case Keep(for_=None):
            return ("go", "lock", _("Keep")), str(given.because)
        case Keep():
            return ("go", "lock", _("Keep")), f"{given.for_}. {given.because}"
        case Anonymise():
            return ("soft", "mask", _("Anonymise")), str(given.because) or ", ".join(given.changes)
    return ("soft", "link", _("As its relation says")), ""
