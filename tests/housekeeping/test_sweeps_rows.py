"""Sweeps of rows that are no people: with what hangs on them, as declared, and nobody else's."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from examples.shop.customers.models import LoginEvent
from examples.shop.news.models import NewsletterSubscription
from tasks.cases.actors import SYSTEM
from tasks.collector import Subject
from tasks.datamap import Anonymise, Blank, Delete, Keep, Null, years
from tasks.datamap.sweeps import Sweep, Sweeps
from tasks.erasure import holds
from tasks.erasure.models import ErasureRun, KeptRow
from tasks.errors import DeclarationError
from tasks.housekeeping import sweeps
from tasks.housekeeping.models import SweepRun, Switch
from tests.hosts.fates.models import Account, Document, Invoice, Line, Order, Partner, Post, Receipt

DAY = timedelta(days=1)
State = SweepRun.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def sweep(registry: Sweeps, noon: datetime) -> Callable[..., Sweep]:
    """``sweep(queryset)``: a sweep of these rows, switched on, with a wide limit."""

    def make(rows: Any, **facts: Any) -> Sweep:
        registry.declare("Rows", **{"every": "1 day", "key": "rows", "limit": "100 %", **facts})(lambda at: rows.all())
        Switch.objects.update_or_create(pk="rows", defaults={"is_on": True, "by": SYSTEM.key})
        found = registry.get("rows")
        assert found
        return found

    return make


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


# --- the command


def command(*words: str) -> tuple[list[dict[str, Any]], str]:
    """What it printed, line by line, and what it complained of; no complaint is status 0."""
    out, said = StringIO(), ""
    try:
        call_command("sweep", *words, stdout=out)
    except CommandError as error:
        said = str(error)
    return [json.loads(line) for line in out.getvalue().splitlines()], said


def test_the_command_says_what_it_would_do_and_touches_nothing(sweep, declare):
    declare(Order, erasure=Delete())
    Line.objects.create(order=Order.objects.create())
    sweep(Order.objects.all())

    [found], said = command("rows", "--dry-run")

    assert (found["go"], found["would_delete"]["by_label"]) == (1, {"fates.Line": 1, "fates.Order": 1})
    assert said == ""
    assert not SweepRun.objects.exists()
    assert Order.objects.exists()


def test_the_command_runs_what_is_due_and_prints_the_stats(sweep, declare):
    declare(Order, erasure=Delete())
    Order.objects.create()
    sweep(Order.objects.all())

    [found], said = command()

    assert (found["deleted"], said) == ({"total": 1, "by_label": {"fates.Order": 1}}, "")
    assert command() == ([], "")  # not due for a day
    assert command("rows")[0][0]["matched"] == 0


def test_the_command_complains_of_what_was_not_done(sweep, declare, registry):
    declare(Order, erasure=Delete())
    Order.objects.bulk_create(Order() for _ in range(10))
    sweep(Order.objects.all(), limit="1 %")

    [found], said = command("rows")
    assert (found["state"], found["deleted"]["total"]) == ("refused", 0)
    assert "Would touch 10 of 10 rows, 5 are allowed" in said
    assert "confirm it there" in said
    assert "more than the 5 allowed" in command("rows", "--dry-run")[1]
    Switch.objects.update(is_on=False)
    assert "not switched on" in command("rows")[1]
    assert "There is no sweep 'nix'. Choose one of: rows." in command("nix")[1]


# --- what may be declared


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"every": "1 dya"},
            r"inactive \(sweep '.*inactive'\).every: wanted a duration such as '1 day'.*found '1 dya'",
        ),
        ({"every": "0 days"}, "every: wanted at least '1 minute', found '0 days'"),
        ({"every": 1}, "every: wanted a duration"),
        ({"notice": "soon"}, "notice: wanted a duration.*found 'soon'"),
        ({"limit": "5"}, "limit: wanted a share of the model's rows such as '5 %', found '5'"),
        ({"limit": "101 %"}, "limit: wanted a share"),
        ({"at_most": 0}, "at_most: wanted a number of rows from 1 on, found 0"),
        ({"key": "Not This"}, "key: wanted a name of small letters"),
        ({"staff": "yes"}, "staff or language: wanted True or False"),
    ],
)
def test_what_is_wrong_in_a_declaration_is_said_when_it_is_made(registry, facts, said):
    def inactive(at: datetime) -> Any:
        return None

    with pytest.raises(DeclarationError, match=said):
        registry.declare("Inactive", **{"every": "1 day", **facts})(inactive)


def test_a_key_belongs_to_one_function(registry):
    registry.declare("One", every="1 day", key="one")(test_only_people_can_be_told)

    with pytest.raises(DeclarationError, match="key: wanted a key of its own, found 'one'"):
        registry.declare("Other", every="1 day", key="one")(command)


@pytest.mark.parametrize(
    ("rows", "allowed"), [(0, 0), (1, 1), (2, 1), (10, 5), (39, 20), (100, 20), (1_000, 50), (10_000_000, 10_000)]
)
def test_the_limit_is_a_share_but_never_more_than_half_of_a_small_table(registry, rows, allowed):
    registry.declare("One", every="1 day", key="one")(command)

    assert registry.get("one").allowed(rows) == allowed
