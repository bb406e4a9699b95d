"""The example of docs/recipients.md can be copied, and the message is the one that is sent."""

import json
import re
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

from tasks.cases import delivering, letters, notifying
from tasks.cases.models import Case, Notification

GUIDE = (Path(__file__).parents[2] / "docs" / "recipients.md").read_text()
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
[MESSAGE] = re.findall(r"^```json message\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_example_declares_three_ways_and_one_who_is_not_told(settings):
    settings.TALWEG_SECRET = "a secret that nobody guesses"
    names = {}
    exec(compile(EXAMPLE, "recipients.md", "exec"), names)

    recipients = names["ORDERS"].recipients
    alice = SimpleNamespace(pk=7, identifiers=dict)

    assert [notifying.way_of(each) if each.tell else "" for each in recipients] == ["webhook", "mail", "post", ""]
    assert [dict(each.tell.identify(alice)) for each in recipients[:2]] == [{"customer": "7"}, {"e-mail": ""}]


def test_the_message_has_the_fields_of_the_guide(noon: datetime):
    wanted = json.loads(MESSAGE)
    case = Case(outcome={"begun_at": noon.isoformat()})
    notification = Notification(
        pk=12, case=case, about='{"customer": "7"}', categories=[{"key": "orders", "title": "Orders"}]
    )

    assert delivering.message(notification, key=wanted["id"]) == wanted


def test_the_numbers_of_the_guide_are_those_of_the_code():
    assert "twelve\n   times" in GUIDE
    assert letters.TRIES == 12
    assert f"{delivering.DEADLINE_SECONDS:g} seconds and {delivering.MAX_BYTES // 1024} kB" in GUIDE
