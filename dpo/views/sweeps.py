"""Housekeeping: every sweep, what it did, what it would do now; and the office's word on it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dpo import people, words
from dpo.access import actor, confirm_first, is_fresh, office_required
from dpo.page import draw
from tasks.cases.states import DECIDERS
from tasks.datamap.sweeps import Sweep, declared
from tasks.errors import ApprovalVoid, DossierError
from tasks.housekeeping import sweeps
from tasks.housekeeping.models import SweepRun, Switch

RUNS = 12
PLANS = 10  # people whose erasure is planned while the page waits
State = SweepRun.State
LOOKS = {
    State.DRY: ("soft", "eye"),
    State.RUNNING: ("go", "work"),
    State.DONE: ("done", "check"),
    State.REFUSED: ("wait", "warn"),
    State.FAILED: ("late", "warn"),
}


@dataclass(frozen=True)
class Line:
    """A sweep with its switch and its last run."""

    sweep: Sweep
    switch: Switch
    last: SweepRun | None

    @property
    def is_waiting(self) -> bool:
        """Whether a person has to look: it was refused and nobody has confirmed it, or it failed."""
        last = self.last
        return last is not None and (last.state == State.FAILED or needs_word(last))


def needs_word(run: SweepRun) -> bool:
    """Whether a run was refused and waits for somebody's word."""
    return run.state == State.REFUSED and run.confirmed_at is None


@office_required()
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All sweeps. Nothing is asked of the host's tables."""
    lines = [_line(sweep) for sweep in declared]
    context = {
        "lines": [(line, _status(line.last)) for line in lines],
        "waiting": sum(line.is_waiting for line in lines),
    }
    return draw(request, "sweeps.html", context)


@office_required()
@require_safe
def sweep(request: HttpRequest, key: str) -> HttpResponse:
    """One sweep: what it is, what it would do now, what it did."""
    return _page(request, _sweep_or_404(key))


@office_required(*DECIDERS)
@require_POST
def switch(request: HttpRequest, key: str) -> HttpResponse:
    """Switch a sweep on or off; on wants a fresh confirmation of who does it."""
    found, on = _sweep_or_404(key), request.POST.get("on") == "1"
    if on and not is_fresh(request):
        return confirm_first(then=reverse("dpo:sweep", args=[key]))
    sweeps.switch(found, by=actor(request), at=timezone.now(), on=on)
    messages.success(request, _("Switched on. It begins by itself.") if on else _("Switched off. Nothing more goes."))
    return redirect("dpo:sweep", key)


