"""What is sold, bought, paid and reviewed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    sku = models.CharField(_("article number"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=120)
    price = models.DecimalField(_("price"), max_digits=9, decimal_places=2)
    listed_on = models.DateField(_("listed since"))

    class Meta:
        verbose_name, verbose_name_plural = _("product"), _("products")

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """Outlives its account: ``user`` is set to null, and the address is a copy."""

    class Status(models.TextChoices):
        PLACED = "P", _("Placed")
        SHIPPED = "S", _("On its way")
        DELIVERED = "D", _("Delivered")
        RETURNED = "R", _("Delivered, partly returned")
        CANCELLED = "C", _("Cancelled before dispatch")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="orders")
    number = models.CharField(_("number"), max_length=12, unique=True)
    placed_at = models.DateTimeField(_("placed"))
    status = models.CharField(_("status"), max_length=1, choices=Status.choices)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    total = models.DecimalField(_("total"), max_digits=10, decimal_places=2)
    shipping = models.DecimalField(_("parcel"), max_digits=6, decimal_places=2)
    recipient = models.CharField(_("recipient"), max_length=120, blank=True)
    delivery_address = models.TextField(_("delivered to"), blank=True)
    phone = models.CharField(_("telephone for the carrier"), max_length=40, blank=True)
    parcel = models.CharField(_("parcel number"), max_length=20, blank=True)
    note = models.TextField(_("note to us"), blank=True)
    packed_by = models.CharField(_("packed by"), max_length=80, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("order"), _("orders")

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("price of one"), max_digits=9, decimal_places=2)
    returned = models.PositiveSmallIntegerField(_("sent back"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("item"), _("items ordered")


class Payment(models.Model):
    class Method(models.TextChoices):
        CARD = "card", _("Card")
        TRANSFER = "bank", _("Bank transfer")
        INVOICE = "bill", _("On invoice")

    order = models.ForeignKey(Order, models.CASCADE, related_name="payments", verbose_name=_("order"))
    method = models.CharField(_("method"), max_length=4, choices=Method.choices)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    paid_at = models.DateTimeField(_("paid"))
    holder = models.CharField(_("account holder"), max_length=120, blank=True)
    last_four = models.CharField(_("ends in"), max_length=4, blank=True)
    provider_token = models.CharField(_("token of the payment service"), max_length=64, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("payment"), _("payments")


class Invoice(models.Model):
    """A document of bookkeeping with its own copy of name and address; it forbids to delete its user."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="invoices")
    order = models.OneToOneField(Order, models.SET_NULL, null=True, blank=True, related_name="invoice")
    number = models.CharField(_("number"), max_length=16, unique=True)
    issued_on = models.DateField(_("issued"))
    name = models.CharField(_("made out to"), max_length=120)
    address = models.TextField(_("address"))
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    net = models.DecimalField(_("net"), max_digits=10, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name, verbose_name_plural = _("invoice"), _("invoices")

    def __str__(self) -> str:
        return self.number


class Review(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reviews")
    product = models.ForeignKey(Product, models.CASCADE, related_name="reviews", verbose_name=_("product"))
    author_name = models.CharField(_("shown as"), max_length=80)
    stars = models.PositiveSmallIntegerField(_("stars"))
    text = models.TextField(_("text"), blank=True)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name, verbose_name_plural = _("review"), _("product reviews")
