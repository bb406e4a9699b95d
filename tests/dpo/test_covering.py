"""Covering by the pages: the three views of a copy, what is let through, what is not, and that nothing changes then."""

import json

import pytest
from django.urls import reverse

from examples.shop.customers.models import Address
from tasks.cases import operations
from tasks.cases.actors import Actor
from tasks.cases.models import Case, Redaction
from tests.dpo.conftest import run_due, sign_in

SECTION = "customers.Address"
HARMFUL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def addresses(alice):
    """Two of Alice's addresses; one is her neighbour's and holds HTML."""
    known = {"user": alice, "city": "Leipzig", "country": "DE", "postcode": "04109"}
    return [
        Address.objects.create(recipient="Alice Hartmann", street="Lindenweg 4", **known),
        Address.objects.create(recipient="Dear Ida Lindqvist", street=HARMFUL, **known),
    ]


@pytest.fixture
def copy(addresses, copy_of, alice, now):
    """Alice's copy in review, with those addresses."""
    return run_due(copy_of(alice), at=now)


def spot(address, field="recipient"):
    return json.dumps([str(address.pk), field])


def show(client, case, **query):
    return client.get(reverse("dpo:preview", args=[case.reference]), {"section": SECTION, **query})


def redact(client, case, *spots, **changed):
    values = {
        "section": SECTION,
        "spot": spots,
        "ground": "person",
        "view": "cover",
        "seen": case.content_hash,
        **changed,
    }
    return client.post(reverse("dpo:redact", args=[case.reference]), values)


def unredact(client, case, key, **changed):
    return client.post(reverse("dpo:unredact", args=[case.reference]), {"redaction": key, **changed})


def test_a_value_is_covered_by_a_box_and_a_reason(danas, copy, addresses):
    answer = redact(danas, copy, spot(addresses[1]), words="her neighbour", page="1")

    assert answer.status_code == 302
    assert answer.url == reverse("dpo:preview", args=[copy.reference]) + f"?section={SECTION}&page=1&view=cover"
    row = Redaction.objects.get()
    assert (row.field, row.key, row.ground, row.words) == ("recipient", str(addresses[1].pk), "person", "her neighbour")
    assert "1 value is covered." in danas.get(answer.url).content.decode()


def test_what_is_delivered_shows_the_reason_and_never_the_value(danas, copy, addresses):
    redact(danas, copy, spot(addresses[1]))

    delivered = show(danas, copy).content.decode()
    cover = show(danas, copy, view="cover").content.decode()

    assert "Lindqvist" not in delivered
    assert "covered: it is about another person" in delivered
    assert "Dear Ida Lindqvist" in cover, "who covers sees what stood there"


def test_the_list_shows_before_and_after_with_who_and_why(danas, copy, addresses, dana):
    redact(danas, copy, spot(addresses[1]), spot(addresses[0], ""))

    answer = danas.get(reverse("dpo:covered", args=[copy.reference]))

    page = answer.content.decode()
    assert [change.label for change in answer.context["changes"]] == ["", "Recipient"]
    assert "Dear Ida Lindqvist" in page
    assert page.count("covered: it is about another person") >= 2
    assert "Dana Whitfield" in page


def test_it_can_be_undone_until_it_is_approved(danas, axels, copy, addresses):
    redact(danas, copy, spot(addresses[1]), spot(addresses[0]))
    first, second = Redaction.objects.values_list("pk", flat=True)

    undone = unredact(danas, copy, first, view="covered")
    case = Case.objects.get(pk=copy.pk)
    operations.approve(case, by=Actor.of_user(axels_user(axels)), at=case.received_at, seen_hash=case.content_hash)
    late = unredact(danas, copy, second)

    assert undone.url == reverse("dpo:covered", args=[copy.reference])
    assert late.status_code == 409
    assert "It has been approved as it is." in late.content.decode()
    assert list(Redaction.objects.values_list("pk", flat=True)) == [second]


def axels_user(client):
    from django.contrib.auth.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


def test_after_the_approval_nothing_is_covered_any_more(danas, axels, copy, addresses):
    case = Case.objects.get(pk=copy.pk)
    operations.approve(case, by=Actor.of_user(axels_user(axels)), at=case.received_at, seen_hash=case.content_hash)

    answer = redact(danas, copy, spot(addresses[1]))
    page = show(danas, copy, view="cover").content.decode()

    assert answer.status_code == 409
    assert "Nothing can be covered any more" in answer.content.decode()
    assert 'name="spot"' not in page, "no boxes are offered"
    assert not Redaction.objects.exists()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"ground": ""}, "Choose a reason."),
        ({"ground": "own"}, "Write the reason."),
        ({"ground": "own", "words": "x" * 501}, "500"),
        ({"ground": "because"}, "because"),
        ({"spot": []}, "Tick what is to be covered."),
    ],
)
def test_what_is_missing_is_said_and_what_was_ticked_stays(danas, copy, addresses, missing, said):
    answer = redact(danas, copy, spot(addresses[1]), **missing)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    ticked = [cell.ticked for card in answer.context["cards"] for cell in card.cells]
    assert ticked.count(True) == ("spot" not in missing)
    assert not Redaction.objects.exists()


@pytest.mark.parametrize(
    "posted",
    ['["999999", "recipient"]', '["1"]', "[1, 2]", "nonsense", "[" * 990, "x" * 5_000, '["\\u0000", "recipient"]'],
)
def test_a_place_that_is_not_in_the_copy_changes_nothing(danas, copy, addresses, posted):
    answer = redact(danas, copy, spot(addresses[1]), posted)

    assert answer.status_code == 409
    assert "That is not in this copy" in answer.content.decode()
    assert not Redaction.objects.exists()


