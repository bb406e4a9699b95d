"""What is assumed of a model that nobody described: everything is shown but what looks secret."""

import re
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

from tasks.datamap.policy import ModelPrivacy

SECRET_NAME = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|token|otp|totp|pin|cvv|cvc|salt|hash|digest|signature|"
    r"private_key|api_key|access_key|secret_key|session_key|session_data|recovery_codes?|credential)s?(?:_|$)",
    re.IGNORECASE,
)
SECRET_TYPE = re.compile(r"encrypt|secret|fernet|password|crypt", re.IGNORECASE)
SECRET_REASON = _("It would let others in or is of no meaning: a password, key or token.")


def looks_secret(field: "Field[Any, Any]") -> bool:
    """Whether a field's name or type says that it is a secret. Foreign keys are not."""
    return not field.is_relation and bool(SECRET_NAME.search(field.name) or SECRET_TYPE.search(type(field).__name__))


class Undescribed(ModelPrivacy):
    """A guess from the model alone. The report says that nobody has described this data yet."""

    described = False

    def __init__(self, model: type[Model]) -> None:
        super().__init__(model)
        concrete = model._meta.concrete_fields
        self.withheld = {f.name: SECRET_REASON for f in concrete if looks_secret(f)}
        self.fields = tuple(f.name for f in concrete if f.name not in self.withheld and not f.primary_key)
