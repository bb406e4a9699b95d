"""The command that proves the audit."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tasks import audit


def test_an_intact_audit_is_said_to_be_so(db, noon, capsys):
    audit.record("case.moved", by="system", at=noon)

    call_command("verifyaudit")

    assert capsys.readouterr().out.startswith("1 entries, unbroken.")


def test_a_broken_one_ends_with_an_error_that_names_the_entry(db, noon):
    audit.record("case.moved", by="system", at=noon)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossier_entry SET event = 'case.closed'")

    with pytest.raises(CommandError, match="broken at entry 1"):
        call_command("verifyaudit")
