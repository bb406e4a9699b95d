"""The files that answer a request: for their owner only, after a recent confirmation, never stored on the way."""

from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import confirmation, people
from portal.confirmation import recently_confirmed
from tasks.cases import operations
from tasks.cases.models import Package
from tasks.cases.states import State
from tasks.errors import NotAllowed, TransitionRefused

TYPES = {"pdf": "application/pdf", "zip": "application/zip", "json": "application/json"}
OTHER = "application/octet-stream"


@recently_confirmed
@require_safe
def file(request: HttpRequest, reference: str, kind: str) -> HttpResponseBase:
    """One file as an attachment, unsealed piece by piece while it is sent."""
    mine = people.own_case(request, reference)
    if not kind.isalnum():
        raise Http404("no file of this kind")
    try:
        package = operations.record_download(mine, kind, by=people.actor(request), at=timezone.now())
    except Package.DoesNotExist as error:
        raise Http404("no file of this kind") from error
    except (TransitionRefused, NotAllowed):
        return redirect("portal:case", mine.reference)
    response = StreamingHttpResponse(operations.stream(package), content_type=TYPES.get(kind, OTHER))
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=package.filename)
    response["Content-Length"] = str(package.size)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once, then remove the files before their time."""
    mine = people.own_case(request, reference)
    if mine.state != State.READY:
        return redirect("portal:case", mine.reference)
    if request.method == "POST":
        with suppress(TransitionRefused):  # gone a moment ago
            operations.forget_copy(mine, by=people.actor(request), at=timezone.now())
        return redirect("portal:case", mine.reference)
    return render(request, "portal/case/forget.html", {"case": mine})


@login_required
@never_cache
@require_POST
def renew(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for the same copy anew: a request like the first one, so it wants a recent confirmation, too."""
    mine, now = people.own_case(request, reference), timezone.now()
    there = reverse("portal:case", args=[mine.reference])
    if not confirmation.recent(request, at=now):
        return confirmation.ask(request, then=there)
    try:
        again = operations.renew(mine, by=people.actor(request), at=now, contact=people.contact(request))
    except NotAllowed:
        return redirect(there)
    return redirect("portal:case", again.reference)
