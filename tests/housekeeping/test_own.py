"""What Dossier stores itself ends: each kind in its time, and the audit stays whole."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command

from tasks import audit
from tasks.cases import operations, tally
from tasks.cases.models import Case, Decision, Letter, Note, NoteKind
from tasks.cases.operations import holding
from tasks.cases.states import State
from tasks.cases.subjects import of_case
from tasks.erasure import holds
from tasks.erasure.models import ErasureRun, KeptRow
from tasks.housekeeping import kept, own
from tests.cases.conftest import ask_for_erasure, run_due

__all__ = ["ask_for_erasure"]
DAY = timedelta(days=1)
YEARS = 3 * 365 * DAY


@pytest.fixture
def closed(copy_ready, office, noon) -> Case:
    """Alice's copy, fetched and filed, with a message, a comment and a reason."""
    Note.objects.create(case=copy_ready, kind=NoteKind.COMMENT, by=office.dana.key, text="Alice called.", at=noon)
    operations.close(copy_ready, by=office.alice, at=noon)
    Case.objects.filter(pk=copy_ready.pk).update(note="Alice asks", incomplete_reason="Alice knows why")
    Letter.objects.update(next_try_at=None, sent_at=noon)
    return Case.objects.get(pk=copy_ready.pk)


def test_a_closed_case_names_its_person_until_its_time_is_over(closed, noon):
    own.reclaim(at=noon + YEARS - DAY)

    assert Case.objects.get().contact == "alice@example.com"
    assert own.reclaim(at=noon + YEARS)["cases"] == 1
    assert own.reclaim(at=noon + YEARS + DAY)["cases"] == 0


def test_of_a_closed_case_stays_what_proves_and_nothing_that_names(closed, office, noon):
    entries = audit.of(closed.pk).count()

    own.reclaim(at=noon + YEARS)

    case = Case.objects.get()
    assert (case.person, case.contact, case.contact_print, case.subject_key, case.note, case.incomplete_reason) == (
        ("",) * 6
    )
    assert (case.reference, case.state, case.forgotten_at) == (closed.reference, State.CLOSED, noon + YEARS)
    assert case.opened_by == "subject"
    assert not Note.objects.exists()
    assert not Letter.objects.exists()
    assert [decision.text for decision in Decision.objects.all()] == [""]
    assert audit.verify()
    assert audit.of(closed.pk).count() == entries + 1


def test_a_held_person_keeps_their_closed_cases(closed, office, noon):
    holding.hold(of_case(closed), by=office.axel, at=noon, reason="a claim", review_on=date(2030, 1, 1))

    assert own.reclaim(at=noon + YEARS)["cases"] == 0

    assert Case.objects.get().contact == "alice@example.com"


def test_how_somebody_showed_who_they_are_goes_before_and_which_letters_went_out(closed, noon):
    Case.objects.update(identity_method="code", identity_at=noon)

    done = own.reclaim(at=noon + 90 * DAY)

    assert done["evidence"] == 1
    assert done["letters"] >= 1
    assert (Case.objects.get().identity_method, Case.objects.get().identity_at) == ("", None)
    assert Case.objects.get().contact == "alice@example.com"


def test_an_expired_copy_is_not_taken_for_a_request_that_nobody_confirmed(copy_ready, noon):
    own.reclaim(at=noon + 15 * DAY)
    Case.objects.update(identity_method="", identity_at=None)

    own.reclaim(at=noon + 100 * DAY)

    assert (Case.objects.get().state, Case.objects.get().forgotten_at) == (State.EXPIRED, None)


def test_a_request_that_nobody_confirmed_goes_with_all_that_it_holds(ask_for_copy, noon):
    case = ask_for_copy()
    Case.objects.filter(pk=case.pk).update(state=State.UNVERIFIED)

    own.reclaim(at=noon + 7 * DAY)
    own.reclaim(at=noon + 8 * DAY)

    assert (Case.objects.get().state, Case.objects.get().contact) == (State.EXPIRED, "")


def test_an_open_case_is_left_alone_whatever_its_age(copy_in_review, noon):
    own.reclaim(at=noon + 2 * YEARS)

    assert Case.objects.get().contact == "alice@example.com"


def test_expired_sessions_and_tries_go(db, noon):
    from django.utils import timezone

    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - DAY)
    Session.objects.create(session_key="new", session_data="", expire_date=now + DAY)
    tally.count("a", until=now - DAY, at=now)

    done = own.reclaim(at=now)

    assert (done["sessions"], done["tries"]) == (1, 1)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_a_kind_that_fails_keeps_no_other_and_the_command_says_so(closed, noon, monkeypatch):
    monkeypatch.setattr(own, "_sessions", lambda *, at: 1 / 0)

    done = own.reclaim(at=noon + YEARS)

    assert (done["sessions"], done["cases"]) == (None, 1)
    from django.core.management import CommandError

    with pytest.raises(CommandError, match="sessions could not end"):
        call_command("reclaim", stdout=StringIO())


