"""The newsletter. It needs no account, so nothing but the address says whose a subscription is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailingList(models.Model):
    """A letter of its own beside the newsletter. Each waits as long as it likes for a confirmation."""

    title = models.CharField(_("title"), max_length=80, unique=True)
    confirm_within = models.DurationField(_("time to confirm"))

    class Meta:
        verbose_name, verbose_name_plural = _("mailing list"), _("mailing lists")

    def __str__(self) -> str:
        return self.title


class NewsletterSubscription(models.Model):
    """Confirmed by a second step (double opt-in); the fields about it are the proof of consent."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked, not confirmed")
        CONFIRMED = "on", _("Confirmed")
        ENDED = "off", _("Ended")

    email = models.EmailField(_("e-mail address"), unique=True)
    status = models.CharField(_("status"), max_length=5, choices=Status.choices)
    mailing_list = models.ForeignKey(MailingList, models.PROTECT, null=True, blank=True, verbose_name=_("mailing list"))
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
