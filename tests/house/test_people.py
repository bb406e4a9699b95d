"""The fixtures that every room relies on."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection

from tests import people


def test_the_office_has_its_roles_and_an_authenticator(dana, axel):
    assert set(dana.groups.values_list("name", flat=True)) == {"Data protection officers", "Privacy handlers"}
    assert set(axel.groups.values_list("name", flat=True)) == {"Privacy approvers"}
    assert people.has_authenticator(dana)
    assert people.code_of(axel).isdecimal()


def test_a_code_that_was_typed_as_its_half_minute_ended_still_counts_and_an_older_one_does_not(axel):
    authenticator = TOTP(Authenticator.objects.get(user=axel, type=Authenticator.Type.TOTP))

    assert authenticator.validate_code(people.code_of(axel, ago=30))
    assert not authenticator.validate_code(people.code_of(axel, ago=90))


def test_a_subject_has_a_verified_address_and_no_role(alice, bob, mallory):
    for user in (alice, bob, mallory):
        assert user.emailaddress_set.filter(verified=True, primary=True, email=user.email).exists()
        assert not user.groups.exists()
        assert user.check_password(people.PASSWORD)


def test_the_database_of_the_tests_is_a_file_that_a_worker_can_share(db, settings):
    name = str(connection.settings_dict["NAME"])

    if connection.vendor == "sqlite":
        assert name.startswith(str(settings.VAR))
    else:
        assert name.startswith("test_")
