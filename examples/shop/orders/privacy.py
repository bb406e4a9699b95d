"""What Kestrel & Moss holds about purchases. Bookkeeping law keeps most of it for ten years."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from examples.shop.customers.privacy import HOST
from examples.shop.orders.models import Invoice, Order, OrderLine, Payment, Product, Review
from tasks import datamap
from tasks.datamap import (
    Anonymise,
    Blank,
    Category,
    Constant,
    Keep,
    LegalBasis,
    Null,
    Purpose,
    Recipient,
    Retention,
    calendar_years,
)

BOOKKEEPING = _("Bookkeeping law: § 147 AO, § 257 HGB")
TEN_YEARS = Retention(_("Until 31 December of the tenth year"), calendar_years(10), "§ 147 AO")

ORDERS = Category(
    "orders",
    title=_("Orders"),
    description=_("What you bought, to deliver it and handle returns"),
    purposes=(
        Purpose(
            "dpv:FulfilmentOfContractualObligation",
            _("To deliver what you bought, to take it back, and to account for it"),
        ),
    ),
    legal_basis=LegalBasis.CONTRACT,
    retention=TEN_YEARS,
    recipients=(Recipient("Talweg Logistik", "Leipzig, Germany", _("delivers our parcels")), HOST),
    origin=_("You, when you ordered; the carrier, when it delivered"),
    order=20,
)
BILLING = Category(
    "billing",
    title=_("Payments and invoices"),
    description=_("Bookkeeping law asks for them"),
    purposes=(Purpose("dpv:LegalCompliance", _("To prove what was paid, to whom and with which tax")),),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    retention=TEN_YEARS,
    recipients=(
        Recipient("Pfennig Pay", "Frankfurt am Main, Germany", _("carries out card payments")),
        Recipient("Kanzlei Rehbein & Ott", "Leipzig, Germany", _("prepares our tax returns")),
        HOST,
    ),
    origin=_("You, when you paid; Pfennig Pay, when it confirmed"),
    order=30,
)
REVIEWS = Category(
    "reviews",
    title=_("Product reviews"),
    description=_("What you told other customers about our goods"),
    purposes=(Purpose("dpv:CommunicationForCustomerCare", _("To show what customers think of a product")),),
    legal_basis=LegalBasis.CONTRACT,
    retention=Retention(_("Until you delete it")),
    recipients=(HOST,),
    origin=_("You, when you wrote it"),
    order=60,
)

datamap.exempt(Product, because="Describes goods, not people.")


@datamap.register(Order)
class OrderPrivacy(datamap.ModelPrivacy):
    category = ORDERS
    label = "Order {number}"
    fields = (
        *("number", "placed_at", "status", "total", "currency", "shipping"),
        *("recipient", "delivery_address", "phone", "parcel", "note"),
    )
    third_party = {"packed_by": _("a member of our staff")}
    portable = ("number", "placed_at", "total", "currency", "delivery_address", "note")
    money, currency = ("total", "shipping"), "currency"
    order_by = "-placed_at"
    group_by = "placed_at__year"
    sentence = _("On {placed_at} you placed an order of {total} ({lines}).")
    summary = ("total", "status")
    follow = True  # set to null when an account goes, yet the order and its items are the person's
    erasure = Keep(
        for_=calendar_years(10),
        after="placed_at",
        because=BOOKKEEPING,
        meanwhile=(Null("user"), Blank("recipient", "delivery_address", "phone", "parcel", "note")),
    )


@datamap.register(OrderLine)
class OrderLinePrivacy(datamap.ModelPrivacy):
    category = ORDERS
    label = "{quantity} × {product}"
    fields = ("order", "product", "quantity", "unit_price", "returned")
    portable = ("order", "product", "quantity", "unit_price")
    money, currency = ("unit_price",), "EUR"
    group_by = "order"
    erasure = Keep(because=_("Part of the order, and deleted with it"))  # no date of its own

    @datamap.computed(_("Together"), kind="money", needs=("quantity", "returned", "unit_price"))
    def together(self, line: Any) -> Decimal:
        return Decimal(line.unit_price * (line.quantity - line.returned))


@datamap.register(Payment)
class PaymentPrivacy(datamap.ModelPrivacy):
    category = BILLING
    label = "Payment for {order}"
    fields = ("order", "paid_at", "method", "amount", "holder", "last_four")
    withheld = {"provider_token": _("It would let others pay in your name.")}
    money, currency = ("amount",), "EUR"
    order_by = "-paid_at"
    sentence = _("On {paid_at} you paid {amount} for {order} ({method}).")
    summary = ("amount",)
    erasure = Keep(
        for_=calendar_years(10),
        after="paid_at",
        because=BOOKKEEPING,
        meanwhile=Blank("holder", "last_four", "provider_token"),
    )


@datamap.register(Invoice)
class InvoicePrivacy(datamap.ModelPrivacy):
    category = BILLING
    label = "Invoice {number}"
    fields = ("number", "issued_on", "order", "name", "address", "vat_number", "net", "vat")
    money, currency = ("net", "vat"), "EUR"
    order_by = "-issued_on"
    summary = ("gross",)
    follow = True
    # The document must not be altered (§ 146(4) AO), so name and address stay in it. Only the tie to the account goes.
    erasure = Keep(for_=calendar_years(10), after="issued_on", because=BOOKKEEPING, meanwhile=Null("user"))

    @datamap.computed(_("Gross"), kind="money", needs=("net", "vat"))
    def gross(self, invoice: Any) -> Decimal:
        return Decimal(invoice.net + invoice.vat)


@datamap.register(Review)
class ReviewPrivacy(datamap.ModelPrivacy):
    category = REVIEWS
    fields = ("product", "stars", "text", "author_name", "written_at")
    portable = ("product", "stars", "text", "written_at")
    order_by = "-written_at"
    follow = True
    erasure = Anonymise(
        {"user": Null(), "author_name": Constant("Former customer")},
        because=_("Other customers rely on reviews, and yours no longer leads to you"),
    )
