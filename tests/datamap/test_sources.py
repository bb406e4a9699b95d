"""What a source's declaration may say, and what is told when it says something else."""

from datetime import timedelta
from typing import Any

import pytest

from tasks.datamap import Anonymise, Delete, Keep, SourcePrivacy, registry, years
from tasks.errors import DeclarationError
from tests.bonus import Loyalty, holding


async def collect_later(self: Any, subject: Any, ask: Any) -> list[Any]:
    return []


WRONG: list[tuple[str, Any, str, str]] = [
    ("key", "Loyalty", "a short name of small letters", "'Loyalty'"),
    ("key", "database", "and not 'database'", "'database'"),
    ("title", None, "a text", "None"),
    ("category", 7, "a Category or its key", "7"),
    ("purposes", "to sell", "a tuple of Purpose", "'to sell'"),
    ("legal_basis", "consent", "LegalBasis", "'consent'"),
    ("retention", "forever", "Retention", "'forever'"),
    ("recipients", ("Bonus GmbH",), "a tuple of Recipient", "Bonus GmbH"),
    ("fields", "level", "a tuple of field names", "'level'"),
    ("fields", ("level", "level"), "each field once", "level"),
    ("withheld", {"level": "x"}, "each field in one place", "'level' also in 'fields'"),
    ("portable", ["level"], "a tuple of field names", "['level']"),
    ("portable", ("score",), "fields that are shown", "'score'"),
    ("withheld", ("score",), "{name: text}", "('score',)"),
    ("withheld", {"score": ""}, "no text empty", "'score'"),
    ("third_party", {"_key": "somebody"}, "names that records have", "'_key'"),
    ("reveal", {"score": "x"}, "fields that are shown", "'score'"),
    ("asks", ("pattern",), "a tuple of attributes of the adapter", "('pattern',)"),
    ("asks", "fields", "a tuple of attributes of the adapter", "'fields'"),
    ("sections", {"a:b": "Moves"}, "without ':'", "'a:b'"),
    ("timeout", 0, "a number of seconds above 0", "0"),
    ("time_limit", float("inf"), "a number of seconds above 0", "inf"),
    ("timeout", "20", "a number of seconds above 0", "'20'"),
    ("patience", timedelta(0), "a timedelta above 0", "timedelta(0)"),
    ("batch_rows", 0, "a number above 0", "0"),
    ("file_bytes", True, "a number above 0", "True"),
    ("erasure", None, "Delete() or Keep", "None"),
    ("erasure", Anonymise({}), "Delete() or Keep", "Anonymise"),
    ("erasure", Keep(), "a Keep with because=", "none"),
    ("erasure", Keep(years(2), "at", "A law"), "a Keep with because=… alone", "for_"),
    ("collect", SourcePrivacy.collect, "a method collect(self, subject, ask)", "none"),
    ("erase", lambda self, subject: None, "a method erase(self, subject, ask)", "erase(subject)"),
    ("health", "fine", "a method health(self)", "'fine'"),
    ("collect", collect_later, "a method collect(self, subject, ask)", "an async one"),
    ("third_partys", {"friend": "x"}, "'third_party'", "'third_partys'"),
    ("withold", {"friend": "x"}, "'withheld'", "'withold'"),
]


@pytest.mark.parametrize(("attribute", "value", "wanted", "found"), WRONG, ids=[f"{row[0]}-{row[3]}" for row in WRONG])
def test_a_slip_is_told_with_app_class_attribute_wanted_and_found(
    attribute: str, value: Any, wanted: str, found: str
) -> None:
    with pytest.raises(DeclarationError) as caught, registry.with_sources(holding(**{attribute: value})):
        pass

    told = str(caught.value)
    assert told.startswith(f"shop.privacy.LoyaltyPrivacy.{attribute}: wanted ")
    before, _, after = told.partition(", found ")
    assert wanted in before
    assert found.strip("<>").split(",")[0].replace("datetime.", "") in after.replace("datetime.", "")


@pytest.mark.parametrize("erasure", [Delete(), Keep(because="A law binds us")])
def test_what_may_be_said_is_taken(erasure: Any) -> None:
    with registry.with_sources(holding(erasure=erasure, base_url="https://bonus.example", _pool=object())):
        assert registry.sources["loyalty"].erasure == erasure
    assert "loyalty" not in registry.sources


def test_two_sources_of_one_key_are_told_with_the_rival() -> None:
    rival = type("Rival", (Loyalty,), {"__module__": "crm.privacy"})

    told = r"crm\.privacy\.Rival\.key: .*'loyalty', which is Loyalty's"
    with pytest.raises(DeclarationError, match=told), registry.with_sources(Loyalty, rival):
        pass


@pytest.mark.parametrize("thing", [object, "loyalty", Loyalty.key, None])
def test_something_that_is_no_declaration_is_told(thing: Any) -> None:
    with pytest.raises(DeclarationError, match=r"wanted a subclass of datamap\.SourcePrivacy"):
        registry.register_source(thing)


def test_the_names_of_an_adapter_are_known_to_its_declarations() -> None:
    class Adapter(Loyalty):
        pattern = ""

    declared = type("CartPrivacy", (Adapter,), {"pattern": "cart:{user.pk}", "__module__": "shop.privacy"})
    slipped = type("CartPrivacy", (Adapter,), {"patern": "cart:{user.pk}", "__module__": "shop.privacy"})

    with registry.with_sources(declared):
        pass
    with pytest.raises(DeclarationError, match=r"patern: wanted 'pattern'"), registry.with_sources(slipped):
        pass
