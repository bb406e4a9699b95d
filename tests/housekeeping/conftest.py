"""The cases of tests/cases."""

from tests.cases.conftest import ask_for_copy, copy_in_review, copy_ready, office, rooms

__all__ = ["ask_for_copy", "copy_in_review", "copy_ready", "office", "rooms"]
