"""The data map's version: the same for the same map, another for another."""

import subprocess
import sys

from django.utils import translation

from examples.shop.orders.models import Order
from tasks import datamap
from tasks.datamap.fingerprint import version_hash


def test_it_is_the_same_in_every_language() -> None:
    here = version_hash()
    with translation.override("de"):
        there = version_hash()

    assert here == there
    assert len(here) == 12


def test_it_is_the_same_in_another_process() -> None:
    code = "import django; django.setup(); from tasks.datamap.fingerprint import version_hash; print(version_hash())"

    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()

    assert found == version_hash()


def test_another_word_in_it_makes_it_another() -> None:
    before = version_hash()

    class Other(datamap.ModelPrivacy):
        category = "orders"
        fields = ("number",)

    with datamap.registry.overridden({Order: Other}):
        assert version_hash() != before

    assert version_hash() == before
