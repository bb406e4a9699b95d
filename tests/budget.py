"""How many examples a property test draws: fewer on PostgreSQL, where each costs several times as much."""

from django.conf import settings

ON_POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def examples(number: int) -> int:
    """``number`` on SQLite, a third on PostgreSQL."""
    return max(number // 3, 5) if ON_POSTGRES else number
