"""Drawing a page of the office: what all of them know."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dpo import words
from dpo.access import actor
from tasks.cases import queries
from tasks.cases.deadlines import zone
from tasks.cases.models import Case, Step


def draw(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page with who is here, in which role, and whose clock it shows."""
    me = actor(request)
    known = {"me": me, "my_role": words.role(me.roles), "zone": str(zone()), **context}
    return render(request, f"dossier/dpo/{template}", known, status=status)


def case_or_404(request: HttpRequest, reference: str) -> Case:
    """The case with this reference, however it was typed.

    Raises:
        Http404: there is none.
    """
    try:
        return queries.case_for_office(actor(request), reference)
    except Case.DoesNotExist as error:
        raise Http404("no such case") from error


def step_or_404(case: Case, pk: int) -> Step:
    """A step of this case.

    Raises:
        Http404: it has none of this number.
    """
    found: Step | None = case.steps.filter(pk=pk).first()
    if found is None:
        raise Http404("no such step")
    return found
