"""The people of the tests: Alice and Bob are subjects, Dana and Axel the office, Mallory a stranger."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.contrib.auth.models import Group, User

PASSWORD = "kestrel-and-moss"
# Secrets of the tests only; base32 as an authenticator app takes them.
TOTP_SECRETS = {"dana": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "axel": "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"}


def make(name: str, *, last_name: str, groups: tuple[str, ...] = ()) -> User:
    """A person with a verified address; one of the office has an authenticator, too."""
    user, _ = User.objects.get_or_create(
        username=name, defaults={"email": f"{name}@example.com", "first_name": name.title(), "last_name": last_name}
    )
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    if name in TOTP_SECRETS and not has_authenticator(user):
        totp.TOTP.activate(user, TOTP_SECRETS[name])
    return user


def code_of(user: User, *, ago: float = 0) -> str:
    """What the user's authenticator shows now, or showed so many seconds ago."""
    authenticator = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    counter = int(time.time() - ago) // app_settings.TOTP_PERIOD
    return totp.format_hotp_value(totp.hotp_value(decrypt(authenticator.data["secret"]), counter))


def has_authenticator(user: User) -> bool:
    """Whether signing in asks this user for a code."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