@office_required(*DECIDERS)
@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm a refused run, for exactly the rows that were seen."""
    found = _sweep_or_404(key)
    if not is_fresh(request):
        return confirm_first(then=reverse("dpo:sweep", args=[key]))
    run = _last(found)
    seen, touches = request.POST.get("set_hash", ""), _number(request.POST.get("touches", ""))
    try:
        if run is None or str(run.pk) != request.POST.get("run"):
            raise ApprovalVoid("another run came between.")
        sweeps.confirm(run, by=actor(request), at=timezone.now(), set_hash=seen, touches=touches)
    except ApprovalVoid:
        text = _("What you saw is not what is there now. Look at it again, then decide.")
        return _page(request, found, notice=("wait", _("The content has changed"), text), status=409)
    messages.success(request, _("Confirmed for exactly these rows. It begins by itself."))
    return redirect("dpo:sweep", key)


def _page(request: HttpRequest, found: Sweep, *, notice: Any = None, status: int = 200) -> HttpResponse:
    line = _line(found)
    runs = list(SweepRun.objects.filter(sweep=found.key)[:RUNS])
    names = people.names({line.switch.by, *(run.confirmed_by for run in runs)} - {""})
    preview, trouble = _preview(found)
    refused = line.last if line.last and needs_word(line.last) else None
    context = {
        "line": line,
        "facts": _facts(found),
        "by": names.get(line.switch.by, line.switch.by),
        "runs": [(run, _status(run), _told(run), names.get(run.confirmed_by, run.confirmed_by)) for run in runs],
        "preview": preview,
        "trouble": trouble,
        "counts": _counts(preview) if preview else [],
        "refused": refused,
        "short_hash": words.short_hash(refused.set_hash) if refused else "",
        "may_decide": bool(actor(request).roles & DECIDERS),
        "notice": notice,
    }
    return draw(request, "sweep.html", context, status=status)


def _preview(found: Sweep) -> tuple[sweeps.Preview | None, str]:
    try:
        return sweeps.preview(found, at=timezone.now(), plans=PLANS), ""
    except DossierError as error:
        return None, str(error)


def _facts(found: Sweep) -> list[tuple[str, str]]:
    """How it was declared."""
    none = _("none")
    return [
        (_("Looks every"), words.span(found.every)),
        (_("Notice by letter"), words.span(found.notice) if found.notice else none),
        (_("At once at most"), words.share(found.share, most=found.at_most)),
        (_("People who work here"), _("are swept, too") if found.staff else _("are left alone")),
    ]


def _counts(preview: sweeps.Preview) -> list[tuple[str, int]]:
    """What a look found, the lines with nothing in them left out but for the first."""
    look = preview.look
    spared = {
        "staff": _("left alone: work here"),
        "case": _("left alone: wait for an answer of ours"),
        "held": _("left alone: legal hold"),
        "erased": _("erased before, the row stays by law"),
        "settled": _("worked on before, the row stays by its declaration"),
    }
    lines = [
        (_("match now"), look.matched),
        (_("would be told"), len(look.fresh)),
        (_("were told and may still stay"), look.waiting),
        (_("could not be told yet"), look.untold),
        (_("have stayed"), len(look.stayed)),
        (_("would go"), len(look.ripe)),
        *((spared.get(reason, reason), n) for reason, n in look.spared.items()),
    ]
    return [line for n, line in enumerate(lines) if n in (0, 5) or line[1]]


def _told(run: SweepRun) -> str:
    """What a run came to, in one line."""
    if run.state == State.REFUSED and not run.counts.get("along"):
        counted = {"n": run.touches, "rows": run.counts["rows"], "allowed": run.counts["allowed"]}
        return _("It would touch %(n)d of %(rows)d rows; %(allowed)d are allowed at once.") % counted
    if run.state == State.REFUSED:
        return _("More than half of another table would go along.")
    if run.error:
        return run.error
    told, gone = run.counts.get("tell", 0), sum(run.stats.values())
    if run.state == State.DRY:
        return _("%(tell)d to tell, %(go)d to go. It is not switched on.") % {"tell": told, "go": run.counts["go"]}
    parts = [ngettext("%(n)d told", "%(n)d told", told) % {"n": told}] if told else []
    parts += [ngettext("%(n)d row deleted", "%(n)d rows deleted", gone) % {"n": gone}]
    left = sum(run.left.values())
    parts += [ngettext("%(n)d left for later", "%(n)d left for later", left) % {"n": left}] if left else []
    return ", ".join(parts)


def _status(run: SweepRun | None) -> tuple[str, str, str]:
    if run is None:
        return "soft", "clock", _("Not yet looked")
    text = {
        State.DRY: _("Looked only"),
        State.RUNNING: _("At work"),
        State.DONE: _("Done"),
        State.REFUSED: _("Refused") if needs_word(run) else _("Confirmed"),
        State.FAILED: _("Failed"),
    }[State(run.state)]
    return *LOOKS[State(run.state)], text


def _line(found: Sweep) -> Line:
    return Line(found, Switch.objects.filter(pk=found.key).first() or Switch(pk=found.key), _last(found))


def _last(found: Sweep) -> SweepRun | None:
    return SweepRun.objects.filter(sweep=found.key).first()


def _sweep_or_404(key: str) -> Sweep:
    if found := declared.get(key):
        return found
    raise Http404("no such sweep")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
