"""People who shop at Kestrel & Moss, and what they do on their account."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Profile(models.Model):
    """One per account."""

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        GERMAN = "de", _("German")
        ARABIC = "ar", _("Arabic")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    display_name = models.CharField(_("name shown in the community"), max_length=80)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    about = models.TextField(_("about you"), blank=True)
    member_since = models.DateField(_("member since"))
    preferences = models.JSONField(_("preferences"), default=dict, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("profile"), _("profiles")

    def __str__(self) -> str:
        return self.display_name


class BusinessProfile(Profile):
    """A profile of somebody who buys for a firm (multi-table inheritance)."""

    company = models.CharField(_("company"), max_length=120)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    accounts_contact = models.CharField(_("contact in accounts"), max_length=120, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("business profile"), _("business profiles")


class Address(models.Model):
    """An entry of the address book. Orders hold their own copy."""

    class Country(models.TextChoices):
        GERMANY = "DE", _("Germany")
        AUSTRIA = "AT", _("Austria")
        NIGERIA = "NG", _("Nigeria")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="addresses")
    title = models.CharField(_("called"), max_length=40)
    recipient = models.CharField(_("recipient"), max_length=120)
    street = models.CharField(_("street"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, choices=Country.choices, default=Country.GERMANY)
    is_default = models.BooleanField(_("used by default"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("address"), _("addresses")

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"


class LoginEvent(models.Model):
    """A sign-in or an attempt. An attempt with an unknown password has an IP address and no user."""

    class Outcome(models.TextChoices):
        SIGNED_IN = "ok", _("Signed in")
        WRONG_PASSWORD = "password", _("Wrong password")
        WRONG_CODE = "code", _("Wrong code")
        SIGNED_OUT = "out", _("Signed out")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="logins")
    at = models.DateTimeField(_("time"))
    ip = models.GenericIPAddressField(_("IP address"), db_index=True)
    user_agent = models.CharField(_("device"), max_length=200)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)

    class Meta:
        verbose_name, verbose_name_plural = _("sign-in"), _("sign-ins")


class Follow(models.Model):
    """One person follows another in the community."""

    follower = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="following")
    followed = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followers")
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name, verbose_name_plural = _("follow"), _("who follows whom")
        constraints: ClassVar = [models.UniqueConstraint(fields=["follower", "followed"], name="follow_once")]


class Notification(models.Model):
    """What the shop told somebody. ``payload`` differs by kind."""

    class Kind(models.TextChoices):
        PARCEL = "parcel", _("Parcel on its way")
        REPLY = "reply", _("Somebody answered")
        PRICE = "price", _("Price changed")
        FOLLOWER = "follower", _("New follower")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    payload = models.JSONField(_("content"), default=dict)
    sent_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("notification"), _("notifications")


class AuditLog(models.Model):
    """Who changed what. The database guards the key and Django does nothing about it."""

    class Action(models.TextChoices):
        PROFILE = "profile", _("Changed the profile")
        ADDRESS = "address", _("Changed an address")
        PASSWORD = "password", _("Changed the password")
        EMAIL = "email", _("Changed the e-mail address")
        EXPORT = "orders", _("Downloaded the list of orders")
        CLOSED = "closed", _("Closed the account")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("time"))
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("change"), _("log of changes")
