"""What in a copy may be about somebody else: what its texts look like, and what was covered in an earlier copy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import export
from tasks.cases import subjects
from tasks.cases.covering import Spot
from tasks.cases.models import Case, Redaction
from tasks.errors import SubjectNotFound
from tasks.transform import Record, Section, suspected

KINDS = {
    "email": gettext_lazy("an e-mail address"),
    "phone": gettext_lazy("a telephone number"),
    "name": gettext_lazy("a name"),
}


@dataclass(frozen=True)
class Suspects:
    """Says which fields of a record somebody of the office should look at. It proposes and covers nothing.

    ``own`` are texts that are the person's, ``earlier`` is ``{print of a place: reference of a case}``.
    """

    own: tuple[str, ...] = field(default=(), repr=False)
    earlier: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> "Suspects":
        """Those of a case's copy. A query for the person, one for earlier copies."""
        return cls(own_texts(case), earlier_of(case))

    def of_record(self, section: Section, record: Record) -> dict[str, str]:
        """``{field: why}``; an empty field means the whole record."""
        found: dict[str, list[str]] = {}
        for name, reference in self._earlier(section, record):
            found.setdefault(name, []).append(_("covered in %(reference)s") % {"reference": reference})
        for suspicion in suspected(section, record, own=self.own):
            found.setdefault(suspicion.field, []).append(f"{KINDS[suspicion.kind]}: {suspicion.text}")
        return {name: "; ".join(reasons) for name, reasons in found.items()}

    def _earlier(self, section: Section, record: Record) -> Iterable[tuple[str, str]]:
        for name in ("", *(info.name for info in section.fields)) if self.earlier else ():
            if reference := self.earlier.get(Spot(section.key, record.key, name).print):
                yield name, reference


def count(case: Case, snapshot: str) -> dict[str, int]:
    """``{label: places}`` of what should be looked at in one sealed part of a copy. Reads it once."""
    suspects, section = Suspects.of(case), None
    found: dict[str, int] = {}
    for item in export.read_snapshot(snapshot):
        if isinstance(item, Section):
            section = item
        elif section is not None and (places := len(suspects.of_record(section, item))):
            found[section.key] = found.get(section.key, 0) + places
    return found


def own_texts(case: Case) -> tuple[str, ...]:
    """The addresses, names and numbers that are known to be the person's own."""
    try:
        known = subjects.of_case(case).identifiers()
    except (SubjectNotFound, LookupError, ValueError):
        known = {}
    texts = [str(value) for values in known.values() for value in values]
    return tuple(text for text in (*texts, case.person, case.contact) if text)


def earlier_of(case: Case) -> dict[str, str]:
    """Places that were covered in other copies for the same person. One query."""
    if not case.subject_key:
        return {}
    theirs = Case.objects.filter(subject_label=case.subject_label, subject_key=case.subject_key).exclude(pk=case.pk)
    rows = Redaction.objects.filter(case__in=theirs).order_by("at").values_list("spot", "case__reference")
    return dict(rows)