def test_a_record_of_another_case_is_not_in_this_one(danas, copy, copy_of, bob, now):
    theirs = Address.objects.create(user=bob, recipient="Bob Okafor", street="Am Markt 1", city="Leipzig", country="DE")
    other = run_due(copy_of(bob), at=now)

    assert redact(danas, copy, spot(theirs)).status_code == 409
    assert redact(danas, other, spot(theirs)).status_code == 302
    mine = Redaction.objects.get()
    unredact(danas, copy, mine.pk)

    assert Redaction.objects.get().case_id == other.pk, "nor is it uncovered by the other's page"


def test_an_auditor_reads_and_covers_nothing_even_by_post(auditor, danas, copy, addresses):
    client = sign_in(auditor)
    redact(danas, copy, spot(addresses[0]))

    page = show(client, copy, view="cover").content.decode()
    covered = redact(client, copy, spot(addresses[1]))
    uncovered = unredact(client, copy, Redaction.objects.get().pk)

    assert 'name="spot"' not in page
    assert "Cover values" not in page
    assert (covered.status_code, uncovered.status_code) == (403, 403)
    assert client.get(reverse("dpo:covered", args=[copy.reference])).status_code == 200
    assert Redaction.objects.count() == 1


@pytest.mark.parametrize("page", ["redact", "unredact"])
def test_nobody_else_finds_the_page(mallory, copy, page, client):
    address = reverse(f"dpo:{page}", args=[copy.reference])

    assert client.post(address).status_code == 302, "signed out: to the sign-in"
    client.force_login(mallory)
    assert client.post(address).status_code == 404
    assert client.get(address).status_code == 404


def test_nobody_covers_anything_in_their_own_copy(danas, copy, addresses, dana):
    Case.objects.filter(pk=copy.pk).update(subject_key=str(dana.pk))

    assert redact(danas, copy, spot(addresses[1])).status_code == 403
    assert "Cover values" not in show(danas, copy, view="cover").content.decode()


def test_a_deletion_has_nothing_to_cover(danas, erasure, addresses):
    assert redact(danas, erasure, spot(addresses[1])).status_code == 404
    assert unredact(danas, erasure, 1).status_code == 404
    assert danas.get(reverse("dpo:covered", args=[erasure.reference])).status_code == 404


def test_a_page_that_is_older_than_what_was_covered_says_so(danas, axels, copy, addresses):
    redact(axels, copy, spot(addresses[0]))

    answer = redact(danas, copy, spot(addresses[1]))

    page = danas.get(answer.url).content.decode()
    assert "Somebody else covered or uncovered something since you opened the page." in page
    assert Redaction.objects.count() == 2


def test_an_approval_of_a_page_that_is_older_is_refused(danas, axels, copy, addresses):
    redact(danas, copy, spot(addresses[1]))

    answer = axels.post(reverse("dpo:approve", args=[copy.reference]), {"seen_hash": copy.content_hash, "seen": "on"})

    assert answer.status_code == 409
    assert "The content has changed" in answer.content.decode()
    page = axels.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    assert "1 place in it is covered." in page


def test_two_who_cover_the_same_cover_it_once(danas, axels, copy, addresses):
    redact(danas, copy, spot(addresses[1]))

    answer = redact(axels, copy, spot(addresses[1]))

    assert "1 was covered already." in axels.get(answer.url).content.decode()
    assert Redaction.objects.get().by_name == "Dana Whitfield"


def test_what_looks_like_others_is_suggested_and_can_be_shown_alone(danas, copy, addresses):
    case = danas.get(reverse("dpo:case", args=[copy.reference])).content.decode()
    alone = show(danas, copy, view="cover", show="suspected")

    assert "1 value looks as if it named somebody else." in case
    assert [card.row.before.key for card in alone.context["cards"]] == [str(addresses[1].pk)]
    assert "a name: Ida Lindqvist" in alone.content.decode()

    redact(danas, copy, spot(addresses[1]))
    assert show(danas, copy, view="cover", show="suspected").context["cards"] == []


def test_html_in_values_and_reasons_does_nothing(danas, copy, addresses):
    redact(danas, copy, spot(addresses[1]), ground="own", words=HARMFUL)

    pages = [
        show(danas, copy),
        show(danas, copy, view="cover"),
        danas.get(reverse("dpo:covered", args=[copy.reference])),
    ]

    for page in pages:
        assert "<img src=x" not in page.content.decode()
        assert "&lt;img src=x" in page.content.decode()


def test_the_pages_of_a_case_that_is_over_still_open(danas, copy, addresses, axel):
    redact(danas, copy, spot(addresses[1]))
    case = Case.objects.get(pk=copy.pk)
    operations.reject(
        case, by=Actor.of_user(axel), at=case.received_at, ground="12-5-excessive", text="The fourth this month."
    )
    from tasks.cases.files import purge

    purge(case, at=case.received_at)

    listed = danas.get(reverse("dpo:covered", args=[copy.reference]))

    assert "it is about another person" in listed.content.decode()
    assert show(danas, copy).status_code == 410
    assert redact(danas, copy, spot(addresses[0])).status_code == 409


def test_every_look_at_what_is_covered_is_recorded(danas, copy):
    from tasks import audit

    danas.get(reverse("dpo:covered", args=[copy.reference]))
    show(danas, copy, view="cover")

    looks = [entry.data["what"] for entry in audit.of(copy.pk).filter(event="case.viewed")]
    assert looks[-2:] == ["covered", "preview"]
