"""The inbox: saved views with counts, filters in the address, sorting, pages, assigning many at once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case

INBOX = "/office/"


def shown(answer):
    return [row.case.reference for row in answer.context["rows"]]


def counts(answer):
    return {view.address.removeprefix("?view="): view.count for view in answer.context["views"]}


@pytest.fixture
def cases(copy_of, erasure_of, alice, bob, mallory, now):
    """Alice's copy is overdue, Bob's is due soon and Dana's to handle, Mallory's erasure is fresh."""
    late, soon, fresh = (
        copy_of(alice, at=now - timedelta(days=40)),
        copy_of(bob, at=now - timedelta(days=28)),
        erasure_of(mallory),
    )
    return {"late": late.reference, "soon": soon.reference, "fresh": fresh.reference}


def test_an_empty_inbox_says_what_will_stand_there(axels):
    page = axels.get(INBOX).content.decode()

    assert "No case is open" in page
    assert "<table" not in page


def test_open_cases_stand_by_their_date(axels, cases):
    assert shown(axels.get(INBOX)) == [cases["late"], cases["soon"], cases["fresh"]]


def test_saved_views_count_what_they_show(danas, dana, cases, alice, now):
    me = Actor.of_user(dana)
    operations.assign(Case.objects.get(reference=cases["soon"]), by=me, at=now, to=me)

    answer = danas.get(INBOX)

    found = counts(answer)
    assert found["open"] == 3
    assert (found["overdue"], found["mine"], found["unassigned"], found["closed"]) == (1, 1, 2, 0)
    assert {name: len(shown(danas.get(INBOX, {"view": name}))) for name in found} == found


def test_an_overdue_case_says_so_by_icon_and_word(axels, cases):
    page = axels.get(INBOX, {"view": "overdue"}).content.decode()

    assert 'class="is-late"' in page
    assert "days overdue" in page
    assert "i-clock" in page


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"kind": "erasure"}, ["fresh"]),
        ({"q": "bob@example.com"}, ["soon"]),
        ({"q": " BOB@example.com "}, ["soon"]),
        ({"q": "bob"}, []),
        ({"state": "review"}, []),
        ({"who": "nobody"}, ["late", "soon", "fresh"]),
        ({"who": "me"}, []),
        ({"kind": "nonsense", "order": "nonsense", "view": "nonsense", "page": "x"}, ["late", "soon", "fresh"]),
        ({"order": "-due"}, ["fresh", "soon", "late"]),
    ],
)
def test_filters_in_the_address_narrow_and_sort(filters, wanted, axels, cases):
    assert shown(axels.get(INBOX, filters)) == [cases[name] for name in wanted]


def test_a_case_is_found_by_its_reference_however_it_was_typed(axels, cases):
    assert shown(axels.get(INBOX, {"q": cases["soon"].replace("-", " ").lower()})) == [cases["soon"]]


def test_a_heading_turns_its_order_round_and_keeps_the_filters(axels, cases):
    page = axels.get(INBOX, {"kind": "access"}).content.decode()

    assert 'aria-sort="ascending"><a href="?kind=access&amp;order=-due"' in page


def test_many_cases_come_on_pages(axels, erasure_of, now):
    for number in range(23):
        erasure_of(
            User.objects.create_user(f"u{number}", f"u{number}@example.com", first_name="U", last_name=str(number))
        )

    first, second = axels.get(INBOX), axels.get(INBOX, {"page": 2})

    assert (len(shown(first)), len(shown(second))) == (20, 3)
    assert "1 to 20 of 23" in first.content.decode()
    assert "page=2" in first.content.decode()


def test_selected_cases_are_assigned_to_whoever_asks(danas, dana, cases):
    data = {"case": [cases["late"], cases["fresh"]], "back": "view=unassigned"}

    answer = danas.post(reverse("dpo:assign_selected"), data)

    assert answer.url == "/office/?view=unassigned"
    mine = Case.objects.filter(handler=f"auth.User:{dana.pk}").values_list("reference", flat=True)
    assert set(mine) == {cases["late"], cases["fresh"]}


def test_selecting_nothing_changes_nothing(danas, cases):
    answer = danas.post(reverse("dpo:assign_selected"), {"back": "https://elsewhere.example/"}, follow=True)

    assert answer.redirect_chain[0][0].startswith("/office/")
    assert "No case was selected." in answer.content.decode()
    assert not Case.objects.exclude(handler="").exists()


def test_an_auditor_assigns_nothing(auditor, cases):
    from tests.dpo.conftest import sign_in

    client = sign_in(auditor)
    page = client.get(INBOX).content.decode()
    answer = client.post(reverse("dpo:assign_selected"), {"case": [cases["late"]]})

    assert "Assign to me" not in page
    assert answer.status_code == 403


def test_the_inbox_takes_as_many_queries_for_many_cases_as_for_few(axels, erasure_of):
    def queries_with(*names):
        for name in names:
            erasure_of(User.objects.create_user(name, f"{name}@example.com", first_name="U", last_name=name))
        with CaptureQueriesContext(connection) as captured:
            axels.get(INBOX)
        return len(captured)

    queries_with("warm")
    few, many = queries_with("a"), queries_with(*"bcdefghijk")

    assert few == many
