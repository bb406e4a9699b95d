"""The tags and filters of the pages."""

from datetime import UTC, date, datetime

import pytest

from portal.templatetags import dossier


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0\u00a0kB"),
        (1_900_000, "1.9\u00a0MB"),
        (5_200_000_000, "5.2\u00a0GB"),
    ],
)
def test_sizes_are_said_as_a_file_manager_says_them(size, text):
    assert dossier.filesize(size) == text


@pytest.mark.parametrize(
    "value", [date(2026, 4, 7), datetime(2026, 4, 6, 23, tzinfo=UTC), "2026-04-07", "2026-04-06T23:00:00+00:00"]
)
def test_dates_are_the_controllers(value):
    assert dossier.local_day(value) == "Tuesday 7 April 2026"


@pytest.mark.parametrize("value", [None, "", "soon", 7])
def test_what_is_no_date_is_left_out(value):
    assert dossier.local_date(value) == ""


@pytest.mark.parametrize(
    ("address", "shown"),
    [("alice@example.com", "a…e@example.com"), ("al@example.com", "a…@example.com"), ("nobody", "…"), ("", "…")],
)
def test_an_address_is_masked(address, shown):
    assert dossier.masked(address) == shown


def test_an_icon_is_hidden_from_screen_readers_and_turns_with_the_line():
    assert (
        dossier.icon("back")
        == '<svg class="icon icon--turns" aria-hidden="true"><use href="/static/dossier/img/icons.svg#i-back"/></svg>'
    )
    assert "icon--turns" not in dossier.icon("check")


def test_a_status_escapes_its_word():
    assert "&lt;b&gt;" in dossier.status("wait", "clock", "<b>")


def test_a_checksum_is_grouped():
    assert dossier.in_groups("abcdefgh12345678ff") == "abcdefgh 12345678 ff"
