"""The office's words for what a case is and where it stands: voice, symbol and text."""

from datetime import timedelta

from django.utils.formats import number_format
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from tasks.cases.models import Case
from tasks.cases.states import Kind, Role, State

S = State
LOOKS = {
    S.UNVERIFIED: ("soft", "clock"),
    S.RECEIVED: ("go", "inbox"),
    S.COLLECTING: ("go", "work"),
    S.FAILED: ("wait", "warn"),
    S.AWAITING_SUBJECT: ("wait", "pause"),
    S.REVIEW: ("go", "eye"),
    S.APPROVED: ("done", "check"),
    S.PACKAGING: ("go", "box"),
    S.READY: ("done", "download"),
    S.SCHEDULED: ("soft", "calendar"),
    S.ERASING: ("go", "eraser"),
    S.VERIFYING: ("go", "search"),
    S.CLOSED: ("soft", "archive"),
    S.REJECTED: ("soft", "close"),
    S.WITHDRAWN: ("soft", "archive"),
    S.EXPIRED: ("soft", "archive"),
}
KINDS = {
    Kind.ACCESS: ("download", gettext_lazy("Download")),
    Kind.ERASURE: ("eraser", gettext_lazy("Deletion")),
}
ROLES = {
    Role.APPROVER: gettext_lazy("approver"),
    Role.DPO: gettext_lazy("data protection officer"),
    Role.HANDLER: gettext_lazy("handler"),
    Role.AUDITOR: gettext_lazy("auditor"),
}
IDENTITIES = {
    "password": gettext_lazy("Password"),
    "passkey": gettext_lazy("Passkey"),
    "app": gettext_lazy("Authenticator app"),
    "code": gettext_lazy("Code by e-mail"),
}
LETTERS = {
    "acknowledgement": gettext_lazy("Acknowledgement with the date"),
    "question": gettext_lazy("Question"),
    "resumed": gettext_lazy("The answer came, work goes on"),
    "message": gettext_lazy("Message"),
    "delayed": gettext_lazy("Delay"),
    "extension": gettext_lazy("Extension with its reason"),
    "scheduled": gettext_lazy("Date of the erasure"),
    "reminder": gettext_lazy("Reminder of the erasure"),
    "ready": gettext_lazy("Files are ready"),
    "expiring": gettext_lazy("Files expire soon"),
    "certificate": gettext_lazy("Certificate"),
    "rejected": gettext_lazy("Refusal with reasons and remedies"),
    "withdrawn": gettext_lazy("Withdrawal confirmed"),
    "frozen": gettext_lazy("Request stopped"),
}
FATES = {
    "delete": ("", "eraser", gettext_lazy("Delete")),
    "anonymise": ("soft", "mask", gettext_lazy("Anonymise")),
    "keep": ("go", "lock", gettext_lazy("Keep")),
    "refused": ("wait", "warn", gettext_lazy("Not decided")),
}


def status(case: Case) -> tuple[str, str, str]:
    """Voice, symbol and word of a case's state; a frozen one says so first."""
    if case.is_frozen and case.is_open:
        return "wait", "pause", _("Stopped")
    return state(case)


def state(case: Case) -> tuple[str, str, str]:
    """Voice, symbol and word of the state itself."""
    return *LOOKS[State(case.state)], State(case.state).title


def kind(case: Case) -> tuple[str, str]:
    """Symbol and word of what is asked for."""
    symbol, word = KINDS[Kind(case.kind)]
    return symbol, str(word)


def identity(method: str) -> str:
    """How somebody showed who they are."""
    return str(IDENTITIES.get(method, method)) or _("Not shown yet")


def letter(template: str) -> str:
    """What a letter is about."""
    return str(LETTERS.get(template, template))


def role(roles: frozenset[str]) -> str:
    """What somebody is in the office, the strongest role first."""
    return ", ".join(str(word) for name, word in ROLES.items() if name in roles)


def days(left: int) -> str:
    """How far a date is: "3 days overdue", "Due today", "1 day left"."""
    if left < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -left) % {"days": -left}
    if left == 0:
        return _("Due today")
    return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}


def language(code: str) -> str:
    """The name of a language, in the language of the page."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def short_hash(value: str) -> str:
    """Enough of a hash for an eye to compare: ``7c1e…a904``."""
    return f"{value[:4]}…{value[-4:]}" if len(value) > 8 else value


def span(length: timedelta) -> str:
    """A length of time in its largest whole unit: "30 days", "12 hours"."""
    seconds = int(length.total_seconds())
    if seconds % 86_400 == 0:
        return ngettext("%(n)d day", "%(n)d days", seconds // 86_400) % {"n": seconds // 86_400}
    if seconds % 3_600 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // 3_600) % {"n": seconds // 3_600}
    return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}


def share(part: float, *, most: int) -> str:
    """How much of a table, and how many rows: "5 % of the rows, 10,000 rows"."""
    told = {"percent": f"{part * 100:.4g}", "most": number_format(most, use_l10n=True, force_grouping=True)}
    return _("%(percent)s %% of the rows, %(most)s rows") % told
