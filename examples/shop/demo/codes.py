"""The codes that Dana's and Axel's authenticators would show. Source: RFC 6238, RFC 4226."""

import base64
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from examples.shop.demo.accounts import ACCOUNTS, Account

PERIOD_SECONDS, DIGITS = 30, 6  # what allauth expects unless it is told otherwise


@dataclass(frozen=True)
class Code:
    """A code and how long it counts."""

    account: Account
    now: str
    then: str
    seconds_left: int
    changes_at: datetime


def all_codes(*, at: datetime) -> list[Code]:
    """A line for each account that signs in with a second factor."""
    return [code(account, at=at) for account in ACCOUNTS if account.secret]


def code(account: Account, *, at: datetime) -> Code:
    """What the account's authenticator shows at a moment."""
    counter = int(at.timestamp()) // PERIOD_SECONDS
    end = (counter + 1) * PERIOD_SECONDS
    return Code(
        account=account,
        now=one_time_password(account.secret, counter),
        then=one_time_password(account.secret, counter + 1),
        seconds_left=end - int(at.timestamp()),
        changes_at=datetime.fromtimestamp(end, tz=UTC),
    )


def one_time_password(secret: str, counter: int) -> str:
    """The code for one interval."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
