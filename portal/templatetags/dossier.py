"""Tags and filters that every page of the desk uses: ``{% load dossier %}``.

Nothing here asks the database. The office's templates load them too.
"""

from datetime import date, datetime
from typing import Any

from django import forms, template
from django.templatetags.static import static
from django.utils import formats
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tasks.cases import contact

register = template.Library()

TURNING = {"back", "next", "exit", "send"}  # icons that point along the line of reading
CONTROLS = ((forms.CheckboxInput, "check"), (forms.Textarea, "area"), (forms.Select, "select"))
SIZES = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")]


@register.simple_tag
def icon(name: str, *modifiers: str) -> SafeString:
    """Draw a symbol of ``dossier/img/icons.svg``, hidden from screen readers: a word always stands beside it.

    ``modifiers`` become classes: ``{% icon "download" "lg" %}`` → ``icon icon--lg``.
    """
    kinds = [*modifiers, *(["turns"] if name in TURNING and "turns" not in modifiers else [])]
    classes = " ".join(["icon", *(f"icon--{kind}" for kind in kinds)])
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, static("dossier/img/icons.svg"), name
    )


@register.simple_tag
def status(voice: str, symbol: str, text: str) -> SafeString:
    """Say a state by icon and word. ``voice`` is go, done, soft, wait or late; the last two wash."""
    return format_html('<span class="status status--{}">{}{}</span>', voice, icon(symbol), text)


@register.inclusion_tag("dossier/components/case_status.html")
def case_status(case: Any) -> dict[str, Any]:
    """Say where a person's own request stands, as they see it."""
    from portal import journey

    voice, symbol, word = journey.status(case)
    return {"voice": voice, "symbol": symbol, "word": word}


@register.filter
def local_date(value: Any) -> str:
    """A date or moment as "7 April 2026", in the controller's time zone. ISO text is read too."""
    return _formatted(value, _("j F Y"))


@register.filter
def local_day(value: Any) -> str:
    """A date or moment as "Tuesday 7 April 2026"."""
    return _formatted(value, _("l j F Y"))


@register.filter
def local_moment(value: Any) -> str:
    """A moment as "5 March 2026, 14:02"."""
    return _formatted(value, _("j F Y, H:i"))


@register.filter
def short_moment(value: Any) -> str:
    """A moment as "5 March, 14:02", where the year is plain from the rest of the page."""
    return _formatted(value, _("j F, H:i"))


@register.filter
def local_time(value: Any) -> str:
    """A moment as "14:02"."""
    return _formatted(value, _("H:i"))


def _formatted(value: Any, pattern: str) -> str:
    if isinstance(value, str):
        value = parse_datetime(value) or parse_date(value)
    if isinstance(value, datetime) and is_aware(value):
        value = localtime(value)
    return formats.date_format(value, pattern) if isinstance(value, date) else ""


@register.filter
def filesize(size: int | None) -> str:
    """Bytes as people read them: "1.9 MB" is 1,900,000 bytes, as in a file manager."""
    size = int(size or 0)
    for unit, name in SIZES:
        if size >= unit:
            return f"{formats.number_format(size / unit, 1)}\u00a0{name}"
    return _("%(size)d bytes") % {"size": size}


@register.filter
def figure(value: int | None) -> str:
    """A count with its thousands apart: "1,204"."""
    return formats.number_format(value or 0, use_l10n=True, force_grouping=True)


@register.filter
def in_a_row(title: str) -> str:
    """A heading as it stands among others in a line: small in most languages, but German writes its nouns large."""
    as_it_is = title[1:2].isupper() or (get_language() or "").startswith("de")
    return title if as_it_is else title[:1].lower() + title[1:]


@register.filter
def in_groups(value: str, length: int = 8) -> str:
    """A checksum in groups that an eye can follow."""
    return " ".join(value[at : at + length] for at in range(0, len(value), length))


@register.filter
def masked(address: str) -> str:
    """An e-mail address that its owner knows and nobody else learns; "…" where it is none."""
    return contact.masked(str(address)) or "…"


@register.simple_tag
def control(field: forms.BoundField, *classes: str) -> SafeString:
    """Draw a form field as ``components/field.html`` needs it: classes, and the ids of hint and error."""
    widget = field.field.widget
    kind = next((name for type_, name in CONTROLS if isinstance(widget, type_)), "input")
    described = [f"{field.auto_id}-{part}" for part in _parts(field)]
    attributes: dict[str, Any] = {
        "class": " ".join([kind, *(f"{kind}--{name}" for name in classes)]),
        "placeholder": False,
        "aria-describedby": " ".join(described) or False,
        "aria-invalid": "true" if field.errors else False,
    }
    return SafeString(field.as_widget(attrs=attributes))


def _parts(field: forms.BoundField) -> list[str]:
    """What stands beside a field: its hint, its error."""
    return [part for part, text in (("hint", field.help_text), ("error", field.errors)) if text]


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    """Whether a field is one box to tick; its label then stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def unlocalized(value: float) -> str:
    """A number as SVG and HTML attributes want it: with a point, whatever the language."""
    return f"{value:g}"
