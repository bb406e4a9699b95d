"""What somebody typed and has not sent yet waits in a session, and sessions lie in the clear: so it waits sealed."""

import json
from collections.abc import Mapping
from typing import Any

from tasks import vault
from tasks.errors import KeyUnavailable


def seal(values: Mapping[str, Any]) -> str:
    """The values as sealed text. They have to be JSON-able."""
    return vault.seal_text(json.dumps(values))


def unseal(text: str) -> dict[str, Any] | None:
    """What was sealed; None where the vault's key does not open it any more: then it has to be typed again."""
    try:
        values: dict[str, Any] = json.loads(vault.open_text(text))
    except KeyUnavailable:
        return None
    return values
