"""Questions to the shop, answered by its staff."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Ticket(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WAITING = "wait", _("Waiting for your answer")
        SOLVED = "done", _("Solved")

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    order = models.ForeignKey(
        "orders.Order", models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("about order")
    )
    number = models.CharField(_("number"), max_length=12, unique=True)
    subject = models.CharField(_("subject"), max_length=160)
    status = models.CharField(_("status"), max_length=4, choices=Status.choices)
    phone = models.CharField(_("call back on"), max_length=40, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    changed_at = models.DateTimeField(_("last message"))

    class Meta:
        verbose_name, verbose_name_plural = _("conversation"), _("conversations")

    def __str__(self) -> str:
        return self.number


class TicketMessage(models.Model):
    """Written by the customer, or by the member of staff in ``agent``."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages", verbose_name=_("conversation"))
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    from_staff = models.BooleanField(_("from us"), default=False)
    text = models.TextField(_("text"))
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name, verbose_name_plural = _("message"), _("messages")


class Attachment(models.Model):
    """A file that belongs to any row. Nothing leads here from the other side: there is no GenericRelation."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    belongs_to = GenericForeignKey("content_type", "object_id")
    file = models.FileField(_("file"), upload_to="attachments")
    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(_("kind of file"), max_length=60)
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name, verbose_name_plural = _("attachment"), _("attachments")
        indexes = (models.Index(fields=["content_type", "object_id"], name="attachment_owner"),)
