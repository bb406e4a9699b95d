"""What templates need to know of the demo."""

from django.conf import settings
from django.http import HttpRequest


def demo(request: HttpRequest) -> dict[str, bool]:
    """Give templates ``DEMO``: ``{% if DEMO %}{% include "demo/_strip.html" %}{% endif %}``."""
    return {"DEMO": settings.DEMO}
