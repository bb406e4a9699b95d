"""The command that sweeps: what it would do, what it did, and what it complains of."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tasks.datamap import Delete
from tasks.housekeeping.models import SweepRun, Switch
from tests.hosts.fates.models import Line, Order
from tests.housekeeping.sweeping import sweep

__all__ = ["sweep"]
pytestmark = pytest.mark.django_db


def command(*words: str) -> tuple[list[dict[str, Any]], str]:
    """What it printed, line by line, and what it complained of; no complaint is status 0."""
    out, said = StringIO(), ""
    try:
        call_command("sweep", *words, stdout=out)
    except CommandError as error:
        said = str(error)
    return [json.loads(line) for line in out.getvalue().splitlines()], said


def test_the_command_says_what_it_would_do_and_touches_nothing(sweep, declare):
    declare(Order, erasure=Delete())
    Line.objects.create(order=Order.objects.create())
    sweep(Order.objects.all())

    [found], said = command("rows", "--dry-run")

    assert (found["go"], found["would_delete"]["by_label"]) == (1, {"fates.Line": 1, "fates.Order": 1})
    assert said == ""
    assert not SweepRun.objects.exists()
    assert Order.objects.exists()


def test_the_command_runs_what_is_due_and_prints_the_stats(sweep, declare):
    declare(Order, erasure=Delete())
    Order.objects.create()
    sweep(Order.objects.all())

    [found], said = command()

    assert (found["deleted"], said) == ({"total": 1, "by_label": {"fates.Order": 1}}, "")
    assert command() == ([], "")  # not due for a day
    assert command("rows")[0][0]["matched"] == 0


def test_the_command_complains_of_what_was_not_done(sweep, declare, registry):
    declare(Order, erasure=Delete())
    Order.objects.bulk_create(Order() for _ in range(10))
    sweep(Order.objects.all(), limit="1 %")

    [found], said = command("rows")
    assert (found["state"], found["deleted"]["total"]) == ("refused", 0)
    assert "Would touch 10 of 10 rows, 5 are allowed" in said
    assert "confirm it there" in said
    assert "more than the 5 allowed" in command("rows", "--dry-run")[1]
    Switch.objects.update(is_on=False)
    assert "not switched on" in command("rows")[1]
    assert "There is no sweep 'nix'. Choose one of: rows." in command("nix")[1]
