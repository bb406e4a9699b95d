"""Who may open the office: nobody without a role, nobody without a second factor."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tasks.cases.models import Case
from tests.dpo.conftest import sign_in

PAGES = ["dpo:inbox", "dpo:audit", "dpo:audit_csv", "dpo:datamap", "dpo:sweeps"]
CASE_PAGES = ["dpo:case", "dpo:preview", "dpo:covered"]
CASE_POSTS = [
    "approve",
    "reject",
    "reject_preview",
    "extend",
    "ask",
    "answer",
    "unfreeze",
    "assign",
    "advise",
    "comment",
    "write",
    "redact",
    "unredact",
]


@pytest.mark.parametrize("name", PAGES)
def test_whoever_is_not_signed_in_is_sent_to_sign_in(name, db):
    answer = Client().get(reverse(name))

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/office/")


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_finds_nothing_at_the_offices_addresses(name, mallory):
    answer = sign_in(mallory).get(reverse(name))

    assert answer.status_code == 404


def without_token(html: bytes) -> bytes:
    """A page without the token of its forms, which is another each time, and without its own address."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"|D26-[0-9A-Z]+', b"", html)


@pytest.mark.parametrize("name", CASE_PAGES)
def test_a_stranger_cannot_tell_a_case_that_exists_from_one_that_does_not(name, mallory, copy):
    client = sign_in(mallory)

    there, nowhere = client.get(reverse(name, args=[copy.reference])), client.get(reverse(name, args=["D26-2222"]))

    assert there.status_code == nowhere.status_code == 404
    assert without_token(there.content) == without_token(nowhere.content)


@pytest.mark.parametrize("name", CASE_POSTS)
def test_a_stranger_can_post_nothing_and_the_subject_neither(name, mallory, alice, copy):
    for user in (mallory, alice):
        answer = sign_in(user, fresh=True).post(reverse(f"dpo:{name}", args=[copy.reference]), {"text": "let me in"})

        assert answer.status_code == 404
    assert Case.objects.get(pk=copy.pk).version == copy.version


@pytest.mark.parametrize("name", PAGES)
def test_the_office_opens_with_a_second_factor_only(name, axel):
    Authenticator.objects.filter(user=axel).delete()

    answer = sign_in(axel).get(reverse(name), follow=True)

    assert answer.redirect_chain == [("/accounts/2fa/", 302)]
    assert "second factor" in answer.content.decode()


def test_every_page_of_the_office_is_guarded_also_one_whose_view_forgot_it(axel, mallory, rf):
    from dpo import urls
    from dpo.access import OfficeMiddleware

    assert all(hasattr(pattern.callback, "__wrapped__") for pattern in urls.urlpatterns)
    request = rf.get("/office/")
    request.user = mallory
    request.resolver_match = type("Match", (), {"namespaces": ["dpo"]})

    with pytest.raises(Exception, match="not of the office"):
        OfficeMiddleware(lambda _: None).process_view(request, None, (), {})


def test_the_subjects_pages_need_no_second_factor(axel):
    Authenticator.objects.filter(user=axel).delete()

    assert sign_in(axel).get(reverse("portal:home")).status_code == 200


def test_an_auditor_reads_and_is_offered_nothing_to_do(auditor, copy):
    answer = sign_in(auditor).get(reverse("dpo:case", args=[copy.reference]))

    assert answer.status_code == 200
    assert "<details name=" not in answer.content.decode()


def test_an_auditor_who_posts_is_refused(auditor, copy):
    answer = sign_in(auditor, fresh=True).post(reverse("dpo:comment", args=[copy.reference]), {"text": "hm"})

    assert answer.status_code == 403
    assert not copy.notes.exists()


def test_the_offices_pages_are_kept_in_no_cache(axels, copy):
    answer = axels.get(reverse("dpo:case", args=[copy.reference]))

    assert "no-store" in answer["Cache-Control"]
