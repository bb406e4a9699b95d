"""Secrets are withheld by type and by name, declared or not."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models

from examples.shop.customers.models import Profile
from examples.shop.orders.models import Payment
from tasks.datamap import ModelPrivacy, registry
from tasks.datamap.guess import looks_secret, names_secret, secrets
from tasks.datamap.showing import messages
from tests.transform.conftest import batch_of


class EncryptedMixin:
    """As libraries that encrypt fields call theirs."""


class EncryptedCharField(models.CharField):
    pass


class Sealed(EncryptedMixin, models.TextField):
    """A field of the host's on top of a library's."""


class TextPGPSymmetricKeyField(models.TextField):
    pass


@pytest.mark.parametrize(
    "name",
    [
        *("password", "api_key", "apikey", "accessToken", "refresh-token", "totp_secret", "recovery_codes", "pin"),
        *(
            "session_key",
            "salt",
            "password_hash",
            "old_password2",
            "privateKey",
            "jwt",
            "backup_codes",
            "security_answer",
        ),
    ],
)
def test_names_of_secrets_are_known_however_they_are_joined(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name", ["keyboard", "spinach", "passport_number", "hashtag", "tokenised_by", "pinned", "author", "codec", "key"]
)
def test_names_that_only_sound_like_it_are_not(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize("field", [EncryptedCharField(), Sealed(), TextPGPSymmetricKeyField()])
def test_types_of_libraries_that_encrypt_are_known_by_their_names(field: Any) -> None:
    field.set_attributes_from_name("national_number")

    assert looks_secret(field)


def test_the_key_of_a_token_is_one_though_its_name_is_bare() -> None:
    from allauth.account.models import EmailConfirmation
    from allauth.mfa.models import Authenticator

    assert looks_secret(EmailConfirmation._meta.get_field("key"))
    assert not looks_secret(Payment._meta.get_field("last_four"))
    assert "data" in secrets(registry.get(Authenticator))


def test_one_among_the_declared_fields_is_withheld_all_the_same(declared) -> None:
    row = {"id": 1, "order_id": 7, "provider_token": "tok_1", "holder": "Alice"}

    told = declared(batch_of(Payment, row), fields=("holder", "provider_token"))

    assert [info.name for info in told.section.fields] == ["holder"]
    assert told.section.withheld[0][0] == "provider_token"
    assert "tok_1" not in repr([(*record,) for record in told.records])


def test_one_that_nobody_declared_is_withheld_too(declared) -> None:
    told = declared(batch_of(Payment, {"id": 1, "provider_token": "tok_1"}), fields=("holder",))

    assert [name for name, _label, _why in told.section.withheld] == ["provider_token"]


def test_what_only_looks_like_one_is_shown_where_the_declaration_says_why(declared) -> None:
    row = {"id": 1, "provider_token": "a word", "holder": "Alice"}

    told = declared(batch_of(Payment, row), fields=("provider_token",), reveal={"provider_token": "A word of the day"})

    assert told.display("provider_token") == "a word"
    assert told.section.withheld == ()


def test_secrets_inside_described_json_are_withheld_too(declared) -> None:
    row = {"id": 1, "preferences": {"apiKey": "k-1", "theme": "dark", "token": None, "password_set": True}}

    told = declared(batch_of(Profile, row), fields=("preferences",))

    assert told.value("preferences")[0] == {"apiKey": "withheld", "theme": "dark", "token": None, "password_set": True}
    kept = declared(batch_of(Profile, row), fields=("preferences",), reveal={"preferences": "Theirs"})
    assert kept.value("preferences")[0]["apiKey"] == "k-1"


def test_a_key_that_is_a_secret_itself_is_no_name_for_a_record(told, undescribed) -> None:
    from django.contrib.sessions.models import Session

    told_of = told(batch_of(Session, {"session_key": "s3cr3t", "session_data": "x"}, {"session_key": "t0k3n"}))

    assert [record.key for record in told_of.records] == ["#1", "#2"]
    assert "s3cr3t" not in repr([(*record,) for record in told_of.records])


def test_a_title_of_a_guess_is_never_a_secret(told, undescribed) -> None:
    told_of = told(batch_of(User, {"id": 9, "username": "alice", "password": "pbkdf2"}))

    assert "pbkdf2" not in told_of.records[0].title


@pytest.mark.django_db
def test_the_check_names_what_is_shown_and_looks_like_one() -> None:
    declaration = type("PaymentPrivacy", (ModelPrivacy,), {"fields": ("holder", "provider_token")})
    with registry.overridden({Payment: declaration}):
        found = [message for message in messages() if message.obj is Payment]

    assert [message.id for message in found] == ["dossier.W004"]
    assert "provider_token" in found[0].msg
    assert "reveal" in found[0].hint


@pytest.mark.django_db
def test_the_check_names_a_serializer_that_cannot_be_made() -> None:
    with registry.overridden({Payment: type("PaymentPrivacy", (ModelPrivacy,), {"serializer": "nowhere.Serializer"})}):
        found = [message.id for message in messages() if message.obj is Payment]

    assert found == ["dossier.E005"]
