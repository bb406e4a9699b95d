"""Where a service may call Dossier back."""

from django.urls import NoReverseMatch, reverse

from tasks import conf


def callback_address(ask_id: str) -> str:
    """The address for one question; none where the project has no such page."""
    try:
        return f"{conf.site_url.rstrip('/')}{reverse('portal:callback', args=[ask_id])}"
    except NoReverseMatch:
        return ""
