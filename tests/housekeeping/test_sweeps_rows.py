"""Sweeps of rows that are no people: with what hangs on them, as declared, and nobody else's."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from examples.shop.customers.models import LoginEvent
from examples.shop.news.models import NewsletterSubscription
from tasks.collector import Subject
from tasks.datamap import Anonymise, Blank, Delete, Keep, Null, years
from tasks.erasure import holds
from tasks.erasure.models import ErasureRun, KeptRow
from tasks.housekeeping import sweeps
from tasks.housekeeping.models import Switch
from tests.hosts.fates.models import Account, Document, Invoice, Line, Order, Partner, Post, Receipt
from tests.housekeeping.sweeping import DAY, State, sweep

__all__ = ["sweep"]
pytestmark = pytest.mark.django_db


def test_rows_go_with_what_hangs_on_them_and_their_files(sweep, declare, noon, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    declare(Post, erasure=Delete())
    old, young = Post.objects.create(text="old"), Post.objects.create(text="young")
    below = Post.objects.create(text="old", parent=old)
    Post.objects.create(text="somebody's answer", parent=below)
    declare(Document, erasure=Delete())
    account = Account.objects.create(name="Bob")
    document = Document.objects.create(account=account, file=default_storage.save("a.txt", ContentFile(b"x")))

    run = sweeps.run(sweep(Post.objects.filter(text="old")), at=noon)

    assert (run.state, run.stats) == (State.DONE, {"fates.Post": 3})
    assert list(Post.objects.all()) == [young]
    run = sweeps.run(sweep(Document.objects.all()), at=noon + DAY)
    assert run.stats == {"fates.Document": 1}
    assert not default_storage.exists(document.file.name)
    assert Account.objects.filter(pk=account.pk).exists()


def test_an_address_that_a_row_holds_leads_to_nobody_elses_rows(sweep, alice, noon):
    LoginEvent.objects.create(user=None, at=noon, ip="203.0.113.9", user_agent="x", outcome="password")
    facts = {"status": "asked", "asked_at": noon - 90 * DAY, "asked_from_ip": "203.0.113.9", "confirm_token": "t"}
    NewsletterSubscription.objects.create(email="alice@example.com", **facts)
    NewsletterSubscription.objects.create(email="ALICE@example.com", **{**facts, "status": "on"})

    run = sweeps.run(sweep(NewsletterSubscription.objects.filter(status="asked")), at=noon)

    assert run.stats == {"news.NewsletterSubscription": 1}
    assert LoginEvent.objects.count() == 1
    assert User.objects.filter(pk=alice.pk).exists()
    assert NewsletterSubscription.objects.get().email == "ALICE@example.com"


def test_what_a_law_keeps_stays_masked_and_is_not_worked_on_again(sweep, declare, noon):
    declare(Order, erasure=Keep(for_=years(10), after="placed_on", because="§ 147 AO", meanwhile=Blank("address")))
    kept = Order.objects.create(placed_on=date(2025, 1, 1), address="Leipzig")
    over = Order.objects.create(placed_on=date(2010, 1, 1), address="Halle")
    Line.objects.create(order=kept, text="a mug")
    Line.objects.create(order=over, text="a mug")
    declared = sweep(Order.objects.all())

    first, second = sweeps.run(declared, at=noon), sweeps.run(declared, at=noon + DAY)

    assert first.stats == {"fates.Line": 1, "fates.Order": 1}
    kept.refresh_from_db()
    assert (kept.address, kept.line_set.count()) == ("", 1)
    assert KeptRow.objects.filter(label="fates.Order").count() == 1
    assert (second.counts["go"], second.counts["spared"], second.stats) == (0, {"settled": 1}, {})


def test_what_is_made_anonymous_stays_and_is_not_worked_on_again(sweep, declare, noon):
    declare(Invoice, erasure=Anonymise([Null("account"), Blank("text")], because="statistics"))
    Invoice.objects.create(account=Account.objects.create(name="Bob"), text="for Bob")
    declared = sweep(Invoice.objects.all())

    sweeps.run(declared, at=noon)
    second = sweeps.run(declared, at=noon + DAY)

    assert Invoice.objects.get().text == ""
    assert second.counts["spared"] == {"settled": 1}


def test_rows_that_something_forbids_to_delete_fail_the_sweep_before_the_first_goes(sweep, declare, noon):
    declare(Account, erasure=Delete())
    accounts = [Account.objects.create(name="Alice"), Account.objects.create(name="Bob")]
    Receipt.objects.create(account=accounts[1])

    run = sweeps.run(sweep(Account.objects.all()), at=noon)

    assert run.state == State.FAILED
    assert "fates.Receipt" in run.error
    assert Account.objects.count() == 2


def test_people_never_go_along_with_rows_of_another_kind(sweep, declare, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "subject_model": "fates.Line"}
    declare(Order, erasure=Delete())
    Line.objects.create(order=Order.objects.create())

    run = sweeps.run(sweep(Order.objects.all()), at=noon)

    assert run.state == State.FAILED
    assert "people (fates.Line) hang on these rows" in run.error
    assert Line.objects.exists()


def test_a_few_rows_that_would_take_half_of_another_table_along_are_refused(sweep, declare, noon, approver):
    declare(Order, erasure=Delete())
    one, other = Order.objects.create(number="old"), Order.objects.create()
    Line.objects.bulk_create([*(Line(order=one) for _ in range(30)), *(Line(order=other) for _ in range(20))])
    declared = sweep(Order.objects.filter(number="old"), limit="50 %")

    run = sweeps.run(declared, at=noon)

    assert (run.state, run.touches, run.counts["along"]) == (State.REFUSED, 1, {"fates.Line": 30})
    assert "half of other tables along: fates.Line" in run.error
    assert sweeps.preview(declared, at=noon).look.is_too_much
    sweeps.confirm(run, by=approver, at=noon, set_hash=run.set_hash, touches=1)
    assert sweeps.run(declared, at=noon).stats == {"fates.Line": 30, "fates.Order": 1}


def test_a_kind_of_person_is_a_person(sweep, noon, settings):
    settings.DOSSIER = {**settings.DOSSIER, "subject_model": "fates.Account"}
    Account.objects.create(name="Bob")
    partner = Partner.objects.create(name="Alice", firm="M")

    look = sweeps.preview(sweep(Partner.objects.all(), notice="30 days"), at=noon).look

    assert look.model is Account
    assert look.fresh == [partner.pk]


def test_only_people_can_be_told(sweep, declare, noon):
    declare(Order, erasure=Delete())

    run = sweeps.run(sweep(Order.objects.all(), notice="30 days"), at=noon)

    assert "notice: wanted none, for only people (auth.User) can be told" in run.error


def test_rows_of_a_person_whose_data_is_held_stay(sweep, alice, bob, noon):
    for user in (alice, bob):
        LoginEvent.objects.create(user=user, at=noon - 500 * DAY, ip="203.0.113.9", user_agent="x", outcome="ok")
    facts = {"reason": "claim", "review_on": noon.date(), "at": noon}
    holds.put(Subject(User, alice.pk, "default"), category="security", **facts)

    run = sweeps.run(sweep(LoginEvent.objects.all()), at=noon)

    assert run.counts["spared"] == {"held": 1}
    assert LoginEvent.objects.get().user == alice


def test_many_rows_go_by_sets_and_not_one_by_one(sweep, declare, noon):
    declare(Order, erasure=Delete())
    orders = Order.objects.bulk_create(Order() for _ in range(1_200))
    Line.objects.bulk_create(Line(order=order) for order in orders)
    declared = sweep(Order.objects.all())

    with CaptureQueriesContext(connection) as queries:
        run = sweeps.run(declared, at=noon)

    assert run.stats == {"fates.Line": 1_200, "fates.Order": 1_200}
    assert ErasureRun.objects.filter(identifiers="").exclude(finished_at=None).count() == 1  # looked at again, too
    assert len(queries) < 300


def test_a_run_that_has_no_more_time_goes_on_where_it_was(sweep, declare, noon):
    declare(Order, erasure=Delete())
    Order.objects.bulk_create(Order() for _ in range(600))
    declared = sweep(Order.objects.all())

    first = sweeps.run(declared, at=noon, seconds=0)
    second = sweeps.run(declared, at=noon + timedelta(seconds=15))

    assert (first.state, second.state, second.pk) == (State.RUNNING, State.DONE, first.pk)
    assert second.stats == {"fates.Order": 600}


def test_switched_off_in_the_middle_it_takes_nothing_more(sweep, declare, noon):
    declare(Order, erasure=Delete())
    Order.objects.create()
    declared = sweep(Order.objects.all())
    sweeps.run(declared, at=noon, seconds=0)
    Switch.objects.update(is_on=False)

    run = sweeps.run(declared, at=noon + timedelta(seconds=15))

    assert (run.state, run.left, Order.objects.count()) == (State.DONE, {"off": 1}, 1)