def test_the_day_asks_once_however_often_the_clock_ticks(closed, noon, monkeypatch):
    asked = []
    monkeypatch.setattr(own, "reclaim", lambda *, at: asked.append(at) or {})

    for hours in range(26):
        own.daily(at=noon + timedelta(hours=hours))

    assert asked == [noon, noon + DAY]


def test_the_list_names_every_kind_and_follows_the_settings(settings):
    settings.DOSSIER = {**settings.DOSSIER, "closed_case_days": 42}
    out = StringIO()

    call_command("reclaim", "--list", stdout=out)

    assert "closed cases: names, addresses, texts: 42 days after closing" in out.getvalue()
    assert len(out.getvalue().splitlines()) == len(own.listed())


# --- kept rows and holds by the clock


@pytest.fixture
def kept_row(alice, noon) -> KeptRow:
    """A row that an erasure kept, whose day is over, and which the host has deleted itself."""
    run = ErasureRun.objects.create(
        subject_label="auth.User", subject_key="99", using="default", started_at=noon, finished_at=noon
    )
    return KeptRow.objects.create(run=run, label="auth.User", key=99_999, until=date(2026, 3, 1), spot="x")


def test_kept_rows_end_by_the_clock_at_most_once_an_hour_and_the_audit_says_so(kept_row, noon):
    assert kept.hourly(at=noon) == 1
    assert kept.hourly(at=noon + timedelta(minutes=59)) == 0

    entry = audit.of(kept_row.run_id).get()
    assert (entry.event, entry.data["ends"]) == ("kept.ended", {"absent": 1})


def test_an_overdue_review_is_told_to_the_office_once_a_week(copy_in_review, office, noon):
    mail.outbox = []
    holding.hold(of_case(copy_in_review), by=office.axel, at=noon, reason="Bob's claim", review_on=date(2026, 4, 1))

    told = [kept.warn_of_reviews(at=noon + days * DAY) for days in (10, 28, 30, 36)]

    assert told == [0, 1, 0, 1]
    assert "1 legal hold waits" in mail.outbox[0].subject
    assert "Bob" not in mail.outbox[0].body


def test_an_approved_erasure_does_not_begin_while_the_person_is_held_and_begins_by_itself_after(
    ask_for_erasure, office, rooms, noon
):
    case = run_due(ask_for_erasure(), at=noon)
    hold = holding.hold(of_case(case), by=office.axel, at=noon, reason="a claim", review_on=date(2027, 1, 1))
    operations.approve(case, by=office.axel, at=noon, seen_hash=case.plan_hash)
    later = noon + 8 * DAY

    operations.start_scheduled(at=later)
    assert run_due(case, at=later).state == State.SCHEDULED
    assert not rooms.erased

    holding.lift(hold, by=office.axel, at=later)
    operations.start_scheduled(at=later)
    assert run_due(case, at=later).state == State.CLOSED
    assert {"hold.set", "hold.lifted"} <= {entry.event for entry in audit.of(case.pk)}


def test_only_approvers_and_the_dpo_hold_and_nobody_their_own_data(copy_in_review, office, noon):
    from tasks.errors import NotAllowed

    facts = {"at": noon, "reason": "a claim", "review_on": date(2027, 1, 1)}
    for stranger in (office.mallory, office.alice, office.bob):
        with pytest.raises(NotAllowed):
            holding.hold(of_case(copy_in_review), by=stranger, **facts)

    hold = holding.hold(of_case(copy_in_review), by=office.dana, **facts)

    with pytest.raises(NotAllowed):
        holding.lift(hold, by=office.mallory, at=noon)
    assert holds.active().count() == 1


@pytest.mark.parametrize(
    "wrong", [{"reason": "  "}, {"category": "no-such"}, {"review_on": date(2026, 3, 5)}], ids=["reason", "what", "day"]
)
def test_a_hold_wants_a_reason_a_category_that_there_is_and_a_day_to_come(copy_in_review, office, noon, wrong):
    facts = {"at": noon, "reason": "a claim", "review_on": date(2027, 1, 1), **wrong}

    with pytest.raises(ValueError, match=r"reason|category|review_on"):
        holding.hold(of_case(copy_in_review), by=office.axel, **facts)
