"""The newsletter. It needs no account, so nothing but the address says whose a subscription is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NewsletterSubscription(models.Model):
    """Confirmed by a second step (double opt-in); the fields about it are the proof of consent."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked, not confirmed")
        CONFIRMED = "on", _("Confirmed")
        ENDED = "off", _("Ended")

    email = models.EmailField(_("e-mail address"), unique=True)
    status = models.CharField(_("status"), max_length=5, choices=Status.choices)
    topics = models.JSONField(_("topics"), default=list)
    asked_at = models.DateTimeField(_("asked"))
    asked_from_ip = models.GenericIPAddressField(_("asked from"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_from_ip = models.GenericIPAddressField(_("confirmed from"), null=True, blank=True)
    confirm_token = models.CharField(_("confirmation token"), max_length=43)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("newsletter subscription"), _("newsletter subscriptions")

    def __str__(self) -> str:
        return self.get_status_display()
