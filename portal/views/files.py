"""The files that answer a request: for their owner only, after a recent confirmation, never stored on the way."""

from contextlib import suppress
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import confirmation, people, ranges
from tasks.cases import operations
from tasks.cases.models import Case, Package
from tasks.cases.states import State
from tasks.errors import NotAllowed, TransitionRefused

TYPES = {"pdf": "application/pdf", "zip": "application/zip", "json": "application/json"}


@login_required
@require_safe
def file(request: HttpRequest, reference: str, kind: str, position: int = 1) -> HttpResponseBase:
    """One file as an attachment, whole or from where a download broke off.

    A part is refused rather than answered by the page that asks who you are: a browser that resumes would save that
    page as the rest of the file.
    """
    now, resumes = timezone.now(), "Range" in request.headers
    if not confirmation.recent(request, at=now):
        return HttpResponse(status=403) if resumes else confirmation.ask(request)
    mine = people.own_case(request, reference)
    if kind not in TYPES:
        raise Http404("no file of this kind")
    try:
        return described(*delivered(request, mine, kind, at=now, position=position))
    except Package.DoesNotExist as error:
        raise Http404("no file of this kind") from error
    except (TransitionRefused, NotAllowed):
        return HttpResponse(status=410) if resumes else redirect("portal:case", mine.reference)


def delivered(
    request: HttpRequest, mine: Case, kind: str, *, at: datetime, position: int
) -> tuple[HttpResponseBase, Package]:
    """The file, a part of it, or nothing but its size; each download is recorded before its first byte."""
    by = people.actor(request)
    package = operations.downloadable(mine, kind, by=by, at=at, position=position)
    whole = {"Content-Length": str(package.size)}
    if request.method == "HEAD":  # ranges are defined for GET alone
        return HttpResponse(headers=whole), package
    asked, if_range = request.headers.get("Range", ""), request.headers.get("If-Range", "")
    try:
        part = ranges.wanted(asked, size=package.size, if_range=if_range, etag=etag(package))
    except ranges.NotSatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{package.size}"}), package
    package = operations.record_download(mine, kind, by=by, at=at, position=position)
    if part is None:
        return StreamingHttpResponse(operations.stream(package), headers=whole), package
    headers = {"Content-Length": str(part.size), "Content-Range": part.told(of=package.size)}
    pieces = operations.stream(package, start=part.start, size=part.size)
    return StreamingHttpResponse(pieces, status=206, headers=headers), package


def described(response: HttpResponseBase, package: Package) -> HttpResponseBase:
    """The response with the file's name and kind, and kept by nobody on the way."""
    response["Content-Type"] = TYPES[package.kind]
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=package.filename)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag(package)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def etag(package: Package) -> str:
    """A strong validator: equal for equal bytes only."""
    return f'"{package.sha256}"'


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
    return render(request, "dossier/portal/case/forget.html", {"case": mine})


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
