"""What the demo company holds, and that it is plausible."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import DateTimeField, F, Model
from PIL import Image

from examples.shop.community.models import Comment, Post
from examples.shop.customers.models import BusinessProfile, LoginEvent
from examples.shop.demo.accounts import PASSWORD
from examples.shop.demo.data import UNTIL
from examples.shop.news.models import NewsletterSubscription
from examples.shop.orders.models import Invoice, Order, OrderLine
from examples.shop.support.models import Attachment, TicketMessage
from tasks import collector

SHOP = ("customers", "orders", "support", "community", "news")
ROWS = {
    "customers.Profile": 308,
    "customers.BusinessProfile": 1,
    "orders.Product": 30,
    "community.Tag": 10,
    "auth.User": 313,
    "account.EmailAddress": 314,
    "mfa.Authenticator": 2,
}
SCRIPTS = {"arabic": r"[\u0600-\u06ff]", "chinese": r"[\u4e00-\u9fff]", "emoji": r"[\U0001f300-\U0001faff]"}


def models_of_the_shop() -> list[type[Model]]:
    return [model for label in SHOP for model in apps.get_app_config(label).get_models(include_auto_created=True)]


def closure_of(name: str) -> dict[str, list]:
    return collector.keys(collector.Subject.find(None, User.objects.get(username=name).pk))


def texts_of_alice() -> Iterator[str]:
    alice = User.objects.get(username="alice")
    yield from alice.posts.values_list("text", flat=True)
    yield from alice.comments.values_list("text", flat=True)
    yield alice.profile.about


def test_every_model_of_the_shop_has_rows(shop):
    empty = [model._meta.label for model in models_of_the_shop() if not model._default_manager.exists()]

    assert empty == []


def test_the_fixed_counts_are_as_told(shop):
    assert {label: apps.get_model(label)._default_manager.count() for label in ROWS} == ROWS


def test_alice_has_about_twelve_hundred_rows_over_everything(shop):
    closure = closure_of("alice")

    assert 1_100 <= sum(map(len, closure.values())) <= 1_350
    assert set(closure) >= {
        *(model._meta.label for model in models_of_the_shop()),
        *("auth.User", "account.EmailAddress"),
    } - {"orders.Product", "community.Tag", "news.MailingList"}


def test_bob_has_about_a_hundred_and_fifty_rows(shop):
    assert 120 <= sum(map(len, closure_of("bob").values())) <= 200


@pytest.mark.parametrize("script", SCRIPTS)
def test_alices_texts_hold_other_scripts(shop, script):
    written = [text for text in texts_of_alice() if re.search(SCRIPTS[script], text)]

    assert len(written) > 3


def test_nothing_happens_after_the_last_day(shop):
    late = [
        f"{model._meta.label}.{field.name}"
        for model in models_of_the_shop()
        for field in model._meta.concrete_fields
        if isinstance(field, DateTimeField) and model._default_manager.filter(**{f"{field.name}__gt": UNTIL}).exists()
    ]

    assert late == []


def test_nobody_acts_before_they_signed_up(shop):
    assert not Order.objects.filter(placed_at__lt=F("user__date_joined")).exists()
    assert not Post.objects.filter(written_at__lt=F("author__date_joined")).exists()
    assert not Comment.objects.filter(written_at__lt=F("author__date_joined")).exists()


def test_no_answer_is_older_than_what_it_answers(shop):
    assert not Comment.objects.filter(written_at__lt=F("post__written_at")).exists()
    assert not Comment.objects.filter(written_at__lt=F("parent__written_at")).exists()
    assert not Comment.objects.exclude(parent=None).exclude(post=F("parent__post")).exists()


def test_orders_and_invoices_add_up(shop):
    for order in Order.objects.prefetch_related("lines"):
        assert order.total == order.shipping + sum(line.quantity * line.unit_price for line in order.lines.all())
    for invoice in Invoice.objects.select_related("order"):
        assert invoice.net + invoice.vat == invoice.order.total
    assert not OrderLine.objects.filter(returned__gt=F("quantity")).exists()


def test_orders_are_numbered_in_the_order_of_time(shop):
    placed = list(Order.objects.order_by("number").values_list("placed_at", flat=True))

    assert placed == sorted(placed)


def test_nobody_else_uses_alices_ip_addresses(shop):
    alice = User.objects.get(username="alice")
    hers = set(alice.logins.values_list("ip", flat=True))

    with_them = LoginEvent.objects.filter(ip__in=hers)

    assert set(with_them.values_list("user", flat=True)) == {alice.pk, None}


def test_the_newsletter_knows_alice_by_another_spelling_of_her_address(shop):
    assert not NewsletterSubscription.objects.filter(email="alice@example.com").exists()
    assert NewsletterSubscription.objects.filter(email__iexact="alice@example.com").count() == 1


def test_attachments_are_real_files(shop):
    pictures = Attachment.objects.filter(media_type="image/png")

    for attachment in pictures[:20]:
        with attachment.file.open("rb") as file, Image.open(BytesIO(file.read())) as picture:
            picture.verify()
    assert pictures.count() > 20
    assert all(attachment.file.storage.exists(attachment.file.name) for attachment in Attachment.objects.all())
    assert {attachment.content_type.model_class() for attachment in Attachment.objects.all()} == {TicketMessage}


def test_alice_buys_for_a_firm_and_has_lived_in_lagos(shop):
    alice = User.objects.get(username="alice")

    assert alice.get_full_name() == "Alice Okafor"
    assert BusinessProfile.objects.get(user=alice).company == "Okafor Letterpress"
    assert set(alice.addresses.values_list("city", flat=True)) == {"Leipzig", "Lagos"}
    assert alice.orders.filter(delivery_address__contains="Lagos").exists()


@pytest.mark.parametrize("name", ["alice", "bob", "dana", "axel"])
def test_the_accounts_of_the_tour_can_sign_in(shop, name):
    user = User.objects.get(email=f"{name}@example.com")

    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.filter(user=user, email=user.email, verified=True, primary=True).exists()


def test_other_accounts_have_no_password(shop):
    others = User.objects.exclude(username__in=["alice", "bob", "dana", "axel"])

    assert others.count() == 309
    assert not any(user.has_usable_password() for user in others)


def test_the_office_is_in_its_groups(shop):
    groups = {
        user.username: set(user.groups.values_list("name", flat=True))
        for user in User.objects.filter(groups__isnull=False)
    }

    assert groups == {"dana": {"Data protection officers", "Privacy handlers"}, "axel": {"Privacy approvers"}}
