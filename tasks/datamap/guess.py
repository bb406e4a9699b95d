"""What is assumed of a model that nobody described: everything is shown but what looks secret."""

import re
from functools import lru_cache
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

from tasks.datamap.policy import ModelPrivacy
from tasks.datamap.vocabulary import Text

SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|passcode|secret|token|jwt|otp|totp|hotp|pin|cvv|cvc|salt|seed|hash|digest|"
    r"signature|nonce|private_key|api_?key|access_key|secret_key|encryption_key|session_key|session_id|session_data|"
    r"recovery_code|backup_code|security_answer|credential|hashed_key)s?\d*(?:_|$)",
    re.IGNORECASE,
)
SECRET_TYPE = re.compile(r"encrypt|secret|fernet|password|crypt|pgp|hmac|digest", re.IGNORECASE)
SECRET_MODEL = re.compile(r"token|confirm|apikey|totp|hotp|yubi|webauthn|usersession|resetpassword", re.IGNORECASE)
BARE = {"key", "code", "data"}  # secrets where their model is one
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|\W+")
SECRET_REASON = _("It would let others in or is of no meaning: a password, key or token.")


def names_secret(name: str) -> bool:
    """Whether a name, in whatever way its words are joined, is that of a secret."""
    return bool(SECRET_NAME.search(HUMP.sub("_", name)))


@lru_cache(maxsize=8_192)
def looks_secret(field: "Field[Any, Any]") -> bool:
    """Whether a field's name or type says that it is a secret, or its model's. Foreign keys are not.

    Types are known by the names of their classes, as those of the libraries that encrypt fields are called
    (``EncryptedCharField``, ``EncryptedMixin``, ``TextPGPSymmetricKeyField``), whatever column they stand on.
    """
    if field.is_relation:
        return False
    types = (cls for cls in type(field).__mro__ if not cls.__module__.startswith("django."))
    model = getattr(getattr(field, "model", None), "__name__", "")
    bare = field.name in BARE and SECRET_MODEL.search(model)
    return bool(bare or names_secret(field.name) or any(SECRET_TYPE.search(cls.__name__) for cls in types))


def secrets(policy: ModelPrivacy) -> dict[str, Text]:
    """``{field: reason}`` of what is withheld: as declared, and whatever looks secret, in ``fields`` or not.

    ``reveal`` is the only way to show a field that looks secret, and ``third_party`` covers it in other words.
    """
    said = {*policy.reveal, *policy.third_party}
    local = policy.model._meta.local_concrete_fields
    found = {f.name: SECRET_REASON for f in local if f.name not in said and looks_secret(f)}
    return {**found, **policy.withheld}


class Undescribed(ModelPrivacy):
    """A guess from the model alone. The report says that nobody has described this data yet."""

    described = False

    def __init__(self, model: type[Model]) -> None:
        super().__init__(model)
        concrete = model._meta.concrete_fields
        self.withheld = {f.name: SECRET_REASON for f in concrete if looks_secret(f)}
        shown = tuple(f.name for f in concrete if f.name not in self.withheld and not f.primary_key)
        self.fields = (*shown, *(f.name for f in model._meta.local_many_to_many))
