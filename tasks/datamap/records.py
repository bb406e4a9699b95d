"""Records of processing activities, made of the same declarations as everything else.

One record per category of the data map; the host's controller and measures come from its settings.

Source: GDPR art. 30(1); W3C Data Privacy Vocabulary 2 for the JSON-LD.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from tasks import conf
from tasks.datamap.fingerprint import version_hash
from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.show import Policy, everything, place
from tasks.datamap.vocabulary import Category

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "title": "dct:title",
    "description": "dct:description",
}


@dataclass(frozen=True)
class Activity:
    """One record: art. 30(1)(b) to (g), and the ground of art. 6. Texts in the language that is active."""

    key: str
    title: str
    description: str
    purposes: tuple[tuple[str, str], ...]  # DPV term and words
    legal_basis: tuple[str, str, str] | None  # words, article, term
    people: str
    data: tuple[tuple[str, tuple[str, ...]], ...]  # heading of a model or source, its fields
    recipients: tuple[tuple[str, str, str], ...]  # name, place, what for
    transfers: tuple[str, ...]
    retention: str
    origin: str
    automated: str
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """All records of one controller. ``version`` is the data map's hash, ``at`` when they were drawn up."""

    controller: Any
    activities: tuple[Activity, ...]
    version: str
    at: datetime

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Headings, then one row per activity, of texts."""
        yield headings()
        for each in self.activities:
            yield row(each)

    def as_csv(self) -> str:
        """One row per activity. A cell that a spreadsheet would take for a formula gets an apostrophe."""
        out = io.StringIO()
        writer = csv.writer(out)
        for cells in self.rows():
            writer.writerow(
                [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells]
            )
        return out.getvalue()

    def as_jsonld(self) -> dict[str, Any]:
        """The records in terms of DPV, JSON-able."""
        return {
            "@context": CONTEXT,
            "@type": "dpv:RecordsOfActivities",
            "dct:created": self.at.isoformat(),
            "dct:hasVersion": self.version,
            "dpv:hasDataController": controller_term(self.controller),
            "dpv:hasProcess": [process(each) for each in self.activities],
        }


def records(*, at: datetime) -> Records:
    """The records of everything that is declared, in the order of the data map."""
    grouped = groupby(everything(), key=lambda policy: place(policy)[:2])
    activities = (activity(list(group)) for _key, group in grouped)
    return Records(conf.controller, tuple(activities), version_hash(), at)


def activity(policies: list[Policy]) -> Activity:
    """The record of one category, with what single models of it add."""
    first, contexts = policies[0].context, [policy.context for policy in policies]
    recipients = dict.fromkeys((r.name, r.place, str(r.purpose)) for context in contexts for r in context.recipients)
    return Activity(
        key=first.key,
        title=str(first.title),
        description=str(first.description),
        purposes=tuple(dict.fromkeys((p.term, str(p.text)) for context in contexts for p in context.purposes)),
        legal_basis=basis(first),
        people=str(first.people or conf.people),
        data=tuple((policy.heading, labels(policy)) for policy in policies),
        recipients=tuple(recipients),
        transfers=tuple(dict.fromkeys(text for context in contexts for text in transfers(context))),
        retention="; ".join(dict.fromkeys(text for context in contexts if (text := kept(context)))),
        origin=str(first.origin),
        automated=str(first.automated),
        measures=(*measures(), *(str(text) for text in conf.measures)),
    )


def basis(context: Category) -> tuple[str, str, str] | None:
    found = context.legal_basis
    return (_(found.text), _(found.article), found.term) if found else None


def labels(policy: Policy) -> tuple[str, ...]:
    """How the person reads the fields (and sections); what is withheld from them is processed all the same."""
    names = (*policy.fields, *policy.withheld, *policy.third_party)
    if not isinstance(policy, ModelPrivacy):
        return tuple(dict.fromkeys((*map(str, policy.sections.values()), *map(policy.words_of, names))))
    fields = {field.name: field for field in policy.model._meta.get_fields()}
    return tuple(str(policy.labels.get(name) or getattr(fields.get(name), "verbose_name", name)) for name in names)


def transfers(context: Category) -> Iterator[str]:
    """Where data leaves the EEA, with the safeguard of chapter V."""
    if context.transfers:
        yield str(context.transfers)
    for recipient in context.recipients:
        if recipient.outside_eu:
            yield f"{recipient.name}, {recipient.place}: {recipient.outside_eu}"


def kept(context: Category) -> str:
    if context.retention is None:
        return ""
    law = f" ({context.retention.law})" if context.retention.law else ""
    return f"{context.retention.text}{law}"


def measures() -> tuple[str, ...]:
    """What this product does itself: art. 32."""
    return (
        _("Copies of personal data are encrypted, short-lived and opened only after a fresh sign-in."),
        _("Every look, download and decision is written to a log that shows tampering."),
    )


def headings() -> tuple[str, ...]:
    return (
        *(_("Activity"), _("What it is"), _("Purposes"), _("Legal basis"), _("Categories of people")),
        *(_("Categories of data"), _("Recipients"), _("Transfers outside the EEA"), _("Time limits")),
        *(_("Source of the data"), _("Automated decisions"), _("Security")),
    )


def row(each: Activity) -> tuple[str, ...]:
    """An activity as the cells of a table."""
    return (
        each.title,
        each.description,
        "; ".join(text or term for term, text in each.purposes),
        ", ".join(each.legal_basis[:2]) if each.legal_basis else "",
        each.people,
        "; ".join(f"{heading}: {', '.join(names)}" if names else heading for heading, names in each.data),
        "; ".join(" – ".join(part for part in recipient if part) for recipient in each.recipients),
        "; ".join(each.transfers),
        each.retention,
        each.origin,
        each.automated,
        " ".join(each.measures),
    )


def controller_term(controller: Any) -> dict[str, Any]:
    """The controller and whom to ask: art. 30(1)(a)."""
    return {
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
        "dpv:hasAddress": controller.address,
        "dpv:hasContact": [each for each in (controller.email, controller.phone) if each],
        "dpv:hasDataProtectionOfficer": {"dpv:hasName": controller.dpo_name, "dpv:hasContact": controller.dpo_email},
    }


def process(each: Activity) -> dict[str, Any]:
    """One activity in terms of DPV."""
    return {
        "@type": "dpv:Process",
        "@id": f"#{each.key}",
        "title": each.title,
        "description": each.description,
        "dpv:hasPurpose": [{"@type": term, "title": text} for term, text in each.purposes],
        "dpv:hasLegalBasis": [{"@type": each.legal_basis[2], "title": each.legal_basis[0]}] if each.legal_basis else [],
        "dpv:hasDataSubject": [{"@type": "dpv:DataSubject", "title": each.people}],
        "dpv:hasPersonalData": [{"@type": "dpv:PersonalData", "title": t, "description": n} for t, n in each.data],
        "dpv:hasRecipient": [
            {"@type": "dpv:Recipient", "dpv:hasName": name, "dpv:hasLocation": where, "description": what}
            for name, where, what in each.recipients
        ],
        "dpv:hasDataTransferSafeguard": list(each.transfers),
        "dpv:hasStorageCondition": {"@type": "dpv:StorageDuration", "description": each.retention},
        "dpv:hasDataSource": each.origin,
        "dpv:hasTechnicalOrganisationalMeasure": list(each.measures),
    }
