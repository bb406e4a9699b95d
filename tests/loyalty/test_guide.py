"""The two examples of an HTTP service in docs/sources.md can be copied, and do what they say."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tasks import datamap
from tasks.collector import StoreSource
from tasks.collector.sources import HttpSource
from tasks.errors import SourceRefused, SourceUnavailable
from tests.collector.loopback import SECRET, fails, gives, serving
from tests.collector.test_http import RECORD, ask

GUIDE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text().split("\n## An HTTP service\n")[1]
PROTOCOL, OWN = re.findall(r"^```python\n(.*?)^```", GUIDE.split("\n## ")[0], re.MULTILINE | re.DOTALL)
ALICE = SimpleNamespace(pk=7, identifiers=lambda: {"email": ["alice@example.com"]})


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``declared(example)``: what it registers, as the rest of the house asks it."""
    taken: list[Any] = []
    monkeypatch.setattr(datamap, "register_source", lambda declaration: taken.append(declaration) or declaration)

    def take(example: str) -> StoreSource:
        exec(compile(example, "sources.md", "exec"), {})
        source = taken.pop()()
        source.validate()
        return StoreSource(source)

    return take


def test_the_example_of_the_protocol_asks_by_the_address(declared, settings):
    with serving(gives({"records": [RECORD]})) as liar:
        settings.LOYALTY_URL, settings.LOYALTY_SECRET = liar.url, SECRET.value

        (batch,) = declared(PROTOCOL).collect(ALICE, ask=ask())

        assert liar.body()["subject"] == {"email": "alice@example.com"}
    assert batch.label == "loyalty:points"
    assert batch.columns[:3] == ("_key", "points", "reason")


def test_the_example_of_an_own_interface_collects_erases_refuses_and_fails(declared, settings):
    told = [
        gives({"returns": [{"id": 4, "goods": "Teapot"}]}),
        gives({"forgotten": 1, "reference": "R-9"}),
        gives({"open_cases": 1}),
        fails(502),
    ]
    with serving(*told) as liar:
        settings.RETURNS_URL, settings.RETURNS_TOKEN = liar.url, "a token"
        source = declared(OWN)

        (batch,) = source.collect(ALICE, ask=ask())
        outcome = source.erase(ALICE, ask())
        with pytest.raises(SourceRefused) as refused:
            source.erase(ALICE, ask())
        with pytest.raises(SourceUnavailable, match=r"^returns: HTTPStatusError\.$"):
            list(source.collect(ALICE, ask=ask()))

        assert [path for _, path, *_ in liar.asked] == [
            "/returns/search",
            "/returns/forget",
            "/returns/forget",
            "/returns/search",
        ]
        assert liar.asked[1][2]["Idempotency-Key"] == "step-1"
    assert batch.rows[0][:2] == ("4", "Teapot")
    assert (outcome.erased, outcome.proof) == (1, "R-9")
    assert "on its way back" in refused.value.reason


def test_every_attribute_of_the_adapter_is_in_the_guide():
    own = {name for name, value in vars(HttpSource).items() if not name.startswith("_") and not callable(value)}

    assert {name for name in own if f"`{name}" not in GUIDE} == set()
