"""Where a service says that the answer which it was asked for is ready. No session, no cookie: a signature."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tasks.cases import calling

LARGEST = 4096  # bytes of a call; nothing in it is read


@csrf_exempt
@require_POST
def callback(request: HttpRequest, question: str) -> HttpResponse:
    """204 to a service that may call; 404 to everybody else, whatever they got wrong."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return HttpResponse(status=413)
    took = calling.called(
        question, path=request.get_full_path(), body=request.body, headers=request.headers, at=timezone.now()
    )
    return HttpResponse(status=204 if took else 404)
